"""Events over HTTP: an answer comes after the commit and says what became of each record."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from sojourn.interpreter.compile import Program
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.http import LARGEST_BODY, HttpError, HttpServer
from sojourn.interpreter.runtime.store import Store
from tests.waiting import PATIENCE

VISIT = {"event": "visit", "id": "v1", "profile": {"email": "ada@example.com"}}


@pytest.fixture
def server(store: Store, shop: Program) -> Iterator[HttpServer]:
    """A server on a free port, with a running engine behind it."""
    engine = Engine(store, shop)
    engine.start()
    server = HttpServer(engine, 0)
    server.start()
    yield server
    server.stop()
    engine.stop()


def ask(url: str, body: bytes | None = None, **headers: str) -> tuple[int, Any, dict[str, str]]:
    """Status, answer, headers."""
    request = urllib.request.Request(url, body, headers, method="POST" if body is not None else "GET")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, json.loads(answer.read()), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read()), dict(error.headers)


def test_one_record_many_records_and_the_same_again(server: HttpServer, store: Store) -> None:
    status, answer, _ = ask(server.url + "/events", json.dumps(VISIT).encode())
    assert (status, answer) == (200, {"accepted": 1, "duplicates": 0, "rejected": 0, "reasons": []})
    assert store.counts()["event"] == 1
    many = [VISIT, {**VISIT, "id": "v2"}, {"event": "vist", "profile": {"email": "ada@example.com"}}]
    status, answer, _ = ask(server.url + "/events", json.dumps(many).encode())
    assert status == 200
    assert (answer["accepted"], answer["duplicates"], answer["rejected"]) == (1, 1, 1)
    assert answer["reasons"] == [
        {"record": 3, "field": "event", "reason": "There is no event “vist”: did you mean “visit”?"}
    ]
    lines = b"\n".join(json.dumps({**VISIT, "id": f"l{n}"}).encode() for n in range(5)) + b"\nnot json\n"
    status, answer, _ = ask(server.url + "/events", lines)
    assert (status, answer["accepted"], answer["rejected"]) == (200, 5, 1)
    pretty = json.dumps({**VISIT, "id": "pretty"}, indent=2).encode()
    assert ask(server.url + "/events", pretty)[1]["accepted"] == 1
    assert store.counts()["rejected"] == 2


def test_what_cannot_be_taken_is_said(server: HttpServer) -> None:
    assert ask(server.url + "/events", b"<html>")[0] == 400
    assert ask(server.url + "/events", b" ")[1] == {"problem": "There is no record in the request."}
    status, answer, _ = ask(server.url + "/events", b"x" * (LARGEST_BODY + 1))
    assert (status, answer["problem"]) == (413, "At most 5,000,000 bytes are taken at once.")
    assert ask(server.url + "/events?dataset=nope", b"{}")[1] == {"problem": "There is no dataset “nope”."}


def test_a_full_disk_asks_to_come_back_later(server: HttpServer, store: Store) -> None:
    ask(server.url + "/events", json.dumps(VISIT).encode())
    store.connection.execute(
        f"PRAGMA max_page_count = {store.connection.execute('PRAGMA page_count').fetchone()[0]}"
    )
    large = [{**VISIT, "id": f"x{n}", "profile": {"email": f"p{n}@example.com"}} for n in range(500)]
    status, answer, headers = ask(server.url + "/events", json.dumps(large).encode())
    assert (status, headers["retry-after"]) == (503, "5")
    assert "no room left" in answer["problem"]
    store.connection.execute("PRAGMA max_page_count = 1000000")
    assert ask(server.url + "/events", json.dumps(large).encode())[1]["accepted"] == 500


def test_health_a_person_and_the_browser(server: HttpServer) -> None:
    ask(server.url + "/events", json.dumps(VISIT).encode())
    status, health, _ = ask(server.url + "/health")
    assert (status, health["accepted"], health["overdue"], health["problem"]) == (200, 1, 0, "")
    status, person, _ = ask(server.url + "/people/ada@example.com")
    assert (status, person["key"], person["events"][0]["id"]) == (200, "email:ada@example.com", "v1")
    assert ask(server.url + "/people/ben@example.com")[0] == 404
    request = urllib.request.Request(
        server.url + "/events",
        headers={"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"},
        method="OPTIONS",
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        assert answer.headers["access-control-allow-origin"] == "*"


def test_whoever_knocks_elsewhere_is_shown_the_way(server: HttpServer) -> None:
    status, answer, _ = ask(server.url + "/evnts", b"{}")
    assert (
        status,
        answer["problem"].startswith("There is nothing at POST /evnts. Events go to POST /events"),
    ) == (
        404,
        True,
    )
    assert ask(server.url + "/events")[0] == 405


def test_a_port_that_is_taken_is_named(server: HttpServer, store: Store, shop: Program) -> None:
    with pytest.raises(HttpError, match=f"port {server.port}"):
        HttpServer(Engine.__new__(Engine), server.port)
