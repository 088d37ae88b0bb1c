"""What the expressions in a template are: each has a shape (which fields it has, or what its elements are), and
a name or a field that is not there is reported at its line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sojourn.dsl.check.messages import Sent
from sojourn.dsl.check.offers import shape_of_offers
from sojourn.dsl.check.recommendations import subject_is_there
from sojourn.dsl.check.report import CALLED_ELSEWHERE, and_list, nearest
from sojourn.dsl.check.scope import NOT_IN_AN_OFFER, OF_AN_OFFER, START_ON_EVENT
from sojourn.dsl.check.shapes import ANY, Shape, Shapes
from sojourn.dsl.check.template_calls import function_call
from sojourn.dsl.check.template_files import File, environment
from sojourn.dsl.check.world import World
from sojourn.dsl.diagnostics import Diagnostic, Related
from sojourn.dsl.functions import ELSEWHERE, FUNCTIONS, PLAIN_NAMES
from sojourn.dsl.types import INTEGER, URL, list_of, ref, schema_type

__all__ = ["GLOBALS", "OF_OFFERS", "OWN_FILTERS", "Names", "Sure", "Values", "View", "names_in"]

OWN_FILTERS = frozenset({"date", "money"})
"""The filters that the renderer adds to those of Jinja2."""
GLOBALS = frozenset({"dict", "range"})
"""What the renderer leaves of Jinja2's global functions; `link` and `now` it adds itself."""
OF_OFFERS = "offer "
"""How the texts of an offer are called where a journey's name would stand."""

_TO_ITEM = ("first", "last", "random", "min", "max")
_SAME_LIST = ("sort", "reverse", "unique", "list", "select", "reject", "selectattr", "rejectattr")
_BY_ATTRIBUTE = {"map", "sum", "join", "sort", "groupby", "unique", "min", "max"}
_FIRST_ARGUMENT = {"selectattr", "rejectattr", "groupby"}

Names = dict[str, Shape]
"""The names that the template itself makes, with what they are."""
Sure = frozenset[str]
"""The names whose presence was asked for around a place."""


@dataclass(frozen=True, slots=True)
class View:
    """What a template sees where it is sent. `sent` is None for a message that nothing sends: then only the
    person is known.

    `maybe` are names that other sends of the message give, but not this one: they may be asked for, not
    relied on. `alone`: a file that is imported, which sees nothing of whoever imports it.
    """

    sent: Sent | None
    names: Mapping[str, Shape]
    maybe: frozenset[str] = frozenset()
    alone: bool = False


@dataclass
class Values:
    """The expressions of one template, seen in one view. `file` is where the place at hand stands."""

    world: World
    shapes: Shapes
    file: File
    view: View

    def _called(self, node: Any, called: Shape, local: Names, sure: Sure) -> Shape:
        """What a call gives of something that is not a function of Jinja2 or ours."""
        return ANY

    def _item(self, items: Shape, node: Any) -> Shape:
        if items.type is not None and items.type.kind == "list" and items.type.of is not None:
            return self.shapes.of(items.type.of, "item")
        if items.is_known and not (items.type is not None and items.type.kind == "nothing"):
            place = self.file.place(node.lineno, items.said.split(".")[-1])
            self.world.report.error("not-a-list", place, name=items.said, type=str(items.type or "group"))
        return ANY

    def _shape(self, node: Any, local: Names, sure: Sure) -> Shape:
        kind = type(node).__name__
        method = getattr(self, f"_of_{kind.lower()}", None)
        if method is not None:
            found: Shape = method(node, local, sure)
            return found
        for child in node.iter_child_nodes():
            self._shape(child, local, sure)
        return ANY

    def _of_name(self, node: Any, local: Names, sure: Sure) -> Shape:
        name = node.name
        if name in local:
            return local[name]
        if self.view.alone:
            return self._alone(node, name)
        if name == "profile":
            return self.shapes.profile
        if name == "event":
            return self._event(node)
        if name in self.view.names:
            return self.view.names[name]
        if name in self.world.names.attributes:
            self.world.uses.note("attribute", name, self.file.place(node.lineno, name))
            return self.shapes.attribute(name)
        if name in self.world.decisions:
            decision = self.world.decisions[name]
            self.world.uses.note("decision", name, self.file.place(node.lineno, name))
            type = schema_type(shape_of_offers(self.world, decision).name)
            return self.shapes.of(type if decision.pick == 1 else list_of(type), name)
        if name in self.world.recommendations:
            return self._recommendation(node, name)
        if name in PLAIN_NAMES:
            return self.shapes.of(PLAIN_NAMES[name], name)
        if name in self.world.failed_decisions:
            return ANY
        if name == "link" or name in GLOBALS or name in self.world.names.lost or self._misses(name):
            return ANY
        if name in self.view.maybe:
            sent = self.view.sent
            if name not in sure and sent is not None and not self._is_partial():
                related = [Related(sent.span, f"{sent.journey} sends it without {name} here")]
                self.world.report.error(
                    "value-not-given",
                    self.file.place(node.lineno, name),
                    related=related,
                    name=name,
                    journey=sent.journey,
                )
            return ANY
        if self.view.sent is not None and not self._is_partial():
            self._unknown_variable(node, name, local)
        return ANY

    def _alone(self, node: Any, name: str) -> Shape:
        """A name in a file that is imported, and sees nothing of whoever imports it."""
        if name == "link" or name in GLOBALS:
            return ANY
        self.world.report.error("template-sees-nothing", self.file.place(node.lineno, name), name=name)
        return ANY

    def _is_partial(self) -> bool:
        """Whether a journey may be missing that gives what is not known here."""
        return bool(self.world.names.lost) or self.world.names.partial

    def _unknown_variable(self, node: Any, name: str, local: Names) -> None:
        sent = self.view.sent
        assert sent is not None
        events = [self.world.events[e] for e in sent.events if e in self.world.events]
        whole = {
            **{f: f"profile.{f}" for f in self.world.profile},
            **{f: f"event.{f}" for event in events for f in event.fields},
        }
        known = [
            *local,
            *self.view.names,
            *self.view.maybe,
            *self.world.names.attributes,
            *self.world.decisions,
            *self.world.recommendations,
            "profile",
            "event",
            "link",
            *FUNCTIONS,
        ]
        candidates = [whole[name]] if name in whole else ["profile"] if name in CALLED_ELSEWHERE else []
        if name in self.world.names.defines:
            self.world.uses.note("define", name, self.file.place(node.lineno, name))
            self.world.report.error("define-in-template", self.file.place(node.lineno, name), name=name)
            return
        if name not in CALLED_ELSEWHERE and name not in whole:
            candidates += [whole.get(found, found) for found in nearest(name, known, whole)]
        self.world.report.error(
            "unknown-variable",
            self.file.place(node.lineno, name),
            candidates=dict.fromkeys(candidates[:3]),
            name=name,
            journey=sent.journey,
        )

    def _misses(self, name: str) -> bool:
        """Whether a name is declared and has a mistake of its own, which is told where it stands."""
        kind = self.world.names.kind.get(name)
        return (kind == "recommendation" and name not in self.world.recommendations) or (
            kind == "decision" and name not in self.world.decisions
        )

    def _recommendation(self, node: Any, name: str) -> Shape:
        place = self.file.place(node.lineno, name)
        self.world.uses.note("recommendation", name, place)
        sent = self.view.sent
        if sent is not None and not self._is_partial():
            subject_is_there(self.world, name, sent.events, place)
        return self.shapes.list_of(ref(self.world.recommendations[name].catalog), name)

    def _event(self, node: Any) -> Shape:
        sent = self.view.sent
        if sent is None or any(event not in self.world.events for event in sent.events):
            return ANY
        if not sent.events:
            if sent.journey.startswith(OF_OFFERS):
                self.world.report.error(
                    "no-event-here",
                    self.file.place(node.lineno, "event"),
                    why=OF_AN_OFFER,
                    instead=NOT_IN_AN_OFFER,
                )
                return ANY
            related = [Related(sent.span, f"{sent.journey} sends it here")]
            self.world.report.error(
                "no-event-here",
                self.file.place(node.lineno, "event"),
                related=related,
                why=f"{sent.journey} sends this message and does not start on an event.",
                instead=START_ON_EVENT,
            )
            return ANY
        return self.shapes.event(sent.events, "event")

    def _of_getattr(self, node: Any, local: Names, sure: Sure) -> Shape:
        return self._into(self._shape(node.node, local, sure), node.attr, node)

    def _of_getitem(self, node: Any, local: Names, sure: Sure) -> Shape:
        base = self._shape(node.node, local, sure)
        if type(node.arg).__name__ == "Const":
            if isinstance(node.arg.value, str):
                return self._into(base, node.arg.value, node)
            if isinstance(node.arg.value, int) and base.is_known:
                if base.type is not None and base.type.kind == "location":
                    return ANY
                return self._item(base, node)
        else:
            self._shape(node.arg, local, sure)
        return ANY

    def _into(self, base: Shape, name: str, node: Any) -> Shape:
        found = self.shapes.into(base, name)
        if isinstance(found, Shape):
            self._note(base, name, node)
            return found
        place = self.file.place(node.lineno, name, base.said.rsplit(".", 1)[-1])
        related: tuple[Related, ...] = ()
        sent = self.view.sent
        if sent is not None and base.said.split(".")[0] == "event":
            related = (Related(sent.span, f"{sent.journey} sends it here"),)
        self.world.report.add(Diagnostic(found.code, place, found.facts, found.candidates, related))
        return ANY

    def _note(self, base: Shape, name: str, node: Any) -> None:
        """Notes that a field is used here."""
        kind, owner = "field", ""
        if base.type is not None and base.type.kind in ("schema", "ref"):
            owner = f"{'catalog' if base.type.kind == 'ref' else 'schema'} {base.type.name}"
        elif base is self.shapes.profile:
            is_attribute = name in self.world.names.attributes
            kind, owner = ("attribute", "") if is_attribute else ("field", "profile")
        elif base is self.shapes.consent:
            kind = "topic"
        elif base.owner.startswith("The event "):
            owner = base.owner.removeprefix("The ")
        else:
            return
        place = self.file.place(node.lineno, name, base.said.rsplit(".", 1)[-1])
        self.world.uses.note(kind, name, place, owner)

    def _of_filter(self, node: Any, local: Names, sure: Sure) -> Shape:
        if node.name not in environment().filters and node.name not in OWN_FILTERS:
            instead = _instead_of_filter(node.name)
            candidates = () if instead else nearest(node.name, OWN_FILTERS, environment().filters)
            self.world.report.error(
                "unknown-filter",
                self.file.place(node.lineno, node.name),
                candidates=candidates,
                name=node.name,
                instead=instead,
            )
        if node.node is None:
            return ANY
        asked = sure | names_in(node.node) if node.name in ("default", "d") else sure
        base = self._shape(node.node, local, asked)
        for argument in (*node.args, *(pair.value for pair in node.kwargs)):
            self._shape(argument, local, sure)
        named = self._by_attribute(node, base)
        if node.name == "map" and named is not None:
            return (
                Shape("item", type=None) if named.type is None else self.shapes.list_of(named.type, base.said)
            )
        if node.name in ("length", "count", "wordcount"):
            return self.shapes.of(INTEGER, node.name)
        if (
            base.type is not None
            and base.type.kind == "list"
            and base.type.of is not None
            and node.name in _TO_ITEM
        ):
            return self.shapes.of(base.type.of, "item")
        return base if node.name in ("default", "d", *_SAME_LIST) else ANY

    def _by_attribute(self, node: Any, base: Shape) -> Shape | None:
        """Checks the field's name in `sum(attribute="price")` and the like."""
        written = [
            pair.value for pair in node.kwargs if pair.key == "attribute" and node.name in _BY_ATTRIBUTE
        ]
        if node.name in _FIRST_ARGUMENT:
            written += node.args[:1]
        if not (base.type is not None and base.type.kind == "list" and base.type.of is not None):
            return None
        shape: Shape = self.shapes.of(base.type.of, "item")
        for argument in written[:1]:
            value = getattr(argument, "value", None)
            if not isinstance(value, str):
                return None
            for part in value.split("."):
                if part.isdigit():
                    return None
                shape = self._into(shape, part, argument)
            return shape
        return None

    def _of_test(self, node: Any, local: Names, sure: Sure) -> Shape:
        if node.name not in environment().tests:
            candidates = nearest(node.name, environment().tests)
            self.world.report.error(
                "unknown-filter",
                self.file.place(node.lineno, node.name),
                candidates=candidates,
                name=node.name,
                instead="",
            )
        asked = sure | names_in(node.node) if node.name in ("defined", "undefined", "none") else sure
        self._shape(node.node, local, asked)
        for argument in node.args or ():
            self._shape(argument, local, sure)
        return ANY

    def _of_condexpr(self, node: Any, local: Names, sure: Sure) -> Shape:
        asked = sure | names_in(node.test)
        self._shape(node.test, local, asked)
        shape = self._shape(node.expr1, local, asked)
        if node.expr2 is not None:
            self._shape(node.expr2, local, sure)
        return shape

    def _of_or(self, node: Any, local: Names, sure: Sure) -> Shape:
        left = self._shape(node.left, local, sure | names_in(node.left))
        self._shape(node.right, local, sure)
        return left

    def _of_and(self, node: Any, local: Names, sure: Sure) -> Shape:
        asked = sure | names_in(node.left)
        self._shape(node.left, local, asked)
        return self._shape(node.right, local, asked)

    def _of_compare(self, node: Any, local: Names, sure: Sure) -> Shape:
        left = self._shape(node.expr, local, sure)
        for operand in node.ops:
            right = self._shape(operand.expr, local, sure)
            for side, other in ((left, operand.expr), (right, node.expr)):
                value = getattr(other, "value", None)
                known = side.type is not None and side.type.kind == "one of"
                if known and operand.op in ("eq", "ne") and isinstance(value, str) and side.type is not None:
                    if value in side.type.options:
                        continue
                    self.world.report.error(
                        "unknown-option",
                        self.file.place(node.lineno, value),
                        name=value,
                        candidates=nearest(value, side.type.options),
                        options=and_list(side.type.options),
                    )
        return ANY

    def _of_call(self, node: Any, local: Names, sure: Sure) -> Shape:
        name = getattr(node.node, "name", "") if type(node.node).__name__ == "Name" else ""
        if name in FUNCTIONS and not self._is_named(name, local):
            return self._function(node, name, local, sure)
        called = self._shape(node.node, local, sure)
        for argument in (*node.args, *(pair.value for pair in node.kwargs)):
            self._shape(argument, local, sure)
        if type(node.node).__name__ == "Name" and node.node.name == "link" and "link" not in local:
            if len(node.args) != 1 or node.kwargs:
                self.world.report.error(
                    "wrong-arguments",
                    self.file.place(node.lineno, "link"),
                    name="link",
                    wants="1",
                    got=str(len(node.args) + len(node.kwargs)),
                    example="link('cart')",
                )
            return self.shapes.of(URL, "link")
        return self._called(node, called, local, sure)

    def _is_named(self, name: str, local: Names) -> bool:
        """Whether a name means a value here, or is out of sight."""
        named = (local, self.view.names, self.view.maybe, self.world.names.attributes)
        return self.view.alone or any(name in names for names in named)

    def _function(self, node: Any, name: str, local: Names, sure: Sure) -> Shape:
        asked = sure | names_in(node) if any(p.may_be_missing for p in FUNCTIONS[name].takes) else sure
        shapes = [self._shape(argument, local, asked) for argument in node.args]
        for pair in node.kwargs:
            self._shape(pair.value, local, sure)
        place = self.file.place(node.lineno, name)
        found = function_call(self.world, place, name, node.args, shapes, len(node.kwargs))
        return ANY if found is None else self.shapes.of(found, name)


def names_in(node: Any) -> frozenset[str]:
    """The names that stand in an expression."""
    from jinja2 import nodes

    names = {found.name for found in node.find_all(nodes.Name)}
    return frozenset(names | ({node.name} if isinstance(node, nodes.Name) else set()))


_SHOWN = {
    "time": "time_text",
    "datetime": "date_text",
    "currency": "money_text",
    "number": "number_text",
}
"""Filters of other tools for which there is a function here."""


def _instead_of_filter(name: str) -> str:
    """The function that does what a filter of another tool does, as a sentence; "" where there is none."""
    lower = name.lower()
    function = _SHOWN.get(lower) or ELSEWHERE.get(lower) or (lower if lower in FUNCTIONS else None)
    return f"Write the function `{function}(…)` around the value. " if function is not None else ""
