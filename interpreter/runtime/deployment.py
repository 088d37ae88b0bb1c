"""A changed workspace handed to the process that runs: `sojourn deploy` while `sojourn run` is running.

What is asked for is a row of the table `deployment`: which folder, and which version was found in it. The process that
runs reads the folder itself, and takes it up when that is still the version that was meant; then it writes the outcome
into the row. A row without an outcome is still to be done, also by the next run when this one is killed. A file beside
the store is touched, which the process looks at.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from sojourn.interpreter.runtime.errors import explained
from sojourn.interpreter.runtime.store import Store

__all__ = ["TAKEN", "Asked", "answer", "ask", "outcome", "pending", "saves_of", "stamp", "takes_saves"]

TAKEN = "taken"
"""The outcome of what was taken up; any other is a sentence that says why it was not."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One deployment that is to be done. `move`: those under way are to be moved to the new steps."""

    number: int
    folder: Path
    version: str
    move: bool


_SAVES = "saves of "


def saves_of(folder: Path) -> str:
    """What `sojourn dev` says of itself (`Store.open`), which takes up every file of a folder as it is saved."""
    return _SAVES + blake2b(str(folder.resolve()).encode(), digest_size=8).hexdigest()


def takes_saves(holder: str, folder: Path) -> bool | None:
    """Whether a process takes up what is saved in a folder; None for one that takes up nothing that is saved."""
    return holder == saves_of(folder) if holder.startswith(_SAVES) else None


def ask(path: Path, folder: Path, version: str, move: bool, at: int) -> int:
    """Writes down what is to be taken up; returns its number. Raises StoreError."""
    try:
        connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = FULL")
            number = connection.execute(
                "INSERT INTO deployment (at, folder, version, move) VALUES (?, ?, ?, ?)",
                (at, str(folder.resolve()), version, move),
            ).lastrowid
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise explained(error, path) from error
    with suppress(OSError):
        _beside(path).touch()
    return int(number or 0)


def outcome(path: Path, number: int) -> str:
    """What became of it; "" while it is to be done. Raises StoreError."""
    with Store.open(path, read_only=True) as store:
        return str(store.one("SELECT outcome FROM deployment WHERE number = ?", (number,)) or "")


def pending(store: Store) -> list[Asked]:
    """What is to be done, in order."""
    rows = store.rows(
        "SELECT number, folder, version, move FROM deployment WHERE outcome = '' ORDER BY number"
    )
    return [Asked(number, Path(folder), version, bool(move)) for number, folder, version, move in rows]


def answer(store: Store, numbers: list[int], said: str) -> None:
    """Writes down what became of some. On the thread that writes. Raises StoreError."""
    with store.transaction() as connection:
        connection.executemany(
            "UPDATE deployment SET outcome = ? WHERE number = ? AND outcome = ''",
            [(said, number) for number in numbers],
        )


def stamp(path: Path) -> int:
    """Something that changes when something was asked for; 0 when nothing ever was."""
    try:
        return _beside(path).stat().st_mtime_ns
    except OSError:
        return 0


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".deploy")
