"""An offer that no decision knows."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for offers that stand in no decision."""
    decisions = subject.workspace.decisions.values()
    known = {name for decision in decisions for name in (*decision.offers, decision.otherwise)}
    for offer in subject.own(subject.workspace.offers):
        if offer.name not in known:
            fix = None
            picking = subject.nodes(ast.Decision)
            if len(picking) == 1 and picking[0].offers:
                at = picking[0].offers[0].span
                place = subject.source(at.path).span(at.start, at.start)
                fix = Fix(place, f"{offer.name}, ", f"let {picking[0].name} pick from it", safe=False)
            yield Found(subject.name_of("offer", offer.name), {"offer": offer.name}, fix)


RULE = Rule(
    code="offer-in-no-decision",
    category="offers",
    says="{offer} is offered to nobody: no decision picks from it.",
    label="in no decision",
    what="An offer stands in no decision.",
    why="It was written and never put to use; people wait for a campaign that is not shown.",
    mend="Add it to the `from` of a decision, or take it out.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

offer ⟦shoe_week⟧
  title "Shoe week"

offer free_shipping
  title "Free shipping"

decision best
  from free_shipping
  pick 1 by priority
  otherwise free_shipping

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
  until 2026-12-31

offer free_shipping
  title "Free shipping"

decision best
  from shoe_week, free_shipping
  pick 1 by priority
  otherwise free_shipping

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
