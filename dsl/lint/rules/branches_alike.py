"""Branches that all do the same."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Compares the steps of the branches of each `if` and `match` that has one for all others."""
    for node in subject.nodes(ast.If):
        arms = node.arms
        if len(arms) > 1 and arms[-1].condition is None and all(arm.steps == arms[0].steps for arm in arms):
            yield Found(subject.head(node.span), {"what": subject.short(node.span)})
    for match in subject.nodes(ast.Match):
        cases = match.cases
        if len(cases) > 1 and not cases[-1].options and all(case.steps == cases[0].steps for case in cases):
            yield Found(subject.head(match.span), {"what": subject.short(match.span)})


RULE = Rule(
    code="branches-alike",
    category="journeys",
    says="`{what}` decides nothing: all its branches do the same.",
    label="the same in each",
    what="All branches of an `if` with `else`, or of a `match` with `otherwise`, have the same steps.",
    why="Usually a branch was copied and its message not changed yet, so the people it was made for get the "
    "general one.",
    mend="Change the branch that was meant to be different, or take the condition out.",
    check=check,
    bad="""\
profile
  email     email     identity
  language  language  = "en"

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  ⟦if language is "de"⟧
    send hello
  else
    send hello
""",
    good="""\
profile
  email     email     identity
  language  language  = "en"

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
