"""What the tests came through: a line for each journey, and its text with marks where something is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from sojourn.cli.output import counted, listed, plural

if TYPE_CHECKING:
    from sojourn.dsl import checked
    from sojourn.dsl.source import SourceFile
    from sojourn.dsl.workspace import Compiled
    from sojourn.interpreter.testing.coverage import JourneyCoverage, Point
    from sojourn.interpreter.testing.runner import TestResult

__all__ = ["coverage_lines", "covered_by", "data", "lcov", "share"]

_WORDS = {
    "step": "step", "branch": "branch", "timeout": "timeout", "failure": "failure path", "arm": "arm", "exit": "exit",
    "goal": "goal",
}  # fmt: skip


def covered_by(
    outcome: Compiled, workspace: checked.Workspace, results: Sequence[TestResult]
) -> list[JourneyCoverage]:
    """What tests came through, by their results."""
    from sojourn.interpreter.testing.coverage import covered

    reached = (way for result in results for way in result.ways)
    return covered(workspace, outcome.asts, outcome.sources, reached)


def share(journeys: Sequence[JourneyCoverage]) -> float:
    """The part of all that could be come to that was, 1.0 where there is nothing."""
    total = sum(len(journey.points) for journey in journeys)
    return 1 - sum(len(journey.missing) for journey in journeys) / total if total else 1.0


def coverage_lines(
    journeys: Sequence[JourneyCoverage], sources: Mapping[str, SourceFile], room: int
) -> Iterator[str]:
    """The whole report."""
    if not journeys:
        yield "There is no journey that tests could come through."
        return
    longest = max(len(journey.name) for journey in journeys)
    for journey in journeys:
        reached = len(journey.points) - len(journey.missing)
        colour = "green" if not journey.missing else "yellow" if reached else "red"
        percent = click.style(f"{_percent(journey.share):>4}", fg=colour, bold=True)
        yield f"{percent}  {journey.name:<{longest}}  {_missing(journey)}".rstrip()
    for journey in journeys:
        if journey.missing:
            yield ""
            yield from _marked(journey, sources, room)
    total = sum(len(journey.points) for journey in journeys)
    missing = sum(len(journey.missing) for journey in journeys)
    yield ""
    yield click.style(f"Tests come through {_percent(share(journeys))} of the journeys", bold=True) + (
        f": {total - missing:,} of {total:,} {_kinds(journeys)}."
    )


def _percent(part: float) -> str:
    """A whole percentage that says 100% only of everything and 0% only of nothing."""
    whole = int(part * 100)
    return f"{whole if part in (0, 1) else min(99, max(1, whole))}%"


def _missing(journey: JourneyCoverage) -> str:
    counts: dict[str, int] = {}
    for point in journey.missing:
        counts[point.kind] = counts.get(point.kind, 0) + 1
    if not counts:
        return click.style("everything", dim=True)
    return f"not {listed(counted(count, _WORDS[kind]) for kind, count in counts.items())}"


def _kinds(journeys: Sequence[JourneyCoverage]) -> str:
    found = dict.fromkeys(point.kind for journey in journeys for point in journey.points)
    return listed(plural(_WORDS[kind]) for kind in found)


def _marked(journey: JourneyCoverage, sources: Mapping[str, SourceFile], room: int) -> Iterator[str]:
    """The text of a journey: `✓` where a test came, `✗` where none did, `!` where one came and something is missing."""
    source = sources.get(journey.span.path)
    if source is None:
        return
    by_line: dict[int, list[Point]] = {}
    for point in journey.points:
        by_line.setdefault(point.span.line, []).append(point)
    first = journey.span.line
    last = source.span(journey.span.end - 1, journey.span.end).line
    yield click.style(f"{journey.span.path}:{first}", fg="cyan")
    wide = len(str(last))
    for number in range(first, last + 1):
        text = source.line(number)
        points = by_line.get(number, [])
        missing = [point for point in points if point.way not in journey.reached]
        own = [point for point in points if point.written]
        mark, colour = " ", None
        if points and not missing:
            mark, colour = "✓", "green"
        elif own and all(point in missing for point in own):
            mark, colour = "✗", "red"
        elif missing:
            mark, colour = "!", "yellow"
        beside = [f"never: {point.label}" for point in missing if not point.written]
        line = f"  {click.style(mark, fg=colour, bold=True)} {number:>{wide}} │ "
        shown = click.style(text, fg=colour) if mark == "✗" else text
        note = f"   {click.style('; '.join(beside), fg='yellow')}" if beside else ""
        yield f"{line}{shown}{note}".rstrip()


def data(journeys: Sequence[JourneyCoverage]) -> dict[str, Any]:
    """The same as JSON data: `covered` is a fraction of 1."""
    return {
        "covered": round(share(journeys), 4),
        "journeys": [
            {
                "name": journey.name,
                "path": journey.span.path,
                "line": journey.span.line,
                "covered": round(journey.share, 4),
                "points": [
                    {
                        "kind": point.kind,
                        "label": point.label,
                        "line": point.span.line,
                        "reached": point.way in journey.reached,
                    }
                    for point in journey.points
                ],
            }
            for journey in journeys
        ],
    }


def lcov(journeys: Sequence[JourneyCoverage]) -> str:
    """The same in the format of lcov, which editors and build servers read: lines, and ways at a line as branches."""
    lines: list[str] = []
    for path in dict.fromkeys(journey.span.path for journey in journeys):
        hit: dict[int, bool] = {}
        branches: list[str] = []
        lines += ["TN:", f"SF:{path}"]
        for journey in journeys:
            if journey.span.path != path:
                continue
            for number, point in enumerate(journey.points):
                reached = point.way in journey.reached
                if point.written:
                    hit[point.span.line] = hit.get(point.span.line, False) or reached
                if point.kind not in ("step", "exit", "goal"):
                    branches.append(f"BRDA:{point.span.line},0,{number},{int(reached)}")
        lines += branches
        lines += [f"DA:{number},{int(reached)}" for number, reached in sorted(hit.items())]
        lines += [f"LF:{len(hit)}", f"LH:{sum(hit.values())}", "end_of_record"]
    return "\n".join([*lines, ""])
