"""The cases of a test: its table `each` put in, one plain test for each row.

`row.total` is the cell of the column `total`, wherever a value, a text, a moment, a length of time, an arm, a channel
or a number of times may stand. The cell takes its place in the tree, with the cell's own place in the file, so that a
mistake in a cell is shown at the cell. An empty cell takes away what it would have said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from sojourn.dsl import ast
from sojourn.dsl.check.report import Report, nearest
from sojourn.dsl.diagnostics import Diagnostic
from sojourn.dsl.source import SourceFile, Span

__all__ = ["Case", "cases"]

ROW = "row"
"""The name under which the cells of a row are known."""

TITLE = "case"
"""The column that names its rows."""

_MOMENT = (ast.Moment, "a moment, such as 2026-03-02 10:00")
_LENGTH = (ast.DurationLiteral, "a length of time, such as 2 hours")
_TEXT = (ast.Text, "a text in quotes")
_NUMBER = (ast.Number, "a number")

_LITERALS: dict[tuple[type, str], tuple[type, str]] = {
    (ast.At, "moment"): _MOMENT,
    (ast.ExpectSent, "at"): _MOMENT,
    (ast.After, "duration"): _LENGTH,
    (ast.Reacts, "after"): _LENGTH,
    (ast.Reacts, "because"): _TEXT,
    (ast.Answers, "because"): _TEXT,
    (ast.PartCheck, "text"): _TEXT,
    (ast.ExpectSent, "because"): _TEXT,
    (ast.ExpectEnded, "because"): _TEXT,
    (ast.ExpectSent, "times"): _NUMBER,
    (ast.ExpectCalled, "times"): _NUMBER,
    (ast.ExpectEmitted, "times"): _NUMBER,
    (ast.ExpectStarted, "times"): _NUMBER,
}
"""Where a cell has to be a literal of one kind, because nothing else could stand there without a table."""

_NEEDED = {(ast.At, "moment"), (ast.After, "duration")}
"""Where an empty cell leaves nothing that could be meant."""


@dataclass(frozen=True, slots=True)
class Case:
    """One row of a table put into its test; a test without a table is one case without a `title`."""

    title: str
    items: tuple[ast.TestItem, ...]
    span: Span


def cases(node: ast.Test, report: Report, sources: Mapping[str, SourceFile]) -> Iterator[Case]:
    """The cases of a test in the order of its rows; one with a mistake in its cells is reported and left out."""
    source = sources.get(node.span.path)
    text = source.text if source is not None else ""
    table = next((item for item in node.items if isinstance(item, ast.Each)), None)
    rest = tuple(item for item in node.items if not isinstance(item, ast.Each))
    if table is None:
        filler = _Filler(report, None)
        if f"{ROW}." in text[node.span.start : node.span.end]:
            rest = filler.filled(rest)
        if not filler.failed:
            yield Case("", rest, node.span)
        return
    names = [column.text for column in table.columns]
    for number, column in enumerate(table.columns):
        if column.text in names[:number]:
            report.error("declared-twice", column.span, name=column.text, what="column", first="column")
    for row in table.rows:
        filler = _Filler(report, dict(zip(names, row.cells, strict=True)))
        filled = filler.filled(rest)
        if not filler.failed:
            yield Case(_title(names, row, text), filled, row.span)


def _title(names: list[str], row: ast.Row, text: str) -> str:
    """The row's own name, else what its first cells say: `loyalty gold, total 20 EUR`."""
    if TITLE in names:
        cell = row.cells[names.index(TITLE)]
        if isinstance(cell, ast.Text):
            return cell.value
    said = [
        f"{name} {text[cell.span.start : cell.span.end]}"
        for name, cell in zip(names, row.cells, strict=True)
        if cell is not None
    ]
    return ", ".join(said[:4])


_EMPTY: Any = object()


class _Filler:
    """Puts the cells of one row in their places; without a table (None) it reports the places that need one."""

    def __init__(self, report: Report, cells: Mapping[str, ast.Expr | None] | None) -> None:
        self.report = report
        self.cells = cells
        self.failed = False
        """Whether something was reported: what is left of the test then is not looked at."""

    def filled(self, node: Any) -> Any:
        """The same tree with the cells in it; what an empty cell takes away is `_EMPTY`, or left out of its list."""
        match node:
            case tuple():
                parts = [self.filled(part) for part in node]
                return tuple(part for part in parts if part is not _EMPTY)
            case ast.Path(parts=("row", str(column))) if self.cells is not None:
                return self._cell(column, node.span)
            case ast.Name() if node.text.startswith(f"{ROW}."):
                return self._name(node)
            case ast.Compare(op="is" | "is not"):
                right = self.filled(node.right)
                if right is _EMPTY:
                    return ast.Presence(self.filled(node.left), node.op == "is not", span=node.span)
                return replace(node, left=self.filled(node.left), right=right)
            case ast.Argument():
                value = self.filled(node.value)
                return _EMPTY if value is _EMPTY else replace(node, value=value)
            case ast.Given():
                pairs = [(target, self.filled(value)) for target, value in node.values]
                return replace(node, values=tuple(pair for pair in pairs if pair[1] is not _EMPTY))
            case ast.Node():
                return self._node(node)
        return node

    def _node(self, node: ast.Node) -> Any:
        changed: dict[str, Any] = {}
        for field in fields(node):
            if not field.init or field.name == "span":
                continue
            part = getattr(node, field.name)
            literal = _LITERALS.get((type(node), field.name))
            if literal is not None and isinstance(part, ast.Path):
                filled = self._literal(part, *literal)
                if filled is _EMPTY and (type(node), field.name) in _NEEDED:
                    self._wrong("needs-a-cell", part.span, text=_said(part), wanted=literal[1])
            else:
                filled = self.filled(part)
            if filled is _EMPTY:
                if isinstance(node, ast.PartCheck):
                    return _EMPTY
                filled = None
            if filled is not part:
                changed[field.name] = filled
        return replace(node, **changed) if changed else node

    def _literal(self, path: ast.Path, kind: type, wanted: str) -> Any:
        """The cell that stands for a literal of one kind; None after a report."""
        cell = self._column(path)
        if cell is _EMPTY or cell is None:
            return cell
        if not isinstance(cell, kind):
            self._wrong("other-cell", cell.span, text=_said(path), wanted=wanted)
            return None
        if isinstance(cell, ast.Number):
            if cell.value != int(cell.value):
                self._wrong("half-a-time", cell.span, text=str(cell.value))
            return int(cell.value)
        return cell

    def _name(self, node: ast.Name) -> ast.Name:
        """A name in a cell: `plain`, or the same in quotes."""
        cell = self._column(ast.Path(tuple(node.text.split(".")), span=node.span))
        if isinstance(cell, ast.Path) and len(cell.parts) == 1:
            return ast.Name(str(cell.parts[0]), span=cell.span)
        if isinstance(cell, ast.Text):
            return ast.Name(cell.value, span=cell.span)
        if cell is _EMPTY:
            self._wrong("needs-a-cell", node.span, text=node.text, wanted="a name")
        elif cell is not None:
            self._wrong("other-cell", cell.span, text=node.text, wanted="a name")
        return ast.Name("", span=node.span)

    def _wrong(self, code: str, span: Span, candidates: Iterable[str] = (), **facts: str) -> None:
        self.failed = True
        self.report.add(Diagnostic(code, span, facts, tuple(candidates)))

    def _column(self, path: ast.Path) -> Any:
        if self.cells is None:
            self._wrong("no-table", path.span, text=_said(path))
            return None
        return self._cell(str(path.parts[1]), path.span)

    def _cell(self, column: str, span: Span) -> Any:
        assert self.cells is not None
        if column not in self.cells:
            self._wrong(
                "unknown-column", span,
                candidates=[f"{ROW}.{name}" for name in nearest(column, self.cells)],
                name=f"{ROW}.{column}", columns=", ".join(self.cells),
            )  # fmt: skip
            return None
        cell = self.cells[column]
        return _EMPTY if cell is None else cell


def _said(path: ast.Path) -> str:
    return ".".join(str(part) for part in path.parts)
