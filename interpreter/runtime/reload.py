"""Taking up what an author saves while a workspace runs.

A `Bench` takes a folder through the compiler, and does again only what the edit concerns: files that were
not touched are not parsed again, expressions that were not touched are not compiled again. A `Reloader`
watches the folder, hands a good program to the engine between two transactions, and keeps the last good one
when there are mistakes.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType

import orjson

from sojourn.dsl.workspace import Compiled, ParseCache, compile_folder
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.runtime.changes import Change, changes_between
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.errors import StoreError
from sojourn.interpreter.runtime.watcher import Watcher

__all__ = ["Bench", "Fate", "Loaded", "Reload", "Reloader", "stamps"]

SECOND_LOOK = 1.0
"""Seconds after which it looks again before it takes a journey away: files may be on the move (a git
checkout, an editor that empties a file first), and whoever waits in a journey that is gone is ended.
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a folder: `program` is None when there are mistakes in it (`compiled.diagnostics`)."""

    compiled: Compiled
    program: Program | None

    @property
    def source(self) -> str:
        """The text of all its journey files, as it is kept in the store beside the program."""
        texts = {path: source.text for path, source in self.compiled.sources.items()}
        return orjson.dumps(texts).decode()


class Bench:
    """Where a folder is made into a program, again and again. `links` is where `link('…')` leads."""

    def __init__(self, folder: Path, links: str = "https://example.com/") -> None:
        self.folder = folder
        self.links = links
        self._parsed = ParseCache()
        self._codes: dict[str, CodeType] = {}

    def load(self, drafts: Mapping[Path, str] | None = None) -> Loaded:
        """The folder as it is now; `drafts` are texts that stand for what is in it, by their resolved paths."""
        compiled = compile_folder(self.folder, self._parsed, drafts)
        return self.loaded(compiled)

    def loaded(self, compiled: Compiled) -> Loaded:
        """What a folder that has been through the compiler becomes."""
        program = None
        if compiled.workspace is not None:
            program = compile_program(compiled.workspace, self._codes, self.links)
        return Loaded(compiled, program)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of those under way in a journey: `kept` go on where they were, `changed` of them at a
    wait whose text was edited; `removed` were ended because their step, or the whole journey, is gone.
    """

    journey: str
    kept: int = 0
    changed: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Reload:
    """One save. `files` are the names of what was saved (none where that was before anybody watched),
    `seconds` the time from the save until it was live.

    `mistakes`: the save has some, and the last good program goes on. Otherwise `changes` is what it meant;
    none when only comments or the layout changed. `problem` says why a good save could not be taken up.
    """

    files: tuple[str, ...]
    seconds: float
    compiled: Compiled | None = None
    changes: tuple[Change, ...] = ()
    mistakes: bool = False
    mended: bool = False
    """The save before had mistakes, and this one has none."""
    problem: str = ""
    stages: dict[str, float] = field(default_factory=dict)
    """Seconds from the save until each stage was over."""


class Reloader:
    """Watches a folder and keeps the engine's program up to date with it.

    `on_reload` is told of every save, on the watcher's thread; `on_fates` of what became of the people
    under way once all of them have been looked at, on the engine's thread.
    """

    def __init__(
        self,
        bench: Bench,
        engine: Engine,
        loaded: Loaded,
        on_reload: Callable[[Reload], None],
        on_fates: Callable[[list[Fate]], None],
    ) -> None:
        self._bench = bench
        self._engine = engine
        self._on_reload = on_reload
        self._on_fates = on_fates
        self._seen = stamps(loaded.compiled.files)
        self._broken = False
        self._concerned: set[str] = set()
        self._lock = threading.Lock()
        self._watcher = Watcher(bench.folder, self._saved)
        self._watcher.also(loaded.compiled.files)
        engine.on_settled = self._settled

    def start(self) -> None:
        """Begins to watch, and reads the folder once more: what was saved, and which files came, between the
        first reading and the watching is taken up, too.
        """
        self._watcher.start()
        self._watcher.nudge()

    def stop(self) -> None:
        """Stops watching; a save that is being taken up is waited for."""
        self._watcher.stop()

    # --------------------------------------------------- the watcher's thread

    def _saved(self, began: float) -> None:
        collecting = gc.isenabled()
        # Trees are made here by the ten thousand, and kept: looking for garbage among them takes as long
        # again, and can wait until the change is live.
        gc.disable()
        try:
            told = self._take_up(began)
        except Exception as error:  # a mistake in Sojourn: it is said, and the last good program goes on
            told = Reload((), time.monotonic() - began, problem=f"{error.__class__.__name__}: {error}")
        try:
            if told is not None:
                self._on_reload(told)
        finally:
            if collecting:
                gc.enable()

    def _take_up(self, began: float) -> Reload | None:
        stages = {"noticed": time.monotonic() - began}
        # From before the reading: what is saved while it is read counts as changed the next time.
        known = stamps(self._seen)
        loaded = self._bench.load()
        program, before = loaded.program, self._engine.program
        if program is not None and before.journeys.keys() - program.journeys.keys():
            time.sleep(SECOND_LOOK)
            known = stamps(self._seen)
            loaded = self._bench.load()
            program = loaded.program
        stages["compiled"] = time.monotonic() - began
        self._watcher.also(loaded.compiled.files)
        now = {path: known[path] if path in known else _stamp(path) for path in loaded.compiled.files}
        files = tuple(
            _named(path, self._bench.folder)
            for path in sorted(now.keys() | self._seen.keys())
            if now.get(path) != self._seen.get(path)
        )
        if not files and (program is None or program.version == before.version):
            return None
        self._seen = now
        mended = self._broken and program is not None
        self._broken = program is None
        if program is None:
            return Reload(files, time.monotonic() - began, loaded.compiled, mistakes=True, stages=stages)
        changes: list[Change] = []
        if program.version != before.version:
            changes = changes_between(before.own, program.own)
            with self._lock:
                self._concerned |= {change.name for change in changes if change.stands}
            try:
                self._engine.swap(program, loaded.source).result()
            except StoreError as error:
                problem = f"The change could not be taken up: {error}"
                return Reload(files, time.monotonic() - began, loaded.compiled, problem=problem)
        seconds = stages["live"] = time.monotonic() - began
        return Reload(files, seconds, loaded.compiled, tuple(changes), mended=mended, stages=stages)

    # ---------------------------------------------------- the engine's thread

    def _settled(self, fates: dict[tuple[str, str], int]) -> None:
        with self._lock:
            concerned, self._concerned = self._concerned, set()
        found = []
        for journey in sorted(concerned):
            kept, changed, removed = (
                fates.get((journey, fate), 0) for fate in ("kept", "changed", "removed")
            )
            if kept or removed:
                found.append(Fate(journey, kept, changed, removed))
        if found:
            self._on_fates(found)


_Stamp = tuple[int, int, int] | None
"""Of a file something that changes when it is saved; None for one that is not there."""


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def stamps(paths: Iterable[Path]) -> dict[Path, _Stamp]:
    """Of each file something that changes when it is saved."""
    return {path: _stamp(path) for path in paths}


def _named(path: Path, folder: Path) -> str:
    try:
        return path.relative_to(folder).as_posix()
    except ValueError:
        return str(path)
