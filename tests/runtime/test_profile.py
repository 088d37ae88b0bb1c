"""What is known of one person, as the command line and HTTP show it."""

from __future__ import annotations

import pytest

from sojourn.interpreter.compile import Program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.profile import profile_of
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.core.building import days
from tests.runtime.shop import DAY, HOUR, MINUTE, MONDAY, shop_builder, wire

ADA = {"email": "ada@example.com", "device_id": "d1", "first_name": "Ada"}


def test_everything_about_ada(store: Store, shop: Program, door: Door) -> None:
    """Ada buys for 80 EUR, and later leaves a cart. She is looked up by any of her identifiers."""
    writer = Writer(store, shop, EventClock(MONDAY))
    lines = [
        wire("e1", MONDAY, "purchase", ADA, {"total": "80 EUR"}),
        wire(
            "e2", MONDAY + MINUTE, "cart_abandoned", {"device_id": "d1"}, {"cart_id": "c", "total": "59 EUR"}
        ),
    ]
    writer.take([[r for line in lines if isinstance(r := door.read(line, MONDAY + DAY), Record)]])
    now = MONDAY + 2 * MINUTE
    ada = profile_of(store, shop, "email:Ada@example.com", now)
    assert profile_of(store, shop, "d1", now) == profile_of(store, shop, ada.number, now) == ada
    assert [(i.namespace, i.value, i.first_seen, i.last_seen) for i in ada.identifiers] == [
        ("email", "ada@example.com", MONDAY, MONDAY), ("device_id", "d1", MONDAY, MONDAY + MINUTE),
    ]  # fmt: skip
    assert [(f.name, f.value, f.at) for f in ada.fields if f.name == "first_name"] == [
        ("first_name", "Ada", MONDAY)
    ]
    assert ada.attributes == {"spent": "80 EUR"}
    assert ada.audiences == {"buyers": MONDAY}
    assert [(run.journey, run.label, run.until) for run in ada.runs] == [
        ("cart_rescue", "wait 1 hour", MONDAY + MINUTE + HOUR)
    ]
    assert [event.event for event in ada.events] == ["purchase", "cart_abandoned"]
    assert [(m.message, m.status) for m in ada.messages] == [("thanks", "pending")]
    kinds = [activity.kind for activity in ada.activity]
    assert kinds == ["entered", "started", "sent", "ended", "started", "waiting"]
    assert ada.wake == MONDAY + MINUTE + HOUR
    with pytest.raises(LookupError):
        profile_of(store, shop, "nobody@example.com", now)


def test_looking_at_somebody_under_a_newer_program_changes_nothing(
    store: Store, shop: Program, door: Door
) -> None:
    """A new audience shows Ada as a member at once; the store is as it was."""
    writer = Writer(store, shop, EventClock(MONDAY))
    read = door.read(wire("e1", MONDAY, "purchase", ADA, {"total": "80 EUR"}), MONDAY)
    writer.take([[read]])
    before = store.rows("SELECT * FROM person")
    changed = shop_builder()
    changed.audience("fans", changed.has("purchase", last=days(90)))
    ada = profile_of(store, changed.program(), "ada@example.com", MONDAY + MINUTE)
    assert set(ada.audiences) == {"buyers", "fans"}
    assert store.rows("SELECT * FROM person") == before
