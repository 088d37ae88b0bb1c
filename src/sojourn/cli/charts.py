"""Plots as SVG: bars for each day, bars for each number, and rates with their intervals.

Colours and sizes of letters come from the page around them (custom properties), so they follow light and dark.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from sojourn.dsl.picture.measure import width as text_width

__all__ = ["Rate", "bars", "days", "rates"]

WIDE = 920.0
_LEFT, _TOP, _BOTTOM = 52.0, 12.0, 24.0
_SIZE = 11.5


@dataclass(frozen=True, slots=True)
class Rate:
    """One line of a plot of rates: `hits` of `of`, and between which two rates the true one lies."""

    label: str
    hits: int
    of: int
    low: float
    high: float


def days(counts: Mapping[dt.date, Mapping[str, int]], kinds: Sequence[str], height: float = 190.0) -> str:
    """A bar for each day from the first to the last, its parts (`kinds`, from below) on one another."""
    first, last = min(counts), max(counts)
    count = (last - first).days + 1
    # More days than there is room for are shown as weeks.
    span = 1 if count <= 180 else 7 if count <= 1200 else 30
    groups: list[tuple[dt.date, dict[str, int]]] = []
    for number in range(0, count, span):
        begin = first + dt.timedelta(days=number)
        group: dict[str, int] = {}
        for day in (begin + dt.timedelta(days=more) for more in range(span)):
            for kind, found in counts.get(day, {}).items():
                group[kind] = group.get(kind, 0) + found
        groups.append((begin, group))
    labels = [_day(begin, span) for begin, _ in groups]
    shown = _dates([begin for begin, _ in groups])
    return _stacked([group for _, group in groups], labels, shown, kinds, height)


def bars(counts: Mapping[int, int], what: str, height: float = 170.0) -> str:
    """A bar for each number, as how many people were sent so many messages."""
    last = max(counts)
    step = max(1, ceil((last + 1) / 40))
    groups, labels = [], []
    for begin in range(0, last + 1, step):
        total = sum(counts.get(number, 0) for number in range(begin, begin + step))
        groups.append({what: total})
        labels.append(str(begin) if step == 1 else f"{begin}–{begin + step - 1}")
    every = max(1, ceil(len(labels) / 20))
    shown = {number: label for number, label in enumerate(labels) if number % every == 0}
    return _stacked(groups, labels, shown, [what], height)


def rates(found: Sequence[Rate]) -> str:
    """For each a point at its rate, on the line from the lowest to the highest that it may truly be."""
    label_room = max(90.0, *(text_width(rate.label, 13) for rate in found)) + 12
    right = 170.0
    plot = WIDE - label_room - right
    most = _ceiling(
        min(1.0, max(rate.high for rate in found if rate.of) if any(r.of for r in found) else 1.0)
    )
    height = 34.0 * len(found) + 30
    parts = [_open(height, "Conversions, with 95% intervals")]
    for number in range(5):
        x = label_room + plot * number / 4
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="4" x2="{x:.1f}" y2="{height - 24:.1f}"/>')
        parts.append(_axis(x, height - 8, _percent(most * number / 4)))
    for number, rate in enumerate(found):
        y = 22 + 34 * number
        parts.append(f'<text x="0" y="{y + 4:.1f}">{escape(rate.label)}</text>')
        if not rate.of:
            parts.append(f'<text class="axis" x="{label_room:.1f}" y="{y + 4:.1f}">nobody took it</text>')
            continue
        share = rate.hits / rate.of
        low, high, at = (label_room + plot * value / most for value in (rate.low, rate.high, share))
        said = (
            f"{rate.label}: {_percent(share)} ({rate.hits:,} of {rate.of:,}), most likely between "
            f"{_percent(rate.low)} and {_percent(rate.high)}"
        )
        parts.append(
            f"<g><title>{escape(said)}</title>"
            f'<line class="range" x1="{low:.1f}" y1="{y:.1f}" x2="{high:.1f}" y2="{y:.1f}"/>'
            f'<line class="end" x1="{low:.1f}" y1="{y - 5:.1f}" x2="{low:.1f}" y2="{y + 5:.1f}"/>'
            f'<line class="end" x1="{high:.1f}" y1="{y - 5:.1f}" x2="{high:.1f}" y2="{y + 5:.1f}"/>'
            f'<circle class="point" cx="{at:.1f}" cy="{y:.1f}" r="5.5"/></g>'
            f'<text x="{WIDE - right + 14:.1f}" y="{y + 4:.1f}">{_percent(share)}'
            f'<tspan class="axis" dx="8">{rate.hits:,} of {rate.of:,}</tspan></text>'
        )
    return "".join([*parts, "</svg>"])


def _stacked(
    groups: Sequence[Mapping[str, int]], labels: Sequence[str], shown: Mapping[int, str], kinds: Sequence[str],
    height: float,
) -> str:  # fmt: skip
    most = max((sum(group.values()) for group in groups), default=0) or 1
    top = _ceiling(most, whole=True)
    plot = height - _TOP - _BOTTOM
    room = (WIDE - _LEFT - 4) / len(groups)
    thick = max(0.8, min(44.0, room * 0.82))
    parts = [_open(height, "Bars")]
    for number in range(5):
        value = top * number / 4
        if value != int(value):
            continue
        y = _TOP + plot * (1 - number / 4)
        parts.append(f'<line class="grid" x1="{_LEFT}" y1="{y:.1f}" x2="{WIDE}" y2="{y:.1f}"/>')
        parts.append(
            f'<text class="axis" x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{int(value):,}</text>'
        )
    for number, (group, label) in enumerate(zip(groups, labels, strict=True)):
        x = _LEFT + room * number + (room - thick) / 2
        base = _TOP + plot
        said = ", ".join(f"{group[kind]:,} {kind}" for kind in kinds if group.get(kind))
        parts.append(f"<g><title>{escape(f'{label}: {said or 0}')}</title>")
        for kind_number, kind in enumerate(kinds):
            tall = plot * group.get(kind, 0) / top
            if tall:
                base -= tall
                parts.append(
                    f'<rect class="bar c{kind_number % 6}" x="{x:.1f}" y="{base:.2f}" '
                    f'width="{thick:.1f}" height="{tall:.2f}"/>'
                )
        parts.append("</g>")
        if number in shown:
            parts.append(_axis(x + thick / 2, height - 6, shown[number]))
    return "".join([*parts, "</svg>"])


def _axis(x: float, y: float, text: str) -> str:
    return f'<text class="axis" x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(text)}</text>'


def _open(height: float, label: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 0 {WIDE:.0f} {height:.0f}" role="img" '
        f'aria-label="{escape(label)}">'
    )


def _ceiling(value: float, whole: bool = False) -> float:
    """A round number at or above a value, that four steps divide well."""
    if value <= 0:
        return 4.0 if whole else 1.0
    if whole and value <= 4:
        return 4.0
    size = 10.0 ** floor(log10(value))
    for factor in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10):
        if value <= factor * size * (1 + 1e-9):
            return factor * size
    return 10 * size


def _percent(share: float) -> str:
    percent = share * 100
    return f"{percent:.0f}%" if percent >= 10 or percent == int(percent) else f"{percent:.1f}%"


def _day(begin: dt.date, span: int) -> str:
    said = f"{begin.day} {begin:%B %Y}"
    return said if span == 1 else f"{span} days from {said}"


def _dates(days: Sequence[dt.date]) -> dict[int, str]:
    """About ten dates below the bars, none on another."""
    every = max(1, ceil(len(days) / 11))
    return {number: f"{day.day} {day:%b}" for number, day in enumerate(days) if number % every == 0}
