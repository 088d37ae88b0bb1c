"""A run ends on the version it began on, unless it is moved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sojourn.dsl.checked_data import read_workspace, written_workspace
from sojourn.dsl.values import DAY, HOUR
from sojourn.dsl.workspace import compile_folder
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.runtime.writing import CLUB, at, program_of, record, settle

SHORT = """\
journey care
  start on visit
  wait 1 hour
  send hello

"""
LONG = SHORT.replace("1 hour", "3 days")
GONE = "journey other\n  start on purchase\n  send hello\n"


def sent(store: Store) -> list[tuple[str, str]]:
    """Who was written to, and when."""
    rows = store.rows(
        "SELECT value, strftime('%m-%d %H:%M', at / 1000000, 'unixepoch') FROM outbox "
        "JOIN identifier ON identifier.person = outbox.person ORDER BY at, value"
    )
    return [(who.partition("@")[0], when) for who, when in rows]


def visit(clock: EventClock, who: str) -> list[list[object]]:
    return [[record(f"{who}{clock.now()}", clock.now(), "visit", email=f"{who}@example.com")]]


def test_a_run_ends_on_the_version_it_began_on(tmp_path: Path) -> None:
    """Ada begins with an hour, then the file says three days; Ben begins after that. A third edit takes the journey
    away: Ben is still written to.
    """
    clock = EventClock(at("2026-03-02 10:00"))
    with Store.open(tmp_path / "club.db") as store:
        writer = Writer(store, program_of(SHORT), clock)
        writer.take(visit(clock, "ada"))  # type: ignore[arg-type]
    with Store.open(tmp_path / "club.db") as store:
        writer = Writer(store, program_of(LONG), clock)
        writer.take(visit(clock, "ben"))  # type: ignore[arg-type]
        settle(writer)
        assert store.rows("SELECT kept FROM program ORDER BY first_ran, rowid") == [(1,), (0,)]
    with Store.open(tmp_path / "club.db") as store:
        writer = Writer(store, program_of(GONE), clock)
        clock.advance(at("2026-03-02 12:00"))
        settle(writer)
        assert sent(store) == [("ada", "03-02 11:00")]
    with Store.open(tmp_path / "club.db") as store:
        writer = Writer(store, program_of(GONE), clock)
        clock.advance(at("2026-03-08 12:00"))
        settle(writer)
        assert sent(store) == [("ada", "03-02 11:00"), ("ben", "03-05 10:00")]
        ended = store.rows(
            "SELECT DISTINCT json_extract(detail, '$.because') FROM activity WHERE kind = 'ended'"
        )
        assert ended == [("finished",)]


def test_moved_it_goes_on_in_the_new_one(store: Store) -> None:
    clock = EventClock(at("2026-03-02 10:00"))
    writer = Writer(store, program_of(SHORT), clock)
    writer.take(visit(clock, "ada"))  # type: ignore[arg-type]
    writer.use(program_of(LONG), move=True)
    settle(writer)
    clock.advance(clock.now() + DAY)
    settle(writer)
    assert sent(store) == []
    clock.advance(clock.now() + 3 * DAY)
    settle(writer)
    assert sent(store) == [("ada", "03-05 10:00")]


def test_whom_an_earlier_change_left_behind_can_be_moved_later(store: Store) -> None:
    """First it was said that Ada ends on the version she began on, and everybody was brought up to date with that. Then
    the same version is taken up once more, and those under way are to be moved.
    """
    clock = EventClock(at("2026-03-02 10:00"))
    writer = Writer(store, program_of(SHORT), clock)
    writer.take(visit(clock, "ada"))  # type: ignore[arg-type]
    writer.use(program_of(LONG), move=False)
    settle(writer)
    writer.use(program_of(LONG), move=True)
    settle(writer)
    assert writer.fates == {("care", "changed"): 1, ("care", "kept"): 1}
    assert store.rows("SELECT kept FROM program WHERE kept = 1") == []
    clock.advance(clock.now() + DAY)
    settle(writer)
    assert sent(store) == []
    clock.advance(clock.now() + 3 * DAY)
    settle(writer)
    assert sent(store) == [("ada", "03-05 10:00")]


def test_a_version_that_nobody_goes_by_is_forgotten(store: Store) -> None:
    """What old runs need of the old version is kept as long as they are under way, and no longer."""
    clock = EventClock(at("2026-03-02 10:00"))
    old = "audience spenders\n  has purchase in last 30 days\n\n" + SHORT.replace(
        "  send hello", "  if in spenders\n    send hello"
    )
    writer = Writer(store, program_of(old), clock)
    writer.take([[record("p", clock.now(), "purchase", {"total": "5 EUR"}, email="ada@example.com")]])
    writer.take(visit(clock, "ada"))  # type: ignore[arg-type]
    writer.use(program_of(GONE), move=False)
    settle(writer)
    assert "spenders" in writer.program.workspace.audiences
    assert "spenders" not in writer.program.own.audiences
    clock.advance(clock.now() + 2 * HOUR)
    settle(writer)
    assert sent(store) == [("ada", "03-02 11:00")]
    writer.use(program_of(GONE + "\naudience more\n  has visit\n"), move=False)
    settle(writer)
    writer.use(program_of(GONE + "\naudience most\n  has visit\n"), move=False)
    assert "spenders" not in writer.program.workspace.audiences
    assert store.rows("SELECT count(*) FROM program WHERE kept = 1") == [(1,)]


def test_a_mended_message_counts_for_everybody(store: Store) -> None:
    clock = EventClock(at("2026-03-02 10:00"))
    writer = Writer(store, program_of(SHORT), clock)
    writer.take(visit(clock, "ada"))  # type: ignore[arg-type]
    writer.use(program_of(LONG, CLUB.replace('"Hello"', '"Good day"')), move=False)
    clock.advance(clock.now() + 2 * HOUR)
    settle(writer)
    assert store.rows("SELECT json_extract(parts, '$.subject') FROM outbox") == [("Good day",)]


def test_what_a_workspace_means_can_be_written_and_read_back() -> None:
    workspace = compile_folder(Path(__file__).parents[2] / "examples" / "shop").workspace
    assert workspace is not None
    catalogs = {name: replace(catalog, rows={}) for name, catalog in workspace.catalogs.items()}
    bare = replace(workspace, tests=(), catalogs=catalogs)
    assert read_workspace(written_workspace(workspace)) == bare
