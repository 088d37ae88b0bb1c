"""The page that is printed: lines with the comments around them, and the author's empty lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sojourn.dsl import ast
from sojourn.dsl.source import SourceFile

__all__ = ["BREAK", "Page", "comment_text"]

BREAK = "\udc00"
"""Where a line is broken inside brackets: what follows begins as far in as the line itself. Half a character: no text
that was read from a file holds it.
"""


def comment_text(comment: ast.Comment) -> str:
    """A comment in its one shape: with a space behind the sign (`#!` and rows of signs stay as they are)."""
    text = comment.text
    return f"# {text[1:]}" if len(text) > 1 and text[1] not in " #!" else text


class Page:
    """Lines in order. `source` tells where the author left a line empty."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self._lines: list[str] = []

    def text(self) -> str:
        """All lines; the last one ends too."""
        while self._lines and not self._lines[-1]:
            self._lines.pop()
        return "\n".join(self._lines) + "\n" if self._lines else ""

    def plain(self, *lines: str) -> None:
        """Lines that carry no comments."""
        self._lines.extend(lines)

    def blank(self) -> None:
        """An empty line, unless there is one."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def comments(self, comments: Iterable[ast.Comment], indent: int) -> None:
        """Comments on lines of their own. One that the author set off by an empty line stays set off: it is about
        the file or the part, not about the line that follows.
        """
        for comment in comments:
            self._lines.append(" " * indent + comment_text(comment))
            below = comment.span.line + 1
            if below <= len(self.source.line_starts) and not self.source.line(below).strip():
                self.blank()

    def lines(self, node: ast.Node, lines: Sequence[str], indent: int, description: str = "") -> None:
        """The lines of a node: its comments and description above, its remark at the end of the first."""
        self.comments(node.comments, indent)
        for line in description.split("\n") if description else ():
            self._lines.append(f"{' ' * indent}## {line}".rstrip())
        first, *rest = lines
        if node.remark is not None:
            begin, broken, end = first.partition(BREAK)
            first = f"{begin}  {comment_text(node.remark)}{broken}{end}"
        for line in (first, *rest):
            margin = line[: len(line) - len(line.lstrip(" "))]
            self._lines.append(line.replace(BREAK, f"\n{margin}"))

    def spaced(self, node: ast.Node) -> bool:
        """Whether the author left a line empty above a node and its comments."""
        number = node.span.line - 1
        while number >= 1 and self.source.line(number).lstrip().startswith("#"):
            number -= 1
        return number >= 1 and not self.source.line(number).strip()
