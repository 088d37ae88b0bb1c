"""The programs that ran in a store, kept by content, and which of them runs still go by."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable
from dataclasses import replace

import orjson

from sojourn.dsl import checked
from sojourn.dsl.checked_data import read_workspace, written_workspace
from sojourn.interpreter.compile import Kept, Program
from sojourn.interpreter.runtime.calendars import Calendars, read_calendars
from sojourn.interpreter.runtime.store import Store

__all__ = [
    "content_of", "keep_versions", "kept_versions", "last_calendars", "last_workspace", "runs_on_older_versions",
    "without_rows", "workspace_of", "written_content",
]  # fmt: skip


def content_of(program: Program, written: bytes | None = None) -> bytes:
    """What a program means, as it is kept in the column `content`: JSON (`written`, where it is there already),
    compressed by zlib.
    """
    return zlib.compress(written_content(program) if written is None else written, 6)


def written_content(program: Program) -> bytes:
    """The same before it is compressed."""
    return orjson.dumps(written_workspace(program.own))


def last_calendars(store: Store) -> Calendars | None:
    """The public holidays that the program went by that ran last; None where it asks for none, or they were not kept
    yet then.
    """
    columns = {row[1] for row in store.rows("PRAGMA table_info(program)")}
    if "calendars" not in columns:
        return None  # an older store that is only read
    said = store.one("SELECT calendars FROM program ORDER BY last_ran DESC, rowid DESC LIMIT 1")
    return read_calendars(said or "")


def workspace_of(content: bytes | None) -> checked.Workspace | None:
    """The workspace of a kept program; None for one that this version of Sojourn cannot read (it was kept by another,
    or before programs were kept): runs on it go on in today's journeys.
    """
    if content is None:
        return None
    try:
        return read_workspace(orjson.loads(zlib.decompress(content)))
    except (ValueError, zlib.error, KeyError, TypeError):
        return None


def without_rows(workspace: checked.Workspace) -> checked.Workspace:
    """A workspace without what others write: the rows of its catalogs and lists; and without its tests."""
    catalogs = {name: replace(catalog, rows={}) for name, catalog in workspace.catalogs.items()}
    lists = {name: replace(listed, identifiers={}) for name, listed in workspace.lists.items()}
    return replace(workspace, catalogs=catalogs, lists=lists, tests=())


def kept_versions(store: Store, program: Program) -> list[Kept]:
    """The versions that runs may still go by when a program takes over, the latest last: those that are kept, and the
    one that ran last. One that means the same, save for the rows of catalogs and lists, is not kept beside it: its runs
    go on in the journeys of this one.
    """
    today, same = program.version, without_rows(program.own)
    rows = store.rows(
        "SELECT version, content FROM program WHERE version <> ? AND (kept = 1 OR version = "
        "(SELECT version FROM program ORDER BY last_ran DESC, rowid DESC LIMIT 1)) ORDER BY last_ran, rowid",
        (today,),
    )
    found = ((version, workspace_of(content)) for version, content in rows)
    return [
        Kept(version, workspace)
        for version, workspace in found
        if workspace is not None and without_rows(workspace) != same
    ]


def keep_versions(connection: sqlite3.Connection, versions: Iterable[str]) -> None:
    """Says which versions runs still go by; of all others nobody is under way any more."""
    connection.execute("UPDATE program SET kept = 0 WHERE kept = 1")
    connection.executemany("UPDATE program SET kept = 1 WHERE version = ?", [(v,) for v in versions])


def runs_on_older_versions(connection: sqlite3.Connection, program: Program) -> bool:
    """Whether some may still be under way on a version before this program's."""
    asked = "SELECT 1 FROM program WHERE kept = 1 AND version <> ?"
    return connection.execute(asked, (program.version,)).fetchone() is not None


def last_workspace(store: Store) -> tuple[str, checked.Workspace | None] | None:
    """The version that ran last and its workspace (None where it cannot be read); None when nothing ever ran."""
    rows = store.rows("SELECT version, content FROM program ORDER BY last_ran DESC, rowid DESC LIMIT 1")
    return None if not rows else (rows[0][0], workspace_of(rows[0][1]))
