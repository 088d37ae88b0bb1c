"""What templates share: the rules look into frames and pieces too, and tell of each slip once, in its own file."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from sojourn.dsl.diagnostics import Diagnostic
from sojourn.dsl.lint import LintSettings, lint
from sojourn.dsl.lint.mending import mend
from sojourn.dsl.messages import sentence
from sojourn.dsl.values import parse_instant
from sojourn.dsl.workspace import compile_texts

NOW = parse_instant("2026-03-02T10:00:00Z")

SHOP = """\
profile
  email       email  identity  private
  push_token  text
  first_name  text
  birthday    date   private

topic offers opt in

event signed_up

message hello about offers
  email
    subject "Hello"
    body    file "mails/hello.html"
  push
    title "Hello"
    text  "{% include 'mails/greeting.txt' %}"

message more about offers
  email
    subject "More"
    body    file "mails/more.html"

journey welcome
  start on signed_up
  again never
  times in "Europe/Paris"

  send hello
  wait 1 day
  wait until 9:00
  send more
"""

FRAME = """\
<!doctype html>
<html lang="en">
<body>
<div style="display:none">{% block preview %}A look inside.{% endblock %}</div>
{% block text %}{% endblock %}
<p><a href="{{ link('preferences') }}">No more of these</a></p>
</body>
</html>
"""
MAIL = '{% extends "frame.html" %}\n{% block text %}<p>Look around.</p>{% endblock %}\n'


def found(shop: str = SHOP, **files: str) -> list[Diagnostic]:
    texts = {"shop.journey": shop, **_files(files)}
    compiled = compile_texts(texts)
    assert [f"{d.span}: {sentence(d)}" for d in compiled.diagnostics] == []
    return list(lint(compiled, LintSettings(), NOW).diagnostics)


def _files(said: Mapping[str, str]) -> dict[str, str]:
    files = {"frame": FRAME, "hello": MAIL, "more": MAIL, **said}
    greeting = files.pop("greeting", "Hello.")
    footer = files.pop("footer", None)
    more = {} if footer is None else {"mails/footer.html": footer}
    return (
        {f"mails/{name}.html": text for name, text in files.items()} | {"mails/greeting.txt": greeting} | more
    )


def told(findings: list[Diagnostic]) -> list[tuple[str, str, int]]:
    return [(one.code, one.span.path, one.span.line) for one in findings]


def test_a_clean_frame_gives_nothing() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('<a href="http://shop.example.com">To the shop</a>', "link-not-https"),
        ('<a href="#">To the shop</a>', "link-placeholder"),
        ("<p>See bit.ly/abc123</p>", "link-shortened"),
        ('<img src="https://shop.example.com/logo.png">', "image-without-alt"),
        ("<p>Lorem ipsum dolor</p>", "leftover-text"),
        ("<p>Dear *|FNAME|*</p>", "foreign-merge-tag"),
        ("<script>alert(1)</script>", "script-in-mail"),
        ("<p>Dear {{ profile.first_name }}</p>", "value-may-be-missing"),
    ],
)
def test_a_slip_in_a_frame_of_two_messages_is_told_once_in_its_file(line: str, code: str) -> None:
    frame = FRAME.replace("{% block text %}", f"{line}\n{{% block text %}}")
    (one,) = found(frame=frame)
    assert told([one]) == [(code, "mails/frame.html", 5)]
    assert one.facts.get("message", "mails/frame.html") == "mails/frame.html"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('<a href="http://shop.example.com">To the shop</a>', "link-not-https"),
        ("<p>{{ profile.first_name }}</p>", "value-may-be-missing"),
    ],
)
def test_a_piece_is_looked_at_where_it_is_included(line: str, code: str) -> None:
    frame = FRAME.replace("{% block text %}", '{% include "footer.html" %}{% block text %}')
    assert told(found(frame=frame, footer=f"<p>By us.</p>\n{line}\n")) == [(code, "mails/footer.html", 2)]


def test_what_is_private_does_not_come_onto_a_lock_screen_by_way_of_a_piece() -> None:
    findings = found(greeting="Your day: {{ profile.birthday | default('soon', true) }}")
    assert told(findings) == [("private-in-the-open", "mails/greeting.txt", 1)]
    assert (
        found(frame=FRAME.replace("</body>", "{{ profile.birthday | default('soon', true) }}</body>")) == []
    )


def test_a_tag_in_a_piece_of_a_plain_text_is_read_letter_by_letter() -> None:
    assert told(found(greeting="<b>Hello</b>")) == [
        ("html-in-plain-text", "mails/greeting.txt", 1),
        ("html-in-plain-text", "mails/greeting.txt", 1),
    ]


def test_what_is_asked_around_a_piece_counts_inside_it() -> None:
    asked = '{% if profile.first_name %}{% include "footer.html" %}{% endif %}{% block text %}'
    frame = FRAME.replace("{% block text %}", asked)
    assert found(frame=frame, footer="<p>Dear {{ profile.first_name }}</p>") == []


def test_what_is_asked_around_a_block_counts_for_what_a_template_writes_into_it() -> None:
    frame = FRAME.replace(
        "{% block text %}",
        "{% if profile.first_name %}{% block dear %}{% endblock %}{% endif %}{% block text %}",
    )
    hello = MAIL + "{% block dear %}Dear {{ profile.first_name }},{% endblock %}\n"
    assert found(frame=frame, hello=hello) == []


def test_a_block_that_a_template_fills_is_not_what_its_frame_says() -> None:
    frame = FRAME.replace("A look inside.", "For {{ profile.first_name }}.")
    filled = MAIL + "{% block preview %}Inside.{% endblock %}\n"
    assert found(frame=frame, hello=filled, more=filled) == []
    assert told(found(frame=frame, hello=filled)) == [("value-may-be-missing", "mails/frame.html", 4)]
    super_ = MAIL + "{% block preview %}{{ super() }} Inside.{% endblock %}\n"
    assert told(found(frame=frame, hello=filled, more=super_)) == [
        ("value-may-be-missing", "mails/frame.html", 4)
    ]


def test_what_a_template_writes_into_a_block_is_looked_at_in_its_own_file() -> None:
    hello = MAIL.replace("Look around.", "Dear {{ profile.first_name }}")
    assert told(found(hello=hello)) == [("value-may-be-missing", "mails/hello.html", 2)]


def test_a_frame_without_a_way_out_is_told_once_and_one_that_others_complete_is_not() -> None:
    bare = FRAME.replace("<p><a href=\"{{ link('preferences') }}\">No more of these</a></p>\n", "")
    assert told(found(frame=bare)) == [("no-unsubscribe-link", "mails/frame.html", 1)]
    linked = MAIL.replace("Look around.", "<a href=\"{{ link('unsubscribe') }}\">Leave</a>")
    assert told(found(frame=bare, hello=linked)) == [("no-unsubscribe-link", "shop.journey", 22)]
    assert found(frame=bare, hello=linked, more=linked) == []


def test_a_frame_without_a_preheader_is_told_once() -> None:
    frame = FRAME.replace(
        '<div style="display:none">{% block preview %}A look inside.{% endblock %}</div>\n', ""
    )
    assert told(found(frame=frame)) == [("preheader-missing", "mails/frame.html", 3)]


def test_a_finding_in_a_frame_can_be_allowed_there() -> None:
    line = '{# lint: allow link-not-https because the old shop has no certificate #}<a href="http://shop.example.com">x</a>\n'
    assert found(frame=FRAME.replace("{% block text %}", line + "{% block text %}")) == []


def test_the_fix_mends_the_frame_itself() -> None:
    frame = FRAME.replace("{% block text %}", '<a href="http://shop.example.com">x</a>{% block text %}')
    texts = {"shop.journey": SHOP, **_files({"frame": frame})}
    outcome = mend(lambda changed: compile_texts({**texts, **changed}), LintSettings(), NOW, True)
    assert outcome.applied == 1
    assert outcome.texts["mails/frame.html"] == frame.replace("http://", "https://")
