"""Two messages of one journey with the same subject."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.diagnostics import Related
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject
from sojourn.dsl.lint.texts import Text


def check(subject: Subject) -> Iterator[Found]:
    """Compares the subjects of what a journey sends."""
    subjects: dict[str, list[Text]] = {}
    for text in subject.texts:
        if text.channel == "email" and text.part == "subject" and text.template.constant:
            subjects.setdefault(text.owner, []).append(text)
    for sends in subject.sends_of.values():
        seen: dict[str, Text] = {}
        for sending in sends:
            for text in subjects.get(sending.message.name, ()):
                said = text.source.strip().casefold()
                first = seen.setdefault(said, text)
                if first.owner != text.owner:
                    related = Related(first.whole, f"{first.owner} has the same")
                    facts = {"message": text.owner, "other": first.owner, "journey": sending.journey.name}
                    yield Found(text.whole, facts, related=(related,))


RULE = Rule(
    code="subject-repeated",
    category="content",
    says="{message} has the same subject as {other}, which {journey} sends too.",
    label="the same subject again",
    what="Two different messages that one journey sends have the same subject.",
    why="Mail programs fold mails with one subject into one conversation, so the second is not seen as new; "
    "and whoever did not open the first has no reason to open it now.",
    mend="Give the second message a subject of its own, best one that says what is new.",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message first about offers
  email
    subject "Your cart is waiting"
    body    "<p>Shall we send it?</p>"

message second about offers
  email
    subject ⟦"Your cart is waiting"⟧
    body    "<p>Until tonight it is yours.</p>"

event cart_abandoned

event purchase

journey rescue
  start on cart_abandoned
  again after 7 days
  exit on purchase
  goal purchase within 7 days

  send first
  wait 1 day
  send second
""",
    good="""\
profile
  email  email  identity

topic offers opt in

message first about offers
  email
    subject "Your cart is waiting"
    body    "<p>Shall we send it?</p>"

message second about offers
  email
    subject "We keep it until tonight"
    body    "<p>Until tonight it is yours.</p>"

event cart_abandoned

event purchase

journey rescue
  start on cart_abandoned
  again after 7 days
  exit on purchase
  goal purchase within 7 days

  send first
  wait 1 day
  send second
""",
)
