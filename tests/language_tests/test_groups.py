"""Groups of values, and lists of them: in tests, and where a step makes a value of a schema."""

from __future__ import annotations

from sojourn.dsl.format import format_file
from sojourn.dsl.messages import sentence
from sojourn.dsl.source import SourceFile
from sojourn.dsl.workspace import compile_texts
from tests.language_tests.test_what_is_known import failures

SHOP = """\
profile
  email      email  identity
  timezone   timezone
  points     integer
  address    Address
  homes      list of Address
  seen       list of text

schema Address
  city    text  required
  zip     text
  since   date
  owner   Owner

schema Owner
  name  text

schema Item
  product   text     required
  quantity  integer  = 1
  price     money
  taken_at  datetime

event cart_abandoned
  items  list of Item
  main   Item
  total  money

event cart_saved
  items  list of Item

message reminder
  email
    subject "{% for i in event.items %}{{ i.quantity }} {{ i.product }} {{ i.price }}; {% endfor %}"
    body    "<p>{{ event.main.product }} {{ profile.address.city }} {{ profile.homes[0].owner.name }}</p>"

audience romans
  any of homes where city is "Rome"

journey rescue
  start on cart_abandoned where any of items where quantity >= 2

  send reminder
  set address to (city = "Oslo", zip = event.main.product, since = 2026-03-01)
  add (city = "Rome") to homes
  emit cart_saved with items = [(product = event.items[0].product, quantity = points + 1, price = event.total)]

"""


def test_a_test_gives_lists_of_groups_and_groups_in_groups() -> None:
    assert (
        failures(
            SHOP
            + """\
test "two items, on several lines"
  profile email = "ada@example.com", points = 4, address = (city = "Pisa"), homes = [
      (city = "Bari", owner = (name = "Eve"))
    ]
  at 2026-03-02 10:00
    cart_abandoned total = 69 EUR, main = (product = "hat"), items = [
      (product = "boots", quantity = 2, price = 59 EUR),
      (product = "cap", price = 10 EUR)
    ]
  expect sent reminder with subject is "2 boots 59.00 EUR; 1 cap 10.00 EUR; "
  expect sent reminder with body is "<p>hat Pisa Eve</p>"
  expect address.city is "Oslo" and address.zip is "hat" and address.since is 2026-03-01
  expect in romans
  expect has cart_saved where items[0].product is "boots" and items[0].quantity is 5 and items[0].price is 69 EUR
  expect has cart_saved where any of items where quantity is 5
  expect no cart_saved where any of items where quantity is 1

test "one item stands for a list, and what is not said has its default"
  profile email = "ben@example.com"
  at 2026-03-02 10:00
    cart_abandoned items = (product = "cap")
  expect rescue not started
  expect has cart_abandoned where any of items where quantity is 1

test "rows of a table fill the groups"
  each
    many | city
    2    | "Rome"
    3    |
  profile email = "cy@example.com", homes = [(city = "Lund", zip = row.city)]
  at 2026-03-02 10:00
    cart_abandoned items = [(product = "cap", quantity = row.many)]
  expect rescue started
"""
        )
        == []
    )


def test_every_value_of_a_group_is_checked() -> None:
    def mistakes(values: str) -> list[str]:
        text = (
            SHOP
            + f'test "one"\n  at 2026-03-02 10:00\n    cart_abandoned {values}\n  expect rescue not started\n'
        )
        return [f"{d.code}: {sentence(d)}" for d in compile_texts({"shop.journey": text}).diagnostics]

    assert mistakes('items = [(produkt = "a")]')[0].startswith(
        "unknown-field: The schema Item has no field produkt"
    )
    assert mistakes("items = [(quantity = 2)]") == ["group-incomplete: Item needs product."]
    assert mistakes('items = [(product = "a", price = 20)]')[0].startswith("money-needs-currency")
    assert mistakes('items = [(product = "a", product = "b")]')[0].startswith("declared-twice")
    assert mistakes('total = (product = "a")')[0].startswith("group-of-what")
    text = SHOP + 'audience odd\n  address is (city = "Rome")\n'
    (found,) = compile_texts({"shop.journey": text}).diagnostics
    assert found.code == "group-of-what"


def test_the_formatter_keeps_groups() -> None:
    text = 'test "one"\n  profile address = (  city="Rome" ,zip = "1")\n  expect address.city is "Rome"\n'
    shaped = format_file(SourceFile("a.journey", text)).text
    assert '  profile address = (city = "Rome", zip = "1")\n' in shaped
