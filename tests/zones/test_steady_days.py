"""Sums over the calendar are quick on days around which no clock is changed: such days are told from the others."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from zoneinfo import TZPATH, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.dsl.values import DAY, SECOND, steady_offset, to_datetime, zone

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
FIRST, LAST = -5_000_000_000, 5_000_000_000


def file_of(name: str) -> Traversable:
    """The file that Python reads a zone from: that of the system, else that of the package tzdata."""
    of_system = (Path(folder) / name for folder in TZPATH)
    return next((path for path in of_system if path.is_file()), files("tzdata").joinpath("zoneinfo", name))


def changes(name: str) -> Iterator[tuple[int, int, int]]:
    """(when, the offset before, the offset after) in seconds, as the zone's file (RFC 9636) has them."""
    data = file_of(name).read_bytes()
    header, sizes = ">4sc15x6l", struct.calcsize(">4sc15x6l")

    def counts(at: int) -> tuple[int, ...]:
        return struct.unpack_from(header, data, at)[2:]

    marks, standards, leaps, times, types, letters = counts(0)
    # The first part has times of 32 bits; the second has the same in 64.
    start = sizes + times * 5 + types * 6 + letters + leaps * 8 + standards + marks
    *_, times, types, _ = counts(start)
    start += sizes
    when = struct.unpack_from(f">{times}q", data, start)
    which = data[start + 8 * times : start + 9 * times]
    offsets = [struct.unpack_from(">l", data, start + 9 * times + 6 * n)[0] for n in range(types)]
    before = offsets[0]
    for at, number in zip(when, which, strict=True):
        if offsets[number] != before:
            yield at, before, offsets[number]
        before = offsets[number]


@pytest.mark.parametrize("part", range(8))
def test_no_clocks_are_changed_twice_within_a_day(part: int) -> None:
    """One change between two midnights is seen at one of them, as long as no other undoes it before."""
    looked_at = 0
    for name in ZONES[part::8]:
        found = [at for at, _, _ in changes(name)]
        looked_at += len(found)
        assert all(later - earlier > 86_400 for earlier, later in pairwise(found)), name
    assert looked_at > 500


@pytest.mark.parametrize("part", range(8))
def test_a_day_near_a_change_is_not_steady(part: int) -> None:
    for name in ZONES[part::8]:
        tz = zone(name)
        for at, _, _ in changes(name):
            day = at // 86_400
            assert [steady_offset(day + near, tz) for near in (-1, 0)] == [None, None], (name, at)
            if at % 86_400:
                assert steady_offset(day + 1, tz) is None, (name, at)


@given(st.sampled_from(ZONES), st.integers(FIRST, LAST))
def test_a_steady_day_has_one_offset(name: str, second: int) -> None:
    """At every hour from the beginning of the day before to the end of the day after."""
    tz = zone(name)
    day = second // 86_400
    offset = steady_offset(day, tz)
    hours = {to_datetime(day * DAY + hour * DAY // 24, tz).utcoffset() for hour in range(-24, 49)}
    seconds = {found.total_seconds() for found in hours if found is not None}
    assert (offset is None) is (len(seconds) > 1)
    if offset is not None:
        assert seconds == {offset / SECOND}


def test_where_the_calendar_ends_no_day_is_steady() -> None:
    tz = zone("Europe/Paris")
    assert steady_offset(10**7, tz) is None
    assert steady_offset(-(10**7), tz) is None
