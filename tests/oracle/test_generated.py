"""Programs and records made up at random mean the same to the oracle, the simulator and the live engine.

The oracle answers every question by looking at all that ever happened (world.py, meaning.py). A run of CI plays
a bounded number of them, always the same; `SOJOURN_SOAK=20000` plays that many new ones.
"""

from __future__ import annotations

import os
import random

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from tests.oracle.playing import (
    compiled,
    difference,
    played_by_oracle,
    played_by_simulator,
    played_from_a_file,
    played_live,
    quick_folder,
)
from tests.oracle.programs import programs
from tests.oracle.streams import Arrival, streams
from tests.oracle.telling import told_by_oracle, told_by_simulation, told_by_store, without_ties

SOAK = int(os.environ.get("SOJOURN_SOAK", "0"))


def some(examples: int) -> settings:
    """A bounded, repeatable number of examples; many new ones when soaking."""
    return settings(
        max_examples=SOAK or examples,
        derandomize=not SOAK,
        # What CI finds is the same each time; to make it small takes longer than CI has.
        phases=[Phase.generate, Phase.shrink] if SOAK else [Phase.generate],
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.large_base_example,
        ],
    )


@some(30)
@given(programs(), streams(late=False))
def test_the_simulator_means_what_the_oracle_means(text: str, arrivals: list[Arrival]) -> None:
    program = compiled(text)
    oracle = played_by_oracle(program.workspace, arrivals)
    simulation = played_by_simulator(program, arrivals)
    found = difference(without_ties(told_by_oracle(oracle)), without_ties(told_by_simulation(simulation)))
    assert not found, found


@some(30)
@given(programs(), streams(), st.randoms(use_true_random=False))
def test_the_live_engine_means_what_the_oracle_means(
    text: str, arrivals: list[Arrival], rng: random.Random
) -> None:
    """Late records too, in batches of any size, with looks at the clock in between and restarts."""
    program = compiled(text)
    oracle = played_by_oracle(program.workspace, arrivals)
    with quick_folder() as folder:
        store = played_live(program, arrivals, folder / "store.db", rng)
        try:
            found = difference(without_ties(told_by_oracle(oracle)), without_ties(told_by_store(store)))
        finally:
            store.close()
    event(f"records: {len(arrivals)}")
    assert not found, found


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
