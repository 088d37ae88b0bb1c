"""What an answer about a moment of the past cannot know, because no store keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from sojourn.dsl import checked

if TYPE_CHECKING:
    from sojourn.interpreter.why.asking import Asking

__all__ = ["dropped_of", "of_today"]


def dropped_of(asking: Asking, declared: Any) -> dict[str, int]:
    """The events that a declaration looks at, save for those that are all there: event -> before when they are gone."""
    workspace = asking.program.workspace
    found: dict[str, int] = {}
    for node in _nodes(workspace, declared):
        if isinstance(node, checked.AggregateValue):
            aggregate = workspace.aggregates[node.key]
            before = asking.past.missing(aggregate, asking.now)
            if before is not None:
                found[aggregate.event] = before
    return found


def of_today(asking: Asking, declared: Any) -> list[str]:
    """Sentences about what a declaration looks at, of which only that of today is there."""
    workspace = asking.program.workspace
    catalogs: set[str] = set()
    found: list[str] = []
    for node in _nodes(workspace, declared):
        if isinstance(node, checked.CatalogValue):
            catalogs.add(node.catalog)
        elif isinstance(node, checked.Listed):
            found.append("The lines of its file are those of today: who stood in it then is not stored.")
        elif isinstance(node, checked.Offer) and node.in_total is not None:
            found.append(f"How often {node.name} had been given to everybody together by then is not stored.")
    if catalogs:
        found.append(
            f"The rows of {' and '.join(sorted(catalogs))} are those of today: older ones are not stored."
        )
    return list(dict.fromkeys(found))


def _nodes(workspace: checked.Workspace, declared: Any) -> Iterator[Any]:
    """Every part of a declaration, of the attributes and audiences that it names, and of what it sends."""
    todo: list[Any] = [declared]
    seen: set[tuple[str, str]] = set()
    named: tuple[tuple[type, str, str, Mapping[str, Any]], ...] = (
        (checked.AttributeValue, "attribute", "name", workspace.attributes),
        (checked.Membership, "audience", "audience", workspace.audiences),
        (checked.StartOnAudience, "audience", "audience", workspace.audiences),
        (checked.StartOnSchedule, "audience", "audience", workspace.audiences),
        (checked.Send, "message", "message", workspace.messages),
    )
    while todo:
        node = todo.pop()
        if isinstance(node, tuple | list):
            todo.extend(node)
        elif isinstance(node, Mapping):
            todo.extend(node.values())
        elif is_dataclass(node) and not isinstance(node, type):
            yield node
            for kind, word, name, where in named:
                key = (word, str(getattr(node, name, ""))) if isinstance(node, kind) else None
                if key is not None and key not in seen and key[1] in where:
                    seen.add(key)
                    todo.append(where[key[1]])
            if isinstance(node, checked.AggregateValue) and node.key in workspace.aggregates:
                todo.append(workspace.aggregates[node.key])
            if not isinstance(node, checked.Constant | checked.Catalog):
                todo.extend(getattr(node, field.name) for field in fields(node))
