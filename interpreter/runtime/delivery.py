"""Handing out what stands in the outbox: one thread per channel, outside the writer's transactions.

A message stands in the outbox exactly once, in the same transaction as the change that caused it. It is
handed out until the
outcome is written down: at least once. The outcome of each recipient is written down before the next
message of that
channel is handed out (for channels where handing out twice leaves one thing, a page at a time).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing

import orjson

from sojourn.dsl.values import HOUR, MINUTE, SECOND
from sojourn.interpreter.core.calls import CALL
from sojourn.interpreter.runtime.channels import (
    Bounced,
    CallChannel,
    CallFolderChannel,
    Channel,
    Message,
    NotNow,
    Refused,
    Unavailable,
)
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.errors import StoreError, explained
from sojourn.interpreter.runtime.receipts import Committed, Outcome

__all__ = ["Delivery", "backoff", "call_backoff"]

PAGE = 200
MOST_ATTEMPTS = 8
_PAUSES = (30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR)


def backoff(attempts: int) -> int | None:
    """How long to wait after so many attempts, in microseconds; None when it was the last one."""
    return _PAUSES[attempts - 1] if attempts < MOST_ATTEMPTS else None


def call_backoff(attempts: int) -> int:
    """How long to wait before a webhook is asked again, in microseconds: 1, 2, 4, … seconds, a minute at most."""
    return int(min(SECOND << min(attempts - 1, 10), MINUTE))


class Delivery:
    """Hands out an engine's outbox. `channels` maps email, sms, push and webhook to their way out.

    `on_done` is told of each message and what became of it, on the channel's thread. `pause_when_down` is
    how many
    seconds a channel that does not work is left alone.
    """

    def __init__(
        self,
        engine: Engine,
        channels: Mapping[str, Channel],
        *,
        after: Callable[[int], int | None] = backoff,
        pause_when_down: float = 15.0,
        on_done: Callable[[Message, Outcome], None] | None = None,
    ) -> None:
        self.problems: dict[str, str] = {}
        """By channel, why it does not work at the moment."""
        self._engine = engine
        self._channels = dict(channels)
        self._after = after
        self._pause = pause_when_down
        self._on_done = on_done
        self._wakened = {name: threading.Event() for name in channels}
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        engine.listen(self._committed)

    def start(self) -> None:
        """Starts a thread for each channel; what is pending since before is handed out first."""
        for name in self._channels:
            thread = threading.Thread(target=self._run, args=(name,), name=f"sojourn-{name}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, timeout: float = 30.0) -> None:
        """Stops after the messages that are under way. Stop the delivery before the engine."""
        self._stopping.set()
        for event in self._wakened.values():
            event.set()
        for thread in self._threads:
            thread.join(timeout)
        self._threads.clear()

    def hand_out_pending(self) -> int:
        """Hands out what is due now on the calling thread, without waiting for retries; returns how many were
        tried. For one-off commands and tests; not while threads run.
        """
        tried = 0
        for name, channel in self._channels.items():
            reader = self._engine.store.reader()
            try:
                while page := self._pending(reader, name):
                    done = self._hand_out(channel, page, name)
                    tried += done
                    if not done:
                        break
            finally:
                reader.close()
                channel.close()
        return tried

    # ---------------------------------------------------------------- threads

    def _committed(self, committed: Committed) -> None:
        for channel in {out.channel for _, out in committed.outgoing}:
            if channel in self._wakened:
                self._wakened[channel].set()

    def _run(self, name: str) -> None:
        """A channel's thread. Whatever goes wrong in it is said, and it goes on: messages are never forgotten."""
        wrong = ""
        while not self._stopping.is_set():
            try:
                with closing(self._engine.store.reader()) as reader:
                    if wrong and self.problems.get(name) == wrong:
                        self.problems.pop(name)
                    self._work(name, reader)
            except Exception as error:
                store = self._engine.store.path
                found = explained(error, store) if isinstance(error, sqlite3.Error) else error
                wrong = self.problems[name] = str(found) or error.__class__.__name__
                self._stopping.wait(self._pause)
            finally:
                self._channels[name].close()

    def _work(self, name: str, reader: sqlite3.Connection) -> None:
        channel, wakened = self._channels[name], self._wakened[name]
        while not self._stopping.is_set():
            wakened.clear()
            page = self._pending(reader, name)
            if page:
                if not self._hand_out(channel, page, name):
                    self._stopping.wait(self._pause)
                continue
            channel.close()
            wakened.wait(self._until_next(reader, name))

    def _pending(self, reader: sqlite3.Connection, channel: str) -> list[Message]:
        rows = reader.execute(
            "SELECT number, key, person, at, message, channel, address, parts, journey, run, step, attempts, "
            "expires "
            "FROM outbox WHERE status = 'pending' AND channel = ? AND next_attempt <= ? "
            "ORDER BY next_attempt, number LIMIT ?",
            (channel, self._engine.clock.now(), PAGE),
        ).fetchall()
        return [
            Message(
                number,
                key,
                person,
                at,
                message,
                kind,
                address,
                orjson.loads(parts),
                journey,
                run,
                step,
                attempts,
                expires,
            )
            for number, key, person, at, message, kind, address, parts, journey, run, step, attempts, expires in rows
        ]

    def _until_next(self, reader: sqlite3.Connection, channel: str) -> float | None:
        row = reader.execute(
            "SELECT min(next_attempt) FROM outbox WHERE status = 'pending' AND channel = ?", (channel,)
        ).fetchone()
        return None if row[0] is None else max(0.01, self._engine.clock.seconds_until(row[0]))

    # ------------------------------------------------------------ handing out

    def _hand_out(self, channel: Channel, page: list[Message], name: str) -> int:
        """Hands a page out; returns how many were tried: 0 when the channel does not work."""
        if channel.parallel > 1 and len(page) > 1:
            with ThreadPoolExecutor(channel.parallel) as pool:
                under_way = {pool.submit(self._try, channel, message): message for message in page}
                tried = 0
                for future in as_completed(under_way):
                    outcome = future.result()
                    if outcome is not None:
                        tried += 1
                        self._write_down([(under_way[future], outcome)])
            return tried
        done: list[tuple[Message, Outcome]] = []
        tried = 0
        for message in page:
            if self._stopping.is_set():
                break
            outcome = self._try(channel, message)
            if outcome is None:
                break
            tried += 1
            if channel.repeatable:
                done.append((message, outcome))
            else:
                self._write_down([(message, outcome)])
        if done:
            self._write_down(done)
        return tried

    def _try(self, channel: Channel, message: Message) -> Outcome | None:
        """What became of one message; None when the channel does not work."""
        if message.expires is not None and self._engine.clock.now() >= message.expires:
            return Outcome(message.number, False, "It expired before it could be handed out.")
        call = message if message.channel == CALL else None
        if call is not None and self._recalled(message):
            return Outcome(message.number, False, "Recalled: the run has ended.")
        answer = ""
        try:
            if isinstance(channel, CallChannel | CallFolderChannel):
                answer = channel.ask(message)
            else:
                channel.hand_out(message)
        except Unavailable as error:
            self.problems[message.channel] = str(error)
            return None
        except Bounced as error:
            return Outcome(message.number, False, str(error), bounced=message)
        except Refused as error:
            return Outcome(message.number, False, str(error), call=call)
        except NotNow as error:
            return self._later(message, str(error))
        except Exception as error:  # a mistake in a channel: this message alone is held back
            return self._later(message, f"{error.__class__.__name__}: {error}")
        self.problems.pop(message.channel, None)
        return Outcome(message.number, True, call=call, answer=answer)

    def _recalled(self, message: Message) -> bool:
        """Whether a question has been taken back since the page was read: its run has ended."""
        rows = self._engine.store.reader_rows("SELECT status FROM outbox WHERE number = ?", (message.number,))
        return bool(rows) and rows[0][0] != "pending"

    def _later(self, message: Message, error: str) -> Outcome:
        if message.channel == CALL:
            retry = message.attempts < int(message.parts.get("retries", "0"))
            pause = call_backoff(message.attempts + 1) if retry else None
            call = None if retry else message
            again = None if pause is None else self._engine.clock.now() + pause
            return Outcome(message.number, False, error, again, call=call)
        pause = self._after(message.attempts + 1)
        again = None if pause is None else self._engine.clock.now() + pause
        return Outcome(message.number, False, error, again)

    def _write_down(self, done: list[tuple[Message, Outcome]]) -> None:
        """Until it is on the disk: a message that was handed out must not be handed out again."""
        outcomes = [outcome for _, outcome in done]
        while True:
            try:
                self._engine.record_outcomes(outcomes)
                break
            except StoreError:
                if self._stopping.wait(1.0):
                    return
        if self._on_done is not None:
            for message, outcome in done:
                self._on_done(message, outcome)
