"""The people of a test while it is played, and whose each thing is that happened.

A test's names stand for people in memory. What a name stands for may change: two people may be found to be one (then
two names stand for them), and a record may turn out to be somebody else's. So each thing that happened is kept under
the number of whom it happened to and the names of that person then; a name's history is what happened to whoever it has
stood for, those included who have been merged into them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sojourn.interpreter.core.person import Person
from sojourn.interpreter.memory import MemoryPeople
from sojourn.interpreter.timeline import Entry

__all__ = ["NOBODY", "Cast", "Member"]

NOBODY = -1
"""Under which number it stands what happens to nobody, such as an event about the business."""

PROFILE = "profile"
"""How the person of `profile` is called where several are told of."""


@dataclass(slots=True)
class Member:
    """One name of a test, "" for the person of `profile`; what identifies its records, and whom it stands for."""

    name: str
    identifiers: dict[str, Any]
    number: int = NOBODY
    been: set[int] = field(default_factory=set)
    """The numbers of those it has stood for."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something that happened: to whom, and by which names they were known then."""

    number: int
    names: str
    entry: Entry


class Cast:
    """The members of a test in the order in which they were introduced, and all that happened to them."""

    def __init__(self, people: MemoryPeople) -> None:
        self.people = people
        self.members: dict[str, Member] = {}
        self.told: list[Told] = []
        self._merged = 0

    def __iter__(self) -> Iterator[Member]:
        return iter(self.members.values())

    def stands_for(self, member: Member, number: int) -> None:
        """From now on the member is that person."""
        member.number = number
        member.been.add(number)

    def settle(self) -> None:
        """Lets the names of whoever was merged into another stand for the survivor."""
        absorbed = self.people.absorbed
        for survivor, other in absorbed[self._merged :]:
            for member in self:
                if other in member.been:
                    member.been.add(survivor)
                if member.number == other:
                    member.number = survivor
        self._merged = len(absorbed)

    def person(self, name: str) -> Person:
        """Whom a name stands for now."""
        return self.people.load(self.members[name].number)

    def named(self, number: int) -> list[Member]:
        """The members that stand for a person."""
        return [member for member in self if member.number == number]

    def identifiers(self, number: int) -> dict[str, Any]:
        """What a record of that person carries: the identifiers of their name, else those they are known by."""
        for member in self.named(number):
            return dict(member.identifiers)
        known = self.people.load(number).identifiers
        return {namespace: next(iter(values)) for namespace, values in known.items() if values}

    def tell(self, number: int, entries: Iterable[Entry]) -> None:
        """Keeps what happened to somebody."""
        names = " and ".join(member.name or PROFILE for member in self.named(number))
        self.told += [Told(number, names, entry) for entry in entries]

    @property
    def entries(self) -> list[Entry]:
        """All that happened, to anybody."""
        return [one.entry for one in self.told]

    def history(self, name: str) -> list[Entry]:
        """What happened to whoever the name has stood for, and to those merged into them; and to nobody."""
        been = {NOBODY, *self.members[name].been}
        for survivor, other in reversed(self.people.absorbed):
            if survivor in been:
                been.add(other)
        return [one.entry for one in self.told if one.number in been]

    def names_of_entries(self) -> dict[int, str]:
        """The names behind each entry, by its `id`; empty where a test has one person."""
        return {id(one.entry): one.names for one in self.told} if len(self.members) > 1 else {}
