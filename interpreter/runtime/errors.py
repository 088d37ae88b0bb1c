"""What can go wrong with a store, each with a sentence for whoever started the command.

StoreError
  StoreLocked     another process has it open for writing
  StoreNewer      it was made by a newer version of Sojourn
  StoreFull       the disk is full; nothing was half done, and it goes on when there is room
  StoreUnusable   it is corrupt, no store at all, or may not be written
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

__all__ = ["StoreError", "StoreFull", "StoreLocked", "StoreNewer", "StoreUnusable", "explained"]


class StoreError(Exception):
    """A store that cannot be used as asked. The text is a sentence."""


class StoreLocked(StoreError):
    """Another process writes to it. `pid` is its number, 0 when unknown; `holder` what it said of itself, or ""."""

    def __init__(self, text: str, pid: int = 0, holder: str = "") -> None:
        super().__init__(text)
        self.pid = pid
        self.holder = holder


class StoreNewer(StoreError):
    """Made by a newer version."""


class StoreFull(StoreError):
    """No room left on the disk. What was being written is not in the store; it can be tried again."""


class StoreUnusable(StoreError):
    """Corrupt, no store, or not writable."""


def explained(error: Exception, path: Path | str) -> StoreError:
    """SQLite's error in words."""
    code = getattr(error, "sqlite_errorcode", 0) or 0
    extended, code = code, code & 0xFF
    if code == sqlite3.SQLITE_FULL or extended == getattr(sqlite3, "SQLITE_IOERR_WRITE", 778):
        return StoreFull(
            f"There is no room left for the store {path}. Nothing was half done: what was not acknowledged "
            "is not in the store. Make room on the disk; the run goes on by itself."
        )
    if code == sqlite3.SQLITE_READONLY:
        return StoreUnusable(f"The store {path} may only be read: its file or folder is write-protected.")
    if code == sqlite3.SQLITE_NOTADB:
        return StoreUnusable(f"{path} is not a Sojourn store: it is some other file.")
    if code == sqlite3.SQLITE_CORRUPT:
        return StoreUnusable(
            f"The store {path} is damaged ({error}). Restore it from a backup, or save what can be read with "
            f"`sqlite3 {path} .recover`."
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreLocked(f"Another program is writing to the store {path} at this moment. Try again.")
    if code == sqlite3.SQLITE_CANTOPEN:
        return StoreUnusable(f"The store {path} cannot be opened: its folder is missing or not accessible.")
    return StoreError(f"The store {path} failed: {error}.")
