"""The conformance suite: what docs/language.md says, case by case, played three ways with one result.

A case is a `test` block in a file below a chapter's folder. The file is a workspace together with shop.journey;
the declarations that a test is about stand above it. Every case has to hold in the language's own runner, in the
live engine over SQLite and for the oracle, and the last two have to tell the same of all that happened.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from sojourn.dsl import checked as c
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.testing import run_tests
from tests.conformance.playing import both
from tests.oracle.playing import difference, quick_folder

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*/*.journey"))


@cache
def _program(path: Path) -> Program:
    texts = {"shop.journey": (HERE / "shop.journey").read_text(), path.name: path.read_text()}
    compiled = compile_texts(texts, HERE)
    errors = [
        f"{d.span.path}:{d.span.line} {d.code} {d.facts}"
        for d in compiled.diagnostics
        if d.severity == "error"
    ]
    assert compiled.workspace is not None, errors
    return compile_program(compiled.workspace)


def _cases() -> list[tuple[Path, str]]:
    found = []
    for path in FILES:
        for line in path.read_text().splitlines():
            if line.startswith('test "'):
                found.append((path, line[6:].rstrip().rstrip('"')))
    return found


@pytest.mark.parametrize(
    "path, name", _cases(), ids=lambda v: v if isinstance(v, str) else f"{v.parent.name}/{v.stem}"
)
def test_case(path: Path, name: str) -> None:
    program = _program(path)
    test: c.Test = next(t for t in program.workspace.tests if t.name == name)
    (result,) = run_tests(program, [test])
    assert result.passed, [str(f) for f in result.failures] + [str(line) for line in result.timeline]
    assert any(isinstance(item, c.Expectation) for item in test.items), "a case expects something"
    with quick_folder() as folder:
        live, obvious, told_live, told_obvious = both(program.workspace, test, folder / "store.db")
    assert not live, f"live: {live}"
    assert not obvious, f"the oracle: {obvious}"
    found = difference(told_obvious, told_live)
    assert not found, found


def test_a_case_has_a_name_of_its_own() -> None:
    names = _cases()
    assert len(names) == len(set(names))
    assert len(names) >= 100
