"""Everything that changes a store, one transaction at a time: records, what time brings, a new program,
outcomes.

A transaction holds what belongs together: a record, what it did to its people, and what follows from it. A
crash at any instant
leaves either all of it or nothing. Only one thread uses a writer.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import orjson

from sojourn.dsl.values import HOUR, add_elapsed, instant_to_iso
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.broadcasts import Control, Entering
from sojourn.interpreter.core.intake import take_in
from sojourn.interpreter.core.moves import Standing, moved_steps, standings
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Rejected
from sojourn.interpreter.runtime.addressed import address
from sojourn.interpreter.runtime.batch import Batch, Numbers
from sojourn.interpreter.runtime.calendars import calendars_of, differences, written_calendars
from sojourn.interpreter.runtime.clock import FAR_AWAY, Clock, EventClock
from sojourn.interpreter.runtime.common import StoredCommon
from sojourn.interpreter.runtime.control import CONTROLLED, STATES, controls_taken
from sojourn.interpreter.runtime.errors import StoreError
from sojourn.interpreter.runtime.lists import Lists
from sojourn.interpreter.runtime.outcomes import Outcomes, concerns_somebody, write_outcomes
from sojourn.interpreter.runtime.passes import Pass
from sojourn.interpreter.runtime.receipts import Committed, Outcome, Progress, Receipt
from sojourn.interpreter.runtime.retention import Retention
from sojourn.interpreter.runtime.spreading import (
    Spread,
    added_journeys,
    catalog_changes,
    keep_catalogs,
    remember_starts,
)
from sojourn.interpreter.runtime.statistics import Counting
from sojourn.interpreter.runtime.store import Store, set_progress
from sojourn.interpreter.runtime.versions import (
    content_of,
    keep_versions,
    kept_versions,
    last_calendars,
    runs_on_older_versions,
    written_content,
)
from sojourn.interpreter.undisturbed import undisturbed

__all__ = ["Writer"]

_T = TypeVar("_T")
_R = TypeVar("_R")

POSTPONED = HOUR
"""How long somebody waits whom the program could not bring on, before it is tried again."""


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
        self._numbers = Numbers(store.connection)
        self._common = StoredCommon(store.connection)
        self._careful = False
        self._sweep = ""
        self._spread = Spread(store)
        self._counting = Counting(store)
        self._lists = Lists(store)
        self._retention = Retention(store)
        self._controls, self._controlled = controls_taken(store)
        self._moves: dict[tuple[str, str], str] = {}
        self.fates: dict[tuple[str, str], int] = {}
        """What the last change of the program meant for those under way: see `Batch.fates`."""
        self.calendars: list[str] = []
        """What is different by other tables of public holidays than when a program last ran here, in sentences."""
        self.use(program, source, move=move)

    @property
    def last_numbers(self) -> Numbers:
        """The last numbers given out: how many people, events, activities and messages there ever were."""
        return self._numbers

    # ---------------------------------------------------------------- records

    def take(
        self, groups: Sequence[Sequence[Record | Rejected]], progress: Progress | None = None
    ) -> list[Receipt]:
        """Takes records in, all groups in one transaction; a receipt for each group, once they are on the disk.

        A record that the program cannot take (a mistake in the program or in Sojourn) is set aside with the
        error, and the
        others are taken. Raises StoreError; then none of them is in the store.
        """
        told: list[list[Receipt] | StoreError] = []
        self.take_ahead(groups, told.append, progress)
        self.store.settle()
        if isinstance(told[0], StoreError):
            raise told[0]
        return told[0]

    def take_ahead(
        self,
        groups: Sequence[Sequence[Record | Rejected]],
        done: Callable[[list[Receipt] | StoreError], None],
        progress: Progress | None = None,
    ) -> None:
        """`take`, and does not wait for the disk: `done` is told the receipts when they are true, or the error when
        none of the records is in the store; at the latest when the store is settled.
        """
        records = [item for group in groups for item in group if item.__class__ is Record]
        try:
            self._ahead(
                lambda batch: (batch.prefetch(records), Counter(map(batch.owner_of, records))),
                lambda batch, found: self._take(batch, groups, *found),
                done,
                progress,
            )
            return
        except StoreError as error:
            done(error)
            return
        except Exception as error:
            failure = error
        try:
            receipts = self._one_by_one(groups, failure, progress)
        except StoreError as error:
            done(error)
            return
        done(receipts)

    def _one_by_one(
        self, groups: Sequence[Sequence[Record | Rejected]], error: Exception, progress: Progress | None
    ) -> list[Receipt]:
        """One of them fails: each by itself, so that the others are not held up."""
        if sum(map(len, groups)) == 1:
            return [self._set_aside(group, error, progress) for group in groups]
        receipts = []
        for group in groups:
            receipt = Receipt()
            for item in group:
                receipt.add(self.take([[item]])[0])
            receipts.append(receipt)
        if progress is not None:
            self._transact(lambda batch: None, progress)
        return receipts

    def _take(
        self,
        batch: Batch,
        groups: Sequence[Sequence[Record | Rejected]],
        known: set[str],
        coming: Counter[int | None],
    ) -> list[Receipt]:
        """`known` are the ids that are in the store, `coming` tells how many of the records are whose, about."""
        program, clock = self.program, self.clock
        jumping = clock if isinstance(clock, EventClock) else None
        business, kept_for, unique = program.business, program.kept_for, program.unique.keys()
        receipts = []
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
                if unique.isdisjoint(item.profile):  # let in by its message alone
                    unknown = address(program, self.store.connection, batch, item)
                    if unknown is not None:
                        receipt.rejected.append(unknown)
                        continue
                number, _, effects = take_in(program, batch, item, batch.now)
                batch.store(number, item)
                if effects:
                    batch.happened(number, effects)
                coming[number] -= 1
                if not coming[number]:
                    batch.finish(number)
                receipt.accepted += 1
                if item.id.startswith("hash:"):
                    receipt.without_id += 1
            batch.rejected += receipt.rejected
            receipts.append(receipt)
        return receipts

    def _set_aside(
        self, group: Sequence[Record | Rejected], error: Exception, progress: Progress | None
    ) -> Receipt:
        rejected = []
        for item in group:
            if isinstance(item, Record):
                reason = f"The program failed on this record: {error.__class__.__name__}: {error}."
                item = Rejected(item.raw or repr(item), reason, "", item.received, item.dataset)
            rejected.append(item)
        self._transact(lambda batch: batch.rejected.extend(rejected), progress)
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
        brought = self.bring_due_ahead(limit)
        failed = self.store.settle()
        if failed is not None:
            raise failed
        return brought

    def bring_due_ahead(self, limit: int = 1000) -> int:
        """`bring_due`, and does not wait for the disk. What is not in the store when that fails is still due."""
        now = self.clock.now()
        rows = self.store.rows(
            "SELECT due, person FROM timer WHERE due <= ? ORDER BY due, person LIMIT ?", (now, limit)
        )
        if not rows:
            return 0

        def bring(batch: Batch, _: None) -> None:
            for due, number in rows:
                batch.wake(number, due)
                batch.finish(number)

        try:
            self._ahead(
                lambda batch: batch.prefetch_people(number for _, number in rows), bring, lambda told: None
            )
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
        place (`core.moves`); that holds also for those whom an earlier change left on an older version. Without it they
        end on the version they began on.
        """
        kept = [] if move else kept_versions(self.store, program)
        if kept:
            program = compile_program(program.own, program.coder.codes, program.links, kept)
        now = self.clock.now()
        written = written_content(program)
        holidays = calendars_of(program.own, written, now)
        self.calendars = differences(last_calendars(self.store), holidays, now)
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
                "INSERT INTO program (version, rules, first_ran, last_ran, source, steps, content, calendars) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (version) DO UPDATE SET last_ran = max(last_ran, excluded.last_ran), "
                "content = excluded.content, calendars = excluded.calendars, kept = 0",
                (
                    program.version, program.rules, now, last, source, orjson.dumps(steps).decode(),
                    content_of(program, written), written_calendars(holidays),
                ),
            )  # fmt: skip
            left_behind = move and runs_on_older_versions(connection, program)
            keep_versions(connection, program.kept)
            if known is not None and known[0] != program.version:
                self._remember_moves(connection, orjson.loads(known[1]), program, now)
            name = f"sweep {program.version}"
            row = connection.execute("SELECT position FROM progress WHERE name = ?", (name,)).fetchone()
            another = known is not None and known[0] != program.version
            if (another and row is None) or left_behind:
                connection.execute("DELETE FROM progress WHERE name LIKE 'sweep %'")
                set_progress(connection, name, 0, now)
                row = (0,)
            told = remember_starts(connection, program, now, self._numbers, known is None)
            program.added = added_journeys(connection, program)
            self._counting.use(connection, program, self._numbers.event, now)
            moves = connection.execute('SELECT journey, step, "to" FROM moved').fetchall()
        self.program = program
        program.controls = self._controls
        self._common = StoredCommon(self.store.connection)
        self._outcomes = Outcomes(program)
        self._counting.used(program)
        self._lists.used(program)
        self._moves = {(journey, step): to for journey, step, to in moves}
        self._sweep = name if row is not None else ""
        self._versions_counted = row is not None and row[0] == 0
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

    def _is_controlled(self) -> bool:
        """Whether something was said by hand since."""
        return bool(self.store.rows("SELECT 1 FROM control WHERE number > ?", (self._controlled,)))

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
        return bool(self._sweep) or self._lists.pending

    def sweep(self, limit: int = 200) -> int:
        """Brings a page of people up to date with the program; returns how many were looked at. Raises
        StoreError.
        """
        if self._lists.pending:
            program, lines = self.program, self._lists.next(self.program, limit)
            if lines:
                self._transact(lambda batch: self._lists.bring(batch, program, lines))
                self._lists.done(lines)
            return len(lines)
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
                if self._versions_counted:
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
        if self._counting.counting and all(isinstance(b.what, Entering) for b in spread.pending):
            return 0  # existing members enter with what is recommended to them, and that is not known yet
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

    # -------------------------------------------------------------- statistics

    @property
    def counting(self) -> bool:
        """Whether there is something to be counted, or forgotten, of everybody for a new program."""
        return self._counting.pending

    def count(self) -> int:
        """Counts a page of what a new program asks of everybody; returns 0 when that was the last. Raises
        StoreError.
        """
        if not self._counting.pending:
            return 0
        self._transact(lambda batch: self._counting.page(batch.connection, batch.common, batch.now))
        return int(self._counting.pending)

    # --------------------------------------------------------------- retention

    def drop_old(self, limit: int = 2000) -> bool:
        """Drops a page of what is too old to be kept; tells whether there is more to look at. A pass over everybody
        begins once a day, and waits for what is being counted. Raises StoreError.
        """
        return not self._counting.counting and self._retention.drop(self.program, self.clock.now(), limit)

    # ---------------------------------------------------------------- progress

    def passes(self) -> list[Pass]:
        """How far the work in the background is, in the order in which it is done. May be called from any thread."""
        found = [self._counting.progress, self._lists.progress]
        sweep = self._sweep
        if sweep or self._spread.pending:
            last = self._numbers.person
            if sweep:
                found.append(Pass("bringing people up to date", self.store.progress(sweep), last))
            if self._spread.pending:
                found.append(Pass("telling everybody what is new", self._spread.position, last))
        if self.program.kept_for:
            found.append(self._retention.progress)
        return [one for one in found if one is not None]

    # --------------------------------------------------------------- outcomes

    def record_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """Writes down what became of messages that were handed out. Raises StoreError."""
        now = self.clock.now()
        if not any(map(concerns_somebody, outcomes)):
            with self.store.transaction() as connection:
                write_outcomes(connection, outcomes, now)
            return

        def bring(batch: Batch) -> None:
            write_outcomes(batch.connection, outcomes, now)
            self._outcomes.bring(batch, outcomes, now)

        self._transact(bring)

    def drop_rejected(self, numbers: Sequence[int]) -> None:
        """Forgets rejected records that were taken in after all. Raises StoreError."""
        with self.store.transaction() as connection:
            connection.executemany("DELETE FROM rejected WHERE number = ?", [(number,) for number in numbers])

    # ------------------------------------------------------------ transactions

    def _transact(self, work: Callable[[Batch], _T], progress: Progress | None = None) -> _T:
        """Does something in a transaction, which is on the disk when it returns. Raises StoreError."""
        self.store.settle()
        with undisturbed():
            return self._transacted(work, progress)

    def _transacted(self, work: Callable[[Batch], _T], progress: Progress | None) -> _T:
        began = self.clock.now()
        try:
            with self.store.transaction():
                batch = self._batch()
                controlled = self._take_controls(batch)
                result = work(batch)
                self._write(batch, progress)
        except BaseException:
            self._begin_anew(began)
            raise
        self._controlled = controlled
        self._came_to_be(batch)
        return result

    def _ahead(
        self,
        read: Callable[[Batch], _R],
        work: Callable[[Batch, _R], _T],
        done: Callable[[_T | StoreError], None],
        progress: Progress | None = None,
    ) -> None:
        """A transaction whose commit is left to be done while the next one is worked out.

        `read` asks the store for what `work` will need; meanwhile the transaction before may not be committed yet, and
        is seen all the same. While `work` changes the batch, in memory, that one goes to the disk. Then this one is
        written. When the one before is not in the store after all, this one went out from what is not true, and is
        thrown away. Raises StoreError; then nothing of it is in the store, and `done` is not told.
        """
        if self._careful or self._is_controlled():
            done(self._transact(lambda batch: work(batch, read(batch)), progress))
            return
        store, began = self.store, self.clock.now()
        with undisturbed():
            try:
                batch = self._batch()
                found = read(batch)
                store.commit_meanwhile()
                result = work(batch, found)
                failed = store.settle()
                if failed is not None:
                    raise failed

                def told(error: StoreError | None) -> None:
                    if error is not None:
                        self._begin_anew(began)
                    else:
                        self._came_to_be(batch)
                    done(result if error is None else error)

                with store.left_open(told):
                    self._write(batch, progress)
            except BaseException:
                store.settle()
                self._begin_anew(began)
                raise
            if batch.told:
                store.settle()  # whoever is loaded from now on hears of it

    def _batch(self) -> Batch:
        return Batch(
            self.store.connection,
            self.program,
            self._numbers,
            self.clock.now(),
            self._moves,
            self._common,
            self._spread.pending,
        )

    def _write(self, batch: Batch, progress: Progress | None) -> None:
        connection = batch.connection
        if absorbed := batch.absorbed():
            self._counting.carry(connection, batch.common, absorbed)
        batch.write()
        if progress is not None:
            set_progress(connection, progress.name, progress.position, self.clock.now())

    def _begin_anew(self, since: int) -> None:
        """A transaction, begun at an instant, is not in the store: what is known in memory is what is there. The next
        ones are waited for, until one of them is.
        """
        if isinstance(self.clock, EventClock):
            self.clock.take_back(since)
        self._careful = True
        self._controls, self._controlled = controls_taken(self.store)
        self.program.controls = self._controls
        self._numbers = Numbers(self.store.connection)
        self._common = StoredCommon(self.store.connection)
        self._counting.failed()

    def _came_to_be(self, batch: Batch) -> None:
        """A transaction is in the store."""
        self._careful = False
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


def too_old(record: Record) -> Rejected:
    """A record that would have been dropped already: whether it has been counted before cannot be known any more."""
    reason = f"It happened at {instant_to_iso(record.at)}: events “{record.event}” are not kept that long."
    return Rejected(record.raw or repr(record), reason, "time", record.received, record.dataset)
