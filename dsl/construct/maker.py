"""What the functions that make nodes share: places, comments, and the mistakes they find."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from sojourn.dsl.diagnostics import Diagnostic, Fix
from sojourn.dsl.layout import Notes
from sojourn.dsl.source import SourceFile, Span

__all__ = ["Maker", "line", "only", "plain"]

T = TypeVar("T")


class Maker:
    """The file that is read, the comments by the place of their line, and the mistakes found so far."""

    __slots__ = ("diagnostics", "notes", "path", "source", "starts", "text")

    def __init__(self, source: SourceFile, notes: dict[int, Notes]) -> None:
        self.source = source
        self.text = source.text
        self.path = source.path
        self.starts = source.line_starts
        self.notes = notes
        self.diagnostics: list[Diagnostic] = []

    def span(self, start: int, end: int) -> Span:
        """The span of the characters `start` to `end`."""
        number = bisect_right(self.starts, start)
        return Span(self.path, start, end, number, start - self.starts[number - 1] + 1)

    def around(self, start: int) -> dict[str, Any]:
        """The comments of the line that begins at `start`, as a node's arguments."""
        notes = self.notes.get(start)
        if notes is None:
            return {}
        return {
            "comments": (*notes.description, *notes.comments),
            "remark": notes.remark,
            "trailing": tuple(notes.trailing),
        }

    def described(self, start: int) -> dict[str, Any]:
        """The same for a node that can have a description, which is not among its comments."""
        notes = self.notes.get(start)
        if notes is None:
            return {}
        return {
            "comments": tuple(notes.comments),
            "remark": notes.remark,
            "trailing": tuple(notes.trailing),
            "description": "\n".join(comment.text[2:].strip() for comment in notes.description),
        }

    def error(self, code: str, span: Span, fix: Fix | None = None, **facts: str) -> None:
        """Reports a mistake."""
        self.diagnostics.append(Diagnostic(code, span, facts, fix=fix))


def only(kind: type[T] | tuple[type[T], ...], children: Iterable[Any]) -> tuple[T, ...]:
    """The children of one kind, in order."""
    return tuple(child for child in children if isinstance(child, kind))


def line(kind: Callable[..., Any], **fixed: Any) -> Callable[[Maker, int, int, list[Any]], Any]:
    """Makes a node that stands on lines of its own from its children in order, comments included."""

    def make(maker: Maker, start: int, end: int, children: list[Any]) -> Any:
        return kind(*children, span=maker.span(start, end), **maker.around(start), **fixed)

    return make


def plain(kind: Callable[..., Any], **fixed: Any) -> Callable[[Maker, int, int, list[Any]], Any]:
    """Makes a node inside a line from its children in order."""

    def make(maker: Maker, start: int, end: int, children: list[Any]) -> Any:
        return kind(*children, span=maker.span(start, end), **fixed)

    return make
