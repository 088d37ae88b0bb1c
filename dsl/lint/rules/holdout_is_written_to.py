"""A holdout that is written to all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.dsl import ast, checked
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject

_NAMES = re.compile(
    r"(?:^|_)(?:holdout|hold_out|control|nothing|nobody|none|silent|kontrolle|kontrollgruppe)(?:$|_)"
)


def check(subject: Subject) -> Iterator[Found]:
    """Follows the steps of an arm that is called so to the end of the journey."""
    for journey in subject.journeys:
        flow = subject.flow(journey)
        sends = {one.number: one for one in subject.sends_of.get(journey.name, [])}
        for step in journey.steps:
            node = subject.node_at(ast.Split, step.span)
            if node is None or not isinstance(step.operation, checked.Split):
                continue
            for share, arm in zip(node.shares, step.operation.arms, strict=True):
                if not _NAMES.search(arm.name):
                    continue
                there = {arm.target, *flow.after(arm.target)} & set(sends)
                if not there:
                    continue
                fix = None
                if share.steps and not any(isinstance(inside, ast.Send) for inside in share.steps):
                    fix = subject.line_after(share.steps[-1].span, "stop", "end the arm with stop")
                facts = {"arm": arm.name, "message": sends[min(there)].message.name}
                yield Found(share.name.span, facts, fix)


RULE = Rule(
    code="holdout-is-written-to",
    category="learning",
    says="The arm {arm} is written to as well: it goes on to {message}.",
    label="not left alone",
    what="An arm that is called holdout, control or the like comes to a `send`, in the arm or below the "
    "split.",
    why="A holdout shows what happens without you. When it goes on below the split with all the others, the "
    "comparison says that the campaign has no effect.",
    mend="End the arm with `stop`; or give it a name that says what it is.",
    fix="unsafe",
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
  goal purchase within 7 days

  wait 1 hour
  split touch
    80% reminded
      send first
    rest ⟦holdout⟧
      wait 1 day
  wait 2 days
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
  split touch
    80% reminded
      send first
    rest holdout
      stop
  wait 2 days
  send second
""",
)
