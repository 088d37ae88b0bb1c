"""Events that a journey emits, in the store: kept like others, once, and counted again under other rules."""

from __future__ import annotations

import orjson

from sojourn.interpreter.compile import Program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.core.building import Shop, c, compare, constant, hours, on, send
from tests.runtime.shop import HOUR, MINUTE, MONDAY, wire


def program(at_least: int) -> Program:
    shop = Shop()
    shop.message("thanks", "service", email={"subject": "Thank you", "body": "<p>Thanks</p>"})
    visits = shop.history("count", "visit")
    shop.audience("regulars", compare(">=", visits, constant(at_least)))
    page = next(f.type for f in [c.Field("page", constant("x").type, "page")])
    shop.journey(
        "after_cart",
        [on("cart_abandoned")],
        [
            ("wait 1 hour", c.Wait(hours(1))),
            ("emit visit", c.EmitEvent("visit", (("page", constant("/cart"), page),))),
        ],
    )
    shop.journey("thank", [on("visit")], [("send thanks", send("thanks"))])
    return shop.program()


def cart(door: Door, id: str, at: int) -> Record:
    read = door.read(wire(id, at, "cart_abandoned", {"email": "ada@example.com"}), at)
    assert isinstance(read, Record)
    return read


def test_it_is_stored_with_what_it_brings_in_one_transaction(store: Store) -> None:
    rules = program(1)
    writer = Writer(store, rules, EventClock(MONDAY))
    door = Door(rules.workspace)
    writer.take([[cart(door, "c1", MONDAY)]])
    writer.take([[cart(door, "c2", MONDAY + 2 * HOUR)]])
    writer.bring_due()
    rows = store.rows("SELECT id, event, at, dataset, properties FROM event ORDER BY number")
    assert [(event, at - MONDAY, dataset) for _, event, at, dataset, _ in rows] == [
        ("cart_abandoned", 0, ""),
        ("cart_abandoned", 2 * HOUR, ""),
        ("visit", HOUR, "journey after_cart"),
    ]
    assert orjson.loads(rows[2][4]) == {"page": "/cart"}
    assert store.one("SELECT count(*) FROM outbox WHERE message = 'thanks'") == 1
    assert store.rows("SELECT audience FROM member") == [("regulars",)]


def test_other_rules_count_it_from_the_store(store: Store) -> None:
    clock = EventClock(MONDAY)
    writer = Writer(store, program(1), clock)
    door = Door(program(1).workspace)
    writer.take([[cart(door, "c1", MONDAY)]])
    clock.advance(MONDAY + HOUR + MINUTE)
    writer.bring_due()
    assert store.rows("SELECT audience FROM member") == [("regulars",)]
    writer.use(program(2))
    while writer.sweep():
        pass
    assert store.rows("SELECT audience FROM member") == []
    writer.use(program(1))
    while writer.sweep():
        pass
    assert store.rows("SELECT audience FROM member") == [("regulars",)]
