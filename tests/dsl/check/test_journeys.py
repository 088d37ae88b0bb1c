"""Journeys become flat, numbered steps with ids that survive edits around them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from sojourn.dsl import checked
from sojourn.dsl.values import HOUR, Duration

MESSAGES = """\
message reminder about offers
  email
    subject "Hello"
    body    "<p>Hello</p>"
  sms
    text "Hello"

audience vips
  loyalty is gold

"""

RESCUE = """\
journey rescue
  start on cart_abandoned where event.total > 20 EUR
  again after 7 days
  exit on purchase
  exit when in vips
  goal purchase within 3 days
  times in timezone otherwise "Europe/Paris"
  one per cart_id
  ends after 30 days

  wait 1 hour
  if in vips
    send reminder by sms, email
  else if has cart_abandoned at least 3 times in last 30 days
    stop
  else
    split first_touch
      50% plain
        send reminder by email
      40% discount
        send reminder by email with code = "BACK10"
      rest holdout
        stop
  wait for purchase where total > 10 EUR as order, up to 1 day
    happened
      set loyalty to silver
      stop
    timed out
      send reminder by sms
  wait until 9:00 on a weekday
"""


def test_steps_are_numbered_and_lead_on(shop) -> None:
    journey = shop(MESSAGES + RESCUE).workspace.journeys["rescue"]
    ids = [step.id for step in journey.steps]
    assert ids == [
        "wait 1 hour",
        "if in vips",
        "if in vips/send reminder by sms, email",
        "if in vips/else if has cart_abandoned at least 3 times in last 30 days/stop",
        "if in vips/else/split first_touch",
        "if in vips/else/split first_touch/plain/send reminder by email",
        'if in vips/else/split first_touch/discount/send reminder by email with code = "BACK10"',
        "if in vips/else/split first_touch/holdout/stop",
        "wait for purchase where total > 10 EUR as order, up to 1 day",
        "wait for purchase where total > 10 EUR as order, up to 1 day/happened/set loyalty to silver",
        "wait for purchase where total > 10 EUR as order, up to 1 day/happened/stop",
        "wait for purchase where total > 10 EUR as order, up to 1 day/timed out/send reminder by sms",
        "wait until 9:00 on a weekday",
    ]
    assert len(set(ids)) == len(ids)
    branch = journey.steps[1].operation
    assert isinstance(branch, checked.Branch)
    assert [(label, target) for label, _, target in branch.arms] == [
        ("if in vips", 2),
        ("else if has cart_abandoned at least 3 times in last 30 days", 3),
    ]
    assert branch.otherwise == 4
    split = journey.steps[4].operation
    assert isinstance(split, checked.Split)
    assert split.arms == (
        checked.Arm("plain", Decimal("0.5"), 5),
        checked.Arm("discount", Decimal("0.4"), 6),
        checked.Arm("holdout", Decimal("0.1"), 7),
    )
    wait = journey.steps[8].operation
    assert isinstance(wait, checked.WaitFor)
    assert (wait.happened, wait.timed_out, wait.alias, wait.up_to) == (9, 11, "order", Duration(days=1))
    assert [step.next for step in journey.steps] == [1, 8, 8, 8, 8, 8, 8, 8, 12, 10, 12, 12, 13]
    last = journey.steps[12].operation
    assert last == checked.WaitUntil(None, dt.time(9), frozenset(range(5)))


def test_settings_are_read(shop) -> None:
    journey = shop(MESSAGES + RESCUE).workspace.journeys["rescue"]
    assert (journey.again, journey.again_after) == ("after", Duration(days=7))
    assert [exit.label for exit in journey.exits] == ["exit on purchase", "exit when in vips"]
    assert journey.goal is not None and journey.goal.within == Duration(days=3)
    assert journey.zone_fallback == "Europe/Paris"
    assert journey.ends_after == Duration(days=30)
    assert isinstance(journey.one_per, checked.FieldValue) and journey.one_per.path == ("cart_id",)


def test_an_edit_elsewhere_leaves_the_ids_as_they_are(shop) -> None:
    before = shop(MESSAGES + RESCUE).workspace.journeys["rescue"]
    edited = RESCUE.replace("  wait 1 hour\n", "  wait 1 hour\n  wait 5 minutes   # a little more\n")
    after = shop(MESSAGES + edited).workspace.journeys["rescue"]
    assert [step.id for step in after.steps if step.id != "wait 5 minutes"] == [
        step.id for step in before.steps
    ]


def test_the_same_step_twice_has_two_ids(shop) -> None:
    journey = shop(
        MESSAGES + "journey j\n  start on purchase\n  wait 1 day\n  send reminder\n  wait 1 day\n"
    ).workspace.journeys["j"]
    assert [step.id for step in journey.steps] == ["wait 1 day", "send reminder", "wait 1 day (2)"]


def test_match_is_a_branch(shop) -> None:
    journey = shop(
        MESSAGES
        + """\
journey j
  start on purchase
  match country
    is "DE", "AT"
      stop
    is "FR"
      wait 1 day
    otherwise
      wait 2 days
  send reminder
"""
    ).workspace.journeys["j"]
    branch = journey.steps[0].operation
    assert isinstance(branch, checked.Branch)
    assert [target for _, _, target in branch.arms] == [1, 2] and branch.otherwise == 3
    assert journey.steps[0].next == 4


def test_a_moment_without_a_zone_is_in_the_zone_of_the_journey(shop) -> None:
    journey = shop("journey j\n  start on purchase\n  wait until 2026-12-24 9:00\n").workspace.journeys["j"]
    operation = journey.steps[0].operation
    assert isinstance(operation, checked.WaitUntil) and isinstance(operation.moment, checked.Constant)
    assert operation.moment.value == dt.datetime(2026, 12, 24, 9)


def test_the_event_that_a_wait_caught_is_read_by_its_name(shop) -> None:
    good = (
        "journey j\n  start on cart_abandoned\n  wait for purchase as order, up to 1 day\n"
        "  if order.total > 10 EUR\n    stop\n"
    )
    branch = shop(good).workspace.journeys["j"].steps[1].operation
    assert isinstance(branch, checked.Branch)
    condition = branch.arms[0][1]
    assert isinstance(condition, checked.Compare) and condition.left == checked.FieldValue(
        "run", ("order", "total"), type=condition.left.type
    )
    assert shop(good.replace("order.total", "order.totl")).mistakes == [("unknown-field", "totl")]


def test_the_event_that_started_the_journey_has_a_name_where_another_is_looked_at(shop) -> None:
    good = (
        "journey j\n  start on purchase where total > 10 EUR as order\n  start on cart_abandoned as cart\n"
        "  exit on purchase where order_id is order.order_id\n  goal purchase where total >= cart.total within 3 days\n"
        "  wait for purchase where order_id is order.order_id as again, up to 1 day\n  wait 1 day\n"
    )
    journey = shop(good).workspace.journeys["j"]
    assert [start.alias for start in journey.starts] == ["order", "cart"]
    wait = journey.steps[0].operation
    assert isinstance(wait, checked.WaitFor) and isinstance(wait.where, checked.Compare)
    assert wait.where.right == checked.FieldValue("run", ("order", "order_id"), type=wait.where.right.type)
    assert shop(good.replace("is order.order_id\n", "is order.oder_id\n")).mistakes == [
        ("unknown-field", "oder_id")
    ]
    assert shop(good.replace("as cart", "as order").replace("cart.total", "order.total")).mistakes[0] == (
        "declared-twice",
        "order",
    )
    assert ("name-taken", "country") in shop(good.replace("as cart", "as country")).mistakes
    assert ("declared-twice", "order") in shop(
        good.replace("as again", "as order").replace(
            "start on purchase where total > 10 EUR as order", "start on cart_abandoned as order"
        )
    ).mistakes


@pytest.mark.parametrize(
    ("steps", "code", "underlined"),
    [
        ("send remindr", "unknown-name", "remindr"),
        ("send reminder by push", "no-such-channel", "push"),
        ("send reminder by fax", "no-such-channel", "fax"),
        ("wait 0 minutes", "no-time-at-all", "0 minutes"),
        ("set loyality to gold", "unknown-field", "loyality"),
        ("set loyalty to glod", "unknown-option", "glod"),
        ('set email to "a@example.com"', "set-identifier", "email"),
        ("set consent.ofers to true", "unknown-name", "consent.ofers"),
        ("wait until loyalty", "does-not-fit", "loyalty"),
        ("wait for purchse, up to 1 day", "unknown-name", "purchse"),
        ("enter other", "unknown-name", "other"),
    ],
)
def test_mistakes_in_steps_are_underlined(shop, steps: str, code: str, underlined: str) -> None:
    wrong = shop(MESSAGES + f"journey j\n  start on purchase\n  {steps}\n  wait 1 day\n")
    assert wrong.mistakes[0] == (code, underlined)


def test_a_journey_on_an_audience_has_no_event(shop) -> None:
    wrong = shop(MESSAGES + "journey j\n  start when entering vips\n  if event.total > 20 EUR\n    stop\n")
    assert [code for code, _ in wrong.mistakes] == ["no-event-here"]


def test_the_wait_is_one_hour_long(shop) -> None:
    journey = shop(MESSAGES + RESCUE).workspace.journeys["rescue"]
    assert journey.steps[0].operation == checked.Wait(Duration(microseconds=HOUR))
