"""Two arms of a split that do the same."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Compares the steps of the arms of each split."""
    for node in subject.nodes(ast.Split):
        for number, share in enumerate(node.shares):
            first = next((other for other in node.shares[:number] if other.steps == share.steps), None)
            if first is not None and share.steps:
                related = Related(subject.head(first.span), "the same steps")
                facts = {"arm": share.name.text, "other": first.name.text, "split": node.name.text}
                yield Found(share.name.span, facts, related=(related,))


RULE = Rule(
    code="arms-alike",
    category="learning",
    says="The arms {other} and {arm} of {split} do the same.",
    label="the same steps",
    what="Two arms of a split have the same steps.",
    why="The split compares nothing. Usually an arm was copied and its message not changed yet.",
    mend="Change the one that was meant to be different, or take the split out.",
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
  split tone
    50% new
      send first
    50% ⟦old⟧
      send first
  wait 1 day
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
