"""What the functions give, once more and in the plainest way: by counting days one by one, by searching."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import holidays

from sojourn.dsl.values import Money

DAY = dt.timedelta(days=1)
NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def calendar_of(where: str | None) -> Any:
    try:
        name, *region = (where or "").split("-", 1)
        return holidays.country_holidays(name, subdiv=region[0] if region else None)
    except NotImplementedError:
        return None


def works(day: dt.date, where: str | None) -> bool:
    found = calendar_of(where)
    return bool(found.is_working_day(day)) if found is not None else day.weekday() not in (5, 6)


def moved(day: dt.date, number: int, where: str | None) -> dt.date:
    while number:
        day += DAY if number > 0 else -DAY
        if works(day, where):
            number += -1 if number > 0 else 1
    return day


def until(day: dt.date, step: dt.timedelta, ends: Callable[[dt.date], bool]) -> dt.date:
    while not ends(day):
        day += step
    return day


def round_to(number: Any, digits: Any) -> Any:
    if isinstance(number, Money):
        return Money(Decimal(round_to(number.amount, digits)), number.currency)
    factor = Decimal(10) ** int(digits)
    whole = (Decimal(number) * factor).to_integral_value(ROUND_HALF_UP)
    return whole / factor


def first_month_of_quarter(day: dt.date) -> bool:
    return day.day == 1 and day.month in (1, 4, 7, 10)


def once(items: list[Any]) -> list[Any]:
    return [item for number, item in enumerate(items) if item not in items[:number]]


STANDARD: dict[str, Callable[..., Any]] = {
    "round": round_to,
    "capitalize": lambda t: (t[0].upper() + t[1:].lower()) if t else t,
    "replace": lambda t, old, new: (new or "").join(t.split(old)),
    "left": lambda t, n: "".join(letter for number, letter in enumerate(t) if number < n),
    "right": lambda t, n: "".join(letter for number, letter in enumerate(t) if number >= len(t) - n),
    "text_before": lambda t, mark: t[: t.index(mark)] if mark in t else None,
    "text_after": lambda t, mark: t[t.index(mark) + len(mark) :] if mark in t else None,
    "remainder": lambda a, b: a - b * ((Decimal(a) / b).__floor__()) if b else None,
    "unique": once,
    "reverse": lambda items: [items[-1 - number] for number in range(len(items))],
    "combine": lambda a, b: once([*a, *b]),
    "in_both": lambda a, b: [item for item in once(list(a)) if item in b],
    "without": lambda a, b: [item for item in a if item not in b],
    "first_items": lambda items, n: list(items)[: int(n)],
    "last_items": lambda items, n: list(items)[max(0, len(items) - int(n)) :],
    "sum_of": lambda items: sum(items) if items else None,
    "quarter": lambda day: (1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4)[day.month - 1],
    "week": lambda day: int(day.strftime("%V")),
    "start_of_week": lambda day: until(day, -DAY, lambda d: d.weekday() == 0),
    "end_of_week": lambda day: until(day, DAY, lambda d: d.weekday() == 6),
    "start_of_month": lambda day: until(day, -DAY, lambda d: d.day == 1),
    "end_of_month": lambda day: until(day, DAY, lambda d: (d + DAY).day == 1),
    "start_of_quarter": lambda day: until(day, -DAY, first_month_of_quarter),
    "end_of_quarter": lambda day: until(day, DAY, lambda d: first_month_of_quarter(d + DAY)),
    "start_of_year": lambda day: until(day, -DAY, lambda d: (d.day, d.month) == (1, 1)),
    "end_of_year": lambda day: until(day, DAY, lambda d: (d.day, d.month) == (31, 12)),
    "next_day": lambda day, name: until(day + DAY, DAY, lambda d: NAMES[d.weekday()] == name),
    "is_weekend": lambda day, where: day.weekday() in getattr(calendar_of(where), "weekend", (5, 6)),
    "is_holiday": lambda day, where: calendar_of(where) is not None and day in calendar_of(where),
    "is_working_day": works,
    "next_working_day": lambda day, where: moved(day, 1, where),
    "add_working_days": lambda day, n, where: moved(day, int(n), where),
    "working_days_between": lambda a, b, where: sum(
        works(a + number * DAY, where) for number in range(1, (b - a).days + 1)
    ),
    "first_known": lambda *values: [*[value for value in values if value is not None], None][0],
    "if_else": lambda condition, then, otherwise: then if condition else otherwise,
}
"""Each takes its arguments alone."""
