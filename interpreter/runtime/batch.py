"""One transaction's worth of work: the people it touches, each read once and written once, and the rows it
adds.

`Batch` is what the core sees of the store (`core.people.People`). It collects everything in memory, and
`write` puts it into the
open transaction: documents, identifiers, timers, events, activity, outbox and tallies, all or nothing. When
the
transaction fails the batch is thrown away.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import orjson

from sojourn.interpreter.compile import Program
from sojourn.interpreter.core.broadcasts import Broadcast, Control, Entering, hear
from sojourn.interpreter.core.calls import CALL
from sojourn.interpreter.core.common import Common
from sojourn.interpreter.core.effects import ENDED, FAILED, STARTED, Activity, Effect, Outgoing
from sojourn.interpreter.core.moves import Moves, move_on
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.reactions import short_key
from sojourn.interpreter.core.rebuild import rebuild, retime
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.core.step import look_again, next_wake, step
from sojourn.interpreter.door.door import Rejected
from sojourn.interpreter.runtime.common import ADD_COMMON

__all__ = [
    "CHANGED", "KEPT", "NOBODY", "REMOVED", "Batch", "Numbers", "broadcast_of", "stored_broadcast", "stored_records",
]  # fmt: skip

KEPT, CHANGED, REMOVED = "kept", "changed", "removed"

NOBODY = 0
"""The number under which events about the business are stored."""

_dumps = orjson.dumps
_CHUNK = 256


class Numbers:
    """The last numbers given to people, events, activity and messages. Read from the store when it opens, and
    again after a transaction that failed. They are kept among what is in `progress`: in a table that is in the
    order of people, the last number would have to be looked for everywhere.
    """

    __slots__ = ("activity", "broadcast", "event", "outbox", "person", "written")

    def __init__(self, connection: sqlite3.Connection) -> None:
        known = dict(connection.execute("SELECT name, position FROM progress WHERE name LIKE 'last %'"))

        def last(table: str) -> int:
            found = known.get(f"last {table}")
            if found is None:
                found = connection.execute(f"SELECT ifnull(max(number), 0) FROM {table}").fetchone()[0]
            return int(found)

        self.person = last("person")
        self.event = last("event")
        self.activity = last("activity")
        self.outbox = last("outbox")
        self.broadcast = last("broadcast")
        self.written = (0, 0, 0, 0, 0)

    def write(self, connection: sqlite3.Connection, at: int) -> None:
        """Writes them down where they have changed, inside a transaction."""
        now = (self.person, self.event, self.activity, self.outbox, self.broadcast)
        if now != self.written:
            connection.execute(
                "INSERT OR REPLACE INTO progress (name, position, at) VALUES ('last person', ?, ?), "
                "('last event', ?, ?), ('last activity', ?, ?), ('last outbox', ?, ?), ('last broadcast', ?, ?)",
                (now[0], at, now[1], at, now[2], at, now[3], at, now[4], at),
            )
            self.written = now


class _People(Mapping[int, Person]):
    """People by number, decoded when they are asked for."""

    def __init__(self, documents: Mapping[int, tuple[str, int | None]]) -> None:
        self._documents = documents

    def __getitem__(self, number: int) -> Person:
        return Person.from_document(orjson.loads(self._documents[number][0]))

    def __iter__(self) -> Iterator[int]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)


class Batch:
    """Implements `core.people.People`. `now` is the batch's instant, for documents that are brought up to
    date.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        program: Program,
        numbers: Numbers,
        now: int,
        moves: Moves,
        common: Common,
        broadcasts: Sequence[Broadcast] = (),
    ) -> None:
        self.connection = connection
        self.program = program
        self.now = now
        self.refused_keys = 0
        self.rebuilt = 0
        self.fates: dict[tuple[str, str], int] = {}
        """(journey, fate) -> runs: KEPT for those who wait on, CHANGED for those among them whose wait is now
        another, REMOVED for those that end because their step or journey is gone.
        """
        self.versions: dict[str, int] = {}
        """Version -> runs that go by it, of those that were brought up to date."""
        self.activities: list[tuple[int, Activity]] = []
        self.outgoing: list[tuple[int, Outgoing]] = []
        self.told: list[Broadcast] = []
        """The broadcasts that this batch has added."""
        self.rejected: list[Rejected] = []
        """Records that are set aside in the same transaction."""
        self._numbers = numbers
        self._moves = moves
        self.common = common
        self.broadcasts = list(broadcasts)
        """Those that not everybody has heard yet, in order; what this batch adds is at the end."""
        self._persons: dict[int, Person] = {}
        self._wakes: dict[int, int | None] = {}
        """When those it touched are to be woken by the store."""
        self._finished: dict[int, tuple[str, int | None]] = {}
        """Of those who are finished, the document and when they are to be woken."""
        self._documents: dict[int, str] = {}
        self._owners: dict[tuple[str, str], int | None] = {}
        self._links: dict[tuple[str, str], int] = {}
        self._absorbed: list[tuple[int, int]] = []
        self._survivor: dict[int, int] = {}
        self._records: list[tuple[int, Record]] = []
        self._stale: list[tuple[int, int]] = []
        self._later: list[tuple[int, int]] = []

    # ------------------------------------------------------ what the core asks

    def owner(self, namespace: str, value: str) -> int | None:
        """The person who has this identifier, if any."""
        key = (namespace, value)
        try:
            return self._owners[key]
        except KeyError:
            row = self.connection.execute(
                "SELECT person FROM identifier WHERE namespace = ? AND value = ?", key
            ).fetchone()
            found = self._owners[key] = None if row is None else row[0]
            return found

    def load(self, number: int) -> Person:
        """The person's document, rebuilt where it was computed under other rules. Raises LookupError."""
        person = self._persons.get(number)
        if person is not None:
            return person
        finished = self._finished.pop(number, None)
        document = self._documents.pop(number, None) if finished is None else finished[0]
        if document is None:
            row = self.connection.execute(
                "SELECT document FROM person WHERE number = ?", (number,)
            ).fetchone()
            if row is None:
                raise LookupError(f"there is no person {number}")
            document = row[0]
        person = self._persons[number] = Person.from_document(orjson.loads(document))
        person.common = self.common
        if finished is None:
            self._wakes[number] = person.wake
        if person.rules != self.program.rules:
            rebuild(self.program, person, stored_records(self.connection, number), self.now)
            self.rebuilt += 1
        elif person.timing != self.program.timing:
            retime(self.program, person)
        if self.broadcasts and person.heard < self.broadcasts[-1].number:
            self.happened(number, hear(self.program, person, self.broadcasts))
        if person.runs:
            for run in person.runs.values():
                if run.version not in self.program.kept:
                    run.version = self.program.version  # it goes by today's journey from now on
        if self._moves and person.runs:
            moved = move_on(self.program, person, self._moves, self.now)
            for activity in moved:
                if isinstance(activity, Activity):
                    self._fate(activity.journey, CHANGED)
            self.happened(number, moved)
        return person

    def finish(self, number: int) -> None:
        """Nothing more is expected to happen to a person here: the document is made while all of it is at hand, and
        kept in place of the person. Whoever is touched again after all is read from it.
        """
        person = self._persons.pop(number, None)
        if person is not None:
            self._finished[number] = _dumps(person.to_document()).decode(), person.wake

    def _fate(self, journey: str, fate: str) -> None:
        key = (journey, fate)
        self.fates[key] = self.fates.get(key, 0) + 1

    def add(self, person: Person) -> int:
        """A new person; returns their number."""
        self._numbers.person += 1
        number = self._numbers.person
        person.common = self.common
        self._persons[number] = person
        self._wakes[number] = None
        return number

    def link(self, namespace: str, value: str, number: int) -> None:
        """From now on this identifier is this person's."""
        key = (namespace, value)
        self._owners[key] = number
        self._links[key] = number

    def absorb(self, survivor: int, other: int) -> None:
        """`other` is now part of `survivor`: everything of theirs moves."""
        merged = self._persons.pop(other, None)
        if merged is None:
            merged = self.load(other)
            del self._persons[other]
        for namespace, values in merged.identifiers.items():
            for value in values:
                if self.owner(namespace, value) == other:
                    self.link(namespace, value, survivor)
        self._survivor[other] = survivor
        self._absorbed.append((survivor, other))

    # ------------------------------------------------------------ what happens

    def prefetch(self, records: Iterable[Record]) -> set[str]:
        """Reads what the records will need in a few large questions; returns the ids that are stored
        already.
        """
        values: dict[str, set[str]] = {name: set() for name in self.program.unique}
        by_name = list(values.items())
        ids: list[str] = []
        for record in records:
            ids.append(record.id)
            profile = record.profile
            for name, of_name in by_name:
                value = profile.get(name)
                if value is not None and value != "":
                    of_name.add(str(value))
        known = {row[0] for row in self._ask("SELECT id FROM event WHERE id IN", ids)}
        wanted: set[int] = set()
        for name, of_name in values.items():
            owners = self._owners
            for value in of_name:
                owners.setdefault((name, value), None)
            rows = self._ask(
                "SELECT value, person FROM identifier WHERE namespace = ? AND value IN", of_name, name
            )
            for value, person in rows:
                owners[name, value] = person
                wanted.add(person)
        self.prefetch_people(wanted)
        return known

    def owner_of(self, record: Record) -> int | None:
        """Whose record it will be, as far as can be told before it is taken in: the strongest identifier that
        somebody has decides.
        """
        owners, profile = self._owners, record.profile
        for name in self.program.unique:
            value = profile.get(name)
            if value is not None:
                number = owners.get((name, str(value)))
                if number is not None:
                    return number
        return None

    def prefetch_people(self, numbers: Iterable[int]) -> None:
        """Reads documents in a few large questions."""
        persons = self._persons
        wanted = sorted(number for number in numbers if number not in persons)
        self._documents.update(self._ask("SELECT number, document FROM person WHERE number IN", wanted))

    def _ask(self, sql: str, values: Iterable[Any], *before: Any) -> Iterator[tuple[Any, ...]]:
        values = list(values)
        execute = self.connection.execute
        for start in range(0, len(values), _CHUNK):
            some = values[start : start + _CHUNK]
            # A few sizes only, so that the statements stay prepared.
            size = 1
            while size < len(some):
                size *= 4
            some += [None] * (size - len(some))
            yield from execute(f"{sql} ({','.join('?' * size)})", (*before, *some))

    def happened(self, number: int, effects: Iterable[Effect]) -> None:
        """Keeps the effects of a step."""
        for effect in effects:
            if effect.__class__ is Activity:
                self.activities.append((number, effect))
            elif isinstance(effect, Outgoing):
                self.outgoing.append((number, effect))
            elif isinstance(effect, Record):
                self.store(number, effect)

    def store(self, number: int, record: Record) -> None:
        """Keeps a record that was taken in."""
        self._records.append((number, record))

    def tell(self, record: Record) -> None:
        """An event about the business: it is kept, and everybody hears of it, those in hand at once."""
        self.store(NOBODY, record)
        self.announce(record, record.received)

    def announce(self, what: Record | Control, at: int) -> None:
        """A broadcast: everybody hears of it, those in hand at once."""
        self._numbers.broadcast += 1
        broadcast = Broadcast(self._numbers.broadcast, at, what)
        self.broadcasts.append(broadcast)
        self.told.append(broadcast)
        for number in list(self._wakes):
            if number in self._persons or number in self._finished:
                self.happened(number, hear(self.program, self.load(number), [broadcast]))

    def meet(self, number: int) -> None:
        """Looks at a person for the sake of the broadcasts."""
        with suppress(LookupError):
            self.load(number)

    def wake(self, number: int, due: int) -> None:
        """Carries out what time has brought to one person, whose timer said `due`."""
        try:
            person = self.load(number)
        except LookupError:
            self._stale.append((due, number))
            return
        if self._wakes[number] != due:
            self._stale.append((due, number))
        self.happened(number, step(self.program, person, None, self.now))
        if person.wake is not None and person.wake <= self.now:
            raise RuntimeError(f"{person.key} is to be woken again at {person.wake}, which is over")

    def refresh(self, number: int) -> None:
        """Brings a person up to date with a new program: rules, removed steps, when they are to be woken."""
        before = self._brought_up_to_date()
        person = self.load(number)
        program, now = self.program, max(self.now, person.clock)
        for run in person.runs.values():
            self.versions[run.version] = self.versions.get(run.version, 0) + 1
            journey = program.journey_of(run)
            if journey is None or (run.step and run.step not in journey.index_of):
                run.until = now
                self._fate(run.journey, REMOVED)
            else:
                self._fate(run.journey, KEPT)
        person.wake = next_wake(program, person, person.clock)
        untouched = before == self._brought_up_to_date()
        if untouched and person.wake == self._wakes[number] and (person.wake is None or person.wake > now):
            # The change means nothing to this one: there is nothing to write.
            del self._persons[number], self._wakes[number]
            return
        self.happened(number, step(program, person, None, now))

    def _brought_up_to_date(self) -> int:
        return self.rebuilt + sum(count for (_, fate), count in self.fates.items() if fate != KEPT)

    def stir(self, number: int, now: int) -> None:
        """Time is to be brought to this person at `now`."""
        self.load(number).wake = now

    def look_again(self, number: int, audiences: Iterable[int]) -> None:
        """Asks audiences whose file has changed anew about a person."""
        self.happened(number, look_again(self.program, self.load(number), audiences, self.now))

    def postpone(self, number: int, due: int, until: int, because: str) -> None:
        """Puts a timer off whose person the program cannot bring on, and says so."""
        self._stale.append((due, number))
        self._later.append((until, number))
        self.happened(number, [Activity(self.now, FAILED, {"because": because})])

    # ----------------------------------------------------------------- writing

    def write(self) -> None:
        """Puts everything into the open transaction."""
        connection, numbers, final = self.connection, self._numbers, self._final
        many, one = connection.executemany, connection.execute
        documents, old_timers, new_timers = [], self._stale, self._later
        for number in list(self._persons):
            self.finish(number)
        for number, (document, wake) in sorted(self._finished.items()):
            documents.append((number, document))
            before = self._wakes[number]
            if before != wake:
                if before is not None:
                    old_timers.append((before, number))
                if wake is not None:
                    new_timers.append((wake, number))
        for survivor, other in self._absorbed:
            before = self._wakes.get(other)
            if before is not None:
                old_timers.append((before, other))
            survivor = final(survivor)
            one("UPDATE event SET person = ? WHERE person = ?", (survivor, other))
            one("UPDATE activity SET person = ? WHERE person = ?", (survivor, other))
            one("UPDATE outbox SET person = ? WHERE person = ?", (survivor, other))
            one("DELETE FROM person WHERE number = ?", (other,))
        many(
            "INSERT INTO person (number, document) VALUES (?, ?) "
            "ON CONFLICT (number) DO UPDATE SET document = excluded.document",
            documents,
        )
        if self._links:
            many(
                "INSERT INTO identifier (namespace, value, person) VALUES (?, ?, ?) "
                "ON CONFLICT (namespace, value) DO UPDATE SET person = excluded.person",
                [(*key, final(number)) for key, number in sorted(self._links.items())],
            )
        if old_timers:
            many("DELETE FROM timer WHERE due = ? AND person = ?", sorted(old_timers))
        if new_timers:
            many("INSERT OR IGNORE INTO timer (due, person) VALUES (?, ?)", sorted(new_timers))
        if self.told:
            many("INSERT INTO broadcast VALUES (?, ?, ?, ?)", [stored_broadcast(told) for told in self.told])
        if self._records:
            rows = [
                (
                    final(number), at, record.id, record.event, record.at, record.received,
                    record.dataset, record.quiet, _dumps(record.profile).decode(),
                    _dumps(record.properties).decode(), record.raw,
                )
                for at, (number, record) in enumerate(self._records, numbers.event + 1)
            ]  # fmt: skip
            numbers.event += len(rows)
            rows.sort()
            many("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        if self.activities:
            self._write_activity()
        if self.outgoing:
            self._write_outgoing()
        if self.rejected:
            many(
                "INSERT INTO rejected (received, dataset, field, reason, raw, header, mapped, quiet) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (r.received, r.dataset, r.field, r.reason, r.raw, r.header, r.mapped, r.quiet)
                    for r in self.rejected
                ],
            )
        if self.program.workspace.webhooks:
            self._recall()
        if added := list(self.common.added()):
            many(ADD_COMMON, [(*entry, count) for entry, count in added])
            self.common.written()
        numbers.write(connection, self.now)

    def records(self) -> Sequence[tuple[int, Record]]:
        """The records it took in, each with its person's number; those about the business are left out."""
        return [kept for kept in self._records if kept[0] != NOBODY] if self.told else self._records

    def absorbed(self) -> list[tuple[int, int]]:
        """Who has become whom: (who they are now, who they were)."""
        return [(self._final(survivor), other) for survivor, other in self._absorbed]

    def people(self) -> Mapping[int, Person]:
        """Those it touched, as they are in the store once it is committed."""
        return _People(self._finished)

    def _final(self, number: int) -> int:
        """Whoever a person has become."""
        survivor = self._survivor
        while number in survivor:
            number = survivor[number]
        return number

    def _write_activity(self) -> None:
        first = self._numbers.activity + 1
        rows = [
            (number, at, done.at, done.kind, done.journey, done.run, done.step, _dumps(done.detail).decode())
            for at, (number, done) in enumerate(self.activities, first)
        ]
        self._numbers.activity += len(rows)
        if self._survivor:
            final = self._final
            rows = [(final(row[0]), *row[1:]) for row in rows]
        rows.sort()
        self.connection.executemany("INSERT INTO activity VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        tally = Counter(
            [(done.journey, done.kind, _tallied(done.kind, done.detail)) for _, done in self.activities]
        )
        self.connection.executemany(
            "INSERT INTO tally (journey, kind, what, count) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (journey, kind, what) DO UPDATE SET count = count + excluded.count",
            [(*key, count) for key, count in sorted(tally.items())],
        )
        occurrences: dict[tuple[str, str, str], list[int]] = {}
        for _, done in self.activities:
            if done.kind == STARTED and "occurrence" in done.detail:
                came = (done.journey, str(done.detail["because"]), str(done.detail["occurrence"]))
                at_and_people = occurrences.setdefault(came, [done.at, 0])
                at_and_people[1] += 1
        if occurrences:
            self.connection.executemany(
                "INSERT INTO occurrence (journey, start, occurrence, at, people) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (journey, start, occurrence) DO UPDATE SET "
                "at = min(at, excluded.at), people = people + excluded.people",
                [(*key, *value) for key, value in sorted(occurrences.items())],
            )

    def _write_outgoing(self) -> None:
        final = self._final
        rows = []
        at = self._numbers.outbox
        for number, out in self.outgoing:
            at += 1
            rows.append(
                (
                    at, out.key, final(number), out.at, out.message, out.channel, out.address,
                    _dumps(out.parts).decode(), out.journey, out.run, out.step, out.at,
                    out.expires, "" if out.channel == CALL else short_key(out.key),
                )
            )  # fmt: skip
        self._numbers.outbox = at
        before = self.connection.total_changes
        self.connection.executemany(
            "INSERT INTO outbox (number, key, person, at, message, channel, address, parts, journey, run, "
            "step, next_attempt, expires, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (key) DO NOTHING",
            rows,
        )
        self.refused_keys = len(rows) - (self.connection.total_changes - before)

    def _recall(self) -> None:
        """A question that still stands in the outbox when its run ends is not asked any more: nobody waits."""
        ended = [
            (
                self.now,
                f"Recalled: the run has ended ({done.detail.get('because')}).",
                self._final(number),
                done.run,
            )
            for number, done in self.activities
            if done.kind == ENDED
        ]
        self.connection.executemany(
            "UPDATE outbox SET status = 'failed', next_attempt = NULL, done_at = ?, error = ? "
            "WHERE person = ? AND run = ? AND channel = 'call' AND status = 'pending'",
            ended,
        )


_WHAT = {
    "started": "because", "branched": "branch", "ended": "because", "sent": "message", "held": "message",
    "not sent": "message",
    "failed": "because", "converted": "event", "entered": "audience", "left": "audience", "set": "field",
    "offered": "offer", "recommended": "recommendation",
    "called": "webhook", "answered": "webhook", "answered late": "webhook",
    "emitted": "event", "enters": "other", "not entered": "other",
}  # fmt: skip


def _tallied(kind: str, detail: dict[str, Any]) -> str:
    """What a kind of activity is counted by."""
    if kind == "split":
        return f"{detail.get('split', '')}/{detail.get('arm', '')}"
    if kind == "sent":
        return f"{detail.get('message', '')}/{detail.get('channel', '')}"
    return str(detail.get(_WHAT.get(kind, ""), ""))


def stored_records(connection: sqlite3.Connection, number: int) -> Iterator[Record]:
    """The records of one person in the order in which they arrived, without their raw texts."""
    rows = connection.execute(
        "SELECT id, event, at, received, profile, properties, dataset, quiet FROM event "
        "WHERE person = ? ORDER BY number",
        (number,),
    )
    loads = orjson.loads
    for id, event, at, received, profile, properties, dataset, quiet in rows:
        yield Record(id, event, at, received, loads(profile), loads(properties), dataset, bool(quiet))


def stored_broadcast(broadcast: Broadcast) -> tuple[int, int, str, str]:
    """A broadcast as a row: number, at, kind, what."""
    what = broadcast.what
    if isinstance(what, Record):
        said: dict[str, Any] = {
            "id": what.id, "event": what.event, "at": what.at, "dataset": what.dataset, "properties": what.properties,
        }  # fmt: skip
        return broadcast.number, broadcast.at, "event", _dumps(said).decode()
    if isinstance(what, Control):
        said = {"journey": what.journey, "action": what.action}
        return broadcast.number, broadcast.at, "control", _dumps(said).decode()
    said = {"journey": what.journey, "audience": what.audience, "over": what.over, "newly": what.newly}
    return broadcast.number, broadcast.at, "existing members", _dumps(said).decode()


def broadcast_of(number: int, at: int, kind: str, what: str) -> Broadcast:
    """The broadcast that a row holds."""
    said = orjson.loads(what)
    if kind == "event":
        record = Record(said["id"], said["event"], said["at"], at, {}, said["properties"], said["dataset"])
        return Broadcast(number, at, record)
    return Broadcast(number, at, Control(**said) if kind == "control" else Entering(**said))
