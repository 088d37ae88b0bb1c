"""Offers live: a limit in total holds exactly, whatever happens in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from sojourn.dsl.messages import sentence
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from sojourn.interpreter.simulation.simulate import simulate
from tests.runtime.shop import MONDAY, SECOND, wire

SHOP = """\
profile
  email   email  identity
  device  text   identity

identity
  email   one per person
  device  many per person

event visit

offer first_ten
  title "You are one of the first ten"
  at most 1 time per person
  at most 10 times in total
  priority 2

offer others
  title "Welcome"

decision greeting
  from first_ten, others
  pick 1 by priority

message hello
  email
    subject "{{ greeting.title }}"
    body    "<p>Hi</p>"

journey greet
  start on visit
  send hello
"""


@pytest.fixture(scope="module")
def rules() -> Program:
    compiled = compile_texts({"shop.journey": SHOP})
    assert compiled.workspace is not None, [sentence(d) for d in compiled.diagnostics]
    return compile_program(compiled.workspace)


def visits(count: int) -> list[bytes]:
    return [
        wire(str(n), MONDAY + n * SECOND, "visit", {"email": f"p{n % 25}@example.com"}) for n in range(count)
    ]


def offered(store: Store) -> dict[str, int]:
    rows = store.rows("SELECT what, count FROM tally WHERE kind = 'offered' ORDER BY what")
    return dict(rows)


def test_a_limit_in_total_is_never_exceeded(rules: Program, tmp_path: Path) -> None:
    door = Door(rules.workspace)
    with Store.open(tmp_path / "shop.db") as store:
        writer = Writer(store, rules, EventClock(MONDAY))
        lines = visits(60)
        for start in (0, 7):  # 7 in one transaction, then the others, after a restart
            writer.take([[door.read(line, MONDAY) for line in (lines[:7] if not start else lines[7:])]])
            writer = Writer(store, rules, EventClock(MONDAY))
        assert offered(store) == {"first_ten": 10, "others": 50}
        assert store.rows("SELECT key, other, count FROM common ORDER BY other") == [
            ("offers", "first_ten", 10),
            ("offers", "others", 50),
        ]
        subjects = store.rows(
            "SELECT json_extract(parts, '$.subject'), count(DISTINCT person), count(*) FROM outbox GROUP BY 1"
        )
        assert ("You are one of the first ten", 10, 10) in subjects
        reasons = store.rows(
            "SELECT DISTINCT json_extract(detail, '$.others.first_ten') FROM activity WHERE kind = 'offered' "
            "AND json_extract(detail, '$.offer') = 'others' ORDER BY 1"
        )
        assert reasons == [("it was given 10 times in all",), ("the person was given it once",)]


def test_what_a_failed_transaction_gave_was_not_given(rules: Program, tmp_path: Path) -> None:
    door = Door(rules.workspace)
    with Store.open(tmp_path / "shop.db") as store:
        writer = Writer(store, rules, EventClock(MONDAY))
        good = [door.read(line, MONDAY) for line in visits(5)]
        # A record that cannot be written fails the whole transaction; then each is taken by itself.
        broken = Record("broken", "visit", MONDAY, MONDAY, {"email": "p7@example.com"}, {"x": object()})  # type: ignore[dict-item]
        writer.take([[*good, broken]])
        assert offered(store) == {"first_ten": 5}
        assert store.rows("SELECT count FROM common") == [(5,)]


def test_a_simulation_gives_the_same(rules: Program) -> None:
    door = Door(rules.workspace)
    simulated = simulate(rules, [door.read(line, MONDAY + 60 * SECOND) for line in visits(60)])
    common = simulated.people.common
    assert (common.given("first_ten"), common.given("others")) == (10, 50)
    given = [person.given for _, person in simulated.people]
    assert max(g.get("first_ten", 0) for g in given) == 1
    assert sum(g.get("others", 0) for g in given) == 50
    assert simulated.report.to_data()["offered"] == {"greeting": {"others": 50, "first_ten": 10}}
