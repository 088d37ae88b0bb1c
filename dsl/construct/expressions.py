"""Names, literals, values and conditions."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal

from sojourn.dsl import ast
from sojourn.dsl.construct.maker import Maker, only, plain
from sojourn.dsl.grammar import Action
from sojourn.dsl.tokens import Token

__all__ = ["ACTIONS", "Where", "duration_node", "number_of", "text_node"]

_PART = re.compile(r"(\w+)|\[(\d+)\]")
_LENGTH = re.compile(r"([\d_.]+) *([a-z]+?)s?(?= |$)")
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


# ----------------------------------------------------------------- names


def _name(make: Maker, start: int, end: int, c: list[Any]) -> ast.Name:
    return ast.Name(c[0][3], span=make.span(start, end))


def _word(make: Maker, start: int, end: int, c: list[Any]) -> ast.Name:
    return ast.Name(make.text[start:end], span=make.span(start, end))


def _names(make: Maker, start: int, end: int, c: list[Any]) -> tuple[ast.Name, ...]:
    return tuple(c)


def _path(make: Maker, start: int, end: int, c: list[Any]) -> ast.Path:
    token: Token = c[0]
    if token[0] != "DOTTED":
        span = make.span(start, end)
        return ast.Path((token[3],), (span,), span=span)
    parts: list[str | int] = []
    spans = []
    for found in _PART.finditer(token[3]):
        word, position = found.groups()
        parts.append(word if word is not None else int(position))
        spans.append(make.span(start + found.start(), start + found.end()))
    return ast.Path(tuple(parts), tuple(spans), span=make.span(start, end))


# -------------------------------------------------------------- literals


def text_node(make: Maker, start: int, end: int, written: str) -> ast.Text:
    """A text as it is meant: escapes resolved, the common indentation of a long one taken off."""
    span = make.span(start, end)
    if not written.startswith('"""'):
        value = written[1:-1]
        if "\\" in value:
            value = _ESCAPE.sub(lambda found: _ESCAPES.get(found.group(1), found.group(0)), value)
        return ast.Text(value, start + 1, span=span)
    inside = written[3:-3] if len(written) >= 6 and written.endswith('"""') else written[3:]
    value_start = start + 3
    first, newline, rest = inside.partition("\n")
    if newline and not first.strip():
        value_start += len(first) + 1
        lines = rest.split("\n")
        if not lines[-1].strip():
            lines.pop()
        indents = [len(text) - len(text.lstrip(" ")) for text in lines if text.strip()]
        shared = min(indents, default=0)
        inside = "\n".join(text[shared:] if text.strip() else "" for text in lines)
    return ast.Text(inside.replace('\\"""', '"""'), value_start, span=span)


def _text(make: Maker, start: int, end: int, c: list[Any]) -> ast.Text:
    return text_node(make, start, end, c[0][3])


def number_of(token: Token) -> Decimal:
    """The number a NUMBER token stands for."""
    return Decimal(token[3].replace("_", ""))


def _number(make: Maker, start: int, end: int, c: list[Any]) -> ast.Number:
    return ast.Number(number_of(c[0]), span=make.span(start, end))


def _money(make: Maker, start: int, end: int, c: list[Any]) -> ast.MoneyLiteral:
    written = c[0][3]
    amount = Decimal(written[:-3].strip().replace("_", ""))
    return ast.MoneyLiteral(amount, written[-3:], span=make.span(start, end))


def _percent(make: Maker, start: int, end: int, c: list[Any]) -> ast.Percent:
    return ast.Percent(Decimal(c[0][3][:-1].strip().replace("_", "")), span=make.span(start, end))


def duration_node(make: Maker, token: Token) -> ast.DurationLiteral:
    """The length of time a DURATION token stands for."""
    return _duration(make, token[1], token[2], [token])


def _duration(make: Maker, start: int, end: int, c: list[Any]) -> ast.DurationLiteral:
    parts = tuple((Decimal(n.replace("_", "")), unit) for n, unit in _LENGTH.findall(c[0][3]))
    return ast.DurationLiteral(parts, span=make.span(start, end))


def _distance(make: Maker, start: int, end: int, c: list[Any]) -> ast.Distance:
    found = re.fullmatch(r"([\d_.]+) *(\w+?)s?", c[0][3])
    assert found is not None
    return ast.Distance(Decimal(found[1].replace("_", "")), found[2], span=make.span(start, end))


def _clock_text(written: str) -> str:
    parts = written.split(":")
    return ":".join(part.zfill(2) for part in (*parts, "0")[:3])


def _date(make: Maker, start: int, end: int, c: list[Any]) -> ast.DateLiteral:
    return ast.DateLiteral(c[0][3], span=make.span(start, end))


def _clock(make: Maker, start: int, end: int, c: list[Any]) -> ast.ClockTime:
    return ast.ClockTime(_clock_text(c[0][3]), span=make.span(start, end))


def _moment(make: Maker, start: int, end: int, c: list[Any]) -> ast.Moment:
    written = c[0][3]
    clock = written[10:].lstrip("T ")
    return ast.Moment(f"{written[:10]}T{_clock_text(clock)}", span=make.span(start, end))


def _boolean(value: bool) -> Action:
    return lambda make, start, end, c: ast.Boolean(value, span=make.span(start, end))


# ----------------------------------------------------------------- values


def _arithmetic(op: Literal["+", "-"]) -> Action:
    return lambda make, start, end, c: ast.Arithmetic(op, c[0], c[1], span=make.span(start, end))


def _times(make: Maker, start: int, end: int, c: list[Any]) -> ast.Arithmetic:
    return ast.Arithmetic(c[1][3], c[0], c[2], span=make.span(start, end))


def _list(make: Maker, start: int, end: int, c: list[Any]) -> ast.ListLiteral:
    return ast.ListLiteral(tuple(item for item in c if item is not None), span=make.span(start, end))


def _group(make: Maker, start: int, end: int, c: list[Any]) -> ast.Group:
    return ast.Group(tuple(c), span=make.span(start, end))


def _call(make: Maker, start: int, end: int, c: list[Any]) -> ast.Call:
    return ast.Call(c[0], tuple(a for a in c[1:] if a is not None), span=make.span(start, end))


# ------------------------------------------------------------- conditions


def _logic(op: Literal["and", "or"]) -> Action:
    return lambda make, start, end, c: ast.Logic(op, tuple(c), span=make.span(start, end))


def _negation(make: Maker, start: int, end: int, c: list[Any]) -> ast.Not:
    return ast.Not(c[0], span=make.span(start, end))


def _compare(make: Maker, start: int, end: int, c: list[Any]) -> ast.Compare:
    return ast.Compare(c[1][3], c[0], c[2], span=make.span(start, end))


def _equal(op: Literal["is", "is not"]) -> Action:
    return lambda make, start, end, c: ast.Compare(op, c[0], c[1], span=make.span(start, end))


def _presence(known: bool) -> Action:
    return lambda make, start, end, c: ast.Presence(c[0], known, span=make.span(start, end))


def _holiday(make: Maker, start: int, end: int, c: list[Any]) -> ast.Name:
    return ast.Name("holiday", span=make.span(start, end))


def _is_day(negated: bool) -> Action:
    def make_is_day(make: Maker, start: int, end: int, c: list[Any]) -> ast.IsDay:
        item, kind, country = c
        where = country.value if country is not None else None
        return ast.IsDay(item, kind.text, where, negated, span=make.span(start, end))

    return make_is_day


def _options(make: Maker, start: int, end: int, c: list[Any]) -> ast.Expr:
    if len(c) == 1:
        only_one: ast.Expr = c[0]
        return only_one
    return ast.ListLiteral(tuple(c), span=make.span(start, end))


def _in(negated: bool) -> Action:
    return lambda make, start, end, c: ast.In(c[0], c[1], negated, span=make.span(start, end))


def _in_audience(negated: bool) -> Action:
    return lambda make, start, end, c: ast.InAudience(c[0], negated, span=make.span(start, end))


def _between(negated: bool) -> Action:
    return lambda make, start, end, c: ast.Between(c[0], c[1], c[2], negated, span=make.span(start, end))


def _text_test(op: ast.TextOp) -> Action:
    return lambda make, start, end, c: ast.TextTest(op, c[0], c[1], span=make.span(start, end))


def _within_distance(make: Maker, start: int, end: int, c: list[Any]) -> ast.WithinDistance:
    token: Token = c[1]
    distance = _distance(make, token[1], token[2], [token])
    return ast.WithinDistance(c[0], distance, c[2], span=make.span(start, end))


def _quantifier(make: Maker, start: int, end: int, c: list[Any]) -> str:
    word: str = c[0][3]
    return word


def _quantified(make: Maker, start: int, end: int, c: list[Any]) -> ast.Quantified:
    return ast.Quantified(c[0], c[1], c[2].condition, span=make.span(start, end))


def _said_condition(make: Maker, start: int, end: int, c: list[Any]) -> ast.Expr:
    """A condition on lines of its own, with the comments around it."""
    notes = make.around(start)
    condition: ast.Expr = replace(c[0], **notes) if notes else c[0]
    return condition


# ---------------------------------------------------------------- history


class Where:
    """The condition of a `where`; kept apart from the other parts of a question about history."""

    __slots__ = ("condition",)

    def __init__(self, condition: ast.Expr) -> None:
        self.condition = condition


def _where(make: Maker, start: int, end: int, c: list[Any]) -> Where:
    return Where(c[0])


def _quantity(word: str) -> Action:
    def make_quantity(make: Maker, start: int, end: int, c: list[Any]) -> tuple[str, int]:
        count = number_of(c[0])
        if count != int(count):
            make.error("half-a-time", make.span(c[0][1], c[0][2]), text=c[0][3])
        return word, int(count)

    return make_quantity


def _window_last(make: Maker, start: int, end: int, c: list[Any]) -> ast.Window:
    return ast.Window(last=duration_node(make, c[0]), span=make.span(start, end))


def _window_since(make: Maker, start: int, end: int, c: list[Any]) -> ast.Window:
    return ast.Window(since=c[0], span=make.span(start, end))


def _window_between(make: Maker, start: int, end: int, c: list[Any]) -> ast.Window:
    return ast.Window(since=c[0], until=c[1], span=make.span(start, end))


def _details(
    make: Maker, start: int, end: int, found: list[Any]
) -> tuple[Any, ast.Window | None, ast.Expr | None]:
    """The number of times, the window and the condition of a question, each of which may be said once."""
    quantity: tuple[str, int] | None = None
    window: ast.Window | None = None
    where: ast.Expr | None = None
    for part in found:
        match part:
            case ast.Window() if window is None:
                window = part
            case Where() if where is None:
                where = part.condition
            case tuple() if quantity is None:
                quantity = part
            case ast.Window():
                make.error("said-twice", part.span, what="the window")
            case Where():
                make.error("said-twice", part.condition.span, what="`where`")
            case tuple():
                make.error("said-twice", make.span(start, end), what="the number of times")
    return quantity, window, where


def _has(negated: bool) -> Action:
    def make_has(make: Maker, start: int, end: int, c: list[Any]) -> ast.Has:
        quantity, window, where = _details(make, start, end, c[1:])
        return ast.Has(c[0], negated, quantity, window, where, span=make.span(start, end))

    return make_has


class _Within:
    __slots__ = ("duration",)

    def __init__(self, duration: ast.DurationLiteral) -> None:
        self.duration = duration


def _sequel_within(make: Maker, start: int, end: int, c: list[Any]) -> _Within:
    return _Within(duration_node(make, c[0]))


def _sequence(negated: bool) -> Action:
    def make_sequence(make: Maker, start: int, end: int, c: list[Any]) -> ast.Sequence:
        span = make.span(start, end)
        first, second = only(ast.Name, c)
        cut = next(number for number, part in enumerate(c) if part is second)
        before, after = c[1:cut], c[cut + 1 :]
        within = only(_Within, after)
        if len(within) != 1:
            make.error(
                "sequence-within", span, first=first.text, second=second.text, no="no " if negated else ""
            )
        quantity, early, first_where = _details(make, start, end, before)
        if quantity is not None:
            make.error("sequence-times", span, first=first.text, second=second.text)
        _, late, second_where = _details(make, start, end, [p for p in after if not isinstance(p, _Within)])
        if early is not None and late is not None:
            make.error("said-twice", late.span, what="the window")
        length = within[0].duration if within else ast.DurationLiteral(((Decimal(1), "day"),), span=span)
        return ast.Sequence(
            first, second, negated, length, first_where, second_where, early or late, span=span
        )

    return make_sequence


def _summary(make: Maker, start: int, end: int, c: list[Any]) -> str:
    word: str = c[0][3]
    return word


def _aggregate(
    make: Maker,
    start: int,
    end: int,
    kind: ast.AggregateKind,
    event: ast.Name,
    path: tuple[str | int, ...],
    rest: list[Any],
) -> ast.Aggregate:
    _, window, where = _details(make, start, end, rest)
    return ast.Aggregate(kind, event, path, None, window, where, span=make.span(start, end))


def _of_event(kind: ast.AggregateKind) -> Action:
    return lambda make, start, end, c: _aggregate(make, start, end, kind, c[0], (), c[1:])


def _event_and_field(path: ast.Path) -> tuple[ast.Name, tuple[str | int, ...]]:
    return ast.Name(str(path.parts[0]), span=path.part_spans[0]), path.parts[1:]


def _of_path(kind: ast.AggregateKind) -> Action:
    def make_of_path(make: Maker, start: int, end: int, c: list[Any]) -> ast.Aggregate:
        event, field = _event_and_field(c[0])
        return _aggregate(make, start, end, kind, event, field, c[1:])

    return make_of_path


def _summary_of(make: Maker, start: int, end: int, c: list[Any]) -> ast.Aggregate:
    event, field = _event_and_field(c[1])
    return _aggregate(make, start, end, c[0], event, field, c[2:])


def _last_n(make: Maker, start: int, end: int, c: list[Any]) -> ast.Aggregate:
    event, field = _event_and_field(c[1])
    _, window, where = _details(make, start, end, c[2:])
    limit = int(number_of(c[0]))
    return ast.Aggregate("last n", event, field, limit, window, where, span=make.span(start, end))


ACTIONS: dict[str, Action] = {
    "name": _name,
    "word": _word,
    "names": _names,
    "path": _path,
    "text": _text,
    "number": _number,
    "money": _money,
    "percent": _percent,
    "duration": _duration,
    "distance": _distance,
    "date": _date,
    "clock": _clock,
    "moment": _moment,
    "true": _boolean(True),
    "false": _boolean(False),
    "plus": _arithmetic("+"),
    "minus": _arithmetic("-"),
    "times": _times,
    "negative": plain(ast.Negative),
    "list": _list,
    "group": _group,
    "call": _call,
    "either": _logic("or"),
    "all": _logic("and"),
    "said_condition": _said_condition,
    "negation": _negation,
    "compare": _compare,
    "equal": _equal("is"),
    "not_equal": _equal("is not"),
    "holiday": _holiday,
    "day_kind": lambda make, start, end, c: c[0],
    "is_day": _is_day(False),
    "is_not_day": _is_day(True),
    "missing": _presence(False),
    "known": _presence(True),
    "options": _options,
    "in_options": _in(False),
    "not_in_options": _in(True),
    "between": _between(False),
    "not_between": _between(True),
    "contains": _text_test("contains"),
    "starts_with": _text_test("starts with"),
    "ends_with": _text_test("ends with"),
    "matches": _text_test("matches"),
    "within_distance": _within_distance,
    "in_audience": _in_audience(False),
    "not_in_audience": _in_audience(True),
    "quantifier": _quantifier,
    "quantified": _quantified,
    "has": _has(False),
    "has_no": _has(True),
    "sequence": _sequence(False),
    "sequence_without": _sequence(True),
    "sequel_within": _sequel_within,
    "at_least": _quantity("at least"),
    "at_most": _quantity("at most"),
    "exactly": _quantity("exactly"),
    "window_last": _window_last,
    "window_since": _window_since,
    "window_between": _window_between,
    "where": _where,
    "count": _of_event("count"),
    "distinct": _of_path("distinct"),
    "summary": _summary,
    "summary_of": _summary_of,
    "most_common": _of_path("most common"),
    "last_n": _last_n,
    "time_of_first": _of_event("time of first"),
    "time_of_last": _of_event("time of last"),
}
