"""A fixed date that is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sojourn.dsl import ast, checked
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject
from sojourn.dsl.values import HOUR, from_datetime, to_datetime

_MARGIN = 14 * HOUR
"""A day is over everywhere when it has been over in UTC for so long."""


def check(subject: Subject) -> Iterator[Found]:
    """Compares fixed dates of starts, waits and offers with the date of the check."""
    for journey in subject.journeys:
        for start in journey.starts:
            if (
                isinstance(start, checked.StartOnSchedule)
                and start.moment is not None
                and _is_over(subject, start.moment)
            ):
                yield Found(start.span, {"what": f"{journey.name} never starts", "date": _said(start.moment)})
        for step in journey.steps:
            wait = step.operation
            moment = wait.moment if isinstance(wait, checked.WaitUntil) else None
            if isinstance(moment, checked.Constant) and _is_over(subject, moment.value):
                facts = {"what": f"`{step.label}` waits for nothing", "date": _said(moment.value)}
                yield Found(step.span, facts)
    for offer in subject.nodes(ast.Offer):
        if isinstance(offer.until, ast.DateLiteral | ast.Moment):
            until = dt.datetime.fromisoformat(offer.until.value)
            date = until.date() if isinstance(offer.until, ast.DateLiteral) else until
            if _is_over(subject, date):
                facts = {"what": f"{offer.name} is not offered any more", "date": _said(date)}
                yield Found(offer.until.span, facts)


def _is_over(subject: Subject, date: Any) -> bool:
    if isinstance(date, dt.datetime):
        moment = date.replace(tzinfo=dt.UTC) if date.tzinfo is None else date
    elif isinstance(date, dt.date):
        moment = dt.datetime.combine(date, dt.time(), dt.UTC) + dt.timedelta(days=1)
    elif isinstance(date, int):
        return date + _MARGIN < subject.now
    else:
        return False
    return from_datetime(moment) + _MARGIN < subject.now


def _said(date: Any) -> str:
    if isinstance(date, int):
        return to_datetime(date).date().isoformat()
    return date.date().isoformat() if isinstance(date, dt.datetime) else str(date)


RULE = Rule(
    code="date-in-the-past",
    category="timing",
    says="{date} is over: {what}.",
    label="in the past",
    what="A journey starts, waits, or an offer ends, at a fixed date that has passed.",
    why="What was written for last year’s sale is still there, and does nothing, or, where it is a wait, lets "
    "everybody through at once.",
    mend="Write the next date, or take it out.",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event signed_up

journey welcome
  start on signed_up
  again never
  times in "Europe/Paris"

  ⟦wait until 2025-12-24 9:00⟧
  send hello
""",
    good="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event signed_up

journey welcome
  start on signed_up
  again never
  times in "Europe/Paris"

  wait until 2026-12-24 9:00
  send hello
""",
)
