"""Feeding a file of events to an engine, from where it stopped the last time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door import Rejected
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.errors import StoreFull
from sojourn.interpreter.runtime.writer import Progress, Receipt
from sojourn.interpreter.sources import Reading, open_file

__all__ = ["feed", "open_where_it_stopped"]

PAGE = 1000
_UNDER_WAY = 4


def open_where_it_stopped(engine: Engine, path: Path | str, dataset: str = "") -> tuple[Reading, str]:
    """A file of events at the place up to which it has been taken in, and the name of that place for `feed`.

    "-" is the standard input, which has no place. Raises SourceError.
    """
    name = "" if str(path) == "-" else f"events {Path(path).resolve()}"
    offset = engine.store.progress(name) if name else 0
    return open_file(path, engine.door, engine.clock.receives, dataset, offset), name


def feed(
    engine: Engine,
    reading: Reading,
    name: str = "",
    *,
    pace: bool = False,
    page: int = PAGE,
    on_progress: Callable[[Reading, Receipt], None] | None = None,
    stop: threading.Event | None = None,
) -> Receipt:
    """Submits all records of a reading, in order; returns what became of them once all are on the disk.

    With a `name`, how far it got is stored in the same transactions, so that after a crash nothing is taken
    twice or left
    out. `pace` waits for the engine's clock before each record that lies ahead of it (a demonstration at
    speed). A
    full disk is waited out. `stop` ends it early. Raises StoreError for anything else.
    """
    total = Receipt()
    under_way: deque[tuple[list[Record | Rejected], Progress | None, Future[Receipt]]] = deque()
    stop = stop or threading.Event()

    def settle() -> None:
        """Waits for the oldest page; what a full disk refused, and all that came after it, is submitted
        anew.
        """
        items, progress, future = under_way[0]
        try:
            receipt = future.result()
        except StoreFull:
            if stop.wait(2.0):
                raise
            again = [(i, p, f) for i, p, f in under_way if f is future or _failed(f)]
            under_way.clear()
            for items, progress, _ in again:
                under_way.append((items, progress, engine.submit(items, progress)))
            return
        under_way.popleft()
        total.add(receipt)
        if on_progress is not None:
            on_progress(reading, total)

    def hand_over(items: list[Record | Rejected]) -> None:
        progress = Progress(name, position) if name else None
        under_way.append((items, progress, engine.submit(items, progress)))
        # With a page at a time a full disk cannot let a later page overtake an earlier one.
        while len(under_way) >= (1 if name else _UNDER_WAY):
            settle()

    records: list[Record | Rejected] = []
    position = reading.done
    jumping = isinstance(engine.clock, EventClock)
    for item in reading:
        if pace and not jumping and isinstance(item, Record):
            ahead = engine.clock.seconds_until(item.at)
            if ahead > 0:
                if records:
                    hand_over(records)
                    records = []
                if stop.wait(ahead):
                    break
        records.append(item)
        position = reading.done
        if len(records) >= page:
            hand_over(records)
            records = []
        if stop.is_set():
            break
    if records and not stop.is_set():
        hand_over(records)
    while under_way:
        settle()
    return total


def _failed(future: Future[Receipt]) -> bool:
    return future.done() and future.exception() is not None
