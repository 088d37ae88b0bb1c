"""Conditions that ask a value to be equal to a constant, so that they can be found by that constant.

Of ten thousand conditions `category is "…"` an event can meet the few that name its own category: those are
looked up, the others are never asked. Only terms that must hold are used (those joined by `and`), so nothing
is missed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sojourn.dsl import checked
from sojourn.dsl.checked import Expr

__all__ = ["RowValue", "equalities", "equality", "field_equality"]

_INDEXED = frozenset(
    {
        "text",
        "email",
        "phone",
        "url",
        "country",
        "language",
        "timezone",
        "one of",
        "ref",
        "integer",
        "boolean",
    }
)


def equalities(expr: Expr) -> Iterable[tuple[Any, tuple[Any, ...]]]:
    """(field, constants) for every term that must hold and asks that a field be one of some constants."""
    if isinstance(expr, checked.Logic) and expr.op == "and":
        for term in expr.terms:
            yield from equalities(term)
        return
    if isinstance(expr, checked.Compare) and expr.op == "is":
        left, right = expr.left, expr.right
        if isinstance(left, checked.Constant):
            left, right = right, left
        options: Any = (right.value,) if isinstance(right, checked.Constant) else None
    elif isinstance(expr, checked.In):
        left = expr.item
        options = expr.options.value if isinstance(expr.options, checked.Constant) else None
    else:
        return
    if (
        isinstance(left, checked.FieldValue)
        and left.type.kind in _INDEXED
        and isinstance(options, (tuple, list, frozenset))
        and all(type(value) in (str, int, bool) for value in options)
    ):
        yield left, tuple(dict.fromkeys(options))
    elif (
        isinstance(left, checked.CatalogValue)
        and left.type.kind in _INDEXED
        and isinstance(options, (tuple, list, frozenset))
        and all(type(value) in (str, int, bool) for value in options)
    ):
        yield RowValue(left), tuple(dict.fromkeys(options))


class RowValue:
    """A catalog's value as a key of the index: its `scope` and `path` are those of the field that leads to
    the row."""

    __slots__ = ("expr", "path", "scope")

    def __init__(self, expr: checked.CatalogValue) -> None:
        self.expr = expr
        inner: Any = expr.key
        while isinstance(inner, checked.CatalogValue):
            inner = inner.key
        self.scope = "row of " + getattr(inner, "scope", "")
        self.path: tuple[str | int, ...] = ()


def equality(where: Expr) -> tuple[Expr, tuple[Any, ...]] | None:
    """The first term of `where` that asks a value of the event to be one of some constants."""
    for found, values in equalities(where):
        if isinstance(found, RowValue):
            if found.scope == "row of event":
                return found.expr, values
        elif found.scope == "event":
            return found, values
    return None


def field_equality(where: Expr) -> tuple[str, tuple[Any, ...]] | None:
    """The first term of `where` that asks a profile field to be one of some constants: (its name, them)."""
    for found, values in equalities(where):
        if found.scope == "profile" and len(found.path) == 1:
            return str(found.path[0]), values
    return None
