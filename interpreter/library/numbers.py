"""The functions for numbers, money and lists."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import reduce
from typing import Any

from sojourn.dsl.check.standards import currency_problem
from sojourn.dsl.values import Duration, Money
from sojourn.interpreter.functions import span_of

__all__ = ["FUNCTIONS"]


def _round(value: Any, digits: Any = 0) -> Any:
    places = int(digits)
    if isinstance(value, Money):
        return Money(Decimal(_rounded(value.amount, places)), value.currency)
    return _rounded(value, places)


def _rounded(value: Any, places: int) -> int | Decimal:
    step = Decimal(1).scaleb(-places)
    result = Decimal(value).quantize(step, ROUND_HALF_UP)
    return result if places > 0 and not isinstance(value, int) else int(result)


def _whole(how: str) -> Callable[[Any], Any]:
    def whole(value: Any) -> Any:
        if isinstance(value, Money):
            return Money(value.amount.to_integral_value(how), value.currency)
        return value if isinstance(value, int) else int(value.to_integral_value(how))

    return whole


def _absolute(value: Any) -> Any:
    return Money(abs(value.amount), value.currency) if isinstance(value, Money) else abs(value)


def _remainder(number: Any, divisor: Any) -> Any:
    """Between 0 and the divisor, as spreadsheets have it."""
    if not divisor:
        return None
    left = Decimal(number) % Decimal(divisor)
    left = left + Decimal(divisor) if left and (left < 0) != (divisor < 0) else left
    return int(left) if left == int(left) else left


def _key(value: Any) -> Any:
    """What orders values of one kind."""
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, Duration):
        return span_of(value)
    return value.casefold() if isinstance(value, str) else value


def _one_currency(values: Iterable[Any]) -> bool:
    return len({value.currency for value in values if isinstance(value, Money)}) < 2


def _best(pick: Callable[..., Any]) -> Callable[[list[Any]], Any]:
    return lambda values: pick(values, key=_key) if values and _one_currency(values) else None


def _sum(values: list[Any]) -> Any:
    if not values or not _one_currency(values):
        return None
    if isinstance(values[0], Money):
        return Money(sum((value.amount for value in values), Decimal(0)), values[0].currency)
    return reduce(lambda a, b: a + b, values)


def _average(values: list[Any]) -> Any:
    total = _sum(values)
    if isinstance(total, Money):
        return Money(total.amount / len(values), total.currency)
    return None if total is None else Decimal(total) / len(values)


def _sort(values: list[Any]) -> list[Any]:
    return sorted(values, key=_key) if _one_currency(values) else []


def _unique(values: Iterable[Any]) -> list[Any]:
    seen: dict[Hashable, Any] = {}
    for value in values:
        seen.setdefault(value, value)
    return list(seen.values())


def _count(number: Any) -> int:
    return max(0, int(number))


def _money(amount: Any, currency: str) -> Money | None:
    return None if currency_problem(currency) else Money(Decimal(amount), currency)


_smallest, _largest = _best(min), _best(max)

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "round": _round,
    "floor": _whole(ROUND_FLOOR),
    "ceiling": _whole(ROUND_CEILING),
    "absolute": _absolute,
    "remainder": _remainder,
    "smaller": lambda *values: _smallest(list(values)),
    "larger": lambda *values: _largest(list(values)),
    "sum_of": _sum,
    "average_of": _average,
    "smallest_of": _smallest,
    "largest_of": _largest,
    "first_item": lambda items: items[0] if items else None,
    "last_item": lambda items: items[-1] if items else None,
    "first_items": lambda items, number: items[: _count(number)],
    "last_items": lambda items, number: items[-_count(number) :] if _count(number) else [],
    "unique": _unique,
    "sort": _sort,
    "reverse": lambda items: items[::-1],
    "combine": lambda items, other: _unique([*items, *other]),
    "in_both": lambda items, other: _unique(item for item in items if item in other),
    "without": lambda items, other: [item for item in items if item not in other],
    "amount": lambda money: money.amount,
    "currency": lambda money: money.currency,
    "money": _money,
}
