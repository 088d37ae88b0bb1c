"""One amount compared in two currencies."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import checked
from sojourn.dsl.check.shape import walk
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject
from sojourn.dsl.source import Span
from sojourn.dsl.values import Money


def check(subject: Subject) -> Iterator[Found]:
    """Collects the currencies that each amount is compared with."""
    first: dict[checked.Expr, tuple[str, Span]] = {}
    for condition, event in subject.conditions:
        for part in walk(condition):
            match part:
                case checked.Compare(left=item, right=checked.Constant(value=Money() as money) as constant):
                    pass
                case checked.Between(item=item, low=checked.Constant(value=Money() as money) as constant):
                    pass
                case _:
                    continue
            if isinstance(item, checked.FieldValue) and item.scope == "event" and event:
                known = first.setdefault(
                    checked.FieldValue("event", (event, *item.path), type=item.type),
                    (money.currency, constant.span),
                )
            else:
                known = first.setdefault(item, (money.currency, constant.span))
            if known[0] != money.currency:
                related = Related(known[1], f"{known[0]} here")
                facts = {"amount": subject.words(item.span), "one": known[0], "other": money.currency}
                yield Found(constant.span, facts, related=(related,))


RULE = Rule(
    code="currencies-mixed",
    category="data",
    says="{amount} is compared with {other} here, and with {one} elsewhere: amounts of one currency are never "
    "true in the other.",
    label="another currency",
    what="The same field or attribute is compared with amounts of two currencies.",
    why="An amount in euros is neither more nor less than one in dollars: the comparison is false, whatever "
    "the amount. Half of the rule never works.",
    mend="Use one currency, or say for each what is meant: `(total >= 20 EUR or total >= 22 USD)` in every "
    "place.",
    check=check,
    bad="""\
profile
  email  email  identity

event purchase
  total  money  required

attribute spent = sum of purchase.total

audience good_customers
  spent >= 100 EUR

audience best_customers
  spent >= ⟦1000 USD⟧
""",
    good="""\
profile
  email  email  identity

event purchase
  total  money  required

attribute spent = sum of purchase.total

audience good_customers
  spent >= 100 EUR

audience best_customers
  spent >= 1000 EUR
""",
)
