"""What would change if a workspace were taken up by a store: a plan, before anything happens.

The plan is the thing itself, tried on a copy of the store beside it: the same code takes the program up there, brings
everybody up to date and lets the existing members in, and what it would have sent is counted. The copy is thrown
away; the store itself is only read, and may be in use.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from sojourn.dsl import checked
from sojourn.interpreter.compile import Program
from sojourn.interpreter.core.effects import STARTED
from sojourn.interpreter.core.moves import moved_steps, standings
from sojourn.interpreter.runtime.calendars import calendars_of, differences
from sojourn.interpreter.runtime.changes import Change, changes_between
from sojourn.interpreter.runtime.clock import Clock, EventClock
from sojourn.interpreter.runtime.receipts import Committed
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.stranding import stranded
from sojourn.interpreter.runtime.versions import last_calendars, last_workspace, written_content
from sojourn.interpreter.runtime.writer import Writer

__all__ = ["Entrance", "Plan", "Standing", "carry_out", "plan"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Those who wait at one step of a journey that changes. `becomes`: "end on the version they began on", "keep
    their place", "go on at “wait 2 hours”", "end, because their step is gone".
    """

    journey: str
    step: str
    people: int
    becomes: str


@dataclass(frozen=True, slots=True)
class Entrance:
    """Existing members who enter a journey, at once or spread over `over` microseconds."""

    journey: str
    audience: str
    people: int
    over: int


@dataclass(slots=True)
class Plan:
    """`last` is the version that ran last ("" when none did), `version` that of the files.

    `messages`: (journey, message, channel) -> how many go out at once, `started`: journey -> runs that begin at once.
    `unread`: what ran last cannot be read by this version of Sojourn, so the changes are not known.
    """

    last: str
    version: str
    people: int
    changes: list[Change] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    entrances: list[Entrance] = field(default_factory=list)
    messages: dict[tuple[str, str, str], int] = field(default_factory=dict)
    started: dict[str, int] = field(default_factory=dict)
    unread: bool = False
    stranded: list[str] = field(default_factory=list)
    """What is stored and could not be read any more, each a sentence."""
    calendars: list[str] = field(default_factory=list)
    """What is different because other tables of public holidays are installed than when it last ran, in sentences."""

    @property
    def changed(self) -> bool:
        """Whether the files mean something else than what ran last, be it by other public holidays alone."""
        return self.last != self.version or bool(self.calendars)


def plan(store: Path, program: Program, clock: Clock, source: str, move: bool) -> Plan:
    """The plan for a store. Raises StoreError."""
    with Store.open(store, read_only=True) as reading:
        last = last_workspace(reading)
        people = int(reading.one("SELECT count(*) FROM person"))
        if last is None:
            return Plan("", program.version, people)
        found = Plan(last[0], program.version, people)
        now = clock.now()
        today = calendars_of(program.own, written_content(program), now)
        found.calendars = differences(last_calendars(reading), today, now)
        if found.last == found.version:
            return found
        before = last[1]
        if before is None:
            found.unread = True
        else:
            found.changes = changes_between(before, _without_rows(program.own))
            found.stranded = stranded(reading, before, program.own)
            found.standings = _standings(reading, before, program.own, move)
        with tempfile.TemporaryDirectory(dir=store.parent, prefix="plan-") as folder:
            copied = Path(folder) / "store.db"
            target = sqlite3.connect(copied)
            try:
                reading.connection.backup(target)
            finally:
                target.close()
            _try(copied, program, clock.now(), source, move, found)
    return found


def _without_rows(workspace: checked.Workspace) -> checked.Workspace:
    catalogs = {name: replace(catalog, rows={}) for name, catalog in workspace.catalogs.items()}
    return replace(workspace, catalogs=catalogs)


def _standings(
    store: Store, before: checked.Workspace, after: checked.Workspace, move: bool
) -> list[Standing]:
    """Who waits in the journeys that are others, or gone."""
    rows = store.rows("SELECT journey, step, count(*) FROM run GROUP BY journey, step ORDER BY journey, step")
    found: list[Standing] = []
    for journey, step, count in rows:
        old, new = before.journeys.get(journey), after.journeys.get(journey)
        if old is None or old == new:
            continue
        labels = {s.id: s.label for s in old.steps}
        if not move:
            becomes = "end on the version they began on"
        elif new is None:
            becomes = "end, because the journey is gone"
        else:
            now = {s.id: s.label for s in new.steps}
            moved = moved_steps(standings(old.steps), standings(new.steps)).get(step)
            if step in now:
                becomes = "keep their place"
            elif moved is not None:
                becomes = f"go on at “{now[moved]}”"
            else:
                becomes = "end, because their step is gone"
        found.append(Standing(journey, labels.get(step, step), int(count), becomes))
    return found


def _try(path: Path, program: Program, now: int, source: str, move: bool, found: Plan) -> None:
    """Takes the program up in the copy and counts what follows at once."""
    messages: Counter[tuple[str, str, str]] = Counter()
    started: Counter[str] = Counter()

    def committed(told: Committed) -> None:
        for _, out in told.outgoing:
            messages[out.journey, out.message, out.channel] += 1
        for _, activity in told.activities:
            if activity.kind == STARTED:
                started[activity.journey] += 1

    with Store.open(path) as copy:
        writer = Writer(copy, program, EventClock(now), source=source, move=move, on_commit=committed)
        for entering in writer.entering:
            found.entrances.append(Entrance(entering.journey, entering.audience, 0, entering.over))
        carry_out(writer)
        found.entrances = [
            replace(entrance, people=started[entrance.journey] + _still_to_enter(copy, entrance.journey))
            for entrance in found.entrances
        ]
    found.messages, found.started = dict(sorted(messages.items())), dict(sorted(started.items()))


def _still_to_enter(store: Store, journey: str) -> int:
    return int(
        store.one(
            "SELECT count(*) FROM person, json_each(document, '$.entering') AS each WHERE each.key = ?",
            (journey,),
        )
    )


def carry_out(writer: Writer, on_progress: Callable[[int, int], None] | None = None) -> None:
    """Brings everybody up to date with a program that a writer has taken up, and carries out what follows from it
    at once. `on_progress` is told (people looked at, all people). Raises StoreError.
    """
    total = int(writer.store.one("SELECT count(*) FROM person"))
    done = 0
    while writer.count():
        pass
    while writer.sweeping or writer.spreading:
        page = writer.sweep() or writer.spread()
        while writer.bring_due():
            pass
        done = min(total, done + page)
        if on_progress is not None:
            on_progress(done, total)
    while writer.bring_due():
        pass
