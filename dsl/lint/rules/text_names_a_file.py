"""A text that is the name of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject

_FILE = re.compile(r"[\w./-]+\.(?:html?|txt|md|mjml|j2|jinja2?)", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Found]:
    """Looks at texts that are one word which ends as files of texts do."""
    for text in subject.texts:
        written = text.source.strip()
        if text.part != "post" and _FILE.fullmatch(written):
            start = text.source.index(written)
            place = text.span(start, start + len(written))
            yield Found(place, {"part": text.part, "message": text.owner, "file": written})


RULE = Rule(
    code="text-names-a-file",
    category="content",
    says="People get “{file}” as the {part} of {message}: the name of the file, not what stands in it.",
    label="as it stands",
    what="A part of a message or an offer is nothing but the name of a file.",
    why="Without the word `file` a text in quotes is the text itself, so that the mail says “messages/hello.html”.",
    mend='Write `file` before it: `body file "messages/hello.html"`.',
    help='Write `file` before it: `{part} file "{file}"`.',
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "⟦messages/hello.html⟧"

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
    body    "<p>Hello, and welcome.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
