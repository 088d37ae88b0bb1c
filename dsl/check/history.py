"""Conditions and values over a person's past events: how often, how much, which, and in which order.

Each becomes an `Aggregate`, remembered once however often it is asked for: its key is a hash of its meaning.
`has` and `no` are counts compared with a number, of which no more is kept than that number needs.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from sojourn.dsl import ast, checked
from sojourn.dsl.check.literals import nothing, positive_duration
from sojourn.dsl.check.names import event_value
from sojourn.dsl.check.scope import Scope
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.print_checked import to_data
from sojourn.dsl.source import Span
from sojourn.dsl.types import BOOLEAN, DATETIME, INTEGER, NOTHING, NUMBER, Type, list_of
from sojourn.dsl.values import Duration, add_elapsed, parse_instant

if TYPE_CHECKING:
    from sojourn.dsl.check.expressions import Expressions

__all__ = ["MOST_LAST", "aggregate", "has", "remembered", "sequence", "threshold", "window_of"]

MOST_LAST = 100
"""The largest N of `last N`."""


def has(expressions: Expressions, node: ast.Has, scope: Scope) -> checked.Expr:
    """`has E …` and `no E …`."""
    word, times = node.quantity or ("at least", 1)
    if node.negated and node.quantity is None:
        word, times = "exactly", 0
    if word == "at least" and times == 0:
        event = node.event.text
        expressions.report.error(
            "always-true", node.span, event=event, fix=Fix(node.span, f"has {event}", f"write has {event}")
        )
        return nothing(node.span)
    enough = times if word == "at least" else times + 1
    count = _remember(expressions, "count", node.event, (), node.window, node.where, scope, node.span, enough)
    if count.type == NOTHING:
        return count
    limit = checked.Constant(times, type=INTEGER, span=node.span)
    op: Literal[">=", "<=", "is"] = ">=" if word == "at least" else "<=" if word == "at most" else "is"
    found = checked.Compare(op, count, limit, type=BOOLEAN, span=node.span)
    if node.negated and node.quantity is not None:
        return checked.Not(found, type=BOOLEAN, span=node.span)
    return found


def sequence(expressions: Expressions, node: ast.Sequence, scope: Scope) -> checked.Expr:
    """`has A then B within D` and `has A then no B within D`."""
    known = [expressions.world.exists("event", event.text, event.span) for event in (node.first, node.second)]
    if not all(known) or not _stands_alone(expressions, scope, node.span):
        return nothing(node.span)
    first, second = node.first.text, node.second.text
    wheres = [
        None if where is None else expressions.condition(where, _seeing(event))
        for where, event in ((node.first_where, first), (node.second_where, second))
    ]
    window = window_of(expressions, node.window) if node.window is not None else None
    within = positive_duration(node.within, expressions.report, "The time for what follows")
    wrong = any(where is not None and where.type == NOTHING for where in wheres)
    if wrong or within is None or (node.window is not None and window is None):
        return nothing(node.span)
    if node.second_negated and window is not None and window.last is not None:
        assert node.window is not None and node.window.last is not None
        if add_elapsed(0, window.last) <= add_elapsed(0, within):
            expressions.report.error(
                "window-too-short",
                node.window.span,
                second=second,
                window=expressions.say(node.window.last),
                within=expressions.say(node.within),
            )
            return nothing(node.span)
    sequel = checked.Sequel(second, wheres[1], within)
    kind: checked.AggregateKind = "then no" if node.second_negated else "then"
    made = checked.Aggregate(
        "", kind, first, (), None, wheres[0], window, BOOLEAN, sequel=sequel, span=node.span
    )
    return remembered(expressions, made, node.span)


def aggregate(
    expressions: Expressions, node: ast.Aggregate, scope: Scope, enough: int | None = None
) -> checked.Expr:
    """`count of E`, `sum of E.f`, `time of last E`, …; `enough` is the largest count that matters."""
    if node.limit is not None and not 1 <= node.limit <= MOST_LAST:
        expressions.report.error("how-many-last", node.span, limit=str(node.limit), most=str(MOST_LAST))
        return nothing(node.span)
    kept = enough if node.kind == "count" else None
    return _remember(
        expressions,
        node.kind,
        node.event,
        node.field_path,
        node.window,
        node.where,
        scope,
        node.span,
        kept,
        node.limit,
    )


def threshold(op: str, number: Decimal) -> int | None:
    """The largest count that matters when a count is compared with a number."""
    if number != int(number) or number < 0:
        return None
    return max(1, int(number) + (op in (">", "<=", "is", "is not")))


def _remember(
    expressions: Expressions,
    kind: checked.AggregateKind,
    event: ast.Name,
    path: tuple[str | int, ...],
    window: ast.Window | None,
    where: ast.Expr | None,
    scope: Scope,
    span: Span,
    enough: int | None,
    limit: int | None = None,
) -> checked.Expr:
    world = expressions.world
    if not world.exists("event", event.text, event.span) or not _stands_alone(expressions, scope, span):
        return nothing(span)
    condition = expressions.condition(where, _seeing(event.text)) if where is not None else None
    found = window_of(expressions, window) if window is not None else None
    value: checked.Expr | None = None
    type: Type = INTEGER
    if kind in ("time of first", "time of last"):
        type = DATETIME
    elif kind != "count":
        if not path:
            expressions.report.error("needs-a-field", span, kind=kind, event=event.text)
            return nothing(span)
        # The path's place: it ends where `event.field` ends, just behind the event's name.
        length = len(".".join(str(p) for p in path)) + 1
        place = replace(event.span, end=event.span.end + length)
        spans = tuple(
            replace(
                event.span,
                start=event.span.end + 1,
                end=place.end,
                column=event.span.column + event.span.end - event.span.start + 1,
            )
            for _ in path
        )
        node = ast.Path(path, spans, span=place)
        value = event_value(world, "event", event.text, node, 0)
        if value.type == NOTHING:
            return nothing(span)
        checked_type = _value_type(expressions, kind, value.type, place)
        if checked_type is None:
            return nothing(span)
        type = list_of(checked_type) if kind == "last n" else checked_type
    if (condition is not None and condition.type == NOTHING) or (window is not None and found is None):
        return nothing(span)
    made = checked.Aggregate(
        "", kind, event.text, path, value, condition, found, type, enough, limit, span=span
    )
    return remembered(expressions, made, span)


def _stands_alone(expressions: Expressions, scope: Scope, span: Span) -> bool:
    """Whether past events may be looked at here; reports it when they may not."""
    if scope.item is None and scope.person:
        return True
    expressions.report.error("history-in-history", span, text=expressions.say_at(span))
    return False


def _seeing(event: str) -> Scope:
    """What a `where` about past events sees: the event, and nothing of the person."""
    return Scope(events=(event,), bare=True, person=False)


def remembered(expressions: Expressions, made: checked.Aggregate, span: Span) -> checked.Expr:
    """The value of an aggregate, which gets its key and is remembered once however often it is asked for."""
    meaning: list[object] = [made.kind, made.event, made.path, to_data(made.value), to_data(made.where)]
    meaning += [to_data(made.window), made.threshold]
    meaning += [more for more in (made.limit, to_data(made.sequel)) if more is not None]
    text = json.dumps(meaning, separators=(",", ":"))
    key = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    expressions.remember(replace(made, key=key))
    return checked.AggregateValue(key, type=made.type, span=span)


def _value_type(expressions: Expressions, kind: str, type: Type, span: Span) -> Type | None:
    """The type of an aggregate over values of a type; None after a report."""
    if kind == "distinct":
        fits, result = type.kind not in ("list", "schema"), INTEGER
    elif kind == "most common":
        fits, result = type.kind not in ("list", "schema"), type
    elif kind == "sum":
        fits, result = type.is_numeric or type.kind == "money", type
    elif kind == "average":
        fits, result = type.is_numeric or type.kind == "money", NUMBER if type.is_numeric else type
    elif kind in ("smallest", "largest"):
        fits, result = type.is_numeric or type.kind in ("money", "date", "datetime", "time", "duration"), type
    else:
        fits, result = True, type
    if fits:
        return result
    expressions.report.error(
        "cannot-add-up", span, kind="distinct count" if kind == "distinct" else kind, type=str(type)
    )
    return None


def window_of(expressions: Expressions, node: ast.Window) -> checked.Window | None:
    """A checked window; None after a report."""
    if node.last is not None:
        last: Duration | None = positive_duration(node.last, expressions.report, "A window")
        return None if last is None else checked.Window(last=last)
    since = until = None
    if node.since is not None:
        since = _instant(expressions, node.since)
        if since is None:
            return None
    if node.until is not None:
        until = _instant(expressions, node.until)
        if until is None:
            return None
    if since is not None and until is not None and until <= since:
        assert node.since is not None and node.until is not None
        expressions.report.error(
            "empty-range", node.until.span, low=expressions.say(node.since), high=expressions.say(node.until)
        )
        return None
    return checked.Window(since=since, until=until)


def _instant(expressions: Expressions, node: ast.Expr) -> int | None:
    """A date (its beginning) or a moment, both in UTC."""
    if not isinstance(node, ast.DateLiteral | ast.Moment):
        expressions.report.error("window-needs-date", node.span, text=expressions.say(node))
        return None
    try:
        return parse_instant(node.value)
    except ValueError:
        expressions.report.error("no-such-date", node.span, text=node.value.replace("T", " "))
        return None
