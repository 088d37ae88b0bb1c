"""add, remove, emit, enter, repeat and `if failed`, as tests in the language see them."""

from __future__ import annotations

from textwrap import dedent

import pytest

from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.testing.runner import TestResult, run_tests
from tests.language_tests.test_what_is_known import failures

SHOP = """\
profile
  email     email  identity
  country   country
  tags      list of text

event visit
  page  text

event purchase
  total  money  required

event rescue_over
  page  text
  how   text

topic service  always

message hello about service
  email
    subject "Hello {{ profile.email }}"
    body    "<p>Hello</p>"

message broken about service
  email
    subject "{{ 1 / (profile.tags | length) }}"
    body    "<p>Hello</p>"

attribute rescues = count of rescue_over

audience rescued
  rescues >= 1

"""


def run(journeys: str, story: str) -> TestResult:
    test = 'test "a story"\n  profile email = "ada@example.com"\n' + "".join(
        f"  {line}\n" for line in dedent(story).strip().splitlines()
    )
    compiled = compile_texts({"a.journey": SHOP + dedent(journeys) + "\n" + test})
    assert compiled.workspace is not None, compiled.diagnostics
    (result,) = run_tests(compile_program(compiled.workspace), compiled.workspace.tests)
    return result


def told(result: TestResult) -> list[str]:
    return [failure.text for failure in result.failures]


def test_an_element_is_added_once_and_removed_wherever_it_is() -> None:
    result = run(
        """
        journey j
          start on visit
          add "rescued" to tags
          add "rescued" to tags
          add "german" to tags
          remove "rescued" from tags
          remove "never there" from tags
        """,
        """
        at 2026-03-02 10:00
          visit
        expect tags contains "german"
        expect not tags contains "rescued"
        """,
    )
    assert told(result) == []


def test_an_audience_follows_an_element_at_once() -> None:
    result = run(
        """
        audience tagged
          tags contains "rescued"

        journey j
          start on visit
          exit when in tagged
          add "rescued" to tags
          send hello

        journey k
          start when entering tagged
          send hello
        """,
        """
        at 2026-03-02 10:00
          visit
        expect j ended because "exit when in tagged"
        expect k started
        expect sent hello 1 times
        """,
    )
    assert told(result) == []


def test_an_emitted_event_is_known_at_once_and_starts_and_resumes_other_journeys() -> None:
    result = run(
        """
        journey rescue
          start on visit where event.page is "cart"
          emit rescue_over with page = event.page, how = "well"
          if rescues >= 1 and in rescued
            add "counted" to tags

        journey waits
          start on visit where event.page is "home"
          wait for rescue_over where how is "well" as end, up to 1 day
            happened
              add end.page to tags

        journey starts
          start on rescue_over where how is "well"
          add "started" to tags
        """,
        """
        at 2026-03-02 10:00
          visit page = "home"
        after 1 hour
          visit page = "cart"
        expect tags contains "counted"
        expect tags contains "cart"
        expect tags contains "started"
        expect waits ended
        """,
    )
    assert told(result) == []


def test_a_journey_is_ended_by_the_event_that_it_emits_and_does_not_start_on_it_again() -> None:
    result = run(
        """
        journey j
          start on visit
          start on rescue_over
          exit on rescue_over
          wait 1 hour
          emit rescue_over
          send hello
        """,
        """
        at 2026-03-02 10:00
          visit
        after 1 day
        expect j ended because "exit on rescue_over"
        expect j started 1 times
        expect not sent hello
        """,
    )
    assert told(result) == []


def test_a_wait_looks_from_the_moment_it_begins_so_it_does_not_take_what_the_step_before_emitted() -> None:
    result = run(
        """
        journey j
          start on visit
          emit rescue_over
          wait for rescue_over, up to 1 day
            happened
              send hello
        """,
        """
        at 2026-03-02 10:00
          visit
        after 2 days
        expect not sent hello
        """,
    )
    assert told(result) == []


def test_journeys_that_emit_in_a_circle_stop_with_a_clear_record() -> None:
    result = run(
        """
        journey a
          start on visit
          start on rescue_over
          emit rescue_over
        """,
        """
        at 2026-03-02 10:00
          visit
        expect a started 100 times
        """,
    )
    assert any("they trigger each other" in text for text in told(result))
    assert len([line for line in result.timeline if "emitted" in line.text]) <= 101


def test_entering_starts_the_other_journey_and_goes_on_in_this_one() -> None:
    result = run(
        """
        journey a
          start on visit
          enter b
          enter b
          send hello

        journey b
          start on purchase
          again never
          wait 1 day
        """,
        """
        at 2026-03-02 10:00
          visit
        expect sent hello
        expect b started 1 times
        expect waiting at "wait 1 day" in b
        expect a ended because "finished"
        after 3 days
          visit
        expect b started 1 times
        """,
    )
    assert told(result) == []


def test_a_refused_entry_says_why() -> None:
    result = run(
        """
        journey a
          start on visit
          enter b

        journey b
          start on purchase
          again never
          wait 1 day
        """,
        """
        at 2026-03-02 10:00
          visit
          visit
        after 3 days
          visit
        expect b not started
        """,
    )
    lines = [line.text for line in result.timeline]
    assert "a does not enter b: already in b" in lines
    assert "a does not enter b: again never" in lines


def test_a_block_is_repeated_until_it_says_stop() -> None:
    result = run(
        """
        journey j
          start on visit
          repeat up to 3 times
            send hello
            wait 2 days
            stop repeating if has purchase
          add "done" to tags
        """,
        """
        at 2026-03-02 10:00
          visit
        after 1 day
        expect sent hello 1 times
        after 2 days
          purchase total = 5 EUR
        expect sent hello 2 times
        after 20 days
        expect sent hello 2 times
        expect tags contains "done"
        """,
    )
    assert told(result) == []


def test_rounds_are_counted_anew_each_time_a_block_is_reached() -> None:
    result = run(
        """
        journey j
          start on visit
          repeat up to 2 times
            wait 1 day
            repeat up to 3 times
              send hello
              wait 1 hour
        """,
        """
        at 2026-03-02 10:00
          visit
        after 10 days
        expect sent hello 6 times
        expect j ended because "finished"
        """,
    )
    assert told(result) == []


@pytest.mark.parametrize("tags, sent, tagged", [("", False, True), (', tags = "a"', True, False)])
def test_what_follows_a_failure_is_the_authors_choice(tags: str, sent: bool, tagged: bool) -> None:
    yes = {True: "", False: "not "}
    result = run(
        """
        journey j
          start on visit
          send broken
          if failed
            set country to "DE"
          else
            set country to "FR"
          send hello
        """,
        f"""
        profile country = "AT"{tags}
        at 2026-03-02 10:00
          visit
        expect {yes[sent]}sent broken
        expect sent hello
        expect country is "{"DE" if tagged else "FR"}"
        """,
    )
    assert told(result) == []


def test_a_failure_that_nobody_asks_about_fails_the_test() -> None:
    result = run(
        """
        journey j
          start on visit
          send broken
        """,
        """
        at 2026-03-02 10:00
          visit
        expect j started
        """,
    )
    assert any("failed at" in text for text in told(result))


RACE = """
journey j
  start on visit where event.page is "start"
  wait for first of, up to 2 days
    purchase where total > 50 EUR as big
      add "big" to tags
    purchase as small
      add "small" to tags
    visit where event.page is "bye"
      stop
    timed out
      add "late" to tags
  if big.total > 0 EUR
    add "known" to tags
"""


@pytest.mark.parametrize(
    "happens, expected",
    [
        ("purchase total = 80 EUR", 'tags contains "big"'),
        ("purchase total = 80 EUR", 'tags contains "known"'),
        ("purchase total = 20 EUR", 'tags contains "small"'),
        ("purchase total = 20 EUR", 'not tags contains "known"'),
        ('visit page = "bye"', 'j ended because "stop"'),
        ('visit page = "other"', 'waiting at "wait for first of" in j'),
    ],
)
def test_whichever_comes_first_is_taken(happens: str, expected: str) -> None:
    result = run(
        RACE.replace("event.page is", "page is"),
        f"""
        at 2026-03-02 10:00
          visit page = "start"
        after 1 hour
          {happens}
        expect {expected}
        """,
    )
    assert told(result) == []


def test_none_in_time_and_what_comes_later_is_nothing_to_it() -> None:
    result = run(
        RACE.replace("event.page is", "page is"),
        """
        at 2026-03-02 10:00
          visit page = "start"
        after 3 days
          purchase total = 80 EUR
        expect tags contains "late"
        expect not tags contains "big"
        """,
    )
    assert told(result) == []


def test_since_start_takes_no_event_twice_in_a_repeat() -> None:
    """One visit before the first round, one between two rounds, and none after that."""
    assert (
        failures(
            SHOP
            + """\
journey rounds
  start on rescue_over

  wait 1 hour
  repeat up to 3 times
    wait for visit as seen since start, up to 1 day
      happened
        add seen.page to tags
      timed out
        add "nobody" to tags
    wait 2 hours
  add "through" to tags

test "each visit once"
  profile email = "ada@example.com"
  at 2026-03-02 10:00
    rescue_over how = "x"
  after 10 minutes
    visit page = "one"
  after 10 minutes
    visit page = "another"
  at 2026-03-02 11:30
  expect tags contains "one" and not tags contains "another"
  at 2026-03-02 12:00
    visit page = "two"
  at 2026-03-02 13:30
  expect tags contains "two" and not tags contains "nobody"
  at 2026-03-03 14:59
  expect waiting at "wait for visit" in rounds
  at 2026-03-03 17:30
  expect tags contains "nobody" and tags contains "through"
"""
        )
        == []
    )
