"""Calling a webhook: the question is an effect, recorded with the change that caused it; the answer is an input.

The run stands at its `call` until the answer comes, however long that takes: whoever asks (the runtime over HTTP,
a test by what it says) tries as often as the webhook says, and then gives a failure as the answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sojourn.dsl import checked
from sojourn.interpreter.core.doing import fail, tell, value_of
from sojourn.interpreter.core.effects import ANSWERED, CALLED, Effect, Outgoing
from sojourn.interpreter.core.encoding import encode
from sojourn.interpreter.core.person import Person, Run

if TYPE_CHECKING:
    from sojourn.interpreter.compile.journeys import Journey
    from sojourn.interpreter.compile.program import Program
    from sojourn.interpreter.core.moment import Moment

__all__ = ["CALL", "HIDDEN", "Answer", "answer", "call", "leave_call", "told_answer"]

HIDDEN = "(private)"
"""What stands for a private value in a record of what happened."""

CALL = "call"
"""The channel of the outbox on which webhooks are asked."""


class Answer(NamedTuple):
    """What a webhook answered: canonical values by field, or None and why it failed."""

    values: Mapping[str, Any] | None
    because: str = ""


def call(
    moment: Moment, journey: Journey, run: Run, step: checked.Step, operation: checked.CallWebhook
) -> int | None:
    """Asks; the run stands still until `answer`."""
    webhook = moment.program.workspace.webhooks[operation.webhook]
    values = {name: encode(value.type, value_of(moment, run, value)) for name, value in operation.values}
    key = f"{run.id}/{step.id}/{run.visit}"
    said = {name: value for name, value in values.items() if value is not None and value != ""}
    parts = {
        "post": webhook.post,
        "body": json.dumps(said, ensure_ascii=False),
        "timeout": str(webhook.timeout),
        "retries": str(webhook.retries),
    }
    moment.effects.append(
        Outgoing(key, moment.now, webhook.name, CALL, webhook.post, parts, run.journey, run.id, step.id)
    )
    run.call, run.until, run.waiting_since = key, None, moment.now
    tell(moment, run, step, CALLED, {"webhook": webhook.name, "key": key})
    return None


def leave_call(
    moment: Moment, journey: Journey, run: Run, step: checked.Step, operation: checked.CallWebhook,
    answered: Answer,
) -> int:  # fmt: skip
    """Where a run goes on with the answer, and the record of it."""
    key, run.call = run.call, ""
    if answered.values is None:
        because = f"{operation.webhook} gave no answer: {answered.because}"
        return fail(moment, journey, run, step, because, webhook=operation.webhook)
    moment.failed = False
    run.variables[operation.alias] = {
        "event": operation.webhook,
        "id": key,
        "at": moment.now,
        "properties": dict(answered.values),
    }
    said = told_answer(moment.program, operation.webhook, answered.values)
    tell(moment, run, step, ANSWERED, {"webhook": operation.webhook, "answer": said})
    return step.next


def told_answer(program: Program, webhook: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """An answer as it is recorded: what is private in it is not."""
    declared = program.workspace.webhooks.get(webhook)
    fields = declared.answers.fields if declared is not None else {}
    private = {name for name, field in fields.items() if field.private}
    return {name: HIDDEN if name in private else value for name, value in values.items()}


def answer(
    program: Program, person: Person, key: str, answered: Answer, now: int,
    choices: Mapping[str, str] | None = None,
) -> list[Effect]:  # fmt: skip
    """Takes the answer to a call in: the run that waits for it goes on. One that nobody waits for changes nothing.

    As `step`, it first carries out what time brought up to `now`, changes `person` and returns the effects.
    """
    from sojourn.interpreter.core.moment import Moment
    from sojourn.interpreter.core.step import next_wake, step
    from sojourn.interpreter.core.steps import go_on

    effects = step(program, person, None, now, choices)
    moment = Moment(program, person, person.clock, effects, choices, "event")
    for run in list(person.runs.values()):
        if run.call != key or run.id not in person.runs:
            continue
        journey = program.journeys.get(run.journey)
        number = journey.index_of.get(run.step) if journey is not None else None
        if journey is None or number is None:
            moment.end(run, "journey removed" if journey is None else "step removed")
        else:
            go_on(moment, journey, run, number, None, answered=answered)
    moment.work_off()
    person.wake = next_wake(program, person, person.clock)
    return effects
