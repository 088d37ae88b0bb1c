"""`sojourn run`: events in, messages out, stopping, going on, and what it says when it cannot."""

from __future__ import annotations

import contextlib
import email
import http.server
import resource
import signal
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live.running import WORKSPACE, Running, ask, cart, mails, rows, sojourn, store_of, workspace
from tests.mail_server import MailServer
from tests.waiting import PATIENCE, until


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A workspace."""
    return workspace(tmp_path / "shop")


def test_events_come_over_http_and_the_message_lies_in_the_outbox(shop: Path) -> None:
    """Ada leaves a cart; a second later her reminder is there to read. Ctrl-C ends it, and it says what it did."""
    with Running("run", shop, "--port", "0") as run:
        assert run.post(cart("c1")) == (200, {"accepted": 1, "duplicates": 0, "rejected": 0, "reasons": []})
        status, answer = run.post(cart("c1"), cart("c2", total="5"), {"event": "Cart Abandond"})
        assert (status, answer["accepted"], answer["duplicates"], answer["rejected"]) == (200, 0, 1, 2)
        assert [reason["record"] for reason in answer["reasons"]] == [2, 3]
        assert (
            answer["reasons"][0]["reason"] == "“total” must be an amount of money such as “59 EUR”, not “5”."
        )
        run.says(r"sent cart_reminder by email to a…@example.com")
        health = ask(run.url + "/health")[1]
        assert (health["accepted"], health["rejected"], health["overdue"], health["problem"]) == (1, 2, 0, "")
        assert run.end(signal.SIGINT) == 0
    assert "1 event taken in, 1 message handed out, 2 set aside." in run.said
    assert "ada@example.com" not in run.said
    mail = email.message_from_bytes(mails(shop)[0].read_bytes())
    assert mail["Subject"] == "Ada, you left something behind"
    assert "your cart over 59.00 EUR" in mail.get_payload()[1].get_payload()  # type: ignore[index, union-attr]
    assert (shop / ".sojourn" / ".gitignore").read_text().endswith("\n*\n")


def test_a_second_run_goes_on_where_the_first_stopped(tmp_path: Path) -> None:
    """It is stopped while Ada's journey waits for a visit. The next run knows her, and goes on where she stood."""
    visits = WORKSPACE.replace("topic service", "event visit\n\ntopic service")
    waits = "wait for visit, up to 1 day\n  wait 1 second"
    shop = workspace(tmp_path / "shop", visits.replace("wait 1 second", waits))
    with Running("run", shop, "--port", "0") as first:
        first.post(cart("c1"))
        assert first.end(signal.SIGTERM) == 0
        assert "1 run under way, the next is due" in first.said
    assert mails(shop) == []
    with Running("run", shop, "--port", "0") as second:
        second.says(r"store .*\(1 event of 1 person, 1 under way\)")
        second.post({"event": "visit", "id": "v1", "profile": {"email": "ada@example.com"}})
        second.says("sent cart_reminder")
        assert second.end() == 0
    assert len(mails(shop)) == 1


def test_killed_with_kill_9_and_started_again_nobody_is_written_to_twice_or_never(shop: Path) -> None:
    """Carts come in while the process is killed again and again. Every cart that was acknowledged gets one message."""
    acknowledged: list[str] = []
    for turn in range(4):
        with Running("run", shop, "--port", "0") as run:
            url = run.url
            for n in range(15):
                id = f"c{turn}-{n}"
                if ask(url + "/events", cart(id, f"P{turn}x{n}"))[0] == 200:
                    acknowledged.append(id)
            run.kill()
    with Running("run", shop, "--port", "0") as last:
        until(lambda: rows(store_of(shop), "SELECT count(*) FROM outbox WHERE status = 'sent'") == [(60,)])
        assert last.end() == 0
    assert len(acknowledged) == 60
    assert {row[0] for row in rows(store_of(shop), "SELECT id FROM event")} == set(acknowledged)
    assert len(mails(shop)) == 60
    assert rows(store_of(shop), "SELECT count(*) FROM run WHERE until IS NOT NULL") == [(0,)]


def test_a_pipe_is_read_as_the_lines_come(shop: Path) -> None:
    """A line on the standard input is taken in at once, not when a page is full; at its end the run goes on."""
    with Running("run", shop, "--no-http", "--events", "-", pipe=True) as run:
        pipe = run.process.stdin
        assert pipe is not None
        run.says("the standard input")
        pipe.write(json_line(cart("c1")))
        pipe.flush()
        run.says("sent cart_reminder")
        pipe.write(json_line(cart("c2", "Ben")) + "{half\n")
        pipe.flush()
        run.says("set aside The record is cut off")
        run.says("sent cart_reminder", times=2)
        pipe.close()
        run.says(r"the standard input: 2 records taken in, 1 set aside\.")
        assert run.end() == 0


def test_a_pipe_that_never_ends_does_not_hold_up_the_stop(shop: Path) -> None:
    with Running("run", shop, "--no-http", "--events", "-", pipe=True) as run:
        run.says("the standard input")
        assert run.end() == 0
    assert "Fatal" not in run.said


def test_files_are_taken_in_once_and_then_what_is_new_in_them(shop: Path, tmp_path: Path) -> None:
    """A JSON lines file, a CSV file and a JSON list; the second time there is nothing new, then one line more."""
    lines = tmp_path / "web.jsonl"
    lines.write_text("".join(json_line(cart(f"w{n}")) for n in range(3)))
    table = tmp_path / "shop.csv"
    table.write_text("event,id,profile.email,total\npurchase,s1,ben@example.com,20 EUR\n")
    listed = tmp_path / "list.json"
    listed.write_text("[" + ",".join(json_line(cart(f"l{n}")) for n in range(2)) + "]")
    command = ("run", shop, "--once", "--no-http", "-e", lines, "-e", table, "-e", listed)
    first = sojourn(*command)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "web.jsonl: 3 records taken in." in first.stdout
    assert "shop.csv: 1 record taken in." in first.stdout
    assert "list.json: 2 records taken in." in first.stdout
    with lines.open("a") as more:
        more.write(json_line(cart("w3")))
    second = sojourn(*command)
    assert "web.jsonl: 1 record taken in, the rest was taken in before." in second.stdout
    assert "shop.csv: nothing new since the last run." in second.stdout
    assert "list.json: nothing new since the last run." in second.stdout
    assert rows(store_of(shop), "SELECT count(*) FROM event") == [(7,)]


def json_line(record: dict[str, Any]) -> str:
    """A record on a line."""
    import json

    return json.dumps(record) + "\n"


class Mailbox:
    """Keeps what a mail server was sent."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """A mail has come."""
        self.mails.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"


def test_email_is_really_sent_when_a_mail_server_is_named(shop: Path) -> None:
    """SOJOURN_SMTP_URL names a real server on this machine; the mail arrives there, and not in the folder."""
    box = Mailbox()
    with MailServer(box) as server:
        url = f"smtp://127.0.0.1:{server.port}"
        with Running("run", shop, "--port", "0", SOJOURN_SMTP_URL=url) as run:
            run.says(r"email +really sent, through 127\.0\.0\.1")
            run.post(cart("c1"))
            run.says("sent cart_reminder")
            assert run.end() == 0
    assert [to for to, _ in box.mails] == [["ada@example.com"]]
    assert email.message_from_bytes(box.mails[0][1])["Subject"] == "Ada, you left something behind"
    assert not (shop / ".sojourn" / "outbox").exists()


def test_a_mail_server_that_is_down_holds_nothing_else_up_and_is_told(shop: Path) -> None:
    with Running("run", shop, "--port", "0", SOJOURN_SMTP_URL="smtp://127.0.0.1:9") as run:
        run.post(cart("c1"))
        run.says(r"email: The mail server 127\.0\.0\.1:9 does not answer")
        assert run.post(cart("c2"))[0] == 200
        assert run.end() == 0
    assert "1 message still to be handed out" in run.said or "2 messages still to be handed out" in run.said


@contextlib.contextmanager
def receiver() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A web service that keeps what is posted to it: (idempotency key, body)."""
    came: list[tuple[str, bytes]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came.append((self.headers["Idempotency-Key"], body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hook", came
    finally:
        server.shutdown()
        server.server_close()


def test_webhooks_are_posted_where_the_settings_say_so(tmp_path: Path) -> None:
    with receiver() as (url, came):
        message = f'  webhook\n    post "{url}"\n    body "{{{{ profile.first_name }}}}"\n'
        start, mail = WORKSPACE.split("  email\n", 1)[0], WORKSPACE.split('file "reminder.html"\n', 1)[1]
        shop = workspace(tmp_path / "shop", start + message + mail)
        (shop / "sojourn.toml").write_text('[deliver]\nwebhook = "http"\n')
        with Running("run", shop, "--port", "0") as run:
            run.post(cart("c1"))
            until(lambda: bool(came))
            run.says("sent cart_reminder by webhook")
            assert run.end() == 0
        assert [body for _, body in came] == [b"Ada"]


def test_a_backup_made_while_it_runs_is_whole(tmp_path: Path) -> None:
    """As docs/running.md says it. A run on the copy knows everybody and goes on for them."""
    visits = WORKSPACE.replace("topic service", "event visit\n\ntopic service")
    shop = workspace(tmp_path / "shop", visits.replace("wait 1 second", "wait for visit, up to 1 day"))
    copy = tmp_path / "backup.db"
    with Running("run", shop, "--port", "0") as run:
        run.post(cart("c1"), cart("c2", "Ben"))
        rows(store_of(shop), f"VACUUM INTO '{copy}'")
        run.post(cart("c3", "Cleo"))
        assert run.end() == 0
    with Running("run", shop, "--port", "0", "--store", copy) as restored:
        restored.says(r"2 events of 2 people, 2 under way")
        for who in ("ada", "ben"):
            restored.post({"event": "visit", "id": who, "profile": {"email": f"{who}@example.com"}})
        restored.says("sent cart_reminder", times=2)
        assert restored.end() == 0
    assert rows(copy, "PRAGMA integrity_check") == [("ok",)]
    assert len(mails(shop)) == 2


def test_it_ends_when_nobody_reads_what_it_says(shop: Path) -> None:
    """`sojourn run | head -1`: the reader goes away; with the next line the run ends, as cleanly as by Ctrl-C."""
    run = Running("run", shop, "--port", "0", reads=False)
    with run:
        assert run.process.stdout is not None
        head = list(iter(run.process.stdout.readline, "\n"))
        run.process.stdout.close()
        url = next(line.split()[2] for line in head if "POST" in line)
        ask(url, cart("c1"))
        assert run.process.wait(PATIENCE) == 141
    assert rows(store_of(shop), "SELECT count(*) FROM event") == [(1,)]


# ----------------------------------------------------------- when it cannot


def test_a_store_in_use_is_left_to_the_process_that_has_it(shop: Path) -> None:
    with Running("run", shop, "--port", "0") as run:
        run.says("POST")
        other = sojourn("run", shop, "--port", "0")
        assert other.returncode == 2
        assert f"is in use: process {run.process.pid} runs on it." in other.stderr
        assert run.post(cart("c1"))[0] == 200


def test_what_stands_in_the_way_is_said_in_a_sentence(shop: Path, tmp_path: Path) -> None:
    def refused(*words: str | Path, code: int = 2, **environment: str) -> str:
        done = sojourn("run", *words, **environment)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr

    assert "There is no folder" in refused(tmp_path / "nowhere")
    assert "There is no file" in refused(shop, "--no-http", "-e", tmp_path / "nothing.jsonl")
    (tmp_path / "z.jsonl").write_bytes(b"\x1f\x8b rest")
    assert "a compressed file or a spreadsheet" in refused(shop, "--no-http", "-e", tmp_path / "z.jsonl")
    assert "`--once` needs files of events" in refused(shop, "--once")
    assert "`--clock events` needs a file of events" in refused(shop, "--clock", "events")
    (shop / "sojourn.toml").write_text("prot = 1\n")
    assert "there is no setting “prot”" in refused(shop)
    (shop / "sojourn.toml").write_text("")
    assert "must look like smtp://" in refused(shop, SOJOURN_SMTP_URL="localhost")
    sqlite3.connect(tmp_path / "new.db").execute("PRAGMA user_version = 99").connection.close()
    assert "made by a newer version of Sojourn" in refused(shop, "--store", tmp_path / "new.db")
    (tmp_path / "notes.db").write_text("Dear diary, " * 500)
    assert "is not a Sojourn store" in refused(shop, "--store", tmp_path / "notes.db")
    (shop / "shop.journey").write_text(WORKSPACE.replace("send cart_reminder", "send cart_remindr"))
    assert "There is no message called cart_remindr." in refused(shop, code=1)


def test_a_port_that_is_taken_is_named(shop: Path, tmp_path: Path) -> None:
    with Running("run", shop, "--port", "0") as run:
        port = run.url.rsplit(":", 1)[1]
        other = sojourn("run", workspace(tmp_path / "other"), "--port", port)
    assert other.returncode == 2
    assert f"Events cannot be taken on port {port}" in other.stderr


def test_a_full_disk_is_waited_out(shop: Path) -> None:
    """The store may grow to 500,000 bytes; senders are told to come back, and it goes on once there is room."""

    def little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, resource.RLIM_INFINITY))

    with Running("run", shop, "--port", "0", prepare=little_room) as run:
        taken = 0
        answer: Any = {}
        for page in range(200):
            batch = [cart(f"c{page}-{n}", f"P{page}x{n}") for n in range(50)]
            status, answer = run.post(*batch)
            if status != 200:
                assert status == 503
                break
            taken += answer["accepted"]
        assert "no room left for the store" in answer["problem"]
        run.says("There is no room left for the store")
        resource.prlimit(
            run.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        )
        until(lambda: run.post(*batch)[0] == 200)
        until(
            lambda: (
                rows(store_of(shop), "SELECT count(*) FROM outbox WHERE status = 'sent'")[0][0] == taken + 50
            )
        )
        assert run.end() == 0
    assert rows(store_of(shop), "SELECT count(*) FROM event") == [(taken + 50,)]
    assert len(mails(shop)) == taken + 50
