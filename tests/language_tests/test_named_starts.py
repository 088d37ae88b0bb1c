"""The event that started a journey has a name, so that what comes later can be about the same order."""

from __future__ import annotations

from textwrap import dedent

import pytest

from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.testing.runner import run_tests

ORDERS = """\
profile
  email  email  identity

event purchase
  order_id  text   required
  total     money

event delivered
  order_id  text  required

event returned
  order_id  text  required

event shipped
  order_id  text  required

message arrived
  email
    subject "{{ order.order_id }} is there"
    body    "<p>{{ order.total }}</p>"

journey parcel
  start on purchase as order
  start on shipped as sent
  one per order_id
  exit on returned where order_id is order.order_id
  goal delivered where order_id is order.order_id within 10 days

  wait for delivered where order_id is order.order_id, up to 5 days
    happened
      send arrived

"""

STORIES = {
    "each delivery is about its own order": """
      at 2026-03-02 10:00
        purchase order_id = "a", total = 5 EUR
        purchase order_id = "b", total = 7 EUR
      after 1 day
        delivered order_id = "b"
      expect sent arrived 1 time with subject containing "b is there" and body containing "7.00 EUR"
      expect waiting at "wait for delivered" in parcel
    """,
    "each return ends its own order": """
      at 2026-03-02 10:00
        purchase order_id = "a"
        purchase order_id = "b"
      after 1 day
        returned order_id = "a"
      expect parcel ended because "exit on returned"
      after 1 hour
        delivered order_id = "a"
      expect not sent arrived
      after 1 hour
        delivered order_id = "b"
      expect sent arrived with subject containing "b is there"
    """,
    "the goal knows the order after the end": """
      at 2026-03-02 10:00
        purchase order_id = "a"
      after 6 days
      expect parcel ended because "finished"
      after 1 day
        delivered order_id = "z"
      expect parcel not converted
      after 1 day
        delivered order_id = "a"
      expect parcel converted
    """,
    "what another start named is missing, and equals nothing": """
      at 2026-03-02 10:00
        shipped order_id = "a"
      after 1 day
        delivered order_id = "a"
      expect parcel started 1 time
      expect waiting at "wait for delivered" in parcel
    """,
}


@pytest.mark.parametrize("name", list(STORIES))
def test_a_named_start(name: str) -> None:
    story = dedent(STORIES[name]).strip("\n").replace("\n", "\n  ")
    test = f'test "{name}"\n  profile email = "ada@example.com"\n  {story}\n'
    compiled = compile_texts({"a.journey": ORDERS + test})
    assert compiled.workspace is not None and compiled.diagnostics == ()
    [result] = run_tests(compile_program(compiled.workspace), compiled.workspace.tests)
    assert result.failures == ()
