"""`call` and what a webhook answers, as tests in the language say it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.testing.runner import run_tests

SHOP = """\
profile
  email   email  identity
  ticket  text
  tags    list of text

event visit
  page  text

webhook crm
  post     "https://crm.example.com/tickets"
  timeout  5 seconds
  retries  2
  answers
    ticket  text
    level   integer

message hello
  email
    subject "Your ticket {{ crm.ticket }}"
    body    "<p>Level {{ crm.level }}</p>"

journey j
  start on visit
  wait 1 hour
  call crm with page = event.page
  if failed
    add "by hand" to tags
    stop
  set ticket to crm.ticket
  if crm.level >= 3
    add "high" to tags
  send hello

"""


def failures(story: str) -> list[str]:
    lines = "".join(f"  {line}\n" for line in dedent(story).strip().splitlines())
    text = SHOP + f'test "a story"\n  profile email = "ada@example.com"\n{lines}'
    compiled = compile_texts({"a.journey": text})
    assert compiled.workspace is not None, compiled.diagnostics
    (result,) = run_tests(compile_program(compiled.workspace), compiled.workspace.tests)
    return [failure.text for failure in result.failures]


def test_the_answer_is_typed_and_the_next_steps_use_it() -> None:
    told = failures(
        """
        webhook crm answers ticket = "T1", level = 4
        at 2026-03-02 10:00
          visit page = "help"
        after 1 day
        expect ticket is "T1"
        expect tags contains "high"
        expect sent hello at 2026-03-02 11:00 with subject is "Your ticket T1"
        """
    )
    assert told == []


def test_nothing_said_is_an_answer_without_fields() -> None:
    told = failures(
        """
        at 2026-03-02 10:00
          visit
        after 1 day
        expect ticket is missing
        expect not tags contains "high"
        expect sent hello with subject containing "Your ticket"
        """
    )
    assert told == []


@pytest.mark.parametrize("because", ["", ' because "the CRM is down"'])
def test_a_failure_takes_the_way_of_if_failed(because: str) -> None:
    told = failures(
        f"""
        webhook crm fails{because}
        at 2026-03-02 10:00
          visit
        after 1 day
        expect tags contains "by hand"
        expect j ended because "stop"
        expect not sent hello
        """
    )
    assert told == []


def test_what_it_answers_may_change_on_the_way() -> None:
    told = failures(
        """
        webhook crm fails
        at 2026-03-02 10:00
          visit
        after 1 day
        webhook crm answers ticket = "T2"
        after 1 minute
          visit
        after 2 hours
        expect ticket is "T2"
        """
    )
    assert told == []


def test_what_is_asked_for_must_be_in_the_answer() -> None:
    compiled = compile_texts({"a.journey": SHOP.replace("crm.level >= 3", "crm.urgency >= 3")})
    assert [d.code for d in compiled.diagnostics] == ["unknown-field"]
    assert compiled.diagnostics[0].facts["owner"] == "The answer of crm"
