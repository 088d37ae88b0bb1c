"""What a name is, in a few lines of Markdown: its declaration, its description, its type; of a mistake, its page."""

from __future__ import annotations

from sojourn.dsl import ast
from sojourn.dsl.format.declarations import type_text
from sojourn.dsl.functions import FUNCTIONS, Signature
from sojourn.dsl.messages.constructs import CONSTRUCTS
from sojourn.dsl.source import SourceFile, Span
from sojourn.dsl.uses import Use
from sojourn.editor.snapshot import Snapshot, word_at

__all__ = ["hover", "signature_at"]

_LINES = 12
"""How many lines of a declaration are shown."""


def hover(snapshot: Snapshot, path: str, offset: int) -> tuple[str, Span] | None:
    """What stands at a place, and the words it is about."""
    use = snapshot.use_at(path, offset)
    if use is not None:
        return _about(snapshot, use), use.span
    source = snapshot.source(path)
    if source is None or not path.endswith(".journey"):
        return None
    word, span = word_at(source, offset)
    if word in FUNCTIONS:
        return _function(FUNCTIONS[word]), span
    if word in CONSTRUCTS:
        construct = CONSTRUCTS[word]
        return f"{construct.what}\n\n```journey\n{construct.example}\n```", span
    return None


def _function(function: Signature) -> str:
    example = "\n".join(f"{call}  # {gives}" for call, gives in function.examples)
    head = f"**{function.call}** — a function, gives {function.gives_said}"
    return f"{head}\n\n{function.means}\n\n```journey\n{example}\n```"


def _says(function: Signature) -> str:
    call, gives = function.examples[0]
    return f"`{call}` is {gives}."


def _about(snapshot: Snapshot, use: Use) -> str:
    if use.kind == "field":
        return _field(snapshot, use)
    node = snapshot.declared.get((use.kind, use.name))
    if node is None:
        return f"**{use.name}** — {_article(use.kind)}, built in"
    parts = [f"**{use.name}** — {_article(use.kind)}"]
    description = getattr(node, "description", "")
    if description:
        parts.append(description)
    source = snapshot.source(node.span.path)
    if source is not None:
        parts.append(f"```journey\n{_excerpt(source, node)}\n```")
    members = _counted(snapshot, use)
    if members:
        parts.append(members)
    return "\n\n".join(parts)


def _excerpt(source: SourceFile, node: ast.Declaration) -> str:
    lines = source.text[node.span.start : node.span.end].split("\n")
    return "\n".join([*lines[:_LINES], *(["  …"] if len(lines) > _LINES else [])])


def _field(snapshot: Snapshot, use: Use) -> str:
    field = snapshot.field(use.owner, use.name)
    whose = "of the person" if use.owner == "profile" else f"of the {use.owner}"
    if field is None:
        return f"**{use.name}** — a field {whose}"
    said = [word for word in ("identity", "required", "private") if getattr(field, word)]
    type = f"{type_text(field.type)}{', ' if said else ''}{', '.join(said)}"
    text = f"**{use.name}** — a field {whose}\n\n`{type}`"
    return f"{text}\n\n{field.description}" if field.description else text


def _counted(snapshot: Snapshot, use: Use) -> str:
    others = [found for found in snapshot.meanings[use.meaning] if not found.declares]
    if not others:
        return "Not used anywhere."
    return f"Used {len(others)} time{'s' if len(others) > 1 else ''}."


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def signature_at(snapshot: Snapshot, path: str, offset: int) -> tuple[str, list[str], int, str] | None:
    """The function whose brackets a place is in: how it is called, its parameters, which one is being written, and
    an example.
    """
    source = snapshot.source(path)
    if source is None:
        return None
    text = source.text
    start = text.rfind("\n", 0, offset) + 1
    depth = commas = 0
    at = offset - 1
    while at >= start:
        char = text[at]
        if char == ")":
            depth += 1
        elif char == "(":
            if depth == 0:
                break
            depth -= 1
        elif char == "," and depth == 0:
            commas += 1
        at -= 1
    if at < start:
        return None
    name, _ = word_at(source, at)
    if name in FUNCTIONS:
        function = FUNCTIONS[name]
        takes = [parameter.name for parameter in function.takes]
        return function.call, takes, min(commas, len(takes) - 1), f"{function.means} {_says(function)}"
    node = snapshot.declared.get(("define", name))
    if isinstance(node, ast.Define) and node.parameters:
        names = [parameter.text for parameter in node.parameters]
        return f"{name}({', '.join(names)})", names, commas, node.description
    return None
