"""One SQLite file that holds everything of a running workspace. docs/store.md explains its tables.

There is one writer: whoever opens a store for writing holds a lock beside it (`NAME.lock`, with the
process's number in it), which the
operating system takes back when the process ends, however it ends. Readers need no lock: the file is in WAL
mode. Every commit is on the disk before it returns (`synchronous=FULL`).

A transaction can also be left open once it is written (`left_open`): SQLite then writes it to the disk in another
thread, without holding up this one (`commit_meanwhile`), and whoever waits for it hears of it when it is `settle`d.
There is one of them at most, and nothing else is written before it is settled.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from sojourn.interpreter.runtime.errors import StoreError, StoreLocked, StoreNewer, StoreUnusable, explained
from sojourn.interpreter.runtime.schema import VERSION, migrate

__all__ = ["Store"]


_CHECKPOINT = 20_000
"""Pages in the WAL before they go to the main file. Larger ones write a page that changes often fewer
times.
"""


_SERIALIZED = 3
"""What `sqlite3.threadsafety` is where SQLite lets several threads use one connection, one after the other."""


_READABLE = 100
"""Characters at the beginning of a lock's file that say who holds it."""


class Store:
    """An open store. `connection` is in autocommit; writes go through `transaction` or `left_open`. Close it when
    done.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: IO[str] | None) -> None:
        self.path = path
        self.connection = connection
        self.thread: int | None = None
        """The thread that writes, while there is one of its own; questions of others have their own
        connection.
        """
        self._lock = lock
        self._left: Callable[[StoreError | None], None] | None = None
        self._commit: Future[object] | None = None
        self._committing: ThreadPoolExecutor | None = None

    @property
    def read_only(self) -> bool:
        """Whether it was opened for reading alone."""
        return self._lock is None

    @classmethod
    def open(cls, path: Path | str, *, read_only: bool = False, holder: str = "") -> Store:
        """Opens a store; for writing it is made when there is none, and brought up to date. `holder` is what others are
        told who want to write meanwhile (`StoreLocked.holder`), in a few words.

        Raises StoreLocked, StoreNewer, StoreUnusable, StoreFull, or StoreError for anything else.
        """
        path = Path(path)
        if "\0" in str(path):
            raise StoreUnusable(f"{str(path)!r} is no name of a file.")
        if read_only:
            if not path.is_file():
                raise StoreUnusable(f"There is no store {path}. `sojourn run` makes one.")
            return cls(path, _connected(path, read_only=True), None)
        if path.is_dir():
            raise StoreUnusable(f"{path} is a folder, not a store.")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnusable(f"The folder of the store {path} cannot be made: {_why(error)}.") from None
        if path.exists() and not os.access(path, os.W_OK):
            raise StoreUnusable(f"The store {path} may only be read: its file is write-protected.")
        lock = _locked(path, holder)
        try:
            connection = _connected(path, read_only=False)
            return cls(path, connection, lock)
        except BaseException:
            lock.close()
            raise

    def close(self) -> None:
        """Closes it. The WAL is written to the main file when this is the last connection."""
        self.settle()
        if self._committing is not None:
            self._committing.shutdown()
        self.connection.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def reader(self) -> sqlite3.Connection:
        """Another connection for reading, for a thread of its own. The caller closes it."""
        return _connected(self.path, read_only=True)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing. Raises StoreError where SQLite fails; nothing of the transaction is left then."""
        self.settle()
        with self._writing() as connection:
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def left_open(self, done: Callable[[StoreError | None], None]) -> Iterator[sqlite3.Connection]:
        """A transaction that is written and not committed yet: questions of this connection see it already.

        `settle` commits it, and tells `done` on its own thread: None when it is on the disk, the error when it is
        not in the store. Raises StoreError where SQLite fails before; then nothing of it is left.
        """
        self.settle()
        with self._writing() as connection:
            yield connection
        self._left = done

    def commit_meanwhile(self) -> None:
        """Begins to commit what was left open, while this thread does something else. It may still ask the store;
        such a question waits until the commit is over.
        """
        if self._left is None or self._commit is not None or sqlite3.threadsafety != _SERIALIZED:
            return
        if self._committing is None:
            self._committing = ThreadPoolExecutor(1, "sojourn-commit")
        self._commit = self._committing.submit(self.connection.execute, "COMMIT")

    def settle(self) -> StoreError | None:
        """Waits until what was left open is on the disk; returns the error when it is not in the store."""
        if self._left is None:
            return None
        done, commit = self._left, self._commit
        self._left = self._commit = failed = None
        try:
            if commit is None:
                self.connection.execute("COMMIT")
            else:
                commit.result()
        except Exception as error:
            self._undo()
            failed = explained(error, self.path)
        done(failed)
        return failed

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        connection = self.connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
        except sqlite3.Error as error:
            self._undo()
            raise explained(error, self.path) from error
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        if self.connection.in_transaction:
            try:
                self.connection.execute("ROLLBACK")
            except sqlite3.Error as error:
                # SQLite has rolled back on its own (a full disk does that).
                if self.connection.in_transaction:
                    raise explained(error, self.path) from error

    def rows(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """The rows of a question. Raises StoreError."""
        if self.thread is not None and self.thread != threading.get_ident():
            return self.reader_rows(sql, parameters)
        try:
            return self.connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise explained(error, self.path) from error

    def reader_rows(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """The same over a connection of its own, for threads beside the writer's. Raises StoreError."""
        reader = self.reader()
        try:
            return reader.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise explained(error, self.path) from error
        finally:
            reader.close()

    def one(self, sql: str, parameters: tuple[Any, ...] = ()) -> Any:
        """The first column of the first row; None without any."""
        rows = self.rows(sql, parameters)
        return rows[0][0] if rows else None

    def counts(self) -> dict[str, int]:
        """How many people, events, rejected records and messages (pending, sent, failed) there are."""
        found: dict[str, int] = {}
        for table in ("person", "event", "rejected"):
            found[table] = self.one(f"SELECT count(*) FROM {table}")
        for status in ("pending", "sent", "failed"):
            found[status] = 0
        found.update(dict(self.rows("SELECT status, count(*) FROM outbox GROUP BY status")))
        return found

    def overdue_runs(self, before: int) -> int:
        """Runs whose wait was over before an instant and that still stand there.

        Asks the people's documents, not the timers: a timer that was lost is found, too.
        """
        return int(self.one("SELECT count(*) FROM run WHERE until IS NOT NULL AND until < ?", (before,)))

    def last_received(self) -> int:
        """The instant at which the latest record was taken in; 0 when there is none."""
        return int(self.one("SELECT ifnull(max(received), 0) FROM event") or 0)

    def progress(self, name: str) -> int:
        """How far something has got (bytes of a file that were taken in); 0 for what never began."""
        return int(self.one("SELECT position FROM progress WHERE name = ?", (name,)) or 0)


def set_progress(connection: sqlite3.Connection, name: str, position: int, at: int) -> None:
    """Says how far something has got, inside a transaction."""
    connection.execute(
        "INSERT INTO progress (name, position, at) VALUES (?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET position = excluded.position, at = excluded.at",
        (name, position, at),
    )


# ------------------------------------------------------------------- lock


def _locked(path: Path, holder: str = "") -> IO[str]:
    """The lock beside the store, held as long as the file is open. Raises StoreLocked."""
    try:
        lock = open(path.with_name(path.name + ".lock"), "a+", encoding="utf-8")  # noqa: SIM115 - held open
    except OSError as error:
        raise StoreUnusable(f"The store {path} cannot be locked: {_why(error)}.") from None
    try:
        _take_lock(lock)
    except OSError:
        lock.seek(0)
        said, _, other = lock.read(_READABLE).strip().partition("\n")
        lock.close()
        pid = int(said) if said.isdigit() else 0
        who = f"process {pid}" if pid else "another process"
        raise StoreLocked(
            f"The store {path} is in use: {who} runs on it. Stop that one first, or use another store.",
            pid,
            other,
        ) from None
    lock.seek(0)
    lock.truncate()
    lock.write(f"{os.getpid()}\n{holder}"[:_READABLE])
    lock.flush()
    return lock


def _take_lock(lock: IO[str]) -> None:
    if os.name == "nt":
        import msvcrt

        lock.seek(_READABLE)  # behind what others may read
        getattr(msvcrt, "locking")(lock.fileno(), getattr(msvcrt, "LK_NBLCK"), 1)  # noqa: B009 - not on every system
    else:
        import fcntl

        fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


# ------------------------------------------------------------- connection


def _connected(path: Path, *, read_only: bool) -> sqlite3.Connection:
    try:
        uri = Path(os.path.realpath(path)).as_uri() + ("?mode=ro" if read_only else "")
        connection = sqlite3.connect(
            uri, uri=True, timeout=30, isolation_level=None, check_same_thread=False, cached_statements=256
        )
    except sqlite3.Error as error:
        raise explained(error, path) from error
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise StoreNewer(
                f"The store {path} was made by a newer version of Sojourn (store version {version}; this one "
                f"knows {VERSION}). Upgrade Sojourn, or use another store."
            )
        tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()[0]
        if version == 0 and tables:
            known = connection.execute(
                "SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'"
            ).fetchone()
            if known is None:
                raise StoreUnusable(f"{path} is not a Sojourn store: it is another program's SQLite file.")
        connection.execute("PRAGMA cache_size = -32768")
        connection.execute("PRAGMA mmap_size = 268435456")
        if read_only:
            if version == 0:
                raise StoreUnusable(f"The store {path} is empty. `sojourn run` fills it.")
            return connection
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT:d}")
        connection.execute("PRAGMA temp_store = MEMORY")
        if version < VERSION:
            migrate(connection)
        return connection
    except sqlite3.Error as error:
        connection.close()
        raise explained(error, path) from error
    except StoreError:
        connection.close()
        raise
