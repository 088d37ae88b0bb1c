"""A wait of seconds."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import checked
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for waits shorter than the threshold."""
    shortest = subject.settings.threshold(RULE)
    for journey in subject.journeys:
        for step in journey.steps:
            wait = step.operation
            if not isinstance(wait, checked.Wait) or wait.duration.months or wait.duration.days:
                continue
            seconds = wait.duration.microseconds // 1_000_000
            if seconds < shortest:
                at = subject.source(step.span.path).text.find("second", step.span.start, step.span.end)
                fix = None
                if at != -1:
                    place = subject.source(step.span.path).span(at, at + len("second"))
                    fix = Fix(place, "minute", "write minutes", safe=False)
                yield Found(step.span, {"wait": step.label, "journey": journey.name}, fix)


RULE = Rule(
    code="wait-too-short",
    category="timing",
    says="`{wait}` makes no difference to anybody.",
    label="seconds",
    what="A journey waits for less than a minute.",
    why="Nobody notices ten seconds between an order and a mail. Usually minutes or hours were meant; or the "
    "wait is there for data to arrive, and then it works on most days.",
    mend="Write minutes or hours, or wait for the event that has to come: `wait for order_paid, up to 10 "
    "minutes`.",
    threshold=60,
    unit="seconds",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

topic service always

message hello about service
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  ⟦wait 10 seconds⟧
  send hello
""",
    good="""\
profile
  email  email  identity

topic service always

message hello about service
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  wait 10 minutes
  send hello
""",
)
