"""What a transaction took in, brought about, and what it goes on from: receipts for those who handed records over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sojourn.interpreter.core.effects import Activity, Outgoing
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Rejected
from sojourn.interpreter.runtime.channels import Message

__all__ = ["Committed", "Outcome", "Progress", "Receipt"]

REJECTED_KEPT = 1000
"""Records that were set aside, in a sum of receipts; the table `rejected` has them all."""


@dataclass(slots=True)
class Receipt:
    """What became of some records. `without_id` are those that came without an id and were known by their
    hash. `rejected` are those that were set aside; of a sum of many receipts the first ones, and `more` counts
    the others.
    """

    accepted: int = 0
    duplicates: int = 0
    without_id: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    more: int = 0

    @property
    def set_aside(self) -> int:
        """How many were set aside."""
        return len(self.rejected) + self.more

    def add(self, other: Receipt) -> None:
        """Counts another receipt in. A file may be bad from end to end: not all of it is kept in memory."""
        self.accepted += other.accepted
        self.duplicates += other.duplicates
        self.without_id += other.without_id
        room = max(0, REJECTED_KEPT - len(self.rejected))
        self.rejected += other.rejected[:room]
        self.more += other.more + max(0, len(other.rejected) - room)


@dataclass(frozen=True, slots=True)
class Committed:
    """What a transaction that is on the disk brought about: (person's number, what) in order.

    `people` are those it touched, by number, to be looked at while it is told and no longer. `records` are those it
    took in, `rejected` those it set aside.
    """

    activities: list[tuple[int, Activity]]
    outgoing: list[tuple[int, Outgoing]]
    people: Mapping[int, Person]
    records: Sequence[tuple[int, Record]] = ()
    rejected: Sequence[Rejected] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the reading of a file stands once these records are in."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of handing out one message. `again` is when to try again, None when that was final.

    `bounced` is the message whose address does not exist: that is an event of its person.
    """

    number: int
    sent: bool
    error: str = ""
    again: int | None = None
    bounced: Message | None = None
    call: Message | None = None
    """The call that this is the end of, and the text of its `answer`; a failure where it was not `sent`."""
    answer: str = ""
