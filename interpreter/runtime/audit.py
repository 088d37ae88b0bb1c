"""The audit: runs whose wait was over a while ago and that still stand there.

It reads the people's documents, not the timers, so that a timer that was lost is found, too. It looks at a
page of people at a time and is at rest a hundred times as long as it took, so that it holds nobody up and
costs one part in a hundred, however many people there are.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

__all__ = ["Audit"]

_EVERY = 60.0
"""Seconds at least from the beginning of one round to the next."""

_PAGE = 1000

_REST = 100

_Ask = Callable[[str, tuple[Any, ...]], list[tuple[Any, ...]]]


class Audit:
    """`overdue` is what the last whole round found. It may be asked to look from several threads."""

    def __init__(self) -> None:
        self.overdue = 0
        self._after = 0
        self._found = 0
        self._began = 0.0
        self._rested = 0.0
        self._lock = threading.Lock()

    def look(self, ask: _Ask, before: int, seconds: float = 0.0) -> None:
        """Looks at the next page of people for waits that were over before an instant: at none when it is at
        rest, at more while `seconds` are not over. `ask` puts a question to the store.
        """
        if not self._lock.acquire(blocking=False):
            return
        try:
            began = moment = time.monotonic()
            if seconds:
                self._rested = 0.0
            while moment >= self._rested and (
                self._after or moment - self._began >= _EVERY or not self._began
            ):
                if not self._after:
                    self._began, self._found = moment, 0
                self._page(ask, before)
                after = time.monotonic()
                if after - began >= seconds:
                    self._rested = after + (after - moment) * _REST
                moment = after
        finally:
            self._lock.release()

    def _page(self, ask: _Ask, before: int) -> None:
        last, people = ask(
            "SELECT max(number), count(*) FROM "
            "(SELECT number FROM person WHERE number > ? ORDER BY number LIMIT ?)",
            (self._after, _PAGE),
        )[0]
        if people:
            self._found += ask(
                "SELECT count(*) FROM run WHERE person > ? AND person <= ? AND until < ?",
                (self._after, last, before),
            )[0][0]
            self._after = last
        if people < _PAGE:
            self.overdue, self._after = self._found, 0
