"""A mail that shows what is recommended, beside the same mail that shows what was bought."""

from __future__ import annotations

import random
from collections.abc import Callable

from benchmarks.measure import Bench, Figure, Result, Spent, at_most, paired, spent_on
from sojourn.dsl.values import MINUTE, parse_instant
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.simulation.simulate import simulate

__all__ = ["recommended"]

_NOON = parse_instant("2026-03-02T12:00:00Z")

_SHOP = """\
profile
  email       email  identity
  first_name  text

schema Item
  product  ref product

event purchase
  items  list of Item

catalog product from csv "products.csv" key sku
  sku    text
  name   text
  price  money
"""

_RECOMMENDATION = """
recommendation goes_with
  pick 3 from product
  by bought together with event.items.product in purchase
  except bought in last 90 days
  otherwise most purchase in last 30 days
"""

_MAIL = '''
message thanks
  email
    subject "Thank you, {{{{ profile.first_name }}}}"
    body    """
      <p>Thank you.</p>
      <ul>{{% for one in {shown} %}}<li>{{{{ one.name }}}}, {{{{ one.price }}}}</li>{{% endfor %}}</ul>
      """

journey thank
  start on purchase
  send thanks
'''


def recommended(bench: Bench) -> Result:
    """The same purchases with and without a recommendation in the mail."""
    products, count = bench.sizes.products, max(1_000, bench.sizes.events // 3)
    records = _purchases(count, products, bench.sizes.people)
    plain = _compiled(_MAIL.format(shown="event.items | map(attribute='product')"), products)
    rich = _compiled(_RECOMMENDATION + _MAIL.format(shown="goes_with"), products)

    def one(program: Program) -> Callable[[], Spent]:
        # Functions and templates are compiled when they are first needed: once before the measuring.
        simulate(program, records[:200])
        return lambda: spent_on(lambda: simulate(program, records))

    bought, chosen = paired(bench, "purchases", one(plain), one(rich))
    return Result(
        "", "",
        f"{count:,} purchases of {products:,} products by {bench.sizes.people:,} people, a mail for each",
        (
            Figure("with what was bought", count / bought.processor, "events/s"),
            Figure("with a recommendation", count / chosen.processor, "events/s"),
            at_most("cost of an event", chosen.processor / bought.processor, "times", 3),
        ),
    )  # fmt: skip


def _compiled(text: str, products: int) -> Program:
    rows = "sku,name,price\n" + "".join(f"p{n},Product {n},{n % 90 + 5}.90 EUR\n" for n in range(products))
    found = compile_texts({"shop.journey": _SHOP + text, "products.csv": rows})
    assert found.workspace is not None, found.diagnostics[:3]
    return compile_program(found.workspace)


def _purchases(count: int, products: int, people: int) -> list[Record]:
    """Some products are bought much more often than others, as in any shop."""
    rng = random.Random(11)
    found = []
    for n in range(count):
        at = _NOON + n * MINUTE
        who = rng.randrange(people)
        items = [{"product": f"p{int(products * rng.random() ** 2)}"} for _ in range(rng.randrange(1, 5))]
        profile = {"email": f"p{who}@example.com", "first_name": f"Ada {who}"}
        found.append(Record(f"e{n}", "purchase", at, at, profile, {"items": items}))
    return found
