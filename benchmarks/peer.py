"""One journey in Sojourn and the same in DBOS on SQLite: an event, a condition, a durable wait, one message.

Both keep every step on the disk before they go on. DBOS gets what is best for it: its database in WAL mode
(it is many times slower without), and the better of two ways of starting workflows, one after the other or
all at once.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path

from benchmarks.measure import Bench, Figure, Result, Spent, at_least, in_a_process, paired
from benchmarks.rules import program_of_text
from sojourn.dsl.values import HOUR, SECOND, instant_to_iso, parse_instant
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.feed import feed, open_where_it_stopped
from sojourn.interpreter.runtime.receipts import Committed
from sojourn.interpreter.runtime.store import Store

__all__ = ["dbos"]

_WORKSPACE = """\
profile
  email  email  identity

event cart_abandoned
  total  money  required

topic service always

message reminder about service
  email
    subject "You left something behind"
    body    "<p>Your cart of {{ event.total }} is waiting.</p>"

journey cart_rescue
  start on cart_abandoned where total > 20 EUR
  wait 1 minute
  send reminder
"""

_START = parse_instant("2026-03-02T10:00:00Z")


def dbos(bench: Bench) -> Result:
    """Workflows a second of each."""
    if find_spec("dbos") is None:
        note = "DBOS is not installed: pip install '.[bench]'"
        return Result("", "", note, (), note=note)
    ours, theirs = bench.sizes.workflows, bench.sizes.peer_workflows

    def sojourn() -> Spent:
        told = in_a_process("peer", "sojourn", bench.folder, ours)
        return Spent(told["seconds"] / ours, 0)

    def peer() -> Spent:
        told = in_a_process("peer", "dbos", bench.folder, theirs)
        return Spent(told["seconds"] / theirs, 0)

    mine, other = paired(bench, "one journey", sojourn, peer, pairs=min(3, bench.sizes.pairs))
    return Result(
        "", "",
        f"{ours:,} journeys, and {theirs:,} workflows of DBOS",
        (
            at_least("of DBOS", other.real / mine.real, "times", 50),
            Figure("Sojourn", 1 / mine.real, "workflows/s"),
            Figure("DBOS", 1 / other.real, "workflows/s"),
        ),
    )  # fmt: skip


def _sojourn(folder: Path, number: int) -> float:
    """From the first event until the last message is on the disk."""
    path = folder / "journeys.db"
    for old in folder.glob("journeys.*"):
        old.unlink()
    events = folder / "journeys.jsonl"
    with events.open("w") as out:
        for n in range(number):
            record = {
                "event": "cart_abandoned",
                "id": f"e{n}",
                "time": instant_to_iso(_START + n * SECOND // 100),
                "profile": {"email": f"p{n}@example.com"},
                "properties": {"total": "59 EUR"},
            }
            out.write(json.dumps(record) + "\n")
    program = program_of_text(_WORKSPACE)
    written, all_of_them = 0, threading.Event()

    def committed(told: Committed) -> None:
        nonlocal written
        written += len(told.outgoing)
        if written >= number:
            all_of_them.set()

    with Store.open(path) as store:
        clock = EventClock()
        engine = Engine(store, program, clock, on_commit=committed)
        engine.start()
        began = time.perf_counter()
        reading, name = open_where_it_stopped(engine, events)
        feed(engine, reading, name)
        clock.advance(_START + HOUR)
        engine.call(lambda: None).result()
        all_of_them.wait()
        seconds = time.perf_counter() - began
        there = store.reader_rows("SELECT count(*) FROM outbox")[0][0]
        engine.stop()
    if there != number:
        raise RuntimeError(f"{there} messages on the disk, and not {number}")
    return seconds


def _dbos(folder: Path, number: int) -> float:
    """From the first start until the last result; the better of two ways."""
    from dbos import DBOS, DBOSConfig

    path = folder / "dbos.sqlite"
    for old in folder.glob("dbos.sqlite*"):
        old.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    logging.disable(logging.WARNING)
    config: DBOSConfig = {
        "name": "peer",
        "system_database_url": f"sqlite:///{path}",
        "log_level": "ERROR",
    }
    DBOS(config=config)

    @DBOS.step()
    def send(email: str, total: int) -> str:
        return f"Dear {email}, your cart of {total} EUR is waiting."

    @DBOS.workflow()
    def cart_rescue(email: str, total: int) -> str | None:
        if total <= 20:
            return None
        DBOS.sleep(0.001)
        return send(email, total)

    DBOS.launch()
    cart_rescue("warm@example.com", 59)
    began = time.perf_counter()
    for n in range(number):
        cart_rescue(f"p{n}@example.com", 59)
    one_by_one = time.perf_counter() - began
    began = time.perf_counter()
    handles = [DBOS.start_workflow(cart_rescue, f"q{n}@example.com", 59) for n in range(number)]
    for handle in handles:
        handle.get_result()
    at_once = time.perf_counter() - began
    DBOS.destroy()
    return min(one_by_one, at_once)


if __name__ == "__main__":
    measured = _sojourn if sys.argv[1] == "sojourn" else _dbos
    print(json.dumps({"seconds": measured(Path(sys.argv[2]), int(sys.argv[3]))}))
