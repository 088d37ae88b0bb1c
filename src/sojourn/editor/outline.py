"""The shape of a file: what can be folded, what a selection grows to, and which words are of which kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from sojourn.dsl import ast
from sojourn.dsl.grammar import keywords_among
from sojourn.dsl.layout import lay_out
from sojourn.dsl.source import SourceFile, Span
from sojourn.editor.snapshot import Snapshot

__all__ = ["KINDS_OF_WORDS", "coloured", "folds", "grown"]

KINDS_OF_WORDS = (
    "keyword", "string", "number", "comment", "event", "class", "property", "variable", "function", "enumMember",
    "namespace", "type",
)  # fmt: skip
"""The kinds of words, by their names in the protocol."""

_OF_USE = {
    "event": "event", "field": "property", "attribute": "variable", "define": "function", "audience": "class",
    "message": "function", "journey": "namespace", "topic": "enumMember", "schema": "type", "catalog": "type",
    "dataset": "namespace", "webhook": "function", "offer": "function", "decision": "function",
    "recommendation": "function",
}  # fmt: skip
_NUMBERS = frozenset({"NUMBER", "MONEY", "PERCENT", "DURATION", "DISTANCE", "DATE", "CLOCK", "MOMENT"})
_WORDS = frozenset({
    "_IS_NOT", "_NOT_IN", "_NOT_BETWEEN", "_IN_LAST", "_WINDOW_BETWEEN", "_SINCE_START", "_UP_TO", "_AT_LEAST",
    "_AT_MOST", "_WITHIN_DISTANCE",
})  # fmt: skip


def nodes_of(node: ast.Node) -> Iterator[ast.Node]:
    """A node's children."""
    for part in fields(node):
        value = getattr(node, part.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, ast.Node):
                yield item


def folds(tree: ast.File, source: SourceFile) -> list[tuple[int, int]]:
    """The first and last line (counted from 1) of what has lines below its first."""
    found: set[tuple[int, int]] = set()

    def walk(node: ast.Node) -> None:
        for child in nodes_of(node):
            first = child.span.line
            last = first + source.text.count("\n", child.span.start, child.span.end)
            if last > first and not isinstance(child, ast.Name | ast.Comment):
                found.add((first, last))
            walk(child)

    walk(tree)
    # Of several that begin on one line the longest counts.
    longest: dict[int, int] = {}
    for first, last in found:
        longest[first] = max(last, longest.get(first, 0))
    return sorted(longest.items())


def grown(tree: ast.File, offset: int) -> list[Span]:
    """The spans around a place, the smallest first."""
    found: list[Span] = []

    def walk(node: ast.Node) -> None:
        for child in nodes_of(node):
            if child.span.start <= offset <= child.span.end and child.span.end > child.span.start:
                if not found or child.span != found[-1]:
                    found.append(child.span)
                walk(child)
                return

    walk(tree)
    return found[::-1]


def coloured(snapshot: Snapshot, source: SourceFile) -> list[tuple[Span, str]]:
    """The words of a journey file with their kinds, in order, none overlapping another."""
    names = {
        use.span.start: (use.span, _OF_USE[use.kind])
        for use in snapshot.by_path.get(source.path, ())
        if use.kind in _OF_USE
    }
    found: dict[int, tuple[Span, str]] = {}
    blocks, comments, _ = lay_out(source)
    for block in blocks:
        keywords = keywords_among(block.tokens)
        for number, (kind, start, end, value) in enumerate(block.tokens):
            if end <= start or "\n" in value:
                continue
            if kind == "TEXT":
                found[start] = (source.span(start, end), "string")
            elif kind in _NUMBERS:
                found[start] = (source.span(start, end), "number")
            elif kind in _WORDS or number in keywords:
                found[start] = (source.span(start, end), "keyword")
        for notes in block.notes.values():
            everything = [*notes.comments, *notes.description, *notes.trailing]
            comments += everything if notes.remark is None else [*everything, notes.remark]
    for comment in comments:
        found[comment.span.start] = (comment.span, "comment")
    found.update(names)
    ordered = [found[start] for start in sorted(found)]
    return [
        one
        for one, after in zip(ordered, [*ordered[1:], None], strict=True)
        if after is None or one[0].end <= after[0].start
    ]
