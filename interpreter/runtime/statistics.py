"""Counting what a new program asks of everybody, from the stored events, a page at a time.

A statistic that is new counts events in two ways from the moment its program takes over. Those that come from then on
are counted as they come, like those of any other (`core.recommendations`). Those that were stored before, up to the
number `upto`, are counted here, in the order of the people and of each person's events, and how far that got is
written in the same transaction as the counts: so nothing is counted twice or left out, wherever it was stopped.

A merge moves events from one person to another, also over the place that has been reached. What would be missed
that way is counted at once, and what would come a second time is taken away before (`carry`): at the end the
counts are those of a run that had counted from the beginning.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

import orjson

from sojourn.interpreter.compile import Program
from sojourn.interpreter.core.common import Common
from sojourn.interpreter.core.doing import UNDOABLE
from sojourn.interpreter.core.recommendations import Counter
from sojourn.interpreter.runtime.common import ADD_COMMON
from sojourn.interpreter.runtime.passes import Pass
from sojourn.interpreter.runtime.store import Store, set_progress

__all__ = ["Counting"]

_COUNTED = 500
"""Events that are counted in one page."""

_LOOKED_AT = 5_000
"""Events that are looked at in one page, also when they concern no statistic."""

_FORGOTTEN = 5_000
"""Counts that are forgotten in one page."""

_KNOWN, _FORGETTING = "statistic ", "forgetting "


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a statistic has been counted: all events up to the number `upto`, of those before this person and
    event.
    """

    upto: int
    person: int
    event: int


class Counting:
    """The statistics that are being counted, and those that are being forgotten, in one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._counters: dict[str, Counter] = {}
        self._events: dict[str, list[Counter]] = {}
        self._places: dict[str, _Place] = {}
        self._forgotten: list[str] = []
        self._last = 0

    def use(self, connection: sqlite3.Connection, program: Program, last_event: int, now: int) -> None:
        """A program takes over, inside a transaction: what it asks for and nobody has counted begins to be
        counted; what it does not ask for any more begins to be forgotten.
        """
        wanted = program.workspace.statistics
        names = {row[0] for row in connection.execute("SELECT name FROM progress")}
        under_way = {row[0] for row in connection.execute("SELECT key FROM counting")}
        known = under_way | {name.removeprefix(_KNOWN) for name in names if name.startswith(_KNOWN)}
        for key in sorted(known - wanted.keys()):
            connection.execute("DELETE FROM counting WHERE key = ?", (key,))
            connection.execute("DELETE FROM progress WHERE name = ?", (_KNOWN + key,))
            set_progress(connection, _FORGETTING + key, 0, now)
        for key in sorted(wanted.keys() - known):
            if _FORGETTING + key in names:
                # It is back before it was forgotten: what is left of it is old.
                connection.execute("DELETE FROM common WHERE key = ?", (key,))
                connection.execute("DELETE FROM progress WHERE name = ?", (_FORGETTING + key,))
            if last_event:
                connection.execute("INSERT INTO counting VALUES (?, ?, 0, ?)", (key, last_event, 2**62))
            else:
                set_progress(connection, _KNOWN + key, 0, now)

    def used(self, program: Program) -> None:
        """The program has taken over: goes on from what the store says."""
        self._counters, self._events = {}, {}
        for event, plan in program.events.items():
            for counter in plan.counters:
                self._counters[counter.key] = counter
                self._events.setdefault(event, []).append(counter)
        self._read()

    def _read(self) -> None:
        rows = self._store.rows("SELECT key, upto, person, event FROM counting ORDER BY key")
        self._places = {key: _Place(*place) for key, *place in rows}
        rows = self._store.rows("SELECT name FROM progress WHERE name LIKE 'forgetting %'")
        self._forgotten = [name.removeprefix(_FORGETTING) for (name,) in rows]
        self._last = int(self._store.one("SELECT ifnull(max(number), 0) FROM person") or 0)

    def failed(self) -> None:
        """A transaction was undone: the store says how far it is."""
        self._read()

    @property
    def pending(self) -> bool:
        """Whether there is something to count or to forget."""
        return bool(self._places or self._forgotten)

    @property
    def counting(self) -> bool:
        """Whether there is something to count."""
        return bool(self._places)

    @property
    def progress(self) -> Pass | None:
        """How far the counting has got; None when nothing is being counted."""
        places = list(self._places.values())
        if not places:
            return None
        return Pass("counting for recommendations", min(place.person for place in places), self._last)

    def page(self, connection: sqlite3.Connection, common: Common, now: int) -> None:
        """Counts a page of stored events, or forgets a page of counts, inside a transaction."""
        if self._places:
            self._count(connection, common, now)
        elif self._forgotten:
            key = self._forgotten[0]
            gone = connection.execute(
                "DELETE FROM common WHERE key = ?1 AND (item, other, bucket) IN "
                "(SELECT item, other, bucket FROM common WHERE key = ?1 LIMIT ?2)",
                (key, _FORGOTTEN),
            ).rowcount
            if gone < _FORGOTTEN:
                connection.execute("DELETE FROM progress WHERE name = ?", (_FORGETTING + key,))
                self._forgotten.remove(key)

    def _count(self, connection: sqlite3.Connection, common: Common, now: int) -> None:
        place = next(iter(self._places.values()))
        together = [key for key, other in self._places.items() if other == place]
        keys = set(together)
        found, counted = Common(), 0
        rows = connection.execute(
            "SELECT person, number, event, min(at, received), properties FROM event "
            "WHERE (person, number) > (?, ?) ORDER BY person, number",
            (place.person, place.event),
        )
        reached: _Place | None = None
        for looked_at, (person, number, event, at, properties) in enumerate(rows, 1):
            if number <= place.upto and event in self._events:
                counted += 1
                self._count_one(found, keys, event, properties, at)
            if looked_at >= _LOOKED_AT or counted >= _COUNTED:
                reached = replace(place, person=person, event=number)
                break
        rows.close()
        _add(connection, common, found, 1)
        for key in together:
            if reached is not None:
                connection.execute(
                    "UPDATE counting SET person = ?, event = ? WHERE key = ?",
                    (reached.person, reached.event, key),
                )
                self._places[key] = reached
            else:
                connection.execute("DELETE FROM counting WHERE key = ?", (key,))
                set_progress(connection, _KNOWN + key, 0, now)
                del self._places[key]

    def _count_one(self, found: Common, keys: set[str], event: str, properties: str, at: int) -> None:
        for counter in self._events[event]:
            if counter.key in keys:
                # What was stored under an older schema and fits no more cannot be counted.
                with suppress(*UNDOABLE):
                    counter.count(found, orjson.loads(properties), at)

    def carry(
        self, connection: sqlite3.Connection, common: Common, absorbed: Iterable[tuple[int, int]]
    ) -> None:
        """Before the events of some people become those of others, inside a transaction: (survivor, other)."""
        if not self._places:
            return
        for survivor, other in absorbed:
            more, less = Common(), Common()
            for number, event, at, properties in connection.execute(
                "SELECT number, event, min(at, received), properties FROM event WHERE person = ?", (other,)
            ):
                if event not in self._events:
                    continue
                for key, place in self._places.items():
                    reached = place.person, place.event
                    before, after = (other, number) <= reached, (survivor, number) <= reached
                    if number <= place.upto and before != after:
                        self._count_one(less if before else more, {key}, event, properties, at)
            _add(connection, common, more, 1)
            _add(connection, common, less, -1)


def _add(connection: sqlite3.Connection, common: Common, found: Common, sign: int) -> None:
    """Writes counts down, and tells the counts that are at hand."""
    added = [(entry, sign * count) for entry, count in found.added()]
    connection.executemany(ADD_COMMON, [(*entry, count) for entry, count in added])
    for entry, count in added:
        common.came(entry, count)
