"""What an event costs depends on the rules that it touches, not on how many there are."""

from __future__ import annotations

from typing import Any

from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.compile.program import Program
from tests.core.building import (
    Shop,
    Story,
    at,
    both,
    c,
    compare,
    constant,
    days,
    entering,
    event_field,
    exit_on,
    hours,
    on,
    person,
)


def large(n: int) -> Shop:
    """`n` audiences and twice as many journeys, one pair for each category."""
    shop = Shop()
    for i in range(n):
        category = event_field("product_viewed", "product.category")
        same = compare("is", category, constant("shoes" if i == 0 else f"category {i}"))
        seen = shop.has("product_viewed", 2, last=days(7), where=same)
        shop.audience(f"a{i}", both(seen, compare("is", person("country"), constant("DE"))))
        wait = [("wait 1 hour", c.Wait(hours(1)))]
        shop.journey(f"j{i}", [on("product_viewed", same)], wait, exits=[exit_on("purchase")])
        shop.journey(f"k{i}", [entering(f"a{i}")], wait)
    return shop


def counted(program: Program) -> list[str]:
    """Every audience that is asked from now on, by name."""
    asked: list[str] = []

    def watch(name: str, test: Any) -> Any:
        def watched(*arguments: Any) -> Any:
            asked.append(name)
            return test(*arguments)

        return watched

    for audience in program.audiences:
        condition = program.workspace.audiences[audience.name].condition
        audience.test = watch(audience.name, program.coder.condition(condition))
    return asked


def test_of_a_thousand_audiences_only_those_of_the_category_are_asked() -> None:
    program = large(1000).program()
    asked = counted(program)
    story = Story(program, country="DE")
    for minute in range(3):
        story.happens("product_viewed", at("2026-03-02 10:00") + minute * 60_000_000, product="p1")
    story.happens("visit", "2026-03-02 10:30")
    assert set(asked) == {"a0"}
    assert [run.journey for run in story.person.runs.values()] == ["j0", "k0"]


def test_nobody_is_woken_when_an_event_leaves_a_window_that_it_alone_could_not_fill() -> None:
    shop = Shop()
    shop.audience("keen", shop.has("visit", 3, last=days(7)))
    story = Story(shop.program())
    story.happens("visit", "2026-03-02 10:00")
    story.happens("visit", "2026-03-04 10:00")
    assert story.person.wake is None
    story.happens("visit", "2026-03-05 10:00")
    assert story.person.wake == at("2026-03-09 10:00")
    # The first one has left; with another the three newest count.
    story.time("2026-03-09 10:00")
    assert (story.person.wake, story.person.audiences) == (None, {})
    story.happens("visit", "2026-03-10 10:00")
    assert story.person.wake == at("2026-03-11 10:00")
    story.time("2026-03-20 10:00")
    assert story.said("entered", "left") == [("entered", "keen"), ("left", "keen")] * 2
    assert story.when("left") == ["2026-03-09 10:00", "2026-03-11 10:00"]


def test_a_count_that_several_compare_is_followed_down_to_the_least_of_them() -> None:
    shop = Shop()
    visits = shop.attribute("visits", shop.history("count", "visit", last=days(7)))
    shop.audience("regular", compare(">", visits, constant(2)))
    shop.audience("once", compare("is", visits, constant(1)))
    story = Story(shop.program())
    for day in (1, 2, 3, 4, 5):
        story.happens("visit", f"2026-03-0{day} 10:00")
    # Five, then four: neither changes anybody's membership; three become two on the 10th.
    assert story.person.wake == at("2026-03-10 10:00")
    story.time("2026-03-20 10:00")
    assert [e.at for e in story.effects if getattr(e, "kind", "") == "left"] == [
        at("2026-03-02 10:00"), at("2026-03-10 10:00"), at("2026-03-12 10:00"),
    ]  # fmt: skip
    assert story.when("entered") == ["2026-03-01 10:00", "2026-03-03 10:00", "2026-03-11 10:00"]


def test_nobody_is_woken_for_an_audience_that_time_alone_cannot_bring_them_into() -> None:
    shop = Shop()
    agreed = compare("is", person("consent.offers"), constant(True))
    shop.audience(
        "shoppers", both(agreed, shop.has("visit", 2, last=days(7)), shop.no("purchase", last=days(3)))
    )
    story = Story(shop.program())
    story.happens("purchase", "2026-03-02 10:00")
    story.happens("visit", "2026-03-02 11:00")
    # One visit: that the purchase leaves the three days changes nothing.
    assert story.person.wake is None
    story.happens("visit", "2026-03-02 12:00")
    assert story.person.wake is None
    # With consent it does; as a member the first visit that leaves the seven days counts.
    story.happens("", "2026-03-02 13:00", profile={"email": "ada@example.com", "consent.offers": True})
    assert story.person.wake == at("2026-03-05 10:00")
    story.time("2026-03-05 10:00")
    assert story.person.wake == at("2026-03-09 11:00")
    story.happens("", "2026-03-06 13:00", profile={"email": "ada@example.com", "consent.offers": False})
    assert (story.person.wake, story.person.audiences) == (None, {})
    assert story.when("entered") == ["2026-03-05 10:00"]


def test_what_did_not_change_is_not_compiled_again() -> None:
    shop = large(20)
    codes: dict[str, Any] = {}
    for edit in range(2):
        shop.audience("new", compare("is", person("country"), constant(f"X{edit}")))
        before = set(codes)
        program = compile_program(shop.workspace(), codes)
        story = Story(program, country="DE")
        for minute in range(3):
            story.happens("product_viewed", at("2026-03-02 10:00") + minute * 60_000_000, product="p1")
        story.happens("", "2026-03-02 12:00", profile={"email": "ada@example.com", "country": "X1"})
        story.happens("", "2026-03-02 13:00", profile={"email": "ada@example.com", "country": "X0"})
    assert len(set(codes) - before) == 1
