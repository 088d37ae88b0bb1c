"""`sojourn test` beyond running: which tests, coverage, several processes, files for build servers, and watching."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import Call, Folder
from tests.waiting import PATIENCE

TABLE = """\
test "by total"
  each
    case    | total  | mails
    "small" | 20 EUR | 0
    "large" | 59 EUR | 1
  profile email = "cy@example.com", consent.offers = true
  choose plain in first_touch
  at 2026-03-02 10:00
    cart_abandoned cart_id = "c3", total = row.total
  after 2 hours
  expect sent reminder row.mails times
"""


@pytest.fixture
def tabled(shop: Folder) -> Folder:
    (shop.path / "table.journey").write_text(TABLE)
    return shop


def names(output: str) -> list[str]:
    return [line.strip()[2:] for line in output.splitlines() if line.strip()[:1] in ("✓", "✗")]


def test_the_cases_of_a_table_are_listed_below_their_test(tabled: Folder, call: Call) -> None:
    result = call("test", tabled)
    assert result.exit_code == 0
    assert result.output.startswith(
        "table.journey\n    by total\n      ✓ small\n      ✓ large\ntests.journey\n  ✓ whoever buys"
    )
    assert "4 tests passed." in result.output


@pytest.mark.parametrize(
    "asked, ran",
    [
        (["-k", "large"], ["large"]),
        (["-k", "by total"], ["small", "large"]),
        (["table.journey"], ["small", "large"]),
        (["table.journey:5"], ["large"]),
        (["table.journey:10"], ["small", "large"]),
        (["tests.journey:12"], ["the plain arm writes after an hour"]),
        (["tests.journey:3", "table.journey:4"], ["small", "whoever buys gets no reminder"]),
        (["table.journey", "-k", "small"], ["small"]),
    ],
)
def test_some_are_chosen_by_name_by_file_and_by_line(
    tabled: Folder, call: Call, asked: list[str], ran: list[str]
) -> None:
    result = call("test", tabled, *asked)
    assert result.exit_code == 0, result.output
    assert names(result.output) == ran


def test_a_place_without_a_test_is_an_error_that_says_where_tests_are(tabled: Folder, call: Call) -> None:
    result = call("test", tabled, "tests.jurney")
    assert result.exit_code == 2
    result = call("test", tabled, "other.journey:7")
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: There is no test at other.journey:7.\nThere are tests in table.journey, tests.journey.\n"
    )


def test_what_no_test_came_through_is_marked_in_the_text(shop: Folder, call: Call) -> None:
    result = call("test", shop, "--coverage")
    assert result.exit_code == 0
    out = result.output[result.output.index("2 tests passed.") :]
    lines = out.splitlines()
    marks = {line[6:].split(" │ ")[1].strip(): line[2] for line in lines if " │ " in line}
    assert marks["exit on purchase"] == "✓"
    assert marks["wait 1 hour"] == "✓"
    assert marks["if in vips"] == "✗"
    assert marks["send reminder by email"] == "✗"
    assert marks["50% plain"] == "✓"
    assert marks["rest holdout"] == "✗"
    assert marks["set loyalty to silver"] == "✗"
    assert marks["timed out"] == "✗"
    assert lines[-1].startswith("Tests come through ")


def test_tests_that_come_through_everything_say_so(shop: Folder, call: Call) -> None:
    (shop.path / "more.journey").write_text(
        """\
test "a vip, who comes back"
  profile email = "di@example.com", consent.offers = true
  10 days ago
    purchase total = 200 EUR
  at 2026-03-02 10:00
    cart_abandoned cart_id = "c3", total = 59 EUR
  after 2 hours
    visit
  expect loyalty is silver

test "the holdout, and nothing more"
  profile email = "di@example.com", consent.offers = true
  choose holdout in first_touch
  at 2026-03-02 10:00
    cart_abandoned cart_id = "c3", total = 59 EUR
  after 2 hours
  expect nothing sent

test "two days of silence"
  profile email = "di@example.com", consent.offers = true
  choose plain in first_touch
  at 2026-03-02 10:00
    cart_abandoned cart_id = "c3", total = 59 EUR
  after 4 days
  expect cart_rescue ended because "finished"
"""
    )
    result = call("test", shop, "--coverage", "--min", 100)
    assert result.exit_code == 0, result.output
    assert "100%  cart_rescue  everything\n" in result.output
    assert result.output.splitlines()[-1] == (
        "Tests come through 100% of the journeys: 16 of 16 exits, goals, steps, branches, arms and timeouts."
    )


def test_too_little_ends_with_1(shop: Folder, call: Call, tmp_path: Path) -> None:
    """One number decides, and it is the one that is written for programs."""
    file = tmp_path / "coverage.json"
    result = call("test", shop, "--min", 90, "--coverage-json", file)
    data = json.loads(file.read_text())
    percent = data["covered"] * 100
    assert 30 < percent < 90
    assert result.exit_code == 1
    assert result.stderr.startswith(f"The tests come through {percent:.1f}% of the journeys, less than 90%.")
    assert call("test", shop, "--min", percent - 1).exit_code == 0

    [journey] = data["journeys"]
    reached = {(p["kind"], p["label"]): p["reached"] for p in journey["points"]}
    assert reached["arm", "50% plain"] is True
    assert reached["arm", "rest holdout"] is False
    assert reached["timeout", "timed out"] is False
    assert round(sum(reached.values()) / len(journey["points"]), 4) == data["covered"]


def test_the_same_in_the_format_of_lcov(shop: Folder, call: Call, tmp_path: Path) -> None:
    file = tmp_path / "lcov.info"
    call("test", shop, "--coverage-lcov", file)
    lines = file.read_text().splitlines()
    source = (shop.path / "journeys/cart.journey").read_text().splitlines()
    assert lines[:2] == ["TN:", "SF:journeys/cart.journey"]
    assert lines[-1] == "end_of_record"
    hits = dict(line[3:].split(",") for line in lines if line.startswith("DA:"))
    assert hits[str(source.index("  wait 1 hour") + 1)] == "1"
    assert hits[str(source.index("      rest holdout") + 1)] == "0"


def test_in_several_processes_the_results_are_the_same_in_the_same_order(tabled: Folder, call: Call) -> None:
    tabled.edit("table.journey", '"small" | 20 EUR | 0', '"small" | 20 EUR | 1')

    def plain(output: str) -> str:
        return output.rsplit("(", 1)[0]

    alone, together = call("test", tabled), call("test", tabled, "-j", 3)
    assert alone.exit_code == together.exit_code == 1
    assert plain(together.output) == plain(alone.output)


def test_the_first_failure_can_end_it(tabled: Folder, call: Call) -> None:
    tabled.edit("table.journey", '"small" | 20 EUR | 0', '"small" | 20 EUR | 1')
    for processes in (1, 2):
        result = call("test", tabled, "--fail-fast", "-j", processes)
        assert result.exit_code == 1
        assert names(result.output) == ["small"]
        assert result.output.splitlines()[-1].startswith("1 test failed, 0 passed. 3 tests not run.")


def test_a_build_server_reads_the_results(tabled: Folder, call: Call, tmp_path: Path) -> None:
    tabled.edit("table.journey", '"small" | 20 EUR | 0', '"small" | 20 EUR | 1')
    file = tmp_path / "results.xml"
    assert call("test", tabled, "--junit", file).exit_code == 1
    root = ElementTree.parse(file).getroot()
    assert (root.get("tests"), root.get("failures")) == ("4", "1")
    assert [suite.get("name") for suite in root] == ["table.journey", "tests.journey"]
    small, large = root[0]
    assert (small.get("name"), small.get("line")) == ("by total: small", "4")
    failure = small[0]
    assert failure.get("message") == "reminder was not sent: cart_rescue has not started"
    assert "What happened:" in (failure.text or "")
    assert "cart_rescue not started, because total is 20 EUR" in (failure.text or "")
    assert list(large) == []


def test_a_failing_test_shows_the_values_that_decided(shop: Folder, call: Call) -> None:
    """A vip by 100 EUR is sent the mail at once, without the split: the story says by which value."""
    shop.edit("tests.journey", "  choose plain in first_touch\n", "")
    shop.edit("journeys/cart.journey", "if in vips", "if spent >= 100 EUR or loyalty is gold")
    shop.edit("tests.journey", "11:00 with", "12:00 with")
    result = call("test", shop, "-k", "plain arm")
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert "if spent >= 100 EUR or loyalty is gold: no → else (spent is missing; loyalty is bronze)" in said


class Watching:
    """`sojourn test --watch` in a process of its own, and what it has written so far."""

    def __init__(self, folder: Path) -> None:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sojourn", "test", str(folder), "--watch"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment,
        )  # fmt: skip
        self.text = ""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.text += line

    def until(self, count: int) -> str:
        """Waits until it has waited for a change for the `count`th time; all that it wrote since the time before."""
        deadline = time.monotonic() + PATIENCE
        while self.text.count("Waiting for a file") < count:
            assert time.monotonic() < deadline, self.text
            assert self.process.poll() is None, self.text
            time.sleep(0.02)
        return self.text.split("Waiting for a file")[count - 1]

    def press(self, key: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(key)
        self.process.stdin.flush()


def test_while_it_watches_only_what_is_concerned_runs_again(tabled: Folder) -> None:
    other = """\
journey hello
  start on visit
  send reminder
"""
    (tabled.path / "journeys" / "hello.journey").write_text(other)
    (tabled.path / "hello_tests.journey").write_text(
        'test "a visit is greeted"\n  profile email = "ed@example.com", consent.offers = true\n'
        "  at 2026-03-02 10:00\n    visit\n  expect sent reminder\n"
    )
    watching = Watching(tabled.path)
    try:
        assert len(names(watching.until(1))) == 5

        tabled.edit("journeys/hello.journey", "  send reminder", "  wait 1 hour\n  send reminder")
        second = watching.until(2)
        assert names(second) == ["a visit is greeted"]
        assert "hello waits at “wait 1 hour”" in " ".join(second.split())
        assert "4 other tests are not concerned." in second

        tabled.edit("hello_tests.journey", "  expect", "  after 1 hour\n  expect")
        assert names(watching.until(3)) == ["a visit is greeted"]
        assert "1 test passed." in watching.text

        tabled.edit("journeys/hello.journey", "start on visit", "start on vist")
        assert "There is no event called vist." in watching.until(4)

        tabled.edit("journeys/hello.journey", "start on vist", "start on visit")
        assert "no test is concerned by it" in watching.until(5)

        watching.press("a")
        assert len(names(watching.until(6))) == 5

        watching.press("q")
        assert watching.process.wait(PATIENCE) == 0
        assert "Traceback" not in watching.text
    finally:
        watching.process.kill()
        watching.process.wait()
