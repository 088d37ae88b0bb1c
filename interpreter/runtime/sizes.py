"""How many people are in each audience of a store, and where runs stand: read beside whoever writes to it.

A look reads every document once, as of one instant, over a connection of its own that can only read: a writer
never waits for it. It takes a second or two for a million people, so whoever shows sizes looks on another thread
and keeps them (`sojourn.editor.sizes`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sojourn.interpreter.runtime.spreading import meaning_of
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.versions import last_workspace

__all__ = ["Sizes", "read_sizes"]


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a store knew when it was looked at.

    `version` is the program that ran last, `meanings` what each of its audiences means (a hash; none where this Sojourn
    cannot read that program). `audiences`: name -> people. `under_way`: journey -> step id -> runs that stand there.
    `unsettled`: a change of the rules has not reached everybody yet.
    """

    version: str
    meanings: Mapping[str, str]
    audiences: Mapping[str, int]
    under_way: Mapping[str, Mapping[str, int]]
    next_due: int | None
    unsettled: bool

    def as_of(self, now: int) -> int:
        """The instant up to which this is exact, as long as the store has not changed: `now`, or when time alone next
        changed something that nobody has carried out yet (nothing runs on the store, or it is behind).
        """
        return now if self.next_due is None else min(now, self.next_due)


def read_sizes(path: Path, before: Sizes | None = None) -> Sizes | None:
    """Looks at a store; None when no program ever ran in it. `before` is an earlier look at the same store, which saves
    reading the same program again. Raises StoreError.
    """
    with Store.open(path, read_only=True) as store:
        store.rows("BEGIN")  # all that follows is of one instant
        version = store.one("SELECT version FROM program ORDER BY last_ran DESC, rowid DESC LIMIT 1")
        if version is None:
            return None
        if before is not None and before.version == version:
            meanings = before.meanings
        else:
            last = last_workspace(store)
            workspace = None if last is None else last[1]
            meanings = {} if workspace is None else {a: meaning_of(workspace, a) for a in workspace.audiences}
        audiences = dict.fromkeys(meanings, 0)
        audiences.update(store.rows("SELECT audience, count(*) FROM member GROUP BY audience"))
        under_way: dict[str, dict[str, int]] = {}
        for journey, step, runs in store.rows("SELECT journey, step, count(*) FROM run GROUP BY 1, 2"):
            under_way.setdefault(journey, {})[step or ""] = runs
        due = store.one("SELECT min(due) FROM timer")
        unsettled = bool(store.one("SELECT 1 FROM progress WHERE name LIKE 'sweep %' LIMIT 1"))
        return Sizes(version, meanings, audiences, under_way, due, unsettled)
