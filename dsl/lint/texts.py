"""The texts that people get: where each stands, what it surely says, and the tags in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sojourn.dsl import ast, checked
from sojourn.dsl.source import SourceFile, Span

__all__ = ["Tag", "Text", "shortest"]

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_ELEMENT = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)((?:\s[^<>]*)?)/?>")
_ATTRIBUTE = re.compile(r"""([a-zA-Z_:-]+)\s*(?:=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_HIDDEN = "\x01"


@dataclass(frozen=True, slots=True)
class Tag:
    """An opening tag of HTML: its name, its attributes (value, offset of the value), and where it stands in the
    text.
    """

    name: str
    attributes: dict[str, tuple[str, int]]
    start: int
    end: int


@dataclass(frozen=True)
class Text:
    """One part of a message or an offer: `subject`, `body`, `text`, `title`, `post`.

    `node` is where the author wrote it, `message` None for an offer's.
    """

    owner: str
    part: str
    channel: str
    template: checked.Template
    node: ast.Part
    written: SourceFile
    message: checked.Message | None = None
    variant: checked.Variant | None = None

    @property
    def source(self) -> str:
        """The template."""
        return self.template.source

    @cached_property
    def hidden(self) -> str:
        """The template with its tags put out of sight, as long as it was: what HTML there is around them."""
        return _TAG.sub(lambda found: _HIDDEN * len(found[0]), self.template.source)

    @cached_property
    def elements(self) -> tuple[Tag, ...]:
        """The opening tags of HTML."""
        hidden, source = self.hidden, self.template.source
        found = []
        for match in _ELEMENT.finditer(hidden):
            attributes: dict[str, tuple[str, int]] = {}
            for inside in _ATTRIBUTE.finditer(hidden, match.start(2), match.end(2)):
                group = next((number for number in (2, 3, 4) if inside[number] is not None), 0)
                start, end = inside.span(group) if group else (inside.end(), inside.end())
                attributes.setdefault(inside[1].lower(), (source[start:end], start))
            found.append(Tag(match[1].lower(), attributes, match.start(), match.end()))
        return tuple(found)

    @cached_property
    def is_document(self) -> bool:
        """Whether it is a whole HTML document and not a piece of one."""
        return any(tag.name in ("html", "body") for tag in self.elements)

    def element(self, name: str) -> Iterator[Tag]:
        """The opening tags of one kind."""
        return (tag for tag in self.elements if tag.name == name)

    @property
    def whole(self) -> Span:
        """Where the author wrote the text, or named its file."""
        return self.node.text.span

    @cached_property
    def _shift(self) -> int | None:
        """How far the template's offsets are from those of the file it stands in, where that is the same
        everywhere.
        """
        if self.node.is_file:
            return 0
        start, text = self.node.text.value_start, self.template.source
        return start if start and self.written.text[start : start + len(text)] == text else None

    def span(self, start: int, end: int) -> Span:
        """Where a piece of the template (on its first line) stands; the whole text where that cannot be said."""
        line_end = self.source.find("\n", start)
        end = end if line_end == -1 else min(end, line_end)
        exact = self.exact(start, end)
        return exact if exact is not None else self.whole

    def exact(self, start: int, end: int) -> Span | None:
        """Where a piece of the template stands in its file, letter by letter; None when it is written otherwise
        there.
        """
        source = self.source
        if self._shift is not None:
            return self.written.span(start + self._shift, end + self._shift)
        number = source.count("\n", 0, start)
        begin = source.rfind("\n", 0, start) + 1
        stop = source.find("\n", start)
        stop = len(source) if stop == -1 else stop
        if end > stop:
            return None
        line = self.template.line + number
        there = self.written.line(line)
        column = there.find(source[begin:stop])
        if column == -1 or not source[begin:stop]:
            return None
        at = self.written.line_starts[line - 1] + column + start - begin
        return self.written.span(at, at + end - start)

    @cached_property
    def tree(self) -> Any:
        """What Jinja2 makes of it."""
        from sojourn.dsl.check.templates import template_tree

        return template_tree(self.template.source)

    @cached_property
    def least(self) -> str:
        """The shortest that it can come to: every condition taken the shorter way, every value left empty."""
        return self.source if self.template.constant else shortest(self.tree.body)

    @cached_property
    def constant_pieces(self) -> tuple[tuple[str, int], ...]:
        """The pieces between the tags, each with its offset."""
        found = []
        at = 0
        for match in _TAG.finditer(self.source):
            if match.start() > at:
                found.append((self.source[at : match.start()], at))
            at = match.end()
        if at < len(self.source):
            found.append((self.source[at:], at))
        return tuple(found)


def shortest(nodes: Sequence[Any]) -> str:
    """The shortest text that statements of a template can come to."""
    said = []
    for node in nodes:
        kind = type(node).__name__
        if kind == "Output":
            said += [part.data for part in node.nodes if type(part).__name__ == "TemplateData"]
        elif kind == "If":
            ways = [
                shortest(node.body),
                *(shortest(other.body) for other in node.elif_),
                shortest(node.else_),
            ]
            said.append(min(ways, key=len))
        elif kind == "For":
            said.append(min(shortest(node.else_), shortest(node.body), key=len) if node.else_ else "")
        elif kind == "With":
            said.append(shortest(node.body))
    return "".join(said)
