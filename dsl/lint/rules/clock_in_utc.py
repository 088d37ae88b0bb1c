"""Clock times without a zone."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import checked
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for clock times in journeys that say no zone."""
    workspace = subject.workspace
    for journey in subject.journeys:
        if journey.zone is not None or journey.name not in subject.sends_of:
            continue
        starts = [start.span for start in journey.starts if _has_clock(start)]
        waits = [
            step.span
            for step in journey.steps
            if isinstance(step.operation, checked.WaitUntil) and step.operation.at is not None
        ]
        if starts or waits:
            fix = None
            if workspace.timezone_field is not None:
                line = f'times in {workspace.timezone_field} otherwise "{_usual(subject)}"'
                fix = subject.setting(journey.name, line, f"add {line}")
            yield Found((starts + waits)[0], {"journey": journey.name}, fix)


def _has_clock(start: checked.Start) -> bool:
    if isinstance(start, checked.StartOnSchedule):
        return True
    return isinstance(start, checked.StartOnDate) and start.at is not None


def _usual(subject: Subject) -> str:
    """The zone that the workspace falls back to elsewhere."""
    for journey in subject.workspace.journeys.values():
        if journey.zone is not None and journey.zone_fallback != "UTC":
            return journey.zone_fallback
    for quiet in subject.workspace.quiet_hours:
        return quiet.zone_fallback
    return "UTC"


RULE = Rule(
    code="clock-in-utc",
    category="timing",
    says="The clock times of {journey} are in UTC: it says no zone.",
    label="in UTC",
    what="A journey that sends messages waits for, or starts at, a clock time, and has no `times in`.",
    why="Nine o’clock in UTC is the middle of the night in America and the evening in Asia, and in Europe it "
    "moves by an hour twice a year.",
    mend='Say whose clock is meant: `times in timezone otherwise "Europe/Paris"`, or one zone for all.',
    fix="unsafe",
    check=check,
    bad="""\
profile
  email     email     identity
  phone     phone
  timezone  timezone

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  ⟦wait until 9:00⟧
  send hello
""",
    good="""\
profile
  email     email     identity
  phone     phone
  timezone  timezone

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event signed_up

journey welcome
  start on signed_up
  again never
  times in timezone otherwise "Europe/Paris"

  wait until 9:00
  send hello
""",
)
