"""Two people who turn out to be one.

`merge` does not care which of the two it is given first: the person first seen earlier gives the key; of each
field the newest value stands; aggregates are those of both histories together; runs of both go on. So any
order of the same merges gives the same person.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sojourn.interpreter.core.effects import ENTERED, LEFT, MERGED, Activity, Effect
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.said import join_said
from sojourn.interpreter.core.step import next_wake

if TYPE_CHECKING:
    from sojourn.interpreter.compile.program import Program

__all__ = ["best_name", "merge"]


def best_name(program: Program, person: Person) -> str:
    """The identifier by which people speak of a person: an email address where there is one, then a phone number, else
    the strongest.
    """
    declared = program.workspace.profile
    names = [identifier.name for identifier in program.workspace.identifiers]
    kinds = {name: declared[name].type.kind for name in names if name in declared}
    order = sorted(names, key=lambda name: {"email": 0, "phone": 1}.get(kinds.get(name, ""), 2))
    for name in order:
        for value in person.identifiers.get(name, ()):
            return value
    return person.key.partition(":")[2] or person.key


def _rank(said: list[Any], value: Any) -> tuple[int, str, str]:
    """Newer comes later; what was said at one instant is ordered by where it came from, then by the value."""
    return said[0], said[1], json.dumps(value, sort_keys=True)


def merge(program: Program, survivor: Person, other: Person, now: int) -> list[Effect]:
    """Makes `survivor` the two of them together; `other` is not to be used any more. Both have been advanced
    to `now`.

    The result is the same whichever is called the survivor. A person merged with their own copy (the same
    key) stays what they were, by the later of the two documents. Audiences are asked again; what was entered
    or left by it is among the effects, and nothing is started here.
    """
    if survivor.key == other.key:
        if (other.clock, json.dumps(other.to_document(), sort_keys=True)) > (
            survivor.clock,
            json.dumps(survivor.to_document(), sort_keys=True),
        ):
            _take_over(survivor, other)
        return []
    first, second = sorted((survivor, other), key=lambda person: (person.first_seen, person.key))
    merged = Person(first.key, first.first_seen, program.rules)
    merged.clock = max(first.clock, second.clock)
    touched_fields = {**first.fields, **second.fields}.keys()
    touched_states = {**first.states, **second.states}.keys()

    for namespace in sorted({*first.identifiers, *second.identifiers}):
        values: dict[str, list[int]] = {}
        for person in (first, second):
            for value, (begun, last) in person.identifiers.get(namespace, {}).items():
                known = values.get(value)
                values[value] = (
                    [begun, last] if known is None else [min(known[0], begun), max(known[1], last)]
                )
        merged.identifiers[namespace] = dict(sorted(values.items()))

    for field in sorted({*first.provenance, *second.provenance, *touched_fields}):
        sides: list[tuple[tuple[int, str, str], list[Any], Any]] = []
        for person in (first, second):
            if field in person.provenance or field in person.fields:
                said = person.provenance.get(field, [person.first_seen, ""])
                stands = person.fields.get(field)
                sides.append((_rank(said, stands), said, stands))
        _, said, stands = max(sides, key=lambda side: side[0])
        merged.provenance[field] = list(said)
        if stands is not None:
            merged.fields[field] = stands
    merged.common = survivor.common
    for offer in sorted({*first.given, *second.given}):
        merged.given[offer] = first.given.get(offer, 0) + second.given.get(offer, 0)
    join_said(merged, (first, second), program.merges)

    for key in sorted(touched_states):
        a, b = first.states.get(key), second.states.get(key)
        slot = program.aggregates.get(key)
        if slot is None:
            continue
        # A window may still hold what has left it where nobody follows it by time.
        states = [
            state
            for person in (a, b)
            if person is not None and (state := slot.purge(person, merged.clock)) is not None
        ]
        if states:
            merged.states[key] = slot.merge(*states) if len(states) == 2 else states[0]

    runs = sorted([*first.runs.values(), *second.runs.values()], key=lambda run: (run.began, run.id))
    merged.runs = {run.id: run for run in runs}
    for name in sorted({*first.ended, *second.ended}):
        merged.ended[name] = max(person.ended[name] for person in (first, second) if name in person.ended)
    for name in sorted({*first.counts, *second.counts}):
        merged.counts[name] = first.counts.get(name, 0) + second.counts.get(name, 0)
    for name in sorted({*first.occurred, *second.occurred}):
        merged.occurred[name] = max(p.occurred[name] for p in (first, second) if name in p.occurred)
    merged.timing = program.timing
    merged.held = sorted(
        [*first.held, *second.held], key=lambda held: (held["since"], held["journey"], held["key"])
    )
    merged.heard = max(first.heard, second.heard)
    for name in sorted({*first.entering, *second.entering}):
        merged.entering[name] = min(p.entering[name] for p in (first, second) if name in p.entering)
    merged.goals = sorted([*first.goals, *second.goals], key=lambda goal: (goal["until"], goal["run"]))

    for address in sorted({*first.suppressed, *second.suppressed}):
        merged.suppressed[address] = min(
            person.suppressed[address] for person in (first, second) if address in person.suppressed
        )
    # A person keeps the arm they had first.
    merged.arms = dict(sorted({**second.arms, **first.arms}.items()))
    merged.handed = sorted([*first.handed, *second.handed])

    from sojourn.interpreter.compile.timing import given_key

    asked_fields = {*touched_fields, *map(given_key, merged.given)}
    effects: list[Effect] = [Activity(now, MERGED, {"key": second.key})]
    _audiences(program, merged, (first, second), now, effects, asked_fields, {*touched_states})
    merged.wake = next_wake(program, merged, merged.clock)
    _take_over(survivor, merged)
    return effects


def _audiences(
    program: Program, merged: Person, sides: tuple[Person, Person], now: int, effects: list[Effect],
    fields: set[str], states: set[str],
) -> None:  # fmt: skip
    """Asks every audience that the two of them together may have changed."""
    before: dict[str, int] = {}
    for person in sides:
        for name, since in person.audiences.items():
            before[name] = min(since, before.get(name, since))
    asked = {program.members[name].number for name in before if name in program.members}
    asked.update(program.listed)
    for name in fields:
        listeners = program.field_listeners.get(name)
        if listeners is not None:
            asked.update(listeners.everybody())
    for key in states:
        if key in program.aggregates:
            slot = program.aggregates[key]
            asked.update(slot.listeners)
            if slot.crossing is not None:
                asked.update(slot.crossing.everybody())
    merged.audiences = {name: since for name, since in sorted(before.items()) if name in program.members}
    todo = sorted(asked)
    seen = set(todo)
    for (
        number
    ) in todo:  # grows while it is read: whoever is built on an audience that changed comes later in order
        audience = program.audiences[number]
        member = bool(audience.test(merged, None, None, now))
        if member == (audience.name in merged.audiences):
            continue
        if member:
            merged.audiences[audience.name] = now
        else:
            del merged.audiences[audience.name]
        effects.append(
            Activity(now, ENTERED if member else LEFT, {"audience": audience.name, "why": "change"})
        )
        more = [dependent for dependent in audience.dependents if dependent not in seen]
        if more:
            seen.update(more)
            todo.extend(more)
            rest = todo.index(number) + 1
            todo[rest:] = sorted(todo[rest:])


def _take_over(person: Person, other: Person) -> None:
    for name in Person.__slots__:
        setattr(person, name, getattr(other, name))
