"""A checked expression as the author would write it: what a rule says, also where its text is not at hand.

The store keeps programs by their meaning, without files, and a comparison of two revisions speaks of meaning and not of
text. What is printed here is the language itself: checked again in the same place it means the same (a test).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sojourn.dsl import checked
from sojourn.dsl.checked import Expr
from sojourn.dsl.types import TEXT, Type
from sojourn.dsl.values import UTC, Duration, Money, in_words, to_datetime

__all__ = ["Wording", "constant_text", "times_text"]

_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _UNARY, _ATOM = range(1, 9)


def times_text(count: int) -> str:
    """`1 time`, `3 times`."""
    return f"{count} time" if count == 1 else f"{count} times"


def moment_text(instant: int) -> str:
    """A moment in UTC: `2026-03-02 10:00`."""
    local = to_datetime(instant, UTC)
    return f"{local:%Y-%m-%d %H:%M}" + (f":{local:%S}" if local.second else "")


def bound_text(instant: int) -> str:
    """The end of a window: the day alone where it is its beginning."""
    text = moment_text(instant)
    return text.removesuffix(" 00:00")


def constant_text(value: Any, of: Type) -> str:
    """A value that stands in a text, in the form it is written in."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Money):
        return f"{value.amount:f} {value.currency}"
    if isinstance(value, Duration):
        return in_words(value)
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return f"{value.hour}:{value:%M}"
    if of.kind == "location":
        return f"location({value[0]}, {value[1]})"
    if isinstance(value, tuple):
        inner = of.of or of
        return ", ".join(constant_text(item, inner) for item in value)
    if of.kind == "datetime" and isinstance(value, int):
        return moment_text(value)
    if of.kind == "percent":
        return f"{(Decimal(value) * 100).normalize():f}%"
    if of.kind == "one of":
        return str(value)
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


class Wording:
    """Prints the expressions of one workspace.

    `bare`: fields of the event at hand stand by their own name, as behind a `where`; else as `event.total`.
    """

    def __init__(self, workspace: checked.Workspace, bare: bool = False) -> None:
        self.workspace = workspace
        self.bare = bare

    def condition(self, expr: Expr) -> str:
        """A condition or value on one line."""
        return self._at(expr, _OR, last=True)

    def value(self, expr: Expr) -> str:
        """A value where no condition may stand without brackets."""
        return self._at(expr, _SUM, last=False)

    def history(self, aggregate: checked.Aggregate) -> str:
        """What is looked at of the past: `purchase in last 30 days where total > 20 EUR`."""
        return aggregate.event + self._window(aggregate.window) + self._where(aggregate.where)

    # ------------------------------------------------------------ levels

    def _at(self, expr: Expr, level: int, last: bool) -> str:
        text, own, open_ended = self._said(expr)
        return f"({text})" if own < level or (open_ended and not last) else text

    def _said(self, expr: Expr) -> tuple[str, int, bool]:
        """The text, how tightly it binds, and whether a `where` in it is still open at its end."""
        if isinstance(expr, checked.Logic):
            level = _OR if expr.op == "or" else _AND
            ends = len(expr.terms) - 1
            parts = [self._at(term, level + 1, n == ends) for n, term in enumerate(expr.terms)]
            return f" {expr.op} ".join(parts), level, self._said(expr.terms[-1])[2]
        if isinstance(expr, checked.Not):
            return self._negation(expr)
        made = _MAKERS.get(type(expr))
        if made is None:
            raise ValueError(f"no words for {expr!r}")
        return made(self, expr)

    def _negation(self, expr: checked.Not) -> tuple[str, int, bool]:
        term = expr.term
        match term:
            case checked.Compare(op="is"):
                counted = self._counted(term)
                if counted is None:
                    return f"{self.value(term.left)} is not {self._side(term)}", _COMPARISON, False
            case checked.Known():
                return f"{self.value(term.item)} is missing", _COMPARISON, False
            case checked.Membership():
                return f"not in {term.audience}", _COMPARISON, False
            case checked.In():
                return (
                    f"{self.value(term.item)} not in {self._against(term.item, term.options)}",
                    _COMPARISON,
                    False,
                )
            case checked.Between():
                ends = f"{self.value(term.low)} and {self.value(term.high)}"
                return f"{self.value(term.item)} not between {ends}", _COMPARISON, False
        return f"not {self._at(term, _COMPARISON + 1, True)}", _NOT, False

    # -------------------------------------------------------- conditions

    def _counted(self, expr: checked.Compare) -> tuple[str, bool] | None:
        """`has E …` for a count compared with a number that only such a condition asks for."""
        left, right = expr.left, expr.right
        if not isinstance(left, checked.AggregateValue) or not isinstance(right, checked.Constant):
            return None
        aggregate = self.workspace.aggregates.get(left.key)
        count = right.value
        if aggregate is None or aggregate.kind != "count" or type(count) is not int:
            return None
        # Only these are what `has` and `no` are made of; a count that is compared otherwise is written as one.
        if expr.op == "is" and count == 0:
            said = f"no {self.history(aggregate)}"
        elif expr.op in (">=", "<=", "is") and (expr.op != ">=" or count > 0):
            word = {">=": "at least", "<=": "at most", "is": "exactly"}[expr.op]
            quantity = "" if expr.op == ">=" and count == 1 else f" {word} {times_text(count)}"
            rest = self._window(aggregate.window) + self._where(aggregate.where)
            said = f"has {aggregate.event}{quantity}{rest}"
        else:
            return None
        return said, aggregate.where is not None

    def _compare(self, expr: checked.Compare) -> tuple[str, int, bool]:
        counted = self._counted(expr)
        if counted is not None:
            return counted[0], _COMPARISON, counted[1]
        return f"{self.value(expr.left)} {expr.op} {self._side(expr)}", _COMPARISON, False

    def _side(self, expr: checked.Compare) -> str:
        return self._against(expr.left, expr.right)

    def _against(self, item: Expr, other: Expr) -> str:
        """A value beside another: of an option the bare word, as it is declared."""
        if isinstance(other, checked.Constant) and item.type.kind == "one of":
            values = other.value if isinstance(other.value, tuple) else (other.value,)
            if values and all(value in item.type.options for value in values):
                return ", ".join(values)
        return self.value(other)

    def _between(self, expr: checked.Between) -> tuple[str, int, bool]:
        ends = f"{self.value(expr.low)} and {self.value(expr.high)}"
        return f"{self.value(expr.item)} between {ends}", _COMPARISON, False

    def _in(self, expr: checked.In) -> tuple[str, int, bool]:
        return f"{self.value(expr.item)} in {self._against(expr.item, expr.options)}", _COMPARISON, False

    def _text_test(self, expr: checked.TextTest) -> tuple[str, int, bool]:
        return f"{self.value(expr.item)} {expr.op} {self.value(expr.pattern)}", _COMPARISON, False

    def _known(self, expr: checked.Known) -> tuple[str, int, bool]:
        return f"{self.value(expr.item)} is known", _COMPARISON, False

    def _distance(self, expr: checked.WithinDistance) -> tuple[str, int, bool]:
        metres = Decimal(str(expr.metres))
        far = f"{(metres / 1000).normalize():f} km" if metres >= 1000 else f"{metres.normalize():f} m"
        return f"{self.value(expr.item)} within {far} of {self.value(expr.of)}", _COMPARISON, False

    def _quantified(self, expr: checked.Quantified) -> tuple[str, int, bool]:
        items = self._at(expr.items, _ATOM, False)
        return f"{expr.quantifier} of {items}{self._where(expr.where)}", _COMPARISON, True

    def _membership(self, expr: checked.Membership) -> tuple[str, int, bool]:
        return f"in {expr.audience}", _COMPARISON, False

    def _listed(self, expr: checked.Listed) -> tuple[str, int, bool]:
        return f"in the file of {expr.audience}", _COMPARISON, False

    # ------------------------------------------------------------ values

    def _constant(self, expr: checked.Constant) -> tuple[str, int, bool]:
        said = constant_text(expr.value, expr.type)
        if isinstance(expr.value, tuple) and expr.type.kind == "list":
            return said, _SUM, False
        return said, _UNARY if said.startswith("-") else _ATOM, False

    def _field(self, expr: checked.FieldValue) -> tuple[str, int, bool]:
        first, *rest = expr.path or ("item",)
        if expr.scope == "event":
            ambiguous = str(first) in self.workspace.profile or str(first) in self.workspace.attributes
            first = str(first) if self.bare and not ambiguous else f"event.{first}"
        elif expr.scope == "profile" and self.bare and expr.path and "." not in str(first):
            first = str(first)
        return _path(str(first), rest), _ATOM, False

    def _row(self, expr: checked.CatalogValue) -> tuple[str, int, bool]:
        return _path(self._at(expr.key, _ATOM, False), list(expr.path)), _ATOM, False

    def _part(self, expr: checked.PartOf | checked.Gathered) -> tuple[str, int, bool]:
        return _path(self._at(expr.base, _ATOM, False), list(expr.path)), _ATOM, False

    def _list(self, expr: checked.ListOf) -> tuple[str, int, bool]:
        return f"[{', '.join(self._at(item, _SUM, True) for item in expr.items)}]", _ATOM, False

    def _attribute(self, expr: checked.AttributeValue) -> tuple[str, int, bool]:
        return expr.name, _ATOM, False

    def _named(self, expr: checked.DecisionValue | checked.RecommendationValue) -> tuple[str, int, bool]:
        return expr.name, _ATOM, False

    def _moment(self, expr: checked.LocalMoment) -> tuple[str, int, bool]:
        seconds = f":{expr.value:%S}" if expr.value.second else ""
        return f"{expr.value:%Y-%m-%d %H:%M}{seconds}", _ATOM, False

    def _given(self, expr: checked.GivenTimes) -> tuple[str, int, bool]:
        return f"how often {expr.offer} was given", _ATOM, False

    def _group(self, expr: checked.GroupOf) -> tuple[str, int, bool]:
        known = [f"{name} = {constant_text(value, TEXT)}" for name, value in expr.known.items()]
        values = [f"{name} = {self.value(value)}" for name, value in expr.values]
        return f"({', '.join([*known, *values])})", _ATOM, False

    def _now(self, expr: checked.Now) -> tuple[str, int, bool]:
        return "now", _ATOM, False

    def _today(self, expr: checked.Today) -> tuple[str, int, bool]:
        return "today", _ATOM, False

    def _arithmetic(self, expr: checked.Arithmetic) -> tuple[str, int, bool]:
        level = _SUM if expr.op in "+-" else _PRODUCT
        left, right = self._at(expr.left, level, False), self._at(expr.right, level + 1, False)
        return f"{left} {expr.op} {right}", level, False

    def _negative(self, expr: checked.Negative) -> tuple[str, int, bool]:
        return f"-{self._at(expr.term, _ATOM, False)}", _UNARY, False

    def _function(self, expr: checked.Function) -> tuple[str, int, bool]:
        return f"{expr.name}({', '.join(self._at(arg, _SUM, True) for arg in expr.args)})", _ATOM, False

    def _aggregate(self, expr: checked.AggregateValue) -> tuple[str, int, bool]:
        found = self.workspace.aggregates.get(expr.key)
        if found is None:
            return "something counted", _ATOM, False
        if found.sequel is not None:
            return self._sequence(found, found.sequel), _COMPARISON, False
        of = _path(found.event, list(found.path))
        match found.kind:
            case "count" | "sum":
                said = f"{found.kind} of {of}"
            case "distinct":
                said = f"distinct count of {of}"
            case "last n":
                said = f"last {found.limit} {of}"
            case _:
                said = f"{found.kind} {of}"
        said += self._window(found.window) + self._where(found.where)
        return said, _ATOM, found.where is not None

    def _sequence(self, found: checked.Aggregate, sequel: checked.Sequel) -> str:
        no = "no " if found.kind == "then no" else ""
        second = f" then {no}{sequel.event}{self._where(sequel.where)} within {in_words(sequel.within)}"
        return f"has {self.history(found)}{second}"

    def _where(self, where: Expr | None) -> str:
        if where is None:
            return ""
        inner = self if self.bare else Wording(self.workspace, bare=True)
        return f" where {inner.condition(where)}"

    def _window(self, window: checked.Window | None) -> str:
        if window is None:
            return ""
        if window.last is not None:
            return f" in last {in_words(window.last)}"
        if window.since is not None and window.until is not None:
            return f" between {bound_text(window.since)} and {bound_text(window.until)}"
        return f" since {bound_text(window.since or 0)}"


def _path(root: str, rest: list[Any]) -> str:
    return root + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in rest)


_MAKERS: dict[type, Callable[[Wording, Any], tuple[str, int, bool]]] = {
    checked.Compare: Wording._compare,
    checked.Between: Wording._between,
    checked.In: Wording._in,
    checked.TextTest: Wording._text_test,
    checked.Known: Wording._known,
    checked.WithinDistance: Wording._distance,
    checked.Quantified: Wording._quantified,
    checked.Membership: Wording._membership,
    checked.Listed: Wording._listed,
    checked.Constant: Wording._constant,
    checked.FieldValue: Wording._field,
    checked.CatalogValue: Wording._row,
    checked.PartOf: Wording._part,
    checked.Gathered: Wording._part,
    checked.ListOf: Wording._list,
    checked.AttributeValue: Wording._attribute,
    checked.DecisionValue: Wording._named,
    checked.RecommendationValue: Wording._named,
    checked.LocalMoment: Wording._moment,
    checked.GivenTimes: Wording._given,
    checked.GroupOf: Wording._group,
    checked.Now: Wording._now,
    checked.Today: Wording._today,
    checked.Arithmetic: Wording._arithmetic,
    checked.Negative: Wording._negative,
    checked.Function: Wording._function,
    checked.AggregateValue: Wording._aggregate,
}
