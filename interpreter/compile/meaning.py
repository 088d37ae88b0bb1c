"""A hash of what is meant: everything but the places where it is written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

import orjson

__all__ = ["digest"]


@cache
def _names(kind: Any) -> tuple[str, ...] | None:
    """The fields of a dataclass that make up its meaning; None for anything else."""
    return tuple(field.name for field in fields(kind) if field.compare) if is_dataclass(kind) else None


def _written(value: Any, write: Callable[[str], None]) -> None:
    """Writes a value so that equal meanings give equal texts."""
    kind: Any = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        write(repr(value))
    elif (names := _names(kind)) is not None:
        write(f"{kind.__name__}(")
        for name in names:
            if name == "rows":
                rows = orjson.dumps(dict(value.rows), default=str)
                write(hashlib.blake2b(rows, digest_size=8).hexdigest())
            else:
                _written(getattr(value, name), write)
            write(",")
        write(")")
    elif kind is tuple or kind is list:
        write("[")
        for item in value:
            _written(item, write)
            write(",")
        write("]")
    elif isinstance(value, Mapping):
        write("{")
        for key, item in value.items():
            _written(key, write)
            write(":")
            _written(item, write)
        write("}")
    elif isinstance(value, (frozenset, set)):
        write(str(sorted(map(str, value))))
    else:
        # Amounts, durations, dates and clock times all say in full what they are.
        write(repr(value))


def digest(*values: Any) -> str:
    """16 hexadecimal digits that change with the meaning of any of the values, and with nothing else."""
    out: list[str] = []
    for value in values:
        _written(value, out.append)
    return hashlib.blake2b("".join(out).encode(), digest_size=8).hexdigest()
