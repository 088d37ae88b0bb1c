"""What an event costs does not depend on how many rules there are, nor on how long a person's history is."""

from __future__ import annotations

import random
from collections.abc import Callable

import orjson

from benchmarks.measure import Bench, Figure, Result, Spent, at_most, paired, spent_on
from sojourn.dsl.values import DAY, MINUTE, parse_instant
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.intake import take_in
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.memory import MemoryPeople
from sojourn.interpreter.simulation.simulate import simulate

__all__ = ["history", "program_of_text", "rules"]

_NOON = parse_instant("2026-03-02T12:00:00Z")

_HEAD = """\
profile
  email    email    identity
  country  country

event product_viewed
  category  text  required

event purchase
  total  money  required
"""

# Two journeys and an audience for one category of goods.
_CATEGORY = """
audience likes_{n}
  has product_viewed at least 2 times in last 7 days where category is "category {n}"
  and country in "DE", "AT"

journey shown_{n}
  start on product_viewed where category is "category {n}"
  exit on purchase
  wait 1 hour

journey liked_{n}
  start when entering likes_{n}
  exit on purchase
  wait 2 days
"""

_TOUCHED = 10
"""The events look at so many categories, however many there are."""


def program_of_text(text: str) -> Program:
    """A workspace of one file, ready to run."""
    compiled = compile_texts({"workspace.journey": text})
    assert compiled.workspace is not None, compiled.diagnostics[:3]
    return compile_program(compiled.workspace)


def rules(bench: Bench) -> Result:
    """The same events with few and many journeys and audiences."""
    records = _views(max(2_000, bench.sizes.events // 3), 500)
    programs = []
    for number in bench.sizes.rules:
        bench.say(f"{number:,} journeys and audiences are compiled")
        programs.append(program_of_text(_HEAD + "".join(_CATEGORY.format(n=n) for n in range(number))))

    def one(program: Program) -> Callable[[], Spent]:
        # Functions are compiled when they are first needed: once before the measuring.
        simulate(program, _views(2_000, 500))
        return lambda: spent_on(lambda: simulate(program, records))

    found = paired(bench, "events", *map(one, programs))
    first = found[0].processor
    figures = [Figure(f"with {bench.sizes.rules[0]:,}", first / len(records) * 1e6, "µs an event")]
    for number, spent in zip(bench.sizes.rules[1:], found[1:], strict=True):
        figures.append(at_most(f"with {number:,}", spent.processor / first, "times", 2))
    return Result("", "", f"{len(records):,} events; audiences, and twice as many journeys", tuple(figures))


def _views(count: int, people: int) -> list[Record]:
    rng = random.Random(3)
    found = []
    for n in range(count):
        at = _NOON + n * MINUTE
        profile = {
            "email": f"p{rng.randrange(people)}@example.com",
            "country": rng.choice(("DE", "FR", "AT")),
        }
        if rng.random() < 0.1:
            found.append(Record(f"e{n}", "purchase", at, at, profile, {"total": "20 EUR"}))
        else:
            properties = {"category": f"category {rng.randrange(_TOUCHED)}"}
            found.append(Record(f"e{n}", "product_viewed", at, at, profile, properties))
    return found


_LONG = """\
profile
  email    email    identity
  country  country

event product_viewed
  category  text  required

event purchase
  total  money  required

attribute lifetime_value = sum of purchase.total
attribute orders         = count of purchase
attribute orders_90d     = count of purchase in last 90 days
attribute biggest_order  = largest purchase.total
attribute last_seen      = last product_viewed.category
attribute last_view      = time of last product_viewed

audience vips
  lifetime_value >= 1000 EUR and orders_90d >= 3

audience keen
  has product_viewed at least 5 times in last 7 days

audience lapsing
  has purchase in last 180 days
  and no purchase in last 30 days

journey thanks
  start on purchase
  wait 1 hour

journey viewed
  start on product_viewed where category is "shoes"
  exit on purchase
  wait 1 hour
"""


def history(bench: Bench) -> Result:
    """The next events of somebody with few and with many past events, the document read and written."""
    program = program_of_text(_LONG)
    few, many = 10, bench.sizes.history
    measured = min(2_000, bench.sizes.history)
    documents = {}
    for past in (few, many):
        bench.say(f"somebody with {past:,} past events")
        documents[past] = _lived(program, past)

    def next_ones(past: int) -> Callable[[], Spent]:
        def work() -> None:
            people = MemoryPeople.from_documents([orjson.loads(documents[past])])
            for n, record in enumerate(_events(measured, _NOON, MINUTE)):
                record.id = f"next {n}"
                take_in(program, people, record, record.at)
                document = orjson.dumps(people.load(0).to_document())
                people.persons[0] = Person.from_document(orjson.loads(document))

        return lambda: spent_on(work)

    before, after = paired(bench, "the next events", next_ones(few), next_ones(many))
    return Result(
        "", "",
        f"{few} and {many:,} past events over two years, a document of {len(documents[many]):,} bytes",
        (
            Figure(f"with {few}", before.processor / measured * 1e6, "µs an event"),
            at_most(f"with {many:,}", after.processor / before.processor, "times", 2),
        ),
    )  # fmt: skip


def _events(count: int, first: int, apart: int) -> list[Record]:
    """One person's events: mostly views, one in a hundred a purchase."""
    rng = random.Random(5)
    profile = {"email": "ada@example.com", "country": "DE"}
    found = []
    for n in range(count):
        at = first + n * apart
        if n % 100 == 50:
            found.append(
                Record(f"e{n}", "purchase", at, at, profile, {"total": f"{rng.randrange(5, 90)} EUR"})
            )
        else:
            category = rng.choice(("shoes", "hats", "coats"))
            found.append(Record(f"e{n}", "product_viewed", at, at, profile, {"category": category}))
    return found


def _lived(program: Program, past: int) -> bytes:
    """The document of somebody with so many events behind them, the last one a minute ago."""
    apart = 730 * DAY // past
    people = MemoryPeople()
    for record in _events(past, _NOON - past * apart, apart):
        take_in(program, people, record, record.at)
    return orjson.dumps(people.load(0).to_document())
