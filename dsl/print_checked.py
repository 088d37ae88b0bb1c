"""A checked workspace as data that can be written as JSON, for `sojourn check --print program`."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sojourn.dsl.source import Span
from sojourn.dsl.types import Type
from sojourn.dsl.values import Duration, Money, duration_to_iso, money_to_text

__all__ = ["to_data"]


def to_data(value: Any, spans: bool = False) -> Any:
    """Dataclasses become objects with their class as `node`; what is empty is left out.

    Spans ("file:line:column") only with `spans`. Types are written as the author writes them, numbers with a
    point as text. Equal data without spans means equal meaning.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case Span():
            return str(value)
        case Type():
            return str(value)
        case Money():
            return money_to_text(value)
        case Duration():
            return duration_to_iso(value)
        case Decimal() | float():
            return str(value)
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case Mapping():
            return {str(key): to_data(item, spans) for key, item in value.items()}
        case frozenset() | set():
            return sorted(to_data(item, spans) for item in value)
        case tuple() | list():
            return [to_data(item, spans) for item in value]
    if not dataclasses.is_dataclass(value):
        raise TypeError(f"cannot be printed: {value!r}")
    data: dict[str, Any] = {"node": type(value).__name__}
    for field in dataclasses.fields(value):
        item = getattr(value, field.name)
        if (
            (not field.compare and not spans)
            or item in (None, "", (), {})
            or (item is False and field.default is False)
        ):
            continue
        if field.name in ("comments", "remark", "trailing"):
            continue
        data[field.name] = to_data(item, spans)
    return data
