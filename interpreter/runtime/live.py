"""A workspace that runs: store, engine, delivery, files of events and HTTP, put together and taken apart in
order.

What is on the way in goes first when it stops: the door to HTTP, the readings of files, then the delivery,
then the engine with what it was handed, then the store. Whatever is not done by then is in the store and is
done next time.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sojourn.interpreter.compile import Program
from sojourn.interpreter.door.sources import Reading
from sojourn.interpreter.runtime.channels import Channel, Message
from sojourn.interpreter.runtime.clock import Clock, EventClock
from sojourn.interpreter.runtime.delivery import Delivery
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.errors import StoreError
from sojourn.interpreter.runtime.feed import feed, open_where_it_stopped
from sojourn.interpreter.runtime.passes import Pass
from sojourn.interpreter.runtime.receipts import Committed, Outcome, Receipt
from sojourn.interpreter.runtime.store import Store

__all__ = ["Counts", "Feeding", "Listener", "Live"]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is: people, events, messages (all, and those still to be handed out), runs under way,
    records set aside. `next_due` is the instant at which time alone next brings something.
    """

    people: int = 0
    events: int = 0
    messages: int = 0
    pending: int = 0
    under_way: int = 0
    rejected: int = 0
    next_due: int | None = None


@dataclass(slots=True)
class Feeding:
    """A file or pipe of events and how far it got: `share` is between 0 and 1, None for a pipe. `receipt`
    is what became of the records so far; `problem` why it ended early; `done` that it has come to its end.
    """

    path: str
    receipt: Receipt
    share: float | None = 0.0
    problem: str = ""
    done: bool = False
    before: int = 0
    """Bytes of it that were taken in by an earlier run."""


class Listener:
    """What a `Live` tells while it runs. Each method is called on the thread on which it happens: be quick."""

    def committed(self, committed: Committed) -> None:
        """A transaction is on the disk."""

    def handed_out(self, message: Message, outcome: Outcome) -> None:
        """A message has left, or was refused, or will be tried again."""

    def fed(self, feeding: Feeding) -> None:
        """A file of events got further, or has come to its end."""


class Live:
    """Make it, `start` it, `stop` it, `close` it. Raises StoreError when the store cannot be used,
    SourceError for a file of events that cannot be read, and HttpError for a port that is taken, all before
    anything runs.

    `port` None takes no events over HTTP. `holder`: see `Store.open`.
    """

    def __init__(
        self,
        store: Path,
        program: Program,
        listener: Listener,
        channels: Mapping[str, Channel],
        *,
        source: str = "",
        move: bool = False,
        clock: Clock | None = None,
        events: Sequence[str] = (),
        dataset: str = "",
        port: int | None = None,
        holder: str = "",
    ) -> None:
        self.listener = listener
        self.feedings: list[Feeding] = []
        self.url = ""
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self.store = Store.open(store, holder=holder)
        try:
            if isinstance(clock, EventClock):
                clock.advance(self.store.last_received())
            self.engine = Engine(
                self.store, program, clock, source=source, move=move, on_commit=listener.committed
            )
            self._readings = [open_where_it_stopped(self.engine, path, dataset) for path in events]
            self.delivery = Delivery(self.engine, channels, on_done=listener.handed_out)
            self._server = None
            if port is not None:
                from sojourn.interpreter.runtime.http import HttpServer

                self._server = HttpServer(self.engine, port)
                self.url = self._server.url
        except BaseException:
            self.store.close()
            raise
        for path, (reading, _) in zip(events, self._readings, strict=True):
            self.feedings.append(Feeding(path, Receipt(), _share(reading), before=reading.done))

    def start(self) -> None:
        """Starts everything; what came due while nobody was there is carried out first."""
        self.engine.start()
        self.delivery.start()
        if self._server is not None:
            self._server.start()
        for feeding, (reading, name) in zip(self.feedings, self._readings, strict=True):
            thread = threading.Thread(
                target=self._feed, args=(feeding, reading, name), name="sojourn-feed", daemon=True
            )
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Finishes what is under way, and stops. May be called when it was never started. The store stays
        open for questions until `close`.
        """
        self._stop.set()
        if self._server is not None:
            self._server.stop()
        for thread in self._threads:
            thread.join(30)
        self.delivery.stop()
        self.engine.stop()

    def close(self) -> None:
        """Closes the store."""
        self.store.close()

    def counts(self) -> Counts:
        """How much there is now. Costs the same however many there are."""
        tally = dict(self.store.reader_rows("SELECT kind, sum(count) FROM tally GROUP BY kind"))
        last = self.engine.writer.last_numbers
        return Counts(
            people=last.person - tally.get("merged", 0),
            events=last.event,
            messages=last.outbox,
            pending=self.store.one("SELECT count(*) FROM outbox WHERE status = 'pending'"),
            under_way=tally.get("started", 0) - tally.get("ended", 0),
            rejected=self.store.one("SELECT count(*) FROM rejected"),
            next_due=self.store.one("SELECT min(due) FROM timer"),
        )

    def fed(self) -> bool:
        """Whether all files and pipes have come to their end."""
        return all(feeding.done for feeding in self.feedings)

    def overdue(self) -> int:
        """How many runs stand at a wait that was over more than a minute ago; looked for once a minute at
        most.
        """
        return self.engine.health().overdue

    def passes(self) -> list[Pass]:
        """The work in the background, and how far it is. Raises StoreError."""
        return self.engine.writer.passes()

    def settle(self, stop: threading.Event) -> None:
        """Waits until what is due now has been done and handed out, as far as the channels work, or until
        `stop`.
        """
        while not stop.is_set():
            due = self.engine.call(self.engine.writer.next_due).result()
            now = self.engine.clock.now()
            if isinstance(due, int) and due <= now:
                continue
            waiting = self.store.reader_rows(
                "SELECT DISTINCT channel FROM outbox WHERE status = 'pending' AND next_attempt <= ?", (now,)
            )
            if all(channel in self.delivery.problems for (channel,) in waiting):
                return
            stop.wait(0.02)

    def _feed(self, feeding: Feeding, reading: Reading, name: str) -> None:
        def progress(reading: Reading, receipt: Receipt) -> None:
            feeding.receipt = receipt
            feeding.share = _share(reading)
            self.listener.fed(feeding)

        try:
            feeding.receipt = feed(self.engine, reading, name, on_progress=progress, stop=self._stop)
        except (StoreError, RuntimeError) as error:
            if not self._stop.is_set():
                feeding.problem = str(error)
        except Exception as error:
            feeding.problem = f"{error.__class__.__name__}: {error}"
        finally:
            # A pipe is closed by its end alone: where a thread waits for a line, closing it would wait, too.
            if reading.size is not None:
                reading.close()
        if not self._stop.is_set():
            feeding.done = True
            self.listener.fed(feeding)


def _share(reading: Reading) -> float | None:
    if reading.size is None:
        return None
    return reading.done / reading.size if reading.size else 1.0
