"""What every kind of step needs: the values it looks at, and the records of what it did."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sojourn.dsl import checked
from sojourn.interpreter.core.effects import FAILED, Activity
from sojourn.interpreter.core.person import Run
from sojourn.interpreter.functions import person_zone, zone_or_none

if TYPE_CHECKING:
    from sojourn.interpreter.compile.journeys import Journey
    from sojourn.interpreter.core.moment import Moment

__all__ = ["UNDOABLE", "fail", "properties_of", "tell", "value_of", "zone_of"]

UNDOABLE = (ArithmeticError, ValueError, LookupError, TypeError)
"""What an expression may raise when it meets a value that it cannot work with."""


def properties_of(run: Run) -> Any:
    return run.event["properties"] if run.event is not None else None


def value_of(moment: Moment, run: Run, expr: checked.Expr) -> Any:
    """The value of an expression in a run's step."""
    return moment.program.coder.value(expr)(moment.person, properties_of(run), run.variables, moment.now)


def zone_of(moment: Moment, journey: Journey) -> dt.tzinfo:
    """The zone in which a journey's clock times and days are meant for the person: `times in …`, its `otherwise`,
    else UTC.
    """
    meant = journey.checked
    if meant.zone is not None:
        name = journey.zone(moment.program)(moment.person, None, None, moment.now)
        found = zone_or_none(name) if name else None
        if found is not None:
            return found
    return person_zone(None, None, meant.zone_fallback)


def tell(moment: Moment, run: Run, step: checked.Step, kind: str, detail: dict[str, Any]) -> None:
    moment.effects.append(Activity(moment.now, kind, detail, run.journey, run.id, step.id))


def fail(moment: Moment, journey: Journey, run: Run, step: checked.Step, because: str, **more: Any) -> int:
    """Records that a step failed, alone; the run goes on at the step returned."""
    moment.failed = True
    detail: dict[str, Any] = {"because": because, **more}
    after = journey.steps[step.next] if step.next < len(journey.steps) else None
    if after is not None and type(after.operation) is checked.IfFailed:
        detail["handled"] = True
    tell(moment, run, step, FAILED, detail)
    return step.next
