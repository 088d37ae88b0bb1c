"""The texts that people get: where each stands, what it surely says, and the tags in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from posixpath import dirname, join, normpath
from typing import Any

from sojourn.dsl import ast, checked
from sojourn.dsl.source import SourceFile, Span

__all__ = ["Tag", "Text", "put_together", "shortest"]

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

    `node` is where the author wrote it, `message` None for an offer's. A file that it includes, extends or imports is a
    text too (`is_shared`), of the same part of the same message; its `owner` is its path.
    """

    owner: str
    part: str
    channel: str
    template: checked.Template
    node: ast.Part
    written: SourceFile
    message: checked.Message | None = None
    variant: checked.Variant | None = None
    is_shared: bool = False

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
        """Where the author wrote the text, or named its file; the first line of a file that templates share."""
        return self.written.span(0, len(self.written.line(1))) if self.is_shared else self.node.text.span

    @cached_property
    def _shift(self) -> int | None:
        """How far the template's offsets are from those of the file it stands in, where that is the same
        everywhere.
        """
        if self.node.is_file or self.is_shared:
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


def put_together(text: Text, shared: Mapping[str, Text]) -> Iterator[tuple[str, Any, Text]]:
    """The nodes of a template and of the files it shares, as they are put together, each with the text it stands
    in: ("node", node, text), and around what is written in an `if` or a loop ("in", node, text) and ("out", …).

    The outermost frame comes first; where it has a block that a template fills, that one's words stand in it. Pieces
    are gone into where they are included. Macros are left out: they see neither person nor event.
    """
    chain = [text]
    while (frame := _extended(chain[-1], shared)) is not None and frame not in chain:
        chain.append(frame)
    blocks: dict[str, tuple[Text, Any]] = {}
    for one in chain:
        for block in _all_of(one, "Block"):
            blocks.setdefault(block.name, (one, block))

    def go(nodes: Sequence[Any], here: Text, depth: int) -> Iterator[tuple[str, Any, Text]]:
        for node in nodes:
            kind = type(node).__name__
            if kind == "Block":
                owner, block = blocks.get(node.name, (here, node))
                yield from go(block.body, owner, depth)
                if owner is not here and _asks_for_super(block):
                    yield from go(node.body, here, depth)
            elif kind == "Include":
                piece = _named(here, node, shared)
                if piece is not None and depth < _DEEPEST:
                    yield from go(piece.tree.body, piece, depth + 1)
            elif kind in ("If", "For", "With", "CallBlock", "FilterBlock"):
                yield "in", node, here
                yield from go(node.body, here, depth)
                for other in node.elif_ if kind == "If" else ():
                    yield from go(other.body, here, depth)
                if kind == "If":
                    yield from go(node.else_, here, depth)
                yield "out", node, here
            else:
                yield "node", node, here

    yield from go(chain[-1].tree.body, chain[-1], 0)


_DEEPEST = 20
"""How many pieces in one another are gone into: a circle of them is a mistake, and told elsewhere."""


def _all_of(text: Text, kind: str) -> Iterator[Any]:
    from jinja2 import nodes

    return iter(text.tree.find_all(getattr(nodes, kind)))


def _extended(text: Text, shared: Mapping[str, Text]) -> Text | None:
    """The frame that a template extends."""
    if text.template.constant:
        return None
    node = next(_all_of(text, "Extends"), None)
    return None if node is None else _named(text, node, shared)


def _named(here: Text, node: Any, shared: Mapping[str, Text]) -> Text | None:
    """The file that an `extends` or `include` names, from the folder of the file it stands in."""
    name = getattr(node.template, "value", None)
    if not isinstance(name, str):
        return None
    return shared.get(normpath(join(dirname(here.template.path), name)))


def _asks_for_super(block: Any) -> bool:
    from jinja2 import nodes

    return any(
        isinstance(call.node, nodes.Name) and call.node.name == "super" for call in block.find_all(nodes.Call)
    )


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
