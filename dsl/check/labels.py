"""The author's own words of a step, without its block: its label, and a part of its id."""

from __future__ import annotations

from sojourn.dsl import ast
from sojourn.dsl.source import SourceFile

__all__ = ["head", "without_grouping"]


def head(node: ast.Node, sources: dict[str, SourceFile]) -> str:
    """The first line of the node, with the lines that go on with it, spaces made single and the remark left
    off.

    A line goes on when it begins with `and` or `or`, or when a bracket or a long text is still open.
    """
    source = sources.get(node.span.path)
    if source is None:
        return type(node).__name__.lower()
    text = source.text
    words: list[str] = []
    at, end = node.span.start, len(text)
    depth = 0
    piece: list[str] = []
    while at < end:
        char = text[at]
        if char == '"':
            close = _text_end(text, at)
            piece.append(text[at:close])
            at = close
            continue
        if char == "#":
            at = text.find("\n", at)
            at = end if at == -1 else at
            continue
        if char == "\n" or char == " ":
            if piece:
                words.append("".join(piece))
                piece = []
            if char == "\n" and depth <= 0 and not _goes_on(text, at + 1):
                break
        else:
            depth += (char in "([") - (char in ")]")
            piece.append(char)
        at += 1
    if piece:
        words.append("".join(piece))
    return " ".join(words)


def without_grouping(label: str) -> str:
    """A label without the brackets that only group: `sojourn fmt` takes away those that are not needed, and a step has
    to keep its id then. The brackets of functions and of texts stay.
    """
    out: list[str] = []
    kept: list[bool] = []
    at = 0
    while at < len(label):
        char = label[at]
        if char == '"':
            close = _text_end(label, at)
            out.append(label[at:close])
            at = close
            continue
        if char == "(":
            kept.append(bool(out) and (out[-1].isalnum() or out[-1] == "_"))
        if char not in "()" or not kept or kept[-1]:
            out.append(char)
        if char == ")" and kept:
            kept.pop()
        at += 1
    return "".join(out)


def _text_end(text: str, at: int) -> int:
    quote = '"""' if text.startswith('"""', at) else '"'
    at += len(quote)
    while at < len(text) and not text.startswith(quote, at):
        if quote == '"' and text[at] == "\n":
            return at
        at += 2 if text[at] == "\\" else 1
    return min(at + len(quote), len(text))


def _goes_on(text: str, at: int) -> bool:
    """Whether the line that begins at `at` goes on with the one before (comments and empty lines between are
    passed over).
    """
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end == -1 else end
        line = text[at:end].strip()
        if line and not line.startswith("#"):
            return line.split(None, 1)[0] in ("and", "or")
        at = end + 1
    return False
