"""What only shows with many people: a split that learns takes the same arms in the simulator and live, and those that
an account of the runs and their goals gives by the rule of docs/language.md.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from math import exp, lgamma, log

from sojourn.dsl import checked as c
from sojourn.dsl.values import MINUTE, parse_instant
from tests.oracle.chance import draw
from tests.oracle.playing import (
    compiled,
    difference,
    played_by_simulator,
    played_live,
    quick_folder,
)
from tests.oracle.streams import Arrival
from tests.oracle.telling import told_by_simulation, told_by_store

WORKSPACE = """\
profile
  email  email  identity
  luck   integer

event visit

event done

journey j
  start on visit
  goal done within 1 day

  split tone toward goal
    60% plain
      if luck >= 85
        emit done
    rest warm
      if luck >= 70
        emit done

journey constant
  start on visit

  split side
    30% left
      add "left" to tags
    rest right
      add "right" to tags

profile
  tags  list of text
"""

MONDAY = parse_instant("2026-03-02T10:00:00Z")
PEOPLE = 500


def _lead(one: tuple[int, int], other: tuple[int, int]) -> float:
    """How likely the second arm's rate is greater, of (runs, goals) each."""
    a1, b1, a2, b2 = one[1] + 1, one[0] - one[1] + 1, other[1] + 1, other[0] - other[1] + 1

    def beta(a: int, b: int) -> float:
        return lgamma(a) + lgamma(b) - lgamma(a + b)

    return sum(exp(beta(a1 + i, b1 + b2) - log(b2 + i) - beta(1 + i, b2) - beta(a1, b1)) for i in range(a2))


def _accounted(split: c.Split, luck: list[int]) -> list[str]:
    """The arm of each, one after the other."""
    plain, warm = split.arms
    runs: Counter[str] = Counter()
    goals: Counter[str] = Counter()
    found = []
    for number, lucky in enumerate(luck):
        share = float(plain.share)
        if min(runs[plain.name], runs[warm.name]) >= 100:
            lead = _lead((runs["plain"], goals["plain"]), (runs["warm"], goals["warm"]))
            share = 0.9 * (1 - lead) + 0.1 * share
        moved = replace(split, arms=(replace(plain, share=share), replace(warm, share=1 - share)))
        arm = draw(f"email:p{number}@example.com", "j", moved)
        found.append(arm)
        runs[arm] += 1
        goals[arm] += lucky >= {"plain": 85, "warm": 70}[arm]
    return found


def test_a_split_that_learns() -> None:
    """500 people, of whom 15 of 100 reach the goal after the one arm and 30 after the other."""
    program = compiled(WORKSPACE)
    rng = random.Random(4)
    luck = [rng.randrange(100) for _ in range(PEOPLE)]
    arrivals = [
        Arrival(at, at, f"r{n}", "visit", {"email": f"p{n}@example.com", "luck": luck[n]})
        for n, at in ((n, MONDAY + n * MINUTE) for n in range(PEOPLE))
    ]
    simulated = told_by_simulation(played_by_simulator(program, arrivals))
    with quick_folder() as folder:
        store = played_live(program, arrivals, folder / "store.db", random.Random(1))
        try:
            lived = told_by_store(store)
        finally:
            store.close()
    found = difference(simulated, lived)
    assert not found, found
    took = {
        split: [
            next(
                line.what[1]
                for line in lived[(f"email:p{n}@example.com",)]
                if line.kind == "split" and line.what[0] == split
            )
            for n in range(PEOPLE)
        ]
        for split in ("tone", "side")
    }
    split = next(
        step.operation
        for step in program.workspace.journeys["j"].steps
        if isinstance(step.operation, c.Split)
    )
    assert took["tone"] == _accounted(split, luck)
    early, late = took["tone"][:150], took["tone"][-150:]
    assert late.count("warm") > early.count("warm") * 1.5
    assert "plain" in late
    # A split that does not learn keeps its shares: of 500, within four standard deviations.
    assert abs(took["side"].count("left") - 0.3 * PEOPLE) < 4 * (PEOPLE * 0.3 * 0.7) ** 0.5
