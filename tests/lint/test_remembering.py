"""Lint that remembers what it looked at asks only about what has changed, and finds what it would find otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from sojourn.dsl.check.memory import Memory
from sojourn.dsl.lint import LintSettings, lint
from sojourn.dsl.lint.reasoning import Reasoner, Truth
from sojourn.dsl.workspace import ParseCache, compile_folder

WORKSPACE = """\
profile
  email    email  identity
  country  country
  points   number

event purchase
  total  money  required

attribute spent = sum of purchase.total

audience rich
  spent >= 1000 EUR
  and spent >= 100 EUR

audience here
  country in "DE", "AT"
  and points > 3

journey thanks
  start when entering rich
  if spent > 500 EUR
    wait 1 day
  else
    wait 2 days

journey welcome
  start when entering here
  if points > 1
    wait 1 day
  else
    wait 3 days
"""


class Looking:
    """A workspace that is edited and linted again and again; `asked` counts the questions that cost something."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.cache, self.memory = ParseCache(), Memory()
        self.asked = 0
        answer = Reasoner._is_impossible

        def counted(reasoner: Reasoner, truths: Iterable[Truth], event: str) -> bool:
            self.asked += 1
            return answer(reasoner, truths, event)

        monkeypatch.setattr(Reasoner, "_is_impossible", counted)

    def at(self, text: str) -> list[str]:
        """What is found in a text: the codes and their lines."""
        (self.folder / "a.journey").write_text(text, encoding="utf-8")
        self.asked = 0
        compiled = compile_folder(self.folder, self.cache)
        assert compiled.workspace is not None, compiled.diagnostics
        found = lint(compiled, LintSettings(), 0, self.memory).diagnostics
        asked = self.asked
        assert found == lint(compiled, LintSettings(), 0).diagnostics
        self.asked = asked
        wanted = ("condition-adds-nothing", "branch-always-taken")
        return [f"{one.code} {one.span.line}" for one in found if one.code in wanted]


@pytest.fixture
def looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Looking:
    return Looking(tmp_path, monkeypatch)


def test_only_the_journey_that_was_edited_is_looked_at_again(looking: Looking) -> None:
    found = looking.at(WORKSPACE)
    assert found == ["condition-adds-nothing 13", "branch-always-taken 21", "branch-always-taken 28"]
    all_of_it = looking.asked
    assert looking.at(WORKSPACE) == found and looking.asked == 0
    assert looking.at(WORKSPACE.replace("wait 3 days", "wait 4 days")) == found
    assert 0 < looking.asked < all_of_it / 2


def test_what_a_condition_is_built_on_counts_too(looking: Looking) -> None:
    """The text of the journey `welcome` stays as it is; what is so when it begins is another."""
    looking.at(WORKSPACE)
    less = WORKSPACE.replace("points > 3", "points > 0")
    assert looking.at(less) == ["condition-adds-nothing 13", "branch-always-taken 21"]


def test_what_moved_is_found_at_its_new_place(looking: Looking) -> None:
    looking.at(WORKSPACE)
    moved = ["condition-adds-nothing 14", "branch-always-taken 22", "branch-always-taken 29"]
    assert looking.at("# A note.\n" + WORKSPACE) == moved


def test_a_frame_that_messages_share_is_looked_at_again_when_it_changes(tmp_path: Path) -> None:
    text = (
        "profile\n  email       email  identity\n  first_name  text\n\nevent purchase\n\ntopic offers opt in\n\n"
        'message hello about offers\n  email\n    subject "Hello"\n    body    file "hello.html"\n\n'
        "journey thanks\n  start on purchase\n  again never\n  send hello\n"
    )
    (tmp_path / "hello.html").write_text('{% extends "frame.html" %}{% block text %}Look.{% endblock %}')
    (tmp_path / "a.journey").write_text(text)
    cache, memory = ParseCache(), Memory()

    def found(frame: str) -> list[str]:
        (tmp_path / "frame.html").write_text(frame)
        linted = lint(compile_folder(tmp_path, cache), LintSettings(), 0, memory).diagnostics
        return [f"{one.code} {one.span.path}" for one in linted]

    assert found("<p>{% block text %}{% endblock %}</p>") == []
    assert found("<p>Dear {{ profile.first_name }}, {% block text %}{% endblock %}</p>") == [
        "value-may-be-missing frame.html"
    ]
    assert found("<p>{% block text %}{% endblock %}</p>") == []
