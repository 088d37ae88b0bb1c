"""Starts by time alone: when they come for a person, and the name of each occurrence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from sojourn.dsl import checked as c
from sojourn.dsl.values import Duration
from tests.oracle.meaning import WEEKDAYS, Look, calculated, clock, first_instant
from tests.oracle.meaning import value as meaning_of

Occurrence = tuple[int, str]
"""When it comes, and its name."""


def zone_for(journey: c.Journey, look: Look) -> dt.tzinfo:
    """The zone that a journey's clock times are meant in."""
    name = meaning_of(journey.zone, look) if journey.zone is not None else None
    return ZoneInfo(name or journey.zone_fallback or "UTC")


def occurrences(journey: c.Journey, start: c.Start, look: Look, near: int) -> Iterator[Occurrence]:
    """Those of a start that may lie within about a year after an instant, in any order."""
    tz = zone_for(journey, look)
    if isinstance(start, c.StartOnSchedule):
        if start.moment is not None:
            yield first_instant(start.moment, tz), start.moment.isoformat()
            return
        today = clock(near, tz).date()
        for days in range(-1, 35):
            day = today + dt.timedelta(days=days)
            if _fits(day, start.every):
                yield first_instant(dt.datetime.combine(day, start.at), tz), day.isoformat()
    elif isinstance(start, c.StartOnDate):
        said = meaning_of(start.date, look)
        if said is None:
            return
        if start.yearly:
            year = clock(near, tz).year
            for anniversary in (_in_year(said, y) for y in range(max(said.year, year - 1), year + 3)):
                yield from _on(start, anniversary, look, tz)
        else:
            yield from _on(start, said, look, tz)


def _on(start: c.StartOnDate, day: dt.date | int, look: Look, tz: dt.tzinfo) -> Iterator[Occurrence]:
    moved: dt.date | int | None = day
    for op, shift in start.shifts:
        length = meaning_of(shift, look)
        if moved is None or not isinstance(length, Duration):
            return
        moved = calculated(op, moved, length)
    if moved is None:
        return
    if isinstance(moved, int) and start.at is not None:
        moved = clock(moved, tz).date()
    if isinstance(moved, int):
        yield moved, str(moved)
    else:
        yield first_instant(dt.datetime.combine(moved, start.at or dt.time(0)), tz), moved.isoformat()


def _fits(day: dt.date, every: str) -> bool:
    match every:
        case "day":
            return True
        case "weekday":
            return day.weekday() < 5
        case "weekend":
            return day.weekday() >= 5
        case "month":
            return day.day == 1
    return WEEKDAYS[day.weekday()] == every


def _in_year(day: dt.date, year: int) -> dt.date:
    try:
        return day.replace(year=year)
    except ValueError:
        return dt.date(year, 2, 28)
