"""Bringing a person up to date with changed rules, from everything that is stored of them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from sojourn.interpreter.core.doing import UNDOABLE
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.core.said import recall
from sojourn.interpreter.core.step import next_wake

if TYPE_CHECKING:
    from sojourn.interpreter.compile.program import Program

__all__ = ["rebuild", "retime"]


def rebuild(program: Program, person: Person, history: Iterable[Record], now: int) -> None:
    """Works out the states and audiences of a person anew, from all their events in the order in which they
    arrived.

    Nothing is entered, left or started: members of a new or changed audience are existing members, since
    `now` (who already was one stays so since before). Fields stay as they are, except those that have a merge
    rule; runs stay.
    """
    now = max(now, person.clock)
    if person.late is None and person.clock < now:
        # What came by time alone since then, while nobody looked, still comes.
        person.late = person.clock
    person.clock = now
    before_states = person.states
    # Events that are dropped after a while cannot be counted again: what was counted of them stands.
    states = person.states = {
        key: state
        for key, state in before_states.items()
        if key in program.aggregates and program.aggregates[key].aggregate.event in program.kept_for
    }
    counted = frozenset(states)
    if program.merges or person.said:
        history = list(history)
        recall(program, person, history, now)
    for record in history:
        plan = program.events.get(record.event) if record.event else None
        if plan is None:
            continue
        at = min(record.at, now)
        slots = list(plan.slots)
        for feature in plan.features:
            if feature.slots:
                slots += feature.slots.get(feature.value(None, record.properties, None, now), ())
        for slot in slots:
            if slot.key in counted:
                continue
            # What was stored under an older schema and fits no more cannot be counted.
            with suppress(*UNDOABLE):
                slot.update(states, record.properties, at, now)
    before = person.audiences
    members = person.audiences = {}
    # In order: an audience that is built on others looks at them.
    for audience in program.audiences:
        with suppress(*UNDOABLE):
            if audience.test(person, None, None, now):
                members[audience.name] = before.get(audience.name, now)
    person.rules = program.rules
    person.timing = program.timing
    person.wake = next_wake(program, person, now)


def retime(program: Program, person: Person) -> None:
    """Works out anew when a person is to be woken, for a program whose starts by time alone are others."""
    person.timing = program.timing
    person.wake = next_wake(program, person, person.clock)
