"""Tests in the language: what is given, what happens, what is expected."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, get_args

from sojourn.dsl import ast
from sojourn.dsl.construct.expressions import number_of
from sojourn.dsl.construct.maker import Maker, line, only
from sojourn.dsl.grammar import Action

__all__ = ["ACTIONS"]

_ITEMS: tuple[type[Any], ...] = (ast.Given, ast.Choose, ast.Answers, ast.At, ast.After, *get_args(ast.Expect))


@dataclass(frozen=True, slots=True)
class _Detail:
    """A part of an expectation: which of its fields, what it says, and where."""

    field: str
    value: Any
    start: int
    end: int


_SAID = {"channel": "`by`", "at": "`at`", "times": "the number of times", "because": "`because`"}


def _test(make: Maker, start: int, end: int, c: list[Any]) -> ast.Test:
    return ast.Test(c[0], only(_ITEMS, c), span=make.span(start, end), **make.around(start))


def _given(make: Maker, start: int, end: int, c: list[Any]) -> ast.Given:
    return ast.Given(tuple(c), span=make.span(start, end), **make.around(start))


def _answers(make: Maker, start: int, end: int, c: list[Any]) -> ast.Answers:
    return ast.Answers(c[0], c[1] or (), span=make.span(start, end), **make.around(start))


def _fails(make: Maker, start: int, end: int, c: list[Any]) -> ast.Answers:
    return ast.Answers(c[0], (), True, c[1], span=make.span(start, end), **make.around(start))


def _at(make: Maker, start: int, end: int, c: list[Any]) -> ast.At:
    return ast.At(c[0], only(ast.Occurs, c), span=make.span(start, end), **make.around(start))


def _after(make: Maker, start: int, end: int, c: list[Any]) -> ast.After:
    return ast.After(c[0], only(ast.Occurs, c), span=make.span(start, end), **make.around(start))


def _occurs(make: Maker, start: int, end: int, c: list[Any]) -> ast.Occurs:
    return ast.Occurs(c[0], c[1] or (), span=make.span(start, end), **make.around(start))


def _change_occurs(make: Maker, start: int, end: int, c: list[Any]) -> ast.Occurs:
    of, arguments = c
    name = ast.Name(f"change of {'.'.join(map(str, of.parts))}", span=make.span(start, of.span.end))
    return ast.Occurs(name, arguments or (), of, span=make.span(start, end), **make.around(start))


def _expect_sent(negated: bool) -> Action:
    def make_sent(make: Maker, start: int, end: int, c: list[Any]) -> ast.ExpectSent:
        given: dict[str, Any] = {}
        for detail in only(_Detail, c):
            if detail.field == "with_parts":
                given["with_parts"] = (*given.get("with_parts", ()), *detail.value)
            elif detail.field in given:
                make.error("said-twice", make.span(detail.start, detail.end), what=_SAID[detail.field])
            else:
                given[detail.field] = detail.value
        return ast.ExpectSent(c[0], negated, span=make.span(start, end), **given, **make.around(start))

    return make_sent


def _expect(kind: Any, negated: bool = False) -> Action:
    """An expectation about a journey, with what it says of the reason or the number of times."""
    known = {field.name for field in fields(kind)}

    def make_expect(make: Maker, start: int, end: int, c: list[Any]) -> Any:
        given = {d.field: d.value for d in only(_Detail, c) if d.field in known}
        plain_children = [child for child in c if child is not None and not isinstance(child, _Detail)]
        return kind(
            *plain_children, negated=negated, span=make.span(start, end), **given, **make.around(start)
        )

    return make_expect


def _detail(field: str) -> Action:
    return lambda make, start, end, c: _Detail(field, c[0], start, end)


def _how_often(make: Maker, start: int, end: int, c: list[Any]) -> _Detail:
    return _Detail("times", int(number_of(c[0])), start, end)


def _sent_with(make: Maker, start: int, end: int, c: list[Any]) -> _Detail:
    return _Detail("with_parts", tuple(c), start, end)


def _part_check(op: str) -> Action:
    return lambda make, start, end, c: ast.PartCheck(c[0], op, c[1], span=make.span(start, end))


ACTIONS: dict[str, Action] = {
    "test": _test,
    "given": _given,
    "assignment": lambda make, start, end, c: (c[0], c[1]),
    "choose": line(ast.Choose),
    "answers": _answers,
    "fails": _fails,
    "at_moment": _at,
    "after_time": _after,
    "occurs": _occurs,
    "change_occurs": _change_occurs,
    "expect_sent": _expect_sent(False),
    "expect_not_sent": _expect_sent(True),
    "expect_ended": _expect(ast.ExpectEnded),
    "expect_not_ended": _expect(ast.ExpectEnded, True),
    "expect_started": _expect(ast.ExpectStarted),
    "expect_not_started": _expect(ast.ExpectStarted, True),
    "expect_converted": _expect(ast.ExpectConverted),
    "expect_not_converted": _expect(ast.ExpectConverted, True),
    "expect_waiting": _expect(ast.ExpectWaiting),
    "expect_not_waiting": _expect(ast.ExpectWaiting, True),
    "expect_true": line(ast.ExpectTrue),
    "sent_by": _detail("channel"),
    "sent_at": _detail("at"),
    "how_often": _how_often,
    "sent_with": _sent_with,
    "because": _detail("because"),
    "part_containing": _part_check("containing"),
    "part_is": _part_check("is"),
}
