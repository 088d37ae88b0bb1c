"""A typographic sign that makes an SMS more than twice as expensive."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.sms import is_gsm
from sojourn.dsl.lint.subject import Subject

_PLAIN = {
    "“": '\\"', "”": '\\"', "„": '\\"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " ",
    "\u202f": " ", "•": "*", "´": "'", "`": "'",
}  # fmt: skip


def check(subject: Subject) -> Iterator[Found]:
    """Looks for signs that have a plain one, in texts that would be of the GSM alphabet without them."""
    for text in subject.texts:
        if text.channel != "sms" or text.part != "text":
            continue
        foreign = {char for piece, _ in text.constant_pieces for char in piece if not is_gsm(char)}
        if not foreign or not foreign <= set(_PLAIN):
            continue
        for piece, at in text.constant_pieces:
            first = next((index for index, char in enumerate(piece) if char in foreign), None)
            if first is not None:
                char = piece[first]
                place = text.exact(at + first, at + first + 1)
                fix = None
                if place is not None and not (text.node.is_file and '"' in _PLAIN[char]):
                    fix = Fix(place, _PLAIN[char], f"write {_PLAIN[char][-1]}", safe=False)
                shown = text.span(at + first, at + first + 1)
                yield Found(shown, {"sign": char, "message": text.owner}, fix)
                break


RULE = Rule(
    code="sms-not-gsm",
    category="content",
    says="Because of {sign} the SMS {message} has room for 70 characters, not 160.",
    label="not in the GSM alphabet",
    what="An SMS has typographic quotes, a long dash, an ellipsis or a special space, and everything else in "
    "it is of the GSM alphabet.",
    why="One such sign makes the whole text be sent in an alphabet of two bytes a character: less than half "
    "of it fits into one SMS, and each further one is billed. It usually came with text pasted from a word "
    "processor.",
    mend="Write the plain sign: ' \" - ... and an ordinary space.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity
  phone  phone

topic offers opt in

message hello about offers
  sms
    text "Your order is on its way ⟦–⟧ until Friday."

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
    text "Your order is on its way - until Friday."

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
