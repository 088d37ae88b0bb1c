"""`split … toward goal`: which arm does better, how sure that is, and the shares that follow.

Of each arm it is counted how many runs took it and how many of those reached the goal (`core.common`). What the
rate of an arm may really be is then a Beta distribution (one success and one failure added, so that nothing is
known at first), and from those follows how likely each arm is the best. An arm's share is nine tenths of that
likelihood and one tenth of the share that was written: the better arm gets more and more, and none is ever
lost from sight. Until every arm was taken `FIRST` times the written shares hold.

Shares are a function of the counts alone: the same counts give the same shares everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import erf, exp, pi, sqrt

from sojourn.interpreter.core.common import Common

__all__ = ["FIRST", "Standing", "count_goal", "count_run", "shares", "standings"]

FIRST = 100
"""How many runs each arm takes before the shares move."""

KEPT = 0.1
"""The part of the written shares that stays."""

_KEY = "splits"
_POINTS = 200

Standing = tuple[int, int]
"""(runs that took an arm, those of them that reached the goal)."""


def count_run(common: Common, journey: str, split: str, arm: str) -> None:
    """A run took an arm."""
    common.add(_KEY, f"{journey}/{split}", f"runs/{arm}")


def count_goal(common: Common, journey: str, split: str, arm: str) -> None:
    """A run that took an arm reached the goal."""
    common.add(_KEY, f"{journey}/{split}", f"goals/{arm}")


def standings(common: Common, journey: str, split: str, arms: Sequence[str]) -> tuple[Standing, ...]:
    """How each arm has done so far."""
    totals: Mapping[str, int] = common.totals(_KEY, f"{journey}/{split}")
    return tuple((totals.get(f"runs/{arm}", 0), totals.get(f"goals/{arm}", 0)) for arm in arms)


def shares(written: Sequence[float], counts: tuple[Standing, ...]) -> tuple[list[float], list[float] | None]:
    """The shares that hold now, and how likely each arm is the best (None: too early to say)."""
    if any(runs < FIRST for runs, _ in counts):
        return list(written), None
    best = list(_likely_best(counts))
    total = sum(written)
    return [
        (1 - KEPT) * likely + KEPT * share / total for share, likely in zip(written, best, strict=True)
    ], best


@lru_cache(maxsize=4096)
def _likely_best(counts: tuple[Standing, ...]) -> tuple[float, ...]:
    """For each arm, how likely its rate is the highest: the Beta distributions as normal ones, summed up over a
    grid. With a hundred runs and more the two differ little.
    """
    curves = []
    for runs, goals in counts:
        a, b = goals + 1.0, max(runs - goals, 0) + 1.0
        mean = a / (a + b)
        curves.append((mean, sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))))
    low = min(mean - 6 * spread for mean, spread in curves)
    high = max(mean + 6 * spread for mean, spread in curves)
    # Fine enough for the narrowest curve.
    points = max(_POINTS, min(4000, int((high - low) / min(spread for _, spread in curves) * 4)))
    step = (high - low) / points
    found = [0.0] * len(curves)
    for point in range(points):
        x = low + (point + 0.5) * step
        below = [0.5 * (1 + erf((x - mean) / (spread * sqrt(2)))) for mean, spread in curves]
        for index, (mean, spread) in enumerate(curves):
            z = (x - mean) / spread
            density = exp(-z * z / 2) / (spread * sqrt(2 * pi)) if abs(z) < 12 else 0.0
            others = 1.0
            for other, part in enumerate(below):
                if other != index:
                    others *= part
            found[index] += density * others * step
    total = sum(found)
    return tuple(part / total for part in found)
