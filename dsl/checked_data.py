"""A checked workspace as JSON that can be read back: how a store keeps every program that ran.

What is written is the meaning: no places in files, no rows of catalogs, no tests. `read(written(x)) == x` for
everything else (a test). A node that this version of Sojourn does not know is a ValueError.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from sojourn.dsl import ast, checked, types
from sojourn.dsl.values import Duration, Money

__all__ = ["read", "read_workspace", "written", "written_workspace"]


def written_workspace(workspace: checked.Workspace) -> Any:
    """The JSON data of a workspace, without catalogs' rows and tests."""
    catalogs = {name: replace(catalog, rows={}) for name, catalog in workspace.catalogs.items()}
    return written(replace(workspace, catalogs=catalogs, tests=()))


def read_workspace(data: Any) -> checked.Workspace:
    """The workspace that `written_workspace` wrote. Raises ValueError."""
    found = read(data)
    if not isinstance(found, checked.Workspace):
        raise ValueError("no workspace")
    return found


@cache
def _written_as(kind: Any) -> tuple[str, tuple[str, ...]] | None:
    """What a kind of node is called, and what is written of it: all but places in files, which have a default. None for
    what is no node.
    """
    name = ("ast." if ".dsl.ast." in kind.__module__ else "") + kind.__name__
    if not is_dataclass(kind):
        return None
    return name, tuple(f.name for f in fields(kind) if f.compare or f.default is MISSING)


def written(value: Any) -> Any:
    """JSON data: a plain value as it is, anything else as a list that begins with what it is."""
    kind: Any = type(value)
    if value is None or kind in (str, int, bool, float):
        return value
    if kind is Money:
        return ["money", str(value.amount), value.currency]
    if kind is Duration:
        return ["duration", *value]
    if kind is tuple:
        return ["tuple", *map(written, value)]
    if kind is list:
        return ["list", *map(written, value)]
    if kind in (frozenset, set):
        return ["set", *sorted((written(item) for item in value), key=str)]
    node = _written_as(kind)
    if node is not None:
        name, parts = node
        return ["node", name, {part: written(getattr(value, part)) for part in parts}]
    if isinstance(value, Mapping):
        return ["map", *([written(key), written(item)] for key, item in value.items())]
    if kind is Decimal:
        return ["number", str(value)]
    if kind is dt.datetime:
        return ["moment", value.isoformat()]
    if kind is dt.date:
        return ["date", value.isoformat()]
    if kind is dt.time:
        return ["time", value.isoformat()]
    raise TypeError(f"cannot be written: {value!r}")


def read(data: Any) -> Any:
    """What `written` wrote. Raises ValueError for what this version does not know."""
    if not isinstance(data, list):
        return data
    what, *rest = data
    reader = _READERS.get(what)
    if reader is None:
        raise ValueError(f"unknown: {what}")
    return reader(rest)


def _node(rest: list[Any]) -> Any:
    name, parts = rest
    module, _, last = name.rpartition(".")
    kind = getattr(ast if module else checked, last, None) or getattr(types, last, None)
    if kind is None or not is_dataclass(kind) or not isinstance(kind, type):
        raise ValueError(f"unknown: {name}")
    known = {field.name for field in fields(kind)}
    try:
        return kind(**{part: read(value) for part, value in parts.items() if part in known})
    except TypeError as error:
        raise ValueError(f"{name}: {error}") from None


_READERS: dict[str, Any] = {
    "money": lambda rest: Money(Decimal(rest[0]), rest[1]),
    "duration": lambda rest: Duration(*rest),
    "tuple": lambda rest: tuple(map(read, rest)),
    "list": lambda rest: list(map(read, rest)),
    "set": lambda rest: frozenset(map(read, rest)),
    "map": lambda rest: {read(key): read(value) for key, value in rest},
    "number": lambda rest: Decimal(rest[0]),
    "moment": lambda rest: dt.datetime.fromisoformat(rest[0]),
    "date": lambda rest: dt.date.fromisoformat(rest[0]),
    "time": lambda rest: dt.time.fromisoformat(rest[0]),
    "node": _node,
}
