"""What `sojourn new` copies works as it is, and does what its README and ours say of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from sojourn.cli.app import sojourn
from sojourn.dsl.values import parse_instant
from sojourn.dsl.workspace import compile_folder
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door
from sojourn.interpreter.door.sources import open_file
from sojourn.interpreter.simulation.simulate import Simulation, simulate
from sojourn.interpreter.testing.runner import run_tests

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "src" / "sojourn" / "template"
MONDAY = parse_instant("2026-03-02T10:00:00Z")


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace as a newcomer has it."""
    folder = tmp_path_factory.mktemp("newcomer") / "my-journeys"
    outcome = CliRunner().invoke(sojourn, ["new", str(folder)], catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    return folder


def program(folder: Path) -> Program:
    compiled = compile_folder(folder)
    assert compiled.workspace is not None, compiled.diagnostics
    assert compiled.diagnostics == ()
    return compile_program(compiled.workspace)


def played(folder: Path) -> Simulation:
    rules = program(folder)
    reading = open_file(folder / "events" / "sample.jsonl", Door(rules.workspace), lambda: MONDAY + 10**13)
    with_reading = list(reading)
    reading.close()
    return simulate(rules, with_reading)


def test_every_file_of_the_template_arrives(copied: Path) -> None:
    def files(folder: Path) -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and ".sojourn" not in path.parts
        }

    assert files(copied) == files(TEMPLATE)
    assert {".gitignore", "README.md", "events/sample.jsonl", "messages/cart_reminder.html"} <= set(
        files(copied)
    )


def test_it_has_no_mistakes_and_its_tests_pass(copied: Path) -> None:
    rules = program(copied)
    results = run_tests(rules, rules.workspace.tests)
    assert len(results) >= 6
    assert [(result.name, result.failures) for result in results if not result.passed] == []


def test_its_sample_is_interesting(copied: Path) -> None:
    report = played(copied).report
    rescue = report.journeys["cart_rescue"]
    assert report.rejected == {}
    assert report.people == 30
    assert rescue.sent["cart_reminder"]["email"] >= 10
    assert rescue.sent["last_call"]["email"] >= 5
    assert rescue.not_sent["cart_reminder"]["no consent to offers"] >= 1
    assert set(rescue.splits["discount"]) == {"plain", "ten_percent"}
    assert 0 < rescue.converted < rescue.started
    assert report.audiences["regulars"].entered >= 5


@pytest.mark.parametrize("page", [ROOT / "README.md", TEMPLATE / "README.md"], ids=["ours", "its own"])
def test_the_event_of_the_five_minutes_sends_a_message(copied: Path, page: Path) -> None:
    sent = re.search(r"curl -X POST localhost:8420/events -d '(\{.*?\})'\n", page.read_text(), re.DOTALL)
    assert sent is not None
    assert json.loads(sent.group(1))["event"] == "cart_abandoned"
    rules = program(copied)
    record = Door(rules.workspace).read(sent.group(1), MONDAY)
    assert isinstance(record, Record), record
    report = simulate(rules, [record]).report
    assert report.journeys["cart_rescue"].sent["cart_reminder"] == {"email": 1}


@pytest.mark.parametrize("page", [ROOT / "README.md", TEMPLATE / "README.md"], ids=["ours", "its own"])
def test_the_edit_of_the_five_minutes_can_be_made(copied: Path, page: Path) -> None:
    after_the_event = page.read_text().partition("curl -X POST")[2]
    [(before, after)] = re.findall(r"hange `(wait [^`]*)` to `(wait [^`]*)`", after_the_event)
    journey = copied / "cart_rescue.journey"
    text = journey.read_text()
    assert text.count(before) == 1
    journey.write_text(text.replace(before, after))
    try:
        assert program(copied).journeys["cart_rescue"].steps[0].id != before
    finally:
        journey.write_text(text)


def test_the_people_its_readme_names_are_in_the_sample(copied: Path) -> None:
    simulation = played(copied)
    for name in re.findall(r"--person (\S+@example\.com)", (copied / "README.md").read_text()):
        assert simulation.people.find(name) is not None


def test_it_is_in_the_shape_of_fmt(copied: Path) -> None:
    outcome = CliRunner().invoke(sojourn, ["fmt", "--check", str(copied)])
    assert outcome.exit_code == 0, outcome.output
