"""`sojourn dev --play`: the sample events pass, as `simulate` would have them, and an edit takes effect meanwhile."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from tests.live.running import Running, rows, sojourn, store_of, workspace

WORKSPACE = """\
profile
  email       email  identity  private
  device_id   text   identity
  first_name  text

identity
  email      one per person
  device_id  many per person

event visit

event cart_abandoned
  total  money  required

event purchase
  total  money  required

dataset crm
  holds profile
  from csv "crm.csv"
    "E-Mail" to email
    "News"   to consent.offers

topic offers opt in
topic service always

audience buyers
  has purchase in last 7 days

message reminder about offers
  email
    subject "{{ profile.first_name }}, your cart"
    body    file "reminder.html"

message thanks about service
  email
    subject "Thank you"
    body    "<p>Thanks</p>"

journey cart_rescue
  start on cart_abandoned
  exit on purchase
  goal purchase within 3 days
  wait 1 hour
  send reminder
  wait for purchase, up to 1 day

journey thank
  start when entering buyers
  send thanks
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A shop with three weeks of events in two files, and a list of customers."""
    shop = workspace(tmp_path / "shop", WORKSPACE)
    rng = random.Random(2)
    web, till = [], []
    for n in range(900):
        who, minute = rng.randrange(60), n * 33 + rng.randrange(30)
        time = f"2026-03-{1 + minute // 1440:02d}T{minute % 1440 // 60:02d}:{minute % 60:02d}:00Z"
        profile = {"email": f"p{who}@example.com", "first_name": f"P{who}"}
        if rng.random() < 0.4:
            profile = {"device_id": f"d{who}"} if rng.random() < 0.8 else {**profile, "device_id": f"d{who}"}
        kind = rng.choice(["visit", "visit", "cart_abandoned", "purchase"])
        properties = {} if kind == "visit" else {"total": f"{rng.randrange(5, 99)} EUR"}
        record = {"event": kind, "id": f"e{n}", "time": time, "profile": profile, "properties": properties}
        (till if kind == "purchase" else web).append(json.dumps(record))
    web.append('{"event": "vist", "profile": {"email": "p1@example.com"}}')
    (shop / "events").mkdir()
    (shop / "events" / "web.jsonl").write_text("\n".join(web) + "\n")
    (shop / "events" / "till.jsonl").write_text("\n".join(till) + "\n")
    people = "".join(f"p{n}@example.com,{'yes' if n % 3 else 'no'}\n" for n in range(80))
    (shop / "crm.csv").write_text("E-Mail,News\n" + people.replace("yes", "true").replace("no\n", "false\n"))
    return shop


def test_three_weeks_pass_and_it_comes_out_as_simulate_says(shop: Path) -> None:
    """Every journey's numbers are those of the simulation; nothing of it is in the workspace's own store."""
    played = sojourn("dev", shop, "--play", "--speed", "max")
    assert played.returncode == 0, played.stdout + played.stderr
    assert "Three weeks of" in played.stdout
    assert "80 customers brought in from crm." in played.stdout
    assert "Three weeks are over" in played.stdout
    assert (
        "1 record did not fit and were set aside" in played.stdout or "1 record did not fit" in played.stdout
    )
    assert "What to look at next" in played.stdout
    assert not store_of(shop).exists()
    store = shop / ".sojourn" / "play" / "sojourn.db"
    simulated = json.loads(sojourn("simulate", shop, "--json").stdout)
    for name, journey in simulated["journeys"].items():
        tally = f"SELECT kind, sum(count) FROM tally WHERE journey = '{name}' GROUP BY kind"
        found = dict(rows(store, tally))
        assert found["started"] == journey["started"] > 50
        assert found.get("converted", 0) == journey["converted"]
        assert found["sent"] == sum(sum(by.values()) for by in journey["sent"].values())
        assert found.get("not sent", 0) == sum(sum(by.values()) for by in journey["not_sent"].values())
    assert rows(store, "SELECT sum(count) FROM tally WHERE kind = 'merged'") == [(simulated["merged"],)]


def test_an_edit_takes_effect_while_it_plays(shop: Path) -> None:
    """After a few days the wait becomes two hours: from then on reminders come two hours after the cart."""
    with Running("dev", shop, "--play", "--speed", "12 hours") as play:
        play.says(r"gets reminder, 1 hour after entering cart_rescue")
        text = WORKSPACE.replace("wait 1 hour", "wait 2 hours")
        (shop / "shop.journey").write_text(text.replace("send thanks", "send thnks"))
        play.says("There is no message called thnks.")
        (shop / "shop.journey").write_text(text)
        play.says("`wait 1 hour` is now `wait 2 hours`")
        play.says(r"gets reminder, 2 hours after entering cart_rescue")
        assert play.end() == 0
        play.says("What to look at next")
    after = """SELECT DISTINCT (s.at - b.at) / 60000000 FROM activity s JOIN activity b
        ON b.run = s.run AND b.kind = 'started' WHERE s.kind = 'sent' AND s.journey = 'cart_rescue'"""
    assert {60, 120} <= {row[0] for row in rows(shop / ".sojourn" / "play" / "sojourn.db", after)}


def test_it_can_be_stopped_and_played_again(shop: Path) -> None:
    """Ctrl-C ends it with the counts so far; a second one at the same time is told so; the next begins anew."""
    with Running("dev", shop, "--play", "--speed", "6 hours") as play:
        play.says("gets thanks")
        other = sojourn("dev", shop, "--play")
        assert other.returncode == 2
        assert f"being played already, by process {play.process.pid}" in other.stderr
        assert play.end() == 0
        assert "Stopped after" in play.said
    again = sojourn("dev", shop, "--play", "--speed", "max")
    assert again.returncode == 0
    assert "900 events," in again.stdout


def test_how_to_make_the_events_is_told(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", WORKSPACE.replace('    "News"   to consent.offers\n', ""))
    (shop / "generate.py").write_text("print('makes events')\n")
    told = sojourn("dev", shop, "--play")
    assert told.returncode == 2
    assert f"python {shop / 'generate.py'}" in told.stderr
