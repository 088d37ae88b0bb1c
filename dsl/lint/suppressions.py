"""`# lint: allow RULE because REASON`: what an author has looked at and wants as it is.

At the end of a line it is about that line; on a line of its own about the next line that says something. In a
template it stands in a comment of Jinja2, `{# lint: allow RULE because REASON #}`. Several rules are separated
by commas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from sojourn.dsl import ast
from sojourn.dsl.source import SourceFile, Span

__all__ = ["Suppression", "in_template", "in_tree"]

_SAID = re.compile(
    r"lint:\s*allow\b\s*(?P<rules>[\w ,-]*?)\s*(?:\bbecause\b(?P<reason>.*))?$", re.IGNORECASE | re.DOTALL
)
_COMMENT = re.compile(r"\{#-?(.*?)-?#\}", re.DOTALL)


@dataclass(slots=True)
class Suppression:
    """One comment: the rules it names, each with its place; the reason; the line it is about; the whole
    comment's place.

    `used` are the rules of which it has silenced a finding.
    """

    rules: tuple[tuple[str, Span], ...]
    reason: str
    line: int
    span: Span
    used: set[str] = field(default_factory=set)


def in_tree(tree: ast.File, source: SourceFile) -> Iterator[Suppression]:
    """Those of a journey file."""
    if "lint:" not in source.text:
        return
    for comment in _comments(tree):
        body = comment.text.lstrip("#")
        made = _read(body, comment.span.start + len(comment.text) - len(body), comment.span, source)
        if made is not None:
            yield made


def in_template(source: SourceFile) -> Iterator[Suppression]:
    """Those of a template."""
    if "lint:" not in source.text:
        return
    for match in _COMMENT.finditer(source.text):
        made = _read(match[1], match.start(1), source.span(*match.span()), source)
        if made is not None:
            yield made


def _read(body: str, start: int, span: Span, source: SourceFile) -> Suppression | None:
    stripped = body.strip()
    start += body.index(stripped) if stripped else 0
    found = _SAID.match(stripped)
    if found is None:
        return None
    rules = []
    at = found.start("rules")
    for piece in found["rules"].split(","):
        name = piece.strip()
        if name:
            begin = start + at + piece.index(name)
            rules.append((name, source.span(begin, begin + len(name))))
        at += len(piece) + 1
    reason = (found["reason"] or "").strip(" \t\n:.,;")
    return Suppression(tuple(rules), reason, _line_of(span, source), span)


def _line_of(span: Span, source: SourceFile) -> int:
    """The line that a comment is about."""
    before = source.line(span.line)[: span.column - 1]
    last = source.span(span.end, span.end).line
    if before.strip() or source.text[span.end : source.text.find("\n", span.end) + 1 or None].strip():
        return span.line
    for number in range(last + 1, len(source.line_starts) + 1):
        line = source.line(number).strip()
        if line and not line.startswith("#"):
            return number
    return span.line


def _comments(value: Any) -> Iterable[ast.Comment]:
    if isinstance(value, ast.Comment):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            if isinstance(item, tuple | ast.Node | ast.Comment):
                yield from _comments(item)
    elif isinstance(value, ast.Node) and is_dataclass(value):
        for part in fields(value):
            found = getattr(value, part.name)
            if isinstance(found, tuple | ast.Node | ast.Comment):
                yield from _comments(found)
