"""Messages leave: as files, to a real SMTP server, to a real HTTP server."""

from __future__ import annotations

import email
import json
import sqlite3
import threading
from collections.abc import Iterator
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from textwrap import dedent
from typing import Any, ClassVar

import pytest

from sojourn.dsl.values import SECOND
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.effects import Outgoing
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door
from sojourn.interpreter.runtime.channels import (
    Channel,
    ConsoleChannel,
    FolderChannel,
    Message,
    SmtpChannel,
    WebhookChannel,
    text_of_html,
)
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.delivery import Delivery
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.settings import Settings, SettingsError
from sojourn.interpreter.runtime.store import Store
from tests.mail_server import MailServer
from tests.runtime.shop import MONDAY, wire
from tests.waiting import PATIENCE, until


def put(engine: Engine, *messages: Outgoing) -> None:
    """Messages into the outbox, of one person."""

    def work() -> None:
        def fill(batch: Any) -> None:
            batch.outgoing.extend((1, message) for message in messages)

        engine.writer._transact(fill)

    engine.call(work).result(PATIENCE)


def mail(key: str, address: str, subject: str = "Hello", body: str = "<p>Hi <b>you</b></p>") -> Outgoing:
    """An email."""
    parts = {"subject": subject, "body": body}
    return Outgoing(key, MONDAY, "hello", "email", address, parts, "j", "j/1", "send hello")


def outbox(store: Store) -> dict[str, tuple[str, int, str]]:
    """By key: status, attempts, error."""
    return {key: (s, a, e) for key, s, a, e in store.rows("SELECT key, status, attempts, error FROM outbox")}


@pytest.fixture
def engine(store: Store, shop: Program) -> Iterator[Engine]:
    """A running engine on Monday at ten."""
    engine = Engine(store, shop, EventClock(MONDAY))
    engine.start()
    yield engine
    engine.stop()


class Mailbox:
    """A mail server's handler: refuses nobody@, is busy once for busy@, keeps the rest."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, bytes]] = []
        self.busy = 1

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("nobody@"):
            return "550 5.1.1 No such user here"
        if address.startswith("busy@") and self.busy:
            self.busy -= 1
            return "451 4.3.0 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append((envelope.rcpt_tos[0], envelope.content))
        return "250 Accepted"


def test_a_message_that_expired_while_the_channel_was_down_is_not_handed_out(
    store: Store, shop: Program, tmp_path: Path
) -> None:
    clock = EventClock(MONDAY)
    engine = Engine(store, shop, clock)
    late, fresh = mail("late", "ada@example.com"), mail("fresh", "ben@example.com")
    late.expires, fresh.expires = MONDAY + 60 * SECOND, MONDAY + 600 * SECOND
    put(engine, late, fresh)
    clock.advance(MONDAY + 120 * SECOND)
    Delivery(engine, {"email": FolderChannel(tmp_path / "out")}).hand_out_pending()
    assert outbox(store) == {
        "late": ("failed", 1, "It expired before it could be handed out."),
        "fresh": ("sent", 1, ""),
    }
    assert len(list((tmp_path / "out").glob("*.eml"))) == 1


def test_one_bad_address_does_not_hold_up_the_others(engine: Engine, store: Store) -> None:
    """A refused recipient is final; a busy server is tried again later, under the same Message-ID; the
    others get
    their mail, with a text part and one-click unsubscribing in one unbroken line.
    """
    box = Mailbox()
    with MailServer(box) as server:
        link = "https://shop.example.com/unsubscribe?m={key}&" + "x" * 200
        channel = SmtpChannel(f"smtp://127.0.0.1:{server.port}", "Shop <hello@shop.example.com>", link)
        delivery = Delivery(engine, {"email": channel}, after=lambda n: SECOND if n < 5 else None)
        put(
            engine,
            mail("k1", "nobody@example.com"),
            mail("k2", "busy@example.com"),
            mail("k3", "ada@example.com", "Grüße\r\nBcc: evil@example.com"),
            mail("k3", "ada@example.com"),
            mail("k4", "not an address"),
            mail("k5", "zoe@müller.example"),
        )
        assert delivery.hand_out_pending() == 5
        found = outbox(store)
        assert found["k1"] == ("failed", 1, "The mail server said 550: 5.1.1 No such user here")
        assert found["k2"] == ("pending", 1, "The mail server said 451: 4.3.0 Try again later")
        assert found["k3"] == ("sent", 1, "")
        assert found["k4"][0] == "failed"
        assert delivery.hand_out_pending() == 0
        engine.clock.advance(MONDAY + 2 * SECOND)  # type: ignore[attr-defined]
        assert delivery.hand_out_pending() == 1
        assert outbox(store)["k2"] == ("sent", 2, "")
        assert [to for to, _ in box.mails] == [
            "ada@example.com",
            "zoe@xn--mller-kva.example",
            "busy@example.com",
        ]
        raw = box.mails[0][1]
        read = email.message_from_bytes(raw, policy=default)
        assert read["Subject"] == "Grüße Bcc: evil@example.com"
        assert read["Bcc"] is None
        assert read.get_body(("plain",)).get_content().strip() == "Hi you"  # type: ignore[union-attr]
        assert "<b>you</b>" in read.get_body(("html",)).get_content()  # type: ignore[union-attr]
        assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        line = next(line for line in raw.splitlines() if line.startswith(b"List-Unsubscribe:"))
        assert line.endswith(b"x>")
        assert read["Message-ID"].endswith("@shop.example.com>")


def test_a_mail_server_that_is_down_costs_no_attempts(engine: Engine, store: Store) -> None:
    channel = SmtpChannel("smtp://127.0.0.1:1", "Shop <hello@shop.example.com>")
    delivery = Delivery(engine, {"email": channel})
    put(engine, mail("k1", "ada@example.com"))
    assert delivery.hand_out_pending() == 0
    assert outbox(store)["k1"] == ("pending", 0, "")
    assert "does not answer" in delivery.problems["email"]


class Partner(BaseHTTPRequestHandler):
    """Somebody's web service: /ok takes it, /gone refuses, /flaky fails once, /moved sends elsewhere,
    /slow does not answer.
    """

    got: ClassVar[list[tuple[str, str, bytes]]] = []
    flaky = 1
    closing = threading.Event()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/slow":
            Partner.closing.wait(PATIENCE)
        code = {"/gone": 410, "/moved": 302}.get(self.path, 200)
        if self.path == "/flaky" and Partner.flaky:
            Partner.flaky -= 1
            code = 503
        if code == 200:
            Partner.got.append((self.path, self.headers["Idempotency-Key"], body))
        self.send_response(code)
        if code == 302:
            self.send_header("Location", "/ok")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Quiet."""


def test_webhooks_carry_a_key_and_are_tried_again_when_that_may_help(engine: Engine, store: Store) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Partner)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        base = f"http://127.0.0.1:{server.server_port}"

        def post(key: str, url: str) -> Outgoing:
            parts = {"post": url, "body": json.dumps({"key": key})}
            return Outgoing(key, MONDAY, "tell", "webhook", "", parts, "j", "j/1", "send tell")

        hasty, patient = (
            Delivery(
                engine,
                {"webhook": WebhookChannel(timeout=timeout)},
                after=lambda n: SECOND if n < 3 else None,
            )
            for timeout in (0.1, PATIENCE)
        )
        put(engine, post("e", base + "/slow"))
        assert hasty.hand_out_pending() == 1
        put(
            engine, post("a", base + "/ok"), post("b", base + "/gone"), post("c", base + "/flaky"),
            post("d", base + "/moved"), post("f", "file:///etc/passwd"), post("g", "http://127.0.0.1:1/"),
        )  # fmt: skip
        assert patient.hand_out_pending() == 6
        found = outbox(store)
        assert found["a"][0] == "sent"
        assert found["b"][0] == found["d"][0] == found["f"][0] == "failed"
        assert "410" in found["b"][2]
        assert found["c"][0] == found["e"][0] == found["g"][0] == "pending"
        assert "did not answer within 0.1 seconds" in found["e"][2]
        Partner.closing.set()
        engine.clock.advance(MONDAY + 2 * SECOND)  # type: ignore[attr-defined]
        patient.hand_out_pending()
        engine.clock.advance(MONDAY + 4 * SECOND)  # type: ignore[attr-defined]
        patient.hand_out_pending()
        found = outbox(store)
        assert found["c"][:2] == ("sent", 2)
        assert found["g"][:2] == ("failed", 3)
        by_path = {
            path: (key, json.loads(body)) for path, key, body in Partner.got if path in ("/ok", "/flaky")
        }
        assert by_path["/ok"][1] == {"key": "a"}
        assert by_path["/flaky"][0] not in ("", by_path["/ok"][0])
    finally:
        Partner.closing.set()
        server.shutdown()
        server.server_close()


def test_files_to_read(engine: Engine, store: Store, tmp_path: Path) -> None:
    """By default everything goes into a folder: an email to open, its preview, a text message, a webhook."""
    settings = Settings.load(tmp_path, {})
    channels = settings.channels(lambda message, line: None)
    done: list[str] = []
    delivery = Delivery(engine, channels, on_done=lambda message, outcome: done.append(message.key))
    sms = Outgoing("k2", MONDAY, "hello", "sms", "+33612345678", {"text": "Hello Ada"}, "j", "j/1", "s")
    hook = Outgoing(
        "k3", MONDAY, "tell", "webhook", "", {"post": "https://x.example/", "body": "{}"}, "j", "j/1", "s"
    )
    put(engine, mail("k1", "ada@example.com"), sms, hook)
    delivery.start()
    until(lambda: len(done) == 3)
    put(engine, mail("k4", "../../etc/ben@example.com"))
    until(lambda: len(done) == 4)
    delivery.stop()
    assert sorted(done) == ["k1", "k2", "k3", "k4"]
    names = [path.name for path in (tmp_path / ".sojourn" / "outbox").iterdir()]
    assert sorted(name.rsplit(".", 1)[1] for name in names) == ["eml", "eml", "html", "html", "json", "txt"]
    assert all(name.startswith("2026-03-02 100000 ") for name in names)
    texts = [path.read_text() for path in (tmp_path / ".sojourn" / "outbox").glob("*.txt")]
    assert texts[0].endswith("\nHello Ada\n")
    assert {row[0] for row in store.rows("SELECT status FROM outbox")} == {"sent"}


def test_a_store_that_cannot_be_read_for_a_moment_is_said_and_the_mail_goes_afterwards(
    engine: Engine, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fails while the outbox is looked at. That is said, and gone again; nothing is forgotten."""
    works = threading.Event()
    genuine = Delivery._pending

    def failing(self: Delivery, reader: sqlite3.Connection, channel: str) -> Any:
        if not works.is_set():
            raise sqlite3.OperationalError("disk I/O error")
        return genuine(self, reader, channel)

    monkeypatch.setattr(Delivery, "_pending", failing)
    done: list[str] = []
    channels = {"email": Settings.load(tmp_path, {}).channels(lambda message, line: None)["email"]}
    delivery = Delivery(
        engine, channels, pause_when_down=0.2, on_done=lambda message, outcome: done.append(message.key)
    )
    put(engine, mail("k1", "ada@example.com"))
    delivery.start()
    until(lambda: "disk I/O error" in delivery.problems.get("email", ""))
    works.set()
    until(lambda: done)
    delivery.stop()
    assert (done, delivery.problems) == (["k1"], {})


def test_one_line_for_each_message_on_the_console() -> None:
    lines: list[str] = []
    channel: Channel = ConsoleChannel(lambda message, line: lines.append(line))
    parts = {"subject": "Hi", "body": ""}
    channel.hand_out(Message(1, "k", 1, MONDAY, "hello", "email", "ada@example.com", parts, "j", "r", "s"))
    assert lines == ["2026-03-02 10:00:00 email to ada@example.com: hello, “Hi”"]


def test_a_message_handed_out_before_a_crash_is_handed_out_again_as_the_same_file(
    engine: Engine, store: Store, tmp_path: Path
) -> None:
    """The crash comes between the handing out and writing it down: the second time leaves the same file."""
    put(engine, mail("k1", "ada@example.com"))
    channel = FolderChannel(tmp_path / ".sojourn" / "outbox")
    row = store.rows("SELECT number FROM outbox")[0][0]
    message = Message(
        row, "k1", 1, MONDAY, "hello", "email", "ada@example.com", {"subject": "Hello"}, "j", "r", "s"
    )
    channel.hand_out(message)
    assert outbox(store)["k1"][0] == "pending"
    assert Delivery(engine, {"email": channel}).hand_out_pending() == 1
    assert len(list((tmp_path / ".sojourn" / "outbox").glob("*.eml"))) == 1


def test_html_as_text() -> None:
    source = "<style>p{}</style><h1>Hi&nbsp;Ada</h1><p>Your <a href='https://x.example/c'>cart</a></p><ul><li>One<li>Two</ul>"
    assert text_of_html(source) == "Hi Ada\n\nYour cart (https://x.example/c)\n\n- One\n- Two\n"


def test_settings_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "sojourn.toml"
    for text, says in [
        ("stroe = 'x'", "no setting “stroe”"),
        ("[deliver]\nsms = 'smtp'", "sms goes out by folder, console; not by “smtp”"),
        ("[deliver]\nemail = 'smtp'", "no url is given"),
        ("port = 'x'", "port must be a number"),
        ("[smtp", "cannot be read"),
    ]:
        path.write_text(text)
        with pytest.raises(SettingsError, match=says):
            Settings.load(tmp_path, {})
    path.write_text("[smtp]\nfrom = 'no address'")
    with pytest.raises(SettingsError, match="must be an email address"):
        Settings.load(tmp_path, {"SOJOURN_SMTP_URL": "smtp://localhost"}).channels(lambda m, s: None)


def test_an_address_that_the_mail_server_refuses_for_good_is_a_hard_bounce_of_its_person(
    store: Store, tmp_path: Path
) -> None:
    """A real SMTP server says 550 to the recipient: the person has bounced, and gets no further email."""

    class Refusing:
        async def handle_RCPT(
            self, server: Any, session: Any, envelope: Any, address: str, options: Any
        ) -> str:
            if address.startswith("gone"):
                return "550 no such mailbox"
            envelope.rcpt_tos.append(address)
            return "250 OK"

    rules = compile_texts({"a.journey": dedent(BOUNCING)}).workspace
    assert rules is not None
    program = compile_program(rules)
    engine = Engine(store, program, EventClock(MONDAY))
    door = Door(program.workspace)

    def visit(id: str) -> None:
        read = door.read(wire(id, MONDAY, "visit", {"email": "gone@example.com"}), MONDAY)
        assert isinstance(read, Record)
        engine.writer.take([[read]])

    with MailServer(Refusing()) as server:
        channel = SmtpChannel(f"smtp://127.0.0.1:{server.port}", "Shop <shop@example.com>")
        visit("v1")
        Delivery(engine, {"email": channel}).hand_out_pending()
        visit("v2")
        Delivery(engine, {"email": channel}).hand_out_pending()
    assert [status for status, _, _ in outbox(store).values()] == ["failed"]
    (bounced,) = store.rows("SELECT properties, dataset FROM event WHERE event = 'message_bounced'")
    assert json.loads(bounced[0])["kind"] == "hard"
    assert "550: no such mailbox" in json.loads(bounced[0])["reason"]
    assert bounced[1] == "delivery"
    details = [json.loads(d) for (d,) in store.rows("SELECT detail FROM activity WHERE kind = 'not sent'")]
    assert [detail["because"] for detail in details] == ["suppressed (hard bounce)"]


def test_what_could_never_be_handed_out_does_not_count_for_a_limit(store: Store, tmp_path: Path) -> None:
    """One email a day: the first is refused for good by the mail server, so the second may go out."""

    class Full:
        answers: ClassVar[list[str]] = ["552 too large for this mailbox", "250 OK"]

        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            return self.answers.pop(0)

    limited = dedent(BOUNCING) + "\nlimit email to 1 message per calendar day\n"
    rules = compile_texts({"a.journey": limited}).workspace
    assert rules is not None
    engine = Engine(store, compile_program(rules), EventClock(MONDAY))
    with MailServer(Full()) as server:
        for id in ("v1", "v2", "v3"):
            read = Door(rules).read(wire(id, MONDAY, "visit", {"email": "ada@example.com"}), MONDAY)
            assert isinstance(read, Record)
            engine.writer.take([[read]])
            channel = SmtpChannel(f"smtp://127.0.0.1:{server.port}", "Shop <shop@example.com>")
            Delivery(engine, {"email": channel}).hand_out_pending()
    assert [status for status, _, _ in outbox(store).values()] == ["failed", "sent"]
    details = [json.loads(d) for (d,) in store.rows("SELECT detail FROM activity WHERE kind = 'not sent'")]
    assert [detail["because"] for detail in details] == ["limit email to 1 message per calendar day"]


BOUNCING = """\
    profile
      email  email  identity

    event visit

    message hello
      email
        subject "Hello"
        body    "<p>Hello</p>"

    journey j
      start on visit
      send hello
    """
