"""How journeys start: on events, by audiences, on schedules, on dates of the person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Literal

from sojourn.dsl import ast, checked
from sojourn.dsl.check.expressions import Expressions
from sojourn.dsl.check.labels import head
from sojourn.dsl.check.names import part_span
from sojourn.dsl.check.report import nearest
from sojourn.dsl.check.scope import PERSON, Scope
from sojourn.dsl.check.shape import walk
from sojourn.dsl.check.world import World
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.source import Span
from sojourn.dsl.types import DATE, DATETIME, NOTHING, TIME, ref

__all__ = ["OCCASIONS", "change_event", "check_business", "check_starts", "check_where"]

OCCASIONS = (
    "day", "weekday", "weekend", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "month",
)  # fmt: skip
"""What may stand after `start every`."""


def check_starts(world: World, expressions: Expressions, node: ast.Journey) -> tuple[checked.Start, ...]:
    """The starts of a journey, in the order written."""
    found: list[checked.Start] = []
    written = 0
    for setting in node.settings:
        written += isinstance(setting, ast.Start)
        start: checked.Start | None = None
        match setting:
            case ast.StartOnEvent(audience=None, where=None, alias=None) if _names_a_date(
                world, setting.event.text
            ):
                path = ast.Path((setting.event.text,), (setting.event.span,), span=setting.event.span)
                start = _on_date(world, expressions, ast.StartOnDate(path, span=setting.span))
            case ast.StartOnEvent(audience=None):
                where = check_where(world, expressions, setting.event, setting.where, Scope())
                alias = setting.alias.text if setting.alias is not None else None
                start = checked.StartOnEvent(setting.event.text, where, setting.span, alias=alias)
            case ast.StartOnAudience():
                world.exists("audience", setting.audience.text, setting.audience.span)
                start = checked.StartOnAudience(setting.audience.text, setting.entering, setting.span)
            case ast.StartOnSchedule():
                start = _on_schedule(world, expressions, setting)
            case ast.StartOnDate():
                start = _on_date(world, expressions, setting)
            case ast.StartOnEvent():
                start = _on_business(world, expressions, setting, setting.event.text, setting.event.span)
            case ast.StartOnChange():
                event = change_event(world, setting.of)
                if event is not None:
                    start = _on_business(world, expressions, setting, event, None)
        if start is not None:
            found.append(start)
    if not written:
        world.report.error("journey-without-start", node.name.span, name=node.name.text)
    return tuple(found)


def check_where(
    world: World, expressions: Expressions, event: ast.Name, where: ast.Expr | None, scope: Scope
) -> checked.Expr | None:
    """The condition beside an event: it sees the event first, then the person."""
    if not world.exists("event", event.text, event.span) or where is None:
        return None
    return expressions.condition(where, Scope(events=(event.text,), bare=True, run=scope.run))


# ---------------------------------------------------------------- business


def _on_business(
    world: World,
    expressions: Expressions,
    node: ast.StartOnEvent | ast.StartOnChange,
    event: str,
    place: Span | None,
) -> checked.StartOnEvent | None:
    """`start on price_drop for AUDIENCE where …`: an event that happens to nobody."""
    if place is not None and not world.exists("event", event, place):
        return None
    if node.audience is None:
        example = f"{expressions.say(node).partition(' where ')[0]} for AUDIENCE"
        world.report.error("change-for-nobody", node.span, example=example)
        return None
    audience = node.audience.text
    known = world.exists("audience", audience, node.audience.span)
    where = None
    if node.where is not None:
        where = expressions.condition(node.where, Scope(events=(event,), bare=True))
    alias = node.alias.text if isinstance(node, ast.StartOnEvent) and node.alias is not None else None
    return checked.StartOnEvent(event, where, node.span, audience, alias) if known else None


def change_event(world: World, of: ast.Path) -> str | None:
    """The name of the event that a field of a catalog's row changes; reports what is not there."""
    catalog = str(of.parts[0])
    span = part_span(of, 0)
    if not world.exists("catalog", catalog, span):
        return None
    if len(of.parts) != 2:
        example = f"{catalog}.{next(iter(world.catalogs[catalog].fields), 'price')}"
        world.report.error("change-of-what", of.span, name=catalog, example=example)
        return None
    declared = world.catalogs[catalog]
    field = declared.fields.get(str(of.parts[1]))
    if field is None:
        world.unknown_field(f"The catalog {catalog}", str(of.parts[1]), part_span(of, 1), declared.fields)
        return None
    name = f"change of {catalog}.{field.name}"
    if name not in world.events:
        fields = {
            catalog: checked.Field(catalog, ref(catalog), catalog),
            "before": checked.Field("before", field.type, "before"),
            "after": checked.Field("after", field.type, "after"),
        }
        world.events[name] = checked.Event(name, name, fields, of_change=(catalog, field.name))
    return name


def check_business(
    world: World, journeys: Mapping[str, checked.Journey], aggregates: Iterable[checked.Aggregate]
) -> None:
    """An event about the business happens to nobody: nobody's history has it, and no run waits for it."""
    business = {
        start.event: start.span
        for journey in journeys.values()
        for start in journey.starts
        if isinstance(start, checked.StartOnEvent) and start.audience is not None
    }
    if not business:
        return

    def report(event: str, span: Span) -> None:
        place = Related(business[event], "about the business here")
        world.report.error("event-of-nobody", span, related=[place], name=event)

    for aggregate in aggregates:
        if aggregate.event in business:
            report(aggregate.event, aggregate.span)
    for journey in journeys.values():
        for listens in (*journey.starts, *journey.exits, *((journey.goal,) if journey.goal else ())):
            event = getattr(listens, "event", "")
            if event in business and getattr(listens, "audience", None) is None:
                report(event, listens.span)
        for step in journey.steps:
            event = getattr(step.operation, "event", "")
            if event in business:
                report(event, step.span)


# --------------------------------------------------------------- schedules


def _on_schedule(
    world: World, expressions: Expressions, node: ast.StartOnSchedule
) -> checked.StartOnSchedule | None:
    audience = node.audience.text
    known = world.exists("audience", audience, node.audience.span)
    label = _label(world, node).removesuffix(f" for {audience}")
    at = _clock(expressions, node.at)
    moment = None
    if node.moment is not None:
        if expressions.check(node.moment, PERSON).type == NOTHING:
            return None
        moment = dt.datetime.fromisoformat(node.moment.value)
    elif node.every not in OCCASIONS:
        near = nearest(node.every or "", OCCASIONS)
        world.report.error("unknown-occasion", node.span, candidates=near, name=node.every or "")
        return None
    if not known:
        return None
    return checked.StartOnSchedule(audience, node.every or "", at or dt.time(), moment, label, node.span)


def _clock(expressions: Expressions, node: ast.ClockTime | None) -> dt.time | None:
    if node is None:
        return None
    found = expressions.check(node, PERSON)
    return found.value if isinstance(found, checked.Constant) and found.type == TIME else None


def _label(world: World, node: ast.Node) -> str:
    """The author's own words after `start`."""
    return head(node, world.sources).removeprefix("start ").removeprefix("on ")


# ------------------------------------------------------------------- dates


def _names_a_date(world: World, name: str) -> bool:
    """Whether a name is no event but a date of the profile: `start on birthday`."""
    field = world.profile.get(name)
    return name not in world.names.events and field is not None and field.type in (DATE, DATETIME)


def _on_date(world: World, expressions: Expressions, node: ast.StartOnDate) -> checked.StartOnDate | None:
    written: ast.Expr = node.date
    whole = expressions.exact(expressions.check(written, PERSON))
    at = _clock(expressions, node.at)
    if whole.type == NOTHING:
        return None
    said = expressions.say(written)
    if whole.type not in (DATE, DATETIME):
        given = f"{said} ({whole.type})"
        world.report.error(
            "does-not-fit",
            written.span,
            what="start on",
            type="date",
            example="birthday - 3 days",
            given=given,
        )
        return None
    base, shifts = _unshifted(whole)
    yearly = _yearly(base)
    if isinstance(base, checked.Function) and base.name == "anniversary":
        base = base.args[0]
    why = ""
    if _reads_the_clock(expressions, base) or any(_reads_the_clock(expressions, s) for _, s in shifts):
        why = "moves with the clock"
    elif not _of_person(base):
        why = "is the same for everybody"
    if why:
        world.report.error("not-a-persons-date", written.span, text=said, why=why)
        return None
    return checked.StartOnDate(base, shifts, at, yearly and not node.once, _label(world, node), node.span)


def _unshifted(
    value: checked.Expr,
) -> tuple[checked.Expr, tuple[tuple[Literal["+", "-"], checked.Expr], ...]]:
    """`birthday - 3 days` as birthday, and what it is moved by."""
    shifts: list[tuple[Literal["+", "-"], checked.Expr]] = []
    while isinstance(value, checked.Arithmetic) and value.right.type.kind == "duration":
        assert value.op in ("+", "-")
        shifts.append(("+" if value.op == "+" else "-", value.right))
        value = value.left
    return value, tuple(reversed(shifts))


def _yearly(base: checked.Expr) -> bool:
    """A date in the profile (a birthday) comes each year; a moment, or a date that is worked out, once."""
    if isinstance(base, checked.Function):
        return base.name == "anniversary"
    return isinstance(base, checked.FieldValue) and base.type == DATE


def _reads_the_clock(expressions: Expressions, value: checked.Expr) -> bool:
    for part in walk(value):
        if isinstance(part, (checked.Now, checked.Today)):
            return True
        if isinstance(part, checked.Function) and part.name in ("now", "today", "age", "anniversary"):
            return True
        if isinstance(part, checked.AttributeValue):
            attribute = expressions.world.attributes.get(part.name)
            if attribute is not None and _reads_the_clock(expressions, attribute.value):
                return True
    return False


def _of_person(value: checked.Expr) -> bool:
    return any(
        isinstance(part, (checked.FieldValue, checked.AttributeValue, checked.AggregateValue))
        for part in walk(value)
    )
