"""examples/cookbook: every recipe is right, in one shape, tested in its own language, and told of in the index.

`UPDATE_DOCS=1 pytest tests/examples/test_cookbook.py` writes the index anew; read the difference first.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from sojourn.dsl.format import format_file
from sojourn.dsl.messages import sentence
from sojourn.dsl.source import SourceFile
from sojourn.dsl.workspace import compile_folder, compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.testing.runner import run_tests

COOKBOOK = Path(__file__).resolve().parents[2] / "examples" / "cookbook"
README = COOKBOOK / "README.md"
RECIPES = sorted(path for path in COOKBOOK.iterdir() if path.is_dir())

CONSTRUCTS = {
    "start … as": r"start on .* as \w+",
    "start when entering": "start when entering",
    "start when leaving": "start when leaving",
    "start every": "start every",
    "start at": "start at",
    "start on a date": r"start (once on|on \w+ [+-])",
    "start for an audience": r"start on .* for \w+",
    "start on change of": "start on change of",
    "existing members": "existing members",
    "one per": "one per",
    "again": "again (never|after)",
    "exit on": "exit on",
    "exit when": "exit when",
    "goal": "goal",
    "ends after": "ends after",
    "wait until": "wait until",
    "wait for": r"wait for (?!first of)\w+",
    "since start": "wait for .* since start",
    "wait for first of": "wait for first of",
    "repeat": "repeat up to",
    "match": "match",
    "split": "split",
    "toward goal, sticky": "split .* (toward|sticky)",
    "holdout": "rest holdout",
    "set": "set",
    "add, remove": "(add|remove) .* (to|from)",
    "emit": "emit",
    "call": "call",
    "a reaction": r"\w+ of \w+$|\w+ of \w+ where|wait for (?!first)\w+ of",
    "enter": r"enter \w+$",
    "if failed": "if failed",
    "expires after": "send .* expires after",
    "limit": "limit",
    "quiet hours": "quiet hours",
    "offer, decision": "decision",
    "recommendation": "recommendation",
    "attribute": "attribute",
    "define": "define",
    "audience": "audience",
    "a sequence": r"(and |or )?has \w+.* then (no )?\w+",
    "a static audience": "audience .* from csv",
    "a catalog": "catalog",
    "a distance": r".*\bwithin [\d.]+ k?m of",
    "a list": r".*\b(any|all|none) of",
    "several people in a test": r"person \w+",
    "age, dates": r".*\b(age|anniversary|days_between|weekday|month)\(",
}
"""What a reader looks for, and the line that shows it."""


def recipe(folder: Path) -> str:
    return (folder / "recipe.journey").read_text(encoding="utf-8")


def program(folder: Path) -> Program:
    compiled = compile_folder(folder)
    assert [f"{d.span}: {sentence(d)}" for d in compiled.diagnostics] == []
    assert compiled.workspace is not None
    return compile_program(compiled.workspace)


def name_of(folder: Path) -> str:
    return folder.name


def told(folder: Path) -> tuple[str, str]:
    """The first journey of a recipe: its name, and its description."""
    first = re.search(r"^## (.*)\njourney (\w+)$", recipe(folder), re.MULTILINE)
    assert first is not None, f"{folder.name} does not begin with a journey that has a description"
    return first[2], first[1]


def shows(folder: Path, pattern: str) -> bool:
    return re.search(rf"^ *(?:{pattern})(?!\w)", recipe(folder), re.MULTILINE) is not None


def index() -> str:
    lines = ["| recipe | what it does |", "|---|---|"]
    for folder in RECIPES:
        name, what = told(folder)
        lines.append(f"| [{name}]({folder.name}/recipe.journey) | {what.replace('|', ' ')} |")
    return "\n".join(lines) + "\n"


def by_construct() -> str:
    lines = ["| the word | recipes |", "|---|---|"]
    for label, pattern in CONSTRUCTS.items():
        links = [f"[{told(f)[0]}]({f.name}/recipe.journey)" for f in RECIPES if shows(f, pattern)]
        if links:
            lines.append(f"| {label} | {', '.join(links)} |")
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------- the recipes


@pytest.mark.parametrize("folder", RECIPES, ids=name_of)
def test_a_recipe_is_right_and_its_tests_pass(folder: Path) -> None:
    rules = program(folder)
    results = run_tests(rules, rules.workspace.tests)
    assert [(result.name, result.failures) for result in results if not result.passed] == []
    assert 2 <= len(results) <= 6
    assert all(any("expect" in line for line in block.splitlines()) for block in blocks(folder, "test"))


def blocks(folder: Path, what: str) -> list[str]:
    """The declarations of a recipe that begin with a word."""
    return re.findall(rf"^{what} .*\n(?:(?: .*)?\n)*", recipe(folder), re.MULTILINE)


@pytest.mark.parametrize("folder", RECIPES, ids=name_of)
def test_a_recipe_has_the_shape_of_fmt(folder: Path) -> None:
    text = recipe(folder)
    assert format_file(SourceFile("recipe.journey", text)).text == text


@pytest.mark.parametrize("folder", RECIPES, ids=name_of)
def test_every_message_of_a_recipe_is_spoken_of_in_its_tests(folder: Path) -> None:
    tests = "".join(blocks(folder, "test"))
    silent = [name for name in program(folder).workspace.messages if not re.search(rf"\b{name}\b", tests)]
    assert silent == []


@pytest.mark.parametrize("folder", RECIPES, ids=name_of)
def test_a_recipe_begins_with_its_journey_and_is_named_for_it(folder: Path) -> None:
    name, what = told(folder)
    assert folder.name.split("_", 1)[1] == name
    assert what.endswith(".")
    before = recipe(folder).partition("## ")[0].split("\n")
    assert all(line.startswith("use ") for line in before if line)


def without_a_line(folder: Path) -> list[tuple[str, str]]:
    """Each line of the journeys, limits and quiet hours of a recipe, and the recipe without it."""
    lines = recipe(folder).split("\n")
    found, inside = [], False
    for index, line in enumerate(lines):
        if line and not line.startswith((" ", "#")):
            inside = line.startswith(("journey ", "limit ", "quiet hours "))
        if inside and line.strip() and not line.startswith("journey ") and not line.strip().startswith("#"):
            found.append((line.strip(), "\n".join(lines[:index] + lines[index + 1 :])))
    return found


@pytest.mark.parametrize("folder", RECIPES, ids=name_of)
def test_no_line_of_a_recipe_can_be_left_out_without_its_tests_noticing(folder: Path) -> None:
    files = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.csv")}
    unnoticed, tried = [], 0
    for line, text in without_a_line(folder):
        compiled = compile_texts({"recipe.journey": text, **files})
        if compiled.workspace is None or compiled.diagnostics:
            continue  # the check notices
        tried += 1
        results = run_tests(compile_program(compiled.workspace), compiled.workspace.tests)
        if all(result.passed for result in results):
            unnoticed.append(line)
    assert unnoticed == []
    assert tried >= 2


# ------------------------------------------------------------------ the index


def test_the_index_tells_what_is_there() -> None:
    text = README.read_text(encoding="utf-8")
    head, _, rest = text.partition("## The recipes\n")
    note = re.search(r"<!-- .*? -->\n", rest)
    assert note is not None
    wanted = f"{head}## The recipes\n\n{note[0]}\n{index()}\n## Where to find …\n\n{by_construct()}"
    if os.environ.get("UPDATE_DOCS"):
        README.write_text(wanted, encoding="utf-8")
        text = wanted
    assert text == wanted


def test_there_are_many_recipes_numbered_without_a_gap() -> None:
    assert len(RECIPES) >= 25
    assert [folder.name.split("_", 1)[0] for folder in RECIPES] == [
        f"{number:02}" for number in range(1, len(RECIPES) + 1)
    ]
