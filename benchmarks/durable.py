"""The live engine: beside the same reads and writes by hand, and with few and many people stored."""

from __future__ import annotations

import itertools
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.crowd import SHOP, crowd, live, program_of
from benchmarks.floor import floor, watched
from benchmarks.measure import (
    Bench,
    Figure,
    Result,
    Spent,
    at_least,
    at_most,
    in_a_process,
    middle,
    paired,
    resident,
    spent_on,
)  # fmt: skip

__all__ = ["durable", "people"]


def durable(bench: Bench) -> Result:
    """Events a second, and the ratio to the floor."""
    made = crowd(bench)
    base, store = bench.folder / "base.db", bench.folder / "store.db"
    there = made.store(base, bench.sizes.people, bench)
    shutil.copy(base, store)
    bench.say("the reads and writes are noted")
    plan = watched(made, store)
    activity = sum(len(rows) for t in plan for sql, rows in t.rest if sql.startswith("INSERT INTO activity"))

    def on_a_copy(work: Callable[[], object]) -> Callable[[], Spent]:
        def timed() -> Spent:
            for path in bench.folder.glob("store.db*"):
                path.unlink()
            shutil.copy(base, store)
            return spent_on(work)

        return timed

    engine, by_hand = paired(
        bench,
        "engine and floor",
        on_a_copy(lambda: live(store, made.program, made.events)),
        on_a_copy(lambda: floor(store, plan)),
    )
    return Result(
        "", "",
        f"{there:,} people, {made.count:,} events, {activity / made.count:.1f} things done for each",
        (
            at_least("of the floor, in real time", by_hand.real / engine.real, "", 0.5),
            at_least("of the floor, in processor time", by_hand.processor / engine.processor, "", 0.5),
            at_least("events, real time", made.count / engine.real, "events/s", 10_000),
            Figure("events, one core's time", made.count / engine.processor, "events/s"),
            Figure("floor, real time", made.count / by_hand.real, "events/s"),
            Figure("floor, one core's time", made.count / by_hand.processor, "events/s"),
        ),
    )  # fmt: skip


def people(bench: Bench) -> Result:
    """What an event costs, and the memory, with few and with many people stored."""
    made = crowd(bench)
    few, many = bench.folder / "few.db", bench.folder / "many.db"
    small = made.store(few, bench.sizes.people, bench)
    large = made.store(many, bench.sizes.many_people, bench)
    parts = _parts(made.events, made.count, bench.sizes.pairs)
    costs: dict[Path, list[Spent]] = {few: [], many: []}
    memory: dict[Path, list[int]] = {few: [], many: []}
    for turn, (part, count) in enumerate(parts):
        for store in (few, many):
            bench.say(f"few and many: {turn + 1} of {len(parts)}")
            told = in_a_process("durable", store, part)
            costs[store].append(Spent(told["real"] / count, told["processor"] / count))
            memory[store].append(told["resident"])
    before, after = (middle(costs[store]) for store in (few, many))
    return Result(
        "", "",
        f"{small:,} and {large:,} people, {many.stat().st_size / 1e9:.1f} GB",
        (
            at_most("cost of an event, real time", after.real / before.real, "times", 2),
            at_most("cost of an event, processor time", after.processor / before.processor, "times", 2),
            Figure("with few people", 1 / before.real, "events/s"),
            Figure("with many people", 1 / after.real, "events/s"),
            Figure("memory with few", max(memory[few]) / 1e6, "MB"),
            Figure("memory with many", max(memory[many]) / 1e6, "MB"),
        ),
    )  # fmt: skip


def _parts(events: Path, count: int, parts: int) -> list[tuple[Path, int]]:
    """The events in as many files: each is taken in by a process of its own."""
    size = -(-count // parts)
    found = []
    with events.open("rb") as lines:
        for number in range(parts):
            some = list(itertools.islice(lines, size))
            if some:
                path = events.with_name(f"part-{number}.jsonl")
                path.write_bytes(b"".join(some))
                found.append((path, len(some)))
    return found


def _in_this_process(store: Path, events: Path) -> None:
    program = program_of(SHOP)
    spent = spent_on(lambda: live(store, program, events))
    print(json.dumps({**spent._asdict(), "resident": resident()}))


if __name__ == "__main__":
    _in_this_process(Path(sys.argv[1]), Path(sys.argv[2]))
