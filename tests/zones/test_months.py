"""Months, ends of months and 29 February: a table written by hand, compared with `whenever` and played."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import pytest

from sojourn.dsl.values import DAY, HOUR
from tests.oracle.playing import quick_folder
from tests.zones import civil
from tests.zones.playing import lived, program_of, records, simulated


class Row(NamedTuple):
    """A length of time that begins somewhere, and the clock time at which it is over."""

    zone: str
    begins: str
    length: str
    ends: str


MONTHS = (
    Row("UTC", "2026-01-31 12:00", "1 month", "2026-02-28 12:00"),
    Row("UTC", "2026-01-30 12:00", "1 month", "2026-02-28 12:00"),
    Row("UTC", "2026-01-28 12:00", "1 month", "2026-02-28 12:00"),
    Row("UTC", "2028-01-31 12:00", "1 month", "2028-02-29 12:00"),
    Row("UTC", "2026-02-28 12:00", "1 month", "2026-03-28 12:00"),
    Row("UTC", "2026-03-31 12:00", "1 month", "2026-04-30 12:00"),
    Row("UTC", "2026-03-31 12:00", "2 months", "2026-05-31 12:00"),
    Row("UTC", "2028-02-29 12:00", "12 months", "2029-02-28 12:00"),
    Row("UTC", "2028-02-29 12:00", "1 year", "2029-02-28 12:00"),
    Row("UTC", "2028-02-29 12:00", "4 years", "2032-02-29 12:00"),
    Row("UTC", "2026-12-31 23:59", "2 months", "2027-02-28 23:59"),
    Row("Asia/Kathmandu", "2026-01-31 00:00", "1 month", "2026-02-28 00:00"),
    Row("America/Los_Angeles", "2026-01-31 23:00", "1 month", "2026-02-28 23:00"),
    Row("Pacific/Kiritimati", "2026-08-31 01:00", "1 month", "2026-09-30 01:00"),
    Row("Europe/Paris", "2026-02-28 02:30", "1 month", "2026-03-28 02:30"),
    Row("Europe/Paris", "2026-03-01 02:30", "4 weeks", "2026-03-29 03:00"),
    Row("America/New_York", "2026-02-08 02:30", "1 month", "2026-03-08 03:00"),
    Row("Australia/Lord_Howe", "2026-09-04 02:10", "1 month", "2026-10-04 02:30"),
    Row("Africa/Cairo", "2026-03-24 00:15", "1 month", "2026-04-24 01:00"),
    Row("Pacific/Apia", "2011-11-30 09:00", "1 month", "2011-12-31 00:00"),
    Row("Pacific/Apia", "2011-12-01 09:00", "1 month", "2012-01-01 09:00"),
)


@pytest.mark.parametrize("row", MONTHS, ids=lambda row: f"{row.length} from {row.begins}, {row.zone}")
@pytest.mark.parametrize("step", ("wait {}", "wait for answered, up to {}"))
def test_months_later(row: Row, step: str) -> None:
    begins = civil.first(dt.datetime.fromisoformat(row.begins), row.zone)
    ends = civil.first(dt.datetime.fromisoformat(row.ends), row.zone)
    count, unit = row.length.split()
    months = int(count) * {"month": 1, "year": 12}.get(unit.rstrip("s"), 0)
    days = int(count) * 7 if unit == "weeks" else 0
    assert civil.later(begins, row.zone, months=months, days=days) == ends
    wait = step.format(row.length)
    program = program_of(
        f'journey j\n  start on go\n  times in timezone otherwise "UTC"\n\n  {wait}\n\n'
        f'journey k\n  start on go\n  times in timezone otherwise "UTC"\n  ends after {row.length}\n\n'
        "  wait for passed_by\n"
    )
    said = records(row.zone, begins - HOUR, [begins])
    seen = simulated(program, said, ends + DAY)
    assert [s.at for s in seen if s.kind == "ended"] == [ends, ends]
    with quick_folder() as folder:
        assert lived(program, said, ends + DAY, folder / "store.db") == seen


YEARS = (
    (
        "Europe/Paris", "2000-02-29", "born",
        ["2026-02-28 09:00", "2027-02-28 09:00", "2028-02-29 09:00", "2029-02-28 09:00"],
    ),
    (
        "Asia/Kathmandu", "2000-02-29", "born + 1 day",
        ["2026-03-01 09:00", "2027-03-01 09:00", "2028-03-01 09:00", "2029-03-01 09:00"],
    ),
    (
        "America/St_Johns", "2000-03-01", "born - 1 day",
        ["2026-02-28 09:00", "2027-02-28 09:00", "2028-02-29 09:00", "2029-02-28 09:00"],
    ),
    (
        "Australia/Lord_Howe", "2000-01-31", "born + 1 month",
        ["2026-02-28 09:00", "2027-02-28 09:00", "2028-02-29 09:00", "2029-02-28 09:00"],
    ),
    (
        "Pacific/Kiritimati", "1999-12-31", "born",
        ["2026-12-31 09:00", "2027-12-31 09:00", "2028-12-31 09:00"],
    ),
    (
        "Pacific/Pago_Pago", "2000-01-01", "born - 1 day",
        ["2026-12-31 09:00", "2027-12-31 09:00", "2028-12-31 09:00"],
    ),
)  # fmt: skip


@pytest.mark.parametrize("zone, born, said, comes", YEARS, ids=lambda value: str(value)[:24])
def test_a_date_comes_each_year(zone: str, born: str, said: str, comes: list[str]) -> None:
    program = program_of(
        f'journey j\n  start on {said} at 9:00\n  times in timezone otherwise "UTC"\n\n  send hello\n'
    )
    known = civil.first(dt.datetime(2026, 1, 10), zone)
    until = civil.first(dt.datetime(2029, 4, 1), zone)
    people = records(zone, known, [], born=born)
    seen = simulated(program, people, until)
    started = [civil.clock_at(s.at, zone) for s in seen if s.kind == "started"]
    assert started == [dt.datetime.fromisoformat(moment) for moment in comes]
    with quick_folder() as folder:
        assert lived(program, people, until, folder / "store.db") == seen


WINDOWS = (
    Row("UTC", "2026-01-31 12:00", "1 month", "2026-02-28 12:00"),
    Row("UTC", "2028-01-31 12:00", "1 month", "2028-02-29 12:00"),
    Row("UTC", "2028-02-29 12:00", "1 year", "2029-02-28 12:00"),
    Row("UTC", "2026-03-31 12:00", "3 months", "2026-06-30 12:00"),
    Row("Europe/Paris", "2026-03-28 12:00", "1 day", "2026-03-29 13:00"),
    Row("Europe/Paris", "2026-03-28 12:00", "1 month", "2026-04-28 13:00"),
    Row("Australia/Lord_Howe", "2026-10-03 12:00", "1 week", "2026-10-10 12:30"),
    Row("Pacific/Apia", "2011-12-29 12:00", "1 day", "2011-12-31 12:00"),
)


@pytest.mark.parametrize("row", WINDOWS, ids=lambda row: f"{row.length} from {row.begins}, {row.zone}")
def test_a_window_ends(row: Row) -> None:
    """Days in a window are 24 hours, and months those of UTC, wherever somebody lives."""
    begins = civil.first(dt.datetime.fromisoformat(row.begins), row.zone)
    ends = civil.first(dt.datetime.fromisoformat(row.ends), row.zone)
    count, unit = row.length.split()
    months = int(count) * {"month": 1, "year": 12}.get(unit.rstrip("s"), 0)
    elapsed = int(count) * {"day": DAY, "week": 7 * DAY}.get(unit, 0)
    assert civil.later(begins, "UTC", months=months, micros=elapsed) == ends
    program = program_of(f"audience lately\n  has go in last {row.length}\n")
    people = records(row.zone, begins - HOUR, [begins])
    seen = simulated(program, people, ends + DAY)
    assert [(s.at, s.kind) for s in seen if s.journey == "lately"] == [(begins, "entered"), (ends, "left")]
    with quick_folder() as folder:
        assert lived(program, people, ends + DAY, folder / "store.db") == seen
