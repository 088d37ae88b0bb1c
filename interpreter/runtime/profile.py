"""What a store knows of one person, as plain data for the command line, the console and HTTP."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from typing import Any

import orjson

from sojourn.dsl.types import Type
from sojourn.interpreter.compile import Program, attribute_value
from sojourn.interpreter.core.doing import UNDOABLE
from sojourn.interpreter.core.encoding import encode
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.rebuild import rebuild
from sojourn.interpreter.runtime.batch import stored_records
from sojourn.interpreter.runtime.errors import explained
from sojourn.interpreter.runtime.store import Store

__all__ = [
    "ActivityView", "EventView", "FieldView", "IdentifierView", "MessageView", "PersonView", "RunView",
    "find_person", "profile_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldView:
    """A profile field: its canonical value, when that was said, and where (a dataset, "journey NAME", or
    "").
    """

    name: str
    value: Any
    at: int
    source: str
    private: bool


@dataclass(frozen=True, slots=True)
class IdentifierView:
    """An identifier with the instants at which it was first and last seen with the person."""

    namespace: str
    value: str
    first_seen: int
    last_seen: int


@dataclass(frozen=True, slots=True)
class RunView:
    """A run in progress: at which step it stands (its words as well), until when (None: no time ends the
    wait).
    """

    id: str
    journey: str
    began: int
    step: str
    label: str
    until: int | None


@dataclass(frozen=True, slots=True)
class EventView:
    """A stored event; `event` is "" for a record that only updated the profile."""

    id: str
    event: str
    at: int
    received: int
    dataset: str
    properties: dict[str, Any]


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message in the outbox. `status` is pending, sent or failed."""

    key: str
    at: int
    message: str
    channel: str
    address: str
    status: str
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class ActivityView:
    """One thing that happened; kinds and details are those of `core.effects`."""

    at: int
    kind: str
    journey: str
    run: str
    step: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PersonView:
    """Everything about one person at `now`. `audiences` maps a name to since when; `attributes` are canonical
    values, None when missing. Events, messages and activity are the latest ones, oldest first.
    """

    number: int
    key: str
    first_seen: int
    now: int
    identifiers: list[IdentifierView]
    fields: list[FieldView]
    attributes: dict[str, Any]
    audiences: dict[str, int]
    runs: list[RunView]
    events: list[EventView]
    messages: list[MessageView]
    activity: list[ActivityView]
    wake: int | None


def find_person(connection: sqlite3.Connection, program: Program, identifier: str) -> int | None:
    """The number of a person: by "email:ada@example.com", by a value alone, or by the number itself.

    A value alone that several people have in several namespaces finds the one in the strongest namespace.
    """
    namespaces = [known.name for known in program.workspace.identifiers]
    tries: list[tuple[str, str]] = []
    namespace, colon, value = identifier.partition(":")
    if colon and namespace in namespaces:
        tries += [(namespace, value), (namespace, value.lower())]
    tries += [(name, identifier) for name in namespaces]
    tries += [(name, identifier.lower()) for name in namespaces]
    for pair in tries:
        row = connection.execute(
            "SELECT person FROM identifier WHERE namespace = ? AND value = ?", pair
        ).fetchone()
        if row is not None:
            return int(row[0])
    if identifier.isdigit() and len(identifier) < 19:
        row = connection.execute("SELECT number FROM person WHERE number = ?", (int(identifier),)).fetchone()
        if row is not None:
            return int(row[0])
    return None


def profile_of(
    store: Store, program: Program, identifier: str | int, now: int, latest: int = 50
) -> PersonView:
    """What is known of a person at `now`, with the `latest` events, messages and activities.

    Reads over a connection of its own and changes nothing: rules that the document does not know yet are
    worked out on a copy. Raises LookupError when nobody has the identifier, StoreError when the store fails.
    """
    try:
        with contextlib.closing(store.reader()) as connection:
            connection.execute("BEGIN")  # one moment for all questions
            return _view(connection, program, identifier, now, latest)
    except sqlite3.Error as error:
        raise explained(error, store.path) from error


def _encoded(type: Type, value: Any) -> Any:
    """The canonical JSON of an attribute; missing where it is too large for any."""
    try:
        return encode(type, value)
    except UNDOABLE:
        return None


def _view(
    connection: sqlite3.Connection, program: Program, identifier: str | int, now: int, latest: int
) -> PersonView:
    number = identifier if isinstance(identifier, int) else find_person(connection, program, identifier)
    row = connection.execute("SELECT document FROM person WHERE number = ?", (number,)).fetchone()
    if number is None or row is None:
        raise LookupError(f"nobody has the identifier {identifier!r}")
    person = Person.from_document(orjson.loads(row[0]))
    wake = person.wake
    if person.rules != program.rules:
        rebuild(program, person, stored_records(connection, number), now)
    workspace = program.workspace
    fields = []
    for name, value in person.fields.items():
        at, source = person.provenance.get(name, (person.first_seen, ""))
        declared = workspace.profile.get(name)
        fields.append(FieldView(name, value, at, source, declared is not None and declared.private))
    identifiers = [
        IdentifierView(namespace, value, first, last)
        for namespace, values in person.identifiers.items()
        for value, (first, last) in values.items()
    ]
    attributes = {
        name: _encoded(attribute.value.type, attribute_value(program, person, name, now))
        for name, attribute in workspace.attributes.items()
    }
    runs = []
    for run in person.runs.values():
        journey = program.journey_of(run)
        position = None if journey is None else journey.index_of.get(run.step)
        label = journey.steps[position].label if journey is not None and position is not None else run.step
        runs.append(RunView(run.id, run.journey, run.began, run.step, label, run.until))
    events = [
        EventView(id, event, at, received, dataset, orjson.loads(properties))
        for id, event, at, received, dataset, properties in connection.execute(
            "SELECT id, event, at, received, dataset, properties FROM event WHERE person = ? "
            "ORDER BY number DESC LIMIT ?",
            (number, latest),
        )
    ]
    messages = [
        MessageView(*found)
        for found in connection.execute(
            "SELECT key, at, message, channel, address, status, attempts, error FROM outbox WHERE person = ? "
            "ORDER BY number DESC LIMIT ?",
            (number, latest),
        )
    ]
    activity = [
        ActivityView(at, kind, journey_name, run_id, step, orjson.loads(detail))
        for at, kind, journey_name, run_id, step, detail in connection.execute(
            "SELECT at, kind, journey, run, step, detail FROM activity WHERE person = ? "
            "ORDER BY number DESC LIMIT ?",
            (number, latest),
        )
    ]
    return PersonView(
        number, person.key, person.first_seen, now, identifiers, fields, attributes,
        dict(person.audiences), runs, events[::-1], messages[::-1], activity[::-1], wake,
    )  # fmt: skip
