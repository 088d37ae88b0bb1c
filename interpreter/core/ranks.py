"""`most common E.f` and `last N E.f`: which values come up most, and the newest few.

| kind | without a window | in a sliding window |
|---|---|---|
| most common | {value: [n, t]} | [[e, t, value], …] |
| last N | [[t, value], …], no more than N | [[e, t, value], …], those that can still be among them |

`t` is when an event happened (of `most common`: the last with that value), `e` when it leaves the window. Lists
are sorted by time. Values are JSON, as keys in their canonical text. Of values that came up equally often the
one that came up last stands; of those that came up at one instant the lesser text. `last N` is newest first; of
two events of one instant the one that arrived later comes first.
"""

from __future__ import annotations

import json
from bisect import bisect_right, insort
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sojourn.dsl import checked
from sojourn.interpreter.core.encoding import decoder
from sojourn.interpreter.core.slots import State, ValueSlot, Where

__all__ = ["LastOf", "MostCommon", "MostCommonIn"]


def _token(value: Any) -> str:
    if type(value) is str:
        return _token_of_text(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


@lru_cache(maxsize=65536)
def _token_of_text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _leave(entry: list[Any]) -> int:
    return entry[0]  # type: ignore[no-any-return]


def _happened(entry: list[Any]) -> int:
    """The time of [t, value] and of [e, t, value]."""
    return entry[-2]  # type: ignore[no-any-return]


def _age(entry: list[Any]) -> tuple[int, str]:
    """An order that does not depend on that of arrival."""
    return entry[-2], _token(entry[-1])


class MostCommon(ValueSlot):
    """The value that came up most often."""

    __slots__ = ("reader",)

    def __init__(self, aggregate: checked.Aggregate, where: Where | None, value: Where | None) -> None:
        super().__init__(aggregate, where, value)
        self.reader = decoder(aggregate.type)

    def update(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        value = self._taken(properties, t, now)
        if value is None:
            return False
        state = states.setdefault(self.key, {})
        held = state.setdefault(_token(value), [0, t])
        held[0] += 1
        held[1] = max(held[1], t)
        return True

    def _most(self, counted: Mapping[str, list[int]]) -> Any:
        token = min(counted, key=lambda token: (-counted[token][0], -counted[token][1], token))
        value = json.loads(token)
        return value if self.reader is None else self.reader(value)

    def read(self, state: State, now: int) -> Any:
        return self._most(state) if state else None

    def merge(self, a: State, b: State) -> State:
        merged = {token: list(held) for token, held in a.items()}
        for token, (n, t) in b.items():
            held = merged.setdefault(token, [0, t])
            held[0] += n
            held[1] = max(held[1], t)
        return dict(sorted(merged.items()))


class MostCommonIn(MostCommon):
    """The value that came up most often in a sliding window."""

    __slots__ = ()

    def update(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        value = self._taken(properties, t, now)
        leaves = self._leaves(t)
        if value is None or leaves <= now:
            return False
        state = states.get(self.key)
        if state is not None and state[0][0] <= now:
            state = self.purge(state, now)
        if state is None:
            state = states[self.key] = []
        entry = [leaves, t, value]
        # Most events come in the order of their times.
        if not state or state[-1][0] <= leaves:
            state.append(entry)
        else:
            insort(state, entry, key=_leave)
        return True

    def read(self, state: State, now: int) -> Any:
        counted: dict[str, list[int]] = {}
        for leaves, t, value in state or ():
            if leaves > now:
                held = counted.setdefault(_token(value), [0, t])
                held[0] += 1
                held[1] = max(held[1], t)
        return self._most(counted) if counted else None

    def expiry(self, state: State) -> int | None:
        return state[0][0]  # type: ignore[no-any-return]

    def purge(self, state: State, now: int) -> State:
        del state[: bisect_right(state, now, key=_leave)]
        return state or None

    def merge(self, a: State, b: State) -> State:
        return sorted((list(entry) for entry in a + b), key=lambda entry: (entry[0], *_age(entry)))


class LastOf(ValueSlot):
    """The newest N values, with a window or without."""

    __slots__ = ("limit", "reader")

    def __init__(self, aggregate: checked.Aggregate, where: Where | None, value: Where | None) -> None:
        super().__init__(aggregate, where, value)
        self.limit = aggregate.limit or 1
        self.reader = decoder(aggregate.type)

    def update(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        value = self._taken(properties, t, now)
        if value is None:
            return False
        entry = [t, value]
        if self.windowed:
            leaves = self._leaves(t)
            if leaves <= now:
                return False
            entry = [leaves, t, value]
        state = states.get(self.key)
        if state is not None and self.windowed:
            state = self.purge(state, now)
        if state is None:
            state = []
        if not state or state[-1][-2] <= t:
            state.append(entry)
        else:
            insort(state, entry, key=_happened)
        states[self.key] = self._kept(state) if len(state) > self.limit or self.windowed else state
        return True

    def _kept(self, state: list[list[Any]]) -> list[list[Any]]:
        """Without what can never be among the newest again: N others happened later and leave no earlier."""
        if not self.windowed or self.length:
            return state[-self.limit :]
        kept: list[list[Any]] = []
        for entry in reversed(state):
            if sum(other[0] >= entry[0] for other in kept) < self.limit:
                kept.append(entry)
        kept.reverse()
        return kept

    def read(self, state: State, now: int) -> Any:
        inside = [entry[-1] for entry in state or () if not self.windowed or entry[0] > now]
        newest = inside[: -self.limit - 1 : -1]
        return newest if self.reader is None else self.reader(newest)

    def expiry(self, state: State) -> int | None:
        return min(map(_leave, state)) if self.windowed else None

    def purge(self, state: State, now: int) -> State:
        if not self.windowed:
            return state
        return [entry for entry in state if entry[0] > now] or None

    def merge(self, a: State, b: State) -> State:
        return self._kept(sorted((list(entry) for entry in a + b), key=_age))
