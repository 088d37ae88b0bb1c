"""A limit that lets next to nothing through."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.lint.flow import least
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject
from sojourn.dsl.values import DAY


def check(subject: Subject) -> Iterator[Found]:
    """Compares how many days there are for one message with the threshold."""
    longest = subject.settings.threshold(RULE)
    for limit in subject.workspace.limits:
        if limit.kind == "message" or limit.per is None or not subject.is_own(limit.span):
            continue
        days = least(limit.per) // DAY // limit.count
        if days >= longest:
            yield Found(limit.span, {"limit": limit.label, "days": str(days), "what": limit.target})


RULE = Rule(
    code="limit-too-strict",
    category="timing",
    says="`{limit}` lets one message about {what} through in {days} days: nearly everything is stopped.",
    label="nearly nothing gets through",
    what="A limit on a topic, a channel or everything allows less than one message in two months.",
    why="Whichever message comes first uses it up, and every journey behind it runs through without a word to "
    "anybody. Often “per 7 days” was meant, or a limit on one message.",
    mend="Shorten the span, or limit the one message that is meant: `limit hello to 1 message per 365 days`.",
    threshold=60,
    unit="days for each message",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

⟦limit offers to 1 message per 365 days⟧

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
    good="""\
profile
  email  email  identity

topic offers opt in

limit hello to 1 message per 365 days

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
