"""Where a rule says nothing: what is nearly the slip, and is right. And where it speaks, beside its own example.

Each case is a workspace beside the same people, topics and events; what lint finds in it stands with it.
"""

from __future__ import annotations

from textwrap import dedent

import pytest

from sojourn.dsl.lint import LintSettings, lint
from sojourn.dsl.messages import sentence
from sojourn.dsl.values import parse_instant
from sojourn.dsl.workspace import compile_texts

SHOP = """\
profile
  email       email     identity
  phone       phone
  push_token  text
  first_name  text
  country     country
  language    language  = "en"
  birthday    date
  trial_ends  date
  timezone    timezone

topic offers   opt in
topic service  always

event signed_up

event cart_abandoned
  cart_id  text   required
  total    money  required
  note     text

event purchase
  cart_id  text
  total    money  required

message note about service
  email
    subject "A note"
    body    "<p>A note.</p>"

message offer about offers
  email
    subject "An offer"
    body    "<p>An offer.</p>"

message more about offers
  email
    subject "One more"
    body    "<p>One more.</p>"

journey every_message
  start on signed_up
  again never

  send note
  wait 1 day
  send offer
  wait 1 day
  send more

"""


def found_in(text: str) -> list[str]:
    compiled = compile_texts({"shop.journey": SHOP, "case.journey": dedent(text)})
    assert [sentence(one) for one in compiled.diagnostics] == []
    linted = lint(compiled, LintSettings(), parse_instant("2026-03-02"))
    return [found.code for found in linted.diagnostics]


WEEKLY = "again after 7 days"
TO_BUY = f"{WEEKLY}; goal purchase within 9 days"
DEAR = "start on cart_abandoned where total > 50 EUR"
GERMAN = 'start on cart_abandoned where country is "DE"'
CART = "start on cart_abandoned as cart"


def journey(steps: str, settings: str = WEEKLY, start: str = "start on cart_abandoned") -> str:
    """A journey of these lines; `> ` stands for one more indentation."""
    lines = [start, *settings.split("; "), "", *steps.split("; ")]
    words = [(line, line.lstrip("> ")) for line in lines]
    said = [f"  {'  ' * line[: len(line) - len(rest)].count('>')}{rest}".rstrip() for line, rest in words]
    return "\n".join(["journey case", *said]) + "\n"


CASES = {
    "the goal may have come during an earlier wait": (
        journey("wait 1 day; wait for purchase, up to 2 days; send offer", f"{TO_BUY}; ends after 9 days"),
        ["wait-overtaken"],
    ),
    "a wait for anything else is no matter of being overtaken": (
        journey("wait 1 day; wait for signed_up, up to 2 days; send offer", TO_BUY),
        [],
    ),
    "a reaction is overtaken by a wait behind the message": (
        journey("send offer; wait 1 day; wait for email_opened of offer, up to 2 days"),
        ["wait-overtaken"],
    ),
    "a reaction that is waited for at once is not": (
        journey("wait 1 day; send offer; wait for email_opened of offer, up to 2 days"),
        [],
    ),
    "the one order of this cart is overtaken": (
        journey("wait 1 day; wait for purchase where cart_id is cart.cart_id, up to 2 days; send offer", start=CART),
        ["wait-overtaken"],
    ),
    "an exit on another order than the awaited one": (
        journey(
            "wait for purchase where total > 9 EUR, up to 2 days; send offer",
            f"{WEEKLY}; exit on purchase where total > 99 EUR",
        ),
        [],
    ),
    "a branch on the starting event stays decided after a wait": (
        journey("wait 1 day; if event.total > 20 EUR; > send offer", start=DEAR),
        ["branch-always-taken"],
    ),
    "a branch on the person may be otherwise after a wait": (
        journey('wait 1 day; if country is "DE"; > send offer', start=GERMAN),
        [],
    ),
    "a branch on the person right at the start is decided": (
        journey('if country is "DE"; > send offer', start=GERMAN),
        ["branch-always-taken"],
    ),
    "a goal with a time is counted after the journey": (
        journey("send offer", "again after 7 days; goal purchase within 2 days"),
        [],
    ),
    "a goal without a time counts while there is a wait": (
        journey("send offer; wait 2 days", "again after 7 days; goal purchase"),
        [],
    ),
    "a way out by `ends after`": (
        journey("wait for purchase; send offer", "again after 7 days; ends after 30 days"),
        [],
    ),
    "once per cart is a brake of its own": (journey("send offer", "one per cart_id"), []),
    "a service message may follow each event": (journey("send note", "again always"), []),
    "again always is meant": (journey("send offer", "again always"), []),
    "two messages with a wait between them": (journey("send offer; wait 1 hour; send more"), []),
    "two messages on two branches": (journey("if event.total > 9 EUR; > send offer; else; > send more"), []),
    "a wait until a date that is no birthday": (journey("wait until trial_ends; send offer"), []),
    "a date of birth in other words": (journey("wait until birthday - 1 day; send offer"), ["birthday-with-its-year"]),
    "mail at night disturbs nobody": (
        journey("wait until 3:00; send offer", 'again after 7 days; times in "Europe/Paris"'),
        [],
    ),
    "known by its condition": (
        'audience abroad\n  country is known\n  and country is not "DE"\n',
        [],
    ),
    "the unknown are meant": (
        'audience abroad\n  country is not "DE"\n  or country is missing\n',
        [],
    ),
    "a field with a default is never unknown": ('audience foreign\n  language is not "en"\n', []),
    "a negated bracket": ('audience abroad\n  not country in "DE", "AT"\n', ["is-not-picks-unknown"]),
    "an attribute may be missing": (
        'attribute last_cart = last cart_abandoned.cart_id\n\naudience other\n  last_cart is not "c-1"\n',
        ["is-not-picks-unknown"],
    ),
    "a count is never missing": (
        "attribute carts = count of cart_abandoned\n\naudience some\n  carts is not 0\n",
        [],
    ),
    "nobody who never bought is lapsing": (
        "audience lapsing\n  has purchase in last 180 days\n  and no purchase in last 30 days\n",
        [],
    ),
    "whoever never bought is meant": ("audience fresh\n  no purchase\n", []),
    "another history keeps newcomers out": (
        "audience undecided\n  has cart_abandoned at least 2 times\n  and no purchase in last 30 days\n",
        [],
    ),
    "an attribute keeps newcomers out": (
        "attribute spent = sum of purchase.total\n\n"
        "audience lapsing\n  spent > 9 EUR\n  and no purchase in last 30 days\n",
        [],
    ),
    "an audience keeps newcomers out": (
        "audience buyers\n  has purchase\n\naudience lapsing\n  in buyers\n  and no purchase in last 30 days\n",
        [],
    ),
    "is known beside a comparison is said for the reader": (
        'audience germans\n  country is known\n  and country is "DE"\n',
        [],
    ),
    "a longer window follows from a shorter one": (
        "audience buyers\n  has purchase in last 90 days\n  and has purchase in last 30 days\n",
        ["condition-adds-nothing"],
    ),
    "two windows of two events": (
        "audience busy\n  has purchase in last 90 days\n  and has cart_abandoned in last 30 days\n",
        [],
    ),
    "a holdout that stops": (
        journey("split touch; > 80% written; > > send offer; > rest holdout; > > stop; wait 1 day; send more",
                "again after 7 days; exit on purchase; goal purchase within 7 days"),
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "codes"), CASES.values(), ids=CASES)
def test_lint_says_just_this(text: str, codes: list[str]) -> None:
    assert found_in(text) == codes
