"""Money of several currencies, by a rate given in a catalog."""

from __future__ import annotations

from tests.language_tests.test_what_is_known import failures

SHOP = """\
profile
  email  email  identity
  tags   list of text

catalog rate from csv "rates.csv" key currency
  currency  text
  in_euro   number

event purchase
  total  money     required
  paid   ref rate

define in_euro(sum, rate) = money(amount(sum) * rate.in_euro, "EUR")

journey big
  start on purchase where in_euro(event.total, event.paid) >= 100 EUR

  add "big" to tags

message thanks
  email
    subject "{{ money(amount(event.total) * event.paid.in_euro, 'EUR') | money }}"
    body    "<p>Thank you</p>"

journey say_thanks
  start on purchase where event.paid.in_euro is known

  send thanks

"""


def test_an_amount_is_compared_by_the_rate_of_its_currency() -> None:
    assert (
        failures(
            SHOP
            + """\
test "dollars and crowns"
  profile email = "ada@example.com"
  at 2026-03-02 10:00
    purchase total = 110 USD, paid = "USD"
  expect big not started
  expect sent thanks with subject is "99.00 EUR"
  after 1 hour
    purchase total = 112 USD, paid = "USD"
  expect big started 1 time
  after 1 hour
    purchase total = 1000 SEK, paid = "SEK"
    purchase total = 900 CHF, paid = "CHF"
  expect big started 1 time

test "without a rate there is no amount, and nothing is assumed"
  profile email = "ben@example.com"
  at 2026-03-02 10:00
    purchase total = 900 EUR
  expect big not started
""",
            {"rates.csv": "currency,in_euro\nEUR,1\nUSD,0.9\nSEK,0.09\n"},
        )
        == []
    )
