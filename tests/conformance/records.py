"""Cases that a `test` block cannot tell: several people, records from datasets, late ones, edits and words by hand.

A .people file has a workspace, a line of dashes, and cases: a name, then what happens line by line.

    2026-03-02 10:00 ada visit {"page": "/a"}                  an event of ada@example.com, with what it says
    2026-03-02 10:00 #d1 visit                                 an event of whoever has the device_id d1
    2026-03-02 10:00 ada #d1 visit                             one that carries both identifiers
    2026-03-02 10:00 ada crm: {"first_name": "Ada"}            what the dataset crm says of her
    2026-03-02 10:00 ada visit happened 2026-03-01 9:00        one that comes late
    2026-03-02 10:00 ada visit id e1                           one with an id of its own
    2026-03-02 10:00 everybody sale {"shop": "Paris"}          an event about the business
    2026-03-02 10:00 twice ada visit id e1                     one that has come before
    2026-03-02 10:00 ! ada crm: {"country": "Utopia"}          a record that is set aside
    2026-03-02 10:00                                           time passes
    2026-03-02 10:00 @ pause welcome                           by hand: pause, drop, resume, close, stop
    2026-03-02 10:00 @ edit wait 1 hour => wait 2 hours        `sojourn run` with that text; `move` for `deploy --move`
    = ada                                                      and what is expected of ada now, as in a test
      first_name is "Ada"
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sojourn.dsl import checked as c
from sojourn.dsl.values import UTC, instant_to_iso, parse_instant
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door, Rejected
from tests.conformance.playing import Live, Obvious, Played, Simulated, Way, judged

HERE = Path(__file__).parent
_WHEN = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d?:\d\d(?::\d\d)?)(?: +(.*))?$")


@dataclass(frozen=True)
class Case:
    """A case of a file, its lines as they stand there."""

    path: Path
    name: str
    lines: tuple[str, ...]

    @property
    def id(self) -> str:
        """As it stands in oracle_does_not_know.txt."""
        return f"{self.path.parent.name}/{self.path.stem}: {self.name}"

    @property
    def is_live_alone(self) -> bool:
        """Whether only a live engine can be told what happens: edits, and words by hand."""
        return any("@" in line.split() for line in self.lines)

    @property
    def is_in_time(self) -> bool:
        """Whether every record comes when it happens: a simulation knows no other."""
        return not any(" happened " in line for line in self.lines)


def cases(path: Path) -> list[Case]:
    """The cases of a file."""
    _, told = path.read_text().split("\n----\n")
    blocks = [block.splitlines() for block in told.strip().split("\n\n")]
    return [Case(path, name, tuple(lines)) for name, *lines in blocks]


def _expected(case: Case) -> Iterator[tuple[int, str, list[str]]]:
    """(line, who, what is expected of them) for every block of expectations."""
    for number, line in enumerate(case.lines):
        if line.startswith("= "):
            lines = []
            for below in case.lines[number + 1 :]:
                if not below.startswith("  "):
                    break
                lines.append(below.strip())
            yield number, line[2:].strip(), lines


@cache
def program_of(path: Path, edits: tuple[tuple[str, str], ...] = ()) -> Program:
    """The program of a file, with what is expected in its cases as tests; perhaps edited."""
    text, _ = path.read_text().split("\n----\n")
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    for case in cases(path):
        for number, _, lines in _expected(case):
            expects = "".join(f"  expect {line}\n" for line in lines)
            text += f'\n\ntest "{case.name}, {number}"\n  at 2026-01-01 0:00\n{expects}'
    texts = {path.with_suffix(".journey").name: text}
    compiled = compile_texts(texts, HERE)
    errors = [f"{d.code} {d.facts} {text.splitlines()[d.span.line - 1]}" for d in compiled.diagnostics]
    assert compiled.workspace is not None, errors
    return compile_program(compiled.workspace)


def play_live(case: Case, path: Path) -> Played:
    """Live, over a store at that path."""
    live = Live(program_of(case.path), path)
    try:
        return Played(_play(case, live), live.told())
    finally:
        live.store.close()


def play_simulated(case: Case) -> Played:
    """By the simulator."""
    simulated = Simulated(program_of(case.path))
    return Played(_play(case, simulated), simulated.told())


def play_by_oracle(case: Case) -> Played:
    """By the oracle; it raises anything where it does not know a construct."""
    obvious = Obvious(program_of(case.path).workspace)
    return Played(_play(case, obvious), obvious.told())


def _play(case: Case, way: Way) -> list[str]:
    program = program_of(case.path)
    door = Door(program.workspace)
    edits: tuple[tuple[str, str], ...] = ()
    tests = {test.name: test for test in program.workspace.tests}
    failures: list[str] = []
    now = 0
    for number, line in enumerate(case.lines):
        if line.startswith("= "):
            (way.whom,) = _identifier(line[2:].strip()).items()
            items = tests[f"{case.name}, {number}"].items
            expectations = [item for item in items if isinstance(item, c.Expectation)]
            failures += [f"{line}: {found}" for found in judged(expectations, way, now, UTC)]
            continue
        if line.startswith("  "):
            continue
        found = _WHEN.match(line)
        assert found, f"{case.id}: what is {line!r}?"
        now = parse_instant(f"{found[1]}T{found[2]:0>5}Z")
        way.time(now)
        rest = (found[3] or "").strip()
        if rest.startswith("@"):
            word, _, what = rest[1:].strip().partition(" ")
            assert isinstance(way, Live)
            if word in ("edit", "move"):
                old, new = what.split(" => ")
                edits += ((old, new),)
                way.use(program_of(case.path, edits), move=word == "move")
            else:
                way.by_hand(what, word)
        elif rest:
            refused, twice = rest.startswith("!"), rest.startswith("twice ")
            rest = rest.removeprefix("twice ")
            item = _record(door, rest.lstrip("! "), now, number)
            if isinstance(item, Rejected) or (refused and not isinstance(way, Live)):
                assert refused, f"{case.id}: {line!r} is set aside: {item}"
            elif refused:
                assert isinstance(way, Live) and way.refuses(item), f"{case.id}: {line!r} is not set aside"
            elif twice and isinstance(way, Live):
                assert way.knows(item), f"{case.id}: {line!r} is taken in twice"
            else:
                way.take(item, now)
    return failures


def _identifier(who: str) -> dict[str, str]:
    return {"device_id": who[1:]} if who.startswith("#") else {"email": f"{who}@example.com"}


def _record(door: Door, said: str, now: int, number: int) -> Record | Rejected:
    wire: dict[str, Any] = {"id": f"r{number}", "time": instant_to_iso(now)}
    who, _, rest = said.partition(" ")
    if who != "everybody":
        wire["profile"] = _identifier(who)
        while rest.startswith("#"):
            who, _, rest = rest.partition(" ")
            wire["profile"] |= _identifier(who)
    if found := re.search(r" id (\S+)$", f" {rest}"):
        wire["id"] = found[1]
        rest = rest[: -len(found[0].strip())].strip()
    if found := re.search(r"happened (\S+) (\S+)$", rest):
        wire["time"] = f"{found[1]}T{found[2]:0>5}Z"
        rest = rest[: found.start()].strip()
    dataset = ""
    if found := re.match(r"(\w+): *", rest):
        dataset, rest = found[1], rest[found.end() :]
    event, _, values = rest.partition("{")
    spoken = json.loads("{" + values) if values else {}
    if event.strip():
        wire |= {"event": event.strip(), "properties": spoken}
    else:
        wire["profile"] |= spoken
    return door.read_object(wire, now, "", dataset)
