"""Journeys: their settings and their steps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, get_args

from sojourn.dsl import ast
from sojourn.dsl.construct.expressions import Where, number_of
from sojourn.dsl.construct.maker import Maker, line, only, plain
from sojourn.dsl.grammar import Action
from sojourn.dsl.indenting import line_below

__all__ = ["ACTIONS"]

_SETTINGS: tuple[type[Any], ...] = get_args(ast.Setting)
_STEPS: tuple[type[Any], ...] = get_args(ast.Step)


def _journey(make: Maker, start: int, end: int, c: list[Any]) -> ast.Journey:
    settings: list[Any] = []
    steps: list[Any] = []
    for item in c[1:]:
        if isinstance(item, _SETTINGS):
            if steps:
                make.error("setting-after-step", item.span, text=_first_line(make, item.span))
            settings.append(item)
        elif isinstance(item, _STEPS):
            steps.append(item)
    return ast.Journey(
        c[0], tuple(settings), tuple(steps), span=make.span(start, end), **make.described(start)
    )


def _first_line(make: Maker, span: Any) -> str:
    return make.text[span.start : span.end].split("\n")[0].strip()


def _condition(where: Where | None) -> ast.Expr | None:
    return where.condition if where is not None else None


# --------------------------------------------------------------- settings


def _start_on_event(make: Maker, start: int, end: int, c: list[Any]) -> ast.StartOnEvent:
    return ast.StartOnEvent(
        c[0], _condition(c[2]), c[1], c[3], span=make.span(start, end), **make.around(start)
    )


def _start_on_change(make: Maker, start: int, end: int, c: list[Any]) -> ast.StartOnChange:
    return ast.StartOnChange(c[0], c[1], _condition(c[2]), span=make.span(start, end), **make.around(start))


def _same(make: Maker, start: int, end: int, c: list[Any]) -> Any:
    return c[0]


def _start_every(make: Maker, start: int, end: int, c: list[Any]) -> ast.StartOnSchedule:
    return ast.StartOnSchedule(c[2], c[0].text, c[1], span=make.span(start, end), **make.around(start))


def _start_at(make: Maker, start: int, end: int, c: list[Any]) -> ast.StartOnSchedule:
    return ast.StartOnSchedule(c[1], moment=c[0], span=make.span(start, end), **make.around(start))


def _with_where(kind: Any) -> Action:
    def make_node(make: Maker, start: int, end: int, c: list[Any]) -> Any:
        return kind(c[0], _condition(c[1]), *c[2:], span=make.span(start, end), **make.around(start))

    return make_node


# ------------------------------------------------------------------ steps


def _block(make: Maker, start: int, end: int, c: list[Any]) -> tuple[Any, ...]:
    return tuple(c)


def _wait_until(make: Maker, start: int, end: int, c: list[Any]) -> ast.WaitUntil:
    value, at, days = c
    moment = value
    if isinstance(value, ast.ClockTime):
        if at is not None:
            make.error("said-twice", at.span, what="the clock time")
        moment, at = None, value
    names, country = days or ((), None)
    return ast.WaitUntil(moment, at, names, country, span=make.span(start, end), **make.around(start))


@dataclass(frozen=True, slots=True)
class _Country:
    """`in "DE"` behind working days."""

    value: ast.Expr


def _in_country(make: Maker, start: int, end: int, c: list[Any]) -> _Country:
    return _Country(c[0])


def _working_day(make: Maker, start: int, end: int, c: list[Any]) -> ast.Name:
    return ast.Name("working day", span=make.span(start, end))


def _on_days(make: Maker, start: int, end: int, c: list[Any]) -> tuple[tuple[str, ...], ast.Expr | None]:
    country = only(_Country, c)
    return tuple(name.text for name in only(ast.Name, c)), country[0].value if country else None


def _wait_working(make: Maker, start: int, end: int, c: list[Any]) -> ast.WaitWorking:
    number, country = c
    value = country.value if country is not None else None
    return ast.WaitWorking(number, value, span=make.span(start, end), **make.around(start))


def _since_start(make: Maker, start: int, end: int, c: list[Any]) -> str:
    return "since start"


@dataclass(frozen=True, slots=True)
class _Outcome:
    """`happened` or `timed out`, with its block and the comments around the word."""

    word: str
    steps: tuple[Any, ...]
    start: int


def _outcome(word: str) -> Action:
    return lambda make, start, end, c: _Outcome(word, _noted(make, start, c[0]), start)


def _noted(make: Maker, start: int, steps: tuple[Any, ...]) -> tuple[Any, ...]:
    """The steps of a block whose header is no node: the header's comments go to its first step."""
    notes = make.around(start)
    if not notes or not steps:
        return steps
    extra = (*notes["comments"], *([notes["remark"]] if notes["remark"] is not None else []))
    first = replace(steps[0], comments=(*extra, *steps[0].comments))
    last = steps[-1] if len(steps) > 1 else first
    last = replace(last, trailing=(*last.trailing, *notes["trailing"]))
    return (first, *steps[1:-1], last) if len(steps) > 1 else (last,)


def _is_empty(make: Maker, outcome: _Outcome) -> bool:
    """Whether there is really nothing below it, and not something that could not be read."""
    place = make.span(outcome.start, outcome.start)
    column, words = line_below(make.source, place.start)
    return column < place.column or words.startswith(("happened", "timed out"))


def _wait_for(make: Maker, start: int, end: int, c: list[Any]) -> ast.WaitFor:
    found = only(_Outcome, c)
    outcomes = {outcome.word: outcome.steps for outcome in found}
    first = next((one for one in found if not one.steps), None)
    if first is not None and not any(outcomes.values()) and _is_empty(make, first):
        place = make.span(first.start, first.start + len(first.word))
        way = f"Write below it what is to happen then, two spaces further to the right, or take `{first.word}` away."
        make.error("empty-block", place, opener=first.word, why=", so it decides nothing", way=way)
    lengths = only(ast.DurationLiteral, c)
    return ast.WaitFor(
        c[0],
        lengths[0] if lengths else None,
        "since start" in [part for part in c if isinstance(part, str)],
        outcomes.get("happened", ()),
        outcomes.get("timed out", ()),
        span=make.span(start, end),
        **make.around(start),
    )


def _wait_for_first(make: Maker, start: int, end: int, c: list[Any]) -> ast.WaitFor:
    outcomes = only(_Outcome, c)
    lengths = only(ast.DurationLiteral, c)
    return ast.WaitFor(
        None,
        lengths[0] if lengths else None,
        timed_out=outcomes[0].steps if outcomes else (),
        racing=only(ast.Race, c),
        span=make.span(start, end),
        **make.around(start),
    )


def _awaited(make: Maker, start: int, end: int, c: list[Any]) -> ast.Awaited:
    event, message, where, alias = c
    return ast.Awaited(event, _condition(where), alias, message, span=make.span(start, end))


def _if(make: Maker, start: int, end: int, c: list[Any]) -> ast.If:
    condition, steps, *others = c
    first = ast.Arm(condition, steps, span=make.span(start, _end_of(steps, condition.span.end)))
    arms = (first, *only(ast.Arm, others))
    return ast.If(arms, span=make.span(start, end), **make.around(start))


def _if_failed(make: Maker, start: int, end: int, c: list[Any]) -> ast.If:
    steps, other = c
    first = ast.Arm(None, steps, span=make.span(start, _end_of(steps, start + len("if failed"))))
    arms = (first, other) if other is not None else (first,)
    return ast.If(arms, True, span=make.span(start, end), **make.around(start))


def _end_of(steps: tuple[Any, ...], otherwise: int) -> int:
    return steps[-1].span.end if steps else otherwise


def _else(make: Maker, start: int, end: int, c: list[Any]) -> ast.Arm:
    return ast.Arm(None, c[0], span=make.span(start, end), **make.around(start))


def _options(make: Maker, start: int, end: int, c: list[Any]) -> ast.Case:
    options = c[0].items if isinstance(c[0], ast.ListLiteral) else (c[0],)
    return ast.Case(options, c[1], span=make.span(start, end), **make.around(start))


def _otherwise(make: Maker, start: int, end: int, c: list[Any]) -> ast.Case:
    return ast.Case((), c[0], span=make.span(start, end), **make.around(start))


def _match(make: Maker, start: int, end: int, c: list[Any]) -> ast.Match:
    return ast.Match(c[0], only(ast.Case, c[1:]), span=make.span(start, end), **make.around(start))


def _split(make: Maker, start: int, end: int, c: list[Any]) -> ast.Split:
    return ast.Split(
        c[0],
        only(ast.Share, c),
        c[1] is not None,
        c[2] is not None,
        span=make.span(start, end),
        **make.around(start),
    )


def _share(make: Maker, start: int, end: int, c: list[Any]) -> ast.Share:
    percent = Decimal(c[0][3][:-1].strip().replace("_", ""))
    return ast.Share(percent, c[1], c[2], span=make.span(start, end), **make.around(start))


def _share_rest(make: Maker, start: int, end: int, c: list[Any]) -> ast.Share:
    return ast.Share(None, c[0], c[1], span=make.span(start, end), **make.around(start))


def _send(make: Maker, start: int, end: int, c: list[Any]) -> ast.Send:
    message, channels, arguments, expires = c
    return ast.Send(
        message, channels or (), arguments or (), expires, span=make.span(start, end), **make.around(start)
    )


def _call_step(make: Maker, start: int, end: int, c: list[Any]) -> ast.CallStep:
    return ast.CallStep(c[0], c[1] or (), c[2], span=make.span(start, end), **make.around(start))


def _emit(make: Maker, start: int, end: int, c: list[Any]) -> ast.Emit:
    return ast.Emit(c[0], c[1] or (), span=make.span(start, end), **make.around(start))


def _repeat(make: Maker, start: int, end: int, c: list[Any]) -> ast.Repeat:
    return ast.Repeat(int(number_of(c[0])), c[1], span=make.span(start, end), **make.around(start))


ACTIONS: dict[str, Action] = {
    "journey": _journey,
    "start_on_event": _start_on_event,
    "for_audience": _same,
    "start_on_change": _start_on_change,
    "start_entering": line(ast.StartOnAudience, entering=True),
    "start_leaving": line(ast.StartOnAudience, entering=False),
    "start_every": _start_every,
    "start_at": _start_at,
    "start_on_date": line(ast.StartOnDate),
    "start_once": line(ast.StartOnDate, once=True),
    "again_never": line(ast.Again, mode="never"),
    "again_always": line(ast.Again, mode="always"),
    "again_after": lambda make, start, end, c: ast.Again(
        "after", c[0], span=make.span(start, end), **make.around(start)
    ),
    "exit_on": _with_where(ast.ExitOnEvent),
    "exit_when": line(ast.ExitWhen),
    "goal": _with_where(ast.Goal),
    "times_in": line(ast.Times),
    "one_per": line(ast.OnePer),
    "existing_ignored": line(ast.ExistingMembers, mode="ignored"),
    "existing_enter": lambda make, start, end, c: ast.ExistingMembers(
        "enter", c[0], span=make.span(start, end), **make.around(start)
    ),
    "ends_after": line(ast.EndsAfter),
    "block": _block,
    "wait": line(ast.Wait),
    "wait_working": _wait_working,
    "working_day": _working_day,
    "in_country": _in_country,
    "wait_until": _wait_until,
    "on_days": _on_days,
    "wait_for": _wait_for,
    "wait_for_first": _wait_for_first,
    "since_start": _since_start,
    "up_to": _same,
    "happened": _outcome("happened"),
    "timed_out": _outcome("timed out"),
    "awaited": _awaited,
    "of_message": _same,
    "as_name": _same,
    "race": line(ast.Race),
    "if": _if,
    "if_failed": _if_failed,
    "else_if": line(ast.Arm),
    "else": _else,
    "match": _match,
    "case": _options,
    "otherwise": _otherwise,
    "split": _split,
    "toward_goal": lambda make, start, end, c: True,
    "sticky": lambda make, start, end, c: True,
    "share": _share,
    "share_rest": _share_rest,
    "send": _send,
    "by_channels": lambda make, start, end, c: tuple(c),
    "expires": _same,
    "set": line(ast.Set),
    "add": line(ast.Add),
    "remove": line(ast.Remove),
    "call_step": _call_step,
    "emit": _emit,
    "enter": line(ast.Enter),
    "stop": line(ast.Stop),
    "stop_repeating": line(ast.StopRepeating),
    "repeat": _repeat,
    "arguments": lambda make, start, end, c: tuple(c),
    "argument": plain(ast.Argument),
}
