"""What of the journeys the tests came through: steps, branches, timeouts, failures, arms, exits and goals.

`points` lists everything in a journey that somebody can come to, with its place in the file; `ways` finds those that
one test came to. A point that no test came to is a line of the journey whose meaning nobody has checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sojourn.dsl import ast, checked
from sojourn.dsl.check.labels import head
from sojourn.dsl.source import SourceFile, Span
from sojourn.interpreter.core.effects import ANSWERED, BRANCHED, CONVERTED, ENDED, FAILED, SPLIT, Activity
from sojourn.interpreter.timeline import Entry

__all__ = ["JourneyCoverage", "Point", "Way", "covered", "ways"]

Way = tuple[str, str, str]
"""A journey, a step's id ("" for what is about the whole journey), and what happened there ("": somebody came)."""

Kind = Literal["step", "branch", "timeout", "failure", "arm", "exit", "goal"]

KINDS: dict[Kind, str] = {
    "step": "steps",
    "branch": "branches",
    "timeout": "timeouts",
    "failure": "failures",
    "arm": "arms",
    "exit": "exits",
    "goal": "goals",
}
"""What is counted, and the word for several."""

_CALL_FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Point:
    """Something in a journey that a test can come to. `written` is False for what has no line of its own, such as the
    `else` that nobody wrote: its place is the step it belongs to.
    """

    way: Way
    kind: Kind
    label: str
    span: Span
    written: bool = True


@dataclass(frozen=True, slots=True)
class JourneyCoverage:
    """One journey: its points in the order of the text, and those that some test came to."""

    name: str
    span: Span
    points: tuple[Point, ...]
    reached: frozenset[Way]

    @property
    def missing(self) -> tuple[Point, ...]:
        """The points that no test came to."""
        return tuple(point for point in self.points if point.way not in self.reached)

    @property
    def share(self) -> float:
        """The part of the points that were reached, 1.0 for a journey that has none."""
        return 1 - len(self.missing) / len(self.points) if self.points else 1.0


def ways(entries: Iterable[Entry]) -> frozenset[Way]:
    """What one person's story came through."""
    found: set[Way] = set()
    for entry in entries:
        if not isinstance(entry, Activity) or not entry.journey:
            continue
        journey, step, detail = entry.journey, entry.step, entry.detail
        if step:
            found.add((journey, step, ""))
        if entry.kind == BRANCHED:
            found.add((journey, step, str(detail["branch"])))
        elif entry.kind == SPLIT:
            found.add((journey, step, str(detail["arm"])))
        elif entry.kind == FAILED:
            found.add((journey, step, _CALL_FAILS))
        elif entry.kind == ANSWERED:
            found.add((journey, step, "answers"))
        elif entry.kind == ENDED:
            found.add((journey, "", str(detail["because"])))
        elif entry.kind == CONVERTED:
            found.add((journey, "", "goal"))
    return frozenset(found)


def covered(
    workspace: checked.Workspace,
    files: Iterable[ast.File],
    sources: Mapping[str, SourceFile],
    reached: Iterable[Way],
    left_out: frozenset[str] = frozenset(),
) -> list[JourneyCoverage]:
    """The journeys in the order written, those of the files `left_out` (paths) excepted."""
    come_to = frozenset(reached)
    found = []
    for file in files:
        for node in file.declarations if file.path not in left_out else ():
            if isinstance(node, ast.Journey) and node.name.text in workspace.journeys:
                journey = workspace.journeys[node.name.text]
                finder = _Points(journey, dict(sources), come_to)
                points = tuple(sorted(finder.all(node), key=lambda point: point.span.start))
                found.append(JourneyCoverage(journey.name, node.span, points, frozenset(finder.reached)))
    return found


class _Points:
    def __init__(
        self, journey: checked.Journey, sources: dict[str, SourceFile], reached: frozenset[Way]
    ) -> None:
        self.journey = journey
        self.sources = sources
        self.steps = {step.span: step for step in journey.steps}
        self.reached = set(reached)

    def all(self, node: ast.Journey) -> Iterator[Point]:
        name = self.journey.name
        for exit in self.journey.exits:
            yield Point((name, "", exit.label), "exit", exit.label, exit.span)
        goal = self.journey.goal
        if goal is not None:
            yield Point((name, "", "goal"), "goal", f"goal {goal.event}", goal.span)
        yield from self._block(node.steps)

    def _block(self, nodes: Sequence[ast.Step]) -> Iterator[Point]:
        later = False
        # A wait that is over at once leaves no trace; who came to the step behind it came through it.
        for node in reversed(nodes):
            way = self._way(node)
            if later:
                self.reached.add(way)
            later = later or way in self.reached
        for node in nodes:
            yield from self._node(node)

    def _way(self, node: ast.Step, what: str = "") -> Way:
        return self.journey.name, self.steps[node.span].id, what

    def _point(
        self, node: ast.Step, kind: Kind, what: str, label: str, at: ast.Node, written: bool = True
    ) -> Point:
        return Point(self._way(node, what), kind, label, at.span, written)

    def _node(self, node: ast.Step) -> Iterator[Point]:
        step = self.steps[node.span]
        match node:
            case ast.If() | ast.Match():
                yield from self._choice(node, step)
                return
            case ast.Split():
                yield self._point(node, "step", "", step.label, node)
                for share in node.shares:
                    yield self._point(node, "arm", share.name.text, head(share, self.sources), share)
                    yield from self._block(share.steps)
                return
            case ast.WaitFor():
                yield self._point(node, "step", "", step.label, node)
                for race in node.racing:
                    label = head(race, self.sources)
                    yield self._point(node, "branch", label, label, race)
                    yield from self._block(race.steps)
                if not node.racing:
                    yield self._outcome(node, "branch", "happened", node.happened)
                    yield from self._block(node.happened)
                if node.up_to is not None:
                    yield self._outcome(node, "timeout", "timed out", node.timed_out)
                    yield from self._block(node.timed_out)
                return
            case ast.StopRepeating():
                yield self._point(node, "branch", "stops repeating", step.label, node)
                if node.condition is not None:
                    yield self._point(node, "branch", "repeats", "it goes on", node, written=False)
                return
            case ast.CallStep():
                yield self._point(node, "step", "answers", step.label, node)
                yield self._point(node, "failure", _CALL_FAILS, "it gives no answer", node, written=False)
                return
        yield self._point(node, "step", "", step.label, node)
        if isinstance(node, ast.Repeat):
            yield from self._block(node.steps)

    def _outcome(self, node: ast.WaitFor, kind: Kind, what: str, steps: Sequence[ast.Step]) -> Point:
        """How a wait ends: its place is the line `happened` or `timed out` above its steps, if there is one."""
        way = self._way(node, what)
        source = self.sources.get(node.span.path)
        if steps and source is not None:
            for number in range(steps[0].span.line - 1, node.span.line, -1):
                start = source.line_starts[number - 1]
                line = source.line(number)
                if line.strip().startswith(what):
                    at = start + len(line) - len(line.lstrip())
                    return Point(way, kind, what, source.span(at, at + len(what)))
        return Point(way, kind, what, node.span, written=False)

    def _choice(self, node: ast.If | ast.Match, step: checked.Step) -> Iterator[Point]:
        other = "otherwise" if isinstance(node, ast.Match) else "else"
        if isinstance(node, ast.If) and node.on_failure:
            yield self._point(node, "failure", "if failed", "if failed", node)
            yield from self._block(node.arms[0].steps)
            arms: Sequence[ast.Arm | ast.Case] = node.arms[1:]
            complete = True
        else:
            arms = node.arms if isinstance(node, ast.If) else node.cases
            complete = False
        for number, arm in enumerate(arms):
            last = arm.condition is None if isinstance(arm, ast.Arm) else not arm.options
            complete = complete or last
            label = other if last else head(arm, self.sources)
            at = node if isinstance(node, ast.If) and not number and not node.on_failure else arm
            yield self._point(node, "branch", label, label, at)
            yield from self._block(arm.steps)
        if not complete:
            yield self._point(node, "branch", other, f"{other}: none of them", node, written=False)
