"""The functions for texts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from sojourn.dsl.values import Duration, Money, in_words

__all__ = ["FUNCTIONS", "printed"]

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_LETTERS = re.compile(r"[^\s\-/(&]+")


def printed(value: Any) -> str | None:
    """A value as a message prints it; None for an empty text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Money):
        from sojourn.interpreter.rendering.render import money_shown

        return money_shown(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    if isinstance(value, Duration):
        return in_words(value)
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value)
    return str(value) or None


def _title(text: str) -> str:
    return _LETTERS.sub(lambda word: word.group()[:1].upper() + word.group()[1:].lower(), text)


def _count(number: Any) -> int:
    return max(0, int(number))


def _right(text: str, number: Any) -> str | None:
    count = _count(number)
    return text[-count:] if count else None


def _before(text: str, mark: str) -> str | None:
    front, found, _ = text.partition(mark)
    return front or None if found else None


def _after(text: str, mark: str) -> str | None:
    _, found, rest = text.partition(mark)
    return rest or None if found else None


def _split(text: str, separator: str) -> list[str]:
    return [part for piece in text.split(separator) if (part := piece.strip())]


def _number(text: str) -> int | Decimal | None:
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return int(text) if "." not in text else Decimal(text)
    except (ValueError, InvalidOperation):
        return None


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "lower": lambda text: text.lower(),
    "upper": lambda text: text.upper(),
    "capitalize": lambda text: text[:1].upper() + text[1:].lower(),
    "title_case": _title,
    "trim": lambda text: text.strip() or None,
    "length": len,
    "replace": lambda text, old, new: text.replace(old, new or "") or None,
    "left": lambda text, number: text[: _count(number)] or None,
    "right": _right,
    "text_before": _before,
    "text_after": _after,
    "split": _split,
    "join": lambda items, separator: separator.join(filter(None, map(printed, items))) or None,
    "number_of": _number,
}
