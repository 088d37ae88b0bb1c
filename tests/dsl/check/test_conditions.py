"""Conditions and values: what the author wrote, and what it became or what was wrong with it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from sojourn.dsl import checked
from sojourn.dsl.types import BOOLEAN, DATETIME, INTEGER, MONEY
from sojourn.dsl.values import Duration, Money
from sojourn.dsl.workspace import compile_texts


def condition(shop, text: str) -> checked.Expr:
    return shop(f"audience chosen\n  {text}\n").workspace.audiences["chosen"].condition


def mistakes(shop, text: str) -> list[tuple[str, str]]:
    return shop(f"audience chosen\n  {text}\n").mistakes


def test_has_keeps_as_many_events_as_the_question_needs(shop) -> None:
    workspace = shop(
        """\
        audience a
          has purchase
        audience b
          no purchase
        audience c
          has purchase at least 3 times in last 7 days
        audience d
          has purchase at most 2 times
        audience e
          has purchase exactly 0 times
        """
    ).workspace
    asked = {}
    for name, audience in workspace.audiences.items():
        assert isinstance(audience.condition, checked.Compare)
        assert isinstance(audience.condition.left, checked.AggregateValue)
        assert isinstance(audience.condition.right, checked.Constant)
        aggregate = workspace.aggregates[audience.condition.left.key]
        asked[name] = (audience.condition.op, audience.condition.right.value, aggregate.threshold)
    assert asked == {
        "a": (">=", 1, 1),
        "b": ("is", 0, 1),
        "c": (">=", 3, 3),
        "d": ("<=", 2, 3),
        "e": ("is", 0, 1),
    }


def test_the_same_question_is_remembered_once(shop) -> None:
    workspace = shop(
        """\
        attribute spent = sum of purchase.total in last 90 days
        attribute also_spent = sum   of purchase.total in last 90 days
        attribute spent_ever = sum of purchase.total
        """
    ).workspace
    assert len(workspace.aggregates) == 2
    assert workspace.attributes["spent"].value == workspace.attributes["also_spent"].value


def test_the_key_of_an_aggregate_does_not_depend_on_what_stands_around_it(shop) -> None:
    alone = shop("attribute spent = sum of purchase.total where discount > 10%\n").workspace
    below = shop(
        "topic news opt in\n\n\nattribute spent = sum of purchase.total where discount > 10%\n"
    ).workspace
    assert set(alone.aggregates) == set(below.aggregates)


def test_values_have_the_types_of_what_they_are_made_of(shop) -> None:
    workspace = shop(
        """\
        attribute spent  = sum of purchase.total
        attribute orders = count of purchase
        attribute latest = time of last purchase
        attribute ratio  = spent / 2
        attribute average_order = spent / orders
        attribute seen = distinct count of product_viewed.product
        """
    ).workspace
    types = {name: attribute.value.type for name, attribute in workspace.attributes.items()}
    assert types == {
        "spent": MONEY,
        "orders": INTEGER,
        "latest": DATETIME,
        "ratio": MONEY,
        "average_order": MONEY,
        "seen": INTEGER,
    }


def test_the_values_of_one_of_are_bare_names(shop) -> None:
    found = condition(shop, "loyalty is not gold")
    assert isinstance(found, checked.Not) and isinstance(found.term, checked.Compare)
    assert isinstance(found.term.right, checked.Constant) and found.term.right.value == "gold"
    found = condition(shop, "loyalty in gold, silver")
    assert isinstance(found, checked.In) and isinstance(found.options, checked.Constant)
    assert found.options.value == ("gold", "silver")


def test_a_misspelt_value_gets_the_nearest(shop) -> None:
    wrong = shop("audience chosen\n  loyalty is glod\n")
    assert wrong.mistakes == [("unknown-option", "glod")]
    assert wrong.candidates == [("gold",)]


def test_a_misspelt_field_gets_the_nearest(shop) -> None:
    wrong = shop('audience chosen\n  contry is "DE"\n')
    assert wrong.mistakes == [("unknown-name", "contry")]
    assert wrong.candidates[0][0] == "country"


def test_the_field_of_an_aggregate_is_underlined(shop) -> None:
    wrong = shop("attribute spent = sum of purchase.totl\n")
    assert wrong.mistakes == [("unknown-field", "totl")]
    assert wrong.candidates == [("total",)]


@pytest.mark.parametrize(
    ("written", "code", "instead"),
    [
        ('country is "Germany"', "not-a-value", '"DE"'),
        ('country is "de"', "not-a-value", '"DE"'),
        ('country is "UK"', "not-a-value", '"GB"'),
        ('language is "German"', "not-a-value", '"de"'),
        ('timezone is "Paris"', "not-a-value", '"Europe/Paris"'),
        ('phone is "0049 30 1234567"', "not-a-value", '"+49301234567"'),
    ],
)
def test_texts_of_a_standard_are_checked(shop, written: str, code: str, instead: str) -> None:
    wrong = shop(f"audience chosen\n  {written}\n")
    assert [m[0] for m in wrong.mistakes] == [code]
    assert wrong.candidates[0][0] == instead
    assert wrong.compiled.diagnostics[0].fix is not None


def test_money_needs_a_currency_and_the_fix_says_one(shop) -> None:
    wrong = shop("audience chosen\n  has purchase where total > 20\n")
    assert wrong.mistakes == [("money-needs-currency", "20")]
    fix = wrong.compiled.diagnostics[0].fix
    assert fix is not None and fix.text == "20 EUR"


def test_one_mistake_gives_one_message(shop) -> None:
    wrong = shop(
        """\
        attribute spent = sum of purchase.totl
        define big = spent > 100 EUR
        audience vips
          big and spent < 1000 EUR and loyalty is gold
        audience others
          not in vips
        """
    )
    assert wrong.mistakes == [("unknown-field", "totl")]


def test_time_stands_alone_on_one_side(shop) -> None:
    text = (
        "attribute first_seen = time of first product_viewed\naudience new\n  now - first_seen <= 2 months\n"
    )
    found = shop(text).workspace.audiences["new"].condition
    assert isinstance(found, checked.Compare)
    assert found.op == ">=" and isinstance(found.left, checked.AttributeValue)
    assert isinstance(found.right, checked.Arithmetic) and isinstance(found.right.left, checked.Now)
    assert isinstance(found.right.right, checked.Constant) and found.right.right.value == Duration(2)


def test_days_until_a_birthday_are_counted_by_the_calendar(shop) -> None:
    found = condition(shop, "anniversary(birthday) - today <= 7 days")
    assert isinstance(found, checked.Compare) and found.op == "<="
    assert isinstance(found.left, checked.Function)
    assert isinstance(found.right, checked.Arithmetic) and isinstance(found.right.left, checked.Today)


def test_now_inside_a_calculation_has_no_exact_moment(shop) -> None:
    assert mistakes(shop, "hour(now) > 12") == [("inexact-now", "now")]
    assert mistakes(shop, "date_of(now) > birthday") == []  # that is today
    assert shop("attribute age_of_account = now - time of first purchase\n").mistakes[0][0] == "inexact-now"


def test_a_date_and_a_moment_do_not_compare(shop) -> None:
    wrong = shop("attribute latest = time of last purchase\naudience a\n  latest > 2026-01-01\n")
    assert wrong.mistakes == [("cannot-compare", "latest > 2026-01-01")]
    assert condition(shop, "birthday > 2000-01-01").type == BOOLEAN


def test_a_define_with_a_parameter_is_written_out(shop) -> None:
    found = (
        shop(
            """\
        define at_least(n) = count of purchase >= n
        audience chosen
          at_least(3)
        """
        )
        .workspace.audiences["chosen"]
        .condition
    )
    assert isinstance(found, checked.Compare) and isinstance(found.right, checked.Constant)
    assert found.right.value == 3


def test_a_define_that_uses_itself_is_refused(shop) -> None:
    assert shop("define a = not b\ndefine b = not a\n").mistakes[0][0] == "circle"


def test_audiences_in_a_circle_are_named(shop) -> None:
    wrong = shop('audience a\n  in b\naudience b\n  in c\naudience c\n  not in a and country is "DE"\n')
    assert [m[0] for m in wrong.mistakes] == ["circle"]
    assert "a → b → c → a" in wrong.sentences[0]


def test_an_audience_knows_those_it_is_built_on_through_defines(shop) -> None:
    workspace = shop(
        """\
        audience base
          loyalty is gold
        define best = in base
        audience top
          best and has purchase
        """
    ).workspace
    assert workspace.audiences["top"].uses == ("base",)


def test_a_condition_on_past_events_looks_at_the_event_only(shop) -> None:
    assert mistakes(shop, "has purchase where loyalty is gold") == [("where-sees-event", "loyalty")]
    assert mistakes(shop, "has purchase where order_id is known and today > birthday")[0][1] == "today"
    assert mistakes(shop, "has purchase where (count of purchase) > 2")[0][0] == "history-in-history"


def test_lists_are_looked_into(shop) -> None:
    found = condition(shop, "has cart_abandoned where any of items where price > 20 EUR")
    assert found.type == BOOLEAN
    assert condition(shop, 'tags contains "vip"').type == BOOLEAN
    assert mistakes(shop, "has cart_abandoned where items.price > 20 EUR") == [
        ("list-needs-position", "price")
    ]


def test_a_row_of_a_catalog_is_read_through_its_key(shop) -> None:
    workspace = shop('audience shoes\n  has product_viewed where product.category is "shoes"\n').workspace
    [aggregate] = workspace.aggregates.values()
    assert isinstance(aggregate.where, checked.Compare)
    assert isinstance(aggregate.where.left, checked.CatalogValue)
    assert aggregate.where.left.path == ("category",)


def test_constants_are_values_and_never_text(shop) -> None:
    found = condition(shop, "sum of purchase.total between 10 EUR and 20.50 EUR")
    assert isinstance(found, checked.Between)
    assert isinstance(found.low, checked.Constant) and found.low.value == Money(Decimal(10), "EUR")
    found = condition(shop, "birthday is 2000-02-29")
    assert isinstance(found, checked.Compare) and isinstance(found.right, checked.Constant)
    assert found.right.value == dt.date(2000, 2, 29)
    found = condition(shop, "home within 5 km of location(48.8566, 2.3522)")
    assert isinstance(found, checked.WithinDistance) and found.metres == 5000.0


def test_consent_is_a_field_of_the_person(shop) -> None:
    found = condition(shop, "consent.offers")
    assert found == checked.FieldValue("profile", ("consent.offers",), type=BOOLEAN)
    assert mistakes(shop, "consent.offer") == [("unknown-name", "offer")]


def test_a_name_of_a_broken_block_is_not_reported_again(shop) -> None:
    wrong = shop(
        """\
        event visit
          page text text text
        audience visitors
          has visit in last 3 days
        """
    )
    assert len(wrong.mistakes) == 1
    assert wrong.mistakes[0][0] not in ("unknown-name", "wrong-kind")


@pytest.mark.parametrize(
    "written",
    [
        'contry is "DE"',
        "loyalty is glod",
        'country is "Germany"',
        "country is DE",
        "has purchase where total > 20",
        "has purchse",
        "has purchase where discount > 15",
        "vips",
    ],
)
def test_the_fix_mends_the_mistake(shop, written: str) -> None:
    vips = "audience vips\n  loyalty is gold\n\n"
    wrong = shop(f"{vips}audience chosen\n  {written}\n")
    [diagnostic] = wrong.compiled.diagnostics
    fix = diagnostic.fix
    assert fix is not None
    text = wrong.files["main.journey"]
    files = {**wrong.files, "main.journey": text[: fix.span.start] + fix.text + text[fix.span.end :]}
    assert compile_texts(files).diagnostics == ()


def test_what_only_an_unused_define_asks_is_not_remembered(shop) -> None:
    defines = "define keen = has product_viewed at least 3 times\ndefine often(n) = count of purchase >= n\n"
    assert len(shop(defines).workspace.aggregates) == 0
    assert len(shop(defines + "audience a\n  keen\n").workspace.aggregates) == 1
    assert len(shop(defines + "audience a\n  keen and often(2)\n").workspace.aggregates) == 2
