"""Values and conditions."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal

from sojourn.dsl.ast.base import (
    Boolean,
    ClockTime,
    DateLiteral,
    Distance,
    DurationLiteral,
    Moment,
    MoneyLiteral,
    Name,
    Node,
    Number,
    Percent,
    Text,
)
from sojourn.dsl.frozen import dataclass
from sojourn.dsl.source import Span

if TYPE_CHECKING:
    from sojourn.dsl.ast.journeys import Argument


__all__ = [
    "Aggregate",
    "AggregateKind",
    "Arithmetic",
    "Between",
    "Call",
    "Compare",
    "CompareOp",
    "Expr",
    "Group",
    "Has",
    "In",
    "InAudience",
    "IsDay",
    "ListLiteral",
    "Logic",
    "Negative",
    "Not",
    "Path",
    "Presence",
    "Quantified",
    "Sequence",
    "TextOp",
    "TextTest",
    "Window",
    "WithinDistance",
]


# ------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`total`, `event.items[0].product.name`, `shop.location`: names and list positions, in order."""

    parts: tuple[str | int, ...]
    part_spans: tuple[Span, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`location(48.85, 2.35)`, `nearby(paris)`: a standard function or a `define` with parameters."""

    name: Name
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """`"DE", "AT", "CH"` after `in`; also in brackets: `["DE", "AT"]`."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Group(Node):
    """`(product = "sh-1", quantity = 2)`: a value of a schema."""

    values: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`a and b and c`, `a or b`."""

    op: Literal["and", "or"]
    terms: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """`not a`."""

    term: Expr


CompareOp = Literal["is", "is not", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`a is b`, `a is not b`, `a < b`, `a <= b`, `a > b`, `a >= b`."""

    op: CompareOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class In(Node):
    """`country in "DE", "AT"`, `country not in …`, `x in some_list`."""

    item: Expr
    options: Expr
    negated: bool = False


@dataclass(frozen=True, slots=True)
class InAudience(Node):
    """`in vips`, `not in vips`: the person is a member of the audience now."""

    audience: Name
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`x between 3 and 5`: both ends included."""

    item: Expr
    low: Expr
    high: Expr
    negated: bool = False


TextOp = Literal["contains", "starts with", "ends with", "matches"]


@dataclass(frozen=True, slots=True)
class TextTest(Node):
    """`name contains "x"`, `starts with`, `ends with`, `matches` (a regular expression); `contains` on lists too."""

    op: TextOp
    item: Expr
    pattern: Expr


@dataclass(frozen=True, slots=True)
class Presence(Node):
    """`x is known` (`known` true), `x is missing` (`known` false)."""

    item: Expr
    known: bool


@dataclass(frozen=True, slots=True)
class IsDay(Node):
    """`today is a holiday in "DE"`, `delivery is not a working day`: `kind` is "holiday" or "working day"."""

    item: Expr
    kind: Literal["holiday", "working day"]
    country: Expr | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class WithinDistance(Node):
    """`home within 5 km of shop.location`."""

    item: Expr
    distance: Distance
    of: Expr


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`any of items where price > 20 EUR`, `all of …`, `none of …`."""

    quantifier: Literal["any", "all", "none"]
    items: Expr
    where: Expr


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """`-x`."""

    term: Expr


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`a + b`, `a - b`, `a * b`, `a / b`."""

    op: Literal["+", "-", "*", "/"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Window(Node):
    """`in last 90 days` (`last`), `since T` (`since`), `between T and T` (`since` and `until`)."""

    last: DurationLiteral | None = None
    since: Expr | None = None
    until: Expr | None = None


@dataclass(frozen=True, slots=True)
class Has(Node):
    """`has E`, `no E`, `has E at least 3 times in last 7 days where …`.

    `no E` is `Has` with `negated`. `quantity` is ("at least" | "at most" | "exactly", n), or None for once or more.
    """

    event: Name
    negated: bool = False
    quantity: tuple[str, int] | None = None
    window: Window | None = None
    where: Expr | None = None


@dataclass(frozen=True, slots=True)
class Sequence(Node):
    """`has A then B within 2 days`, `has A then no B within 2 days`."""

    first: Name
    second: Name
    second_negated: bool
    within: DurationLiteral
    first_where: Expr | None = None
    second_where: Expr | None = None
    window: Window | None = None


AggregateKind = Literal[
    "count", "distinct", "sum", "average", "smallest", "largest", "first", "last", "most common",
    "time of first", "time of last", "last n",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """`count of E`, `sum of E.f`, `distinct count of E.f`, `first E.f`, `last E.f`, `last 5 E.f`, `time of last E`, …

    `field` is the path inside the event, empty for `count` and `time of`; `limit` is the N of `last N`.
    """

    kind: AggregateKind
    event: Name
    field_path: tuple[str | int, ...] = ()
    limit: int | None = None
    window: Window | None = None
    where: Expr | None = None


Expr = (
    Text | Number | MoneyLiteral | Percent | DurationLiteral | Distance | DateLiteral | ClockTime | Moment | Boolean
    | Path | Call | ListLiteral | Group | Logic | Not | Compare | In | InAudience | Between | TextTest | Presence
    | IsDay | WithinDistance | Quantified | Negative | Arithmetic | Has | Sequence | Aggregate
)  # fmt: skip
"""Anything that has a value. A condition is an expression of type boolean."""
