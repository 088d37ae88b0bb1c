"""A timeline as it is shown: one line each, the day only where it changes, what came of it in colour."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from click import style

if TYPE_CHECKING:
    from sojourn.interpreter.timeline import Line

__all__ = ["told"]

_MARKS: dict[str, tuple[str, str | None]] = {
    "event": ("●", "cyan"),
    "journey": ("▸", "magenta"),
    "step": (" ", None),
    "sent": ("✉", "green"),
    "not sent": ("✗", "yellow"),
    "failed": ("✗", "red"),
    "audience": ("◆", "blue"),
    "person": ("◇", "blue"),
}
"""What stands before a line of each kind, and its colour."""


def told(lines: Iterable[Line], room: int) -> Iterator[str]:
    """The lines in at most `room` cells; a day stands once, above or beside what happened on it."""
    day = ""
    for line in lines:
        date, _, clock = line.when.partition(" ")
        shown = date if date != day else ""
        day = date
        mark, colour = _MARKS.get(line.kind, (" ", None))
        front = f"{style(f'{shown:<10}', bold=True)} {style(f'{clock:<8}', dim=True)} "
        first, *rest = textwrap.wrap(line.text, max(20, room - 22), break_on_hyphens=False) or [""]
        yield front + style(f"{mark} {first}", fg=colour)
        for more in rest:
            yield " " * 22 + style(more, fg=colour)
