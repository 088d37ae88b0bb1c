"""Reactions that say nothing but which message they are about, as mail services post them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sojourn.dsl.messages import sentence
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.reactions import short_key
from sojourn.interpreter.door.door import Door, Rejected
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.schema import migrate
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.runtime.shop import MONDAY, SECOND, wire

SHOP = """\
profile
  email   email  identity
  device  text   identity
  tags    list of text

identity
  email   one per person
  device  many per person

event visit

message hello
  email
    subject "Hello"
    body    "<p>Hi</p>"

journey greet
  start on visit

  send hello
  wait for message_clicked of hello as click, up to 2 days
    happened
      add click.link to tags
"""


@pytest.fixture(scope="module")
def rules() -> Program:
    compiled = compile_texts({"shop.journey": SHOP})
    assert compiled.workspace is not None, [sentence(d) for d in compiled.diagnostics]
    return compile_program(compiled.workspace)


def tags(store: Store, email: str) -> str | None:
    return store.one(
        "SELECT json_extract(document, '$.fields.tags') FROM person JOIN identifier ON identifier.person = "
        "person.number WHERE value = ?",
        (email,),
    )


@pytest.mark.parametrize("form", ["{key}", "{short}", "<{short}@shop.example>"])
def test_it_belongs_to_whoever_the_message_went_to(rules: Program, tmp_path: Path, form: str) -> None:
    door = Door(rules.workspace, by_message=True)
    with Store.open(tmp_path / "shop.db") as store:
        writer = Writer(store, rules, EventClock(MONDAY))
        people = ("ada@example.com", "ben@example.com")
        lines = [wire(f"v{n}", MONDAY, "visit", {"email": email}) for n, email in enumerate(people)]
        writer.take([[door.read(line, MONDAY) for line in lines]])
        [(key,)] = store.rows("SELECT key FROM outbox WHERE address = 'ben@example.com'")
        said = {"message_id": form.format(key=key, short=short_key(key)), "link": "https://shop.example/"}
        click = door.read(wire("c1", MONDAY + SECOND, "message_clicked", {}, said), MONDAY + SECOND)
        [receipt] = writer.take([[click]])
        assert (receipt.accepted, receipt.rejected) == (1, [])
        assert tags(store, "ben@example.com") == '["https://shop.example/"]'
        assert tags(store, "ada@example.com") is None
        stored = store.rows("SELECT json_extract(properties, '$.message') FROM event WHERE id = 'c1'")
        assert stored == [("hello",)]


def test_an_id_that_no_message_has_is_set_aside(rules: Program, tmp_path: Path) -> None:
    door = Door(rules.workspace, by_message=True)
    with Store.open(tmp_path / "shop.db") as store:
        writer = Writer(store, rules, EventClock(MONDAY))
        record = door.read(wire("c1", MONDAY, "email_opened", {}, {"message_id": "nobody's"}), MONDAY)
        [receipt] = writer.take([[record]])
        assert receipt.accepted == 0
        [rejected] = receipt.rejected
        assert (
            rejected.field == "message_id"
            and "No message with the “message_id” nobody's went out" in rejected.reason
        )
        assert store.one("SELECT count(*) FROM person") == 0


def test_only_who_knows_the_messages_lets_it_in(rules: Program) -> None:
    line = wire("c1", MONDAY, "email_opened", {}, {"message_id": "m1"})
    assert isinstance(Door(rules.workspace).read(line, MONDAY), Rejected)
    plain = wire("v1", MONDAY, "visit", {}, {"message_id": "m1"})
    assert isinstance(Door(rules.workspace, by_message=True).read(plain, MONDAY), Rejected)


def test_the_messages_of_an_older_store_get_their_ids(rules: Program, tmp_path: Path) -> None:
    door = Door(rules.workspace)
    with Store.open(tmp_path / "shop.db") as store:
        writer = Writer(store, rules, EventClock(MONDAY))
        writer.take([[door.read(wire("v1", MONDAY, "visit", {"email": "ada@example.com"}), MONDAY)]])
        connection = store.connection
        connection.execute("DROP INDEX outbox_id")
        connection.execute("ALTER TABLE outbox DROP COLUMN id")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'messages_by_their_short_id'")
        migrate(connection)
        [(key, id)] = store.rows("SELECT key, id FROM outbox")
        assert id == short_key(key)
