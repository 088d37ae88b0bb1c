"""A subject in capitals, or with a row of exclamation marks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject

_ROW = re.compile(r"[!?]{2,}")


def check(subject: Subject) -> Iterator[Found]:
    """Looks at the letters of subjects and titles."""
    for text in subject.texts:
        if text.part not in ("subject", "title") or not text.channel:
            continue
        said = "".join(piece for piece, _ in text.constant_pieces)
        letters = [char for char in said if char.isalpha()]
        row = _ROW.search(said)
        loud = len(letters) >= 10 and all(char.isupper() for char in letters)
        if not loud and row is None:
            continue
        better = said.capitalize() if loud else said
        better = _ROW.sub(lambda found: "?" if "?" in found[0] else "!", better)
        place = text.exact(0, len(text.source)) if text.template.constant else None
        fix = Fix(place, better, f"write “{better}”", safe=False) if place is not None else None
        yield Found(text.whole, {"part": text.part, "message": text.owner}, fix)


RULE = Rule(
    code="subject-shouts",
    category="content",
    says="The {part} of {message} shouts.",
    label="capitals and rows of marks look like spam",
    what="A subject or title is in capitals only, or has several exclamation or question marks in a row.",
    why="Spam filters count both, and people have learned what such mails are. A good offer loses its readers "
    "before it is opened.",
    mend="Write it as you would say it to somebody.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject ⟦"LAST CHANCE TODAY!!!"⟧
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

message hello about offers
  email
    subject "Last chance today!"
    body    "<p>Hello.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
