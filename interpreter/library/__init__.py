"""What the functions of the language do; what they mean stands in `sojourn.dsl.functions`, under the same names.

Every function takes `P` (the person, or None), `now` (an instant) and the arguments as in-memory values
(`sojourn.dsl.values`). Anything missing gives None, save where the definition has an answer without it, and so does
what is undefined.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException
from typing import Any

from sojourn.dsl.checked import Catalog
from sojourn.dsl.functions import FUNCTIONS as SIGNATURES
from sojourn.dsl.functions import Signature
from sojourn.interpreter.functions import date_in_zone, haversine, person_zone
from sojourn.interpreter.library import calendars, dates, numbers, shown, texts

__all__ = ["functions"]

_UNDEFINED = (ValueError, OverflowError, DecimalException, TypeError, ArithmeticError)


def _kilometres(a: tuple[float, float], b: tuple[float, float]) -> Decimal:
    metres = haversine(a, b)
    assert metres is not None
    return Decimal(f"{metres / 1000:.6f}")


def _location(latitude: Any, longitude: Any) -> tuple[float, float] | None:
    place = (float(latitude), float(longitude))
    return place if -90 <= place[0] <= 90 and -180 <= place[1] <= 180 else None


_PLAIN: Mapping[str, Callable[..., Any]] = {
    **texts.FUNCTIONS,
    "text_of": texts.printed,
    **numbers.FUNCTIONS,
    **dates.FUNCTIONS,
    **calendars.FUNCTIONS,
    **shown.FUNCTIONS,
    "location": _location,
    "latitude": lambda place: Decimal(repr(place[0])),
    "longitude": lambda place: Decimal(repr(place[1])),
    "distance": _kilometres,
    "first_known": lambda *values: next((value for value in values if value is not None), None),
    "if_else": lambda condition, then, otherwise: then if condition is True else otherwise,
}


def functions(
    zone_field: str | None, catalogs: Mapping[str, Catalog] | None = None
) -> dict[str, Callable[..., Any]]:
    """The functions by name, for people whose time zone is in `zone_field`. Each takes (P, now, *arguments)."""

    def today(P: Any, now: int) -> dt.date:
        return date_in_zone(now, person_zone(zone_field, P))

    def nearest(place: tuple[float, float], catalog: str, field: str) -> str | None:
        rows = (catalogs or {})[catalog].rows
        placed = [(key, row[field]) for key, row in rows.items() if row.get(field)]
        # Of two at one distance the lesser key, so that the order of the file does not matter.
        return min(placed, key=lambda row: (haversine(place, tuple(row[1])), row[0]), default=(None,))[0]

    made: dict[str, Callable[..., Any]] = {"now": lambda P, now: now, "today": today}
    for name, call in {**_PLAIN, "nearest": nearest}.items():
        made[name] = _given(call, SIGNATURES[name])
    for name, call in dates.OF_TODAY.items():
        made[name] = _dated(call, today)
    for name, call in {**dates.OF_ZONE, **shown.OF_ZONE}.items():
        made[name] = _zoned(call, zone_field, SIGNATURES[name])
    return made


def _given(call: Callable[..., Any], signature: Signature) -> Callable[..., Any]:
    """A function of its arguments alone."""
    strict = not any(parameter.may_be_missing for parameter in signature.takes)

    def function(P: Any, now: int, *args: Any) -> Any:
        if None in args and (
            strict
            or any(value is None and not signature.takes_missing(number) for number, value in enumerate(args))
        ):
            return None
        try:
            return call(*args)
        except _UNDEFINED:
            return None

    return function


def _dated(call: Callable[..., Any], today: Callable[[Any, int], dt.date]) -> Callable[..., Any]:
    """A function of the date where the person is, and its arguments."""

    def function(P: Any, now: int, *args: Any) -> Any:
        try:
            return None if None in args else call(today(P, now), *args)
        except _UNDEFINED:
            return None

    return function


def _zoned(call: Callable[..., Any], zone_field: str | None, signature: Signature) -> Callable[..., Any]:
    """A function of the person's time zone, and its arguments."""

    def function(P: Any, now: int, *args: Any) -> Any:
        if None in args and any(
            value is None and not signature.takes_missing(number) for number, value in enumerate(args)
        ):
            return None
        try:
            return call(person_zone(zone_field, P), *args)
        except _UNDEFINED:
            return None

    return function
