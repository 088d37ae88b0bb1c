"""Journeys whose clock times are those of one person's zone, played by the simulator and live over a store."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.effects import Activity
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from sojourn.interpreter.simulation.simulate import simulate
from tests.oracle.playing import HandClock

BASE = """\
profile
  email     email     identity
  timezone  timezone
  born      date
  renewal   datetime

event go
event answered
event passed_by

topic service  always

audience everybody
  email is known

message hello about service
  email
    subject "Hello"
    body    "<p>Hello</p>"

"""


class Seen(NamedTuple):
    """Something that happened. `until` is that of a wait."""

    at: int
    kind: str
    journey: str
    until: int | None


@lru_cache(maxsize=256)
def program_of(text: str) -> Program:
    """The program of a few declarations."""
    compiled = compile_texts({"zones.journey": BASE + text})
    assert compiled.workspace is not None, [f"{d.code} {d.facts}" for d in compiled.diagnostics]
    return compile_program(compiled.workspace)


def records(zone: str, known: int, goes: list[int], **profile: Any) -> list[Record]:
    """Somebody who lives in a zone becomes known, and what is to set the journeys off."""
    who = {"email": "ada@example.com"}
    found = [Record("known", "", known, known, {**who, "timezone": zone, **profile}, {}, quiet=True)]
    return found + [Record(f"go {n}", "go", at, at, dict(who), {}) for n, at in enumerate(goes)]


def simulated(program: Program, said: list[Record], until: int) -> list[Seen]:
    """By the simulator."""
    simulation = simulate(program, said, until=until, keep_activity=True)
    ((number, _),) = simulation.people
    return [
        Seen(entry.at, entry.kind, entry.detail.get("audience", entry.journey), entry.detail.get("until"))
        for entry in simulation.history[number]
        if isinstance(entry, Activity)
    ]


def lived(program: Program, said: list[Record], until: int, path: Path) -> list[Seen]:
    """Live. Nobody looks at the clock between two records, and the store is opened anew for each."""
    clock = HandClock(0)
    for record in said:
        with Store.open(path) as store:
            writer = Writer(store, program, clock)
            clock.hands = record.at
            writer.take([[record]])
    with Store.open(path) as store:
        writer = Writer(store, program, clock)
        clock.hands = until
        while writer.bring_due():
            pass
        found = []
        for at, kind, journey, text in store.rows(
            "SELECT at, kind, journey, detail FROM activity ORDER BY at, number"
        ):
            detail = orjson.loads(text)
            found.append(Seen(at, kind, detail.get("audience", journey), detail.get("until")))
    return found
