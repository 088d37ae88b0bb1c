"""A goal that no run can reach."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast, checked
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """A goal that counts only while the run lasts, in a journey that is over at once."""
    waits = (*checked.WAITS, checked.CallWebhook)
    for journey in subject.journeys:
        if journey.goal is None or journey.goal.within is not None:
            continue
        if any(isinstance(step.operation, waits) for step in journey.steps):
            continue
        if any(isinstance(step.operation, checked.EmitEvent) for step in journey.steps):
            continue
        if subject.workspace.quiet_hours and journey.name in subject.sends_of:
            continue  # a send that is held keeps the run under way
        (node,) = subject.settings_of(journey.name, ast.Goal)
        fix = None
        if node.where is None:
            fix = subject.insertion(node.span, " within 7 days", "count it for 7 days")
        yield Found(node.span, {"journey": journey.name, "event": journey.goal.event}, fix)


RULE = Rule(
    code="goal-never-reached",
    category="learning",
    severity="error",
    says="Nobody can reach the goal of {journey}: without `within` it counts only while the journey lasts, "
    "and this one ends in the moment it starts.",
    label="counts for no time at all",
    what="A `goal` without `within` counts events while a run is under way. A journey without a wait is over "
    "at once.",
    why="The report says that nobody converted, whatever people do.",
    mend="Say how long after the start it counts: `goal {event} within 7 days`.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

event cart_abandoned
event purchase

message reminder about offers
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

journey rescue
  start on cart_abandoned
  again after 7 days
  ⟦goal purchase⟧

  send reminder
""",
    good="""\
profile
  email  email  identity

topic offers opt in

event cart_abandoned
event purchase

message reminder about offers
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

journey rescue
  start on cart_abandoned
  again after 7 days
  goal purchase within 7 days

  send reminder
""",
)
