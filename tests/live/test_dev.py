"""`sojourn dev`: a good save is live, a bad one changes nothing, and whoever waits keeps the place."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from tests.live.running import WORKSPACE, Running, ask, cart, mails, rows, sojourn, store_of, until, workspace

WAITING = WORKSPACE.replace("wait 1 second", "wait 1 hour")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A workspace in which people wait an hour."""
    return workspace(tmp_path / "shop", WAITING)


def save(folder: Path, text: str) -> None:
    """As editors save: another file, renamed over the old one."""
    other = folder / ".shop.journey.tmp"
    other.write_text(text, encoding="utf-8")
    os.replace(other, folder / "shop.journey")


def test_a_day_of_work(shop: Path) -> None:
    """Ada and Ben wait an hour. The wait becomes two seconds, and they are written to; a slip is shown as `check` shows
    it, and what was there before goes on; mended, with another subject, it is live again.
    """
    with Running("dev", shop, "--port", "0") as dev:
        dev.post(cart("c1"), cart("c2", "Ben"))
        dev.says(r"Ben \(ben@example.com\) enters cart_rescue")
        save(shop, WAITING.replace("wait 1 hour", "wait 2 seconds"))
        dev.says(r"✓ shop\.journey saved: live in \d+ ms")
        dev.says("cart_rescue changed: `wait 1 hour` is now `wait 2 seconds`")
        dev.says("cart_rescue: the 2 people waiting in it keep their place, all of them by the new wait")
        dev.says(r"sent cart_reminder by email to \w+@example\.com: “Ada, you left", times=1)
        dev.says("sent cart_reminder", times=2)
        save(shop, WAITING.replace("send cart_reminder", "sned cart_reminder"))
        dev.says("✗ shop.journey saved, with a mistake in it:")
        dev.says(r"shop\.journey:26:3")
        dev.says("Did you mean `send`?")
        dev.says("What ran before goes on until it is mended")
        assert dev.post(cart("c3", "Cleo"))[0] == 200
        dev.says("sent cart_reminder", times=3)
        save(shop, WAITING.replace("1 hour", "1 second").replace("you left", "did you leave"))
        dev.says("saved: live again in")
        dev.says("message cart_reminder changed")
        dev.post(cart("c4", "Dan"))
        dev.says("“Dan, did you leave something behind”")
        assert dev.end() == 0
    assert len(mails(shop)) == 4


def test_whose_step_was_removed_is_told(shop: Path) -> None:
    """One waits at a step that stays, one at a step that goes."""
    two = WAITING.replace("  wait 1 hour\n", "  wait 1 hour\n  send cart_reminder\n  wait 2 days\n")
    with Running("dev", workspace(shop, two), "--port", "0") as dev:
        dev.post(cart("c1"))
        save(shop, two.replace("wait 1 hour", "wait 1 second"))
        dev.says("sent cart_reminder")
        save(shop, two)
        dev.says("saved: live in", times=2)
        dev.post(cart("c2", "Ben"))
        dev.says(r"Ben \(ben@example.com\) enters")
        save(shop, two.replace("  wait 2 days\n", ""))
        dev.says(
            "cart_rescue: the one person waiting in it keeps their place; 1 whose step was removed was ended"
        )
        assert dev.end() == 0
    ended = rows(
        store_of(shop), "SELECT json_extract(detail, '$.because') FROM activity WHERE kind = 'ended'"
    )
    assert ended == [("step removed",)]


def test_templates_and_catalogs_are_taken_up_and_other_files_are_not(tmp_path: Path) -> None:
    text = WORKSPACE.replace(
        "topic service",
        'catalog product from csv "products.csv" key sku\n  sku   text\n  name  text\n\ntopic service',
    )
    shop = workspace(tmp_path / "shop", text)
    (shop / "products.csv").write_text("sku,name\np1,Shoes\n")
    with Running("dev", shop, "--port", "0") as dev:
        dev.says("Ctrl-C")
        (shop / "reminder.html").write_text("<p>Hurry, {{ profile.first_name }}!</p>")
        dev.says(r"reminder\.html saved: live in")
        (shop / "products.csv").write_text("sku,name\np1,Boots\np2,Hat\n")
        dev.says("catalog product changed: 1 row new; 1 row changed")
        (shop / "notes.txt").write_text("Nothing to do with it.")
        (shop / "reminder.html").write_text("<p>Hurry, {{ profile.first_nam }}!</p>")
        dev.says("reminder.html saved, with a mistake in it:")
        dev.says(r"reminder\.html:1:\d+")
        (shop / "reminder.html").unlink()
        dev.says("saved, with a mistake in it:", times=2)
        (shop / "reminder.html").write_text("<p>Hello {{ profile.first_name }}</p>")
        dev.says("saved: live again in")
        (shop / "shop.journey").write_text("# A remark.\n" + text)
        dev.says(r"shop\.journey saved: the same meaning as before")
        dev.post(cart("c1"))
        dev.says("sent cart_reminder")
        assert dev.end() == 0
    assert "notes.txt" not in dev.said
    assert "<p>Hello Ada</p>" in next((shop / ".sojourn" / "outbox").glob("*.html")).read_text()


def test_a_frame_that_mails_share_is_taken_up(tmp_path: Path) -> None:
    shop = workspace(tmp_path / "shop", WORKSPACE)
    (shop / "frame.html").write_text(
        "<h1>{% block title %}Shop{% endblock %}</h1>{% block text %}{% endblock %}"
    )
    (shop / "reminder.html").write_text(
        '{% extends "frame.html" %}{% block text %}{{ profile.first_name }}{% endblock %}'
    )
    with Running("dev", shop, "--port", "0") as dev:
        dev.says("Ctrl-C")
        (shop / "frame.html").write_text("<h2>{% block texte %}{% endblock %}</h2>")
        dev.says("frame.html saved, with a mistake in it:")
        dev.says("frame.html has no block text")
        (shop / "frame.html").write_text("<h2>{% block text %}{% endblock %}</h2>")
        dev.says("saved: live again in")
        dev.post(cart("c1"))
        dev.says("sent cart_reminder")
        assert dev.end() == 0
    assert "<h2>Ada</h2>" in next((shop / ".sojourn" / "outbox").glob("*.html")).read_text()


def test_files_may_come_and_go_and_move(shop: Path, tmp_path: Path) -> None:
    """A new file in a new folder; a burst of saves is one change; a folder is renamed; a file goes away."""
    extra = "journey again_and_again\n  start on purchase\n  wait 3 days\n"
    with Running("dev", shop, "--port", "0") as dev:
        dev.says("Ctrl-C")
        (shop / "more").mkdir()
        (shop / "more" / "extra.journey").write_text(extra)
        dev.says("again_and_again is new")
        for days in range(4, 24):
            (shop / "more" / "extra.journey").write_text(extra.replace("3 days", f"{days} days"))
        dev.says("is now `wait 23 days`")
        assert dev.said.count("extra.journey saved") < 10
        (shop / "more").rename(shop / "most")
        dev.says(r"most/extra\.journey")
        (shop / "most" / "extra.journey").unlink()
        dev.says("again_and_again is gone")
        assert dev.end() == 0


def test_a_file_that_is_away_for_a_moment_ends_nobody(shop: Path) -> None:
    """git and some editors take a file away and write it anew: Ada's journey is not ended by that."""
    with Running("dev", shop, "--port", "0") as dev:
        dev.post(cart("c1"))
        dev.says("enters cart_rescue")
        (shop / "other.journey").write_text("topic news opt in\n")
        dev.says("topic news is new")
        (shop / "shop.journey").rename(tmp := shop / "shop.away")
        time.sleep(0.1)
        tmp.rename(shop / "shop.journey")
        (shop / "shop.journey").write_text("")
        time.sleep(0.1)
        (shop / "shop.journey").write_text(WAITING.replace("1 hour", "1 second"))
        dev.says("sent cart_reminder")
        assert dev.end() == 0
    assert "journey removed" not in dev.said


def test_events_that_come_during_reloads_are_taken_once_each(shop: Path) -> None:
    """Four senders post without a pause while the workspace is saved a dozen times: each cart that was accepted is
    one event and leads to one message.
    """
    accepted: set[str] = set()
    stop = threading.Event()

    def send(sender: int, url: str) -> None:
        n = 0
        while not stop.is_set():
            n += 1
            some = [cart(f"c{sender}-{n}-{k}", f"P{sender}x{n}x{k}") for k in range(3)]
            status, answer = ask(url + "/events", some)
            if status == 200 and answer["accepted"] == 3:
                accepted.update(record["id"] for record in some)

    with Running("dev", shop, "--port", "0") as dev:
        url = dev.url
        senders = [threading.Thread(target=send, args=(sender, url)) for sender in range(4)]
        for thread in senders:
            thread.start()
        for turn in range(12):
            field = f"  extra_{turn}  text\n" if turn % 2 else ""
            text = WAITING.replace("  first_name  text\n", f"  first_name  text\n{field}")
            save(shop, text.replace("wait 1 hour", f"wait {60 + turn} minutes"))
            dev.says("saved: live", times=turn + 1)
        stop.set()
        for thread in senders:
            thread.join()
        save(shop, WAITING.replace("wait 1 hour", "wait 1 second"))
        sent = "SELECT count(*) FROM outbox WHERE status = 'sent'"
        until(lambda: rows(store_of(shop), sent) == [(len(accepted),)])
        assert dev.end() == 0
    store = store_of(shop)
    assert len(accepted) > 100
    assert {row[0] for row in rows(store, "SELECT id FROM event")} == accepted
    assert rows(store, "SELECT count(*), count(DISTINCT person) FROM outbox") == [
        (len(accepted), len(accepted))
    ]
    assert rows(store, "SELECT count(*) FROM rejected") == [(0,)]


def test_an_event_of_a_kind_that_a_save_has_just_brought(shop: Path) -> None:
    """A pipe was opened before the save: what comes through it afterwards is read by the new rules."""
    with Running("dev", shop, "--no-http", "--events", "-", pipe=True) as dev:
        pipe = dev.process.stdin
        assert pipe is not None
        line = '{"event": "review", "id": "%s", "profile": {"email": "ada@example.com"}}\n'
        pipe.write(line % "r1")
        pipe.flush()
        dev.says("set aside There is no event “review”")
        save(shop, WAITING + "\nevent review\n  stars  integer\n")
        dev.says("event review is new")
        pipe.write(line % "r2")
        pipe.flush()
        dev.says(r"review of ada@example\.com")
        assert dev.end() == 0


def test_it_may_begin_with_a_mistake(shop: Path) -> None:
    """The mistakes are shown; the save that mends them starts it."""
    save(shop, WAITING.replace("wait 1 hour", "wiat 1 hour"))
    with Running("dev", shop, "--port", "0") as dev:
        dev.says("Nothing runs yet. Mend it and save")
        save(shop, WAITING.replace("wait 1 hour", "wait"))
        dev.says("Nothing runs yet", times=2)
        save(shop, WAITING)
        assert dev.post(cart("c1"))[0] == 200
        dev.says("enters cart_rescue")
        assert dev.end() == 0


def test_what_does_not_go_together(shop: Path) -> None:
    for words, said in (
        (("--speed", "1 day"), "`--speed` goes with `--play`"),
        (("--play", "--port", "0"), "`--port` does not go with it"),
        (("--play", "--speed", "quick"), "is how much time passes in a second, not “quick”"),
        (("--play",), "has no sample events"),
    ):
        done = sojourn("dev", shop, *words)
        assert done.returncode == 2, done.stdout + done.stderr
        assert said in done.stderr
