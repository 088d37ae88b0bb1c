"""Questions about the shape of checked expressions: their children, where time stands in them, what two types
do together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from sojourn.dsl import checked
from sojourn.dsl.source import Span
from sojourn.dsl.types import DATE, DATETIME, DURATION, INTEGER, MONEY, NOTHING, NUMBER, PERCENT, TEXT, Type

__all__ = ["arithmetic_type", "children", "family", "first_inexact", "has_now", "turned", "walk"]

Comparison = Literal["is", "<", "<=", ">", ">="]

_FLIPPED: dict[Comparison, Comparison] = {"is": "is", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def children(expr: checked.Expr) -> tuple[checked.Expr, ...]:
    """The expressions an expression is made of."""
    match expr:
        case checked.CatalogValue():
            return (expr.key,)
        case checked.Logic():
            return expr.terms
        case checked.Not() | checked.Negative():
            return (expr.term,)
        case checked.Compare() | checked.Arithmetic():
            return (expr.left, expr.right)
        case checked.Between():
            return (expr.item, expr.low, expr.high)
        case checked.In():
            return (expr.item, expr.options)
        case checked.TextTest():
            return (expr.item, expr.pattern)
        case checked.Known():
            return (expr.item,)
        case checked.WithinDistance():
            return (expr.item, expr.of)
        case checked.Quantified():
            return (expr.items, expr.where)
        case checked.PartOf() | checked.Gathered():
            return (expr.base,)
        case checked.ListOf():
            return expr.items
        case checked.LocalMoment() if expr.zone is not None:
            return (expr.zone,)
        case checked.GroupOf():
            return tuple(value for _, value in expr.values)
        case checked.Function():
            return expr.args
        case _:
            return ()


def walk(expr: checked.Expr) -> Iterator[checked.Expr]:
    """The expression and everything inside it."""
    yield expr
    for child in children(expr):
        yield from walk(child)


def has_now(expr: checked.Expr) -> bool:
    """Whether `now` stands anywhere in it."""
    return any(isinstance(part, checked.Now) for part in walk(expr))


def family(type: Type) -> str:
    """Types of one family compare with one another."""
    if type.is_textual:
        return "text"
    return "number" if type.is_numeric else type.kind


def first_inexact(expr: checked.Expr) -> Span | None:
    """The place of a `now` whose moment of truth cannot be known beforehand, if there is one.

    A condition stays exact when `now`, plus or minus a fixed length of time, stands alone on one side of a
    comparison.
    """
    match expr:
        case checked.Compare():
            sides = (expr.left, expr.right)
            if (_is_linear(sides[0]) and not has_now(sides[1])) or (
                _is_linear(sides[1]) and not has_now(sides[0])
            ):
                return None
        case checked.Between():
            ends = (expr.low, expr.high)
            if not has_now(expr.item) and all(_is_linear(end) or not has_now(end) for end in ends):
                return None
            if isinstance(expr.item, checked.Now) and not any(has_now(end) for end in ends):
                return None
        case checked.Now():
            return expr.span
        case _:
            pass
    for child in children(expr):
        found = first_inexact(child)
        if found is not None:
            return found
    return None


def _is_linear(expr: checked.Expr) -> bool:
    if isinstance(expr, checked.Now):
        return True
    if isinstance(expr, checked.Arithmetic) and expr.op in "+-" and expr.type == DATETIME:
        return _is_linear(expr.left) and isinstance(expr.right, checked.Constant)
    return False


def turned(
    op: Comparison, left: checked.Expr, right: checked.Expr
) -> tuple[Comparison, checked.Expr, checked.Expr]:
    """`now - first_seen > 3 days` said as `first_seen < now - 3 days`; other comparisons as they are.

    So a number of months counts by the calendar, and the instant at which it becomes true can be worked out.
    """
    if _is_span_to_clock(right) and not _is_span_to_clock(left):
        op, left, right = _FLIPPED[op], right, left
    if not (isinstance(left, checked.Arithmetic) and _is_span_to_clock(left)) or right.type != DURATION:
        return op, left, right
    if left.left.type == DATE and not _has_whole_days(right):
        return op, left, right
    first, second = left.left, left.right
    if isinstance(first, checked.Now | checked.Today):
        moved = checked.Arithmetic("-", first, right, type=first.type, span=left.span)
        return _FLIPPED[op], second, moved
    moved = checked.Arithmetic("+", second, right, type=second.type, span=left.span)
    return op, first, moved


def _is_span_to_clock(expr: checked.Expr) -> bool:
    if not (isinstance(expr, checked.Arithmetic) and expr.op == "-" and expr.type == DURATION):
        return False
    clocks = [isinstance(side, checked.Now | checked.Today) for side in (expr.left, expr.right)]
    return sum(clocks) == 1 and expr.left.type in (DATE, DATETIME)


def _has_whole_days(expr: checked.Expr) -> bool:
    return isinstance(expr, checked.Constant) and expr.value.microseconds == 0


def arithmetic_type(op: str, left: Type, right: Type) -> Type | None:
    """The type of `left op right`, or None when that makes no sense."""
    if NOTHING in (left, right):
        return NOTHING
    plain = left.is_numeric and right.is_numeric
    match op:
        case "+" | "-":
            if plain:
                return left if left == right and left in (INTEGER, PERCENT) else NUMBER
            if left.kind in ("money", "duration") and left == right:
                return left
            if left.kind in ("date", "datetime") and right == DURATION:
                return left
            if op == "+" and left == DURATION and right.kind in ("date", "datetime"):
                return right
            if op == "-" and left == right and left.kind in ("date", "datetime"):
                return DURATION
            return TEXT if op == "+" and left.is_textual and right.is_textual else None
        case "*":
            if plain:
                return INTEGER if left == right == INTEGER else NUMBER
            if (left == DURATION and right.is_numeric) or (left.is_numeric and right == DURATION):
                return DURATION
            return (
                MONEY
                if {left.kind, right.kind} <= {"money", "number", "integer", "percent"} and left != right
                else None
            )
        case _:
            if left == right == MONEY or left == right == DURATION or plain:
                return NUMBER
            if left == DURATION and right.is_numeric:
                return DURATION
            return MONEY if left == MONEY and right.is_numeric else None
