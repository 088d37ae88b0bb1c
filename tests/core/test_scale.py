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
