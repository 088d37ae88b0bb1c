"""A link through a public shortener."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject

_HOSTS = re.compile(
    r"\b(?:https?://)?(?:www\.)?"
    r"(?:bit\.ly|tinyurl\.com|goo\.gl|t\.co|ow\.ly|is\.gd|buff\.ly|rebrand\.ly|cutt\.ly|shorturl\.at)/[\w-]+"
)


def check(subject: Subject) -> Iterator[Found]:
    """Looks for the well-known shorteners."""
    for text in subject.pieces:
        for piece, at in text.constant_pieces:
            for match in _HOSTS.finditer(piece):
                place = text.span(at + match.start(), at + match.end())
                yield Found(place, {"link": match[0], "message": text.owner})


RULE = Rule(
    code="link-shortened",
    category="content",
    says="{link} goes through a public shortener, which filters take for spam.",
    label="your own domain is better",
    what="A message has a link of a public link shortener.",
    why="Spammers use the same domains to hide where a link leads, so mail filters and phone networks hold "
    "such messages back; carriers in several countries refuse them outright.",
    mend="Link to your own domain: `{{{{ link('sale') }}}}`, or a short domain of yours.",
    check=check,
    bad="""\
profile
  email  email  identity
  phone  phone

topic offers opt in

message hello about offers
  sms
    text "Your order is on its way: ⟦https://bit.ly/3xYzAb⟧"

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
    text "Your order is on its way: {{ link('order') }}"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
