"""What each page of the site shows, and the writing of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from sojourn.dsl import ast, checked
from sojourn.dsl.picture import drawing
from sojourn.dsl.picture.map import as_map
from sojourn.dsl.picture.relations import Relations, Thing, relations
from sojourn.dsl.resolve import KINDS
from sojourn.dsl.workspace import Compiled
from sojourn.site.previews import previews, tested, unsent

__all__ = ["Written", "write_site"]

PAGES = Path(__file__).with_name("pages")
SECTIONS = (
    ("journey", "Journeys"), ("message", "Messages"), ("audience", "Audiences"), ("event", "Events"),
    ("attribute", "Attributes"), ("offer", "Offers"), ("decision", "Decisions"),
    ("recommendation", "Recommendations"), ("topic", "Topics"), ("catalog", "Catalogs"), ("dataset", "Datasets"),
    ("schema", "Schemas"), ("webhook", "Webhooks"), ("define", "Defines"),
)  # fmt: skip
"""The kinds of things that have pages, and what they are called, in the order of the menu."""

ROWS = 20
"""How many rows of a catalog are shown."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: how many pages, and how many messages have a preview out of how many."""

    pages: int
    previewed: int
    messages: int


@dataclass(frozen=True, slots=True)
class _Declared:
    """A declaration of the author's: its text, and where it stands."""

    thing: Thing
    description: str
    source: str
    path: str
    line: int


def write_site(outcome: Compiled, folder: Path, title: str) -> Written:
    """Writes the site into `folder`, which is made when it is not there; files of the same names are overwritten.

    `outcome` is a workspace without mistakes. Raises OSError when a file cannot be written.
    """
    return _Site(outcome, folder, title).write()


class _Site:
    def __init__(self, outcome: Compiled, folder: Path, title: str) -> None:
        assert outcome.workspace is not None
        self.outcome = outcome
        self.workspace = outcome.workspace
        self.folder = folder
        self.title = title
        self.relations: Relations = relations(outcome)
        self.declared = {one.thing: one for one in _declarations(outcome, self.relations)}
        results = tested(outcome.workspace)
        self.previews = previews(outcome.workspace, results)
        self.tests_of: dict[str, list[str]] = {}
        for result in results:
            for journey in dict.fromkeys(sorted(journey for journey, _ in result.visited)):
                self.tests_of.setdefault(journey, []).append(result.title)
        self.env = Environment(
            loader=FileSystemLoader(PAGES),
            autoescape=select_autoescape(),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.written = 0

    def write(self) -> Written:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._file("style.css", (PAGES / "style.css").read_text(encoding="utf-8") + _colours())
        self._page("index.html", "index.html", self._index(), "")
        for thing in self.declared:
            self._page(link(thing), "thing.html", self._thing(thing), link(thing))
        self._page("profile.html", "profile.html", self._profile(), "profile.html")
        self._page("rules.html", "rules.html", self._rules(), "rules.html")
        sends = sum(name in self.previews for name in self.workspace.messages)
        return Written(self.written, sends, len(self.workspace.messages))

    # ------------------------------------------------------------- writing

    def _file(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")

    def _page(self, name: str, template: str, shown: Mapping[str, Any], here: str) -> None:
        root = "../" * name.count("/")
        menu = [
            (label, [(thing.name, link(thing)) for thing in self.declared if thing.kind == kind])
            for kind, label in SECTIONS
        ]
        text = self.env.get_template(template).render(
            site=self.title, menu=[part for part in menu if part[1]], root=root, here=here, link=link, **shown
        )
        self._file(name, text)
        self.written += 1

    # --------------------------------------------------------------- pages

    def _index(self) -> dict[str, Any]:
        links = {thing: link(thing) for thing in self.relations.things if thing in self.declared}
        counts = [
            (label, sum(thing.kind == kind for thing in self.declared))
            for kind, label in SECTIONS
            if any(thing.kind == kind for thing in self.declared)
        ]
        return {
            "title": self.title,
            "map": Markup(as_map(self.relations, self.title, links=links)),
            "counts": [*counts, ("Tests", len(self.workspace.tests))],
            "journeys": [self.declared[thing] for thing in self.declared if thing.kind == "journey"],
        }

    def _thing(self, thing: Thing) -> dict[str, Any]:
        declared = self.declared[thing]
        shown: dict[str, Any] = {
            "title": thing.name,
            "kind": thing.kind,
            "declared": declared,
            "source": highlighted(declared.source),
            "before": [one for one in self.relations.before(thing) if one in self.declared],
            "after": [one for one in self.relations.after(thing) if one in self.declared],
            "fields": (),
            "rows": (),
        }
        if thing.kind == "journey":
            journey = self.workspace.journeys[thing.name]
            shown["picture"] = Markup(drawing(journey, self.outcome.sources))
            shown["tests"] = self.tests_of.get(thing.name, [])
        elif thing.kind == "message":
            shown["previews"] = self.previews.get(thing.name, [])
            message = self.workspace.messages[thing.name]
            shown["unsent"] = unsent(self.workspace, message, shown["previews"])
            shown["topic"] = self.workspace.topics.get(message.topic or "")
            shown["channels"] = list(dict.fromkeys(variant.channel for variant in message.variants))
        elif thing.kind in ("event", "catalog", "schema"):
            value = getattr(self.workspace, f"{thing.kind}s").get(thing.name)
            shown["fields"] = fields_of(value.fields if value is not None else {})
            if isinstance(value, checked.Catalog):
                shown["rows"] = [
                    [_cell(row.get(name)) for name in value.fields]
                    for row in list(value.rows.values())[:ROWS]
                ]
                shown["more"] = max(0, len(value.rows) - ROWS)
        elif thing.kind == "attribute":
            attribute = self.workspace.attributes.get(thing.name)
            shown["type"] = "" if attribute is None else str(attribute.value.type)
        return shown

    def _profile(self) -> dict[str, Any]:
        uniques = {identifier.name: identifier.unique for identifier in self.workspace.identifiers}
        return {
            "title": "The profile",
            "fields": fields_of(self.workspace.profile),
            "identifiers": [(name, "one" if unique else "many") for name, unique in uniques.items()],
        }

    def _rules(self) -> dict[str, Any]:
        return {
            "title": "Consent, limits and quiet hours",
            "topics": list(self.workspace.topics.values()),
            "limits": [limit.label for limit in self.workspace.limits],
            "quiet": [quiet.label for quiet in self.workspace.quiet_hours],
        }


def link(thing: Thing) -> str:
    """The page of a thing, from the root of the site."""
    return f"{thing.kind}/{thing.name}.html"


def fields_of(fields: Mapping[str, checked.Field]) -> list[dict[str, Any]]:
    """The rows of a table of fields."""
    return [
        {
            "name": field.name,
            "type": str(field.type),
            "marks": [
                mark
                for mark, said in (
                    ("identity", field.identity),
                    ("required", field.required),
                    ("private", field.private),
                )
                if said
            ],
            "wire": field.wire if field.wire != field.name else "",
            "description": field.description,
        }
        for field in fields.values()
    ]


def highlighted(source: str) -> Markup:
    """Journey text as HTML with classes for its colours."""
    from pygments import highlight
    from pygments.formatters.html import HtmlFormatter

    from sojourn.editor.pygments_lexer import JourneyLexer

    return Markup(highlight(source, JourneyLexer(), HtmlFormatter(nowrap=True)))


def _colours() -> str:
    from pygments.formatters.html import HtmlFormatter

    light, dark = (_rules_of(HtmlFormatter(style=style)) for style in ("default", "monokai"))
    plain = re.compile(r"^(?!\.source).*$|.*\.source \{ background.*$", re.MULTILINE)
    return (
        plain.sub("", light)
        + "\n@media (prefers-color-scheme: dark) {\n"
        + plain.sub("", dark)
        + "\n.source { color: #f8f8f2 }\n}\n"
    )


def _rules_of(formatter: Any) -> str:
    return str(formatter.get_style_defs(".source"))


def _declarations(outcome: Compiled, found: Relations) -> Iterator[_Declared]:
    """What has a page: all that the workspace declares, and what it uses of the standard library."""
    named = set(found.things)
    for tree in outcome.asts:
        text = outcome.sources[tree.path].text
        for node in tree.declarations:
            kind = KINDS.get(type(node))
            name = getattr(node, "name", None)
            if kind is None or not isinstance(name, ast.Name):
                continue
            thing = Thing(kind, name.text)
            if tree.path.startswith("sojourn/stdlib/") and thing not in named:
                continue
            source = text[node.span.start : node.span.end].rstrip()
            yield _Declared(thing, getattr(node, "description", ""), source, tree.path, node.span.line)


def _cell(value: Any) -> str:
    return "" if value is None else str(value)
