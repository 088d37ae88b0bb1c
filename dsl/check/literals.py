"""Values that stand in the text: literals become constants, constants become canonical JSON."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sojourn.dsl import ast, checked
from sojourn.dsl.check.report import Report
from sojourn.dsl.check.standards import currency_problem
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.source import Span
from sojourn.dsl.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    INTEGER,
    MONEY,
    NOTHING,
    NUMBER,
    PERCENT,
    TEXT,
    TIME,
    Type,
)
from sojourn.dsl.values import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Duration,
    Money,
    duration_to_iso,
    instant_to_iso,
    money_to_text,
    number_to_json,
    parse_instant,
)

__all__ = [
    "LITERALS",
    "duration",
    "kilometres",
    "literal",
    "money_fix",
    "nothing",
    "positive_duration",
    "to_json",
]

LITERALS = (
    ast.Text, ast.Number, ast.MoneyLiteral, ast.Percent, ast.DurationLiteral, ast.Distance, ast.DateLiteral,
    ast.ClockTime, ast.Moment, ast.Boolean,
)  # fmt: skip

_ELAPSED = {"week": 7 * DAY, "day": DAY, "hour": HOUR, "minute": MINUTE, "second": SECOND}
LONGEST_DAYS = 366_000
"""A length of time has at most so many days, a thousand years: the calendar ends with the year 9999."""

_KILOMETRES = {"km": Decimal(1), "m": Decimal("0.001"), "mile": Decimal("1.609344")}


def nothing(span: Span) -> checked.Constant:
    """The value of an expression that already has a mistake."""
    return checked.Constant(None, type=NOTHING, span=span)


def literal(node: ast.Expr, report: Report) -> checked.Constant:
    """The constant of a literal node."""
    span = node.span
    match node:
        case ast.Text():
            return checked.Constant(node.value, type=TEXT, span=span)
        case ast.Number():
            return number(node.value, span)
        case ast.MoneyLiteral():
            problem = currency_problem(node.currency)
            if problem is None:
                return checked.Constant(Money(node.amount, node.currency), type=MONEY, span=span)
            report.error("not-a-currency", span, candidates=problem.instead, text=node.currency)
        case ast.Percent():
            return checked.Constant(node.value / 100, type=PERCENT, span=span)
        case ast.DurationLiteral():
            length = duration(node, report)
            return nothing(span) if length is None else checked.Constant(length, type=DURATION, span=span)
        case ast.Distance():
            return number(kilometres(node), span)
        case ast.Boolean():
            return checked.Constant(node.value, type=BOOLEAN, span=span)
        case ast.DateLiteral() | ast.ClockTime() | ast.Moment():
            return _calendar(node, report)
        case _:
            raise TypeError(f"not a literal: {node!r}")
    return nothing(span)


def number(value: Decimal, span: Span) -> checked.Constant:
    """A number; a whole one is an integer."""
    whole = int(value)
    if whole == value and "." not in str(value):
        return checked.Constant(whole, type=INTEGER, span=span)
    return checked.Constant(value, type=NUMBER, span=span)


def _calendar(node: ast.DateLiteral | ast.ClockTime | ast.Moment, report: Report) -> checked.Constant:
    try:
        match node:
            case ast.DateLiteral():
                return checked.Constant(dt.date.fromisoformat(node.value), type=DATE, span=node.span)
            case ast.ClockTime():
                return checked.Constant(dt.time.fromisoformat(node.value), type=TIME, span=node.span)
            case ast.Moment():
                return checked.Constant(parse_instant(node.value), type=DATETIME, span=node.span)
    except ValueError:
        shown = node.value.replace("T", " ")
        report.error("no-such-date", node.span, text=shown)
        return nothing(node.span)


def kilometres(node: ast.Distance) -> Decimal:
    """A distance in kilometres."""
    return node.value * _KILOMETRES[node.unit]


def duration(node: ast.DurationLiteral, report: Report) -> Duration | None:
    """The length of time; None after a mistake (a part of a day, a month or a year)."""
    months = days = micros = 0
    for amount, unit in node.parts:
        whole = int(amount) == amount
        if unit in ("month", "year"):
            if not whole:
                report.error("part-of-a-month", node.span, text=f"{amount} {unit}s")
                return None
            months += int(amount) * (12 if unit == "year" else 1)
        elif unit in ("day", "week") and whole:
            days += int(amount) * (7 if unit == "week" else 1)
        else:
            micros += int(amount * _ELAPSED[unit])
    if months * 30 + days + micros // DAY > LONGEST_DAYS:
        said = " ".join(f"{amount} {unit}s" for amount, unit in node.parts)
        report.error("too-long", node.span, text=said if len(said) <= 60 else f"{said[:58]} …")
        return None
    return Duration(months, days, micros)


def positive_duration(node: ast.DurationLiteral | None, report: Report, what: str) -> Duration | None:
    """As `duration`, and more than nothing: `what` is what lasts no time otherwise."""
    if node is None:
        return None
    length = duration(node, report)
    if length is not None and length <= Duration():
        report.error("no-time-at-all", node.span, what=what)
        return None
    return length


def to_json(value: Any, type: Type) -> Any:
    """The canonical JSON of a constant of a type (see "Values" in docs/design.md); a group is that already."""
    match value:
        case None | bool() | str() | dict():
            return value
        case Money():
            return money_to_text(value)
        case Duration():
            return duration_to_iso(value)
        case tuple() | list():
            if type.kind == "list" and type.of is not None:
                return [to_json(item, type.of) for item in value]
            return [to_json(item, NUMBER) for item in value]
        case dt.datetime():
            return value.isoformat(sep="T")
        case dt.date() | dt.time():
            return value.isoformat()
        case Decimal() | float():
            return number_to_json(value)
        case int():
            return instant_to_iso(value) if type.kind == "datetime" else value
        case _:
            raise TypeError(f"not a value: {value!r}")


def money_fix(span: Span, amount: object) -> Fix:
    """The fix of an amount without its currency."""
    return Fix(span, f"{amount} EUR", f"write {amount} EUR (or another currency)")
