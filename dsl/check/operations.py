"""Which values go together: comparing, calculating, and fitting a value into a field."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from sojourn.dsl import ast, checked
from sojourn.dsl.check.functions import EXAMPLES
from sojourn.dsl.check.literals import money_fix, nothing
from sojourn.dsl.check.report import and_list, nearest
from sojourn.dsl.check.shape import family
from sojourn.dsl.check.standards import text_problem
from sojourn.dsl.check.world import World
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.source import Span
from sojourn.dsl.types import DATETIME, DURATION, INTEGER, MONEY, NOTHING, NUMBER, PERCENT, Type

__all__ = ["cannot_calculate", "cannot_compare", "comparable", "fitted", "kinds_said", "unknown_option"]

_ORDERED = frozenset({"number", "money", "date", "datetime", "time", "duration"})


def comparable(
    world: World, op: str, left: checked.Expr, right: checked.Expr, span: Span, said: tuple[str, str]
) -> tuple[checked.Expr, checked.Expr] | None:
    """The two sides of a comparison, or None (reported unless a side already has a mistake)."""
    if NOTHING in (left.type, right.type):
        return None
    kind = family(left.type)
    if kind != family(right.type):
        cannot_compare(world, left, right, span, *said)
        return None
    if kind in ("list", "schema"):
        world.report.error(
            "cannot-compare",
            span,
            left=_called(said[0], left),
            right=_called(said[1], right),
            help="A list or a group is looked into: `contains`, `any of … where …`, or one of its fields.",
        )
        return None
    if op != "is" and kind not in _ORDERED:
        world.report.error("no-order", span, op=op, text=said[0], type=str(left.type))
        return None
    if kind == "text" and not (_text_fits(world, left, right.type) and _text_fits(world, right, left.type)):
        return None
    if PERCENT in (left.type, right.type) and not (
        _percent_fits(world, left, right) and _percent_fits(world, right, left)
    ):
        return None
    return left, right


def _text_fits(world: World, side: checked.Expr, other: Type) -> bool:
    """Whether a text that stands there can be a value of the other side's type."""
    if not isinstance(side, checked.Constant) or not isinstance(side.value, str):
        return True
    if other.kind == "one of":
        if not side.value or side.value in other.options:
            return True
        unknown_option(world, side.value, other, side.span)
        return False
    return _standard(world, side.value, other, side.span)


def _standard(world: World, text: str, type: Type, span: Span) -> bool:
    problem = text_problem(text, type)
    if problem is None:
        return True
    fix = Fix(span, f'"{problem.instead[0]}"', f'write "{problem.instead[0]}"') if problem.instead else None
    shown = [f'"{text}"' for text in problem.instead]
    world.report.error(
        "not-a-value", span, candidates=shown, fix=fix, text=text, what=problem.what, type=str(type)
    )
    return False


def _percent_fits(world: World, side: checked.Expr, other: checked.Expr) -> bool:
    if (
        other.type != PERCENT
        or not isinstance(side, checked.Constant)
        or side.type == PERCENT
        or abs(side.value) <= 1
    ):
        return True
    fix = Fix(side.span, f"{side.value}%", f"write {side.value}%")
    world.report.error("percent-needs-sign", side.span, fix=fix, number=str(side.value))
    return False


def unknown_option(world: World, name: str, type: Type, span: Span) -> None:
    """Reports a name that is not among the values of a `one of`."""
    candidates = nearest(name, type.options)
    fix = Fix(span, candidates[0], f"write {candidates[0]}") if candidates else None
    world.report.error(
        "unknown-option", span, candidates=candidates, fix=fix, name=name, options=and_list(type.options)
    )


def cannot_compare(
    world: World, left: checked.Expr, right: checked.Expr, span: Span, left_said: str, right_said: str
) -> None:
    """Reports two sides that do not compare, with what would be right where that can be told."""
    for side, other in ((left, right), (right, left)):
        if other.type == MONEY and side.type.is_numeric and isinstance(side, checked.Constant):
            amount = side.value
            fix = money_fix(side.span, amount)
            said = left_said if other is left else right_said
            world.report.error("money-needs-currency", side.span, fix=fix, what=said, amount=str(amount))
            return
    world.report.error(
        "cannot-compare",
        span,
        left=_called(left_said, left),
        right=_called(right_said, right),
        help=_advice(left, right, left_said, right_said),
    )


def _called(said: str, side: checked.Expr) -> str:
    kind = f"{side.type}"
    return f"{said} ({kind})" if said else kind


def _advice(left: checked.Expr, right: checked.Expr, left_said: str, right_said: str) -> str:
    for side, said, other_said in ((left, left_said, right_said), (right, right_said, left_said)):
        if side.type.kind == "list":
            return f"{said} is a list: ask `{said} contains {other_said}`."
    for side, other, said, other_said in (
        (left, right, left_said, right_said),
        (right, left, right_said, left_said),
    ):
        pair = (side.type.kind, other.type.kind)
        if pair == ("datetime", "date"):
            if isinstance(side, checked.Constant):
                return "Write the date alone, without a clock time."
            if isinstance(other, checked.Constant):
                return f"Take its date, `date_of({said})`, or give a clock time, `{other_said} 0:00`."
            return f"Take the date of the moment: `date_of({said})`."
        if pair == ("duration", "number") or pair == ("duration", "integer"):
            return "A length of time has a unit: `3 days`."
        if side.type.is_textual and isinstance(side, checked.Constant):
            return _without_quotes(str(side.value), other.type)
        if side.type.kind == "boolean":
            return f"{said} is true or false: write `{said}` or `not {said}` alone."
    return f"Compare it with a value of the same kind, as in {_example(left.type)}."


def _example(type: Type) -> str:
    return type.options[0] if type.kind == "one of" else EXAMPLES.get(type.kind, f"another {type}")


def _without_quotes(text: str, type: Type) -> str:
    if type.is_numeric and re.fullmatch(r"-?\d+(\.\d+)?", text):
        return f"Write the number without quotes: {text}."
    if type.kind == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return f"Write the date without quotes: {text}."
    if type.kind == "money" and re.fullmatch(r"\d+(\.\d+)? [A-Z]{3}", text):
        return f"Write the amount without quotes: {text}."
    return f"It needs a value of type {type}, as in {_example(type)}."


def cannot_calculate(
    world: World, node: ast.Arithmetic, left: checked.Expr, right: checked.Expr, said: tuple[str, str]
) -> None:
    """Reports a sum that makes no sense."""
    types = (left.type, right.type)
    if node.op in "+-" and MONEY in types and any(t.is_numeric for t in types):
        side, other, index = (left, right, 1) if types[1] == MONEY else (right, left, 0)
        if other.type == MONEY and side.type != PERCENT:
            amount = side.value if isinstance(side, checked.Constant) else "20"
            fix = money_fix(side.span, amount) if isinstance(side, checked.Constant) else None
            world.report.error(
                "money-needs-currency", side.span, fix=fix, what=said[index], amount=str(amount)
            )
            return
    help = "Numbers go with numbers, money with money, dates with lengths of time."
    if any(t.kind == "time" for t in types):
        help = (
            "A clock time has no day to count from. Count from a date or a moment, as in `today + 1 day` or "
            "`now + 1 hour`."
        )
    elif node.op in "+-" and DURATION in types and any(t.is_numeric for t in types):
        help = "A length of time has a unit: `3 days`."
    if PERCENT in types and MONEY in types:
        help = "A percentage is taken by multiplying: `total * 15%`."
    elif any(t.kind in ("date", "datetime") for t in types) and any(t.is_numeric for t in types):
        help = "A length of time has a unit: `3 days`."
    elif any(t.is_textual for t in types):
        help = "A text can only be joined to another text, with `+`."
    world.report.error(
        "cannot-calculate",
        node.span,
        left=said[0],
        right=said[1],
        op=node.op,
        types=f"{left.type} {node.op} {right.type}",
        help=help,
    )


def fitted(world: World, value: checked.Expr, type: Type, what: str, said: str) -> checked.Expr:
    """A value as a value of `type` (converted where that loses nothing), or nothing after a report."""
    if NOTHING in (value.type, type):
        return nothing(value.span)
    if type.is_textual and value.type.is_textual:
        if (
            type.kind == "one of"
            and value.type.kind == "one of"
            and not set(value.type.options) <= set(type.options)
        ):
            return _does_not_fit(world, value, type, what, said)
        if not _text_fits(world, value, type):
            return nothing(value.span)
        return replace(value, type=type) if isinstance(value, checked.Constant) else value
    if value.type == type or (type == NUMBER and value.type.is_numeric):
        return value
    if type == PERCENT and value.type.is_numeric:
        return (
            value
            if _percent_fits(world, value, replace(nothing(value.span), type=PERCENT))
            else nothing(value.span)
        )
    if type == DATETIME and isinstance(value, checked.Constant) and isinstance(value.value, dt.date):
        return checked.LocalMoment(
            dt.datetime.combine(value.value, dt.time()), type=DATETIME, span=value.span
        )
    if (
        type == INTEGER
        and isinstance(value, checked.Constant)
        and value.type == NUMBER
        and value.value == int(value.value)
    ):
        return checked.Constant(int(value.value), type=INTEGER, span=value.span)
    if type == MONEY and value.type.is_numeric:
        amount = value.value if isinstance(value, checked.Constant) else "20"
        fix = money_fix(value.span, amount) if isinstance(value, checked.Constant) else None
        world.report.error("money-needs-currency", value.span, fix=fix, what=what, amount=str(amount))
        return nothing(value.span)
    return _does_not_fit(world, value, type, what, said)


def _does_not_fit(world: World, value: checked.Expr, type: Type, what: str, said: str) -> checked.Expr:
    world.report.error(
        "does-not-fit",
        value.span,
        what=what,
        type=str(type),
        given=_called(said, value),
        example=_example(type),
    )
    return nothing(value.span)


def kinds_said(kinds: Sequence[str]) -> str:
    """`a number, an amount of money or a date`."""
    names = {
        "integer": "number",
        "percent": "number",
        "email": "text",
        "phone": "text",
        "url": "text",
        "country": "text",
        "language": "text",
        "timezone": "text",
        "one of": "text",
        "ref": "text",
    }
    said = {
        "number": "a number",
        "money": "an amount of money",
        "date": "a date",
        "datetime": "a moment",
        "time": "a clock time",
        "duration": "a length of time",
        "text": "a text",
        "list": "a list",
        "location": "a location",
        "boolean": "true or false",
        "catalog": "the name of a catalog",
    }
    return and_list(dict.fromkeys(said[names.get(kind, kind)] for kind in kinds), "or")
