"""Programs and records made up at random mean the same to the oracle, the simulator and the live engine.

The oracle answers every question by looking at all that ever happened (world.py, meaning.py). A run of CI plays
a bounded number of them, always the same; `SOJOURN_SOAK=20000` plays that many new ones.
"""

from __future__ import annotations

import random

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from sojourn.dsl.values import DAY, HOUR, MINUTE, SECOND
from sojourn.interpreter.core.step import step
from tests.oracle.meaning import value
from tests.oracle.playing import (
    compiled,
    difference,
    differently_known,
    differently_sent,
    played_by_oracle,
    played_by_simulator,
    played_from_a_file,
    played_live,
    quick_folder,
)
from tests.oracle.programs import programs
from tests.oracle.soaking import some
from tests.oracle.streams import Arrival, streams
from tests.oracle.telling import told_by_oracle, told_by_simulation, told_by_store, without_ties

FOCUSES = ("", "limits", "reactions", "calls", "offers", "merges", "keeps", "business")
"""What the made-up workspaces are about; "" is nothing in particular."""

PROBES = (
    0,
    1,
    SECOND,
    MINUTE,
    30 * MINUTE,
    HOUR,
    DAY - 1,
    DAY,
    DAY + 1,
    2 * DAY,
    7 * DAY,
    30 * DAY,
    31 * DAY,
)
"""How long after the last record somebody is looked at."""


@pytest.mark.parametrize("focus", FOCUSES)
def test_the_simulator_means_what_the_oracle_means(focus: str) -> None:
    @some(15)
    @given(programs(focus), streams(focus, late=False))
    def same(text: str, arrivals: list[Arrival]) -> None:
        program = compiled(text)
        oracle = played_by_oracle(program.workspace, arrivals)
        simulation = played_by_simulator(program, arrivals)
        found = difference(without_ties(told_by_oracle(oracle)), without_ties(told_by_simulation(simulation)))
        assert not found, found

    same()


@pytest.mark.parametrize("focus", (*FOCUSES, "joining"))
def test_the_live_engine_means_what_the_oracle_means(focus: str) -> None:
    """Late records too, in batches of any size, with looks at the clock in between and restarts."""

    @some(20)
    @given(programs(focus), streams(focus), st.randoms(use_true_random=False))
    def same(text: str, arrivals: list[Arrival], rng: random.Random) -> None:
        program = compiled(text)
        oracle = played_by_oracle(program.workspace, arrivals, live=True)
        with quick_folder() as folder:
            store = played_live(program, arrivals, folder / "store.db", rng)
            try:
                found = difference(without_ties(told_by_oracle(oracle)), without_ties(told_by_store(store)))
                found = found or differently_sent(oracle, store) or differently_known(oracle, store)
            finally:
                store.close()
        event(f"records: {len(arrivals)}")
        assert not found, found

    same()


@some(15)
@given(programs(), streams(), st.randoms(use_true_random=False))
def test_a_file_of_records_means_what_the_oracle_means(
    text: str, arrivals: list[Arrival], rng: random.Random
) -> None:
    """Many records in one transaction, each at its own instant."""
    program = compiled(text)
    with quick_folder() as folder:
        store = played_from_a_file(program, arrivals, folder / "store.db", rng)
        try:
            came_out = told_by_store(store)
        finally:
            store.close()
    oracle = played_by_oracle(program.workspace, arrivals)
    found = difference(without_ties(told_by_oracle(oracle)), without_ties(came_out))
    assert not found, found


@some(30)
@given(programs(), streams(late=False), st.sampled_from(PROBES))
def test_attributes_and_members_at_any_instant_are_what_a_scan_of_history_says(
    text: str, arrivals: list[Arrival], later: int
) -> None:
    """The clock stops somewhere behind the last record: what is remembered equals what all the past comes to."""
    program = compiled(text)
    until = arrivals[-1].now + later
    oracle = played_by_oracle(program.workspace, arrivals, until)
    people = played_by_simulator(program, arrivals, until).people
    for who in oracle.people:
        number = people.find(":".join(min(who.identifiers)))
        assert number is not None
        person = people.load(number)
        step(program, person, None, until)
        assert set(person.audiences) == who.members
        for attribute in program.workspace.attributes.values():
            meant = value(attribute.value, oracle.look(who, until))
            assert program.coder.value(attribute.value)(person, None, None, until) == meant, attribute.name


@some(20)
@given(programs(), streams(late=False), st.randoms(use_true_random=False))
def test_the_live_engine_tells_what_the_simulator_tells(
    text: str, arrivals: list[Arrival], rng: random.Random
) -> None:
    """Restarts at any point, looks at the clock at any time and batches of any size change nothing."""
    program = compiled(text)
    simulated = told_by_simulation(played_by_simulator(program, arrivals))
    again = told_by_simulation(played_by_simulator(program, arrivals))
    assert simulated == again
    with quick_folder() as folder:
        store = played_live(program, arrivals, folder / "store.db", rng)
        try:
            found = difference(without_ties(simulated), without_ties(told_by_store(store)))
        finally:
            store.close()
    assert not found, found
