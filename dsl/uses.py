"""Where each name is declared and used: what an editor needs to jump, to rename, and to show what is unused.

The checks note a use whenever they find what a name means, in the journey files and in the templates of messages, so
nothing is guessed a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sojourn.dsl import ast
from sojourn.dsl.resolve import KINDS
from sojourn.dsl.source import Span

__all__ = ["Use", "UseTable", "by_meaning", "declarations"]


@dataclass(frozen=True, slots=True)
class Use:
    """A name in one place. `kind` is that of its declaration (`event`, `message`, …), or `field` or `function`.

    `owner` is what a field belongs to: `profile`, `event purchase`, `schema Item`, `catalog product`. `declares`: the
    name is declared in this place.
    """

    kind: str
    name: str
    span: Span
    owner: str = ""
    declares: bool = False

    @property
    def meaning(self) -> tuple[str, str, str]:
        """What is meant, wherever it stands."""
        return self.kind, self.owner, self.name


class UseTable:
    """Notes uses, each place once."""

    __slots__ = ("_found", "_noted")

    def __init__(self, noted: Callable[[Use], None] | None = None) -> None:
        self._found: dict[tuple[Span, str], Use] = {}
        self._noted = noted

    def note(self, kind: str, name: str, span: Span, owner: str = "") -> None:
        """A name of that kind is used here. A place that is underlined as a whole and not as a name is left out."""
        if span.end - span.start == len(name):
            use = Use(kind, name, span, owner)
            self.add(use)
            if self._noted is not None:
                self._noted(use)

    def add(self, use: Use) -> None:
        """Notes a use that was found before."""
        self._found[use.span, use.kind] = use

    def __iter__(self) -> Iterator[Use]:
        return iter(self._found.values())


def declarations(trees: Iterable[ast.File]) -> Iterator[Use]:
    """Every name that is declared."""
    for tree in trees:
        for node in tree.declarations:
            kind = KINDS.get(type(node))
            name = getattr(node, "name", None)
            if kind is not None and isinstance(name, ast.Name):
                yield Use(kind, name.text, name.span, declares=True)
            match node:
                case ast.Profile():
                    owner = "profile"
                case ast.Schema() | ast.Event() | ast.Catalog():
                    owner = f"{kind} {node.name}"
                case _:
                    continue
            for field in node.fields:
                yield Use("field", field.name.text, field.name.span, owner, declares=True)


def by_meaning(uses: Iterable[Use]) -> Mapping[tuple[str, str, str], list[Use]]:
    """The uses of each thing, its declarations among them."""
    found: dict[tuple[str, str, str], list[Use]] = {}
    for use in uses:
        found.setdefault(use.meaning, []).append(use)
    return found
