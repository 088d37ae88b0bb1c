"""Which public holidays a program went by is kept with it; an upgrade is told by the days that it changes."""

from __future__ import annotations

import datetime as dt
from importlib import metadata
from pathlib import Path
from typing import Any

import orjson
import pytest

from sojourn.dsl.values import DAY
from sojourn.interpreter.library import calendars as library
from sojourn.interpreter.runtime.calendars import (
    Calendars,
    calendars_of,
    differences,
    read_calendars,
    written_calendars,
)
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.plan import Plan, plan
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.versions import last_calendars, written_content
from sojourn.interpreter.runtime.writer import Writer
from tests.runtime.writing import at, program_of, record, settle

NOW = at("2026-03-02 10:00")
INSTALLED = metadata.version("holidays")

IN_BAVARIA = """
journey slowly
  start on visit

  wait 3 working days in "DE-BY"
  send hello
"""


def known(text: str) -> Calendars | None:
    program = program_of(text)
    return calendars_of(program.own, written_content(program), NOW)


def test_the_days_of_every_calendar_that_is_named_are_kept() -> None:
    found = known(
        IN_BAVARIA + 'audience off\n  is_holiday(today, "FR")\n\nmessage card\n  email\n    subject "Until '
        '{{ next_working_day(today, \'AT\') }}"\n    body "<p>Hello</p>"\n'
    )
    assert found is not None and found.version == INSTALLED
    assert sorted(found.named) == ["AT", "DE-BY", "FR"] and not found.of_people
    assert found.named["DE-BY"]["2026-01-06"] and "2027-12-25" in found.named["FR"]
    assert found.until == "2027-12-31" and found.weekends["FR"] == (5, 6)
    assert read_calendars(written_calendars(found)) == found


def test_a_program_without_working_days_keeps_nothing() -> None:
    assert known("journey quickly\n  start on visit\n  wait 3 days\n  send hello\n") is None
    assert written_calendars(None) == "" and read_calendars("") is None


def test_of_the_country_of_each_person_it_is_kept_that_it_decides() -> None:
    found = known("profile\n  country  country\n\naudience off\n  is_holiday(today)\n")
    assert found is not None and found.of_people and not found.named


def upgraded(path: Path, change: dict[str, Any]) -> None:
    """The store as an older version of the tables left it: what `change` says was otherwise."""
    with Store.open(path) as store, store.transaction() as connection:
        (text,) = connection.execute("SELECT calendars FROM program").fetchone()
        said = orjson.loads(text)
        said["holidays"] = "0.1"
        for name, days in change.items():
            said["named"][name] = {
                day: label for day, label in {**said["named"][name], **days}.items() if label is not None
            }
        connection.execute("UPDATE program SET calendars = ?", (orjson.dumps(said).decode(),))


def planned(path: Path, text: str = IN_BAVARIA) -> Plan:
    return plan(path, program_of(text), EventClock(NOW), "", False)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store on which the journey runs."""
    path = tmp_path / "store.db"
    with Store.open(path) as opened:
        Writer(opened, program_of(IN_BAVARIA), EventClock(NOW))
    return path


def test_the_tables_that_ran_are_in_the_store_and_the_same_ones_say_nothing(store: Path) -> None:
    with Store.open(store, read_only=True) as reading:
        assert last_calendars(reading) == known(IN_BAVARIA)
    assert not planned(store).changed and planned(store).calendars == []


def test_an_upgrade_is_told_by_the_days_that_it_changes(store: Path) -> None:
    """Before, Three Kings was no holiday next year, and a carnival Monday was one; a day that is over is not told."""
    upgraded(store, {"DE-BY": {"2027-01-06": None, "2027-02-08": "Rosenmontag", "2026-02-16": "Rosenmontag"}})
    found = planned(store)
    assert found.changed and found.last == found.version
    first, *middle, last = found.calendars
    assert first == (
        f"The tables of public holidays are others: version {INSTALLED}, and 0.1 when this last ran."
    )
    assert [said.partition(" (")[0] for said in middle] == ["In DE-BY 2027-01-06", "In DE-BY 2027-02-08"]
    assert middle[0].endswith("is a public holiday now.") and middle[1].endswith(
        "(Rosenmontag) is no public holiday any more."
    )
    assert last.startswith("Who waits keeps the day until which they wait.")


def test_an_upgrade_that_changes_none_of_the_days_in_use_is_no_change(store: Path) -> None:
    upgraded(store, {"DE-BY": {}})
    assert not planned(store).changed


def test_where_people_decide_it_is_said_that_days_may_be_others() -> None:
    before = Calendars("0.1", "2027-12-31", {}, {}, True)
    after = Calendars("0.2", "2027-12-31", {}, {}, True)
    assert any("country of each person decides" in said for said in differences(before, after, NOW))
    assert differences(before, before, NOW) == [] and differences(None, after, NOW) == []


def test_who_waits_keeps_the_day_and_who_comes_later_has_the_new_ones(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ada begins on Monday and waits until Thursday. An upgrade makes Wednesday a holiday; Ben begins on Tuesday."""
    clock = EventClock(NOW)
    with Store.open(store) as opened:
        writer = Writer(opened, program_of(IN_BAVARIA), clock)
        writer.take([[record("a", NOW, "visit", {}, email="ada@example.com")]])
        real = library._calendar

        def newer(country: str | None, language: str | None = None) -> Any:
            calendar = real(country, language)
            copy = calendar.copy() if calendar is not None else None
            if copy is not None:
                copy.append({dt.date(2026, 3, 4): "A new holiday"})
            return copy

        monkeypatch.setattr(library, "_calendar", newer)
        writer = Writer(opened, program_of(IN_BAVARIA), clock)
        settle(writer)
        clock.advance(NOW + DAY)
        writer.take([[record("b", NOW + DAY, "visit", {}, email="ben@example.com")]])
        until = dict(opened.rows(
            "SELECT json_extract(document, '$.key'), json_extract(each.value, '$.until') "
            "FROM person, json_each(document, '$.runs') AS each"
        ))  # fmt: skip
    assert until["email:ada@example.com"] == at("2026-03-05 10:00")
    assert until["email:ben@example.com"] == at(
        "2026-03-09 10:00"
    )  # without the new holiday it would be the 6th


def test_an_older_store_is_read_without_the_column(store: Path) -> None:
    with Store.open(store) as opened, opened.transaction() as connection:
        connection.execute("ALTER TABLE program DROP COLUMN calendars")
    with Store.open(store, read_only=True) as reading:
        assert last_calendars(reading) is None
