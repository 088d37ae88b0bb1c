"""The floor: what the live engine reads and writes for some events, by hand and without any rule.

A run of the engine is watched, transaction by transaction. The floor then does the same work on a copy of the
same store in a plain loop: it decodes each event, looks its person up and reads and decodes the document, and
writes what was written then (documents encoded anew; events, activity, messages, timers, tallies) with
prepared statements, in the same transactions, each on the disk before the next (`synchronous=FULL`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import orjson

from benchmarks.crowd import Crowd
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.feed import feed, open_where_it_stopped
from sojourn.interpreter.runtime.store import Store

__all__ = ["Plan", "floor", "watched"]

_PERSON = (
    "INSERT INTO person (number, document) VALUES (?, ?) "
    "ON CONFLICT (number) DO UPDATE SET document = excluded.document"
)


@dataclass(slots=True)
class _Transaction:
    """`events` are raw texts with the identifiers each carries; `woken` the people whom time alone touched;
    `documents` what is to be encoded and written; `rest` the other statements with their rows.
    """

    events: list[tuple[bytes, list[tuple[str, str]]]] = field(default_factory=list)
    woken: list[tuple[int]] = field(default_factory=list)
    documents: list[tuple[int, Any]] = field(default_factory=list)
    rest: list[tuple[str, list[Any]]] = field(default_factory=list)


Plan = list[_Transaction]


class _Watching:
    """Stands between a store and SQLite, and writes down what is written."""

    def __init__(self, connection: sqlite3.Connection, identifiers: Sequence[str]) -> None:
        self.plan: Plan = []
        self._connection = connection
        self._identifiers = identifiers
        self._open = _Transaction()

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        if sql == "COMMIT":
            self._close()
        elif sql.startswith(("INSERT", "UPDATE", "DELETE")):
            self._write(sql, [parameters])
        return self._connection.execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any) -> sqlite3.Cursor:
        rows = list(parameters)
        self._write(sql, rows)
        return self._connection.executemany(sql, rows)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def _write(self, sql: str, rows: list[Any]) -> None:
        if sql.startswith("INSERT INTO person "):
            self._open.documents += [(number, orjson.loads(document)) for number, document in rows]
            return
        if sql.startswith("INSERT INTO event "):
            self._open.events += [self._event(row[10]) for row in sorted(rows, key=lambda row: int(row[1]))]
        self._open.rest.append((sql, rows))

    def _event(self, raw: str) -> tuple[bytes, list[tuple[str, str]]]:
        profile = orjson.loads(raw)["profile"]
        return raw.encode(), [(name, str(profile[name])) for name in self._identifiers if profile.get(name)]

    def _close(self) -> None:
        done, self._open = self._open, _Transaction()
        if not done.events:
            done.woken = [(number,) for number, _ in done.documents]
        if done.documents or done.rest:
            self.plan.append(done)


def watched(crowd: Crowd, store: Path) -> Plan:
    """What the engine reads and writes for the events of a crowd on this store (which is changed)."""
    profile = crowd.program.workspace.profile
    names = [profile[identifier.name].wire for identifier in crowd.program.workspace.identifiers]
    with Store.open(store) as opened:
        watching = _Watching(opened.connection, names)
        engine = Engine(opened, crowd.program, EventClock(opened.last_received()))
        opened.connection = cast(sqlite3.Connection, watching)
        engine.start()
        try:
            reading, name = open_where_it_stopped(engine, crowd.events)
            feed(engine, reading, name)
        finally:
            engine.stop()
        return watching.plan


def floor(store: Path, plan: Plan) -> None:
    """Does it by hand."""
    loads, dumps = orjson.loads, orjson.dumps
    owner = "SELECT person FROM identifier WHERE namespace = ? AND value = ?"
    known = "SELECT document FROM person WHERE number = ?"
    with Store.open(store) as opened:
        connection = opened.connection
        execute, executemany = connection.execute, connection.executemany
        for transaction in plan:
            execute("BEGIN IMMEDIATE")
            for raw, identifiers in transaction.events:
                loads(raw)
                row = None
                for identifier in identifiers:
                    row = execute(owner, identifier).fetchone() or row
                if row is not None:
                    loads(execute(known, row).fetchone()[0])
            for row in transaction.woken:
                loads(execute(known, row).fetchone()[0])
            executemany(_PERSON, [(number, dumps(doc).decode()) for number, doc in transaction.documents])
            for sql, rows in transaction.rest:
                if len(rows) == 1:
                    execute(sql, rows[0])
                else:
                    executemany(sql, rows)
            execute("COMMIT")
