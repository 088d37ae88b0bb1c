"""Lines that pass, above something that stays: what a command shows while it runs.

On a terminal the lines scroll and a footer stays below them; it is drawn again only when it has changed.
Anywhere else (a file, a pipe, CI) there are only the lines.
"""

from __future__ import annotations

import contextlib
import errno
import threading
import time
from collections.abc import Iterable, Iterator
from types import TracebackType

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from sojourn.cli.exits import color_wanted

__all__ = ["Screen"]

BETWEEN = 0.1
"""Seconds between two drawings of the footer, at least."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """rich would end the thread that writes; here the command ends, when it has finished its work."""
        raise BrokenPipeError


class Screen:
    """May be used from several threads. Use it as a context manager: the footer is taken away at the end."""

    def __init__(self) -> None:
        wanted = color_wanted()
        self.console = _Console(
            highlight=False, emoji=False, markup=False, no_color=wanted is False, force_terminal=None
        )
        self._lock = threading.RLock()
        self._live: Live | None = None
        self._footer: RenderableType | None = None
        self._drawn = 0.0
        self._alive = (
            self.console.file.isatty() and self.console.is_terminal and not self.console.is_dumb_terminal
        )
        self.gone = threading.Event()
        """Set when whoever read the output has gone away (`| head`)."""

    @property
    def alive(self) -> bool:
        """Whether somebody watches: a terminal on which a footer can stay."""
        return self._alive

    def __enter__(self) -> Screen:
        if self.alive:
            self._live = Live(console=self.console, auto_refresh=False, transient=True)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            live, self._live = self._live, None
            if live is not None:
                live.update(Text(""), refresh=True)
                live.stop()

    def line(self, line: Text | str = "", whole: bool = False) -> None:
        """One line. On a terminal it is cut at the edge unless `whole`; elsewhere it is as long as it is."""
        self.lines([line], whole)

    def lines(self, lines: Iterable[Text | str], whole: bool = False) -> None:
        """Lines that belong together: nothing comes between them."""
        with self._lock, self._reader():
            for line in lines:
                text = Text(line) if isinstance(line, str) else line
                if self.alive and not whole:
                    self.console.print(text, overflow="ellipsis", no_wrap=True)
                else:
                    self.console.print(text, soft_wrap=True)
            self.console.file.flush()

    def show(self, what: RenderableType) -> None:
        """Something of several lines, in full."""
        with self._lock, self._reader():
            self.console.print(what)
            self.console.file.flush()

    def still_read(self) -> None:
        """Raises BrokenPipeError, which ends the command as `| head` does, when nobody reads any more."""
        if self.gone.is_set():
            raise BrokenPipeError(errno.EPIPE, "nobody reads the output any more")

    @contextlib.contextmanager
    def _reader(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            self.gone.set()

    def footer(self, what: RenderableType, now: bool = False) -> None:
        """What stays at the bottom from now on; drawn at most ten times a second unless `now`."""
        with self._lock:
            self._footer = what
            if self._live is None:
                return
            moment = time.monotonic()
            if now or moment - self._drawn >= BETWEEN:
                self._drawn = moment
                with self._reader():
                    self._live.update(what, refresh=True)
