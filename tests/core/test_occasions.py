"""When a start by time alone comes next: clock changes, leap days, month ends, zones across the date line."""

from __future__ import annotations

import datetime as dt

import pytest

from sojourn.dsl.values import to_datetime, zone
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.compile.occasions import Occasion
from sojourn.interpreter.core.person import Person
from tests.core.building import at, instant

BASE = """\
profile
  email     email  identity
  member    boolean
  born      date
  seen      datetime
audience members
  member is true
message hello
  email
    subject "Hello"
    body "Hello"
"""


def occasion(start: str, zone: str = "UTC") -> Occasion:
    """The occasion of a journey with this start."""
    text = BASE + f'journey j\n  start {start}\n  times in "{zone}"\n  send hello\n'
    compiled = compile_texts({"a.journey": text})
    assert compiled.workspace is not None
    return compile_program(compiled.workspace).occasions[0]


def comings(made: Occasion, after: str, count: int, **fields: object) -> list[str]:
    """The next occurrences from an instant on, as clock times in UTC."""
    person = Person("email:a@example.com", 0, "")
    person.fields.update(fields)
    found, now = [], at(after)
    while len(found) < count and (coming := made.after(person, now)) is not None:
        found.append(instant(coming[0]))
        now = coming[0]
        person.occurred[made.slot] = coming[1]
    return found


@pytest.mark.parametrize(
    ("start", "zone", "after", "expected"),
    [
        ("every day at 9:00 for members", "UTC", "2026-03-02 09:00", ["2026-03-03 09:00", "2026-03-04 09:00"]),
        ("every weekday at 9:00 for members", "UTC", "2026-03-06 10:00", ["2026-03-09 09:00", "2026-03-10 09:00"]),
        ("every weekend for members", "UTC", "2026-03-06 10:00", ["2026-03-07 00:00", "2026-03-08 00:00"]),
        ("every monday at 9:00 for members", "UTC", "2026-03-02 08:59", ["2026-03-02 09:00", "2026-03-09 09:00"]),
        ("every month at 9:00 for members", "UTC", "2026-01-31 10:00", ["2026-02-01 09:00", "2026-03-01 09:00"]),
        # Summer time begins in Paris on 29 March at 2:00: 2:30 is skipped, and 9:00 is an hour earlier in UTC.
        (
            "every day at 2:30 for members", "Europe/Paris", "2026-03-28 00:00",
            ["2026-03-28 01:30", "2026-03-29 01:00", "2026-03-30 00:30"],
        ),
        # It ends on 25 October at 3:00: 2:30 occurs twice, and the first counts.
        (
            "every day at 2:30 for members", "Europe/Paris", "2026-10-24 12:00",
            ["2026-10-25 00:30", "2026-10-26 01:30"],
        ),
        ("every day at 9:00 for members", "Asia/Kolkata", "2026-03-02 00:00", ["2026-03-02 03:30", "2026-03-03 03:30"]),
        ("every monday at 0:30 for members", "Pacific/Kiritimati", "2026-03-01 10:00", ["2026-03-01 10:30"]),
        ("at 2026-12-01 9:00 for members", "America/New_York", "2026-03-01 10:00", ["2026-12-01 14:00"]),
    ],
)  # fmt: skip
def test_schedules(start: str, zone: str, after: str, expected: list[str]) -> None:
    assert comings(occasion(start, zone), after, len(expected), member=True) == expected


@pytest.mark.parametrize(
    ("start", "born", "after", "expected"),
    [
        ("on born at 9:00", "1990-05-04", "2026-05-04 08:00", ["2026-05-04 09:00", "2027-05-04 09:00"]),
        (
            "on born - 3 days at 9:00",
            "1990-05-04",
            "2026-05-02 08:00",
            ["2027-05-01 09:00", "2028-05-01 09:00"],
        ),
        ("on born", "1992-02-29", "2027-01-01 00:00", ["2027-02-28 00:00", "2028-02-29 00:00"]),
        ("on born - 3 days", "1990-01-02", "2026-12-30 01:00", ["2027-12-30 00:00"]),
        (
            "on born + 6 months at 9:00",
            "1990-08-31",
            "2026-01-01 00:00",
            ["2026-02-28 09:00", "2027-02-28 09:00"],
        ),
        # Not before the date itself.
        ("on born at 9:00", "2028-05-04", "2026-01-01 00:00", ["2028-05-04 09:00", "2029-05-04 09:00"]),
        ("once on born - 1 day at 9:00", "2028-05-04", "2026-01-01 00:00", ["2028-05-03 09:00"]),
        ("once on born at 9:00", "1990-05-04", "2026-01-01 00:00", []),
        ("on anniversary(born) - 1 week at 9:00", "1990-05-04", "2026-04-20 00:00", ["2026-04-27 09:00"]),
    ],
)
def test_dates_of_the_person(start: str, born: str, after: str, expected: list[str]) -> None:
    assert comings(occasion(start), after, len(expected) or 1, born=born)[: len(expected)] == expected
    assert bool(expected) == bool(comings(occasion(start), after, 1, born=born))


def test_who_has_no_date_has_no_occasion() -> None:
    assert comings(occasion("on born at 9:00"), "2026-01-01 00:00", 1) == []


def test_a_moment_comes_at_its_own_instant_or_on_its_date_at_a_clock_time() -> None:
    seen = "2026-03-28T23:30:00Z"  # 0:30 of the 29th in Paris
    assert comings(occasion("on seen + 2 hours"), "2026-03-01 00:00", 2, seen=seen) == ["2026-03-29 01:30"]
    on_its_day = occasion("on seen at 9:00", "Europe/Paris")
    assert comings(on_its_day, "2026-03-01 00:00", 2, seen=seen) == ["2026-03-29 07:00"]


def test_every_day_of_ten_years_has_one_occurrence_in_every_zone() -> None:
    """Whatever a zone does with its clocks, a daily start comes once for each date that the zone has."""
    for name in (
        "Europe/Paris",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Asia/Tehran",
    ):
        tz = zone(name)
        made = occasion("every day at 0:30 for members", name)
        person = Person("email:a@example.com", 0, "")
        now, end = at("2016-01-01 12:00"), at("2026-01-01 12:00")
        days: list[dt.date] = []
        while (coming := made.after(person, now)) is not None and coming[0] <= end:
            now = coming[0]
            person.occurred[made.slot] = coming[1]
            days.append(dt.date.fromisoformat(coming[1]))
            assert to_datetime(now, tz).date() == days[-1]
        assert days == [days[0] + dt.timedelta(days=n) for n in range(len(days))]
        assert len(days) == 3653
