"""Fixes are edits of the text: what they do not touch stays as it was, and they never leave a mistake behind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from sojourn.cli.app import sojourn
from sojourn.dsl.lint import LintSettings, lint
from sojourn.dsl.lint.mending import Mended, mend
from sojourn.dsl.lint.reasoning import Reasoner
from sojourn.dsl.lint.rule import marked
from sojourn.dsl.lint.rules import RULES
from sojourn.dsl.workspace import Compiled, compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.testing.runner import run_tests

SHOP = """\
profile
  email       email  identity
  first_name  text
  country     country

topic offers  opt in

event signed_up

event purchase
"""


def mended(files: Mapping[str, str], unsafe: bool = False) -> Mended:
    return mend(lambda changed: compile_texts({**files, **changed}), LintSettings(), 0, unsafe)


def codes(files: Mapping[str, str]) -> list[str]:
    compiled = compile_texts(files)
    assert compiled.workspace is not None, compiled.diagnostics
    return [found.code for found in lint(compiled, LintSettings(), 0).diagnostics]


def test_many_fixes_in_many_files_are_made_in_one_go_and_every_comment_stays() -> None:
    files = {
        "shop.journey": SHOP,
        "main.journey": """\
# Who is far away.
audience abroad
  # Not at home.
  country is not "DE"  # the shop's own country

## A greeting.
message hello about offers  # one letter
  email
    subject "WELCOME TO US"  # loud
    body    file "hello.html"

journey welcome
  # Once for each.
  start on signed_up
  again never

  send hello  # at once
""",
        "hello.html": "<p>Dear {# the name #}{{ profile.first_name }}, <a href='http://a.example/'>look</a></p>\n",
    }
    outcome = mended(files, unsafe=True)
    assert outcome.applied == 4
    assert outcome.texts["main.journey"] == files["main.journey"].replace(
        'is not "DE"  # the shop', 'is not "DE" and country is known  # the shop'
    ).replace("WELCOME TO US", "Welcome to us")
    assert outcome.texts["hello.html"] == (
        "<p>Dear {# the name #}{{ profile.first_name | default('there', true) }}, <a href='https://a.example/'>look</a></p>\n"
    )
    assert "shop.journey" not in outcome.texts
    assert codes({**files, **outcome.texts}) == []


def test_a_fix_that_would_leave_a_mistake_is_not_made_and_the_others_are() -> None:
    files = {
        "shop.journey": SHOP,
        "main.journey": """\
message hello about offers
  email
    subject "HELLO TO YOU ALL"
    body    "<p>Hello.</p>"

message goodbye about offers
  email
    subject "Goodbye"
    body    "<p>Goodbye.</p>"

journey welcome
  start on signed_up
  again never

  send hello

test "nobody says goodbye"
  profile email = "ada@example.com", consent.offers = true
  at 2026-03-02 10:00
    signed_up
  expect sent hello
  expect not sent goodbye
""",
    }
    outcome = mended(files, unsafe=True)
    assert outcome.applied == 1
    assert [found.code for found in outcome.refused] == ["message-never-sent"]  # a test speaks of it
    assert "Hello to you all" in outcome.texts["main.journey"]
    assert "message goodbye" in outcome.texts["main.journey"]


def test_what_is_mended_is_what_checks_and_what_does_not_check_is_left_alone() -> None:
    files = {"main.journey": SHOP + "\njourney broken\n  start on nothing\n\n  send hello\n"}
    outcome = mended(files, unsafe=True)
    assert (outcome.texts, outcome.applied) == ({}, 0)


def test_an_allowed_finding_is_not_mended() -> None:
    line = '  country is not "DE"  # lint: allow is-not-picks-unknown because the unknown live abroad, too\n'
    shop = SHOP.replace("topic offers  opt in\n\n", "")
    outcome = mended({"main.journey": shop + "\naudience abroad\n" + line}, unsafe=True)
    assert outcome.texts == {}


def before_and_after(code: str) -> tuple[Compiled, Compiled]:
    """The bad example of a rule with a safe fix, and what the fix makes of it."""
    files, _, _, _ = marked(RULES[code].bad)
    return compile_texts(files), compile_texts({**files, **mended(files).texts})


@pytest.mark.parametrize("code", ["condition-adds-nothing", "audience-twice"])
def test_a_safe_fix_of_a_condition_leaves_the_same_people(code: str) -> None:
    before, after = before_and_after(code)
    assert before.workspace is not None and after.workspace is not None
    for name, audience in before.workspace.audiences.items():
        new = after.workspace.audiences[name].condition
        reasoner = Reasoner(after.workspace)
        assert reasoner.implies(audience.condition, new)
        assert reasoner.implies(new, audience.condition)


def test_a_safe_fix_of_a_webhook_writes_what_holds_anyway() -> None:
    before, after = before_and_after("webhook-by-default")
    assert before.workspace is not None and after.workspace is not None
    assert before.workspace.webhooks == after.workspace.webhooks
    assert before.source != after.source


STORY = """\
test "what is sent"
  profile email = "ada@example.com"{consent}
  at 2026-03-02 10:00
    {event}
  after 30 days
  expect sent {message} 1 time
"""


@pytest.mark.parametrize(
    ("code", "consent", "event", "message"),
    [
        ("step-never-reached", "", "purchase total = 50 EUR", "thanks"),
        ("variant-never-used", ", consent.offers = true", "signed_up", "hello"),
        ("limit-without-effect", ", consent.offers = true", "signed_up", "hello"),
    ],
)
def test_a_safe_fix_changes_nothing_that_is_sent(code: str, consent: str, event: str, message: str) -> None:
    files, _, _, _ = marked(RULES[code].bad)
    files["story.journey"] = STORY.format(consent=consent, event=event, message=message)
    outcome = mended(files)
    assert outcome.applied >= 1
    for texts in (files, {**files, **outcome.texts}):
        compiled = compile_texts(texts)
        assert compiled.workspace is not None
        results = run_tests(compile_program(compiled.workspace), compiled.workspace.tests)
        assert [result.passed for result in results] == [True]


def test_the_files_on_the_disk_are_mended_templates_too(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "hello.html").write_text("<p><a href='http://a.example/'>look</a></p>\n")
    (tmp_path / "shop.journey").write_text(
        SHOP
        + """
message hello about offers
  email
    subject "Hello"
    body    file "texts/hello.html"

journey welcome
  start on signed_up
  again never

  send hello
"""
    )
    before = (tmp_path / "shop.journey").read_bytes()
    result = CliRunner().invoke(sojourn, ["lint", str(tmp_path), "--unsafe-fixes"])
    assert result.exit_code == 0, result.output
    assert "Mended 1 finding in 1 file." in result.output
    assert (tmp_path / "texts" / "hello.html").read_text() == "<p><a href='https://a.example/'>look</a></p>\n"
    assert (tmp_path / "shop.journey").read_bytes() == before


def test_a_finding_in_a_template_is_allowed_in_the_template(tmp_path: Path) -> None:
    allowed = "{# lint: allow link-not-https because the old catalogue has no other #}"
    files = {
        "main.journey": SHOP
        + """
message hello about offers
  email
    subject "Hello"
    body    file "hello.html"

journey welcome
  start on signed_up
  again never

  send hello
""",
        "hello.html": f"<p>Hello.</p>\n{allowed}\n<a href='http://a.example/'>look</a>\n",
    }
    assert codes(files) == []
    assert codes({**files, "hello.html": files["hello.html"].replace(allowed, "")}) == ["link-not-https"]


def test_a_template_that_two_messages_share_is_one_text_to_mend() -> None:
    message = 'message {0} about offers\n  email\n    subject "{0}"\n    body    file "hello.html"\n\n'
    files = {
        "main.journey": SHOP
        + "\n"
        + message.format("one")
        + message.format("two")
        + "journey welcome\n  start on signed_up\n  again never\n\n  send one\n  wait 1 day\n  send two\n",
        "hello.html": "<p><img src='https://a.example/lamp.jpg'></p>\n",
    }
    assert codes(files) == ["image-without-alt"]
    assert (
        mended(files, unsafe=True).texts["hello.html"]
        == "<p><img src='https://a.example/lamp.jpg' alt=\"\"></p>\n"
    )
