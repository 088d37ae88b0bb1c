"""What is counted of everybody together, in the store: read when it is first asked for, written with each
transaction."""

from __future__ import annotations

import sqlite3

from sojourn.interpreter.core.common import Common

__all__ = ["StoredCommon"]


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
