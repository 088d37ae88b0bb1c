"""An amount of money that is a plain number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.dsl import ast
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject

_MONEY = re.compile(
    r"(?:^|_)(?:price|amount|revenue|cost|subtotal|discount_amount|order_value|order_total|shipping_cost|umsatz|preis|betrag|prix"
    r"|precio|montant)(?:$|_)"
)


def check(subject: Subject) -> Iterator[Found]:
    """Goes by the names of fields of type number."""
    for node in subject.nodes(ast.Field):
        if node.type.kind == "plain" and node.type.name == "number" and _MONEY.search(node.name.text):
            fix = Fix(node.type.span, "money", "write money", safe=False) if node.default is None else None
            yield Found(node.type.span, {"field": node.name.text}, fix)


RULE = Rule(
    code="price-without-currency",
    category="data",
    says="{field} is an amount without a currency.",
    label="in which currency?",
    what="A field whose name says that it is money is of type number.",
    why="Numbers of two currencies are added up without a word, and 1,000 yen make a big spender. Texts show "
    "an amount without saying of what.",
    mend="Write `money`. A bare number beside a field `currency` is read, too.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

event purchase
  order_id  text    required
  amount    ⟦number⟧
""",
    good="""\
profile
  email  email  identity

event purchase
  order_id  text   required
  amount    money
""",
)
