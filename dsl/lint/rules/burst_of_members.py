"""A whole audience written to in one moment."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import PERSONAL, Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for `existing members enter` where a message follows at once."""
    for journey in subject.journeys:
        if journey.existing_members != "enter" or journey.existing_over is not None:
            continue
        now = {number for number, _ in subject.flow(journey).at_once()}
        for sending in subject.sends_of.get(journey.name, []):
            if sending.number in now and set(sending.channels) & set(PERSONAL):
                (node,) = subject.settings_of(journey.name, ast.ExistingMembers)
                fix = subject.insertion(node.span, " over 6 hours", "spread them over 6 hours")
                yield Found(node.span, {"journey": journey.name, "message": sending.message.name}, fix)
                break


RULE = Rule(
    code="burst-of-members",
    category="timing",
    says="All existing members get {message} in the same minute when {journey} is new.",
    label="all at once",
    what="`existing members enter`, and the first step sends.",
    why="A burst from a sender that is otherwise calm looks like an attack to mail providers, the shop gets "
    "all its visitors at once, and a mistake in the text has reached everybody before anybody sees it.",
    mend="Spread them: `existing members enter over 6 hours`.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email    email  identity
  loyalty  one of bronze, silver, gold = bronze

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

audience vips
  loyalty is gold

journey vip_news
  start when entering vips
  ⟦existing members enter⟧
  again never

  send hello
""",
    good="""\
profile
  email    email  identity
  loyalty  one of bronze, silver, gold = bronze

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

audience vips
  loyalty is gold

journey vip_news
  start when entering vips
  existing members enter over 6 hours
  again never

  send hello
""",
)
