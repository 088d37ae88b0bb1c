"""The counts of a simulation, as a picture of a journey shows them, and how sure a rate of conversion is."""

from __future__ import annotations

from math import sqrt

from sojourn.dsl import checked
from sojourn.dsl.picture import Counts
from sojourn.interpreter.simulation.report import JourneyReport

__all__ = ["counted", "wilson"]

MOST_REASONS = 3
"""Reasons that are told at one step; the rest are counted together."""


def counted(journey: checked.Journey, report: JourneyReport) -> Counts:
    """What came to each step and branch of a journey in a simulation."""
    came: dict[str, int] = {}
    notes: dict[str, tuple[str, ...]] = {}
    taken: dict[tuple[str, str], int] = {}
    converted: dict[tuple[str, str], int] = {}
    failed: dict[str, int] = {}
    for failure in report.failed.values():
        failed[failure.step] = failed.get(failure.step, 0) + failure.count
    for step in journey.steps:
        branches = report.branches.get(step.id, {})
        sent, not_sent = report.sent_at.get(step.id, {}), report.not_sent_at.get(step.id, {})
        ended = report.ended_at.get(step.id, {})
        said: list[str] = []
        match step.operation:
            case checked.Send():
                came[step.id] = sum(sent.values()) + sum(not_sent.values()) + failed.get(step.id, 0)
                if len(sent) > 1:
                    said.append(", ".join(f"{count:,} by {channel}" for channel, count in _ranked(sent)))
                said += _reasons(not_sent, "not sent")
            case checked.Stop():
                came[step.id] = ended.get("stop", 0)
            case checked.Split():
                arms = report.splits.get(step.operation.name, {})
                came[step.id] = sum(arms.values())
                goals = report.converted_by_arm.get(step.operation.name, {})
                for arm in step.operation.arms:
                    taken[step.id, arm.name] = arms.get(arm.name, 0)
                    if journey.goal is not None:
                        converted[step.id, arm.name] = goals.get(arm.name, 0)
            case checked.Branch() | checked.IfFailed():
                came[step.id] = sum(branches.values())
            case checked.WaitFor() | checked.WaitForFirst():
                came[step.id] = max(report.waited.get(step.id, 0), sum(branches.values()))
            case checked.Wait() | checked.WaitUntil():
                came[step.id] = report.waited.get(step.id, 0)
            case checked.Repeat():
                came[step.id] = sum(branches.values())
            case checked.StopRepeating():
                came[step.id] = sum(branches.values())
                said.append(f"{branches.get('stops repeating', 0):,} stopped")
            case _:
                came[step.id] = report.done_at.get(step.id, 0) + failed.get(step.id, 0)
                said += _reasons(report.refused_at.get(step.id, {}), "not entered")
        for branch, count in branches.items():
            taken[step.id, branch] = count
        if step.id in failed:
            said.append(f"{failed[step.id]:,} failed")
        left = {because: runs for because, runs in ended.items() if because not in ("finished", "stop")}
        said += [f"{runs:,} left: {because}" for because, runs in _ranked(left)]
        if said:
            notes[step.id] = tuple(said)
    return Counts(
        report.started, came, dict(report.waiting), taken, converted, notes, report.ended.get("finished", 0)
    )


def _ranked(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _reasons(counts: dict[str, int], what: str) -> list[str]:
    ranked = _ranked(counts)
    said = [f"{count:,} {what}: {because}" for because, count in ranked[:MOST_REASONS]]
    rest = sum(count for _, count in ranked[MOST_REASONS:])
    return [*said, f"{rest:,} {what} for other reasons"] if rest else said


def wilson(hits: int, of: int, z: float = 1.959964) -> tuple[float, float]:
    """Between which two rates the true one lies, with 95% confidence, when `hits` of `of` did it.

    Wilson's score interval (E. B. Wilson, 1927): unlike the usual one it is right for few and for rare cases, and
    never leaves 0 to 1. Nothing is known of nobody: (0, 1).
    """
    if not of:
        return 0.0, 1.0
    rate, square = hits / of, z * z
    middle = (rate + square / (2 * of)) / (1 + square / of)
    half = z * sqrt(rate * (1 - rate) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - half), min(1.0, middle + half)
