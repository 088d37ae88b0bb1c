"""Tests in the language: what is given, what happens, what is expected."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, get_args

from sojourn.dsl import ast
from sojourn.dsl.construct.maker import Maker, line, only
from sojourn.dsl.grammar import Action

__all__ = ["ACTIONS"]

_ITEMS: tuple[type[Any], ...] = get_args(ast.TestItem)


@dataclass(frozen=True, slots=True)
class _Detail:
    """A part of an expectation: which of its fields, what it says, and where."""

    field: str
    value: Any
    start: int
    end: int


_SAID = {
    "channel": "`by`", "at": "`at`", "times": "the number of times", "because": "`because`", "who": "the person",
    "args": "`with`",
}  # fmt: skip


def _test(make: Maker, start: int, end: int, c: list[Any]) -> ast.Test:
    items = only(_ITEMS, c)
    for kind, what in ((ast.Each, "`each`"), (ast.ClockZone, "`times in`")):
        for again in [item for item in items if isinstance(item, kind)][1:]:
            make.error("said-twice", again.span, what=what)
    return ast.Test(c[0], items, span=make.span(start, end), **make.around(start))


def _each(make: Maker, start: int, end: int, c: list[Any]) -> ast.Each:
    columns, rows = c[0], only(ast.Row, c)
    for row in rows:
        if len(row.cells) != len(columns):
            make.error(
                "row-length",
                row.span,
                has=_counted(len(row.cells), "cell"),
                wants=_counted(len(columns), "column"),
            )
    return ast.Each(columns, rows, span=make.span(start, end), **make.around(start))


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _row(make: Maker, start: int, end: int, c: list[Any]) -> ast.Row:
    return ast.Row(tuple(c), span=make.span(start, end), **make.around(start))


def _given(make: Maker, start: int, end: int, c: list[Any]) -> ast.Given:
    return ast.Given(tuple(c), span=make.span(start, end), **make.around(start))


def _introduced(make: Maker, start: int, end: int, c: list[Any]) -> ast.Given:
    return ast.Given(only(tuple, c), c[0], span=make.span(start, end), **make.around(start))


def _who(detail: Any) -> ast.Name | None:
    """The person that a part such as `by ben` names."""
    return detail.value if isinstance(detail, _Detail) else None


def _choose(make: Maker, start: int, end: int, c: list[Any]) -> ast.Choose:
    return ast.Choose(c[0], c[1], _who(c[2]), span=make.span(start, end), **make.around(start))


def _answers(make: Maker, start: int, end: int, c: list[Any]) -> ast.Answers:
    span = make.span(start, end)
    return ast.Answers(c[0], c[2] or (), who=_who(c[1]), span=span, **make.around(start))


def _row_value(make: Maker, start: int, end: int, c: list[Any]) -> ast.Path:
    """`row.total` where otherwise only a literal may stand."""
    name = _row_name(make, start, end, c)
    return ast.Path(tuple(name.text.split(".")), span=name.span)


def _row_name(make: Maker, start: int, end: int, c: list[Any]) -> ast.Name:
    text = c[0][3]
    if not text.startswith("row.") or text.count(".") != 1 or "[" in text:
        make.error("not-a-cell", make.span(start, end), text=text)
    return ast.Name(text, span=make.span(start, end))


def _fails(make: Maker, start: int, end: int, c: list[Any]) -> ast.Answers:
    span = make.span(start, end)
    return ast.Answers(c[0], (), True, c[2], who=_who(c[1]), span=span, **make.around(start))


def _times_out(make: Maker, start: int, end: int, c: list[Any]) -> ast.Answers:
    span = make.span(start, end)
    return ast.Answers(c[0], (), True, None, True, _who(c[1]), span=span, **make.around(start))


def _reacts(verb: str) -> Action:
    """`message M fails because …`: the word is the message's end, and stands right behind its name."""

    def make_reacts(make: Maker, start: int, end: int, c: list[Any]) -> ast.Reacts:
        at = make.text.index(verb, c[0].span.end)
        what = ast.Name(verb, span=make.span(at, at + len(verb)))
        span = make.span(start, end)
        return ast.Reacts(c[0], what, None, c[2], _who(c[1]), span=span, **make.around(start))

    return make_reacts


def _message_is(make: Maker, start: int, end: int, c: list[Any]) -> ast.Reacts:
    span = make.span(start, end)
    return ast.Reacts(c[0], c[1], c[3], None, _who(c[2]), span=span, **make.around(start))


def _at(make: Maker, start: int, end: int, c: list[Any]) -> ast.At:
    return ast.At(c[0], c[1], only(ast.Occurs, c), span=make.span(start, end), **make.around(start))


def _ago(make: Maker, start: int, end: int, c: list[Any]) -> ast.Ago:
    return ast.Ago(c[0], only(ast.Occurs, c), span=make.span(start, end), **make.around(start))


def _after(make: Maker, start: int, end: int, c: list[Any]) -> ast.After:
    return ast.After(c[0], only(ast.Occurs, c), span=make.span(start, end), **make.around(start))


def _occurs(make: Maker, start: int, end: int, c: list[Any]) -> ast.Occurs:
    event, first, arguments, last = c
    if first is not None and last is not None:
        make.error("said-twice", make.span(last.start, last.end), what=_SAID["who"])
    who = _who(first) or _who(last)
    return ast.Occurs(event, arguments or (), who=who, span=make.span(start, end), **make.around(start))


def _change_occurs(make: Maker, start: int, end: int, c: list[Any]) -> ast.Occurs:
    of, arguments = c
    name = ast.Name(f"change of {'.'.join(map(str, of.parts))}", span=make.span(start, of.span.end))
    return ast.Occurs(name, arguments or (), of, span=make.span(start, end), **make.around(start))


def _expect(kind: Any, negated: bool = False) -> Action:
    """An expectation: what it is about, then its details, each said once (but for `with` and the parts of a text)."""
    known = {field.name for field in fields(kind)}

    def make_expect(make: Maker, start: int, end: int, c: list[Any]) -> Any:
        given: dict[str, Any] = {"negated": negated} if "negated" in known else {}
        for detail in only(_Detail, c):
            if detail.field == "with_parts":
                given["with_parts"] = (*given.get("with_parts", ()), *detail.value)
            elif detail.field in given:
                make.error("said-twice", make.span(detail.start, detail.end), what=_SAID[detail.field])
            elif detail.field == "at":
                given["at"], given["zone"] = detail.value
            else:
                given[detail.field] = detail.value
        about = [child for child in c if child is not None and not isinstance(child, _Detail)]
        return kind(*about, span=make.span(start, end), **given, **make.around(start))

    return make_expect


def _detail(field: str) -> Action:
    return lambda make, start, end, c: _Detail(field, c[0], start, end)


def _how_often(make: Maker, start: int, end: int, c: list[Any]) -> _Detail:
    count = c[0]
    if isinstance(count, ast.Number):
        if count.value != int(count.value):
            make.error("half-a-time", count.span, text=str(count.value))
        count = int(count.value)
    return _Detail("times", count, start, end)


def _sent_with(make: Maker, start: int, end: int, c: list[Any]) -> _Detail:
    return _Detail("with_parts", tuple(c), start, end)


def _part_check(op: str) -> Action:
    return lambda make, start, end, c: ast.PartCheck(c[0], op, c[1], span=make.span(start, end))


ACTIONS: dict[str, Action] = {
    "test": _test,
    "given": _given,
    "assignment": lambda make, start, end, c: (c[0], c[1]),
    "each": _each,
    "case_head": lambda make, start, end, c: tuple(c),
    "case_row": _row,
    "clock_zone": line(ast.ClockZone),
    "choose": _choose,
    "introduced": _introduced,
    "by_person": _detail("who"),
    "for_person": _detail("who"),
    "to_person": _detail("who"),
    "answers": _answers,
    "fails": _fails,
    "times_out": _times_out,
    "message_fails": _reacts("fails"),
    "message_bounces": _reacts("bounces"),
    "message_is": _message_is,
    "ago": _ago,
    "row_value": _row_value,
    "row_name": _row_name,
    "in_zone": lambda make, start, end, c: c[0],
    "at_moment": _at,
    "after_time": _after,
    "occurs": _occurs,
    "change_occurs": _change_occurs,
    "expect_nothing": _expect(ast.ExpectNothing),
    "expect_called": _expect(ast.ExpectCalled),
    "expect_not_called": _expect(ast.ExpectCalled, True),
    "expect_emitted": _expect(ast.ExpectEmitted),
    "expect_not_emitted": _expect(ast.ExpectEmitted, True),
    "expect_offered": _expect(ast.ExpectOffered),
    "expect_not_offered": _expect(ast.ExpectOffered, True),
    "expect_sent": _expect(ast.ExpectSent),
    "expect_not_sent": _expect(ast.ExpectSent, True),
    "expect_ended": _expect(ast.ExpectEnded),
    "expect_not_ended": _expect(ast.ExpectEnded, True),
    "expect_started": _expect(ast.ExpectStarted),
    "expect_not_started": _expect(ast.ExpectStarted, True),
    "expect_converted": _expect(ast.ExpectConverted),
    "expect_not_converted": _expect(ast.ExpectConverted, True),
    "expect_waiting": _expect(ast.ExpectWaiting),
    "expect_not_waiting": _expect(ast.ExpectWaiting, True),
    "expect_true": _expect(ast.ExpectTrue),
    "sent_by": _detail("channel"),
    "sent_at": lambda make, start, end, c: _Detail("at", (c[0], c[1]), start, end),
    "how_often": _how_often,
    "sent_with": _sent_with,
    "emitted_with": _detail("args"),
    "because": _detail("because"),
    "part_containing": _part_check("containing"),
    "part_not_containing": _part_check("not containing"),
    "part_is": _part_check("is"),
    "part_is_not": _part_check("is not"),
}
