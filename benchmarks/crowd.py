"""The shop's six weeks for as many people as a row needs.

The sample events of the workspace are lived by its people up to a point: that gives one small store. The
people in it are then copied, under other identifiers, into a store of the size that is asked for; and what
the sample events bring after that point, for several copies at once, is the stream that is timed. Whoever is
in the stream stands anywhere in the store, between people who are quiet.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks import ROOT
from benchmarks.measure import Bench
from sojourn.dsl.values import DAY, parse_instant
from sojourn.dsl.workspace import compile_folder
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.feed import feed, open_where_it_stopped
from sojourn.interpreter.runtime.receipts import Receipt
from sojourn.interpreter.runtime.store import Store

__all__ = ["SHOP", "Crowd", "crowd", "live", "program_of"]

SHOP = ROOT / "examples" / "shop"

_QUIET = 3650 * DAY
"""By how much later nothing is due for the quiet ones."""


def program_of(folder: Path) -> Program:
    """The workspace of a folder, ready to run."""
    compiled = compile_folder(folder)
    if compiled.workspace is None:
        raise SystemExit(f"The workspace {folder} has mistakes: `sojourn check` shows them.")
    return compile_program(compiled.workspace)


@dataclass(frozen=True, slots=True)
class Crowd:
    """A file of events, and the store of one copy of the people before them. `copies` of each person live
    the events, in `people` people in all.
    """

    program: Program
    seed: Path
    events: Path
    count: int
    people: int
    copies: int

    def store(self, path: Path, people: int, bench: Bench) -> int:
        """Makes a store of at least `people` people; returns how many there are."""
        return _Copier(self, path, people).copy(bench)


def live(store: Path, program: Program, events: Path) -> Receipt:
    """Takes a file of events in, durably, from where it stopped: what `sojourn run --clock events` does."""
    with Store.open(store) as opened:
        engine = Engine(opened, program, EventClock(opened.last_received()))
        engine.start()
        try:
            reading, name = open_where_it_stopped(engine, events)
            receipt = feed(engine, reading, name)
        finally:
            engine.stop()
        if engine.problem or engine.writer.refused_keys:
            raise RuntimeError(
                engine.problem or f"{engine.writer.refused_keys} messages had the key of another"
            )
        return receipt


def crowd(bench: Bench, folder: Path = SHOP) -> Crowd:
    """The events of a workspace for about `bench.sizes.people` people, some `bench.sizes.events` of them."""
    program = program_of(folder)
    sample = _sample(folder)
    names = _identifiers(program)
    known = {(name, obj["profile"][name]) for obj in sample for name in names if name in obj["profile"]}
    strongest = max(names, key=lambda name: sum(namespace == name for namespace, _ in known))
    people = sum(namespace == strongest for namespace, _ in known)
    copies = max(1, round(bench.sizes.people / people), -(-bench.sizes.events // (len(sample) // 2)))
    timed = min(len(sample) // 2, bench.sizes.events // copies)
    before, after = sample[:-timed], sample[-timed:]
    bench.say(f"one of each of the people, {len(before):,} events")
    lived, events, seed = (bench.folder / name for name in ("lived.jsonl", "events.jsonl", "seed.db"))
    lived.write_bytes(b"".join(orjson.dumps(obj) + b"\n" for obj in before))
    live(seed, program, lived)
    with events.open("wb") as out:
        for obj in after:
            for copy in range(copies):
                out.write(orjson.dumps(_as_copy(obj, names, str(copy))) + b"\n")
    return Crowd(program, seed, events, timed * copies, bench.sizes.people, copies)


def _sample(folder: Path) -> list[dict[str, Any]]:
    """The sample events of a workspace in the order of their times, each with an id. What is broken in them
    (samples have such lines, too) is left out.
    """
    found: list[dict[str, Any]] = []
    for path in sorted((folder / "events").glob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            try:
                obj = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue
            if "profile" in obj and "time" in obj:
                obj.setdefault("id", f"{path.stem}-{len(found)}")
                found.append(obj)
    if not found:
        raise SystemExit(f"{folder / 'events'} has no sample events (*.jsonl).")
    found.sort(key=lambda obj: parse_instant(obj["time"]))
    return found


def _identifiers(program: Program) -> list[str]:
    """The names of the identifiers on the wire."""
    profile = program.workspace.profile
    return [profile[identifier.name].wire for identifier in program.workspace.identifiers]


def _named(value: str, copy: str) -> str:
    """An identifier of a copy: `ada+3@example.com`, `d-17+3`."""
    front, at, domain = value.partition("@")
    return f"{front}+{copy}{at}{domain}"


def _as_copy(obj: dict[str, Any], names: list[str], copy: str) -> dict[str, Any]:
    profile = dict(obj["profile"])
    for name in names:
        if profile.get(name):
            profile[name] = _named(str(profile[name]), copy)
    return {**obj, "id": f"{obj['id']}+{copy}", "profile": profile}


class _Copier:
    """Copies the people of the seed, row by row, into a store that is made for them."""

    def __init__(self, crowd: Crowd, path: Path, people: int) -> None:
        self.crowd = crowd
        self.path = path
        with sqlite3.connect(f"file:{crowd.seed}?mode=ro", uri=True) as seed:
            self.rows: dict[str, list[dict[str, Any]]] = {}
            for table in ("person", "identifier", "event", "timer", "activity", "outbox", "tally"):
                found = seed.execute(f"SELECT * FROM {table}")
                names = [column[0] for column in found.description]
                self.rows[table] = [dict(zip(names, row, strict=True)) for row in found]
            self.last = seed.execute("SELECT max(number) FROM person").fetchone()[0]
        seed.close()
        self.blocks = max(crowd.copies, -(-people // len(self.rows["person"])))
        self.places = self._places()

    def _places(self) -> dict[int, dict[int, str]]:
        """Of each person: block -> what the copy in it is called. The living ones stand anywhere."""
        rng = random.Random(7)
        copies, blocks = self.crowd.copies, self.blocks
        places = {}
        for number in (row["number"] for row in self.rows["person"]):
            chosen = rng.sample(range(blocks), copies)
            places[number] = {block: str(copy) for copy, block in enumerate(chosen)}
        return places

    def copy(self, bench: Bench) -> int:
        with Store.open(self.path) as store:
            connection = store.connection
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("BEGIN")
            people = self._people()
            for block in range(self.blocks):
                if not block % 50:
                    done = block * len(self.rows["person"])
                    bench.say(f"a store of {self.blocks * len(self.rows['person']):,} people: {done:,}")
                    connection.execute("COMMIT")
                    connection.execute("BEGIN")
                self._block(connection, block, people)
            self._timers(connection)
            _insert(connection, "tally", self.rows["tally"])
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return self.blocks * len(self.rows["person"])

    def _people(self) -> dict[int, tuple[str, list[tuple[str, str]]]]:
        """Number -> the key, and the identifiers."""
        found: dict[int, tuple[str, list[tuple[str, str]]]] = {}
        for row in self.rows["person"]:
            found[row["number"]] = (orjson.loads(row["document"])["key"], [])
        for row in self.rows["identifier"]:
            found[row["person"]][1].append((row["namespace"], row["value"]))
        return found

    def _called(self, number: int, block: int) -> str:
        return self.places[number].get(block) or f"q{block}"

    def _block(
        self, connection: sqlite3.Connection, block: int, people: dict[int, tuple[str, list[tuple[str, str]]]]
    ) -> None:
        shift = block * self.last
        renamings = {}
        for number, (key, identifiers) in people.items():
            called = self._called(number, block)
            pairs = []
            for _, value in identifiers:
                new = _named(value, called)
                pairs += [(f'"{value}"', f'"{new}"'), (f':{value}"', f':{new}"')]
            namespace, _, value = key.partition(":")
            pairs.append((_short(key), _short(f"{namespace}:{_named(value, called)}")))
            renamings[number] = pairs

        def renamed(text: str, number: int) -> str:
            for old, new in renamings[number]:
                if old in text:
                    text = text.replace(old, new)
            return text

        def copied(table: str, owner: str, *texts: str, **others: Any) -> Iterator[dict[str, Any]]:
            """The rows of a table as this copy's: `texts` are the columns in which identifiers stand."""
            for row in self.rows[table]:
                number = row[owner]
                new = {column: renamed(row[column], number) for column in texts}
                new |= {column: change(row[column]) for column, change in others.items()}
                yield {**row, **new, owner: number + shift}

        def later(table: str) -> Any:
            """Numbers go on where those of the copy before ended."""
            behind = block * len(self.rows[table])
            return lambda number: number + behind

        _insert(connection, "person", copied("person", "number", "document"))
        named = (
            {
                **row,
                "value": _named(row["value"], self._called(row["person"], block)),
                "person": row["person"] + shift,
            }
            for row in self.rows["identifier"]
        )
        _insert(connection, "identifier", named)
        events = copied(
            "event", "person", "profile", "raw", number=later("event"), id=lambda id: f"{block:07}-{id}"
        )
        _insert(connection, "event", events)
        _insert(
            connection, "activity", copied("activity", "person", "run", "detail", number=later("activity"))
        )
        _insert(connection, "outbox", copied("outbox", "person", "key", "run", number=lambda number: None))

    def _timers(self, connection: sqlite3.Connection) -> None:
        """In the order in which they are due: first those of the living, then the others'."""

        def rows() -> Iterator[tuple[int, int]]:
            for living in (True, False):
                for row in self.rows["timer"]:
                    due, number = row["due"], row["person"]
                    for block in range(self.blocks):
                        if (block in self.places[number]) is living:
                            yield due + (0 if living else _QUIET), number + block * self.last

        connection.executemany("INSERT INTO timer (due, person) VALUES (?, ?)", rows())


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[dict[str, Any]]) -> None:
    """Puts rows into a table, whatever its columns are."""
    waiting = iter(rows)
    first = next(waiting, None)
    if first is None:
        return
    columns = list(first)
    marks = ", ".join("?" * len(columns))
    connection.executemany(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",
        ([row[column] for column in columns] for row in itertools.chain([first], waiting)),
    )


def _short(key: str) -> str:
    """How a person's key stands in the ids of their runs."""
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()
