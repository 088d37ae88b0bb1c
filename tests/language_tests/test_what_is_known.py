"""What is known of a person, told as tests in the language: sequences, ranks, lists, dates, places."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from sojourn.dsl.messages import sentence
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.core.step import step
from sojourn.interpreter.testing.runner import run_tests

SHOP = """\
profile
  email      email  identity
  timezone   timezone

event product_viewed
  product   text
  category  text

event purchase
  product  text
  total    money

"""


def failures(text: str, files: Mapping[str, str] | None = None) -> list[str]:
    """What the tests of a workspace do not find as they expect it."""
    compiled = compile_texts({"shop.journey": text, **(files or {})})
    assert compiled.workspace is not None, [f"{d.span}: {sentence(d)}" for d in compiled.diagnostics]
    assert compiled.workspace.tests
    results = run_tests(compile_program(compiled.workspace), compiled.workspace.tests)
    return [failure.text for result in results for failure in result.failures]


def test_a_sequence_without_what_should_follow_becomes_true_at_the_very_instant() -> None:
    assert (
        failures(
            SHOP
            + """\
audience undecided
  has product_viewed in last 7 days then no purchase within 2 days

test "two days later, to the second, and a week later no more"
  profile email = "ada@example.com"
  at 2026-03-02 10:00:05
    product_viewed product = "boots"
  at 2026-03-04 10:00:04
  expect not in undecided
  at 2026-03-04 10:00:05
  expect in undecided
  at 2026-03-09 10:00:04
  expect in undecided
  at 2026-03-09 10:00:05
  expect not in undecided

test "whoever buys in time never enters"
  profile email = "ben@example.com"
  at 2026-03-02 10:00
    product_viewed product = "boots"
  after 47 hours
    purchase product = "boots"
  after 2 days
  expect not in undecided
"""
        )
        == []
    )


def test_a_sequence_looks_at_each_event_by_its_own_condition() -> None:
    assert (
        failures(
            SHOP
            + """\
audience convinced
  has product_viewed where category is "shoes" then purchase within 3 days where total > 50 EUR

test "only the right two count, in the right order"
  profile email = "ada@example.com"
  at 2026-03-02 10:00
    purchase total = 80 EUR
  after 1 hour
    product_viewed category = "shoes"
  after 1 hour
    purchase total = 20 EUR
  expect not in convinced
  after 1 day
    product_viewed category = "hats"
  after 1 day
    purchase total = 60 EUR
  expect in convinced
"""
        )
        == []
    )


def test_a_journey_starts_when_a_sequence_stays_open() -> None:
    assert (
        failures(
            SHOP
            + """\
audience undecided
  has product_viewed in last 7 days then no purchase within 2 days

message nudge
  email
    subject "Still thinking?"
    body    "<p>You looked at {{ profile.seen | join(', ') }}, mostly {{ profile.favourite }}.</p>"

attribute seen      = last 3 product_viewed.product
attribute favourite = most common product_viewed.category in last 30 days

journey nudging
  start when entering undecided
  send nudge

test "the nudge names what was seen, newest first"
  profile email = "ada@example.com"
  at 2026-03-02 10:00
    product_viewed product = "boots", category = "shoes"
    product_viewed product = "cap", category = "hats"
  after 1 hour
    product_viewed product = "sandals", category = "shoes"
    product_viewed product = "socks", category = "shoes"
  expect sent nudge at 2026-03-04 10:00 with body containing "socks, sandals, cap, mostly shoes"
  expect seen contains "cap"
  expect not seen contains "boots"
  expect favourite is "shoes"
  expect length(seen) is 3
"""
        )
        == []
    )


def test_a_failing_expectation_says_what_the_sequence_is() -> None:
    [told] = failures(
        SHOP
        + """\
attribute seen = last 2 product_viewed.product

test "nothing was seen"
  profile email = "ada@example.com"
  at 2026-03-02 10:00
    product_viewed product = "boots"
  expect (has product_viewed then purchase within 2 days) and seen contains "boots"
"""
    )
    assert "whether product_viewed then purchase within 2 days is false" in told
    assert "seen is boots" in told


PEOPLE = """\
profile
  email      email  identity
  first_name text
  city       text
  country    country
  language   language = "en"
  timezone   timezone
  birthday   date
  signed_up  datetime
  wakes      time
  pause      duration
  spent      money
  budget     money
  points     integer
  rate       percent
  home       location
  loyalty    one of bronze, silver, gold = bronze
  tags       list of text
  address    Address
  homes      list of Address
  favourite  ref product

schema Address
  street  text
  rooms   list of Room

schema Room
  name  text
  size  integer

event purchase
  total  money
  items  list of Address

catalog product from csv "products.csv" key sku
  sku       text
  name      text
  price     money

attribute totals = last 3 purchase.total
attribute bought = last purchase.items

define adult(date) = age(date) >= 18

audience adults
  adult(birthday)

"""
PRODUCTS = "sku,name,price\na1,Boots,59.90 EUR\nb2,Cap,15 EUR\n"

ADA = """\
  profile email = "ada@example.com", first_name = "Ada", country = "DE", timezone = "Europe/Paris"
  profile birthday = 1990-03-04, signed_up = 2026-02-01 12:00, wakes = 7:30, pause = 90 minutes
  profile spent = 120 EUR, budget = 80 USD, points = 7, rate = 15%, loyalty = silver
  profile home = location(48.8566, 2.3522), tags = ["new", "Paris"], favourite = "a1"
  at 2026-03-03 12:00
    purchase total = 10 EUR
    purchase total = 30 EUR
"""
EXPECTED = [
    # comparisons, and what is missing
    'first_name is "Ada" and first_name is not "Ben"',
    'city is not "Rome" and not city is "Rome" and city is missing and first_name is known',
    "points > 6 and points >= 7 and points < 8 and points <= 7",
    "spent > 119.99 EUR and not spent > 1 USD and not spent < 1 USD and spent is not 120 USD",
    "rate is 15% and rate < 0.2 and loyalty is silver and loyalty is not gold",
    "birthday < 1990-03-05 and wakes < 8:00 and pause is 90 minutes and pause > 1 hour",
    "signed_up > 2026-02-01 0:00 and signed_up < 2026-02-01 13:00",
    'country in "DE", "AT" and country not in "FR" and not city in "Rome"',
    "points between 7 and 9 and not points between 8 and 9 and spent between 120 EUR and 121 EUR",
    "points not between 8 and 9",
    # texts
    'first_name contains "d" and first_name starts with "A" and first_name ends with "DA"',
    'first_name matches "^A.a$" and not first_name matches "^B" and not city contains ""',
    'lower(first_name) is "ada" and upper(first_name) is "ADA" and trim(" x ") is "x"',
    'length(first_name) is 3 and first_name + "!" is "Ada!" and length(city) is missing',
    # arithmetic
    "points + 1 is 8 and points - 1 is 6 and points * 2 is 14 and points / 2 is 3.5 and -points is -7",
    "spent + 5 EUR is 125 EUR and spent * 2 is 240 EUR and spent / 2 is 60 EUR and spent / 60 EUR is 2",
    "spent * rate is 18 EUR and spent + budget is missing and points / (points - 7) is missing",
    'spent.amount is 120 and spent.currency is "EUR" and amount(budget) is 80 and currency(budget) is "USD"',
    "round(2.5) is 3 and floor(2.7) is 2 and ceiling(2.1) is 3 and absolute(-3) is 3",
    "round(10.50 EUR) is 11 EUR and absolute(-3 EUR) is 3 EUR and smaller(2, 3) is 2 and larger(2, 3) is 3",
    "smaller(spent, 5 EUR) is 5 EUR and larger(spent, 5 USD) is missing",
    # dates
    "age(birthday) is 35 and anniversary(birthday) is 2026-03-04 and days_between(today, birthday + 36 years) is 1",
    "year(birthday) is 1990 and month(birthday) is 3 and day(birthday) is 4 and weekday(birthday) is sunday",
    "date_of(signed_up) is 2026-02-01 and birthday + 1 month is 1990-04-04 and birthday - 4 days is 1990-02-28",
    "signed_up + pause > signed_up and today - birthday > 35 years and now - signed_up > 29 days",
    "today is 2026-03-03 and now >= 2026-03-03 11:00 and weekday(today) is tuesday",
    # lists
    'tags contains "Paris" and not tags contains "paris" and length(tags) is 2 and "new" in tags',
    'first_item(tags) is "new" and last_item(tags) is "Paris" and tags[0] is "new" and tags[5] is missing',
    'any of tags where item is "new" and not all of tags where item is "new"',
    'none of tags where item is "old" and all of homes where street is "x" and none of homes where street is "x"',
    "totals[0] is 30 EUR and last_item(totals) is 10 EUR and any of totals where item > 20 EUR and length(totals) is 2",
    'first_name in [first_name, "Ben"] and not "x" in [city, "y"]',
    # catalogs, places, audiences, defines
    'favourite.name is "Boots" and favourite.price > 50 EUR and not favourite.name is "Cap"',
    "home within 5 km of location(48.86, 2.35) and not home within 300 m of location(48.86, 2.35)",
    "distance(home, location(48.86, 2.35)) < 1 and home within 1 miles of location(48.86, 2.35)",
    "in adults and adult(birthday) and not not in adults",
    'language is "en" and loyalty in bronze, silver',
]


@pytest.mark.parametrize("condition", EXPECTED)
def test_every_operator_and_function_runs(condition: str) -> None:
    text = PEOPLE + 'test "it is true"\n' + ADA + f"  expect {condition}\n"
    assert failures(text, {"products.csv": PRODUCTS}) == []


def test_a_list_inside_a_list_is_gone_through() -> None:
    audiences = """\
audience roomy
  has purchase where any of items where any of rooms where size > 20

audience all_roomy
  has purchase where all of items where any of rooms where size > 20

audience hall
  bought[1].rooms[0].name is "hall"
"""
    compiled = compile_texts({"shop.journey": PEOPLE + audiences, "products.csv": PRODUCTS})
    assert compiled.workspace is not None, [sentence(d) for d in compiled.diagnostics]
    program = compile_program(compiled.workspace)
    items = [
        {"street": "x", "rooms": [{"name": "bath", "size": 5}]},
        {"street": "y", "rooms": [{"name": "hall", "size": 30}, {"name": "bath", "size": 6}]},
    ]
    person = Person("email:ada@example.com", 0, "")
    step(program, person, Record("1", "purchase", 1, 1, {}, {"items": items}), 1)
    assert sorted(set(person.audiences) - {"adults"}) == ["hall", "roomy"]


def test_a_sequence_ends_a_run_at_its_instant_and_branches_a_journey() -> None:
    assert (
        failures(
            SHOP
            + """\
event visit

attribute hesitates = has product_viewed then no purchase within 2 days in last 7 days

audience calm
  hesitates is false and has visit

message nudge
  email
    subject "Hello"
    body    "<p>Hello</p>"

journey watching
  start on visit
  exit when has product_viewed then no purchase within 2 days
  wait 30 days

journey asking
  start on purchase
  if hesitates
    send nudge
  else if has product_viewed then purchase within 1 hour
    stop

test "two days after the view, to the second"
  profile email = "ada@example.com"
  at 2026-03-02 10:00
    visit
  expect in calm
  at 2026-03-03 9:00:30
    product_viewed product = "boots"
  at 2026-03-05 9:00:29
  expect watching not ended
  expect in calm
  at 2026-03-05 9:00:30
  expect watching ended because "exit when"
  expect not in calm
  after 1 hour
    purchase
  expect sent nudge
  at 2026-03-10 9:00:30
  expect in calm

test "bought within the hour"
  profile email = "ben@example.com"
  at 2026-03-02 10:00
    product_viewed product = "boots"
  at 2026-03-02 10:59
    purchase
  expect asking ended because "stop"
"""
        )
        == []
    )


def test_a_part_of_a_field_is_given_and_set_by_itself() -> None:
    assert (
        failures(
            """\
profile
  email    email    identity
  address  Address
  tags     list of text

schema Address
  city    text
  street  text
  notes   list of text
  door    Door

schema Door
  code  integer

event moved
  to  text

audience romans
  address.city is "Rome"

journey moving
  start on moved
  set address.city to event.to
  set address.door.code to 7
  add "moved" to address.notes

test "the other parts stay"
  profile email = "ada@example.com", address.city = "Oslo", address.street = "Storgata 1"
  at 2026-03-02 10:00
    moved to = "Rome"
  expect in romans and address.street is "Storgata 1" and address.door.code is 7
  expect address.notes contains "moved" and length(address.notes) is 1
  after 1 hour
    moved
  expect address.city is missing and not in romans and address.street is "Storgata 1"
"""
        )
        == []
    )
