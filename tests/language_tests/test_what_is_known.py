"""What is known of a person, told as tests in the language: sequences, ranks, lists, dates, places."""

from __future__ import annotations

from sojourn.dsl.messages import sentence
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.testing import run_tests

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


def failures(text: str) -> list[str]:
    """What the tests of a workspace do not find as they expect it."""
    compiled = compile_texts({"shop.journey": text})
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
