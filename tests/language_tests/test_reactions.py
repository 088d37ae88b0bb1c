"""Opened, clicked, bounced, complained: waiting for a reaction, and addresses that are not written to any more."""

from __future__ import annotations

from textwrap import dedent

import pytest

from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.testing.runner import run_tests

SHOP = """\
profile
  email   email  identity
  phone   phone
  crm_id  text   identity
  tags    list of text

event visit
  page  text

topic offers  opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello</p>"
  sms
    text "Hello"

message other
  email
    subject "Other"
    body    "<p>Other</p>"

journey j
  start on visit
  send hello by email
  wait for email_opened of hello as seen, up to 2 days
    happened
      add "opened" to tags
    timed out
      send hello by sms

"""


def failures(story: str, journeys: str = "") -> list[str]:
    lines = "".join(f"  {line}\n" for line in dedent(story).strip().splitlines())
    who = 'profile email = "ada@example.com", phone = "+33612345678", crm_id = "1", consent.offers = true'
    text = SHOP + dedent(journeys) + f'\ntest "a story"\n  {who}\n{lines}'
    compiled = compile_texts({"a.journey": text})
    assert compiled.workspace is not None, compiled.diagnostics
    (result,) = run_tests(compile_program(compiled.workspace), compiled.workspace.tests)
    return [failure.text for failure in result.failures]


@pytest.mark.parametrize(
    "reaction, opened",
    [
        ('email_opened message = "hello"', True),
        ('email_opened message = "other"', False),
        ("email_opened", False),
        ('message_clicked message = "hello"', False),
        # Another run's message of the same name: its key is not that of this one.
        ('email_opened message = "hello", message_id = "j-0000-1/send hello by email/1"', False),
    ],
)
def test_a_wait_takes_the_reaction_to_the_message_of_its_own_run(reaction: str, opened: bool) -> None:
    told = failures(
        f"""
        at 2026-03-02 10:00
          visit
        after 1 hour
          {reaction}
        after 3 days
        expect {"" if opened else "not "}tags contains "opened"
        expect {"not " if opened else ""}sent hello by sms
        """
    )
    assert told == []


def test_reactions_race_with_other_events() -> None:
    told = failures(
        """
        at 2026-03-02 10:00
          visit page = "race"
        after 1 hour
          message_clicked message = "hello", link = "https://example.com/"
        expect tags contains "clicked"
        """,
        """
        journey race
          start on visit where page is "race"
          send hello by email
          wait for first of, up to 2 days
            message_clicked of hello as click
              add "clicked" to tags
            unsubscribed of hello
              stop
        """,
    )
    assert told == []


@pytest.mark.parametrize(
    "reaction, because",
    [
        ("message_bounced kind = hard", "suppressed (hard bounce)"),
        ("message_complained", "suppressed (complaint)"),
        ("message_bounced kind = soft", ""),
    ],
)
def test_a_hard_bounce_and_a_complaint_are_final(reaction: str, because: str) -> None:
    expect = f'expect not sent other because "{because}"' if because else "expect sent other"
    told = failures(
        f"""
        at 2026-03-02 10:00
          {reaction}
        after 300 days
          visit page = "other"
        {expect}
        """,
        """
        journey k
          start on visit where page is "other"
          send other
        """,
    )
    assert told == []


def test_what_is_suppressed_leads_to_the_next_channel() -> None:
    told = failures(
        """
        at 2026-03-02 10:00
          message_bounced kind = hard, channel = email
          visit page = "both"
        expect sent hello by sms
        expect not sent hello by email
        """,
        """
        journey k
          start on visit where page is "both"
          send hello by email, sms
        """,
    )
    assert told == []
