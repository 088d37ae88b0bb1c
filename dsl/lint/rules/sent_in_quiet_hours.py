"""A clock time that lies in the quiet hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sojourn.dsl import ast, checked
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject
from sojourn.dsl.source import Span


def check(subject: Subject) -> Iterator[Found]:
    """Compares what is sent right after a clock time with the quiet hours of the same zone."""
    for journey in subject.journeys:
        places: list[tuple[dt.time, int, Span]] = []
        for step in journey.steps:
            node = subject.node_at(ast.WaitUntil, step.span)
            if (
                isinstance(step.operation, checked.WaitUntil)
                and step.operation.at is not None
                and node is not None
            ):
                places.append(
                    (step.operation.at, step.next, node.at.span if node.at is not None else node.span)
                )
        for start in journey.starts:
            if isinstance(start, checked.StartOnSchedule) and start.every:
                places.append((start.at, 0, start.span))
        for at, number, place in places:
            yield from _found(subject, journey, at, number, place)


def _found(
    subject: Subject, journey: checked.Journey, at: dt.time, number: int, place: Span
) -> Iterator[Found]:
    there = set(subject.flow(journey).without_waiting([number]))
    for sending in subject.sends_of.get(journey.name, []):
        if sending.number not in there:
            continue
        hours = [
            quiet
            for quiet in subject.workspace.quiet_hours
            if quiet.zone == journey.zone
            and quiet.zone_fallback == journey.zone_fallback
            and _covers(quiet, at)
        ]
        silent = {channel for quiet in hours for channel in quiet.channels}
        if not sending.channels or not set(sending.channels) <= silent:
            continue
        dropped = all(quiet.drop for quiet in hours)
        end = hours[0].end
        what = "it is dropped" if dropped else f"it waits until {end.hour}:{end.minute:02}"
        facts = {"message": sending.message.name, "time": f"{at.hour}:{at.minute:02}", "what": what}
        yield Found(place, facts, related=(Related(hours[0].span, "quiet then"),))
        return


def _covers(hours: checked.QuietHours, at: dt.time) -> bool:
    if hours.start < hours.end:
        return hours.start <= at < hours.end
    return at >= hours.start or at < hours.end


RULE = Rule(
    code="sent-in-quiet-hours",
    category="timing",
    says="{message} is never sent at {time}: those are quiet hours, and {what}.",
    label="in the quiet hours",
    what="A journey waits for a clock time that lies in the quiet hours of the only channels that the next "
    "message has.",
    why="The time was chosen with care, and nobody ever gets the message then: all of them get it in the "
    "morning, together with everything else that was held, or, with `drop`, not at all.",
    mend="Choose a time outside the quiet hours, or another channel.",
    check=check,
    bad="""\
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
  times in timezone otherwise "Europe/Paris"

  wait until ⟦21:30⟧
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
  times in timezone otherwise "Europe/Paris"

  wait until 19:30
  send hello
""",
)
