"""A split of fewer people than it needs."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import checked
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Counts the people of an audience from a file, by the identifier that most of them have."""
    needed = subject.settings.threshold(RULE)
    lists = subject.workspace.lists
    for journey in subject.journeys:
        if len(journey.starts) != 1:
            continue
        start = journey.starts[0]
        if (
            not isinstance(start, checked.StartOnAudience | checked.StartOnSchedule)
            or start.audience not in lists
        ):
            continue
        people = sum(len(found) for found in lists[start.audience].identifiers.values())
        for step in journey.steps:
            if not isinstance(step.operation, checked.Split):
                continue
            smallest = min(step.operation.arms, key=lambda arm: arm.share)
            share = int(people * smallest.share)
            if share < needed:
                facts = {
                    "split": step.operation.name,
                    "arm": smallest.name,
                    "people": str(share),
                    "audience": start.audience,
                    "needed": str(needed),
                }
                yield Found(subject.head(step.span), facts)


RULE = Rule(
    code="split-too-small",
    category="learning",
    says="At most {people} people of {audience} come into the arm {arm}: too few to learn anything from.",
    label="too few people",
    what="A journey for an audience from a file splits it, and one arm gets fewer than a hundred people.",
    why="With so few, a difference of five people decides, and it is chance. The rest of the list gets what "
    "chance has chosen.",
    mend="Send everybody the same, or split a larger audience.",
    threshold=100,
    unit="people in each arm",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message classic about offers
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

message modern about offers
  email
    subject "Until tonight"
    body    "<p>Then it is gone.</p>"

audience guests from csv "guests.csv"

event came

journey invitation
  start at 2026-05-04 9:00 for guests
  goal came within 14 days
  times in "Europe/Paris"

  ⟦split tone⟧
    50% old
      send classic
    50% new
      send modern
--- guests.csv
email
ada@example.com
ben@example.com
cho@example.com
""",
    good="""\
profile
  email  email  identity

topic offers opt in

message classic about offers
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

audience guests from csv "guests.csv"

event came

journey invitation
  start at 2026-05-04 9:00 for guests
  goal came within 14 days
  times in "Europe/Paris"

  send classic
--- guests.csv
email
ada@example.com
ben@example.com
cho@example.com
""",
)
