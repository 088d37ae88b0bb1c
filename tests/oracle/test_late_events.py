"""Events that arrive after the wait, the window or the audience they concern: the tables of late_events.txt."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sojourn.dsl.values import HOUR, MINUTE, parse_instant
from tests.oracle.playing import compiled, played_by_oracle, played_live, quick_folder
from tests.oracle.programs import DATA
from tests.oracle.streams import Arrival

MONDAY = parse_instant("2026-03-02T00:00:00Z")
DAY = 24 * HOUR
ADA = "ada@example.com"
NUMBERS = ("score",)


@dataclass
class Row:
    """One line of a table."""

    now: int
    arrival: Arrival | None
    members: list[str]
    sent: list[tuple[str, int]]


def _instant(text: str) -> int:
    """`10:30` on the Monday, `3 10:30` on the third of the month."""
    *day, clock = text.split()
    hours, minutes = clock.split(":")
    return MONDAY + (int(day[0]) - 2 if day else 0) * DAY + int(hours) * HOUR + int(minutes) * MINUTE


def _arrival(number: int, now: int, happened: int, what: str) -> Arrival:
    """`visit page=/a by device_id=d1`: of another; `with device_id=d1`: of Ada, who has that, too."""
    profile, properties, words = {"email": ADA}, {}, what.split()
    event = "" if "=" in words[0] else words.pop(0)
    id, into = f"r{number}", properties if event else profile
    for word in words:
        if word in ("by", "with"):
            into = profile
            profile |= {"email": ADA} if word == "with" else {}
            if word == "by":
                del profile["email"]
            continue
        name, said = word.split("=")
        if name == "id":
            id = said
        else:
            into[name] = int(said) if name in NUMBERS else said
    return Arrival(now, happened, id, event, profile, properties)


def _row(number: int, line: str) -> Row:
    arrives, happened, what, members, sent = (cell.strip() for cell in line.split("|"))
    now = _instant(arrives)
    arrival = None if what == "-" else _arrival(number, now, _instant(happened), what)
    out = []
    if sent != "-":
        message, when = sent.split(" ", 1)
        out.append((message, _instant(when)))
    return Row(now, arrival, [] if members == "-" else members.split(), out)


def _tables() -> list[Any]:
    text = (Path(__file__).parent / "late_events.txt").read_text()
    found = []
    for block in text.split("\n== ")[1:]:
        title, _, rest = block.partition("\n")
        written, _, table = rest.partition("arrives ")
        lines = table.strip().splitlines()[1:]
        rows = [_row(number, line) for number, line in enumerate(lines)]
        found.append(pytest.param(written, rows, id=title))
    return found


KNOWN = Arrival(
    MONDAY - DAY, MONDAY - DAY, "known", "", {"email": ADA, "phone": "+33612345678", "consent.offers": True}
)


@pytest.mark.parametrize("written, rows", _tables())
def test_late(written: str, rows: list[Row]) -> None:
    program = compiled(DATA + "\n" + written)
    before = 0
    for upto, row in enumerate(rows, 1):
        arrivals = [KNOWN, *(r.arrival for r in rows[:upto] if r.arrival is not None)]
        oracle = played_by_oracle(program.workspace, arrivals, row.now)
        who = oracle.find("email", ADA)
        assert who is not None
        sent = [(d.detail["message"], d.at) for d in who.did if d.kind == "sent"]
        assert (sorted(who.members), sent[before:]) == (row.members, row.sent), f"the oracle, row {upto}"
        with quick_folder() as folder:
            store = played_live(program, arrivals, folder / "store.db", random.Random(upto), row.now)
            try:
                sent_live = store.rows("SELECT message, at FROM outbox ORDER BY at, number")
                members = store.rows(
                    "SELECT audience FROM member WHERE person = "
                    "(SELECT person FROM identifier WHERE namespace = 'email' AND value = ?) ORDER BY 1",
                    (ADA,),
                )
            finally:
                store.close()
        assert ([name for (name,) in members], sent_live[before:]) == (row.members, row.sent), (
            f"live, row {upto}"
        )
        before += len(row.sent)
