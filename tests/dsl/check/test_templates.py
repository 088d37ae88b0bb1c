"""Templates are checked against the schemas, at their own lines."""

from __future__ import annotations

import pytest
from jinja2.sandbox import SandboxedEnvironment

from sojourn.dsl.check.templates import GLOBALS, OWN_FILTERS
from sojourn.interpreter.render import environment

REMINDER = """\
message reminder about offers
  email
    subject "Hi {{ profile.first_name }}"
    body    file "messages/reminder.html"

journey rescue
  start on cart_abandoned
  send reminder by email with code = "X"

--- messages/reminder.html
<p>Dear {{ profile.first_name }},</p>
"""


def test_a_right_template_is_right(shop) -> None:
    good = shop(
        REMINDER
        + """\
{% for item in event.items %}
  {{ loop.index }}. {{ item.product.name | upper }} {{ item.price }} {{ item.quantity }}
{% endfor %}
{% set first = event.items[0].product %}
{{ first.name }} {{ first.category | default("none") }} {{ event.total.currency }}
{{ code }} {{ link('cart') }} {{ profile.birthday.year }} {{ event.items | length }}
{{ event.items | map(attribute="price") | list }} {{ profile.consent.offers }} {{ profile.address.city }}
"""
    )
    assert good.mistakes == []
    message = good.workspace.messages["reminder"]
    body = message.variants[0].parts["body"]
    assert body.path == "messages/reminder.html" and body.line == 1 and body.html and not body.constant


@pytest.mark.parametrize(
    ("line", "code", "underlined", "nearest"),
    [
        ("{{ profile.frist_name }}", "unknown-field", "frist_name", "first_name"),
        ("{{ event.items[0].product.nam }}", "unknown-field", "nam", "name"),
        ("{% for item in event.items %}{{ item.prise }}{% endfor %}", "unknown-field", "prise", "price"),
        ("{% for item in event.itms %}{{ item.prise }}{% endfor %}", "unknown-field", "itms", "items"),
        ("{{ event.items.price }}", "list-needs-position", "price", ""),
        ("{{ profile.country.name }}", "no-parts", "name", ""),
        ("{{ first_name }}", "unknown-variable", "first_name", "profile.first_name"),
        ("{{ total }}", "unknown-variable", "total", "event.total"),
        ("{{ cod }}", "unknown-variable", "cod", "code"),
        ("{{ profile.first_name | uper }}", "unknown-filter", "uper", "upper"),
        ("{% if profile.loyalty == 'glod' %}x{% endif %}", "unknown-option", "glod", "gold"),
        ("{% set x = event.items[0] %}{{ x.produkt }}", "unknown-field", "produkt", "product"),
        ("{{ event.items | sum(attribute='prize') }}", "unknown-field", "prize", "price"),
        ("{{ profile.consent.ofers }}", "unknown-field", "ofers", "offers"),
        ("{% include 'other.html' %}", "not-yet", "{% include 'other.html' %}", ""),
    ],
)
def test_a_mistake_is_found_at_its_line(shop, line: str, code: str, underlined: str, nearest: str) -> None:
    wrong = shop(REMINDER + "<p>and</p>\n" + line + "\n")
    assert wrong.mistakes == [(code, underlined)]
    [diagnostic] = wrong.compiled.diagnostics
    assert (diagnostic.span.path, diagnostic.span.line) == ("messages/reminder.html", 3)
    if nearest:
        assert diagnostic.candidates[0] == nearest


def test_a_template_that_jinja_cannot_read(shop) -> None:
    wrong = shop(REMINDER + "\n{% if code %}\n")
    assert [code for code, _ in wrong.mistakes] == ["template-syntax"]


def test_a_text_in_the_journey_file_is_checked_at_its_place(shop) -> None:
    wrong = shop(REMINDER.replace('profile.first_name }}"', 'profile.fist_name }}"'))
    assert wrong.mistakes == [("unknown-field", "fist_name")]
    assert wrong.compiled.diagnostics[0].span.path == "main.journey"


def test_each_journey_that_sends_a_message_is_looked_at(shop) -> None:
    wrong = shop(
        """\
        message reminder
          email
            subject "{{ event.cart_id }}"
            body    "Hello"

        journey rescue
          start on cart_abandoned
          send reminder

        journey thanks
          start on purchase
          send reminder
        """
    )
    assert wrong.mistakes == [("unknown-field", "cart_id")]
    [diagnostic] = wrong.compiled.diagnostics
    assert "thanks" in diagnostic.related[0].note


def test_a_value_that_only_one_send_gives_may_be_asked_for(shop) -> None:
    text = """\
        message reminder
          email
            subject "Hello {% if code %}{{ code }}{% endif %} {{ code or 'none' }} {{ code | default('') }}"
            body    "Hello"

        journey rescue
          start on cart_abandoned
          send reminder with code = "X"
          send reminder
        """
    assert shop(text).mistakes == []
    assert shop(text.replace("{% if code %}{{ code }}{% endif %}", "{{ code }}")).mistakes == [
        ("value-not-given", "code")
    ]


def test_a_missing_file_gets_the_nearest(shop) -> None:
    wrong = shop(REMINDER.replace('file "messages/reminder.html"', 'file "messages/remindr.html"'))
    assert wrong.mistakes == [("file-missing", '"messages/remindr.html"')]
    assert wrong.candidates == [("messages/reminder.html",)]


def test_a_message_that_starts_from_an_audience_has_no_event(shop) -> None:
    wrong = shop(
        """\
        audience vips
          loyalty is gold

        message hello
          email
            subject "{{ event.total }}"
            body    "Hello"

        journey welcome
          start when entering vips
          send hello
        """
    )
    assert wrong.mistakes == [("no-event-here", "event")]


def test_the_checker_knows_what_the_renderer_offers() -> None:
    offered = environment(html=True)
    plain = SandboxedEnvironment()
    assert set(offered.filters) == set(plain.filters) | OWN_FILTERS
    assert set(offered.globals) == GLOBALS


def test_a_broken_journey_does_not_make_its_templates_wrong(shop) -> None:
    wrong = shop(
        REMINDER.replace("start on cart_abandoned", "start on cart_abandoned where where") + "{{ code }}\n"
    )
    assert len(wrong.mistakes) == 1


def test_a_start_with_a_mistake_gives_one_message(shop) -> None:
    wrong = shop(
        REMINDER.replace("start on cart_abandoned", "start on today at 9:00") + "{{ event.total }}\n"
    )
    assert [code for code, _ in wrong.mistakes] == ["not-a-persons-date"]
