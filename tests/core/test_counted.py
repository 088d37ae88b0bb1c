"""The largest counts at hand are those that a plain sum over everything gives, wherever the window stands."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.interpreter.core import counted
from sojourn.interpreter.core.common import Common
from sojourn.interpreter.core.counted import Counted, most_of

others = st.sampled_from([f"p{n}" for n in range(9)])
counts = st.lists(st.tuples(others, st.integers(0, 12), st.integers(1, 3)), max_size=40)
moves = st.lists(
    st.one_of(
        st.tuples(st.just("count"), others, st.integers(0, 12)),
        st.tuples(st.just("ask"), st.sampled_from(["week", "month"]), st.integers(0, 13)),
    ),
    max_size=60,
)


def plainly(rows: list[tuple[str, int, int]], since: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for other, bucket, count in rows:
        if bucket >= since:
            found[other] += count
    return found


def ordered(found: Counter[str]) -> list[tuple[int, str]]:
    return sorted((-count, other) for other, count in found.items())


@given(counts, moves)
def test_a_window_that_moves_forth_and_back_holds_what_a_plain_sum_says(
    rows: list[tuple[str, int, int]], moves: list[tuple[str, str, int]]
) -> None:
    kept = Counted(rows)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(counted, "_UNASKED", 3)
        _moved(kept, rows, moves)


def _moved(kept: Counted, rows: list[tuple[str, int, int]], moves: list[tuple[str, str, int]]) -> None:
    for kind, what, number in moves:
        if kind == "count":
            rows = [*rows, (what, number, 1)]
            kept.add(what, number, 1)
        else:
            view = kept.view(number, what)
            assert view.counts == plainly(rows, number)
            assert list(view.order) == ordered(plainly(rows, number))


@given(st.lists(counts, max_size=4), st.integers(1, 5), st.sets(others))
def test_the_most_of_several_are_those_of_the_sums(
    several: list[list[tuple[str, int, int]]], pick: int, gone: set[str]
) -> None:
    sums: Counter[str] = Counter()
    for rows in several:
        sums.update(plainly(rows, 3))
    expected = [other for _, other in ordered(sums) if other not in gone][:pick]
    views = [Counted(rows).view(3) for rows in several]
    assert most_of(views, pick, lambda other: other not in gone) == expected


class Elsewhere(Common):
    """Counts that are kept in a list, as a store keeps them in a table."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, str, str, int, int]] = []

    def read(self, key: str, item: str) -> list[tuple[str, int, int]]:
        return [row[2:] for row in self.rows if row[:2] == (key, item)]

    def write(self) -> None:
        self.rows += [(*entry, count) for entry, count in self.added()]
        self.written()


@given(st.lists(st.tuples(st.sampled_from(["add", "write", "ask"]), others, st.integers(0, 3)), max_size=50))
def test_what_was_added_counts_before_and_after_it_is_written(steps: list[tuple[str, str, int]]) -> None:
    common = Elsewhere()
    expected: dict[int, Counter[str]] = {item: Counter() for item in range(4)}
    for what, other, item in steps:
        if what == "add":
            common.add("key", f"i{item}", other, 7)
            expected[item][other] += 1
        elif what == "write":
            common.write()
        else:
            assert common.totals("key", f"i{item}") == expected[item]
    common.write()
    again = Elsewhere()
    again.rows = common.rows
    for item, counts in expected.items():
        assert again.totals("key", f"i{item}") == counts
