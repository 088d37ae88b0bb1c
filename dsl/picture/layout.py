"""The tree of a journey as boxes and lines, each with its place in pixels.

A block is a column. All in it begins at the same left edge, and one line (the spine) runs down behind it near that
edge. Below a branching the arms stand side by side, the first under the branching itself; those that go on come
back to the spine. So no box can lie on another: a column is as wide as the widest in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sojourn.dsl.picture.measure import broken, width
from sojourn.dsl.picture.outline import Arm, Branching, Card, Item, Loop, Outline
from sojourn.dsl.source import Span

__all__ = ["FACT_LINE", "ICON", "TEXT_LINE", "Box", "Frame", "Picture", "Wire", "lay_out"]

TEXT_SIZE, TEXT_LINE = 13.0, 18.0
FACT_SIZE, FACT_LINE = 11.5, 15.0
TITLE_SIZE = 17.0
ICON = 30.0
"""Where the text of a box begins, right of its icon."""
ROOM = 240.0
"""The widest text of a box."""
PAD = 9.0
GAP = 20.0
"""Between two boxes of a column."""
ASIDE = 26.0
"""Between two columns."""
SPINE = 17.0
"""Of the line behind a column, from the column's left edge."""
MARGIN = 24.0


@dataclass(frozen=True, slots=True)
class Box:
    """A card or the label of an arm. `look` is a kind of card, or "arm"."""

    x: float
    y: float
    width: float
    height: float
    look: str
    lines: tuple[str, ...]
    facts: tuple[str, ...]
    step: str = ""
    span: Span | None = None
    full: str = ""


@dataclass(frozen=True, slots=True)
class Wire:
    """A line through these points, its corners rounded. `flow` is how many go along it (None without counts)."""

    points: tuple[tuple[float, float], ...]
    flow: int | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """Around a block that is gone through several times."""

    x: float
    y: float
    width: float
    height: float


@dataclass(slots=True)
class Picture:
    """Everything with its place. `title` and `said` (lines) stand at the top left, `settings` below."""

    width: float
    height: float
    title: str
    said: tuple[str, ...]
    settings: tuple[str, ...]
    most: int
    boxes: list[Box] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Placed:
    """What a block took up: its right and lower edge, and how many come out of it. `open`: whether anybody does."""

    right: float
    bottom: float
    open: bool
    flow: int | None


def lay_out(outline: Outline) -> Picture:
    """The picture of an outline."""
    said = tuple(broken(outline.description, FACT_SIZE, 560.0)) if outline.description else ()
    settings = tuple(line for text in outline.settings for line in broken(text, FACT_SIZE, 560.0))
    picture = Picture(0, 0, outline.name, said, settings, outline.most)
    top = MARGIN + TITLE_SIZE + 8 + len(said) * FACT_LINE + (6 if said else 0)
    top += len(settings) * (FACT_LINE + 2) + (14 if settings else 10)
    placed = _column(picture, (*outline.starts, *outline.items), MARGIN, top)
    words = [width(outline.name, TITLE_SIZE) * 1.1]
    words += [width(line, FACT_SIZE) + 20 for line in (*said, *settings)]
    picture.width = max(placed.right, MARGIN + max(words)) + MARGIN
    picture.height = placed.bottom + MARGIN
    return picture


def _column(picture: Picture, items: tuple[Item, ...], x: float, y: float) -> _Placed:
    """Places a block with its upper left corner at (x, y)."""
    spine = x + SPINE
    wide = max((_box_width(card) for card in _cards(items)), default=0.0)
    right, at = x + max(wide, 2 * SPINE), y
    end: tuple[float, int | None] | None = None  # where the line that leads on begins
    for item in items:
        if end is not None:
            top = at + GAP
            picture.wires.append(Wire(((spine, end[0]), (spine, top)), _flow(item, end[1])))
            at = top
        match item:
            case Card():
                box = _box(item, x, at, wide)
                picture.boxes.append(box)
                at = box.y + box.height
                end = (at, item.flow)
                if item.kind in ("stop", "end"):
                    return _Placed(right, at, False, None)
            case Branching():
                placed = _branching(picture, item, x, at, wide)
                right, at = max(right, placed.right), placed.bottom
                if not placed.open:
                    return _Placed(right, at, False, None)
                end = (at, placed.flow)
            case Loop():
                placed = _loop(picture, item, x, at, wide)
                right, at = max(right, placed.right), placed.bottom
                end = (at, item.card.flow)
    return _Placed(right, at, True, end[1] if end is not None else None)


def _branching(picture: Picture, item: Branching, x: float, y: float, wide: float) -> _Placed:
    spine, at = x + SPINE, y
    if item.card is not None:
        box = _box(item.card, x, y, wide)
        picture.boxes.append(box)
        at = box.y + box.height
    rail = at + (GAP / 2 if item.card is not None else 0)
    top = rail + GAP / 2 + 2
    left, lowest = x, top
    ways: list[tuple[float, _Placed]] = []
    for arm in item.arms:
        label = _arm_box(arm, left, top)
        picture.boxes.append(label)
        down = left + SPINE
        aside = ((spine, rail), (down, rail)) if down != spine else ()
        picture.wires.append(Wire(((spine, at), *aside, (down, top)), arm.flow))
        below = label.y + label.height
        if arm.items:
            first = below + GAP
            picture.wires.append(Wire(((down, below), (down, first)), _flow(arm.items[0], arm.flow)))
            inside = _column(picture, arm.items, left, first)
            placed = _Placed(
                max(inside.right, label.x + label.width), inside.bottom, inside.open, inside.flow
            )
        else:
            placed = _Placed(label.x + label.width, below, True, arm.flow)
        ways.append((down, placed))
        lowest = max(lowest, placed.bottom)
        left = placed.right + ASIDE
    right = max(placed.right for _, placed in ways)
    going = [(down, placed) for down, placed in ways if placed.open]
    if not going:
        return _Placed(right, lowest, False, None)
    join = lowest + GAP / 2 + 4
    for down, placed in going:
        back = ((spine, join),) if down != spine else ()
        picture.wires.append(Wire(((down, placed.bottom), (down, join), *back), placed.flow))
    flows = [placed.flow for _, placed in going]
    total = sum(flow or 0 for flow in flows) if any(flow is not None for flow in flows) else None
    return _Placed(right, join, True, total)


def _loop(picture: Picture, item: Loop, x: float, y: float, wide: float) -> _Placed:
    box = _box(item.card, x, y, wide)
    picture.boxes.append(box)
    inset = 20.0
    top = box.y + box.height + 12
    down = x + inset + SPINE
    first = top + 14
    picture.wires.append(Wire(((down, box.y + box.height), (down, first)), item.card.flow))
    placed = _column(picture, item.items, x + inset, first)
    bottom = placed.bottom + 14
    right = placed.right + 12
    picture.frames.append(Frame(x, top, right - x, bottom - top))
    return _Placed(right, bottom, True, item.card.flow)


def _flow(item: Item, otherwise: int | None) -> int | None:
    card = item.card if not isinstance(item, Card) else item
    return card.flow if card is not None else otherwise


def _cards(items: tuple[Item, ...]) -> list[Card]:
    """The cards that stand in this column itself."""
    return [card for item in items if (card := item if isinstance(item, Card) else item.card) is not None]


def _box_width(card: Card) -> float:
    lines = [width(line, TEXT_SIZE) for line in broken(card.text, TEXT_SIZE, ROOM)]
    facts = [width(line, FACT_SIZE) for fact in card.facts for line in broken(fact, FACT_SIZE, ROOM)]
    return ICON + max([*lines, *facts]) + PAD + 2


def _box(card: Card, x: float, y: float, wide: float) -> Box:
    lines = tuple(broken(card.text, TEXT_SIZE, ROOM))
    facts = tuple(line for fact in card.facts for line in broken(fact, FACT_SIZE, ROOM))
    height = 2 * PAD + len(lines) * TEXT_LINE + len(facts) * FACT_LINE
    own = _box_width(card) if card.kind in ("stop", "end") else wide
    return Box(x, y, own, height, card.kind, lines, facts, card.step, card.span, card.text)


def _arm_box(arm: Arm, x: float, y: float) -> Box:
    lines = tuple(broken(arm.label, TEXT_SIZE, ROOM - 40))
    facts = tuple(line for fact in arm.facts for line in broken(fact, FACT_SIZE, ROOM - 40))
    words = [width(line, TEXT_SIZE) for line in lines] + [width(fact, FACT_SIZE) for fact in facts]
    height = PAD + len(lines) * TEXT_LINE + len(facts) * FACT_LINE
    return Box(x, y, max(words) + 24, height, "arm", lines, facts, full=arm.label)
