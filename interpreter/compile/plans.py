"""What an event, or a change of a person, can concern: the indexes by which `step` finds it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sojourn.interpreter.compile.expressions import Compiled
from sojourn.interpreter.core.recommendations import Counter
from sojourn.interpreter.core.slots import Slot

__all__ = ["Audience", "EventPlan", "Feature", "FieldListeners", "Start"]


class Audience:
    """One audience. `test(P, None, None, now)` is its condition; `dependents` the numbers of audiences built
    on it."""

    __slots__ = ("dependents", "name", "number", "test")

    def __init__(self, number: int, name: str, test: Compiled) -> None:
        self.number = number
        self.name = name
        self.test = test
        self.dependents: tuple[int, ...] = ()


class Start:
    """One way into a journey. `where` is None without a condition; `because` is what a record of the start
    says. `audience` is whom it is for, of an event about the business."""

    __slots__ = ("audience", "because", "journey", "number", "where")

    def __init__(self, number: int, journey: str, because: str, where: Compiled | None) -> None:
        self.number = number
        self.journey = journey
        self.because = because
        self.where = where
        self.audience = ""


class FieldListeners:
    """The audiences to ask when a profile field changes: `always`; by the old and the new value; and by an
    aggregate without which they cannot be true (`has product_viewed … and country is "DE"`), so that they are
    asked only for people who have it.
    """

    __slots__ = ("always", "by_slot", "by_value", "default")

    def __init__(self, default: Any) -> None:
        self.always: tuple[int, ...] = ()
        self.by_value: dict[Any, tuple[int, ...]] = {}
        self.by_slot: dict[str, list[int]] = {}
        self.default = default

    def everybody(self) -> Iterator[int]:
        """All audiences that depend on the field."""
        yield from self.always
        for numbers in (*self.by_value.values(), *self.by_slot.values()):
            yield from numbers

    def touched(self, before: Any, after: Any, states: Mapping[str, Any]) -> Iterable[int]:
        """The numbers of the audiences that the change can concern, for somebody with these aggregate
        states."""
        by_value, by_slot = self.by_value, self.by_slot
        if by_slot and states:
            few, many = (by_slot, states) if len(by_slot) < len(states) else (states, by_slot)
            found = [number for key in few if key in many for number in by_slot[key]]
            return (*self._plainly(before, after), *found)
        return self._plainly(before, after) if by_value else self.always

    def _plainly(self, before: Any, after: Any) -> Iterable[int]:
        by_value = self.by_value
        old = by_value.get(self.default if before is None else before, ()) if type(before) is not list else ()
        new = by_value.get(self.default if after is None else after, ()) if type(after) is not list else ()
        return (*self.always, *old, *new)


class Feature:
    """A value of an event by which conditions are found: `slots` and `starts` by the constant they ask
    for."""

    __slots__ = ("slots", "starts", "value")

    def __init__(self, value: Compiled) -> None:
        self.value = value
        self.slots: dict[Any, list[Slot]] = defaultdict(list)
        self.starts: dict[Any, list[Start]] = defaultdict(list)


class EventPlan:
    """What one kind of event can concern. `by_field`: profile field -> (its default, starts by value)."""

    __slots__ = ("by_field", "counters", "features", "slots", "starts")

    def __init__(self) -> None:
        self.slots: list[Slot] = []
        self.counters: list[Counter] = []
        """What is counted of everybody."""
        self.starts: list[Start] = []
        self.features: list[Feature] = []
        self.by_field: dict[str, tuple[Any, dict[Any, list[Start]]]] = {}

    def starts_of(self, properties: Any, fields: Mapping[str, Any], now: int) -> list[Start]:
        """The starts to ask, in the order written."""
        if not self.features and not self.by_field:
            return self.starts
        found = list(self.starts)
        for field, (default, by_value) in self.by_field.items():
            value = fields.get(field, default)
            if type(value) is not list and type(value) is not dict and (more := by_value.get(value)):
                found.extend(more)
        for feature in self.features:
            if feature.starts and (more := feature.starts.get(feature.value(None, properties, None, now))):
                found.extend(more)
        if len(found) > 1:
            found.sort(key=_number)
        return found


def _number(start: Start) -> int:
    return start.number
