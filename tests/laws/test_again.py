"""Laws of what is stored: the events in a store, played over again, give the same; and so does working everything out
anew from them.
"""

from __future__ import annotations

import copy
import random

import orjson
from hypothesis import given
from hypothesis import strategies as st

from sojourn.dsl.values import DAY, HOUR, MINUTE
from sojourn.interpreter.compile import Program
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.rebuild import rebuild
from sojourn.interpreter.core.step import step
from sojourn.interpreter.runtime.batch import stored_records
from sojourn.interpreter.runtime.common import StoredCommon
from sojourn.interpreter.runtime.store import Store
from tests.oracle.playing import compiled, difference, ending, outbox_of, played_live, quick_folder
from tests.oracle.programs import programs
from tests.oracle.soaking import some
from tests.oracle.streams import Arrival, streams
from tests.oracle.telling import told_by_store, without_ties

LATER = (0, 1, MINUTE, HOUR, DAY - 1, DAY, DAY + 1, 7 * DAY, 30 * DAY, 31 * DAY)


def stored(store: Store) -> list[Arrival]:
    """The records of a store in the order in which they came. What journeys emitted comes by itself."""
    found = []
    for id, event, at, received, profile, properties in store.rows(
        "SELECT id, event, at, received, profile, properties FROM event "
        "WHERE dataset NOT LIKE 'journey %' ORDER BY number"
    ):
        found.append(Arrival(received, at, id, event, orjson.loads(profile), orjson.loads(properties)))
    return found


@some(60)
@given(programs(), streams(), st.randoms(use_true_random=False))
def test_the_stored_events_played_again_give_the_same(
    text: str, arrivals: list[Arrival], rng: random.Random
) -> None:
    """Other batches, other restarts, no record twice: the same people, the same story, the same messages."""
    program = compiled(text)
    until = ending(arrivals)
    with quick_folder() as folder:
        store = played_live(program, arrivals, folder / "once.db", rng)
        try:
            again = stored(store)
            second = played_live(program, again, folder / "again.db", rng, until)
            try:
                found = difference(without_ties(told_by_store(store)), without_ties(told_by_store(second)))
                assert not found, found
                assert outbox_of(store) == outbox_of(second)
                ids = [record.id for record in stored(second)]
            finally:
                second.close()
        finally:
            store.close()
    assert ids == [record.id for record in again]
    assert set(ids) == {arrival.id for arrival in arrivals}


@some(60)
@given(programs(), streams(), st.randoms(use_true_random=False))
def test_what_is_remembered_is_what_all_events_come_to(
    text: str, arrivals: list[Arrival], rng: random.Random
) -> None:
    """Everybody is worked out anew from their stored events: every attribute is the same, and every audience, at that
    instant and for weeks to come, to the microsecond at which time alone changes it.
    """
    program = compiled(text)
    now = arrivals[-1].now + rng.choice(LATER)
    with quick_folder() as folder:
        store = played_live(program, arrivals, folder / "store.db", rng, now)
        try:
            rows = store.rows("SELECT number, document FROM person")
            for number, document in rows:
                lived = Person.from_document(orjson.loads(document))
                lived.common = StoredCommon(store.connection)
                step(program, lived, None, now)
                anew = Person.from_document(copy.deepcopy(lived.to_document()))
                anew.common = lived.common
                rebuild(program, anew, stored_records(store.connection, number), now)
                _the_same(program, lived, anew, now)
                for later in LATER:
                    for person in (lived, anew):
                        step(program, person, None, now + later)
                    _the_same(program, lived, anew, now + later)
                assert lived.wake == anew.wake
        finally:
            store.close()
    assert rows


def _the_same(program: Program, one: Person, other: Person, now: int) -> None:
    assert one.audiences == other.audiences
    for attribute in program.workspace.attributes.values():
        value = program.coder.value(attribute.value)
        assert value(one, None, None, now) == value(other, None, None, now), attribute.name
