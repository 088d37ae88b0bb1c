"""Two messages that advertise, at one moment."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.diagnostics import Related
from sojourn.dsl.lint.flow import targets
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Follows the steps behind a `send` up to the next wait."""
    for journey in subject.journeys:
        flow = subject.flow(journey)
        sends = {
            one.number: one
            for one in subject.sends_of.get(journey.name, [])
            if subject.is_marketing(one.message)
        }
        told: set[int] = set()
        for sending in sends.values():
            for later in flow.without_waiting(targets(sending.step)):
                other = sends.get(later)
                if other is None or later in told or other.message.name == sending.message.name:
                    continue
                if set(other.channels) & set(sending.channels):
                    told.add(later)
                    related = Related(subject.head(sending.step.span), "this one goes out at the same moment")
                    facts = {"message": other.message.name, "other": sending.message.name}
                    fix = subject.line_before(other.step.span, "wait 1 day", "wait 1 day before it")
                    yield Found(subject.head(other.step.span), facts, fix, (related,))


RULE = Rule(
    code="sends-without-pause",
    category="timing",
    says="{message} goes out at the same moment as {other}, to the same person.",
    label="at the same moment",
    what="Two messages that advertise are sent on one way without a wait between them, by a channel both "
    "have.",
    why="People read the one and delete the other, or delete both. And a limit may let the first through and "
    "hold the second back.",
    mend="Put a wait between them, or make one message of both.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message first about offers
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

message second about offers
  email
    subject "Until tonight"
    body    "<p>Then it is gone.</p>"

event cart_abandoned

event purchase

journey rescue
  start on cart_abandoned
  again after 7 days
  exit on purchase
  goal purchase within 7 days

  wait 1 hour
  send first
  ⟦send second⟧
""",
    good="""\
profile
  email  email  identity

topic offers opt in

message first about offers
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

message second about offers
  email
    subject "Until tonight"
    body    "<p>Then it is gone.</p>"

event cart_abandoned

event purchase

journey rescue
  start on cart_abandoned
  again after 7 days
  exit on purchase
  goal purchase within 7 days

  wait 1 hour
  send first
  wait 1 day
  send second
""",
)
