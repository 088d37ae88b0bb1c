"""Journeys paused, resumed, closed and stopped by hand, also while another process runs on the store.

What is said is a row of the table `control`, and stays there: who asks later can see when a journey was paused. The
process that runs takes new rows up with its next transaction; for one that is idle a file beside the store is
touched, which it looks at once a second.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from sojourn.interpreter.runtime.errors import explained
from sojourn.interpreter.runtime.store import Store

__all__ = ["CONTROLLED", "STATES", "controls_taken", "say", "stamp", "states"]

CONTROLLED = "control taken"

STATES = {"pause": "paused", "drop": "paused, and drops its starts", "close": "closed", "stop": "stopped"}
"""What a journey is after each action; after "resume" it is as any other."""


def controls_taken(store: Store) -> tuple[dict[str, str], int]:
    """The journeys that are not as any other, as far as a run has taken it up, and the number of the last row."""
    taken = store.progress(CONTROLLED)
    return states(store, taken), taken


def states(store: Store, upto: int | None = None) -> dict[str, str]:
    """Journey -> "paused", "closed" or "stopped", by the last word on each."""
    rows = store.rows(
        "SELECT journey, action FROM control WHERE number <= ? ORDER BY number", (upto or 2**62,)
    )
    if upto == 0:
        return {}
    return {journey: STATES[action] for journey, action in dict(rows).items() if action in STATES}


def say(path: Path, journey: str, action: str, at: int) -> None:
    """Writes down what is said of a journey, whether or not another process runs. Raises StoreError."""
    try:
        connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(
                "INSERT INTO control (at, journey, action) VALUES (?, ?, ?)", (at, journey, action)
            )
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise explained(error, path) from error
    with suppress(OSError):
        _beside(path).touch()


def stamp(path: Path) -> int:
    """Something that changes when something was said; 0 when nothing ever was."""
    try:
        return _beside(path).stat().st_mtime_ns
    except OSError:
        return 0


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".control")
