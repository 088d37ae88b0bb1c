"""A small shop that lives in a store, moment by moment, and the question why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sojourn.cli.why_told import answer_lines
from sojourn.dsl.values import parse_instant
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.logged import logged
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Outcome, Writer
from sojourn.interpreter.why.asking import Asking
from sojourn.interpreter.why.subjects import answer
from sojourn.interpreter.why.telling import Answer
from sojourn.interpreter.why.then import log_at

BASICS = """\
profile
  email     email     identity
  device_id text      identity
  phone     phone
  country   country
  loyalty   one of bronze, silver, gold = bronze
  points    integer
  timezone  timezone

identity
  email      one per person
  device_id  many per person

event cart
  total  money

event purchase
  total  money

event visit

topic offers opt in

message reminder about offers
  email
    subject "Your cart"
    body    "<p>Your cart</p>"

"""


def when(clock: str) -> int:
    """`"02 10:00"` in March 2026, UTC."""
    day, _, time = clock.partition(" ")
    return parse_instant(f"2026-03-{day}T{time}:00Z")


class Town:
    """One store and the program that runs on it."""

    def __init__(self, store: Store, text: str) -> None:
        self.store = store
        self.clock = EventClock(when("01 00:00"))
        self.program = self.compiled(text)
        self.writer = Writer(store, self.program, self.clock)
        self.count = 0

    @staticmethod
    def compiled(text: str) -> Program:
        found = compile_texts({"town.journey": BASICS + text})
        assert found.workspace is not None, [(d.code, d.facts) for d in found.diagnostics]
        return compile_program(found.workspace)

    def becomes(self, text: str) -> None:
        """The author saves another text; who is under way ends on the version they began on."""
        self.program = self.compiled(text)
        self.writer.use(self.program, move=False)

    def passes(self, clock: str) -> None:
        """Time passes, and what it brings is carried out."""
        until = when(clock)
        while (due := self.writer.next_due()) is not None and due <= until:
            self.clock.advance(due)
            self.writer.bring_due()
        self.clock.advance(until)

    def comes(self, clock: str, event: str = "", who: str = "ada@example.com", **values: Any) -> None:
        """A record comes in. `profile` among the values is what it says of the person; `quiet`: by an import."""
        self.passes(clock)
        self.count += 1
        profile = {**({"email": who} if who else {}), **values.pop("profile", {})}
        quiet = bool(values.pop("quiet", False))
        now = self.clock.now()
        record = Record(f"r{self.count}", event, now, now, profile, values, quiet=quiet)
        self.writer.take([[record]])

    def delivered(self, sent: bool, error: str = "", again: int | None = None) -> None:
        """What became of everything that is pending in the outbox."""
        rows = self.store.rows("SELECT number FROM outbox WHERE status = 'pending'")
        self.writer.record_outcomes([Outcome(number, sent, error, again) for (number,) in rows])

    def why(self, subject: str | None = None, who: str = "ada@example.com", at: str = "") -> Answer:
        """Asks as `sojourn why` does, with `at` as `--at`."""
        log = logged(self.store, self.program, who, self.clock.now())
        if at:
            log = log_at(log, when(at), who, Asking(log).tz)
        return answer(Asking(log, called=who), subject)

    def told(self, subject: str | None = None, who: str = "ada@example.com", at: str = "") -> str:
        """The answer as it is shown, without colours."""
        import click

        return click.unstyle("\n".join(answer_lines(self.why(subject, who, at), 200, plain=False)))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Any]:
    """`town(text)` is a town that runs on that text."""
    opened: list[Store] = []

    def founded(text: str) -> Town:
        opened.append(Store.open(tmp_path / f"{len(opened)}.db"))
        return Town(opened[-1], text)

    yield founded
    for store in opened:
        store.close()
