"""Changed rules: people are brought up to date from their stored history, and nothing starts by it."""

from __future__ import annotations

from sojourn.interpreter.core.broadcasts import Broadcast, Entering, hear
from sojourn.interpreter.core.effects import Activity
from sojourn.interpreter.core.rebuild import rebuild
from sojourn.interpreter.core.step import step
from tests.core.building import Record, Shop, Story, at, c, compare, days, entering, money, on

HISTORY = [
    Record("r1", "purchase", at("2026-03-01 10:00"), at("2026-03-01 10:00"), {}, {"total": "15 EUR"}),
    Record("r2", "visit", at("2026-03-02 10:00"), at("2026-03-02 10:00"), {}, {}),
    Record("r3", "purchase", at("2026-02-20 10:00"), at("2026-03-03 10:00"), {}, {"total": "25 EUR"}),
]


def test_a_rebuilt_person_is_what_they_would_have_been() -> None:
    shop = Shop()
    shop.audience(
        "spenders", compare(">", shop.history("sum", "purchase", "total", last=days(9)), money("10 EUR"))
    )
    shop.audience("visitors", shop.has("visit", last=days(3)))
    shop.journey("j", [entering("spenders")], [("wait 1 day", c.Wait(days(1)))])
    program = shop.program()
    lived = Story(program)
    for record in HISTORY:
        lived.happens(record.event, record.received, happened=record.at, **record.properties)
    old = Shop()
    old.journey("j", [on("visit")], [("wait 9 days", c.Wait(days(9)))])
    before = Story(old.program())
    for record in HISTORY:
        before.happens(record.event, record.received, happened=record.at, **record.properties)
    who = before.person
    runs = {name: run.to_document() for name, run in who.runs.items()}
    now = at("2026-03-03 10:00")
    rebuild(program, who, HISTORY, now)
    assert who.states == lived.person.states
    assert who.audiences == {"spenders": now, "visitors": now}
    assert {name: run.to_document() for name, run in who.runs.items()} == runs
    assert who.rules == program.rules
    assert who.wake == at("2026-03-05 10:00")


def test_an_edit_elsewhere_keeps_the_rules_and_a_place_in_the_text_means_nothing() -> None:
    shop = Shop()
    shop.audience("visitors", shop.has("visit", last=days(3)))
    first = shop.program()
    shop.journey("j", [on("visit")], [("wait 9 days", c.Wait(days(9)))])
    second = shop.program()
    assert first.rules == second.rules
    assert first.version != second.version
    assert second.version == shop.program().version
    assert second.slots == frozenset(shop.aggregates)
    assert second.journeys["j"].index_of == {"wait 9 days": 0}


def test_existing_members_enter_a_new_journey_when_it_says_so() -> None:
    shop = Shop()
    shop.audience("visitors", shop.has("visit"))
    story = Story(shop.program())
    story.happens("visit", "2026-03-02 10:00")
    shop.journey("j", [entering("visitors")], [("wait 1 day", c.Wait(days(1)))])
    now, program = at("2026-03-03 10:00"), shop.program()
    broadcast = Broadcast(1, now, Entering("j", "visitors"))
    assert hear(program, story.person, [broadcast]) == []
    effects = step(program, story.person, None, now)
    assert [e.kind for e in effects if isinstance(e, Activity)] == ["started", "waiting"]
    assert story.person.wake == at("2026-03-04 10:00")
    assert hear(program, story.person, [broadcast]) == []
    assert step(program, story.person, None, at("2026-03-03 11:00")) == []
