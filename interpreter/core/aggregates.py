"""What is remembered of a person's events so that every aggregate is known without looking at history again.

Each kind of aggregate has a state, a JSON value that holds no more than later answers can need:

| kind | without a window | in a sliding window |
|---|---|---|
| count | n | [e, …] |
| distinct | {value: n} | [[[e, value], …], {value: n}] |
| sum, average | {currency: [n, amount]} | [[[e, value], …], {currency: [n, amount]}] |
| smallest, largest | {currency: value} | {currency: [[e, value], …]}, those that can still be it |
| first, last | [t, value] | [[e, t, value], …] |
| time of first, last | t | [[e, t, null], …] |

`t` is when an event happened, `e` the instant it leaves the window: an event that happened at `t` is inside
while `now < e`. Keeping `e` makes months exact: what happened earlier may leave later (January 30 at noon and
January 31 at midnight both have February's last day for their month). Lists are sorted by `e`, those of one
instant in the order in which they arrived. Amounts are texts of exact decimals; the currency of plain numbers
is "". A state is never empty: then the key is absent. An event whose value is missing is passed over by every
aggregate of a value. `most common` and `last N` are in `core.ranks`, sequences in `core.sequences`.
"""

from __future__ import annotations

import copy
import json
from bisect import bisect_right, insort
from collections.abc import Mapping
from decimal import Context, Decimal, Inexact
from functools import lru_cache
from typing import Any

from sojourn.dsl import checked
from sojourn.dsl.values import Money, parse_money, parse_number
from sojourn.interpreter.core.encoding import decoder
from sojourn.interpreter.core.ranks import LastOf, MostCommon, MostCommonIn
from sojourn.interpreter.core.sequences import Then, ThenNo
from sojourn.interpreter.core.slots import Slot, State, ValueSlot, Where

__all__ = ["slot"]

_EXACT = Context(prec=400)
_EXACT.traps[Inexact] = False
_add = _EXACT.add
_subtract = _EXACT.subtract


_LAST = (1,)
"""Only that the last event leaves the window means anything: `has purchase in last 30 days`."""


def _token(value: Any) -> str:
    """A JSON value as a text that is the same for equal values."""
    return value if type(value) is str else json.dumps(value, sort_keys=True)


def _first_of_entry(entry: list[Any]) -> int:
    return entry[0]  # type: ignore[no-any-return]


def _canonical(entry: list[Any]) -> tuple[Any, ...]:
    return (*entry[:-1], json.dumps(entry[-1], sort_keys=True))


def _text(amount: Decimal) -> str:
    return f"{amount:f}"


# ---------------------------------------------------------------- counts


class _Count(Slot):
    __slots__ = ()

    def update(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        if not self._counts(properties, t, now):
            return False
        states[self.key] = states.get(self.key, 0) + 1
        return True

    def read(self, state: State, now: int) -> Any:
        return state or 0

    def merge(self, a: State, b: State) -> State:
        return a + b


class _CountPlain(_Count):
    """A count of every event of a kind."""

    __slots__ = ()

    def update(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        key = self.key
        states[key] = states.get(key, 0) + 1
        return True


class _CountIn(Slot):
    __slots__ = ("most",)

    def __init__(self, aggregate: checked.Aggregate, where: Where | None, value: Where | None) -> None:
        super().__init__(aggregate, where, value)
        self.most = aggregate.threshold or 0

    def update(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        where = self.where
        if where is not None and not where(None, properties, None, now):
            return False
        leaves = t + self.length if self.length else self._leaves(t)
        if leaves <= now:
            return False
        state = states.get(self.key)
        if state is None:
            states[self.key] = [leaves]
            return True
        if state[0] <= now:
            del state[: bisect_right(state, now)]
        most = self.most
        if most and len(state) >= most:
            if leaves <= state[0]:
                return False
            del state[: len(state) - most + 1]
        insort(state, leaves)
        return True

    def read(self, state: State, now: int) -> Any:
        if state is None:
            return 0
        return len(state) if state[0] > now else len(state) - bisect_right(state, now)

    def expiry(self, state: State) -> int | None:
        return state[0]  # type: ignore[no-any-return]

    def turn(self, state: State, now: int) -> int | None:
        turns = self.turns
        if turns is None:
            return state[0]  # type: ignore[no-any-return]
        if turns == _LAST:
            last: int = state[-1]
            return last if last > now else None
        # What left the window without meaning anything is still there.
        inside = len(state) if state[0] > now else len(state) - bisect_right(state, now)
        for count in reversed(turns):
            if count <= inside:
                return state[-count]  # type: ignore[no-any-return]
        return None

    def purge(self, state: State, now: int) -> State:
        del state[: bisect_right(state, now)]
        return state or None

    def merge(self, a: State, b: State) -> State:
        both = sorted(a + b)
        return both[-self.most :] if self.most else both


class _Distinct(ValueSlot):
    __slots__ = ()

    def update(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        value = self._taken(properties, t, now)
        if value is None:
            return False
        token = _token(value)
        state = states.get(self.key)
        if state is None:
            state = states[self.key] = {}
        state[token] = state.get(token, 0) + 1
        return True

    def read(self, state: State, now: int) -> Any:
        return len(state) if state else 0

    def merge(self, a: State, b: State) -> State:
        merged = dict(a)
        for token, n in b.items():
            merged[token] = merged.get(token, 0) + n
        return dict(sorted(merged.items()))


# ------------------------------------------------------------------ sums


def _amount(value: Any) -> tuple[str, Decimal]:
    """The currency ("" for plain numbers) and the exact amount of a JSON value."""
    if type(value) is str:
        money = parse_money(value)
        return money.currency, money.amount
    return "", Decimal(parse_number(value))


def _put(totals: dict[str, list[Any]], value: Any) -> None:
    currency, amount = _amount(value)
    total = totals.get(currency)
    if total is None:
        totals[currency] = [1, _text(amount)]
    else:
        total[0] += 1
        total[1] = _text(_add(Decimal(total[1]), amount))


def _take(totals: dict[str, list[Any]], value: Any) -> None:
    currency, amount = _amount(value)
    total = totals[currency]
    if total[0] == 1:
        del totals[currency]
    else:
        total[0] -= 1
        total[1] = _text(_subtract(Decimal(total[1]), amount))


def _total(totals: dict[str, list[Any]] | None, average: bool, whole: bool) -> Any:
    """The sum or the average; missing when there is nothing, or amounts of several currencies."""
    if not totals or len(totals) > 1:
        return None
    ((currency, (n, text)),) = totals.items()
    amount = Decimal(text)
    if average:
        amount = amount / n
    if currency:
        return Money(amount, currency)
    return int(amount) if whole and not average else amount


@lru_cache(maxsize=65536)
def _summed(currency: str, text: str) -> Any:
    """An amount as it is read: the same few are asked for by one condition after another."""
    amount = Decimal(text)
    if currency:
        return Money(amount, currency)
    return int(amount) if amount == amount.to_integral_value() else amount


class _Sum(ValueSlot):
    __slots__ = ()

    def update(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        value = self._taken(properties, t, now)
        if value is None:
            return False
        totals = states.get(self.key)
        if totals is None:
            totals = states[self.key] = {}
        _put(totals, value)
        return True

    def read(self, state: State, now: int) -> Any:
        if state is None or len(state) > 1:
            return None
        if self.kind == "average":
            return _total(state, True, False)
        for currency, (_, text) in state.items():
            return _summed(currency, text)
        return None

    def merge(self, a: State, b: State) -> State:
        return _join_totals(a, b)


def _join_totals(a: dict[str, list[Any]], b: dict[str, list[Any]]) -> dict[str, list[Any]]:
    merged = {currency: list(total) for currency, total in a.items()}
    for currency, (n, amount) in b.items():
        total = merged.get(currency)
        if total is None:
            merged[currency] = [n, amount]
        else:
            total[0] += n
            total[1] = _text(_add(Decimal(total[1]), Decimal(amount)))
    return dict(sorted(merged.items()))


class _Entries(ValueSlot):
    """A window of [e, value] with something counted over them: the base of sums and distinct counts."""

    __slots__ = ()

    def _enter(self, counted: dict[str, Any], value: Any) -> None:
        raise AssertionError("every kind has its own")

    def _leave(self, counted: dict[str, Any], value: Any) -> None:
        raise AssertionError("every kind has its own")

    def _result(self, counted: dict[str, Any] | None) -> Any:
        raise AssertionError("every kind has its own")

    def update(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        value = self._taken(properties, t, now)
        if value is None:
            return False
        leaves = self._leaves(t)
        if leaves <= now:
            return False
        state = states.get(self.key)
        if state is not None and state[0][0][0] <= now:
            state = self.purge(state, now)
        if state is None:
            state = states[self.key] = [[], {}]
        insort(state[0], [leaves, value], key=_first_of_entry)
        self._enter(state[1], value)
        return True

    def read(self, state: State, now: int) -> Any:
        if state is not None and state[0][0][0] <= now:
            state = self.purge(copy.deepcopy(state), now)
        return self._result(None if state is None else state[1])

    def expiry(self, state: State) -> int | None:
        return state[0][0][0]  # type: ignore[no-any-return]

    def purge(self, state: State, now: int) -> State:
        entries, counted = state
        gone = bisect_right(entries, now, key=_first_of_entry)
        for entry in entries[:gone]:
            self._leave(counted, entry[1])
        del entries[:gone]
        return state if entries else None

    def merge(self, a: State, b: State) -> State:
        entries = sorted((list(entry) for entry in a[0] + b[0]), key=_canonical)
        counted: dict[str, Any] = {}
        for entry in entries:
            self._enter(counted, entry[1])
        return [entries, dict(sorted(counted.items()))]


class _SumIn(_Entries):
    __slots__ = ()

    def _enter(self, counted: dict[str, Any], value: Any) -> None:
        _put(counted, value)

    def _leave(self, counted: dict[str, Any], value: Any) -> None:
        _take(counted, value)

    def _result(self, counted: dict[str, Any] | None) -> Any:
        return _total(counted, self.kind == "average", self.aggregate.type.kind == "integer")


class _DistinctIn(_Entries):
    __slots__ = ()

    def _enter(self, counted: dict[str, Any], value: Any) -> None:
        token = _token(value)
        counted[token] = counted.get(token, 0) + 1

    def _leave(self, counted: dict[str, Any], value: Any) -> None:
        token = _token(value)
        counted[token] -= 1
        if not counted[token]:
            del counted[token]

    def _result(self, counted: dict[str, Any] | None) -> Any:
        return len(counted) if counted else 0


# -------------------------------------------------------------- extremes


class _Extreme(ValueSlot):
    __slots__ = ("largest", "reader")

    def __init__(self, aggregate: checked.Aggregate, where: Where | None, value: Where | None) -> None:
        super().__init__(aggregate, where, value)
        self.largest = aggregate.kind == "largest"
        self.reader = decoder(aggregate.type)

    def _group(self, value: Any) -> str:
        """Amounts of different currencies cannot be compared: each currency has its own."""
        return parse_money(value).currency if self.aggregate.type.kind == "money" else ""

    def _decoded(self, value: Any) -> Any:
        return value if self.reader is None else self.reader(value)

    def _better(self, a: Any, b: Any) -> bool:
        """Whether `a` stands before an equal or lesser `b`; among equal ones the shorter, then lesser text
        stands."""
        x, y = self._decoded(a), self._decoded(b)
        if x == y:
            return (len(_token(a)), _token(a)) < (len(_token(b)), _token(b))
        return bool(x > y) if self.largest else bool(x < y)

    def update(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        value = self._taken(properties, t, now)
        if value is None:
            return False
        state = states.get(self.key)
        if state is None:
            state = states[self.key] = {}
        group = self._group(value)
        held = state.get(group)
        if held is None or self._better(value, held):
            state[group] = value
            return True
        return False

    def read(self, state: State, now: int) -> Any:
        if not state or len(state) > 1:
            return None
        (value,) = state.values()
        return self._decoded(value)

    def merge(self, a: State, b: State) -> State:
        merged = dict(a)
        for group, value in b.items():
            if group not in merged or self._better(value, merged[group]):
                merged[group] = value
        return dict(sorted(merged.items()))


class _ExtremeIn(_Extreme):
    """Only entries that can still become the answer are kept: one that leaves earlier and is not better never
    can."""

    __slots__ = ()

    def _insert(self, entries: list[list[Any]], leaves: int, value: Any) -> bool:
        at = bisect_right(entries, leaves, key=_first_of_entry)
        if at < len(entries) and not self._better(value, entries[at][1]):
            return False
        while at and entries[at - 1][0] == leaves:
            # Of two that leave at one instant only the better stays.
            if not self._better(value, entries[at - 1][1]):
                return False
            del entries[at - 1]
            at -= 1
        start = at
        while start and not self._better(entries[start - 1][1], value):
            start -= 1
        entries[start:at] = [[leaves, value]]
        return True

    def update(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        value = self._taken(properties, t, now)
        if value is None:
            return False
        leaves = self._leaves(t)
        if leaves <= now:
            return False
        state = states.get(self.key)
        if state is not None and (self.expiry(state) or 0) <= now:
            state = self.purge(state, now)
        if state is None:
            state = states[self.key] = {}
        return self._insert(state.setdefault(self._group(value), []), leaves, value)

    def read(self, state: State, now: int) -> Any:
        if state is not None and (self.expiry(state) or 0) <= now:
            state = self.purge(copy.deepcopy(state), now)
        if not state or len(state) > 1:
            return None
        (entries,) = state.values()
        return self._decoded(entries[0][1])

    def expiry(self, state: State) -> int | None:
        first: int = min(entries[0][0] for entries in state.values())
        return first

    def purge(self, state: State, now: int) -> State:
        for group in list(state):
            entries = state[group]
            del entries[: bisect_right(entries, now, key=_first_of_entry)]
            if not entries:
                del state[group]
        return state or None

    def merge(self, a: State, b: State) -> State:
        merged: dict[str, list[list[Any]]] = {}
        for group in sorted({*a, *b}):
            entries: list[list[Any]] = []
            for leaves, value in sorted(a.get(group, []) + b.get(group, []), key=_canonical):
                self._insert(entries, leaves, value)
            merged[group] = entries
        return merged


# --------------------------------------------------------- first and last


class _Edge(ValueSlot):
    """first, last, time of first, time of last."""

    __slots__ = ("last", "of_time", "reader")

    def __init__(self, aggregate: checked.Aggregate, where: Where | None, value: Where | None) -> None:
        super().__init__(aggregate, where, value)
        self.last = aggregate.kind in ("last", "time of last")
        self.of_time = aggregate.kind in ("time of first", "time of last")
        self.reader = None if self.of_time else decoder(aggregate.type)

    def _seen(self, properties: Mapping[str, Any], t: int, now: int) -> tuple[bool, Any]:
        if self.of_time:
            return self._counts(properties, t, now), None
        value = self._taken(properties, t, now)
        return value is not None, value

    def update(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        seen, value = self._seen(properties, t, now)
        if not seen:
            return False
        state = states.get(self.key)
        if self.of_time:
            if state is not None and (t <= state if self.last else t >= state):
                return False
            states[self.key] = t
            return True
        if state is not None and (t < state[0] if self.last else t >= state[0]):
            return False
        states[self.key] = [t, value]
        return True

    def read(self, state: State, now: int) -> Any:
        if state is None or self.of_time:
            return state
        return state[1] if self.reader is None else self.reader(state[1])

    def merge(self, a: State, b: State) -> State:
        if self.of_time:
            return max(a, b) if self.last else min(a, b)
        return max(a, b, key=_canonical) if self.last else min(a, b, key=_canonical)


class _EdgeIn(_Edge):
    __slots__ = ()

    def _insert(self, state: list[list[Any]], entry: list[Any]) -> None:
        insort(state, entry, key=_first_of_entry)
        if self.last:
            # What both happened and leaves no later than another can never be the last again.
            newest = None
            kept: list[list[Any]] = []
            for item in reversed(state):
                if newest is None or item[1] > newest:
                    newest = item[1]
                    kept.append(item)
            kept.reverse()
            state[:] = kept

    def update(self, states: dict[str, State], properties: Mapping[str, Any], t: int, now: int) -> bool:
        seen, value = self._seen(properties, t, now)
        leaves = self._leaves(t)
        if not seen or leaves <= now:
            return False
        state = states.get(self.key)
        if state is not None and state[0][0] <= now:
            state = self.purge(state, now)
        if state is None:
            state = states[self.key] = []
        self._insert(state, [leaves, t, value])
        return True

    def read(self, state: State, now: int) -> Any:
        if state is not None and state[0][0] <= now:
            state = state[bisect_right(state, now, key=_first_of_entry) :]
        if not state:
            return None
        if self.last:
            entry = max(reversed(state), key=lambda item: item[1])
        else:
            entry = min(state, key=lambda item: item[1]) if not self.length else state[0]
        if self.of_time:
            return entry[1]
        return entry[2] if self.reader is None else self.reader(entry[2])

    def expiry(self, state: State) -> int | None:
        return state[0][0]  # type: ignore[no-any-return]

    def purge(self, state: State, now: int) -> State:
        del state[: bisect_right(state, now, key=_first_of_entry)]
        return state or None

    def merge(self, a: State, b: State) -> State:
        merged: list[list[Any]] = []
        for entry in sorted((list(entry) for entry in a + b), key=_canonical):
            self._insert(merged, entry)
        return merged


_PLAIN: dict[str, type[Slot]] = {
    "count": _Count,
    "distinct": _Distinct,
    "sum": _Sum,
    "average": _Sum,
    "smallest": _Extreme,
    "largest": _Extreme,
    "first": _Edge,
    "last": _Edge,
    "time of first": _Edge,
    "time of last": _Edge,
    "most common": MostCommon,
    "last n": LastOf,
}
_WINDOWED: dict[str, type[Slot]] = {
    "count": _CountIn,
    "distinct": _DistinctIn,
    "sum": _SumIn,
    "average": _SumIn,
    "smallest": _ExtremeIn,
    "largest": _ExtremeIn,
    "first": _EdgeIn,
    "last": _EdgeIn,
    "time of first": _EdgeIn,
    "time of last": _EdgeIn,
    "most common": MostCommonIn,
    "last n": LastOf,
}


def slot(aggregate: checked.Aggregate, where: Where | None, value: Where | None) -> Slot:
    """The slot of an aggregate. `where` and `value` are compiled; both see the event only, `value` gives
    JSON."""
    if aggregate.sequel is not None:
        return (Then if aggregate.kind == "then" else ThenNo)(aggregate, where)
    windowed = aggregate.window is not None and aggregate.window.last is not None
    if aggregate.kind == "count" and where is None and aggregate.window is None:
        return _CountPlain(aggregate, where, value)
    return (_WINDOWED if windowed else _PLAIN)[aggregate.kind](aggregate, where, value)
