"""The picture of a journey, as SVG and as Mermaid: `drawing(journey, sources)` and `mermaid(journey, sources)`.

    outline.py   the checked, flat steps as a tree of what is drawn
    measure.py   how wide a text is, and where it is broken
    layout.py    the tree as boxes and lines, each with its place
    svg.py       boxes and lines as SVG
    mermaid.py   the tree as the text of a Mermaid flow chart
    relations.py what in a workspace leads to what
    map.py       that as a map, in SVG and in Mermaid

Both are the same for the same journey. A picture shows the author's own words, and, where `Counts` are given, how
many came to each step and took each branch.
"""

from __future__ import annotations

from collections.abc import Mapping

from sojourn.dsl import checked
from sojourn.dsl.picture.layout import lay_out
from sojourn.dsl.picture.mermaid import flow_chart
from sojourn.dsl.picture.outline import Counts, outlined
from sojourn.dsl.picture.svg import Theme, as_svg
from sojourn.dsl.source import SourceFile

__all__ = ["Counts", "Theme", "drawing", "mermaid"]


def drawing(
    journey: checked.Journey,
    sources: Mapping[str, SourceFile] | None = None,
    counts: Counts | None = None,
    theme: Theme = "auto",
) -> str:
    """The journey as one SVG element, complete in itself.

    The author's words of starts, exits and the goal are taken from `sources` (as in `Compiled.sources`); without
    them these lines are shorter. `theme` "auto" follows the reader's light or dark setting.

    Each step is a group with the attribute `data-step` (its id) and, where it was written in a file, `data-line`
    (`"shop.journey:12"`), for whoever puts links or marks on it.
    """
    return as_svg(lay_out(outlined(journey, sources or {}, counts)), theme)


def mermaid(
    journey: checked.Journey,
    sources: Mapping[str, SourceFile] | None = None,
    counts: Counts | None = None,
) -> str:
    """The journey as the text of a Mermaid flow chart (what stands between the fences, with a line end)."""
    return flow_chart(outlined(journey, sources or {}, counts))
