"""What every node has; names and literals."""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal

from sojourn.dsl.frozen import dataclass
from sojourn.dsl.source import NOWHERE, Span

__all__ = [
    "Boolean",
    "ClockTime",
    "Comment",
    "DateLiteral",
    "Distance",
    "DurationLiteral",
    "Moment",
    "MoneyLiteral",
    "Name",
    "Node",
    "Number",
    "Percent",
    "Text",
]


@dataclass(frozen=True, slots=True)
class Comment:
    """`# text` as written, the `#` included."""

    text: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What every node has: its place, and the comments that belong to it.

    `comments` stand on lines of their own above the node; `remark` ends the node's first line; `trailing` stand
    on lines of their own after the last child, inside the node's block.
    """

    span: Span = field(default=NOWHERE, compare=False)
    comments: tuple[Comment, ...] = field(default=(), compare=False)
    remark: Comment | None = field(default=None, compare=False)
    trailing: tuple[Comment, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Name(Node):
    """`snake_case`, where the name itself may have to be underlined."""

    text: str

    def __str__(self) -> str:
        return self.text


# ---------------------------------------------------------------- literals


@dataclass(frozen=True, slots=True)
class Text(Node):
    """`"a text"` or `\"\"\"a long, dedented text\"\"\"`; `value` is what is meant, escapes resolved.

    `value_start` is the offset in the file of the value's first character (for places inside a template).
    """

    value: str
    value_start: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """`20`, `12.5`, `1_000`."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class MoneyLiteral(Node):
    """`20 EUR`, `12.50 USD`."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Percent(Node):
    """`15%`; `value` is 15."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class DurationLiteral(Node):
    """`3 days`, `1 hour 30 minutes`: amounts with their units, singular (`day`), as written in order."""

    parts: tuple[tuple[Decimal, str], ...]


@dataclass(frozen=True, slots=True)
class Distance(Node):
    """`5 km`, `300 m`, `2 miles`; `unit` is `km`, `m` or `mile`."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class DateLiteral(Node):
    """`2026-11-23`, ISO 8601."""

    value: str


@dataclass(frozen=True, slots=True)
class ClockTime(Node):
    """`9:00`, `21:30`, `9:00:30`; kept as `HH:MM:SS`."""

    value: str


@dataclass(frozen=True, slots=True)
class Moment(Node):
    """`2026-11-23 9:00`; kept as `YYYY-MM-DDTHH:MM:SS`, without a zone."""

    value: str


@dataclass(frozen=True, slots=True)
class Boolean(Node):
    """`true`, `false` (also `yes`, `no` as values of a field)."""

    value: bool
