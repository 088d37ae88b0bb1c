"""A million waiting runs: what they cost while nothing is due, how fast they go on, the memory they take."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.crowd import Crowd, live
from benchmarks.measure import Bench, Figure, Result, at_least, at_most, in_a_process, resident, spent_on
from benchmarks.rules import program_of_text
from sojourn.dsl.values import DAY, HOUR, instant_to_iso
from sojourn.interpreter.runtime.clock import EventClock, WallClock
from sojourn.interpreter.runtime.engine import TIMERS_IN_A_PAGE, Engine
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer

__all__ = ["waiting"]

_WORKSPACE = """\
profile
  email  email  identity

event signed_up
  plan  text

topic service always

message hello about service
  email
    subject "Hello"
    body    "<p>You have been here for two days.</p>"

journey welcome
  start on signed_up
  wait 2 days
  wait 30 days
  send hello
"""


def _idle_seconds(bench: Bench) -> float:
    """How long nothing is done."""
    return 5.0 if bench.sizes.pairs >= 3 else 0.5


def waiting(bench: Bench) -> Result:
    """Idle, woken, memory."""
    few, many = max(100, bench.sizes.runs // 1000), bench.sizes.runs
    stores = {}
    for number in (few, many):
        stores[number] = bench.folder / f"{number}.db"
        _waiting_people(stores[number], number, bench)
    bench.say("idle")
    seconds = _idle_seconds(bench)
    small, idle = (in_a_process("waiting", "idle", stores[number], seconds) for number in (few, many))
    popped = min(many, 200_000)
    bench.say("due")
    found = in_a_process("waiting", "due", stores[many], popped)
    return Result(
        "", "",
        f"{few:,} and {many:,} waiting runs; {popped:,} of them due",
        (
            at_most("processor time while idle", idle["processor"] / seconds * 100, "%", 0.5),
            at_least("due ones, carried out and written", popped / found["real"], "runs/s", 20_000),
            Figure("the same, one core's time", popped / found["processor"], "runs/s"),
            Figure(f"memory with {few:,}", small["resident"] / 1e6, "MB"),
            Figure(f"memory with {many:,}", idle["resident"] / 1e6, "MB"),
            Figure("memory after they were due", found["resident"] / 1e6, "MB"),
        ),
    )  # fmt: skip


def _waiting_people(path: Path, number: int, bench: Bench) -> None:
    """A store of people who signed up a day ago, each of whom waits for two days."""
    program = program_of_text(_WORKSPACE)
    each = min(number, 1_000)
    moment = instant_to_iso(WallClock().now() - DAY)
    seed, events = path.with_suffix(".seed"), path.with_suffix(".jsonl")
    events.write_text(
        "".join(
            json.dumps(
                {
                    "event": "signed_up",
                    "id": f"e{n}",
                    "time": moment,
                    "profile": {"email": f"p{n}@example.com"},
                }
            )
            + "\n"
            for n in range(each)
        )
    )
    live(seed, program, events)
    copies = -(-number // each)
    Crowd(program, seed, events, number, number, copies).store(path, number, bench)


def _idle(store: Path, seconds: float) -> dict[str, float]:
    program = program_of_text(_WORKSPACE)
    with Store.open(store) as opened:
        engine = Engine(opened, program, WallClock())
        engine.start()
        time.sleep(0.2)
        spent = spent_on(lambda: time.sleep(seconds))
        engine.stop()
        return {**spent._asdict(), "resident": resident()}


def _due(store: Path, number: int) -> dict[str, float]:
    program = program_of_text(_WORKSPACE)
    with Store.open(store) as opened:
        writer = Writer(opened, program, EventClock(WallClock().now() + DAY + HOUR))
        before = opened.one("SELECT min(due) FROM timer")

        def work() -> None:
            done = 0
            while done < number:
                brought = writer.bring_due(TIMERS_IN_A_PAGE)
                assert brought, f"{done} were due, not {number}"
                done += brought

        spent = spent_on(work)
        assert opened.one("SELECT count(*) FROM timer WHERE due > ?", (before + 20 * DAY,)) >= number
        return {**spent._asdict(), "resident": resident()}


if __name__ == "__main__":
    what, where = sys.argv[1], Path(sys.argv[2])
    print(json.dumps(_idle(where, float(sys.argv[3])) if what == "idle" else _due(where, int(sys.argv[3]))))
