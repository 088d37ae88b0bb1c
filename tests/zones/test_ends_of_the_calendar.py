"""Lengths of time that lead out of the calendar (it has the years 1 to 9999) end at its ends, in every zone."""

from __future__ import annotations

import pytest

from sojourn.dsl.values import (
    EARLIEST,
    LATEST,
    Duration,
    add_elapsed,
    add_in_zone,
    instant_to_iso,
    parse_instant,
    to_datetime,
    zone,
)
from sojourn.interpreter.functions import add, subtract

ZONES = ("UTC", "Europe/Paris", "Pacific/Kiritimati", "America/New_York", "Asia/Kathmandu")
LONG = (
    Duration(months=120_000),
    Duration(days=10_000_000),
    Duration(days=10**12),
    Duration(microseconds=10**30),
)
NOW = parse_instant("2026-03-02T10:00:00Z")


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("length", LONG)
def test_what_lies_beyond_an_end_is_at_the_end(name: str, length: Duration) -> None:
    tz = zone(name)
    for start in (EARLIEST, NOW, LATEST):
        assert add_in_zone(start, length, tz) == add_elapsed(start, length) == LATEST
        assert add_in_zone(start, length, tz, -1) == add_elapsed(start, length, -1) == EARLIEST


@pytest.mark.parametrize("name", ZONES)
def test_the_ends_have_a_date_and_a_clock_time(name: str) -> None:
    tz = zone(name)
    assert to_datetime(EARLIEST, tz).year == 1 and to_datetime(LATEST, tz).year == 9999
    assert to_datetime(10**30, tz) == to_datetime(LATEST, tz)
    assert parse_instant(instant_to_iso(LATEST)) == LATEST
    day = Duration(days=1)
    assert add_in_zone(LATEST, day, tz) == LATEST
    assert add_in_zone(LATEST - 86_400_000_000, day, tz) == LATEST


def test_in_an_expression_a_moment_out_of_the_calendar_is_missing() -> None:
    for length in LONG:
        assert add(NOW, length) is None
        assert subtract(NOW, length) is None
    assert add(NOW, Duration(days=1)) == NOW + 86_400_000_000
