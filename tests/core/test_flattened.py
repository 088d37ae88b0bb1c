"""Templates with what they share worked in print what Jinja prints of them as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Template

from sojourn.interpreter.rendering.flattened import OWN, flattened
from sojourn.interpreter.rendering.render import environment

PARTS = """\
Text between macros is never shown.
{% macro button(page, text, colour="green") -%}
<a style="{{ colour }}" href="{{ link(page) }}">{{ text }}</a>
{%- endmacro %}
{% macro items(items, below) %}{% for item in items %}{{ loop.index }} {{ item }}{% if not loop.last %}, {% endif %}
{%- else %}none{% endfor %}{{ below }} {{ button("cart", below) }}{% endmacro %}
{% macro who() %}[{{ profile }}{{ item }}]{% endmacro %}
{% macro twice(text) %}{{ text | upper }}{{ button(text, text) | lower }}{% endmacro %}
"""
FRAME = """\
<h1>{% block title %}Shop{% endblock %}</h1>{{ self.title() }}
{% if code %}{% block code %}Code {{ code }}{% endblock %}{% endif %}
{% block text %}<p>{% block inner %}inside{% endblock %}</p>{% endblock %}{% include "foot.html" %}"""
MIDDLE = """\
{% extends "frame.html" %}Never shown {{ code }}
{% block title %}Good {{ super() }}{% endblock %}
{% block inner %}{% set mark = "!" %}in the middle{{ mark }}{% endblock %}
"""
FILES = {
    "mail/parts.html": PARTS,
    "mail/frame.html": FRAME,
    "mail/middle.html": MIDDLE,
    "mail/foot.html": "<i>{{ country }}{{ mark }}</i>\n",
    "mail/loop.html": "{{ loop.index }}{{ item }}",
    "mail/item.html": "({{ item }}|{{ code }})",
    "mail/deep.html": "{% include 'item.html' %}{% for item in goods %}{% include 'item.html' %}{% endfor %}",
}
WORLDS: list[dict[str, Any]] = [
    {},
    {"code": "<B10>", "goods": ["a", "<b>"], "country": "FR", "item": "x", "profile": "Ada", "page": "p"},
    {"code": "", "goods": [], "colour": "blue", "text": "of the message", "button": "none"},
    {"goods": 5, "code": 7, "country": None, "mark": "?"},
]


def link(page: object) -> str:
    return f"https://example.com/{page}"


def outcome(template: Template, world: Mapping[str, Any]) -> str:
    """What is printed, or the error that a message fails with."""
    try:
        return template.render(world)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def both(
    source: str, html: bool = True, files: Mapping[str, str] = FILES
) -> tuple[Template, Template | None]:
    """A template as Jinja has it, and in one."""
    env = environment(html, files)
    env.globals["link"] = link
    env.globals |= {OWN + name: made for name, made in env.globals.items()}

    def compiled(tree: Any) -> Template:
        code = env.compile(tree, "mail/message.html")
        return env.template_class.from_code(env, code, env.make_globals(None))

    one = flattened(env, source, "mail/message.html", files, link)
    return compiled(source), None if one is None else compiled(one)


@pytest.mark.parametrize("html", [True, False])
@pytest.mark.parametrize(
    "source",
    [
        "Hello {{ profile }}, {{ goods | length }}{% for g in goods %}{{ g }}{% endfor %}",
        '{% extends "frame.html" %}',
        '{% extends "frame.html" %}{% block title %}<b>{{ code }}</b>{{ super() }}{% endblock %}',
        '{% extends "middle.html" %}{% block title %}{{ super() }}{{ super() }}{% endblock %}'
        "{% block code %}{% endblock %}",
        '{% extends "middle.html" %}{% block inner %}{{ super() }}{{ mark }}{% endblock %}',
        '{% extends "frame.html" %}{% from "parts.html" import button, items as list %}'
        '{% block text %}{{ button("cart", "Back & on") }}{{ list(goods, code) }}{{ button(text=code, page=country) }}'
        "{% endblock %}",
        '{% extends "middle.html" %}{% import "parts.html" as parts %}'
        '{% block text %}{{ parts.button("x", "y", "red") }}{{ parts.items(goods, "<&>") }}{% endblock %}',
        '{% from "parts.html" import button %}{{ button(code, code) }}{% if code %}{{ button("a", "b") }}{% endif %}',
        '{% include "item.html" %}{% include "deep.html" %}'
        '{% for item in goods %}{% include "foot.html" %}{% endfor %}',
        '{% for item in goods %}{{ loop.index }}{% include "item.html" %}{% endfor %}{{ item }}',
        '{% extends "frame.html" %}{% block title %}{% set code = 1 %}{{ code }}{% endblock %}'
        "{% block code %}{{ code }}{% endblock %}",
        '{% from "parts.html" import items %}{% for item in goods %}{{ items([item, code], item) }}{% endfor %}',
    ],
)  # fmt: skip
def test_what_is_worked_in_prints_the_same(source: str, html: bool) -> None:
    plain, one = both(source, html)
    assert one is not None
    for world in WORLDS:
        assert outcome(one, world) == outcome(plain, world)


@pytest.mark.parametrize(
    "source",
    [
        # A block in a loop; a name set outside of all blocks; a loop of whoever includes.
        "{% for g in goods %}{% block one %}{{ g }}{% endblock %}{% endfor %}",
        '{% extends "frame.html" %}{% set code = 5 %}{% block title %}{{ code }}{% endblock %}',
        '{% for item in goods %}{% include "loop.html" %}{% endfor %}',
        # What a block makes is not seen by another that stands in it, nor by a file.
        '{% extends "frame.html" %}{% block text %}{% set mark = 1 %}{% block inner %}{% endblock %}{% endblock %}',
        '{% extends "frame.html" %}{% block title %}{% set mark = 1 %}{{ super() }}{% endblock %}',
        '{% extends "frame.html" %}{% block title %}{% for code in goods %}{{ super() }}{% endfor %}{% endblock %}',
        '{% extends "frame.html" %}{% block text %}{% for g in goods %}{{ self.title() }}{% endfor %}{% endblock %}',
        '{% set mark = "m" %}{% include "foot.html" %}',
        # A macro that is used in another way than printed, or hands on what it was given.
        '{% from "parts.html" import button %}{{ button("a", "b") | upper }}',
        '{% from "parts.html" import button %}{{ button("a") }}',
        '{% from "parts.html" import twice %}{{ twice("a") }}',
        '{% from "parts.html" import who %}{% for item in goods %}{{ who() }}{% endfor %}',
        '{% from "parts.html" import button with context %}{{ button("a", "b") }}',
        '{% from "parts.html" import button %}{% call button("a", "b") %}{% endcall %}',
        '{% from "parts.html" import button %}{% for button in goods %}{{ button }}{% endfor %}',
        '{% extends "frame.html" %}{% from "parts.html" import button %}{% from "parts.html" import items as button %}',
        '{{ code }}{% from "parts.html" import button %}{{ button("a", "b") }}',
        '{% include "none.html" ignore missing %}',
        '{% include code %}',
        '{% macro own(text) %}{{ text }}{% endmacro %}{{ own(code) }}',
        '{% extends "frame.html" %}{% block title scoped %}{{ code }}{% endblock %}',
        '{% extends "frame.html" %}{% block title %}{{ super.super() }}{% endblock %}',
        '{% extends "frame.html" %}{% block title %}{{ self.nothing() }}{% endblock %}',
        '{% extends "frame.html" %}{% block title %}{{ self.title() }}{% endblock %}',
        '{% extends "message.html" %}{% block title %}{% endblock %}',
        '{% autoescape false %}{{ code }}{% endautoescape %}',
        '{% filter upper %}{{ code }}{% endfilter %}',
    ],
)  # fmt: skip
def test_what_cannot_be_told_beforehand_is_left_as_it_stands(source: str) -> None:
    assert both(source, files={**FILES, "mail/message.html": source})[1] is None


def test_a_page_that_never_changes_is_text() -> None:
    env = environment(True, FILES)
    env.globals["link"] = link
    source = '{% from "parts.html" import button %}{{ button("cart", "On <") }}'
    one = flattened(env, source, "mail/message.html", FILES, link)
    assert one is not None
    (output,) = one.body
    made = env.compile(one, raw=True)
    assert "call" not in made and "https://example.com/cart" in made and "On &lt;" in made
    assert len(list(output.iter_child_nodes())) > 1


PIECES = st.sampled_from(
    [
        "{{ code }}", "{{ profile }}", "{{ item }}", "<b>", "{{ goods | join(', ') }}", "{{ link('cart') }}",
        "{% for item in goods %}{{ item }}{{ loop.index }}{% endfor %}", "{% if code %}{{ mark }}{% endif %}",
        "{{ button('a', 'b') }}", "{{ button(item, code, mark) }}", "{{ items(goods, code) }}", "{{ super() }}",
        "{% for item in goods %}{{ button(item, loop.index) }}{{ items([item], mark) }}{% endfor %}",
        "{% for item in goods %}{% include 'item.html' %}{% endfor %}", "{% include 'foot.html' %}",
        "{% for item in goods %}{{ self.code() }}{% endfor %}", "{% block more %}{{ mark }}{{ item }}{% endblock %}",
        "{% include 'deep.html' %}", "{{ self.title() }}", "{{ goods.first.more }}", "{{ code.x[0] }}",
        "{% with mark = code %}{{ mark }}{{ items([mark], mark) }}{% endwith %}{{ mark }}",
        "{% set mark = 'M' %}{{ mark }}", "{{ who() }}", "{{ code + 1 }}",
        "{% if code %}{{ button('a', code) }}{% elif goods %}{{ items(goods, 1) }}{% else %}{{ profile }}{% endif %}",
    ]
)  # fmt: skip
BODY = st.lists(PIECES, min_size=1, max_size=4, unique=True).map("".join)


@given(
    BODY,
    BODY,
    BODY,
    st.sampled_from(["frame.html", "middle.html", ""]),
    st.sampled_from(WORLDS),
    st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_any_template_prints_the_same_in_one(
    title: str, text: str, foot: str, frame: str, world: dict[str, Any], html: bool
) -> None:
    text = text.replace("block more", "block other")
    source = '{% from "parts.html" import button, items, who %}'
    if frame:
        source = f'{{% extends "{frame}" %}}{source}'
        source += f"{{% block title %}}{title}{{% endblock %}}{{% block text %}}{text}{{% endblock %}}"
    else:
        source += text.replace("{{ super() }}", "").replace("{{ self.title() }}", "")
    plain, one = both(
        source, html, {**FILES, "mail/foot.html": foot.replace("{% include 'foot.html' %}", "")}
    )
    if one is not None:
        assert outcome(one, world) == outcome(plain, world)
