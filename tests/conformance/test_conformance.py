"""The conformance suite: what docs/language.md says, case by case, played in every way with one result.

A case is a `test` block in a file below a chapter's folder. The file is a workspace together with shop.journey;
the declarations that a test is about stand above it. Every case has to hold in the language's own runner, in the
simulator, in the live engine over SQLite and for the oracle, and the last three have to tell the same of all that
happened. Cases of which the oracle does not know a construct yet stand in oracle_does_not_know.txt, until it does.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from sojourn.dsl import checked as c
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.testing.runner import run_tests
from tests.conformance.playing import (
    can_be_simulated,
    played_by_oracle,
    played_by_simulator,
    played_live,
    unknown_to_the_oracle,
)
from tests.conformance.records import cases
from tests.oracle.playing import difference, quick_folder

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*/*.journey"))
RECORDS = {case.id for path in HERE.glob("*/*.people") for case in cases(path)}
"""Those that test_records.py plays."""


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


def _case(path: Path, name: str) -> str:
    return f"{path.parent.name}/{path.stem}: {name}"


def _ids(value: object) -> str:
    return f"{value.parent.name}/{value.stem}" if isinstance(value, Path) else str(value)


@pytest.mark.parametrize("path, name", _cases(), ids=_ids)
def test_case(path: Path, name: str) -> None:
    program = _program(path)
    test = _test(program, name)
    (result,) = run_tests(program, [test])
    assert result.passed, [str(f) for f in result.failures] + [str(line) for line in result.timeline]
    assert any(isinstance(item, c.Expectation) for item in test.items), "a case expects something"
    with quick_folder() as folder:
        live = played_live(program.workspace, test, folder / "store.db")
    assert not live.failures, f"live: {live.failures}"
    if can_be_simulated(program, test):
        simulated = played_by_simulator(program.workspace, test)
        assert not simulated.failures, f"the simulator: {simulated.failures}"
        found = difference(simulated.told, live.told)
        assert not found, found
    if _case(path, name) not in unknown_to_the_oracle():
        obvious = played_by_oracle(program.workspace, test)
        assert not obvious.failures, f"the oracle: {obvious.failures}"
        found = difference(obvious.told, live.told)
        assert not found, found


@pytest.mark.parametrize("case", sorted(unknown_to_the_oracle() - RECORDS))
def test_the_oracle_does_not_know_it_yet(case: str) -> None:
    """A line of oracle_does_not_know.txt that is not needed any more is to be taken out."""
    known = {_case(path, name): (path, name) for path, name in _cases()}
    assert case in known, "there is no such case: take the line out of oracle_does_not_know.txt"
    path, name = known[case]
    program = _program(path)
    test = _test(program, name)
    with quick_folder() as folder:
        live = played_live(program.workspace, test, folder / "store.db")
    try:
        obvious = played_by_oracle(program.workspace, test)
    except Exception:  # it met something that it has never heard of
        return
    same = not obvious.failures and not difference(obvious.told, live.told)
    assert not same, f"the oracle knows this now: take it out of oracle_does_not_know.txt: {case}"


def _test(program: Program, name: str) -> c.Test:
    return next(t for t in program.workspace.tests if t.name == name)


def test_a_case_has_a_name_of_its_own() -> None:
    names = _cases()
    assert len(names) == len(set(names))
    assert len(names) >= 420
