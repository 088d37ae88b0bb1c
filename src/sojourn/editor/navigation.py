"""From a name to its declaration, to all its places, to another name; what a file and a workspace hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sojourn.dsl import ast
from sojourn.dsl.resolve import KINDS, RESERVED
from sojourn.dsl.source import Span
from sojourn.dsl.uses import Use
from sojourn.editor.snapshot import Snapshot

__all__ = [
    "Symbol",
    "definition",
    "places",
    "rename",
    "renameable",
    "symbols",
    "text_links",
    "why_not_a_name",
]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A declaration or a part of one: `place` is all of it, `name_place` its name."""

    name: str
    kind: str
    place: Span
    name_place: Span
    children: tuple[Symbol, ...] = ()


def definition(snapshot: Snapshot, path: str, offset: int) -> list[Span]:
    """Where the name at a place is declared; of a file's name, the file."""
    for link, file in text_links(snapshot, path):
        if link.start <= offset <= link.end:
            return [Span(file, 0, 0, 1, 1)]
    use = snapshot.use_at(path, offset)
    return [] if use is None else [found.span for found in snapshot.meanings[use.meaning] if found.declares]


def places(snapshot: Snapshot, path: str, offset: int, declarations: bool = True) -> list[Use]:
    """All places of the name at a place."""
    use = snapshot.use_at(path, offset)
    if use is None:
        return []
    return [found for found in snapshot.meanings[use.meaning] if declarations or not found.declares]


def renameable(snapshot: Snapshot, path: str, offset: int) -> Use | None:
    """The name at a place, when it is declared in the workspace's own files."""
    use = snapshot.use_at(path, offset)
    if use is None:
        return None
    root = snapshot.root.resolve()
    declared = [found for found in snapshot.meanings[use.meaning] if found.declares]
    ours = [found for found in declared if snapshot.file_of(found.span.path).is_relative_to(root)]
    return use if ours and len(ours) == len(declared) else None


def why_not_a_name(snapshot: Snapshot, use: Use, name: str) -> str:
    """Why something cannot be renamed so, in a sentence; empty when it can."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        return f"“{name}” is not a name: names are made of the letters a to z, digits and _."
    if use.kind == "field":
        if any(field.name.text == name for field in snapshot.fields(use.owner)):
            return f"There is a field {name} already."
    elif name in RESERVED:
        return f"{name} has a meaning of its own."
    elif any(what == name for _, what in snapshot.declared):
        return f"There is something called {name} already."
    return ""


def rename(snapshot: Snapshot, path: str, offset: int, name: str) -> list[Span]:
    """The places to write the new name in; templates included. Raises ValueError with a sentence when it cannot be."""
    use = renameable(snapshot, path, offset)
    if use is None:
        raise ValueError("This cannot be renamed: it is not declared in the files of this workspace.")
    problem = why_not_a_name(snapshot, use, name)
    if problem:
        raise ValueError(problem)
    return [found.span for found in snapshot.meanings[use.meaning]]


def symbols(tree: ast.File) -> list[Symbol]:
    """What a file declares, in order."""
    return [_symbol(node) for node in tree.declarations]


def _symbol(node: ast.Declaration) -> Symbol:
    kind = KINDS.get(type(node), type(node).__name__.lower())
    name = getattr(node, "name", None)
    match node:
        case ast.Test():
            return Symbol(node.name.value, "test", node.span, node.name.span)
        case ast.Profile() | ast.Schema() | ast.Event() | ast.Catalog():
            fields = tuple(Symbol(f.name.text, "field", f.span, f.name.span) for f in node.fields)
            title = name.text if isinstance(name, ast.Name) else kind
            place = name.span if isinstance(name, ast.Name) else _first_word(node.span, kind)
            return Symbol(title, kind, node.span, place, fields)
        case ast.Message():
            variants = tuple(Symbol(v.channel.text, "channel", v.span, v.channel.span) for v in node.variants)
            return Symbol(node.name.text, kind, node.span, node.name.span, variants)
        case ast.Journey():
            steps = tuple(Symbol(label, "step", step.span, step.span) for label, step in _steps(node))
            return Symbol(node.name.text, kind, node.span, node.name.span, steps)
        case _:
            if isinstance(name, ast.Name):
                return Symbol(name.text, kind, node.span, name.span)
            return Symbol(_title(node, kind), kind, node.span, _first_word(node.span, kind))


def _title(node: ast.Declaration, kind: str) -> str:
    match node:
        case ast.Use():
            return f"use {node.target}"
        case ast.Limit():
            return f"limit {node.target}"
        case ast.QuietHours():
            return "quiet hours"
        case _:
            return kind


def _first_word(span: Span, word: str) -> Span:
    return Span(span.path, span.start, min(span.start + len(word), span.end), span.line, span.column)


def _steps(journey: ast.Journey) -> Iterator[tuple[str, ast.Step]]:
    for step in journey.steps:
        match step:
            case ast.Send():
                yield f"send {step.message}", step
            case ast.Split():
                yield f"split {step.name}", step
            case ast.WaitFor():
                yield f"wait for {step.awaited.event if step.awaited else 'first of'}", step
            case _:
                yield re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(step).__name__).lower(), step


def text_links(snapshot: Snapshot, path: str) -> list[tuple[Span, str]]:
    """The texts of a journey file that name another file, with the file they name."""
    tree = snapshot.tree(path)
    if tree is None:
        return []
    written: list[ast.Text] = []
    for node in tree.declarations:
        match node:
            case ast.Message():
                written += [part.text for v in node.variants for part in v.parts if part.is_file]
            case ast.Offer():
                written += [part.text for part in node.parts if part.is_file]
            case ast.Catalog():
                written.append(node.source)
            case ast.Dataset() if node.location is not None and "*" not in node.location.value:
                written.append(node.location)
            case ast.Audience() if node.csv is not None:
                written.append(node.csv)
    folder = snapshot.file_of(path).parent
    found = []
    for text in written:
        file = (folder / text.value).resolve()
        if file.is_file():
            found.append((text.span, snapshot.path_of(file)))
    return found
