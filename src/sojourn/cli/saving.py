"""Writing an author's file anew: whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from sojourn.cli.exits import Failure

__all__ = ["save"]


def save(path: Path, text: str) -> None:
    """Puts a text in the place of a file's. Where that fails (the disk is full), the file is as it was.

    A link stays a link. Raises Failure.
    """
    place = Path(os.path.realpath(path))
    half = ""
    try:
        if not os.access(place, os.W_OK):
            raise PermissionError(0, "it is write-protected")
        handle, half = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name[:100]}.")
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(handle)
        os.chmod(half, place.stat().st_mode & 0o7777)
        os.replace(half, place)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(half)
        why = (error.strerror or str(error)).lower()
        raise Failure(f"{path} cannot be written: {why}.", "The file is as it was.") from None
