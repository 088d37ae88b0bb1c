"""What each kind of step does. A run goes on from step to step until one of them waits, or it ends."""

from __future__ import annotations

import datetime as dt
from hashlib import blake2b
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from sojourn.dsl import checked
from sojourn.dsl.values import add_in_zone, local_to_instant, to_datetime
from sojourn.interpreter.core.calls import Answer, call, leave_call
from sojourn.interpreter.core.doing import UNDOABLE, fail, properties_of, tell, value_of, zone_of
from sojourn.interpreter.core.effects import (
    BRANCHED,
    EMITTED,
    SET,
    SPLIT,
    WAITING,
)
from sojourn.interpreter.core.encoding import encode
from sojourn.interpreter.core.learning import count_run, shares, standings
from sojourn.interpreter.core.person import Run
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.core.said import say
from sojourn.interpreter.core.sends import send
from sojourn.interpreter.library.calendars import add_working_days, is_working_day

if TYPE_CHECKING:
    from sojourn.interpreter.compile.journeys import Journey
    from sojourn.interpreter.core.moment import Moment

__all__ = ["awaited_event", "go_on", "time_is_up", "wait_ends"]

_A_YEAR = 366
_EVERY_DAY = frozenset(range(7))
_HIDDEN = "(private)"


def go_on(
    moment: Moment,
    journey: Journey,
    run: Run,
    number: int,
    caught: dict[str, Any] | None,
    chosen: int = 0,
    answered: Answer | None = None,
) -> None:
    """Takes a run on from step `number` (-1: the beginning) to where it waits next, or to its end.

    `caught` is the event that a wait was for (None: its time was up), `chosen` the number of the alternative
    that it fits. `answered` is the answer to a call.
    """
    steps = journey.steps
    runs = moment.person.runs
    if number < 0:
        at = 0
    else:
        step = steps[number]
        at = step.next
        if isinstance(step.operation, checked.WaitFor):
            at = _leave_wait(moment, run, step, step.operation, caught)
        elif isinstance(step.operation, checked.Send):
            # Quiet hours held it: everything is asked again.
            at, moment.held = number, run.waiting_since
        elif isinstance(step.operation, checked.CallWebhook) and answered is not None:
            at = leave_call(moment, journey, run, step, step.operation, answered)
        elif isinstance(step.operation, checked.WaitForFirst):
            at = _leave_race(moment, run, step, step.operation, caught, chosen)
        run.until = run.waiting_since = None
    while at < len(steps):
        step = steps[at]
        run.step = step.id
        run.visit += 1
        following: int | None
        try:
            if type(step.operation) is not checked.IfFailed:
                moment.failed = False
            following = _DO[type(step.operation)](moment, journey, run, step, step.operation)
        except UNDOABLE as error:
            # A date beyond the calendar, a stored value that no longer fits its field: the step fails alone.
            following = fail(moment, journey, run, step, f"{step.label}: {error}")
        if following is None or run.id not in runs:
            return
        at = following
    moment.end(run, "finished")


def time_is_up(moment: Moment, journey: Journey, run: Run) -> None:
    """A run's wait is over by time."""
    number = journey.index_of.get(run.step)
    if number is None:
        moment.end(run, "step removed")
    else:
        go_on(moment, journey, run, number, None)


# ------------------------------------------------------------------ waits


def _begin_wait(
    moment: Moment, run: Run, step: checked.Step, until: int | None, event: str = ""
) -> int | None:
    """Stands still until the instant; goes straight on when that is past."""
    if until is not None and until <= moment.now:
        return step.next
    run.until = until
    run.waiting_since = moment.now
    detail: dict[str, Any] = {"until": until}
    if event:
        detail["for"] = event
    tell(moment, run, step, WAITING, detail)
    return None


def wait_ends(moment: Moment, journey: Journey, run: Run, step: checked.Step) -> int | None:
    """When a wait that begins at the moment is over by time alone; None when no time ends it.

    Raises what is in `UNDOABLE`; LookupError where the moment to wait until is missing.
    """
    operation = step.operation
    length = None
    if isinstance(operation, checked.WaitUntil):
        return _next_moment(moment, journey, run, operation)
    if isinstance(operation, checked.Wait):
        if operation.working is not None:
            return _working_days_later(moment, journey, run, operation, operation.working)
        length = operation.duration
    elif isinstance(operation, (checked.WaitFor, checked.WaitForFirst)):
        length = operation.up_to
    return None if length is None else add_in_zone(moment.now, length, zone_of(moment, journey))


def _working_days_later(
    moment: Moment, journey: Journey, run: Run, operation: checked.Wait, country: checked.Expr
) -> int:
    """The same clock time so many working days later."""
    tz = zone_of(moment, journey)
    local = to_datetime(moment.now, tz)
    day = add_working_days(local.date(), operation.duration.days, value_of(moment, run, country))
    assert day is not None  # the checker lets nobody wait for more than a thousand
    return local_to_instant(dt.datetime.combine(day, local.time()), tz)


def _wait(
    moment: Moment, journey: Journey, run: Run, step: checked.Step, operation: checked.Wait
) -> int | None:
    return _begin_wait(moment, run, step, wait_ends(moment, journey, run, step))


def _wait_until(
    moment: Moment, journey: Journey, run: Run, step: checked.Step, operation: checked.WaitUntil
) -> int | None:
    try:
        until = _next_moment(moment, journey, run, operation)
    except _NoMoment:
        because = f"{step.label}: the moment is missing, so the wait is over at once"
        return fail(moment, journey, run, step, because)
    return _begin_wait(moment, run, step, until)


class _NoMoment(LookupError):
    """The moment to wait until is missing."""


def _next_moment(moment: Moment, journey: Journey, run: Run, operation: checked.WaitUntil) -> int:
    """The instant that `wait until` means now. It may be past. Raises _NoMoment."""
    tz = zone_of(moment, journey)
    country = value_of(moment, run, operation.working) if operation.working is not None else None

    def is_meant(day: dt.date) -> bool:
        if day.weekday() in operation.days:
            return True
        return operation.working is not None and is_working_day(day, country)

    day: dt.date
    if operation.moment is None:
        # One of yesterday may be now: where the end of the day was skipped.
        day = to_datetime(moment.now, tz).date() - dt.timedelta(days=1)
        while True:
            if is_meant(day):
                until = local_to_instant(dt.datetime.combine(day, operation.at or dt.time()), tz)
                if until >= moment.now:
                    return until
            day += dt.timedelta(days=1)
    value = value_of(moment, run, operation.moment)
    if value is None:
        raise _NoMoment
    if isinstance(value, dt.datetime):
        day, clock = value.date(), operation.at or value.time()
    elif isinstance(value, dt.date):
        day, clock = value, operation.at or dt.time()
    elif operation.at is None and operation.days >= _EVERY_DAY:
        return int(value)
    else:
        local = to_datetime(value, tz)
        day, clock = local.date(), operation.at or local.time()
    for _ in range(_A_YEAR):
        if is_meant(day):
            break
        day += dt.timedelta(days=1)
    return local_to_instant(dt.datetime.combine(day, clock), tz)


def _wait_for(
    moment: Moment, journey: Journey, run: Run, step: checked.Step, operation: checked.WaitFor
) -> int | None:
    if operation.since_start and step.id in run.earlier:
        return _leave_wait(moment, run, step, operation, run.earlier.pop(step.id))
    until = wait_ends(moment, journey, run, step)
    if until is not None and until <= moment.now:
        return _leave_wait(moment, run, step, operation, None)
    return _begin_wait(moment, run, step, until, operation.event)


def _leave_wait(
    moment: Moment, run: Run, step: checked.Step, operation: checked.WaitFor, caught: dict[str, Any] | None
) -> int:
    """Where a wait for an event goes on, and the record of it."""
    if caught is None:
        tell(moment, run, step, BRANCHED, {"branch": "timed out"})
        return operation.timed_out
    if operation.alias is not None:
        run.variables[operation.alias] = caught
    tell(moment, run, step, BRANCHED, {"branch": "happened", "record": caught["id"]})
    return operation.happened


def _wait_for_first(
    moment: Moment, journey: Journey, run: Run, step: checked.Step, operation: checked.WaitForFirst
) -> int | None:
    until = wait_ends(moment, journey, run, step)
    if until is not None and until <= moment.now:
        return _leave_race(moment, run, step, operation, None, 0)
    return _begin_wait(moment, run, step, until, awaited_event(operation))


def _leave_race(
    moment: Moment, run: Run, step: checked.Step, operation: checked.WaitForFirst,
    caught: dict[str, Any] | None, chosen: int,
) -> int:  # fmt: skip
    """Where `wait for first of` goes on, and the record of it."""
    if caught is None:
        tell(moment, run, step, BRANCHED, {"branch": "timed out"})
        return operation.timed_out
    taken = operation.alternatives[chosen]
    if taken.alias is not None:
        run.variables[taken.alias] = caught
    tell(moment, run, step, BRANCHED, {"branch": taken.label, "record": caught["id"]})
    return taken.target


def awaited_event(operation: checked.Operation) -> str:
    """What a wait is for, in words: one event, or several; "" for a wait that only time ends."""
    if isinstance(operation, checked.WaitForFirst):
        return " or ".join(dict.fromkeys(other.event for other in operation.alternatives))
    return operation.event if isinstance(operation, checked.WaitFor) else ""


# --------------------------------------------------------------- branches


def _branch(
    moment: Moment, journey: Journey, run: Run, step: checked.Step, operation: checked.Branch
) -> int | None:
    properties = properties_of(run)
    for label, condition, target in operation.arms:
        if moment.program.test(condition)(moment.person, properties, run.variables, moment.now):
            tell(moment, run, step, BRANCHED, {"branch": label})
            return target
    other = "otherwise" if step.label.startswith("match") else "else"
    tell(moment, run, step, BRANCHED, {"branch": other})
    return operation.otherwise


def _split(
    moment: Moment, journey: Journey, run: Run, step: checked.Step, operation: checked.Split
) -> int | None:
    arms = operation.arms
    chosen = None
    if moment.choices:
        wanted = moment.choices.get(operation.name)
        chosen = next((arm for arm in arms if arm.name == wanted), None)
    person = moment.person
    detail: dict[str, Any] = {"split": operation.name}
    place = f"{run.journey}/{operation.name}"
    if chosen is None and operation.sticky:
        chosen = next((arm for arm in arms if arm.name == person.arms.get(place)), None)
    if chosen is None:
        text = f"{person.key}|{run.journey}|{operation.name}"
        drawn = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
        bounds = moment.program.bounds(operation)
        if operation.toward_goal and person.common is not None:
            counts = standings(person.common, run.journey, operation.name, [arm.name for arm in arms])
            held, best = shares([float(arm.share) for arm in arms], counts)
            if best is not None:
                bounds = tuple(round(share * 2**64) for share in accumulate(held))
                leader = max(range(len(arms)), key=lambda index: best[index])
                detail |= {"best": arms[leader].name, "sure": round(best[leader], 3)}
        chosen = next((arm for arm, bound in zip(arms, bounds, strict=True) if drawn < bound), arms[-1])
    if operation.sticky:
        person.arms[place] = chosen.name
    if operation.toward_goal and person.common is not None and operation.name not in run.arms:
        count_run(person.common, run.journey, operation.name, chosen.name)
    run.arms[operation.name] = chosen.name
    tell(moment, run, step, SPLIT, {**detail, "arm": chosen.name})
    return chosen.target


def _repeat(
    moment: Moment, journey: Journey, run: Run, step: checked.Step, operation: checked.Repeat
) -> int | None:
    begun = run.rounds.get(step.id, 0)
    if begun >= operation.times:
        del run.rounds[step.id]
        tell(moment, run, step, BRANCHED, {"branch": "over"})
        return step.next
    run.rounds[step.id] = begun + 1
    tell(moment, run, step, BRANCHED, {"branch": f"{begun + 1} of {operation.times}"})
    return operation.body


def _stop_repeating(
    moment: Moment, journey: Journey, run: Run, step: checked.Step, operation: checked.StopRepeating
) -> int | None:
    condition = operation.condition
    if condition is not None and not moment.program.test(condition)(
        moment.person, properties_of(run), run.variables, moment.now
    ):
        tell(moment, run, step, BRANCHED, {"branch": "repeats"})
        return step.next
    run.rounds.pop(operation.loop, None)
    tell(moment, run, step, BRANCHED, {"branch": "stops repeating"})
    return operation.target


def _if_failed(
    moment: Moment, journey: Journey, run: Run, step: checked.Step, operation: checked.IfFailed
) -> int | None:
    failed, moment.failed = moment.failed, False
    tell(moment, run, step, BRANCHED, {"branch": "if failed" if failed else "else"})
    return operation.failed if failed else operation.otherwise


# ------------------------------------------------------------------ others


def _set(
    moment: Moment, journey: Journey, run: Run, step: checked.Step, operation: checked.SetField
) -> int | None:
    field = operation.target
    value = encode(operation.type, value_of(moment, run, operation.value))
    if value == "":
        value = None
    field, value = _whole(moment, field, value)
    _change(moment, run, step, field, value, {})
    return step.next


def _part(moment: Moment, target: str) -> Any:
    """What a field of the person, or a part of one, holds now."""
    fields = moment.person.fields
    if target in moment.program.workspace.profile:
        return fields.get(target)
    field, *path = target.split(".")
    held = fields.get(field)
    for part in path:
        held = held.get(part) if isinstance(held, dict) else None
    return held


def _whole(moment: Moment, target: str, value: Any) -> tuple[str, Any]:
    """The field that a part belongs to, and its whole value with the part in it; an empty one is missing."""
    if target in moment.program.workspace.profile:
        return target, value
    field, *path = target.split(".")
    held = moment.person.fields.get(field)
    root: dict[str, Any] = dict(held) if isinstance(held, dict) else {}
    inside = root
    for part in path[:-1]:
        below = inside.get(part)
        inside[part] = dict(below) if isinstance(below, dict) else {}
        inside = inside[part]
    if value is None:
        inside.pop(path[-1], None)
    else:
        inside[path[-1]] = value
    return field, root or None


def _change_list(
    moment: Moment, journey: Journey, run: Run, step: checked.Step, operation: checked.ChangeList
) -> int | None:
    item_type = operation.type.of
    assert item_type is not None
    item = encode(item_type, value_of(moment, run, operation.value))
    declared = moment.program.workspace.profile.get(operation.target)
    known = _part(moment, operation.target)
    before = known if known is not None else declared.default if declared is not None else None
    items = list(before or ())
    if item is not None and item != "":
        if operation.adds:
            items += [] if item in items else [item]
        else:
            items = [other for other in items if other != item]
    field, whole = _whole(moment, operation.target, items)
    _change(moment, run, step, field, whole, {"added" if operation.adds else "removed": item})
    return step.next


def _change(
    moment: Moment, run: Run, step: checked.Step, field: str, value: Any, more: dict[str, Any]
) -> None:
    """Changes a field of the person; what follows from it follows at once."""
    person = moment.person
    before = person.fields.get(field)
    rule = moment.program.merges.get(field)
    if rule is not None:
        say(person, rule, field, value, moment.now, f"journey {run.journey}")
    else:
        if value is None:
            person.fields.pop(field, None)
        else:
            person.fields[field] = value
        person.provenance[field] = [moment.now, f"journey {run.journey}"]
    declared = moment.program.workspace.profile.get(field)
    shown = {"value": value, "before": before, **more}
    if declared is not None and declared.private:
        shown = dict.fromkeys(shown, _HIDDEN)
    tell(moment, run, step, SET, {"field": field, **shown})
    if value != before:
        moment.field_changed(field, before, value)


def _emit(
    moment: Moment, journey: Journey, run: Run, step: checked.Step, operation: checked.EmitEvent
) -> int | None:
    from sojourn.interpreter.core.moment import MOST_EMITTED

    now = moment.now
    properties = {
        name: value
        for name, expr, type in operation.values
        if (value := encode(type, value_of(moment, run, expr))) is not None and value != ""
    }
    id = f"emit {run.id}/{step.id}/{run.visit}"
    record = Record(id, operation.event, now, now, {}, properties, f"journey {run.journey}")
    tell(moment, run, step, EMITTED, {"event": operation.event, "record": id})
    if not moment.emit(run, record):
        because = f"more than {MOST_EMITTED} events emitted at one instant: they trigger each other"
        return fail(moment, journey, run, step, because)
    return step.next


def _enter(
    moment: Moment, journey: Journey, run: Run, step: checked.Step, operation: checked.EnterJourney
) -> int | None:
    from sojourn.interpreter.core.moment import Entry

    moment.starts.append(Entry(operation.journey, run, step.id))
    return step.next


def _stop(
    moment: Moment, journey: Journey, run: Run, step: checked.Step, operation: checked.Stop
) -> int | None:
    moment.end(run, "stop")
    return None


_DO: dict[type, Any] = {
    checked.Send: send,
    checked.Wait: _wait,
    checked.WaitUntil: _wait_until,
    checked.WaitFor: _wait_for,
    checked.WaitForFirst: _wait_for_first,
    checked.Branch: _branch,
    checked.Split: _split,
    checked.SetField: _set,
    checked.ChangeList: _change_list,
    checked.EmitEvent: _emit,
    checked.EnterJourney: _enter,
    checked.CallWebhook: call,
    checked.Repeat: _repeat,
    checked.StopRepeating: _stop_repeating,
    checked.IfFailed: _if_failed,
    checked.Stop: _stop,
}
