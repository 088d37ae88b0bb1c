"""A laid-out picture as SVG text.

All that a reader's setting may change (light or dark) is a custom property of the one `svg` element, whose style
sheet is scoped to it, so that several pictures can stand in one page.
"""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import Literal

from sojourn.dsl.picture.layout import (
    FACT_LINE,
    FACT_SIZE,
    ICON,
    MARGIN,
    PAD,
    TEXT_LINE,
    TEXT_SIZE,
    TITLE_SIZE,
    Box,
    Picture,
    Wire,
)

__all__ = ["Theme", "as_svg", "palette"]

Theme = Literal["auto", "light", "dark"]

_LIGHT = {
    "paper": "#ffffff", "ink": "#1f2430", "dim": "#5b6472", "line": "#a9b2c0", "card": "#f7f8fa",
    "edge": "#d4d9e1", "start": "#7c3aed", "wait": "#2563eb", "send": "#15803d", "do": "#0e7490",
    "split": "#c026d3", "choice": "#b45309", "loop": "#b45309", "stop": "#b91c1c", "end": "#5b6472", "arm": "#eef1f5",
}  # fmt: skip
_DARK = {
    "paper": "#14171d", "ink": "#e6e9ef", "dim": "#9aa4b2", "line": "#566072", "card": "#1d222b",
    "edge": "#343c4a", "start": "#b794f6", "wait": "#7aa8ff", "send": "#5fd08a", "do": "#5cc8dd",
    "split": "#ec8df5", "choice": "#f0b45a", "loop": "#f0b45a", "stop": "#ff8a8a", "end": "#9aa4b2", "arm": "#262d39",
}  # fmt: skip

_ICONS = {
    "start": "M-3.5,-5 L5,0 L-3.5,5 Z",
    "wait": "M0,-6 A6,6 0 1 1 -0.01,-6 M0,-3.2 V0.3 L2.6,2",
    "send": "M-6,-4.5 H6 V4.5 H-6 Z M-6,-4 L0,1 L6,-4",
    "do": "M-5,5 L-4.2,1.8 L3,-5.4 L5.4,-3 L-1.8,4.2 Z",
    "split": "M-5.5,0 H-1 M-1,0 L4.5,-4.5 M-1,0 L4.5,4.5 M-1,0 H5.5",
    "choice": "M0,-6 L6,0 L0,6 L-6,0 Z",
    "loop": "M5,-1.5 A5.2,5.2 0 1 0 5.2,1.6 M5.6,-5.4 V-1.2 H1.4",
    "stop": "M-4.5,-4.5 H4.5 V4.5 H-4.5 Z",
    "end": "M0,-4 A4,4 0 1 1 -0.01,-4",
}
"""A small sign for each kind, around (0, 0)."""

_STYLE = """\
.sojourn-picture{%(own)sfont-family:Inter,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;background:var(--paper)}
%(dark)s.sojourn-picture text{fill:var(--ink);font-size:13px}
.sojourn-picture .title{font-size:17px;font-weight:650}
.sojourn-picture .fact,.sojourn-picture .said,.sojourn-picture .set{font-size:11.5px;fill:var(--dim)}
.sojourn-picture .wire{fill:none;stroke:var(--line);stroke-linejoin:round;stroke-linecap:round}
.sojourn-picture .frame{fill:none;stroke:var(--loop);stroke-dasharray:4 4;opacity:.7}
.sojourn-picture .card rect{fill:var(--card);stroke:var(--edge)}
.sojourn-picture .icon{fill:none;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
.sojourn-picture .arm rect{fill:var(--arm);stroke:none}
.sojourn-picture .arm text{font-weight:550}
.sojourn-picture .arm .fact{font-weight:400}
"""


def as_svg(picture: Picture, theme: Theme = "auto") -> str:
    """The picture as one `svg` element with its style inside."""
    w, h = round(picture.width), round(picture.height)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sojourn-picture" width="{w}" height="{h}" '
        f'viewBox="0 0 {w} {h}" role="img" aria-label="{_text(f"The journey {picture.title}")}">',
        f"<style>{_style(theme)}</style>",
        f'<rect width="{w}" height="{h}" fill="var(--paper)"/>',
        *_top(picture),
    ]
    parts += [
        f'<rect class="frame" x="{_n(frame.x)}" y="{_n(frame.y)}" width="{_n(frame.width)}" '
        f'height="{_n(frame.height)}" rx="8"/>'
        for frame in picture.frames
    ]
    parts += [_wire(wire, picture.most) for wire in picture.wires]
    parts += [_box(box) for box in picture.boxes]
    return "\n".join([*parts, "</svg>", ""])


def _style(theme: Theme) -> str:
    own, other = palette(theme)
    dark = "@media (prefers-color-scheme:dark){.sojourn-picture{" + other + "}}\n" if other else ""
    kinds = "".join(f".sojourn-picture .{kind} .icon{{stroke:var(--{kind})}}" for kind in _ICONS)
    return _STYLE % {"own": own, "dark": dark} + kinds


def palette(theme: Theme) -> tuple[str, str]:
    """The colours as custom properties of CSS, and those of a reader who prefers dark ("" where there is no choice)."""
    return _properties(_DARK if theme == "dark" else _LIGHT), _properties(_DARK) if theme == "auto" else ""


def _properties(colours: dict[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


def _top(picture: Picture) -> list[str]:
    y = MARGIN + TITLE_SIZE - 3
    parts = [f'<text class="title" x="{_n(MARGIN)}" y="{_n(y)}">{_text(picture.title)}</text>']
    y += 6
    for line in picture.said:
        y += FACT_LINE
        parts.append(f'<text class="said" x="{_n(MARGIN)}" y="{_n(y)}">{_text(line)}</text>')
    y += 6 if picture.said else 0
    for line in picture.settings:
        y += FACT_LINE + 2
        parts.append(f'<text class="set" x="{_n(MARGIN)}" y="{_n(y)}">{_text(line)}</text>')
    return parts


def _wire(wire: Wire, most: int) -> str:
    thick = 1.5
    extra = ""
    if wire.flow is not None:
        # The area a reader sees goes with the number: from a hair for nobody to a broad band for everybody.
        thick = 1.0 + 7.0 * (wire.flow / most) ** 0.5 if wire.flow else 1.0
        extra = ' stroke-dasharray="2 3"' if not wire.flow else ""
    return f'<path class="wire" stroke-width="{_n(thick)}"{extra} d="{_path(wire.points)}"/>'


def _path(points: tuple[tuple[float, float], ...], radius: float = 7.0) -> str:
    """Straight lines from point to point, each corner a quarter of a circle."""
    first, last = points[0], points[-1]
    words = [f"M{_n(first[0])},{_n(first[1])}"]
    before = first
    for here, after in pairwise(points[1:]):
        near = _toward(here, before, radius)
        far = _toward(here, after, radius)
        words.append(f"L{_n(near[0])},{_n(near[1])}")
        words.append(f"Q{_n(here[0])},{_n(here[1])} {_n(far[0])},{_n(far[1])}")
        before = here
    words.append(f"L{_n(last[0])},{_n(last[1])}")
    return " ".join(words)


def _toward(here: tuple[float, float], there: tuple[float, float], radius: float) -> tuple[float, float]:
    dx, dy = there[0] - here[0], there[1] - here[1]
    length = abs(dx) + abs(dy)
    if not length:
        return here
    step = min(radius, length / 2) / length
    return here[0] + dx * step, here[1] + dy * step


def _box(box: Box) -> str:
    arm = box.look == "arm"
    x = box.x + (12 if arm else ICON)
    y = box.y + (PAD / 2 if arm else PAD) + TEXT_LINE - 5
    attributes = f' data-step="{_text(box.step)}"' if box.step else ""
    if box.span is not None and box.span.path:
        attributes += f' data-line="{_text(f"{box.span.path}:{box.span.line}")}"'
    radius = box.height / 2 if arm and box.height < 32 else 7
    parts = [
        f'<g class="{"arm" if arm else f"card {box.look}"}"{attributes}>',
        f"<title>{_text(box.full)}</title>",
        f'<rect x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}" '
        f'rx="{_n(radius)}"/>',
    ]
    if not arm:
        parts.append(
            f'<path class="icon" transform="translate({_n(box.x + 16)},{_n(box.y + PAD + 9)})" '
            f'd="{_ICONS[box.look]}"/>'
        )
    for line in box.lines:
        parts.append(f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(TEXT_SIZE)}">{_text(line)}</text>')
        y += TEXT_LINE
    y -= 2
    for line in box.facts:
        parts.append(
            f'<text class="fact" x="{_n(x)}" y="{_n(y)}" font-size="{_n(FACT_SIZE)}">{_text(line)}</text>'
        )
        y += FACT_LINE
    return "".join([*parts, "</g>"])


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _text(text: str) -> str:
    return escape(text, quote=True)
