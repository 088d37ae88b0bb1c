"""A crash at any instant, then a restart, is as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from sojourn.interpreter.runtime.store import Store
from tests.runtime.shop import MINUTE, stream
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


def run(store: Path, events: Path, dies_before: int) -> int:
    """Runs crash_run.py; returns how it ended."""
    command = [sys.executable, "-m", "tests.runtime.crash_run", str(store), str(events), str(dies_before)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


def tables(path: Path) -> dict[str, list[Any]]:
    """Everything that is in a store, in an order that does not depend on how the work was cut into
    transactions.
    """
    with Store.open(path, read_only=True) as store:
        activity = "person, at, kind, journey, run, step, detail"
        outgoing = "key, person, at, message, channel, address, parts, journey, run, step, status"
        return {
            "person": store.rows("SELECT number, document FROM person ORDER BY number"),
            "identifier": store.rows("SELECT * FROM identifier ORDER BY namespace, value"),
            "event": store.rows("SELECT * FROM event ORDER BY number"),
            "timer": store.rows("SELECT * FROM timer ORDER BY due, person"),
            "activity": store.rows(f"SELECT {activity} FROM activity ORDER BY {activity}"),
            "outbox": store.rows(f"SELECT {outgoing} FROM outbox ORDER BY key"),
            "tally": store.rows("SELECT * FROM tally ORDER BY journey, kind, what"),
        }


def test_killed_fifteen_times_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    """1,200 records come in. One run is left alone; the other is killed in the middle of writing, 15 times,
    and started
    again. In the end both stores hold the same people, events, timers, activity and messages.
    """
    events = tmp_path / "events.jsonl"
    events.write_bytes(b"\n".join(stream(1200, 60)) + b"\n")
    assert run(tmp_path / "calm.db", events, 0) == 0
    rng = random.Random(7)
    killed = 0
    while run(tmp_path / "killed.db", events, rng.randrange(15, 900) if killed < 15 else 0):
        killed += 1
    assert killed == 15
    calm, stormy = tables(tmp_path / "calm.db"), tables(tmp_path / "killed.db")
    for table, rows in calm.items():
        assert stormy[table] == rows, table
    assert len(calm["event"]) > 1000
    assert len(calm["outbox"]) > 50
    assert any(row[2] == "merged" for row in calm["activity"])
    with Store.open(tmp_path / "killed.db", read_only=True) as store:
        assert store.rows("PRAGMA integrity_check") == [("ok",)]
        assert store.overdue_runs(store.last_received() + MINUTE) == 0
