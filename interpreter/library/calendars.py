"""Working days and holidays, as the library `holidays` knows them.

A calendar is named by a country, `DE`, or a region of one, `DE-BY`. Where the country is not known, or has no
calendar, Monday to Friday are the working days and there are no holidays. The answers are those of the version of
the library that runs; a run keeps the instant it waits until, so an update moves nobody who waits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

__all__ = ["FUNCTIONS", "add_working_days", "is_working_day"]

_ONE_DAY = dt.timedelta(days=1)
_MOST_WORKING_DAYS = 1000
_LONGEST_LOOK = 731
"""Days; how far ahead the next holiday is looked for."""


@lru_cache(maxsize=1024)
def _calendar(country: str | None, language: str | None = None) -> Any:
    """The calendar of a country or region; None where there is none."""
    if not country:
        return None
    import holidays

    name, _, region = country.partition("-")
    try:
        return holidays.country_holidays(name, subdiv=region or None, language=language)
    except (NotImplementedError, AttributeError, ValueError):
        return None


def _is_weekend(day: dt.date, country: str | None) -> bool:
    calendar = _calendar(country)
    return day.weekday() in (calendar.weekend if calendar is not None else (5, 6))


def _is_holiday(day: dt.date, country: str | None) -> bool:
    calendar = _calendar(country)
    return calendar is not None and day in calendar


def is_working_day(day: dt.date, country: str | None) -> bool:
    """Whether a date is a working day of a country or region."""
    calendar = _calendar(country)
    return bool(calendar.is_working_day(day)) if calendar is not None else day.weekday() < 5


def _holiday_name(day: dt.date, country: str | None, language: str | None) -> str | None:
    calendar = _calendar(country)
    if calendar is None or day not in calendar:
        return None
    return str(_calendar(country, _spoken(calendar, language)).get(day))


def _spoken(calendar: Any, language: str | None) -> str | None:
    """The language among those of a calendar that comes nearest to one; else English; else its own."""
    wanted = (language or "en").replace("-", "_")
    for name in (wanted, wanted.split("_")[0]):
        for known in (*calendar.supported_languages, calendar.default_language):
            if known is not None and name in (known, known.split("_")[0]):
                return str(known)
    english = [known for known in calendar.supported_languages if known.split("_")[0] == "en"]
    return english[0] if english else None


def _next_holiday(day: dt.date, country: str | None) -> dt.date | None:
    calendar = _calendar(country)
    if calendar is None:
        return None
    for _ in range(_LONGEST_LOOK):
        day += _ONE_DAY
        if day in calendar:
            return day
    return None


def add_working_days(day: dt.date, number: Any, country: str | None) -> dt.date | None:
    """The date so many working days later, or earlier; None for more than a thousand."""
    left = int(number)
    if abs(left) > _MOST_WORKING_DAYS:
        return None
    step = _ONE_DAY if left > 0 else -_ONE_DAY
    while left:
        day += step
        if is_working_day(day, country):
            left -= 1 if left > 0 else -1
    return day


def _working_days_between(start: dt.date, end: dt.date, country: str | None) -> int | None:
    if end < start:
        found = _working_days_between(end, start, country)
        return None if found is None else -found
    if (end - start).days > _LONGEST_LOOK * 10:
        return None
    days = (start + number * _ONE_DAY for number in range(1, (end - start).days + 1))
    return sum(is_working_day(day, country) for day in days)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "is_weekend": _is_weekend,
    "is_holiday": _is_holiday,
    "is_working_day": is_working_day,
    "holiday_name": _holiday_name,
    "next_holiday": _next_holiday,
    "next_working_day": lambda day, country: add_working_days(day, 1, country),
    "add_working_days": add_working_days,
    "working_days_between": _working_days_between,
}
