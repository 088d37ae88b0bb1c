"""The counts of one item, kept so that the largest are at hand.

A sliding window is looked at through a `View`: the counts in it, and their order from the most to the least. Both
are kept as events are counted and as the window moves, hour by hour, so that asking costs what is taken from the
front and not what there is. The window may also move back: of two people one may be looked at as of an earlier
instant than the other.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterable, Sequence

__all__ = ["Counted", "View", "most_of"]

_ANEW = 8
"""A view that changes in more than one part in so many is put in order anew when it is next asked."""


_UNASKED = 64
"""An order that nobody asked for during so many changes is not kept any longer."""

_KEPT_FOR = 25
"""To keep an order through one change takes as long as to look at so many that were counted."""


class View:
    """What was counted from `since` on. `counts`: other -> how often, none of them 0; not to be changed."""

    __slots__ = ("_order", "_unasked", "counts", "since")

    def __init__(self, since: int, counts: dict[str, int]) -> None:
        self.since = since
        self.counts = counts
        self._order: list[tuple[int, str]] | None = None
        self._unasked = _UNASKED
        """How many changes there were since it was last asked."""

    @property
    def order(self) -> Sequence[tuple[int, str]]:
        """(minus how often, other): what was counted most comes first, of equal ones the lesser. Not to be changed."""
        if self._order is None:
            self._order = sorted([(-count, other) for other, count in self.counts.items()])
        self._unasked = 0
        return self._order

    def best(self, pick: int, fits: Callable[[str], bool]) -> list[str]:
        """Those that were counted most, of those that fit. An order is kept where it is asked for often."""
        if self._order is None and self._unasked * _KEPT_FOR > len(self.counts):
            self._unasked = 0
            return _best(self.counts, pick, fits)
        return _first((other for _, other in self.order), pick, fits)

    def add(self, other: str, count: int) -> None:
        """Counts something that is in the window; a negative count takes it away."""
        self._unasked += 1
        counts, order = self.counts, self._order
        before = counts.get(other, 0)
        after = before + count
        if after:
            counts[other] = after
        else:
            counts.pop(other, None)
        if order is not None:
            if self._unasked > _UNASKED:
                self._order = None
                return
            if before:
                del order[bisect_left(order, (-before, other))]
            if after:
                insort(order, (-after, other))

    def add_each(self, others: Sequence[str]) -> None:
        """Counts each of several, which are in the window, once more."""
        if self._order is not None:
            for other in others:
                self.add(other, 1)
            return
        self._unasked += len(others)
        counts = self.counts
        for other in others:
            counts[other] = counts.get(other, 0) + 1

    def add_all(self, changes: dict[str, int]) -> None:
        """Counts many at once."""
        if len(changes) * _ANEW > len(self.counts):
            self._order = None
        for other, count in changes.items():
            self.add(other, count)


class Counted:
    """What was counted of one item: other -> bucket -> count."""

    __slots__ = ("_buckets", "_times", "_views")

    def __init__(self, rows: Iterable[tuple[str, int, int]] = ()) -> None:
        """`rows` are (other, bucket, count)."""
        buckets: dict[int, dict[str, int]] = {}
        for other, bucket, count in rows:
            of_bucket = buckets.get(bucket)
            if of_bucket is None:
                of_bucket = buckets[bucket] = {}
            of_bucket[other] = of_bucket.get(other, 0) + count
        self._buckets = buckets
        self._times = sorted(buckets)
        self._views: dict[Hashable, View] = {}

    def add(self, other: str, bucket: int, count: int) -> None:
        """Counts something."""
        of_bucket = self._buckets.get(bucket)
        if of_bucket is None:
            of_bucket = self._buckets[bucket] = {}
            insort(self._times, bucket)
        of_bucket[other] = of_bucket.get(other, 0) + count
        for view in self._views.values():
            if bucket >= view.since:
                view.add(other, count)

    def add_each(self, others: Sequence[str], bucket: int) -> None:
        """Counts each of several once more."""
        of_bucket = self._buckets.get(bucket)
        if of_bucket is None:
            of_bucket = self._buckets[bucket] = {}
            insort(self._times, bucket)
        for other in others:
            of_bucket[other] = of_bucket.get(other, 0) + 1
        for view in self._views.values():
            if bucket >= view.since:
                view.add_each(others)

    def view(self, since: int, window: Hashable = None) -> View:
        """What was counted from `since` on. `window` names the window that moves: each has a view of its own."""
        view = self._views.get(window)
        if view is None:
            view = self._views[window] = View(since, self._sums(since, None))
        elif view.since < since:
            view.add_all({other: -count for other, count in self._sums(view.since, since).items()})
            view.since = since
        elif view.since > since:
            view.add_all(self._sums(since, view.since))
            view.since = since
        return view

    def _sums(self, since: int, until: int | None) -> dict[str, int]:
        """The sums of the buckets from `since` until before `until`."""
        times = self._times
        last = len(times) if until is None else bisect_left(times, until)
        sums: dict[str, int] = {}
        for time in times[bisect_left(times, since) : last]:
            for other, count in self._buckets[time].items():
                sums[other] = sums.get(other, 0) + count
        return {other: count for other, count in sums.items() if count}


def most_of(views: Sequence[View], pick: int, fits: Callable[[str], bool]) -> list[str]:
    """Those that were counted most in all views together, of those that fit: the most first, of equal ones the
    lesser first. Of one view only the front is looked at; several are added up.
    """
    if len(views) == 1:
        return views[0].best(pick, fits)
    counts = sorted((view.counts for view in views), key=len, reverse=True)
    sums = dict(counts[0]) if counts else {}
    for of_view in counts[1:]:
        both = sums.keys() & of_view.keys()
        added = {other: sums[other] + of_view[other] for other in both}
        sums |= of_view
        sums |= added
    return _best(sums, pick, fits)


def _best(sums: dict[str, int], pick: int, fits: Callable[[str], bool]) -> list[str]:
    """Most have been counted once or twice: only those that may be among the best are put in order."""
    wanted, heights = 2 * pick, sorted(sums.values(), reverse=True)
    while True:
        least = heights[wanted - 1] if wanted <= len(heights) else 0
        above = sorted([(-count, other) for other, count in sums.items() if count > least])
        level = sorted([other for other, count in sums.items() if count == least])
        best = _first((*[other for _, other in above], *level), pick, fits)
        if len(best) >= pick or len(above) + len(level) == len(sums):
            return best
        wanted *= 4


def _first(order: Iterable[str], pick: int, fits: Callable[[str], bool]) -> list[str]:
    found: list[str] = []
    for other in order:
        if fits(other):
            found.append(other)
            if len(found) >= pick:
                break
    return found
