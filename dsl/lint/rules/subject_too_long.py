"""A subject that is cut off where it is read."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Counts what a subject comes to at the least."""
    most = subject.settings.threshold(RULE)
    for text in subject.texts:
        if text.channel == "email" and text.part == "subject" and len(text.least.strip()) > most:
            facts = {"message": text.owner, "length": str(len(text.least.strip())), "most": str(most)}
            yield Found(text.whole, facts)


RULE = Rule(
    code="subject-too-long",
    category="content",
    says="The subject of {message} has at least {length} characters; phones show about {most}.",
    label="cut off on most screens",
    what="The subject of a mail is longer than what mail programs show.",
    why="Phones show 35 to 50 characters of a subject, computers about 70. What stands behind is not read, "
    "and the end is where the offer usually stands.",
    mend="Say the most important thing in the first words, and put the rest into the preheader.",
    threshold=70,
    unit="characters",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject ⟦"Before the summer is over we have put together everything that you might have missed this year"⟧
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
    subject "All that you missed this summer"
    body    "<p>Hello.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
