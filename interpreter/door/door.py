"""The door: what comes from outside is checked here, once, and comes in as a `Record` in canonical form, or
not at all.

A record is one JSON object ("Events on the wire" in docs/design.md). Its properties are checked by pydantic's
validators, one built per kind of event when the first one comes; their leaves are the readers of
`door.types`. What does not fit is a `Rejected`: the raw text whole, the reason in words for the person who
sent it, and
the field. Nothing is dropped and nothing raises.

The common case is one call of a validator. When it refuses, the record is looked at again with more patience
(empty texts count as missing, a bare amount takes the `currency` beside it); only what still does not fit is
set aside.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic_core import ValidationError

from sojourn.dsl import checked
from sojourn.dsl.check.report import nearest
from sojourn.dsl.resolve import REACTIONS
from sojourn.dsl.types import Type
from sojourn.dsl.values import MINUTE, instant_to_iso, parse_instant
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.calls import NO_IDENTIFIER, as_record
from sojourn.interpreter.door.schema import LONGEST_ID, event_schema
from sojourn.interpreter.door.types import (
    Reader,
    Unfit,
    described,
    money,
    plain_digits,
    read_text,
)  # fmt: skip
from sojourn.interpreter.door.validators import Validators
from sojourn.interpreter.door.words import (
    did_you_mean,
    dumped,
    in_words,
    must_be,
    path_of,
    shown_raw,
    why_not_json,
)

__all__ = ["CLOCK_TOLERANCE", "LARGEST_RECORD", "MOST_IDENTIFIERS", "Door", "Rejected"]

CLOCK_TOLERANCE = 10 * MINUTE
"""How far ahead of ours a sender's clock may be (docs/design.md, Time)."""

LARGEST_RECORD = 1_000_000
"""Bytes of one record at most."""

MOST_IDENTIFIERS = 50
"""Identifiers in one record at most."""

_PARTS = ("event", "id", "time", "profile", "properties", "dataset")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that does not fit, whole. `field` is where ("" for the record itself); `received` an instant.

    `reason` is a sentence for whoever sent it. `raw` is the text as it came; bytes that are no text are shown
    as \\xNN.
    """

    raw: str
    reason: str
    field: str
    received: int
    dataset: str = ""
    header: str = ""
    """Of a row of a CSV file the first line of the file, which names the columns."""
    mapped: bool = False
    """The row was read by the mapping of its dataset, and not as an event is written."""
    quiet: bool = False
    """It was imported, to start no journeys."""


class _Refused(Exception):
    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


class _Kind:
    """One kind of event with its validator."""

    __slots__ = ("business", "event", "name", "validate")

    def __init__(self, event: checked.Event, door: Door) -> None:
        self.event = event
        self.name = event.name
        self.business = event.name in door.business
        self.validate = door.validators.properties(event.fields)


class Door:
    """Reads records for one workspace. Reading changes nothing; a door may be used from several threads."""

    def __init__(self, workspace: checked.Workspace, by_message: bool = False) -> None:
        """`by_message` lets reactions in that name nobody but the message they are about: whoever takes them in
        knows whom it went to.
        """
        self.workspace = workspace
        self.business = workspace.business
        self._by_message = by_message
        self._events: dict[str, checked.Event] = {}
        declared = {name: event for name, event in workspace.events.items() if event.of_change is None}
        for event in declared.values():
            self._events[event.wire] = event
        for name, event in declared.items():
            self._events.setdefault(name, event)
        self._kinds: dict[str, _Kind] = {}
        self.validators = Validators(workspace)
        self._profile: dict[str, tuple[str, Reader]] = {}
        identities = {identifier.name for identifier in workspace.identifiers}
        for name, field in workspace.profile.items():
            read = self.validators.profile_reader(field, name in identities)
            self._profile[field.wire] = (name, read)
        for name, field in workspace.profile.items():
            self._profile.setdefault(name, self._profile[field.wire])
        self._nested = {wire.partition(".")[0] for wire in self._profile if "." in wire}
        self._identities = identities
        self._called = {wire for wire, (name, _) in self._profile.items() if name in identities}
        self._ordered = tuple(identifier.name for identifier in workspace.identifiers)

    # ---------------------------------------------------------- reading

    def read(self, raw: bytes | str, received: int, dataset: str = "") -> Record | Rejected:
        """One record from the text of a JSON object, received at an instant, from a dataset."""
        if len(raw) > LARGEST_RECORD:
            reason = f"The record is too large: {len(raw):,} bytes; at most {LARGEST_RECORD:,} are taken."
            return Rejected(shown_raw(raw), reason, "", received, dataset)
        try:
            obj = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            return Rejected(shown_raw(raw), why_not_json(raw, error), "", received, dataset)
        text = raw if raw.__class__ is str else raw.decode()  # type: ignore[union-attr]
        return self.read_object(obj, received, text, dataset)

    def read_object(self, obj: Any, received: int, raw: str = "", dataset: str = "") -> Record | Rejected:
        """One record from an object that is decoded already. `raw` is its text, worked out where it is needed
        when it is "".
        """
        try:
            return self._read(obj, received, raw, dataset)
        except _Refused as refused:
            reason, field = refused.reason, refused.field
        called = as_record(obj, self._profile, self._called)
        if called is not None:
            raw = raw or dumped(obj)
            try:
                return self._read(called, received, raw, dataset)
            except _Refused as refused:
                reason, field = refused.reason, refused.field
                if self._called.isdisjoint(called["profile"]):
                    reason, field = NO_IDENTIFIER, "userId"
        return Rejected(raw or dumped(obj), reason, field, received, dataset)

    def _read(self, obj: Any, received: int, raw: str, dataset: str) -> Record:
        if obj.__class__ is not dict:
            raise _Refused("A record must be a JSON object: { … }.")
        get = obj.get
        name, id, time = get("event"), get("id"), get("time")
        said, properties = get("profile"), get("properties")
        known = 5 - (name is None) - (id is None) - (time is None) - (said is None) - (properties is None)
        if known != len(obj):
            dataset = self._other_parts(obj, dataset)
        # When it happened.
        if time is None:
            at = received
        else:
            at = _instant(time)
            if at > received:
                if at > received + CLOCK_TOLERANCE:
                    said_to_be, came = instant_to_iso(at), instant_to_iso(received)
                    raise _Refused(
                        f"“time” lies in the future: {said_to_be}; it was received at {came}.", "time"
                    )
                at = received
        # Who.
        if said is None and self._needs_nobody(name, properties):
            said = {}
        if said.__class__ is not dict:
            raise _Refused(
                "“profile” must be a group of fields." if said is not None else self._nobody(), "profile"
            )
        if self._nested and not self._nested.isdisjoint(said):
            said = self._flat(said)
        profile: dict[str, Any] = {}
        fields = self._profile
        for wire, value in said.items():
            found = fields.get(wire)
            if found is None:
                raise self._unknown_field(wire)
            try:
                profile[found[0]] = found[1](value)
            except Unfit as unfit:
                raise _Refused(must_be(f"“{wire}”", unfit.what, value, unfit.instead), wire) from None
        identifiers = 0
        for identity in self._ordered:
            if identity in profile:
                if profile[identity] is None:
                    del profile[identity]
                else:
                    identifiers += 1
        if identifiers == 0 and not self._needs_nobody(name, properties):
            raise _Refused(self._nobody(), "profile")
        if identifiers > MOST_IDENTIFIERS:
            reason = f"The record carries {identifiers} identifiers; at most {MOST_IDENTIFIERS} are taken."
            raise _Refused(reason, "profile")
        # What.
        if name is None or name == "":
            if properties:
                raise _Refused("The record has properties but does not say of which event.", "event")
            event, values = "", {}
        else:
            kind = self._kinds.get(name) if name.__class__ is str else None
            if kind is None:
                kind = self._kind(name)
            event = kind.name
            if kind.business and profile:
                reason = f"“{name}” is about the business and happens to nobody: leave “profile” out."
                raise _Refused(reason, "profile")
            given = {} if properties is None else properties
            try:
                values = kind.validate(given)
            except ValidationError as error:
                values = self._patiently(kind, given, error)
        if id.__class__ is not str or not id:
            id = _id(id, obj)
        if len(id) > LONGEST_ID:
            raise _Refused(f"“id” is longer than {LONGEST_ID} characters.", "id")
        return Record(id, event, at, received, profile, values, dataset, False, raw)

    def read_answer(self, webhook: str, body: str) -> dict[str, Any]:
        """The canonical values of a webhook's answer, a JSON object (an empty one has none of them).

        Raises ValueError with the reason when it does not fit, or when there is no such webhook.
        """
        declared = self.workspace.webhooks.get(webhook)
        if declared is None:
            raise ValueError(f"There is no webhook {webhook} any more.")
        fields = declared.answers.fields
        if not fields:
            return {}
        if not body.strip():
            given: Any = {}
        else:
            try:
                given = orjson.loads(body)
            except orjson.JSONDecodeError:
                raise ValueError("The answer is no JSON object.") from None
        kind = _Kind(declared.answers, self)
        try:
            values: dict[str, Any] = kind.validate(given)
        except ValidationError as error:
            try:
                values = self._patiently(kind, given, error)
            except _Refused as refused:
                raise ValueError(refused.reason) from None
        return values

    # ------------------------------------------------- the rarer things

    def _other_parts(self, obj: dict[Any, Any], dataset: str) -> str:
        """Looks at what else stands in a record: its dataset; a misspelt part is refused, others are left."""
        for part in obj:
            if part not in _PARTS and (close := nearest(part, _PARTS)):
                raise _Refused(f"There is no “{part}” in a record: did you mean “{close[0]}”?", part)
        given = obj.get("dataset")
        if given is None:
            return dataset
        if given.__class__ is not str:
            raise _Refused("“dataset” must be a text.", "dataset")
        if given not in self.workspace.datasets:
            close = nearest(given, self.workspace.datasets)
            raise _Refused(f"There is no dataset “{given[:100]}”{did_you_mean(close)}", "dataset")
        return str(given)

    def _needs_nobody(self, name: Any, properties: Any) -> bool:
        """Whether such an event comes without an identifier: it happens to nobody, or names the message it is about."""
        if self.business and self._about_the_business(name):
            return True
        event = self._events.get(name) if self._by_message and isinstance(name, str) else None
        reaction = event is not None and (event.name in REACTIONS or event.name == "unsubscribed")
        return reaction and properties.__class__ is dict and bool(properties.get("message_id"))

    def _about_the_business(self, name: Any) -> bool:
        """Whether an event of that name happens to nobody."""
        event = self._events.get(name) if isinstance(name, str) else None
        return event is not None and event.name in self.business

    def _nobody(self) -> str:
        names = [
            self.workspace.profile[name].wire for name in self._ordered if name in self.workspace.profile
        ]
        listed = ", ".join(f"“{name}”" for name in names) or "an identifier"
        return f"Nobody can tell whose record this is: “profile” must have one of {listed}."

    def _unknown_field(self, wire: str) -> _Refused:
        close = nearest(wire, self._profile)
        return _Refused(f"The profile has no field “{wire[:100]}”{did_you_mean(close)}", wire[:100])

    def _flat(self, said: dict[str, Any]) -> dict[str, Any]:
        """The profile part with nested objects taken apart where a field's wire name is a path into them."""
        flat: dict[str, Any] = {}

        def take(prefix: str, values: dict[str, Any]) -> None:
            for key, value in values.items():
                path = prefix + key
                inside = path + "."
                if (
                    path not in self._profile
                    and value.__class__ is dict
                    and any(wire.startswith(inside) for wire in self._profile)
                ):
                    take(inside, value)
                else:
                    flat[path] = value

        take("", said)
        return flat

    def _kind(self, name: Any) -> _Kind:
        if not isinstance(name, str):
            raise _Refused(must_be("“event”", "the name of an event", name), "event")
        event = self._events.get(name)
        if event is None:
            close = nearest(name, (e.wire for e in self._events.values()), self._events)
            raise _Refused(f"There is no event “{name[:100]}”{did_you_mean(close)}", "event")
        kind = self._kinds[name] = _Kind(event, self)
        return kind

    def _patiently(self, kind: _Kind, given: Any, error: ValidationError) -> dict[str, Any]:
        """The properties read once more, with empty texts as missing and bare amounts in their currency."""
        if given.__class__ is dict:
            mended = self._mended(given, kind.event.fields, None)
            try:
                return kind.validate(mended)  # type: ignore[no-any-return]
            except ValidationError as again:
                error = again
        first = error.errors(include_url=False)[0]
        path = path_of(first["loc"])
        field = self._field_at(kind.event.fields, first["loc"])
        shown = in_words(first["loc"]) if first["loc"] else "“properties”"
        unfit = first.get("ctx", {}).get("error")
        value = first["input"]
        if first["type"] == "missing" or (value is None and first["type"] != "missing"):
            what = f" ({described(field)})" if field is not None else ""
            raise _Refused(f"{shown} is missing: “{kind.event.wire}” needs it{what}.", path)
        if isinstance(unfit, Unfit):
            if field is not None and field.kind == "money" and value.__class__ in (int, float):
                digits = plain_digits(value)
                reason = f"{shown} has no currency: write “{digits} EUR”, or give a “currency” beside it."
                raise _Refused(reason, path)
            raise _Refused(must_be(shown, unfit.what, value, unfit.instead), path)
        what = described(field) if field is not None else "a group of fields"
        raise _Refused(must_be(shown, what, value), path)

    def _mended(
        self, given: dict[str, Any], fields: Mapping[str, checked.Field], currency: Any
    ) -> dict[str, Any]:
        own = given.get("currency")
        if own.__class__ is str and own.strip():
            currency = own
        mended = {key: value for key, value in given.items() if value != ""}
        for field in fields.values():
            for key in {field.wire, field.name, field.wire.partition(".")[0]}:
                if key in mended:
                    mended[key] = self._mend(mended[key], field.type, currency, "." in field.wire)
        return mended

    def _mend(self, value: Any, type: Type, currency: Any, inside: bool = False) -> Any:
        if type.kind == "money" and value.__class__ in (int, float, str) and currency is not None:
            try:
                return money(plain_digits(value), currency)
            except Unfit:
                return value
        if inside and type.kind == "money" and value.__class__ is dict and "amount" not in value:
            own = value.get("currency", currency)
            return {key: self._mend(item, type, own, True) for key, item in value.items()}
        if type.kind == "schema" and value.__class__ is dict:
            return self._mended(value, self.workspace.schemas[type.name].fields, currency)
        if type.kind == "list" and value.__class__ is list and type.of is not None:
            return [self._mend(item, type.of, currency) for item in value]
        return value

    def _field_at(self, fields: Mapping[str, checked.Field], loc: tuple[int | str, ...]) -> Type | None:
        """The type at a place that a validator names, by wire names and positions."""
        type: Type | None = None
        rest = list(loc)
        while rest:
            if type is not None and type.kind == "list" and isinstance(rest[0], int):
                type = type.of
                del rest[0]
                continue
            if type is not None:
                if type.kind != "schema":
                    return None
                fields = self.workspace.schemas[type.name].fields
            for length in range(len(rest), 0, -1):
                wire = ".".join(map(str, rest[:length]))
                found = next((f.type for f in fields.values() if wire in (f.wire, f.name)), None)
                if found is not None:
                    type = found
                    del rest[:length]
                    break
            else:
                return None
        return type

    # -------------------------------------------------------------- CSV

    def read_row(
        self, row: Mapping[str, str], received: int, raw: str, dataset: str = ""
    ) -> Record | Rejected:
        """One record from a row of a CSV file of events: columns `event,id,time,profile.email,…` and fields.

        An empty cell says nothing. A list is written as JSON or with “;” between its items.
        """
        obj: dict[str, Any] = {}
        profile: dict[str, Any] = {}
        properties: dict[str, Any] = {}
        event = self._events.get((row.get("event") or "").strip())
        for column, cell in row.items():
            if cell == "" or cell is None:
                continue
            if column in ("event", "id", "time", "dataset"):
                obj[column] = cell.strip()
            elif column.startswith("profile."):
                name = column[8:]
                field = self.workspace.profile.get(self._profile[name][0]) if name in self._profile else None
                profile[name] = from_cell(cell, field.type if field else None)
            else:
                found = None
                name = column.removeprefix("properties.")
                if event is not None:
                    found = next((f.type for f in event.fields.values() if name in (f.wire, f.name)), None)
                properties[name] = from_cell(cell, found)
        if profile:
            obj["profile"] = profile
        if properties and (event is not None or "event" in obj):
            obj["properties"] = properties
        return self.read_object(obj, received, raw, dataset)

    def field_reader(self, name: str) -> Reader:
        """What reads a profile field's values. Raises KeyError for a field there is not."""
        return self._profile[self.workspace.profile[name].wire][1]

    # ------------------------------------------------------ JSON Schema

    def json_schema(self, event: str) -> dict[str, Any]:
        """The record of one kind of event as JSON Schema (2020-12). Raises KeyError for an unknown event."""
        return event_schema(self.workspace, event)


def from_cell(cell: str, type: Type | None) -> Any:
    """The text of a CSV cell as the JSON that its type expects."""
    text = cell.strip()
    if type is None or type.kind not in ("list", "schema"):
        return cell
    if text[:1] in ("[", "{"):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return cell
    if type.kind == "list":
        return [item.strip() for item in text.split(";") if item.strip()]
    return cell


# ------------------------------------------------------------------ words


def _instant(time: Any) -> int:
    try:
        if time.__class__ is str:
            at = parse_instant(time)
            if at >= 0:
                return at
    except (ValueError, OverflowError):
        pass
    raise _Refused(must_be("“time”", "a moment since 1970 such as “2026-11-23T09:00:00Z”", time), "time")


def _id(given: Any, obj: dict[str, Any]) -> str:
    """An id that is a number is its digits; without one the hash of the record is its id."""
    if given is None or given == "":
        whole = orjson.dumps(obj, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
        return "hash:" + hashlib.blake2b(whole, digest_size=16).hexdigest()
    try:
        return str(read_text(given))
    except Unfit:
        raise _Refused(must_be("“id”", "a text", given), "id") from None
