"""Traces in words: a tree of reasons with the values that were seen, then and now; what would have to be different."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sojourn.dsl import checked
from sojourn.dsl.checked import Expr
from sojourn.dsl.source import NOWHERE, Span
from sojourn.dsl.types import BOOLEAN
from sojourn.dsl.values import SECOND
from sojourn.dsl.wording import Wording
from sojourn.interpreter.core.doing import UNDOABLE
from sojourn.interpreter.core.encoding import encode
from sojourn.interpreter.timeline import clock_text, value_text
from sojourn.interpreter.why.tracing import Trace, deciding

if TYPE_CHECKING:
    from sojourn.interpreter.compile.program import Program
    from sojourn.interpreter.why.log import Log
    from sojourn.interpreter.why.past import Past

__all__ = ["Account", "Answer", "Because", "Fact", "Teller", "beside", "opposite", "place_of"]

PRIVATE = "known (private)"


@dataclass(frozen=True, slots=True)
class Fact:
    """A value that a condition saw: what it is called ("" where the condition says it), and the value in words."""

    name: str
    value: str
    missing: bool = False

    def __str__(self) -> str:
        return f"{self.name} is {self.value}" if self.name else self.value


@dataclass(frozen=True, slots=True)
class Because:
    """One reason. `truth` is how it came out (None: it is no condition, or could not be worked out), `facts` what it
    saw; `truth_now` and `facts_now` are the same of today, None and empty where only one moment is looked at.

    `decides`: the whole came out as it did because of it. `place` is the file and line of the rule.
    """

    text: str
    truth: bool | None = None
    facts: tuple[Fact, ...] = ()
    truth_now: bool | None = None
    facts_now: tuple[Fact, ...] = ()
    parts: tuple[Because, ...] = ()
    decides: bool = False
    place: str = ""
    two: bool = False
    """Whether then and now are both told."""


@dataclass(frozen=True, slots=True)
class Account:
    """One moment told: when (None: it is no moment), a sentence, the reasons, what would have to be different, and what
    has to be known beside it."""

    title: str
    at: int | None = None
    because: tuple[Because, ...] = ()
    different: str = ""
    notes: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question. `kind` is "person", "audience", "journey", "message", "offer", "attribute"; the
    `verdict` is one sentence, and the accounts bear it out."""

    person: str
    zone: str
    now: int
    kind: str
    name: str
    verdict: str
    accounts: tuple[Account, ...]
    place: str = ""
    notes: tuple[str, ...] = ()
    as_of: bool = False
    """Whether `now` is a moment of the past that was asked about."""


def place_of(span: Span) -> str:
    """`journeys/cart.journey:12`; "" of what nobody wrote."""
    return "" if span == NOWHERE or not span.path else f"{span.path}:{span.line}"


class Teller:
    """Tells traces about one person. `tz` is for clock times; `private` shows what is private as well."""

    def __init__(self, log: Log, past: Past, tz: dt.tzinfo, private: bool = False) -> None:
        self.log = log
        self.past = past
        self.tz = tz
        self.private = private

    # ---------------------------------------------------------------- times

    def when(self, instant: int) -> str:
        """`2026-03-02 10:00`, in the zone asked for."""
        return clock_text(instant - instant % SECOND, self.tz)

    # ---------------------------------------------------------------- trees

    def one(self, program: Program, trace: Trace, at: int, bare: bool = False) -> Because:
        """A trace of one moment."""
        chosen = {id(part) for part in deciding(trace)}
        return self._told(Wording(program.workspace, bare), program, trace, at, chosen)

    def two(
        self, program: Program, then: Trace, at: int, now: Trace, today: Program, bare: bool = False
    ) -> Because:
        """The same condition then and now, side by side. A rule that is another today is told by that of then."""
        told_then, told_now = self.one(program, then, at, bare), self.one(today, now, self.log.now, bare)
        return beside(told_then, told_now)

    def _told(self, wording: Wording, program: Program, trace: Trace, at: int, chosen: set[int]) -> Because:
        expr = trace.expr
        text = wording.condition(expr)
        facts: tuple[Fact, ...] = ()
        parts: tuple[Because, ...] = ()
        if trace.error and not trace.parts:
            facts = (Fact("", f"could not be worked out: {trace.error}", True),)
        elif isinstance(expr, checked.Logic):
            text = "all of these" if expr.op == "and" else "any of these"
            parts = tuple(self._told(wording, program, part, at, chosen) for part in trace.parts)
        elif isinstance(expr, checked.Not):
            return self._negation(wording, program, trace, at, chosen)
        elif isinstance(expr, checked.Membership):
            parts = tuple(self._told(Wording(program.workspace), program, p, at, chosen) for p in trace.parts)
        elif isinstance(expr, checked.Quantified):
            parts = self._elements(wording, program, trace, at, chosen)
            if not trace.parts:
                facts = (Fact(wording.value(expr.items), "empty", True),)
        else:
            values = trace.parts or ((trace,) if trace.truth is None or expr.type == BOOLEAN else ())
            facts = tuple(self._facts(wording, program, values, at))
            facts = tuple(replace(f, name="") if f.name == text else f for f in facts)
        return Because(text, trace.truth, facts, None, (), parts, id(trace) in chosen, place_of(expr.span))

    def _negation(
        self, wording: Wording, program: Program, trace: Trace, at: int, chosen: set[int]
    ) -> Because:
        """`not` before a simple condition is one line; before several it stands above them."""
        inner = self._told(wording, program, trace.parts[0], at, chosen)
        if isinstance(trace.parts[0].expr, checked.Logic | checked.Not):
            return Because("not", trace.truth, (), None, (), (inner,), False, place_of(trace.expr.span))
        text = wording.condition(trace.expr)
        return replace(inner, text=text, truth=trace.truth)

    def _elements(
        self, wording: Wording, program: Program, trace: Trace, at: int, chosen: set[int]
    ) -> tuple[Because, ...]:
        told = []
        inner = Wording(program.workspace, bare=True)
        for number, part in enumerate(trace.parts[:8], 1):
            made = self._told(inner, program, part, at, chosen)
            told.append(replace(made, text=f"{number}. {made.text}", decides=False))
        if len(trace.parts) > 8:
            told.append(Because(f"and {len(trace.parts) - 8} more"))
        return tuple(told)

    # ---------------------------------------------------------------- facts

    def _facts(self, wording: Wording, program: Program, traces: Iterable[Trace], at: int) -> Iterator[Fact]:
        for trace in traces:
            expr = trace.expr
            if isinstance(expr, checked.AggregateValue):
                yield self._counted(wording, program, trace, expr, at)
                continue
            if isinstance(expr, checked.AttributeValue):
                yield self._attribute(wording, program, trace, at)
                continue
            if isinstance(expr, checked.CatalogValue) and trace.value is None and trace.parts:
                key = trace.parts[0]
                if key.value is None:
                    yield from self._facts(wording, program, (key,), at)
                    continue
            if trace.error:
                yield Fact(wording.value(expr), f"could not be worked out: {trace.error}", True)
                continue
            yield self._fact(wording.value(expr), expr, trace.value)

    def _fact(self, name: str, expr: Expr, value: Any) -> Fact:
        missing = value is None or value == ""
        if not missing and self._is_private(expr):
            return Fact(name, PRIVATE)
        return Fact(name, self.said(expr, value), missing)

    def said(self, expr: Expr, value: Any) -> str:
        """A value in memory in words."""
        if isinstance(expr, checked.Now):
            return self.when(int(value))
        try:
            return value_text(encode(expr.type, value) if value is not None else None, expr.type, self.tz)
        except UNDOABLE:
            return str(value)

    def _is_private(self, expr: Expr) -> bool:
        if self.private or not isinstance(expr, checked.FieldValue) or expr.scope != "profile":
            return False
        declared = self.log.program.workspace.profile.get(str(expr.path[0]))
        return declared is not None and declared.private

    def _attribute(self, wording: Wording, program: Program, trace: Trace, at: int) -> Fact:
        assert isinstance(trace.expr, checked.AttributeValue)
        name = trace.expr.name
        fact = self._fact(name, trace.expr, trace.value)
        inner = trace.parts[0] if trace.parts else None
        if inner is not None and isinstance(inner.expr, checked.AggregateValue):
            of = self._of_events(program, inner.expr, at)
            return Fact(name, f"{fact.value} ({of})" if of else fact.value, fact.missing)
        return fact

    def _counted(
        self, wording: Wording, program: Program, trace: Trace, expr: checked.AggregateValue, at: int
    ) -> Fact:
        of = self._of_events(program, expr, at)
        aggregate = program.workspace.aggregates[expr.key]
        if aggregate.kind == "count":
            return Fact("", of or self.said(expr, trace.value), not trace.value)
        if aggregate.kind in ("then", "then no"):
            return Fact("", of, trace.value is not True)
        fact = self._fact(wording.value(expr), expr, trace.value)
        return Fact(fact.name, f"{fact.value} ({of})" if of else fact.value, fact.missing)

    def _of_events(self, program: Program, expr: checked.AggregateValue, at: int) -> str:
        """`2 purchases, the last on 2026-03-02 10:00`; what is not stored any more is said."""
        slot = program.aggregates[expr.key]
        aggregate = program.workspace.aggregates[expr.key]
        times = []
        for record in self.log.records:
            if record.event != aggregate.event or record.received > at:
                continue
            happened = min(record.at, record.received)
            try:
                if slot.holds(record.properties, happened, at):
                    times.append(happened)
            except UNDOABLE:
                continue
        gone = self.past.missing(aggregate, at)
        lost = f"; those before {self.when(gone)} are not stored any more" if gone is not None else ""
        if not times:
            return f"no such {aggregate.event}{lost}" if aggregate.where else f"no {aggregate.event}{lost}"
        last = self.when(max(times))
        if len(times) == 1:
            return f"1 {aggregate.event}, on {last}{lost}"
        return f"{len(times)} × {aggregate.event}, the last on {last}{lost}"

    # ----------------------------------------------------------- differences

    def wish(self, program: Program, trace: Trace, wanted: bool, at: int, bare: bool = False) -> str:
        """What would have to be different for the condition to come out as `wanted`; "" when it does."""
        if trace.truth is wanted or trace.truth is None:
            return ""
        return self._wish(Wording(program.workspace, bare), program, trace, wanted, at, top=True)

    def _wish(
        self, wording: Wording, program: Program, trace: Trace, wanted: bool, at: int, top: bool = False
    ) -> str:
        expr = trace.expr
        if isinstance(expr, checked.Logic):
            every = (expr.op == "and") is wanted
            terms = [part for part in trace.parts if part.truth is not None and part.truth is not wanted]
            said = [self._wish(wording, program, part, wanted, at) for part in terms]
            said = list(dict.fromkeys(said))
            joined = (" and " if every else " or ").join(said)
            return joined if top or len(said) == 1 else f"({joined})"
        if isinstance(expr, checked.Not):
            if isinstance(trace.parts[0].expr, checked.Logic | checked.Not):
                return self._wish(wording, program, trace.parts[0], not wanted, at, top)
            words = wording.condition(opposite(expr.term, program.workspace) if wanted else expr.term)
            return words + self._seen(wording, program, trace.parts[0], at)
        words = wording.condition(expr if wanted else opposite(expr, program.workspace))
        return words + self._seen(wording, program, trace, at)

    def _seen(self, wording: Wording, program: Program, trace: Trace, at: int) -> str:
        if isinstance(trace.expr, checked.Membership | checked.Quantified):
            return ""
        facts = []
        for part in trace.parts:
            if isinstance(part.expr, checked.AggregateValue):
                kind = program.workspace.aggregates[part.expr.key].kind
                if kind in ("count", "then", "then no"):
                    continue
            if not isinstance(part.expr, checked.Now | checked.Today):
                facts.append(self._fact(wording.value(part.expr), part.expr, part.value))
        return f" ({'; '.join(map(str, facts))})" if facts else ""


_FLIPPED: dict[str, Any] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def opposite(expr: Expr, workspace: checked.Workspace) -> Expr:
    """A condition that says that another is not so, in the words in which one would say it."""
    if isinstance(expr, checked.Not):
        return expr.term
    if isinstance(expr, checked.Compare):
        left, right = expr.left, expr.right
        if isinstance(left, checked.AggregateValue) and isinstance(right, checked.Constant):
            aggregate = workspace.aggregates.get(left.key)
            if aggregate is not None and aggregate.kind == "count" and type(right.value) is int:
                return _other_count(expr, right, right.value)
        if expr.op in _FLIPPED:
            return replace(expr, op=_FLIPPED[expr.op])
    return checked.Not(expr, type=BOOLEAN)


def _other_count(expr: checked.Compare, limit: checked.Constant, count: int) -> Expr:
    """`no E` for `has E`, `at most 2 times` for `at least 3 times`."""
    if expr.op == ">=":
        found = replace(expr, op="is" if count == 1 else "<=", right=replace(limit, value=count - 1))
    elif expr.op == "<=":
        found = replace(expr, op=">=", right=replace(limit, value=count + 1))
    elif expr.op == "is" and count == 0:
        found = replace(expr, op=">=", right=replace(limit, value=1))
    else:
        return checked.Not(expr, type=BOOLEAN)
    return found


def beside(then: Because, now: Because) -> Because:
    """Then, with what it is now beside it."""
    same = len(then.parts) == len(now.parts) and all(
        a.text == b.text for a, b in zip(then.parts, now.parts, strict=True)
    )
    parts = tuple(beside(a, b) for a, b in zip(then.parts, now.parts, strict=True)) if same else then.parts
    return replace(
        then, parts=parts, truth_now=now.truth, facts_now=now.facts, two=True, place=then.place or now.place
    )
