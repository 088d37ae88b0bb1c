"""A journey as its author wrote it, with the numbers of a simulation beside each line.

`mapped` walks the journey's syntax; the counts of a `JourneyReport` are found by the ids of the
checked steps, which stand at the same places of the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sojourn.dsl import ast, checked
from sojourn.dsl.check.labels import head
from sojourn.dsl.source import SourceFile
from sojourn.interpreter.simulation.report import JourneyReport

__all__ = ["MapLine", "mapped"]


@dataclass(frozen=True, slots=True)
class MapLine:
    """One line of the map.

    `kind`: "wait", "branch" (an arm of an `if`, a `match` or a wait), "arm" (a share of a split),
    "send", "set" (what is done at once), "stop", "loop" (`count` is the rounds), or "head" (the line
    above its branches). `count` is how often somebody came there, `of` out of how many there was a
    choice to come there (None where there was none). `waiting` stand there at the end. `converted` is
    how many that took this arm reached the goal. `sent` is by channel; `not_sent` and `left` (runs
    that ended there) are by reason.
    """

    depth: int
    text: str
    kind: str
    count: int
    of: int | None = None
    waiting: int = 0
    converted: int | None = None
    sent: Mapping[str, int] = field(default_factory=dict)
    not_sent: Mapping[str, int] = field(default_factory=dict)
    left: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)


def mapped(
    written: ast.Journey, journey: checked.Journey, report: JourneyReport, sources: Mapping[str, SourceFile]
) -> list[MapLine]:
    """The lines of a journey, its settings left out, in the order written."""
    return list(_Map(journey, report, dict(sources)).block(written.steps, 0))


class _Map:
    def __init__(
        self, journey: checked.Journey, report: JourneyReport, sources: dict[str, SourceFile]
    ) -> None:
        self.sources = sources
        self.steps = {step.span: step for step in journey.steps}
        self.goal = journey.goal is not None
        self.report = report
        self.failed: dict[str, dict[str, int]] = {}
        for failure in report.failed.values():
            self.failed.setdefault(failure.step, {})[failure.because] = failure.count

    def block(self, nodes: Sequence[ast.Step], depth: int) -> Iterator[MapLine]:
        for node in nodes:
            yield from self.node(node, depth)

    def node(self, node: ast.Step, depth: int) -> Iterator[MapLine]:
        step = self.steps[node.span]
        report, id, text = self.report, step.id, step.label
        taken = report.branches.get(id, {})
        match node:
            case ast.If() | ast.Match():
                yield from self._choice(node, step, depth, taken)
            case ast.WaitFor():
                yield self._line(step, depth, "wait", report.waited.get(id, 0) or sum(taken.values()))
                arms = [(head(race, self.sources), race.steps) for race in node.racing]
                for branch, steps in (*arms, ("happened", node.happened), ("timed out", node.timed_out)):
                    if steps or branch in taken:
                        yield self._arm(depth + 1, branch.replace("_", " "), taken.get(branch, 0), taken)
                        yield from self.block(steps, depth + 2)
            case ast.Split():
                yield from self._split(node, step, depth)
            case ast.Send():
                sent, unsent = report.sent_at.get(id, {}), report.not_sent_at.get(id, {})
                yield self._line(step, depth, "send", sum(sent.values()), sent=sent, not_sent=unsent)
            case ast.Stop():
                yield MapLine(depth, text, "stop", sum(report.ended_at.get(id, {}).values()))
            case ast.Set() | ast.Add() | ast.Remove() | ast.Emit() | ast.Enter() | ast.CallStep():
                refused = report.refused_at.get(id, {})
                yield self._line(step, depth, "set", report.done_at.get(id, 0), not_sent=refused)
            case ast.Repeat():
                rounds = sum(count for branch, count in taken.items() if branch != "over")
                yield self._line(step, depth, "loop", rounds)
                yield from self.block(node.steps, depth + 1)
            case ast.StopRepeating():
                yield self._arm(depth, text, taken.get("stops repeating", 0), taken)
            case _:
                yield self._line(step, depth, "wait", report.waited.get(id, 0))

    def _line(self, step: checked.Step, depth: int, kind: str, count: int, **more: Any) -> MapLine:
        left = {
            because: runs
            for because, runs in self.report.ended_at.get(step.id, {}).items()
            if because != "finished"
        }
        return MapLine(
            depth, step.label, kind, count,
            waiting=self.report.waiting.get(step.id, 0), left=left,
            failed=self.failed.get(step.id, {}), **more,
        )  # fmt: skip

    def _arm(self, depth: int, text: str, count: int, taken: Mapping[str, int]) -> MapLine:
        return MapLine(depth, text, "branch", count, of=sum(taken.values()))

    def _choice(
        self, node: ast.If | ast.Match, step: checked.Step, depth: int, taken: Mapping[str, int]
    ) -> Iterator[MapLine]:
        """An `if` has no line of its own: its arms say it all. A `match` has one above its cases."""
        inner = depth
        if isinstance(node, ast.Match):
            yield MapLine(depth, step.label, "head", sum(taken.values()))
            inner = depth + 1
        arms = node.arms if isinstance(node, ast.If) else node.cases
        other = "otherwise" if isinstance(node, ast.Match) else "else"
        complete = False
        if isinstance(node, ast.If) and node.on_failure:
            yield self._arm(inner, "if failed", taken.get("if failed", 0), taken)
            yield from self.block(node.arms[0].steps, inner + 1)
            arms = arms[1:]
        for arm in arms:
            last = arm.condition is None if isinstance(arm, ast.Arm) else not arm.options
            label = other if last else head(arm, self.sources)
            complete = complete or last
            yield self._arm(inner, label, taken.get(label, 0), taken)
            yield from self.block(arm.steps, inner + 1)
        if not complete and not (isinstance(node, ast.If) and node.on_failure):
            yield self._arm(inner, f"({other})", taken.get(other, 0), taken)

    def _sure(self, step: checked.Step, arms: Mapping[str, int], converted: Mapping[str, int]) -> str:
        """How sure a split that moves toward the goal is of its best arm."""
        operation = step.operation
        if not isinstance(operation, checked.Split) or not operation.toward_goal:
            return ""
        from sojourn.interpreter.core.learning import shares

        counts = tuple((arms.get(arm.name, 0), converted.get(arm.name, 0)) for arm in operation.arms)
        _, best = shares([float(arm.share) for arm in operation.arms], counts)
        if best is None:
            return "  (too early to say which does best)"
        leader = max(range(len(best)), key=lambda index: best[index])
        return f"  ({best[leader]:.0%} sure that {operation.arms[leader].name} does best)"

    def _split(self, node: ast.Split, step: checked.Step, depth: int) -> Iterator[MapLine]:
        arms = self.report.splits.get(node.name.text, {})
        converted = self.report.converted_by_arm.get(node.name.text, {})
        total = sum(arms.values())
        yield MapLine(depth, step.label + self._sure(step, arms, converted), "head", total)
        for share in node.shares:
            name = share.name.text
            yield MapLine(
                depth + 1, head(share, self.sources), "arm", arms.get(name, 0),
                of=total, converted=converted.get(name, 0) if self.goal else None,
            )  # fmt: skip
            yield from self.block(share.steps, depth + 2)
