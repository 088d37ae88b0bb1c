"""Every .journey block of the documentation is checked, and its tests are run.

The blocks of one page are one workspace, in the order they stand, beside the files in tests/docs/files.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sojourn.dsl.format import format_file
from sojourn.dsl.messages import sentence
from sojourn.dsl.source import SourceFile
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.testing.runner import run_tests

ROOT = Path(__file__).resolve().parents[2]
FILES = Path(__file__).parent / "files"
BLOCK = re.compile(r"^```journey\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)(#[^)]*)?\)")

PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "examples").rglob("*.md")),
]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path) -> dict[str, str]:
    """The blocks of a page as the files of a workspace, each named for its line on the page."""
    text = page.read_text(encoding="utf-8")
    found = {}
    for match in BLOCK.finditer(text):
        line = text.count("\n", 0, match.start(1))
        found[f"line_{line + 1}.journey"] = match.group(1)
    return found


@pytest.mark.parametrize(
    "page", [p for p in PAGES if BLOCK.search(p.read_text(encoding="utf-8"))], ids=name_of
)
def test_the_blocks_of_a_page_check_clean_and_their_tests_pass(page: Path) -> None:
    compiled = compile_texts(blocks(page), root=FILES)
    assert [f"{d.span}: {sentence(d)}" for d in compiled.diagnostics] == []
    assert compiled.workspace is not None
    results = run_tests(compile_program(compiled.workspace), compiled.workspace.tests)
    assert [(r.name, r.failures) for r in results if not r.passed] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_blocks_of_a_page_are_in_the_shape_that_fmt_gives(page: Path) -> None:
    for name, text in blocks(page).items():
        assert format_file(SourceFile(name, text)).text == text, name


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    broken = [
        target
        for target, _ in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_language_reference_has_blocks_and_tests() -> None:
    text = "".join(blocks(ROOT / "docs" / "language.md").values())
    assert text.count("\ntest ") + text.startswith("test ") >= 3
    assert {"profile", "identity", "event", "audience", "message", "journey"} <= set(
        re.findall(r"^\w+", text, re.M)
    )
