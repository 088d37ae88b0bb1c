"""Every code has words, an example that triggers it once, and the same example mended."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sojourn.dsl.messages import (
    WORDINGS,
    conditions,
    data,
    doing,
    help_text,
    journeys,
    label,
    limits,
    names,
    sentence,
    stories,
    syntax,
    templates,
)
from sojourn.dsl.messages.wording import Wording, files_of
from sojourn.dsl.workspace import compile_texts

MODULES = (names, conditions, data, journeys, doing, limits, stories, syntax, templates)
MINE = {w.code: w for module in MODULES for w in module.WORDINGS}
NEEDS_A_DISK = {"file-encoding", "file-unreadable"}
"""Codes about files that cannot be text; test_workspace.py has their stories."""

DSL = Path(__file__).resolve().parents[3] / "dsl"


@pytest.mark.parametrize(
    "wording", [w for w in MINE.values() if w.code not in NEEDS_A_DISK], ids=lambda w: w.code
)
def test_the_bad_example_gives_exactly_this_message(wording: Wording) -> None:
    files = {path: text for path, text in files_of(wording.bad).items() if wording.code != "no-files"}
    compiled = compile_texts(files)
    assert [d.code for d in compiled.diagnostics] == [wording.code], [
        sentence(d) for d in compiled.diagnostics
    ]
    assert compiled.workspace is None
    [diagnostic] = compiled.diagnostics
    for words in (sentence(diagnostic), help_text(diagnostic), label(diagnostic)):
        assert words == words.strip()
        assert "{" not in words.replace("{{", "")
    assert sentence(diagnostic).endswith(".") or sentence(diagnostic).endswith("?")


@pytest.mark.parametrize("wording", list(MINE.values()), ids=lambda w: w.code)
def test_the_good_example_is_right(wording: Wording) -> None:
    compiled = compile_texts(files_of(wording.good))
    assert [f"{d.span}: {sentence(d)}" for d in compiled.diagnostics] == []
    assert compiled.workspace is not None


def test_every_code_that_the_passes_report_has_words() -> None:
    used: set[str] = set()
    others = ("resolve.py", "workspace.py", "parser.py", "layout.py", "refusals.py")
    for path in [
        *(DSL / "check").glob("*.py"),
        *(DSL / "construct").glob("*.py"),
        *(DSL / name for name in others),
    ]:
        text = path.read_text(encoding="utf-8")
        used |= set(
            re.findall(
                r"""(?:\.error|\._error|\._wrong|_cell|Wrong|Diagnostic|CalendarProblem)\(\s*"([a-z][a-z-]+)\"""",
                text,
            )
        )
        used |= set(re.findall(r"""code = "([a-z-]+)" if""", text)) | set(
            re.findall(r"""else "(file-[a-z]+)\"""", text)
        )
    assert used - set(WORDINGS) == set()
    assert set(MINE) - used - {"file-encoding", "file-unreadable", "empty-cell", "bad-cell"} == set()


def test_no_code_has_words_twice() -> None:
    assert len(MINE) == sum(len(module.WORDINGS) for module in MODULES)
