"""A condition with every value that it saw: the tree of a checked expression, each node with its outcome.

Nothing is worked out a second time in another way. What a comparison, a function or a count comes to is asked of the
compiled code of that very part, and only `and`, `or`, `not` and the quantifiers are put together here, in the order in
which the compiled condition looks at them; a property test compares the whole with the compiled whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.dsl import checked
from sojourn.dsl.checked import Expr
from sojourn.dsl.types import BOOLEAN
from sojourn.interpreter.core.doing import UNDOABLE
from sojourn.interpreter.core.person import Person

if TYPE_CHECKING:
    from sojourn.interpreter.compile.program import Program

__all__ = ["Trace", "Tracer", "deciding"]

_NO_ELEMENT: Any = object()

_VALUES = (
    checked.FieldValue, checked.CatalogValue, checked.AttributeValue, checked.AggregateValue, checked.Now,
    checked.Today, checked.PartOf, checked.Gathered, checked.DecisionValue, checked.RecommendationValue,
)  # fmt: skip
"""What is shown with its value; constants speak for themselves, and arithmetic is shown by what goes into it."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One part of a condition. `truth` is None for a value, whose `value` is the one in memory (None: missing).

    `error` says why it could not be worked out at all; then both are None. `parts` are what it was put together of: the
    terms of `and`, `or`, `not`; the condition of an audience; the elements of a list; the values that were compared.
    """

    expr: Expr
    truth: bool | None
    value: Any = None
    parts: tuple[Trace, ...] = ()
    error: str = ""


class Tracer:
    """Traces conditions about one person at one instant.

    `event` is the kind of event at hand and `properties` its fields; `variables` are those of a run. `deeper`: how many
    audiences inside one another are opened.
    """

    def __init__(
        self,
        program: Program,
        person: Person,
        now: int,
        event: str | None = None,
        properties: Any = None,
        variables: Any = None,
        deeper: int = 3,
    ) -> None:
        self.program = program
        self.person = person
        self.now = now
        self.event = event
        self.properties = properties
        self.variables = variables
        self.deeper = deeper

    def condition(self, expr: Expr) -> Trace:
        """A condition, whatever comes of it: what cannot be worked out is an `error` and no exception."""
        return self._test(expr, _NO_ELEMENT)

    def value(self, expr: Expr) -> Trace:
        """A value with what it was worked out of."""
        return self._value(expr, _NO_ELEMENT)

    # -------------------------------------------------------- conditions

    def _test(self, expr: Expr, item: Any) -> Trace:
        if isinstance(expr, checked.Logic):
            return self._logic(expr, item)
        if isinstance(expr, checked.Not):
            term = self._test(expr.term, item)
            return Trace(expr, None if term.truth is None else not term.truth, None, (term,), term.error)
        if isinstance(expr, checked.Quantified):
            return self._quantified(expr, item)
        truth, error = self._ask("condition", expr, item)
        parts = tuple(self._shown(expr, item))
        if isinstance(expr, checked.Membership):
            parts = self._audience(expr.audience)
        return Trace(expr, None if error else bool(truth), None, parts, error)

    def _logic(self, expr: checked.Logic, item: Any) -> Trace:
        terms = tuple(self._test(term, item) for term in expr.terms)
        ends = expr.op == "or"
        for term in terms:  # in order: what comes behind the term that decides is not looked at
            if term.truth is None:
                return Trace(expr, None, None, terms, term.error)
            if term.truth is ends:
                return Trace(expr, ends, None, terms)
        return Trace(expr, not ends, None, terms)

    def _quantified(self, expr: checked.Quantified, item: Any) -> Trace:
        items, error = self._ask("json", expr.items, item)
        if error:
            return Trace(expr, None, None, (), error)
        elements = tuple(self._test(expr.where, element) for element in items or ())
        wanted = expr.quantifier != "all"
        found = False
        for element in elements:
            if element.truth is None:
                return Trace(expr, None, items, elements, element.error)
            if element.truth is wanted:
                found = True
                break
        truth = {"any": found, "none": not found, "all": not found}[expr.quantifier]
        return Trace(expr, truth, items, elements)

    def _audience(self, name: str) -> tuple[Trace, ...]:
        declared = self.program.workspace.audiences.get(name)
        if declared is None or self.deeper <= 0:
            return ()
        inside = Tracer(self.program, self.person, self.now, deeper=self.deeper - 1)
        return (inside.condition(declared.condition),)

    # ------------------------------------------------------------ values

    def _value(self, expr: Expr, item: Any) -> Trace:
        if expr.type == BOOLEAN and not isinstance(expr, _VALUES):
            return self._test(expr, item)
        value, error = self._ask("value", expr, item)
        parts: tuple[Trace, ...] = ()
        if isinstance(expr, checked.AttributeValue):
            inner = self.program.workspace.attributes[expr.name].value
            if not isinstance(inner, checked.FieldValue | checked.Constant):
                alone = Tracer(self.program, self.person, self.now, deeper=self.deeper)
                parts = (alone.value(inner),)
        elif isinstance(expr, checked.CatalogValue):
            parts = (self._value(expr.key, item),)
        elif not isinstance(expr, _VALUES):
            parts = tuple(self._shown(expr, item))
        truth = None if error or expr.type != BOOLEAN else value is True
        return Trace(expr, truth, value, parts, error)

    def _shown(self, expr: Expr, item: Any) -> Iterator[Trace]:
        """The values that a part was worked out of, from left to right."""
        if isinstance(expr, _VALUES):
            yield self._value(expr, item)
            return
        for inner in _inside(expr):
            if isinstance(inner, checked.Constant):
                continue
            if isinstance(inner, _VALUES) or inner.type == BOOLEAN:
                yield self._value(inner, item)
            else:
                yield from self._shown(inner, item)

    def _ask(self, kind: str, expr: Expr, item: Any) -> tuple[Any, str]:
        """What the compiled code of a part says, and why it could not."""
        coder = self.program.coder
        arguments = (self.person, self.properties, self.variables, self.now)
        try:
            if item is _NO_ELEMENT:
                made = {"condition": coder.condition, "value": coder.value, "json": coder.json}[kind]
                return made(expr, self.event)(*arguments), ""
            return coder.of_element(kind, expr, self.event)(*arguments, item), ""
        except UNDOABLE as error:
            return None, str(error) or error.__class__.__name__


def _inside(expr: Expr) -> tuple[Expr, ...]:
    match expr:
        case checked.Compare() | checked.Arithmetic():
            return expr.left, expr.right
        case checked.Between():
            return expr.item, expr.low, expr.high
        case checked.In():
            return expr.item, expr.options
        case checked.TextTest():
            return expr.item, expr.pattern
        case checked.Known():
            return (expr.item,)
        case checked.WithinDistance():
            return expr.item, expr.of
        case checked.Negative():
            return (expr.term,)
        case checked.Function():
            return expr.args
        case checked.ListOf():
            return expr.items
    return ()


def deciding(trace: Trace) -> Iterator[Trace]:
    """The smallest parts by which a condition came out as it did: each of them alone, or (a false `and`, a true `or`)
    each of those that had to be otherwise.
    """
    if isinstance(trace.expr, checked.Logic) and trace.truth is not None:
        stops = (trace.expr.op == "or") is trace.truth
        for term in trace.parts:
            if not stops or term.truth is trace.truth:
                yield from deciding(term)
    elif (isinstance(trace.expr, checked.Not) and trace.truth is not None) or (
        isinstance(trace.expr, checked.Membership) and trace.parts and trace.parts[0].truth is trace.truth
    ):
        yield from deciding(trace.parts[0])
    else:
        yield trace
