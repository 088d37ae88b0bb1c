"""How far the work in the background has got: what a change of the program asks for, and what happens once a day."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Pass"]


@dataclass(frozen=True, slots=True)
class Pass:
    """One piece of work. `what` says it in words ("bringing people up to date"); `done` of `total` people, roughly:
    by their numbers.
    """

    what: str
    done: int
    total: int

    @property
    def percent(self) -> int:
        """Whole percents, 100 only at the end."""
        return min(99, self.done * 100 // self.total) if self.total > 0 else 0
