"""A test that nothing decides."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for splits whose arms send different things, in a journey without a goal."""
    for journey in subject.journeys:
        if journey.goal is not None:
            continue
        for step in journey.steps:
            node = subject.node_at(ast.Split, step.span)
            if node is None or len({repr(share.steps) for share in node.shares}) == 1:
                continue
            if any(isinstance(inside, ast.Send) for share in node.shares for inside in share.steps):
                yield Found(subject.head(step.span), {"split": node.name.text, "journey": journey.name})


RULE = Rule(
    code="split-without-goal",
    category="learning",
    says="{journey} has no goal: nothing tells which arm of {split} does better.",
    label="better at what?",
    what="A journey splits people into arms that are sent different things, and has no `goal`.",
    why="Two versions go out, and the report counts only how many of each. Whoever likes one better will find "
    "a reason.",
    mend="Say what counts, and for how long: `goal purchase within 7 days`.",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message first about offers
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

message second about offers
  email
    subject "Until tonight"
    body    "<p>Then it is gone.</p>"

event cart_abandoned

event purchase

journey rescue
  start on cart_abandoned
  again after 7 days
  exit on purchase

  wait 1 hour
  ⟦split tone⟧
    50% new
      send first
    50% old
      send second
""",
    good="""\
profile
  email  email  identity

topic offers opt in

message first about offers
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

message second about offers
  email
    subject "Until tonight"
    body    "<p>Then it is gone.</p>"

event cart_abandoned

event purchase

journey rescue
  start on cart_abandoned
  again after 7 days
  exit on purchase
  goal purchase within 7 days

  wait 1 hour
  split tone
    50% new
      send first
    50% old
      send second
""",
)
