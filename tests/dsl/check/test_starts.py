"""Starts by time: on a schedule, at a moment, on a date of the person."""

from __future__ import annotations

import datetime as dt

import pytest

from sojourn.dsl import checked
from sojourn.dsl.values import Duration

MESSAGE = """\
message hello about offers
  email
    subject "Hello"
    body    "<p>Hello</p>"

audience vips
  loyalty is gold

attribute last_order = time of last purchase

"""


def start_of(shop, line: str) -> checked.Start:
    journey = shop(MESSAGE + f"journey j\n  {line}\n  send hello\n").workspace.journeys["j"]
    return journey.starts[0]


def test_a_schedule_is_read(shop) -> None:
    assert start_of(shop, "start every monday at 9:00 for vips") == checked.StartOnSchedule(
        "vips", "monday", dt.time(9), None, "every monday at 9:00"
    )
    assert start_of(shop, "start every month for vips") == checked.StartOnSchedule(
        "vips", "month", dt.time(), None, "every month"
    )
    assert start_of(shop, "start at 2026-12-01 9:00 for vips") == checked.StartOnSchedule(
        "vips", "", dt.time(), dt.datetime(2026, 12, 1, 9), "at 2026-12-01 9:00"
    )


def test_a_date_in_the_profile_comes_each_year_unless_said_otherwise(shop) -> None:
    wish = start_of(shop, "start on birthday - 3 days at 9:00")
    assert isinstance(wish, checked.StartOnDate)
    assert (wish.yearly, wish.at, wish.label) == (True, dt.time(9), "birthday - 3 days at 9:00")
    ((op, shift),) = wish.shifts
    assert op == "-" and isinstance(shift, checked.Constant) and shift.value == Duration(days=3)
    once = start_of(shop, "start once on birthday - 3 days at 9:00")
    assert isinstance(once, checked.StartOnDate) and not once.yearly
    for line in ("start on birthday", "start on anniversary(birthday) - 1 week"):
        found = start_of(shop, line)
        assert isinstance(found, checked.StartOnDate) and found.yearly and found.at is None
    refill = start_of(shop, "start on last_order + 30 days")
    assert isinstance(refill, checked.StartOnDate) and not refill.yearly


@pytest.mark.parametrize(
    ("line", "code", "underlined"),
    [
        (
            "start every fortnight at 9:00 for vips",
            "unknown-occasion",
            "start every fortnight at 9:00 for vips",
        ),
        ("start every monday at 9:00 for vpis", "unknown-name", "vpis"),
        ("start at 2026-02-30 9:00 for vips", "no-such-date", "2026-02-30 9:00"),
        ("start on today + 3 days at 9:00", "not-a-persons-date", "today + 3 days"),
        ("start on 2026-12-01 at 9:00", "not-a-persons-date", "2026-12-01"),
        ("start on country at 9:00", "does-not-fit", "country"),
        ("start on brithday - 3 days at 9:00", "unknown-name", "brithday"),
        ("start on birthda", "unknown-name", "birthda"),
    ],
)
def test_mistakes_in_starts_are_underlined(shop, line: str, code: str, underlined: str) -> None:
    wrong = shop(MESSAGE + f"journey j\n  {line}\n  send hello\n")
    assert wrong.mistakes == [(code, underlined)]


def test_where_no_event_starts_there_is_none_to_look_at(shop) -> None:
    for line, why in (
        ("start every monday at 9:00 for vips", "at a fixed time"),
        ("start on birthday at 9:00", "on a date of the person"),
    ):
        wrong = shop(MESSAGE + f"journey j\n  {line}\n  if event.total > 20 EUR\n    stop\n")
        assert [code for code, _ in wrong.mistakes] == ["no-event-here"]
        assert why in wrong.sentences[0]


BUSINESS = """\
event price_drop
  product  ref product
  price    money

"""


def test_an_event_about_the_business_is_read(shop) -> None:
    workspace = shop(
        MESSAGE + BUSINESS + "journey j\n  start on price_drop for vips where price < 20 EUR\n  send hello\n"
    ).workspace
    start = workspace.journeys["j"].starts[0]
    assert isinstance(start, checked.StartOnEvent)
    assert (start.event, start.audience) == ("price_drop", "vips")
    assert workspace.business == {"price_drop"}


def test_a_change_of_a_catalog_is_an_event_with_before_and_after(shop) -> None:
    workspace = shop(
        MESSAGE
        + """\
journey j
  start on change of product.price for vips where change.after < change.before and product.category is "shoes"
  one per product
  if event.before > 20 EUR
    send hello

test "cheaper"
  profile email = "ada@example.com", loyalty = gold, consent.offers = true
  at 2026-03-02 10:00
    change of product.price product = "a1", before = 59.90 EUR, after = 40 EUR
    change of product.price product = "b2", before = 15 EUR, after = 10 EUR
  expect j started 1 time
  expect sent hello
"""
    ).workspace
    event = workspace.events["change of product.price"]
    assert event.of_change == ("product", "price")
    assert {name: str(f.type) for name, f in event.fields.items()} == {
        "product": "ref product", "before": "money", "after": "money",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "code", "underlined"),
    [
        ("start on change of product.price", "change-for-nobody", "start on change of product.price"),
        ("start on change of product for vips", "change-of-what", "product"),
        ("start on change of product.prize for vips", "unknown-field", "prize"),
        ("start on change of produkt.price for vips", "unknown-name", "produkt"),
        ("start on price_drop for vpis", "unknown-name", "vpis"),
        ("start on pricedrop for vips", "unknown-name", "pricedrop"),
        ("start on price_drop for vips where prise < 5 EUR", "unknown-name", "prise"),
        ("start on price_drop for vips where change.before < 5 EUR", "unknown-name", "change"),
    ],
)
def test_mistakes_in_starts_about_the_business(shop, line: str, code: str, underlined: str) -> None:
    wrong = shop(MESSAGE + BUSINESS + f"journey j\n  {line}\n  send hello\n")
    assert wrong.mistakes == [(code, underlined)]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "audience seen\n  has price_drop in last 30 days\n",
        "journey k\n  start on purchase\n  exit on price_drop\n  send hello\n",
        "journey k\n  start on purchase\n  wait for price_drop, up to 1 day\n  send hello\n",
        "journey k\n  start on price_drop\n  send hello\n",
        "journey k\n  start on purchase\n  emit price_drop\n",
    ],
)
def test_what_is_about_the_business_happens_to_nobody(shop, elsewhere: str) -> None:
    wrong = shop(
        MESSAGE + BUSINESS + "journey j\n  start on price_drop for vips\n  send hello\n\n" + elsewhere
    )
    assert [code for code, _ in wrong.mistakes] == ["event-of-nobody"]
