"""A holdout inside a split that learns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.dsl import ast
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject

_NAMES = re.compile(r"(?:^|_)(?:holdout|hold_out|control|nothing|nobody|none)(?:$|_)")


def check(subject: Subject) -> Iterator[Found]:
    """Looks for a holdout in a split `toward goal`."""
    for node in subject.nodes(ast.Split):
        for share in node.shares if node.toward_goal else ():
            empty = not share.steps or (len(share.steps) == 1 and isinstance(share.steps[0], ast.Stop))
            if empty or _NAMES.search(share.name.text):
                source = subject.source(node.span.path)
                at = source.text.find(" toward goal", node.name.span.end, subject.head(node.span).end)
                fix = None
                if at != -1:
                    place = source.span(at, at + len(" toward goal"))
                    fix = Fix(place, "", "keep the shares as they are", safe=False)
                yield Found(share.name.span, {"arm": share.name.text, "split": node.name.text}, fix)
                break


RULE = Rule(
    code="learning-holdout",
    category="learning",
    says="{split} moves its shares toward the goal, and so the arm {arm} to compare with does not keep its "
    "size.",
    label="does not stay as it is",
    what="A split `toward goal` has an arm that sends nothing.",
    why="The arm shrinks to what chance leaves it as soon as any message does better. After a month there is "
    "nothing to compare with.",
    mend="Put the holdout into a split of its own above this one, with fixed shares.",
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
  split tone toward goal
    40% new
      send first
    40% old
      send second
    rest ⟦holdout⟧
      stop
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
    90% written_to
      split tone toward goal
        50% new
          send first
        50% old
          send second
    rest holdout
      stop
""",
)
