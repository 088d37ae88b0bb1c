"""HTML where nothing reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject

_HTML = re.compile(
    r"</?(?:a|b|i|u|p|br|em|strong|span|div|h[1-6]|ul|li|img)\b[^<>]*>|&(?:[a-zA-Z]{2,8}|#\d{2,5});",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<(?:br|p|div)\b", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Found]:
    """Looks for tags and entities in what is shown letter by letter."""
    for text in subject.pieces:
        if text.template.html or text.channel in ("", "webhook"):
            continue
        for piece, at in text.constant_pieces:
            for match in _HTML.finditer(piece):
                instead = (
                    unescape(match[0]) if match[0].startswith("&") else " " if _BREAK.match(match[0]) else ""
                )
                place = text.exact(at + match.start(), at + match.end())
                fix = (
                    Fix(place, instead, "take it out", safe=False)
                    if place is not None and instead != '"'
                    else None
                )
                facts = {"html": match[0], "part": text.part, "message": text.owner}
                yield Found(text.span(at + match.start(), at + match.end()), facts, fix)


RULE = Rule(
    code="html-in-plain-text",
    category="content",
    severity="error",
    says="People would read `{html}` in the {part} of {message}: it is no HTML there.",
    label="shown as it stands",
    what="A tag or an entity of HTML stands in an SMS, a push message or a subject.",
    why="Only the body of a mail is HTML. Anywhere else people read the tag itself.",
    mend="Write plain text.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity
  phone  phone

topic offers opt in

message hello about offers
  sms
    text "It is ⟦<b>⟧yours until tonight"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
    good="""\
profile
  email  email  identity
  phone  phone

topic offers opt in

message hello about offers
  sms
    text "It is yours until tonight"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
