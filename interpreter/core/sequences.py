"""`has A then B within D` and `has A then no B within D`, without looking at history again.

A B follows an A when it happened later than the A, and before the A's time is over: an A that happened at `a`
is answered by a B that happened at `b` when `a < b < a + D`. A window holds the A.

`then B` is true from the moment both are known, and for as long as the window holds such an A. `then no B` is
true from the instant `a + D` (exactly then, by time alone) and for as long as the window holds such an A. Both
are exact for events that arrive late, in any order: what happened decides, not when it was heard of.

| kind | without a window | in a sliding window |
|---|---|---|
| then | true, or [chains of A, chains of B] | [until, [a, …], chains of B] |
| then no | [[a, …], [a, …], chains of B] | the same |

`until` is when the longest-lasting answered A leaves its window, 0 when none is answered; the A's beside it are
those that could still last longer. Of `then no`, the first list holds the A's that nothing has answered whose
time is not over, the second those whose time is. A chain [f, l] stands for events of which each happened less
than D after the one before: whether one of them answers, or is answered, depends on `f` and `l` alone. So a
visitor's thousand views on one evening are two numbers. (Lengths with months have no chains: a month is not
always equally long.)
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping
from typing import Any

from sojourn.dsl import checked
from sojourn.dsl.values import DAY, add_elapsed
from sojourn.interpreter.core.slots import Slot, State, Where

__all__ = ["Second", "Then", "ThenNo"]

_LONGEST_MONTH = 31 * DAY
_CLAMPED = 4 * DAY
"""By how much an earlier event may leave later than a later one, where months are clamped."""


def _first(chain: list[int]) -> int:
    return chain[0]


class _Sequence(Slot):
    """What both kinds share: when an A is answered, and how B's are remembered."""

    __slots__ = ("longest", "second_where", "span", "within")

    def __init__(self, aggregate: checked.Aggregate, where: Where | None) -> None:
        super().__init__(aggregate, where, None)
        assert aggregate.sequel is not None
        self.within = aggregate.sequel.within
        self.second_where: Where | None = None
        self.span = 0 if self.within.months else add_elapsed(0, self.within)
        """The time within which a B has to follow, in microseconds; 0 when it has months."""
        self.longest = self.span or (
            self.within.months * _LONGEST_MONTH + self.within.days * DAY + self.within.microseconds + _CLAMPED
        )

    def second(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        """Takes a B in. True when the state changed."""
        raise AssertionError("every kind has its own")

    def _is_second(self, properties: Mapping[str, Any], now: int) -> bool:
        return self.second_where is None or bool(self.second_where(None, properties, None, now))

    def _over(self, a: int) -> int:
        """When the time of an A is over."""
        return a + self.span if self.span else add_elapsed(a, self.within)

    # ------------------------------------------------------------- chains

    def _link(self, chains: list[list[int]], t: int) -> None:
        """Adds an event to its chain, or begins one."""
        at = bisect_right(chains, t, key=_first)
        before = chains[at - 1] if at else None
        if before is not None and t <= before[1]:
            return
        after = chains[at] if at < len(chains) else None
        joins_before = before is not None and t < before[1] + self.span
        joins_after = after is not None and after[0] < t + self.span
        if joins_before and joins_after:
            assert before is not None and after is not None
            before[1] = after[1]
            del chains[at]
        elif joins_before:
            assert before is not None
            before[1] = t
        elif joins_after:
            assert after is not None
            after[0] = t
        else:
            chains.insert(at, [t, t])

    def _joined(self, a: list[list[int]], b: list[list[int]]) -> list[list[int]]:
        """The chains of both together."""
        joined: list[list[int]] = []
        for first, last in sorted([*a, *b]):
            if joined and (first <= joined[-1][1] or first < joined[-1][1] + self.span):
                joined[-1][1] = max(joined[-1][1], last)
            else:
                joined.append([first, last])
        return joined

    def _answered(self, a: int, seconds: list[list[int]]) -> bool:
        """Whether any B answers an A that happened at `a`."""
        at = bisect_right(seconds, a, key=_first)
        if at and a < seconds[at - 1][1]:
            # Inside a chain the next one is never further away than the time allows.
            return True
        return at < len(seconds) and seconds[at][0] < self._over(a)

    def _answers(self, firsts: list[int], b: int) -> list[int]:
        """The A's that a B which happened at `b` answers."""
        low = bisect_right(firsts, b - self.longest)
        return [a for a in firsts[low : bisect_left(firsts, b)] if b < self._over(a)]

    def _forget(self, seconds: list[list[int]], now: int) -> list[list[int]]:
        """The B's that an A inside the window could still need."""
        if not self.windowed or self.duration is None or not seconds:
            return seconds
        return [chain for chain in seconds if self._leaves(chain[1]) + _CLAMPED > now]


class Then(_Sequence):
    """`has A then B within D`."""

    __slots__ = ()

    def update(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        state = states.get(self.key)
        if state is True or not self._counts(properties, t, now):
            return False
        if self.duration is None:
            if state is None:
                states[self.key] = [[[t, t]], []]
            elif self._answered(t, state[1]):
                states[self.key] = True
            else:
                self._link(state[0], t)
            return True
        state = self._current(states, now)
        leaves = self._leaves(t)
        if leaves <= max(now, state[0]) or t in state[1]:
            return self._keep(states, state)
        if self._answered(t, state[2]):
            self._last_until(state, leaves)
        else:
            insort(state[1], t)
        return self._keep(states, state)

    def second(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        state = states.get(self.key)
        if state is True or not self._is_second(properties, now):
            return False
        if self.duration is None:
            if state is None:
                states[self.key] = [[], [[t, t]]]
            elif self._answers_chain(state[0], t):
                states[self.key] = True
            else:
                self._link(state[1], t)
            return True
        state = self._current(states, now)
        until = max(map(self._leaves, self._answers(state[1], t)), default=0)
        if until > state[0]:
            self._last_until(state, until)
        if self._leaves(t) + _CLAMPED > now:
            self._link(state[2], t)
        return self._keep(states, state)

    def _answers_chain(self, firsts: list[list[int]], b: int) -> bool:
        """Whether a B which happened at `b` answers any A in these chains."""
        at = bisect_left(firsts, b, key=_first)
        while at:
            at -= 1
            last = firsts[at][1]
            if last >= b or b < self._over(last):
                return True
            if last <= b - self.longest:
                return False
        return False

    def _current(self, states: dict[str, State], now: int) -> list[Any]:
        """The state without what is over; empty where there is none."""
        state = states.get(self.key)
        return (None if state is None else self.purge(state, now)) or [0, [], []]

    def _keep(self, states: dict[str, State], state: list[Any]) -> bool:
        if state[0] or state[1] or state[2]:
            states[self.key] = state
        else:
            states.pop(self.key, None)
        return True

    def _last_until(self, state: list[Any], until: int) -> None:
        state[0] = until
        state[1] = [a for a in state[1] if self._leaves(a) > until]

    def read(self, state: State, now: int) -> Any:
        return state is True or (self.duration is not None and state is not None and state[0] > now)

    def expiry(self, state: State) -> int | None:
        return state[0] or None if self.duration is not None else None

    def purge(self, state: State, now: int) -> State:
        if self.duration is None:
            return state
        if state[0] <= now:
            state[0] = 0
        if state[1]:
            state[1] = [a for a in state[1] if self._leaves(a) > now]
        state[2] = self._forget(state[2], now)
        return state if state[0] or state[1] or state[2] else None

    def merge(self, a: State, b: State) -> State:
        if a is True or b is True:
            return True
        if self.duration is None:
            firsts, seconds = self._joined(a[0], b[0]), self._joined(a[1], b[1])
            # A chain of A's is answered by what answers its last, or by what lies between its ends.
            for first, last in firsts:
                at = bisect_right(seconds, first, key=_first)
                inside = at and seconds[at - 1][1] > first
                if inside or (at < len(seconds) and seconds[at][0] < self._over(last)):
                    return True
            return [firsts, seconds]
        seconds = self._joined(a[2], b[2])
        firsts_seen = sorted({*a[1], *b[1]})
        answered = [self._leaves(t) for t in firsts_seen if self._answered(t, seconds)]
        until = max([a[0], b[0], *answered])
        return [until, [t for t in firsts_seen if self._leaves(t) > until], seconds]


class ThenNo(_Sequence):
    """`has A then no B within D`."""

    __slots__ = ()

    def __init__(self, aggregate: checked.Aggregate, where: Where | None) -> None:
        super().__init__(aggregate, where)
        # Time alone makes it true, with a window or without.
        self.windowed = True

    def _left(self, a: int, now: int) -> bool:
        return self.duration is not None and self._leaves(a) <= now

    def update(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        if not self._counts(properties, t, now):
            return False
        state = states.get(self.key)
        state = (None if state is None else self.purge(state, now)) or [[], [], []]
        if not self._left(t, now) and not self._answered(t, state[2]):
            held = state[1] if self._over(t) <= now else state[0]
            if t not in held:
                insort(held, t)
        if any(state):
            states[self.key] = state
        else:
            states.pop(self.key, None)
        return True

    def second(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        if not self._is_second(properties, now):
            return False
        state = states.get(self.key)
        state = (None if state is None else self.purge(state, now)) or [[], [], []]
        for held in state[:2]:
            for a in self._answers(held, t):
                held.remove(a)
        if self.duration is None or self._leaves(t) + _CLAMPED > now:
            self._link(state[2], t)
        if any(state):
            states[self.key] = state
        else:
            states.pop(self.key, None)
        return True

    def read(self, state: State, now: int) -> Any:
        if state is None:
            return False
        return any(not self._left(a, now) for a in state[1]) or any(
            self._over(a) <= now and not self._left(a, now) for a in state[0]
        )

    def expiry(self, state: State) -> int | None:
        running, over, _ = state
        if over:
            return max(map(self._leaves, over)) if self.duration is not None else None
        if not running:
            return None
        return self._over(running[0]) if self.span else min(map(self._over, running))

    def purge(self, state: State, now: int) -> State:
        running, over, seconds = state
        turned = [a for a in running if self._over(a) <= now]
        if turned:
            state[0] = [a for a in running if self._over(a) > now]
            over = sorted([*over, *turned])
        if self.duration is not None:
            over = [a for a in over if not self._left(a, now)]
        state[1] = over
        state[2] = self._forget(seconds, now)
        return state if any(state) else None

    def merge(self, a: State, b: State) -> State:
        seconds = self._joined(a[2], b[2])
        return [
            [t for t in sorted({*a[0], *b[0]}) if not self._answered(t, seconds)],
            [t for t in sorted({*a[1], *b[1]}) if not self._answered(t, seconds)],
            seconds,
        ]


class Second(Slot):
    """The place of a sequence among what its second event concerns."""

    __slots__ = ("sequence",)

    def __init__(self, sequence: Then | ThenNo) -> None:
        super().__init__(sequence.aggregate, None, None)
        self.sequence = sequence

    def update(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        return self.sequence.second(states, properties, t, now)

    def take(
        self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int, dirty: list[int]
    ) -> bool:
        if self.update(states, properties, t, now):
            dirty.extend(self.sequence.listeners)
            return True
        return False
