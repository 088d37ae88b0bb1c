"""What is dropped once a day: events that are older than their dataset keeps, and counts that no window holds any
more. Both a page at a time.
"""

from __future__ import annotations

from sojourn.dsl.values import DAY, Duration, add_elapsed
from sojourn.interpreter.compile import Program
from sojourn.interpreter.core.recommendations import hour_of
from sojourn.interpreter.runtime.passes import Pass
from sojourn.interpreter.runtime.store import Store, set_progress

__all__ = ["Retention"]

DROPPING, DROPPED = "dropping old events", "old events dropped"
"""How far a pass over the people has got, and when the last one ended."""

FORGOTTEN = "old hours forgotten"
"""When the last pass over the counts ended."""

_COUNTS = 10_000
"""Counts that are looked at in one page."""


class Retention:
    """Drops what is old in one store. How far it is with the people is in the store; with the counts, which is
    quickly done again, it is not.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._statistics: list[tuple[str, Duration]] | None = None
        self._reached = ("", "", 0)

    @property
    def progress(self) -> Pass | None:
        """How far the pass over the people is; None when there is none."""
        position = self._store.progress(DROPPING)
        if not position:
            return None
        last = int(self._store.one("SELECT ifnull(max(number), 0) FROM person") or 0)
        return Pass("dropping old events", position, last)

    def drop(self, program: Program, now: int, people: int) -> bool:
        """Drops a page; tells whether there is more to look at. Raises StoreError."""
        return self._drop_events(program, now, people) or self._forget_hours(program, now)

    def _drop_events(self, program: Program, now: int, people: int) -> bool:
        kept_for, store = program.kept_for, self._store
        if not kept_for:
            return False
        position = store.progress(DROPPING)
        if not position and now - store.progress(DROPPED) < DAY:
            return False
        last = store.one(
            "SELECT max(number) FROM (SELECT number FROM person WHERE number > ? ORDER BY number LIMIT ?)",
            (position, people),
        )
        with store.transaction() as connection:
            if last is None:
                set_progress(connection, DROPPING, 0, now)
                set_progress(connection, DROPPED, now, now)
                return False
            for event, length in kept_for.items():
                connection.execute(
                    "DELETE FROM event WHERE person > ? AND person <= ? AND event = ? AND at < ?",
                    (position, last, event, add_elapsed(now, length, -1)),
                )
            set_progress(connection, DROPPING, int(last), now)
        return True

    def _forget_hours(self, program: Program, now: int) -> bool:
        """Forgets the hours that have left every window that asks for them."""
        store = self._store
        if self._statistics is None:
            windows = _longest(program)
            if not windows or now - store.progress(FORGOTTEN) < DAY:
                return False
            self._statistics, self._reached = sorted(windows.items()), ("", "", 0)
        with store.transaction() as connection:
            if not self._statistics:
                set_progress(connection, FORGOTTEN, now, now)
                self._statistics = None
                return False
            key, longest = self._statistics[0]
            last = connection.execute(
                "SELECT item, other, bucket FROM common WHERE key = ? AND (item, other, bucket) > (?, ?, ?) "
                "ORDER BY item, other, bucket LIMIT 1 OFFSET ?",
                (key, *self._reached, _COUNTS),
            ).fetchone()
            upto = " AND (item, other, bucket) <= (?, ?, ?)" if last is not None else ""
            connection.execute(
                f"DELETE FROM common WHERE key = ? AND (item, other, bucket) > (?, ?, ?){upto} AND bucket < ?",
                (key, *self._reached, *(last or ()), hour_of(add_elapsed(now, longest, -1))),
            )
        if last is not None:
            self._reached = last
        else:
            self._statistics.pop(0)
            self._reached = ("", "", 0)
        return True


def _longest(program: Program) -> dict[str, Duration]:
    """Of each statistic that is counted by the hour, the longest window that asks for it."""
    found: dict[str, Duration] = {}
    for meant in program.workspace.recommendations.values():
        for ranking in (meant.by, meant.otherwise):
            if ranking is None or ranking.last is None:
                continue
            known = found.get(ranking.statistic)
            if known is None or add_elapsed(0, known) < add_elapsed(0, ranking.last):
                found[ranking.statistic] = ranking.last
    return found
