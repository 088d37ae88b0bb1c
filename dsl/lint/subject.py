"""What the rules look at: a checked workspace, its texts, and the questions that many of them ask.

Everything is worked out when it is first asked for, and once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property, partial
from typing import Any, TypeVar, cast

from sojourn.dsl import ast, checked
from sojourn.dsl.check.memory import Memory, Reads, Trace
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.flow import Flow
from sojourn.dsl.lint.reasoning import Reasoner
from sojourn.dsl.lint.rule import Found
from sojourn.dsl.lint.settings import LintSettings
from sojourn.dsl.lint.suppressions import Suppression
from sojourn.dsl.lint.texts import Text
from sojourn.dsl.resolve import KINDS
from sojourn.dsl.source import SourceFile, Span
from sojourn.dsl.uses import Use, by_meaning
from sojourn.dsl.workspace import Compiled

__all__ = ["PERSONAL", "Sending", "Subject"]

PERSONAL = ("email", "sms", "push")
"""The channels by which a message reaches a person."""

_N = TypeVar("_N", bound=ast.Node)


@dataclass(frozen=True, slots=True)
class Sending:
    """A `send` in a journey: the step's number, and the channels that it can go out by."""

    journey: checked.Journey
    number: int
    step: checked.Step
    message: checked.Message
    channels: tuple[str, ...]


class Subject:
    """A checked workspace as the rules see it. `now` is an instant in microseconds UTC."""

    def __init__(
        self,
        compiled: Compiled,
        workspace: checked.Workspace,
        settings: LintSettings,
        now: int,
        suppressions: tuple[Suppression, ...] = (),
        memory: Memory | None = None,
    ) -> None:
        self.compiled = compiled
        self.trace = Trace(memory)
        self.workspace = _traced(workspace, self.trace)
        self._all = workspace
        self.settings = settings
        self.now = now
        self.suppressions = suppressions
        self.reasoner = Reasoner(self.workspace, self.trace)
        self._flows: dict[str, tuple[Flow, Reads]] = {}
        self._by_span: dict[type, dict[Span, ast.Node]] = {}
        self._entered = self.trace.table("entered", self._entered_journeys())
        self.sends_to: Mapping[str, tuple[Sending, ...]] = self.trace.table("sends", self._sends_to())
        """The sends of each message."""

    # ------------------------------------------------------------ whose it is

    def is_own(self, span: Span) -> bool:
        """Whether something stands in the workspace's own folder, not in a module or folder that is `use`d."""
        return bool(span.path) and not span.path.startswith(("sojourn/stdlib/", "/")) and ":" not in span.path

    def own(self, things: Mapping[str, Any]) -> Iterator[Any]:
        """Those of the workspace's own folder."""
        return (thing for thing in things.values() if self.is_own(thing.span))

    def kept(self, rule: str, thing: object, look: Callable[[], Iterable[Found]]) -> list[Found]:
        """What a rule finds in one thing, or what it found when the workspace was looked at before and nothing has
        changed that it looks up in the workspace. `thing` is a part of the tree or of the checked workspace that is the
        same one as long as its text and its place are. `look` must not ask for the time, for settings, nor for what
        stands in other declarations except by way of `workspace`, `reasoner`, `flow` and `sends_to`.
        """
        return self.trace.unit(rule, thing, lambda: list(look()))

    @cached_property
    def journeys(self) -> tuple[checked.Journey, ...]:
        """The workspace's own journeys."""
        return tuple(self.own(self._all.journeys))

    # ----------------------------------------------------------------- syntax

    @cached_property
    def trees(self) -> tuple[ast.File, ...]:
        """The workspace's own files."""
        return tuple(tree for tree in self.compiled.asts if self.is_own(tree.span))

    @cached_property
    def _by_kind(self) -> Mapping[type, list[Any]]:
        found: dict[type, list[Any]] = {}
        for tree in self.trees:
            for declaration in tree.declarations:
                if not isinstance(declaration, ast.Test):
                    for node in self.trace.unit("nodes", declaration, partial(_all_nodes, declaration)):
                        found.setdefault(type(node), []).append(node)
                else:
                    found.setdefault(ast.Test, []).append(declaration)
        return found

    def nodes(self, kind: type[_N]) -> list[_N]:
        """All nodes of one kind in the workspace's own files, tests left out."""
        return cast("list[_N]", self._by_kind.get(kind, []))

    @cached_property
    def _declared(self) -> Mapping[tuple[str, str], Any]:
        found: dict[tuple[str, str], Any] = {}
        for tree in self.compiled.asts:
            for node in tree.declarations:
                name = getattr(node, "name", None)
                if type(node) in KINDS and isinstance(name, ast.Name):
                    found.setdefault((KINDS[type(node)], name.text), node)
        return found

    def declared(self, kind: str, name: str) -> Any:
        """The syntax of a declaration that is there."""
        return self._declared[kind, name]

    def name_of(self, kind: str, name: str) -> Span:
        """Where the name of a declaration stands."""
        return cast(Span, self.declared(kind, name).name.span)

    def node_at(self, kind: type[_N], span: Span) -> _N | None:
        """The node of a kind that stands exactly there."""
        found = self._by_span.get(kind)
        if found is None:
            found = self._by_span[kind] = {node.span: node for node in self._by_kind.get(kind, ())}
        return cast("_N | None", found.get(span))

    def settings_of(self, journey: str, kind: type[_N]) -> list[_N]:
        """The settings of a kind at the top of a journey."""
        return [node for node in self.declared("journey", journey).settings if isinstance(node, kind)]

    # ------------------------------------------------------------------- text

    def source(self, path: str) -> SourceFile:
        """A journey file or a template."""
        known = self.compiled.sources.get(path) or self.templates.get(path)
        return known if known is not None else SourceFile(path, "")

    def words(self, span: Span) -> str:
        """The author's own words at a place, on one line."""
        return " ".join(self.source(span.path).text[span.start : span.end].split())

    def head(self, span: Span) -> Span:
        """The first line of what stands at a place."""
        text = self.source(span.path).text
        end = text.find("\n", span.start, span.end)
        if end == -1:
            return span
        return Span(
            span.path, span.start, span.start + len(text[span.start : end].rstrip()), span.line, span.column
        )

    def short(self, span: Span) -> str:
        """The author's own words at a place, cut where they are long."""
        said = self.words(self.head(span))
        return said if len(said) <= 60 else f"{said[:59]}…"

    @cached_property
    def templates(self) -> Mapping[str, SourceFile]:
        """The files that hold the texts of messages and offers, and what these share."""
        found = {text.template.path: text.written for text in self.texts if text.node.is_file}
        return {**found, **{text.template.path: text.written for text in self.pieces if text.is_shared}}

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """The texts of the workspace's own messages and offers."""
        found: list[Text] = []
        files: dict[str, SourceFile] = {}

        def add(owner: str, node: ast.Part, template: checked.Template, **more: Any) -> None:
            path = template.path
            if node.is_file:
                written = files.setdefault(path, SourceFile(path, template.source))
            else:
                written = self.compiled.sources[path]
            found.append(
                Text(owner, node.name.text, more.pop("channel", ""), template, node, written, **more)
            )

        for message in self.own(self.workspace.messages):
            declared = self.declared("message", message.name)
            variants = {variant.span: variant for variant in message.variants}
            for written in declared.variants:
                variant = variants.get(written.span)
                if variant is None:
                    continue
                for part in written.parts:
                    template = variant.parts.get(part.name.text)
                    if template is not None and template.source:
                        add(
                            message.name,
                            part,
                            template,
                            channel=variant.channel,
                            message=message,
                            variant=variant,
                        )
        for offer in self.own(self.workspace.offers):
            for part in self.declared("offer", offer.name).parts:
                template = offer.parts.get(part.name.text)
                if template is not None and template.source:
                    add(offer.name, part, template)
        return tuple(found)

    def shared(self, text: Text) -> Mapping[str, Text]:
        """The workspace's own files that go into a text besides its own, by path."""
        found: dict[str, Text] = {}
        for path in text.template.files:
            words = self.workspace.templates.get(path)
            if words is None or not self.is_own(Span(path, 0, 0, 1, 1)):
                continue
            template = checked.Template(words, path, 1, text.template.html, "{" not in words)
            written = SourceFile(path, words)
            found[path] = replace(text, owner=path, template=template, written=written, is_shared=True)
        return found

    @cached_property
    def pieces(self) -> tuple[Text, ...]:
        """All that texts are put together from: the texts, and each file they share once for each part of a channel."""
        found: dict[object, Text] = {}
        for text in self.texts:
            for path, piece in self.shared(text).items():
                found.setdefault((path, text.channel, text.part, text.template.html), piece)
        return (*self.texts, *found.values())

    @cached_property
    def mail_pieces(self) -> tuple[Text, ...]:
        """What the bodies of mails are put together from."""
        return tuple(text for text in self.pieces if text.channel == "email" and text.part == "body")

    @cached_property
    def mails(self) -> tuple[Text, ...]:
        """The bodies of mails."""
        return tuple(text for text in self.texts if text.channel == "email" and text.part == "body")

    # ------------------------------------------------------------------ edits

    def deletion(self, node: ast.Node, title: str) -> Fix:
        """Takes a declaration out, with the comments and the description above it."""
        return self.removal(node.span, title)

    def removal(self, span: Span, title: str, safe: bool = False) -> Fix:
        """Takes out whole lines: a declaration, a setting or a step, with the comments and the description
        above it.
        """
        source = self.source(span.path)
        text, starts = source.text, source.line_starts
        first = span.line
        indent = span.column - 1
        while first > 1:
            above = source.line(first - 1)
            if not above.strip().startswith("#") or len(above) - len(above.lstrip()) != indent:
                break
            first -= 1
        end = text.find("\n", span.end)
        end = len(text) if end == -1 else end + 1
        return Fix(source.span(starts[first - 1], end), "", title, safe=safe)

    def insertion(self, after: Span, text: str, title: str, safe: bool = False) -> Fix:
        """Writes something right behind what stands at a place."""
        return Fix(self.source(after.path).span(after.end, after.end), text, title, safe=safe)

    def line_after(self, span: Span, line: str, title: str, safe: bool = False) -> Fix:
        """Writes a line of its own below the last line of what stands at a place, indented like its first."""
        source = self.source(span.path)
        end = source.text.find("\n", span.end)
        end = len(source.text) if end == -1 else end
        indent = len(source.line(span.line)) - len(source.line(span.line).lstrip(" "))
        added = "\n".join(" " * indent + part for part in line.split("\n"))
        return Fix(source.span(end, end), f"\n{added}", title, safe=safe)

    def line_before(self, span: Span, line: str, title: str, safe: bool = False) -> Fix:
        """Writes a line of its own above what stands at a place and the comments above that, indented like it."""
        source = self.source(span.path)
        first = span.line
        while first > 1 and source.line(first - 1).strip().startswith("#"):
            first -= 1
        at = source.line_starts[first - 1]
        return Fix(source.span(at, at), f"{' ' * (span.column - 1)}{line}\n", title, safe=safe)

    def setting(self, journey: str, line: str, title: str, safe: bool = False) -> Fix:
        """Writes a setting below the last setting of a journey."""
        last = self.declared("journey", journey).settings[-1]
        return self.line_after(last.span, line, title, safe)

    # --------------------------------------------------------------- journeys

    def flow(self, journey: checked.Journey) -> Flow:
        """The ways through a journey."""
        found = self._flows.get(journey.name)
        if found is None:
            found = self._flows[journey.name] = self.trace.answer(partial(self._flow, journey))
        self.trace.relies(found[1])
        return found[0]

    def _flow(self, journey: checked.Journey) -> Flow:
        flow = Flow(journey, self.reasoner, journey.name in self._entered)
        flow.at_start()  # now, so that what it looks up counts for whoever asks for the flow
        return flow

    def _entered_journeys(self) -> dict[str, bool]:
        """The journeys that a step enters."""
        steps = (step.operation for journey in self._all.journeys.values() for step in journey.steps)
        return {one.journey: True for one in steps if isinstance(one, checked.EnterJourney)}

    @cached_property
    def sendings(self) -> tuple[Sending, ...]:
        """Every `send` of the workspace's own journeys."""
        found = []
        for journey in self.journeys:
            for number, step in enumerate(journey.steps):
                if isinstance(step.operation, checked.Send):
                    message = self._all.messages[step.operation.message]
                    there = tuple(dict.fromkeys(variant.channel for variant in message.variants))
                    asked = step.operation.channels
                    channels = tuple(channel for channel in asked if channel in there) if asked else there
                    found.append(Sending(journey, number, step, message, channels))
        return tuple(found)

    def _sends_to(self) -> dict[str, tuple[Sending, ...]]:
        """The sends of each message."""
        found: dict[str, list[Sending]] = {}
        for sending in self.sendings:
            found.setdefault(sending.message.name, []).append(sending)
        return {name: tuple(sends) for name, sends in found.items()}

    @cached_property
    def sends_of(self) -> Mapping[str, list[Sending]]:
        """The sends of each journey, in order."""
        found: dict[str, list[Sending]] = {}
        for sending in self.sendings:
            found.setdefault(sending.journey.name, []).append(sending)
        return found

    def is_marketing(self, message: checked.Message) -> bool:
        """Whether people choose to get it: its topic is `opt in` or `opt out`."""
        topic = self.workspace.topics.get(message.topic or "")
        return topic is not None and topic.mode != "always"

    # -------------------------------------------------------------- conditions

    @cached_property
    def conditions(self) -> tuple[tuple[checked.Expr, str], ...]:
        """Every condition of the workspace's own files, each with the event that its `event` fields belong to
        ("" for none).

        Those of audiences, starts, exits, goals, waits, branches, variants and offers, and those about past
        events.
        """
        found: list[tuple[checked.Expr, str]] = []

        def add(condition: checked.Expr | None, event: str = "") -> None:
            if condition is not None and self.is_own(condition.span):
                found.append((condition, event))

        for audience in self.own(self.workspace.audiences):
            if audience.name not in self.workspace.lists:
                add(audience.condition)
        for aggregate in self.workspace.aggregates.values():
            add(aggregate.where, aggregate.event)
            if aggregate.sequel is not None:
                add(aggregate.sequel.where, aggregate.sequel.event)
        for message in self.own(self.workspace.messages):
            for variant in message.variants:
                add(variant.when)
        for offer in self.own(self.workspace.offers):
            add(offer.when)
        for journey in self.journeys:
            for start in journey.starts:
                if isinstance(start, checked.StartOnEvent):
                    add(start.where, start.event)
            for out in journey.exits:
                if isinstance(out, checked.ExitOnEvent):
                    add(out.where, out.event)
                else:
                    add(out.condition)
            if journey.goal is not None:
                add(journey.goal.where, journey.goal.event)
            for step in journey.steps:
                for condition, event in _of_step(step, self.flow(journey).start_event):
                    add(condition, event)
        return tuple(found)

    # ------------------------------------------------------------------ names

    @cached_property
    def meanings(self) -> Mapping[tuple[str, str, str], list[Use]]:
        """The places of each name, its declaration included."""
        return by_meaning(self.compiled.uses)

    def used(self, kind: str, name: str, owner: str = "") -> list[Use]:
        """The places where a name is used, other than its declaration."""
        return [use for use in self.meanings.get((kind, owner, name), ()) if not use.declares]


def _of_step(step: checked.Step, start: str) -> Iterator[tuple[checked.Expr | None, str]]:
    match step.operation:
        case checked.Branch(arms=arms):
            yield from ((condition, start) for _, condition, _ in arms)
        case checked.WaitFor() as wait:
            yield wait.where, wait.event
        case checked.WaitForFirst() as wait:
            yield from ((one.where, one.event) for one in wait.alternatives)
        case checked.StopRepeating() as stop:
            yield stop.condition, start
        case _:
            pass


def _traced(workspace: checked.Workspace, trace: Trace) -> checked.Workspace:
    """The workspace with tables in it, so that it is known what a rule looked up."""
    tables = ("profile", "schemas", "events", "catalogs", "aggregates", "attributes", "audiences", "topics", "messages",
              "journeys", "lists", "webhooks", "offers", "decisions", "statistics", "recommendations",
              "templates")  # fmt: skip
    made: dict[str, Any] = {name: trace.table(name, getattr(workspace, name)) for name in tables}
    return replace(workspace, **made)


def _all_nodes(declaration: ast.Node) -> list[ast.Node]:
    return list(_nodes(declaration))


def _nodes(value: Any) -> Iterator[ast.Node]:
    if isinstance(value, ast.Node):
        yield value
        for name in _names(type(value)):
            part = getattr(value, name)
            if part:
                yield from _nodes(part)
    elif isinstance(value, tuple):
        for item in value:
            if isinstance(item, tuple | ast.Node):
                yield from _nodes(item)


_NAMES: dict[type, tuple[str, ...]] = {}


def _names(kind: type) -> tuple[str, ...]:
    """The fields of a kind of node that may hold nodes."""
    found = _NAMES.get(kind)
    if found is None:
        apart = {
            "span",
            "comments",
            "remark",
            "trailing",
            "part_spans",
            "text",
            "value",
            "value_start",
            "description",
        }
        assert is_dataclass(kind)
        plain = {"Name", "Text", "Number"}
        names: Iterable[str] = () if kind.__name__ in plain else (f.name for f in fields(kind))
        keep = {"value"} if kind.__name__ in _WITH_VALUE else set()
        keep |= {"text"} if kind.__name__ == "Part" else set()
        found = _NAMES[kind] = tuple(name for name in names if name not in apart - keep)
    return found


_WITH_VALUE = frozenset({"Set", "Add", "Remove", "Argument", "Attribute", "Define"})
