"""What the examples of the messages stand in: a small shop, and the lines around an example."""

from __future__ import annotations

from sojourn.dsl.messages.wording import Wording

__all__ = [
    "BASE",
    "CATALOG",
    "CLOSEST",
    "HELLO",
    "PLACES",
    "PRODUCTS",
    "ROWS",
    "SHOP",
    "SHOPS",
    "START",
    "advice",
    "audience",
    "csv",
    "field",
    "journey",
    "shop",
]

SHOP = """\
profile
  email     email  identity
  country   country
  birthday  date
  home      location
  spent     money
  points    integer
  tags      list of text

event purchase
  total     money
  discount  percent
  city      text

"""

HELLO = """\
message hello
  email
    subject "Hello"
    body    "<p>Hello</p>"

"""

BASE = SHOP + HELLO

START = "journey welcome\n  start on purchase\n"


def audience(code: str, says: str, help: str, label: str, bad: str, good: str, before: str = "") -> Wording:
    """A wording whose examples are conditions of an audience."""
    base = SHOP + before + "audience chosen\n  "
    return Wording(code, says, help, label, base + bad + "\n", base + good + "\n")


def journey(code: str, says: str, help: str, label: str, bad: str, good: str) -> Wording:
    """A wording whose examples are the lines of a journey."""
    return Wording(code, says, help, label, BASE + START + bad, BASE + START + good)


def field(code: str, says: str, help: str, label: str, bad: str, good: str) -> Wording:
    """A wording whose examples are a line of the profile."""
    base = "profile\n  email  email  identity\n  "
    return Wording(code, says, help, label, base + bad + "\n", base + good + "\n")


CATALOG = (
    'catalog product from csv "products.csv" key sku\n  sku    text\n  price  money\n\n--- products.csv\n'
)


def csv(code: str, says: str, help: str, label: str, bad: str, good: str) -> Wording:
    """A wording whose examples are the lines of a catalog's file."""
    return Wording(code, says, help, label, SHOP + CATALOG + bad, SHOP + CATALOG + good)


SHOPS = (
    'catalog shop from csv "shops.csv" key id\n  id     text\n  place  location\n\n'
    'catalog city from csv "shops.csv" key id\n  id  text\n\n'
)

PLACES = "\n--- shops.csv\nid,place\nberlin,52.52;13.41\n"

CLOSEST = "profile\n  phone  phone\n\nmessage visit\n"


def shop(code: str, says: str, help: str, label: str, bad: str, good: str) -> Wording:
    """A wording whose examples are conditions of an audience, beside a catalog of shops."""
    base = SHOP + SHOPS + "audience close\n  "
    return Wording(code, says, help, label, base + bad + "\n" + PLACES, base + good + "\n" + PLACES)


PRODUCTS = (
    'catalog product from csv "products.csv" key sku\n  sku  text\n  added  date\n\n'
    "schema Item\n  product  ref product\n\n"
    "event ordered\n  items  list of Item\n\nevent viewed\n  product  ref product\n\n"
)

ROWS = "\n--- products.csv\nsku,added\na1,2026-01-01\n"


def advice(code: str, says: str, help: str, label: str, bad: str, good: str) -> Wording:
    """A wording whose examples are the lines of a recommendation."""
    base = SHOP + PRODUCTS + "recommendation advice\n  "
    return Wording(code, says, help, label, base + bad + "\n" + ROWS, base + good + "\n" + ROWS)
