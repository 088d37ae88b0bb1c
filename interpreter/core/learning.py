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
from itertools import accumulate
from math import exp, lgamma, log, log1p, sqrt

from sojourn.interpreter.core.common import Common

__all__ = ["FIRST", "Standing", "count_goal", "count_run", "shares", "standings"]

FIRST = 100
"""How many runs each arm takes before the shares move."""

KEPT = 0.1
"""The part of the written shares that stays."""

_KEY = "splits"
_CELLS = 400
_WIDTH = 10
"""How many standard deviations around its mean a rate is looked at."""

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


class _Curve:
    """The Beta distribution of an arm's rate, cut into `_CELLS` where nearly all of it lies."""

    __slots__ = ("heights", "low", "parts", "step", "upto")

    def __init__(self, standing: Standing) -> None:
        runs, goals = standing
        a, b = goals + 1.0, max(runs - goals, 0) + 1.0
        mean = a / (a + b)
        spread = sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
        self.low = max(0.0, mean - _WIDTH * spread)
        self.step = (min(1.0, mean + _WIDTH * spread) - self.low) / _CELLS
        scale = lgamma(a + b) - lgamma(a) - lgamma(b)
        middles = [self.low + (cell + 0.5) * self.step for cell in range(_CELLS)]
        heights = [exp(scale + (a - 1) * log(x) + (b - 1) * log1p(-x)) for x in middles]
        total = sum(heights)
        self.parts = [height / total for height in heights]
        self.heights = [part / self.step for part in self.parts]
        self.upto = [0.0, *accumulate(self.parts)]

    def below(self, x: float) -> float:
        """How likely the rate is less than `x`."""
        if x <= self.low:
            return 0.0
        cell = int((x - self.low) / self.step)
        if cell >= _CELLS:
            return 1.0
        return self.upto[cell] + self.heights[cell] * (x - self.low - cell * self.step)


_curve = lru_cache(maxsize=64)(_Curve)
"""From one run to the next only one arm has another."""


@lru_cache(maxsize=4096)
def _likely_best(counts: tuple[Standing, ...]) -> tuple[float, ...]:
    """For each arm, how likely its rate is the highest."""
    curves = [_curve(standing) for standing in counts]
    found = []
    for number, curve in enumerate(curves):
        others = [other for place, other in enumerate(curves) if place != number]
        likely = 0.0
        for cell, part in enumerate(curve.parts):
            x = curve.low + (cell + 0.5) * curve.step
            for other in others:
                part *= other.below(x)
            likely += part
        found.append(likely)
    total = sum(found)
    return tuple(likely / total for likely in found)
