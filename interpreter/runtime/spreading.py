"""Broadcasts in a store: those that not everybody has heard, and the pass over the people that brings them.

A person hears what is pending whenever they are read, before anything else happens to them; the pass looks at
those in the audiences who were not touched meanwhile, a page at a time, so that events keep flowing. What came
while a pass was under way is brought by the next one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import orjson

from sojourn.dsl import checked
from sojourn.dsl.values import instant_to_iso
from sojourn.interpreter.compile import Program
from sojourn.interpreter.compile.meaning import digest
from sojourn.interpreter.compile.timing import children, dependencies
from sojourn.interpreter.core.broadcasts import Broadcast, Control, Entering
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.runtime.batch import Numbers, broadcast_of, stored_broadcast
from sojourn.interpreter.runtime.store import Store, set_progress

__all__ = ["Spread", "catalog_changes", "keep_catalogs", "remember_starts"]

COVERING, POSITION, DONE = "broadcast covering", "broadcast position", "broadcast done"
_MOST_AUDIENCES = 40
"""Audiences asked for in one question; for more everybody is looked at."""


class Spread:
    """What is pending in a store, and how far the pass has got."""

    def __init__(self, store: Store) -> None:
        self.store = store
        done = store.progress(DONE)
        self.pending = [
            broadcast_of(*row)
            for row in store.rows(
                "SELECT number, at, kind, what FROM broadcast WHERE number > ? ORDER BY number", (done,)
            )
        ]
        self.covering = store.progress(COVERING)
        self.position = store.progress(POSITION)

    def page(self, program: Program, limit: int) -> tuple[int, list[int]] | None:
        """The number of the last person of the next page, and those of it to look at; None after the last page."""
        if not self.covering:
            self.covering = self.pending[-1].number
        last = self.store.one(
            "SELECT max(number) FROM (SELECT number FROM person WHERE number > ? ORDER BY number LIMIT ?)",
            (self.position, limit),
        )
        if last is None:
            return None
        audiences = sorted(self._audiences(program))
        by_hand = [b.what for b in self.pending if isinstance(b.what, Control)]
        where = ""
        if len(audiences) <= _MOST_AUDIENCES:
            asked = "".join(
                f" OR json_extract(document, '$.audiences.\"{a}\"') IS NOT NULL" for a in audiences
            )
            if by_hand:
                parts = ("held", "runs")
                asked += "".join(f" OR json_extract(document, '$.{p}') IS NOT NULL" for p in parts)
            where = f" AND (json_extract(document, '$.rules') <> ?{asked})"
        rows = self.store.rows(
            f"SELECT number FROM person WHERE number > ? AND number <= ?{where}",
            (self.position, last, *((program.rules,) if where else ())),
        )
        return int(last), [row[0] for row in rows]

    def _audiences(self, program: Program) -> set[str]:
        found: set[str] = set()
        for broadcast in self.pending:
            what = broadcast.what
            if isinstance(what, Entering):
                found.add(what.audience)
            elif isinstance(what, Record):
                found.update(start.audience for start in program.business.get(what.event, ()))
        return found

    def came_to(self, connection: sqlite3.Connection, position: int, now: int) -> None:
        """Writes down how far the pass has got, in the transaction that brought it there."""
        set_progress(connection, COVERING, self.covering, now)
        set_progress(connection, POSITION, position, now)

    def is_due(self, next_due: int | None) -> bool:
        """Whether something of before the broadcasts is still to be carried out: who enters an audience by it has
        not been asked yet.
        """
        latest = max((b.at for b in self.pending if b.number <= self.covering), default=0)
        return next_due is not None and next_due <= latest

    def finish(self, now: int) -> None:
        """Everybody has heard what the pass covered."""
        with self.store.transaction() as connection:
            set_progress(connection, DONE, self.covering, now)
            connection.execute("DELETE FROM progress WHERE name IN (?, ?)", (COVERING, POSITION))
        self.pending = [b for b in self.pending if b.number > self.covering]
        self.covering = self.position = 0

    @property
    def share(self) -> tuple[int, int]:
        """(people looked at, all people), roughly: by their numbers."""
        return self.position, int(self.store.one("SELECT ifnull(max(number), 0) FROM person") or 0)


# ------------------------------------------------------------------- starts


def remember_starts(
    connection: sqlite3.Connection, program: Program, now: int, numbers: Numbers, first: bool
) -> list[Broadcast]:
    """From when each start by time alone counts (a new one from now on, whatever its clock time of today), and the
    broadcasts to existing members: for a journey that is new they are all members, for an audience that changed
    those who are members by that. `first` says that no program ran here before: then there is nobody.
    """
    rows = connection.execute("SELECT journey, start, since, meaning FROM start").fetchall()
    known = {(journey, start): (since, meaning) for journey, start, since, meaning in rows}
    occasions = {(occasion.start.journey, occasion.label): occasion for occasion in program.occasions}
    entering = {(e.journey, f"entering {e.audience}"): e for e in program.entering_existing()}
    gone = [key for key in known if key not in occasions and key not in entering]
    connection.executemany("DELETE FROM start WHERE journey = ? AND start = ?", gone)
    told: list[Broadcast] = []
    for key, occasion in occasions.items():
        occasion.since = known[key][0] if key in known else now
        if key not in known:
            connection.execute("INSERT INTO start VALUES (?, ?, ?, '')", (*key, now))
    for key, who in entering.items():
        meaning = meaning_of(program.workspace, who.audience)
        before = known.get(key)
        if before is not None and before[1] == meaning:
            continue
        connection.execute("INSERT OR REPLACE INTO start VALUES (?, ?, ?, ?)", (*key, now, meaning))
        if not first:
            numbers.broadcast += 1
            newly = before is not None
            told.append(
                Broadcast(numbers.broadcast, now, Entering(who.journey, who.audience, who.over, newly))
            )
    connection.executemany("INSERT INTO broadcast VALUES (?, ?, ?, ?)", [stored_broadcast(b) for b in told])
    return told


def added_journeys(connection: sqlite3.Connection, program: Program) -> dict[str, int]:
    """From when on each journey is there that was not in the first program that ran here."""
    versions = connection.execute("SELECT first_ran, steps FROM program ORDER BY first_ran, rowid").fetchall()
    since: dict[str, int] = {}
    for first_ran, steps in versions:
        for journey in orjson.loads(steps):
            since.setdefault(journey, first_ran)
    first = set(orjson.loads(versions[0][1])) if versions else set()
    return {name: since[name] for name in program.journeys if name in since and name not in first}


def meaning_of(workspace: checked.Workspace, audience: str) -> str:
    """A hash of what an audience means: its condition, the attributes and the audiences in it."""
    seen: set[str] = set()
    parts: list[object] = []
    todo = [audience]
    while todo:
        name = todo.pop()
        if name in seen or name not in workspace.audiences:
            continue
        seen.add(name)
        condition = workspace.audiences[name].condition
        parts.append(
            (
                name,
                condition,
                [workspace.attributes[a].value for a in sorted(_attributes(workspace, condition))],
            )
        )
        todo += sorted(dependencies(workspace, condition).audiences)
    return digest(*parts)


def _attributes(workspace: checked.Workspace, expr: checked.Expr) -> set[str]:
    found: set[str] = set()
    todo = [expr]
    while todo:
        node = todo.pop()
        if isinstance(node, checked.AttributeValue):
            if node.name not in found:
                found.add(node.name)
                todo.append(workspace.attributes[node.name].value)
        elif not isinstance(node, checked.Constant):
            todo.extend(children(node))
    return found


# ----------------------------------------------------------------- catalogs


def catalog_changes(connection: sqlite3.Connection, program: Program, now: int) -> list[Record]:
    """An event for every field of a row that journeys start on and that is another than the store remembers.

    A row that is new, or gone, is no change of a field. A catalog that is seen for the first time changes nothing.
    """
    found: list[Record] = []
    for event in program.workspace.events.values():
        if event.of_change is None or event.name not in program.business:
            continue
        name, field = event.of_change
        rows = connection.execute("SELECT key, row FROM catalog WHERE catalog = ?", (name,))
        present = program.workspace.catalogs[name].rows
        for key, stored in rows:
            row = present.get(key)
            if row is None:
                continue
            before, after = orjson.loads(stored).get(field), row.get(field)
            if before != after:
                said = {name: key, "before": before, "after": after}
                properties = {part: value for part, value in said.items() if value is not None}
                id = f"{event.name} {key} {instant_to_iso(now)}"
                found.append(Record(id, event.name, now, now, {}, properties))
    return found


def keep_catalogs(connection: sqlite3.Connection, program: Program) -> None:
    """Remembers the rows of the catalogs whose changes start journeys."""
    watched = {
        event.of_change[0]
        for event in program.workspace.events.values()
        if event.of_change is not None and event.name in program.business
    }
    known = {row[0] for row in connection.execute("SELECT DISTINCT catalog FROM catalog")}
    for name in known - watched:
        connection.execute("DELETE FROM catalog WHERE catalog = ?", (name,))
    for name in sorted(watched):
        stored = dict(
            connection.execute("SELECT key, row FROM catalog WHERE catalog = ?", (name,)).fetchall()
        )
        present = {
            key: orjson.dumps(dict(row), option=orjson.OPT_SORT_KEYS).decode()
            for key, row in program.workspace.catalogs[name].rows.items()
        }
        gone: Sequence[tuple[str, str]] = [(name, key) for key in stored if key not in present]
        connection.executemany("DELETE FROM catalog WHERE catalog = ? AND key = ?", gone)
        connection.executemany(
            "INSERT OR REPLACE INTO catalog VALUES (?, ?, ?)",
            [(name, key, row) for key, row in present.items() if stored.get(key) != row],
        )
