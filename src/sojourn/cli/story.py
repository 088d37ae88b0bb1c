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
    "audience": ("◆", "bright_blue"),
    "person": ("◇", "bright_blue"),
}
"""What stands before a line of each kind, and its colour."""


_IN_A_JOURNEY = ("step", "sent", "not sent", "failed")


def told(lines: Iterable[Line], room: int) -> Iterator[str]:
    """The lines in at most `room` cells; a day and a clock time stand only where they change. Where they tell of
    several people, each line says of whom.
    """
    lines = list(lines)
    names = max((len(line.who) for line in lines), default=0)
    day = clock = ""
    for line in lines:
        date, _, time = line.when.partition(" ")
        shown = (date if date != day else "", time if (date, time) != (day, clock) else "")
        day, clock = date, time
        mark, colour = _MARKS.get(line.kind, (" ", None))
        front = f"{style(f'{shown[0]:<10}', bold=True)} {style(f'{shown[1]:<8}', dim=True)} "
        if names:
            front += style(f"{line.who:<{names}}", bold=True) + " "
        margin = 22 + (names + 1 if names else 0)
        first, *rest = textwrap.wrap(line.text, max(20, room - margin), break_on_hyphens=False) or [""]
        text = front + style(f"{mark} {first}", fg=colour)
        if line.journey and line.kind in _IN_A_JOURNEY and not rest:
            gap = room - margin - len(first) - len(line.journey)
            text += style(f"  {line.journey}", dim=True) if gap >= 2 else ""
        yield text
        for more in rest:
            yield " " * margin + style(more, fg=colour)
