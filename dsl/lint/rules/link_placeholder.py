"""A link that leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for links with an empty address or `#`."""
    for text in subject.pieces:
        for tag in text.element("a") if text.template.html else ():
            value, _ = tag.attributes.get("href", ("", tag.end))
            if "href" in tag.attributes and value.strip() in ("", "#"):
                yield Found(text.span(tag.start, tag.end), {"message": text.owner})


RULE = Rule(
    code="link-placeholder",
    category="content",
    severity="error",
    says="A link in {message} leads nowhere.",
    label="no address",
    what="A link has an empty address, or `#`.",
    why="It was a place holder while the text was written. Whoever clicks stays where they are, and the "
    "campaign has no visits.",
    mend="Write the address, or `{{{{ link('sale') }}}}`.",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>⟦<a href='#'>⟧To the sale</a></p>"

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
