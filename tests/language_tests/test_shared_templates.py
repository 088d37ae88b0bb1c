"""Templates share frames, pieces and macros, told as tests in the language."""

from __future__ import annotations

from dataclasses import replace

from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import compile_program
from tests.language_tests.test_what_is_known import failures

SHOP = """\
profile
  email       email  identity
  first_name  text
  country     country
  phone       phone
  timezone    timezone

schema Item
  name   text
  price  money

event purchase
  items  list of Item
  total  money

attribute spent = sum of purchase.total

message thanks
  email
    subject "{% include 'texts/greeting.txt' %}, it is on its way"
    body    file "mail/thanks.html"
  sms
    text    "{% include 'texts/greeting.txt' %}!"

journey thank
  start on purchase

  send thanks by email with code = "<10%>"

"""

FILES = {
    "texts/greeting.txt": "Dear {{ profile.first_name }}\n",
    "mail/thanks.html": """\
{% extends "frame/page.html" %}
{% import "frame/parts.html" as parts %}
{% set total = event.total %}
{% block title %}Thanks: {{ super() }}{% endblock %}
{% block text %}
{% for item in event.items %}{% include "item.html" %}{% endfor %}
Together {{ total }}, {{ spent }} so far.
{{ parts.button("cart", "Back & on", colour="red") }}
{% endblock %}
""",
    "mail/item.html": "[{{ item.name }} {{ item.price }}{% if not loop.last %},{% endif %}]",
    "mail/frame/page.html": """\
{% extends "base.html" %}
{% block text %}never{% endblock %}
""",
    "mail/frame/base.html": """\
<h1>{% block title %}Shop{% endblock %}</h1>{% block text %}{% endblock %}<p>{{ code }}</p>
{%- include "foot.html" %}
""",
    "mail/frame/foot.html": "<i>{{ profile.country }}</i>",
    "mail/frame/parts.html": """\
{% macro button(page, text, colour="green") -%}
<a style="{{ colour }}" href="{{ link(page) }}">{{ text }}</a>
{%- endmacro %}
""",
}

STORY = """\
test "one frame for all"
  profile email = "ada@example.com", first_name = "Ada & co", country = "FR"
  at 2026-03-02 10:00
    purchase total = 59 EUR, items = [
      (name = "Boots <3>", price = 49 EUR),
      (name = "Cap", price = 10 EUR)
    ]
  expect sent thanks with subject is "Dear Ada & co, it is on its way"
  expect sent thanks with body containing "<h1>Thanks: Shop</h1>"
  expect sent thanks with body containing "Together 59.00 EUR, 59.00 EUR so far."
  expect sent thanks with body containing "<p>&lt;10%&gt;</p><i>FR</i>"
  expect sent thanks with body containing ">Back &amp; on</a>"
  expect sent thanks with body containing "[Boots &lt;3&gt; 49.00 EUR,]"
"""


def test_a_message_fills_the_blocks_of_a_frame_and_includes_pieces() -> None:
    assert failures(SHOP + STORY, FILES) == []


def test_what_is_shared_belongs_to_the_version_of_a_program() -> None:
    first = compile_texts({"shop.journey": SHOP, **FILES})
    second = compile_texts({"shop.journey": SHOP, **FILES, "mail/frame/foot.html": "<i>bye</i>"})
    assert first.workspace is not None and second.workspace is not None
    assert set(first.workspace.templates) == set(FILES) - {"mail/thanks.html"}
    body = first.workspace.messages["thanks"].variants[0].parts["body"]
    assert body.files == tuple(sorted(p for p in FILES if p.startswith("mail/") and p != "mail/thanks.html"))
    versions = {compile_program(w).version for w in (first.workspace, second.workspace)}
    assert len(versions) == 2
    moved = replace(second.workspace, templates=first.workspace.templates)
    assert compile_program(moved).version == compile_program(first.workspace).version


def test_what_an_older_version_shares_is_kept_for_those_who_go_by_it() -> None:
    from sojourn.dsl.checked_data import read_workspace, written_workspace

    compiled = compile_texts({"shop.journey": SHOP, **FILES})
    assert compiled.workspace is not None
    again = read_workspace(written_workspace(compiled.workspace))
    assert again.templates == compiled.workspace.templates
    assert again.messages["thanks"].variants[0].parts["body"].path == "mail/thanks.html"
