"""The sums of the language's values, its time zones and distances; its functions are in `interpreter/library`."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from decimal import Decimal, DecimalException
from functools import lru_cache
from typing import Any

from sojourn.dsl.values import (
    DAY,
    EARLIEST,
    LATEST,
    UTC,
    Duration,
    Money,
    add_elapsed,
    local_to_instant,
    to_datetime,
    zone,
)

__all__ = [
    "WEEKDAYS",
    "add",
    "date_in_zone",
    "divide",
    "haversine",
    "in_year",
    "multiply",
    "negative",
    "person_zone",
    "searches",
    "span_of",
    "start_of_day",
    "subtract",
    "zone_or_none",
]

EARTH_RADIUS = 6_371_008.8
"""Metres, the mean radius of WGS 84."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_AVERAGE_MONTH = 2_629_746 * 1_000_000
"""Microseconds: a twelfth of the mean Gregorian year; only to compare lengths of time that name months."""


# ------------------------------------------------------------------ zones


@lru_cache(maxsize=1024)
def zone_or_none(name: str) -> dt.tzinfo | None:
    """The zone of that name; None where there is none."""
    try:
        return zone(name)
    except (KeyError, ValueError, OSError):
        return None


def person_zone(field: str | None, P: Any, fallback: str = "") -> dt.tzinfo:
    """The person's time zone; the fallback, else UTC, where it is missing or unknown."""
    name = P.fields.get(field) if field is not None and P is not None else None
    found = zone_or_none(name) if name else None
    if found is None and fallback:
        found = zone_or_none(fallback)
    return UTC if found is None else found


@lru_cache(maxsize=4096)
def date_in_zone(now: int, tz: dt.tzinfo) -> dt.date:
    """The date of an instant in a zone."""
    return to_datetime(now, tz).date()


@lru_cache(maxsize=65536)
def start_of_day(day: dt.date, tz: dt.tzinfo) -> int:
    """The instant at which a date begins in a zone (the first that exists, where midnight is skipped)."""
    try:
        return local_to_instant(dt.datetime(day.year, day.month, day.day), tz)
    except OverflowError:
        # The first and the last day of the calendar, in a zone in which they begin outside it.
        return local_to_instant(dt.datetime(day.year, day.month, day.day), UTC)


# ------------------------------------------------------------- arithmetic


def span_of(duration: Duration) -> int:
    """A length of time in microseconds, to compare two of them: a day is 24 hours, a month a twelfth of a
    mean year."""
    return duration.months * _AVERAGE_MONTH + duration.days * DAY + duration.microseconds


def _months_later(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def _date_moved(day: dt.date, duration: Duration, sign: int) -> dt.date:
    """A date moved by months, then days; of a part of a day only whole days count."""
    moved = _months_later(day, sign * duration.months) if duration.months else day
    return (
        moved
        + dt.timedelta(days=sign * duration.days)
        + sign * dt.timedelta(days=duration.microseconds // DAY)
    )


def _moved(instant: int, duration: Duration, sign: int) -> int | None:
    """A moment moved by a length of time; missing beyond the ends of the calendar."""
    moved = add_elapsed(instant, duration, sign)
    return moved if EARLIEST < moved < LATEST else None


def add(a: Any, b: Any) -> Any:
    """`a + b` for everything the language adds; None where it is missing or undefined."""
    if a is None or b is None:
        return None
    try:
        if isinstance(a, Money):
            return Money(a.amount + b.amount, a.currency) if a.currency == b.currency else None
        if isinstance(b, Duration):
            if isinstance(a, Duration):
                return Duration(a.months + b.months, a.days + b.days, a.microseconds + b.microseconds)
            return _moved(a, b, 1) if isinstance(a, int) else _date_moved(a, b, 1)
        if isinstance(a, Duration):
            return add(b, a)
        return a + b
    except (ValueError, OverflowError, DecimalException, TypeError):
        return None


def subtract(a: Any, b: Any, moments: bool = False) -> Any:
    """`a - b`; `moments` says that both are instants, so that the result is a length of time."""
    if a is None or b is None:
        return None
    try:
        if moments:
            return Duration(0, 0, a - b)
        if isinstance(a, Money):
            return Money(a.amount - b.amount, a.currency) if a.currency == b.currency else None
        if isinstance(b, Duration):
            if isinstance(a, Duration):
                return Duration(a.months - b.months, a.days - b.days, a.microseconds - b.microseconds)
            return _moved(a, b, -1) if isinstance(a, int) else _date_moved(a, b, -1)
        if isinstance(a, dt.date):
            return Duration(0, (a - b).days, 0)
        return a - b
    except (ValueError, OverflowError, DecimalException, TypeError):
        return None


def _times(duration: Duration, factor: Any) -> Duration | None:
    months, days = duration.months * Decimal(factor), duration.days * Decimal(factor)
    if months != int(months):
        return None
    micro = duration.microseconds * Decimal(factor) + (days - int(days)) * DAY
    return Duration(int(months), int(days), int(micro))


def multiply(a: Any, b: Any) -> Any:
    """`a * b` on numbers, and money or a length of time with a number."""
    if a is None or b is None:
        return None
    try:
        if isinstance(b, (Money, Duration)):
            a, b = b, a
        if isinstance(a, Money):
            return Money(a.amount * b, a.currency)
        return _times(a, b) if isinstance(a, Duration) else a * b
    except (ValueError, OverflowError, DecimalException, TypeError):
        return None


def divide(a: Any, b: Any) -> Any:
    """`a / b`; by zero it is missing; money by money of the same currency gives a number."""
    if a is None or b is None:
        return None
    try:
        if isinstance(a, Money):
            if isinstance(b, Money):
                return a.amount / b.amount if a.currency == b.currency and b.amount else None
            return Money(a.amount / b, a.currency) if b else None
        if isinstance(a, Duration):
            if isinstance(b, Duration):
                return Decimal(span_of(a)) / span_of(b) if span_of(b) else None
            return _times(a, 1 / Decimal(b)) if b else None
        return Decimal(a) / b if b else None
    except (ValueError, OverflowError, DecimalException, TypeError):
        return None


def negative(a: Any) -> Any:
    """`-a`."""
    if a is None:
        return None
    if isinstance(a, Money):
        return Money(-a.amount, a.currency)
    if isinstance(a, Duration):
        return Duration(-a.months, -a.days, -a.microseconds)
    return -a


def haversine(a: tuple[float, float] | None, b: tuple[float, float] | None) -> float | None:
    """The great-circle distance of two locations in metres."""
    if a is None or b is None:
        return None
    lat1, lon1, lat2, lon2 = map(math.radians, (*a, *b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS * math.asin(math.sqrt(min(1.0, h)))


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error:
        return None


def searches(pattern: str | None, text: str | None) -> bool:
    """Whether a regular expression is found in a text, upper and lower case alike; one that is none is never
    found."""
    if not pattern or not text:
        return False
    compiled = _pattern(pattern)
    return compiled is not None and compiled.search(text) is not None


def in_year(day: dt.date, year: int) -> dt.date:
    """The anniversary of a date in a year; of February 29 it is February 28 where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return dt.date(year, 2, 28)
