"""What mail programs throw away."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject

_LOST = {
    "script": "a script", "form": "a form", "input": "a form", "iframe": "a frame", "video": "a video",
    "audio": "a sound", "object": "an embedded object", "embed": "an embedded object",
}  # fmt: skip


def check(subject: Subject) -> Iterator[Found]:
    """Looks for elements that are not shown in mails."""
    for text in subject.mail_pieces:
        seen: set[str] = set()
        for tag in text.elements:
            what = _LOST.get(tag.name)
            if what is not None and what not in seen:
                seen.add(what)
                yield Found(text.span(tag.start, tag.end), {"what": what, "message": text.owner})


RULE = Rule(
    code="script-in-mail",
    category="content",
    says="Mail programs take {what} out of {message}.",
    label="not shown in mails",
    what="The body of a mail has a script, a form, a frame, a video or the like.",
    why="Nearly every mail program takes it out, and filters take it for an attack. What people were to do "
    "with it they cannot do.",
    mend="Show a picture of it, and link to the page where it works.",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>How was it?</p>⟦<form action='https://shop.example.com/rate'>⟧</form>"

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
    body    "<p>How was it?</p><p><a href='https://shop.example.com/rate'>Say it in one click</a></p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
