"""The largest values that may come: they are taken in, or set aside with a reason; nothing stumbles."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import orjson
import pytest

from sojourn.dsl.values import HOUR
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door, Rejected
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.profile import profile_of
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.runtime.writing import at, program_of, settle

GAME = """\
profile
  email  email    identity
  score  number
  level  integer

event play
  score  number
  level  integer

attribute total   = sum of play.level
attribute highest = largest play.score
attribute squared = score * score

journey j
  start on play
  set score to event.score * event.score
  if failed
    set level to 3
  wait 1 hour
  set level to level * 9000000000000000000
  if failed
    set level to 2

"""
MORNING = at("2026-03-02 10:00")


def play(door: Door, id: str, **properties: Any) -> Record | Rejected:
    line = {"id": id, "event": "play", "profile": {"email": "ada@example.com"}, "properties": properties}
    return door.read(json.dumps(line), MORNING)


def test_numbers_as_large_as_there_are_are_stored_as_numbers(store: Store) -> None:
    """A number of 300 digits is a number like any other; what comes out larger than any is a step that failed, alone,
    and an attribute that is missing.
    """
    program = program_of(GAME, base="")
    clock = EventClock(MORNING)
    writer, door = Writer(store, program, clock), Door(program.workspace)
    writer.take(
        [[play(door, "e1", score=1e200, level=2**63 - 1)], [play(door, "e2", score=-1e300, level=2**63 - 1)]]
    )
    assert store.counts()["rejected"] == 0
    known = profile_of(store, program, "ada@example.com", clock.now())
    assert orjson.dumps(asdict(known))
    assert known.attributes["total"] is known.attributes["squared"] is None
    assert known.attributes["highest"] == 1e200
    failures = [
        json.loads(d)["because"] for (d,) in store.rows("SELECT detail FROM activity WHERE kind = 'failed'")
    ]
    assert failures == ["set score to event.score * event.score: the number is too large"]
    clock.advance(MORNING + 2 * HOUR)
    settle(writer)
    fields = {
        field.name: field.value for field in profile_of(store, program, "ada@example.com", clock.now()).fields
    }
    assert fields["level"] == 2


@pytest.mark.parametrize("level", [2**63, -(2**64), 10**40, 1e300, "9" * 40, True, [1], {"a": 1}])
def test_a_whole_number_that_nothing_could_hold_is_set_aside(level: Any) -> None:
    found = play(Door(program_of(GAME, base="").workspace), "e1", level=level)
    assert isinstance(found, Rejected)
    assert "“level” must be a whole number" in found.reason and found.field == "level"
