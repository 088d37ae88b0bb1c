"""An answer as of a moment of the past is the answer that was given then: over programs and records made up at random,
every question is asked of a store at a moment, and again, as of that moment, of a store that has gone on.
"""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.dsl.values import UTC
from sojourn.interpreter.compile import Program
from sojourn.interpreter.runtime.logged import logged
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.why.asking import Asking
from sojourn.interpreter.why.log import Log
from sojourn.interpreter.why.subjects import answer, names_of
from sojourn.interpreter.why.telling import Answer
from sojourn.interpreter.why.then import NotYetKnown, log_at
from tests.oracle.playing import compiled, played_live, quick_folder
from tests.oracle.programs import programs
from tests.oracle.streams import Arrival, streams
from tests.oracle.test_generated import some


def answers(log: Log, program: Program, who: str) -> dict[str | None, Answer]:
    """Every question about a person, without what only the asking makes different."""
    subjects: list[str | None] = [None, *names_of(program.workspace)]
    found = {}
    for subject in subjects:
        told = answer(Asking(log, called=who), subject)
        found[subject] = replace(
            told, verdict=told.verdict.partition("As of ")[2].partition(": ")[2] or told.verdict
        )
    return found


def identifiers(store: Store) -> list[tuple[int, str]]:
    """One identifier of each person: "namespace:value"."""
    return [
        (number, f"{namespace}:{value}")
        for number, namespace, value in store.rows(
            "SELECT person, namespace, min(value) FROM identifier GROUP BY person ORDER BY person"
        )
    ]


# What is dropped after its time is the one thing that cannot be known: test_at_stories.py has it.
FOCUSES = ("", "limits", "reactions", "calls", "offers", "merges", "business")


@pytest.mark.parametrize("focus", FOCUSES)
def test_as_of_a_moment_it_is_answered_as_it_was_then(focus: str) -> None:
    asked = 0

    @some(14)
    @given(programs(focus), streams(focus), st.integers(0, 10**6), st.integers(0, 10**6))
    def same(text: str, arrivals: list[Arrival], seed: int, chosen: int) -> None:
        nonlocal asked
        gaps = [n for n, (a, b) in enumerate(pairwise(arrivals), 1) if b.now > a.now]
        if gaps:
            upto = gaps[chosen % len(gaps)]
            between = arrivals[upto].now - arrivals[upto - 1].now
            moment = arrivals[upto - 1].now + chosen % between
            asked += asked_then_and_later(compiled(text), arrivals, upto, moment, seed)

    same()
    assert asked > 50


def asked_then_and_later(program: Program, arrivals: list[Arrival], upto: int, moment: int, seed: int) -> int:
    """Asks everything of a store that has taken so many arrivals in, and of one that has gone on; how many answers
    there were. A device that was somebody else's then, and has moved, is left out: that is said, and asserted.
    """
    asked = 0
    with quick_folder() as folder:
        with played_live(program, arrivals[:upto], folder / "then.db", random.Random(seed), moment) as store:
            then = {
                who: answers(logged(store, program, number, moment), program, who)
                for number, who in identifiers(store)
            }
        with played_live(program, arrivals, folder / "later.db", random.Random(seed + 1)) as store:
            for who, expected in then.items():
                later = logged(store, program, who, 2**55)
                try:
                    past = log_at(later, moment, who, UTC)
                except NotYetKnown:
                    assert who.startswith("device_id:")
                    continue
                if any("not known as" in said or "from somebody else" in said for said in past.unknown):
                    assert who.startswith("device_id:")
                    continue
                assert past.now == moment
                for subject, told in answers(past, program, who).items():
                    same_in_words(expected[subject], told, subject)
                    asked += 1
    return asked


def same_in_words(then: Answer, later: Answer, subject: str | None) -> None:
    """The same answer, save for how the moment is called."""
    assert plainly(then) == plainly(later), subject


def plainly(told: Answer) -> list[str]:
    import click

    from sojourn.cli.why_told import answer_lines

    lines = answer_lines(replace(told, as_of=False, notes=()), 10_000, True)
    return [
        click.unstyle(line).replace("At that moment", "Now").replace("at that moment", "now")
        for line in lines
    ]
