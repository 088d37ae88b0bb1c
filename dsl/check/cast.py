"""The people of a test: that of `profile`, and those whom `person ben …` introduces before the clock first moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from sojourn.dsl import ast
from sojourn.dsl.check.report import and_list, nearest
from sojourn.dsl.check.world import World
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.source import Span

__all__ = ["Cast"]

_INTRODUCE = 'Introduce them before the first `at` or `after`, as in `person ben email = "ben@example.com"`.'


class Cast:
    """Who is in a test. A test that introduces people and has no `profile` has those alone."""

    def __init__(self, world: World, items: Iterable[ast.TestItem], business: Mapping[str, bool]) -> None:
        self.world = world
        self.business = business
        """The events that nobody does."""
        self.names: list[str] = []
        profile = False
        for item in items:
            if isinstance(item, ast.At | ast.After):
                break
            if isinstance(item, ast.Given):
                if item.who is None:
                    profile = True
                elif item.who.text not in self.names:
                    self.names.append(item.who.text)
        self.has_profile = profile or not self.names
        """Whether what names nobody is about the person of `profile`."""

    def who(self, name: ast.Name | None, place: Span, what: str) -> str:
        """Of whom something speaks; reports somebody who is not in the test, and what says nobody where it has to.

        `place` is where a name could be put behind, `what` what speaks of nobody, with the word before the name.
        """
        if name is not None:
            return self.named(name)
        if not self.has_profile:
            word = what.rpartition(" ")[2]
            first = self.names[0]
            fix = None
            if len(self.names) == 1:
                end = Span(
                    place.path, place.end, place.end, place.line, place.column + place.end - place.start
                )
                fix = Fix(end, f" {word} {first}", f"write `{word} {first}`")
            people = and_list(self.names)
            self.world.report.error(
                "says-not-who",
                place,
                fix=fix,
                what=what.rpartition(" ")[0],
                word=word,
                name=first,
                people=people,
            )
        return ""

    def of_some(self, name: ast.Name | None) -> str | None:
        """Of whom something speaks that otherwise holds for all (None)."""
        return None if name is None else self.named(name)

    def named(self, name: ast.Name) -> str:
        """A person's name, which is to be one of the test's."""
        if name.text not in self.names:
            near = nearest(name.text, self.names) or get_close_matches(name.text, self.names, 1)
            here = f"The people of this test: {and_list(self.names)}." if self.names else ""
            self.world.report.error(
                "unknown-name", name.span, candidates=near,
                name=name.text, what="person", have=here or _INTRODUCE,
            )  # fmt: skip
        return name.text
