"""Lengths of time: calculated with, and what a day is in a journey."""

from __future__ import annotations

import pytest

from sojourn.dsl.messages import help_text, sentence
from sojourn.dsl.workspace import compile_texts
from tests.language_tests.test_what_is_known import failures

SHOP = """\
profile
  email     email  identity
  timezone  timezone
  pause     duration
  points    number
  opens     time

event purchase
  total  money

event visit
  length  duration

attribute last_order = time of last purchase

message hello
  email
    subject "Hello"
    body    "<p>Hello</p>"

"""


@pytest.mark.parametrize(
    ("said", "true"),
    [
        ("pause * 2 is 2 days 2 hours", True),
        ("2 * pause > 2 days", True),
        ("pause * points is 37 hours 30 minutes", True),
        ("pause / 2 is 12 hours 30 minutes", True),
        ("pause / 1 hour is 25", True),
        ("1 week / 1 day is 7", True),
        ("1 month * 2 is 2 months", True),
        ("1 month / 2 is missing", True),
        ("pause / 0 hours is missing", True),
        ("-pause + 2 days is 23 hours", True),
        ("3 days - 1 day >= 2 days", True),
        ("last_order + 2 * pause > now", True),
        ("now - last_order < pause / 100", False),
        ("now - last_order is 1 hour", True),
        ("today + 2 * 1 day is 2026-03-04", True),
    ],
)
def test_lengths_of_time_are_calculated_with(said: str, true: bool) -> None:
    test = f"""\
test "one"
  profile email = "ada@example.com", pause = 1 day 1 hour, points = 1.5
  at 2026-03-02 10:00
    purchase total = 5 EUR
  after 1 hour
  expect {said if true else f"not ({said})"}
"""
    assert failures(SHOP + test) == []


@pytest.mark.parametrize(
    ("said", "help"),
    [
        ("opens + 1 hour > 9:00", "A clock time has no day to count from."),
        ("pause + 2 > 1 day", "A length of time has a unit"),
        ("pause * pause > 1 day", "Numbers go with numbers"),
    ],
)
def test_what_makes_no_sense_says_what_would(said: str, help: str) -> None:
    (found,) = compile_texts({"a.journey": SHOP + f"audience a\n  {said}\n"}).diagnostics
    assert "cannot be worked out" in sentence(found) and help in help_text(found)


def test_days_of_a_journey_keep_the_clock_time_over_a_change_of_the_clocks() -> None:
    """The clocks of Paris go forward in the night to Sunday, 29 March 2026: that day has 23 hours."""
    assert (
        failures(
            SHOP
            + """\
audience everyone
  email is known

journey weekly
  start every monday at 9:00 for everyone
  again after 7 days
  goal visit within 7 days
  times in timezone otherwise "Europe/Paris"

  send hello

test "no monday is left out"
  profile email = "ada@example.com", timezone = "Europe/Paris"
  at 2026-03-22 12:00
  after 16 days
  expect sent hello 3 times

test "the goal counts up to the same clock time"
  profile email = "ben@example.com", timezone = "Europe/Paris"
  at 2026-03-22 12:00
  at 2026-03-30 8:59:59
    visit
  expect weekly converted

test "and not at that time itself"
  profile email = "cy@example.com", timezone = "Europe/Paris"
  at 2026-03-22 12:00
  at 2026-03-30 9:30
    visit
  expect weekly started 2 times
"""
        )
        == []
    )
