"""Records from files and pipes: JSON lines, a JSON array, or CSV.

Whatever a line holds, something comes of it: a `Record`, or a `Rejected` with the reason. Only a file that
cannot be read at all
raises `SourceError`. `done` tells how many bytes have been read up to the end of the record that was handed
out last: it
is where a later reading of the same file can go on.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import orjson

from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import LARGEST_RECORD, Rejected

__all__ = ["CsvRows", "Reader", "Reading", "Row", "SourceError", "open_file", "open_stream"]

_BOM = b"\xef\xbb\xbf"
_NOT_TEXT = (b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04", b"\x1f\x8b")


class SourceError(Exception):
    """A file that cannot be read at all. The text is a sentence for whoever named it."""


class Reader(Protocol):
    """What makes records of raw text: a `Door`, or whichever door a running engine has at the moment."""

    def read(self, raw: bytes | str, received: int, dataset: str = "") -> Record | Rejected:
        """One record from its JSON."""
        ...

    def read_object(self, obj: Any, received: int, raw: str = "", dataset: str = "") -> Record | Rejected:
        """One record from an object that is decoded already."""
        ...

    def read_row(
        self, row: Mapping[str, str], received: int, raw: str, dataset: str = ""
    ) -> Record | Rejected:
        """One record from a row of a CSV file."""
        ...


class Reading:
    """An iterator over the records of one file. `size` is its length in bytes, None for a pipe."""

    def __init__(
        self,
        stream: BinaryIO,
        door: Reader,
        received: Callable[[], int],
        dataset: str,
        kind: str,
        size: int | None,
        offset: int,
    ) -> None:
        self.size = size
        self.done = offset
        self._stream = stream
        self._door = door
        self._received = received
        self._dataset = dataset
        self._offset = offset
        self._items = self._csv() if kind == "csv" else self._lines()

    def __iter__(self) -> Iterator[Record | Rejected]:
        return self._items

    def __next__(self) -> Record | Rejected:
        return next(self._items)

    def close(self) -> None:
        """Closes the file."""
        self._stream.close()

    def _lines(self) -> Iterator[Record | Rejected]:
        read, dataset, received = self._door.read, self._dataset, self._received
        if self._offset:
            self._stream.seek(self._offset)
        done, first = self._offset, not self._offset
        for line, length in _limited_lines(self._stream):
            done += length
            if first:
                line, first = line.removeprefix(_BOM), False
                if line.lstrip()[:1] == b"[" and not _is_whole_array_line(line):
                    yield from self._array(line)
                    return
            if line.isspace() or not line:
                self.done = done
                continue
            self.done = done
            yield read(line.rstrip(b"\r\n"), received(), dataset)

    def _array(self, first: bytes) -> Iterator[Record | Rejected]:
        """The file is one JSON array of records."""
        whole = first + self._stream.read()
        try:
            items = orjson.loads(whole)
        except orjson.JSONDecodeError as error:
            self.done = len(whole)
            raw = whole[:LARGEST_RECORD].decode("utf-8", "backslashreplace")
            reason = f"The list of records is not JSON: {error.msg} at character {error.pos + 1}."
            yield Rejected(raw, reason, "", self._received(), self._dataset)
            return
        for number, item in enumerate(items, 1):
            # No later reading can go on in the middle of a list: it begins again, and knows by their ids
            # what came before.
            self.done = len(whole) if number == len(items) else 0
            yield self._door.read_object(item, self._received(), orjson.dumps(item).decode(), self._dataset)

    def _csv(self) -> Iterator[Record | Rejected]:
        rows = CsvRows(self._stream)
        for row in rows:
            self.done = rows.done
            if rows.done <= self._offset:
                continue
            problem = row.problem
            if not problem and rows.twice:
                problem = f"The first line names the column “{min(rows.twice)}” twice."
            if problem:
                yield Rejected(row.raw, problem, "", self._received(), self._dataset, rows.header)
                continue
            read = self._door.read_row(row.cells, self._received(), row.raw, self._dataset)
            yield replace(read, header=rows.header) if isinstance(read, Rejected) else read


def open_file(
    path: Path | str, door: Reader, received: Callable[[], int], dataset: str = "", offset: int = 0
) -> Reading:
    """The records of a file: CSV when its name ends in .csv or .tsv, JSON otherwise; "-" is the standard
    input.

    `received` gives the instant at which a record counts as received. `offset` goes on where an earlier
    reading's `done`
    stood. Raises SourceError.
    """
    if str(path) == "-":
        return open_stream(_standard_input(), door, received, dataset)
    path = Path(path)
    stream = _opened(path)
    try:
        if not path.is_file():
            return open_stream(stream, door, received, dataset)
        size = os.fstat(stream.fileno()).st_size
        if offset > size:
            raise SourceError(
                f"{path} is shorter ({size:,} bytes) than what was already read of it ({offset:,} bytes)."
            )
        kind = "csv" if path.suffix.lower() in (".csv", ".tsv") else "json"
        return Reading(stream, door, received, dataset, kind, size, offset)
    except BaseException:
        stream.close()
        raise


def open_stream(
    stream: BinaryIO, door: Reader, received: Callable[[], int], dataset: str = "", kind: str = "json"
) -> Reading:
    """The records of a pipe or an open file, "json" or "csv"."""
    return Reading(stream, door, received, dataset, kind, None, 0)


def _standard_input() -> BinaryIO:
    """The standard input under a handle of its own: a thread may still wait for it while Python ends."""
    try:
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    except (OSError, ValueError):  # it is no real file: a test's, or closed
        return sys.stdin.buffer


def _opened(path: Path) -> BinaryIO:
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        raise SourceError(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise SourceError(f"{path} is a folder, not a file.") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from None
    if stream.seekable():
        start = stream.read(4)
        stream.seek(0)
        if start.startswith(_NOT_TEXT):
            stream.close()
            what = "UTF-16 text" if start[:2] in _NOT_TEXT[:2] else "a compressed file or a spreadsheet"
            raise SourceError(f"{path} is {what}: save it as UTF-8 text (CSV or JSON lines).")
    return stream


def _limited_lines(stream: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Lines with their lengths; of a line longer than a record may be, the beginning is kept."""
    limit = LARGEST_RECORD + 2
    readline = stream.readline
    while line := readline(limit):
        length = len(line)
        if length == limit and not line.endswith(b"\n"):
            while more := readline(limit):
                length += len(more)
                if more.endswith(b"\n"):
                    break
        yield line, length


def _is_whole_array_line(line: bytes) -> bool:
    """`[]` alone on a line of JSON lines is a wrong record, not the beginning of a list."""
    return line.strip() == b"[]"


# --------------------------------------------------------------------- CSV


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `cells` by column, or the `problem` that makes it unreadable. `number` counts lines from 1."""

    cells: dict[str, str]
    raw: str
    number: int
    problem: str = ""


class CsvRows:
    """The rows of a CSV file: UTF-8 with or without a byte order mark; commas, semicolons, tabs or bars
    between
    cells. `columns` are known after the first row was asked for; `done` is the number of bytes read.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.columns: list[str] = []
        self.twice: frozenset[str] = frozenset()
        """Columns that the first line names twice: nobody can tell which of them counts."""
        self.header = ""
        """The first line, as it is."""
        self.done = 0
        self._stream = stream
        self._raw: list[bytes] = []
        self._bad = False
        self._number = 0

    def _texts(self) -> Iterator[str]:
        for line in self._stream:
            self.done += len(line)
            self._number += 1
            if self._number == 1:
                line = line.removeprefix(_BOM)
            self._raw.append(line)
            try:
                yield line.decode()
            except UnicodeDecodeError:
                self._bad = True
                yield line.decode("utf-8", "backslashreplace")

    def __iter__(self) -> Iterator[Row]:
        texts = self._texts()
        header = next((text for text in texts if text.strip()), None)
        if header is None:
            return
        delimiter = max(",;\t|", key=header.count)
        self.header = header.rstrip("\r\n")
        no_header = ""
        try:
            names = next(csv.reader([header], delimiter=delimiter, skipinitialspace=True))
            self.columns = [name.strip() for name in names]
        except csv.Error as error:
            no_header = f"The first line, which names the columns, is not CSV: {error}."
        self.twice = frozenset(name for name in self.columns if name and self.columns.count(name) > 1)
        bad_header = self._bad
        reader = csv.reader(texts, delimiter=delimiter, strict=True)
        wide = len(self.columns)
        while True:
            self._raw.clear()
            self._bad = False
            number = self._number + 1
            problem = ""
            cells: list[str] = []
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                problem = f"Line {number} is not CSV: {error}."
            raw = b"".join(self._raw).decode("utf-8", "backslashreplace").rstrip("\r\n")
            if not problem and not any(cells):
                continue
            if problem or no_header:
                problem = no_header or problem
            elif self._bad or bad_header:
                problem = "The text is not UTF-8 (Windows-1252 or Latin-1?): save the file as UTF-8."
            elif len(cells) != wide:
                problem = f"The row has {len(cells)} cells where the first line names {wide} columns."
            yield Row(dict(zip(self.columns, cells, strict=False)), raw, number, problem)
