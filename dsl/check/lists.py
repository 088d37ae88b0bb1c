"""Audiences whose members are listed in a file: `audience beta from csv "beta.csv"`.

The first line of the file names its columns. Each column that is called like an identifier of the profile (by
its name or by its `called` name) holds identifiers; other columns may say what they like. A person is a member
while the file holds any of their identifiers.
"""

from __future__ import annotations

from sojourn.dsl import ast, checked
from sojourn.dsl.check.catalogs import MOST_REPORTED, report_broken, report_cell
from sojourn.dsl.check.cells import Table, from_text
from sojourn.dsl.check.messages import ReadText
from sojourn.dsl.check.report import and_list, nearest
from sojourn.dsl.check.world import World
from sojourn.dsl.source import SourceFile
from sojourn.dsl.types import BOOLEAN

__all__ = ["check_list"]


def check_list(world: World, node: ast.Audience, read: ReadText) -> checked.Expr | None:
    """The condition of a listed audience; its list goes to `world.lists`. None after a report."""
    assert node.csv is not None
    found = read(node.span.path, node.csv.value)
    if found.problem:
        code = "file-missing" if found.problem == "missing" else "file-unreadable"
        world.report.error(
            code, node.csv.span, candidates=found.nearest, file=node.csv.value, why=found.problem
        )
        return None
    source = SourceFile(found.path, found.text)
    table = Table(found.text)
    header = table.columns
    if table.broken:
        report_broken(world, source, table)
        return None
    identifiers = [field for field in world.profile.values() if field.identity]
    columns = [
        (header.index(name), field)
        for field in identifiers
        for name in dict.fromkeys((field.wire, field.name))
        if name in header
    ]
    if not columns:
        wants = [field.name for field in identifiers]
        world.sources[found.path] = source
        world.report.error(
            "list-without-identifier",
            source.span(0, len(source.line(1))),
            candidates=[near for column in header for near in nearest(column, wants)][:3],
            file=node.csv.value,
            have=and_list(header) or "nothing",
            wants=and_list(wants, "or"),
        )
        return None
    listed: dict[str, set[str]] = {field.name: set() for _, field in columns}
    problems = 0
    for number, cells in table.rows():
        for index, field in columns:
            cell = cells[index] if index < len(cells) else ""
            if not cell:
                continue
            try:
                value = str(from_text(cell, field.type))
            except ValueError as error:
                problems += 1
                report_cell(world, source, number, "bad-cell", field, cell, str(error))
                continue
            listed[field.name].add(value.lower() if field.type.kind == "email" else value)
        if problems >= MOST_REPORTED:
            break
    if table.broken:
        report_broken(world, source, table)
        return None
    if problems:
        world.sources[found.path] = source
        return None
    identified = {name: frozenset(values) for name, values in listed.items()}
    name = node.name.text
    world.lists[name] = checked.MemberList(name, identified)
    return checked.Listed(name, type=BOOLEAN, span=node.span)
