"""Tables that people keep in a spreadsheet: the cells of a CSV file, and the value that a cell holds.

A spreadsheet separates cells by commas, or, where the comma is the decimal sign, by semicolons; the first line of the
file tells which. What is copied out of one comes separated by tabs.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from sojourn.dsl.check.functions import EXAMPLES
from sojourn.dsl.check.standards import CURRENCIES, text_problem
from sojourn.dsl.types import NOTHING, Type
from sojourn.dsl.values import (
    duration_to_iso,
    instant_to_iso,
    money_to_text,
    number_to_json,
    parse_duration,
    parse_instant,
    parse_money,
)

__all__ = ["SEPARATORS", "Table", "from_text"]

SEPARATORS = ",;\t|"
"""What may stand between two cells, the likeliest first."""


class Table:
    """The rows of a CSV file; `columns` are the names in its first line, `broken` the lines on which rows begin that
    are none: a cell has no end, or is longer than any cell. They are known once the rows have been gone through.
    """

    __slots__ = ("_lines", "broken", "columns")

    def __init__(self, text: str) -> None:
        first = text[: text.find("\n")] if "\n" in text else text
        separator = max(SEPARATORS, key=first.count)
        self._lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        self.broken: list[int] = []
        self.columns: list[str] = []
        try:
            self.columns = [column.strip() for column in next(self._lines, [])]
        except csv.Error:
            self.broken.append(1)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The rows that are not empty, each with the number of the line that it begins on (the first line is 1)."""
        while True:
            number = self._lines.line_num + 1
            try:
                cells = next(self._lines)
            except StopIteration:
                return
            except csv.Error:
                self.broken.append(number)
                continue
            if any(cell.strip() for cell in cells):
                yield number, [cell.strip() for cell in cells]


def from_text(text: str, type: Type) -> Any:
    """The canonical JSON of a value written as text in a file. Raises ValueError, saying what it should have
    been.
    """
    if type == NOTHING:
        return text
    if type.kind == "list" and type.of is not None:
        return [from_text(item.strip(), type.of) for item in text.split(";") if item.strip()]
    if type.kind == "one of":
        if text not in type.options:
            raise ValueError(f"it has to be one of {', '.join(type.options)}")
        return text
    if type.is_textual:
        problem = text_problem(text, type)
        if problem is not None:
            instead = f"; write {problem.instead[0]}" if problem.instead else ""
            raise ValueError(f"it has to be {problem.what}{instead}")
        return text
    read = _READERS.get(type.kind)
    if read is None:
        raise ValueError(f"a {type} cannot stand in a CSV file")
    try:
        return read(text)
    except (ValueError, InvalidOperation, ArithmeticError):
        meant = _meant(text, type.kind)
        instead = f"; write {meant}" if meant is not None else f", as in {EXAMPLES[type.kind]}"
        raise ValueError(f"it has to be {_CALLED.get(type.kind, f'a {type}')}{instead}") from None


def _number(text: str) -> int | float:
    value = Decimal(text)
    if not value.is_finite():
        raise ValueError(text)
    return number_to_json(value)


def _integer(text: str) -> int:
    return int(text)


def _percent(text: str) -> int | float:
    return number_to_json(Decimal(text[:-1].strip()) / 100) if text.endswith("%") else _number(text)


def _boolean(text: str) -> bool:
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[text.lower()]


def _money(text: str) -> str:
    money = parse_money(text)
    if money.currency not in CURRENCIES:
        raise ValueError(text)
    return money_to_text(money)


def _location(text: str) -> list[float]:
    latitude, longitude = (float(part) for part in text.replace(";", ",").split(","))
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError(text)
    return [latitude, longitude]


def _look(text: str) -> bool:
    try:
        return _boolean(text)
    except KeyError:
        raise ValueError(text) from None


_READERS: dict[str, Callable[[str], Any]] = {
    "number": _number,
    "integer": _integer,
    "percent": _percent,
    "boolean": _look,
    "money": _money,
    "location": _location,
    "date": lambda text: dt.date.fromisoformat(text).isoformat(),
    "time": lambda text: dt.time.fromisoformat(text if text[1:2] != ":" else "0" + text).isoformat(),
    "datetime": lambda text: instant_to_iso(parse_instant(text)),
    "duration": lambda text: duration_to_iso(parse_duration(text)),
}
_CALLED = {
    "integer": "a whole number",
    "boolean": "true or false",
    "percent": "a share",
    "money": "an amount of money with its currency",
    "time": "a clock time",
    "datetime": "a moment",
    "duration": "a length of time",
    "location": "a latitude and a longitude",
}
"""What a value of a type is, for whoever writes one."""


# ----------------------------------------------------------- what was meant

_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
_THOUSANDS = re.compile(r"\d{1,3}(?:([.,' \u00a0\u202f])\d{3})(?:\1\d{3})*")
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def _meant(text: str, kind: str) -> str | None:
    """How a spreadsheet's own way of writing a value is written here; None where that cannot be told for sure."""
    if kind in ("number", "integer"):
        made = _plain_number(text)
    elif kind == "percent" and text.endswith("%"):
        made = f"{_plain_number(text[:-1].strip())}%"
    elif kind == "money":
        made = _plain_money(text)
    elif kind == "date":
        written = _DAY_FIRST.fullmatch(text)
        made = f"{written[3]}-{int(written[2]):02}-{int(written[1]):02}" if written else None
    else:
        made = None
    if made is None or made == text:
        return None
    try:
        _READERS[kind](made)
    except (ValueError, InvalidOperation, ArithmeticError):
        return None
    return made


def _plain_number(text: str) -> str | None:
    """`10.000,50` and `10,000.50` as `10000.50`, `12,5` as `12.5`. `1,250` stays untold: it may be either."""
    signs = [sign for sign in text if not sign.isdigit() and sign != "-"]
    whole = text
    decimals = ""
    if signs and signs[-1] in ".," and signs.count(signs[-1]) == 1:
        before, _, after = text.rpartition(signs[-1])
        if len(signs) > 1 or len(after) != 3:
            whole, decimals = before, f".{after}"
        elif signs[-1] == "," and len(before) > 3:
            return None
    digits = whole.removeprefix("-")
    if not digits.isdigit() and not _THOUSANDS.fullmatch(digits):
        return None
    minus = "-" if whole.startswith("-") else ""
    return minus + "".join(sign for sign in digits if sign.isdigit()) + decimals


def _plain_money(text: str) -> str | None:
    """`10,000 EUR` as `10000 EUR`, `€12,50` as `12.50 EUR`."""
    currency = next((code for sign, code in _SIGNS.items() if sign in text), "")
    for sign in _SIGNS:
        text = text.replace(sign, "")
    text = text.strip()
    if not currency:
        amount, _, currency = text.rpartition(" ")
        if currency.upper() not in CURRENCIES:
            currency, _, amount = text.partition(" ")
        text, currency = amount.strip(), currency.upper()
    number = _plain_number(text)
    return f"{number} {currency}" if number is not None and currency in CURRENCIES else None
