"""What a checked expression says in words, read again, means the same: over conditions and values made up at random."""

from __future__ import annotations

import pytest
from hypothesis import given

from sojourn.dsl import checked
from sojourn.dsl.values import Duration, in_words
from sojourn.dsl.wording import Wording
from sojourn.dsl.workspace import compile_texts
from tests.oracle.playing import compiled
from tests.oracle.programs import DATA, programs
from tests.oracle.test_generated import some


@some(120)
@given(programs())
def test_what_is_said_means_what_was_meant(text: str) -> None:
    workspace = compiled(text).workspace
    say = Wording(workspace)
    parts = [DATA]
    parts += [f"attribute {a.name} = {say.value(a.value)}" for a in workspace.attributes.values()]
    conditions = [a.condition for a in workspace.audiences.values()]
    parts += [f"audience {a.name}\n  {say.condition(a.condition)}" for a in workspace.audiences.values()]
    exits = [
        e.condition for j in workspace.journeys.values() for e in j.exits if isinstance(e, checked.ExitWhen)
    ]
    parts += [f"audience x{n}\n  {say.condition(condition)}" for n, condition in enumerate(exits)]
    again = compile_texts({"said.journey": "\n\n".join(parts) + "\n"})
    assert again.workspace is not None, [(d.code, d.facts) for d in again.diagnostics]
    assert again.workspace.attributes == workspace.attributes
    read = [a.condition for a in again.workspace.audiences.values()]
    assert read == [*conditions, *exits]


SHOP = """\
catalog product from csv "products.csv" key sku
  sku    text
  price  money

profile
  email   email  identity
  home    location
  size    one of small, large
  extra   list of text
  born    date

event viewed
  product  ref product
  items    list of text
"""


@pytest.mark.parametrize(
    "said",
    [
        "has viewed where product.price > 20 EUR",
        "home within 5 km of location(48.8566, 2.3522)",
        'any of extra where item is "x"',
        "size is small or size is missing",
        'extra contains "sale"',
        'email ends with "@example.com"',
        "no viewed in last 1 month",
        "has viewed then no viewed within 2 days",
        "anniversary(born) is today",
        "(size is small or size is large) and born is known",
        "not (size is small and born is known)",
        "has viewed at least 3 times between 2026-03-01 and 2026-04-01",
    ],
)
def test_conditions_are_said_as_they_are_written(said: str) -> None:
    found = compile_texts(
        {"shop.journey": f"{SHOP}\naudience those\n  {said}\n", "products.csv": "sku,price\na,5 EUR\n"}
    )
    assert found.workspace is not None, [(d.code, d.facts) for d in found.diagnostics]
    assert Wording(found.workspace).condition(found.workspace.audiences["those"].condition) == said


def test_lengths_are_said_in_the_largest_units() -> None:
    assert in_words(Duration(1, 3, 0)) == "1 month 3 days"
    assert in_words(Duration(0, 0, 5_400_000_000)) == "1 hour 30 minutes"
    assert in_words(Duration(0, 0, 0)) == "0 seconds"
