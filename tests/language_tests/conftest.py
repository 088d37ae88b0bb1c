"""A small shop whose tests are written in the language, and run by the real compiler and core."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.testing.runner import TestResult, run_tests

SHOP = """\
profile
  email       email     identity  private
  device_id   text      identity
  phone       phone
  first_name  text
  timezone    timezone
  country     country
  loyalty     one of bronze, silver, gold = bronze

identity
  email      one per person
  device_id  many per person

event cart_abandoned called "Cart Abandoned"
  cart_id  text   required
  total    money  required

event purchase
  total  money  required

event visit
  page  text

attribute lifetime_value = sum of purchase.total
attribute orders         = count of purchase

audience vips
  lifetime_value >= 100 EUR

audience lapsing
  has purchase in last 180 days
  and no purchase in last 30 days

audience germans
  country is "DE"

topic offers   opt in
topic service  always

message cart_reminder about offers
  email
    subject "Hi {{ profile.first_name }}, your cart is waiting"
    body    "<p>{% if code %}With {{ code }} it costs less.{% endif %}</p>"
  sms
    text    "Still thinking?"

message last_call about offers
  email
    subject "Last call"
    body    "<p>Bye</p>"

message thanks about service
  email
    subject "Thank you"
    body    "<p>Your order is on its way.</p>"

message welcome_back about service
  email
    subject "We miss you"
    body    "<p>Come back.</p>"

journey cart_rescue
  start on cart_abandoned where total > 20 EUR
  exit on purchase
  goal purchase within 3 days
  times in timezone otherwise "Europe/Paris"

  wait 1 hour
  if in vips
    stop
  else
    split first_touch
      50% plain
        send cart_reminder by email
      50% discount
        send cart_reminder by email with code = "BACK10"
  wait for visit as seen, up to 1 day
    happened
      set loyalty to silver
    timed out
      send last_call by email

journey say_thanks
  start on purchase
  send thanks by email

journey winback
  start when entering lapsing
  send welcome_back by email

journey german_welcome
  start when entering germans
  wait 1 day
"""


@pytest.fixture
def run() -> Callable[[str], list[TestResult]]:
    """Runs the tests of a text in the shop."""

    def run_text(text: str) -> list[TestResult]:
        compiled = compile_texts({"shop.journey": SHOP, "tests.journey": dedent(text)})
        assert [d for d in compiled.diagnostics if d.severity == "error"] == []
        assert compiled.workspace is not None
        return run_tests(compile_program(compiled.workspace), compiled.workspace.tests)

    return run_text


@pytest.fixture
def why(run: Callable[[str], list[TestResult]]) -> Callable[[str], list[str]]:
    """What one test says went wrong: the sentences, none when it passed. The text is the body of the test."""

    def failures(body: str) -> list[str]:
        lines = ["  " + line for line in dedent(body).strip().splitlines()]
        (result,) = run('test "a story"\n' + "\n".join(lines) + "\n")
        assert result.passed == (not result.failures)
        return [failure.text for failure in result.failures]

    return failures
