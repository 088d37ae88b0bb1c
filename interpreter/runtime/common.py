"""What is counted of everybody together, in the store: read when it is first asked for, written with each
transaction."""

from __future__ import annotations

import sqlite3

from sojourn.interpreter.core.common import Common

__all__ = ["ADD_COMMON", "StoredCommon"]

ADD_COMMON = (
    "INSERT INTO common (key, item, other, bucket, count) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (key, item, other, bucket) DO UPDATE SET count = count + excluded.count"
)


class StoredCommon(Common):
    """The counts of a store. After a transaction that failed, a new one is made: this one counted too much."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection

    def read(self, key: str, item: str) -> list[tuple[str, int, int]]:
        """What the store has of an item."""
        return self._connection.execute(
            "SELECT other, bucket, count FROM common WHERE key = ? AND item = ?", (key, item)
        ).fetchall()
