"""Templates are checked against the schemas, at their own lines."""

from __future__ import annotations

import pytest
from jinja2.sandbox import SandboxedEnvironment

from sojourn.dsl.check.templates import GLOBALS, OWN_FILTERS
from sojourn.interpreter.rendering.render import environment

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
        ("{% include 'other.html' %}", "template-file-missing", "other.html", ""),
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


FRAMED = """\
message reminder about offers
  email
    subject "Hi {{ profile.first_name }}"
    body    file "messages/reminder.html"

journey rescue
  start on cart_abandoned
  send reminder by email with code = "X"

--- messages/reminder.html
{% extends "frame.html" %}
{% from "parts.html" import line, button %}
{% block text %}
{% for item in event.items %}
  {% include "item.html" %}
  {{ line(item, colour="red") }}
{% endfor %}
{{ button("cart") }}
{% endblock %}
--- messages/frame.html
<h1>{% block title %}{{ profile.first_name }}{% endblock %}</h1>
{% block text %}{{ profile.country }}{% endblock %}
{{ code }}
--- messages/item.html
{{ loop.index }} {{ item.product.name }}
--- messages/parts.html
{% macro line(item, colour) %}
{{ item.product.name }} {{ colour }} {{ caller }}
{% endmacro %}
{% macro button(page) %}{{ link(page) }}{% endmacro %}
"""


@pytest.mark.parametrize(
    ("right", "wrong", "code", "place"),
    [
        ("{{ item.product.name }} {{ col", "{{ item.product.nam }} {{ col", "unknown-field", "parts.html:2"),
        ("{{ loop.index }} {{ item.product.name", "{{ item.produkt.name", "unknown-field", "item.html:1"),
        ("title %}{{ profile.first_name", "title %}{{ profile.frist_name", "unknown-field", "frame.html:1"),
        ("{{ code }}\n", "{{ cod }}\n", "unknown-variable", "frame.html:3"),
        ("{{ link(page) }}", "{{ code }}", "template-sees-nothing", "parts.html:4"),
        ("{{ code }}\n", "{% if code %}\n", "template-syntax", "frame.html:3"),
        ('"item.html"', '"itm.html"', "template-file-missing", "reminder.html:5"),
        ("block text %}\n{% for", "block txt %}\n{% for", "template-no-block", "reminder.html:3"),
        ("{% block text %}\n{% for", "\n\nHi!\n{% block text %}\n{% for", "template-outside-blocks", "reminder.html:5"),
        ("line, button", "line, buton as button", "template-no-macro", "reminder.html:2"),
        ('colour="red"', 'color="red"', "template-no-argument", "reminder.html:6"),
        ('button("cart")', 'button("cart", "x")', "wrong-arguments", "reminder.html:8"),
        ("{{ code }}\n", '{% include "reminder.html" %}\n', "template-circle", "frame.html:3"),
        ("{% block text %}{{", "{% block title %}{{", "declared-twice", "frame.html:2"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_shared_file_is_found_there(
    shop, right: str, wrong: str, code: str, place: str
) -> None:
    assert shop(FRAMED).mistakes == []
    assert FRAMED.count(right) == 1
    found = shop(FRAMED.replace(right, wrong)).compiled.diagnostics
    assert {(d.code, f"{d.span.path}:{d.span.line}") for d in found if d.code == code} == {
        (code, f"messages/{place}")
    }
    assert len(found) == 1 or code in ("template-no-block", "declared-twice")


def test_what_is_included_sees_what_each_message_gives(shop) -> None:
    second = (
        'message other about service\n  email\n    subject "Hi"\n'
        "    body    \"{% include 'messages/frame.html' %}\"\n\n"
        "journey again\n  start on purchase\n  send other by email\n\n--- messages/reminder.html"
    )
    [found] = shop(FRAMED.replace("--- messages/reminder.html", second)).compiled.diagnostics
    assert (found.code, found.span.path, found.span.line) == ("unknown-variable", "messages/frame.html", 3)
    may = FRAMED.replace("{{ code }}\n", "{% if event.order_id %}{{ event.order_id }}{% endif %}\n")
    [found] = shop(may).compiled.diagnostics
    assert (found.code, found.candidates) == ("unknown-field", ())


def test_names_in_shared_files_are_in_the_index(shop) -> None:
    uses = {
        (use.span.path, use.span.line)
        for use in shop(FRAMED).compiled.uses
        if use.meaning == ("field", "catalog product", "name") and not use.declares
    }
    assert uses == {("messages/item.html", 1), ("messages/parts.html", 2)}
