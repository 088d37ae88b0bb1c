"""A progress bar for long work, on the standard error, and only at a terminal.

Rich draws it, and is imported when the work has lasted a moment: short work pays nothing and shows nothing.
"""

from __future__ import annotations

import os
import sys
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

__all__ = ["Progress"]

_PATIENCE = 0.4
"""Seconds before a bar appears."""


class Progress:
    """Used as `with Progress("reading") as progress: … progress.at(done, total, "3 March")`.

    Without a total (None) the bar only moves. `shown` forces it on or off; otherwise a terminal decides.
    """

    def __init__(self, what: str, shown: bool | None = None) -> None:
        self._what = what
        self._on = _at_a_terminal() if shown is None else shown
        self._began = monotonic()
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def now(self, what: str) -> None:
        """What is being done from now on."""
        self._what = what

    def at(self, done: int, total: int | None, detail: str = "") -> None:
        """How far the work is, and a word about it."""
        if not self._on:
            return
        if self._bar is None:
            if monotonic() - self._began < _PATIENCE:
                return
            self._bar = _bar()
            self._task = self._bar.add_task(self._what, total=total, detail=detail)
            self._bar.start()
        assert self._task is not None
        self._bar.update(self._task, completed=done, total=total, description=self._what, detail=detail)


def _at_a_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _bar() -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(32),
        TaskProgressColumn(),
        TextColumn("{task.fields[detail]}", style="dim"),
        console=Console(stderr=True),
        transient=True,
    )
