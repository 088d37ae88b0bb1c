"""How the stories of the checker are told: a workspace is written, checked, and its mistakes are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from textwrap import dedent

import pytest

from sojourn.dsl import checked
from sojourn.dsl.messages import sentence
from sojourn.dsl.messages.wording import files_of
from sojourn.dsl.workspace import Compiled, compile_texts

SHOP = """\
profile
  crm_id    text      identity
  email     email     identity
  phone     phone
  push_token text
  first_name text
  country   country
  language  language
  timezone  timezone
  birthday  date
  home      location
  loyalty   one of bronze, silver, gold = bronze
  tags      list of text
  age_group text
  address   Address

schema Address
  street  text
  city    text

schema Item
  product   ref product
  quantity  integer = 1
  price     money

event cart_abandoned called "Cart Abandoned"
  cart_id  text           required
  items    list of Item
  total    money          required

event purchase
  order_id  text
  total     money
  discount  percent

event product_viewed
  product  ref product

catalog product from csv "products.csv" key sku
  sku       text
  name      text
  category  text
  price     money

topic offers   opt in
topic service  always

"""

PRODUCTS = "sku,name,category,price\na1,Boots,shoes,59.90 EUR\nb2,Cap,hats,15 EUR\n"


class Shop:
    """A shop's workspace with something added to it."""

    def __init__(self, addition: str, shop: str = SHOP) -> None:
        files = files_of(shop + dedent(addition))
        files.setdefault("products.csv", PRODUCTS)
        self.files = files
        self.compiled: Compiled = compile_texts(files)

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Each mistake's code and the text that is underlined."""
        return [
            (d.code, self._underlined(d.span.path, d.span.start, d.span.end))
            for d in self.compiled.diagnostics
        ]

    @property
    def sentences(self) -> list[str]:
        """Each mistake as the author reads it."""
        return [sentence(d) for d in self.compiled.diagnostics]

    @property
    def candidates(self) -> list[tuple[str, ...]]:
        """The nearest right names that are offered with each mistake."""
        return [d.candidates for d in self.compiled.diagnostics]

    @property
    def workspace(self) -> checked.Workspace:
        """The checked workspace; there must not be a mistake."""
        assert self.compiled.workspace is not None, self.sentences
        return self.compiled.workspace

    def _underlined(self, path: str, start: int, end: int) -> str:
        text = self.compiled.sources[path].text if path in self.compiled.sources else ""
        return text[start:end].split("\n")[0]


@pytest.fixture
def shop() -> Callable[[str], Shop]:
    """Writes an addition to the shop and checks it; `--- path` begins another file."""
    return Shop


@pytest.fixture
def texts() -> Callable[[Mapping[str, str]], Compiled]:
    """Checks texts by their paths."""
    return compile_texts
