"""Text that was to be replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject

_LEFT = re.compile(
    r"\blorem ipsum\b|\bTODO\s*:|\bTBD\b|\bFIXME\b|\bXXX+\b|\[(?:insert|your|name|date|link|price)\b[^\]]*\]"
    r"|\binsert [\w ]{1,30} here\b",
    re.IGNORECASE,
)
_EXACT = ("TODO", "TBD", "FIXME", "XXX")


def check(subject: Subject) -> Iterator[Found]:
    """Looks for the usual words."""
    for text in subject.pieces:
        for piece, at in text.constant_pieces:
            for match in _LEFT.finditer(piece):
                word = match[0]
                if word.upper().startswith(_EXACT) and word != word.upper():
                    continue  # a word of some language
                place = text.span(at + match.start(), at + match.end())
                yield Found(place, {"text": word, "message": text.owner})


RULE = Rule(
    code="leftover-text",
    category="content",
    severity="error",
    says="“{text}” in {message} was to be replaced.",
    label="left over",
    what="A text holds a place holder such as lorem ipsum, TODO or [your name].",
    why="It goes out as it stands, to everybody.",
    mend="Write what was meant.",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>⟦[Insert greeting]⟧ Good that you are here.</p>"

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
    body    "<p>Welcome. Good that you are here.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
