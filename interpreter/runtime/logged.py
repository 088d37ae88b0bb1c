"""What a store has recorded of one person, for whoever asks why (`why/log.py`). Only reads."""

from __future__ import annotations

import contextlib
import sqlite3

import orjson

from sojourn.dsl import checked
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.effects import STARTED, Activity
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.runtime.batch import NOBODY, stored_records
from sojourn.interpreter.runtime.control import states
from sojourn.interpreter.runtime.errors import explained
from sojourn.interpreter.runtime.profile import find_person
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.versions import workspace_of
from sojourn.interpreter.why.log import Delivery, Log

__all__ = ["logged"]


def logged(store: Store, program: Program, identifier: str | int, now: int) -> Log:
    """Everything of a person, over a connection of its own. Raises LookupError when nobody has the identifier,
    StoreError when the store fails.
    """
    try:
        with contextlib.closing(store.reader()) as connection:
            connection.execute("BEGIN")  # one moment for all questions
            log = _log(connection, program, identifier, now)
            said = connection.execute("SELECT number, at FROM control ORDER BY number").fetchall()
        log.controls = states(store)
        log.controls_at = lambda instant: states(
            store, max((n for n, at in said if at <= instant), default=0)
        )
        return log
    except sqlite3.Error as error:
        raise explained(error, store.path) from error


def _log(connection: sqlite3.Connection, program: Program, identifier: str | int, now: int) -> Log:
    number = identifier if isinstance(identifier, int) else find_person(connection, program, identifier)
    row = connection.execute("SELECT document FROM person WHERE number = ?", (number,)).fetchone()
    if number is None or row is None:
        raise LookupError(f"nobody has the identifier {identifier!r}")
    loads = orjson.loads
    person = Person.from_document(loads(row[0]))
    activities = [
        Activity(at, kind, loads(detail), journey, run, step)
        for at, kind, journey, run, step, detail in connection.execute(
            "SELECT at, kind, journey, run, step, detail FROM activity WHERE person = ? ORDER BY number",
            (number,),
        )
    ]
    deliveries = {
        found[0]: Delivery(*found)
        for found in connection.execute(
            "SELECT key, at, message, channel, address, status, attempts, error, done_at, next_attempt "
            "FROM outbox WHERE person = ? ORDER BY number",
            (number,),
        )
    }
    versions = _Versions(connection, program)
    return Log(
        program,
        number,
        person,
        max(now, person.clock),  # a store that lives by the clock of its events may be ahead
        [*_of_the_business(connection, activities), *stored_records(connection, number)],
        activities,
        deliveries,
        _dropped(connection, program),
        versions.at,
        first_ran=versions.first,
        readable_at=versions.readable,
    )


def _of_the_business(connection: sqlite3.Connection, activities: list[Activity]) -> list[Record]:
    """The events about the business that started runs of the person: they are stored apart."""
    ids = {str(a.detail["record"]) for a in activities if a.kind == STARTED and "record" in a.detail}
    found = []
    for record in stored_records(connection, NOBODY) if ids else ():
        if record.id in ids:
            found.append(record)
    return found


def _dropped(connection: sqlite3.Connection, program: Program) -> dict[str, int]:
    """Event -> before when its events are gone: as far as dropping has come."""
    from sojourn.dsl.values import add_elapsed
    from sojourn.interpreter.runtime.retention import DROPPED, DROPPING

    reached = 0
    for name, position, at in connection.execute(
        "SELECT name, position, at FROM progress WHERE name IN (?, ?)", (DROPPED, DROPPING)
    ):
        # A pass that is under way may have come to this person already.
        reached = max(reached, position if name == DROPPED else at if position else 0)
    if not reached:
        return {}
    return {event: add_elapsed(reached, length, -1) for event, length in program.kept_for.items()}


class _Versions:
    """Which program ran when, as far as the store remembers: each version was taken up when it first ran, and when it
    last was."""

    def __init__(self, connection: sqlite3.Connection, program: Program) -> None:
        self._today = program
        self._programs: dict[str, Program] = {program.version: program}
        self._contents: dict[str, bytes | None] = {}
        self._taken_up: list[tuple[int, str]] = []
        for version, first, last, content in connection.execute(
            "SELECT version, first_ran, last_ran, content FROM program"
        ):
            self._taken_up += {(first, version), (last, version)}
            self._contents[version] = content
        self._taken_up.sort()
        self.first = self._taken_up[0][0] if self._taken_up else None

    def at(self, instant: int) -> Program:
        """The program that decided at an instant; today's where that one cannot be read any more."""
        version = self._version(instant)
        return self._today if version is None else self._program(version)

    def readable(self, instant: int) -> bool:
        """Whether the program that decided at an instant can still be read."""
        version = self._version(instant)
        if version is None or version == self._today.version:
            return True
        return self._program(version) is not self._today

    def _version(self, instant: int) -> str | None:
        version = next((v for at, v in reversed(self._taken_up) if at <= instant), None)
        return self._taken_up[0][1] if version is None and self._taken_up else version

    def _program(self, version: str) -> Program:
        found = self._programs.get(version)
        if found is None:
            workspace = workspace_of(self._contents.get(version))
            if workspace is None:
                found = self._today
            else:
                found = compile_program(
                    self._with_rows(workspace), self._today.coder.codes, self._today.links
                )
            self._programs[version] = found
        return found

    def _with_rows(self, workspace: checked.Workspace) -> checked.Workspace:
        """The rows of catalogs are not kept with a version: today's stand in for them."""
        from dataclasses import replace

        today = self._today.workspace.catalogs
        catalogs = {
            name: replace(catalog, rows=today[name].rows if name in today else {})
            for name, catalog in workspace.catalogs.items()
        }
        return replace(workspace, catalogs=catalogs)
