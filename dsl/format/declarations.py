"""Declarations as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sojourn.dsl import ast
from sojourn.dsl.format.expressions import Words, path, times
from sojourn.dsl.format.page import Page
from sojourn.dsl.format.steps import Steps
from sojourn.dsl.source import SourceFile

__all__ = ["print_file"]

_ONE_LINE = (ast.Use, ast.Attribute, ast.Define, ast.Topic, ast.Limit, ast.QuietHours, ast.Event)


def print_file(file: ast.File, source: SourceFile) -> str:
    """The text of a file, line end included."""
    page = Page(source)
    printer = _Declarations(page, Words(source))
    declarations = file.declarations
    at = 0
    while at < len(declarations):
        group = _group(declarations, at, page)
        if at:
            page.blank()
        printer.group(group)
        at += len(group)
    if file.trailing:
        if declarations:
            page.blank()
        page.comments(file.trailing, 0)
    return page.text()


def _group(declarations: Sequence[ast.Declaration], at: int, page: Page) -> list[ast.Declaration]:
    """A declaration, with those of its kind that follow it on the very next lines."""
    group = [declarations[at]]
    kind = type(group[0])
    if not isinstance(group[0], _ONE_LINE):
        return group
    while at + len(group) < len(declarations):
        following = declarations[at + len(group)]
        if (
            type(following) is not kind
            or page.spaced(following)
            or not _is_short(following)
            or not _is_short(group[-1])
        ):
            break
        group.append(following)
    return group


def _is_short(node: ast.Declaration) -> bool:
    """Whether the declaration is one line, or a few of a condition."""
    return not (isinstance(node, ast.Event) and node.fields)


class _Declarations:
    def __init__(self, page: Page, words: Words) -> None:
        self.page = page
        self.words = words
        self.steps = Steps(page, words)
        self._by_type: dict[type[Any], Callable[[Any], None]] = {
            ast.Profile: lambda node: self._with_fields("profile", node),
            ast.Schema: lambda node: self._with_fields(f"schema {node.name}", node),
            ast.Identity: self._identity,
            ast.Catalog: self._catalog,
            ast.Dataset: self._dataset,
            ast.Merge: self._merge,
            ast.Audience: self._audience,
            ast.Message: self._message,
            ast.Offer: self._offer,
            ast.Decision: self._decision,
            ast.Recommendation: self._recommendation,
            ast.Webhook: self._webhook,
            ast.Journey: self.steps.journey,
            ast.Test: self.steps.test,
            ast.Use: lambda node: self._line(
                node, f'use "{node.target}"' if node.is_path else f"use {node.target}"
            ),
            ast.Limit: self._limit,
            ast.QuietHours: self._quiet_hours,
            ast.Event: self._event,
        }

    def group(self, group: list[ast.Declaration]) -> None:
        """Declarations that stand together."""
        if isinstance(group[0], ast.Attribute | ast.Define):
            heads = [_head(node) for node in group]
            width = max(len(head) for head in heads)
            for node, head in zip(group, heads, strict=True):
                assert isinstance(node, ast.Attribute | ast.Define)
                lines = self.words.lines(f"{head:<{width}} = ", node.value, 0)
                self.page.lines(node, lines, 0, node.description)
            return
        if isinstance(group[0], ast.Topic):
            width = max(len(node.name.text) for node in group if isinstance(node, ast.Topic))
            gap = "  " if len(group) > 1 else " "
            for node in group:
                if isinstance(node, ast.Topic):
                    self._line(node, f"topic {node.name.text:<{width}}{gap}{node.mode}", node.description)
            return
        for node in group:
            self._by_type[type(node)](node)

    def _line(self, node: ast.Node, text: str, description: str = "") -> None:
        self.page.lines(node, [text], 0, description)

    # --------------------------------------------------------------- data

    def _with_fields(self, head: str, node: Any) -> None:
        self.page.lines(node, [head], 0, node.description)
        self.fields(node.fields, 2)
        self.page.comments(node.trailing, 2)

    def _event(self, node: ast.Event) -> None:
        called = f" called {self.words.text(node.called, 0)}" if node.called is not None else ""
        self._with_fields(f"event {node.name}{called}", node)

    def fields(self, fields: Sequence[ast.Field], indent: int) -> None:
        """Names, types and what else is said of fields, in columns."""
        if not fields:
            return
        names = max(len(field.name.text) for field in fields)
        types = [type_text(field.type) for field in fields]
        column = max([len(text) for text in types if len(text) <= 16], default=0)
        for field, type in zip(fields, types, strict=True):
            line = f"{field.name.text:<{names}}  {type}"
            said = "  ".join(self._modifiers(field))
            if said:
                # A type that is wider than the column is followed by what else is said after one space.
                gap = column - len(type) + 2 if len(type) <= column else 1
                line += " " * gap + said
            self.page.lines(field, [" " * indent + line], indent, field.description)

    def _modifiers(self, field: ast.Field) -> list[str]:
        said = []
        if field.identity:
            said.append("identity")
        if field.required:
            said.append("required")
        if field.private:
            said.append("private")
        if field.called is not None:
            said.append(f"called {self.words.text(field.called, 0)}")
        if field.default is not None:
            said.append(f"= {self.words.value(field.default)}")
        return said

    def _identity(self, node: ast.Identity) -> None:
        self.page.lines(node, ["identity"], 0)
        width = max((len(entry.field.text) for entry in node.entries), default=0)
        for entry in node.entries:
            much = "one" if entry.unique else "many"
            self.page.lines(entry, [f"  {entry.field.text:<{width}}  {much} per person"], 2)
        self.page.comments(node.trailing, 2)

    def _catalog(self, node: ast.Catalog) -> None:
        source = self.words.text(node.source, 0)
        self._with_fields(f"catalog {node.name} from {node.format} {source} key {node.key}", node)

    def _dataset(self, node: ast.Dataset) -> None:
        self.page.lines(node, [f"dataset {node.name}"], 0, node.description)
        if node.holds:
            self.page.plain(f"  holds {_names(node.holds)}")
        if node.source is not None:
            location = f" {self.words.text(node.location, 0)}" if node.location is not None else ""
            self.page.plain(f"  from {node.source}{location}")
            width = max((len(self.words.text(m.source, 0)) for m in node.mappings), default=0)
            for mapping in node.mappings:
                line = f"    {self.words.text(mapping.source, 0):<{width}} to {path(mapping.target)}"
                if mapping.convert is not None:
                    how = mapping.convert
                    line += f" as {self.words.text(how, 0) if isinstance(how, ast.Text) else how}"
                self.page.lines(mapping, [line], 4)
        if node.keep is not None:
            self.page.plain(f"  keep {self.words.value(node.keep)}")
        self.page.comments(node.trailing, 2)

    def _merge(self, node: ast.Merge) -> None:
        self.page.lines(node, [f"merge profile by {node.by}"], 0)
        for rule in node.rules:
            self.page.lines(rule, [f"  {_names(rule.fields)} by {_names(rule.datasets)}"], 2)
        self.page.comments(node.trailing, 2)

    def _audience(self, node: ast.Audience) -> None:
        if node.csv is not None:
            self._line(
                node, f"audience {node.name} from csv {self.words.text(node.csv, 0)}", node.description
            )
            return
        self.page.lines(node, [f"audience {node.name}"], 0, node.description)
        if node.condition is not None:
            broken = self.words.is_broken(node.condition)
            lines = self.words.lines("", node.condition, 2, split=broken)
            self.page.lines(node.condition, lines, 2)
        self.page.comments(node.trailing, 2)

    # ---------------------------------------------------------- campaigns

    def _message(self, node: ast.Message) -> None:
        about = f" about {node.topic}" if node.topic is not None else ""
        self.page.lines(node, [f"message {node.name}{about}"], 0, node.description)
        width = max((len(part.name.text) for variant in node.variants for part in variant.parts), default=0)
        for variant in node.variants:
            head = f"{variant.channel}" + (" when " if variant.when is not None else "")
            lines = self.words.lines(head, variant.when, 2) if variant.when is not None else [f"  {head}"]
            self.page.lines(variant, lines, 2)
            self.parts(variant.parts, 4, width)
            self.page.comments(variant.trailing, 4)
        self.page.comments(node.trailing, 2)

    def parts(self, parts: Sequence[ast.Part], indent: int, width: int = 0) -> None:
        """The texts of a message or an offer, in columns; names are at least `width` wide."""
        width = max([width, *(len(part.name.text) for part in parts)])
        for part in parts:
            file = "file " if part.is_file else ""
            text = self.words.text(part.text, indent + 2)
            self.page.lines(part, [f"{' ' * indent}{part.name.text:<{width}} {file}{text}"], indent)

    def _limit(self, node: ast.Limit) -> None:
        noun = "message" if node.count == 1 else "messages"
        per = self.words.value(node.per) if node.per is not None else f"calendar {node.calendar}"
        self._line(node, f"limit {node.target} to {node.count} {noun} per {per}")

    def _quiet_hours(self, node: ast.QuietHours) -> None:
        on = f" on {_names(node.channels)}" if node.channels else ""
        drop = " drop" if node.drop else ""
        start, end = self.words.value(node.start), self.words.value(node.end)
        zone = ""
        if node.zone is not None:
            zone = f" in {self.words.value(node.zone.zone)}"
            if node.zone.otherwise is not None:
                zone += f" otherwise {self.words.value(node.zone.otherwise)}"
        self._line(node, f"quiet hours from {start} to {end}{on}{zone}{drop}")

    def _offer(self, node: ast.Offer) -> None:
        self.page.lines(node, [f"offer {node.name}"], 0, node.description)
        if node.when is not None:
            self.page.plain(*self.words.lines("when ", node.when, 2))
        self.parts(node.parts, 2)
        for word, value in (("since", node.since), ("until", node.until)):
            if value is not None:
                self.page.plain(f"  {word} {self.words.value(value)}")
        if node.per_person is not None:
            self.page.plain(f"  at most {times(node.per_person)} per person")
        if node.in_total is not None:
            self.page.plain(f"  at most {times(node.in_total)} in total")
        if node.priority is not None:
            self.page.plain(f"  priority {self.words.value(node.priority)}")
        self.page.comments(node.trailing, 2)

    def _decision(self, node: ast.Decision) -> None:
        self.page.lines(node, [f"decision {node.name}"], 0, node.description)
        self.page.plain(f"  from {_names(node.offers)}")
        by = f" by {self.words.value(node.by)}" if node.by is not None else ""
        self.page.plain(f"  pick {node.pick}{by}")
        if node.otherwise is not None:
            self.page.plain(f"  otherwise {node.otherwise}")
        self.page.comments(node.trailing, 2)

    def _recommendation(self, node: ast.Recommendation) -> None:
        self.page.lines(node, [f"recommendation {node.name}"], 0, node.description)
        self.page.plain(f"  pick {node.pick} from {node.catalog}")
        for word, ranking in (("by", node.by), ("except", node.excluded), ("otherwise", node.otherwise)):
            if ranking is not None:
                self.page.plain(f"  {word} {self._ranking(ranking)}")
        self.page.comments(node.trailing, 2)

    def _ranking(self, node: ast.Ranking) -> str:
        window = self.words.window(node.window)
        if node.subject is not None:
            event = f" in {node.event}" if node.event is not None else ""
            return f"{node.kind} {path(node.subject)}{event}{window}"
        return node.kind + (f" {node.event}" if node.event is not None else "") + window

    def _webhook(self, node: ast.Webhook) -> None:
        self.page.lines(node, [f"webhook {node.name}"], 0, node.description)
        if node.post is not None:
            self.page.plain(f"  post {self.words.text(node.post, 2)}")
        if node.timeout is not None:
            self.page.plain(f"  timeout {self.words.value(node.timeout)}")
        if node.retries is not None:
            self.page.plain(f"  retries {node.retries}")
        if node.answers:
            self.page.plain("  answers")
            self.fields(node.answers, 4)
        self.page.comments(node.trailing, 2)


def _head(node: ast.Declaration) -> str:
    if isinstance(node, ast.Define):
        parameters = f"({_names(node.parameters)})" if node.parameters else ""
        return f"define {node.name}{parameters}"
    assert isinstance(node, ast.Attribute)
    return f"attribute {node.name}"


def _names(names: Iterable[ast.Name]) -> str:
    return ", ".join(name.text for name in names)


def type_text(type: ast.TypeName) -> str:
    """`list of text`, `one of a, b`, `ref product`."""
    match type.kind:
        case "list":
            assert type.of is not None
            return f"list of {type_text(type.of)}"
        case "one of":
            return f"one of {', '.join(type.options)}"
        case "ref":
            return f"ref {type.name}"
        case "plain":
            return type.name
