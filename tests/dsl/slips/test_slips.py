"""Slips that marketers make, each made in the files of the example shop, and what `check` says of it.

Each text file here holds a list of slips of one kind. A slip has a title, the file it is made in (`@`), what stood
there (`-`) and what somebody wrote instead (`+`), and below it, word for word, what `sojourn check --plain` says
(`>`). A slip that changes the meaning and is no mistake says so with `> no mistake`.

`UPDATE_SLIPS=1 pytest tests/dsl/slips` writes what is said now: read every difference as the marketer would.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sojourn.dsl.render import findings
from sojourn.dsl.render_plain import plain
from sojourn.dsl.workspace import ParseCache, compile_folder

HERE = Path(__file__).parent
SHOP = HERE.parents[2] / "examples" / "shop"
FINE = "no mistake"
IN_ANOTHER_FILE = frozenset({"a message without what it needs"})
"""Slips that are told where what they miss is asked for, with a note at the place of the slip."""


@dataclass
class Slip:
    """One slip; `said` are the lines below it."""

    title: str
    file: str = ""
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def made(self) -> str:
        """The file with the slip in it."""
        text = (SHOP / self.file).read_text(encoding="utf-8")
        old, new = "\n".join(self.old), "\n".join(self.new)
        assert old in text, f"{self.file} has changed: {old!r} is not in it any more"
        return text.replace(old, new, 1)

    def lines(self) -> range:
        """The lines of the file that the slip touches, counted from 1, the one above and the next."""
        text = (SHOP / self.file).read_text(encoding="utf-8")
        first = text[: text.index("\n".join(self.old))].count("\n") + 1
        return range(first - 1, first + max(len(self.new), len(self.old)) + 1)

    def __str__(self) -> str:
        parts = [f"= {self.title}", f"@ {self.file}"]
        for mark, lines in (("-", self.old), ("+", self.new), (">", self.said)):
            parts += [f"{mark} {line}".rstrip() if mark == ">" else f"{mark} {line}" for line in lines]
        return "\n".join(parts) + "\n"


def read(path: Path) -> list[Slip]:
    slips: list[Slip] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        mark, rest = line[:1], line[2:]
        match mark:
            case "=":
                slips.append(Slip(rest))
            case "@":
                slips[-1].file = rest
            case "-":
                slips[-1].old.append(rest)
            case "+":
                slips[-1].new.append(rest)
            case ">":
                slips[-1].said.append(rest)
    return slips


FILES = sorted(HERE.glob("*.txt"))
CACHE = ParseCache()


def check(slip: Slip) -> list[str]:
    """What `check --plain` says of the shop with the slip made in it."""
    outcome = compile_folder(SHOP, CACHE, {(SHOP / slip.file).resolve(): slip.made()})
    said = plain(findings(outcome.diagnostics, outcome.sources)).splitlines()
    return said or [FINE]


def slips() -> Iterator[tuple[Path, Slip]]:
    for path in FILES:
        for slip in read(path):
            yield path, slip


def mistakes(said: list[str]) -> list[str]:
    """The lines that tell a mistake, without those that show another place."""
    return [line for line in said if re.match(r"\S+:\d+:\d+: (error|warning): ", line)]


def test_there_are_enough_of_them() -> None:
    titles = [slip.title for _, slip in slips()]
    assert len(titles) >= 150
    assert len(titles) == len(set(titles))


def test_update() -> None:
    """Writes what is said now, when it is asked to; else sees that the files read as they are written."""
    for path in FILES:
        found = read(path)
        if "UPDATE_SLIPS" in os.environ:
            for slip in found:
                slip.said = check(slip)
            path.write_text("\n".join(map(str, found)), encoding="utf-8")
        assert path.read_text(encoding="utf-8") == "\n".join(map(str, found))


@pytest.mark.parametrize(("path", "slip"), list(slips()), ids=lambda one: getattr(one, "title", None))
def test_a_slip_is_told_once_where_it_was_made_and_in_plain_words(path: Path, slip: Slip) -> None:
    said = check(slip)
    assert said == slip.said, f"{path.name}: {slip.title}"
    told = mistakes(said)
    if said == [FINE]:
        return
    assert len(told) == 1, told
    if slip.title in IN_ANOTHER_FILE:
        told = [said[1].strip()]
    place = re.match(r"(\S+?):(\d+):", told[0])
    assert place is not None
    assert place[1] == slip.file
    assert int(place[2]) in slip.lines(), told[0]
    words = told[0].partition(": ")[2].rpartition(" [")[0]
    for jargon in (
        "token",
        "parse",
        "syntax",
        "NAME",
        "_NL",
        "INDENT",
        "expression",
        "identifier expected",
        "None",
    ):
        assert jargon not in words.replace("identifiers", ""), words
