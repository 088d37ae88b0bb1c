"""An arm of a split too small to learn from."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Compares the written shares with the threshold."""
    least_share = subject.settings.threshold(RULE)
    for node in subject.nodes(ast.Split):
        for share in node.shares:
            if share.percent is not None and 0 < share.percent < least_share:
                place = subject.head(share.span)
                yield Found(
                    place,
                    {
                        "arm": share.name.text,
                        "share": f"{share.percent.normalize():f}%",
                        "split": node.name.text,
                    },
                )


RULE = Rule(
    code="split-arm-tiny",
    category="learning",
    says="The arm {arm} gets {share}: too few to tell it from chance.",
    label="a very small share",
    what="An arm of a split gets less than five percent.",
    why="Of a thousand people thirty are in it, and of those perhaps one buys. Whatever comes out is chance, "
    "and is believed.",
    mend="Give it ten percent or more, or take it out.",
    threshold=5,
    unit="percent",
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
    ⟦3% new⟧
      send first
    rest old
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
    20% new
      send first
    rest old
      send second
""",
)
