"""What has a name and stands for an expression: attributes and defines, and the aggregates that are asked for.

Each is checked when it is first come to, so that their order in the files does not matter.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sojourn.dsl import ast, checked
from sojourn.dsl.check.literals import nothing
from sojourn.dsl.check.memory import Table
from sojourn.dsl.check.names import finds
from sojourn.dsl.check.report import Report
from sojourn.dsl.check.scope import PERSON, Scope
from sojourn.dsl.check.shape import walk
from sojourn.dsl.check.world import World
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.source import Span
from sojourn.dsl.types import NOTHING

__all__ = ["Named"]


class Named(ABC):
    """Checks attributes and defines on demand.

    `uses` collects the attributes and audiences that the expression at hand is built on, `asked` the keys of
    the aggregates that are asked for anywhere: those of a define that nothing uses are not worth remembering.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.uses: set[str] = set()
        self.uses_of: dict[str, set[str]] = {}
        self.asked: set[str] = set()
        self._open: list[str] = []
        self._failed: set[str] = set()
        self._known: set[str] = set()
        """The attributes and the defines without parameters that have been checked."""
        trace = world.trace
        self._defines: Table[checked.Expr] = trace.table("defines", places=True)
        self._defines.ask_first = lambda name: self._as_before("define", name)
        world.attributes.ask_first = lambda name: self._as_before("attribute", name)
        trace.deed("attribute", self.attribute)
        trace.deed("define", self._define)
        trace.deed("ask", self.ask)
        trace.deed("aggregate", self.remember)

    @property
    def report(self) -> Report:
        """Where mistakes go."""
        return self.world.report

    @abstractmethod
    def check(self, node: ast.Expr, scope: Scope) -> checked.Expr:
        """Any expression."""

    @abstractmethod
    def exact(self, expr: checked.Expr) -> checked.Expr:
        """The expression, or nothing when the moments at which its value changes cannot be known."""

    # -------------------------------------------- attributes and defines

    def attribute(self, name: str) -> checked.Attribute | None:
        """The checked attribute, checking it first when needed; None after a mistake in it."""
        self.uses.add(name)
        trace = self.world.trace
        if name not in self._known and name not in self._failed:
            node = self.world.names.attributes[name]
            found, uses = trace.unit("attribute", node, lambda: self._attribute(name, node))
            if uses is not None:
                self.uses_of[name] = set(uses)
                self._known.add(name)
            if found is not None:
                self.world.attributes[name] = found
        trace.did("attribute", name)
        return self.world.attributes.get(name)

    def _attribute(
        self, name: str, node: ast.Attribute
    ) -> tuple[checked.Attribute | None, frozenset[str] | None]:
        """The attribute, and the attributes and audiences it is built on; None for these where it was come to in a
        circle.
        """
        if not self.enter(name, node.name.span):
            return None, None
        outer, self.uses = self.uses, set()
        value = self.exact(self.check(node.value, PERSON))
        uses, self.uses = frozenset(self.uses), outer
        self.leave()
        if value.type == NOTHING or name in self._failed:
            self._failed.add(name)
            self.world.trace.spoil()
            return None, uses
        return checked.Attribute(name, value, node.description, node.span), uses

    def _as_before(self, kind: str, name: str) -> bool | None:
        """Whether what is worked out on demand is what it was in the check before; None once it has been worked out."""
        if name in self._known or name in self._failed:
            return None
        nodes: Mapping[str, ast.Node] = (
            self.world.names.attributes if kind == "attribute" else self.world.names.defines
        )
        node = nodes.get(name)
        return node is not None and self.world.trace.holds(kind, node)

    def define(self, name: str, arguments: Sequence[checked.Expr], span: Span) -> checked.Expr:
        """The expression of a define with its arguments in place; `span` is where it is used."""
        node = self.world.names.defines[name]
        if len(arguments) != len(node.parameters):
            wants = ", ".join(p.text for p in node.parameters)
            call = f"{name}({wants})" if wants else name
            self.report.error(
                "wrong-arguments",
                span,
                name=name,
                wants=str(len(node.parameters)),
                got=str(len(arguments)),
                example=call,
                related=[Related(node.name.span, f"{name} is defined here")],
            )
            return nothing(span)
        if not node.parameters:
            if not self._define(name):
                return nothing(span)
            found = self._defines[name]
            self.note(found)
            if name in self._failed:
                self.world.trace.spoil()
                return nothing(span)
            return found
        if any(argument.type == NOTHING for argument in arguments):
            return nothing(span)
        if not self.enter(name, node.name.span):
            return nothing(span)
        given = {p.text: argument for p, argument in zip(node.parameters, arguments, strict=True)}
        apart = Report(self.world.trace.spoil)
        outer, self.world.report = self.world.report, apart
        try:
            found = self.check(node.value, Scope(parameters=given))
        finally:
            self.world.report = outer
            self.leave()
        known = {(d.code, d.span) for d in outer.found}
        for diagnostic in apart.found:
            if (diagnostic.code, diagnostic.span) not in known:
                place = Related(diagnostic.span, f"in {name}, with what is given here")
                outer.add(replace(diagnostic, span=span, related=(place,), fix=None))
                break
        return nothing(span) if apart.found else found

    def _define(self, name: str) -> bool:
        """Checks a define without parameters when it is first come to; False in a circle."""
        trace = self.world.trace
        if name not in self._known:
            node = self.world.names.defines[name]
            made = trace.unit("define", node, lambda: self._defined(name, node))
            if made is None:
                return False
            found, uses = made
            self._known.add(name)
            self._defines[name] = found
            self.uses.update(uses)
            self.uses_of[name] = set()
        trace.did("define", name)
        return True

    def _defined(self, name: str, node: ast.Define) -> tuple[checked.Expr, frozenset[str]] | None:
        if not self.enter(name, node.name.span):
            return None
        outer, self.uses = self.uses, set()
        found = self.check(node.value, PERSON)
        uses, self.uses = frozenset(self.uses), outer
        self.leave()
        if found.type == NOTHING:
            self.world.trace.spoil()
        return found, uses

    def check_define(self, node: ast.Define) -> None:
        """Checks a define on its own, whether it is used or not."""
        asked = set(self.asked)
        self._check_define(node)
        self.asked = asked

    def _check_define(self, node: ast.Define) -> None:
        name = node.name.text
        if not node.parameters:
            self.define(name, (), node.span)
            return
        for parameter in node.parameters:
            if finds(self, parameter.text, PERSON):
                self.report.error("name-taken", parameter.span, name=parameter.text, what="parameter")
        if self.enter(name, node.name.span):
            self.check(node.value, Scope(parameters={p.text: nothing(p.span) for p in node.parameters}))
            self.leave()

    def enter(self, name: str, span: Span) -> bool:
        """Begins to check a name; False, with a report, when that is already going on: a circle."""
        if name not in self._open:
            self._open.append(name)
            return True
        circle = [*self._open[self._open.index(name) :], name]
        self._failed.update(circle)
        self.report.error("circle", span, name=name, circle=" → ".join(circle))
        return False

    def leave(self) -> None:
        """Ends the check of the name that was entered last."""
        self._open.pop()

    def note(self, expr: checked.Expr) -> None:
        """What an expression that was checked before is built on counts for the one at hand, too."""
        self.uses.update(_names_in(expr))
        for part in walk(expr):
            if isinstance(part, checked.AggregateValue):
                self.ask(part.key)

    def ask(self, key: str) -> None:
        """An aggregate is asked for here."""
        self.asked.add(key)
        self.world.trace.did("ask", key)

    def remember(self, made: checked.Aggregate) -> None:
        """An aggregate is asked for here; it is remembered once, however often that happens."""
        self.asked.add(made.key)
        self.world.aggregates.setdefault(made.key, made)
        self.world.trace.did("aggregate", made)


def _names_in(expr: checked.Expr) -> set[str]:
    """The attributes and audiences an expression is built on."""
    found = set()
    for part in walk(expr):
        if isinstance(part, checked.AttributeValue):
            found.add(part.name)
        elif isinstance(part, checked.Membership):
            found.add(part.audience)
    return found
