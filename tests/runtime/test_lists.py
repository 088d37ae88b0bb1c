"""Audiences from a file, while the file changes."""

from __future__ import annotations

from collections.abc import Iterable

from sojourn.dsl.messages import sentence
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.intake import take_in
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door
from sojourn.interpreter.memory import MemoryPeople
from sojourn.interpreter.runtime.changes import changes_between
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from sojourn.interpreter.simulation.simulate import simulate
from tests.runtime.shop import DAY, MONDAY, SECOND, wire

SHOP = """\
profile
  email   email  identity
  device  text   identity

identity
  email   one per person
  device  many per person

event visit

audience beta from csv "beta.csv"

audience others
  not in beta and has visit

message hello
  email
    subject "You are in"
    body    "<p>Welcome</p>"

journey welcome
  start when entering beta
  send hello

journey goodbye
  start when leaving beta
  wait 1 day
"""


def program(lines: Iterable[str]) -> Program:
    files = {
        "shop.journey": SHOP,
        "beta.csv": "\n".join(["E-mail of,email", *(f"x,{line}" for line in lines)]),
    }
    compiled = compile_texts(files)
    assert compiled.workspace is not None, [sentence(d) for d in compiled.diagnostics]
    return compile_program(compiled.workspace)


def events(store: Store) -> list[tuple[str, str]]:
    """(what, about whom) of everything that happened, in order."""
    rows = store.rows(
        "SELECT kind, coalesce(json_extract(detail, '$.audience'), journey), person FROM activity "
        "WHERE kind IN ('entered', 'left', 'sent', 'started') ORDER BY number"
    )
    return [(kind, name) for kind, name, _ in rows]


def test_a_line_that_comes_brings_somebody_in_and_one_that_goes_takes_them_out(store: Store) -> None:
    clock = EventClock(MONDAY)
    before = program([])
    writer = Writer(store, before, clock)
    while writer.sweeping:
        writer.sweep()
    raw = wire("1", MONDAY, "visit", {"email": "Ada@Example.com"})
    writer.take([[Door(before.workspace).read(raw, MONDAY)]])
    assert events(store) == [("entered", "others")]

    def save(now: Program) -> list[tuple[str, str]]:
        seen = len(events(store))
        writer.use(now)
        while writer.sweeping:
            writer.sweep()
        return events(store)[seen:]

    assert save(program(["ada@example.com", "ben@example.com"])) == [
        ("entered", "beta"),
        ("left", "others"),
        ("started", "welcome"),
        ("sent", "welcome"),
    ]
    # The same file once more, as after a restart: nothing happens again.
    assert save(program(["ben@example.com", "ada@example.com"])) == []
    assert save(program(["ben@example.com"])) == [
        ("left", "beta"),
        ("entered", "others"),
        ("started", "goodbye"),
    ]
    raw = wire("2", MONDAY, "", {"email": "ben@example.com"})
    writer.take([[Door(before.workspace).read(raw, MONDAY)]])
    assert events(store)[-3:] == [("entered", "beta"), ("started", "welcome"), ("sent", "welcome")]


def test_whoever_is_listed_when_the_audience_is_new_is_an_existing_member(store: Store) -> None:
    plain = compile_texts({"shop.journey": SHOP.split("audience beta")[0]})
    assert plain.workspace is not None
    writer = Writer(store, compile_program(plain.workspace), EventClock(MONDAY))
    raw = wire("1", MONDAY, "visit", {"email": "ada@example.com"})
    writer.take([[Door(plain.workspace).read(raw, MONDAY)]])
    writer.use(program(["ada@example.com"]))
    while writer.sweeping:
        writer.sweep()
    assert events(store) == []
    assert store.rows("SELECT audience FROM member") == [("beta",)]


def test_an_identifier_that_becomes_known_later_brings_somebody_in() -> None:
    rules = program(["ada@example.com"])
    people = MemoryPeople()

    def said(id: str, at: int, **who: str) -> Person:
        return take_in(rules, people, Record(id, "", at, at, dict(who), {}), max(at, 5))[1]

    assert "beta" not in said("1", 5, device="tablet").audiences
    assert "beta" in said("2", 6, device="tablet", email="ada@example.com").audiences
    # Also when the record that tells it is an old one, whose fields are older than what is known.
    assert "beta" not in said("3", 9, email="other@example.com").audiences


def test_a_tablet_that_goes_to_somebody_else_takes_its_line_along(store: Store) -> None:
    text = SHOP.replace("E-mail of", "x")
    found = compile_texts({"shop.journey": text, "beta.csv": "device\ntablet\n"})
    assert found.workspace is not None
    rules = compile_program(found.workspace)
    writer = Writer(store, rules, EventClock(MONDAY))
    while writer.sweeping:
        writer.sweep()
    door = Door(rules.workspace)
    both = [
        wire("1", MONDAY, "visit", {"email": "ada@example.com", "device": "tablet"}),
        wire("2", MONDAY + SECOND, "visit", {"email": "ben@example.com"}),
        wire("3", MONDAY + 2 * SECOND, "visit", {"email": "ben@example.com", "device": "tablet"}),
    ]
    writer.take([[door.read(line, MONDAY) for line in both]])
    while writer.bring_due():
        pass
    assert store.rows("SELECT audience, person FROM member ORDER BY 1, 2") == [("beta", 2), ("others", 1)]
    simulated = simulate(rules, [door.read(line, MONDAY + DAY) for line in both], until=MONDAY + 3 * SECOND)
    members = [(name, number) for number, person in simulated.people for name in person.audiences]
    assert sorted(members) == [("beta", 1), ("others", 0)]


def test_the_difference_of_two_files_is_told_in_lines() -> None:
    old, new = program(["a@x.com", "b@x.com"]), program(["b@x.com", "c@x.com", "d@x.com"])
    [change] = changes_between(old.workspace, new.workspace)
    assert (change.kind, change.name, change.details) == (
        "list of the audience",
        "beta",
        ("2 lines new", "1 line gone"),
    )
    assert old.rules == new.rules and old.version != new.version


def test_a_long_list_is_taken_up_page_by_page_also_over_a_restart(store: Store) -> None:
    """Two hundred are listed when the audience is new, and are existing members though the process stops half way. Then
    half of the lines go and fifty come: each is told once, over another restart.
    """
    plain = compile_texts({"shop.journey": SHOP.split("audience beta")[0]})
    assert plain.workspace is not None
    clock = EventClock(MONDAY)
    writer = Writer(store, compile_program(plain.workspace), clock)
    door = Door(plain.workspace)
    everybody = [f"p{n}@example.com" for n in range(300)]
    lines = [wire(who, MONDAY, "visit", {"email": who}) for who in everybody]
    writer.take([[door.read(line, MONDAY) for line in lines]])

    def taken_up(rules: Program) -> list[tuple[str, int]]:
        before = len(events(store))
        Writer(store, rules, clock, move=True).sweep(40)
        again = Writer(store, rules, clock, move=True)
        assert [one.what for one in again.passes()][:1] != ["reading the lists of audiences"]
        again.sweep(40)
        shown = [one for one in again.passes() if one.what == "reading the lists of audiences"]
        assert shown and 0 < shown[0].percent < 100
        while again.sweeping:
            again.sweep(40)
        counted: dict[str, int] = {}
        for kind, name in events(store)[before:]:
            counted[f"{kind} {name}"] = counted.get(f"{kind} {name}", 0) + 1
        return sorted(counted.items())

    assert taken_up(program(everybody[:200])) == []
    assert store.one("SELECT count(*) FROM member WHERE audience = 'beta'") == 200
    assert taken_up(program([*everybody[:100], *everybody[200:250]])) == [
        ("entered beta", 50),
        ("entered others", 100),
        ("left beta", 100),
        ("left others", 50),
        ("sent welcome", 50),
        ("started goodbye", 100),
        ("started welcome", 50),
    ]
    assert taken_up_lines(store) == 150


def taken_up_lines(store: Store) -> int:
    return int(store.one("SELECT count(*) FROM listed WHERE value <> ''"))
