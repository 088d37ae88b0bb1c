"""Two journeys that write to the same people at the same moment."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import checked
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Sending, Subject


def check(subject: Subject) -> Iterator[Found]:
    """Compares what starts each two journeys, and what they send at once on every way."""
    sure = [
        (journey, sending)
        for journey in subject.journeys
        if (sending := _at_once(subject, journey)) is not None
    ]
    for position, (journey, sending) in enumerate(sure):
        for other, first in sure[:position]:
            if not set(first.channels) & set(sending.channels):
                continue
            pair = _together(subject, other, journey)
            if pair is not None:
                related = Related(
                    subject.name_of("journey", other.name), f"it sends {first.message.name} then"
                )
                facts = {
                    "journey": journey.name,
                    "other": other.name,
                    "message": sending.message.name,
                    "first": first.message.name,
                }
                fix = subject.line_before(
                    journey.steps[0].span, "wait 1 day", f"let {journey.name} wait 1 day"
                )
                yield Found(pair.span, facts, fix, (related,))
                break


def _at_once(subject: Subject, journey: checked.Journey) -> Sending | None:
    """The marketing message that every run of a journey sends in its first moment."""
    now = {number for number, surely in subject.flow(journey).at_once() if surely}
    for sending in subject.sends_of.get(journey.name, []):
        if sending.number in now and subject.is_marketing(sending.message):
            return sending
    return None


def _together(subject: Subject, one: checked.Journey, other: checked.Journey) -> checked.Start | None:
    """A start of the other journey that always comes with one of the first."""
    for first in one.starts:
        for start in other.starts:
            match first, start:
                case checked.StartOnEvent(audience=None), checked.StartOnEvent(audience=None):
                    if first.event != start.event:
                        continue
                    implies = subject.reasoner.implies
                    if implies(start.where, first.where, start.event) or implies(
                        first.where, start.where, start.event
                    ):
                        return start
                case checked.StartOnAudience(), checked.StartOnAudience():
                    if (first.audience, first.entering) == (start.audience, start.entering):
                        return start
                case checked.StartOnSchedule(), checked.StartOnSchedule():
                    same = (first.audience, first.every, first.at, first.moment)
                    zones = (one.zone, one.zone_fallback) == (other.zone, other.zone_fallback)
                    if same == (start.audience, start.every, start.at, start.moment) and zones:
                        return start
                case _:
                    continue
    return None


RULE = Rule(
    code="same-moment",
    category="timing",
    says="{journey} and {other} start together, and each sends at once: people get {first} and {message} at "
    "the same moment.",
    label="starts together with the other",
    what="Two journeys start on the same thing for the same people, and both send a message that advertises "
    "in their first moment.",
    why="Each of the two was written, and looks right, alone. People get two mails in one second.",
    mend="Let one of them wait, exclude those who are in the other, or put both into one journey.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message gift about offers
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

message tips about offers
  email
    subject "Until tonight"
    body    "<p>Then it is gone.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send gift

journey advice
  ⟦start on signed_up⟧
  again never

  send tips
""",
    good="""\
profile
  email  email  identity

topic offers opt in

message gift about offers
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

message tips about offers
  email
    subject "Until tonight"
    body    "<p>Then it is gone.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send gift

journey advice
  start on signed_up
  again never

  wait 2 days
  send tips
""",
)
