"""Steps below a place where every run has ended."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """The first step of each piece to which no way leads."""
    for journey in subject.journeys:
        reached = subject.flow(journey).reached
        for number, step in enumerate(journey.steps):
            lost = number not in reached
            if lost and (number - 1 in reached or number == 0):
                fix = subject.removal(step.span, f"take `{step.label}` out", safe=True)
                yield Found(subject.head(step.span), {"step": step.label}, fix)


RULE = Rule(
    code="step-never-reached",
    category="journeys",
    severity="error",
    says="Nobody ever comes to `{step}`: on every way there, the journey has stopped before.",
    label="nobody comes here",
    what="Every way through the steps above ends with `stop`.",
    why="What stands below is never done. Often a `stop` is indented one level too little, so that it ends "
    "the journey for everybody and not only inside its branch.",
    mend="Indent the `stop` into the branch it belongs to, or take out what stands below.",
    fix="safe",
    check=check,
    bad="""\
profile
  email    email    identity
  thanked  boolean

event purchase
  total  money  required

topic service always

message thanks about service
  email
    subject "Thank you"
    body    "<p>Thank you.</p>"

journey after_order
  start on purchase
  again after 7 days

  if event.total < 20 EUR
    stop
  else
    send thanks
    stop
  ⟦set thanked to true⟧
""",
    good="""\
profile
  email    email    identity
  thanked  boolean

event purchase
  total  money  required

topic service always

message thanks about service
  email
    subject "Thank you"
    body    "<p>Thank you.</p>"

journey after_order
  start on purchase
  again after 7 days

  if event.total < 20 EUR
    stop
  else
    send thanks
  set thanked to true
""",
)
