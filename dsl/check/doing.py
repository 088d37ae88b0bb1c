"""Steps that change the person, say that something happened, or lead into another journey."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sojourn.dsl import ast, checked
from sojourn.dsl.check.report import and_list
from sojourn.dsl.check.shape import walk
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.source import Span
from sojourn.dsl.types import NOTHING, Type

if TYPE_CHECKING:
    from sojourn.dsl.check.steps import Steps
    from sojourn.dsl.check.world import World

__all__ = [
    "CAN_FAIL", "MOST_ROUNDS", "Entered", "change_list", "check_entered", "emit", "enter", "set_field", "waits",
]  # fmt: skip

MOST_ROUNDS = 1000
"""How many rounds a `repeat` may have: a block that waits an hour lasts six weeks by then."""

CAN_FAIL = (ast.Send, ast.Set, ast.Add, ast.Remove, ast.Emit, ast.CallStep, ast.WaitUntil)
"""The steps that can fail alone, so that `if failed` may follow them."""


# ------------------------------------------------------------- the person


def set_field(steps: Steps, node: ast.Set) -> checked.Operation:
    """`set loyalty to silver`."""
    found = _target(steps, node.target, "set")
    if found is None:
        if not isinstance(node.value, ast.Path):
            steps.expressions.check(node.value, steps.scope)
        return checked.Stop()
    value = steps.expressions.value(node.value, found.type, steps.scope, found.name)
    return checked.SetField(found.name, value, found.type) if value.type != NOTHING else checked.Stop()


def change_list(steps: Steps, node: ast.Add | ast.Remove) -> checked.Operation:
    """`add "rescued" to tags`, `remove "rescued" from tags`."""
    word = "add" if isinstance(node, ast.Add) else "remove"
    found = _target(steps, node.target, word)
    if found is None or found.type == NOTHING:
        return checked.Stop()
    if found.type.kind != "list" or found.type.of is None:
        steps.world.report.error(
            "not-a-list-field",
            node.target.span,
            related=[Related(found.span, f"{found.name} is {found.type} here")],
            word=word,
            name=found.name,
            type=str(found.type),
        )
        return checked.Stop()
    value = steps.expressions.value(node.value, found.type.of, steps.scope, f"an element of {found.name}")
    if value.type == NOTHING:
        return checked.Stop()
    return checked.ChangeList(found.name, value, found.type, word == "add")


def _target(steps: Steps, path: ast.Path, word: str) -> checked.Field | None:
    """The field of the profile that a step changes; None after a mistake."""
    world, names = steps.world, steps.world.names
    parts = [str(part) for part in path.parts]
    parts = parts[1:] if parts[0] == "profile" and len(parts) > 1 else parts
    target = ".".join(parts)
    field = world.profile.get(target)
    if field is None:
        if parts[0] == "consent" and len(parts) == 2:
            world.exists("topic", parts[1], path.span)
        elif parts[0] in world.profile and len(parts) > 1:
            world.note_written(parts[0], path)
            return world.part_of_profile(parts, path.span)
        elif (
            parts[0] in names.attributes
            or parts[0] in names.defines
            or parts[0] in ("event", *steps.scope.run)
        ):
            world.report.error("not-settable", path.span, name=target)
        elif parts[0] not in names.lost_fields and not names.partial:
            world.unknown_field("The profile", target, path.span, world.profile)
        return None
    world.note_written(target, path)
    if field.identity:
        world.report.error("set-identifier", path.span, name=target)
        return None
    return field


# ------------------------------------------------------------------ events


def emit(steps: Steps, node: ast.Emit) -> checked.Operation:
    """`emit cart_rescue_finished with cart_id = event.cart_id`."""
    world, name = steps.world, node.event.text
    if not world.exists("event", name, node.event.span):
        return checked.Stop()
    event = world.events[name]
    values: dict[str, tuple[str, checked.Expr, Type]] = {}
    for argument in node.args:
        field = event.fields.get(argument.name.text)
        if field is None:
            world.unknown_field(f"The event {name}", argument.name.text, argument.name.span, event.fields)
            continue
        if field.name in values:
            world.report.error(
                "declared-twice", argument.name.span, name=field.name, what="value", first="value"
            )
        value = steps.expressions.value(argument.value, field.type, steps.scope, field.name)
        values[field.name] = (field.name, value, field.type)
    given = {argument.name.text for argument in node.args}
    missing = [
        f.name for f in event.fields.values() if f.required and f.default is None and f.name not in given
    ]
    if missing and not given - set(event.fields):
        world.report.error(
            "required-value",
            node.event.span,
            event=name,
            names=and_list(missing),
            related=[Related(event.fields[missing[0]].span, "required here")],
        )
    return checked.EmitEvent(name, tuple(values.values()))


# ---------------------------------------------------------- other journeys


@dataclass(frozen=True, slots=True)
class Entered:
    """One `enter`: from where, which journey, and the events that may have started the run that enters."""

    journey: str
    target: str
    events: tuple[str, ...]
    span: Span = field(compare=False)


def enter(steps: Steps, node: ast.Enter) -> checked.Operation:
    """`enter winback`."""
    name = node.journey.text
    if not steps.world.exists("journey", name, node.journey.span):
        return checked.Stop()
    if name == steps.journey:
        steps.world.report.error("enters-itself", node.journey.span, name=name)
        return checked.Stop()
    steps.enters.append(Entered(steps.journey, name, steps.scope.events, node.journey.span))
    return checked.EnterJourney(name)


def check_entered(
    world: World,
    journeys: dict[str, checked.Journey],
    messages: Mapping[str, checked.Message],
    entered: Sequence[Entered],
) -> None:
    """A journey that looks at its starting event is entered only from one that has such an event."""
    for found in entered:
        journey = journeys.get(found.target)
        if journey is None or not _reads_event(journey, messages):
            continue
        events = [start.event for start in journey.starts if isinstance(start, checked.StartOnEvent)]
        if (found.events and set(found.events) <= set(events)) or not events:
            continue
        if found.events:
            has = f"{found.journey} starts on {and_list(found.events, 'or')}"
        else:
            has = f"{found.journey} starts on no event"
        place = [Related(journey.span, f"{found.target} is here")]
        world.report.error(
            "enters-without-event",
            found.span,
            related=place,
            target=found.target,
            event=and_list(events, "or"),
            has=has,
        )


def _reads_event(journey: checked.Journey, messages: Mapping[str, checked.Message]) -> bool:
    if journey.one_per is not None:
        return True
    for step in journey.steps:
        for expr in _expressions(step.operation):
            if any(isinstance(part, checked.FieldValue) and part.scope == "event" for part in walk(expr)):
                return True
        if isinstance(step.operation, checked.Send) and step.operation.message in messages:
            for variant in messages[step.operation.message].variants:
                if step.operation.channels and variant.channel not in step.operation.channels:
                    continue
                if any(_mentions_event(template) for template in variant.parts.values()):
                    return True
    return False


def _mentions_event(template: checked.Template) -> bool:
    tags = re.findall(r"\{[{%](.*?)[%}]\}", template.source, re.DOTALL)
    return any(re.search(r"(?<![\w.])event\b", tag) for tag in tags)


def _expressions(operation: checked.Operation) -> Iterator[checked.Expr]:
    """What a step looks at in the run itself; what a wait asks of the awaited event is another event's."""
    match operation:
        case checked.Send():
            yield from (value for _, value in operation.args)
        case checked.EmitEvent():
            yield from (value for _, value, _ in operation.values)
        case checked.CallWebhook():
            yield from (value for _, value in operation.values)
        case checked.Branch():
            yield from (condition for _, condition, _ in operation.arms)
        case checked.SetField() | checked.ChangeList():
            yield operation.value
        case checked.Wait() if operation.working is not None:
            yield operation.working
        case checked.WaitUntil():
            yield from (value for value in (operation.moment, operation.working) if value is not None)
        case checked.StopRepeating() if operation.condition is not None:
            yield operation.condition
        case _:
            return


# ------------------------------------------------------------------- loops


def waits(steps: Sequence[ast.Step]) -> bool:
    """Whether every way through a block comes to a wait, or does not come round again."""
    return any(_stops_or_waits(step) for step in steps)


def _stops_or_waits(step: ast.Step) -> bool:
    match step:
        case ast.Wait() | ast.WaitWorking() | ast.WaitUntil() | ast.WaitFor() | ast.Stop():
            return True
        case ast.StopRepeating():
            return step.condition is None
        case ast.Repeat():
            return waits(step.steps)
        case ast.If():
            blocks = [arm.steps for arm in step.arms]
            return (step.arms[-1].condition is None and not _one_armed(step)) and all(map(waits, blocks))
        case ast.Match():
            return any(not case.options for case in step.cases) and all(
                waits(case.steps) for case in step.cases
            )
        case ast.Split():
            return all(waits(share.steps) for share in step.shares)
        case _:
            return False


def _one_armed(step: ast.If) -> bool:
    """`if failed` without `else`: its one arm has no condition, and is not always taken."""
    return step.on_failure and len(step.arms) == 1
