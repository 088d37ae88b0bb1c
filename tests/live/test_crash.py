"""The real command, killed by SIGKILL in the middle of a file: started again, it is as if nothing had happened."""

from __future__ import annotations

import json
import random
import sqlite3
from pathlib import Path

from tests.live.running import Running, sojourn, workspace
from tests.runtime.test_crash import tables
from tests.waiting import until

WORKSPACE = """\
profile
  email       email  identity  private
  device_id   text   identity
  first_name  text

identity
  email      one per person
  device_id  many per person

event visit
  page  text

event cart_abandoned
  cart_id  text
  total    money  required

event purchase
  total  money  required

topic service always

attribute spent = sum of purchase.total

audience buyers
  has purchase in last 30 days

audience browsers
  has visit at least 2 times in last 2 hours

message reminder about service
  email
    subject "Hi {{ profile.first_name }}, your cart"
    body    file "reminder.html"

message thanks about service
  email
    subject "Thank you"
    body    "<p>Thanks</p>"

journey cart_rescue
  start on cart_abandoned where total > 20 EUR
  exit on purchase
  wait 1 hour
  split first
    50% mail
      send reminder
    rest nothing
      stop
  wait for visit, up to 1 day

journey welcome
  start when entering buyers
  again never
  send thanks
"""


def test_a_file_feed_killed_again_and_again_leaves_what_an_undisturbed_run_leaves(tmp_path: Path) -> None:
    """4,000 records of 250 people come from a file. One store is filled undisturbed. In the other the process is
    killed each time it has got some way, and started again. In the end every table is the same, and so is every file
    in the outbox.
    """
    calm, stormy = workspace(tmp_path / "calm", WORKSPACE), workspace(tmp_path / "stormy", WORKSPACE)
    events = tmp_path / "events.jsonl"
    events.write_bytes(_events(4000, 250))
    command = ("--events", events, "--clock", "events")
    done = sojourn("run", calm, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    rng = random.Random(11)
    whole = events.stat().st_size
    marks = sorted(rng.randrange(whole * 9 // 10) for _ in range(9))
    killed = 0
    for mark in marks:
        with Running("run", stormy, *command) as run:
            until(lambda mark=mark: _position(stormy) > mark or run.process.poll() is not None)  # type: ignore[misc]
            if run.process.poll() is None:
                run.kill()
                killed += 1
    assert killed >= 6
    last = sojourn("run", stormy, *command)
    assert last.returncode == 0, last.stdout + last.stderr
    one, other = tables(calm / ".sojourn" / "sojourn.db"), tables(stormy / ".sojourn" / "sojourn.db")
    for table, rows in one.items():
        assert other[table] == rows, table
    assert len(one["event"]) > 3500
    assert len(one["outbox"]) > 300
    assert any(row[2] == "merged" for row in one["activity"])
    assert _outbox(calm) == _outbox(stormy)
    assert len(_outbox(calm)) == 2 * len(one["outbox"])


def _position(folder: Path) -> int:
    """How many bytes of the file have been taken in."""
    store = folder / ".sojourn" / "sojourn.db"
    if not store.exists():
        return -1
    connection = sqlite3.connect(f"{store.resolve().as_uri()}?mode=ro", uri=True)
    try:
        found = connection.execute("SELECT max(position) FROM progress WHERE name LIKE 'events %'").fetchone()
    except sqlite3.OperationalError:  # its tables are being made
        return -1
    finally:
        connection.close()
    return found[0] or 0


def _outbox(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / ".sojourn" / "outbox").iterdir())


def _events(count: int, people: int) -> bytes:
    """Visits, carts and purchases in order of time; some people by device alone, some twice, some late."""
    rng = random.Random(5)
    lines: list[str] = []
    at = 1_772_445_600
    for n in range(count):
        at += rng.randrange(60)
        who = rng.randrange(people)
        profile = {"email": f"p{who}@example.com"}
        kind = rng.random()
        if kind < 0.15:
            profile = {"device_id": f"d{who}"}
        elif kind < 0.3:
            profile |= {"device_id": f"d{who}", "first_name": f"Name {who % 9}"}
        event, properties = rng.choice(
            [
                ("visit", {"page": f"/{rng.randrange(20)}"}),
                ("cart_abandoned", {"cart_id": f"c{n}", "total": f"{rng.randrange(10, 90)} EUR"}),
                ("purchase", {"total": f"{rng.randrange(5, 200)} EUR"}),
            ]
        )
        late = rng.randrange(7200) if rng.random() < 0.05 else 0
        time = _iso(at - late)
        record = {"event": event, "id": f"e{n}", "time": time, "profile": profile, "properties": properties}
        lines.append(rng.choice(lines) if lines and rng.random() < 0.03 else json.dumps(record))
    return ("\n".join(lines) + "\n").encode()


def _iso(seconds: int) -> str:
    import datetime as dt

    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat()
