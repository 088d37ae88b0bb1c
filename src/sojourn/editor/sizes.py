"""Sizes from the store of a workspace, for what stands between the lines: read on a thread of their own and kept.

An answer takes what is known at that moment and never waits. The thread begins with the first question; it looks at the
file of the store every second, which costs nothing, and reads it when it has changed. It rests for twenty times as long
as a look took, so that a store of millions of people takes no more than a twentieth of one processor.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.interpreter.runtime.sizes import Sizes

__all__ = ["Known", "StoreWatch"]

_LOOK = 1.0
"""Seconds between two looks at whether the store has changed."""

_REST = 20
"""How many times as long as the last reading took nothing is read."""

_Stamp = tuple[tuple[int, int, int] | None, tuple[int, int, int] | None]


@dataclass(frozen=True, slots=True)
class Known:
    """`sizes` of the store `path`, unchanged up to the instant `at`."""

    path: Path
    sizes: Sizes
    at: int

    @property
    def as_of(self) -> int:
        """The instant up to which the sizes are exact."""
        return self.sizes.as_of(self.at)


class StoreWatch:
    """What is known of the store of the workspace in the folder `root`. `on_change` is called when the sizes are others
    than before, on the thread that looks.
    """

    def __init__(self, root: Path, on_change: Callable[[], None]) -> None:
        self._root = root
        self._on_change = on_change
        self._known: Known | None = None
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    def known(self) -> Known | None:
        """What is known now; None without a store, and until it has been read."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="sizes", daemon=True)
                self._thread.start()
        return self._known

    def end(self) -> None:
        """Looks no more."""
        self._ended.set()

    def _watch(self) -> None:
        from sojourn.interpreter.runtime.settings import store_of

        stamp: tuple[Path, _Stamp] | None = None
        rest_until = 0.0
        while not self._ended.is_set():
            now = time.time_ns() // 1000
            path = store_of(self._root)
            seen = None if path is None else (path, _stamp(path))
            if path is None or seen is None or seen[1][0] is None:
                stamp = None
                self._found(None)
            elif seen == stamp:
                if (known := self._known) is not None:
                    self._known = Known(path, known.sizes, now)
            elif time.monotonic() >= rest_until:
                began = time.monotonic()
                self._read(path, now)
                stamp = seen
                rest_until = time.monotonic() + _REST * (time.monotonic() - began)
            self._ended.wait(_LOOK)

    def _read(self, path: Path, at: int) -> None:
        from sojourn.interpreter.runtime.errors import StoreError
        from sojourn.interpreter.runtime.sizes import read_sizes

        known = self._known
        before = known.sizes if known is not None and known.path == path else None
        try:
            sizes = read_sizes(path, before)
        except StoreError:  # another Sojourn's, being made, or no store at all: there is nothing to show
            sizes = None
        self._found(None if sizes is None else Known(path, sizes, at))

    def _found(self, known: Known | None) -> None:
        before, self._known = self._known, known
        if (before and before.sizes) != (known and known.sizes):
            self._on_change()


def _stamp(path: Path) -> _Stamp:
    """Something that changes when the store does: of its file, and of the file that what is new is written to first."""
    return _file(path), _file(path.with_name(path.name + "-wal"))


def _file(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    # A reader may leave an empty WAL behind: that is no change.
    return (found.st_mtime_ns, found.st_size, found.st_ino) if found.st_size else None
