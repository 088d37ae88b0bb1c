"""Source files and places in them.

Stage 0 of the compiler: text. Every later stage keeps spans that point back here, so that
a message can show the author their own line.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

__all__ = ["NOWHERE", "SourceFile", "Span"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A piece of one source file: `path`, and character offsets `start` (inclusive) to `end` (exclusive).

    `line` and `column` are those of `start`, counted from 1 as editors do.
    `path` is relative to the workspace's root where the file is inside it.
    """

    path: str
    start: int
    end: int
    line: int
    column: int

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of `other`, in the same file."""
        return Span(self.path, self.start, max(self.end, other.end), self.line, self.column)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


NOWHERE = Span("", 0, 0, 1, 1)
"""The span of something nobody wrote, such as a built-in event."""


@dataclass(frozen=True)
class SourceFile:
    """One text file of a workspace: its path relative to the root, and its whole text (`\\n` line ends)."""

    path: str
    text: str = field(repr=False)

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset at which each line begins; line 1 is item 0."""
        starts = [0]
        at = self.text.find("\n")
        while at != -1:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def span(self, start: int, end: int) -> Span:
        """The span of the characters `start` to `end`."""
        line = bisect_right(self.line_starts, start)
        return Span(self.path, start, end, line, start - self.line_starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its line end; empty when there is no such line."""
        if not 1 <= number <= len(self.line_starts):
            return ""
        start = self.line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start:] if end == -1 else self.text[start:end]
