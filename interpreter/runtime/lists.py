"""Audiences that are read from a file, while the file changes: what each line that came or went means for whom.

The store remembers the lines it has taken up (table `listed`). What differs is worked off a page at a time. Whoever
stands in the file of an audience that is new is an existing member: that the file was read once is a line of its own,
written last.
"""

from __future__ import annotations

from collections import deque

from sojourn.interpreter.compile import Program
from sojourn.interpreter.runtime.batch import Batch
from sojourn.interpreter.runtime.passes import Pass
from sojourn.interpreter.runtime.store import Store

__all__ = ["Lists"]

_BEGUN = ("", "")
"""The line that stands for a list having been read, also an empty one."""

_Line = tuple[str, tuple[str, str], bool, bool]
"""Of an audience a line (namespace, value), whether it came (or went), and whether its person is told."""


class Lists:
    """The lines that came and went and are not taken up yet."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lines: deque[_Line] | None = None
        self._total = 0

    def used(self, program: Program) -> None:
        """Another program has taken over: its files are compared with what is taken up when it is asked."""
        self._lines = None
        if not program.workspace.lists and self._store.one("SELECT 1 FROM listed LIMIT 1") is None:
            self._lines = deque()

    @property
    def pending(self) -> bool:
        """Whether there may be lines that are not taken up."""
        return self._lines is None or bool(self._lines)

    @property
    def progress(self) -> Pass | None:
        """How far it is; None when nothing is to be done."""
        if not self._lines:
            return None
        return Pass("reading the lists of audiences", self._total - len(self._lines), self._total)

    def next(self, program: Program, limit: int) -> list[_Line]:
        """The next lines; none when all are taken up."""
        if self._lines is None:
            self._lines = deque(self._differences(program))
            self._total = len(self._lines)
        return [self._lines[place] for place in range(min(limit, len(self._lines)))]

    def done(self, lines: list[_Line]) -> None:
        """These are taken up."""
        assert self._lines is not None
        for _ in lines:
            self._lines.popleft()

    def bring(self, batch: Batch, program: Program, lines: list[_Line]) -> None:
        """Takes lines up, inside a transaction: into their audiences, and out of them, with those whose they are."""
        changed: dict[int, set[int]] = {}
        for name, (namespace, value), came, told in lines:
            if came:
                batch.connection.execute(
                    "INSERT OR IGNORE INTO listed (audience, namespace, value) VALUES (?, ?, ?)",
                    (name, namespace, value),
                )
            else:
                batch.connection.execute(
                    "DELETE FROM listed WHERE audience = ? AND namespace = ? AND value = ?",
                    (name, namespace, value),
                )
            owner = batch.owner(namespace, value) if told else None
            if owner is not None:
                changed.setdefault(owner, set()).add(program.members[name].number)
        batch.prefetch_people(changed)
        for person in sorted(changed):
            batch.look_again(person, changed[person])

    def _differences(self, program: Program) -> list[_Line]:
        lists = program.workspace.lists
        known: dict[str, set[tuple[str, str]]] = {}
        for audience, namespace, value in self._store.rows("SELECT audience, namespace, value FROM listed"):
            known.setdefault(audience, set()).add((namespace, value))
        found: list[_Line] = []
        for name in sorted({*known, *lists}):
            before = known.get(name, set())
            begun, listed = _BEGUN in before, name in lists
            after = {
                (namespace, value)
                for namespace, values in (lists[name].identifiers if listed else {}).items()
                for value in values
            }
            before.discard(_BEGUN)
            told = begun and listed
            found += [(name, line, False, told) for line in sorted(before - after)]
            found += [(name, line, True, told) for line in sorted(after - before)]
            if begun is not listed:
                found.append((name, _BEGUN, listed, False))
        return found
