"""What the commands have in common in writing their results."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import click

__all__ = ["WIDEST", "counted", "listed", "number", "plural", "width", "write_json"]

WIDEST = 100
"""Cells of a line, at most: longer ones are hard to read."""

_PLURALS = {"person": "people", "is": "are", "has": "have"}


def width() -> int:
    """The width to write in: that of the terminal, within reason."""
    said = os.environ.get("COLUMNS", "")
    if said.isdigit() and int(said):
        return min(WIDEST, int(said))
    terminal = sys.__stdout__
    try:
        columns = 0 if terminal is None else os.get_terminal_size(terminal.fileno()).columns
    except (ValueError, OSError):  # a file or a pipe
        columns = 0
    return min(WIDEST, columns or WIDEST)


def number(count: int) -> str:
    """`12,430`."""
    return f"{count:,}"


def counted(count: int, word: str) -> str:
    """`1 mistake`, `12,430 events`, `no people`: the plural is regular, or one this module knows."""
    return f"{number(count)} {word if count == 1 else plural(word)}"


def plural(word: str) -> str:
    """The plural of a noun."""
    if word in _PLURALS:
        return _PLURALS[word]
    if word.endswith(("ch", "sh", "s", "x")):
        return f"{word}es"
    return f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else f"{word}s"


def listed(words: Iterable[str], joint: str = "and") -> str:
    """`a, b and c`."""
    said = list(words)
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} {joint} {said[-1]}" if said else ""


def write_json(data: Mapping[str, Any] | list[Any]) -> None:
    """Writes the data as JSON to the standard output, for a program to read."""
    import json

    click.echo(json.dumps(data, ensure_ascii=False, indent=2))
