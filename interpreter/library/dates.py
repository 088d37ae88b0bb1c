"""The functions for dates: those that need nothing but the date, and those that look at the clock or the zone."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from sojourn.dsl.values import HOUR, local_to_instant, to_datetime
from sojourn.interpreter.functions import WEEKDAYS, date_in_zone, in_year

__all__ = ["FUNCTIONS", "OF_TODAY", "OF_ZONE"]

_ONE_DAY = dt.timedelta(days=1)


def _age(today: dt.date, born: dt.date) -> int:
    years = today.year - born.year
    return years - (today < in_year(born, today.year))


def _anniversary(today: dt.date, day: dt.date) -> dt.date:
    this_year = in_year(day, today.year)
    return this_year if this_year >= today else in_year(day, today.year + 1)


def _months(start: dt.date, end: dt.date) -> int:
    """Whole months: a month is over on the same day of the next one, or on its last day where there is none."""
    if end < start:
        return -_months(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    last = calendar.monthrange(end.year, end.month)[1]
    return months - (end.day < min(start.day, last))


def _years(start: dt.date, end: dt.date) -> int:
    return -_age(start, end) if end < start else _age(end, start)


def _hours(start: int, end: int) -> int:
    return (end - start) // HOUR if end >= start else -((start - end) // HOUR)


def _date(year: Any, month: Any, day: Any) -> dt.date | None:
    if any(part != int(part) for part in (year, month, day)):
        return None
    return dt.date(int(year), int(month), int(day))


def _next_day(day: dt.date, weekday: str) -> dt.date | None:
    name = weekday.lower()
    if name not in WEEKDAYS:
        return None
    return day + ((WEEKDAYS.index(name) - day.weekday() - 1) % 7 + 1) * _ONE_DAY


def _start_of_quarter(day: dt.date) -> dt.date:
    return day.replace(month=day.month - (day.month - 1) % 3, day=1)


def _end_of_month(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "weekday": lambda day: WEEKDAYS[day.weekday()],
    "year": lambda day: day.year,
    "quarter": lambda day: (day.month + 2) // 3,
    "month": lambda day: day.month,
    "week": lambda day: day.isocalendar().week,
    "day": lambda day: day.day,
    "days_between": lambda start, end: (end - start).days,
    "months_between": _months,
    "years_between": _years,
    "hours_between": _hours,
    "date": _date,
    "next_day": _next_day,
    "start_of_week": lambda day: day - day.weekday() * _ONE_DAY,
    "start_of_month": lambda day: day.replace(day=1),
    "start_of_quarter": _start_of_quarter,
    "start_of_year": lambda day: day.replace(month=1, day=1),
    "end_of_week": lambda day: day + (6 - day.weekday()) * _ONE_DAY,
    "end_of_month": _end_of_month,
    "end_of_quarter": lambda day: _end_of_month(day.replace(month=_start_of_quarter(day).month + 2, day=1)),
    "end_of_year": lambda day: day.replace(month=12, day=31),
}
"""Each takes its arguments alone."""

OF_TODAY: Mapping[str, Callable[..., Any]] = {
    "age": _age,
    "anniversary": _anniversary,
    "days_until": lambda today, day: (day - today).days,
    "days_since": lambda today, day: (today - day).days,
}
"""Each takes the date where the person is, then its arguments."""

OF_ZONE: Mapping[str, Callable[..., Any]] = {
    "date_of": lambda tz, moment: date_in_zone(moment, tz),
    "time_of": lambda tz, moment: to_datetime(moment, tz).time(),
    "hour": lambda tz, moment: to_datetime(moment, tz).hour,
    "minute": lambda tz, moment: to_datetime(moment, tz).minute,
    "moment": lambda tz, day, time: local_to_instant(dt.datetime.combine(day, time), tz),
}
"""Each takes the person's time zone, then its arguments."""
