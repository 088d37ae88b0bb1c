"""`sojourn replay` and `simulate --against`: the same events through two versions, and what changes for whom."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sojourn.dsl.values import parse_instant
from sojourn.dsl.workspace import compile_folder
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.cli.conftest import Call, Folder

STORE = ".sojourn/sojourn.db"
MONDAY = parse_instant("2026-03-02T10:00:00Z")
HOUR = 3_600_000_000
CART = "journeys/cart.journey"

OPENED = """\
topic service always

message receipt about service
  email
    subject "Thank you"
    body    "<p>Thank you</p>"

message news about service
  email
    subject "News"
    body    "<p>News</p>"

journey opened
  start on purchase
  send receipt
  wait for email_opened of receipt, up to 10 days
    happened
      wait 1 day
      send news
"""


@pytest.fixture
def lived_in(shop: Folder) -> Folder:
    """Forty people left carts of 10, 30, 50 and 70 EUR, and two hours have passed."""
    workspace = compile_folder(shop.path).workspace
    assert workspace is not None
    with Store.open(shop.path / STORE) as store:
        clock = EventClock(MONDAY)
        writer = Writer(store, compile_program(workspace), clock)
        carts = [
            Record(f"c{n}", "cart_abandoned", MONDAY, MONDAY, {"email": f"p{n:02}@example.com", "consent.offers": True},
                   {"cart_id": f"c{n}", "total": f"{10 + n % 4 * 20} EUR"})
            for n in range(40)
        ]  # fmt: skip
        writer.take([carts])
        clock.advance(MONDAY + 2 * HOUR)
        while writer.bring_due():
            pass
    return shop


def sent(path: Path) -> set[str]:
    """Who was really sent a reminder."""
    with Store.open(path / STORE, read_only=True) as store:
        return {address for (address,) in store.rows("SELECT address FROM outbox")}


def test_unchanged_files_change_nothing(lived_in: Folder, call: Call) -> None:
    result = call("replay", lived_in, "--exit-code")
    assert result.exit_code == 0
    assert "No difference for any of 40 people." in result.stdout
    assert "has recorded" not in result.stderr  # the store's version played again does what it did


def test_a_condition_that_lets_fewer_in(lived_in: Folder, call: Call) -> None:
    was_sent = sent(lived_in.path)
    lived_in.edit(CART, "total > 20 EUR", "total > 40 EUR")
    result = call("replay", lived_in, "--exit-code")
    assert result.exit_code == 3
    assert "cart_rescue  30 → 20" in result.stdout
    assert "10 people no longer: for example p01@example.com, on 2026-03-02 10:00 before" in result.stdout
    data = json.loads(call("replay", lived_in, "--json").stdout)
    (reminder,) = (d for d in data["differences"] if d["kind"] == "message")
    gone = {f"p{n:02}@example.com" for n in range(40) if n % 4 == 1} & was_sent
    assert reminder["before"] == len(was_sent) and reminder["after"] == len(was_sent - gone)
    assert reminder["fewer"]["example"]["person"] == min(gone)


def test_a_longer_wait_moves_messages_and_keeps_everybodys_arm(lived_in: Folder, call: Call) -> None:
    lived_in.edit(CART, "wait 1 hour", "wait 90 minutes")
    data = json.loads(call("replay", lived_in, "--json").stdout)
    assert [d["kind"] for d in data["differences"]] == ["message"]
    (reminder,) = data["differences"]
    assert reminder["before"] == reminder["after"] == reminder["moved"]["people"] == len(sent(lived_in.path))
    assert reminder["moved"]["example"]["after"] == ["2026-03-02T11:30:00Z"]


def test_what_only_comes_after_the_end_is_not_called_gone(lived_in: Folder, call: Call) -> None:
    lived_in.edit(CART, "wait 1 hour", "wait 3 hours")
    assert (
        "people not yet, because they still wait at the end: for example" in call("replay", lived_in).stdout
    )
    data = json.loads(call("replay", lived_in, "--json").stdout)
    (reminder,) = (d for d in data["differences"] if d["kind"] == "message")
    assert reminder["fewer"]["still_waiting"] == reminder["fewer"]["people"] == len(sent(lived_in.path))


def test_another_text_is_a_difference(lived_in: Folder, call: Call) -> None:
    lived_in.edit(CART, "your cart is waiting", "your cart misses you")
    result = call("replay", lived_in)
    assert f"{len(sent(lived_in.path))} people with another text: for example" in result.stdout


def test_one_person_line_by_line(lived_in: Folder, call: Call) -> None:
    lived_in.edit(CART, "total > 20 EUR", "total > 40 EUR")
    result = call("replay", lived_in, "--person", "p01@example.com")
    lines = result.stdout.splitlines()
    assert lines[0] == "p01@example.com  - what the store runs, + the files; times in UTC"
    assert "- 2026-03-02 10:00  cart_rescue started" in lines
    assert not [line for line in lines if line.startswith("+")]
    assert call("replay", lived_in, "--person", "p02@example.com").stdout.endswith("Nothing is different.\n")
    assert call("replay", lived_in, "--person", "nobody@example.com").exit_code == 2


def test_only_what_happens_from_an_instant_on_is_compared(lived_in: Folder, call: Call) -> None:
    lived_in.edit(CART, "total > 20 EUR", "total > 40 EUR")
    kinds = [
        d["kind"]
        for d in json.loads(call("replay", lived_in, "--from", "2026-03-02 10:30", "--json").stdout)[
            "differences"
        ]
    ]
    assert "journey" not in kinds and "message" in kinds
    data = json.loads(call("replay", lived_in, "--to", "2026-03-02 10:30", "--json").stdout)
    assert "message" not in [d["kind"] for d in data["differences"]]


def test_the_store_is_only_read_also_while_another_process_has_it(lived_in: Folder, call: Call) -> None:
    lived_in.edit(CART, "total > 20 EUR", "total > 40 EUR")
    with Store.open(lived_in.path / STORE) as store:
        before = [
            store.rows(f"SELECT * FROM {t}")
            for t in ("person", "event", "activity", "outbox", "program", "progress")
        ]
        assert call("replay", lived_in).exit_code == 0
        after = [
            store.rows(f"SELECT * FROM {t}")
            for t in ("person", "event", "activity", "outbox", "program", "progress")
        ]
    assert before == after


def git(folder: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com", *words],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


def test_against_a_revision_of_git(lived_in: Folder, call: Call) -> None:
    git(lived_in.path, "init", "-q", "-b", "main")
    git(lived_in.path, "add", "data.journey", "journeys", "messages", "tests.journey", "data")
    git(lived_in.path, "commit", "-q", "-m", "first")
    lived_in.edit(CART, "total > 20 EUR", "total > 60 EUR")
    result = call("replay", lived_in, "--against", "main", "--exit-code")
    assert result.exit_code == 3 and "cart_rescue  30 → 10" in result.stdout
    result = call("simulate", lived_in, "--against", "HEAD")
    assert "the files, compared with HEAD. Nothing was sent." in result.stdout
    assert "cart_rescue  2 → 0" in result.stdout
    assert "for example ada@example.com" in result.stdout
    result = call("replay", lived_in, "--against", "no-such-branch")
    assert result.exit_code == 2 and "“no-such-branch” is neither a folder nor a revision" in result.stderr


def test_against_a_folder(shop: Folder, call: Call, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(shop.path, other)
    assert "No difference for any of 3 people." in call("simulate", shop, "--against", other).stdout
    shop.edit(CART, "total > 20 EUR", "total >= 20 EUR")
    data = json.loads(call("simulate", shop, "--against", other, "--json").stdout)
    (journey,) = (d for d in data["differences"] if d["kind"] == "journey")
    assert journey["more"] == {
        "people": 1,
        "for_the_first_time": 1,
        "example": {"person": "dee@example.com", "before": [], "after": ["2026-03-02T10:10:00Z"]},
    }


def test_a_store_on_which_nothing_ran_needs_another_version(shop: Folder, call: Call) -> None:
    with Store.open(shop.path / STORE):
        pass
    result = call("replay", shop)
    assert result.exit_code == 2 and "--against REV or FOLDER" in result.stderr


def test_people_who_are_made_up_once_go_through_both_versions(
    shop: Folder, call: Call, tmp_path: Path
) -> None:
    """Three hundred people are made up from the files. The same people come to both versions, and do the same with the
    same messages; so nothing differs until something in the files does.
    """
    other = tmp_path / "other"
    shutil.copytree(shop.path, other)
    asked = ("simulate", shop, "--against", other, "--people", 300, "--seed", 7, "--exit-code")
    same = call(*asked)
    assert same.exit_code == 0, same.stderr
    assert "No difference for any of 300 people." in same.stdout
    shop.edit(CART, "total > 20 EUR", "total > 120 EUR")
    result = call(*asked, "--json")
    assert result.exit_code == 3
    data = json.loads(result.stdout)
    assert data["people"] == 300 and data["notes"] == []
    (journey,) = (d for d in data["differences"] if d["kind"] == "journey" and d["what"] == "cart_rescue")
    kept = tmp_path / "people.jsonl"
    assert call(*asked, "--save-events", kept).exit_code == 3
    alone = json.loads(call("simulate", other, "--events", kept, "--without-datasets", "--json").stdout)
    assert journey["before"] == alone["journeys"]["cart_rescue"]["started"] > journey["after"]


def test_what_made_up_people_do_with_messages_is_played_on_both_sides(
    shop: Folder, call: Call, tmp_path: Path
) -> None:
    """The older version waits for the mail to be opened; without reactions nobody would ever open one."""
    shop.write("opened.journey", OPENED)
    other = tmp_path / "other"
    shutil.copytree(shop.path, other)
    shop.edit("opened.journey", "wait 1 day", "wait 2 days")
    asked = ("simulate", shop, "--against", other, "--people", 300)
    found = json.loads(call(*asked, "--json").stdout)
    (news,) = (d for d in found["differences"] if d["what"].startswith("news"))
    assert news["before"] > 20 and news["moved"]["people"] > 20


def test_what_does_not_fit_the_older_version_is_said(shop: Folder, call: Call, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(shop.path, other)
    shop.write("more.journey", "event poll_answered\n  stars  integer  required\n")
    result = call("simulate", shop, "--against", other, "--people", 50)
    assert re.search(
        r"\d+ records do not fit \S*other and are left out there; the first: .*poll_answered", result.stderr
    )


def test_events_from_a_pipe_go_through_both_versions(shop: Folder, call: Call, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(shop.path, other)
    lines = (shop.path / "events" / "web.jsonl").read_text(encoding="utf-8")
    result = call("simulate", shop, "--against", other, "--events", "-", "--exit-code", input=lines)
    assert result.exit_code == 0 and "No difference for any of 3 people." in result.stdout


def test_an_exit_code_tells_of_differences(shop: Folder, call: Call, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(shop.path, other)
    asked = ("simulate", shop, "--against", other)
    assert call(*asked, "--exit-code").exit_code == 0
    shop.edit(CART, "total > 20 EUR", "total >= 20 EUR")
    assert call(*asked).exit_code == 0
    assert call(*asked, "--exit-code").exit_code == 3
    alone = call("simulate", shop, "--exit-code")
    assert alone.exit_code == 2 and "say what is compared, with --against" in alone.stderr
