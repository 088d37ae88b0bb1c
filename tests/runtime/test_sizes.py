"""How many people are in each audience of a store, read beside whoever writes to it, and as of when that is exact."""

from __future__ import annotations

from pathlib import Path

import pytest

from sojourn.dsl.values import DAY, HOUR
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.errors import StoreUnusable
from sojourn.interpreter.runtime.settings import store_of
from sojourn.interpreter.runtime.sizes import Sizes, read_sizes
from sojourn.interpreter.runtime.spreading import meaning_of
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.runtime.writing import at, people, program_of, record, settle

NOON = at("2026-03-02 12:00")

RULES = """
attribute visits = count of visit in last 7 days

audience keen
  visits >= 2

audience nobody_yet
  has purchase

journey chasing
  start on visit where page is "sofas"
  one per page

  wait 1 hour
  if in keen
    wait 2 days
"""


def sizes_of(path: Path, before: Sizes | None = None) -> Sizes:
    found = read_sizes(path, before)
    assert found is not None
    return found


def test_sizes_are_read_while_the_store_is_in_use(tmp_path: Path) -> None:
    """Three are members, two of them visit twice; one of those looks at sofas an hour ago."""
    path = tmp_path / "store.db"
    clock = EventClock(NOON)
    with Store.open(path) as store:
        writer = Writer(store, program_of(RULES), clock)
        writer.take([[*people(NOON, 3, member=True), *people(NOON, 0)]])
        for number, person in enumerate((0, 0, 1, 1)):
            page = "sofas" if number == 3 else "lamps"
            visit = record(f"v{number}", NOON, "visit", {"page": page}, email=f"p{person}@example.com")
            writer.take([[visit]])
        found = sizes_of(path)
        assert found.audiences == {"members": 3, "keen": 2, "nobody_yet": 0}
        assert found.under_way == {"chasing": {"wait 1 hour": 1}}
        clock.advance(NOON + 2 * HOUR)
        settle(writer)
        moved = sizes_of(path, found)
        assert moved.under_way == {"chasing": {"if in keen/wait 2 days": 1}}
        assert moved.audiences == found.audiences and moved.meanings is found.meanings
        with store.transaction() as connection:  # whoever writes does not wait for a reader, nor it for them
            connection.execute("DELETE FROM outbox")
            assert sizes_of(path).audiences == found.audiences


def test_it_is_exact_up_to_what_time_brings_next(tmp_path: Path) -> None:
    """While nothing runs on the store nobody leaves by time; it is known as of the first who would have."""
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        writer = Writer(store, program_of(RULES), EventClock(NOON))
        for number in range(2):
            visit = record(f"v{number}", NOON + number * HOUR, "visit", {}, email="p0@example.com")
            writer.take([[visit]])
    found = sizes_of(path)
    assert found.audiences["keen"] == 1
    assert found.as_of(NOON + 3 * HOUR) == NOON + 3 * HOUR
    assert found.as_of(NOON + 30 * DAY) == NOON + 7 * DAY
    with Store.open(path) as store:
        writer = Writer(store, program_of(RULES), EventClock(NOON + 30 * DAY))
        settle(writer)
    found = sizes_of(path)
    assert found.audiences["keen"] == 0
    assert found.as_of(NOON + 30 * DAY) == NOON + 30 * DAY


def test_a_rule_that_changed_is_told_from_one_that_runs(tmp_path: Path) -> None:
    """What an audience means is compared, with all it is built on. Until the change has reached everybody, that is
    said.
    """
    path = tmp_path / "store.db"
    before, after = program_of(RULES), program_of(RULES.replace("in last 7 days", "in last 9 days"))
    with Store.open(path) as store:
        writer = Writer(store, before, EventClock(NOON))
        writer.take([people(NOON, 5, member=True)])
        first = sizes_of(path)
        assert first.meanings["keen"] == meaning_of(before.workspace, "keen")
        assert first.meanings["keen"] != meaning_of(after.workspace, "keen")
        assert first.meanings["members"] == meaning_of(after.workspace, "members")
        writer.use(after)
        second = sizes_of(path, first)
        assert second.version == after.version and second.unsettled and not first.unsettled
        assert second.meanings["keen"] == meaning_of(after.workspace, "keen")
        settle(writer)
        assert not sizes_of(path, second).unsettled


def test_a_store_in_which_nothing_ever_ran_has_no_sizes(tmp_path: Path) -> None:
    """An empty store gives nothing; no store at all, or another program's file, is an error as everywhere."""
    path = tmp_path / "store.db"
    Store.open(path).close()
    assert read_sizes(path) is None
    with pytest.raises(StoreUnusable):
        read_sizes(tmp_path / "none.db")


def test_the_store_is_found_whatever_else_the_settings_say(tmp_path: Path) -> None:
    """An editor does not know the password that a run is given by its environment, and need not."""
    assert store_of(tmp_path) == tmp_path / ".sojourn" / "sojourn.db"
    settings = tmp_path / "sojourn.toml"
    settings.write_text('store = "data/live.db"\n[deliver]\nemail = "smtp"\n', encoding="utf-8")
    assert store_of(tmp_path) == tmp_path / "data" / "live.db"
    settings.write_text("store = 5\n", encoding="utf-8")
    assert store_of(tmp_path) is None
    settings.write_text("store = [\n", encoding="utf-8")
    assert store_of(tmp_path) is None
