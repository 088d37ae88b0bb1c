"""People in memory: where the simulator and the test runner keep them.

The same questions as the store answers (`core.people.People`), with nothing behind them but dictionaries: a
person is loaded by handing out the document itself, so a step's changes need no saving.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sojourn.interpreter.core.common import Common
from sojourn.interpreter.core.person import Person

__all__ = ["MemoryPeople"]


class MemoryPeople:
    """Implements `core.people.People`. Numbers count up from 0 in the order people were first seen and are
    never reused.
    """

    __slots__ = ("absorbed", "common", "owners", "persons", "stirred")

    def __init__(self) -> None:
        self.common = Common()
        """What is counted of everybody."""
        self.persons: list[Person | None] = []
        """By number; None for one who was merged into another."""
        self.owners: dict[str, dict[str, int]] = {}
        """Namespace -> value -> the number of the person who has it."""
        self.stirred: list[tuple[int, int]] = []
        """(when, whom) to wake."""
        self.absorbed: list[tuple[int, int]] = []
        """(survivor, other) of every merge, in order."""

    def owner(self, namespace: str, value: str) -> int | None:
        """The person who has this identifier, if any."""
        values = self.owners.get(namespace)
        return None if values is None else values.get(value)

    def load(self, number: int) -> Person:
        """The person's document. Raises LookupError for somebody who was merged into another or never was."""
        person = self.persons[number] if 0 <= number < len(self.persons) else None
        if person is None:
            raise LookupError(f"there is no person {number}")
        return person

    def add(self, person: Person) -> int:
        """A new person; returns their number. Their identifiers are linked by `link`."""
        person.common = self.common
        self.persons.append(person)
        return len(self.persons) - 1

    def link(self, namespace: str, value: str, number: int) -> None:
        """From now on this identifier is this person's (also when it was another's)."""
        values = self.owners.get(namespace)
        if values is None:
            values = self.owners[namespace] = {}
        values[value] = number

    def absorb(self, survivor: int, other: int) -> None:
        """`other` has been merged into `survivor`: every identifier that still leads to `other` leads to
        `survivor`.
        """
        merged = self.load(other)
        for namespace, values in merged.identifiers.items():
            owners = self.owners.get(namespace, {})
            for value in values:
                if owners.get(value) == other:
                    owners[value] = survivor
        self.persons[other] = None
        self.absorbed.append((survivor, other))

    def stir(self, number: int, now: int) -> None:
        """Time is to be brought to this person at `now`; whoever drives the people does so (`stirred`)."""
        self.load(number).wake = now
        self.stirred.append((now, number))

    def __iter__(self) -> Iterator[tuple[int, Person]]:
        """Everybody with their number, in the order they were first seen; those merged into others are left
        out.
        """
        return ((number, person) for number, person in enumerate(self.persons) if person is not None)

    def __len__(self) -> int:
        return sum(person is not None for person in self.persons)

    def find(self, identifier: str) -> int | None:
        """The person of an identifier as somebody types it: `"email:ada@example.com"`, or the value alone.

        A value alone that belongs to several people in several namespaces finds the one in the namespace seen
        first.
        """
        namespace, colon, value = identifier.partition(":")
        if colon and (number := self.owner(namespace, value)) is not None:
            return number
        for values in self.owners.values():
            if identifier in values:
                return values[identifier]
        return None

    def to_documents(self) -> list[dict[str, Any]]:
        """Everybody as JSON documents, in order. They share their parts with the living people: dump or copy
        them at once.
        """
        return [person.to_document() for _, person in self]

    @classmethod
    def from_documents(cls, documents: list[dict[str, Any]]) -> MemoryPeople:
        """The people that `to_documents` wrote. The documents' parts are taken over."""
        people = cls()
        for document in documents:
            person = Person.from_document(document)
            number = people.add(person)
            for namespace, values in person.identifiers.items():
                for value in values:
                    people.link(namespace, value, number)
        return people
