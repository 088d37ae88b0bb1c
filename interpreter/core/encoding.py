"""Between canonical JSON values and the values expressions work with, by type (see "Values" in
docs/design.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sojourn.dsl.types import Type
from sojourn.dsl.values import (
    LARGEST_INTEGER,
    Duration,
    Money,
    duration_to_iso,
    instant_to_iso,
    money_to_text,
    number_to_json,
    parse_date,
    parse_duration,
    parse_instant,
    parse_money,
    parse_number,
    parse_time,
)  # fmt: skip

__all__ = ["decode", "decoder", "encode", "is_plain"]


def parse_fraction(value: Any) -> Decimal:
    """A percent: always a Decimal, 15% is 0.15."""
    return Decimal(parse_number(value))


def parse_location(value: Any) -> tuple[float, float]:
    """`[latitude, longitude]`."""
    return (float(value[0]), float(value[1]))


_DECODERS: dict[str, Callable[[Any], Any]] = {
    "money": parse_money,
    "number": parse_number,
    "percent": parse_fraction,
    "date": parse_date,
    "time": parse_time,
    "datetime": parse_instant,
    "duration": parse_duration,
    "location": parse_location,
}


def is_plain(type: Type) -> bool:
    """Whether a value's JSON form is the value itself."""
    if type.kind == "list":
        return type.of is None or is_plain(type.of)
    return type.kind not in _DECODERS


def decoder(type: Type) -> Callable[[Any], Any] | None:
    """The function that reads a JSON value that is not None; None where nothing has to be done."""
    if type.kind == "list" and type.of is not None and (item := decoder(type.of)) is not None:
        return lambda values: [item(value) for value in values]
    return _DECODERS.get(type.kind)


def decode(type: Type, value: Any) -> Any:
    """A JSON value as expressions see it; None and an empty text are missing."""
    if value is None or value == "":
        return [] if type.kind == "list" else None
    read = decoder(type)
    return value if read is None else read(value)


def encode(type: Type, value: Any) -> Any:
    """The canonical JSON form of a value; None stays None. Raises OverflowError for a number without one: it is too
    large.
    """
    if value is None:
        return None
    kind = type.kind
    if kind == "list":
        of = type.of
        return [encode(of, item) for item in value] if of is not None else list(value)
    if isinstance(value, Money):
        return money_to_text(value)
    if isinstance(value, Duration):
        return duration_to_iso(value)
    if isinstance(value, Decimal):
        return number_to_json(value)
    if kind == "datetime" and isinstance(value, int):
        return instant_to_iso(value)
    if value.__class__ is int and not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
        if kind != "number":
            raise OverflowError("the number is too large")
        return number_to_json(value)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value
