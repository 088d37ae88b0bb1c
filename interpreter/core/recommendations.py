"""What is recommended to a person, from what they did and from what everybody did.

What everybody did is counted as events come (`Counter`), in `core.common`: of each row of a catalog how often
it occurs (`most`), of each pair how often one event holds both (`together`). Counts for a sliding window are
kept by the hour: an event counts from the moment it comes until the window has left the hour it happened in.
Of rows with equal counts the lesser key comes first, so that the same events give the same recommendation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sojourn.dsl import checked
from sojourn.dsl.values import HOUR, add_elapsed
from sojourn.interpreter.core.common import Common
from sojourn.interpreter.core.counted import most_of
from sojourn.interpreter.core.person import Person

if TYPE_CHECKING:
    from sojourn.interpreter.compile.expressions import Coder

__all__ = ["Counter", "Recommended", "Recommender", "hour_of"]

MOST_TOGETHER = 50
"""Of how many rows in one event the pairs are counted; of a larger event those named first."""


def hour_of(instant: int) -> int:
    """The beginning of the hour (UTC) of an instant."""
    return instant - instant % HOUR


class Counter:
    """Counts one statistic as events come."""

    __slots__ = ("_products", "_window", "by_hour", "key", "together")

    def __init__(self, statistic: checked.Statistic, products: Callable[[Any, Any, Any, int], Any]) -> None:
        self.key = statistic.key
        self.together = statistic.kind == "together"
        self.by_hour = statistic.by_hour
        self._window = statistic.window
        self._products = products

    def count(self, common: Common, properties: Mapping[str, Any], t: int) -> None:
        """Counts an event that happened at `t`. Each row counts once for each event."""
        window = self._window
        if window is not None and (
            (window.since is not None and t < window.since)
            or (window.until is not None and t >= window.until)
        ):
            return
        found = self._products(None, properties, None, t) or ()
        products = list(dict.fromkeys(map(str, filter(None, found))))
        bucket = hour_of(t) if self.by_hour else 0
        if not self.together:
            if products:
                common.add_each(self.key, "", products, bucket)
            return
        products = products[:MOST_TOGETHER]
        if len(products) > 1:
            for place, one in enumerate(products):
                common.add_each(self.key, one, products[:place] + products[place + 1 :], bucket)


class Recommended(NamedTuple):
    """The keys of the rows, best first, and of each why."""

    items: tuple[str, ...]
    because: Mapping[str, str]


class Recommender:
    """Makes the recommendations of one workspace."""

    def __init__(self, coder: Coder) -> None:
        self._coder = coder
        self._workspace = coder.workspace
        self._newest: dict[tuple[str, str], list[str]] = {}

    def recommend(self, name: str, person: Person, properties: Any, now: int) -> Recommended:
        """What is recommended at `now`; `properties` are those of the event that started the run, if any."""
        meant = self._workspace.recommendations[name]
        rows = self._workspace.catalogs[meant.catalog].rows
        left_out = set(self._seen(meant.excluded, person, now)) if meant.excluded is not None else set()
        subject = self._subject(meant.by, person, properties, now)
        left_out.update(subject)
        chosen: dict[str, str] = {}
        for ranking in (meant.by, meant.otherwise):
            if ranking is None or len(chosen) >= meant.pick:
                continue
            taken = left_out | chosen.keys()
            for key in self._ranked(ranking, meant, subject, taken, person, now):
                if len(chosen) >= meant.pick:
                    break
                if key in rows and key not in taken:
                    chosen[key] = ranking.label
        return Recommended(tuple(chosen), chosen)

    def _subject(self, ranking: checked.Ranking, person: Person, properties: Any, now: int) -> list[str]:
        if ranking.subject is None:
            return []
        found = self._coder.json(ranking.subject)(person, properties, None, now)
        return list(dict.fromkeys(str(key) for key in found or () if key))

    def _ranked(
        self, ranking: checked.Ranking, meant: checked.Recommendation, subject: list[str], taken: set[str],
        person: Person, now: int,
    ) -> Iterable[str]:  # fmt: skip
        """The keys in order; those in `taken` may be among them."""
        if ranking.kind == "newest":
            return self._by_date(meant.catalog, ranking.field)
        if ranking.kind == "seen":
            return self._seen(ranking, person, now)
        common = person.common
        if common is None:
            return []
        since = hour_of(add_elapsed(now, ranking.last, -1)) if ranking.last is not None else 0
        items = [""] if ranking.kind == "most" else subject
        views = [common.view(ranking.statistic, item, since, ranking.last) for item in items]
        rows = self._workspace.catalogs[meant.catalog].rows
        return most_of(views, meant.pick, lambda key: key in rows and key not in taken)

    def _seen(self, ranking: checked.Ranking, person: Person, now: int) -> list[str]:
        """The rows in the person's own events, newest first."""
        assert ranking.history is not None
        events = self._coder.value(ranking.history)(person, None, None, now)
        return list(dict.fromkeys(str(key) for products in events for key in products or () if key))

    def _by_date(self, catalog: str, field: str) -> list[str]:
        found = self._newest.get((catalog, field))
        if found is None:
            rows = self._workspace.catalogs[catalog].rows
            dated = sorted(key for key, row in rows.items() if row.get(field))
            found = sorted(dated, key=lambda key: str(rows[key][field]), reverse=True)
            self._newest[catalog, field] = found
        return found
