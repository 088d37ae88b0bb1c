"""The rows of catalogs, read from their CSV files when the workspace is checked.

The first line names the columns, by the fields' names outside (`called`). Every value is checked against its
field's type; a mistake is reported at its row in the CSV file itself.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from sojourn.dsl import ast, checked
from sojourn.dsl.check.cells import Table, from_text
from sojourn.dsl.check.messages import ReadText, TextFile
from sojourn.dsl.check.report import and_list, nearest
from sojourn.dsl.check.world import World
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.source import SourceFile, Span

__all__ = ["MOST_REPORTED", "check_catalogs", "check_width", "report_cell"]

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
        rows = world.trace.unit("rows", node, partial(_rows_of, world, node, read))
        world.catalogs[name] = replace(catalog, rows=rows)
    return world.catalogs.plain()


def _rows_of(world: World, node: ast.Catalog, read: ReadText) -> dict[str, dict[str, Any]]:
    """The rows of a catalog whose file can be read."""
    return _rows(world, node, world.catalogs[node.name.text], read(node.span.path, node.source.value))


def _rows(
    world: World, node: ast.Catalog, catalog: checked.Catalog, file: TextFile
) -> dict[str, dict[str, Any]]:
    source = SourceFile(file.path, file.text)
    table = Table(file.text)
    header = table.columns
    if table.broken:
        report_broken(world, source, table)
        return {}
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
    for number, cells in table.rows():
        if not check_width(world, source, number, cells, header):
            problems += 1
        row: dict[str, Any] = {
            field.name: field.default for field in catalog.fields.values() if field.default is not None
        }
        for index, field in columns:
            cell = cells[index] if index < len(cells) else ""
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
    if table.broken:
        report_broken(world, source, table)
    if problems:
        world.sources[file.path] = source
    return rows


def report_broken(world: World, source: SourceFile, table: Table) -> None:
    """Reports the rows of a file that are none."""
    world.sources[source.path] = source
    for number in table.broken[:MOST_REPORTED]:
        world.report.error("broken-row", _place(source, number, ""), row=str(number))


def check_width(world: World, source: SourceFile, line: int, cells: list[str], header: list[str]) -> bool:
    """Whether a row has no more cells than the first line names columns; reports it when it has."""
    if not any(cells[len(header) :]):
        return True
    start = source.line_starts[line - 1]
    whole = source.span(start, start + len(source.line(line)))
    world.report.error(
        "too-many-cells", whole, row=str(line), count=str(len(cells)), columns=str(len(header))
    )
    return False


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
