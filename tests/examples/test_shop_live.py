"""The example shop's whole set of rules, live: what the engine does with a SQLite file is what the simulation said."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.running import rows, sojourn

SHOP = Path(__file__).resolve().parents[2] / "examples" / "shop"
TAIL = "2026-03-26"
"""Three days after three weeks: a play goes on for that long."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop with three weeks of three hundred people."""
    shop = tmp_path_factory.mktemp("live") / "shop"
    shutil.copytree(SHOP, shop, ignore=shutil.ignore_patterns(".sojourn", "events"))
    subprocess.run(
        [
            sys.executable, shop / "generate.py", "--people", "300", "--weeks", "3", "--seed", "5",
            "--out", shop / "events", "--crm", shop / "data" / "crm.csv",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return shop


def test_live_and_simulated_come_to_the_same(shop: Path) -> None:
    played = sojourn("dev", shop, "--play", "--speed", "max")
    assert played.returncode == 0, played.stdout + played.stderr
    store = shop / ".sojourn" / "play" / "sojourn.db"
    end = rows(store, "SELECT max(at) FROM activity")[0][0]
    until = rows(store, f"SELECT strftime('%Y-%m-%dT%H:%M:%SZ', {end} / 1000000 + 1, 'unixepoch')")[0][0]
    assert until <= TAIL
    simulated = json.loads(sojourn("simulate", shop, "--until", until, "--json").stdout)

    assert rows(store, "SELECT count(*) FROM rejected") == [(sum(r["count"] for r in simulated["rejected"]),)]
    for name, journey in simulated["journeys"].items():
        tally = f"SELECT kind, sum(count) FROM tally WHERE journey = '{name}' GROUP BY kind"
        found = dict(rows(store, tally))
        assert found.get("started", 0) == journey["started"], name
        assert found.get("converted", 0) == journey["converted"], name
        assert found.get("not sent", 0) == sum(sum(by.values()) for by in journey["not_sent"].values()), name
        sent = f"SELECT message, channel, count(*) FROM outbox WHERE journey = '{name}' GROUP BY 1, 2"
        assert {(message, channel): count for message, channel, count in rows(store, sent)} == {
            (message, channel): count
            for message, by_channel in journey["sent"].items()
            for channel, count in by_channel.items()
        }
    assert sum(journey["started"] for journey in simulated["journeys"].values()) > 150
