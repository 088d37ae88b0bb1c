"""Importing a dataset's CSV files: rows become updates of the profile (or events), through the same door as
everything else.

The same file twice changes nothing: a file whose bytes and mapping were imported before is known by their
hash, and a row that says the same as the dataset said of that person last is not stored again. A row that was
set aside and comes again is tried again: it comes in, or stays set aside once. Imports start no journeys
unless asked.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sojourn.dsl import checked
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.datasets import dataset_files, dataset_named, dataset_records, holds_events
from sojourn.interpreter.door.door import Door, Rejected
from sojourn.interpreter.door.sources import SourceError
from sojourn.interpreter.door.words import without_value
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.errors import explained
from sojourn.interpreter.runtime.receipts import Progress, Receipt
from sojourn.interpreter.runtime.writer import Writer

__all__ = ["ImportReport", "import_dataset"]

PAGE = 500


@dataclass(slots=True)
class ImportReport:
    """How many rows were read, and of how many people they were new, changed or unchanged; the rest is
    `rejected` (the first hundred are kept here, all of them in the table `rejected`; `kinds` counts all of them, by
    what is wrong whatever the value).
    """

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    files: list[str] = field(default_factory=list)
    reasons: list[Rejected] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)


def import_dataset(
    target: Engine | Writer,
    workspace: checked.Workspace,
    name: str,
    root: Path,
    files: Sequence[Path | str] | None = None,
    *,
    start_journeys: bool = False,
    on_progress: Callable[[ImportReport], None] | None = None,
) -> ImportReport:
    """Imports the files of a dataset, those given or those its own pattern finds below `root`.

    `target` is a running engine, or a writer on this thread. Raises LookupError for a dataset there is not,
    SourceError for files that
    cannot be read at all, StoreError when the store fails; what was imported until then stays, and the same
    import can be run again.
    """
    dataset = dataset_named(workspace, name)
    paths = dataset_files(dataset, root, files)
    one = _Import(target, workspace, dataset, start_journeys, on_progress)
    for path in paths:
        one.file(path)
    return one.report


class _Import:
    def __init__(
        self,
        target: Engine | Writer,
        workspace: checked.Workspace,
        dataset: checked.Dataset,
        start_journeys: bool,
        on_progress: Callable[[ImportReport], None] | None,
    ) -> None:
        self.report = ImportReport()
        self.target = target
        self.workspace = workspace
        self.dataset = dataset
        self.quiet = not start_journeys
        self.on_progress = on_progress
        self.door = Door(workspace)
        self.clock = target.clock
        self.store = target.store
        self.is_events = holds_events(dataset)
        self.set_aside: dict[str, list[int]] = {}
        """Rows of this dataset that were set aside before, by their text: a row that comes again replaces them."""

    def file(self, path: Path) -> None:
        """One file."""
        name, rows = self._known(path)
        self.report.files.append(str(path))
        if rows:
            self.report.read += rows
            self.report.unchanged += rows
            self._tell()
            return
        before = self.report.read
        self.set_aside.clear()
        for number, raw in self.store.reader_rows(
            "SELECT number, raw FROM rejected WHERE dataset = ?", (self.dataset.name,)
        ):
            self.set_aside.setdefault(raw, []).append(number)
        try:
            with contextlib.closing(self.store.reader()) as reader:
                page: list[Record | Rejected] = []
                items = dataset_records(
                    self.workspace, self.dataset, path, self.door, self.clock.now, self.quiet
                )
                for item in items:
                    page.append(item)
                    if len(page) >= PAGE:
                        self._take(reader, page, None)
                        page = []
                count = self.report.read + len(page) - before
                self._take(reader, page, Progress(name, count))
        except sqlite3.Error as error:
            raise explained(error, self.store.path) from error

    def _known(self, path: Path) -> tuple[str, int]:
        """The name under which the import of exactly this file is remembered, and its rows if it was done."""
        try:
            content = hashlib.blake2b(path.read_bytes(), digest_size=16)
        except FileNotFoundError:
            raise SourceError(f"There is no file {path}.") from None
        except OSError as error:
            raise SourceError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from None
        meaning = (
            self.dataset.columns,
            self.workspace.profile,
            self.quiet,
            self.is_events and self.workspace.events,
        )
        content.update(_meaning(meaning).encode())
        name = f"import {self.dataset.name} {content.hexdigest()}"
        rows = self.store.reader_rows("SELECT position FROM progress WHERE name = ?", (name,))
        return name, int(rows[0][0]) if rows else 0

    # ---------------------------------------------------------------- writing

    def _take(
        self, reader: sqlite3.Connection, page: Sequence[Record | Rejected], progress: Progress | None
    ) -> None:
        items: list[Record | Rejected] = []
        fresh: set[tuple[str, str]] = set()
        settled: list[int] = []
        for item in page:
            self.report.read += 1
            settled += self.set_aside.pop(item.raw, ())
            if isinstance(item, Rejected):
                self.report.rejected += 1
                self.report.kinds[without_value(item.reason)[0]] += 1
                if len(self.report.reasons) < 100:
                    self.report.reasons.append(item)
                items.append(item)
                continue
            person = self._owner(reader, item)
            claims = {
                (i.name, str(item.profile[i.name]))
                for i in self.workspace.identifiers
                if item.profile.get(i.name)
            }
            if not self.is_events:
                prefix = f"import:{self.dataset.name}:{item.id}:"
                if person is not None and self._said_last(reader, person).startswith(prefix):
                    self.report.unchanged += 1
                    continue
                item.id = f"{prefix}{item.received}"
            if person is None and not claims & fresh:
                self.report.new += 1
            else:
                self.report.changed += 1
            fresh |= claims
            items.append(item)
        if items or progress is not None:
            receipt = self._submit(items, progress)
            if receipt.duplicates:
                self.report.changed -= min(receipt.duplicates, self.report.changed)
                self.report.unchanged += receipt.duplicates
        if settled:
            self._forget(settled)
        self._tell()

    def _submit(self, items: Sequence[Record | Rejected], progress: Progress | None) -> Receipt:
        if isinstance(self.target, Engine):
            return self.target.submit(items, progress).result()
        return self.target.take([items], progress)[0]

    def _forget(self, numbers: Sequence[int]) -> None:
        """Takes rows off the list of what was set aside: they have come again, and have been dealt with."""
        if isinstance(self.target, Engine):
            self.target.call(partial(self.target.writer.drop_rejected, numbers)).result()
        else:
            self.target.drop_rejected(numbers)

    def _owner(self, reader: sqlite3.Connection, record: Record) -> int | None:
        for identifier in self.workspace.identifiers:
            value = record.profile.get(identifier.name)
            if value is not None:
                row = reader.execute(
                    "SELECT person FROM identifier WHERE namespace = ? AND value = ?",
                    (identifier.name, str(value)),
                ).fetchone()
                if row is not None:
                    return int(row[0])
        return None

    def _said_last(self, reader: sqlite3.Connection, person: int) -> str:
        """The id of the record by which this dataset last said something of a person."""
        row = reader.execute(
            "SELECT id FROM event WHERE person = ? AND dataset = ? AND event = '' "
            "ORDER BY number DESC LIMIT 1",
            (person, self.dataset.name),
        ).fetchone()
        return "" if row is None else str(row[0])

    def _tell(self) -> None:
        if self.on_progress is not None:
            self.on_progress(self.report)


def _meaning(value: object) -> str:
    """A text that is the same when the same is meant (places in files left out)."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{_meaning(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple):
        return "(" + ",".join(map(_meaning, value)) + ")"
    if isinstance(value, checked.Column):
        return repr((value.source, value.target, value.date_pattern, value.function))
    if isinstance(value, checked.Field):
        return repr((value.name, value.type, value.wire, value.required, value.identity, value.default))
    if isinstance(value, checked.Event):
        return value.name + _meaning(value.fields)
    return repr(value)
