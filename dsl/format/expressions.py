"""Values and conditions as text: brackets only where they are needed, a line for each condition where it gets long."""

from __future__ import annotations

from sojourn.dsl import ast
from sojourn.dsl.format.page import BREAK
from sojourn.dsl.source import SourceFile

__all__ = ["WIDTH", "Words", "times"]

WIDTH = 100
"""How long a line may get before its condition is broken at `and` or `or`."""

_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _UNARY, _ATOM = range(1, 9)


def times(count: int) -> str:
    """`1 time`, `3 times`."""
    return f"{count} time" if count == 1 else f"{count} times"


class Words:
    """Prints the expressions of one file. Literals stand as the author wrote them, spaces made single."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source

    # ------------------------------------------------------------ ways in

    def line(self, condition: ast.Expr) -> str:
        """A condition on one line."""
        return self._at(condition, _OR, last=True)

    def is_broken(self, condition: ast.Expr) -> bool:
        """Whether the author broke the condition over several lines."""
        return "\n" in self.source.text[condition.span.start : condition.span.end]

    def value(self, value: ast.Expr) -> str:
        """A value where no condition may stand without brackets."""
        return self._at(value, _SUM, last=False)

    def lines(
        self, head: str, condition: ast.Expr, indent: int, split: bool = False, own: bool = False
    ) -> list[str]:
        """A condition behind `head`: on its line when it fits, else a line for each part.

        With `split` parts joined by `and` or `or` always get lines of their own. `own`: the condition is that of a
        `where` which goes on with the next line.
        """
        whole = " " * indent + head + self.line(condition)
        if not isinstance(condition, ast.Logic) or not (split or len(whole) > WIDTH):
            return [whole]
        level = _AND if condition.op == "and" else _OR
        # A part that ends in a `where` ends with its line; in a `where` that goes on, it would not.
        parts = [self._at(term, level + 1, last=not own) for term in condition.terms]
        deeper = " " * (indent if not head else indent + 2)
        return [" " * indent + head + parts[0], *(f"{deeper}{condition.op} {part}" for part in parts[1:])]

    def text(self, node: ast.Text, indent: int) -> str:
        """A text in quotes; the lines of a long one begin at `indent`."""
        written = self._written(node)
        if not written.startswith('"""') or "\n" not in written:
            return written
        margin = " " * indent
        lines = [margin + line if line.strip() else "" for line in node.value.split("\n")]
        lines = [line.replace('"""', '\\"""') for line in lines]
        return "\n".join(['"""', *lines, margin + '"""'])

    def arguments(self, arguments: tuple[ast.Argument, ...]) -> str:
        """`code = "X", total = 3`."""
        shown = [
            f"{a.name} = {self._at(a.value, _OR, last=n == len(arguments) - 1)}"
            for n, a in enumerate(arguments)
        ]
        return ", ".join(shown)

    def assignments(self, values: tuple[tuple[ast.Path, ast.Expr], ...]) -> str:
        """`email = "x", consent.offers = true`."""
        last = len(values) - 1
        return ", ".join(f"{path(p)} = {self._at(v, _OR, last=n == last)}" for n, (p, v) in enumerate(values))

    def where(self, where: ast.Expr | None) -> str:
        """` where …`, or nothing."""
        return f" where {self._at(where, _OR, last=True)}" if where is not None else ""

    def window(self, window: ast.Window | None) -> str:
        """` in last 30 days` and the like, or nothing."""
        if window is None:
            return ""
        if window.last is not None:
            return f" in last {self._written(window.last)}"
        if window.until is not None and window.since is not None:
            return f" between {self._instant(window.since)} and {self._instant(window.until)}"
        assert window.since is not None
        return f" since {self._instant(window.since)}"

    def _instant(self, node: ast.Expr) -> str:
        simple = isinstance(node, ast.DateLiteral | ast.Moment | ast.Path)
        return self.line(node) if simple else f"({self.line(node)})"

    # -------------------------------------------------------- expressions

    def _at(self, node: ast.Expr, level: int, last: bool) -> str:
        """The text of `node` where only what binds at least as tightly as `level` may stand without brackets.

        `last`: nothing of the same line follows, so that a `where` may stay open.
        """
        if _level(node) < level or (not last and _is_open(node, False)):
            return f"({self._said(node, True)})"
        return self._said(node, last)

    def _said(self, node: ast.Expr, last: bool) -> str:
        """The text, without brackets around it."""
        match node:
            case ast.Logic():
                level = _OR if node.op == "or" else _AND
                parts = [
                    self._at(t, level + 1, last and n == len(node.terms) - 1)
                    for n, t in enumerate(node.terms)
                ]
                return f" {node.op} ".join(parts)
            case ast.Not(term=ast.InAudience(negated=False)):
                # Without its brackets it would be read as the words `not in`.
                return f"not ({self._at(node.term, _NOT, True)})"
            case ast.Not():
                return f"not {self._at(node.term, _NOT, last)}"
            case ast.Compare():
                return self._pair(node.left, node.op, node.right)
            case ast.In():
                word = "not in" if node.negated else "in"
                return f"{self._at(node.item, _SUM, False)} {word} {self._options(node.options)}"
            case ast.InAudience():
                return f"{'not in' if node.negated else 'in'} {node.audience}"
            case ast.Between():
                word = "not between" if node.negated else "between"
                item, low, high = (self._at(part, _SUM, False) for part in (node.item, node.low, node.high))
                return f"{item} {word} {low} and {high}"
            case ast.TextTest():
                return self._pair(node.item, node.op, node.pattern)
            case ast.Presence():
                known = "known" if node.known else "missing"
                return f"{self._at(node.item, _SUM, False)} is {known}"
            case ast.IsDay():
                item = self._at(node.item, _SUM, False)
                said = f"{item} is {'not ' if node.negated else ''}a {node.kind}"
                where = f" in {self._at(node.country, _SUM, False)}" if node.country is not None else ""
                return said + where
            case ast.WithinDistance():
                item, of = self._at(node.item, _SUM, False), self._at(node.of, _SUM, False)
                return f"{item} within {self._written(node.distance)} of {of}"
            case ast.Quantified():
                return f"{node.quantifier} of {self._at(node.items, _ATOM, False)}{self.where(node.where)}"
            case ast.Has():
                return self._has(node)
            case ast.Sequence():
                return self._sequence(node)
            case ast.Arithmetic():
                level = _SUM if node.op in "+-" else _PRODUCT
                left, right = self._at(node.left, level, False), self._at(node.right, level + 1, False)
                return f"{left} {node.op} {right}"
            case ast.Negative():
                return f"-{self._at(node.term, _ATOM, False)}"
            case ast.Aggregate():
                return self._aggregate(node)
            case ast.Call():
                return f"{node.name}({', '.join(map(self._given, node.args))})"
            case ast.ListLiteral():
                return self._bracketed(node, [self._at(item, _SUM, True) for item in node.items])
            case ast.Group():
                return f"({self.arguments(node.values)})"
            case ast.Path():
                return path(node)
            case ast.Boolean():
                return "true" if node.value else "false"
            case _:
                return self._written(node)

    def _given(self, node: ast.Expr) -> str:
        """A value in the brackets of a call, where a short condition may stand, too."""
        short = isinstance(node, ast.Compare | ast.Presence | ast.InAudience)
        return self._at(node, _COMPARISON if short else _SUM, True)

    def _pair(self, left: ast.Expr, op: str, right: ast.Expr) -> str:
        return f"{self._at(left, _SUM, False)} {op} {self._at(right, _SUM, False)}"

    def _bracketed(self, node: ast.ListLiteral, items: list[str]) -> str:
        """A list in brackets; an item on each line where the author wrote it over several."""
        if not self.is_broken(node) or not items:
            return f"[{', '.join(items)}]"
        inside = f",{BREAK}".join(items).replace(BREAK, f"{BREAK}  ")
        return f"[{BREAK}  {inside}{BREAK}]"

    def _options(self, options: ast.Expr) -> str:
        if isinstance(options, ast.ListLiteral) and len(options.items) > 1:
            return ", ".join(self._at(item, _SUM, False) for item in options.items)
        return self._at(options, _SUM, False)

    def _has(self, node: ast.Has) -> str:
        said = f"{'no' if node.negated else 'has'} {node.event}"
        if node.quantity is not None:
            word, count = node.quantity
            said += f" {word} {times(count)}"
        return said + self.window(node.window) + self.where(node.where)

    def _sequence(self, node: ast.Sequence) -> str:
        no = "no " if node.second_negated else ""
        first = f"has {node.first}{self.window(node.window)}{self.where(node.first_where)}"
        second = f" then {no}{node.second}{self.where(node.second_where)}"
        return f"{first}{second} within {self._written(node.within)}"

    def _aggregate(self, node: ast.Aggregate) -> str:
        parts = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in node.field_path)
        of = f"{node.event}{parts}"
        match node.kind:
            case "count" | "sum":
                said = f"{node.kind} of {of}"
            case "distinct":
                said = f"distinct count of {of}"
            case "last n":
                said = f"last {node.limit} {of}"
            case (
                "first"
                | "last"
                | "average"
                | "smallest"
                | "largest"
                | "most common"
                | "time of first"
                | "time of last"
            ):
                said = f"{node.kind} {of}"
        return said + self.window(node.window) + self.where(node.where)

    def _written(self, node: ast.Node) -> str:
        """What stands in the file, spaces made single; a long text as it is."""
        written = self.source.text[node.span.start : node.span.end]
        if written.startswith('"'):
            return written
        return _spaced(" ".join(written.split()))


def _level(node: ast.Expr) -> int:
    """How tightly it binds. Asked before any text is made, so that what lies deep in brackets is written once."""
    match node:
        case ast.Logic():
            return _OR if node.op == "or" else _AND
        case ast.Not():
            return _NOT
        case (
            ast.Compare() | ast.In() | ast.InAudience() | ast.Between() | ast.TextTest() | ast.Presence()
            | ast.IsDay() | ast.WithinDistance() | ast.Quantified() | ast.Has() | ast.Sequence()
        ):  # fmt: skip
            return _COMPARISON
        case ast.Arithmetic():
            return _SUM if node.op in "+-" else _PRODUCT
        case ast.Negative():
            return _UNARY
        case _:
            return _ATOM


def _is_open(node: ast.Expr, last: bool) -> bool:
    """Whether its text ends in a `where`; `last` as in `Words._at`."""
    match node:
        case ast.Logic():
            return last and _is_open(node.terms[-1], True)
        case ast.Not(term=ast.InAudience(negated=False)):
            return False
        case ast.Not():
            return _is_open(node.term, True)
        case ast.Quantified():
            return True
        case ast.Has() | ast.Aggregate():
            return node.where is not None
        case _:
            return False


def path(node: ast.Path) -> str:
    """`event.items[0].product`."""
    said = str(node.parts[0])
    for part in node.parts[1:]:
        said += f"[{part}]" if isinstance(part, int) else f".{part}"
    return said


def _spaced(written: str) -> str:
    """A number and its unit with one space between them: `5km` is `5 km`, `15 %` is `15%`."""
    written = written.replace(" %", "%")
    out: list[str] = []
    for char in written:
        if out and char.isalpha() and out[-1].isdigit() and char != "T":
            out.append(" ")
        out.append(char)
    return "".join(out)
