"""Which tests of a workspace are wanted: by their names and places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.dsl import checked

__all__ = ["Wanted"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tests: `text` is in their title, and they stand in one of the `places` (a file's path, a line or 0)."""

    folder: Path
    text: str = ""
    places: tuple[tuple[str, int], ...] = field(default=())

    def among(self, tests: Sequence[checked.Test]) -> list[tuple[int, checked.Test]]:
        """These of the tests, each with its number."""
        text = self.text.casefold()
        chosen = [(number, test) for number, test in enumerate(tests) if text in test.title.casefold()]
        if not self.places:
            return chosen
        kept: dict[int, checked.Test] = {}
        for path, line in self.places:
            here = [(number, test) for number, test in chosen if self._is_at(test, path)]
            if line:
                here = _on_line(here, line)
            kept.update(here)
        return sorted(kept.items())

    def _is_at(self, test: checked.Test, path: str) -> bool:
        if test.span.path == path:
            return True
        try:
            return (self.folder / test.span.path).resolve() == Path(path).resolve()
        except OSError:
            return False


def _on_line(tests: list[tuple[int, checked.Test]], line: int) -> list[tuple[int, checked.Test]]:
    """The case whose row is there, else the test whose block holds the line, all its cases."""
    row = [(number, test) for number, test in tests if test.case and test.row.line == line]
    if row:
        return row
    starts = [test.span.line for _, test in tests if test.span.line <= line]
    return [(number, test) for number, test in tests if starts and test.span.line == max(starts)]
