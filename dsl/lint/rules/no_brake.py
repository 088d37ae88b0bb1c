"""A journey that writes each time something happens."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast, checked
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Sending, Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for a marketing message sent at once on an event, with neither `again` nor a limit."""
    for journey in subject.journeys:
        starts = [start for start in journey.starts if isinstance(start, checked.StartOnEvent)]
        if not starts or journey.one_per is not None or subject.settings_of(journey.name, ast.Again):
            continue
        now = {number for number, _ in subject.flow(journey).at_once()}
        for sending in subject.sends_of.get(journey.name, []):
            if (
                sending.number not in now
                or not subject.is_marketing(sending.message)
                or _is_limited(subject, sending)
            ):
                continue
            fix = subject.setting(journey.name, "again after 7 days", "add again after 7 days")
            facts = {"journey": journey.name, "message": sending.message.name, "event": starts[0].event}
            yield Found(subject.name_of("journey", journey.name), facts, fix)
            break


def _is_limited(subject: Subject, sending: Sending) -> bool:
    message = sending.message
    return any(
        limit.kind == "everything"
        or (limit.kind == "topic" and limit.target == message.topic)
        or (limit.kind == "message" and limit.target == message.name)
        or (limit.kind == "channel" and set(sending.channels) == {limit.target})
        for limit in subject.workspace.limits
    )


RULE = Rule(
    code="no-brake",
    category="timing",
    says="Whoever does {event} ten times in a row gets {message} ten times: {journey} may start again at "
    "once, and no limit stops it.",
    label="how often?",
    what="A journey sends a message that advertises as soon as an event comes. It does not say `again`, and "
    "no limit counts the message.",
    why="Events come in bursts: ten products looked at, five carts in an afternoon, an import that repeats a "
    "day. Each one is a message.",
    mend="Say how soon somebody may come in again (`again after 7 days`), or limit the topic.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event product_viewed

journey ⟦picks⟧
  start on product_viewed

  send hello
""",
    good="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event product_viewed

journey picks
  start on product_viewed
  again after 7 days

  send hello
""",
)
