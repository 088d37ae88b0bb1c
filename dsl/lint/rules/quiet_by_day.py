"""Quiet hours that are silent by day and loud by night."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sojourn.dsl import ast
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject

_NOON, _MIDNIGHT = dt.time(13), dt.time(2)


def check(subject: Subject) -> Iterator[Found]:
    """Looks for quiet hours that cover the early afternoon and not the night."""
    for node in subject.nodes(ast.QuietHours):
        start, end = dt.time.fromisoformat(node.start.value), dt.time.fromisoformat(node.end.value)
        if _covers(start, end, _NOON) and not _covers(start, end, _MIDNIGHT):
            written = subject.words(node.start.span), subject.words(node.end.span)
            source = subject.source(node.start.span.path)
            between = source.text[node.start.span.end : node.end.span.start]
            place = node.start.span.to(node.end.span)
            fix = Fix(place, f"{written[1]}{between}{written[0]}", "swap the two", safe=False)
            yield Found(place, {"start": written[0], "end": written[1]}, fix)


def _covers(start: dt.time, end: dt.time, at: dt.time) -> bool:
    return start <= at < end if start < end else at >= start or at < end


RULE = Rule(
    code="quiet-by-day",
    category="timing",
    severity="error",
    says="From {start} to {end} is the day: messages are held while people are awake, and go out at night.",
    label="the wrong way round",
    what="Quiet hours cover the middle of the day and not the middle of the night.",
    why="The two times say when it is quiet, not when something may be sent. Everything is held until the "
    "evening, and the night is free.",
    mend="Swap the two: `quiet hours from {end} to {start}`.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email     email     identity
  phone     phone
  timezone  timezone

topic offers opt in

quiet hours from ⟦8:00 to 21:00⟧ on sms in timezone otherwise "Europe/Paris"

message hello about offers
  sms
    text "Hello from Northlight."

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
    good="""\
profile
  email     email     identity
  phone     phone
  timezone  timezone

topic offers opt in

quiet hours from 21:00 to 8:00 on sms in timezone otherwise "Europe/Paris"

message hello about offers
  sms
    text "Hello from Northlight."

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
