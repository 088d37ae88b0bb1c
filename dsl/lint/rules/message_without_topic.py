"""A message that nobody can say no to, as it has no topic."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import PERSONAL, Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for messages to people without `about`."""
    topics = list(subject.workspace.topics)
    for message in subject.own(subject.workspace.messages):
        if message.topic is not None or not any(variant.channel in PERSONAL for variant in message.variants):
            continue
        name = subject.name_of("message", message.name)
        fix = (
            subject.insertion(name, f" about {topics[0]}", f"say about {topics[0]}")
            if len(topics) == 1
            else None
        )
        yield Found(name, {"message": message.name}, fix, candidates=())


RULE = Rule(
    code="message-without-topic",
    category="consent",
    says="{message} is about no topic: it goes to everybody, also to those who said no to everything.",
    label="about what?",
    what="A message to people has no `about`. It counts as `always`.",
    why="Consent is asked for by topic. A message without one is not stopped by any “no”, and no limit on a "
    "topic holds for it.",
    mend="Say what it is about: `message hello about offers`; for what people must hear of, a topic that is "
    "`always`.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message ⟦hello⟧
  email
    subject "Hello"
    body    "<p>Hello.</p>"

message picks about offers
  email
    subject "Picked for you"
    body    "<p>A lamp.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
  wait 1 day
  send picks
""",
    good="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

message picks about offers
  email
    subject "Picked for you"
    body    "<p>A lamp.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
  wait 1 day
  send picks
""",
)
