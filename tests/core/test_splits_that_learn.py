"""`split … toward goal`: the better arm gets more, no arm is lost, and the same counts give the same shares."""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import pairwise
from math import exp, lgamma, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.dsl.values import DAY, MINUTE
from sojourn.interpreter.compile import Program
from sojourn.interpreter.core.learning import FIRST, Standing, shares
from tests.core.building import Activity, Shop, Story, at, c, days, on, send

BEGIN = at("2026-03-02 10:00")


def shop(*, toward_goal: bool = True, sticky: bool = False, plain: str = "0.5") -> Program:
    rest = Decimal(1) - Decimal(plain)
    declared = Shop()
    declared.message("hello", email={"subject": "Hello", "body": "x"})
    arms = (c.Arm("plain", Decimal(plain), 1), c.Arm("discount", rest, 1))
    declared.journey(
        "j",
        [on("visit")],
        [("split first", c.Split("first", arms, toward_goal, sticky)), ("send hello", send("hello"))],
        goal=c.Goal("purchase", None, days(3)),
    )
    return declared.program()


def arms_of(told: Story) -> list[str]:
    return [e.detail["arm"] for e in told.effects if isinstance(e, Activity) and e.kind == "split"]


def test_the_arm_that_sells_three_times_as_much_gets_most_of_the_people() -> None:
    """1,500 people; 5 of 100 buy after the plain message, 15 of 100 after the discount."""
    told = Story(shop())
    rng = random.Random(7)
    for number in range(1500):
        who = {"email": f"p{number}@example.com"}
        now = BEGIN + number * 10 * MINUTE
        before = len(told.effects)
        told.happens("visit", now, profile=who)
        (arm,) = [
            e.detail["arm"] for e in told.effects[before:] if isinstance(e, Activity) and e.kind == "split"
        ]
        if rng.random() < {"plain": 0.05, "discount": 0.15}[arm]:
            told.happens("purchase", now + MINUTE, profile=who)
    arms = arms_of(told)
    assert 0.4 < arms[: 2 * FIRST].count("discount") / (2 * FIRST) < 0.6
    assert arms[-300:].count("discount") / 300 > 0.85
    assert arms[-300:].count("plain") > 0
    sure = [e.detail for e in told.effects if isinstance(e, Activity) and e.kind == "split"][-1]
    assert (sure["best"], sure["sure"] > 0.99) == ("discount", True)
    conversions = [e for e in told.effects if isinstance(e, Activity) and e.kind == "converted"]
    assert len(conversions) > 80


def test_a_goal_that_comes_after_the_run_has_ended_counts_too() -> None:
    told = Story(shop())
    told.happens("visit", BEGIN)
    told.happens("purchase", BEGIN + DAY)
    (arm,) = arms_of(told)
    common = told.person.common
    assert common is not None
    assert common.totals("splits", "j/first") == {f"runs/{arm}": 1, f"goals/{arm}": 1}


def test_without_toward_goal_nothing_is_counted_and_the_shares_stand() -> None:
    told = Story(shop(toward_goal=False))
    told.happens("visit", BEGIN)
    told.happens("purchase", BEGIN + DAY)
    common = told.person.common
    assert common is None or common.totals("splits", "j/first") == {}


counts = st.integers(FIRST, 5000).flatmap(lambda runs: st.tuples(st.just(runs), st.integers(0, runs)))


@settings(max_examples=150, deadline=None)
@given(arms=st.lists(counts, min_size=2, max_size=5))
def test_shares_are_shares_whatever_was_counted(arms: list[tuple[int, int]]) -> None:
    written = [1 / len(arms)] * len(arms)
    held, best = shares(written, tuple(arms))
    assert best is not None
    assert abs(sum(held) - 1) < 1e-9
    assert abs(sum(best) - 1) < 1e-9
    assert all(share >= 0.1 / len(arms) - 1e-12 for share in held)
    assert shares(written, tuple(arms)) == (held, best)
    # Turned round, the arms keep their shares.
    turned, _ = shares(written, tuple(reversed(arms)))
    assert all(abs(a - b) < 1e-6 for a, b in zip(held, reversed(turned), strict=True))


def test_too_few_to_say_and_equal_arms() -> None:
    assert shares([0.3, 0.7], ((FIRST - 1, 50), (500, 10))) == ([0.3, 0.7], None)
    held, best = shares([0.5, 0.5], ((1000, 100), (1000, 100)))
    assert best is not None
    assert abs(best[0] - 0.5) < 1e-6
    assert abs(held[0] - 0.5) < 1e-6


def test_the_more_one_arm_sells_the_surer_it_is() -> None:
    sure = []
    for goals in (50, 60, 70, 80, 100):
        _, best = shares([0.5, 0.5], ((1000, 50), (1000, goals)))
        assert best is not None
        sure.append(best[1])
    assert all(a < b for a, b in pairwise(sure))
    assert sure[-1] > 0.999


def test_a_sticky_split_keeps_a_persons_arm_when_the_shares_are_edited() -> None:
    for number in range(30):
        told = Story(shop(toward_goal=False, sticky=True, plain="0.9"), email=f"p{number}@example.com")
        told.happens("visit", BEGIN)
        told.program = shop(toward_goal=False, sticky=True, plain="0.1")
        told.happens("visit", BEGIN + 10 * DAY)
        first, second = arms_of(told)
        assert first == second
    # Without `sticky` most of them would have changed.
    changed = 0
    for number in range(30):
        told = Story(shop(toward_goal=False, plain="0.9"), email=f"p{number}@example.com")
        told.happens("visit", BEGIN)
        told.program = shop(toward_goal=False, plain="0.1")
        told.happens("visit", BEGIN + 10 * DAY)
        first, second = arms_of(told)
        changed += first != second
    assert changed > 15


def _lead(one: Standing, other: Standing) -> float:
    """How likely the second arm's rate is greater: the sum that is known for two Beta distributions."""
    (runs1, goals1), (runs2, goals2) = one, other
    a1, b1, a2, b2 = goals1 + 1, runs1 - goals1 + 1, goals2 + 1, runs2 - goals2 + 1

    def beta(a: int, b: int) -> float:
        return lgamma(a) + lgamma(b) - lgamma(a + b)

    return sum(exp(beta(a1 + i, b1 + b2) - log(b2 + i) - beta(1 + i, b2) - beta(a1, b1)) for i in range(a2))


@pytest.mark.parametrize(
    "one, other",
    [
        ((100, 0), (100, 0)),
        ((100, 0), (2000, 0)),
        ((100, 1), (2000, 0)),
        ((100, 0), (100, 3)),
        ((150, 2), (300, 12)),
        ((1000, 100), (1000, 130)),
        ((100, 100), (100, 97)),
        ((100, 50), (5000, 2600)),
    ],
)
def test_how_sure_it_is_is_what_the_distributions_say(one: Standing, other: Standing) -> None:
    """Also where hardly anybody reached the goal; the exact sum for two arms is known."""
    moved, best = shares([0.5, 0.5], (one, other))
    assert best is not None
    assert abs(best[1] - _lead(one, other)) < 0.001
    assert abs(best[0] + best[1] - 1) < 1e-9
    assert abs(moved[1] - (0.9 * best[1] + 0.05)) < 1e-9
    three = shares([0.3, 0.3, 0.4], (one, one, other))[1]
    assert three is not None and abs(three[0] - three[1]) < 1e-9 and abs(sum(three) - 1) < 1e-9
