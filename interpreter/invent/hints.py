"""What the rules of a workspace compare each field with: made-up values are drawn from both sides of it.

A shop that asks for `total > 25 EUR` gets carts below and above; one that asks for `country in "DE", "AT"` gets more
people from there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from sojourn.dsl import checked

__all__ = ["hints"]


def hints(workspace: checked.Workspace) -> dict[str, list[Any]]:
    """Field name -> the constants (values in memory) that it, or a field of that name, is compared with, each once."""
    found: dict[str, list[Any]] = {}
    roots: list[Any] = [
        *workspace.audiences.values(),
        *workspace.attributes.values(),
        *workspace.aggregates.values(),
        *workspace.journeys.values(),
        *workspace.offers.values(),
        *workspace.messages.values(),
    ]
    for root in roots:
        for name, value in _compared(root):
            known = found.setdefault(name, [])
            if value not in known:
                known.append(value)
    return found


def _compared(node: Any) -> Iterator[tuple[str, Any]]:
    match node:
        case checked.Compare():
            yield from _pair(node.left, node.right)
            yield from _pair(node.right, node.left)
        case checked.In():
            yield from _pair(node.item, node.options)
        case checked.Between():
            yield from _pair(node.item, node.low)
            yield from _pair(node.item, node.high)
        case checked.TextTest() if node.op != "matches":
            yield from _pair(node.item, node.pattern)
        case checked.WithinDistance():
            yield from _pair(node.item, node.of)
    if isinstance(node, tuple | list):
        for part in node:
            yield from _compared(part)
    elif isinstance(node, dict):
        for part in node.values():
            yield from _compared(part)
    elif dataclasses.is_dataclass(node) and not isinstance(node, type):
        for field in dataclasses.fields(node):
            if field.name not in ("span", "type"):
                yield from _compared(getattr(node, field.name))


def _pair(item: Any, constant: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(constant, checked.Constant):
        return
    if isinstance(item, checked.FieldValue | checked.CatalogValue):
        names = [part for part in item.path if isinstance(part, str)]
        if names:
            # An amount of money is a tuple as well, and one value.
            many = constant.value.__class__ is tuple and constant.type.kind != "location"
            for value in constant.value if many else (constant.value,):
                yield names[-1], value
