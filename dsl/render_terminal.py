"""Findings for people at a terminal: what is wrong, the author's own line underlined, what would be right.

The text carries colours as escape sequences; `click.echo` takes them out where they are not wanted.
It reads the same without them.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from click import style

from sojourn.dsl.render import Finding, Note, Quote, hint

__all__ = ["helped", "quoted", "terminal", "worded"]

_MARKS: dict[str, tuple[str, str]] = {"error": ("✗", "red"), "warning": ("!", "yellow")}
_MARGIN = "  "
_NARROWEST = 40
_TAB = "→   "
"""How a tab is shown: it is seldom meant."""


def terminal(findings: Sequence[Finding], width: int = 100) -> str:
    """All findings, a blank line after each. `width` is that of the terminal, in cells."""
    width = max(width, _NARROWEST)
    return "".join(f"{line}\n" for finding in findings for line in (*_finding(finding, width), ""))


def worded(text: str, width: int, indent: str = "", **colours: Any) -> list[str]:
    """A paragraph in lines of at most `width` cells; what stands between backticks is set off."""
    lines = textwrap.wrap(
        _visible(text), width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )
    return _set_off(lines, **colours)


def helped(text: str, width: int) -> Iterator[str]:
    """What would be right: a paragraph, and examples below it (after an empty line) as they are written."""
    prose, *examples = text.split("\n\n")
    if prose:
        yield from worded(prose, width)
    for example in examples:
        yield ""
        for line in example.splitlines():
            yield "    " + style(_visible(line), fg="cyan")


def quoted(quote: Quote, label: str, width: int, colour: str = "red", indent: str = _MARGIN) -> list[str]:
    """A source line below the line that opens its block, with an underline and the words beside it."""
    gutter = max(4, len(str(quote.line)) + 1)
    room = max(20, width - len(indent) - gutter - 3)
    lines = []
    if quote.block is not None:
        number, text = quote.block
        lines.append(_numbered(indent, gutter, str(number), _cut(_visible(text), room)))
        if number < quote.line - 1:
            lines.append(_numbered(indent, gutter, "", style("…", dim=True)))
    text, start, length = _window(quote, room)
    lines.append(_numbered(indent, gutter, str(quote.line), text))
    mark = " " * start + style("^" * length, fg=colour, bold=True)
    if label and start + length + 1 + _cells(label) <= room:
        lines.append(_numbered(indent, gutter, "", f"{mark} {style(label, fg=colour)}"))
    else:
        lines.append(_numbered(indent, gutter, "", mark))
        for line in textwrap.wrap(label, room):
            room_left = max(0, min(start, room - _cells(line)))
            lines.append(_numbered(indent, gutter, "", " " * room_left + style(line, fg=colour)))
    return lines


def _finding(finding: Finding, width: int) -> Iterator[str]:
    mark, colour = _MARKS[finding.severity]
    room = width - len(_MARGIN)
    first, *rest = worded(finding.says, room, bold=True)
    yield f"{style(mark, fg=colour, bold=True)} {first}"
    for line in rest:
        yield _MARGIN + line
    place = str(finding.place)
    if place:
        gap = max(2, room - _cells(place) - len(finding.code))
        yield _MARGIN + style(place, fg="cyan") + " " * min(gap, 3) + style(finding.code, dim=True)
    else:
        yield _MARGIN + style(finding.code, dim=True)
    if finding.quote is not None:
        yield ""
        yield from quoted(finding.quote, finding.label, width, colour)
    told = hint(finding)
    if told or finding.help:
        yield ""
    if told:
        for line in worded(told, room, fg="green"):
            yield _MARGIN + line
    for line in helped(finding.help, room):
        yield _MARGIN + line
    for note in finding.notes:
        yield from _note(note, width)


def _note(note: Note, width: int) -> Iterator[str]:
    yield ""
    place = str(note.place)
    yield _MARGIN + (style(place, fg="cyan") if place else note.text)
    if note.quote is not None:
        yield from quoted(note.quote, note.text, width, "bright_blue")
    elif place:
        yield _MARGIN * 2 + note.text


def _numbered(indent: str, gutter: int, number: str, text: str) -> str:
    front = indent + style(f"{number:>{gutter}} │", fg="bright_blue", dim=True)
    return f"{front} {text}" if text else front


def _window(quote: Quote, room: int) -> tuple[str, int, int]:
    """The line as far as there is room for it, around what is underlined: the text, and the cells
    underlined.
    """
    shown = [_shown(char) for char in quote.text]
    widths = [_cells(text) for text in shown]
    before = sum(widths[: quote.start])
    marked = max(1, sum(widths[quote.start : quote.start + quote.length]))
    if sum(widths) <= room:
        return "".join(shown), before, min(marked, max(1, room - before))
    # What lies left of the underlined part stays as far as it fits beside that part (of a long one,
    # beside half the room of it); a quarter of the room is kept on its right.
    space = room - 2 - room // 4 - min(marked, room // 2)
    first = 0
    while first < quote.start and sum(widths[first : quote.start]) > space:
        first += 1
    text = ("…" if first else "") + "".join(shown[first:])
    before = sum(widths[first : quote.start]) + (1 if first else 0)
    return _cut(text, room), before, min(marked, max(1, room - before - 1))


def _cut(text: str, room: int) -> str:
    """The text in at most `room` cells."""
    if _cells(text) <= room:
        return text
    used, kept = 0, []
    for char in text:
        used += _cells(char)
        if used > room - 1:
            break
        kept.append(char)
    return "".join(kept) + "…"


def _visible(text: str) -> str:
    return "".join(map(_shown, text))


def _shown(char: str) -> str:
    """A character as it may go to a terminal: never a control character."""
    if char == "\t":
        return _TAB
    return char if char.isprintable() or char in "\u200d\ufe0f" else "\ufffd"


def _cells(text: str) -> int:
    """How many cells of a terminal the text takes."""
    if text.isascii():
        return len(text)
    cells = 0
    for char in text:
        if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
            continue
        cells += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return cells


def _set_off(lines: list[str], **colours: Any) -> list[str]:
    """Each line with what stands between backticks set off; a pair may span two lines."""
    inside = False
    done = []
    for line in lines:
        pieces = []
        for number, piece in enumerate(line.split("`")):
            inside = inside != (number > 0)
            if number:
                pieces.append(style("`", dim=True))
            if piece:
                pieces.append(style(piece, fg="cyan") if inside else style(piece, **colours))
        done.append("".join(pieces))
    return done
