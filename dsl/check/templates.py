"""Templates are checked against the schemas, where their messages are sent.

A template is parsed by Jinja2 itself; its tree is then walked with a shape for every expression: which fields
it has, or what its elements are. What a template sees depends on the journey that sends it (the event, the
names given by `as`, the values after `with`), so it is walked once for each different view, and each mistake
is reported once, at its line in the template's own file.

Only this module needs Jinja2, and it imports it only when there is a template with tags.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sojourn.dsl import checked
from sojourn.dsl.check.messages import Sent
from sojourn.dsl.check.offers import shape_of_offers
from sojourn.dsl.check.recommendations import subject_is_there
from sojourn.dsl.check.report import and_list, nearest
from sojourn.dsl.check.shape import walk
from sojourn.dsl.check.shapes import ANY, Shape, Shapes
from sojourn.dsl.check.world import World
from sojourn.dsl.diagnostics import Diagnostic, Related
from sojourn.dsl.source import SourceFile, Span
from sojourn.dsl.types import DATETIME, INTEGER, URL, list_of, ref, schema_type

__all__ = ["GLOBALS", "OWN_FILTERS", "check_templates", "template_tree"]

OWN_FILTERS = frozenset({"date", "money"})
"""The filters that the renderer adds to those of Jinja2."""
GLOBALS = frozenset({"dict", "range"})
"""What the renderer leaves of Jinja2's global functions; `link` and `now` it adds itself."""
_TO_ITEM = ("first", "last", "random", "min", "max")
_SAME_LIST = ("sort", "reverse", "unique", "list", "select", "reject", "selectattr", "rejectattr")
_BY_ATTRIBUTE = {"map", "sum", "join", "sort", "groupby", "unique", "min", "max"}
_FIRST_ARGUMENT = {"selectattr", "rejectattr", "groupby"}
_OFFER = "offer "
_OTHER_FILES = ("Include", "Extends", "Import", "FromImport", "Block")


@dataclass(frozen=True, slots=True)
class View:
    """What a template sees where it is sent. `sent` is None for a message that nothing sends: then only the
    person is known.

    `maybe` are names that other sends of the message give, but not this one: they may be asked for, not
    relied on.
    """

    sent: Sent | None
    names: Mapping[str, Shape]
    maybe: frozenset[str] = frozenset()


def check_templates(world: World, messages: dict[str, checked.Message], sends: dict[str, list[Sent]]) -> None:
    """Looks into the templates of all messages."""
    _check_whens(world, messages, sends)
    written = [
        (message, variant, template)
        for message in messages.values()
        for variant in message.variants
        for template in variant.parts.values()
        if not template.constant
    ]
    of_offers = [
        (offer, template)
        for offer in world.offers.values()
        for template in offer.parts.values()
        if not template.constant
    ]
    if not written and not of_offers:
        return
    shapes = Shapes(world)
    for message, variant, template in written:
        here = [s for s in sends.get(message.name, ()) if not s.channels or variant.channel in s.channels]
        _Checker(world, shapes, template).run(_views(shapes, here))
    for offer, template in of_offers:
        alone = Sent(f"{_OFFER}{offer.name}", (), (), {}, {}, offer.span)
        _Checker(world, shapes, template).run([View(alone, {})])


def _check_whens(world: World, messages: dict[str, checked.Message], sends: dict[str, list[Sent]]) -> None:
    """What is recommended in the `when` of a variant may look at the event of whoever sends it."""
    for message in messages.values():
        for variant in message.variants:
            for part in walk(variant.when) if variant.when is not None else ():
                if not isinstance(part, checked.RecommendationValue):
                    continue
                for sent in sends.get(message.name, ()):
                    here = not sent.channels or variant.channel in sent.channels
                    if here and not subject_is_there(world, part.name, sent.events, part.span):
                        break


@lru_cache(maxsize=4096)
def template_tree(source: str) -> Any:
    """What Jinja2 makes of a template; nobody changes it. When a workspace is checked again, few templates are new.

    Raises jinja2.TemplateSyntaxError.
    """
    return _environment().parse(source)


@lru_cache(maxsize=1)
def _environment() -> Any:
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment()


def _views(shapes: Shapes, sends: list[Sent]) -> list[View]:
    """The different views that a template has; a name given by one send only is a `maybe` of the others."""
    if not sends:
        return [View(None, {})]
    everything = {name for sent in sends for name in (*sent.args, *sent.run)}
    views: dict[Any, View] = {}
    for sent in sends:
        names = {name: shapes.of(value.type, name) for name, value in sent.args.items()}
        names.update({name: shapes.event((event,), name) for name, event in sent.run.items()})
        key = (sent.events, tuple(sorted((name, str(shape)) for name, shape in names.items())))
        views.setdefault(key, View(sent, names, frozenset(everything - set(names))))
    return list(views.values())


@dataclass
class _Checker:
    """Walks one template."""

    world: World
    shapes: Shapes
    template: checked.Template
    view: View = field(default_factory=lambda: View(None, {}))
    source: SourceFile = field(default_factory=lambda: SourceFile("", ""))

    def run(self, views: list[View]) -> None:
        from jinja2 import TemplateSyntaxError

        self.source = self.world.sources.get(self.template.path) or SourceFile(
            self.template.path, self.template.source
        )
        try:
            tree = template_tree(self.template.source)
        except TemplateSyntaxError as error:
            why = _plain(error.message or "it cannot be read")
            self.world.report.error("template-syntax", self._place(error.lineno, ""), why=why)
            return
        for view in views:
            self.view = view
            self._statements(tree.body, {}, frozenset())

    # ----------------------------------------------------------- statements

    def _statements(self, nodes: list[Any], local: dict[str, Shape], sure: frozenset[str]) -> None:
        """`local` are names the template itself makes; `sure` are names whose presence was asked for around
        here.
        """
        for node in nodes:
            self._statement(node, local, sure)

    def _statement(self, node: Any, local: dict[str, Shape], sure: frozenset[str]) -> None:
        kind = type(node).__name__
        if kind == "Output":
            for part in node.nodes:
                if type(part).__name__ != "TemplateData":
                    self._shape(part, local, sure)
        elif kind == "If":
            asked = sure | _names_in(node.test)
            before = len(self.world.report.found)
            self._shape(node.test, local, asked)
            if len(self.world.report.found) > before:  # whatever it meant to ask for
                asked |= self.view.maybe
            self._statements(node.body, local, asked)
            for other in node.elif_:
                self._statement(other, local, sure)
            self._statements(node.else_, local, sure)
        elif kind == "For":
            items = self._shape(node.iter, local, sure)
            item = self._item(items, node)
            inside = dict(local)
            for name in _targets(node.target):
                inside[name] = item if type(node.target).__name__ == "Name" else ANY
            inside["loop"] = ANY
            if node.test is not None:
                self._shape(node.test, inside, sure)
            self._statements(node.body, inside, sure)
            self._statements(node.else_, local, sure)
        elif kind == "Assign":
            shape = self._shape(node.node, local, sure)
            for name in _targets(node.target):
                local[name] = shape if type(node.target).__name__ == "Name" else ANY
        elif kind == "AssignBlock":
            self._statements(node.body, dict(local), sure)
            local.update(dict.fromkeys(_targets(node.target), ANY))
        elif kind == "With":
            inside = dict(local)
            for target, value in zip(node.targets, node.values, strict=True):
                shape = self._shape(value, local, sure)
                inside.update(dict.fromkeys(_targets(target), shape))
            self._statements(node.body, inside, sure)
        elif kind == "Macro":
            local[node.name] = ANY
            self._statements(node.body, {**local, **{argument.name: ANY for argument in node.args}}, sure)
        elif kind in _OTHER_FILES:
            self.world.not_yet(
                self._place(node.lineno, ""),
                f"`{_tag(kind)}` in a template",
                "Write the text into the template itself.",
            )
        else:
            for child in node.iter_child_nodes():
                self._shape(child, local, sure) if _is_expression(child) else self._statement(
                    child, local, sure
                )

    def _item(self, items: Shape, node: Any) -> Shape:
        if items.type is not None and items.type.kind == "list" and items.type.of is not None:
            return self.shapes.of(items.type.of, "item")
        if items.is_known and not (items.type is not None and items.type.kind == "nothing"):
            place = self._place(node.lineno, items.said.split(".")[-1])
            self.world.report.error("not-a-list", place, name=items.said, type=str(items.type or "group"))
        return ANY

    # ---------------------------------------------------------- expressions

    def _shape(self, node: Any, local: dict[str, Shape], sure: frozenset[str]) -> Shape:
        kind = type(node).__name__
        method = getattr(self, f"_of_{kind.lower()}", None)
        if method is not None:
            found: Shape = method(node, local, sure)
            return found
        for child in node.iter_child_nodes():
            self._shape(child, local, sure)
        return ANY

    def _of_name(self, node: Any, local: dict[str, Shape], sure: frozenset[str]) -> Shape:
        name = node.name
        if name in local:
            return local[name]
        if name == "profile":
            return self.shapes.profile
        if name == "event":
            return self._event(node)
        if name in self.view.names:
            return self.view.names[name]
        if name in self.world.names.attributes:
            self.world.uses.note("attribute", name, self._place(node.lineno, name))
            return self.shapes.attribute(name)
        if name in self.world.decisions:
            decision = self.world.decisions[name]
            self.world.uses.note("decision", name, self._place(node.lineno, name))
            type = schema_type(shape_of_offers(self.world, decision).name)
            return self.shapes.of(type if decision.pick == 1 else list_of(type), name)
        if name in self.world.recommendations:
            return self._recommendation(node, name)
        if name == "now":
            return self.shapes.of(DATETIME, name)
        if name in self.world.failed_decisions:
            return ANY
        if name == "link" or name in GLOBALS or name in self.world.names.lost:
            return ANY
        if name in self.view.maybe:
            sent = self.view.sent
            if name not in sure and sent is not None and not self._is_partial():
                related = [Related(sent.span, f"{sent.journey} sends it without {name} here")]
                self.world.report.error(
                    "value-not-given",
                    self._place(node.lineno, name),
                    related=related,
                    name=name,
                    journey=sent.journey,
                )
            return ANY
        if self.view.sent is not None and not self._is_partial():
            self._unknown_variable(node, name, local)
        return ANY

    def _is_partial(self) -> bool:
        """Whether a journey may be missing that gives what is not known here."""
        return bool(self.world.names.lost) or self.world.names.partial

    def _unknown_variable(self, node: Any, name: str, local: dict[str, Shape]) -> None:
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
        ]
        candidates = [whole[name]] if name in whole else []
        candidates += [whole.get(found, found) for found in nearest(name, known, whole)]
        self.world.report.error(
            "unknown-variable",
            self._place(node.lineno, name),
            candidates=dict.fromkeys(candidates[:3]),
            name=name,
            journey=sent.journey,
        )

    def _recommendation(self, node: Any, name: str) -> Shape:
        place = self._place(node.lineno, name)
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
            if sent.journey.startswith(_OFFER):
                why = "The texts of an offer are about the person, whatever has happened."
                self.world.report.error("no-event-here", self._place(node.lineno, "event"), why=why)
                return ANY
            related = [Related(sent.span, f"{sent.journey} sends it here")]
            self.world.report.error(
                "no-event-here",
                self._place(node.lineno, "event"),
                related=related,
                why=f"{sent.journey} sends this message and does not start on an event.",
            )
            return ANY
        return self.shapes.event(sent.events, "event")

    def _of_getattr(self, node: Any, local: dict[str, Shape], sure: frozenset[str]) -> Shape:
        return self._into(self._shape(node.node, local, sure), node.attr, node)

    def _of_getitem(self, node: Any, local: dict[str, Shape], sure: frozenset[str]) -> Shape:
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
        place = self._place(node.lineno, name, base.said.rsplit(".", 1)[-1])
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
        place = self._place(node.lineno, name, base.said.rsplit(".", 1)[-1])
        self.world.uses.note(kind, name, place, owner)

    def _of_filter(self, node: Any, local: dict[str, Shape], sure: frozenset[str]) -> Shape:
        if node.name not in _environment().filters and node.name not in OWN_FILTERS:
            candidates = nearest(node.name, OWN_FILTERS, _environment().filters)
            self.world.report.error(
                "unknown-filter", self._place(node.lineno, node.name), candidates=candidates, name=node.name
            )
        if node.node is None:
            return ANY
        asked = sure | _names_in(node.node) if node.name in ("default", "d") else sure
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

    def _of_test(self, node: Any, local: dict[str, Shape], sure: frozenset[str]) -> Shape:
        if node.name not in _environment().tests:
            candidates = nearest(node.name, _environment().tests)
            self.world.report.error(
                "unknown-filter", self._place(node.lineno, node.name), candidates=candidates, name=node.name
            )
        asked = sure | _names_in(node.node) if node.name in ("defined", "undefined", "none") else sure
        self._shape(node.node, local, asked)
        for argument in node.args or ():
            self._shape(argument, local, sure)
        return ANY

    def _of_condexpr(self, node: Any, local: dict[str, Shape], sure: frozenset[str]) -> Shape:
        asked = sure | _names_in(node.test)
        self._shape(node.test, local, asked)
        shape = self._shape(node.expr1, local, asked)
        if node.expr2 is not None:
            self._shape(node.expr2, local, sure)
        return shape

    def _of_or(self, node: Any, local: dict[str, Shape], sure: frozenset[str]) -> Shape:
        left = self._shape(node.left, local, sure | _names_in(node.left))
        self._shape(node.right, local, sure)
        return left

    def _of_and(self, node: Any, local: dict[str, Shape], sure: frozenset[str]) -> Shape:
        asked = sure | _names_in(node.left)
        self._shape(node.left, local, asked)
        return self._shape(node.right, local, asked)

    def _of_compare(self, node: Any, local: dict[str, Shape], sure: frozenset[str]) -> Shape:
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
                        self._place(node.lineno, value),
                        name=value,
                        candidates=nearest(value, side.type.options),
                        options=and_list(side.type.options),
                    )
        return ANY

    def _of_call(self, node: Any, local: dict[str, Shape], sure: frozenset[str]) -> Shape:
        self._shape(node.node, local, sure)
        for argument in (*node.args, *(pair.value for pair in node.kwargs)):
            self._shape(argument, local, sure)
        if type(node.node).__name__ == "Name" and node.node.name == "link" and "link" not in local:
            if len(node.args) != 1 or node.kwargs:
                self.world.report.error(
                    "wrong-arguments",
                    self._place(node.lineno, "link"),
                    name="link",
                    wants="1",
                    got=str(len(node.args) + len(node.kwargs)),
                    example="link('cart')",
                )
            return self.shapes.of(URL, "link")
        return ANY

    # --------------------------------------------------------------- places

    def _place(self, line: int, word: str, before: str = "") -> Span:
        """The place of a word in the line of the template, in the file it stands in."""
        number = self.template.line + line - 1
        text = self.source.line(number)
        if number > len(self.source.line_starts):
            return self.source.span(0, 0)
        start = self.source.line_starts[number - 1]
        if word:
            exact = (
                re.search(rf"{re.escape(before)}\s*\.\s*({re.escape(word)})(?!\w)", text) if before else None
            )
            if exact is not None:
                return self.source.span(start + exact.start(1), start + exact.end(1))
            loose = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)
            if loose is not None:
                return self.source.span(start + loose.start(), start + loose.end())
        indent = len(text) - len(text.lstrip())
        return self.source.span(start + indent, start + len(text))


def _names_in(node: Any) -> frozenset[str]:
    from jinja2 import nodes

    names = {found.name for found in node.find_all(nodes.Name)}
    return frozenset(names | ({node.name} if isinstance(node, nodes.Name) else set()))


def _targets(node: Any) -> list[str]:
    from jinja2 import nodes

    if isinstance(node, nodes.Name):
        return [node.name]
    return [found.name for found in node.find_all(nodes.Name)]


def _is_expression(node: Any) -> bool:
    from jinja2 import nodes

    return isinstance(node, nodes.Expr)


def _tag(kind: str) -> str:
    return {"Import": "import", "FromImport": "from"}.get(kind, kind.lower())


def _plain(message: str) -> str:
    """Jinja2's message as the rest of a sentence."""
    message = message.rstrip(".")
    return message[0].lower() + message[1:] if message[:2].istitle() else message
