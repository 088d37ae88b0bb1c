"""An SMS that is billed as several."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.sms import segments
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Counts the pieces that a text comes to at the least."""
    most = subject.settings.threshold(RULE)
    for text in subject.texts:
        if text.channel != "sms" or text.part != "text":
            continue
        pieces = segments(text.least)
        if pieces > most:
            facts = {"message": text.owner, "pieces": str(pieces), "size": str(len(text.least))}
            yield Found(text.whole, facts)


RULE = Rule(
    code="sms-too-long",
    category="content",
    says="{message} is sent as {pieces} SMS: it has at least {size} characters.",
    label="each piece is billed",
    what="A text is longer than one SMS: 160 characters of the GSM alphabet, or 70 as soon as one character "
    "is not in it. Of a longer text each piece holds 153, or 67. Values are counted as empty.",
    why="Each piece is billed, for every person; on some phones they arrive as several messages.",
    mend="Say it shorter. If two are meant, set the threshold of this rule to 2.",
    threshold=1,
    unit="SMS",
    check=check,
    bad="""\
profile
  email  email  identity
  phone  phone

topic offers opt in

message hello about offers
  sms
    text ⟦\"\"\"
      Northlight: your order has left our house and is on its way to you. It should be
      with you on Friday or on Saturday, before noon. If you are not at home, a neighbour
      may take it.
      \"\"\"⟧

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
    text "Northlight: your order is on its way and comes on Friday or Saturday."

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
