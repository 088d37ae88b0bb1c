"""Another version of a workspace's files: a folder, or the folder as it was at a revision of git."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.cli.exits import Failure
from sojourn.cli.workspace import without_mistakes

if TYPE_CHECKING:
    from sojourn.dsl import checked
    from sojourn.dsl.workspace import Compiled

__all__ = ["at_revision", "other_version"]


@contextmanager
def other_version(folder: Path, against: str) -> Iterator[tuple[Compiled, checked.Workspace, Path]]:
    """The workspace that `against` means: a folder where there is one of that name, else `folder` at that revision of
    git. Its mistakes end the command; raises Failure where there is neither.
    """
    if Path(against).is_dir():
        outcome, workspace = without_mistakes(Path(against))
        yield outcome, workspace, Path(against)
        return
    with at_revision(folder, against) as place:
        outcome, workspace = without_mistakes(place)
        yield outcome, workspace, place


@contextmanager
def at_revision(folder: Path, revision: str) -> Iterator[Path]:
    """The files of a folder as they were at a revision, in a folder of their own while it lasts."""
    packed = _git(folder, "archive", "--format=tar", revision, ".", about=revision)
    with tempfile.TemporaryDirectory(prefix="sojourn-revision-") as place:
        with tarfile.open(fileobj=io.BytesIO(packed)) as files:
            files.extractall(place, filter="data")
        yield Path(place)


def _git(folder: Path, *words: str, about: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=False)
    except FileNotFoundError:
        raise Failure(
            "git is not installed; a revision cannot be looked at.", "Name a folder instead."
        ) from None
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
    if "not a git repository" in said:
        raise Failure(
            f"“{about}” is no folder, and {folder} is not under git, so it cannot be a revision.",
            "Name a folder with the other version, or run it inside a git repository.",
        )
    if "pathspec" in said or "did not match" in said or "current working directory is untracked" in said:
        raise Failure(f"{folder} was not there at the revision {about}.", "Name a later revision.")
    first = said.splitlines()[0] if said else "nothing"
    raise Failure(
        f"“{about}” is neither a folder nor a revision of {folder}: git says “{first}”.",
        "A revision is a branch, a tag, a commit or HEAD~1.",
    )
