"""The core alone: the shop under a virtual clock, and one condition beside the same in Python."""

from __future__ import annotations

import timeit
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from benchmarks.crowd import crowd
from benchmarks.measure import Bench, Figure, Result, Spent, at_least, at_most, paired, plainly, spent_on
from benchmarks.rules import program_of_text
from sojourn.dsl.values import DAY, parse_instant
from sojourn.interpreter.core.intake import take_in
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door
from sojourn.interpreter.door.sources import open_file
from sojourn.interpreter.memory import MemoryPeople
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.simulation.simulate import simulate

__all__ = ["condition", "simulation"]


def simulation(bench: Bench) -> Result:
    """Events a second, everything that time brings included."""
    made = crowd(bench)
    door = Door(made.program.workspace)

    def read() -> list[Any]:
        return list(open_file(made.events, door, EventClock().receives))

    records = read()
    simulate(made.program, records[:1000])
    reading, playing = paired(
        bench,
        "reading and playing",
        lambda: spent_on(read),
        lambda: spent_on(lambda: simulate(made.program, records)),
    )
    both = reading.processor + playing.processor
    return Result(
        "", "",
        f"{made.count:,} events of about {made.people:,} people",
        (
            at_least("played, one core's time", made.count / playing.processor, "events/s", 30_000),
            Figure("read and played, one core's time", made.count / both, "events/s"),
        ),
    )  # fmt: skip


_WORKSPACE = """\
profile
  email    email    identity
  country  country
  loyalty  one of bronze, silver, gold = bronze

event purchase
  total  money  required

attribute lifetime_value = sum of purchase.total

audience fields
  country in "DE", "AT", "CH" and loyalty is gold

audience events
  has purchase in last 180 days and no purchase in last 30 days

audience amounts
  lifetime_value >= 100 EUR and loyalty is gold and has purchase at least 2 times
"""


def condition(bench: Bench) -> Result:
    """Three conditions of one person, compiled and by hand on the same document."""
    program = program_of_text(_WORKSPACE)
    now = parse_instant("2026-03-02T12:00:00Z")
    people = MemoryPeople()
    profile = {"email": "ada@example.com", "country": "CH", "loyalty": "gold"}
    for n, ago in enumerate((170, 120, 60)):
        at = now - ago * DAY
        take_in(program, people, Record(f"e{n}", "purchase", at, at, profile, {"total": "50 EUR"}), at)
    ada = people.load(0)
    by_hand = _by_hand(program)
    loops = 2_000 if bench.sizes.pairs < 5 else 100_000
    ratios = []
    for name, hand in by_hand.items():
        compiled = program.members[name].test
        compiled(ada, None, None, now)
        compiled = program.members[name].test
        assert bool(compiled(ada, None, None, now)) is bool(hand(ada, now)) is True, name

        def ours(compiled: Any = compiled) -> Spent:
            with plainly():
                return Spent(0, timeit.timeit(lambda: compiled(ada, None, None, now), number=loops))

        def theirs(hand: Any = hand) -> Spent:
            with plainly():
                return Spent(0, timeit.timeit(lambda: hand(ada, now), number=loops))

        mine, other = paired(bench, name, ours, theirs)
        ratios.append((name, mine.processor / loops * 1e6, mine.processor / other.processor))
    figures = []
    for name, micros, ratio in ratios:
        figures.append(at_most(f"on {name}, of the same by hand", ratio, "times", 2))
        figures.append(Figure(f"on {name}", micros, "µs"))
    return Result("", "", f"{loops:,} times each", tuple(figures))


def _by_hand(program: Any) -> dict[str, Callable[[Person, int], bool]]:
    """The conditions as somebody would write them who knows the document."""
    keys = {
        (a.kind, a.window is not None, a.threshold): key for key, a in program.workspace.aggregates.items()
    }
    (spent,) = (key for (kind, _, _), key in keys.items() if kind == "sum")
    windows = {
        a.window.last.days: key for key, a in program.workspace.aggregates.items() if a.window is not None
    }
    (orders,) = (key for (kind, windowed, _), key in keys.items() if kind == "count" and not windowed)
    half_year, month = windows[180], windows[30]
    limit = Decimal(100)

    def fields(person: Person, now: int) -> bool:
        known = person.fields
        return known.get("country") in ("DE", "AT", "CH") and known.get("loyalty") == "gold"

    def events(person: Person, now: int) -> bool:
        states = person.states
        half, last = states.get(half_year), states.get(month)
        return half is not None and half[-1] > now and (last is None or last[-1] <= now)

    def amounts(person: Person, now: int) -> bool:
        states = person.states
        total = states.get(spent)
        return (
            total is not None
            and "EUR" in total
            and Decimal(total["EUR"][1]) >= limit
            and person.fields.get("loyalty") == "gold"
            and states.get(orders, 0) >= 2
        )

    return {"fields": fields, "events": events, "amounts": amounts}
