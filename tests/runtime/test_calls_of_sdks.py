"""What the SDKs of customer data platforms send, in the shape and by the way they send it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door, Rejected
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.http import HttpServer
from sojourn.interpreter.runtime.profile import profile_of
from sojourn.interpreter.runtime.store import Store
from tests.runtime.test_http import ask

APP = """\
profile
  user_id     text   identity  called "userId"
  email       email  identity  private
  device      text   identity  called "anonymousId"
  first_name  text   called "firstName"
  city        text   called "address.city"

identity
  user_id  one per person
  email    one per person
  device   many per person

event trial_started called "Trial Started"
  plan   text   required
  price  money

event page_seen called "page"
  name  text
"""
NOW = 1_900_000_000_000_000
IDENTIFY = {
    "type": "identify", "messageId": "m-1", "userId": "u1", "anonymousId": None, "integrations": {},
    "timestamp": "2026-11-25T10:00:00.000Z", "sentAt": "2026-11-25T10:00:01.000Z",
    "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
    "traits": {"email": "ada@example.com", "firstName": "Ada", "address": {"city": "Rome"}, "shoe size": 38},
}  # fmt: skip
TRACK = {
    "type": "track", "messageId": "m-2", "anonymousId": "a-7", "event": "Trial Started",
    "timestamp": "2026-11-25T10:05:00.000Z", "properties": {"plan": "team", "price": 20, "currency": "EUR"},
}  # fmt: skip
ALIAS = {"type": "alias", "messageId": "m-3", "previousId": "a-7", "userId": "u1"}
PAGE = {
    "type": "page",
    "messageId": "m-4",
    "userId": "u1",
    "name": "Prices",
    "properties": {"url": "https://x.example"},
}


@pytest.fixture(scope="module")
def door() -> Door:
    workspace = compile_texts({"app.journey": APP}).workspace
    assert workspace is not None
    return Door(workspace)


@pytest.fixture
def running(store: Store) -> Iterator[tuple[HttpServer, Engine]]:
    workspace = compile_texts({"app.journey": APP}).workspace
    assert workspace is not None
    engine = Engine(store, compile_program(workspace))
    engine.start()
    server = HttpServer(engine, 0)
    server.start()
    yield server, engine
    server.stop()
    engine.stop()


def read(door: Door, call: dict[str, Any]) -> Record:
    found = door.read(json.dumps(call), NOW)
    assert isinstance(found, Record), found
    return found


def test_each_call_is_a_record(door: Door) -> None:
    said = read(door, IDENTIFY)
    assert (said.id, said.event) == ("m-1", "")
    assert said.profile == {"user_id": "u1", "email": "ada@example.com", "first_name": "Ada", "city": "Rome"}
    happened = read(door, TRACK)
    assert (happened.id, happened.event, happened.profile) == ("m-2", "trial_started", {"device": "a-7"})
    assert happened.properties == {"plan": "team", "price": "20 EUR"}
    assert read(door, ALIAS).profile == {"user_id": "u1", "device": "a-7"}
    seen = read(door, PAGE)
    assert (seen.event, seen.properties["name"]) == ("page_seen", "Prices")
    of_context = {**TRACK, "userId": "u1", "context": {"traits": {"email": "ada@example.com"}}}
    assert read(door, of_context).profile["email"] == "ada@example.com"


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ({**TRACK, "properties": {}}, "“plan” is missing: “Trial Started” needs it (a text)."),
        (
            {**TRACK, "event": "Trial Strated"},
            "There is no event “Trial Strated”: did you mean “Trial Started”?",
        ),
        (
            {"type": "track", "event": "Trial Started", "properties": {"plan": "a"}},
            "The record says “userId”",
        ),
        ({**IDENTIFY, "traits": {"email": "ada"}}, "“email” must be an email address such as"),
        ({"type": "tracked", "userId": "u1"}, "Nobody can tell whose record this is"),
    ],
)
def test_a_call_that_does_not_fit_is_set_aside_as_it_came(
    door: Door, call: dict[str, Any], reason: str
) -> None:
    raw = json.dumps(call)
    found = door.read(raw, NOW)
    assert isinstance(found, Rejected)
    assert found.reason.startswith(reason)
    assert found.raw == raw


def test_a_batch_as_it_comes_over_the_wire(running: tuple[HttpServer, Engine], store: Store) -> None:
    """Packed, to the path that SDKs post to; the visitor turns out to be Ada. The same batch again changes nothing."""
    server, engine = running
    body = gzip.compress(json.dumps({"batch": [IDENTIFY, TRACK, ALIAS, PAGE], "sentAt": "x"}).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json", "Authorization": "Basic eDo="}
    status, answer, _ = ask(server.url + "/v1/batch", body, **headers)
    assert (status, answer["accepted"], answer["rejected"]) == (200, 4, 0)
    ada = profile_of(store, engine.program, "ada@example.com", engine.clock.now())
    assert {field.name: field.value for field in ada.fields}["device"] == "a-7"
    assert ask(server.url + "/v1/batch", body, **headers)[1]["duplicates"] == 4
    assert ask(server.url + "/v1/t", json.dumps({**TRACK, "messageId": "m-9"}).encode())[1]["accepted"] == 1
    damaged = ask(server.url + "/events", b"\x1f\x8bnonsense", **headers)
    assert (damaged[0], damaged[1]["rejected"]) == (400, 1)
