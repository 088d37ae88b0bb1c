"""What an expression means: walked as a tree, every question about the past answered by looking at all of it.

Nothing is remembered between two questions. `Life` is what is known of a person; `Look` is a moment from which
somebody looks at them.
"""

from __future__ import annotations

import calendar
import datetime as dt
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, DecimalException
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sojourn.dsl import checked as c
from sojourn.dsl.functions import FUNCTIONS
from sojourn.dsl.types import Type
from sojourn.dsl.values import (
    DAY,
    Duration,
    Money,
    instant_to_iso,
    money_to_text,
    parse_date,
    parse_duration,
    parse_instant,
    parse_money,
    parse_time,
)
from sojourn.interpreter.core.records import Record
from tests.oracle.standard import STANDARD

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTH = 2_629_746 * 1_000_000  # a twelfth of the mean year: only to compare lengths of time


JOURNEY = "journey"
"""Who said it, of what a journey set."""


@dataclass
class Said:
    """Somebody said a value of a field: a record of a dataset, a journey's `set`."""

    field: str
    value: Any
    at: int
    order: int
    by: str = ""

    @property
    def age(self) -> tuple[int, int]:
        """By when it was said; of what was said at one instant, what came last is the newest."""
        return self.at, self.order


@dataclass
class Life:
    """A person as the oracle knows them: everything that was ever said, in the order in which it came."""

    key: str
    first_seen: int
    identifiers: set[tuple[str, str]] = field(default_factory=set)
    records: list[tuple[int, Record]] = field(default_factory=list)  # (order of arrival, record)
    said: list[Said] = field(default_factory=list)
    did: list[Any] = field(default_factory=list)  # what happened to them, `people.Did`

    merges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by field, the datasets of its rule

    def value(self, name: str) -> Any:
        """The value that stands."""
        standing = self.standing(name)
        return None if standing is None else standing.value

    def standing(self, name: str) -> Said | None:
        """Whose word stands: the newest, unless a rule names the datasets that decide.

        What a journey set stands at once until a dataset says something later; then the first dataset of the rule
        decides that has a value (its newest word counts), and those that the rule does not name come after.
        """
        words = [
            s for s in reversed(self.said) if s.field == name
        ]  # of one record its event has the last word
        newest = max(words, key=lambda s: s.age, default=None)
        rule = self.merges.get(name)
        if rule is None or newest is None:
            return newest
        own = max((s for s in words if s.by == JOURNEY), key=lambda s: s.age, default=None)
        if own is not None and newest.at <= own.at:  # what is said at the same instant is not later
            return own
        last = {
            by: max((s for s in words if s.by == by), key=lambda s: s.age) for by in {s.by for s in words}
        }
        valued = {by: s for by, s in last.items() if by != JOURNEY and s.value not in (None, "", [])}
        others = [s for by, s in valued.items() if by not in rule]
        named = [valued[by] for by in rule if by in valued]
        return named[0] if named else max(others, key=lambda s: s.age, default=None)


@dataclass(frozen=True)
class Look:
    """From where an expression is looked at. `event` is the one at hand; `variables` those of a run.

    `everybody` is there for what others do: offers that are limited in total, recommendations.
    """

    workspace: c.Workspace
    life: Life
    now: int
    members: frozenset[str] | set[str] = frozenset()
    event: Record | None = None
    event_name: str = ""
    variables: dict[str, Record] = field(default_factory=dict)
    item: Any = None
    item_type: Type | None = None
    everybody: Sequence[Life] = ()


# ------------------------------------------------------------------ clocks


def clock(instant: int, tz: dt.tzinfo = dt.UTC) -> dt.datetime:
    """What a clock on the wall shows there at an instant."""
    return (EPOCH + dt.timedelta(microseconds=instant)).astimezone(tz).replace(tzinfo=None)


@lru_cache(maxsize=65536)
def first_instant(local: dt.datetime, tz: dt.tzinfo) -> int:
    """The first instant at which the clock there shows this time, or (where it skips it) a later one."""
    naive = (local.replace(tzinfo=dt.UTC) - EPOCH) // dt.timedelta(microseconds=1)
    quarter = 15 * 60 * 1_000_000
    before = (naive - 15 * 4 * quarter) // quarter * quarter
    while clock(before + quarter, tz) < local:
        before += quarter
    low, high = before, before + quarter
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if clock(middle, tz) >= local else (middle, high)
    return high


def months_later(day: Any, months: int) -> Any:
    """Some months later (or earlier), at most the end of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def elapsed(instant: int, length: Duration, sign: int = 1) -> int:
    """As windows count: a day is 24 hours; months by the UTC calendar."""
    if length.months:
        moved = months_later(clock(instant), sign * length.months)
        instant = (moved.replace(tzinfo=dt.UTC) - EPOCH) // dt.timedelta(microseconds=1)
    return instant + sign * (length.days * DAY + length.microseconds)


def on_the_clock(instant: int, length: Duration, tz: dt.tzinfo) -> int:
    """As waits count: days and months keep the clock time, the rest is elapsed."""
    if length.months or length.days:
        local = months_later(clock(instant, tz), length.months) + dt.timedelta(days=length.days)
        instant = first_instant(local, tz)
    return instant + length.microseconds


def zone_of(workspace: c.Workspace, life: Life) -> dt.tzinfo:
    """Where the person lives, UTC where that is not known."""
    name = life.value(workspace.timezone_field) if workspace.timezone_field else None
    if not name and workspace.timezone_field:
        name = workspace.profile[workspace.timezone_field].default
    return ZoneInfo(name) if name else dt.UTC


# ------------------------------------------------------------------ values


def decoded(type: Type, value: Any) -> Any:
    """The value of a canonical JSON value."""
    if value is None or value == "":
        return [] if type.kind == "list" else None
    if type.kind == "list":
        assert type.of is not None
        return [decoded(type.of, item) for item in value]
    kinds: dict[str, Callable[[Any], Any]] = {
        "money": parse_money,
        "date": parse_date,
        "time": parse_time,
        "datetime": parse_instant,
        "duration": parse_duration,
        "number": lambda v: Decimal(repr(v)) if isinstance(v, float) else v,
        "percent": lambda v: Decimal(repr(v)),
        "location": lambda v: (float(v[0]), float(v[1])),
    }
    return kinds[type.kind](value) if type.kind in kinds else value


def encoded(value: Any, kind: str = "") -> Any:
    """The canonical JSON of a value; `kind` is that of its type, where an instant has to be told from a number."""
    if kind == "datetime" and isinstance(value, int):
        return instant_to_iso(value)
    if isinstance(value, Money):
        return money_to_text(value)
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list | tuple) and not isinstance(value, Duration):
        return [encoded(item) for item in value]
    return value


def inside(workspace: c.Workspace, fields: Any, values: Any, path: tuple[str | int, ...]) -> Any:
    """The value at a path inside nested fields, defaults included."""
    name, *rest = path
    declared = fields[name]
    value = (values or {}).get(name)
    if value is None or value == "":
        value = declared.default
    type = declared.type
    while rest and type.kind == "list":
        position, *rest = rest
        assert isinstance(position, int) and type.of is not None
        value = value[position] if isinstance(value, list) and position < len(value) else None
        type = type.of
    if not rest:
        return decoded(type, value)
    return inside(workspace, workspace.schemas[type.name].fields, value, tuple(rest))


def span(length: Duration) -> int:
    """A length of time as one number, to compare it."""
    return length.months * MONTH + length.days * DAY + length.microseconds


# ------------------------------------------------------------- expressions


def value(expr: c.Expr, look: Look) -> Any:
    """The value of an expression; None where it is missing."""
    found = _MEANINGS[type(expr)](expr, look)
    return None if isinstance(found, str) and not found else found


def true(expr: c.Expr | None, look: Look) -> bool:
    """Whether a condition holds; none holds always."""
    return expr is None or value(expr, look) is True


def _field(expr: c.FieldValue, look: Look) -> Any:
    workspace = look.workspace
    if expr.scope == "profile":
        name, *rest = expr.path
        declared = workspace.profile[str(name)]
        said = {str(name): look.life.value(str(name))}
        return inside(workspace, {str(name): declared}, said, (str(name), *rest))
    if expr.scope == "item":
        assert look.item_type is not None
        if not expr.path:
            return decoded(look.item_type, look.item)
        return inside(workspace, workspace.schemas[look.item_type.name].fields, look.item, expr.path)
    if expr.scope == "event":
        record, path = look.event, expr.path
    else:
        record, path = look.variables.get(str(expr.path[0])), expr.path[1:]
    if record is None:
        return [] if expr.type.kind == "list" else None
    answers = workspace.webhooks.get(record.event)
    fields = (workspace.events[record.event] if answers is None else answers.answers).fields
    if path and path[0] not in fields:  # several events may start a journey
        return None
    return inside(workspace, fields, record.properties, path)


def _catalog(expr: c.CatalogValue, look: Look) -> Any:
    catalog = look.workspace.catalogs[expr.catalog]
    row = catalog.rows.get(value(expr.key, look))
    return None if row is None else inside(look.workspace, catalog.fields, row, expr.path)


def _compare(expr: c.Compare, look: Look) -> bool:
    return compared(expr.op, value(expr.left, look), value(expr.right, look))


def compared(op: str, left: Any, right: Any) -> bool:
    """Two-valued: anything missing compares as false, and so do amounts of two currencies."""
    if left is None or right is None:
        return False
    if isinstance(left, Money):
        if left.currency != right.currency:
            return False
        left, right = left.amount, right.amount
    if isinstance(left, Duration) and op != "is":
        left, right = span(left), span(right)
    if op == "is":
        return bool(left == right)
    return bool({"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[op])


def _in(expr: c.In, look: Look) -> bool:
    item = value(expr.item, look)
    return any(compared("is", item, option) for option in value(expr.options, look) or ())


def _text(expr: c.TextTest, look: Look) -> bool:
    item, pattern = value(expr.item, look), value(expr.pattern, look)
    if item is None or pattern is None:
        return False
    if isinstance(item, list):
        return any(compared("is", element, pattern) for element in item)
    if expr.op == "matches":
        return re.search(pattern, item, re.IGNORECASE) is not None
    item, pattern = item.casefold(), pattern.casefold()
    tests = {"contains": pattern in item, "starts with": item.startswith(pattern)}
    return bool(tests.get(expr.op, item.endswith(pattern)))


def _quantified(expr: c.Quantified, look: Look) -> bool:
    items, type = _raw_items(expr.items, look)
    holds = [true(expr.where, replace(look, item=item, item_type=type)) for item in items]
    return {"any": any(holds), "all": all(holds), "none": not any(holds)}[expr.quantifier]


def _raw_items(expr: c.Expr, look: Look) -> tuple[list[Any], Type]:
    assert expr.type.of is not None
    if isinstance(expr, c.FieldValue) and expr.type.of.kind == "schema":
        record = look.event if expr.scope == "event" else look.variables.get(str(expr.path[0]))
        path = expr.path if expr.scope == "event" else expr.path[1:]
        found: Any = record.properties if record is not None else {}
        if expr.scope == "profile":
            found, path = {str(expr.path[0]): look.life.value(str(expr.path[0]))}, expr.path
        for part in path:
            found = (found or {}).get(part)
        return found or [], expr.type.of
    return [encoded(v) for v in value(expr, look)], expr.type.of


def _part(found: Any, expr: c.PartOf, look: Look) -> Any:
    """What lies at a path inside a value that is worked out."""
    for part in expr.path:
        if isinstance(part, int):
            found = found[part] if isinstance(found, list) and part < len(found) else None
        elif isinstance(found, Money):
            found = {"amount": found.amount, "currency": found.currency}[part]
        else:
            found = (found or {}).get(part)
    return decoded(expr.type, found) if isinstance(found, str | list | dict) else found


def _listed(expr: c.Listed, look: Look) -> bool:
    listed = look.workspace.lists[expr.audience].identifiers
    return any(said in listed.get(name, ()) for name, said in look.life.identifiers)


def _decision(expr: c.DecisionValue, look: Look) -> str | None:
    from tests.oracle.offering import decided  # which asks in turn what conditions mean

    picked = decided(look.workspace.decisions[expr.name], look)
    return picked[0] if picked else None


def _recommendation(expr: c.RecommendationValue, look: Look) -> list[str]:
    from tests.oracle.offering import recommended

    return recommended(look.workspace.recommendations[expr.name], look)


def _given(expr: c.GivenTimes, look: Look) -> int:
    return sum(did.kind == "offered" and did.detail["offer"] == expr.offer for did in look.life.did)


def _gathered(expr: c.Gathered, look: Look) -> list[Any]:
    found = []
    for item in value(expr.base, look) or ():
        for part in expr.path:
            item = item.get(part) if item else None
        if item not in (None, ""):
            found.append(item)
    return found


def _distance(expr: c.WithinDistance, look: Look) -> bool:
    a, b = value(expr.item, look), value(expr.of, look)
    return a is not None and b is not None and metres(a, b) <= expr.metres


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The great-circle distance on a globe of 6,371,008.8 m."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, place)) for place in (a, b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(min(1.0, h)))


def _arithmetic(expr: c.Arithmetic, look: Look) -> Any:
    a, b = value(expr.left, look), value(expr.right, look)
    if a is None or b is None:
        return None
    moments = expr.left.type.kind == "datetime" and expr.right.type.kind == "datetime"
    try:
        return Duration(0, 0, a - b) if moments else calculated(expr.op, a, b)
    except (ArithmeticError, DecimalException, ValueError):
        return None


def calculated(op: str, a: Any, b: Any) -> Any:
    """`a op b`; None where it is undefined."""
    if isinstance(b, Duration) and op in "+-" and not isinstance(a, Duration):
        sign = 1 if op == "+" else -1
        if isinstance(a, int):
            return elapsed(a, b, sign)
        days = b.days + b.microseconds // DAY
        return months_later(a, sign * b.months) + dt.timedelta(days=sign * days)
    if isinstance(a, Duration) and isinstance(b, Duration) and op in "+-":
        sign = 1 if op == "+" else -1
        return Duration(*(x + sign * y for x, y in zip(a, b, strict=True)))
    if isinstance(a, Duration) and op == "+":
        return calculated(op, b, a)
    if isinstance(b, Duration) and op == "*":
        a, b = b, a
    if isinstance(a, Duration) and isinstance(b, Duration):
        return Decimal(length_of(a)) / length_of(b) if length_of(b) else None
    if isinstance(a, Duration):
        return scaled(a, Decimal(b) if op == "*" else 1 / Decimal(b))
    if isinstance(a, dt.date):
        return Duration(0, (a - b).days, 0)
    if isinstance(a, Money) and isinstance(b, Money):
        if a.currency != b.currency or (op == "/" and not b.amount):
            return None
        return {"+": lambda: Money(a.amount + b.amount, a.currency),
                "-": lambda: Money(a.amount - b.amount, a.currency),
                "/": lambda: a.amount / b.amount}[op]()  # fmt: skip
    if isinstance(b, Money):
        a, b = b, a
    if isinstance(a, Money):
        amount = calculated(op, a.amount, b)
        return None if amount is None else Money(amount, a.currency)
    if op == "/":
        return Decimal(a) / b if b else None
    return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b}[op]()


def _zone_meant(expr: c.LocalMoment, look: Look) -> dt.tzinfo:
    if expr.zone is None:
        return zone_of(look.workspace, look.life)
    return ZoneInfo(value(expr.zone, look) or expr.fallback)


def length_of(length: Duration) -> int:
    """To divide two of them: a month is a twelfth of a mean year."""
    return round(length.months * DAY * Decimal("30.436875")) + length.days * DAY + length.microseconds


def scaled(length: Duration, by: Decimal) -> Duration | None:
    """So many times a length of time; a part of a day is hours, a part of a month is nothing that could be said."""
    months, days = length.months * by, length.days * by
    if months % 1:
        return None
    return Duration(int(months), int(days), int(length.microseconds * by + (days - int(days)) * DAY))


def _negative(expr: c.Negative, look: Look) -> Any:
    a = value(expr.term, look)
    if a is None:
        return None
    if isinstance(a, Duration):
        return Duration(*(-part for part in a))
    return Money(-a.amount, a.currency) if isinstance(a, Money) else -a


def _known(expr: c.Known, look: Look) -> bool:
    return expr.item.type.kind == "list" or value(expr.item, look) is not None


def _between(expr: c.Between, look: Look) -> bool:
    item = value(expr.item, look)
    low, high = value(expr.low, look), value(expr.high, look)
    return compared(">=", item, low) and compared("<=", item, high)


def today(look: Look) -> dt.date:
    """The date where the person lives."""
    return clock(look.now, zone_of(look.workspace, look.life)).date()


def _logic(expr: c.Logic, look: Look) -> bool:
    holds = [true(term, look) for term in expr.terms]
    return all(holds) if expr.op == "and" else any(holds)


_MEANINGS: dict[type, Callable[[Any, Look], Any]] = {
    c.Constant: lambda e, look: e.value,
    c.FieldValue: _field,
    c.CatalogValue: _catalog,
    c.AttributeValue: lambda e, look: value(look.workspace.attributes[e.name].value, look),
    c.AggregateValue: lambda e, look: aggregate(look.workspace.aggregates[e.key], look),
    c.Membership: lambda e, look: e.audience in look.members,
    c.Listed: _listed,
    c.DecisionValue: _decision,
    c.RecommendationValue: _recommendation,
    c.GivenTimes: _given,
    c.Gathered: _gathered,
    c.Now: lambda e, look: look.now,
    c.LocalMoment: lambda e, look: first_instant(e.value, _zone_meant(e, look)),
    c.Today: lambda e, look: today(look),
    c.Logic: _logic,
    c.Not: lambda e, look: not true(e.term, look),
    c.Compare: _compare,
    c.Between: _between,
    c.In: _in,
    c.TextTest: _text,
    c.Known: _known,
    c.WithinDistance: _distance,
    c.PartOf: lambda e, look: _part(value(e.base, look), e, look),
    c.ListOf: lambda e, look: [v for item in e.items if (v := value(item, look)) is not None],
    c.Quantified: _quantified,
    c.Arithmetic: _arithmetic,
    c.Negative: _negative,
    c.Function: lambda e, look: function(e.name, [value(arg, look) for arg in e.args], look),
}


# --------------------------------------------------------------- the past


def happened(
    look: Look, event: str, window: c.Window | None = None, where: c.Expr | None = None
) -> list[Record]:
    """Every such event inside the window, by the time it happened, then by the order in which it came."""
    found = happened_in_order(look, event, window, where)
    return [record for _, record in sorted(found, key=lambda f: (f[1].at, f[0]))]


def happened_in_order(
    look: Look, event: str, window: c.Window | None = None, where: c.Expr | None = None
) -> list[tuple[int, Record]]:
    """The same in the order in which they came, with that order's numbers."""
    found = []
    for order, record in look.life.records:
        if record.event != event or record.at > look.now:
            continue
        if window is not None:
            if window.last is not None and look.now >= elapsed(record.at, window.last):
                continue
            if window.since is not None and record.at < window.since:
                continue
            if window.until is not None and record.at >= window.until:
                continue
        if true(where, replace(look, event=record, variables={})):
            found.append((order, record))
    return found


def aggregate(asked: c.Aggregate, look: Look) -> Any:
    """One aggregate, by a scan of the person's whole history."""
    events = happened(look, asked.event, asked.window, asked.where)
    if asked.sequel is not None:
        return any(_followed(look, first.at, asked.kind, asked.sequel) for first in events)
    if asked.kind == "count":
        return len(events)
    if asked.kind.startswith("time of"):
        return (events[0] if asked.kind == "time of first" else events[-1]).at if events else None
    assert asked.value is not None
    found = [value(asked.value, replace(look, event=event, variables={})) for event in events]
    values = [v for v in found if v is not None]
    if asked.kind == "last n":
        assert asked.limit is not None
        return values[::-1][: asked.limit]
    if asked.kind == "most common":
        return _most_common([(event.at, v) for event, v in zip(events, found, strict=True) if v is not None])
    if asked.kind == "distinct":
        return len({repr(v.normalize() if isinstance(v, Decimal) else encoded(v)) for v in values})
    return summary(asked.kind, values)


def _most_common(values: list[tuple[int, Any]]) -> Any:
    """The value that came up most often; of several the one that came up last; at one instant the lesser text."""
    if not values:
        return None
    shown = [json.dumps(encoded(v), sort_keys=True, ensure_ascii=False) for _, v in values]
    counts = {text: shown.count(text) for text in shown}
    last = {
        text: max(at for (at, _), other in zip(values, shown, strict=True) if other == text) for text in shown
    }
    best = min(shown, key=lambda text: (-counts[text], -last[text], text))
    return values[shown.index(best)][1]


def _followed(look: Look, first: int, kind: str, sequel: c.Sequel) -> bool:
    """Whether one event was answered, or (`then no`) its time is over without an answer."""
    end = elapsed(first, sequel.within)
    answered = any(first < b.at < end for b in happened(look, sequel.event, None, sequel.where))
    return answered if kind == "then" else look.now >= end and not answered


def summary(kind: str, values: list[Any]) -> Any:
    """What values come to; none of them is missing."""
    if not values:
        return None
    if kind == "first":
        return values[0]
    if kind == "last":
        return values[-1]
    if isinstance(values[0], Money):
        if len({v.currency for v in values}) > 1:
            return None
        return Money(summary(kind, [v.amount for v in values]), values[0].currency)
    if kind in ("smallest", "largest"):
        ordered = sorted(values, key=span) if isinstance(values[0], Duration) else sorted(values)
        return ordered[0] if kind == "smallest" else ordered[-1]
    total = sum(values[1:], values[0])
    return total if kind == "sum" else Decimal(total) / len(values)


# -------------------------------------------------------------- functions


def function(name: str, args: list[Any], look: Look) -> Any:
    """A standard function; anything missing gives something missing."""
    signature = FUNCTIONS[name]
    if any(a is None and not signature.takes_missing(number) for number, a in enumerate(args)):
        return None
    if name in STANDARD:
        return STANDARD[name](*args)
    here = zone_of(look.workspace, look.life)
    return _FUNCTIONS[name](args, today(look), here)


def _birthday(day: dt.date, year: int) -> dt.date:
    try:
        return day.replace(year=year)
    except ValueError:
        return dt.date(year, 2, 28)


def _rounding(how: str) -> Callable[..., Any]:
    def rounded(args: list[Any], _today: dt.date, _zone: dt.tzinfo) -> Any:
        (x,) = args
        if isinstance(x, Money):
            return Money(x.amount.to_integral_value(how), x.currency)
        return int(Decimal(x).to_integral_value(how))

    return rounded


def _better(args: Iterable[Any], larger: bool) -> Any:
    a, b = args
    if isinstance(a, Money) and a.currency != b.currency:
        return None
    smaller = a if compared("<=", a, b) else b
    other = b if smaller is a else a
    return other if larger else smaller


_FUNCTIONS: dict[str, Callable[[list[Any], dt.date, dt.tzinfo], Any]] = {
    "age": lambda a, now, tz: now.year - a[0].year - (now < _birthday(a[0], now.year)),
    "anniversary": lambda a, now, tz: min(
        d for d in (_birthday(a[0], now.year), _birthday(a[0], now.year + 1)) if d >= now
    ),
    "date_of": lambda a, now, tz: clock(a[0], tz).date(),
    "weekday": lambda a, now, tz: WEEKDAYS[a[0].weekday()],
    "year": lambda a, now, tz: a[0].year,
    "month": lambda a, now, tz: a[0].month,
    "day": lambda a, now, tz: a[0].day,
    "days_between": lambda a, now, tz: (a[1] - a[0]).days,
    "lower": lambda a, now, tz: a[0].lower(),
    "upper": lambda a, now, tz: a[0].upper(),
    "trim": lambda a, now, tz: a[0].strip(),
    "length": lambda a, now, tz: len(a[0]),
    "floor": _rounding(ROUND_FLOOR),
    "ceiling": _rounding(ROUND_CEILING),
    "absolute": lambda a, now, tz: Money(abs(a[0][0]), a[0][1]) if isinstance(a[0], Money) else abs(a[0]),
    "smaller": lambda a, now, tz: _better(a, False),
    "larger": lambda a, now, tz: _better(a, True),
    "location": lambda a, now, tz: (float(a[0]), float(a[1])),
    "distance": lambda a, now, tz: Decimal(f"{metres(a[0], a[1]) / 1000:.6f}"),
    "amount": lambda a, now, tz: a[0].amount,
    "currency": lambda a, now, tz: a[0].currency,
    "first_item": lambda a, now, tz: a[0][0] if a[0] else None,
    "last_item": lambda a, now, tz: a[0][-1] if a[0] else None,
}
