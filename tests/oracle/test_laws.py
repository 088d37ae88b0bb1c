"""Laws that hold whatever is written and whatever happens: limits in every span, shares of a split."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from sojourn.dsl import checked as c
from sojourn.dsl.values import MINUTE, parse_instant
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.simulation.simulate import simulate
from tests.oracle.meaning import clock, elapsed
from tests.oracle.playing import compiled, played_live, quick_folder
from tests.oracle.programs import DATA, programs
from tests.oracle.soaking import some
from tests.oracle.streams import Arrival, streams

Sent = tuple[int, str, str]
"""When, which message, by which channel."""


@some(40)
@given(programs("limits"), streams("limits", most=24, alone=True), st.randoms(use_true_random=False))
def test_no_span_holds_more_than_a_limit_says(text: str, arrivals: list[Arrival], rng: random.Random) -> None:
    """Counted in the outbox of a store, at each of its rows; the limits are read from the program."""
    program = compiled(text)
    with quick_folder() as folder:
        store = played_live(program, arrivals, folder / "store.db", rng)
        try:
            rows = store.rows("SELECT person, at, message, channel FROM outbox ORDER BY at")
        finally:
            store.close()
    by_person: dict[int, list[Sent]] = {}
    for person, at, message, channel in rows:
        by_person.setdefault(person, []).append((at, message, channel))
    for limit in program.workspace.limits:
        for sent in by_person.values():
            counted = [row for row in sent if counts(program.workspace, limit, row)]
            event(f"as many as the limit: {len(counted) >= limit.count}")
            for row in counted:
                assert len([other for other in counted if together(limit, row[0], other[0])]) <= limit.count


def counts(workspace: c.Workspace, limit: c.Limit, row: Sent) -> bool:
    """Whether a message is one of those that a limit is about."""
    _, message, channel = row
    about = {"topic": workspace.messages[message].topic, "channel": channel, "message": message}
    return limit.kind == "everything" or about[limit.kind] == limit.target


def together(limit: c.Limit, first: int, later: int) -> bool:
    """Whether the later of two is within the span that begins at the first, or in its calendar day, week or month."""
    if limit.per is not None:
        return first <= later < elapsed(first, limit.per)
    one, other = clock(first).date(), clock(later).date()
    match limit.calendar:
        case "day":
            return one == other
        case "week":
            return one - dt.timedelta(one.weekday()) == other - dt.timedelta(other.weekday())
    return (one.year, one.month) == (other.year, other.month)


SPLITS = f"""{DATA}
journey first
  start on visit
  split tone
    50% a
      send receipt
    20% b
      send receipt
    rest c
      stop

journey second
  start on visit
  split tone
    50% a
      send receipt
    rest b
      stop

journey third
  start on visit
  split other
    50% a
      send receipt
    rest b
      stop
"""


@pytest.mark.parametrize("kind", ("email", "device_id", "crm_id"))
def test_the_shares_of_a_split_hold_within_statistics(kind: str) -> None:
    """Of four thousand people. No two splits know of each other, in one journey or in two, by one name or by two."""
    people = 4000
    at = parse_instant("2026-03-02T10:00:00Z")
    name = (lambda n: f"p{n}@example.com") if kind == "email" else (lambda n: f"{n}")
    records = [Record(f"e{n}", "visit", at + n, at + n, {kind: name(n)}, {}) for n in range(people)]
    simulation = simulate(compiled(SPLITS), records, until=at + MINUTE, keep_activity=True)
    arms: list[dict[str, str]] = []
    for history in simulation.history.values():
        told = [entry for entry in history if getattr(entry, "kind", "") == "split"]
        arms.append({entry.journey: entry.detail["arm"] for entry in told})
    assert len(arms) == people

    first = Counter(of["first"] for of in arms)
    for arm, share in {"a": Fraction(1, 2), "b": Fraction(1, 5), "c": Fraction(3, 10)}.items():
        assert near(first[arm], people, share), (arm, first)
    for one, other in (("first", "second"), ("second", "third"), ("first", "third")):
        both = sum(of[one] == of[other] == "a" for of in arms)
        assert near(both, people, Fraction(1, 4)), (one, other, both)


def near(found: int, of: int, share: Fraction) -> bool:
    """Within four standard deviations: one of sixteen thousand fair draws is further away."""
    return abs(found - of * share) <= 4 * sqrt(of * share * (1 - share))
