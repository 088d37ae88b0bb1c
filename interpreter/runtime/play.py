"""Playing sample events through the live engine: weeks pass in about a minute.

The engine's clock is that of the events (`EventClock`): every record is taken in at its own time, and what
time brings happens at its own time, so the outcome is that of `simulate`, however fast it is played. A
`Play` moves that clock: it hands over the records whose time has come, then lets time pass up to the
present moment of the play. A machine that cannot keep up plays more slowly; nothing is left out.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sojourn.dsl.values import SECOND
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door, Rejected
from sojourn.interpreter.door.sources import open_file
from sojourn.interpreter.runtime.clock import FAR_AWAY, EventClock
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.receipts import Receipt
from sojourn.interpreter.simulation.samples import event_files

__all__ = ["Play", "Sample", "samples"]

TICK = 0.05
"""Seconds of the play between two looks at what is to come."""

PAGE = 500


class Sample:
    """One record of a sample file, as it came. `at` is when it happened; what does not say counts as the
    one before.
    """

    __slots__ = ("at", "door", "item")

    def __init__(self, at: int, item: Record | Rejected, door: Door) -> None:
        self.at = at
        self.item = item
        self.door = door


def samples(folder: Path, door: Door) -> tuple[list[Sample], list[Path]]:
    """All records of the files in a folder, by time, and the files. A file that is called as a dataset is
    (`web.jsonl`) comes from it. Raises SourceError for one that cannot be read.
    """
    files = event_files(folder) if folder.is_dir() else []
    found: list[Sample] = []
    for path in files:
        dataset = path.stem if path.stem in door.workspace.datasets else ""
        reading = open_file(path, door, EventClock().receives, dataset)
        at = 0
        try:
            for item in reading:
                if isinstance(item, Record) and item.at < FAR_AWAY:
                    at = item.at
                found.append(Sample(at, item, door))
        finally:
            reading.close()
    found.sort(key=lambda sample: sample.at)
    return found, files


class Play:
    """Plays samples through a running engine whose clock is an `EventClock`.

    `speed` is how much faster than life it goes: at 86,400 a day takes a second; `float("inf")` is as fast
    as the machine can. `on_tick` is told the clock of the play many times a second. After the last record
    it goes on for at most `tail` (microseconds of the play) while there is still something to come. `total`
    is what became of the records.
    """

    def __init__(
        self,
        engine: Engine,
        clock: EventClock,
        found: list[Sample],
        speed: float,
        on_tick: Callable[[int], None] | None = None,
        *,
        tail: int = 0,
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.speed = speed
        self.total = Receipt()
        self._samples = found
        self._on_tick = on_tick
        self._tail = tail
        self.first = next((sample.at for sample in found if sample.at), 0)
        self.last = found[-1].at if found else 0

    def run(self, stop: threading.Event) -> bool:
        """Plays to the end, or until `stop`; whether it came to its end. Raises StoreError."""
        at, now = 0, self.first
        count = len(self._samples)
        before = time.monotonic()
        self.clock.advance(self.first)
        while not stop.is_set() and (at < count or self._goes_on(now)):
            began = time.monotonic()
            # A moment that took longer than it should have is not caught up with: time is never skipped.
            now = self._later(now, min(began - before, 2 * TICK), at)
            before = began
            for page, place in self._pages(at, now):
                self.total.add(self.engine.submit(page, door=self.engine.door).result())
                at = place
                if stop.is_set():
                    return False
            self._pass(now)
            if self._on_tick is not None:
                self._on_tick(now)
            rest = TICK - (time.monotonic() - began)
            if rest > 0 and self.speed != float("inf"):
                stop.wait(rest)
        return not stop.is_set()

    def _later(self, now: int, seconds: float, at: int) -> int:
        """The moment of the play that comes after `now`."""
        end = self.last + self._tail
        if self.speed != float("inf"):
            return min(now + int(seconds * self.speed * SECOND), end)
        return (
            max(now, self._samples[min(at + PAGE, len(self._samples)) - 1].at)
            if at < len(self._samples)
            else end
        )

    def _goes_on(self, now: int) -> bool:
        """Whether something is still to come after the last record."""
        end = self.last + self._tail
        due = self.engine.call(self.engine.writer.next_due).result()
        return now < end and isinstance(due, int) and due <= end

    def _pages(self, at: int, now: int) -> Iterator[tuple[list[Record | Rejected], int]]:
        """The records up to `now`, a page at a time, each with the place where the next one begins."""
        page: list[Record | Rejected] = []
        samples = self._samples
        while at < len(samples) and samples[at].at <= now:
            page.append(self._present(samples[at]))
            at += 1
            if len(page) >= PAGE:
                yield page, at
                page = []
        if page:
            yield page, at

    def _present(self, sample: Sample) -> Record | Rejected:
        """The record as the present program reads it."""
        item, door = sample.item, self.engine.door
        if sample.door.workspace is not door.workspace and item.raw.startswith("{"):
            item = door.read(item.raw, self.clock.receives(), item.dataset)
        return item

    def _pass(self, now: int) -> None:
        """Time passes up to `now`; returns when everything that it brought has happened."""
        self.engine.call(lambda: self.clock.advance(now)).result()
        while True:
            due = self.engine.call(self.engine.writer.next_due).result()
            if not isinstance(due, int) or due > now:
                return
