"""What is counted of everybody together: how often an offer was given in all, what is bought most.

A person's document holds what concerns one person. What concerns all of them is held here, as counts by a key
(what is counted), an item (of what), another (with what) and a bucket of time. Whoever loads a person hands the
counts over with it (`Person.common`); a step reads them and adds to them, as it changes the person, and the driver
keeps both in one transaction: so a limit in total holds exactly, also after a crash.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["OFFERS", "Common", "Count"]

OFFERS = "offers"
"""The key under which offers are counted."""


class Count(NamedTuple):
    """Names one count. `bucket` is the instant at which its span of time begins, 0 where there are no spans."""

    key: str
    item: str
    other: str
    bucket: int


class Common:
    """Counts in memory. A driver that keeps them elsewhere says what is there (`read`), and writes `added`."""

    __slots__ = ("_counts", "_totals", "added")

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], dict[str, dict[int, int]]] = {}
        self._totals: dict[tuple[str, str], tuple[int, dict[str, int]]] = {}
        self.added: dict[Count, int] = {}
        """What was added since the driver last wrote it down."""

    def read(self, key: str, item: str) -> dict[str, dict[int, int]]:
        """What is there of an item before anything was added: other -> bucket -> count."""
        return {}

    def _of(self, key: str, item: str) -> dict[str, dict[int, int]]:
        found = self._counts.get((key, item))
        if found is None:
            found = self._counts[key, item] = self.read(key, item)
        return found

    def add(self, key: str, item: str, other: str, bucket: int = 0, count: int = 1) -> None:
        """Counts something once more."""
        buckets = self._of(key, item).setdefault(other, {})
        buckets[bucket] = buckets.get(bucket, 0) + count
        entry = Count(key, item, other, bucket)
        self.added[entry] = self.added.get(entry, 0) + count
        known = self._totals.get((key, item))
        if known is not None and bucket >= known[0]:
            known[1][other] = known[1].get(other, 0) + count

    def totals(self, key: str, item: str, since: int = 0) -> dict[str, int]:
        """other -> how often, in the buckets from `since` on. Not to be changed."""
        known = self._totals.get((key, item))
        if known is not None and known[0] == since:
            return known[1]
        found: dict[str, int] = {}
        for other, buckets in self._of(key, item).items():
            count = sum(n for bucket, n in buckets.items() if bucket >= since)
            if count:
                found[other] = count
        self._totals[key, item] = since, found
        return found

    def given(self, offer: str) -> int:
        """How often an offer was given in all."""
        return self.totals(OFFERS, "").get(offer, 0)
