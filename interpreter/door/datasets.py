"""The files of a dataset, read by the mapping in the language: each row becomes a record.

What comes of a row is a `Record` that updates the profile (or an event, where the dataset holds
events as they come over the wire), or a `Rejected` with the reason. The importer writes them to a
store, the simulator plays them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import glob
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from sojourn.dsl import checked
from sojourn.dsl.check.report import nearest
from sojourn.dsl.types import Type
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door, Rejected
from sojourn.interpreter.door.sources import CsvRows, SourceError, open_file, open_stream

__all__ = ["dataset_files", "dataset_named", "dataset_records", "holds_events", "read_again"]


def dataset_named(workspace: checked.Workspace, name: str) -> checked.Dataset:
    """The dataset of that name. Raises LookupError, with the nearest name, when there is none."""
    dataset = workspace.datasets.get(name)
    if dataset is None:
        close = nearest(name, workspace.datasets)
        hint = f" Did you mean “{close[0]}”?" if close else ""
        raise LookupError(f"There is no dataset “{name}”.{hint}")
    return dataset


def dataset_files(
    dataset: checked.Dataset, root: Path, files: Sequence[Path | str] | None = None
) -> list[Path]:
    """The files given, or those that the dataset's own pattern finds below `root`, in order.

    Raises SourceError when there are none.
    """
    if files:
        return [Path(path) for path in files]
    if dataset.source != "csv" or not dataset.location:
        raise SourceError(f"The dataset {dataset.name} comes by {dataset.source}: name the files to import.")
    found = [Path(path) for path in sorted(glob.glob(str(root / dataset.location), recursive=True))]
    if not found:
        raise SourceError(
            f"The dataset {dataset.name} has no files: nothing matches {root / dataset.location}."
        )
    return found


def holds_events(dataset: checked.Dataset) -> bool:
    """Whether the rows of its files are events, written as on the wire, and not people."""
    return bool(dataset.holds) and "profile" not in dataset.holds and not dataset.columns


def dataset_records(
    workspace: checked.Workspace,
    dataset: checked.Dataset,
    path: Path,
    door: Door,
    received: Callable[[], int],
    quiet: bool = True,
) -> Iterator[Record | Rejected]:
    """The rows of one file. `received` gives the instant at which each counts as received, `quiet`
    records start no journeys. The id of a person's row is the hash of what it says.

    Raises SourceError for a file that cannot be read at all, and for one without the mapping's columns.
    """
    if holds_events(dataset):
        with contextlib.closing(open_file(path, door, received, dataset.name)) as reading:
            for item in reading:
                if isinstance(item, Record):
                    item.quiet = quiet
                    yield item
                else:
                    yield replace(item, quiet=quiet)
        return
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        raise SourceError(f"There is no file {path}.") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from None
    with stream:
        if stream.read(2) in (b"\xff\xfe", b"\xfe\xff"):
            raise SourceError(f"{path} is UTF-16 text: save it as “CSV UTF-8”.")
        stream.seek(0)
        rows = CsvRows(stream)
        columns: tuple[checked.Column, ...] | None = None
        for row in rows:
            if columns is None:
                columns = _columns(workspace, dataset, path, rows.columns)
                _once(path, rows, columns)
            now = received()
            if row.problem:
                yield Rejected(row.raw, row.problem, "", now, dataset.name, rows.header, True, quiet)
                continue
            record = _record(workspace, dataset, row.cells, columns, row.raw, door, now)
            if isinstance(record, Record):
                record.quiet = quiet
                yield record
            else:
                yield replace(record, header=rows.header, mapped=True, quiet=quiet)


def read_again(workspace: checked.Workspace, door: Door, rejected: Rejected) -> Record | Rejected:
    """A row of a CSV file that was set aside, read once more. A person's row has the id by which an import knows it."""
    if not rejected.mapped:
        text = f"{rejected.header}\n{rejected.raw}\n".encode()
        for item in open_stream(io.BytesIO(text), door, lambda: rejected.received, rejected.dataset, "csv"):
            if isinstance(item, Record):
                item.quiet = rejected.quiet
            return item
        return rejected
    dataset = workspace.datasets.get(rejected.dataset)
    if dataset is None:
        return rejected
    rows = CsvRows(io.BytesIO(f"{rejected.header}\n{rejected.raw}\n".encode()))
    for row in rows:
        if row.problem:
            return rejected
        try:
            columns = _columns(workspace, dataset, Path(f"The file of {dataset.name}"), rows.columns)
        except SourceError:
            return rejected
        found = _record(workspace, dataset, row.cells, columns, row.raw, door, rejected.received)
        if isinstance(found, Record):
            found.quiet = rejected.quiet
            found.id = f"import:{dataset.name}:{found.id}:{found.received}"
        return found
    return rejected


def _columns(
    workspace: checked.Workspace, dataset: checked.Dataset, path: Path, found: Sequence[str]
) -> tuple[checked.Column, ...]:
    """The mapping of the dataset; without one, the columns that are called as profile fields are."""
    columns = dataset.columns
    if not columns:
        profile = workspace.profile
        wires = {f.wire: name for name, f in profile.items()} | {name: name for name in profile}
        columns = tuple(checked.Column(name, wires[name]) for name in found if name in wires)
        if not columns:
            raise SourceError(
                f"{path}: no column is called as a field of the profile is. There are {_listed(found)}."
            )
    missing = [column.source for column in columns if column.source not in found]
    if missing:
        close = nearest(missing[0], found)
        hint = f" Did you mean “{close[0]}”?" if close else ""
        raise SourceError(f"{path} has no column “{missing[0]}”; there are {_listed(found)}.{hint}")
    return columns


def _once(path: Path, rows: CsvRows, columns: Sequence[checked.Column]) -> None:
    """Raises SourceError where a column that is mapped is there twice."""
    twice = next((column.source for column in columns if column.source in rows.twice), None)
    if twice is not None:
        raise SourceError(f"{path} has two columns “{twice}”: give one of them another name.")


def _record(
    workspace: checked.Workspace,
    dataset: checked.Dataset,
    cells: Mapping[str, str],
    columns: Sequence[checked.Column],
    raw: str,
    door: Door,
    now: int,
) -> Record | Rejected:
    profile: dict[str, Any] = {}
    for column in columns:
        cell = cells.get(column.source, "").strip()
        if not cell:
            continue
        type, wire = _declared(workspace, column.target)
        if column.function == "lower":
            cell = cell.lower()
        elif column.function == "upper":
            cell = cell.upper()
        value: Any = cell
        if column.date_pattern:
            try:
                moment = dt.datetime.strptime(cell, column.date_pattern)
            except ValueError:
                written = _in_letters(column.date_pattern)
                reason = f"“{column.source}” must be a date written {written}, not “{cell[:60]}”."
                return Rejected(raw, reason, column.source, now, dataset.name)
            value = moment.date().isoformat() if type.kind == "date" else moment.isoformat() + "Z"
        elif type.kind == "list":
            value = [part.strip() for part in cell.replace(";", ",").split(",") if part.strip()]
        inside = profile
        for part in wire[:-1]:
            inside = inside.setdefault(part, {})
        inside[wire[-1]] = value
    read = door.read_object({"id": "-", "profile": profile}, now, raw, dataset.name)
    if isinstance(read, Rejected):
        return read
    content = orjson.dumps(read.profile, option=orjson.OPT_SORT_KEYS)
    read.id = hashlib.blake2b(content, digest_size=12).hexdigest()
    return read


def _declared(workspace: checked.Workspace, target: str) -> tuple[Type, list[str]]:
    """The type of a field, or of a part of one, and its way on the wire."""
    declared = workspace.profile.get(target)
    if declared is not None:
        return declared.type, [declared.wire]
    first, *parts = target.split(".")
    field = workspace.profile[first]
    wire = [field.wire]
    for part in parts:
        field = workspace.schemas[field.type.name].fields[part]
        wire.append(field.wire)
    return field.type, wire


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names[:20]) or "none"


_LETTERS = {"%d": "DD", "%m": "MM", "%Y": "YYYY", "%y": "YY", "%H": "hh", "%M": "mm", "%S": "ss"}


def _in_letters(pattern: str) -> str:
    """A date's pattern as an author writes it: `DD.MM.YYYY`."""
    for sign, letters in _LETTERS.items():
        pattern = pattern.replace(sign, letters)
    return pattern
