"""People who wait in a journey when its file changes: which step of the new text they stand at.

A step keeps its id through edits around it, so most people simply stay where they are. A wait whose own
text was edited (`wait 1 hour` became `wait 2 hours`) has a new id: `moved_steps` finds the wait that stands
in its place, and `move_on` takes a person's runs there; when the wait is over is worked out anew from when
it began. What became due by that is due now, never in the past. A run whose step has no successor ends with
"step removed" (`core.step`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from sojourn.dsl import checked
from sojourn.interpreter.core.doing import UNDOABLE
from sojourn.interpreter.core.effects import WAITING, Activity, Effect
from sojourn.interpreter.core.moment import Moment
from sojourn.interpreter.core.person import Person, Run
from sojourn.interpreter.core.step import next_wake
from sojourn.interpreter.core.steps import awaited_event, wait_ends

if TYPE_CHECKING:
    from sojourn.interpreter.compile.journeys import Journey
    from sojourn.interpreter.compile.program import Program

__all__ = ["Moves", "Standing", "move_on", "moved_steps", "standings"]

Moves = Mapping[tuple[str, str], str]
"""(journey, the id of a step that is gone) -> the id of the step in its place."""


class Standing(NamedTuple):
    """A step as a change of the text sees it: its id, its own words, and how a run can stand there: at a
    "wait", at a "send" that quiet hours hold, at a "call NAME" until the webhook answers, or not at all ("").
    """

    id: str
    label: str
    stands: str


def standings(steps: Iterable[checked.Step]) -> list[Standing]:
    """The steps of a journey, in order."""
    return [Standing(step.id, step.label, _stands(step.operation)) for step in steps]


def _stands(operation: checked.Operation) -> str:
    if isinstance(operation, checked.WAITS):
        return "wait"
    if isinstance(operation, checked.CallWebhook):
        return f"call {operation.webhook}"
    return "send" if isinstance(operation, checked.Send) else ""


def moved_steps(before: Sequence[Standing], after: Sequence[Standing]) -> dict[str, str]:
    """The waits and sends that are gone with those in their place.

    Between two steps that both texts have, the waits that went and the waits that came are paired in order, and
    so are the sends, and the calls of one webhook.
    """
    old, new = [step.id for step in before], [step.id for step in after]
    kept = {*old} & {*new}
    moved: dict[str, str] = {}
    for what, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "replace":
            for stands in dict.fromkeys(s.stands for s in before[i1:i2] if s.stands):
                gone = [s.id for s in before[i1:i2] if s.stands == stands and s.id not in kept]
                came = [s.id for s in after[j1:j2] if s.stands == stands and s.id not in kept]
                moved.update(zip(gone, came, strict=False))
    return moved


def move_on(program: Program, person: Person, moves: Moves, now: int) -> list[Effect]:
    """Takes the runs that stand at a step that is gone to the step in its place; returns a record of each."""
    effects: list[Effect] = []
    for run in person.runs.values():
        journey = program.journey_of(run)
        if journey is None or run.step in journey.index_of:
            continue
        target = _successor(journey, run.step, moves)
        if target is not None:
            run.step = target
            effects.append(_stand(program, person, journey, run, max(now, person.clock)))
    if effects:
        person.wake = next_wake(program, person, person.clock)
    return effects


def _successor(journey: Journey, step: str, moves: Moves) -> str | None:
    """The step that people who stand at `step` stand at now, over any number of changes in between."""
    seen = {step}
    while (found := moves.get((journey.name, step))) is not None:
        if found in journey.index_of:
            return found
        if found in seen:
            return None
        seen.add(found)
        step = found
    return None


def _stand(program: Program, person: Person, journey: Journey, run: Run, now: int) -> Activity:
    step = journey.steps[journey.index_of[run.step]]
    if isinstance(step.operation, checked.CallWebhook):
        return Activity(
            now, WAITING, {"until": None, "because": "the journey changed"}, run.journey, run.id, step.id
        )
    if isinstance(step.operation, checked.Send):
        # Until the quiet hours end that hold it; then everything is asked again, and it is the new message.
        detail: dict[str, object] = {"until": run.until, "because": "the journey changed"}
        return Activity(now, WAITING, detail, run.journey, run.id, step.id)
    since = run.waiting_since if run.waiting_since is not None else now
    moment = Moment(program, person, since, [], None, "change")
    try:
        until = wait_ends(moment, journey, run, step)
    except UNDOABLE:
        until = now
    run.waiting_since = since
    run.until = None if until is None else max(until, now)
    detail = {"until": run.until, "because": "the journey changed"}
    event = awaited_event(step.operation)
    if event:
        detail["for"] = event
    return Activity(now, WAITING, detail, run.journey, run.id, step.id)
