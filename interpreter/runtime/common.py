"""What is counted of everybody together, in the store: read when it is first asked for, written with each
transaction."""

from __future__ import annotations

import sqlite3
from contextlib import suppress

import orjson

from sojourn.dsl.values import Duration, add_elapsed
from sojourn.interpreter.compile import Program
from sojourn.interpreter.core.common import Common
from sojourn.interpreter.core.doing import UNDOABLE
from sojourn.interpreter.core.recommendations import hour_of
from sojourn.interpreter.runtime.store import set_progress

__all__ = ["StoredCommon", "count_anew"]


class StoredCommon(Common):
    """The counts of a store. After a transaction that failed, a new one is made: this one counted too much."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection

    def read(self, key: str, item: str) -> dict[str, dict[int, int]]:
        """What the store has of an item."""
        found: dict[str, dict[int, int]] = {}
        for other, bucket, count in self._connection.execute(
            "SELECT other, bucket, count FROM common WHERE key = ? AND item = ?", (key, item)
        ):
            found.setdefault(other, {})[bucket] = count
        return found


def count_anew(connection: sqlite3.Connection, program: Program, now: int) -> None:
    """Counts what a program asks for and nobody has counted yet, from everybody's stored events; forgets what it
    does not ask for any more, and what has left every window. Inside a transaction.
    """
    wanted = program.workspace.statistics
    rows = connection.execute("SELECT name FROM progress WHERE name LIKE 'statistic %'").fetchall()
    known = {name.removeprefix("statistic ") for (name,) in rows}
    for key in known - wanted.keys():
        connection.execute("DELETE FROM common WHERE key = ?", (key,))
        connection.execute("DELETE FROM progress WHERE name = ?", (f"statistic {key}",))
    counted = Common()
    for plan_event, plan in program.events.items():
        counters = [counter for counter in plan.counters if counter.key not in known]
        if not counters:
            continue
        for counter in counters:
            connection.execute("DELETE FROM common WHERE key = ?", (counter.key,))
            set_progress(connection, f"statistic {counter.key}", 0, now)
        stored = connection.execute(
            "SELECT min(at, received), properties FROM event WHERE event = ?", (plan_event,)
        )
        for at, properties in stored:
            for counter in counters:
                # What was stored under an older schema and fits no more cannot be counted.
                with suppress(*UNDOABLE):
                    counter.count(counted, orjson.loads(properties), at)
    connection.executemany(
        "INSERT INTO common (key, item, other, bucket, count) VALUES (?, ?, ?, ?, ?)",
        [(*entry, count) for entry, count in sorted(counted.added.items())],
    )
    for key, longest in _longest(program).items():
        oldest = hour_of(add_elapsed(now, longest, -1))
        connection.execute("DELETE FROM common WHERE key = ? AND bucket < ?", (key, oldest))


def _longest(program: Program) -> dict[str, Duration]:
    """Of each statistic that is counted by the hour, the longest window that asks for it."""
    found: dict[str, Duration] = {}
    for meant in program.workspace.recommendations.values():
        for ranking in (meant.by, meant.otherwise):
            if ranking is not None and ranking.last is not None:
                known = found.get(ranking.statistic)
                if known is None or add_elapsed(0, known) < add_elapsed(0, ranking.last):
                    found[ranking.statistic] = ranking.last
    return found
