"""One program and one stream of records, played by the oracle, by the simulator and by the live engine."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from sojourn.dsl import checked as c
from sojourn.dsl.values import DAY
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.door import Door
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from sojourn.interpreter.simulate import Simulation, simulate
from tests.oracle.streams import Arrival
from tests.oracle.telling import Told, draw, outbox_of
from tests.oracle.world import Oracle

AFTERWARDS = 40 * DAY
"""How long after the last record everybody is followed."""


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder for stores that nobody misses: in memory, where the machine has such a place."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None) as folder:
        yield Path(folder)


@lru_cache(maxsize=64)
def compiled(text: str) -> Program:
    """A program from its text."""
    found = compile_texts({"made_up.journey": text})
    errors = [f"{d.code} {d.facts} in {text.splitlines()[d.span.line - 1]!r}" for d in found.diagnostics]
    assert found.workspace is not None, errors
    return compile_program(found.workspace)


def ending(arrivals: Sequence[Arrival]) -> int:
    """Until when everybody is followed."""
    return max((a.now for a in arrivals), default=0) + AFTERWARDS


def played_by_oracle(workspace: c.Workspace, arrivals: Sequence[Arrival], until: int | None = None) -> Oracle:
    """The obvious way: each record as it arrives, then time."""
    oracle = Oracle(workspace, draw)
    for arrival in arrivals:
        oracle.take_in(arrival.record(), arrival.now)
    oracle.pass_all_time(ending(arrivals) if until is None else until)
    return oracle


def played_by_simulator(
    program: Program, arrivals: Sequence[Arrival], until: int | None = None
) -> Simulation:
    """The core in memory. The arrivals have to be in time."""
    records = [arrival.record() for arrival in arrivals]
    return simulate(program, records, until=ending(arrivals) if until is None else until, keep_activity=True)


class HandClock:
    """A clock whose hands are moved by the test."""

    def __init__(self, now: int) -> None:
        self.hands = now

    def now(self) -> int:
        """Where the hands stand."""
        return self.hands

    def seconds_until(self, instant: int) -> float:
        """Nothing sleeps here."""
        return 0.0

    def receives(self) -> int:
        """Now."""
        return self.hands


def played_live(
    program: Program, arrivals: Sequence[Arrival], path: Path, rng: random.Random, until: int | None = None
) -> Store:
    """The core over SQLite: records in batches of any size, looks at the clock in between, restarts.

    Returns the store, open.
    """
    store = Store.open(path)
    clock = HandClock(arrivals[0].now if arrivals else 0)
    writer, door = Writer(store, program, clock), Door(program.workspace)

    def bring() -> None:
        while writer.bring_due(rng.choice((1, 1000))):
            pass

    left = list(arrivals)
    while left:
        together = sum(a.now == left[0].now for a in left)  # one transaction has one instant
        taken = rng.randint(1, together)
        if rng.random() < 0.3:  # the clock is looked at before they come
            clock.hands = rng.randint(clock.hands, left[0].now)
            bring()
        clock.hands = left[0].now
        writer.take([[door.read_object(a.wire(), a.now) for a in left[:taken]]])
        left = left[taken:]
        if rng.random() < 0.3:
            store.close()
            store = Store.open(path)
            writer = Writer(store, program, clock)
    clock.hands = ending(arrivals) if until is None else until
    bring()
    return store


def played_from_a_file(
    program: Program, arrivals: Sequence[Arrival], path: Path, rng: random.Random
) -> Store:
    """The same as when a file is read: it is as late as the latest record, and a transaction holds many.

    Each arrival's `now` is what it was taken in at afterwards. Returns the store, open.
    """
    store = Store.open(path)
    clock = EventClock(0)
    writer, door = Writer(store, program, clock), Door(program.workspace)
    at = 0
    while at < len(arrivals):
        size = rng.choice((1, 2, 3, len(arrivals)))
        writer.take([[door.read_object(a.wire(), a.now) for a in arrivals[at : at + size]]])
        at += size
    latest = 0
    for arrival in arrivals:
        latest = arrival.now = max(latest, arrival.at)
    clock.advance(ending(arrivals))
    while writer.bring_due():
        pass
    return store


def difference(meant: Told, came_out: Told) -> str:
    """Where two tellings part, as text to read; "" when they are the same."""
    if meant.keys() != came_out.keys():
        return f"other people: {sorted(meant)} were meant, {sorted(came_out)} came out"
    for who, lines in meant.items():
        found = came_out[who]
        if lines == found:
            continue
        same = next((n for n, (a, b) in enumerate(zip(lines, found, strict=False)) if a != b), None)
        same = min(len(lines), len(found)) if same is None else same
        before = "".join(f"\n    {line}" for line in lines[max(0, same - 6) : same])
        left = "".join(f"\n    {line}" for line in lines[same : same + 4])
        right = "".join(f"\n    {line}" for line in found[same : same + 4])
        return f"{who}\n  both: {before}\n  meant:{left}\n  came out:{right}"
    return ""


def differently_sent(oracle: Oracle, store: Store) -> str:
    """Where the outbox is not what was meant to be sent; "" when it is."""
    sent = sorted(
        (did.at, did.detail["message"], did.detail["channel"], did.detail["address"], did.journey)
        for who in oracle.people
        for did in who.did
        if did.kind == "sent"
    )
    found = outbox_of(store)
    return "" if sent == found else f"meant to be sent: {sent}\nin the outbox: {found}"
