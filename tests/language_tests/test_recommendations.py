"""Recommendations, told as tests in the language; what everybody did is told in tests/runtime."""

from __future__ import annotations

from tests.language_tests.test_what_is_known import failures

SHOP = """\
profile
  email      email  identity
  timezone   timezone
  favourite  ref product

schema Item
  product   ref product
  quantity  integer = 1

event purchase
  items  list of Item

event product_viewed
  product  ref product

event cart
  items  list of Item

catalog product from csv "products.csv" key sku
  sku    text
  name   text
  price  money
  added  date

recommendation looked_at
  pick 2 from product
  by seen product_viewed in last 7 days
  except bought in last 90 days
  otherwise newest

recommendation fresh
  pick 3 from product
  by newest

recommendation goes_with
  pick 2 from product
  by bought together with favourite in purchase
  otherwise most product_viewed in last 30 days

message advice
  email
    subject "For you: {{ looked_at[0].name }}"
    body    "{% for p in looked_at %}{{ p.name }} at {{ p.price | money }}; {% endfor %}{{ looked_at | length }}"

journey advise
  start on cart
  if length(looked_at) > 0 and looked_at[0].price > 1 EUR
    send advice

"""
FILES = {
    "products.csv": "sku,name,price,added\n"
    "a1,Boots,59.90 EUR,2026-01-05\nb2,Cap,15 EUR,2026-02-01\nc3,Socks,9 EUR,2026-01-20\nd4,Hat,19 EUR,\n"
}


def test_what_was_seen_and_not_bought_comes_first_and_the_newest_fill_up() -> None:
    assert (
        failures(
            SHOP
            + """\
test "the newest for somebody of whom nothing is known"
  profile email = "ada@example.com"
  at 2026-03-02 10:00
    cart
  expect sent advice with body containing "Cap at 15.00 EUR; Socks at 9.00 EUR; 2"

test "what was seen, newest first, each once"
  profile email = "ben@example.com"
  at 2026-03-02 10:00
    product_viewed product = "d4"
    product_viewed product = "a1"
    product_viewed product = "d4"
  after 1 minute
    cart
  expect sent advice with subject containing "For you: Hat"
  expect sent advice with body containing "Hat at 19.00 EUR; Boots at 59.90 EUR; 2"
  after 7 days
  expect looked_at[0] is "b2"

test "what is no longer in the catalog is not recommended"
  profile email = "cy@example.com"
  at 2026-03-02 10:00
    product_viewed product = "zz"
  expect looked_at[0] is "b2" and length(fresh) is 3 and not fresh contains "d4"
""",
            FILES,
        )
        == []
    )


def test_the_most_viewed_counts_by_the_hour() -> None:
    assert (
        failures(
            SHOP
            + """\
test "views count for thirty days, to the hour"
  profile email = "ada@example.com"
  at 2026-03-02 10:20
    product_viewed product = "c3"
    product_viewed product = "c3"
    product_viewed product = "a1"
  expect goes_with[0] is "c3" and goes_with[1] is "a1"
  at 2026-04-01 10:59
  expect goes_with[0] is "c3"
  at 2026-04-01 11:00
  expect length(goes_with) is 0
""",
            FILES,
        )
        == []
    )
