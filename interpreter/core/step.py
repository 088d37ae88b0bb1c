"""The step: everything the program does with one person, one record and the time.

`step` first advances: whatever time alone brought up to `now` is carried out in order, each thing at its own
exact instant (at one instant: windows that end and dates that turn, audiences, exits, waits that are over,
starts). Then comes the record, in the order of docs/design.md: profile, aggregates, audiences, goals, exits,
waits, starts. It reads no clock, no store, no random source: the same input gives the same output.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sojourn.dsl.values import in_words
from sojourn.interpreter.core.effects import Effect
from sojourn.interpreter.core.moment import Moment
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.core.slots import Slot
from sojourn.interpreter.core.steps import time_is_up
from sojourn.interpreter.core.taking import take_event, take_profile

if TYPE_CHECKING:
    from sojourn.interpreter.compile.occasions import Occasion
    from sojourn.interpreter.compile.plans import Start
    from sojourn.interpreter.compile.program import Program
    from sojourn.interpreter.compile.timing import Flip

__all__ = ["advance", "look_again", "next_wake", "occasions", "step"]


def step(
    program: Program,
    person: Person,
    record: Record | None,
    now: int,
    choices: Mapping[str, str] | None = None,
    pending: Iterable[Start] = (),
    linked: bool = False,
) -> list[Effect]:
    """Brings a person up to `now` and takes a record in (None: time alone). Changes `person`; returns what
    follows, in order.

    `choices` gives the arms that splits take in a test. `pending` are starts by audiences that a merge has
    just changed; `linked`: the record gave the person another identifier. A person whose `rules` are "" is
    new: the audiences that are true of them are worked out with the first record.
    """
    if now < person.clock:
        now = person.clock
    effects: list[Effect] = []
    wake = person.wake
    if wake is not None and wake <= now:
        advance(program, person, now, choices, effects)
    person.clock = now
    person.late = None
    new = not person.rules
    if new:
        person.rules = program.rules
        person.timing = program.timing
    elif record is None and not pending:
        return effects
    moment = Moment(program, person, now, effects, choices, "time" if record is None else "event")
    if pending:
        moment.starts.extend(pending)
    dirty: list[int] = list(program.born) if new else []
    if linked or new:
        dirty.extend(program.listed)
    changed = bool(dirty)
    at = now
    if record is not None:
        at = min(record.at, now)
        moment.record = record
        moment.quiet = record.quiet
        if take_profile(program, person, record.profile, at, record.dataset, dirty):
            changed = True
        if record.event and take_event(program, person, record, at, now, dirty):
            changed = True
    if dirty:
        moment.audiences(dirty)
    if record is not None:
        moment.direct = len(moment.starts)
    if record is not None and record.quiet:
        person.wake = next_wake(program, person, now)
        return effects
    runs = person.runs
    if record is not None and record.event and (runs or person.goals):
        moment.resume(moment.runs_see(record, at), record, at)
        changed = True
    elif runs:
        moment.exit_whens()
        changed = True
    if record is not None and record.event:
        moment.start_on_event(record, at)
    if moment.starts:
        moment.work_off()
    if changed or runs or effects:
        person.wake = next_wake(program, person, now)
    return effects


def look_again(program: Program, person: Person, audiences: Iterable[int], now: int) -> list[Effect]:
    """Asks audiences (by number) anew whose list, from a file, has changed; what follows from it follows."""
    effects = step(program, person, None, now)
    moment = Moment(program, person, person.clock, effects, None, "file")
    moment.audiences(audiences)
    moment.exit_whens()
    moment.work_off()
    person.wake = next_wake(program, person, person.clock)
    return effects


# --------------------------------------------------------------- the time


def advance(
    program: Program, person: Person, now: int, choices: Mapping[str, str] | None, effects: list[Effect]
) -> None:
    """Carries out everything that time alone brought up to `now`, each thing at its own instant."""
    while (wake := person.wake) is not None and wake <= now:
        _bring(program, person, wake, choices, effects)
        if wake > person.clock:
            person.clock = wake
            person.late = None
        elif person.late is not None and wake > person.late:
            person.late = wake
        person.wake = next_wake(program, person, person.clock)


def _bring(
    program: Program, person: Person, at: int, choices: Mapping[str, str] | None, effects: list[Effect]
) -> None:
    """What is due at one instant."""
    moment = Moment(program, person, at, effects, choices, "time")
    # An identifier may have moved to somebody else since (a family's tablet).
    dirty: list[int] = list(program.listed)
    states = person.states
    for slot, state in _timed(program, states):
        expiry = slot.expiry(state)
        if expiry is not None and expiry <= at:
            slot.expire(states, at, dirty)
    if program.flips:
        for flip in _flips(program, person):
            if flip.next(person, None, None, at - 1) == at:
                dirty.extend(flip.owners)
    if dirty:
        moment.audiences(dirty)
    if person.runs:
        moment.exit_whens()
        for run in list(person.runs.values()):
            if run.ends is not None and run.ends <= at and run.id in person.runs:
                meant = program.journey_of(run)
                length = meant.checked.ends_after if meant is not None else None
                moment.end(
                    run, f"ends after {in_words(length)}" if length is not None else "ends after its time"
                )
        waiting = [run for run in person.runs.values() if run.until is not None and run.until <= at]
        for run in waiting:
            if run.id not in person.runs or run.until is None or run.until > at:
                continue
            journey = program.journey_of(run)
            if journey is None:
                moment.end(run, "journey removed")
            else:
                time_is_up(moment, journey, run)
    if moment.starts:
        moment.work_off()
    if program.occasions:
        _occasions_come(program, person, at, moment)
    if person.entering:
        for name in [name for name, (when, _) in person.entering.items() if when <= at]:
            moment.enter_as_member(name, person.entering.pop(name)[1])
        moment.work_off()


def _occasions_come(program: Program, person: Person, at: int, moment: Moment) -> None:
    """Starts the journeys whose time it is for this person: of a schedule for those who are in the audience now."""
    came = []
    for occasion in occasions(program, person):
        coming = occasion.after(person, at - 1)
        if coming is not None and coming[0] == at:
            came.append((occasion, coming[1]))
    for occasion, occurrence in came:
        person.occurred[occasion.slot] = occurrence
        moment.start(occasion.start, None, at, occurrence)
    moment.work_off()


def occasions(program: Program, person: Person) -> Iterator[Occasion]:
    """The starts by time alone that can come for this person, as far as it depends on what is known of them."""
    yield from program.occasions_always
    if program.occasions_by_audience:
        for audience in person.audiences:
            yield from program.occasions_by_audience.get(audience, ())
    if program.occasions_by_field:
        for field in person.fields:
            yield from program.occasions_by_field.get(field, ())
    if program.occasions_by_slot:
        for key in person.states:
            yield from program.occasions_by_slot.get(key, ())


def _timed(program: Program, states: Mapping[str, Any]) -> list[tuple[Slot, Any]]:
    """The windows that some audience follows and that this person has anything in, with their states."""
    timed = program.timed_slots
    return [(timed[key], states[key]) for key in timed.keys() & states.keys()]


def _flips(program: Program, person: Person) -> Iterator[Flip]:
    """The comparisons with the clock that can concern this person."""
    yield from program.always_flips
    if program.slot_flips:
        for key in person.states:
            yield from program.slot_flips.get(key, ())
    if program.field_flips:
        for name in person.fields:
            yield from program.field_flips.get(name, ())


def next_wake(program: Program, person: Person, after: int) -> int | None:
    """The next instant at which time alone can change anything of this person; None when there is none.

    Waits may be due earlier than `after` (when a night was slept through); all else is later.
    """
    wake: int | None = None
    states = person.states
    if program.timed_slots and states:
        for slot, state in _timed(program, states):
            turn = slot.turn(state, after)
            if (
                turn is not None
                and (wake is None or turn < wake)
                and (slot.watchers is None or slot.concerns(person, after))
            ):
                wake = turn
    if program.flips:
        for flip in _flips(program, person):
            turn = flip.next(person, None, None, after)
            if turn is not None and (wake is None or turn < wake):
                wake = turn
    if program.occasions:
        since = after if person.late is None else min(after, person.late)
        for occasion in occasions(program, person):
            coming = occasion.after(person, since)
            if coming is not None and (wake is None or coming[0] < wake):
                wake = coming[0]
    if person.entering:
        for when, _ in person.entering.values():
            if wake is None or when < wake:
                wake = when
    for run in person.runs.values():
        if run.until is not None and (wake is None or run.until < wake):
            wake = run.until
        if run.ends is not None and (wake is None or run.ends < wake):
            wake = run.ends
        journey = program.journey_of(run) if program.exit_whens else None
        if journey is not None and journey.exit_whens:
            slots, flips = journey.clock(program)
            for slot in slots:
                state = states.get(slot.key)
                if state is None:
                    continue
                expiry = slot.expiry(state)
                if expiry is not None and expiry <= after:
                    # Nobody follows this one by time: what left its window before is still there.
                    state = slot.purge(state, after)
                    if state is None:
                        del states[slot.key]
                        continue
                    expiry = slot.expiry(state)
                if expiry is not None and (wake is None or expiry < wake):
                    wake = expiry
            properties = run.event["properties"] if run.event is not None else None
            for flip in flips:
                turn = flip.next(person, properties, run.variables, after)
                if turn is not None and (wake is None or turn < wake):
                    wake = turn
    return wake
