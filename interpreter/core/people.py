"""What the core asks of a driver: where people are found. The drivers implement it, the core calls it."""

from __future__ import annotations

from typing import Protocol

from sojourn.interpreter.core.person import Person

__all__ = ["People"]


class People(Protocol):
    """The people a driver holds. A person is identified by a number of the driver's own."""

    def owner(self, namespace: str, value: str) -> int | None:
        """The person who has this identifier, if any."""
        ...

    def load(self, number: int) -> Person:
        """The person's document, up to date with the program's rules (rebuilt where it was not).

        Whoever was loaded may have been changed when `take_in` returns (an identifier moved away from them):
        all of them are to be written back.
        """
        ...

    def add(self, person: Person) -> int:
        """A new person; returns their number."""
        ...

    def link(self, namespace: str, value: str, number: int) -> None:
        """From now on this identifier is this person's (also when it was another's)."""
        ...

    def stir(self, number: int, now: int) -> None:
        """An identifier has moved away from this person: time is to be brought to them at `now`, so that what
        depends on it follows.
        """
        ...

    def absorb(self, survivor: int, other: int) -> None:
        """`other` has been merged into `survivor`.

        Move their events, activity and outbox rows, and drop their document and timer.
        """
        ...
