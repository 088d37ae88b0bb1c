"""What happened to each person, told in one way by the oracle, the simulator and the store, to be compared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from sojourn.interpreter.core.effects import Activity
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.simulation.simulate import Simulation
from tests.oracle.chance import draw
from tests.oracle.world import Oracle

__all__ = [
    "Line",
    "Told",
    "draw",
    "outbox_of",
    "told_by_oracle",
    "told_by_simulation",
    "told_by_store",
    "without_ties",
]

Told = dict[tuple[str, ...], list["Line"]]
"""By the person's identifiers: what happened, in order."""


class Line(NamedTuple):
    """One thing that happened; runs are numbered in the order in which a person's began."""

    at: int
    kind: str
    journey: str
    run: int
    what: Any


REASONS = {
    "no consent": "consent", "suppressed": "suppressed", "no email address": "address", "no phone number": "address",
    "no push token": "address", "limit ": "limit", "quiet hours": "quiet", "expired": "expired",
    "no variant for": "words", "has nothing for": "words",
}  # fmt: skip


def _why(because: str) -> list[str]:
    """Which reasons for sending nothing stand in a sentence."""
    return sorted({reason for words, reason in REASONS.items() if words in because}) or [because]


def _what(kind: str, detail: dict[str, Any], step: str) -> Any:
    match kind:
        case "started":
            return detail["because"]
        case "ended":
            return "ends after" if detail["because"].startswith("ends after") else detail["because"]
        case "waiting":
            return step, detail.get("until")
        case "called":
            return step, detail["webhook"]
        case "offered":
            return step, detail["decision"], detail["offer"]
        case "recommended":
            return step, detail["recommendation"], list(detail["items"])
        case "answered":
            return step, detail["webhook"]
        case "branched":
            return step, detail["branch"]
        case "split":
            return detail["split"], detail["arm"]
        case "sent":
            return step, detail["message"], detail["channel"], detail["address"]
        case "not sent":
            return step, detail["message"], _why(detail["because"])
        case "held":
            return step, detail["message"], detail["channel"], detail["until"]
        case "set":
            return detail["field"], detail["value"]
        case "converted":
            return detail["event"], tuple(sorted(detail["arms"].items()))
        case "entered" | "left":
            return detail["audience"], detail["why"]
        case "emitted":
            return step, detail["event"]
        case "enters" | "not entered":
            return step, detail["other"]
        case "link refused" | "identifier moved":
            return detail["identifier"]
        case "merged":
            return detail["key"]
    return None


def _lines(told: Iterable[tuple[int, str, str, Any, str, dict[str, Any]]]) -> list[Line]:
    numbers: dict[Any, int] = {"": 0, 0: 0}
    return [
        Line(at, kind, journey, numbers.setdefault(run, len(numbers) - 1), _what(kind, detail, step))
        for at, kind, journey, run, step, detail in told
    ]


def _identifiers(who: Person) -> tuple[str, ...]:
    return tuple(sorted(f"{name}:{value}" for name, values in who.identifiers.items() for value in values))


def told_by_oracle(oracle: Oracle) -> Told:
    """What the oracle says."""
    return {
        tuple(sorted(f"{name}:{value}" for name, value in who.identifiers)): _lines(
            (d.at, d.kind, d.journey, d.run, d.step, d.detail) for d in who.did
        )
        for who in oracle.people
    }


def told_by_simulation(simulation: Simulation) -> Told:
    """What the simulator says; it has to have kept everybody's history."""
    return {
        _identifiers(who): _lines(
            (a.at, a.kind, a.journey, a.run, a.step, a.detail)
            for a in simulation.history.get(number, ())
            if isinstance(a, Activity)
        )
        for number, who in simulation.people
    }


IDENTITY = ("identifier moved", "link refused")
"""What a record says of who it is; what time brings at its very instant comes before or after that."""


def without_ties(told: Told) -> Told:
    """For people who were two: what happened to the one and the other at one instant in any order.

    The simulator keeps a history for each of them, and runs of both that began at one instant have no order.
    """
    return {
        who: sorted((line._replace(run=0) for line in lines), key=lambda line: (line.at, repr(line)))
        if any(line.kind == "merged" for line in lines)
        else sorted(lines, key=lambda line: (line.at, line.kind not in IDENTITY))
        for who, lines in told.items()
    }


def told_by_store(store: Store) -> Told:
    """What stands in a store's tables."""
    told = {}
    for number, document in store.rows("SELECT number, document FROM person"):
        rows = store.rows(
            "SELECT at, kind, journey, run, step, detail FROM activity WHERE person = ? ORDER BY at, number",
            (number,),
        )
        lines = _lines(
            (at, kind, journey, run, step, orjson.loads(d)) for at, kind, journey, run, step, d in rows
        )
        told[_identifiers(Person.from_document(orjson.loads(document)))] = lines
    return told


def outbox_of(store: Store) -> list[tuple[Any, ...]]:
    """What was put into the outbox, in order of time."""
    return store.rows(
        "SELECT at, message, channel, address, journey FROM outbox WHERE channel <> 'call' ORDER BY 1, 2, 3, 4, 5"
    )


def calls_of(store: Store) -> list[tuple[Any, ...]]:
    """What webhooks were asked, in order of time."""
    rows = store.rows(
        "SELECT at, message, journey, parts FROM outbox WHERE channel = 'call' ORDER BY 1, 2, 3, 4"
    )
    return [
        (at, name, journey, orjson.loads(orjson.loads(parts)["body"])) for at, name, journey, parts in rows
    ]
