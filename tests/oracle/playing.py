"""One program and one stream of records, played by the oracle, by the simulator and by the live engine."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from sojourn.dsl import checked as c
from sojourn.dsl.values import DAY
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.calls import CALL
from sojourn.interpreter.core.reactions import short_key
from sojourn.interpreter.door.door import Door
from sojourn.interpreter.runtime.channels import Message
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Outcome, Writer
from sojourn.interpreter.simulation.simulate import Simulation, simulate
from tests.oracle.chance import answer
from tests.oracle.people import Asked
from tests.oracle.streams import Arrival
from tests.oracle.telling import Told, calls_of, draw, outbox_of
from tests.oracle.world import Answer, Oracle, at_once

HERE = Path(__file__).parent
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
    found = compile_texts({"made_up.journey": text}, HERE)
    errors = [f"{d.code} {d.facts} in {text.splitlines()[d.span.line - 1]!r}" for d in found.diagnostics]
    assert found.workspace is not None, errors
    return compile_program(found.workspace)


def ending(arrivals: Sequence[Arrival]) -> int:
    """Until when everybody is followed."""
    return max((a.now for a in arrivals), default=0) + AFTERWARDS


def played_by_oracle(
    workspace: c.Workspace, arrivals: Sequence[Arrival], until: int | None = None, live: bool = False
) -> Oracle:
    """The obvious way: each record as it arrives, then time."""
    joining = any(journey.existing_members == "enter" for journey in workspace.journeys.values())
    first = replace(workspace, journeys={}) if joining else workspace
    oracle = Oracle(first, draw, _answered if live else at_once)
    for number, arrival in enumerate(arrivals, 1):
        if arrival.asks_for_the_latest:
            oracle.pass_all_time(arrival.now)
            arrival = arrival.about(_latest_of(oracle, arrival) if live else "")
        oracle.take_in(arrival.record(), arrival.now)
        if joining and len(arrivals) - number <= len(arrivals) // 2:
            joining = False
            oracle.use(workspace, arrival.now)
    oracle.pass_all_time(ending(arrivals) if until is None else until)
    return oracle


def played_by_simulator(
    program: Program, arrivals: Sequence[Arrival], until: int | None = None
) -> Simulation:
    """The core in memory. The arrivals have to be in time."""
    records = [(a.about("") if a.asks_for_the_latest else a).record() for a in arrivals]
    return simulate(program, records, until=ending(arrivals) if until is None else until, keep_activity=True)


def _answered(asked: Asked, journey: str, step: str) -> Answer:
    at, _, values = answer(journey, step, asked.at)
    return at, values


def _latest_of(oracle: Oracle, arrival: Arrival) -> str:
    """The id of the newest message of that name to whom the arrival is about."""
    for identifier in oracle.workspace.identifiers:
        who = oracle.find(identifier.name, str(arrival.profile.get(identifier.name)))
        if who is not None:
            sent = [
                did
                for did in who.did
                if did.detail.get("id") and did.detail["message"] == arrival.properties["message"]
            ]
            return str(max(sent, key=lambda did: (did.at, did.order)).detail["id"]) if sent else "none"
    return "none"


def _latest_in(store: Store, program: Program, arrival: Arrival, rng: random.Random) -> str:
    for identifier in program.workspace.identifiers:
        rows = store.rows(
            "SELECT person FROM identifier WHERE namespace = ? AND value = ?",
            (identifier.name, str(arrival.profile.get(identifier.name))),
        )
        if rows:
            keys = store.rows(
                "SELECT key FROM outbox WHERE person = ? AND message = ? ORDER BY at DESC, number DESC",
                (rows[0][0], arrival.properties["message"]),
            )
            key = keys[0][0] if keys else "none"
            return rng.choice((key, short_key(key), f"<{short_key(key)}@mail.example.com>"))
    return "none"


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
    joining = bool(program.entering_existing())
    first = compile_program(replace(program.workspace, journeys={})) if joining else program
    writer, door = Writer(store, first, clock), Door(program.workspace)

    def bring() -> None:
        while writer.bring_due(rng.choice((1, 1000))):
            pass
        if rng.random() < 0.3:
            settle()

    def settle() -> None:
        """What is to be done for everybody, page by page: it may be put off, and means the same."""
        while writer.sweeping or writer.bring_due() or writer.spreading:
            writer.sweep()
            writer.spread()

    # What is given to one cannot be given to another, and webhooks answer while others wait.
    exactly = bool(program.workspace.webhooks or program.workspace.offers)

    def pass_time(until: int) -> None:
        """All that is due, and what webhooks answer, each at its instant."""
        while exactly:
            due = [at for at in (writer.next_due(), *(at for at, _ in _asked(store))) if at is not None]
            if not due or min(due) > until:
                break
            clock.hands = max(clock.hands, min(due))
            bring()
            for at, outcome in _asked(store):
                if at <= clock.hands:
                    writer.record_outcomes([outcome])
        clock.hands = until
        bring()

    left = list(arrivals)
    while left:
        together = sum(a.now == left[0].now for a in left)  # one transaction has one instant
        if joining:  # the other program comes after a certain record
            together = min(together, max(1, len(left) - len(arrivals) // 2))
        taken = rng.randint(1, together)
        if exactly or any(a.asks_for_the_latest for a in left[:taken]):
            taken = taken if program.workspace.offers else 1
            pass_time(left[0].now)
        elif rng.random() < 0.3:  # the clock is looked at before they come
            pass_time(rng.randint(clock.hands, left[0].now))
        clock.hands = left[0].now
        coming = [
            a.about(_latest_in(store, program, a, rng)) if a.asks_for_the_latest else a for a in left[:taken]
        ]
        # What Sojourn makes itself does not come through the door.
        own = program.workspace.events
        records = [
            a.record() if a.event and own[a.event].of_change else door.read_object(a.wire(), a.now)
            for a in coming
        ]
        writer.take([records])
        left = left[taken:]
        if joining and len(left) <= len(arrivals) // 2:
            joining = False
            writer.use(program)
            settle()
        while program.workspace.kept_for and rng.random() < 0.5 and writer.drop_old(rng.choice((1, 1000))):
            pass
        if rng.random() < 0.3:
            store.close()
            store = Store.open(path)
            writer = Writer(store, first if joining else program, clock)
    settle()
    pass_time(ending(arrivals) if until is None else until)
    settle()
    return store


def _asked(store: Store) -> list[tuple[int, Outcome]]:
    """What webhooks have been asked and not answered yet: when they will, and what."""
    found = []
    for number, key, person, at, webhook, address, journey, run, step in store.rows(
        "SELECT number, key, person, at, message, address, journey, run, step FROM outbox "
        "WHERE channel = ? AND status = 'pending' ORDER BY number",
        (CALL,),
    ):
        due, text, _ = answer(journey, step, at)
        call = Message(number, key, person, at, webhook, CALL, address, {}, journey, run, step)
        outcome = Outcome(number, True, call=call, answer=text or "")
        if text is None:
            outcome = Outcome(number, False, "no answer", call=call)
        found.append((due, outcome))
    return found


def played_from_a_file(
    program: Program, arrivals: Sequence[Arrival], path: Path, rng: random.Random
) -> Store:
    """The same as when a file is read: it is as late as the latest record, and a transaction holds many.

    Each arrival's `now` is what it was taken in at afterwards. Returns the store, open.
    """
    store = Store.open(path)
    clock = EventClock(0)
    assert not any(a.asks_for_the_latest for a in arrivals)
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
    asked = sorted(
        repr((did.at, did.detail["webhook"], did.journey, did.detail["said"]))
        for who in oracle.people
        for did in who.did
        if did.kind == "called"
    )
    found_asked = sorted(map(repr, calls_of(store)))
    if asked != found_asked:
        return f"meant to be asked: {asked}\nin the outbox: {found_asked}"
    found = outbox_of(store)
    return "" if sent == found else f"meant to be sent: {sent}\nin the outbox: {found}"


def differently_known(oracle: Oracle, store: Store) -> str:
    """Where a field that has a merge rule has another value, time or source than was meant; "" nowhere."""
    for who in oracle.people:
        name, said = min(who.identifiers)
        for field in oracle.workspace.merges:
            standing = who.standing(field)
            meant = standing if standing is not None and standing.value is not None else None
            rows = store.rows(
                "SELECT value, at, source FROM field WHERE field = ? AND person = "
                "(SELECT person FROM identifier WHERE namespace = ? AND value = ?)",
                (field, name, said),
            )
            found = rows[0] if rows and rows[0][0] is not None else None
            same = (meant is None) == (found is None)
            if meant is not None and found is not None:
                by = found[2].split(" ")[0] if meant.by == "journey" else found[2]
                same = (meant.value, meant.at, meant.by) == (found[0], found[1], by)
            if not same:
                return f"{said}: {field} was meant to be {meant}, came out as {found}"
    return ""
