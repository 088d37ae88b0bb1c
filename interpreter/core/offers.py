"""Which offer a decision picks for a person, and why.

An offer fits while its time has begun and is not over, its condition is true, and neither the person nor all
people together have been given it as often as it says. Of those that fit a decision picks by their rank, the
greatest first; of equal ones, and of those without a rank, the one written first. Looking at a decision counts
nothing; what a message shows is counted when it is handed out (`core.steps`).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from sojourn.dsl import checked
from sojourn.interpreter.core.person import Person

if TYPE_CHECKING:
    from sojourn.interpreter.compile.expressions import Coder

__all__ = ["Chooser", "Decided"]


class Decided(NamedTuple):
    """What a decision picked, best first; of each why, and of each of the others why not."""

    chosen: tuple[str, ...]
    because: Mapping[str, str]
    others: Mapping[str, str]


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"


class Chooser:
    """Makes the decisions of one workspace."""

    def __init__(self, coder: Coder) -> None:
        self._coder = coder
        self._workspace = coder.workspace

    def refusal(self, offer: checked.Offer, person: Person, now: int) -> str:
        """Why an offer does not fit a person; "" when it fits."""
        test = self._coder.condition
        if offer.since is not None and not test(offer.since)(person, None, None, now):
            return "its time has not begun"
        if offer.until is not None and not test(offer.until)(person, None, None, now):
            return "its time is over"
        if offer.when is not None and not test(offer.when)(person, None, None, now):
            return "its condition is not true"
        had = person.given.get(offer.name, 0)
        if offer.per_person is not None and had >= offer.per_person:
            return f"the person was given it {_times(had)}"
        if offer.in_total is not None:
            given = person.common.given(offer.name) if person.common is not None else 0
            if given >= offer.in_total:
                return f"it was given {_times(given)} in all"
        return ""

    def decide(self, name: str, person: Person, now: int) -> Decided:
        """What the decision picks for a person at `now`."""
        decision = self._workspace.decisions[name]
        others: dict[str, str] = {}
        ranked: list[tuple[bool, Any, int, str]] = []
        ranks: dict[str, Any] = {}
        for place, offer in enumerate(decision.offers):
            refused = self.refusal(self._workspace.offers[offer], person, now)
            if refused:
                others[offer] = refused
                continue
            rank = decision.ranks.get(offer)
            value = None if rank is None else self._coder.value(rank)(person, None, None, now)
            ranks[offer] = value
            ranked.append((value is None, 0 if value is None else -Decimal(value), place, offer))
        ranked.sort()
        chosen = [offer for *_, offer in ranked[: decision.pick]]
        because = {offer: _rank_said(ranks[offer]) for offer in chosen}
        others.update(
            {offer: f"it fits as well, {_rank_said(ranks[offer])}" for *_, offer in ranked[decision.pick :]}
        )
        if not chosen and decision.otherwise is not None:
            refused = self.refusal(self._workspace.offers[decision.otherwise], person, now)
            if refused:
                others[decision.otherwise] = refused
            else:
                chosen = [decision.otherwise]
                because = {decision.otherwise: "otherwise: none of the others fits"}
        return Decided(tuple(chosen), because, others)


def _rank_said(rank: Any) -> str:
    return "in the order written" if rank is None else f"rank {rank}"
