"""Writes docs/stdlib.md from the modules of the standard library and their own descriptions.

python -m docs.make_stdlib            writes the page
python -m docs.make_stdlib --check    ends with 1 when the page is not current
"""

from __future__ import annotations

import sys
from pathlib import Path

from sojourn.dsl import ast
from sojourn.dsl.parser import parse_file
from sojourn.dsl.source import SourceFile

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "stdlib.md"
MODULES = ("commerce", "lifecycle", "rfm", "web", "mobile", "consent", "engagement")
"""In the order of the page; a test finds a module that is missing."""

INTRODUCTION = """\
# The standard library

Modules written in the language itself: events that every shop, site and app has, and audiences made of them.
`use NAME` in any file of a workspace brings one in.

**What you declare yourself takes the place of what a module declares under the same name.** So a module never
stands in the way of your own words, and you can take most of a module and change the rest: here `purchase` has a
field that commerce's does not have, and only the third order makes a repeat buyer.

```journey
use commerce
use lifecycle

profile
  email  email  identity

event purchase
  order_id  text
  items     list of Item
  total     money         required
  gift      boolean       = false

audience repeat_buyers
  purchases >= 3

journey wrap_it
  start on purchase where gift is true

  wait 1 day

test "a gift is wrapped"
  profile email = "ada@example.com"
  at 2026-03-02 10:00
    purchase total = 59 EUR, gift = true
    purchase total = 20 EUR
  expect wrap_it started 1 time
  expect not in repeat_buyers
  after 1 day
    purchase total = 20 EUR
  expect in repeat_buyers
```

The events come in under the names written here (docs/design.md, "Events on the wire"). This page is made from the
modules' own descriptions by `python -m docs.make_stdlib`; the modules are in the folder `stdlib`.
"""


def page() -> str:
    """The text of docs/stdlib.md."""
    contents = [f"- [{name}](#{name}): {_first_sentence(name)}" for name in MODULES]
    parts = [INTRODUCTION, "\n".join(contents) + "\n", *(module(name) for name in MODULES)]
    return "\n".join(parts)


def module(name: str) -> str:
    """The section of one module."""
    source, tree = _read(name)
    nodes = tree.declarations
    lines = [f"## {name}", "", *_introduction(source), ""]
    used = [node.target for node in nodes if isinstance(node, ast.Use)]
    if used:
        lines += [f"It uses {', '.join(f'[{target}](#{target})' for target in used)}.", ""]
    for node in nodes:
        if isinstance(node, ast.Profile):
            lines += _fields("It adds to the **profile**:", node.fields, source)
    for kind in (ast.Schema, ast.Event):
        found = [node for node in nodes if isinstance(node, kind)]
        for shape in found:
            word = "schema" if isinstance(shape, ast.Schema) else "event"
            lines += _fields(f"**{word} `{shape.name}`**: {shape.description}", shape.fields, source)
    for title, found in (
        ("topic", [node for node in nodes if isinstance(node, ast.Topic)]),
        ("attribute", [node for node in nodes if isinstance(node, ast.Attribute)]),
        ("audience", [node for node in nodes if isinstance(node, ast.Audience)]),
    ):
        if found:
            lines += [f"| {title} | what it is | written |", "|---|---|---|"]
            lines += [f"| `{n.name}` | {n.description} | {_cell(_written(n, source))} |" for n in found]
            lines.append("")
    return "\n".join(lines)


def _read(name: str) -> tuple[SourceFile, ast.File]:
    path = ROOT / "stdlib" / f"{name}.journey"
    source = SourceFile(path.name, path.read_text(encoding="utf-8"))
    tree, mistakes = parse_file(source)
    if mistakes:
        raise SystemExit(f"{path}: {mistakes[0].code} at line {mistakes[0].span.line}")
    return source, tree


def _introduction(source: SourceFile) -> list[str]:
    """The comment at the top of the file, without its marks."""
    head: list[str] = []
    for line in source.text.split("\n"):
        if not line.startswith("#"):
            break
        head.append(line[1:].strip())
    return head


def _first_sentence(name: str) -> str:
    text = " ".join(_introduction(_read(name)[0]))
    return text.partition(". ")[0].rstrip(".") + "."


def _fields(head: str, fields: tuple[ast.Field, ...], source: SourceFile) -> list[str]:
    """A paragraph with a list of fields; those that explain themselves stand in one line."""
    if not fields:
        return [head, ""]
    plain = [f for f in fields if not f.description]
    lines = [head, ""]
    if plain:
        lines.append("- " + ", ".join(_field(field, source) for field in plain))
    lines += [f"- {_field(field, source)}: {field.description}" for field in fields if field.description]
    return [*lines, ""]


def _field(field: ast.Field, source: SourceFile) -> str:
    """`` `total` money, required ``."""
    written = " ".join(source.text[field.type.span.start : field.type.span.end].split())
    notes = [note for note, holds in (("required", field.required), ("private", field.private)) if holds]
    if field.called is not None:
        notes.append(f"called `{field.called.value}`")
    if field.default is not None:
        notes.append(f"{source.text[field.default.span.start : field.default.span.end]} unless said")
    return f"`{field.name}` {written}" + (f" ({', '.join(notes)})" if notes else "")


def _written(node: ast.Topic | ast.Attribute | ast.Audience, source: SourceFile) -> str:
    if isinstance(node, ast.Topic):
        return node.mode
    value = node.value if isinstance(node, ast.Attribute) else node.condition
    assert value is not None
    return " ".join(source.text[value.span.start : value.span.end].split())


def _cell(text: str) -> str:
    return f"`{text}`"


def main(arguments: list[str]) -> int:
    """Writes the page, or looks whether it is current."""
    text = page()
    if arguments == ["--check"]:
        return 0 if PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
