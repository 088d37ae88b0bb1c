"""Sequences, the most common value and the last few, against looking at all history again."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.dsl import checked as c
from sojourn.dsl.types import BOOLEAN, MONEY, list_of
from sojourn.dsl.values import Duration, add_elapsed
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.core.effects import Activity
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.core.sequences import Then, ThenNo
from sojourn.interpreter.core.slots import Slot
from sojourn.interpreter.core.step import step
from tests.core.building import Shop, at, days, event_field, hours, months

DAY_ONE = at("2026-01-29 12:00")
HALF_DAY = 43_200_000_000

WITHIN = [hours(36), months(1)]
WINDOWS = [None, days(40), months(2)]
NAMES = {
    None: "ever",
    days(40): "40 days",
    months(2): "2 months",
    hours(36): "36 hours",
    months(1): "1 month",
}

histories = st.lists(
    st.tuples(st.sampled_from("AB"), st.integers(0, 160), st.integers(0, 8)), min_size=1, max_size=14
)  # (which event, the half day on which it happens, how many half days later it arrives)


def sequence_of(kind: str, within: Duration, window: Duration | None) -> Then | ThenNo:
    aggregate = c.Aggregate(
        "key", kind, "product_viewed", (), None, None,  # type: ignore[arg-type]
        c.Window(window) if window is not None else None, BOOLEAN, sequel=c.Sequel("purchase", None, within),
    )  # fmt: skip
    return Then(aggregate, None) if kind == "then" else ThenNo(aggregate, None)


def seen_by(
    history: list[tuple[str, int]], kind: str, within: Duration, window: Duration | None, now: int
) -> bool:
    """Whether it is true, by looking at everything: the slow, obvious way."""
    for which, a in history:
        if which != "A" or a > now or (window is not None and now >= add_elapsed(a, window)):
            continue
        over = add_elapsed(a, within)
        answered = any(other == "B" and a < b < over and b <= now for other, b in history)
        if answered if kind == "then" else (over <= now and not answered):
            return True
    return False


def tell(slot: Then | ThenNo, states: dict[str, Any], which: str, t: int, now: int) -> None:
    (slot.update if which == "A" else slot.second)(states, {}, t, now)


@pytest.mark.parametrize("window", WINDOWS, ids=NAMES.get)
@pytest.mark.parametrize("within", WITHIN, ids=NAMES.get)
@pytest.mark.parametrize("kind", ["then", "then no"])
@settings(max_examples=120, deadline=None)
@given(events=histories, later=st.lists(st.integers(0, 140), max_size=3))
def test_a_sequence_is_what_all_history_says(
    kind: str,
    within: Duration,
    window: Duration | None,
    events: list[tuple[str, int, int]],
    later: list[int],
) -> None:
    slot = sequence_of(kind, within, window)
    states: dict[str, Any] = {}
    history: list[tuple[str, int]] = []
    now = DAY_ONE
    for arrives, happens, which in sorted(((h + late, h, w) for w, h, late in events), key=lambda e: e[0]):
        now = DAY_ONE + arrives * HALF_DAY
        t = DAY_ONE + happens * HALF_DAY
        tell(slot, states, which, t, now)
        history.append((which, t))
        assert slot.read(states.get(slot.key), now) is seen_by(history, kind, within, window, now)
        assert states.get(slot.key) not in ([0, [], []], [[], [], []])
    for later_by in sorted(later):
        then = now + later_by * HALF_DAY
        before = copy.deepcopy(states)
        assert slot.read(states.get(slot.key), then) is seen_by(history, kind, within, window, then)
        assert states == before
    # From here on time alone: it changes at the instants the state names, and at no other.
    state = states.get(slot.key)
    said = slot.read(state, now)
    turns = sorted(
        {
            turn
            for which, t in history
            for turn in (add_elapsed(t, within), add_elapsed(t, window) if window else t)
            if turn > now
        }
    )
    for turn in turns:
        expected = seen_by(history, kind, within, window, turn)
        due = slot.expiry(state) if state is not None else None
        if expected is not said:
            assert due is not None and due <= turn
        while due is not None and due <= turn:
            state = slot.purge(state, due)
            following = slot.expiry(state) if state is not None else None
            assert following is None or following > due
            due = following
        said = slot.read(state, turn)
        assert said is expected


@pytest.mark.parametrize("window", WINDOWS, ids=NAMES.get)
@pytest.mark.parametrize("within", WITHIN, ids=NAMES.get)
@pytest.mark.parametrize("kind", ["then", "then no"])
@settings(max_examples=80, deadline=None)
@given(events=histories, whose=st.lists(st.integers(0, 2), min_size=14, max_size=14))
def test_the_sequences_of_merged_people_do_not_depend_on_the_order_of_merging(
    kind: str,
    within: Duration,
    window: Duration | None,
    events: list[tuple[str, int, int]],
    whose: list[int],
) -> None:
    slot = sequence_of(kind, within, window)
    people: list[dict[str, Any]] = [{}, {}, {}]
    together: list[tuple[str, int]] = []
    now = DAY_ONE + 90 * HALF_DAY
    for (which, happens, _), owner in zip(events, whose, strict=False):
        t = DAY_ONE + min(happens, 90) * HALF_DAY
        tell(slot, people[owner], which, t, now)
        together.append((which, t))
    parts = [person.get(slot.key) for person in people]

    def merge(x: Any, y: Any) -> Any:
        if x is None or y is None:
            return y if x is None else x
        return slot.merge(copy.deepcopy(x), copy.deepcopy(y))

    results = [merge(merge(a, b), d) for a, b, d in itertools.permutations(parts)]
    results += [merge(a, merge(b, d)) for a, b, d in itertools.permutations(parts)]
    assert all(result == results[0] for result in results)
    assert slot.read(results[0], now) is seen_by(together, kind, within, window, now)


def test_a_sequence_turns_at_the_microsecond() -> None:
    slot = sequence_of("then no", days(2), days(7))
    states: dict[str, Any] = {}
    viewed = at("2026-03-02 10:00")
    slot.update(states, {}, viewed, viewed)
    state = states["key"]
    assert slot.expiry(state) == at("2026-03-04 10:00")
    assert not slot.read(state, at("2026-03-04 10:00") - 1)
    assert slot.read(state, at("2026-03-04 10:00"))
    state = slot.purge(state, at("2026-03-04 10:00"))
    assert slot.expiry(state) == at("2026-03-09 10:00")
    assert not slot.read(state, at("2026-03-09 10:00"))


def test_what_happens_exactly_when_the_time_is_over_comes_too_late() -> None:
    slot = sequence_of("then", days(2), None)
    states: dict[str, Any] = {}
    slot.update(states, {}, at("2026-03-02 10:00"), at("2026-03-02 10:00"))
    slot.second(states, {}, at("2026-03-04 10:00"), at("2026-03-04 10:00"))
    assert not slot.read(states["key"], at("2026-03-04 10:00"))
    slot.second(states, {}, at("2026-03-04 10:00") - 1, at("2026-03-04 10:00"))
    assert slot.read(states["key"], at("2026-03-04 10:00"))
    assert states["key"] is True


def test_an_evening_of_a_thousand_views_is_two_numbers() -> None:
    slot = sequence_of("then", days(2), None)
    states: dict[str, Any] = {}
    for minute in range(1000):
        t = at("2026-03-02 10:00") + minute * 60_000_000
        slot.update(states, {}, t, t)
    assert states["key"] == [[[at("2026-03-02 10:00"), at("2026-03-03 02:39")]], []]


def test_one_event_is_not_a_sequence_of_itself() -> None:
    shop = Shop()
    aggregate = c.Aggregate(
        "again",
        "then",
        "purchase",
        (),
        None,
        None,
        None,
        BOOLEAN,
        sequel=c.Sequel("purchase", None, days(30)),
    )
    shop.aggregates["again"] = aggregate
    shop.audience("loyal", c.AggregateValue("again", type=BOOLEAN))
    program = shop.program()
    states: dict[str, Any] = {}
    for day in ("2026-03-02 10:00", "2026-03-02 10:00", "2026-03-20 10:00"):
        before = states.get("again")
        assert before is None or not program.aggregates["again"].read(before, at(day))
        for slot in program.events["purchase"].slots:
            slot.update(states, {}, at(day), at(day))
    assert states["again"] is True


# ------------------------------------------------- most common, and the last few


def rank_of(kind: str, window: Duration | None) -> Slot:
    value = event_field("purchase", "total")
    type = list_of(MONEY) if kind == "last n" else MONEY
    shop = Shop()
    shop.aggregates["key"] = c.Aggregate(
        "key", kind, "purchase", ("total",), value, None,  # type: ignore[arg-type]
        c.Window(window) if window is not None else None, type, limit=3 if kind == "last n" else None,
    )  # fmt: skip
    return compile_program(shop.workspace()).aggregates["key"]


def text(value: Any) -> Any:
    if isinstance(value, list):
        return [text(item) for item in value]
    return None if value is None else f"{value.amount} {value.currency}"


def ranked(history: list[tuple[int, str]], kind: str, window: Duration | None, now: int) -> Any:
    inside = [(t, v) for t, v in history if window is None or now < add_elapsed(t, window)]
    if kind == "last n":
        order = sorted(range(len(inside)), key=lambda n: (inside[n][0], n))
        return [inside[n][1] for n in reversed(order)][:3]
    values = {v for _, v in inside}
    return min(
        values,
        key=lambda v: (-sum(w == v for _, w in inside), -max(t for t, w in inside if w == v), v),
        default=None,
    )


@pytest.mark.parametrize("window", [None, days(3), months(1)], ids=["ever", "3 days", "1 month"])
@pytest.mark.parametrize("kind", ["most common", "last n"])
@settings(max_examples=100, deadline=None)
@given(
    events=st.lists(
        st.tuples(st.integers(0, 90), st.sampled_from(["5 EUR", "7 EUR", "9 USD", None]), st.integers(0, 8)),
        min_size=1,
        max_size=14,
    ),
    whose=st.lists(st.integers(0, 1), min_size=14, max_size=14),
)
def test_ranks_are_what_all_history_says(
    kind: str, window: Duration | None, events: list[tuple[int, Any, int]], whose: list[int]
) -> None:
    slot = rank_of(kind, window)
    states: dict[str, Any] = {}
    history: list[tuple[int, str]] = []
    now = DAY_ONE
    for arrives, happens, total in sorted(((h + d, h, v) for h, v, d in events), key=lambda e: e[0]):
        now, t = DAY_ONE + arrives * HALF_DAY, DAY_ONE + happens * HALF_DAY
        slot.update(states, {"total": total} if total else {}, t, now)
        if total:
            history.append((t, total))
        assert text(slot.read(states.get("key"), now)) == ranked(history, kind, window, now)
    state = states.get("key")
    state = slot.purge(copy.deepcopy(state), now) if state is not None else None
    while state is not None and window is not None:
        turn = slot.expiry(state)
        assert turn is not None
        state = slot.purge(state, turn)
        assert text(slot.read(state, turn)) == ranked(history, kind, window, turn)

    people: list[dict[str, Any]] = [{}, {}]
    for (t, total), owner in zip(history, whose, strict=False):
        slot.update(people[owner], {"total": total}, t, now)
    a, b = (person.get("key") for person in people)
    if a is not None and b is not None:
        assert slot.merge(copy.deepcopy(a), copy.deepcopy(b)) == slot.merge(b, a)
        if kind == "most common":
            merged = slot.merge(copy.deepcopy(a), copy.deepcopy(b))
            assert text(slot.read(merged, now)) == ranked(history, kind, window, now)


@settings(max_examples=40, deadline=None)
@given(
    story=st.lists(
        st.tuples(
            st.integers(0, 40),
            st.sampled_from(["product_viewed", "purchase", "product_viewed"]),
            st.integers(0, 5),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_at_every_instant_members_are_those_of_whom_the_sequence_is_true(
    story: list[tuple[int, str, int]],
) -> None:
    """The whole step: events that arrive late, and time alone in between, at whatever instants it is looked at."""
    shop = Shop()
    kinds = {"looked": ("then no", days(7)), "bought": ("then", days(7)), "never": ("then no", None)}
    for name, (kind, window) in kinds.items():
        shop.aggregates[name] = c.Aggregate(
            name, kind, "product_viewed", (), None, None,  # type: ignore[arg-type]
            c.Window(window) if window is not None else None, BOOLEAN, sequel=c.Sequel("purchase", None, days(2)),
        )  # fmt: skip
        shop.audience(name, c.AggregateValue(name, type=BOOLEAN))
    program = shop.program()
    person = Person("email:ada@example.com", DAY_ONE, "")
    history: list[tuple[str, int]] = []
    entered: list[tuple[int, str, str]] = []
    arrivals = sorted((happens + late, happens, event) for happens, event, late in story)
    for number, (arrives, happens, event) in enumerate([*arrivals, (80, 80, "visit")]):
        now, t = DAY_ONE + arrives * HALF_DAY, DAY_ONE + happens * HALF_DAY
        effects = step(program, person, Record(str(number), event, t, now, {}, {}), now)
        entered += [(e.at, e.kind, e.detail["audience"]) for e in effects if isinstance(e, Activity)]
        if event != "visit":
            history.append(("A" if event == "product_viewed" else "B", t))
        for name, (kind, window) in kinds.items():
            assert (name in person.audiences) is seen_by(history, kind, days(2), window, now)
    for at_instant, what, name in entered:
        # Whoever entered or left did so at the arrival of an event, or at the very instant time alone names.
        kind, window = kinds[name]
        known = [
            ("A" if event == "product_viewed" else "B", DAY_ONE + happens * HALF_DAY)
            for arrives, happens, event in arrivals
            if DAY_ONE + arrives * HALF_DAY <= at_instant
        ]
        before = [
            ("A" if event == "product_viewed" else "B", DAY_ONE + happens * HALF_DAY)
            for arrives, happens, event in arrivals
            if DAY_ONE + arrives * HALF_DAY < at_instant
        ]
        if len(known) == len(before):
            assert seen_by(known, kind, days(2), window, at_instant) is (what == "entered")
            assert seen_by(known, kind, days(2), window, at_instant - 1) is (what == "left")
