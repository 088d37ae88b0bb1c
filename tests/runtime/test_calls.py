"""Webhooks are really asked: over HTTP, with retries, and the run goes on with the answer, also after a crash."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from sojourn.dsl.values import SECOND
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door
from sojourn.interpreter.runtime.channels import CallChannel, CallFolderChannel
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.delivery import Delivery
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.logged import logged
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.timeline import timeline
from sojourn.interpreter.why.past import Past
from tests.runtime.shop import MONDAY, wire

RULES = """\
profile
  email   email  identity
  ticket  text

event visit
  page  text

webhook crm
  post     "URL"
  timeout  5 minutes
  retries  2
  answers
    ticket  text     required
    level   integer

journey j
  start on visit
  exit on purchase
  call crm with page = event.page
  if failed
    set ticket to "none"
  else
    set ticket to crm.ticket
  wait 1 day

event purchase
"""


class Crm:
    """A real HTTP server that answers as it is told, in order; the last answer holds."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, str]] = [(200, '{"ticket": "T1", "level": 3, "more": true}')]
        self.asked: list[tuple[str, Any]] = []
        crm = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                crm.asked.append((self.headers["Idempotency-Key"], json.loads(body)))
                code, text = crm.answers[0] if len(crm.answers) == 1 else crm.answers.pop(0)
                self.send_response(code)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/tickets"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def crm() -> Iterator[Crm]:
    server = Crm()
    yield server
    server.server.shutdown()
    server.server.server_close()


def rules(url: str, text: str = RULES) -> Program:
    compiled = compile_texts({"a.journey": text.replace("URL", url)})
    assert compiled.workspace is not None, compiled.diagnostics
    return compile_program(compiled.workspace)


def visit(engine: Engine, id: str = "v1", event: str = "visit") -> None:
    record = Door(engine.program.workspace).read(
        wire(id, MONDAY, event, {"email": "ada@example.com"}, {"page": "help"} if event == "visit" else None),
        MONDAY,
    )
    assert isinstance(record, Record), record
    engine.writer.take([[record]])


def hand_out(engine: Engine, clock: EventClock, times: int = 6) -> None:
    """Asks, and asks again whenever it is time."""
    for _ in range(times):
        Delivery(engine, {"call": CallChannel()}).hand_out_pending()
        clock.advance(clock.now() + 5 * SECOND)


def ticket(store: Store) -> Any:
    return store.one("SELECT value FROM field WHERE field = 'ticket'")


def test_the_run_waits_for_the_answer_and_goes_on_with_it(store: Store, crm: Crm) -> None:
    clock = EventClock(MONDAY)
    engine = Engine(store, rules(crm.url), clock)
    visit(engine)
    assert store.rows("SELECT step FROM run") == [("call crm with page = event.page",)]
    assert ticket(store) is None
    hand_out(engine, clock)
    assert [body for _, body in crm.asked] == [{"page": "help"}]
    assert ticket(store) == "T1"
    assert store.rows("SELECT step FROM run") == [("wait 1 day",)]
    assert store.rows("SELECT status, attempts FROM outbox") == [("sent", 1)]


def test_a_server_that_stumbles_is_asked_again_under_the_same_key(store: Store, crm: Crm) -> None:
    crm.answers = [(500, "oops"), (503, "busy"), (200, '{"ticket": "T7"}')]
    clock = EventClock(MONDAY)
    engine = Engine(store, rules(crm.url), clock)
    visit(engine)
    hand_out(engine, clock)
    assert len(crm.asked) == 3
    assert len({key for key, _ in crm.asked}) == 1
    assert ticket(store) == "T7"


@pytest.mark.parametrize(
    "answers, asked, because",
    [
        ([(500, "")], 3, "answered 500"),
        ([(404, "")], 1, "answered 404"),
        ([(200, "<html>")], 1, "no JSON object"),
        ([(200, '{"level": 3}')], 1, "ticket"),
        ([(200, '{"ticket": "T1", "level": "high"}')], 1, "level"),
    ],
)
def test_what_cannot_be_had_is_a_failure_with_its_reason(
    store: Store, crm: Crm, answers: list[tuple[int, str]], asked: int, because: str
) -> None:
    crm.answers = answers
    clock = EventClock(MONDAY)
    engine = Engine(store, rules(crm.url), clock)
    visit(engine)
    hand_out(engine, clock)
    assert len(crm.asked) == asked
    assert ticket(store) == "none"
    (detail,) = store.rows("SELECT detail FROM activity WHERE kind = 'failed'")
    assert because in json.loads(detail[0])["because"]


def test_nobody_there_is_a_failure_too(store: Store, crm: Crm) -> None:
    crm.server.server_close()
    clock = EventClock(MONDAY)
    engine = Engine(store, rules("http://127.0.0.1:9/nobody"), clock)
    visit(engine)
    hand_out(engine, clock)
    assert ticket(store) == "none"


def test_an_answer_for_a_run_that_has_left_is_dropped(store: Store, crm: Crm) -> None:
    clock = EventClock(MONDAY)
    engine = Engine(store, rules(crm.url), clock)
    visit(engine)
    visit(engine, "p1", "purchase")
    hand_out(engine, clock)
    assert ticket(store) is None
    assert store.rows("SELECT step FROM run") == []


def test_after_a_crash_the_question_is_still_there(tmp_path: Path, crm: Crm) -> None:
    program = rules(crm.url)
    with Store.open(tmp_path / "s.db") as store:
        visit(Engine(store, program, EventClock(MONDAY)))
    with Store.open(tmp_path / "s.db") as store:
        clock = EventClock(MONDAY + SECOND)
        hand_out(Engine(store, program, clock), clock)
        assert ticket(store) == "T1"
    assert len(crm.asked) == 1


def test_into_the_folder_nobody_is_asked_and_the_answer_has_no_fields(
    store: Store, crm: Crm, tmp_path: Path
) -> None:
    """`ticket` is required: without it the answer does not fit, and that is said."""
    engine = Engine(store, rules(crm.url), EventClock(MONDAY))
    visit(engine)
    Delivery(engine, {"call": CallFolderChannel(tmp_path / "out")}).hand_out_pending()
    assert crm.asked == []
    assert len(list((tmp_path / "out").glob("*.json"))) == 1
    assert ticket(store) == "none"


def test_an_edit_of_the_call_keeps_those_who_wait_for_its_answer(store: Store, crm: Crm) -> None:
    clock = EventClock(MONDAY)
    engine = Engine(store, rules(crm.url), clock)
    visit(engine)
    edited = compile_texts(
        {
            "a.journey": RULES.replace("URL", crm.url).replace(
                "with page = event.page", "with place = event.page"
            )
        }
    )
    assert edited.workspace is not None
    engine.writer.use(compile_program(edited.workspace))
    hand_out(engine, clock)
    assert [body for _, body in crm.asked] == [{"page": "help"}]
    assert ticket(store) == "T1"


def test_a_webhook_that_is_gone_ends_the_run_and_its_answer_is_dropped(store: Store, crm: Crm) -> None:
    clock = EventClock(MONDAY)
    engine = Engine(store, rules(crm.url), clock)
    visit(engine)
    text = RULES.replace("URL", crm.url)
    begin, end = text.index("  call crm"), text.index("  wait 1 day")
    edited = compile_texts({"a.journey": text[:begin] + text[end:]})
    assert edited.workspace is not None
    engine.writer.use(compile_program(edited.workspace))
    hand_out(engine, clock)
    assert ticket(store) is None
    assert store.rows("SELECT step FROM run") == []


def test_an_exit_takes_a_question_back_that_was_not_asked_yet(crm: Crm, tmp_path: Path) -> None:
    """Ada buys while the question about her still stands in the outbox; Ben's was asked, and is to be asked again. Both
    runs end, and neither question is asked any more.
    """
    with Store.open(tmp_path / "shop.db") as store:
        clock = EventClock(MONDAY)
        engine = Engine(store, rules(crm.url), clock)
        visit(engine)
        visit(engine, "bought", "purchase")
        hand_out(engine, clock)
        assert crm.asked == []
        row = "SELECT status, error FROM outbox ORDER BY number DESC LIMIT 1"
        assert store.rows(row) == [("failed", "Recalled: the run has ended (exit on purchase).")]

        crm.answers = [(503, "")]
        visit(engine, "v2")
        Delivery(engine, {"call": CallChannel()}).hand_out_pending()
        assert len(crm.asked) == 1 and store.one("SELECT status FROM outbox WHERE number = 2") == "pending"
        visit(engine, "bought again", "purchase")
        hand_out(engine, clock)
        assert len(crm.asked) == 1
        assert store.rows(row) == [("failed", "Recalled: the run has ended (exit on purchase).")]


def test_an_exit_while_the_question_is_under_way_is_not_asked_again(crm: Crm, tmp_path: Path) -> None:
    """The server takes its time, and says no; the person has left meanwhile. A page that was read before an exit does
    not ask what was taken back since.
    """
    with Store.open(tmp_path / "shop.db") as store:
        clock = EventClock(MONDAY)
        engine = Engine(store, rules(crm.url), clock)
        delivery = Delivery(engine, {"call": CallChannel()})
        visit(engine)
        page = delivery._pending(store.connection, "call")
        visit(engine, "bought", "purchase")
        assert delivery._hand_out(CallChannel(), page, "call") == 1
        assert crm.asked == []

        class Leaving(CallChannel):
            def ask(self, message: Any) -> str:
                visit(engine, "bought again", "purchase")
                return super().ask(message)

        crm.answers = [(503, "")]
        visit(engine, "v2")
        Delivery(engine, {"call": Leaving()}).hand_out_pending()
        hand_out(engine, clock)
        assert len(crm.asked) == 1
        assert store.one("SELECT status FROM outbox ORDER BY number DESC") == "failed"
        assert store.rows("SELECT run FROM run") == []


def test_an_answer_that_comes_when_the_run_has_ended_is_kept(crm: Crm, tmp_path: Path) -> None:
    """Ada buys while the server thinks about her. Its answer changes nothing any more, and stands in what happened to
    her; so does a refusal, with its reason.
    """
    with Store.open(tmp_path / "shop.db") as store:
        clock = EventClock(MONDAY)
        engine = Engine(store, rules(crm.url), clock)

        class Leaving(CallChannel):
            def ask(self, message: Any) -> str:
                answered = super().ask(message)
                visit(engine, f"bought {message.number}", "purchase")
                return answered

        visit(engine)
        Delivery(engine, {"call": Leaving()}).hand_out_pending()
        assert len(crm.asked) == 1 and store.rows("SELECT run FROM run") == []
        late = "SELECT journey, run, step, detail FROM activity WHERE kind = 'answered late' ORDER BY number"
        ((journey, run, step, detail),) = store.rows(late)
        assert (journey, step) == ("j", "call crm with page = event.page")
        assert json.loads(detail) == {"webhook": "crm", "answer": {"ticket": "T1", "level": 3}, "because": ""}
        assert store.rows("SELECT DISTINCT run FROM activity WHERE kind = 'ended'") == [(run,)]
        assert ticket(store) is None

        crm.answers = [(200, '{"level": "many"}')]
        visit(engine, "v2")
        Delivery(engine, {"call": Leaving()}).hand_out_pending()
        said = json.loads(store.rows(late)[1][3])
        assert said["answer"] is None and "ticket" in said["because"]
        log = logged(store, engine.program, "ada@example.com", MONDAY)
        told = [line.text for line in timeline(engine.program.workspace, log.activities, dt.UTC)]
        assert "crm answered when the run had ended: ticket T1, level 3" in told


def test_what_was_answered_is_recorded_and_known_of_a_run_that_has_ended(crm: Crm, tmp_path: Path) -> None:
    """What is private in it is not recorded."""
    with Store.open(tmp_path / "shop.db") as store:
        clock = EventClock(MONDAY)
        text = RULES.replace("level   integer", "level   integer\n    secret  text  private")
        crm.answers = [(200, '{"ticket": "T1", "level": 3, "secret": "x"}')]
        program = rules(crm.url, text)
        engine = Engine(store, program, clock)
        visit(engine)
        hand_out(engine, clock)
        visit(engine, "bought", "purchase")
        detail = store.one("SELECT detail FROM activity WHERE kind = 'answered'")
        answer = {"ticket": "T1", "level": 3, "secret": "(private)"}
        assert json.loads(detail) == {"webhook": "crm", "answer": answer}
        log = logged(store, program, "ada@example.com", MONDAY)
        (place,) = (n for n, a in enumerate(log.activities) if a.kind == "ended")
        run = Past(log).run_at(place)
        assert run is not None and run.variables["crm"]["properties"] == {"ticket": "T1", "level": 3}
