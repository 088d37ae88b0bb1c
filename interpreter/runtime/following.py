"""What a workspace that runs takes up while it runs: the rows of its catalogs and lists, and what is deployed.

`sojourn run` keeps to the journeys it began with: an edit of them is taken up when it is deployed. The files that
others write, the rows of catalogs and of listed audiences, are taken up as soon as they have changed and stand still.
They are read under the journeys that run, whatever has been edited in the folder meanwhile.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sojourn.dsl import ast
from sojourn.dsl.workspace import Compiled, journey_files, real_path
from sojourn.interpreter.compile import Program
from sojourn.interpreter.runtime import deployment
from sojourn.interpreter.runtime.changes import Change, changes_between
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.errors import StoreError
from sojourn.interpreter.runtime.reload import Bench, Loaded, Reload, stamps
from sojourn.interpreter.runtime.settings import Settings, SettingsError
from sojourn.interpreter.runtime.versions import without_rows

__all__ = ["Deployed", "Follower"]

BETWEEN_LOOKS = 0.5
"""Seconds between two looks at the files. One that changed is read when it stands still for so long."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """What was deployed is live, `seconds` after it was noticed; or not, and why (`problem`)."""

    seconds: float
    changes: tuple[Change, ...] = ()
    problem: str = ""


class Follower:
    """Looks after the files of one workspace and what is deployed to its store, on a thread of its own.

    `on_told` hears of files that were taken up, and of those with mistakes in them, which change nothing, and of
    what was deployed.
    """

    def __init__(
        self, bench: Bench, engine: Engine, loaded: Loaded, on_told: Callable[[Reload | Deployed], None]
    ) -> None:
        self._bench = bench
        self._engine = engine
        self._on_told = on_told
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sojourn-follower", daemon=True)
        self._asked = -1
        self._read(loaded.compiled)
        # They were read before anybody looked after them, and may have changed since: they are read once more.
        self._seen = dict.fromkeys(self._rows)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self) -> None:
        """Stops; what is being taken up is waited for."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(30)

    def _read(self, compiled: Compiled) -> None:
        """From now on these are the files: of the rows how they look, of the others their texts."""
        self._rows = _files_of_rows(self._bench.folder, compiled)
        self._seen = self._latest = stamps(self._rows)
        rows = {real_path(path) for path in self._rows}
        self._texts: dict[Path, str] = {}
        for path in compiled.files:
            real = real_path(path)
            if real not in rows:
                with suppress(OSError, UnicodeDecodeError):
                    self._texts[real] = path.read_text(encoding="utf-8")
        for name, source in compiled.sources.items():
            path = real_path(self._bench.folder / name)
            if path in self._texts:
                self._texts[path] = source.text

    # ------------------------------------------------------------ its own thread

    def _run(self) -> None:
        while True:
            try:
                self._look()
            except Exception as error:  # it is said, and what runs goes on
                self._on_told(Deployed(0.0, problem=f"{error.__class__.__name__}: {error}"))
            if self._stop.wait(BETWEEN_LOOKS):
                return

    def _look(self) -> None:
        asked = deployment.stamp(self._engine.store.path)
        if asked != self._asked:
            self._deploy()
            self._asked = asked
        now = stamps(self._rows)
        if now != self._seen and now == self._latest:
            self._take_rows(now)
            self._seen = now
        self._latest = now

    def _take_rows(self, now: Mapping[Path, object]) -> None:
        began = time.monotonic()
        names = tuple(
            os.path.relpath(path, self._bench.folder)
            for path in self._rows
            if now.get(path) != self._seen.get(path)
        )
        drafts = dict(self._texts)
        for path in journey_files(self._bench.folder):
            drafts.setdefault(real_path(path), "")  # it is new: it waits until it is deployed
        loaded = self._bench.load(drafts)
        program = loaded.program
        if program is None:
            self._on_told(Reload(names, time.monotonic() - began, loaded.compiled, mistakes=True))
            return
        running = self._engine.program
        if without_rows(program.own) != without_rows(running.own):
            problem = "Other files were moved or taken away, too: `sojourn deploy` takes all of it up."
            self._on_told(Reload(names, time.monotonic() - began, loaded.compiled, problem=problem))
            return
        changes = self._swap(program, loaded.source, False)
        if not (changes or any(self._seen.values())):
            return
        self._on_told(Reload(names, time.monotonic() - began, loaded.compiled, tuple(changes)))

    def _swap(self, program: Program, source: str, move: bool) -> list[Change]:
        running = self._engine.program
        changes = changes_between(running.own, program.own)
        if program.version != running.version or move:
            self._engine.swap(program, source, move=move).result()
        return changes

    def _deploy(self) -> None:
        """Takes up what was deployed last; what was asked for before that is done by it, too."""
        store = self._engine.store
        waiting = deployment.pending(store)
        if not waiting:
            return
        began = time.monotonic()
        told, said = self._deployed(waiting[-1], began)
        numbers = [asked.number for asked in waiting]
        self._engine.call(lambda: deployment.answer(store, numbers, said)).result()
        self._on_told(told)

    def _deployed(self, asked: deployment.Asked, began: float) -> tuple[Deployed, str]:
        problem = ""
        changes: list[Change] = []
        try:
            bench = self._bench
            links = Settings.load(asked.folder, os.environ).links
            if asked.folder != bench.folder.resolve() or links != bench.links:
                bench = Bench(asked.folder, links)
            loaded = bench.load()
            if loaded.program is None:
                problem = "By the time they were read there was a mistake in the files."
            elif loaded.program.version != asked.version:
                problem = "The files were changed again before they were read: deploy them once more."
            else:
                changes = self._swap(loaded.program, loaded.source, asked.move)
                self._bench = bench
                self._read(loaded.compiled)
        except (SettingsError, StoreError) as error:
            problem = str(error)
        return Deployed(time.monotonic() - began, tuple(changes), problem), problem or deployment.TAKEN


def _files_of_rows(folder: Path, compiled: Compiled) -> tuple[Path, ...]:
    """The files of catalogs and of listed audiences."""
    found: list[Path] = []
    for tree in compiled.asts:
        for node in tree.declarations:
            text = None
            if isinstance(node, ast.Catalog):
                text = node.source
            elif isinstance(node, ast.Audience):
                text = node.csv
            if text is not None:
                found.append(Path(os.path.normpath(folder / Path(tree.path).parent / text.value)))
    return tuple(dict.fromkeys(found))
