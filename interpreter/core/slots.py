"""What every aggregate has in common: how it takes an event in, how it is read, what time does to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sojourn.dsl import checked
from sojourn.dsl.values import Duration, add_elapsed

if TYPE_CHECKING:
    from sojourn.interpreter.compile.crossings import Crossing
    from sojourn.interpreter.core.person import Person

__all__ = ["Slot", "State", "ValueSlot", "Watcher", "Where"]

State = Any
Where = Callable[[Any, Any, Any, int], Any]


class Watcher:
    """An audience of a window. `could(P, None, None, now)` tells whether somebody who is not in it could come in
    by time alone; None: nobody could because of this window.
    """

    __slots__ = ("could", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.could: Where | None = None


class Slot:
    """One aggregate of the program: how its state changes and how it is read.

    `update(states, properties, t, now)` takes one event in and tells whether anything changed. `read(state,
    now)` gives the value (None: missing; for counts 0), and never changes the state. `expiry(state)` is the
    next instant at which time changes it, `turn(state, now)` the next at which that can mean something to an
    audience; `purge(state, now)` carries it out and returns the state, or None when nothing is left.
    `merge(a, b)` joins the states of two people; it is commutative and associative.
    """

    __slots__ = (
        "aggregate",
        "crossing",
        "duration",
        "expires",
        "key",
        "kind",
        "length",
        "listeners",
        "timed",
        "turns",
        "value",
        "watchers",
        "where",
        "windowed",
    )

    def __init__(self, aggregate: checked.Aggregate, where: Where | None, value: Where | None) -> None:
        self.aggregate = aggregate
        self.key = aggregate.key
        self.kind = aggregate.kind
        window = aggregate.window
        self.duration: Duration | None = window.last if window is not None else None
        self.windowed = self.duration is not None
        self.length = 0
        if self.duration is not None and not self.duration.months:
            self.length = add_elapsed(0, self.duration)
        self.where = where
        self.value = value
        self.listeners: tuple[int, ...] = ()
        """The numbers of the audiences that depend on it."""
        self.crossing: Crossing | None = None
        """Audiences that compare it with constants, where there are many: they are not among the
        listeners."""
        self.timed = False
        """Whether some audience must follow it when time alone changes it."""
        self.turns: tuple[int, ...] | None = None
        """Of a count in a window: the counts from which one less can change an audience, in order; None when
        any may."""
        self.watchers: tuple[Watcher, ...] | None = None
        """Its audiences, where it can be told whether a turn means anything to one of them; else None."""

    def update(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        """Takes in an event that happened at `t`. True when the state changed."""
        raise AssertionError("every kind has its own")

    def read(self, state: State, now: int) -> Any:
        """The value at `now`."""
        raise AssertionError("every kind has its own")

    def expiry(self, state: State) -> int | None:
        """The next instant at which time alone changes the state."""
        return None

    def turn(self, state: State, now: int) -> int | None:
        """The next instant at which time alone can change an audience that depends on it."""
        return self.expiry(state)

    def concerns(self, person: Person, now: int) -> bool:
        """Whether its next turn can mean anything to the person, as things stand."""
        watchers = self.watchers
        if watchers is None:
            return True
        members = person.audiences
        for watcher in watchers:
            if watcher.name in members:
                return True
            could = watcher.could
            if could is not None:
                try:
                    if could(person, None, None, now):
                        return True
                except (ArithmeticError, ValueError, LookupError, TypeError):
                    # A stored value that no longer fits its field: whoever is asked will say so.
                    return True
        return False

    def purge(self, state: State, now: int) -> State:
        """The state without what has left the window by `now`; None when nothing is left. May change
        `state`."""
        return state

    def merge(self, a: State, b: State) -> State:
        """The state of two people's events together. Neither is changed."""
        raise AssertionError("every kind has its own")

    def take(
        self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int, dirty: list[int]
    ) -> bool:
        """`update`, and the audiences that it concerns are added to `dirty`."""
        crossing = self.crossing
        if crossing is None:
            if self.update(states, properties, t, now):
                dirty.extend(self.listeners)
                return True
            return False
        before = self.read(states.get(self.key), now)
        if not self.update(states, properties, t, now):
            return False
        dirty.extend(self.listeners)
        dirty.extend(crossing.touched(before, self.read(states.get(self.key), now)))
        return True

    def expire(self, states: dict[str, State], now: int, dirty: list[int]) -> None:
        """Time alone takes away what leaves at `now`; the audiences that it concerns are added to `dirty`."""
        state = states[self.key]
        before = self.read(state, now - 1) if self.crossing is not None else None
        left = self.purge(state, now)
        if left is None:
            del states[self.key]
        else:
            states[self.key] = left
        dirty.extend(self.listeners)
        if self.crossing is not None:
            dirty.extend(self.crossing.touched(before, self.read(left, now)))

    def _counts(self, properties: Mapping[str, Any], t: int, now: int) -> bool:
        """Whether an event of the right kind passes the conditions of the window's fixed ends and of
        `where`."""
        window = self.aggregate.window
        if window is not None and (
            (window.since is not None and t < window.since)
            or (window.until is not None and t >= window.until)
        ):
            return False
        where = self.where
        return where is None or bool(where(None, properties, None, now))

    def holds(self, properties: Mapping[str, Any], t: int, now: int) -> bool:
        """Whether an event of the right kind that happened at `t` counts at `now`."""
        return t <= now and (not self.windowed or self._leaves(t) > now) and self._counts(properties, t, now)

    def _leaves(self, t: int) -> int:
        """When an event that happened at `t` leaves the window."""
        if self.length:
            return t + self.length
        return add_elapsed(t, self.duration) if self.duration is not None else t


class ValueSlot(Slot):
    """An aggregate of a value of the event."""

    __slots__ = ()

    def _taken(self, properties: Mapping[str, Any], t: int, now: int) -> Any:
        """The event's value in JSON, None where it does not count or has none."""
        if not self._counts(properties, t, now):
            return None
        assert self.value is not None
        value = self.value(None, properties, None, now)
        return None if value == "" else value
