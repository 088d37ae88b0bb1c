"""The quick fix that moves lines further to the right, below the line they belong to."""

from __future__ import annotations

from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.source import SourceFile, Span

__all__ = ["first_line", "indented", "line_below"]

DEEPER = "  "
"""One level."""


def indented(source: SourceFile, start: int, end: int, title: str = "indent it") -> Fix:
    """The fix that indents the lines from `start` to `end` (offsets) by one level, with all that stands below them.

    Comments right above the first line move along. It is not safe: what a block holds decides who gets it.
    """
    lines = source.line_starts
    first = source.span(start, start).line
    last = source.span(end, end).line
    column = _indent(source.line(first))
    while first > 1 and source.line(first - 1).strip().startswith("#"):
        first -= 1
    while last < len(lines) and _is_below(source, last + 1, column):
        last += 1
    while not source.line(last).strip():
        last -= 1
    moved = [source.line(number) for number in range(first, last + 1)]
    begin = lines[first - 1]
    place = source.span(begin, lines[last - 1] + len(source.line(last)))
    return Fix(place, "\n".join(DEEPER + line if line.strip() else line for line in moved), title, safe=False)


def line_below(source: SourceFile, end: int) -> tuple[int, str]:
    """The column and the text of the next line behind that of `end`, comments passed over, also one that was refused;
    (0, "") at the end of the file.
    """
    number = source.span(end, end).line + 1
    while number <= len(source.line_starts):
        line = source.line(number)
        words = line.strip()
        if words and words[0] not in "#)]":
            return _indent(line) + 1, words
        number += 1
    return 0, ""


def first_line(source: SourceFile, start: int) -> Span:
    """From a place to the end of its line, without the remark there."""
    end = source.text.find("\n", start)
    line = source.text[start : len(source.text) if end == -1 else end]
    return source.span(start, start + len(line.split("#")[0].rstrip()))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_below(source: SourceFile, number: int, column: int) -> bool:
    """Whether a line is empty or deeper than the column."""
    line = source.line(number)
    return not line.strip() or _indent(line) > column
