"""What follows from a condition for certain: whether it can be true at all, whether one implies another.

A condition is taken apart into what it asks of single things (a field, an attribute, how often an event
happened). What is asked of one thing is a set of values (`intervals`); a condition whose every way of being
true asks some thing to be in an empty set can never be true. Everything that is not understood is left open, so
an answer "never" is always right, and "possible" means only that nothing spoke against it: a rule that builds
on it can miss a case and never raises a false alarm.

Both conditions of a question are about the same person, the same event and the same instant.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from sojourn.dsl import checked
from sojourn.dsl.check.memory import Reads, Trace
from sojourn.dsl.check.shape import walk
from sojourn.dsl.lint.intervals import EVERYTHING, ONLY_MISSING, Interval, Values, interval, points
from sojourn.dsl.values import Duration, Money

__all__ = ["Reasoner", "Truth", "conjuncts"]

_MOST_WAYS = 400
"""So many ways in which a condition can be true are looked at; of one that has more nothing is said."""

_Op = Literal["is", "<", "<=", ">", ">="]
_TURNED: dict[_Op, _Op] = {"is": "is", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""A comparison with its sides the other way round."""

_DEEPEST = 30

Truth = tuple[checked.Expr, bool]
"""A condition and whether it is true."""

_Way = tuple[Truth, ...]


@dataclass(frozen=True, slots=True)
class _Count:
    """How often an event happened: the same thing whatever number it is compared with."""

    event: str
    where: checked.Expr | None
    window: checked.Window | None


def conjuncts(expr: checked.Expr | None) -> tuple[checked.Expr, ...]:
    """The conditions that are all true when this one is, as they stand in it."""
    if expr is None:
        return ()
    if isinstance(expr, checked.Logic) and expr.op == "and":
        return tuple(part for term in expr.terms for part in conjuncts(term))
    return (expr,)


class Reasoner:
    """Answers for one workspace. `sure` are answers that cost something and are remembered."""

    def __init__(self, workspace: checked.Workspace, trace: Trace | None = None) -> None:
        self.workspace = workspace
        self._trace = trace or Trace()
        self._never: dict[tuple[str, tuple[Truth, ...]], tuple[bool, Reads]] = {}
        self._about: dict[int, tuple[frozenset[Any], Reads]] = {}

    # ------------------------------------------------------------- questions

    def never(self, *truths: Truth, event: str = "") -> bool:
        """Whether these can for certain not be so together. `event` is what the `event` fields belong to, where
        known.
        """
        key = (event, truths)
        found = self._never.get(key)
        if found is None:
            found = self._never[key] = self._trace.answer(lambda: self._is_impossible(truths, event))
        self._trace.relies(found[1])
        return found[0]

    def always(self, condition: checked.Expr, event: str = "") -> bool:
        """Whether it is true of everybody, always."""
        return self.never((condition, False), event=event)

    def implies(self, one: checked.Expr | None, other: checked.Expr | None, event: str = "") -> bool:
        """Whether the other is certainly true when the one is. None stands for "true"."""
        if other is None:
            return True
        given: tuple[Truth, ...] = () if one is None else ((one, True),)
        return self.never(*given, (other, False), event=event)

    def disjoint(self, one: checked.Expr | None, other: checked.Expr | None, event: str = "") -> bool:
        """Whether they are certainly never true together."""
        return self.never(*((part, True) for part in (one, other) if part is not None), event=event)

    def about(self, condition: checked.Expr) -> frozenset[Any]:
        """What a condition asks of: fields, events, audiences. Two conditions about different things imply
        nothing.
        """
        found = self._about.get(id(condition))
        if found is None:
            found = self._about[id(condition)] = self._trace.answer(lambda: self._looks_at(condition))
        self._trace.relies(found[1])
        return found[0]

    def _looks_at(self, condition: checked.Expr) -> frozenset[Any]:
        keys = self.looked_at(condition)
        events: set[Any] = {self.workspace.aggregates[key].event for key in keys}
        return frozenset(events | set(self._leaves(condition)))

    def _leaves(self, condition: checked.Expr) -> Iterator[Any]:
        seen: set[str] = set()
        ahead = [condition]
        while ahead:
            for part in walk(ahead.pop()):
                match part:
                    case checked.FieldValue():
                        yield part.scope, part.path
                    case checked.Membership(audience=name) if name not in seen:
                        seen.add(name)
                        yield "in", name
                        if name in self.workspace.audiences and name not in self.workspace.lists:
                            ahead.append(self.workspace.audiences[name].condition)
                    case checked.AttributeValue(name=name) if name not in seen:
                        seen.add(name)
                        if name in self.workspace.attributes:
                            ahead.append(self.workspace.attributes[name].value)
                    case checked.Now() | checked.Today():
                        yield "now"
                    case checked.Listed() | checked.DecisionValue() | checked.RecommendationValue():
                        yield part
                    case _:
                        pass

    def looked_at(self, condition: checked.Expr) -> frozenset[str]:
        """The aggregates that a condition asks for, by key, also through attributes and audiences."""
        found: set[str] = set()
        seen: set[str] = set()
        ahead = [condition]
        while ahead:
            for part in walk(ahead.pop()):
                match part:
                    case checked.AggregateValue(key=key) if key in self.workspace.aggregates:
                        found.add(key)
                    case checked.AttributeValue(name=name) if (
                        name not in seen and name in self.workspace.attributes
                    ):
                        seen.add(name)
                        ahead.append(self.workspace.attributes[name].value)
                    case checked.Membership(audience=audience) if audience not in seen:
                        seen.add(audience)
                        if audience in self.workspace.audiences and audience not in self.workspace.lists:
                            ahead.append(self.workspace.audiences[audience].condition)
                    case _:
                        pass
        return frozenset(found)

    # --------------------------------------------------------------- working

    def _is_impossible(self, truths: Iterable[Truth], event: str) -> bool:
        ways: list[_Way] | None = [()]
        for condition, wanted in truths:
            ways = _product(ways, self._ways(condition, wanted, 0))
            if ways is None:
                return False
        assert ways is not None
        return all(self._contradicts(way, event) for way in ways)

    def _ways(self, expr: checked.Expr, wanted: bool, depth: int) -> list[_Way] | None:
        """In which ways a condition can be what is wanted: each a list of simple conditions that are all so.

        None when there are too many.
        """
        if depth > _DEEPEST:
            return [()]
        match expr:
            case checked.Not():
                return self._ways(expr.term, not wanted, depth + 1)
            case checked.Logic():
                every = (expr.op == "and") == wanted
                ways: list[_Way] | None = [()] if every else []
                for term in expr.terms:
                    of_term = self._ways(term, wanted, depth + 1)
                    if of_term is None:
                        return None
                    ways = _product(ways, of_term) if every else [*(ways or []), *of_term]
                    if ways is None or len(ways) > _MOST_WAYS:
                        return None
                return ways
            case checked.Membership() if (
                expr.audience in self.workspace.audiences and expr.audience not in self.workspace.lists
            ):
                return self._ways(self.workspace.audiences[expr.audience].condition, wanted, depth + 1)
            case checked.AttributeValue() if expr.name in self.workspace.attributes:
                return self._ways(self.workspace.attributes[expr.name].value, wanted, depth + 1)
            case checked.Constant(value=bool() as value):
                return [()] if value == wanted else []
            case checked.Between():
                low = checked.Compare(">=", expr.item, expr.low, type=expr.type)
                high = checked.Compare("<=", expr.item, expr.high, type=expr.type)
                return self._ways(checked.Logic("and", (low, high), type=expr.type), wanted, depth + 1)
            case _:
                return [((expr, wanted),)]

    def _contradicts(self, way: _Way, event: str) -> bool:
        """Whether simple conditions cannot be so together."""
        asked: dict[Any, Values] = {}

        def ask(thing: Any, values: Values) -> None:
            known = asked.get(thing)
            if known is None:
                known = self._domain(thing, event)
            asked[thing] = known.meet(values)

        for condition, wanted in way:
            for thing, values in self._asks(condition, wanted):
                ask(thing, values)
        if any(values.is_empty for values in asked.values()):
            return True
        return self._counts_contradict(asked)

    def _asks(self, expr: checked.Expr, wanted: bool) -> list[tuple[Any, Values]]:
        """What a simple condition asks of which things."""
        match expr:
            case checked.Compare():
                known = self._comparison(expr)
                if known is not None and not wanted:
                    return [(known[0], known[1].rest())]
                asked: list[tuple[Any, Values]] = [known if known is not None else (expr, points([wanted]))]
                if wanted:  # nothing compares with what is missing
                    parts = [part for side in (expr.left, expr.right) for part in _needed(self._plain(side))]
                    things = [self._thing(part) for part in parts]
                    asked += [(thing, Values(others=True)) for thing in things if not _is_constant(thing)]
                return asked
            case checked.In(options=checked.Constant(value=tuple() as options)):
                listed = _one_of(options)
                if listed is not None:
                    return [(self._thing(expr.item), listed if wanted else listed.rest())]
            case checked.Known():
                found = Values(others=True)
                return [(self._thing(expr.item), found if wanted else ONLY_MISSING)]
            case checked.FieldValue() | checked.CatalogValue() | checked.AggregateValue():
                values = points([True])
                return [(self._thing(expr), values if wanted else values.rest())]
            case checked.TextTest() if wanted:
                return [(expr, points([True])), (self._thing(expr.item), Values(others=True))]
            case _:
                pass
        return [(expr, points([wanted]))]

    def _comparison(self, expr: checked.Compare) -> tuple[Any, Values] | None:
        """A comparison with a constant as a thing and the values it may have."""
        left, right, op = self._plain(expr.left), self._plain(expr.right), expr.op
        if isinstance(left, checked.Constant) and not isinstance(right, checked.Constant):
            left, right = right, left
            op = _TURNED[op]
        if not isinstance(right, checked.Constant) or isinstance(left, checked.Constant):
            return None
        values = _compared(op, right.value)
        return None if values is None else (self._thing(left), values)

    def _plain(self, expr: checked.Expr) -> checked.Expr:
        """What an attribute stands for."""
        for _ in range(_DEEPEST):
            if not isinstance(expr, checked.AttributeValue) or expr.name not in self.workspace.attributes:
                break
            expr = self.workspace.attributes[expr.name].value
        return expr

    def _thing(self, expr: checked.Expr) -> Any:
        """The same for everything that is the same."""
        expr = self._plain(expr)
        if isinstance(expr, checked.AggregateValue) and expr.key in self.workspace.aggregates:
            aggregate = self.workspace.aggregates[expr.key]
            if aggregate.kind == "count":
                return _Count(aggregate.event, aggregate.where, aggregate.window)
            return replace(aggregate, key="", threshold=None)
        return expr

    def _domain(self, thing: Any, event: str) -> Values:
        """All that a thing can be."""
        if isinstance(thing, _Count):
            return interval("number", Interval(0, None, True))
        if isinstance(thing, checked.Aggregate):
            if thing.kind in ("then", "then no"):
                return points([True, False])
            if thing.kind == "last n":
                return Values(others=True)
            return interval("number", Interval(0, None, True)) if thing.kind == "distinct" else EVERYTHING
        type = getattr(thing, "type", None)
        if type is None:
            return EVERYTHING
        if type.kind == "list":
            return Values(others=True)
        missing = not self._is_there(thing, event)
        if type.kind == "boolean":
            inside = isinstance(thing, checked.FieldValue | checked.CatalogValue | checked.PartOf)
            return replace(points([True, False]), missing=missing and inside)
        if type.kind == "one of" and type.options:
            return replace(points(type.options), missing=missing)
        return replace(EVERYTHING, missing=missing)

    def _is_there(self, thing: Any, event: str) -> bool:
        """Whether a field certainly has a value."""
        if not isinstance(thing, checked.FieldValue) or len(thing.path) != 1:
            return False
        name = thing.path[0]
        if thing.scope == "profile":
            field = self.workspace.profile.get(str(name))
            return field is not None and field.default is not None
        if thing.scope == "event" and event in self.workspace.events:
            field = self.workspace.events[event].fields.get(str(name))
            return field is not None and (field.required or field.default is not None)
        return False

    # ---------------------------------------------------------------- counts

    def _counts_contradict(self, asked: Mapping[Any, Values]) -> bool:
        """Whether one count would have to be less than another that counts only some of the same events."""
        counts = [(thing, _bounds(values)) for thing, values in asked.items() if isinstance(thing, _Count)]
        return any(
            fewer is not more and most is not None and least > most and self._is_part(fewer, more)
            for fewer, (least, _) in counts
            for more, (_, most) in counts
        )

    def _is_part(self, fewer: _Count, more: _Count) -> bool:
        """Whether every event that the first counts is counted by the second."""
        if fewer.event != more.event or not _lies_in(fewer.window, more.window):
            return False
        if more.where is None or more.where == fewer.where:
            return True
        return fewer.where is not None and self.implies(fewer.where, more.where, fewer.event)


def _product(ways: list[_Way] | None, more: list[_Way] | None) -> list[_Way] | None:
    if ways is None or more is None or len(ways) * len(more) > _MOST_WAYS:
        return None
    return [one + other for one in ways for other in more]


def _needed(expr: checked.Expr) -> tuple[checked.Expr, ...]:
    """A value and those it is reckoned from: it is missing when one of them is."""
    if isinstance(expr, checked.Arithmetic):
        return (expr, *_needed(expr.left), *_needed(expr.right))
    return (expr, *_needed(expr.term)) if isinstance(expr, checked.Negative) else (expr,)


def _is_constant(thing: Any) -> bool:
    return isinstance(thing, checked.Constant)


def _classed(value: Any) -> tuple[Any, Any] | None:
    """The class of an ordered value, and the value to compare; None for what has no order that is known."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return "number", value
    if isinstance(value, Money):
        return ("money", value.currency), value.amount
    if isinstance(value, dt.datetime):
        return ("moment", value.tzinfo is None), value
    if isinstance(value, dt.date):
        return "date", value
    if isinstance(value, dt.time):
        return "time", value
    if isinstance(value, Duration) and not value.months:
        return "duration", value.days * 86_400_000_000 + value.microseconds
    return None


def _compared(op: str, value: Any) -> Values | None:
    """The values that compare so with a constant."""
    if isinstance(value, str | bool):
        return points([value]) if op == "is" else None
    found = _classed(value)
    if found is None:
        return None
    of, at = found
    match op:
        case "is":
            return interval(of, Interval(at, at, True, True))
        case "<":
            return interval(of, Interval(None, at))
        case "<=":
            return interval(of, Interval(None, at, False, True))
        case ">":
            return interval(of, Interval(at, None))
        case _:
            return interval(of, Interval(at, None, True))


def _one_of(options: tuple[Any, ...]) -> Values | None:
    """These constants."""
    if all(isinstance(option, str) for option in options):
        return points(options)
    found = [_classed(option) for option in options]
    parts: dict[Any, tuple[Interval, ...]] = {}
    for one in found:
        if one is None:
            return None
        parts[one[0]] = (*parts.get(one[0], ()), Interval(one[1], one[1], True, True))
    return Values(parts)


def _bounds(values: Values) -> tuple[int, int | None]:
    """The least and the greatest whole number of a set of counts; None for no end."""
    part = values.part("number")
    lows = [_least(one) for one in part]
    highs = [_most(one) for one in part]
    ends = [high for high in highs if high is not None]
    return (min(lows) if lows else 0), (max(ends) if ends and len(ends) == len(highs) else None)


def _least(one: Interval) -> int:
    if one.low is None:
        return 0
    whole = int(one.low)
    return max(0, whole if one.with_low and whole == one.low else whole + 1)


def _most(one: Interval) -> int | None:
    if one.high is None:
        return None
    whole = int(one.high)
    return whole if one.with_high or whole != one.high else whole - 1


def _lies_in(one: checked.Window | None, other: checked.Window | None) -> bool:
    """Whether every instant of a window lies in the other, whenever it is asked."""
    if other is None or one == other:
        return True
    if one is None:
        return False
    if one.last is not None and other.last is not None:
        return _shortest(other.last) >= _longest(one.last)
    if one.last is None and other.last is None:
        begins = other.since is None or (one.since is not None and one.since >= other.since)
        ends = other.until is None or (one.until is not None and one.until <= other.until)
        return begins and ends
    return False


_DAY = 86_400_000_000


def _shortest(duration: Duration) -> int:
    return (duration.months * 28 + duration.days) * _DAY + duration.microseconds


def _longest(duration: Duration) -> int:
    return (duration.months * 31 + duration.days) * _DAY + duration.microseconds
