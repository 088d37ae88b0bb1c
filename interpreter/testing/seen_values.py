"""What a condition looked at: the values of the person that decided whether it is true, in words.

Shown under an `expect` that does not hold.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sojourn.dsl import checked
from sojourn.dsl.values import UTC, in_words
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.timeline import clock_text, value_text

if TYPE_CHECKING:
    from sojourn.interpreter.compile import Program

__all__ = ["reasons", "seen_values"]

_LEAVES = (
    checked.FieldValue, checked.CatalogValue, checked.AttributeValue, checked.AggregateValue,
    checked.Membership, checked.Now, checked.Today, checked.DecisionValue, checked.RecommendationValue,
    checked.GivenTimes,
)  # fmt: skip


def seen_values(
    program: Program,
    condition: checked.Expr,
    person: Person,
    now: int,
    tz: dt.tzinfo = UTC,
    properties: dict[str, Any] | None = None,
    variables: dict[str, Any] | None = None,
) -> tuple[bool, list[str]]:
    """Whether a condition about a person is true at `now` (an instant), and each value it looks at.

    A value is told once, in the order it stands: “lifetime_value is 59 EUR”, “country is missing”,
    “not in vips”. Moments are clock times of `tz`. In a journey's step `properties` are those of the event that
    started the run, and `variables` the events that its waits caught.
    """
    true = bool(program.test(condition)(person, properties, variables, now))
    scopes = (
        {"profile"} | ({"event"} if properties is not None else set()) | ({"run"} if variables else set())
    )
    told = [
        _told(program, leaf, person, now, tz, properties, variables) for leaf in _leaves(condition, scopes)
    ]
    return true, list(dict.fromkeys(told))


def reasons(
    program: Program, condition: checked.Expr, person: Person, now: int, tz: dt.tzinfo = UTC
) -> list[str]:
    """As `seen_values`, of a condition that is not true, with what is behind an audience and a decision: “not in vips
    (lifetime_value is 59 EUR)”, “best_offer is plain (shoe_week: its time is over)”.
    """
    found: list[str] = []
    for leaf in _leaves(condition, {"profile"}):
        said = _told(program, leaf, person, now, tz, None, None)
        behind: list[str] = []
        if isinstance(leaf, checked.Membership) and leaf.audience in program.workspace.audiences:
            inside = program.workspace.audiences[leaf.audience].condition
            behind = seen_values(program, inside, person, now, tz)[1]
        elif isinstance(leaf, checked.DecisionValue):
            decided = program.coder.chooser.decide(leaf.name, person, now)
            behind = [f"{offer}: {why}" for offer, why in {**decided.because, **decided.others}.items()]
        found.append(f"{said} ({'; '.join(behind)})" if behind else said)
    return list(dict.fromkeys(found))


def _leaves(expr: Any, scopes: set[str]) -> Iterator[checked.Expr]:
    """The parts of an expression that are asked of the person. What a list's element is asked is not one."""
    if isinstance(expr, checked.FieldValue) and expr.scope not in scopes:
        return
    if isinstance(expr, _LEAVES):
        yield expr
    elif isinstance(expr, checked.Quantified):
        yield from _leaves(expr.items, scopes)
    elif isinstance(expr, tuple):
        for item in expr:
            yield from _leaves(item, scopes)
    elif dataclasses.is_dataclass(expr):
        for field in dataclasses.fields(expr):
            if field.compare and field.name != "type":
                yield from _leaves(getattr(expr, field.name), scopes)


def _told(
    program: Program,
    leaf: checked.Expr,
    person: Person,
    now: int,
    tz: dt.tzinfo,
    properties: dict[str, Any] | None,
    variables: dict[str, Any] | None,
) -> str:
    match leaf:
        case checked.Membership():
            return f"in {leaf.audience}" if leaf.audience in person.audiences else f"not in {leaf.audience}"
        case checked.Now():
            return f"now is {clock_text(now, tz)}"
    value = program.coder.json(leaf)(person, properties, variables, now)
    return f"{_name(program, leaf)} is {value_text(value, leaf.type, tz)}"


def _name(program: Program, leaf: Any) -> str:
    match leaf:
        case checked.FieldValue():
            return _path(leaf.path)
        case checked.CatalogValue():
            return f"{_name(program, leaf.key)}.{_path(leaf.path)}"
        case checked.AttributeValue() | checked.DecisionValue() | checked.RecommendationValue():
            return str(leaf.name)
        case checked.GivenTimes():
            return f"how often {leaf.offer} was given"
        case checked.AggregateValue():
            return _remembered(program.workspace.aggregates[leaf.key])
        case checked.Today():
            return "today"
    return "what it looks up"


def _remembered(aggregate: checked.Aggregate) -> str:
    """`count of purchase in last 30 days`, `sum of purchase.total`, `time of last purchase`."""
    what = aggregate.event + "".join(f".{part}" for part in aggregate.path)
    kind: str = "distinct count" if aggregate.kind == "distinct" else aggregate.kind
    kind = f"last {aggregate.limit}" if aggregate.limit is not None else kind
    joint = " " if kind.split()[-1] in ("first", "last", "common") or aggregate.limit is not None else " of "
    window = aggregate.window
    limits = ""
    if window is not None:
        if window.last is not None:
            # The compiler's words for a length of time; imported here, as it needs this package's parts.
            limits += f" in last {in_words(window.last)}"
        if window.since is not None:
            limits += f" since {clock_text(window.since)}"
        if window.until is not None:
            limits += f" until {clock_text(window.until)}"
    such = " of that kind" if aggregate.where is not None else ""
    if aggregate.sequel is not None:
        sequel = aggregate.sequel
        also = " of that kind" if sequel.where is not None else ""
        within = in_words(sequel.within)
        return f"whether {what}{such} {aggregate.kind} {sequel.event}{also} within {within}{limits}"
    return f"{kind}{joint}{what}{such}{limits}"


def _path(path: tuple[str | int, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
