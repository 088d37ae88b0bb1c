"""What a split learns is in the store, in the transaction of the run that it learned from."""

from __future__ import annotations

from pathlib import Path

from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.runtime.shop import MINUTE, MONDAY, wire

RULES = """\
profile
  email  email  identity

event visit

event purchase

journey j
  start on visit
  goal purchase within 3 days
  split first toward goal
    50% plain
      wait 1 hour
    rest discount
      wait 1 hour
"""


def rules() -> Program:
    compiled = compile_texts({"a.journey": RULES})
    assert compiled.workspace is not None, compiled.diagnostics
    return compile_program(compiled.workspace)


def take(writer: Writer, begin: int, end: int) -> None:
    door = Door(writer.program.workspace)
    for number in range(begin, end):
        at = MONDAY + number * MINUTE
        for event in ("visit", "purchase") if number % 2 else ("visit",):
            read = door.read(wire(f"{event}{number}", at, event, {"email": f"p{number}@example.com"}), at)
            assert isinstance(read, Record)
            writer.take([[read]])


def counted(store: Store) -> dict[str, int]:
    return dict(store.rows("SELECT other, count FROM common WHERE key = 'splits' AND item = 'j/first'"))


def test_counts_add_up_and_outlive_a_restart(tmp_path: Path) -> None:
    program = rules()
    with Store.open(tmp_path / "s.db") as store:
        take(Writer(store, program, EventClock(MONDAY)), 0, 20)
        before = counted(store)
    with Store.open(tmp_path / "s.db") as store:
        assert counted(store) == before
        take(Writer(store, program, EventClock(MONDAY)), 20, 40)
        after = counted(store)
    assert sum(count for name, count in before.items() if name.startswith("runs/")) == 20
    assert sum(count for name, count in after.items() if name.startswith("runs/")) == 40
    assert sum(count for name, count in after.items() if name.startswith("goals/")) == 20
