"""Programs from text, and records for them, for the tests of the runtime."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

from sojourn.dsl.messages import sentence
from sojourn.dsl.values import parse_instant
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer

CLUB = """\
profile
  email      email     identity
  birthday   date
  timezone   timezone
  member     boolean

event visit
  page  text

event purchase
  total  money

audience members
  member is true

message hello
  email
    subject "Hello"
    body    "<p>Hello</p>"

"""


def at(text: str) -> int:
    """An instant: `at("2026-03-02 10:00")`, UTC."""
    return parse_instant(text.replace(" ", "T"))


def program_of(text: str, base: str = CLUB, files: dict[str, str] | None = None) -> Program:
    """The compiled program of the club with something added to it."""
    compiled = compile_texts({"club.journey": base + dedent(text), **(files or {})})
    assert compiled.workspace is not None, [f"{d.span}: {sentence(d)}" for d in compiled.diagnostics]
    return compile_program(compiled.workspace)


def record(
    id: str, moment: int, event: str = "", properties: dict[str, Any] | None = None, **profile: Any
) -> Record:
    """A record that is received when it happens."""
    return Record(id, event, moment, moment, profile, properties or {}, raw=f'{{"id": "{id}"}}')


def people(moment: int, count: int, **profile: Any) -> list[Record]:
    """Records of so many people: p0@example.com and so on."""
    return [record(f"r{n}", moment, email=f"p{n}@example.com", **profile) for n in range(count)]


def settle(writer: Writer, page: int = 1000) -> None:
    """Carries out all that is due and all that a new program asks for."""
    while writer.count():
        pass
    while writer.sweeping:
        writer.sweep(page)
    while writer.bring_due(page):
        pass


def started(store: Store, journey: str) -> list[tuple[str, int]]:
    """When runs of a journey began, and how many each time."""
    rows = store.rows(
        "SELECT strftime('%Y-%m-%d %H:%M', at / 1000000, 'unixepoch'), count(*) FROM activity "
        "WHERE kind = 'started' AND journey = ? GROUP BY 1 ORDER BY 1",
        (journey,),
    )
    return [(when, count) for when, count in rows]
