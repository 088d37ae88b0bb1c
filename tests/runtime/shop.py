"""A shop for the tests of the runtime: a rescue of carts, an audience that time ends, and a stream of
events for it.
"""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import orjson

from sojourn.dsl.values import DAY, HOUR, MINUTE, SECOND, instant_to_iso, parse_instant
from sojourn.interpreter.compile import Program
from tests.core.building import Shop, c, compare, days, entering, event_field, exit_on, hours, money, on, send

MONDAY = parse_instant("2026-03-02T10:00:00Z")


def shop_builder(greeting: str = "Hi") -> Shop:
    """The declarations of the shop; tests add to them."""
    shop = Shop()
    shop.attribute("spent", shop.history("sum", "purchase", "total"))
    shop.audience("buyers", shop.has("purchase", last=days(30)))
    shop.audience("browsers", shop.has("visit", 2, last=hours(2)))
    shop.message(
        "reminder",
        "service",
        email={"subject": f"{greeting} {{{{ profile.first_name }}}}", "body": "<p>Your cart</p>"},
    )
    shop.message("thanks", "service", email={"subject": "Thank you", "body": "<p>Thanks</p>"})
    shop.journey(
        "cart_rescue",
        [on("cart_abandoned", compare(">", event_field("cart_abandoned", "total"), money("20 EUR")))],
        [
            ("wait 1 hour", c.Wait(hours(1))),
            (
                "split first",
                c.Split("first", (c.Arm("mail", Decimal("0.5"), 2), c.Arm("none", Decimal("0.5"), 4))),
            ),
            ("send reminder", send("reminder")),
            ("wait for visit", c.WaitFor("visit", None, None, days(1), False, 4, 4)),
            ("wait 2 hours", c.Wait(hours(2))),
        ],
        exits=[exit_on("purchase")],
    )
    shop.journey("welcome", [entering("buyers")], [("send thanks", send("thanks"))], again="never")
    return shop


def shop_program(greeting: str = "Hi") -> Program:
    """The compiled shop."""
    return shop_builder(greeting).program()


def wire(
    id: str, at: int, event: str, profile: dict[str, Any], properties: dict[str, Any] | None = None
) -> bytes:
    """A record as it comes over the wire."""
    record: dict[str, Any] = {"id": id, "time": instant_to_iso(at), "profile": profile}
    if event:
        record["event"] = event
    if properties:
        record["properties"] = properties
    return orjson.dumps(record)


def stream(count: int, people: int, seed: int = 1, step: int = 20 * SECOND) -> list[bytes]:
    """Records in order of time: visits, carts, purchases; some with two identifiers, some twice, some
    late.
    """
    rng = random.Random(seed)
    lines: list[bytes] = []
    at = MONDAY
    for n in range(count):
        at += rng.randrange(step)
        who = rng.randrange(people)
        profile: dict[str, Any] = {"email": f"p{who}@example.com"}
        kind = rng.random()
        if kind < 0.15:
            profile = {"device_id": f"d{rng.randrange(people * 2)}"}
        elif kind < 0.25:
            profile["device_id"] = f"d{who * 2 + rng.randrange(2)}"
        elif kind < 0.3:
            profile["first_name"] = f"Name {rng.randrange(9)}"
        what = rng.random()
        happened = at - (rng.randrange(3 * HOUR) if rng.random() < 0.05 else 0)
        if what < 0.55:
            lines.append(wire(f"e{n}", happened, "visit", profile, {"page": f"/{rng.randrange(20)}"}))
        elif what < 0.75:
            cart = {"cart_id": f"c{n}", "total": f"{rng.randrange(10, 90)} EUR"}
            lines.append(wire(f"e{n}", happened, "cart_abandoned", profile, cart))
        elif what < 0.9:
            lines.append(
                wire(f"e{n}", happened, "purchase", profile, {"total": f"{rng.randrange(5, 200)} EUR"})
            )
        elif what < 0.95 and lines:
            lines.append(rng.choice(lines))
        else:
            lines.append(wire(f"e{n}", happened, "", profile))
    return lines


__all__ = ["DAY", "HOUR", "MINUTE", "MONDAY", "SECOND", "shop_builder", "shop_program", "stream", "wire"]
