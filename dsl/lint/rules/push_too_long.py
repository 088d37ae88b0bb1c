"""A push message that is cut off."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject

_TITLE = 65


def check(subject: Subject) -> Iterator[Found]:
    """Counts what title and text come to at the least."""
    most = subject.settings.threshold(RULE)
    for text in subject.texts:
        limit = {"title": _TITLE, "text": most}.get(text.part) if text.channel == "push" else None
        size = len(text.least.strip())
        if limit is not None and size > limit:
            yield Found(
                text.whole, {"part": text.part, "message": text.owner, "size": str(size), "limit": str(limit)}
            )


RULE = Rule(
    code="push-too-long",
    category="content",
    says="The {part} of {message} has at least {size} characters; phones show about {limit}.",
    label="cut off on the screen",
    what="The title or the text of a push message is longer than what phones show.",
    why="What is cut off is not read: nobody opens a message to find out how it ends.",
    mend="Say one thing. The rest stands where the message leads.",
    threshold=178,
    unit="characters of text",
    check=check,
    bad="""\
profile
  email       email  identity
  push_token  text

topic offers opt in

message hello about offers
  push
    title ⟦"We have put aside everything that you looked at, and there is more of it than you think"⟧
    text  "Have a look."

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
    good="""\
profile
  email       email  identity
  push_token  text

topic offers opt in

message hello about offers
  push
    title "We put it aside for you"
    text  "Have a look."

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
