"""A mail that is cut off by its size."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Counts the bytes that a body comes to at the least."""
    most = subject.settings.threshold(RULE)
    for text in subject.mails:
        size = len(text.least.encode())
        if size > most:
            yield Found(text.whole, {"message": text.owner, "size": f"{size:,}", "most": f"{most:,}"})


RULE = Rule(
    code="mail-too-big",
    category="content",
    says="{message} has at least {size} bytes; Gmail cuts a mail off at {most}.",
    label="cut off at the end",
    what="The body of a mail is larger than what Gmail shows.",
    why="Gmail shows the first 102 kilobytes and hides the rest behind a link: the end, where people find how "
    "to leave, is gone, and so is the picture that counts openings.",
    mend="Take out what nobody needs: comments, styles that no element uses, pictures written into the text.",
    threshold=102000,
    unit="bytes",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    ⟦"<p>Good that you are here. There is much to tell.</p>"⟧

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
--- sojourn.toml
[lint.thresholds]
mail-too-big = 40
""",
    good="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Good that you are here.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
--- sojourn.toml
[lint.thresholds]
mail-too-big = 40
""",
)
