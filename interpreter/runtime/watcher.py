"""Noticing that files were saved, however an editor saves them.

Folders are watched, not files: many editors write another file and rename it over the old one. A burst of
saves is one change: it is told once nothing has happened for a moment and, where the system tells (Linux),
once every file that was opened for writing is closed again, so that no half-written file is read.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver, ObservedWatch

__all__ = ["Watcher"]

QUIET = 0.01
"""Seconds without another change after which a burst is over."""

LONGEST = 0.3
"""Seconds after which a burst is told of even though it goes on."""

SUFFIX = ".journey"

_CHANGES = frozenset({"created", "modified", "moved", "deleted", "closed"})
_TELLS_CLOSING = sys.platform.startswith("linux")


class Watcher(FileSystemEventHandler):
    """Calls `on_change` on a thread of its own after each burst of changes below `folder`, or of a file
    named by `also`. The argument is when the burst began (`time.monotonic`).

    Journey files and folders count, and the files that `also` names (templates, catalogs); hidden folders
    do not. While `on_change` runs, further changes are collected and told after it.
    """

    def __init__(self, folder: Path, on_change: Callable[[float], None]) -> None:
        super().__init__()
        self._root = folder.resolve()
        self._on_change = on_change
        self._files: frozenset[str] = frozenset()
        self._outside: frozenset[str] = frozenset()
        self._watches: dict[str, ObservedWatch] = {}
        self._observer: BaseObserver = Observer()
        self._wakened = threading.Condition()
        self._began: float | None = None
        self._last = 0.0
        self._open: set[str] = set()
        self._rescan = False
        self._stopping = False
        self._tells_closing = _TELLS_CLOSING
        self._thread = threading.Thread(target=self._run, name="sojourn-watcher", daemon=True)

    def start(self) -> None:
        """Begins to watch. Where the system has no more watches to give, it looks every half second
        instead.
        """
        try:
            self._observer.start()
            self._schedule()
        except OSError:
            self._observer.stop()
            self._watches.clear()
            self._observer = PollingObserver(timeout=0.5)
            self._tells_closing = False
            self._observer.start()
            self._schedule()
        self._thread.start()

    def stop(self) -> None:
        """Stops watching; a call that is under way is waited for."""
        with self._wakened:
            self._stopping = True
            self._wakened.notify_all()
        self._observer.stop()
        if self._observer.is_alive():
            self._observer.join(5)
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(10)

    def also(self, files: Iterable[Path]) -> None:
        """These files count too, and the folders they are in are watched."""
        named = {os.path.abspath(path) for path in files}
        self._files = frozenset({*named, *(os.path.realpath(path) for path in named)})
        self._outside = frozenset(
            folder for path in named if not self._inside(folder := os.path.dirname(path))
        )
        if self._thread.is_alive():
            self._schedule()

    def nudge(self) -> None:
        """As if something had been saved just now."""
        with self._wakened:
            self._last = time.monotonic()
            if self._began is None:
                self._began = self._last
            self._wakened.notify_all()

    # ------------------------------------------------------------- watching

    def _inside(self, path: str) -> bool:
        return Path(os.path.realpath(path)).is_relative_to(self._root)

    def _schedule(self) -> None:
        """Watches the folder itself, those in it with all that is below, and the folders of files elsewhere.

        A hidden folder, in which the store and the outbox lie, is left out.
        """
        wanted = {str(self._root): False}
        try:
            below = [entry.path for entry in os.scandir(self._root) if entry.is_dir()]
        except OSError:
            below = []
        wanted.update((path, True) for path in below if not os.path.basename(path).startswith("."))
        wanted.update((path, False) for path in self._outside if os.path.isdir(path))
        for path in [path for path in self._watches if path not in wanted]:
            self._observer.unschedule(self._watches.pop(path))
        for path, recursive in wanted.items():
            if path not in self._watches:
                self._watches[path] = self._observer.schedule(self, path, recursive=recursive)

    def on_any_event(self, event: FileSystemEvent) -> None:
        """watchdog tells of something; on its thread."""
        if event.event_type not in _CHANGES:
            return
        paths = [os.fsdecode(path) for path in (event.src_path, event.dest_path) if path]
        if not any(self._counts(path, event.is_directory) for path in paths):
            return
        with self._wakened:
            self._last = time.monotonic()
            if self._began is None:
                self._began = self._last
            if event.is_directory:
                self._rescan = self._rescan or event.event_type != "modified"
            elif event.event_type in ("created", "modified"):
                self._open.add(paths[0])
            else:
                self._open.discard(paths[0])
            self._wakened.notify_all()

    def _counts(self, path: str, directory: bool) -> bool:
        """Whether a change of this path can mean anything."""
        if path in self._files or os.path.realpath(path) in self._files:
            return True
        try:
            parts = Path(path).relative_to(self._root).parts
        except ValueError:
            parts = (os.path.basename(path),)
        if any(part.startswith(".") for part in parts):
            return False
        return path.endswith(SUFFIX) or directory

    # -------------------------------------------------------------- telling

    def _run(self) -> None:
        while True:
            with self._wakened:
                while self._began is None and not self._stopping:
                    self._wakened.wait()
                while not self._stopping and (left := self._left()) > 0:
                    self._wakened.wait(left)
                if self._stopping:
                    return
                began, self._began = self._began or self._last, None
                self._open.clear()
                rescan, self._rescan = self._rescan, False
            if rescan:
                self._schedule()
            self._on_change(began)

    def _left(self) -> float:
        """Seconds until the burst counts as over."""
        now = time.monotonic()
        longest = (self._began or now) + LONGEST - now
        quiet = self._last + QUIET - now
        if self._tells_closing and self._open:
            return longest
        return min(quiet, longest)
