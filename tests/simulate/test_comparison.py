"""Two versions play the same events: a version differs from itself in nothing, and a store's version played again over
its events does what it did live, over programs and records made up at random.
"""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from sojourn.interpreter.core.effects import Activity
from sojourn.interpreter.runtime.replay import events_of
from sojourn.interpreter.simulation.comparison import Version, compare, playable
from tests.oracle.playing import compiled, ending, played_live, quick_folder
from tests.oracle.programs import programs
from tests.oracle.streams import Arrival, streams
from tests.oracle.test_generated import some


@some(25)
@given(programs(), streams())
def test_a_version_differs_from_itself_in_nothing(text: str, arrivals: list[Arrival]) -> None:
    program = compiled(text)
    records = [arrival.record() for arrival in arrivals]
    sides = (playable(program, records)[0], playable(program, records)[0])
    found = compare(
        Version("a", program), Version("b", program), sides, as_received=True, until=ending(arrivals)
    )
    assert found.differences == []


@some(40)
@given(programs(), streams(), st.randoms(use_true_random=False))
def test_a_stores_version_played_again_does_what_it_did(
    text: str, arrivals: list[Arrival], rng: random.Random
) -> None:
    program = compiled(text)
    with quick_folder() as folder, played_live(program, arrivals, folder / "store.db", rng) as store:
        events = list(events_of(store))
        kinds = ("sent", "started", "ended", "split", "converted", "not sent")
        marks = ",".join("?" * len(kinds))
        live = Counter(store.rows(f"SELECT kind, journey, at FROM activity WHERE kind IN ({marks})", kinds))
    sides = (playable(program, events)[0], playable(program, events)[0])
    found = compare(
        Version("a", program), Version("b", program), sides, as_received=True, until=ending(arrivals)
    )
    assert found.played is not None
    again = Counter(
        (entry.kind, entry.journey, entry.at)
        for entries in found.played[1].history.values()
        for entry in entries
        if isinstance(entry, Activity) and entry.kind in kinds
    )
    assert again == live
