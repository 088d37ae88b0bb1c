"""Who is who: records that carry identifiers, and the people that they come to, for all three ways of playing."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from sojourn.dsl.values import MINUTE, parse_instant
from sojourn.interpreter.compile import Program
from tests.oracle.playing import compiled, played_by_oracle, played_by_simulator, played_live, quick_folder
from tests.oracle.streams import Arrival
from tests.oracle.telling import told_by_oracle, told_by_simulation, told_by_store

HERE = Path(__file__).parent
MONDAY = parse_instant("2026-03-02T10:00:00Z")
NAMES = {"k": "crm_id", "a": "email", "d": "device_id"}


def _identifier(word: str) -> tuple[str, str]:
    name = NAMES[word[0]]
    return name, f"{word}@example.com" if name == "email" else word


def _cases() -> list[Any]:
    found = []
    blocks = (HERE / "identity" / "people.txt").read_text().strip().split("\n\n")
    for block in blocks[1:]:
        name, *lines = block.splitlines()
        records = [line.split() for line in lines if not line.startswith("=")]
        people = [line.split()[1:] for line in lines if line.startswith("=")]
        found.append(pytest.param(records, people, id=name))
    return found


@pytest.fixture(scope="module")
def program() -> Program:
    """The workspace that every case has around it, without its catalog."""
    lines = (HERE / "shop.journey").read_text().split("\n\n")
    return compiled(
        "\n\n".join(part.replace("ref product", "text") for part in lines if "catalog" not in part)
    )


@pytest.mark.parametrize("records, people", _cases())
def test_people(program: Program, records: list[list[str]], people: list[list[str]]) -> None:
    arrivals = []
    for number, words in enumerate(records):
        at = MONDAY + number * MINUTE
        arrivals.append(Arrival(at, at, f"r{number}", "visit", dict(map(_identifier, words)), {}))
    meant = sorted(tuple(sorted(":".join(_identifier(word)) for word in words)) for words in people)
    assert sorted(told_by_oracle(played_by_oracle(program.workspace, arrivals))) == meant
    assert sorted(told_by_simulation(played_by_simulator(program, arrivals))) == meant
    with quick_folder() as folder:
        store = played_live(program, arrivals, folder / "store.db", random.Random(1))
        try:
            assert sorted(told_by_store(store)) == meant
        finally:
            store.close()
