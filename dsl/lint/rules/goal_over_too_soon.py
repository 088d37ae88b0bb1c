"""A goal that stops counting before the first message goes out."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.flow import most
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject
from sojourn.dsl.values import DAY


def check(subject: Subject) -> Iterator[Found]:
    """Compares the goal's time with the earliest instant at which anything is sent."""
    for journey in subject.journeys:
        sends = subject.sends_of.get(journey.name, [])
        if journey.goal is None or journey.goal.within is None or not sends:
            continue
        earliest = subject.flow(journey).earliest
        times = [(at, sending) for sending in sends if (at := earliest[sending.number]) is not None]
        if not times:
            continue
        first, sending = min(times, key=lambda pair: pair[0])
        if first >= most(journey.goal.within):
            (node,) = subject.settings_of(journey.name, ast.Goal)
            assert node.within is not None
            facts = {
                "journey": journey.name,
                "message": sending.message.name,
                "within": subject.words(node.within.span),
            }
            longer = f"{-(-first // DAY) + 7} days"
            fix = Fix(node.within.span, longer, f"count for {longer}", safe=False)
            yield Found(node.within.span, facts, fix)


RULE = Rule(
    code="goal-over-too-soon",
    category="learning",
    says="The goal of {journey} stops counting after {within}, before the first message ({message}) goes out.",
    label="over before anything is sent",
    what="The time of a goal runs from the start of the journey, and the journey waits longer than that "
    "before it sends.",
    why="What the goal counts has nothing to do with what was sent: every conversion happened without it, and "
    "those that it brought are not counted.",
    mend="Make the time of the goal longer than the waits before the first message.",
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
  goal purchase within ⟦3 days⟧

  wait 5 days
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
  goal purchase within 10 days

  wait 5 days
  send reminder
""",
)
