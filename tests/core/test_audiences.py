"""Audiences are exact at every instant: people enter and leave at the microsecond, with no nightly job."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.dsl.types import BOOLEAN, INTEGER, MONEY, TEXT, Type, list_of
from sojourn.interpreter.compile import attribute_value, compile_condition, compile_value
from sojourn.interpreter.core.step import step
from tests.core.building import (
    DATE,
    NOW,
    TODAY,
    Activity,
    Money,
    Person,
    Program,
    Shop,
    Story,
    at,
    both,
    c,
    compare,
    constant,
    days,
    either,
    event_field,
    hours,
    instant,
    known,
    minus,
    money,
    months,
    negated,
    person,
    plus,
)


def changes(story: Story) -> list[tuple[str, str, str]]:
    return [
        (e.kind, e.detail["audience"], instant(e.at))
        for e in story.effects
        if isinstance(e, Activity) and e.kind in ("entered", "left")
    ]


def function(name: str, *args: c.Expr, type: Any = INTEGER) -> c.Function:
    return c.Function(name, args, type=type)


def test_no_purchase_is_true_of_somebody_who_has_just_come() -> None:
    shop = Shop()
    shop.audience("quiet", shop.no("purchase", last=days(30)))
    story = Story(shop.program())
    story.happens("visit", "2026-03-02 10:00")
    assert story.person.audiences == {"quiet": at("2026-03-02 10:00")}
    story.happens("purchase", "2026-03-03 10:00")
    story.time("2026-05-01")
    assert changes(story) == [
        ("entered", "quiet", "2026-03-02 10:00"),
        ("left", "quiet", "2026-03-03 10:00"),
        ("entered", "quiet", "2026-04-02 10:00"),
    ]


def test_whoever_buys_first_was_never_without_a_purchase() -> None:
    shop = Shop()
    shop.audience("quiet", shop.no("purchase"))
    story = Story(shop.program())
    story.happens("purchase", "2026-03-02 10:00")
    assert story.said() == []


def test_whoever_was_never_in_an_audience_is_outside_of_it_from_the_first_event() -> None:
    """Nobody known has not visited once; the first visit makes that false, and its opposite true at once."""
    shop = Shop()
    once = compare("is", shop.history("count", "visit", threshold=2), constant(1))
    not_once = shop.audience("not_once", negated(once))
    shop.audience("once", negated(not_once), "not_once")
    story = Story(shop.program())
    story.happens("visit", "2026-03-02 10:00")
    story.happens("visit", "2026-03-02 11:00")
    assert story.said() == [("entered", "once"), ("entered", "not_once"), ("left", "once")]


def test_an_audience_follows_a_field_and_audiences_built_on_it_follow_too() -> None:
    shop = Shop()
    german = shop.audience("german", compare("is", person("country"), constant("DE")))
    shop.audience("others", negated(german), "german")
    story = Story(shop.program(), country="FR")
    story.happens("visit", "2026-03-02 10:00")
    story.happens("visit", "2026-03-02 11:00", profile={"email": "ada@example.com", "country": "DE"})
    story.happens(
        "visit",
        "2026-03-02 12:00",
        happened="2026-03-01 12:00",
        profile={"email": "ada@example.com", "country": "AT"},
    )
    assert changes(story) == [
        ("entered", "others", "2026-03-02 10:00"),
        ("entered", "german", "2026-03-02 11:00"),
        ("left", "others", "2026-03-02 11:00"),
    ]


def test_a_default_counts_as_the_value() -> None:
    shop = Shop()
    shop.audience("bronze", compare("is", person("loyalty"), constant("bronze")))
    story = Story(shop.program())
    story.happens("", "2026-03-02 10:00")
    story.happens("", "2026-03-02 11:00", profile={"email": "ada@example.com", "loyalty": "gold"})
    story.happens("", "2026-03-02 12:00", profile={"email": "ada@example.com", "loyalty": None})
    assert [kind for kind, *_ in changes(story)] == ["entered", "left", "entered"]


def test_a_comparison_with_now_flips_at_its_own_instant() -> None:
    shop = Shop()
    last = shop.attribute("last_order", shop.history("time of last", "purchase"))
    shop.audience("cold", compare("<", last, minus(NOW, c.Constant(days(3), type=Type("duration")))))
    story = Story(shop.program())
    story.happens("purchase", "2026-03-02 10:00")
    story.time("2026-04-01")
    assert changes(story) == [("entered", "cold", "2026-03-05 10:00:00.000001")]


def test_a_birthday_turns_at_midnight_where_the_person_lives() -> None:
    shop = Shop()
    shop.audience("grown_up", compare(">=", function("age", person("birthday")), constant(18)))
    story = Story(shop.program(), birthday="2008-03-29", timezone="Europe/Paris")
    story.happens("", "2026-03-01 10:00")
    story.time("2026-04-01")
    assert changes(story) == [("entered", "grown_up", "2026-03-28 23:00")]


def test_weekends_come_and_go() -> None:
    shop = Shop()
    shop.audience("sunday", compare("is", function("weekday", TODAY, type=TEXT), constant("sunday")))
    story = Story(shop.program(), timezone="America/New_York")
    story.happens("", "2026-03-06 10:00")
    story.time("2026-03-10")
    # The clocks of New York go forward on that Sunday.
    assert changes(story) == [
        ("entered", "sunday", "2026-03-08 05:00"),
        ("left", "sunday", "2026-03-09 04:00"),
    ]


def test_missing_is_two_valued() -> None:
    shop = Shop()
    shop.audience("not_german", negated(compare("is", person("country"), constant("DE"))))
    shop.audience("known", known(person("country")))
    shop.audience("cheap", compare("<", shop.history("sum", "purchase", "total"), money("10 EUR")))
    story = Story(shop.program())
    story.happens("visit", "2026-03-02 10:00", profile={"email": "ada@example.com", "country": ""})
    assert set(story.person.audiences) == {"not_german"}


def test_amounts_in_two_currencies_add_up_to_missing() -> None:
    shop = Shop()
    shop.attribute("spent", shop.history("sum", "purchase", "total"))
    shop.attribute("average", shop.history("average", "purchase", "total"))
    program = shop.program()
    story = Story(program)
    story.happens("purchase", "2026-03-02 10:00", total="10 EUR")
    assert attribute_value(program, story.person, "spent", at("2026-03-02 10:00")) == Money(
        Decimal(10), "EUR"
    )
    story.happens("purchase", "2026-03-02 10:00", total="15 EUR")
    assert attribute_value(program, story.person, "average", at("2026-03-02 10:00")) == Money(
        Decimal("12.5"), "EUR"
    )
    story.happens("purchase", "2026-03-02 10:00", total="1 USD")
    assert attribute_value(program, story.person, "spent", at("2026-03-02 10:00")) is None


def test_thousands_of_conditions_on_one_value_are_found_by_it() -> None:
    shop = Shop()
    for n in range(300):
        category = event_field("product_viewed", "product.category")
        shop.audience(f"a{n}", shop.has("product_viewed", where=compare("is", category, constant(f"c{n}"))))
    shop.audience(
        "shoes",
        shop.has(
            "product_viewed",
            2,
            where=c.In(
                event_field("product_viewed", "product.category"), constant(("shoes", "boots")), type=BOOLEAN
            ),
        ),
    )
    program = shop.program()
    assert len(program.events["product_viewed"].slots) == 0
    story = Story(program)
    story.happens("product_viewed", "2026-03-02 10:00", product="p1")
    story.happens("product_viewed", "2026-03-02 10:01", product="p1")
    assert set(story.person.audiences) == {"shoes"}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.sampled_from(["5 EUR", "20 EUR", "7 USD", "-12 EUR"])),
        min_size=1,
        max_size=8,
    )
)
def test_many_thresholds_on_one_value_are_found_by_what_a_change_crosses(
    purchases: list[tuple[int, str]],
) -> None:
    story = Story(THRESHOLDS)
    for half_days, total in sorted(purchases):
        story.happens("purchase", at("2026-03-01") + half_days * 43_200_000_000, total=total)
        while True:
            who = story.person
            for name, audience in THRESHOLDS.workspace.audiences.items():
                assert (name in who.audiences) is compile_condition(THRESHOLDS, audience.condition)(
                    who, who.clock
                ), name
            if who.wake is None or who.wake > at("2026-03-01") + (half_days + 1) * 43_200_000_000:
                break
            story.time(who.wake)


def thresholds() -> Program:
    shop = Shop()
    spent = shop.attribute("spent", shop.history("sum", "purchase", "total"))
    lately = shop.history("sum", "purchase", "total", last=days(2))
    for n in range(-20, 60, 5):
        for op in ("is", "<", ">=", ">", "<="):
            shop.audience(f"a{op}{n}", compare(op, spent, money(f"{n} EUR")))
            shop.audience(f"b{op}{n}", negated(compare(op, lately, money(f"{n} EUR"))))
            shop.audience(
                f"c{op}{n}", compare(op, shop.history("count", "purchase", last=days(3)), constant(n // 5))
            )
    return shop.program()


THRESHOLDS = thresholds()


EXPRESSIONS: list[tuple[c.Expr, Any, Any]] = [
    (compare("is", person("email"), constant("a@x.com")), {"email": "a@x.com"}, True),
    (compare(">", person("points"), constant(3)), {"points": 4}, True),
    (compare(">", person("points"), constant(3)), {}, False),
    (c.Between(person("points"), constant(3), constant(5), type=BOOLEAN), {"points": 5}, True),
    (c.In(person("country"), constant(("DE", "AT")), type=BOOLEAN), {"country": "AT"}, True),
    (c.In(person("country"), constant(("DE", "AT")), type=BOOLEAN), {}, False),
    (c.TextTest("contains", person("first_name"), constant("DA"), type=BOOLEAN), {"first_name": "Ada"}, True),
    (
        c.TextTest("starts with", person("first_name"), constant("ad"), type=BOOLEAN),
        {"first_name": "Ada"},
        True,
    ),
    (c.TextTest("ends with", person("first_name"), constant("x"), type=BOOLEAN), {}, False),
    (
        c.TextTest("matches", person("first_name"), constant("^a.a$"), type=BOOLEAN),
        {"first_name": "Ada"},
        True,
    ),
    (c.TextTest("contains", person("tags"), constant("vip"), type=BOOLEAN), {"tags": ["vip"]}, True),
    (c.TextTest("contains", person("tags"), constant("vip"), type=BOOLEAN), {}, False),
    (known(person("tags")), {}, True),
    (known(person("first_name")), {"first_name": ""}, False),
    (compare("is", person("birthday"), constant(dt.date(2000, 1, 2))), {"birthday": "2000-01-02"}, True),
    (compare("<", person("birthday"), TODAY), {"birthday": "2000-01-02"}, True),
    (compare("is", person("consent.offers"), constant(True)), {"consent.offers": True}, True),
    (person("consent.offers"), {}, False),
    (negated(person("consent.offers")), {}, True),
    (either(person("consent.offers"), compare("is", person("loyalty"), constant("bronze"))), {}, True),
    (compare("is", person("first_name"), person("country")), {"first_name": "", "country": ""}, False),
    (
        c.Quantified(
            "any",
            person("tags"),
            compare("is", c.FieldValue("item", (), type=TEXT), constant("b")),
            type=BOOLEAN,
        ),
        {"tags": ["a", "b"]},
        True,
    ),
    (
        c.Quantified(
            "all",
            person("tags"),
            compare("is", c.FieldValue("item", (), type=TEXT), constant("b")),
            type=BOOLEAN,
        ),
        {"tags": ["a", "b"]},
        False,
    ),
    (
        c.Quantified(
            "none",
            person("tags"),
            compare("is", c.FieldValue("item", (), type=TEXT), constant("z")),
            type=BOOLEAN,
        ),
        {},
        True,
    ),
    (
        c.Quantified(
            "any",
            c.Constant((Money(Decimal(5), "EUR"), Money(Decimal(9), "EUR")), type=list_of(MONEY)),
            compare(">", c.FieldValue("item", (), type=MONEY), money("8 EUR")),
            type=BOOLEAN,
        ),
        {},
        True,
    ),
    (compare(">", plus(person("points"), constant(1)), constant(3)), {"points": 3}, True),
    (
        compare("is", c.Arithmetic("/", person("points"), constant(0), type=INTEGER), constant(0)),
        {"points": 3},
        False,
    ),
    (
        compare("is", function("upper", person("first_name"), type=TEXT), constant("ADA")),
        {"first_name": "Ada"},
        True,
    ),
    (compare("is", constant("S.get F.get"), person("first_name")), {"first_name": "S.get F.get"}, True),
]


@pytest.mark.parametrize("expr, fields, expected", EXPRESSIONS)
def test_what_conditions_say(expr: c.Expr, fields: dict[str, Any], expected: bool) -> None:
    who = Person("email:a@x.com", 0, "x")
    who.fields = fields
    assert compile_condition(Shop().program(), expr)(who, at("2026-03-02 10:00")) is expected


@pytest.mark.parametrize(
    "name, args, expected",
    [
        ("age", ("2000-02-29",), 25),
        ("length", ("Ada",), 3),
        ("round", (Decimal("2.5"),), 3),
        ("floor", (Decimal("-2.5"),), -3),
        ("ceiling", (Decimal("2.1"),), 3),
        ("absolute", (-3,), 3),
        ("smaller", (3, 2), 2),
        ("larger", (3, 2), 3),
        ("trim", (" a ",), "a"),
    ],
)
def test_what_functions_give(name: str, args: tuple[Any, ...], expected: Any) -> None:
    values = [constant(dt.date.fromisoformat(a) if name == "age" else a) for a in args]
    assert (
        compile_value(Shop().program(), function(name, *values))(Person("x", 0, "x"), at("2026-02-27 10:00"))
        == expected
    )


def clockwork() -> Shop:
    """Audiences that time alone moves in every way there is."""
    shop = Shop()
    duration = Type("duration")
    last, first = shop.history("time of last", "purchase"), shop.history("time of first", "purchase")
    since = shop.attribute("since", minus(NOW, last))
    shop.audience("a", both(shop.has("purchase", 2, last=days(3)), shop.no("visit", last=hours(30))))
    shop.audience("b", compare(">=", since, c.Constant(hours(40), type=duration)))
    shop.audience("m", compare("<", last, minus(NOW, c.Constant(months(1), type=duration))))
    shop.audience("d", compare("is", function("date_of", last, type=DATE), TODAY))
    shop.audience("e", c.Between(NOW, first, plus(first, c.Constant(days(2), type=duration)), type=BOOLEAN))
    shop.audience(
        "f", compare(">", shop.history("sum", "purchase", "total", last=months(1)), money("20 EUR"))
    )
    shop.audience("g", negated(c.Membership("a", type=BOOLEAN)), "a")
    shop.audience("h", compare(">", TODAY, constant(dt.date(2026, 2, 3))))
    shop.audience("i", compare("is", shop.history("last", "purchase", "total", last=days(2)), money("5 EUR")))
    shop.audience(
        "j", compare("<", function("days_between", function("date_of", last, type=DATE), TODAY), constant(2))
    )
    return shop


CLOCKWORK = clockwork().program()


@settings(max_examples=150, deadline=None)
@given(
    happenings=st.lists(
        st.tuples(
            st.integers(0, 60), st.sampled_from(["purchase", "visit"]), st.integers(0, 3), st.booleans()
        ),
        max_size=8,
    ),
    zone=st.sampled_from(["UTC", "Europe/Paris", "America/New_York"]),
)
def test_at_every_instant_a_member_is_whoever_the_condition_is_true_of(
    happenings: list[Any], zone: str
) -> None:
    story = Story(CLOCKWORK, timezone=zone)
    start = at("2026-01-28 22:00")
    story.happens("", start)
    spans: list[tuple[int, int]] = []
    clock = start
    for half_days, event, late, big in sorted(happenings):
        now = start + half_days * 43_200_000_000
        spans.append((clock, now))
        clock = now
        story.happens(event, now, happened=now - late * 86_400_000_000, total="25 EUR" if big else "5 EUR")
        agree(story, now)
    # From here on time alone: at each instant of change, and just before it.
    while (wake := story.person.wake) is not None and wake < at("2026-04-20"):
        agree(story, wake - 1)
        story.time(wake)
        agree(story, wake)
        agree(story, wake + 1_800_000_000, moved=True)
        assert story.person.wake is None or story.person.wake > story.person.clock


def agree(story: Story, now: int, moved: bool = False) -> None:
    if moved:
        if story.person.wake is not None and story.person.wake <= now:
            return
        story.time(now)
    who = story.person
    for name, audience in CLOCKWORK.workspace.audiences.items():
        expected = compile_condition(CLOCKWORK, audience.condition)(who, now)
        assert (name in who.audiences) is expected, (name, instant(now))


def test_waking_somebody_early_changes_nothing() -> None:
    story = Story(CLOCKWORK)
    story.happens("purchase", "2026-02-01 10:00", total="25 EUR")
    before = story.person.to_document()
    assert step(CLOCKWORK, story.person, None, at("2026-02-01 10:00")) == []
    assert step(CLOCKWORK, story.person, None, at("2026-01-01")) == []
    assert story.person.to_document() == before
