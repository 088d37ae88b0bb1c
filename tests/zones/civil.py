"""What the language says of clock times and days, told once more over `whenever`, a library that Sojourn does not use.

Zones, changes of the clock and sums over the calendar are those of that library. Instants are microseconds since
1970 UTC, as everywhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from whenever import Instant, PlainDateTime, RepeatedTime, SkippedTime, ZonedDateTime

MICROSECOND = 1000  # in nanoseconds
HOUR = 3_600_000_000
DAY = 24 * HOUR


def instant_of(moment: ZonedDateTime | Instant) -> int:
    """In microseconds."""
    return moment.timestamp(unit="nanosecond") // MICROSECOND


def in_zone(instant: int, zone: str) -> ZonedDateTime:
    """What calendar and clock show there at an instant."""
    return Instant.from_timestamp(instant * MICROSECOND, unit="nanosecond").to_tz(zone)


def clock_at(instant: int, zone: str) -> dt.datetime:
    """The same, without a zone."""
    return in_zone(instant, zone).to_plain().to_stdlib()


def first(local: dt.datetime, zone: str) -> int:
    """The instant of a clock time: the first of two, and the first that exists after one that a day skips."""
    plain = PlainDateTime(local)
    try:
        return instant_of(plain.assume_tz(zone, disambiguation="raise"))
    except RepeatedTime:
        return instant_of(plain.assume_tz(zone, disambiguation="earlier"))
    except SkippedTime:
        change = plain.assume_tz(zone, disambiguation="earlier").next_transition()
        assert change is not None
        return instant_of(change)


def later(instant: int, zone: str, *, months: int = 0, days: int = 0, micros: int = 0) -> int:
    """So many months and days later by the calendar of the zone, at the same clock time, and then so long."""
    if months or days:
        moved = in_zone(instant, zone).to_plain().date().add(months=months).add(days=days)
        clock = clock_at(instant, zone).time()
        instant = first(dt.datetime.combine(moved.to_stdlib(), clock), zone)
    return instant + micros


def days_around(instant: int, zone: str, before: int, after: int) -> Iterator[dt.date]:
    """The dates from so many days before an instant to so many after it."""
    today = in_zone(instant, zone).date()
    for days in range(-before, after + 1):
        yield today.add(days=days).to_stdlib()


def next_clock_time(instant: int, clock: dt.time, zone: str) -> int:
    """The next instant, this one included, that is such a clock time."""
    times = (first(dt.datetime.combine(day, clock), zone) for day in days_around(instant, zone, 2, 3))
    return min(t for t in times if t >= instant)


def quiet_until(instant: int, begins: dt.time, ends: dt.time, zone: str) -> int | None:
    """When quiet hours are over that an instant lies in; None when it lies in none."""
    for day in days_around(instant, zone, 2, 1):
        ending = day if begins < ends else day + dt.timedelta(days=1)
        end = first(dt.datetime.combine(ending, ends), zone)
        if first(dt.datetime.combine(day, begins), zone) <= instant < end:
            return end
    return None


def changes(zone: str, since: int, until: int) -> list[int]:
    """The instants at which the clocks of a zone are changed."""
    found = []
    moment = in_zone(since, zone).next_transition()
    while moment is not None and instant_of(moment) < until:
        found.append(instant_of(moment))
        moment = moment.next_transition()
    return found
