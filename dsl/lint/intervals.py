"""Sets of values: what a condition lets a value be.

A set is made of parts by class. Values of one class are ordered (all numbers; the amounts of one currency;
dates) and a part holds intervals of them; a text or an option is a class of its own. `others` says whether the
values of the classes that are not named belong to it, `missing` whether no value at all does. Intersection and
complement are exact.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["EVERYTHING", "NOTHING", "ONLY_MISSING", "Interval", "Values", "interval", "points"]


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, None for no end; `with_low` and `with_high` say whether the ends belong to it."""

    low: Any = None
    high: Any = None
    with_low: bool = False
    with_high: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing lies in it."""
        if self.low is None or self.high is None:
            return False
        return bool(self.low > self.high) or (
            self.low == self.high and not (self.with_low and self.with_high)
        )

    def meet(self, other: Interval) -> Interval:
        """What lies in both."""
        low, with_low = self.low, self.with_low
        if other.low is not None and (low is None or other.low > low):
            low, with_low = other.low, other.with_low
        elif other.low is not None and other.low == low:
            with_low = with_low and other.with_low
        high, with_high = self.high, self.with_high
        if other.high is not None and (high is None or other.high < high):
            high, with_high = other.high, other.with_high
        elif other.high is not None and other.high == high:
            with_high = with_high and other.with_high
        return Interval(low, high, with_low, with_high)

    def rest(self) -> tuple[Interval, ...]:
        """What lies outside."""
        below = () if self.low is None else (Interval(None, self.low, False, not self.with_low),)
        above = () if self.high is None else (Interval(self.high, None, not self.with_high, False),)
        return (*below, *above)


_ALL = (Interval(),)
Intervals = tuple[Interval, ...]


def _meet(one: Intervals, other: Intervals) -> Intervals:
    return tuple(both for a in one for b in other if not (both := a.meet(b)).is_empty)


def _rest(one: Intervals) -> Intervals:
    found: Intervals = _ALL
    for interval in one:
        found = _meet(found, interval.rest())
    return found


@dataclass(frozen=True, slots=True)
class Values:
    """A set of values; see the module."""

    parts: Mapping[Hashable, Intervals] = field(default_factory=dict)
    others: bool = False
    missing: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing belongs to it, not even "missing"."""
        return not self.others and not self.missing and not any(self.parts.values())

    def part(self, of: Hashable) -> Intervals:
        """The values of one class that belong to it."""
        return self.parts.get(of, _ALL if self.others else ())

    def meet(self, other: Values) -> Values:
        """What belongs to both."""
        classes = {*self.parts, *other.parts}
        parts = {of: _meet(self.part(of), other.part(of)) for of in classes}
        return Values(parts, self.others and other.others, self.missing and other.missing)

    def rest(self) -> Values:
        """What does not belong to it."""
        return Values({of: _rest(part) for of, part in self.parts.items()}, not self.others, not self.missing)


EVERYTHING = Values(others=True, missing=True)
NOTHING = Values()
ONLY_MISSING = Values(missing=True)


def points(values: Any) -> Values:
    """These texts or options, and nothing else."""
    return Values(dict.fromkeys(values, _ALL))


def interval(of: Hashable, *intervals: Interval) -> Values:
    """Intervals of one class, and nothing else."""
    return Values({of: tuple(one for one in intervals if not one.is_empty)})
