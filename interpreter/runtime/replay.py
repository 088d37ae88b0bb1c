"""The events of a store through the edited files: what would have been different. The store is only read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import orjson

from sojourn.dsl import checked
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.runtime.retention import DROPPED
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.versions import last_workspace

__all__ = ["Recorded", "came_to", "dropped_before", "events_of", "recorded", "running_program"]


def running_program(store: Store, today: Program) -> tuple[str, Program] | None:
    """The version that ran last on a store, ready to play; None where nothing ever ran or it cannot be read any more.
    The rows of catalogs are not kept with a version: those of today's files stand in for them.
    """
    last = last_workspace(store)
    if last is None or last[1] is None:
        return None
    version, workspace = last[0], last[1]
    if version == today.version:
        return version, today
    rows = today.workspace.catalogs
    catalogs = {
        name: replace(catalog, rows=rows[name].rows if name in rows else {})
        for name, catalog in workspace.catalogs.items()
    }
    return version, compile_program(_whole(workspace, catalogs), today.coder.codes, today.links)


def _whole(workspace: checked.Workspace, catalogs: dict[str, checked.Catalog]) -> checked.Workspace:
    return replace(workspace, catalogs=catalogs)


def events_of(store: Store, on_progress: Callable[[int, int], None] | None = None) -> Iterator[Record]:
    """Every stored record in the order in which it arrived. `on_progress` is told (read, all)."""
    total = int(store.one("SELECT count(*) FROM event"))
    loads = orjson.loads
    connection = store.reader()
    try:
        rows = connection.execute(
            "SELECT id, event, at, received, profile, properties, dataset, quiet FROM event ORDER BY number"
        )
        for done, (id, event, at, received, profile, properties, dataset, quiet) in enumerate(rows, 1):
            yield Record(id, event, at, received, loads(profile), loads(properties), dataset, bool(quiet))
            if on_progress is not None and not done % 5000:
                on_progress(done, total)
    finally:
        connection.close()


def came_to(store: Store) -> int:
    """How far the store has come: the instant of its last transaction, or of the last record where that is later."""
    last = store.one("SELECT max(at) FROM progress WHERE name LIKE 'last %'")
    return max(int(last or 0), store.last_received())


def dropped_before(store: Store, program: Program) -> dict[str, int]:
    """Event -> the instant before which its events are not stored any more."""
    from sojourn.dsl.values import add_elapsed

    reached = store.progress(DROPPED)
    if not reached:
        return {}
    return {event: add_elapsed(reached, length, -1) for event, length in program.kept_for.items()}


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the store itself has recorded in a span: messages that went out, runs that began."""

    sent: int
    started: int


def recorded(store: Store, since: int | None, until: int) -> Recorded:
    """What really happened, to tell how well a replay of the store's own version meets it."""
    counts = dict(
        store.rows(
            "SELECT kind, count(*) FROM activity WHERE kind IN ('sent', 'started') AND at >= ? AND at <= ? "
            "GROUP BY kind",
            (since if since is not None else -(2**62), until),
        )
    )
    return Recorded(int(counts.get("sent", 0)), int(counts.get("started", 0)))
