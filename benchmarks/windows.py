"""Two hundred audiences with time windows over many people: nobody is looked at whom nothing concerns.

The people's events of a month are lived in memory by a few of them, under each program; the store holds their copies.
(The past events themselves are left out of it: they are only read when rules change.) Then events come, and hours pass
without any.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks.measure import Bench, Figure, Result, Spent, at_least, at_most, middle, spent_on
from benchmarks.rules import program_of_text
from sojourn.dsl.values import DAY, HOUR, parse_instant
from sojourn.interpreter.compile import Program
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from sojourn.interpreter.simulation.simulate import simulate

__all__ = ["windows"]

_NOON = parse_instant("2026-03-02T12:00:00Z")

_HEAD = """\
profile
  email  email  identity

event product_viewed
  category  text  required

event purchase
  category  text  required
"""

# Two audiences for one category of goods; without a category for all goods together.
_PAIR = """
audience keen_{n}
  has product_viewed at least 2 times in last {short} days{where}

audience lapsing_{n}
  has purchase in last {long} days{where}
  and no purchase in last {short} days{where}
"""

_CATEGORIES = 100
_MONTH = 32 * DAY
_LIVED = 1_000
"""People who live the month; the others are copies of them."""


def windows(bench: Bench) -> Result:
    """The same events, and hours without any, with 200 audiences and with 2."""
    people = bench.sizes.windowed
    many = _HEAD + "".join(
        _PAIR.format(n=n, short=7 + n % 5, long=20 + n % 9, where=f' where category is "category {n}"')
        for n in range(_CATEGORIES)
    )
    few = _HEAD + _PAIR.format(n="any", short=8, long=24, where="")
    sides = [
        _Side(program_of_text(text), bench.folder / f"{name}.db")
        for name, text in (("few", few), ("many", many))
    ]
    lived = min(_LIVED, people)
    for side in sides:
        bench.say(f"{people:,} people, {len(side.program.audiences)} audiences")
        side.fill(lived, people // lived)
    count = max(2_000, bench.sizes.events // 3)
    turns = bench.sizes.pairs
    spent: list[list[Spent]] = [[], []]
    for turn in range(turns):
        for side, found in zip(sides, spent, strict=True):
            bench.say(f"events: {turn + 1} of {turns}")
            found.append(side.events(turn, count // turns, lived, people // lived))
    hours = 6
    for hour in range(hours):
        for side in sides:
            bench.say(f"hours: {hour + 1} of {hours}")
            side.hour()
    before, after = (middle(found).processor / (count // turns) for found in spent)
    small, large = sides
    sweep = large.sweep(min(people, 5_000)) * people
    per_hour = large.spent / hours
    return Result(
        "", "",
        f"{people:,} people, {len(large.program.audiences)} audiences beside {len(small.program.audiences)}; "
        f"{count:,} events; {hours} hours in which {large.woken:,} and {small.woken:,} people are looked at",
        (
            Figure("an event, with 2 audiences", before * 1e6, "µs"),
            at_most("an event, with 200", after / before, "times", 2),
            Figure("somebody looked at because of time, with 2", small.spent / max(1, small.woken) * 1e6, "µs"),
            at_most(
                "somebody looked at because of time, with 200",
                large.spent / max(1, large.woken) / (small.spent / max(1, small.woken)), "times", 2,
            ),
            at_least("of those looked at, something changed for", large.changed / max(1, large.woken), "", 0.9),
            Figure("people looked at in an hour", large.woken / hours / people * 100, "%"),
            Figure("a plain sweep over everybody", sweep, "s"),
            at_least("an hour, beside a sweep", sweep / per_hour, "times less", 20),
        ),
    )  # fmt: skip


@dataclass(slots=True)
class _Side:
    """A store under one program."""

    program: Program
    path: Path
    now: int = _NOON
    spent: float = 0.0
    """Seconds of the processor for what time brought."""
    woken: int = 0
    changed: int = 0

    def fill(self, lived: int, copies: int) -> None:
        """Makes the store."""
        played = simulate(self.program, _month(lived), until=_NOON).people.persons
        documents = [orjson.dumps(person.to_document()).decode() for person in played if person is not None]
        wakes = [person.wake for person in played if person is not None]
        with Store.open(self.path) as store:
            Writer(store, self.program, EventClock(_NOON))
            connection = store.connection
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN")
            timers = []
            for copy in range(copies):
                behind = copy * len(documents)
                rows, named = [], []
                for place, document in enumerate(documents):
                    number = behind + place + 1
                    email = orjson.loads(document)["fields"]["email"]
                    other = _of_copy(email, copy)
                    rows.append((number, document.replace(email, other)))
                    named.append(("email", other, number))
                    if (wake := wakes[place]) is not None:
                        timers.append((wake, number))
                connection.executemany("INSERT INTO person VALUES (?, ?)", rows)
                connection.executemany("INSERT INTO identifier VALUES (?, ?, ?)", named)
            connection.executemany("INSERT INTO timer VALUES (?, ?)", sorted(timers))
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def events(self, turn: int, count: int, lived: int, copies: int) -> Spent:
        """Takes some events in, that nothing is due meanwhile."""
        rng = random.Random(turn)
        records = []
        for n in range(count):
            who = _of_copy(f"p{rng.randrange(lived)}@example.com", rng.randrange(copies))
            event = "purchase" if rng.random() < 0.2 else "product_viewed"
            properties = {"category": f"category {rng.randrange(_CATEGORIES)}"}
            records.append(Record(f"{turn}-{n}", event, self.now, self.now, {"email": who}, properties))
        with Store.open(self.path) as store:
            writer = Writer(store, self.program, EventClock(self.now))

            def take() -> None:
                for start in range(0, count, 1000):
                    writer.take([records[start : start + 1000]])

            return spent_on(take)

    def hour(self) -> None:
        """An hour passes: what time brings is carried out."""
        self.now += HOUR
        with Store.open(self.path) as store:
            writer = Writer(store, self.program, EventClock(self.now))
            before = store.one("SELECT ifnull(sum(count), 0) FROM tally WHERE kind IN ('entered', 'left')")
            began = time.process_time()
            while brought := writer.bring_due():
                self.woken += brought
            self.spent += time.process_time() - began
            after = store.one("SELECT ifnull(sum(count), 0) FROM tally WHERE kind IN ('entered', 'left')")
            self.changed += after - before

    def sweep(self, some: int) -> float:
        """Seconds it takes to ask all audiences about one person, as a job in the night would: read, and ask."""
        with Store.open(self.path, read_only=True) as store:
            began = time.process_time()
            for (document,) in store.rows("SELECT document FROM person LIMIT ?", (some,)):
                person = Person.from_document(orjson.loads(document))
                for audience in self.program.audiences:
                    audience.test(person, None, None, self.now)
            return (time.process_time() - began) / some


def _of_copy(email: str, copy: int) -> str:
    return email.replace("@", f"+{copy}@")


def _month(people: int) -> list[Record]:
    """What so many people did in a month: six views each, and a purchase."""
    rng = random.Random(9)
    found = []
    for n in range(people * 7):
        at = _NOON - rng.randrange(1, _MONTH)
        profile = {"email": f"p{n % people}@example.com"}
        properties = {"category": f"category {(n % people * 7 + rng.randrange(3)) % _CATEGORIES}"}
        event = "purchase" if n >= people * 6 else "product_viewed"
        found.append(Record(f"m{n}", event, at, at, profile, properties))
    found.sort(key=lambda record: record.at)
    return found
