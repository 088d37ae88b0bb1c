"""What became of messages that were handed out, and of questions that were asked, written down in the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from sojourn.interpreter.compile import Program
from sojourn.interpreter.core.calls import Answer, answer, told_answer
from sojourn.interpreter.core.effects import ANSWERED, ANSWERED_LATE, FAILED, Activity, Effect
from sojourn.interpreter.core.reactions import OWN, suppress
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.core.step import step
from sojourn.interpreter.door.door import Door
from sojourn.interpreter.runtime.batch import Batch
from sojourn.interpreter.runtime.channels import Message
from sojourn.interpreter.runtime.receipts import Outcome

__all__ = ["Outcomes", "concerns_somebody", "write_outcomes"]


def concerns_somebody(outcome: Outcome) -> bool:
    """Whether an outcome changes what is known of a person: an answer, or a message that never left."""
    return outcome.call is not None or (not outcome.sent and outcome.again is None)


def write_outcomes(connection: sqlite3.Connection, outcomes: Sequence[Outcome], now: int) -> None:
    """Puts outcomes into the rows of the outbox, inside a transaction."""
    connection.executemany(
        "UPDATE outbox SET status = ?, attempts = attempts + 1, next_attempt = ?, done_at = ?, error = ? "
        # What was recalled while it was under way is not tried again; that it was handed out stays true.
        "WHERE number = ? AND (status = 'pending' OR ?)",
        [
            (
                "sent" if o.sent else "failed" if o.again is None else "pending",
                o.again,
                now if o.sent or o.again is None else None,
                o.error,
                o.number,
                o.sent,
            )
            for o in outcomes
        ],
    )


class Outcomes:
    """What outcomes mean for the people under one program."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._door = Door(program.workspace)

    def bring(self, batch: Batch, outcomes: Sequence[Outcome], now: int) -> None:
        """Brings them to their people."""
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
            try:
                answered = Answer(self._door.read_answer(call.message, outcome.answer))
            except ValueError as error:
                answered = Answer(None, str(error))
        row = batch.connection.execute(
            "SELECT person FROM outbox WHERE number = ?", (call.number,)
        ).fetchone()
        try:
            person = batch.load(row[0])
        except (LookupError, TypeError):
            return  # nobody is there any more
        effects = answer(self._program, person, call.key, answered, now)
        if not any(_is_of(effect, call) for effect in effects):
            effects.append(_late(self._program, call, answered, now))
        batch.happened(row[0], effects)

    def _bounce(self, batch: Batch, message: Message, reason: str, now: int) -> None:
        """The mail server's refusal as an event of the person: a hard bounce."""
        id = f"bounce {message.key}"
        row = batch.connection.execute(
            "SELECT person, (SELECT 1 FROM event WHERE id = ?) FROM outbox WHERE number = ?",
            (id, message.number),
        ).fetchone()
        if row is None or row[1] or "message_bounced" not in self._program.workspace.events:
            return
        number = row[0]
        properties = {
            "message": message.message,
            "message_id": message.key,
            "channel": message.channel,
            "kind": "hard",
            "reason": reason,
        }
        field = self._program.addresses.get(message.channel)
        profile = {field: message.address} if field is not None else {}
        record = Record(id, "message_bounced", now, now, {}, properties, OWN)
        about = Record(id, "message_bounced", now, now, profile, properties, OWN)
        try:
            person = batch.load(number)
        except LookupError:
            return
        # The address that was written to is suppressed, also when the person has another one by now.
        suppress(self._program, person, about, now)
        batch.store(number, record)
        batch.happened(number, step(self._program, person, record, now))


def _is_of(effect: Effect, call: Message) -> bool:
    """Whether a run has gone on with the answer to a call, or with its failure."""
    return (
        isinstance(effect, Activity)
        and effect.kind in (ANSWERED, FAILED)
        and (effect.run, effect.step) == (call.run, call.step)
    )


def _late(program: Program, call: Message, answered: Answer, now: int) -> Activity:
    """The record of an answer for which nobody waits any more: what came back is not lost."""
    detail: dict[str, Any] = {"webhook": call.message, "answer": None, "because": answered.because}
    if answered.values is not None:
        detail["answer"] = told_answer(program, call.message, answered.values)
    return Activity(now, ANSWERED_LATE, detail, call.journey, call.run, call.step)
