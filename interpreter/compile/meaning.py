"""A hash of what is meant: everything but the places where it is written."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any

import orjson

__all__ = ["digest"]


@lru_cache(maxsize=256)
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.compare)


def _written(value: Any, out: list[str]) -> None:
    """Writes a value so that equal meanings give equal texts."""
    kind = type(value)
    if kind is str:
        out.append(repr(value))
    elif value is None or kind in (int, bool, float):
        out.append(str(value))
    elif is_dataclass(kind):
        out.append(kind.__name__)
        out.append("(")
        for name in _names(kind):
            if name == "rows":
                out.append(
                    hashlib.blake2b(orjson.dumps(dict(value.rows), default=str), digest_size=8).hexdigest()
                )
            else:
                _written(getattr(value, name), out)
            out.append(",")
        out.append(")")
    elif isinstance(value, Mapping):
        out.append("{")
        for key, item in value.items():
            _written(key, out)
            out.append(":")
            _written(item, out)
        out.append("}")
    elif isinstance(value, (frozenset, set)):
        out.append(str(sorted(map(str, value))))
    elif isinstance(value, (dt.date, dt.time)):
        out.append(value.isoformat())
    elif isinstance(value, (tuple, list)):
        out.append("[")
        for item in value:
            _written(item, out)
            out.append(",")
        out.append("]")
    else:
        out.append(repr(value))


def digest(*values: Any) -> str:
    """16 hexadecimal digits that change with the meaning of any of the values, and with nothing else."""
    out: list[str] = []
    for value in values:
        _written(value, out)
    return hashlib.blake2b("".join(out).encode(), digest_size=8).hexdigest()
