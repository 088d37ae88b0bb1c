"""Where the records of a simulation come from: files of events, and the people of the datasets' CSV files."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from sojourn.cli.exits import say
from sojourn.cli.progress import Progress
from sojourn.dsl import checked
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.datasets import dataset_files, dataset_records, holds_events
from sojourn.interpreter.door import Door, Rejected
from sojourn.interpreter.runtime.clock import FAR_AWAY
from sojourn.interpreter.sources import SourceError, open_file

__all__ = ["people_of_datasets", "read_events"]

_EVERY = 2000
"""Records between two looks at the progress."""


def read_events(
    workspace: checked.Workspace, paths: Sequence[Path], progress: Progress
) -> list[Record | Rejected]:
    """The records of files, in their order. A file that is called as a dataset is (`web.jsonl`)
    comes from it.

    A record that does not say when it happened counts as happening together with the latest one
    before it. Raises SourceError for a file that cannot be read at all.
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
                if not len(records) % _EVERY:
                    progress.at(reading.done, reading.size, path.name)
    return records


def people_of_datasets(
    workspace: checked.Workspace, root: Path, events: Sequence[Record | Rejected], progress: Progress
) -> list[Record | Rejected]:
    """The rows of every dataset that reads people from CSV, as known when the first event happens.

    They start no journeys. A dataset whose files are not there is left out, and that is said.
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
            say(f"{error} The simulation goes on without it.")
            continue
        progress.now(f"reading {dataset.name}")
        for path in paths:
            for item in dataset_records(workspace, dataset, path, door, lambda: first):
                if isinstance(item, Record):
                    item.id = f"{dataset.name} {item.id}"
                records.append(item)
                if not len(records) % _EVERY:
                    progress.at(len(records), None, f"{len(records):,} rows")
    return records
