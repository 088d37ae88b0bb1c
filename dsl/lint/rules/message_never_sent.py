"""A message that nothing sends."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject
from sojourn.dsl.source import Span


def check(subject: Subject) -> Iterator[Found]:
    """Looks for messages that no step names."""
    for message in subject.own(subject.workspace.messages):
        if not any(use for use in subject.used("message", message.name) if _is_step(subject, use.span)):
            fix = subject.deletion(subject.declared("message", message.name), f"take {message.name} out")
            yield Found(subject.name_of("message", message.name), {"message": message.name}, fix)


def _is_step(subject: Subject, place: Span) -> bool:
    """Whether a name stands in a journey, and not in a test or a limit."""
    return any(
        journey.span.path == place.path and journey.span.start <= place.start < journey.span.end
        for journey in subject.workspace.journeys.values()
    )


RULE = Rule(
    code="message-never-sent",
    category="data",
    says="Nothing sends {message}.",
    label="never sent",
    what="A message that no journey sends.",
    why="Either a `send` is missing, and people do not get what they should, or the text is of no use any "
    "more and will be mended and translated for nobody.",
    mend="Send it, or take it out.",
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

message ⟦goodbye⟧ about offers
  email
    subject "Goodbye"
    body    "<p>Goodbye.</p>"

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
