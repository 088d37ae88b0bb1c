"""The words for what is wrong in a template, and in the files that templates share."""

# ruff: noqa: E501  (a line of an example stays one line)

from __future__ import annotations

from sojourn.dsl.messages.wording import Wording

__all__ = ["WORDINGS"]

_DATA = """\
profile
  email    email  identity
  country  country

event purchase
  total  money

"""
_FROM_FILE = (
    _DATA + 'message hello\n  email\n    subject "Hello"\n    body    file "hello.html"\n--- hello.html\n'
)
_FRAME = "--- frame.html\n<h1>{% block title %}Shop{% endblock %}</h1>{% block text %}{% endblock %}\n"
_PARTS = "--- parts.html\n{% macro button(text) %}<b>{{ text }}</b>{% endmacro %}\n"

WORDINGS = (
    Wording(
        "unknown-filter",
        "Templates have no filter or test {name}.",
        "{instead}The filters are `money`, `date` and those of Jinja2, such as upper, length, default, join, round.",
        "not known",
        _DATA
        + 'message hello\n  email\n    subject "Hello {{ profile.country | uper }}"\n    body    "Hello"\n',
        _DATA
        + 'message hello\n  email\n    subject "Hello {{ profile.country | upper }}"\n    body    "Hello"\n',
    ),
    Wording(
        "unknown-variable",
        "{name} means nothing in this template when {journey} sends it.",
        "A template knows `profile`, `event`, attributes, the names given by `as`, and what `send … with` gives.",
        "not known",
        _DATA
        + 'message hello\n  email\n    subject "{{ contry }}"\n    body    "Hello"\n\njourney welcome\n  start on purchase\n  send hello\n',
        _DATA
        + 'message hello\n  email\n    subject "{{ profile.country }}"\n    body    "Hello"\n\njourney welcome\n  start on purchase\n  send hello\n',
    ),
    Wording(
        "define-in-template",
        "{name} is a define, and a template cannot look at one.",
        "Make it an attribute: `attribute {name} = …` in the place of `define {name} = …`. What takes values in brackets is written out in "
        "the template, or given by `send … with`.",
        "a define",
        _DATA
        + 'define spent = first_known(sum of purchase.total, 0 EUR)\n\nmessage hello\n  email\n    subject "{{ spent }}"\n    body    "Hello"\n\njourney welcome\n  start on purchase\n  send hello\n',
        _DATA
        + 'attribute spent = first_known(sum of purchase.total, 0 EUR)\n\nmessage hello\n  email\n    subject "{{ spent }}"\n    body    "Hello"\n\njourney welcome\n  start on purchase\n  send hello\n',
    ),
    Wording(
        "value-not-given",
        "The template needs {name}, and {journey} sends the message without it.",
        "Give it with `send … with {name} = …`, or ask for it first, as `if {name}` or `{name} | default('…')` in the template.",
        "not always given",
        _DATA
        + 'message hello\n  email\n    subject "{{ code }}"\n    body    "Hello"\n\njourney a\n  start on purchase\n'
        '  send hello with code = "X"\n  wait 1 day\n  send hello\n',
        _DATA
        + 'message hello\n  email\n    subject "{{ code | default(\'\') }}"\n    body    "Hello"\n\njourney a\n  start on purchase\n'
        '  send hello with code = "X"\n  wait 1 day\n  send hello\n',
    ),
    Wording(
        "template-syntax",
        "The template cannot be read: {why}.",
        "A value stands between two pairs of braces, a condition between `if` and `endif` in braces with percent signs.",
        "here",
        _DATA + 'message hello\n  email\n    subject "Hello {{ profile.country }"\n    body    "Hello"\n',
        _DATA + 'message hello\n  email\n    subject "Hello {{ profile.country }}"\n    body    "Hello"\n',
    ),
    Wording(
        "template-file-missing",
        "There is no file {file}.",
        "A file is named from the folder of the file that asks for it.",
        "no such file",
        _FROM_FILE + '{% include "haed.html" %}Hello\n--- head.html\n<h1>Shop</h1>\n',
        _FROM_FILE + '{% include "head.html" %}Hello\n--- head.html\n<h1>Shop</h1>\n',
    ),
    Wording(
        "template-which-file",
        "Which file is meant could only be told when the message is sent.",
        'Write its name in quotes: `{tag} "frame.html"`. Where it depends on the person, write an `if` around it.',
        "not a file's name",
        _FROM_FILE + "{% include profile.country %}\n",
        _FROM_FILE
        + '{% if profile.country == "DE" %}{% include "de.html" %}{% endif %}\n--- de.html\nHallo\n',
    ),
    Wording(
        "template-circle",
        "{file} would come to stand inside itself: {circle}.",
        "Leave out one of these.",
        "a circle",
        _FROM_FILE + '{% include "head.html" %}Hello\n--- head.html\n{% include "head.html" %}\n',
        _FROM_FILE + '{% include "head.html" %}Hello\n--- head.html\n<h1>Shop</h1>\n',
    ),
    Wording(
        "template-extends-first",
        "A template extends one file, and `extends` stands at its top, outside of everything else.",
        "Put `extends` first. For a piece of text that is only sometimes there, use `include`.",
        "not at the top",
        _FROM_FILE + '{% if profile.country %}{% extends "frame.html" %}{% endif %}\n' + _FRAME,
        _FROM_FILE + '{% extends "frame.html" %}\n' + _FRAME,
    ),
    Wording(
        "template-no-block",
        "{file} has no block {name}, so what stands in it here would never be shown.",
        "Its blocks: {have}.",
        "never shown",
        _FROM_FILE + '{% extends "frame.html" %}\n{% block titel %}Hello{% endblock %}\n' + _FRAME,
        _FROM_FILE + '{% extends "frame.html" %}\n{% block title %}Hello{% endblock %}\n' + _FRAME,
    ),
    Wording(
        "template-outside-blocks",
        "This stands outside of the blocks, so it would never be shown.",
        "A template that extends another fills its blocks: put the text into one of them.",
        "never shown",
        _FROM_FILE + '{% extends "frame.html" %}\n<p>Hello</p>\n' + _FRAME,
        _FROM_FILE + '{% extends "frame.html" %}\n{% block text %}<p>Hello</p>{% endblock %}\n' + _FRAME,
    ),
    Wording(
        "template-sees-nothing",
        "{name} is not known here: a file that is imported sees only what is handed to its macros.",
        "Hand it over, as in `macro button(text)`, or import the file `with context`.",
        "not known",
        _FROM_FILE
        + '{% import "parts.html" as parts %}{{ parts.land() }}\n--- parts.html\n{% macro land() %}{{ profile.country }}{% endmacro %}\n',
        _FROM_FILE
        + '{% import "parts.html" as parts with context %}{{ parts.land() }}\n--- parts.html\n{% macro land() %}{{ profile.country }}{% endmacro %}\n',
    ),
    Wording(
        "template-no-macro",
        "{file} gives no {name}.",
        "It gives: {have}.",
        "not in that file",
        _FROM_FILE + '{% import "parts.html" as parts %}{{ parts.buton("Go") }}\n' + _PARTS,
        _FROM_FILE + '{% import "parts.html" as parts %}{{ parts.button("Go") }}\n' + _PARTS,
    ),
    Wording(
        "template-no-argument",
        "{macro} takes no {name}.",
        "It takes: {have}.",
        "not taken",
        _FROM_FILE + '{% from "parts.html" import button %}{{ button(txt="Go") }}\n' + _PARTS,
        _FROM_FILE + '{% from "parts.html" import button %}{{ button(text="Go") }}\n' + _PARTS,
    ),
)
