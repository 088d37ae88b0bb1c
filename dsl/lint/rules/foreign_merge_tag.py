"""A place holder of another tool."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject

_TAGS = re.compile(
    r"\*\|(?P<mailchimp>[A-Z][A-Z0-9_:]*)\|\*|%%(?P<percent>\w+)%%|\[\[(?P<square>\w+)\]\]|\$\{(?P<dollar>\w+)\}"
    r"|<%=\s*(?P<ruby>[\w.@]+)\s*%>|(?<!\{)\{(?P<brace>[a-z]+(?:_[a-z]+)*)\}(?!\})|%(?P<upper>[A-Z][A-Z_]{3,})%"
)
_KNOWN = {"fname": "first_name", "firstname": "first_name", "lname": "last_name", "lastname": "last_name"}


def check(subject: Subject) -> Iterator[Found]:
    """Looks for what other tools write where Jinja2 has braces."""
    for text in subject.pieces:
        for piece, at in text.constant_pieces:
            for match in _TAGS.finditer(piece):
                start, end = at + match.start(), at + match.end()
                name = next(group for group in match.groups() if group).lower()
                field = _KNOWN.get(name.replace("_", ""), name)
                place = text.exact(start, end)
                fix = None
                if place is not None and field in subject.workspace.profile:
                    written = f"{{{{ profile.{field} | default('', true) }}}}"
                    fix = Fix(place, written, f"write {written}", safe=False)
                yield Found(text.span(start, end), {"tag": match[0], "message": text.owner}, fix)


RULE = Rule(
    code="foreign-merge-tag",
    category="content",
    severity="error",
    says="{tag} is a place holder of another tool: people would read it as it stands.",
    label="not filled in here",
    what="A text holds a merge tag of another campaign tool.",
    why="The text was copied, and the tag with it. Nothing fills it in, so everybody is greeted as *|FNAME|*.",
    mend="Write `{{{{ profile.first_name }}}}`, with a `default` for people of whom it is not known.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email       email  identity
  first_name  text

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Dear ⟦*|FNAME|*⟧, good that you are here.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
    good="""\
profile
  email       email  identity
  first_name  text

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Dear {{ profile.first_name | default('customer', true) }}, good that you are here.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
