"""The formatter: one shape for every journey file.

`format_file` prints the tree of a file anew. It then reads its own output, and refuses to change anything when that
does not mean the same, does not hold the same comments in the same order, or would be printed differently a second
time: a formatter may be dull, but never wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass

from sojourn.dsl import ast
from sojourn.dsl.diagnostics import Diagnostic
from sojourn.dsl.format.declarations import print_file
from sojourn.dsl.format.page import comment_text
from sojourn.dsl.parser import parse_file
from sojourn.dsl.source import SourceFile

__all__ = ["FormatError", "Formatted", "comments_of", "format_file"]


class FormatError(Exception):
    """Sojourn's own mistake: the printed text does not say what the file said. The file is left alone."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """The new text, or None when the file has mistakes, which are in `diagnostics`."""

    text: str | None
    diagnostics: tuple[Diagnostic, ...]


def format_file(source: SourceFile) -> Formatted:
    """The file in its one shape. Raises FormatError when the result would not mean the same."""
    tree, mistakes = parse_file(source)
    if any(mistake.severity == "error" for mistake in mistakes):
        return Formatted(None, mistakes)
    text = print_file(tree, source)
    again = SourceFile(source.path, text)
    copy, found = parse_file(again)
    if found:
        raise FormatError(f"line {found[0].span.line} of the result cannot be read ({found[0].code})")
    if copy != tree:
        raise FormatError("the result does not mean the same")
    if comments_of(copy) != comments_of(tree):
        raise FormatError("a comment would be lost or moved")
    if print_file(copy, again) != text:
        raise FormatError("a second run would change the file again")
    return Formatted(text, mistakes)


def comments_of(file: ast.File) -> list[str]:
    """All comments of a tree, descriptions included, each in its one shape, in the order in which they stand."""
    found: list[tuple[int, str]] = []

    def walk(value: object) -> None:
        if isinstance(value, ast.Comment):
            found.append((value.span.start, comment_text(value)))
        elif isinstance(value, tuple):
            for item in value:
                walk(item)
        elif is_dataclass(value) and isinstance(value, ast.Node):
            description = getattr(value, "description", "")
            if description:
                found.append((value.span.start - 1, description))
            for part in fields(value):
                walk(getattr(value, part.name))

    walk(file)
    return [text for _, text in sorted(found)]
