"""The clock of a test: where it begins, how it moves, and what time brings on the way."""

from __future__ import annotations

from collections.abc import Callable

from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.testing.runner import TestResult, run_tests

Why = Callable[[str], list[str]]


def test_clock_times_are_those_of_the_profiles_zone(why: Why) -> None:
    story = """
    profile email = "ben@example.com", timezone = "America/New_York", consent.offers = true
    choose plain in first_touch
    at 2026-03-02 10:00
      cart_abandoned cart_id = "c2", total = 59 EUR
    expect sent cart_reminder by email at 2026-03-02 11:00
    expect now is 2026-03-02 11:00
    """
    assert why(story.replace("    expect now is 2026-03-02 11:00\n", "")) == []


def test_an_expectation_at_a_moment_moves_the_clock_and_later_ones_see_it(why: Why) -> None:
    story = """
    profile email = "ada@example.com", consent.offers = true
    choose plain in first_touch
    at 2026-03-02 10:00
      cart_abandoned cart_id = "c1", total = 59 EUR
    expect not sent cart_reminder
    expect sent cart_reminder at 2026-03-02 11:00
    expect sent cart_reminder
    expect not sent last_call
    expect sent last_call at 2026-03-03 11:00
    expect cart_rescue ended because "finished"
    """
    assert why(story) == []


def test_without_at_a_test_begins_with_the_year_2026(why: Why) -> None:
    story = """
    profile email = "ada@example.com", consent.offers = true
    choose plain in first_touch
    after 1 day
      cart_abandoned cart_id = "c1", total = 59 EUR
    expect sent cart_reminder at 2026-01-02 01:00
    """
    assert why(story) == []


def test_days_keep_the_clock_time_when_summer_begins(why: Why) -> None:
    story = """
    profile email = "ada@example.com", timezone = "Europe/Paris", consent.offers = true
    at 2026-03-28 10:00
    after 1 day
      purchase total = 5 EUR
    expect sent thanks at 2026-03-29 10:00
    """
    assert why(story) == []


def test_the_clock_cannot_go_back(why: Why) -> None:
    story = """
    at 2026-03-02 10:00
    at 2026-03-01 10:00
      purchase total = 5 EUR
    expect say_thanks started
    """
    assert why(story) == [
        "the clock cannot go back: it is already 2026-03-02 10:00; write what happens in order"
    ]


def test_time_brings_somebody_into_an_audience_at_the_exact_instant(why: Why) -> None:
    bought = """
    profile email = "ada@example.com"
    at 2026-03-02 10:00
      purchase total = 5 EUR
    """
    assert why(bought + "after 719 hours\n    expect not in lapsing\n    expect winback not started") == []
    assert why(bought + "after 720 hours\n    expect in lapsing\n    expect sent welcome_back by email") == []
    assert why(bought + "after 200 days\n    expect not in lapsing\n    expect winback started 1 times") == []


def test_what_is_known_at_the_start_starts_no_journeys_and_what_changes_later_does(why: Why) -> None:
    known = """
    profile email = "ada@example.com", country = "DE"
    at 2026-03-02 10:00
    expect in germans
    expect german_welcome not started
    """
    assert why(known) == []
    moved = """
    profile email = "ada@example.com"
    at 2026-03-02 10:00
    expect not in germans
    profile country = "DE"
    expect in germans
    expect waiting at "wait 1 day" in german_welcome
    """
    assert why(moved) == []


def test_somebody_of_whom_nothing_is_said_cannot_be_written_to(why: Why) -> None:
    stranger = """
    at 2026-03-02 10:00
      purchase total = 5 EUR
    expect say_thanks started
    expect not sent thanks because "email"
    """
    assert why(stranger) == []


def test_a_failing_test_shows_its_timeline_and_a_passing_one_shows_none(
    run: Callable[[str], list[TestResult]],
) -> None:
    passing, failing = run(
        """
        test "thanks"
          profile email = "ada@example.com"
          at 2026-03-02 10:00
            purchase total = 5 EUR
          expect sent thanks

        test "no thanks"
          profile email = "ada@example.com"
          at 2026-03-02 10:00
            purchase total = 5 EUR
          after 10 days
          expect not sent thanks
        """
    )
    assert (passing.name, passing.passed, passing.timeline) == ("thanks", True, ())
    assert ("say_thanks", "send thanks by email") in passing.visited
    assert not failing.passed
    (failure,) = failing.failures
    assert failure.span.path == "tests.journey" and failure.span.line == 13
    assert [str(line) for line in failing.timeline] == [
        "2026-03-02 10:00  profile: email ada@example.com",
        "2026-03-02 10:00  purchase total 5 EUR",
        "2026-03-02 10:00  say_thanks started",
        "2026-03-02 10:00  sent thanks by email to ada@example.com: “Thank you”",
        "2026-03-02 10:00  say_thanks ended: finished",
    ]


def test_the_same_tests_give_the_same_results_twice(run: Callable[[str], list[TestResult]]) -> None:
    text = """
    test "one"
      profile email = "ada@example.com", consent.offers = true
      at 2026-03-02 10:00
        cart_abandoned cart_id = "c1", total = 59 EUR
      after 3 days
      expect sent thanks
    """
    assert run(text) == run(text)


DENTIST = """\
profile
  email     email     identity
  timezone  timezone
  next      datetime

event booked
  at  datetime  required

attribute appointment = last booked.at

topic service always

message tomorrow about service
  email
    subject "Tomorrow"
    body    "<p>See you</p>"

journey remind
  start on booked
  times in timezone otherwise "UTC"

  wait until event.at - 1 day
  send tomorrow

test "booked in Tokyo"
  profile email = "kei@example.com", timezone = "Asia/Tokyo", next = 2026-03-05 9:00
  at 2026-03-02 10:00
    booked at = 2026-03-12 15:00
  expect next is 2026-03-05 9:00
  expect appointment is 2026-03-12 15:00
  expect sent tomorrow at 2026-03-11 15:00
"""


def test_moments_in_values_are_in_the_profiles_zone_like_all_times_of_a_test() -> None:
    def failures(text: str) -> list[tuple[int, str]]:
        compiled = compile_texts({"dentist.journey": text})
        assert compiled.workspace is not None, compiled.diagnostics
        [result] = run_tests(compile_program(compiled.workspace), compiled.workspace.tests)
        return [(failure.span.line, failure.text) for failure in result.failures]

    assert failures(DENTIST) == []
    wrong = DENTIST.replace("expect appointment is 2026-03-12 15:00", "expect appointment is 2026-03-12 6:00")
    assert [text for _, text in failures(wrong)] == ["appointment is 2026-03-12 15:00"]
