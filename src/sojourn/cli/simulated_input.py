"""What a simulation plays: files of events, a store's history, or people who are made up."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sojourn.cli.exits import Failure, say
from sojourn.cli.output import counted, listed, number
from sojourn.cli.progress import Progress

if TYPE_CHECKING:
    from sojourn.dsl import checked
    from sojourn.interpreter.compile import Program
    from sojourn.interpreter.core.effects import Outgoing
    from sojourn.interpreter.core.person import Person
    from sojourn.interpreter.core.records import Record
    from sojourn.interpreter.door.door import Rejected

__all__ = [
    "Input",
    "Invented",
    "event_paths",
    "missing",
    "read_files",
    "read_invented",
    "read_store",
    "save_events",
    "wire",
]


@dataclass(frozen=True, slots=True)
class Invented:
    """How many people are made up, for how many days, from which seed and which instant (None: the usual one)."""

    people: int
    days: int = 30
    seed: int = 1
    begin: int | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """The records; `made_of` says in a sentence what they are, `words` how a command asks for the same."""

    records: Sequence[Record | Rejected]
    made_of: str
    words: tuple[str, ...] = ()
    reactions: Callable[[Outgoing, Person], Iterable[Record]] | None = None
    as_received: bool = field(default=False)
    seed: int | None = None
    """Of people who are made up, what they were made from."""


def read_files(
    workspace: checked.Workspace, folder: Path, files: Sequence[Path], datasets: bool, progress: Progress
) -> Input:
    """The events of files, and the people of the datasets' CSV files."""
    from sojourn.interpreter.simulation.samples import people_of_datasets, read_events

    records = read_events(workspace, event_paths(folder, files), progress.at)
    if datasets:
        records = [*people_of_datasets(workspace, folder, records, missing), *records]
    made_of = "Played: the sample events of the workspace."
    if files:
        made_of = f"Played: the events of {listed(str(path) for path in files)}."
    words = [word for path in files for word in ("--events", str(path))]
    return Input(records, made_of, tuple(words))


def read_invented(workspace: checked.Workspace, asked: Invented, progress: Progress) -> Input:
    """People who are made up from what the workspace declares, and how they react to messages."""
    from sojourn.interpreter.invent import BEGINNING, Reactions, invent

    progress.now("making people up")
    begin = BEGINNING if asked.begin is None else asked.begin
    try:
        records = invent(workspace, asked.people, asked.days, asked.seed, begin, progress.at)
    except ModuleNotFoundError as error:
        if error.name != "faker":
            raise
        raise Failure(
            "Making people up needs the library faker, which is not installed.",
            "Install Sojourn again: it comes with it. Or play events of your own with --events FILE.",
        ) from None
    made_of = (
        f"Played: {counted(asked.people, 'person')} who {'was' if asked.people == 1 else 'were'} made up, over "
        f"{counted(asked.days, 'day')}, from seed {asked.seed}."
    )
    words = ["--people", str(asked.people), "--days", str(asked.days), "--seed", str(asked.seed)]
    return Input(records, made_of, tuple(words), Reactions(workspace, asked.seed), seed=asked.seed)


def read_store(program: Program, path: Path, progress: Progress) -> Input:
    """The events of a store, each when it was received; the store is only read."""
    from sojourn.interpreter.runtime import replay as stored
    from sojourn.interpreter.runtime.store import Store
    from sojourn.interpreter.simulation.comparison import playable

    progress.now("reading the store")
    with Store.open(path, read_only=True) as store:
        events = list(stored.events_of(store, lambda done, total: progress.at(done, total)))
    records, left_out = playable(program, events)
    if left_out:
        say(f"{counted(left_out, 'record')} left out: they carry no identifier that the files know.")
    made_of = f"Played: the {number(len(records))} records of {path}."
    return Input(records, made_of, ("--store", str(path)), as_received=True)


def save_events(records: Iterable[Record | Rejected], path: Path) -> None:
    """Writes records as JSON lines, as `--events` reads them. Raises Failure when that is not possible."""
    import json

    from sojourn.interpreter.core.records import Record

    lines = []
    for record in records:
        if not isinstance(record, Record):
            continue
        lines.append(json.dumps(wire(record), ensure_ascii=False))
    try:
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}.") from error


def wire(record: Record) -> dict[str, Any]:
    """A record as it is sent: an object of JSON."""
    from sojourn.dsl.values import instant_to_iso

    said = {
        "event": record.event, "id": record.id, "time": instant_to_iso(record.at),
        "profile": record.profile, "properties": record.properties,
    }  # fmt: skip
    return {key: value for key, value in said.items() if value}


def event_paths(folder: Path, files: Sequence[Path]) -> list[Path]:
    """The files to read: those given, folders opened; else those in the workspace's folder `events`."""
    if not files and not (folder / "events").is_dir():
        raise Failure(
            f"There are no sample events: {folder / 'events'} is not there.",
            "Name a file of events with --events FILE, put some (JSON lines or CSV) into that folder, or let people "
            f"be made up: `sojourn simulate {shlex.quote(str(folder))} --people 1000`.",
        )
    from sojourn.interpreter.simulation.samples import SUFFIXES, event_files

    paths: list[Path] = []
    for path in files or [folder / "events"]:
        found = event_files(path) if path.is_dir() else [path]
        if not found:
            raise Failure(
                f"There are no events in {path}.", f"A file of events ends in {listed(SUFFIXES, 'or')}."
            )
        paths += found
    return paths


def missing(sentence: str) -> None:
    """Says that the files of a dataset are not there."""
    say(f"{sentence} The simulation goes on without it.")
