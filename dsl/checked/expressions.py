"""Typed expressions, and what is worked out with them: aggregates, attributes, audiences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from sojourn.dsl.frozen import dataclass
from sojourn.dsl.source import NOWHERE, Span
from sojourn.dsl.types import Type
from sojourn.dsl.values import Duration

if TYPE_CHECKING:
    pass

__all__ = [
    "Aggregate",
    "AggregateKind",
    "AggregateValue",
    "Arithmetic",
    "Attribute",
    "AttributeValue",
    "Audience",
    "Between",
    "CatalogValue",
    "Compare",
    "Constant",
    "DecisionValue",
    "Expr",
    "FieldValue",
    "Function",
    "Gathered",
    "GivenTimes",
    "GroupOf",
    "In",
    "Known",
    "ListOf",
    "Listed",
    "LocalMoment",
    "Logic",
    "MemberList",
    "Membership",
    "Negative",
    "Not",
    "Now",
    "PartOf",
    "Quantified",
    "RecommendationValue",
    "Scope",
    "Sequel",
    "TextTest",
    "Today",
    "Window",
    "WithinDistance",
]


# ------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True, kw_only=True)
class _Typed:
    type: Type
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Constant(_Typed):
    """A value that stands in the text: str, int, Decimal, bool, Money, Duration, date, time, int instant, tuple.

    A list of constants (after `in`) is a tuple; a location is a tuple of two floats.
    """

    value: Any


Scope = Literal["profile", "event", "run", "item"]


@dataclass(frozen=True, slots=True)
class FieldValue(_Typed):
    """A field of the person, of the event at hand, or of a run's variable.

    `scope` "profile": `path[0]` is the profile field (for consents the one name "consent.offers").
    `scope` "event": the event that is being looked at (inside `where`), or the event that started the run (in steps).
    `scope` "run": `path[0]` is the variable (`as order`), the rest a path inside that event.
    `scope` "item": the element of the enclosing quantifier.
    Steps into schemas are names, into lists positions (int). Steps through a `ref` are `CatalogValue`.
    """

    scope: Scope
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class CatalogValue(_Typed):
    """`product.price` where `key` is a ref: a field of the catalog's row; missing when there is no such row."""

    catalog: str
    key: Expr
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class PartOf(_Typed):
    """`recently_seen[0]`: what lies at a path inside a value that is worked out; missing when there is nothing."""

    base: Expr
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class GroupOf(_Typed):
    """A value of a schema: what is known of it (canonical JSON), and by name what is worked out."""

    known: Mapping[str, Any]
    values: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, slots=True)
class ListOf(_Typed):
    """`[first_name, "friend"]`: a list whose values are worked out; what is missing is left out."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class AttributeValue(_Typed):
    """The value of an attribute, by name (its expression is in `Workspace.attributes`)."""

    name: str


@dataclass(frozen=True, slots=True)
class AggregateValue(_Typed):
    """The value of an aggregate over the person's events, by key (see `Workspace.aggregates`)."""

    key: str


@dataclass(frozen=True, slots=True)
class Membership(_Typed):
    """`in vips`: true while the person is a member."""

    audience: str


@dataclass(frozen=True, slots=True)
class Listed(_Typed):
    """True while any of the person's identifiers stands in the file of the audience (see `Workspace.lists`)."""

    audience: str


@dataclass(frozen=True, slots=True)
class Gathered(_Typed):
    """`event.items.product`: what lies at a path in each element of a list; what is missing is left out."""

    base: Expr
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecommendationValue(_Typed):
    """The keys of the rows that a recommendation picks at this moment. Stands where a `DecisionValue` may."""

    name: str


@dataclass(frozen=True, slots=True)
class DecisionValue(_Typed):
    """The (first) offer that a decision picks at this moment, by its name; missing when it picks none.

    Stands only where something is asked at one instant (a step, a message, an expectation). In what is always
    known of a person it is said as a condition (`sojourn.dsl.check.decisions`).
    """

    name: str


@dataclass(frozen=True, slots=True)
class LocalMoment(_Typed):
    """A moment as it was written, `2026-11-23 9:00`: an instant by the clock of a zone (type datetime).

    `zone` is an expression of type timezone: that of a journey; None stands for the person's. Where it is unknown
    `fallback` counts.
    """

    value: dt.datetime
    zone: Expr | None = None
    fallback: str = "UTC"


@dataclass(frozen=True, slots=True)
class GivenTimes(_Typed):
    """How often the person was given an offer (type integer)."""

    offer: str


@dataclass(frozen=True, slots=True)
class Now(_Typed):
    """`now`: the instant of evaluation (type datetime)."""


@dataclass(frozen=True, slots=True)
class Today(_Typed):
    """`today`: the date in the person's time zone."""


@dataclass(frozen=True, slots=True)
class Logic(_Typed):
    """`and`, `or` over two or more conditions."""

    op: Literal["and", "or"]
    terms: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not(_Typed):
    """`not`, `is not`, `not in`, …: two-valued negation."""

    term: Expr


@dataclass(frozen=True, slots=True)
class Compare(_Typed):
    """Both sides have comparable types; anything missing makes it false (`is not` is Not(Compare("is")))."""

    op: Literal["is", "<", "<=", ">", ">="]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Between(_Typed):
    """Both ends included; false when any is missing."""

    item: Expr
    low: Expr
    high: Expr


@dataclass(frozen=True, slots=True)
class In(_Typed):
    """`options` is a Constant tuple or an expression of type list."""

    item: Expr
    options: Expr


@dataclass(frozen=True, slots=True)
class TextTest(_Typed):
    """Case-insensitive contains / starts with / ends with; `matches` searches a regular expression.

    `contains` on a list asks for an element. False when either side is missing.
    """

    op: Literal["contains", "starts with", "ends with", "matches"]
    item: Expr
    pattern: Expr


@dataclass(frozen=True, slots=True)
class Known(_Typed):
    """`is known`; `is missing` is its Not. An empty text is missing; a list is always known."""

    item: Expr


@dataclass(frozen=True, slots=True)
class WithinDistance(_Typed):
    """Great-circle distance of two locations, at most `metres` (WGS 84 mean radius, 6,371,008.8 m)."""

    item: Expr
    of: Expr
    metres: float


@dataclass(frozen=True, slots=True)
class Quantified(_Typed):
    """`any|all|none of LIST where …`; inside `where`, the element is scope "item" (of the innermost quantifier)."""

    quantifier: Literal["any", "all", "none"]
    items: Expr
    where: Expr


@dataclass(frozen=True, slots=True)
class Arithmetic(_Typed):
    """Numbers with numbers; money with money (+, -, / gives a number) and numbers (*, /); dates and datetimes
    with durations; date - date and datetime - datetime give a duration. Undefined results are missing.
    """

    op: Literal["+", "-", "*", "/"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Negative(_Typed):
    """`-x` on numbers and money."""

    term: Expr


@dataclass(frozen=True, slots=True)
class Function(_Typed):
    """A standard function by name (`interpreter/functions.py` has them; `dsl/check/functions.py` their types)."""

    name: str
    args: tuple[Expr, ...]


Expr = (
    Constant | FieldValue | CatalogValue | AttributeValue | AggregateValue | Membership | Now | Today | Logic | Not
    | Compare | Between | In | TextTest | Known | WithinDistance | Quantified | Arithmetic | Negative | Function
    | PartOf | ListOf | GroupOf | Listed | DecisionValue
    | GivenTimes | LocalMoment
    | Gathered | RecommendationValue
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Window:
    """`in last D` (`last`), or events from `since` (inclusive) to `until` (exclusive), instants, either may be None."""

    last: Duration | None = None
    since: int | None = None
    until: int | None = None


AggregateKind = Literal[
    "count", "distinct", "sum", "average", "smallest", "largest", "first", "last", "time of first", "time of last",
    "most common", "last n", "then", "then no",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sequel:
    """What has to follow (`then`), or must not follow (`then no`), within a length of time of an aggregate's event.

    An event that happened at `a` is answered by one that happened at `b` when a < b < a + `within`. `where` sees
    the second event only.
    """

    event: str
    where: Expr | None
    within: Duration


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One thing remembered of a person's events of one kind.

    `key` is a hash of everything but spans. `has E` and `no E` are aggregates of kind "count" compared with a number.
    `path` is inside the event (empty for counts and times); `where` sees the event only. `type` is the value's
    type: integer for counts, datetime for times, else that of the field. `threshold` is set on a count that is only
    compared with a constant: the largest number that matters, so that no more than that many events need be kept.
    A sum of no events is missing; a count of none is 0. `limit` is the N of `last N`, whose value is a list, newest
    first. The sequences "then" and "then no" are boolean and never missing; `event`, `where` and `window` are about the
    first event, `sequel` says what follows. "then no" becomes true at the instant the time for it is over.
    """

    key: str
    kind: AggregateKind
    event: str
    path: tuple[str | int, ...]
    value: Expr | None
    where: Expr | None
    window: Window | None
    type: Type
    threshold: int | None = None
    limit: int | None = None
    sequel: Sequel | None = None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Attribute:
    """A named value of a person."""

    name: str
    value: Expr
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Audience:
    """A named condition; `uses` are the audiences it is built on (no cycles)."""

    name: str
    condition: Expr
    uses: tuple[str, ...] = ()
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class MemberList:
    """Who stands in the file of an audience: identifiers by namespace."""

    audience: str
    identifiers: Mapping[str, frozenset[str]] = field(repr=False)
