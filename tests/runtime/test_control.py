"""Journeys paused, resumed, closed and stopped by hand, by name, while people are in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sojourn.dsl.values import DAY, HOUR
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.runtime.clock import EventClock, FastClock
from sojourn.interpreter.runtime.control import say
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.runtime.writing import at, program_of, record, settle, started
from tests.waiting import PATIENCE, until

CARE = """\
journey care
  start on visit
  again after 30 days
  wait 1 hour
  send hello

"""
NOON = at("2026-03-02 12:00")


def visits(moment: int, *who: str) -> list[list[Record]]:
    return [[record(f"{w}-{moment}", moment, "visit", email=f"{w}@example.com") for w in who]]


def settled(writer: Writer) -> None:
    writer.take_controls()
    while writer.spreading:
        writer.spread(2)
    settle(writer)


def said(store: Store, kind: str) -> list[tuple[str, str]]:
    rows = store.rows(
        "SELECT value, json_extract(detail, '$.because') FROM activity JOIN identifier "
        "ON identifier.person = activity.person WHERE kind = ? ORDER BY activity.number",
        (kind,),
    )
    return [(who.partition("@")[0], because) for who, because in rows]


def test_while_it_is_paused_starts_wait_and_those_inside_go_on(store: Store) -> None:
    """Ada is in; then it is paused, and Ben and Cy visit, Ben twice. Resumed, both enter once."""
    clock = EventClock(NOON)
    writer = Writer(store, program_of(CARE), clock)
    writer.take(visits(NOON, "ada"))
    say(store.path, "care", "pause", NOON)
    writer.take(visits(NOON + 1, "ben", "cy"))
    writer.take(visits(NOON + 2, "ben"))
    assert said(store, "not started") == [("ben", "paused"), ("cy", "paused"), ("ben", "paused")]
    clock.advance(NOON + 2 * HOUR)
    settled(writer)
    assert store.rows("SELECT count(*) FROM outbox") == [(1,)]
    # The pause outlives the process.
    writer = Writer(store, program_of(CARE), clock)
    writer.take(visits(clock.now(), "dee"))
    say(store.path, "care", "resume", clock.now())
    settled(writer)
    assert started(store, "care") == [("2026-03-02 12:00", 1), ("2026-03-02 14:00", 3)]
    clock.advance(clock.now() + DAY)
    settled(writer)
    assert store.rows("SELECT count(*) FROM outbox") == [(4,)]
    assert store.rows("SELECT count(*) FROM person WHERE json_extract(document, '$.held') IS NOT NULL") == [
        (0,)
    ]


@pytest.mark.parametrize("action", ["drop", "close"])
def test_what_is_dropped_does_not_come_back(store: Store, action: str) -> None:
    clock = EventClock(NOON)
    writer = Writer(store, program_of(CARE), clock)
    writer.take(visits(NOON, "ada"))
    say(store.path, "care", action, NOON)
    writer.take(visits(NOON + 1, "ben"))
    say(store.path, "care", "resume", NOON + 2)
    settled(writer)
    assert started(store, "care") == [("2026-03-02 12:00", 1)]
    writer.take(visits(NOON + HOUR, "cy"))
    assert started(store, "care") == [("2026-03-02 12:00", 1), ("2026-03-02 13:00", 1)]


def test_stopped_it_ends_for_those_in_it(store: Store) -> None:
    clock = EventClock(NOON)
    writer = Writer(store, program_of(CARE), clock)
    writer.take(visits(NOON, "ada", "ben"))
    say(store.path, "care", "stop", NOON)
    settled(writer)
    assert said(store, "ended") == [("ada", "stopped by hand"), ("ben", "stopped by hand")]
    writer.take(visits(NOON + 1, "cy"))
    assert said(store, "not started") == [("cy", "stopped")]
    assert store.rows("SELECT journey, action FROM control") == [("care", "stop")]


def test_a_running_engine_that_is_idle_takes_it_up(tmp_path: Path) -> None:
    """Another process says it while nothing happens: within seconds it is so."""
    with Store.open(tmp_path / "club.db") as store:
        engine = Engine(store, program_of(CARE), FastClock(NOON, 1))
        engine.start()
        try:
            engine.submit(visits(engine.clock.now(), "ada")[0]).result(PATIENCE)
            say(store.path, "care", "stop", engine.clock.now())
            until(lambda: store.reader_rows("SELECT 1 FROM run") == [])
        finally:
            engine.stop()
