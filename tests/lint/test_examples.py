"""Lint raises no false alarm: the example shop, every recipe of the cookbook and a new workspace give nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from sojourn.cli.app import sojourn
from sojourn.dsl.lint import LintSettings, lint, pages, read_settings
from sojourn.dsl.lint.rules import RULES
from sojourn.dsl.messages import WORDINGS, help_text, label, sentence
from sojourn.dsl.messages.wording import Wording, files_of
from sojourn.dsl.values import parse_instant
from sojourn.dsl.workspace import compile_folder, compile_texts

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [
    ROOT / "examples" / "shop",
    *sorted(path for path in (ROOT / "examples" / "cookbook").iterdir() if path.is_dir()),
]
NOW = parse_instant("2026-12-01")
"""Before the fixed dates of the examples."""


def found_in(folder: Path) -> list[str]:
    compiled = compile_folder(folder)
    assert compiled.workspace is not None
    linted = lint(compiled, read_settings(folder, RULES), NOW)
    assert linted.allowed == 0, "an example allows nothing: it is right"
    return [f"{found.span} {found.code}: {sentence(found)}" for found in linted.diagnostics]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_example_gives_nothing(folder: Path) -> None:
    assert found_in(folder) == []


def test_a_new_workspace_gives_nothing(tmp_path: Path) -> None:
    assert CliRunner().invoke(sojourn, ["new", str(tmp_path / "new")]).exit_code == 0
    assert found_in(tmp_path / "new") == []


def test_the_journey_on_the_front_page_gives_nothing() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```journey\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    compiled = compile_texts({"front.journey": block})
    assert [sentence(found) for found in lint(compiled, LintSettings(), NOW).diagnostics] == []


@pytest.mark.parametrize("wording", WORDINGS.values(), ids=WORDINGS)
def test_lint_has_words_for_whatever_it_finds_in_any_workspace(wording: Wording) -> None:
    compiled = compile_texts(files_of(wording.good))
    assert compiled.workspace is not None
    for found in lint(compiled, LintSettings(), NOW).diagnostics:
        assert sentence(found) and label(found) and help_text(found)
        assert found.fix is None or found.fix.title


def test_the_page_of_the_documentation_is_that_of_the_rules() -> None:
    written = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")
    assert written == pages.document(), "write it anew: python -m sojourn.dsl.lint.pages"
