"""The types of the standard functions; `sojourn.interpreter.functions` carries them out under the same names.

A parameter is described by the kinds of types it takes, a result by a type or by the number of the parameter
whose type it has.
"""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.dsl.types import (
    DATE,
    DATETIME,
    INTEGER,
    LOCATION,
    NUMBER,
    TEXT,
    Type,
    one_of,
)

__all__ = ["EXAMPLES", "FUNCTIONS", "PLAIN_NAMES", "Signature"]

WEEKDAY = one_of("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_TEXTUAL = ("text", "email", "phone", "url", "country", "language", "timezone", "one of", "ref")
_NUMERIC = ("integer", "number", "percent")
_AMOUNT = (*_NUMERIC, "money")
_ORDERED = (*_AMOUNT, "date", "datetime", "time", "duration")


@dataclass(frozen=True, slots=True)
class Signature:
    """`takes`: for each parameter the kinds it accepts. `gives`: a type, the number of a parameter that has
    the same type, or "item" for the type of a list's elements. `alike`: all arguments have one type.
    `example` shows a call.
    """

    takes: tuple[tuple[str, ...], ...]
    gives: Type | int | str
    example: str
    alike: bool = False


FUNCTIONS: dict[str, Signature] = {
    "age": Signature((("date",),), INTEGER, "age(birthday) >= 18"),
    "anniversary": Signature((("date",),), DATE, "anniversary(birthday)"),
    "weekday": Signature((("date",),), WEEKDAY, "weekday(today) is monday"),
    "year": Signature((("date",),), INTEGER, "year(birthday)"),
    "month": Signature((("date",),), INTEGER, "month(birthday)"),
    "day": Signature((("date",),), INTEGER, "day(birthday)"),
    "days_between": Signature((("date",), ("date",)), INTEGER, "days_between(birthday, today)"),
    "date_of": Signature((("datetime",),), DATE, "date_of(last_order)"),
    "lower": Signature((_TEXTUAL,), TEXT, "lower(city)"),
    "upper": Signature((_TEXTUAL,), TEXT, "upper(city)"),
    "trim": Signature((_TEXTUAL,), TEXT, "trim(city)"),
    "length": Signature(((*_TEXTUAL, "list"),), INTEGER, "length(tags)"),
    "round": Signature((_AMOUNT,), 0, "round(total)"),
    "floor": Signature((_AMOUNT,), 0, "floor(total)"),
    "ceiling": Signature((_AMOUNT,), 0, "ceiling(total)"),
    "absolute": Signature((_AMOUNT,), 0, "absolute(balance)"),
    "amount": Signature((("money",),), NUMBER, "amount(total)"),
    "currency": Signature((("money",),), TEXT, "currency(total)"),
    "smaller": Signature((_ORDERED, _ORDERED), 0, "smaller(a, b)", alike=True),
    "larger": Signature((_ORDERED, _ORDERED), 0, "larger(a, b)", alike=True),
    "location": Signature((_NUMERIC, _NUMERIC), LOCATION, "location(48.8566, 2.3522)"),
    "distance": Signature((("location",), ("location",)), NUMBER, "distance(home, shop) < 5"),
    "first_item": Signature((("list",),), "item", "first_item(tags)"),
    "last_item": Signature((("list",),), "item", "last_item(tags)"),
}

PLAIN_NAMES = {"now": DATETIME, "today": DATE}
"""What is written without brackets."""

EXAMPLES = {
    "text": '"shoes"',
    "number": "12.5",
    "integer": "3",
    "boolean": "true",
    "date": "2026-11-23",
    "time": "9:00",
    "datetime": "2026-11-23 9:00",
    "duration": "3 days",
    "money": "20 EUR",
    "percent": "15%",
    "email": '"ada@example.com"',
    "phone": '"+33612345678"',
    "url": '"https://example.com"',
    "country": '"DE"',
    "language": '"en"',
    "timezone": '"Europe/Paris"',
    "location": "location(48.86, 2.35)",
    "list": '["a", "b"]',
    "ref": '"a key"',
}
"""How a value of each kind is written."""
