"""The map of a workspace: what leads to what, in columns from the data on the left to the consent on the right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from sojourn.dsl.picture.measure import broken
from sojourn.dsl.picture.relations import COLUMNS, Relations, Thing
from sojourn.dsl.picture.svg import Theme, palette

__all__ = ["as_chart", "as_map"]

WIDTH, GAP, LINE, PAD, BETWEEN, MARGIN, TOP = 178.0, 74.0, 16.0, 8.0, 10.0, 20.0, 64.0
SIZE = 12.5
FONT = 'font-family:Inter,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;'
TITLES = ("Data", "Events", "Audiences", "Journeys", "Chosen and called", "Messages and offers", "Topics")
_LOOK = {
    "dataset": "end", "event": "start", "catalog": "end", "audience": "wait", "journey": "choice", "decision": "split",
    "recommendation": "split", "webhook": "do", "offer": "loop", "message": "send", "topic": "do",
}  # fmt: skip


@dataclass(slots=True)
class _Node:
    thing: Thing
    lines: list[str]
    x: float = 0.0
    y: float = 0.0

    @property
    def height(self) -> float:
        return len(self.lines) * LINE + 2 * PAD + LINE - 4

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def as_map(
    relations: Relations, title: str, theme: Theme = "auto", links: Mapping[Thing, str] | None = None
) -> str:
    """The map as one SVG element, complete in itself. `links` make a box a link."""
    columns = _columns(relations)
    nodes = {node.thing: node for column in columns for node in column}
    width = 2 * MARGIN + len(columns) * WIDTH + max(0, len(columns) - 1) * GAP
    height = MARGIN + max([node.y + node.height for node in nodes.values()], default=TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sojourn-map" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(title)}: what leads to what">',
        f"<style>{_style(theme)}</style>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="var(--paper)"/>',
        f'<text class="title" x="{MARGIN:.0f}" y="32">{escape(title)}</text>',
    ]
    for one, other in sorted(relations.edges):
        if one in nodes and other in nodes and nodes[one].x < nodes[other].x:
            parts.append(_wire(nodes[one], nodes[other]))
    for column in columns:
        head = TITLES[next(n for n, kinds in enumerate(COLUMNS) if column[0].thing.kind in kinds)]
        parts.append(f'<text class="head" x="{column[0].x:.0f}" y="{TOP - 10:.0f}">{head}</text>')
        parts += [
            _box(node, relations.description.get(node.thing, ""), (links or {}).get(node.thing))
            for node in column
        ]
    return "\n".join([*parts, "</svg>", ""])


def as_chart(relations: Relations) -> str:
    """The map as the text of a Mermaid flow chart, with a line end."""
    number = {thing: f"n{at}" for at, thing in enumerate(relations.things)}
    lines = ["flowchart LR"]
    for title, kinds in zip(TITLES, COLUMNS, strict=True):
        inside = [thing for thing in relations.things if thing.kind in kinds]
        if inside:
            lines += [f'  subgraph {kinds[0]}s["{title}"]']
            lines += [f'    {number[thing]}["{thing.name}"]' for thing in inside]
            lines += ["  end"]
    lines += [
        f"  {number[one]} --> {number[other]}"
        for one, other in sorted(
            relations.edges, key=lambda edge: (int(number[edge[0]][1:]), int(number[edge[1]][1:]))
        )
    ]
    return "\n".join([*lines, ""])


def _columns(relations: Relations) -> list[list[_Node]]:
    """The boxes by column, each placed; a box stands near those it is linked with, so that few lines cross."""
    columns = [
        [
            _Node(thing, broken(thing.name, SIZE, WIDTH - 2 * PAD))
            for thing in relations.things
            if thing.kind in kinds
        ]
        for kinds in COLUMNS
    ]
    columns = [column for column in columns if column]
    beside: dict[Thing, set[Thing]] = {}
    for one, other in relations.edges:
        beside.setdefault(one, set()).add(other)
        beside.setdefault(other, set()).add(one)
    for sweep in range(6):
        forward = sweep % 2 == 0
        order = range(1, len(columns)) if forward else range(len(columns) - 2, -1, -1)
        for number in order:
            near = {node.thing: at for at, node in enumerate(columns[number - 1 if forward else number + 1])}
            column = columns[number]
            own = {node.thing: at / len(column) for at, node in enumerate(column)}
            column.sort(key=lambda node: _pulled(node.thing, beside, near, own))
    tallest = max((_tall(column) for column in columns), default=0.0)
    x = MARGIN
    for column in columns:
        y = TOP + (tallest - _tall(column)) / 2
        for node in column:
            node.x, node.y = x, y
            y += node.height + BETWEEN
        x += WIDTH + GAP
    return columns


def _pulled(
    thing: Thing, beside: Mapping[Thing, set[Thing]], near: Mapping[Thing, int], own: Mapping[Thing, float]
) -> tuple[float, float]:
    """Where a box would like to stand: at the mean of those beside it that it is linked with, else where it is."""
    linked = [near[other] / len(near) for other in beside.get(thing, ()) if other in near]
    return (sum(linked) / len(linked) if linked else own[thing], own[thing])


def _tall(column: list[_Node]) -> float:
    return sum(node.height for node in column) + BETWEEN * max(0, len(column) - 1)


def _wire(one: _Node, other: _Node) -> str:
    x, y, to, end = one.x + WIDTH, one.middle, other.x, other.middle
    bend = (to - x) / 2
    told = f"{one.thing.kind} {one.thing.name} → {other.thing.kind} {other.thing.name}"
    return (
        f'<path class="wire" d="M{x:.1f},{y:.1f} C{x + bend:.1f},{y:.1f} {to - bend:.1f},{end:.1f} {to:.1f},{end:.1f}">'
        f"<title>{escape(told)}</title></path>"
    )


def _box(node: _Node, description: str, link: str | None) -> str:
    thing = node.thing
    told = f"{thing.kind} {thing.name}" + (f"\n{description}" if description else "")
    y = node.y + PAD + 8
    parts = [
        f'<g class="box {_LOOK[thing.kind]}" data-thing="{thing.kind} {escape(thing.name)}">',
        f"<title>{escape(told)}</title>",
        f'<rect x="{node.x:.1f}" y="{node.y:.1f}" width="{WIDTH:.0f}" height="{node.height:.1f}" rx="6"/>',
        f'<text class="kind" x="{node.x + PAD:.1f}" y="{y:.1f}">{thing.kind}</text>',
    ]
    for line in node.lines:
        y += LINE
        parts.append(f'<text x="{node.x + PAD:.1f}" y="{y:.1f}">{escape(line)}</text>')
    box = "".join([*parts, "</g>"])
    return f'<a href="{escape(link, quote=True)}">{box}</a>' if link else box


def _style(theme: Theme) -> str:
    own, dark = palette(theme)
    scoped = f"@media (prefers-color-scheme:dark){{.sojourn-map{{{dark}}}}}" if dark else ""
    kinds = "".join(
        f".sojourn-map .{look} rect{{stroke:var(--{look})}}.sojourn-map .{look} .kind{{fill:var(--{look})}}"
        for look in sorted(set(_LOOK.values()))
    )
    return (
        f".sojourn-map{{{own}{FONT}background:var(--paper)}}{scoped}"
        f".sojourn-map text{{fill:var(--ink);font-size:{SIZE}px}}"
        ".sojourn-map .title{font-size:17px;font-weight:650}"
        ".sojourn-map .head{fill:var(--dim);font-size:11.5px}.sojourn-map .kind{font-size:10.5px}"
        ".sojourn-map .wire{fill:none;stroke:var(--line);stroke-width:1.2}"
        ".sojourn-map .wire:hover{stroke:var(--ink);stroke-width:2}"
        ".sojourn-map .box rect{fill:var(--card);stroke-width:1.2}.sojourn-map a:hover rect{stroke-width:2.4}"
        + kinds
    )
