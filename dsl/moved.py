"""A tree whose text was moved up or down in its file: the same nodes, at other places.

Reading a declaration again takes some five times as long as moving what came of it, and typing a letter moves all that
stands below it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

from sojourn.dsl import ast
from sojourn.dsl.source import Span

__all__ = ["moved"]

_N = TypeVar("_N", bound=ast.Node)
_Mover = Callable[[Any, int, int], Any]
"""A value, by how many characters and by how many lines its text has moved."""

_MOVERS: dict[type, _Mover | None] = {}
"""How values of a type are moved; None for those without a place."""


def moved(node: _N, characters: int, lines: int) -> _N:
    """The node with all in it, so many characters and lines further down. It stands in the same columns."""
    if not characters and not lines:
        return node
    made: _N = _moved(node, characters, lines)
    return made


def _moved(value: Any, characters: int, lines: int) -> Any:
    kind = type(value)
    if kind not in _MOVERS:
        _MOVERS[kind] = _mover(kind)
    mover = _MOVERS[kind]
    return value if mover is None else mover(value, characters, lines)


def _mover(kind: type) -> _Mover | None:
    if kind is Span:
        return lambda span, characters, lines: Span(
            span.path, span.start + characters, span.end + characters, span.line + lines, span.column
        )
    if kind is tuple:
        return lambda items, characters, lines: (
            tuple([_moved(item, characters, lines) for item in items]) if items else items
        )
    if issubclass(kind, ast.Node) or kind is ast.Comment:
        return _mover_of_nodes(kind)
    return None


def _mover_of_nodes(kind: Any) -> _Mover:
    """Takes the fields over through their slots, past `__init__` and `__setattr__`."""
    slots = [(field.name, getattr(kind, field.name)) for field in dataclasses.fields(kind)]
    parts = [(slot.__get__, slot.__set__) for name, slot in slots if name != "value_start"]
    offset = next((slot for name, slot in slots if name == "value_start"), None)
    movers = _MOVERS

    def mover(node: Any, characters: int, lines: int) -> Any:
        made = kind.__new__(kind)
        for read, write in parts:
            value = read(node)
            of = type(value)
            move = movers[of] if of in movers else _mover_kept(of)
            write(made, value if move is None else move(value, characters, lines))
        if offset is not None:
            at = offset.__get__(node)
            offset.__set__(made, at + characters if at else at)
        return made

    return mover


def _mover_kept(kind: type) -> _Mover | None:
    found = _MOVERS[kind] = _mover(kind)
    return found
