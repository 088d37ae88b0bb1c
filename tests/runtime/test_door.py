# ruff: noqa: E501 - tables of sentences, a case to a line
"""The door: what comes in, in which form, and what is said of what does not."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.dsl import checked
from sojourn.dsl.types import (
    BOOLEAN,
    COUNTRY,
    DATE,
    DATETIME,
    DURATION,
    EMAIL,
    INTEGER,
    LANGUAGE,
    LOCATION,
    MONEY,
    NUMBER,
    PERCENT,
    PHONE,
    TEXT,
    TIME,
    TIMEZONE,
    URL,
    Type,
    list_of,
    one_of,
    ref,
    schema_type,
)
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import LARGEST_RECORD, Door, Rejected
from sojourn.interpreter.door.sources import SourceError, open_file, open_stream
from sojourn.interpreter.door.types import Unfit, reader
from tests.core.building import Shop, field
from tests.runtime.shop import MINUTE, MONDAY


def wired(name: str, type: Type, wire: str, **more: Any) -> checked.Field:
    return checked.Field(name, type, wire, **more)


@pytest.fixture(scope="module")
def door() -> Door:
    """A shop whose cart has names of its own on the wire, nested fields and lists of groups."""
    cart = {
        f.name: f
        for f in [
            field("cart_id", TEXT, required=True),
            field("total", MONEY, required=True),
            field("items", list_of(schema_type("Item"))),
            wired("page", URL, "page.url"),
            wired("visits", INTEGER, "Visit Count", default=1),
        ]
    }
    item = {f.name: f for f in [field("product", ref("product"), required=True), field("price", MONEY)]}
    workspace = Shop().workspace()
    profile = {
        **workspace.profile,
        "nick": wired("nick", TEXT, "nickName"),
        "city": wired("city", TEXT, "address.city"),
    }
    events = {**workspace.events, "cart_abandoned": checked.Event("cart_abandoned", "Cart Abandoned", cart)}
    return Door(
        dataclasses.replace(
            workspace, profile=profile, events=events, schemas={"Item": checked.Schema("Item", item)}
        )
    )


def read(door: Door, **parts: Any) -> Record | Rejected:
    """A record, of Ada unless said otherwise."""
    parts.setdefault("profile", {"email": "ada@example.com"})
    return door.read(orjson.dumps(parts), MONDAY)


def reason(door: Door, **parts: Any) -> str:
    """Why a record was set aside."""
    found = read(door, **parts)
    assert isinstance(found, Rejected), found
    assert orjson.loads(found.raw).keys() == parts.keys() | {"profile"}
    return found.reason


def cart(**properties: Any) -> dict[str, Any]:
    """An abandoned cart that fits, but for what is given."""
    return {"event": "Cart Abandoned", "properties": {"cart_id": "c1", "total": "59 EUR", **properties}}


def test_a_record_comes_in_canonical_form(door: Door) -> None:
    found = read(
        door,
        event="Cart Abandoned",
        id=17,
        time="2026-03-02T09:30:00+01:00",
        profile={"email": " Ada@Example.COM ", "nickName": "A", "address": {"city": "Ulm"}, "country": "de",
                 "consent.offers": True, "device_id": None},
        properties={"cart_id": 5, "total": 59.9, "currency": "EUR", "page": {"url": "https://x.example/"},
                    "items": [{"product": "p1", "price": 12}, {"product": "p2", "price": ""}], "more": 1},
    )  # fmt: skip
    assert isinstance(found, Record)
    assert (found.id, found.event, found.at, found.received) == (
        "17",
        "cart_abandoned",
        MONDAY - 90 * MINUTE,
        MONDAY,
    )
    assert found.profile == {
        "email": "ada@example.com", "nick": "A", "city": "Ulm", "country": "DE", "consent.offers": True,
    }  # fmt: skip
    assert found.properties == {
        "cart_id": "5", "total": "59.9 EUR", "page": "https://x.example/", "visits": 1,
        "items": [{"product": "p1", "price": "12 EUR"}, {"product": "p2"}],
    }  # fmt: skip
    assert orjson.loads(found.raw)["properties"]["more"] == 1


def test_without_an_id_the_same_record_has_the_same_one(door: Door) -> None:
    one, two = read(door, event="visit"), read(door, event="visit")
    other = read(door, event="visit", properties={"page": "/"})
    assert isinstance(one, Record) and isinstance(two, Record) and isinstance(other, Record)
    assert one.id == two.id != other.id
    assert one.id.startswith("hash:")


def test_a_clock_that_is_a_little_ahead(door: Door) -> None:
    """Nine minutes ahead counts as now; an hour ahead is set aside."""
    ahead = read(door, event="visit", time="2026-03-02T10:09:00Z")
    assert isinstance(ahead, Record)
    assert ahead.at == MONDAY
    assert reason(door, event="visit", time="2026-03-02T11:00:00Z") == (
        "“time” lies in the future: 2026-03-02T11:00:00Z; it was received at 2026-03-02T10:00:00Z."
    )


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"event": "Cart Abandond"}, "There is no event “Cart Abandond”: did you mean “Cart Abandoned”?"),
        ({"event": 5}, "“event” must be the name of an event, not 5."),
        ({"event": "visit", "propertis": {}}, "There is no “propertis” in a record: did you mean “properties”?"),
        ({"properties": {"a": 1}}, "The record has properties but does not say of which event."),
        ({"event": "visit", "dataset": "web"}, "There is no dataset “web”."),
        ({"event": "visit", "time": 5}, "“time” must be a moment since 1970 such as “2026-11-23T09:00:00Z”, not 5."),
        ({"event": "visit", "id": "x" * 201}, "“id” is longer than 200 characters."),
        ({"event": "visit", "id": ["a"]}, "“id” must be a text, not [\"a\"]."),
        ({"event": "visit", "profile": {"emial": "a@b.de"}}, "The profile has no field “emial”: did you mean “email”?"),
        ({"event": "visit", "profile": {"email": "a@b"}},
         "“email” must be an email address such as “ada@example.com”, not “a@b”."),
        ({"event": "visit", "profile": {"first_name": "Ada"}},
         "Nobody can tell whose record this is: “profile” must have one of “crm_id”, “email”, “device_id”."),
        ({"event": "visit", "profile": {"email": ""}},
         "Nobody can tell whose record this is: “profile” must have one of “crm_id”, “email”, “device_id”."),
        ({"event": "visit", "profile": {"device_id": "undefined"}},
         "“device_id” must be an identifier of one person (leave it out when it is unknown), not “undefined”."),
        ({"event": "visit", "profile": {"device_id": "d" * 501}},
         "“device_id” must be an identifier of at most 500 characters, not “" + "d" * 57 + "…”."),
        ({"event": "visit", "profile": {"email": "a@b.de", "country": "Germany"}},
         "“country” must be a country code of two letters such as “DE”, not “Germany”. Did you mean “DE”?"),
        ({"event": "visit", "profile": {"email": "a@b.de", "tags": "new"}}, "“tags” must be a list, not “new”."),
        ({"event": "visit", "profile": {"email": "a@b.de", "loyalty": "platin"}},
         "“loyalty” must be one of bronze, silver, gold, not “platin”."),
        (cart(total="abc"), "“total” must be an amount of money such as “59 EUR”, not “abc”."),
        (cart(total=59), "“total” has no currency: write “59 EUR”, or give a “currency” beside it."),
        (cart(total="59 EURO"), "“total” must be an amount of money such as “59 EUR”, not “59 EURO”. Did you mean “59 EUR”?"),
        (cart(total={"amount": 1e300, "currency": "EUR"}),
         "“total” must be an amount of money such as “59 EUR”, not {\"amount\":1e+300,\"currency\":\"EUR\"}."),
        (cart(cart_id=""), "“cart_id” is missing: “Cart Abandoned” needs it (a text)."),
        (cart(cart_id=None), "“cart_id” is missing: “Cart Abandoned” needs it (a text)."),
        (cart(cart_id=True), "“cart_id” must be a text, not true."),
        (cart(items="p1"), "“items” must be a list, not “p1”."),
        (cart(items=[{"product": "p"}, {"product": "q", "price": "x"}]),
         "“price” in item 2 of “items” must be an amount of money such as “59 EUR”, not “x”."),
        (cart(items=[{"price": "1 EUR"}]),
         "“product” in item 1 of “items” is missing: “Cart Abandoned” needs it (a key of the catalog product)."),
        ({"event": "Cart Abandoned", "properties": [1]}, "“properties” must be a group of fields, not [1]."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_in_a_sentence(door: Door, parts: dict[str, Any], says: str) -> None:
    assert reason(door, **parts) == says


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "The record is empty."),
        (b'{"event": "visit", "profi', "The record is cut off: its last } is missing."),
        (b"[]", "A record must be a JSON object: { … }."),
        (b"NaN", "The record is not JSON: unexpected character, expected a JSON value at character 1."),
        (b'{"event": "caf\xe9"}', "The text is not UTF-8: byte 15 is 0xe9 (Windows-1252 or Latin-1?)."),
        ('{"event": "visit"}'.encode("utf-16"), "The text is UTF-16; records must be UTF-8."),
        (b"[" * 5000, "The record is not JSON"),
        (b"x" * (LARGEST_RECORD + 1), "The record is too large: 1,000,001 bytes; at most 1,000,000 are taken."),
        ('{"event": "\ud800"}', "The record is not JSON"),
        (b'{"event": "visit", "profile": {"email": "a@b.de"}, "time": "2026-13-40"}', "“time” must be a moment"),
    ],
)  # fmt: skip
def test_texts_that_are_no_record(door: Door, raw: bytes | str, says: str) -> None:
    found = door.read(raw, MONDAY)
    assert isinstance(found, Rejected)
    assert found.reason.startswith(says)
    assert isinstance(found.raw.encode(), bytes)  # it can be stored


@pytest.mark.parametrize(
    ("type", "given", "canonical"),
    [
        (EMAIL, "Ada.Lovelace@EXAMPLE.com", "Ada.Lovelace@example.com"), (EMAIL, "a@b", Unfit), (EMAIL, "a b@c.de", Unfit),
        (EMAIL, "a..b@c.de", Unfit), (EMAIL, "jürgen@müller.de", "jürgen@müller.de"),
        (PHONE, "+33 6 12 34 56 78", "+33612345678"), (PHONE, "0049 30 1234567", "+49301234567"),
        (PHONE, "12345", Unfit), (PHONE, "+33", Unfit),
        (COUNTRY, "fr", "FR"), (COUNTRY, "XX", Unfit), (COUNTRY, "FRA", Unfit),
        (LANGUAGE, "PT_br", "pt-BR"), (LANGUAGE, "zh-hant-tw", "zh-Hant-TW"), (LANGUAGE, "french", Unfit),
        (TIMEZONE, "Europe/Paris", "Europe/Paris"), (TIMEZONE, "Paris", Unfit), (TIMEZONE, "../etc/passwd", Unfit),
        (URL, "https://x.example/a?b", "https://x.example/a?b"), (URL, "javascript:alert(1)", Unfit),
        (DATE, "2026-11-23", "2026-11-23"), (DATE, "2026-02-30", Unfit), (DATE, "23.11.2026", Unfit), (DATE, 5, Unfit),
        (TIME, "9:00", "09:00:00"), (TIME, "25:00", Unfit),
        (DATETIME, "2026-11-23T09:00:00+01:00", "2026-11-23T08:00:00Z"), (DATETIME, "0001-01-01T00:00:00+10:00", Unfit),
        (DURATION, "P1W", "P7D"), (DURATION, "3 days", Unfit), (DURATION, "P" + "9" * 100 + "D", Unfit),
        (MONEY, "59.90 EUR", "59.90 EUR"), (MONEY, {"amount": 59, "currency": "eur"}, "59 EUR"),
        (MONEY, "59.90 XXX", Unfit), (MONEY, "1e999999 EUR", Unfit), (MONEY, 5, Unfit),
        (NUMBER, "12.50", 12.5), (NUMBER, 3.0, 3), (NUMBER, True, Unfit), (NUMBER, "1e999", Unfit), (NUMBER, 10**30, Unfit),
        (INTEGER, "3", 3), (INTEGER, 3.0, 3), (INTEGER, 3.5, Unfit), (INTEGER, True, Unfit), (INTEGER, "three", Unfit),
        (PERCENT, "15%", 0.15), (PERCENT, 0.15, 0.15), (PERCENT, "%", Unfit),
        (BOOLEAN, "yes", True), (BOOLEAN, 0, False), (BOOLEAN, "x", True), (BOOLEAN, "maybe", Unfit), (BOOLEAN, 2, Unfit),
        (LOCATION, [48.85, 2.35], [48.85, 2.35]), (LOCATION, "48.85, 2.35", [48.85, 2.35]),
        (LOCATION, {"lat": 1, "lng": 2}, [1.0, 2.0]), (LOCATION, [91, 0], Unfit), (LOCATION, [1], Unfit),
        (one_of("bronze", "gold"), " Gold ", "gold"), (one_of("bronze", "gold"), ["gold"], Unfit),
        (TEXT, 12, "12"), (TEXT, {"a": 1}, Unfit), (DATE, "", None), (MONEY, None, None), (EMAIL, "  ", None),
    ],
)  # fmt: skip
def test_each_type_in_its_own_terms(type: Type, given: Any, canonical: Any) -> None:
    if canonical is Unfit:
        with pytest.raises(Unfit):
            reader(type)(given)
    else:
        assert reader(type)(given) == canonical


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(
    parts=st.dictionaries(st.sampled_from(["event", "id", "time", "profile", "properties", "x"]), ANYTHING),
    total=ANYTHING,
)
def test_nothing_raises_whatever_comes(parts: dict[str, Any], total: Any) -> None:
    """Any JSON is a record or a rejected one whose reason is a sentence."""
    door = Door(Shop().workspace())
    for obj in (
        parts,
        {
            "event": "purchase",
            "profile": {"email": "a@b.de"},
            "properties": {"total": total, "points": total},
        },
    ):
        found = door.read(orjson.dumps(obj), MONDAY)
        assert isinstance(found, Record) or found.reason[-1] in ".?}"


def test_the_schema_for_programmers(door: Door) -> None:
    schema = door.json_schema("cart_abandoned")
    assert schema["properties"]["event"] == {"const": "Cart Abandoned"}
    assert schema["properties"]["properties"]["required"] == ["cart_id", "total"]
    assert schema["properties"]["properties"]["properties"]["page"]["properties"]["url"]["format"] == "uri"
    assert schema["$defs"]["Item"]["properties"]["price"]["pattern"].endswith("[A-Z]{3}$")


# ------------------------------------------------------------------ files


def test_json_lines_go_on_where_they_stopped(door: Door, tmp_path: Path) -> None:
    line = b'{"event": "visit", "profile": {"email": "a@b.de"}, "properties": {"page": "/%d"}}\n'
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + line % 1 + b"\n" + b"caf\xe9\n" + line % 2 + (line % 3)[:-1])
    reading = open_file(path, door, lambda: MONDAY)
    first = next(reading)
    assert isinstance(first, Record)
    stopped = reading.done
    rest = list(open_file(path, door, lambda: MONDAY, offset=stopped))
    assert [type(found).__name__ for found in rest] == ["Rejected", "Record", "Record"]
    assert [r.properties["page"] for r in rest if isinstance(r, Record)] == ["/2", "/3"]
    with pytest.raises(SourceError, match="shorter"):
        open_file(path, door, lambda: MONDAY, offset=10**6)
    with pytest.raises(SourceError, match="There is no file"):
        open_file(tmp_path / "nowhere.jsonl", door, lambda: MONDAY)


def test_events_from_a_spreadsheet(door: Door, tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text(
        "event;id;time;profile.email;cart_id;total;items;page.url\n"
        'Cart Abandoned;e1;2026-03-02T09:00:00Z;ada@example.com;c1;59 EUR;"[{""product"": ""p1""}]";https://x.example/\n'
        "Cart Abandoned;e2;2026-03-02 9:00;ada@example.com;c1\n"
        "visit;e3;2026-03-02 8:30;ben@example.com;;;;\n"
    )
    cart, short, visit = open_file(path, door, lambda: MONDAY)
    assert isinstance(cart, Record)
    assert cart.properties["items"] == [{"product": "p1"}]
    assert cart.properties["page"] == "https://x.example/"
    assert isinstance(short, Rejected)
    assert short.reason == "The row has 5 cells where the first line names 8 columns."
    assert isinstance(visit, Record)
    assert (visit.event, visit.profile) == ("visit", {"email": "ben@example.com"})
    assert visit.at == MONDAY - 90 * MINUTE


def test_a_list_in_a_pipe(door: Door) -> None:
    text = b'[\n {"event": "visit", "profile": {"email": "a@b.de"}},\n {"event": "nope"}\n]\n'
    found = list(open_stream(io.BytesIO(text), door, lambda: MONDAY))
    assert [type(item).__name__ for item in found] == ["Record", "Rejected"]
