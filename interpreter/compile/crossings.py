"""Audiences that compare one aggregate with constants, found by the constants that a change crosses.

Of a thousand audiences `lifetime_value >= …` a purchase that takes somebody from 40 to 59 EUR concerns those
that name an amount from 40 to 59. Something missing lies below every constant of `>` and `>=`, and above
every constant of `<` and `<=`, because both are false of it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from math import ceil, floor
from typing import Any

from sojourn.dsl import checked
from sojourn.dsl.checked import Expr
from sojourn.dsl.values import Money
from sojourn.interpreter.compile.timing import children

__all__ = ["WORTH_IT", "Crossing", "comparisons", "turns"]

WORTH_IT = 16
"""From how many audiences on one aggregate it is quicker to look for those that are crossed."""

_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "is": "is"}


def _split(value: Any) -> tuple[str, Any]:
    return (value.currency, value.amount) if isinstance(value, Money) else ("", value)


class Crossing:
    """The audiences on one aggregate, by the constants they compare it with."""

    __slots__ = ("_above", "_below", "_equal")

    def __init__(self, found: Iterable[tuple[str, Any, int]]) -> None:
        above: dict[str, list[tuple[Any, int]]] = defaultdict(list)
        below: dict[str, list[tuple[Any, int]]] = defaultdict(list)
        self._equal: dict[tuple[str, Any], list[int]] = defaultdict(list)
        for op, value, number in found:
            currency, amount = _split(value)
            if op == "is":
                self._equal[currency, amount].append(number)
            else:
                (above if op in (">", ">=") else below)[currency].append((amount, number))
        self._above = {currency: _sorted(pairs) for currency, pairs in above.items()}
        self._below = {currency: _sorted(pairs) for currency, pairs in below.items()}

    def everybody(self) -> Iterator[int]:
        """All of them."""
        for _, numbers in (*self._above.values(), *self._below.values()):
            yield from numbers
        for equal in self._equal.values():
            yield from equal

    def touched(self, before: Any, after: Any) -> list[int]:
        """Those that a change from `before` to `after` (None is missing) can concern."""
        found: list[int] = []
        sides: dict[str, list[Any]] = {}
        for position, value in enumerate((before, after)):
            if value is not None:
                currency, amount = _split(value)
                sides.setdefault(currency, [None, None])[position] = amount
                found.extend(self._equal.get((currency, amount), ()))
        for currency, (old, new) in sides.items():
            if old == new:
                continue
            one = old is None or new is None
            value = new if old is None else old
            if (known := self._above.get(currency)) is not None:
                values, numbers = known
                low = 0 if one else bisect_left(values, min(old, new))
                found.extend(numbers[low : bisect_right(values, value if one else max(old, new))])
            if (known := self._below.get(currency)) is not None:
                values, numbers = known
                high = len(values) if one else bisect_right(values, max(old, new))
                found.extend(numbers[bisect_left(values, value if one else min(old, new)) : high])
        return found


def _sorted(pairs: list[tuple[Any, int]]) -> tuple[list[Any], list[int]]:
    pairs.sort()
    return [value for value, _ in pairs], [number for _, number in pairs]


def comparisons(workspace: checked.Workspace, condition: Expr, key: str) -> list[tuple[str, Any]] | None:
    """(operator, constant) of every use of an aggregate in a condition; None when it is used in any other
    way."""
    found: list[tuple[str, Any]] = []
    todo: list[Expr] = [condition]
    while todo:
        node = todo.pop()
        if isinstance(node, checked.Compare):
            left, right, op = node.left, node.right, str(node.op)
            if isinstance(left, checked.Constant):
                left, right, op = right, left, _FLIPPED[op]
            while isinstance(left, checked.AttributeValue):
                left = workspace.attributes[left.name].value
            if isinstance(left, checked.AggregateValue) and isinstance(right, checked.Constant):
                if left.key == key:
                    if type(right.value) not in (int, Decimal, Money):
                        return None
                    found.append((op, right.value))
                continue
        if isinstance(node, checked.AggregateValue) and node.key == key:
            return None
        if isinstance(node, checked.AttributeValue):
            todo.append(workspace.attributes[node.name].value)
        elif not isinstance(node, checked.Constant):
            todo.extend(children(node))
    return found


def turns(uses_of: Iterable[list[tuple[str, Any]] | None]) -> tuple[int, ...] | None:
    """The counts from which one less makes a difference to somebody, in order; None when any may.

    `uses_of` are the comparisons of one count by each of its audiences. For `at least 3 times` it is 3 alone:
    that a first or second event leaves the window says nothing new, and nobody is woken for it.
    """
    found: set[int] = set()
    for uses in uses_of:
        if uses is None:
            return None
        for op, value in uses:
            if isinstance(value, Money):
                return None
            if op in (">=", "<"):
                found.add(ceil(value))
            elif op in (">", "<="):
                found.add(floor(value) + 1)
            elif value == int(value):
                found |= {int(value), int(value) + 1}
    return tuple(sorted(count for count in found if count > 0))
