"""`python -m benchmarks --quick`: every row works, and tells what it found. How fast it was is not asked here."""

from __future__ import annotations

import json
import math
import subprocess
from pathlib import Path

import pytest

from benchmarks.measure import python
from benchmarks.rows import ROWS

MANDATORY = {
    "windows": ["an event, with 200", "an hour, beside a sweep"],
    "recommended": ["with a recommendation", "cost of an event"],
    "durable": ["of the floor, in real time", "of the floor, in processor time", "events, real time"],
    "people": ["cost of an event, real time", "memory with few", "memory with many"],
    "rules": ["with 10", "with 100", "with 300"],
    "history": ["with 10", "with 2,000"],
    "waiting": ["processor time while idle", "due ones, carried out and written"],
    "simulate": ["played, one core's time"],
    "condition": ["on fields, of the same by hand", "on events, of the same by hand"],
    "check": ["the whole command"],
    "start": ["--help", "check of the shop"],
    "reload": ["until it is live"],
}


def test_every_row_runs_small_and_says_what_it_found(tmp_path: Path) -> None:
    told = tmp_path / "figures.json"
    shown = python(["-m", "benchmarks", "--quick", "--json", str(told)])
    found = json.loads(told.read_text(encoding="utf-8"))
    assert "Python" in found["machine"] and found["quick"] is True
    rows = {row["row"]: row for row in found["rows"]}
    assert list(rows) == list(ROWS)
    for name, row in rows.items():
        assert row["title"] == ROWS[name].title
        assert name in shown
        figures = {figure["name"]: figure for figure in row["figures"]}
        assert set(MANDATORY.get(name, [])) <= set(figures)
        for figure in figures.values():
            assert math.isfinite(figure["value"]) and figure["value"] >= 0, figure
            assert (figure["wanted"] == "") is (figure["reached"] is None)
        # The peer is there where the extra `bench` is installed; elsewhere the row says so.
        assert figures or (name == "dbos" and "pip install" in row["note"])


def test_the_rows_are_listed_and_one_that_does_not_exist_is_wrong_usage() -> None:
    listed = python(["-m", "benchmarks", "--list"])
    assert [line.split()[0] for line in listed.splitlines()] == list(ROWS)
    with pytest.raises(subprocess.CalledProcessError) as failed:
        python(["-m", "benchmarks", "durability"])
    assert failed.value.returncode == 2
