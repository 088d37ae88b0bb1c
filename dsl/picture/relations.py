"""What in a workspace leads to what: events to audiences, audiences to journeys, journeys to messages.

It is read off the places of all names (`Compiled.uses`): whatever a declaration, or the template of a message, names
leads to it. Attributes and defines stand between: what they are made of leads to whoever uses them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sojourn.dsl import ast, checked
from sojourn.dsl.resolve import KINDS
from sojourn.dsl.source import Span
from sojourn.dsl.uses import Use
from sojourn.dsl.workspace import Compiled

__all__ = ["COLUMNS", "Relations", "Thing", "relations"]

COLUMNS: tuple[tuple[str, ...], ...] = (
    ("dataset",),
    ("event", "catalog"),
    ("audience",),
    ("journey",),
    ("decision", "recommendation", "webhook"),
    ("offer", "message"),
    ("topic",),
)
"""The kinds of things on a map, from where data comes in (left) to what people have agreed to (right)."""

_SHOWN = frozenset(kind for column in COLUMNS for kind in column)
_BETWEEN = frozenset({"attribute", "define"})


@dataclass(frozen=True, slots=True, order=True)
class Thing:
    """Something with a name, such as the event purchase."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Relations:
    """The things of a workspace in the order of their declaration, and which leads to which.

    `description` and `span` are those of the declarations.
    """

    things: tuple[Thing, ...]
    edges: frozenset[tuple[Thing, Thing]]
    description: dict[Thing, str]
    span: dict[Thing, Span]

    def before(self, thing: Thing) -> list[Thing]:
        """What leads to a thing, in the order of the map."""
        return [one for one in self.things if (one, thing) in self.edges]

    def after(self, thing: Thing) -> list[Thing]:
        """What a thing leads to, in the order of the map."""
        return [one for one in self.things if (thing, one) in self.edges]


def relations(compiled: Compiled) -> Relations:
    """The relations of a workspace without mistakes. Things of the standard library appear where they are used."""
    assert compiled.workspace is not None
    blocks = _blocks(compiled)
    by_path: dict[str, list[tuple[int, int, Thing]]] = {}
    for (path, start, end), (thing, _) in blocks.items():
        by_path.setdefault(path, []).append((start, end, thing))
    messages = _templates(compiled.workspace)
    direct: dict[Thing, set[Thing]] = {}
    for use in compiled.uses:
        if use.declares or use.kind not in _SHOWN | _BETWEEN:
            continue
        used = Thing(use.kind, use.name)
        for owner in messages.get(use.span.path) or _around(by_path.get(use.span.path, ()), use):
            if owner != used:
                direct.setdefault(owner, set()).add(used)
    edges: set[tuple[Thing, Thing]] = set()
    for owner in direct:
        if owner.kind in _SHOWN:
            edges.update(_way(used, owner) for used in _reached(direct, owner))
    spans = dict(blocks.values())
    ours = [thing for thing, span in spans.items() if not _from_elsewhere(span.path)]
    # Of what the standard library declares, only what is named here, directly or by what is.
    named = set(ours)
    waiting = list(ours)
    while waiting:
        for used in direct.get(waiting.pop(), set()) - named:
            named.add(used)
            waiting.append(used)
    things = tuple(thing for thing in spans if thing in named and thing.kind in _SHOWN)
    shown = set(things)
    kept = frozenset((one, other) for one, other in edges if {one, other} <= shown and _told(one, other))
    return Relations(things, kept, _descriptions(compiled), spans)


def _told(one: Thing, other: Thing) -> bool:
    """Whether the way says something: who has agreed to a topic may be asked in an audience, and leads nowhere."""
    return one != other and (one.kind, other.kind) != ("audience", "topic")


def _way(used: Thing, owner: Thing) -> tuple[Thing, Thing]:
    """From what is used to who uses it, or, where that lies to the right of it on the map, the other way round."""
    return (used, owner) if _column(used.kind) <= _column(owner.kind) else (owner, used)


def _from_elsewhere(path: str) -> bool:
    """Whether a file is one of the standard library's: they are named `sojourn/stdlib/…`."""
    return path.startswith("sojourn/stdlib/")


def _column(kind: str) -> int:
    return next(number for number, kinds in enumerate(COLUMNS) if kind in kinds)


def _reached(direct: dict[Thing, set[Thing]], owner: Thing) -> Iterator[Thing]:
    """The shown things that a declaration names, also by way of attributes and defines."""
    seen: set[Thing] = set()
    waiting = [*direct[owner]]
    while waiting:
        thing = waiting.pop()
        if thing in seen:
            continue
        seen.add(thing)
        if thing.kind in _BETWEEN:
            waiting += direct.get(thing, ())
        elif thing != owner:
            yield thing


def _blocks(compiled: Compiled) -> dict[tuple[str, int, int], tuple[Thing, Span]]:
    """The declarations by the place they take up, tests left out."""
    found = {}
    for tree in compiled.asts:
        for node in tree.declarations:
            kind = KINDS.get(type(node))
            name = getattr(node, "name", None)
            if kind is not None and isinstance(name, ast.Name):
                place = (node.span.path, node.span.start, node.span.end)
                found[place] = (Thing(kind, name.text), name.span)
    return found


def _around(blocks: Iterable[tuple[int, int, Thing]], use: Use) -> list[Thing]:
    """The declarations of a file that a use stands in."""
    return [thing for start, end, thing in blocks if start <= use.span.start < end]


def _templates(workspace: checked.Workspace) -> dict[str, list[Thing]]:
    """The messages by the files of their templates."""
    found: dict[str, list[Thing]] = {}
    for message in workspace.messages.values():
        for variant in message.variants:
            for template in variant.parts.values():
                for path in (template.path, *template.files):
                    thing = Thing("message", message.name)
                    if not path.endswith(".journey") and thing not in found.setdefault(path, []):
                        found[path].append(thing)
    return found


def _descriptions(compiled: Compiled) -> dict[Thing, str]:
    workspace = compiled.workspace
    assert workspace is not None
    found = {}
    for kinds in COLUMNS:
        for kind in kinds:
            for name, value in getattr(workspace, f"{kind}s").items():
                found[Thing(kind, name)] = value.description
    return found
