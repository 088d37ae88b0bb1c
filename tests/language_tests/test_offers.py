"""Offers and decisions, told as tests in the language."""

from __future__ import annotations

from tests.language_tests.test_what_is_known import failures

SHOP = """\
profile
  email      email  identity
  first_name text
  timezone   timezone
  points     integer
  home       location

event purchase
  total  money

attribute spent = sum of purchase.total

offer paris_store
  when home within 10 km of location(48.8566, 2.3522)
  title "See it in Paris, {{ profile.first_name }}"
  at most 2 times per person
  priority 80

offer autumn
  title "Autumn & more"
  since 2026-09-01
  until 2026-11-30
  priority 50 + points

offer free_shipping
  title "Free shipping"
  text  "from {{ spent | money }} on"
  until 2026-12-24 18:00
  priority 10

offer hello_again
  title "Hello again"

decision best_offer
  from paris_store, autumn, free_shipping
  pick 1 by priority
  otherwise hello_again

decision two_offers
  from free_shipping, paris_store, autumn
  pick 2 by priority * 2

message hello
  email
    subject "{{ best_offer.title }}"
    body    "<p>{{ best_offer.title }} {{ best_offer.text }} ({{ best_offer.name }})</p>"

message list
  email
    subject "Your offers"
    body    "{% for offer in two_offers %}{{ offer.title }}; {% endfor %}"

journey thank
  start on purchase
  if best_offer is paris_store
    wait 1 hour
  if best_offer is known
    send hello

journey listing
  start on purchase where total > 100 EUR
  send list

"""


def test_the_offer_with_the_greatest_rank_that_fits_is_picked() -> None:
    assert (
        failures(
            SHOP
            + """\
test "near Paris it is the store, twice, then the next"
  profile email = "ada@example.com", first_name = "Ada", points = 1, home = location(48.86, 2.35)
  at 2026-10-05 10:00
    purchase total = 10 EUR
  after 1 hour
  expect sent hello with subject containing "See it in Paris, Ada" and body containing "(paris_store)"
  after 1 day
    purchase total = 10 EUR
  after 1 hour
  expect best_offer is autumn
  after 1 day
    purchase total = 10 EUR
  expect sent hello at 2026-10-07 12:00 with subject containing "Autumn & more" and body containing "Autumn &amp; more"
  expect not best_offer is paris_store

test "points raise the rank of autumn above the store"
  profile email = "ben@example.com", first_name = "Ben", home = location(48.86, 2.35), points = 40
  at 2026-10-05 10:00
    purchase total = 10 EUR
  expect sent hello with subject containing "Autumn"
"""
        )
        == []
    )


def test_an_offer_counts_when_it_is_shown_and_not_when_it_is_looked_at() -> None:
    assert (
        failures(
            SHOP
            + """\
test "looked at three times, shown not at all"
  profile email = "ada@example.com", home = location(48.86, 2.35)
  at 2026-10-05 10:00
  expect best_offer is paris_store
  expect best_offer is paris_store
  expect best_offer is paris_store
"""
        )
        == []
    )


def test_an_offer_begins_and_ends_with_its_days_where_the_person_lives() -> None:
    assert (
        failures(
            SHOP
            + """\
test "a date is meant with its whole day"
  profile email = "ada@example.com", timezone = "America/New_York", points = 1
  at 2026-08-31 23:59
  expect best_offer is free_shipping
  at 2026-09-01 0:00
  expect best_offer is autumn
  at 2026-11-30 23:59
  expect best_offer is autumn
  at 2026-12-01 0:00
  expect best_offer is free_shipping
  at 2026-12-24 12:59
  expect best_offer is free_shipping
  at 2026-12-24 13:00
  expect best_offer is hello_again
"""
        )
        == []
    )


def test_several_are_picked_by_a_formula_in_their_order() -> None:
    assert (
        failures(
            SHOP
            + """\
test "two of three"
  profile email = "ada@example.com", home = location(48.86, 2.35), points = 1, first_name = "Ada"
  at 2026-10-05 10:00
    purchase total = 200 EUR
  expect sent list with body containing "See it in Paris, Ada; Autumn &amp; more; "
"""
        )
        == []
    )


def test_a_failing_expectation_shows_what_was_offered_and_why() -> None:
    from sojourn.dsl.workspace import compile_texts
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.testing import run_tests

    story = """\
test "it tells"
  profile email = "ada@example.com", first_name = "Ada", points = 1
  at 2026-12-05 10:00
    purchase total = 10 EUR
  expect not sent hello
"""
    compiled = compile_texts({"shop.journey": SHOP + story})
    assert compiled.workspace is not None
    [result] = run_tests(compile_program(compiled.workspace), compiled.workspace.tests)
    lines = [line.text for line in result.timeline]
    assert "offered free_shipping by best_offer: rank 10" in lines
