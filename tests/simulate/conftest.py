"""A shop of a few lines, and records for it as they come out of the door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sojourn.dsl.values import HOUR, MINUTE, parse_instant
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.records import Record

MONDAY = parse_instant("2026-03-02T10:00:00Z")

SHOP = """\
profile
  email       email  identity  private
  device_id   text   identity
  first_name  text

identity
  email      one per person
  device_id  many per person

event cart_abandoned
  cart_id  text   required
  total    money  required

event purchase
  total  money  required

event visit
  page  text

attribute spent = sum of purchase.total

audience spenders
  spent >= 50 EUR

audience lapsing
  has purchase in last 60 days
  and no purchase in last 30 days

topic offers   opt in
topic service  always

message cart_reminder about offers
  email
    subject "Hi {{ profile.first_name }}"
    body    "<p>Your cart is waiting.</p>"

message welcome_back about service
  email
    subject "We miss you"
    body    "<p>Come back.</p>"

journey cart_rescue
  start on cart_abandoned where total > 20 EUR
  exit on purchase
  goal purchase within 3 days

  wait 1 hour
  split first_touch
    50% plain
      send cart_reminder by email
    50% holdout
      stop
  wait for visit, up to 1 day
    happened
      set first_name to "Visitor"

journey winback
  start when entering lapsing
  again never
  send welcome_back
"""


@pytest.fixture(scope="session")
def shop() -> Program:
    """The compiled shop."""
    compiled = compile_texts({"shop.journey": SHOP})
    assert [d for d in compiled.diagnostics if d.severity == "error"] == []
    assert compiled.workspace is not None
    return compile_program(compiled.workspace)


Happens = Callable[..., Record]


@pytest.fixture(scope="session")
def happens() -> Happens:
    """`happens("e1", "10:30", "visit", email="…", page="…")`: a record on Monday (or `day` days later), UTC."""

    def record(id: str, clock: str, event: str, day: int = 0, **said: Any) -> Record:
        hour, minute = map(int, clock.split(":"))
        at = MONDAY + ((hour - 10) * HOUR) + minute * MINUTE + day * 24 * HOUR
        known = {"email", "device_id", "first_name", "consent"}
        profile = {("consent.offers" if k == "consent" else k): v for k, v in said.items() if k in known}
        return Record(id, event, at, at, profile, {k: v for k, v in said.items() if k not in known})

    return record


@pytest.fixture(scope="session")
def monday(happens: Happens) -> list[Record]:
    """One Monday in the shop.

    Ada agreed to offers, leaves a cart of 59 EUR, is written to and buys. Ben leaves one, has agreed to
    nothing, and visits.
    Cy's cart is too small. Dee buys; a device d1 visits; then Dee is seen on the device d1.
    """
    return [
        happens("1", "9:00", "", email="ada@example.com", first_name="Ada", consent=True),
        happens("2", "10:00", "cart_abandoned", email="ada@example.com", cart_id="a", total="59 EUR"),
        happens("3", "10:05", "cart_abandoned", email="ben@example.com", cart_id="b", total="59 EUR"),
        happens("4", "10:10", "cart_abandoned", email="cy@example.com", cart_id="c", total="20 EUR"),
        happens("5", "10:12", "purchase", email="dee@example.com", total="12 EUR"),
        happens("6", "10:15", "visit", device_id="d1", page="/"),
        happens("7", "10:20", "visit", email="dee@example.com", device_id="d1", page="/sale"),
        happens("8", "11:30", "purchase", email="ada@example.com", total="59 EUR"),
        happens("9", "12:00", "visit", email="ben@example.com", page="/"),
    ]
