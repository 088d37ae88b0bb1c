"""The rows of catalogs, read from their CSV files when the workspace is checked.

The first line names the columns, by the fields' names outside (`called`). Every value is checked against its
field's type; a mistake is reported at its row in the CSV file itself.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from sojourn.dsl import ast, checked
from sojourn.dsl.check.functions import EXAMPLES
from sojourn.dsl.check.messages import ReadText, TextFile
from sojourn.dsl.check.report import and_list, nearest
from sojourn.dsl.check.standards import CURRENCIES, text_problem
from sojourn.dsl.check.world import World
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.source import SourceFile, Span
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

__all__ = ["MOST_REPORTED", "check_catalogs", "from_text", "report_cell"]

MOST_REPORTED = 3
"""How many wrong values of one file are reported: the rest is most often the same mistake."""


def check_catalogs(world: World, read: ReadText) -> dict[str, checked.Catalog]:
    """The catalogs with their rows."""
    for name, node in world.names.catalogs.items():
        catalog = world.catalogs[name]
        if node.key.text not in catalog.fields:
            world.unknown_field(f"The catalog {name}", node.key.text, node.key.span, catalog.fields)
            continue
        key = catalog.fields[node.key.text]
        if not key.type.is_textual and key.type.kind not in ("integer", "nothing"):
            world.report.error("bad-catalog-key", node.key.span, name=key.name, type=str(key.type))
            continue
        if node.format != "csv":
            world.report.error("unknown-source", node.span, candidates=("csv",), name=node.format)
            continue
        found = read(node.span.path, node.source.value)
        if found.problem:
            code = "file-missing" if found.problem == "missing" else "file-unreadable"
            world.report.error(
                code, node.source.span, candidates=found.nearest, file=node.source.value, why=found.problem
            )
            continue
        world.catalogs[name] = replace(catalog, rows=_rows(world, node, catalog, found))
    return world.catalogs


def _rows(
    world: World, node: ast.Catalog, catalog: checked.Catalog, file: TextFile
) -> dict[str, dict[str, Any]]:
    source = SourceFile(file.path, file.text)
    lines = csv.reader(io.StringIO(file.text, newline=""))
    header = [column.strip() for column in next(lines, [])]
    first_line = source.span(0, len(source.line(1)))
    columns: list[tuple[int, checked.Field]] = []
    for field in catalog.fields.values():
        if field.wire in header:
            columns.append((header.index(field.wire), field))
        elif field.required or field.name == catalog.key or field.default is None:
            place = Related(field.span, f"{field.name} is a field of the catalog")
            world.report.error(
                "missing-column",
                first_line,
                candidates=nearest(field.wire, header),
                related=[place],
                name=field.wire,
                have=and_list(header) or "nothing",
            )
            return {}
    rows: dict[str, dict[str, Any]] = {}
    places: dict[str, int] = {}
    problems = 0
    previous = lines.line_num
    for cells in lines:
        number, previous = previous + 1, lines.line_num
        if not any(cell.strip() for cell in cells):
            continue
        row: dict[str, Any] = {
            field.name: field.default for field in catalog.fields.values() if field.default is not None
        }
        for index, field in columns:
            cell = cells[index].strip() if index < len(cells) else ""
            if not cell:
                if field.required or field.name == catalog.key:
                    problems += 1
                    report_cell(world, source, number, "empty-cell", field, cell)
                continue
            try:
                row[field.name] = from_text(cell, field.type)
            except ValueError as error:
                problems += 1
                report_cell(world, source, number, "bad-cell", field, cell, str(error))
        key = row.get(catalog.key)
        if key is not None:
            if str(key) in rows:
                problems += 1
                related = [Related(_place(source, places[str(key)], str(key)), "the first row with it")]
                world.report.error(
                    "key-twice",
                    _place(source, number, str(key)),
                    related=related,
                    key=str(key),
                    name=catalog.name,
                )
            rows[str(key)] = row
            places.setdefault(str(key), number)
        if problems >= MOST_REPORTED:
            break
    if problems:
        world.sources[file.path] = source
    return rows


def report_cell(
    world: World, source: SourceFile, line: int, code: str, field: checked.Field, cell: str, why: str = ""
) -> None:
    """Reports a cell of a file at its place."""
    world.report.error(
        code,
        _place(source, line, cell),
        row=str(line),
        column=field.wire,
        text=cell,
        type=str(field.type),
        why=why,
    )


def _place(source: SourceFile, line: int, cell: str) -> Span:
    start = source.line_starts[line - 1]
    text = source.line(line)
    at = text.find(cell) if cell else -1
    return (
        source.span(start + at, start + at + len(cell)) if at >= 0 else source.span(start, start + len(text))
    )


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
        raise ValueError(f"it has to be a {type}, as in {EXAMPLES[type.kind]}") from None


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
