"""An offer that ends before it begins."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Compares `since` and `until`, where both are fixed."""
    for offer in subject.nodes(ast.Offer):
        since, until = offer.since, offer.until
        fixed = (ast.DateLiteral, ast.Moment)
        if isinstance(since, fixed) and isinstance(until, fixed) and until.value[:10] < since.value[:10]:
            related = Related(since.span, "it begins here")
            yield Found(until.span, {"offer": offer.name.text}, related=(related,))


RULE = Rule(
    code="offer-never-valid",
    category="offers",
    severity="error",
    says="{offer} ends before it begins.",
    label="before its beginning",
    what="The `until` of an offer is earlier than its `since`.",
    why="It fits nobody, ever. Usually the year of one of the two was forgotten.",
    mend="Correct the date.",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

offer shoe_week
  title "Shoe week"
  since 2026-12-28
  until ⟦2026-04-03⟧

decision best
  from shoe_week
  pick 1 by priority

message hello about offers
  email
    subject "Hello"
    body    "<p>{% if best %}{{ best.title }}{% endif %}</p>"

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

offer shoe_week
  title "Shoe week"
  since 2026-12-28
  until 2027-01-03

decision best
  from shoe_week
  pick 1 by priority

message hello about offers
  email
    subject "Hello"
    body    "<p>{% if best %}{{ best.title }}{% endif %}</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
