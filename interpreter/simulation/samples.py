"""Where the records of a simulation come from: files of events, and the people of the datasets' CSV files."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path

from sojourn.dsl import checked
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.datasets import dataset_files, dataset_records, holds_events
from sojourn.interpreter.door.door import Door, Rejected
from sojourn.interpreter.door.sources import SourceError, open_file
from sojourn.interpreter.runtime.clock import FAR_AWAY

__all__ = ["SUFFIXES", "event_files", "people_of_datasets", "read_events"]

SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv")
"""How the names of files of events end."""

_EVERY = 2000
"""Records between two words about the progress."""


def event_files(folder: Path) -> list[Path]:
    """The files of events in a folder, by name; hidden ones are left out."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.name.startswith(".")
    )


def read_events(
    workspace: checked.Workspace,
    paths: Sequence[Path],
    on_progress: Callable[[int, int | None, str], None] | None = None,
) -> list[Record | Rejected]:
    """The records of files, in their order. A file that is called as a dataset is (`web.jsonl`) comes from it.

    A record that does not say when it happened counts as happening together with the latest one before it.
    `on_progress` is told the bytes that were read of a file, its bytes in all (None for a pipe), and its name.
    Raises SourceError for a file that cannot be read at all.
    """
    door = Door(workspace)
    records: list[Record | Rejected] = []
    latest = 0
    for path in paths:
        dataset = path.stem if path.stem in workspace.datasets else ""
        with contextlib.closing(open_file(path, door, lambda: FAR_AWAY, dataset)) as reading:
            for item in reading:
                if isinstance(item, Record):
                    if item.at < FAR_AWAY:
                        latest = max(latest, item.at)
                    elif latest:
                        item.at = item.received = latest
                    else:
                        reason = "The record does not say when it happened, nor does one before it."
                        item = Rejected(item.raw, reason, "time", 0, dataset)
                records.append(item)
                if on_progress is not None and not len(records) % _EVERY:
                    on_progress(reading.done, reading.size, path.name)
    return records


def people_of_datasets(
    workspace: checked.Workspace,
    root: Path,
    events: Sequence[Record | Rejected],
    on_missing: Callable[[str], None] | None = None,
) -> list[Record | Rejected]:
    """The rows of every dataset that reads people from CSV, as known when the first event happens.

    They start no journeys. A dataset whose files are not there is left out, and `on_missing` is told so in a
    sentence.
    """
    first = min((event.at for event in events if isinstance(event, Record)), default=0)
    door = Door(workspace)
    records: list[Record | Rejected] = []
    for dataset in workspace.datasets.values():
        if dataset.source != "csv" or not dataset.location or holds_events(dataset):
            continue
        try:
            paths = dataset_files(dataset, root)
        except SourceError as error:
            if on_missing is not None:
                on_missing(str(error))
            continue
        for path in paths:
            for item in dataset_records(workspace, dataset, path, door, lambda: first):
                if isinstance(item, Record):
                    item.id = f"{dataset.name} {item.id}"
                records.append(item)
    return records
