"""A simulation gives the same result every time: in another process, and taken up again from JSON at any moment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.interpreter.compile import Program
from sojourn.interpreter.core.effects import Activity, Outgoing
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.memory import MemoryPeople
from sojourn.interpreter.simulation.simulate import Simulation, simulate

SCRIPT = """
import hashlib, json, sys
sys.path.insert(0, sys.argv[1])
from conftest import MONDAY, SHOP
from sojourn.dsl.values import MINUTE
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.simulation.simulate import simulate

program = compile_program(compile_texts({"shop.journey": SHOP}).workspace)
records = []
for n in range(600):
    at = MONDAY + n * 17 * MINUTE
    who = {"email": f"p{n * 7 % 40}@example.com", "consent.offers": n % 3 == 0}
    if n % 11 == 0:
        who["device_id"] = f"d{n % 5}"
    event = ("cart_abandoned", "visit", "purchase", "visit")[n % 4]
    said = {"visit": {"page": "/"}, "purchase": {"total": "9 EUR"}}.get(event, {"cart_id": "c", "total": "30 EUR"})
    records.append(Record(f"e{n}", event, at, at, who, said))
simulation = simulate(program, records, keep_activity=True)
print(json.dumps(simulation.report.to_data()))
print(json.dumps(simulation.people.to_documents()))
for history in simulation.history.values():
    for entry in history:
        print(repr(entry))
"""


def test_two_processes_with_other_hash_seeds_say_the_same() -> None:
    said = []
    for seed in ("1", "4711"):
        ran = subprocess.run(
            [sys.executable, "-c", SCRIPT, os.path.dirname(__file__)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        said.append(ran.stdout)
    assert said[0] == said[1]
    assert orjson.loads(said[0].splitlines()[0])["messages"] == 10


def told(simulation: Simulation) -> list[str]:
    """Everything that happened, by person and time, numbers of people left out."""
    found = []
    for number, history in simulation.history.items():
        key = simulation.people.load(number).key
        for entry in history:
            if isinstance(entry, Activity | Outgoing):
                found.append(f"{entry.at:020d} {key} {entry!r}")
    return sorted(found)


EMAILS = ("ada@example.com", "ben@example.com")
DEVICES = ("d1", "d2")
MINUTES = st.integers(0, 70 * 24 * 60)


@st.composite
def some_records(draw: st.DrawFn) -> list[tuple[int, str, dict[str, Any], dict[str, Any]]]:
    found = []
    for _ in range(draw(st.integers(1, 14))):
        profile: dict[str, Any] = {}
        if draw(st.booleans()):
            profile["email"] = draw(st.sampled_from(EMAILS))
        if not profile or draw(st.booleans()):
            profile["device_id"] = draw(st.sampled_from(DEVICES))
        if draw(st.booleans()):
            profile["consent.offers"] = draw(st.booleans())
        event = draw(st.sampled_from(("", "visit", "purchase", "cart_abandoned")))
        money = draw(st.sampled_from(("20 EUR", "30 EUR", "50 EUR")))
        properties = {
            "visit": {"page": "/"}, "purchase": {"total": money}, "cart_abandoned": {"cart_id": "c", "total": money},
        }.get(event, {})  # fmt: skip
        found.append((draw(MINUTES), event, profile, properties))
    return found


@settings(max_examples=60, deadline=None)
@given(said=some_records(), pause=MINUTES)
def test_in_one_go_or_put_away_in_the_middle_is_the_same(
    shop: Program,
    happens: Callable[..., Record],
    said: list[tuple[int, str, dict[str, Any], dict[str, Any]]],
    pause: int,
) -> None:
    start = happens("0", "0:00", "").at

    def records() -> list[Record]:
        # Each of its own instant and id: records of one instant keep the order in which they came.
        return [
            Record(f"e{n}", event, at, at, dict(profile), dict(properties))
            for n, (minute, event, profile, properties) in enumerate(said)
            for at in [start + minute * 60_000_000 + n]
        ]

    noon = start + pause * 60_000_000 + 500
    whole = simulate(shop, records(), keep_activity=True)
    first = simulate(shop, records(), until=noon, keep_activity=True)
    before = told(first)
    woken = MemoryPeople.from_documents(orjson.loads(orjson.dumps(first.people.to_documents())))
    rest = [record for record in records() if record.at > noon]
    second = simulate(shop, rest, people=woken, keep_activity=True)
    documents = {person.key: person.to_document() for _, person in whole.people}
    again = {person.key: person.to_document() for _, person in second.people}
    assert set(again) == set(documents)
    for key, document in documents.items():
        document.pop("clock"), again[key].pop("clock")
        assert again[key] == document
    what = [line.split(" ", 2)[2] for line in told(whole)]
    assert sorted(line.split(" ", 2)[2] for line in [*before, *told(second)]) == sorted(what)
