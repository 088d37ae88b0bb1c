"""What concerns many people at once: an event about the business, and existing members who enter a journey.

A driver numbers broadcasts in the order in which they come and brings each person every one of them, in that
order, before anything else that comes later; a person's `heard` is the number of the last. So a driver may take
its time with a large audience, page by page, and each person is still asked as of the broadcast's own instant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from sojourn.interpreter.core.effects import Effect
from sojourn.interpreter.core.moment import Moment
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.core.step import next_wake, step

if TYPE_CHECKING:
    from sojourn.interpreter.compile.program import Program

__all__ = ["Broadcast", "Control", "Entering", "hear"]


@dataclass(frozen=True, slots=True)
class Entering:
    """`existing members enter over …`: those who are in `audience` enter `journey`, spread over `over` microseconds.

    `newly` says that only those are meant who are members by a change of the audience itself.
    """

    journey: str
    audience: str
    over: int = 0
    newly: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """A journey was resumed (`action` "resume"): the starts that waited begin; or stopped ("stop"): runs in it end."""

    journey: str
    action: str


@dataclass(frozen=True, slots=True)
class Broadcast:
    """`at` is the instant from which it counts: when an event was received, when a journey was new."""

    number: int
    at: int
    what: Record | Entering | Control


def hear(
    program: Program,
    person: Person,
    broadcasts: Sequence[Broadcast],
    choices: Mapping[str, str] | None = None,
) -> list[Effect]:
    """Brings a person the broadcasts they have not heard, in order; returns what follows.

    Somebody who was first seen after one was not there for it.
    """
    effects: list[Effect] = []
    for broadcast in broadcasts:
        if broadcast.number <= person.heard:
            continue
        person.heard = broadcast.number
        if person.first_seen > broadcast.at:
            continue
        if isinstance(broadcast.what, Record):
            effects += _event(program, person, broadcast.what, broadcast.at, choices)
        elif isinstance(broadcast.what, Control):
            effects += _control(program, person, broadcast.what, broadcast.at, choices)
        else:
            effects += _entering(program, person, broadcast.what, broadcast.at, choices)
    return effects


def _event(
    program: Program, person: Person, record: Record, now: int, choices: Mapping[str, str] | None
) -> list[Effect]:
    starts = program.business.get(record.event, ())
    due = person.wake is not None and person.wake <= now
    if not due and not any(start.audience in person.audiences for start in starts):
        return []
    effects = step(program, person, None, now, choices)
    moment = Moment(program, person, person.clock, effects, choices, "event")
    moment.record = record
    moment.start_on_business(record, min(record.at, person.clock))
    moment.work_off()
    person.wake = next_wake(program, person, person.clock)
    return effects


def _entering(
    program: Program, person: Person, entering: Entering, now: int, choices: Mapping[str, str] | None
) -> list[Effect]:
    # Whom time brought in before, though that has not been carried out yet, is a member, too; and who has left is none.
    due = person.wake is not None and person.wake <= now
    effects = step(program, person, None, now, choices) if due else []
    since = person.audiences.get(entering.audience)
    if since is None or (entering.newly and since < now):
        return effects
    hashed = blake2b(f"{person.key}|{entering.journey}|enters".encode(), digest_size=8).digest()
    at = now + entering.over * int.from_bytes(hashed, "big") // 2**64
    person.entering[entering.journey] = [at, entering.audience]
    person.wake = min(at, person.wake) if person.wake is not None else at
    return effects


def _control(
    program: Program, person: Person, control: Control, now: int, choices: Mapping[str, str] | None
) -> list[Effect]:
    runs = [run for run in person.runs.values() if run.journey == control.journey]
    held = any(one["journey"] == control.journey for one in person.held)
    if not held and not (runs and control.action == "stop"):
        return []
    effects = step(program, person, None, now, choices)
    moment = Moment(program, person, person.clock, effects, choices, "change")
    if control.action == "stop":
        person.held = [one for one in person.held if one["journey"] != control.journey]
        for run in runs:
            if run.id in person.runs:
                moment.end(run, "stopped by hand")
    else:
        moment.release(control.journey)
    moment.work_off()
    person.wake = next_wake(program, person, person.clock)
    return effects
