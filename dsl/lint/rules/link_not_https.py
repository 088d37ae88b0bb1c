"""A link or a picture by http."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject
from sojourn.dsl.lint.texts import Text

_PLAIN = re.compile(r"http://[^\s\"'<>]+")


def check(subject: Subject) -> Iterator[Found]:
    """Looks at the addresses of links and pictures, and at those in plain texts."""
    for text in subject.pieces:
        if text.channel == "webhook":
            continue
        for start, address in _addresses(text):
            place = text.exact(start, start + len("http"))
            fix = Fix(place, "https", "write https", safe=False) if place is not None else None
            shown = text.span(start, start + len(address))
            yield Found(shown, {"address": address}, fix)


def _addresses(text: Text) -> Iterator[tuple[int, str]]:
    if text.template.html:
        for tag in text.elements:
            for name in ("href", "src", "background"):
                value, start = tag.attributes.get(name, ("", 0))
                if value.startswith("http://"):
                    yield start, value
        return
    for piece, at in text.constant_pieces:
        for match in _PLAIN.finditer(piece):
            yield at + match.start(), match[0]


RULE = Rule(
    code="link-not-https",
    category="content",
    says="{address} is not encrypted: it is http.",
    label="https",
    what="A link or a picture in a message has an address that begins with http.",
    why="Browsers warn before they open it, mail programs do not load the picture, and anybody on the way can "
    "read, and change, what is behind it.",
    mend="Write https, if the site answers there; it should.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p><a href='⟦http://shop.example.com/sale⟧'>To the sale</a></p>"

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
    body    "<p><a href='https://shop.example.com/sale'>To the sale</a></p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
