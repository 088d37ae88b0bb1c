"""Feeding events to an engine: files from where they stopped the last time, and pipes as the lines come."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door, Rejected
from sojourn.interpreter.door.sources import Reading, open_file
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.errors import StoreFull
from sojourn.interpreter.runtime.receipts import Progress, Receipt

__all__ = ["PresentDoor", "feed", "open_where_it_stopped"]

PAGE = 1000
_UNDER_WAY = 3
"""Pages on their way to the disk: one that is written, one that is worked out, one that waits."""


class PresentDoor:
    """Whichever door the engine has at the moment a record is read: a reading outlives a reload."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(self, raw: bytes | str, received: int, dataset: str = "") -> Record | Rejected:
        """One record from its JSON."""
        return self._engine.door.read(raw, received, dataset)

    def read_object(self, obj: Any, received: int, raw: str = "", dataset: str = "") -> Record | Rejected:
        """One record from an object that is decoded already."""
        return self._engine.door.read_object(obj, received, raw, dataset)

    def read_row(
        self, row: Mapping[str, str], received: int, raw: str, dataset: str = ""
    ) -> Record | Rejected:
        """One record from a row of a CSV file."""
        return self._engine.door.read_row(row, received, raw, dataset)


def open_where_it_stopped(engine: Engine, path: Path | str, dataset: str = "") -> tuple[Reading, str]:
    """A file of events at the place up to which it has been taken in, and the name of that place for `feed`.

    "-" is the standard input, which has no place, nor has any other pipe. A file that is called as a dataset is
    (`web.jsonl`) comes from it unless another is said. Raises SourceError.
    """
    stem = Path(path).stem
    if not dataset and stem in engine.program.workspace.datasets:
        dataset = stem
    name = f"events {Path(path).resolve()}" if Path(path).is_file() else ""
    offset = engine.store.progress(name) if name else 0
    return open_file(path, PresentDoor(engine), engine.clock.receives, dataset, offset), name


def feed(
    engine: Engine,
    reading: Reading,
    name: str = "",
    *,
    page: int = PAGE,
    on_progress: Callable[[Reading, Receipt], None] | None = None,
    stop: threading.Event | None = None,
) -> Receipt:
    """Submits all records of a reading, in order; returns what became of them once all are on the disk.

    With a `name`, how far it got is stored in the same transactions, so that after a crash nothing is taken
    twice or left out. A reading without a size (a pipe) is handed over as the lines come. A full disk is
    waited out. `stop` ends it early. Raises StoreError for anything else.
    """
    stop = stop or threading.Event()
    feeding = _Feeding(engine, name, on_progress, reading, stop)
    items = _as_they_come(reading, stop) if reading.size is None else _paged(reading)
    records: list[Record | Rejected] = []
    door = engine.door
    for item in items:
        if item is not None:
            if not records:
                door = engine.door
            records.append(item)
            position = reading.done
        if records and (item is None or len(records) >= page):
            feeding.hand_over(records, door, position)
            records = []
        if stop.is_set() and reading.size is not None:
            break
    if records and not stop.is_set():
        feeding.hand_over(records, door, position)
    feeding.finish()
    return feeding.total


class _Feeding:
    """The pages that are under way to the disk."""

    def __init__(
        self,
        engine: Engine,
        name: str,
        on_progress: Callable[[Reading, Receipt], None] | None,
        reading: Reading,
        stop: threading.Event,
    ) -> None:
        self.total = Receipt()
        self._engine = engine
        self._name = name
        self._on_progress = on_progress
        self._reading = reading
        self._stop = stop
        self._under_way: deque[tuple[list[Record | Rejected], Progress | None, Future[Receipt]]] = deque()

    def hand_over(self, items: list[Record | Rejected], door: Door, position: int) -> None:
        while len(self._under_way) >= _UNDER_WAY:
            self._settle()
        self._submit(items, Progress(self._name, position) if self._name else None, door)

    def _submit(
        self, items: list[Record | Rejected], progress: Progress | None, door: Door | None = None
    ) -> None:
        """Behind the page before: a full disk does not let it overtake that one."""
        after = self._under_way[-1][2] if self._under_way else None
        future = self._engine.submit(items, progress, door=door, after=after)
        self._under_way.append((items, progress, future))

    def finish(self) -> None:
        while self._under_way:
            self._settle()

    def _settle(self) -> None:
        """Waits for the oldest page; when a full disk refused it, it and all that came after it are submitted
        anew.
        """
        _, _, future = self._under_way[0]
        try:
            receipt = future.result()
        except StoreFull:
            if self._stop.wait(2.0):
                raise
            again = list(self._under_way)
            self._under_way.clear()
            for items, progress, _ in again:
                self._submit(items, progress)
            return
        self._under_way.popleft()
        self.total.add(receipt)
        if self._on_progress is not None:
            self._on_progress(self._reading, self.total)


def _paged(reading: Reading) -> Iterator[Record | Rejected | None]:
    yield from reading


def _as_they_come(reading: Reading, stop: threading.Event) -> Iterator[Record | Rejected | None]:
    """The records of a pipe; None where no more have come yet, so that those that came are handed over.

    A thread of its own reads, because nothing else can interrupt a read that waits. When `stop` is set,
    what was read until then still comes.
    """
    came: queue.Queue[Record | Rejected | BaseException | None] = queue.Queue(4 * PAGE)

    def read() -> None:
        try:
            for item in reading:
                came.put(item)
            came.put(None)
        except BaseException as error:
            came.put(error)

    threading.Thread(target=read, name="sojourn-pipe", daemon=True).start()
    idle = False
    while True:
        try:
            item = came.get(timeout=0.2) if idle else came.get_nowait()
        except queue.Empty:
            if stop.is_set():
                return
            if not idle:
                idle = True
                yield None
            continue
        idle = False
        if item is None:
            return
        if isinstance(item, BaseException):
            raise item
        yield item
