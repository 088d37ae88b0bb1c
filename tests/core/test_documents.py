"""A person and their runs as documents: nothing is lost on the way to the store and back."""

from __future__ import annotations

from typing import Any

import orjson

from sojourn.interpreter.core.person import Person, Run

_RUN: dict[str, Any] = {
    "arms": {"first_touch": "plain"},
    "began": 2,
    "call": "j-1/call crm/3",
    "converted": True,
    "earlier": {"wait for visit": {"event": "visit", "id": "e1", "at": 3, "properties": {}}},
    "ends": 9,
    "event": {"event": "cart", "id": "e0", "at": 1, "properties": {"total": "5 EUR"}},
    "goal": 8,
    "id": "j-1",
    "journey": "j",
    "key": "c1",
    "rounds": {"repeat": 2},
    "sent": {"j-1/send hello/3": "hello"},
    "since": 1,
    "step": "wait",
    "until": 7,
    "variables": {"order": {"event": "purchase", "id": "e2", "at": 4, "properties": {}}},
    "version": "v",
    "visit": 5,
    "waiting_since": 4,
}


def test_everything_that_a_run_knows_is_in_its_document() -> None:
    """`repeat` counts its rounds over restarts, a wait knows what came before it, a split stays with its arm."""
    run = Run("j-1", "j", 2, 1, "v")
    known = set(Run.__slots__)
    assert known <= _RUN.keys(), "say a value of it above"
    for name in known:
        setattr(run, name, _RUN[name])
    again = Run.from_document(orjson.loads(orjson.dumps(run.to_document())))
    assert {name: getattr(again, name) for name in known} == {name: _RUN[name] for name in known}


def test_everything_that_is_known_of_a_person_is_in_the_document() -> None:
    person = Person("email:ada@example.com", 1, "rules")
    values: dict[str, Any] = {}
    for name in Person.__slots__:
        if name in ("key", "first_seen", "rules", "runs", "common"):
            continue
        before = getattr(person, name)
        values[name] = (
            {"x": "y"} if isinstance(before, dict) else [{"run": "r"}] if isinstance(before, list) else None
        )
        if values[name] is None:
            values[name] = "text" if isinstance(before, str) else 5
        setattr(person, name, values[name])
    again = Person.from_document(orjson.loads(orjson.dumps(person.to_document())))
    assert (again.key, again.first_seen, again.rules) == ("email:ada@example.com", 1, "rules")
    assert {name: getattr(again, name) for name in values} == values
