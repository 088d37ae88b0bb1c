"""Offers and decisions, told as tests in the language."""

from __future__ import annotations

import random
from collections import Counter

from sojourn.dsl.messages import sentence
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.core.person import Person
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
  at 2026-12-24 17:59
  expect best_offer is free_shipping
  at 2026-12-24 18:00
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
    from sojourn.interpreter.testing.runner import run_tests

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


def test_an_audience_asks_what_would_be_picked_and_is_exact() -> None:
    assert (
        failures(
            SHOP
            + """\
audience near_paris
  best_offer is paris_store

audience autumn_people
  best_offer in autumn, free_shipping

audience nothing_special
  best_offer is hello_again

define autumn_first = two_offers is autumn

journey once_more
  start when leaving near_paris

  send list

journey knows
  start on purchase where autumn_first

  wait 1 hour

test "until the store was offered twice"
  profile email = "ada@example.com", first_name = "Ada", points = 1, home = location(48.86, 2.35)
  at 2026-10-01 10:00
    purchase total = 1 EUR
  expect in near_paris
  after 2 hours
  expect sent hello 1 time
  expect in near_paris
  after 1 hour
    purchase total = 1 EUR
  after 59 minutes
  expect in near_paris
  after 1 minute
  expect not in near_paris
  expect in autumn_people
  expect once_more started 1 time
  expect knows not started

test "the autumn is over at midnight, where the person lives"
  profile email = "ben@example.com", points = 1, timezone = "Asia/Tokyo"
  at 2026-10-01 10:00
    purchase total = 1 EUR
  expect knows started
  at 2026-12-24 17:59
  expect in autumn_people
  expect not in nothing_special
  at 2026-12-25 3:00
  expect in nothing_special
"""
        )
        == []
    )


def test_a_variant_asks_what_was_picked_when_it_is_sent() -> None:
    assert (
        failures(
            SHOP
            + """\
message ad
  email when best_offer is paris_store
    subject "Come to Paris"
    body    "<p>{{ best_offer.title }}</p>"
  email
    subject "Something else"
    body    "<p>{{ best_offer.title }}</p>"

journey ads
  start on purchase where total > 5 EUR

  send ad

test "twice the store, then something else"
  profile email = "ada@example.com", first_name = "Ada", points = 1, home = location(48.86, 2.35)
  at 2026-10-01 10:00
    purchase total = 6 EUR
    purchase total = 7 EUR
    purchase total = 8 EUR
  expect sent ad 2 times with subject is "Come to Paris"
  expect sent ad 1 time with subject is "Something else"
"""
        )
        == []
    )


def test_what_is_asked_of_a_person_is_what_the_decision_would_pick() -> None:
    names = ("paris_store", "autumn", "free_shipping", "hello_again")
    text = "".join(f"audience a_{n}\n  best_offer is {n}\n\n" for n in names)
    asked = "".join(f"audience b_{n}\n  two_offers is {n}\n\n" for n in names[:3])
    compiled = compile_texts({"shop.journey": SHOP + text + asked + "audience any\n  two_offers is known\n"})
    assert compiled.workspace is not None
    program = compile_program(compiled.workspace)
    drawn = random.Random(7)
    seen: Counter[str] = Counter()
    for _ in range(400):
        person = Person("email:a", 0, program.rules)
        for name, values in {
            "points": (None, -60, -45, 0, 30, 31),
            "home": (None, [48.86, 2.35], [10.0, 10.0]),
            "timezone": (None, "Asia/Tokyo", "America/New_York"),
        }.items():
            value = drawn.choice(values)
            if value is not None:
                person.fields[name] = value
        person.given = {"paris_store": drawn.choice((0, 1, 2, 3))}
        now = drawn.choice((1_788_000_000, 1_790_000_000, 1_798_000_000, 1_799_000_000)) * 1_000_000
        for decision, side in (("best_offer", "a"), ("two_offers", "b")):
            first = next(iter(program.coder.chooser.decide(decision, person, now).chosen), None)
            seen[f"{decision} {first}"] += 1
            for name in names if side == "a" else names[:3]:
                assert program.members[f"{side}_{name}"].test(person, None, None, now) == (name == first)
        known = bool(program.coder.chooser.decide("two_offers", person, now).chosen)
        assert program.members["any"].test(person, None, None, now) == known
    assert len(seen) >= 7, seen


def test_what_follows_what_others_do_is_asked_in_a_step() -> None:
    text = SHOP.replace("priority 50 + points", "at most 100 times in total\n  priority 50 + points")
    compiled = compile_texts({"shop.journey": text + "audience lucky\n  best_offer is autumn\n"})
    (found,) = compiled.diagnostics
    assert sentence(found) == (
        "best_offer cannot be part of what is always known of a person: autumn is limited `in total`, so what "
        "others are given would change it for everybody."
    )
    value = SHOP + "attribute chosen = best_offer\n"
    (found,) = compile_texts({"shop.journey": value}).diagnostics
    assert "it is asked with `is`: `best_offer is …`" in sentence(found)


def test_a_decision_on_itself_is_a_circle() -> None:
    text = SHOP.replace("offer autumn\n", "offer autumn\n  when in lucky\n")
    compiled = compile_texts({"shop.journey": text + "audience lucky\n  best_offer is autumn\n"})
    assert [d.code for d in compiled.diagnostics] == ["circle"]
    text = SHOP.replace("offer autumn\n", "offer autumn\n  when best_offer is paris_store\n")
    assert [d.code for d in compile_texts({"shop.journey": text}).diagnostics] == ["circle"]


def test_an_expectation_of_another_offer_is_told_why_it_was_passed_over() -> None:
    """In March the autumn is not there yet, and nobody lives near Paris."""
    [said] = failures(
        SHOP
        + """
test "in March"
  profile email = "ada@example.com"
  at 2026-03-02 10:00
  expect best_offer is autumn
"""
    )
    assert said == (
        "best_offer is free_shipping (free_shipping: rank 10; paris_store: its condition is not true; "
        "autumn: its time has not begun)"
    )
