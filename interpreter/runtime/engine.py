"""The engine: one thread that owns the store and does one transaction after another.

What is submitted while a transaction is being written shares the next one (group commit), and is
acknowledged when that is on the
disk. While one goes to the disk the next is worked out already; it is written when the one before is there.
Between two transactions of records comes a page of what time has brought, so that a million people
due at once do not
hold up the events, nor the other way round; then a page of people whom a new program concerns. With nothing
to do it sleeps
until the next instant at which something is due.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from sojourn.dsl.values import MINUTE
from sojourn.interpreter.compile import Program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.datasets import read_again
from sojourn.interpreter.door.door import Door, Rejected
from sojourn.interpreter.runtime.audit import Audit
from sojourn.interpreter.runtime.clock import Clock, WallClock
from sojourn.interpreter.runtime.control import stamp
from sojourn.interpreter.runtime.errors import StoreError, StoreFull
from sojourn.interpreter.runtime.passes import Pass
from sojourn.interpreter.runtime.receipts import Committed, Outcome, Progress, Receipt
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer

__all__ = ["Busy", "Engine", "Health"]

LINGER = 0.002
"""Seconds a first record waits for others to share its transaction."""

MOST_IN_A_BATCH = 1000
"""Records in one transaction, about."""

MOST_WAITING = 50_000
"""Records that may wait to be written; more are refused (`Busy`) or wait outside."""

TIMERS_IN_A_PAGE = 1000

BETWEEN_PAGES = 0.1
"""Seconds between two pages of the work in the background, while there is other work."""

LOOK_AT_CONTROLS = 1.0
"""Seconds after which an idle engine looks whether a journey was paused or stopped by hand."""

RETRY_WHEN_FULL = 2.0
"""Seconds between two tries when the disk is full."""

OVERDUE = MINUTE
"""A wait that was over longer ago than this, and still stands, is overdue."""


class Busy(Exception):
    """More records are waiting than the engine takes. Try again in a moment."""


@dataclass(frozen=True, slots=True)
class Health:
    """How the engine is doing. `lag` is by how many microseconds the earliest thing due is late (0: nothing
    is), `queue` how many
    records wait to be written, `overdue` how many runs still stand at a wait that was over a minute ago or
    more,
    `problem` a sentence ("" when all is well).
    """

    now: int
    lag: int
    queue: int
    overdue: int
    accepted: int
    duplicates: int
    rejected: int
    refused_keys: int
    sweeping: bool
    problem: str
    passes: tuple[Pass, ...] = ()
    """The work in the background, and how far it is."""


@dataclass(slots=True)
class _Submission:
    items: Sequence[Record | Rejected]
    progress: Progress | None
    door: Door
    after: Future[Receipt] | None
    future: Future[Receipt]


class Engine:
    """Runs a program live. Make it, `start` it, `submit` to it, `stop` it.

    `on_commit` is called on the engine's thread after each transaction with what it brought; it must be
    quick.
    """

    def __init__(
        self,
        store: Store,
        program: Program,
        clock: Clock | None = None,
        *,
        source: str = "",
        move: bool = False,
        on_commit: Callable[[Committed], None] | None = None,
        linger: float = LINGER,
    ) -> None:
        self.store = store
        self.clock: Clock = clock or WallClock()
        self._listeners: list[Callable[[Committed], None]] = []
        self.writer = Writer(store, program, self.clock, source=source, move=move)
        if on_commit is not None:
            self.listen(on_commit)
        self.on_settled: Callable[[dict[tuple[str, str], int]], None] | None = None
        """Told on the engine's thread when everybody has been brought up to date with a new program: what
        became of the runs (`Batch.fates`).
        """
        self.door = Door(self.writer.program.workspace, by_message=True)
        self.problem = ""
        self.failure: BaseException | None = None
        """What ended the engine before it was asked to stop: a mistake in Sojourn."""
        self._linger = linger
        self._queue: deque[_Submission] = deque()
        self._waiting = 0
        self._jobs: deque[tuple[Callable[[], object], Future[object]]] = deque()
        self._wakened = threading.Condition()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._totals = Receipt()
        self._rejected = 0
        self._audit = Audit()
        self._paged: dict[str, float] = {}
        self._dropping = False
        self._said = stamp(store.path)

    @property
    def program(self) -> Program:
        """The program that decides now."""
        return self.writer.program

    # ------------------------------------------------------------- from outside

    def start(self) -> None:
        """Starts the engine's thread. What came due while nobody was there is carried out first."""
        if self._thread is not None:
            raise RuntimeError("the engine has been started already")
        self._thread = threading.Thread(target=self._run, name="sojourn-engine", daemon=True)
        started = self.call(lambda: None)
        self._thread.start()
        started.result()

    def stop(self, timeout: float | None = 30.0) -> None:
        """Writes what was submitted and stops. The store stays open."""
        with self._wakened:
            self._stopping = True
            self._wakened.notify_all()
        if self._thread is not None:
            self._thread.join(timeout)
            self._thread = None

    def submit(
        self,
        items: Sequence[Record | Rejected],
        progress: Progress | None = None,
        *,
        door: Door | None = None,
        after: Future[Receipt] | None = None,
        wait: bool = True,
    ) -> Future[Receipt]:
        """Hands records over. The future has the receipt once they are on the disk, or the StoreError when
        they
        are not in the store.

        `door` is the one they were read by (the present one unless said): when a new program has taken over
        in the meantime they are read again, from their own text, in a list in their own place. They are taken in
        only if those that were submitted before as `after` were: else they fail as those did. Waits while
        too many are queued, or raises Busy when not `wait`. Raises RuntimeError after `stop`.
        """
        future: Future[Receipt] = Future()
        with self._wakened:
            while self._waiting >= MOST_WAITING and not self._stopping:
                if not wait:
                    raise Busy("too many records are waiting")
                self._wakened.wait(1.0)
            if self._stopping:
                raise RuntimeError("the engine has stopped")
            self._queue.append(_Submission(items, progress, door or self.door, after, future))
            self._waiting += len(items)
            self._wakened.notify_all()
        return future

    def listen(self, listener: Callable[[Committed], None]) -> None:
        """`listener` is told of every transaction that is on the disk, on the engine's thread; it must be
        quick.
        """
        self._listeners.append(listener)
        self.writer.on_commit = self._committed

    def _committed(self, committed: Committed) -> None:
        for listener in self._listeners:
            try:
                listener(committed)
            except Exception as error:  # it only looks on: what it was told of is on the disk
                self.problem = f"{error.__class__.__name__}: {error}"

    def swap(self, program: Program, source: str = "", *, move: bool = True) -> Future[object]:
        """Uses another program from the next transaction on (`move` as in `Writer.use`); the future is done when it is
        in use.
        """

        def use() -> None:
            self.writer.use(program, source, move=move)
            self.door = Door(self.writer.program.workspace, by_message=True)

        return self.call(use)

    def record_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """Writes down what became of messages; returns when it is on the disk. Raises StoreError."""
        self.call(lambda: self.writer.record_outcomes(outcomes)).result()

    def call(self, job: Callable[[], object]) -> Future[object]:
        """Runs something on the engine's thread between two transactions (at once when it is not running)."""
        future: Future[object] = Future()
        with self._wakened:
            if self._thread is not None and not self._stopping:
                self._jobs.append((job, future))
                self._wakened.notify_all()
                return future
        _settle(job, future)
        return future

    def retry_rejected(self) -> Receipt:
        """Reads every rejected record once more under the present program; those that fit now are taken in.

        Those that still do not fit stay as they are. Returns what became of them. Raises StoreError.
        """
        total = Receipt()
        after = 0
        while True:
            rows = self.store.reader_rows(
                "SELECT number, raw, reason, field, received, dataset, header, mapped, quiet FROM rejected "
                "WHERE number > ? ORDER BY number LIMIT 500",
                (after,),
            )
            if not rows:
                return total
            after = rows[-1][0]
            fitting: list[Record] = []
            numbers: list[int] = []
            for number, raw, reason, field, received, dataset, header, mapped, quiet in rows:
                if header:
                    before = Rejected(
                        raw, reason, field, received, dataset, header, bool(mapped), bool(quiet)
                    )
                    found = read_again(self.program.workspace, self.door, before)
                else:
                    found = self.door.read(raw, received, dataset)
                if isinstance(found, Record):
                    fitting.append(found)
                    numbers.append(number)
                else:
                    total.rejected.append(found)
            if fitting:
                receipt = self.submit(fitting).result()
                total.add(receipt)
                gone = list(numbers)
                self.call(lambda gone=gone: self.writer.drop_rejected(gone)).result()  # type: ignore[misc]

    def health(self) -> Health:
        """How it is doing at this moment. May be called from any thread."""
        reader = self.store.reader()
        try:
            now = self.clock.now()
            due = reader.execute("SELECT min(due) FROM timer").fetchone()[0]
            self._audit.look(lambda sql, given: reader.execute(sql, given).fetchall(), now - OVERDUE, 0.1)
        finally:
            reader.close()
        return Health(
            now,
            max(0, now - due) if due is not None else 0,
            self._waiting,
            self._audit.overdue,
            self._totals.accepted,
            self._totals.duplicates,
            self._rejected,
            self.writer.refused_keys,
            self._has_passes(),
            self.problem,
            tuple(self.writer.passes()),
        )

    # -------------------------------------------------------- the engine's thread

    def _run(self) -> None:
        self.store.thread = threading.get_ident()
        try:
            try:
                self._work()
            finally:
                self.store.settle()
        except BaseException as error:
            self._break_down(error)
        finally:
            self.store.thread = None

    def _break_down(self, error: BaseException) -> None:
        """A mistake in Sojourn ended the engine's thread: nobody waits for it in vain. What was acknowledged is
        on the disk.
        """
        self.failure = error
        self.problem = f"{error.__class__.__name__}: {error}"
        stopped = RuntimeError("the engine has stopped")
        with self._wakened:
            self._stopping = True
            submissions, jobs = list(self._queue), list(self._jobs)
            self._queue.clear()
            self._jobs.clear()
            self._wakened.notify_all()
        for submission in submissions:
            submission.future.set_exception(stopped)
        for _, job in jobs:
            job.set_exception(stopped)

    def _work(self) -> None:
        next_due = self._when(self.writer.next_due)
        while True:
            with self._wakened:
                while not (self._queue or self._jobs or self._stopping or self._has_passes()):
                    wait = None if next_due is None else self.clock.seconds_until(next_due)
                    if wait is not None and wait <= 0:
                        break
                    self._wakened.wait(LOOK_AT_CONTROLS if wait is None else min(wait, LOOK_AT_CONTROLS))
                    if self._controlled():
                        break
                if self._stopping and not self._queue and not self._jobs:
                    return
                lonely = 0 < self._waiting < MOST_IN_A_BATCH and not self._stopping
            if lonely and self._linger:
                self.store.settle()
                time.sleep(self._linger)
            self._run_jobs()
            self._take_submissions()
            if not self._stopping:
                brought = self._when(lambda: self.writer.bring_due_ahead(TIMERS_IN_A_PAGE)) or 0
                busy = bool(brought or self._queue)
                self._in_the_background(busy)
                if not busy:
                    self._dropping = bool(self._when(self.writer.drop_old))
                self._when(self._look)
            next_due = self._when(self.writer.next_due)
            if not self._queue and (next_due is None or self.clock.seconds_until(next_due) > 0):
                self.store.settle()  # nothing to be worked out meanwhile

    def _controlled(self) -> bool:
        """Whether another process has said something by hand (`runtime.control`): it touches a file then."""
        said = stamp(self.store.path)
        if said == self._said:
            return False
        self._said = said
        self._jobs.append((self.writer.take_controls, Future()))
        return True

    def _has_passes(self) -> bool:
        writer = self.writer
        return writer.sweeping or writer.spreading or writer.counting or self._dropping

    def _in_the_background(self, busy: bool) -> None:
        """A page of each kind of work that a new program or a broadcast asks for; events and what is due go first,
        but not for ever.
        """
        writer = self.writer
        if writer.counting and self._turn("counting", busy):
            self._when(writer.count)
        if writer.spreading and self._turn("spreading", busy):
            self._when(writer.spread)
        if writer.sweeping and self._turn("sweeping", busy):
            self._when(writer.sweep)
            if not writer.sweeping and self.on_settled is not None:
                self.on_settled(dict(writer.fates))

    def _turn(self, what: str, busy: bool) -> bool:
        """Whether it is the turn of some work in the background: while there is other work, now and then."""
        now = time.monotonic()
        if busy and now - self._paged.get(what, 0.0) < BETWEEN_PAGES:
            return False
        self._paged[what] = now
        return True

    def _when(self, work: Callable[[], int | None]) -> int | None:
        """Does something that nobody waits for; when the store refuses it, it is tried again later."""
        try:
            result = work()
        except StoreError as error:
            self.problem = str(error)
            with self._wakened:
                if not self._stopping:
                    self._wakened.wait(RETRY_WHEN_FULL if isinstance(error, StoreFull) else 1.0)
            return None
        if result and self.problem and work != self.writer.next_due:
            self.problem = ""
        return result

    def _run_jobs(self) -> None:
        while True:
            with self._wakened:
                if not self._jobs:
                    return
                job, future = self._jobs.popleft()
            self.store.settle()
            _settle(job, future)

    def _take_submissions(self) -> None:
        taken: list[_Submission] = []
        count = 0
        with self._wakened:
            while self._queue and (not taken or count + len(self._queue[0].items) <= MOST_IN_A_BATCH):
                submission = self._queue.popleft()
                taken.append(submission)
                count += len(submission.items)
                if submission.progress is not None:
                    break
        taken = [submission for submission in taken if not self._is_behind_a_failure(submission)]
        if not taken:
            return
        for submission in taken:
            if submission.door is not self.door:
                self._read_again(submission)
        try:
            self.writer.take_ahead(
                [s.items for s in taken], lambda told: self._acknowledge(taken, told), taken[-1].progress
            )
        except Exception as error:  # a mistake in Sojourn: it is said, and the engine goes on
            self._fail(taken, error, f"{error.__class__.__name__}: {error}")

    def _is_behind_a_failure(self, submission: _Submission) -> bool:
        """Whether what was to be taken in before it was not; then it is not, either."""
        after = submission.after
        if after is None or not after.done():
            # That one is on its way to the disk. If it does not get there, what is worked out meanwhile fails with it.
            return False
        error = after.exception()
        if error is None:
            return False
        self._done(len(submission.items))
        submission.future.set_exception(error)
        return True

    def _acknowledge(self, taken: Sequence[_Submission], told: list[Receipt] | StoreError) -> None:
        """Tells those who handed something over what became of it."""
        if isinstance(told, StoreError):
            self._fail(taken, told, str(told))
            return
        self.problem = ""
        self._done(sum(len(submission.items) for submission in taken))
        for submission, receipt in zip(taken, told, strict=True):
            self._totals.accepted += receipt.accepted
            self._totals.duplicates += receipt.duplicates
            self._rejected += receipt.set_aside
            submission.future.set_result(receipt)

    def _fail(self, taken: Sequence[_Submission], error: Exception, problem: str) -> None:
        self.problem = problem
        self._done(sum(len(submission.items) for submission in taken))
        for submission in taken:
            submission.future.set_exception(error)

    def _read_again(self, submission: _Submission) -> None:
        """Records that were read under the program before: their own text says the same under this one."""
        items = submission.items if isinstance(submission.items, list) else list(submission.items)
        for place, item in enumerate(items):
            # A row of a CSV file does not tell its columns, and an import has its own mapping.
            if item.raw.startswith("{") and not (isinstance(item, Record) and item.quiet):
                items[place] = self.door.read(item.raw, item.received, item.dataset)
        submission.items = items

    def _done(self, count: int) -> None:
        with self._wakened:
            self._waiting -= count
            self._wakened.notify_all()

    def _look(self) -> None:
        """While there is work, the audit goes round."""
        self._audit.look(self.store.rows, self.clock.now() - OVERDUE)


def _settle(job: Callable[[], object], future: Future[object]) -> None:
    try:
        future.set_result(job())
    except BaseException as error:
        future.set_exception(error)
        if not isinstance(error, Exception):
            raise
