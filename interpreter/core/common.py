"""What is counted of everybody together: how often an offer was given in all, what is bought most.

A person's document holds what concerns one person. What concerns all of them is held here, as counts by a key
(what is counted), an item (of what), another (with what) and a bucket of time. Whoever loads a person hands the
counts over with it (`Person.common`); a step reads them and adds to them, as it changes the person, and the driver
keeps both in one transaction: so a limit in total holds exactly, also after a crash.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

from sojourn.interpreter.core.counted import Counted, View

__all__ = ["OFFERS", "Common", "Count"]

OFFERS = "offers"
"""The key under which offers are counted."""

_MOST_ITEMS = 4096
"""Items whose counts are kept at hand; of more, those that were asked for first are read again when needed."""


class Count(NamedTuple):
    """Names one count. `bucket` is the instant at which its span of time begins, 0 where there are no spans."""

    key: str
    item: str
    other: str
    bucket: int


class Common:
    """Counts in memory. A driver that keeps them elsewhere says what is there (`read`), and writes down what was
    `added`. Of an item that nobody asks for nothing is read.
    """

    __slots__ = ("_added", "_counted")

    def __init__(self) -> None:
        self._counted: dict[tuple[str, str], Counted] = {}
        self._added: dict[tuple[str, str], dict[tuple[str, int], int]] = {}

    def read(self, key: str, item: str) -> Iterable[tuple[str, int, int]]:
        """What is there of an item besides what was added: (other, bucket, count)."""
        return ()

    def add(self, key: str, item: str, other: str, bucket: int = 0, count: int = 1) -> None:
        """Counts something once more."""
        place = key, item
        added = self._added.get(place)
        if added is None:
            added = self._added[place] = {}
        entry = other, bucket
        added[entry] = added.get(entry, 0) + count
        counted = self._counted.get(place)
        if counted is not None:
            counted.add(other, bucket, count)

    def add_each(self, key: str, item: str, others: Sequence[str], bucket: int = 0) -> None:
        """Counts each of `others`, which are all different, once more."""
        place = key, item
        added = self._added.get(place)
        if added is None:
            added = self._added[place] = {}
        for other in others:
            entry = other, bucket
            added[entry] = added.get(entry, 0) + 1
        counted = self._counted.get(place)
        if counted is not None:
            counted.add_each(others, bucket)

    def added(self) -> Iterator[tuple[Count, int]]:
        """What was added since it was last written down, in order."""
        for (key, item), entries in sorted(self._added.items()):
            for (other, bucket), count in sorted(entries.items()):
                yield Count(key, item, other, bucket), count

    def written(self) -> None:
        """What was added is where `read` finds it from now on."""
        self._added.clear()

    def came(self, count: Count, times: int) -> None:
        """Something was counted where `read` finds it."""
        counted = self._counted.get((count.key, count.item))
        if counted is not None:
            counted.add(count.other, count.bucket, times)

    def view(self, key: str, item: str, since: int = 0, window: Hashable = None) -> View:
        """What was counted of an item in the buckets from `since` on, in order; `window` names the sliding window that
        asks (its length).
        """
        place = key, item
        counted = self._counted.get(place)
        if counted is None:
            if len(self._counted) >= _MOST_ITEMS:
                for oldest in list(self._counted)[: _MOST_ITEMS // 2]:
                    del self._counted[oldest]
            counted = self._counted[place] = Counted(self.read(key, item))
            for (other, bucket), count in self._added.get(place, {}).items():
                counted.add(other, bucket, count)
        return counted.view(since, window)

    def totals(self, key: str, item: str, since: int = 0) -> dict[str, int]:
        """other -> how often, in the buckets from `since` on. Not to be changed."""
        return self.view(key, item, since).counts

    def given(self, offer: str) -> int:
        """How often an offer was given in all."""
        return self.totals(OFFERS, "").get(offer, 0)
