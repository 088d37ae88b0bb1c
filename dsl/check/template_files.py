"""The files that templates share: `{% include %}`, `{% extends %}`, `{% import %}`.

A file is named from the folder of the file that asks for it, as everywhere in a workspace. Each is read and parsed
once. Jinja2 is imported only when there is a template with tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sojourn.dsl import checked
from sojourn.dsl.check.memory import Trace
from sojourn.dsl.check.messages import ReadText, TextFile
from sojourn.dsl.source import SourceFile, Span

__all__ = ["File", "SharedFiles", "environment", "template_tree"]

_ASKS = re.compile(r"\{%-?\s*(include|extends|import|from)\b")


_MOST_NESTED = 100
_TOO_DEEP = f"More than {_MOST_NESTED} things lie in one another here."


@lru_cache(maxsize=4096)
def template_tree(source: str) -> Any:
    """What Jinja2 makes of a template; nobody changes it. When a workspace is checked again, few templates are new.

    Raises jinja2.TemplateSyntaxError, also for one in which more lies in one another than anybody could follow.
    """
    from jinja2 import TemplateSyntaxError

    try:
        tree = environment().parse(source)
    except RecursionError:
        raise TemplateSyntaxError(_TOO_DEEP, 1) from None
    level, depth = [tree], 0
    while level:
        depth += 1
        if depth > _MOST_NESTED:
            raise TemplateSyntaxError(_TOO_DEEP, level[0].lineno or 1)
        level = [child for node in level for child in node.iter_child_nodes()]
    return tree


@lru_cache(maxsize=1)
def environment() -> Any:
    """The sandbox that knows which filters and tests there are."""
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment()


@dataclass(frozen=True, slots=True)
class File:
    """A template, where it stands: in a file of its own, or from line `line` of a journey file on."""

    path: str
    line: int
    source: SourceFile
    text: str

    def place(self, line: int, word: str, before: str = "") -> Span:
        """The place of a word in a line of the template, in the file it stands in; without a word the whole line."""
        number = self.line + line - 1
        text = self.source.line(number)
        if number > len(self.source.line_starts):
            return self.source.span(0, 0)
        start = self.source.line_starts[number - 1]
        if word:
            pattern = rf"{re.escape(before)}\s*\.\s*({re.escape(word)})(?!\w)"
            exact = re.search(pattern, text) if before else None
            if exact is not None:
                return self.source.span(start + exact.start(1), start + exact.end(1))
            loose = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)
            if loose is not None:
                return self.source.span(start + loose.start(), start + loose.end())
        indent = len(text) - len(text.lstrip())
        return self.source.span(start + indent, start + len(text))


class SharedFiles:
    """Reads the files that templates ask for. `texts` are those found so far, by path."""

    def __init__(self, read: ReadText, trace: Trace) -> None:
        self._read = read
        self._trace = trace
        self.texts: dict[str, str] = {}
        trace.deed("shared file", self._found)

    def main(self, template: checked.Template, source: SourceFile | None) -> File:
        """A message's template."""
        source = source or SourceFile(template.path, template.source)
        return File(template.path, template.line, source, template.source)

    def named(self, parent: str, reference: str) -> File | TextFile:
        """The file that a template in the file `parent` asks for; why it cannot be had otherwise."""
        found = self._read(parent, reference)
        if found.problem:
            return found
        self._found(found.path, found.text)
        return File(found.path, 1, SourceFile(found.path, found.text), found.text)

    def _found(self, path: str, text: str) -> None:
        self.texts[path] = text
        self._trace.did("shared file", path, text)

    def below(self, path: str, text: str) -> tuple[str, ...]:
        """The paths of all files that a template in the file `path` asks for, directly or by way of others."""
        seen: dict[str, None] = {}
        waiting = [(path, text)]
        while waiting:
            at, source = waiting.pop()
            for reference in _references(source):
                found = self.named(at, reference)
                if isinstance(found, File) and found.path not in seen:
                    seen[found.path] = None
                    waiting.append((found.path, found.text))
        return tuple(sorted(seen))


def _references(source: str) -> Iterator[str]:
    """The names of the files that a template asks for."""
    if _ASKS.search(source) is None:
        return
    from jinja2 import TemplateSyntaxError, nodes

    try:
        tree = template_tree(source)
    except TemplateSyntaxError:  # reported where it is walked
        return
    for node in tree.find_all((nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport)):
        if isinstance(node.template, nodes.Const) and isinstance(node.template.value, str):
            yield node.template.value
