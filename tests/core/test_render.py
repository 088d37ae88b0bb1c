"""Messages filled in: what a template shows of a person and a run."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sojourn.interpreter.rendering.render import money_shown
from tests.core.building import Money, Shop, Story, c, on, send


def rendered(text: str, html: bool = False, **profile: Any) -> str:
    shop = Shop()
    shop.attribute("spent", shop.history("sum", "purchase", "total"))
    shop.attribute("last_order", shop.history("time of last", "purchase"))
    shop.message("hello", email={"body" if html else "subject": text + "{# #}"})
    shop.journey(
        "j",
        [on("cart_abandoned")],
        [
            ("wait for purchase", c.WaitFor("purchase", None, "order", None, False, 1, 1)),
            ("send hello", send("hello", code="BACK10", price=Money(Decimal(5), "EUR"))),
        ],
    )
    story = Story(shop.program(), **profile)
    story.happens(
        "cart_abandoned",
        "2026-03-02 10:00",
        cart_id="c1",
        total="59 EUR",
        items=[{"product": "p1", "price": "59 EUR"}, {"product": "p9"}],
    )
    story.happens("purchase", "2026-03-02 11:00", total="12.5 EUR", order_id="o1")
    assert story.said("failed") == []
    return next(iter(story.outbox()[0].parts.values()))


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Hi {{ profile.first_name }}!", "Hi Ada!"),
        ("{{ event.items[0].product.name }} for {{ event.items[0].price }}", "Blue shoes for 59.00 EUR"),
        (
            "{{ event.items[0].product }} {{ event.items[0].quantity }} of {{ event.items | length }}",
            "p1 1 of 2",
        ),
        (
            "[{{ event.items[1].product.name }}{{ event.items[7].price }}{{ profile.birthday.year }}]",
            "[]",
        ),
        ("{% for item in event.items %}{{ item.product }},{% endfor %}", "p1,p9,"),
        ("{{ order.order_id }} {{ order.total }} {{ order.total | money }}", "o1 12.50 EUR 12.50 EUR"),
        ("{{ spent }} {{ profile.spent }} {{ last_order }}", "12.50 EUR 12.50 EUR 2026-03-02 12:00"),
        ("{{ code }} {{ price }} {{ 7 | money('JPY') }}", "BACK10 5.00 EUR 7 JPY"),
        ("{{ link('cart') }} {{ link('https://x.com/a') }}", "https://example.com/cart https://x.com/a"),
        ("{% if event.total %}yes{% endif %}{% if profile.country %}no{% endif %}", "yes"),
        ("{{ profile.consent.offers }} {{ profile.language }} {{ profile.tags }}", "true en a, b"),
        ("{{ profile.country or 'somewhere' }} {{ profile.country | default('here') }}", "somewhere here"),
        ("{{ now | date('%d.%m.%Y') }}", "02.03.2026"),
    ],
)
def test_what_a_template_prints(text: str, expected: str) -> None:
    known = {"first_name": "Ada", "timezone": "Europe/Paris", "consent.offers": True, "tags": ["a", "b"]}
    assert rendered(text, **known) == expected


def test_html_is_escaped_and_a_subject_is_not() -> None:
    assert rendered("{{ profile.first_name }}", html=True, first_name="<b>&") == "&lt;b&gt;&amp;"
    assert rendered("{{ profile.first_name }}", first_name="<b>&") == "<b>&"


@pytest.mark.parametrize(
    "text",
    [
        "{{ profile.__class__ }}",
        "{{ event.items.append(1) }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ link.__globals__ }}",
    ],
)
def test_a_template_cannot_leave_its_sandbox(text: str) -> None:
    shop = Shop()
    shop.message("hello", email={"subject": text})
    shop.journey("j", [on("cart_abandoned")], [("send hello", send("hello"))])
    story = Story(shop.program())
    story.happens("cart_abandoned", "2026-03-02 10:00", items=[{"product": "p1"}])
    assert "class" not in "".join(part for o in story.outbox() for part in o.parts.values())
    assert story.person.runs == {}


def test_money_has_the_decimals_of_its_currency() -> None:
    assert [money_shown(Money(Decimal("1234.5"), code)) for code in ("EUR", "JPY", "KWD")] == [
        "1234.50 EUR",
        "1235 JPY",
        "1234.500 KWD",
    ]
