"""Limits, quiet hours and webhooks: what is checked of them, and the one shape they are written in."""

from __future__ import annotations

import datetime as dt

from sojourn.dsl import checked
from sojourn.dsl.format import format_file
from sojourn.dsl.source import SourceFile
from sojourn.dsl.values import SECOND, Duration

WRITTEN = """\
limit offers to 3 messages per 7 days
limit sms to 1 message per calendar day
limit everything to 5 messages per calendar month

quiet hours from 21:00 to 8:00 on sms, push in timezone otherwise "Europe/Paris" drop
quiet hours from 13:00 to 14:00 in "Europe/Rome"

webhook crm
  post "https://crm.example.com/tickets"
  timeout 2 seconds
  retries 1
  answers
    ticket  text  required

journey asks
  start on purchase

  call crm with total = event.total as answer
  if failed
    stop
  if answer.ticket is known
    set first_name to answer.ticket

test "it asks"
  profile email = "ada@example.com"
  webhook crm answers ticket = "T1"
  webhook crm fails
  webhook crm fails because "no such shop"
  expect asks not started
"""


def test_what_is_meant(shop) -> None:
    workspace = shop(WRITTEN).workspace
    assert [
        (limit.target, limit.kind, limit.count, limit.per, limit.calendar) for limit in workspace.limits
    ] == [
        ("offers", "topic", 3, Duration(0, 7, 0), None),
        ("sms", "channel", 1, None, "day"),
        ("everything", "everything", 5, None, "month"),
    ]
    night, noon = workspace.quiet_hours
    assert (night.start, night.end, night.channels, night.drop) == (
        dt.time(21),
        dt.time(8),
        ("sms", "push"),
        True,
    )
    assert (night.zone_fallback, noon.drop, noon.channels) == (
        "Europe/Paris",
        False,
        ("email", "sms", "push"),
    )
    crm = workspace.webhooks["crm"]
    assert (crm.timeout, crm.retries, list(crm.answers.fields)) == (2 * SECOND, 1, ["ticket"])
    assert [type(step.operation) for step in workspace.journeys["asks"].steps[:2]] == [
        checked.CallWebhook,
        checked.IfFailed,
    ]
    answered = [item for item in workspace.tests[0].items if isinstance(item, checked.Answered)]
    assert [(item.values, item.because) for item in answered] == [
        ({"ticket": "T1"}, ""),
        (None, "the test says so"),
        (None, "no such shop"),
    ]


def test_the_shape_is_kept() -> None:
    assert format_file(SourceFile("a.journey", WRITTEN)).text == WRITTEN


def test_a_zone_without_a_fallback_is_refused(shop) -> None:
    wrong = shop("quiet hours from 21:00 to 8:00 on sms in timezone\n")
    assert [code for code, _ in wrong.mistakes] == ["no-fallback-zone"]
