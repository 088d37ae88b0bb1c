"""Every declaration of a workspace by its name.

One namespace for all files: a name declared twice is an error that points at both places. What a workspace
declares itself takes the place of what a module of the standard library declares under the same name, so that
a module never stands in the way of one's own words. Blocks that could not be read are remembered by their
first line, so that the names they would have declared are not reported as unknown as well.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sojourn.dsl import ast
from sojourn.dsl.check.report import Report
from sojourn.dsl.diagnostics import Diagnostic, Related
from sojourn.dsl.layout import DECLARATIONS
from sojourn.dsl.source import SourceFile

__all__ = ["BUILT_IN_EVENTS", "KINDS", "REACTIONS", "RESERVED", "Names", "resolve"]

KINDS: dict[type, str] = {
    ast.Schema: "schema",
    ast.Event: "event",
    ast.Catalog: "catalog",
    ast.Dataset: "dataset",
    ast.Attribute: "attribute",
    ast.Define: "define",
    ast.Audience: "audience",
    ast.Topic: "topic",
    ast.Message: "message",
    ast.Offer: "offer",
    ast.Decision: "decision",
    ast.Recommendation: "recommendation",
    ast.Webhook: "webhook",
    ast.Journey: "journey",
}
"""The declarations that have a name, and what each is called."""

Named = (
    ast.Schema
    | ast.Event
    | ast.Catalog
    | ast.Dataset
    | ast.Attribute
    | ast.Define
    | ast.Audience
    | ast.Topic
    | ast.Message
    | ast.Offer
    | ast.Decision
    | ast.Recommendation
    | ast.Webhook
    | ast.Journey
)

T = TypeVar("T")
_NOT_RUN = (ast.Limit, ast.QuietHours, ast.Webhook)

BUILT_IN_EVENTS = ("subscribed", "unsubscribed")
REACTIONS = (
    "message_delivered", "email_opened", "message_clicked", "message_bounced", "message_complained",
    "message_replied",
)  # fmt: skip
"""How people and their mailboxes answer to messages: events that are there unless they are declared."""
RESERVED = frozenset({"event", "profile", "now", "today", "item", "consent"})
"""Names with a meaning of their own in expressions, which no declaration or profile field may take."""

_HEADER = re.compile(r"([a-z]+)[ \t]+([A-Za-z_]\w*)")
_FIELD = re.compile(r"[ \t]+([A-Za-z_]\w*)[ \t]+\S")


@dataclass(frozen=True)
class Names:
    """What is declared, by name, in the order written (the files in order of their paths).

    `kind` gives what each name is. `lost` are names whose blocks could not be read, or that two blocks claim,
    `lost_fields` those of profile fields; `partial` is true when a used folder or module could not be read at
    all: then no name is reported as unknown.
    """

    kind: Mapping[str, str]
    schemas: Mapping[str, ast.Schema]
    events: Mapping[str, ast.Event]
    catalogs: Mapping[str, ast.Catalog]
    datasets: Mapping[str, ast.Dataset]
    attributes: Mapping[str, ast.Attribute]
    defines: Mapping[str, ast.Define]
    audiences: Mapping[str, ast.Audience]
    topics: Mapping[str, ast.Topic]
    messages: Mapping[str, ast.Message]
    offers: Mapping[str, ast.Offer]
    decisions: Mapping[str, ast.Decision]
    recommendations: Mapping[str, ast.Recommendation]
    journeys: Mapping[str, ast.Journey]
    profiles: tuple[ast.Profile, ...]
    identities: tuple[ast.Identity, ...]
    merges: tuple[ast.Merge, ...]
    tests: tuple[ast.Test, ...]
    others: tuple[ast.Declaration, ...]
    lost: Collection[str] = frozenset()
    lost_fields: Collection[str] = frozenset()
    partial: bool = False
    files: tuple[ast.File, ...] = field(default=(), repr=False)

    def of_kind(self, kind: str) -> list[str]:
        """The names of one kind."""
        return [name for name, what in self.kind.items() if what == kind]


def resolve(
    files: Iterable[ast.File],
    sources: Mapping[str, SourceFile],
    broken: Iterable[Diagnostic],
    report: Report,
    partial: bool = False,
    library: frozenset[str] = frozenset(),
) -> Names:
    """Collects the declarations. `broken` are the parser's diagnostics; mistakes here go to `report`.

    `library` are the paths of those files that belong to the standard library.
    """
    files = tuple(files)
    declared: dict[str, Named] = {}
    kind: dict[str, str] = dict.fromkeys((*BUILT_IN_EVENTS, *REACTIONS), "event")
    disputed: set[str] = set()

    def collect(file: ast.File, taken: frozenset[str]) -> None:
        for declaration in file.declarations:
            if not isinstance(declaration, Named) or declaration.name.text in taken:
                continue
            what = KINDS[type(declaration)]
            name, span = declaration.name.text, declaration.name.span
            if name in RESERVED:
                report.error("reserved-name", span, name=name)
            elif name in BUILT_IN_EVENTS:
                report.error("built-in-name", span, name=name)
            elif name in declared:
                first = Related(declared[name].name.span, f"{name} is declared here first")
                report.error("declared-twice", span, related=[first], name=name, what=what, first=kind[name])
                disputed.add(name)
            else:
                declared[name] = declaration
                kind[name] = what

    for file in files:
        if file.path not in library:
            collect(file, frozenset())
    own = frozenset(declared) | _lost(sources, broken, declared)[0]
    for file in files:
        if file.path in library:
            collect(file, own)

    def named(cls: type[T]) -> dict[str, T]:
        return {name: node for name, node in declared.items() if isinstance(node, cls)}

    def unnamed(cls: type[T]) -> tuple[T, ...]:
        return tuple(node for file in files for node in file.declarations if isinstance(node, cls))

    lost, lost_fields = _lost(sources, broken, declared)
    return Names(
        kind=kind,
        schemas=named(ast.Schema),
        events=named(ast.Event),
        catalogs=named(ast.Catalog),
        datasets=named(ast.Dataset),
        attributes=named(ast.Attribute),
        defines=named(ast.Define),
        audiences=named(ast.Audience),
        topics=named(ast.Topic),
        messages=named(ast.Message),
        offers=named(ast.Offer),
        decisions=named(ast.Decision),
        recommendations=named(ast.Recommendation),
        journeys=named(ast.Journey),
        profiles=unnamed(ast.Profile),
        identities=unnamed(ast.Identity),
        merges=unnamed(ast.Merge),
        tests=unnamed(ast.Test),
        others=tuple(node for file in files for node in file.declarations if isinstance(node, _NOT_RUN)),
        lost=lost | disputed,
        lost_fields=lost_fields,
        partial=partial,
        files=files,
    )


def _lost(
    sources: Mapping[str, SourceFile], broken: Iterable[Diagnostic], declared: Mapping[str, Named]
) -> tuple[frozenset[str], frozenset[str]]:
    """The names, and the profile's fields, of the blocks that hold a mistake of syntax."""
    names: set[str] = set()
    fields: set[str] = set()
    for diagnostic in broken:
        source = sources.get(diagnostic.span.path)
        if source is None or diagnostic.severity != "error":
            continue
        number = diagnostic.span.line
        while number > 1 and not _starts_a_block(source, number):
            number -= 1
        header = source.line(number)
        match = _HEADER.match(header)
        if match and match.group(2) not in declared:
            names.add(match.group(2))
        # `event "Class Missed"` would have been class_missed: whoever names it so is not mistaken.
        several = "_".join(re.findall(r"[A-Za-z0-9]+", header.partition(" ")[2])).lower()
        if several and several not in declared:
            names.add(several)
        if header.startswith("quiet"):
            names.add("quiet")
        number += 1
        while number <= len(source.line_starts) and not _starts_a_block(source, number):
            line = source.line(number)
            found = _FIELD.match(f" {line}")
            if found and header.startswith("profile"):
                fields.add(found.group(1))
            match = _HEADER.match(line.strip())
            if match and match.group(1) in DECLARATIONS and match.group(2) not in declared:
                names.add(match.group(2))  # a declaration that is indented by mistake
            number += 1
    return frozenset(names), frozenset(fields)


def _starts_a_block(source: SourceFile, number: int) -> bool:
    line = source.line(number)
    if not line or line[0].isspace() or line[0] == "#":
        return False
    return number == 1 or line.split()[0] in DECLARATIONS or source.line(number - 1).strip()[:1] in ("", "#")
