"""How journeys start: on events, by audiences, on schedules, on dates of the person."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from sojourn.dsl import ast, checked
from sojourn.dsl.check.expressions import Expressions
from sojourn.dsl.check.labels import head
from sojourn.dsl.check.report import nearest
from sojourn.dsl.check.scope import PERSON, Scope
from sojourn.dsl.check.shape import walk
from sojourn.dsl.check.world import World
from sojourn.dsl.types import DATE, DATETIME, NOTHING, TIME

__all__ = ["OCCASIONS", "check_starts", "check_where"]

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
            case ast.StartOnEvent(audience=None, where=None) if _names_a_date(world, setting.event.text):
                path = ast.Path((setting.event.text,), (setting.event.span,), span=setting.event.span)
                start = _on_date(world, expressions, ast.StartOnDate(path, span=setting.span))
            case ast.StartOnEvent(audience=None):
                where = check_where(world, expressions, setting.event, setting.where, Scope())
                start = checked.StartOnEvent(setting.event.text, where, setting.span)
            case ast.StartOnAudience():
                world.exists("audience", setting.audience.text, setting.audience.span)
                start = checked.StartOnAudience(setting.audience.text, setting.entering, setting.span)
            case ast.StartOnSchedule():
                start = _on_schedule(world, expressions, setting)
            case ast.StartOnDate():
                start = _on_date(world, expressions, setting)
            case ast.StartOnEvent():
                world.not_yet(
                    setting.span,
                    "An event about the business (`for` an audience)",
                    "Send the event for each person, and `start on` it.",
                )
            case ast.StartOnChange():
                world.not_yet(
                    setting.span,
                    "`start on change of …`",
                    "Send an event when it changes, and `start on` it.",
                )
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
