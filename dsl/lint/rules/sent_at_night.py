"""A message that goes out in the middle of the night."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sojourn.dsl import ast, checked
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import PERSONAL, Subject

_FROM, _TO = dt.time(22), dt.time(7)


def check(subject: Subject) -> Iterator[Found]:
    """Looks at what is sent right after a clock time in the night."""
    for journey in subject.journeys:
        for step in journey.steps:
            wait = step.operation
            if isinstance(wait, checked.WaitUntil) and wait.at is not None and _is_night(wait.at):
                node = subject.node_at(ast.WaitUntil, step.span)
                loud = _loud(subject, journey, step.next, wait.at, written=True)
                if loud and node is not None and node.at is not None:
                    fix = Fix(node.at.span, "9:00", "write 9:00", safe=False)
                    yield Found(node.at.span, {"message": loud, "time": subject.words(node.at.span)}, fix)
        for start in journey.starts:
            if not isinstance(start, checked.StartOnSchedule) or not start.every or not _is_night(start.at):
                continue
            schedule = subject.node_at(ast.StartOnSchedule, start.span)
            written = schedule is not None and schedule.at is not None
            loud = _loud(subject, journey, 0, start.at, written)
            if schedule is None or not loud:
                continue
            facts = {"message": loud, "time": f"{start.at.hour}:{start.at.minute:02}"}
            if schedule.at is not None:
                fix = Fix(schedule.at.span, "9:00", "write 9:00", safe=False)
                yield Found(schedule.at.span, facts, fix)
            else:
                yield Found(schedule.span, facts)


def _is_night(at: dt.time) -> bool:
    return at >= _FROM or at < _TO


def _loud(subject: Subject, journey: checked.Journey, number: int, at: dt.time, written: bool) -> str:
    """A message that is sent there and then, by a channel that is heard; by any, where no time was written."""
    there = set(subject.flow(journey).without_waiting([number]))
    for sending in subject.sends_of.get(journey.name, []):
        channels = set(sending.channels) & ({"sms", "push"} if written else set(PERSONAL))
        quiet = {
            channel
            for hours in subject.workspace.quiet_hours
            if _covers(hours, at)
            for channel in hours.channels
        }
        if sending.number in there and channels - quiet:
            return sending.message.name
    return ""


def _covers(hours: checked.QuietHours, at: dt.time) -> bool:
    if hours.start < hours.end:
        return hours.start <= at < hours.end
    return at >= hours.start or at < hours.end


RULE = Rule(
    code="sent-at-night",
    category="timing",
    says="{message} goes out at {time}, when people sleep.",
    label="in the night",
    what="A clock time between 22:00 and 7:00 is followed at once by an SMS or a push message, and no quiet "
    "hours hold it; or a journey starts `every day` without a time, which is midnight.",
    why="A phone that rings at three is the last message of yours that somebody reads.",
    mend="Write a time of the day, or set quiet hours.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email     email     identity
  phone     phone
  timezone  timezone

topic offers opt in

message hello about offers
  sms
    text "Hello from Northlight."

event signed_up

journey welcome
  start on signed_up
  again never
  times in timezone otherwise "Europe/Paris"

  wait until ⟦3:00⟧
  send hello
""",
    good="""\
profile
  email     email     identity
  phone     phone
  timezone  timezone

topic offers opt in

message hello about offers
  sms
    text "Hello from Northlight."

event signed_up

journey welcome
  start on signed_up
  again never
  times in timezone otherwise "Europe/Paris"

  wait until 18:00
  send hello
""",
)
