"""The modules of the standard library: alone and together, with a workspace's own words, and as documented."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from docs.make_stdlib import MODULES, PAGE, page
from sojourn.dsl import ast
from sojourn.dsl.format import format_file
from sojourn.dsl.parser import parse_file
from sojourn.dsl.source import SourceFile
from sojourn.dsl.values import DAY, instant_to_iso, parse_instant
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.simulation.simulate import simulate
from sojourn.interpreter.testing.runner import run_tests

HERE = Path(__file__).parent
STDLIB = HERE.parents[1] / "stdlib"
FILES = sorted(STDLIB.rglob("*.journey"))
STORIES = sorted(HERE.glob("*.journey"))
PROFILE = "profile\n  email  email  identity\n"


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_stories_of_a_module_come_out_as_told(path: Path) -> None:
    compiled = compile_texts({path.name: path.read_text(encoding="utf-8")}, root=HERE)
    assert compiled.workspace is not None and compiled.diagnostics == ()
    results = run_tests(compile_program(compiled.workspace), compiled.workspace.tests)
    assert results and [(result.name, result.failures) for result in results if not result.passed] == []


def test_every_module_has_stories_and_a_section_in_the_documentation() -> None:
    names = {path.stem for path in FILES}
    assert names == set(MODULES)
    assert names <= {path.stem for path in STORIES}


def test_the_documentation_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m docs.make_stdlib"


@pytest.mark.parametrize("name", MODULES)
def test_a_module_needs_nothing_but_an_identity(name: str) -> None:
    compiled = compile_texts({"a.journey": f"use {name}\n\n{PROFILE}"})
    assert compiled.workspace is not None and compiled.diagnostics == ()


def test_all_modules_stand_beside_each_other() -> None:
    uses = "".join(f"use {name}\n" for name in MODULES)
    compiled = compile_texts({"a.journey": f"{uses}\n{PROFILE}"})
    assert compiled.workspace is not None and compiled.diagnostics == ()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_everything_in_a_module_is_described_and_in_shape(path: Path) -> None:
    source = SourceFile(path.name, path.read_text(encoding="utf-8"))
    tree, mistakes = parse_file(source)
    assert mistakes == ()
    silent = [
        str(node.name)
        for node in tree.declarations
        if not isinstance(node, ast.Use | ast.Profile) and not getattr(node, "description", "")
    ]
    assert silent == []
    assert format_file(source).text == source.text


START = parse_instant("2026-01-01T00:00:00Z")


@pytest.mark.parametrize(
    ("module", "groups", "of_everybody"),
    [
        (
            "lifecycle",
            {"prospects", "new_customers", "active_customers", "lapsing_customers", "lost_customers"},
            True,
        ),
        (
            "rfm",
            {
                "champions", "loyal_customers", "promising_customers", "cooling_customers",
                "customers_at_risk", "drowsy_customers", "hibernating_customers",
            },
            False,
        ),
    ],
)  # fmt: skip
def test_everybody_is_in_exactly_one_group_at_every_instant(
    module: str, groups: set[str], of_everybody: bool
) -> None:
    compiled = compile_texts({"a.journey": f"use {module}\n\n{PROFILE}"})
    assert compiled.workspace is not None
    program = compile_program(compiled.workspace)
    rng = random.Random(3)
    bought: dict[str, int] = {}
    records = []
    for who in range(60):
        email = f"p{who}@example.com"
        records.append(Record(f"p{who}", "", START, START, {"email": email}, {}))
        for order in range(rng.choice((0, 1, 1, 2, 3, 6))):
            # Whole days, so that the edges of the windows are met exactly.
            at = START + rng.randrange(500) * DAY
            bought[email] = min(at, bought.get(email, at))
            records.append(
                Record(f"o{who}.{order}", "purchase", at, at, {"email": email}, {"total": "9 EUR"})
            )
    met = set()
    for day in range(0, 1000, 5):
        now = START + day * DAY
        people = simulate(program, records, until=now).people
        for _, person in people:
            [email] = person.identifiers["email"]
            inside = groups & set(person.audiences)
            met |= inside
            expected = 1 if of_everybody or bought.get(email, now + 1) <= now else 0
            assert len(inside) == expected, (email, instant_to_iso(now), inside)
    assert met == groups
