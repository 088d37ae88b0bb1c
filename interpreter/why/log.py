"""What is recorded of one person: the records that came in, what happened, what became of the messages.

A store, a test and a simulation fill it each in its own way (`runtime/logged.py`, `from_entries`); whatever asks why
looks at nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sojourn.interpreter.core.effects import Activity, Outgoing
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record

if TYPE_CHECKING:
    from sojourn.interpreter.compile.program import Program
    from sojourn.interpreter.timeline import Entry

__all__ = ["Delivery", "Log", "from_entries"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message in the outbox. `status` is "pending", "sent" or "failed"; `done_at` is when that was
    final, `next_attempt` when it is tried again (instants, or None)."""

    key: str
    at: int
    message: str
    channel: str
    address: str
    status: str
    attempts: int
    error: str
    done_at: int | None
    next_attempt: int | None


@dataclass(slots=True)
class Log:
    """Everything recorded of one person up to `now`, an instant.

    `program` is today's; `program_at(instant)` the one that ran then. `person` is the document as it stands, brought up
    to nothing. `records` are in the order in which they arrived, `activities` in the order in which they happened.
    `dropped`: event -> the instant before which its events are not stored any more. `place` says where the log is from,
    for sentences ("the store", "this simulation", "this test").
    """

    program: Program
    number: int
    person: Person
    now: int
    records: list[Record]
    activities: list[Activity]
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    program_at: Callable[[int], Program] | None = None
    controls: Mapping[str, str] = field(default_factory=dict)
    """Journey -> what was said of it by hand: "paused", "closed", …"""
    first_ran: int | None = None
    """When the first program ran here."""
    place: str = "the store"
    controls_at: Callable[[int], Mapping[str, str]] | None = None
    """What had been said of journeys by hand by an instant; None where that is not known."""
    readable_at: Callable[[int], bool] | None = None
    """Whether the program that decided at an instant can still be read; None where there is one program only."""
    as_of: bool = False
    """Whether `now` is a moment of the past that somebody asks about (`why/then.py`)."""
    unknown: tuple[str, ...] = ()
    """Of such a moment: sentences that say what is not known of it any more."""

    def program_of(self, instant: int) -> Program:
        """The program that decided at an instant; today's where it meant the same or is not known any more."""
        if self.program_at is None:
            return self.program
        return self.program_at(instant)


def from_entries(
    program: Program, number: int, person: Person, now: int, entries: Iterable[Entry], place: str
) -> Log:
    """The log of somebody in memory: of a simulation or a test, in which everything sent has arrived."""
    log = Log(program, number, person, now, [], [], place=place)
    for entry in entries:
        if isinstance(entry, Record):
            log.records.append(entry)
        elif isinstance(entry, Activity):
            log.activities.append(entry)
        elif isinstance(entry, Outgoing):
            log.deliveries[entry.key] = Delivery(
                entry.key,
                entry.at,
                entry.message,
                entry.channel,
                entry.address,
                "sent",
                1,
                "",
                entry.at,
                None,
            )
    return log
