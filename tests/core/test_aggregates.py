"""Every aggregate, against looking at all history again."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.dsl.values import Duration, Money, add_elapsed
from sojourn.interpreter.core.slots import Slot
from tests.core.building import Shop, at, days, months

DAY_ONE = at("2026-01-29 12:00")
HALF_DAY = 43_200_000_000

KINDS = [
    "count",
    "distinct",
    "sum",
    "average",
    "smallest",
    "largest",
    "first",
    "last",
    "time of first",
    "time of last",
]
WINDOWS = [None, days(3), months(1)]
AMOUNTS = ["5 EUR", "5.00 EUR", "7.25 EUR", "0.1 EUR", "12 USD", None]

events = st.lists(
    st.tuples(st.integers(0, 90), st.sampled_from(AMOUNTS), st.integers(0, 8)), min_size=1, max_size=14
)  # (half days at which it happens, its total, how many half days later it arrives)


def slot_of(kind: str, window: Duration | None) -> Slot:
    shop = Shop()
    path = "" if kind == "count" or kind.startswith("time") else "total"
    aggregate = shop.history(kind, "purchase", path, last=window)
    return shop.program().aggregates[aggregate.key]


def seen_by(history: list[tuple[int, Any]], kind: str, window: Duration | None, now: int) -> Any:
    """The value by looking at everything: the slow, obvious way."""
    inside = [(t, v) for t, v in history if t <= now and (window is None or now < add_elapsed(t, window))]
    if kind == "count":
        return len(inside)
    if kind.startswith("time"):
        times = [t for t, _ in inside]
        return (min if kind == "time of first" else max)(times, default=None)
    inside = [(t, v) for t, v in inside if v is not None]
    if kind == "distinct":
        return len({v for _, v in inside})
    if not inside:
        return None
    if kind == "first":
        return _money(min(inside, key=lambda e: e[0])[1])
    if kind == "last":
        return _money(max(reversed(inside), key=lambda e: e[0])[1])
    amounts = [_money(v) for _, v in inside]
    if len({m.currency for m in amounts}) > 1:
        return None
    numbers = [m.amount for m in amounts]
    total = sum(numbers, Decimal(0))
    value = {
        "sum": total,
        "average": total / len(numbers),
        "smallest": min(numbers),
        "largest": max(numbers),
    }[kind]
    return Money(value, amounts[0].currency)


def _money(text: str) -> Money:
    amount, currency = text.split()
    return Money(Decimal(amount), currency)


@pytest.mark.parametrize("window", WINDOWS, ids=["ever", "3 days", "1 month"])
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(events=events, later=st.lists(st.integers(0, 80), max_size=4))
def test_an_aggregate_is_what_all_history_says(
    kind: str, window: Duration | None, events: list[tuple[int, Any, int]], later: list[int]
) -> None:
    slot = slot_of(kind, window)
    states: dict[str, Any] = {}
    history: list[tuple[int, Any]] = []
    now = DAY_ONE
    for arrives, happens, total in sorted(
        ((h + delay, h, total) for h, total, delay in events), key=lambda e: e[0]
    ):
        now = DAY_ONE + arrives * HALF_DAY
        t = DAY_ONE + happens * HALF_DAY
        slot.update(states, {"total": total} if total else {}, t, now)
        history.append((t, total))
        assert slot.read(states.get(slot.key), now) == seen_by(history, kind, window, now)
    for step in sorted(later):
        then = now + step * HALF_DAY
        before = copy.deepcopy(states)
        assert slot.read(states.get(slot.key), then) == seen_by(history, kind, window, then)
        assert states == before
    state = states.get(slot.key)
    if state is not None:
        state = slot.purge(state, now)
    while state is not None and window is not None:
        change = slot.expiry(state)
        assert change is not None
        expected = seen_by(history, kind, window, change)
        state = slot.purge(state, change)
        assert slot.read(state, change) == expected


@pytest.mark.parametrize("window", WINDOWS, ids=["ever", "3 days", "1 month"])
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None)
@given(events=events, whose=st.lists(st.integers(0, 2), min_size=14, max_size=14))
def test_merged_states_do_not_depend_on_the_order_of_merging(
    kind: str, window: Duration | None, events: list[tuple[int, Any, int]], whose: list[int]
) -> None:
    slot = slot_of(kind, window)
    people: list[dict[str, Any]] = [{}, {}, {}]
    together: list[tuple[int, Any]] = []
    now = DAY_ONE + 50 * HALF_DAY
    for (happens, total, _), owner in zip(events, whose, strict=False):
        t = DAY_ONE + min(happens, 50) * HALF_DAY
        slot.update(people[owner], {"total": total} if total else {}, t, now)
        together.append((t, total))
    a, b, c = (person.get(slot.key) for person in people)

    def merge(x: Any, y: Any) -> Any:
        if x is None or y is None:
            return y if x is None else x
        return slot.merge(copy.deepcopy(x), copy.deepcopy(y))

    assert merge(a, b) == merge(b, a)
    left, right = merge(merge(a, b), c), merge(a, merge(b, c))
    assert left == right
    if kind not in ("first", "last"):
        assert slot.read(left, now) == seen_by(together, kind, window, now)


def test_a_window_is_half_open_at_the_microsecond() -> None:
    slot = slot_of("count", days(30))
    states: dict[str, Any] = {}
    bought = at("2026-01-01 14:05:07")
    slot.update(states, {}, bought, bought)
    end = bought + 30 * 86_400_000_000
    assert slot.read(states[slot.key], end - 1) == 1
    assert slot.read(states[slot.key], end) == 0
    assert slot.expiry(states[slot.key]) == end


def test_an_event_that_arrives_after_its_window_leaves_no_trace() -> None:
    slot = slot_of("sum", days(3))
    states: dict[str, Any] = {}
    assert slot.update(states, {"total": "5 EUR"}, at("2026-01-01"), at("2026-01-04")) is False
    assert states == {}


def test_a_count_that_is_only_compared_with_three_keeps_three() -> None:
    shop = Shop()
    key = shop.history("count", "purchase", last=days(30), threshold=3).key
    slot = shop.program().aggregates[key]
    states: dict[str, Any] = {}
    for n in range(10):
        slot.update(states, {}, at("2026-01-01") + n, at("2026-01-02"))
    assert states[key] == [at("2026-01-31") + n for n in (7, 8, 9)]


def test_sums_stay_exact() -> None:
    slot = slot_of("sum", None)
    states: dict[str, Any] = {}
    for total in ["0.10 EUR"] * 3 + ["100000000000000000000 EUR"]:
        slot.update(states, {"total": total}, DAY_ONE, DAY_ONE)
    assert slot.read(states[slot.key], DAY_ONE) == Money(Decimal("100000000000000000000.30"), "EUR")
