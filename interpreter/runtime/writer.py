"""Everything that changes a store, one transaction at a time: records, what time brings, a new program,
outcomes.

A transaction holds what belongs together: a record, what it did to its people, and what follows from it. A
crash at any instant
leaves either all of it or nothing. Only one thread uses a writer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import orjson

from sojourn.dsl.values import DAY, HOUR, add_elapsed, instant_to_iso
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.broadcasts import Control, Entering
from sojourn.interpreter.core.calls import Answer, answer
from sojourn.interpreter.core.effects import Activity, Outgoing
from sojourn.interpreter.core.intake import take_in
from sojourn.interpreter.core.moves import Standing, moved_steps, standings
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.reactions import OWN, suppress
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.core.step import step
from sojourn.interpreter.door import Door, Rejected
from sojourn.interpreter.runtime.batch import Batch, Numbers
from sojourn.interpreter.runtime.channels import Message
from sojourn.interpreter.runtime.clock import FAR_AWAY, Clock, EventClock
from sojourn.interpreter.runtime.common import StoredCommon, count_anew
from sojourn.interpreter.runtime.control import CONTROLLED, STATES, controls_taken
from sojourn.interpreter.runtime.errors import StoreError
from sojourn.interpreter.runtime.spreading import Spread, catalog_changes, keep_catalogs, remember_starts
from sojourn.interpreter.runtime.store import Store, set_progress
from sojourn.interpreter.runtime.versions import content_of, keep_versions, kept_versions
from sojourn.interpreter.undisturbed import undisturbed

__all__ = ["Committed", "Outcome", "Progress", "Receipt", "Writer"]

_T = TypeVar("_T")

_BEGUN = ("", "")
"""The line that stands for a list having been read, also an empty one."""

REJECTED_KEPT = 1000
"""Records that were set aside, in a sum of receipts; the table `rejected` has them all."""

DROPPING, DROPPED = "dropping old events", "old events dropped"
"""How far a pass over the people has got, and when the last one ended."""

POSTPONED = HOUR
"""How long somebody waits whom the program could not bring on, before it is tried again."""


@dataclass(slots=True)
class Receipt:
    """What became of some records. `without_id` are those that came without an id and were known by their
    hash. `rejected` are those that were set aside; of a sum of many receipts the first ones, and `more` counts
    the others.
    """

    accepted: int = 0
    duplicates: int = 0
    without_id: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    more: int = 0

    @property
    def set_aside(self) -> int:
        """How many were set aside."""
        return len(self.rejected) + self.more

    def add(self, other: Receipt) -> None:
        """Counts another receipt in. A file may be bad from end to end: not all of it is kept in memory."""
        self.accepted += other.accepted
        self.duplicates += other.duplicates
        self.without_id += other.without_id
        room = max(0, REJECTED_KEPT - len(self.rejected))
        self.rejected += other.rejected[:room]
        self.more += other.more + max(0, len(other.rejected) - room)


@dataclass(frozen=True, slots=True)
class Committed:
    """What a transaction that is on the disk brought about: (person's number, what) in order.

    `people` are those it touched, by number, to be looked at while it is told and no longer. `records` are those it
    took in, `rejected` those it set aside.
    """

    activities: list[tuple[int, Activity]]
    outgoing: list[tuple[int, Outgoing]]
    people: Mapping[int, Person]
    records: Sequence[tuple[int, Record]] = ()
    rejected: Sequence[Rejected] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the reading of a file stands once these records are in."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of handing out one message. `again` is when to try again, None when that was final.

    `bounced` is the message whose address does not exist: that is an event of its person.
    """

    number: int
    sent: bool
    error: str = ""
    again: int | None = None
    bounced: Message | None = None
    call: Message | None = None
    """The call that this is the end of, and the text of its `answer`; a failure where it was not `sent`."""
    answer: str = ""


class Writer:
    """Writes to one store with one program under one clock. `on_commit` is told what each transaction
    brought.
    """

    def __init__(
        self,
        store: Store,
        program: Program,
        clock: Clock,
        *,
        source: str = "",
        move: bool = False,
        on_commit: Callable[[Committed], None] | None = None,
    ) -> None:
        self.store = store
        self.program = program
        self.clock = clock
        self.on_commit = on_commit
        self.duplicates = 0
        self.accepted = 0
        self.refused_keys = 0
        self._answers: Door | None = None
        self._numbers = Numbers(store.connection)
        self._common = StoredCommon(store.connection)
        self._sweep = ""
        self._spread = Spread(store)
        self._controls, self._controlled = controls_taken(store)
        self._moves: dict[tuple[str, str], str] = {}
        self.fates: dict[tuple[str, str], int] = {}
        """What the last change of the program meant for those under way: see `Batch.fates`."""
        self.use(program, source, move=move)

    @property
    def last_numbers(self) -> Numbers:
        """The last numbers given out: how many people, events, activities and messages there ever were."""
        return self._numbers

    # ---------------------------------------------------------------- records

    def take(
        self, groups: Sequence[Sequence[Record | Rejected]], progress: Progress | None = None
    ) -> list[Receipt]:
        """Takes records in, all groups in one transaction; a receipt for each group.

        A record that the program cannot take (a mistake in the program or in Sojourn) is set aside with the
        error, and the
        others are taken. Raises StoreError; then none of them is in the store.
        """
        try:
            return self._transact(lambda batch: self._take(batch, groups), progress)
        except StoreError:
            raise
        except Exception as error:
            if sum(map(len, groups)) == 1:
                return [self._set_aside(group, error, progress) for group in groups]
        # One of them fails: each by itself, so that the others are not held up.
        receipts = []
        for group in groups:
            receipt = Receipt()
            for item in group:
                receipt.add(self.take([[item]])[0])
            receipts.append(receipt)
        if progress is not None:
            self._transact(lambda batch: None, progress)
        return receipts

    def _take(self, batch: Batch, groups: Sequence[Sequence[Record | Rejected]]) -> list[Receipt]:
        records = [item for group in groups for item in group if item.__class__ is Record]
        known = batch.prefetch(records)
        program, clock = self.program, self.clock
        jumping = clock if isinstance(clock, EventClock) else None
        business, kept_for = program.business, program.kept_for
        receipts = []
        rejected: list[Rejected] = []
        for group in groups:
            receipt = Receipt()
            for item in group:
                if isinstance(item, Rejected):
                    receipt.rejected.append(item)
                    continue
                if item.id in known:
                    receipt.duplicates += 1
                    continue
                known.add(item.id)
                if jumping is not None:
                    if item.at >= FAR_AWAY:
                        item.at = jumping.now()
                    jumping.advance(item.at)
                    batch.now = item.received = jumping.now()
                if item.event in kept_for and item.at < add_elapsed(batch.now, kept_for[item.event], -1):
                    receipt.rejected.append(too_old(item))
                    continue
                if item.event in business:
                    batch.tell(item)
                    receipt.accepted += 1
                    continue
                number, _, effects = take_in(program, batch, item, batch.now)
                batch.store(number, item)
                if effects:
                    batch.happened(number, effects)
                receipt.accepted += 1
                if item.id.startswith("hash:"):
                    receipt.without_id += 1
            rejected += receipt.rejected
            receipts.append(receipt)
        if rejected:
            self._keep_rejected(batch, rejected)
        return receipts

    def _keep_rejected(self, batch: Batch, rejected: Sequence[Rejected]) -> None:
        batch.rejected.extend(rejected)
        self.store.connection.executemany(
            "INSERT INTO rejected (received, dataset, field, reason, raw) VALUES (?, ?, ?, ?, ?)",
            [(r.received, r.dataset, r.field, r.reason, r.raw) for r in rejected],
        )

    def _set_aside(
        self, group: Sequence[Record | Rejected], error: Exception, progress: Progress | None
    ) -> Receipt:
        rejected = []
        for item in group:
            if isinstance(item, Record):
                reason = f"The program failed on this record: {error.__class__.__name__}: {error}."
                item = Rejected(item.raw or repr(item), reason, "", item.received, item.dataset)
            rejected.append(item)
        self._transact(lambda batch: self._keep_rejected(batch, rejected), progress)
        return Receipt(rejected=rejected)

    # ------------------------------------------------------------------- time

    def next_due(self) -> int | None:
        """The instant at which time alone next brings something; None when nothing is waiting."""
        found = self.store.one("SELECT min(due) FROM timer")
        return None if found is None else int(found)

    def bring_due(self, limit: int = 1000) -> int:
        """Carries out what is due, at most for `limit` people in one transaction; returns for how many.

        Each thing happens at its own instant, however late it is looked at. Raises StoreError.
        """
        now = self.clock.now()
        rows = self.store.rows(
            "SELECT due, person FROM timer WHERE due <= ? ORDER BY due, person LIMIT ?", (now, limit)
        )
        if not rows:
            return 0

        def bring(batch: Batch) -> None:
            batch.prefetch_people(number for _, number in rows)
            for due, number in rows:
                batch.wake(number, due)

        try:
            self._transact(bring)
        except StoreError:
            raise
        except Exception:
            for due, number in rows:
                self._bring_one(due, number)
        return len(rows)

    def _bring_one(self, due: int, number: int) -> None:
        try:
            self._transact(lambda batch: batch.wake(number, due))
        except StoreError:
            raise
        except Exception as error:
            because = f"{error.__class__.__name__}: {error}"
            until = self.clock.now() + POSTPONED
            self._transact(lambda batch: batch.postpone(number, due, until, because))

    # ---------------------------------------------------------------- program

    def use(self, program: Program, source: str = "", *, move: bool = True) -> None:
        """From now on this program decides. `source` is its text, kept for the record. Raises StoreError.

        Everybody it concerns is brought up to date when they are touched, or by `sweep`. With `move` those who are
        under way go on in today's journeys: those who stand at a wait whose text was edited stand at the wait in its
        place (`core.moves`). Without it they end on the version they began on.
        """
        kept = [] if move else kept_versions(self.store, program.version)
        if kept:
            program = compile_program(program.own, program.coder.codes, program.links, kept)
        now = self.clock.now()
        with self.store.transaction() as connection:
            known = connection.execute(
                "SELECT version, steps, last_ran FROM program ORDER BY last_ran DESC, rowid DESC LIMIT 1"
            ).fetchone()
            steps = {
                name: [tuple(s) for s in standings(journey.steps)]
                for name, journey in program.journeys.items()
            }
            # One that ran before and is back is the latest again, also when the clock stands still.
            last = now if known is None or known[0] == program.version else max(now, known[2] + 1)
            connection.execute(
                "INSERT INTO program (version, rules, first_ran, last_ran, source, steps, content) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (version) DO UPDATE SET last_ran = max(last_ran, excluded.last_ran), "
                "content = excluded.content, kept = 0",
                (
                    program.version, program.rules, now, last, source, orjson.dumps(steps).decode(),
                    content_of(program),
                ),
            )  # fmt: skip
            keep_versions(connection, program.kept)
            if known is not None and known[0] != program.version:
                self._remember_moves(connection, orjson.loads(known[1]), program, now)
            name = f"sweep {program.version}"
            row = connection.execute("SELECT position FROM progress WHERE name = ?", (name,)).fetchone()
            if known is not None and known[0] != program.version and row is None:
                connection.execute("DELETE FROM progress WHERE name LIKE 'sweep %'")
                set_progress(connection, name, 0, now)
                row = (0,)
            told = remember_starts(connection, program, now, self._numbers, known is None)
            count_anew(connection, program, now)
            listed = connection.execute("SELECT 1 FROM listed LIMIT 1").fetchone()
            moves = connection.execute('SELECT journey, step, "to" FROM moved').fetchall()
        self.program = program
        program.controls = self._controls
        self._common = StoredCommon(self.store.connection)
        self._lists_read = not program.workspace.lists and not listed
        self._moves = {(journey, step): to for journey, step, to in moves}
        self._sweep = name if row is not None else ""
        self._counting = row is not None and row[0] == 0
        self._versions: dict[str, int] = {}
        self.fates = {}
        self._spread.pending += told
        watched = any(event.of_change is not None for event in program.workspace.events.values())
        if watched or self.store.one("SELECT 1 FROM catalog LIMIT 1"):
            self._transact(self._take_catalogs)
        if self.store.one("SELECT 1 FROM control WHERE number > ?", (self._controlled,)):
            self.take_controls()

    def _take_controls(self, batch: Batch) -> int:
        """What was said by hand since: journeys paused, resumed, closed and stopped; the number of the last."""
        number = self._controlled
        rows = batch.connection.execute(
            "SELECT number, journey, action FROM control WHERE number > ? ORDER BY number", (number,)
        ).fetchall()
        for _, journey, action in rows:
            if action in STATES:
                self._controls[journey] = STATES[action]
            else:
                self._controls.pop(journey, None)
            if action in ("resume", "stop"):
                batch.announce(Control(journey, action), batch.now)
        if rows:
            number = int(rows[-1][0])
            set_progress(batch.connection, CONTROLLED, number, batch.now)
        return number

    def take_controls(self) -> None:
        """Looks whether something was said by hand, and writes down that it was seen. Raises StoreError."""
        self._transact(lambda batch: None)

    def _take_catalogs(self, batch: Batch) -> None:
        """Tells of the rows of catalogs that have changed since they were last looked at."""
        for record in catalog_changes(batch.connection, self.program, batch.now):
            batch.tell(record)
        keep_catalogs(batch.connection, self.program)

    def _remember_moves(
        self, connection: sqlite3.Connection, before: dict[str, Any], program: Program, now: int
    ) -> None:
        """Writes down where those stand now whose step is gone: it holds until each of them was touched."""
        for name, said in before.items():
            old = [Standing(*step) for step in said]
            journey = program.journeys.get(name)
            new = standings(journey.steps) if journey is not None else []
            if old == new:
                continue
            # What an earlier change said of these steps holds no more.
            gone = {step.id for step in old} - {step.id for step in new}
            connection.executemany(
                "DELETE FROM moved WHERE journey = ? AND step = ?", [(name, step) for step in gone]
            )
            connection.executemany(
                'INSERT INTO moved (journey, step, "to", at) VALUES (?, ?, ?, ?)',
                [(name, step, to, now) for step, to in moved_steps(old, new).items()],
            )

    @property
    def sweeping(self) -> bool:
        """Whether there may be people whom a new program has not reached yet."""
        return bool(self._sweep) or not self._lists_read

    def sweep(self, limit: int = 200) -> int:
        """Brings a page of people up to date with the program; returns how many were looked at. Raises
        StoreError.
        """
        if not self._lists_read:
            return self._read_lists()
        if not self._sweep:
            return 0
        name = self._sweep
        after = self.store.progress(name)
        last = self.store.one(
            "SELECT max(number) FROM (SELECT number FROM person WHERE number > ? ORDER BY number LIMIT ?)",
            (after, limit),
        )
        if last is None:
            with self.store.transaction() as connection:
                connection.execute("DELETE FROM progress WHERE name = ?", (name,))
                if self._counting:
                    keep_versions(connection, self._versions.keys() - {self.program.version})
            self._sweep = ""
            return 0
        numbers = [
            row[0]
            for row in self.store.rows(
                "SELECT number FROM person WHERE number > ? AND number <= ? "
                "AND (json_extract(document, '$.rules') <> ? "
                "OR ifnull(json_extract(document, '$.timing'), '') <> ? "
                "OR json_extract(document, '$.runs') IS NOT NULL)",
                (after, last, self.program.rules, self.program.timing),
            )
        ]

        def refresh(batch: Batch) -> None:
            batch.prefetch_people(numbers)
            for number in numbers:
                batch.refresh(number)

        def skip(batch: Batch) -> None:
            """They are brought up to date when they are touched."""

        try:
            self._transact(refresh, Progress(name, last))
        except StoreError:
            raise
        except Exception:
            self._transact(skip, Progress(name, last))
        return limit

    def _read_lists(self) -> int:
        """Brings into their audiences, and takes out of them, those whose line in a file came or went.

        Whoever stands in the file of an audience that is new is an existing member. Raises StoreError.
        """
        lists = self.program.workspace.lists
        known: dict[str, set[tuple[str, str]]] = {}
        for audience, namespace, value in self.store.rows("SELECT audience, namespace, value FROM listed"):
            known.setdefault(audience, set()).add((namespace, value))
        changed: dict[int, set[int]] = {}
        came: list[tuple[str, str, str]] = []
        gone: list[tuple[str, str, str]] = []
        for name in {*known, *lists}:
            before = known.get(name, set())
            after = {
                (namespace, value)
                for namespace, values in (lists[name].identifiers if name in lists else {}).items()
                for value in values
            }
            after.add(_BEGUN)
            came += [(name, *line) for line in after - before]
            gone += [(name, *line) for line in before - (after if name in lists else set())]
            if name in lists and before:
                number = self.program.members[name].number
                for line in before ^ after:
                    owner = self.store.one(
                        "SELECT person FROM identifier WHERE namespace = ? AND value = ?", line
                    )
                    if owner is not None:
                        changed.setdefault(owner, set()).add(number)
        if came or gone:
            people = sorted(changed)

            def bring(batch: Batch) -> None:
                batch.prefetch_people(people)
                for person in people:
                    batch.look_again(person, changed[person])
                one = batch.connection.executemany
                one("DELETE FROM listed WHERE audience = ? AND namespace = ? AND value = ?", gone)
                one("INSERT INTO listed (audience, namespace, value) VALUES (?, ?, ?)", came)

            self._transact(bring)
        self._lists_read = True
        return len(changed)

    # -------------------------------------------------------------- broadcasts

    @property
    def entering(self) -> list[Entering]:
        """The existing members who are let into journeys and have not all heard of it."""
        return [b.what for b in self._spread.pending if isinstance(b.what, Entering)]

    @property
    def spreading(self) -> bool:
        """Whether there are broadcasts that not everybody has heard."""
        return bool(self._spread.pending)

    def spread(self, limit: int = 500) -> int:
        """Brings a page of people the broadcasts that are pending; returns how many were looked at. Raises
        StoreError.
        """
        spread = self._spread
        if not spread.pending:
            return 0
        page = spread.page(self.program, limit)
        if page is None:
            if not spread.is_due(self.next_due()):
                spread.finish(self.clock.now())
            return 0
        last, numbers = page

        def meet(batch: Batch) -> None:
            batch.prefetch_people(numbers)
            for number in numbers:
                batch.meet(number)
            spread.came_to(batch.connection, last, batch.now)

        def pass_over(batch: Batch) -> None:
            """They hear it when they are touched."""
            spread.came_to(batch.connection, last, batch.now)

        try:
            self._transact(meet)
        except StoreError:
            raise
        except Exception:
            self._transact(pass_over)
        spread.position = last
        return limit

    # --------------------------------------------------------------- retention

    def drop_old(self, limit: int = 2000) -> bool:
        """Drops the events of a page of people that are older than their dataset keeps; tells whether there are more
        people to look at. A pass over everybody begins once a day. Raises StoreError.
        """
        kept_for = self.program.kept_for
        if not kept_for:
            return False
        now = self.clock.now()
        position = self.store.progress(DROPPING)
        if not position and now - self.store.progress(DROPPED) < DAY:
            return False
        last = self.store.one(
            "SELECT max(number) FROM (SELECT number FROM person WHERE number > ? ORDER BY number LIMIT ?)",
            (position, limit),
        )
        with self.store.transaction() as connection:
            if last is None:
                set_progress(connection, DROPPING, 0, now)
                set_progress(connection, DROPPED, now, now)
                return False
            for event, length in kept_for.items():
                connection.execute(
                    "DELETE FROM event WHERE person > ? AND person <= ? AND event = ? AND at < ?",
                    (position, last, event, add_elapsed(now, length, -1)),
                )
            set_progress(connection, DROPPING, int(last), now)
        return True

    # --------------------------------------------------------------- outcomes

    def record_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """Writes down what became of messages that were handed out. Raises StoreError."""
        now = self.clock.now()
        if any(o.call is not None or (not o.sent and o.again is None) for o in outcomes):
            self._transact(lambda batch: self._record_outcomes(batch.connection, outcomes, now, batch))
            return
        with self.store.transaction() as connection:
            self._record_outcomes(connection, outcomes, now)

    def _record_outcomes(
        self,
        connection: sqlite3.Connection,
        outcomes: Sequence[Outcome],
        now: int,
        batch: Batch | None = None,
    ) -> None:
        connection.executemany(
            "UPDATE outbox SET status = ?, attempts = attempts + 1, next_attempt = ?, done_at = ?, "
            "error = ? "
            "WHERE number = ?",
            [
                (
                    "sent" if o.sent else "failed" if o.again is None else "pending",
                    o.again,
                    now if o.sent or o.again is None else None,
                    o.error,
                    o.number,
                )
                for o in outcomes
            ],
        )
        if batch is None:
            return
        for outcome in outcomes:
            if outcome.call is not None:
                self._answer(batch, outcome, outcome.call, now)
                continue
            if not outcome.sent and outcome.again is None:
                self._uncount(batch, outcome.number)
            if outcome.bounced is not None:
                self._bounce(batch, outcome.bounced, outcome.error, now)

    def _uncount(self, batch: Batch, number: int) -> None:
        """What could never be handed out does not count for the limits."""
        row = batch.connection.execute(
            "SELECT person, at, message, channel FROM outbox WHERE number = ?", (number,)
        ).fetchone()
        if row is None:
            return
        try:
            person = batch.load(row[0])
        except LookupError:
            return  # nobody is there any more
        counted = list(row[1:])
        if counted in person.handed:
            person.handed.remove(counted)

    def _answer(self, batch: Batch, outcome: Outcome, call: Message, now: int) -> None:
        """The end of a call is an input to the run that waits for it."""
        answered = Answer(None, outcome.error)
        if outcome.sent:
            if self._answers is None or self._answers.workspace is not self.program.workspace:
                self._answers = Door(self.program.workspace)
            try:
                answered = Answer(self._answers.read_answer(call.message, outcome.answer))
            except ValueError as error:
                answered = Answer(None, str(error))
        row = batch.connection.execute(
            "SELECT person FROM outbox WHERE number = ?", (call.number,)
        ).fetchone()
        try:
            person = batch.load(row[0])
        except (LookupError, TypeError):
            return  # nobody is there any more
        batch.happened(row[0], answer(self.program, person, call.key, answered, now))

    def _bounce(self, batch: Batch, message: Message, reason: str, now: int) -> None:
        """The mail server's refusal as an event of the person: a hard bounce."""
        id = f"bounce {message.key}"
        row = batch.connection.execute(
            "SELECT person, (SELECT 1 FROM event WHERE id = ?) FROM outbox WHERE number = ?",
            (id, message.number),
        ).fetchone()
        if row is None or row[1] or "message_bounced" not in self.program.workspace.events:
            return
        number = row[0]
        properties = {
            "message": message.message,
            "message_id": message.key,
            "channel": message.channel,
            "kind": "hard",
            "reason": reason,
        }
        field = self.program.addresses.get(message.channel)
        profile = {field: message.address} if field is not None else {}
        record = Record(id, "message_bounced", now, now, {}, properties, OWN)
        about = Record(id, "message_bounced", now, now, profile, properties, OWN)
        try:
            person = batch.load(number)
        except LookupError:
            return
        # The address that was written to is suppressed, also when the person has another one by now.
        suppress(self.program, person, about, now)
        batch.store(number, record)
        batch.happened(number, step(self.program, person, record, now))

    def drop_rejected(self, numbers: Sequence[int]) -> None:
        """Forgets rejected records that were taken in after all. Raises StoreError."""
        with self.store.transaction() as connection:
            connection.executemany("DELETE FROM rejected WHERE number = ?", [(number,) for number in numbers])

    # ------------------------------------------------------------ transactions

    def _transact(self, work: Callable[[Batch], _T], progress: Progress | None = None) -> _T:
        with undisturbed():
            return self._transacted(work, progress)

    def _transacted(self, work: Callable[[Batch], _T], progress: Progress | None) -> _T:
        try:
            with self.store.transaction() as connection:
                batch = Batch(
                    connection,
                    self.program,
                    self._numbers,
                    self.clock.now(),
                    self._moves,
                    self._common,
                    self._spread.pending,
                )
                controlled = self._take_controls(batch)
                result = work(batch)
                batch.write()
                if progress is not None:
                    set_progress(connection, progress.name, progress.position, self.clock.now())
        except BaseException:
            self._controls, self._controlled = controls_taken(self.store)
            self.program.controls = self._controls
            self._numbers = Numbers(self.store.connection)
            self._common = StoredCommon(self.store.connection)
            raise
        self._controlled = controlled
        self._spread.pending += batch.told
        self.refused_keys += batch.refused_keys
        for version, runs in batch.versions.items():
            self._versions[version] = self._versions.get(version, 0) + runs
        for key, count in batch.fates.items():
            self.fates[key] = self.fates.get(key, 0) + count
        if self.on_commit is not None:
            told = Committed(
                batch.activities, batch.outgoing, batch.people(), batch.records(), batch.rejected
            )
            if told.activities or told.outgoing or told.records or told.rejected:
                self.on_commit(told)
        return result


def too_old(record: Record) -> Rejected:
    """A record that would have been dropped already: whether it has been counted before cannot be known any more."""
    reason = f"It happened at {instant_to_iso(record.at)}: events “{record.event}” are not kept that long."
    return Rejected(record.raw or repr(record), reason, "time", record.received, record.dataset)
