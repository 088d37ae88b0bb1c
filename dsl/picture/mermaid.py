"""The tree of a journey as the text of a Mermaid flow chart."""

from __future__ import annotations

from sojourn.dsl.picture.outline import Branching, Card, Item, Loop, Outline

__all__ = ["flow_chart"]

_SHAPES = {
    "start": ("([", "])"),
    "wait": ("[/", "/]"),
    "send": ("[", "]"),
    "do": ("[", "]"),
    "split": ("{{", "}}"),
    "choice": ("{", "}"),
    "loop": ("[[", "]]"),
    "stop": ("((", "))"),
    "end": ("((", "))"),
}

Edge = tuple[str, str]
"""A node from which the way goes on, and what is written on it."""


def flow_chart(outline: Outline) -> str:
    """The whole chart, with a line end."""
    chart = _Chart()
    edges: list[Edge] = [(chart.node(start), "") for start in outline.starts]
    chart.block(outline.items, edges)
    head = [f"%% {outline.name}", *(f"%% {line}" for line in outline.settings), "flowchart TD"]
    return "\n".join([*head, *(f"  {line}" for line in chart.lines), ""])


class _Chart:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.nodes = 0

    def node(self, card: Card) -> str:
        name = f"n{self.nodes}"
        self.nodes += 1
        opens, closes = _SHAPES[card.kind]
        text = "<br/>".join(_text(line) for line in (card.text, *card.facts))
        self.lines.append(f'{name}{opens}"{text}"{closes}')
        return name

    def join(self, edges: list[Edge], to: str) -> None:
        for origin, label in edges:
            arrow = f'-- "{label}" -->' if label else "-->"
            self.lines.append(f"{origin} {arrow} {to}")

    def block(self, items: tuple[Item, ...], edges: list[Edge]) -> list[Edge]:
        """Writes a block that is entered by `edges`; gives those that lead out of it."""
        for item in items:
            if not edges:
                break
            match item:
                case Card():
                    name = self.node(item)
                    self.join(edges, name)
                    edges = [] if item.kind in ("stop", "end") else [(name, "")]
                case Branching():
                    # An `if` has no card of its own, yet its arms need a point to go from.
                    name = self.node(item.card or Card("choice", "which?"))
                    self.join(edges, name)
                    edges = []
                    for arm in item.arms:
                        label = "<br/>".join(_text(line) for line in (arm.label, *arm.facts))
                        edges += self.block(arm.items, [(name, label)])
                case Loop():
                    name = self.node(item.card)
                    self.join(edges, name)
                    back = self.block(item.items, [(name, "again")])
                    self.join([(origin, label) for origin, label in back if origin != name], name)
                    edges = [(name, "then")]
        return edges


def _text(text: str) -> str:
    """A text inside quotes; Mermaid reads these signs as its own."""
    for sign, code in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = text.replace(sign, code)
    return text
