"""A transaction goes to the disk while the next one is worked out: who is told what, and when, also when the disk
refuses it.
"""

from __future__ import annotations

import copy
import threading
from pathlib import Path
from typing import Any

import pytest

from sojourn.interpreter.compile import Program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.errors import StoreError, StoreFull
from sojourn.interpreter.runtime.feed import feed, open_where_it_stopped
from sojourn.interpreter.runtime.receipts import Committed, Progress, Receipt
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.runtime.shop import DAY, MONDAY, stream
from tests.runtime.writing import people, program_of, record

LATER = MONDAY + 400 * DAY
TABLES = ("person", "identifier", "event", "timer", "activity", "outbox", "tally", "progress", "common")


def test_what_is_left_open_is_seen_here_and_not_on_the_disk(store: Store) -> None:
    """Until it is settled other connections do not see it; who waits for it is told once."""
    told: list[StoreError | None] = []
    with store.left_open(told.append) as connection:
        connection.execute("INSERT INTO progress (name, position, at) VALUES ('here', 7, 0)")
    assert store.progress("here") == 7
    assert store.reader_rows("SELECT * FROM progress WHERE name = 'here'") == []
    assert told == []
    store.commit_meanwhile()
    assert store.progress("here") == 7  # asked while the commit may still be going on
    assert store.settle() is None
    assert told == [None]
    assert store.reader_rows("SELECT position FROM progress WHERE name = 'here'") == [(7,)]
    assert store.settle() is None
    assert told == [None]


def test_whatever_is_written_next_comes_behind_it(tmp_path: Path) -> None:
    """A plain transaction, and closing the store, settle what was left open first."""
    told: list[str] = []
    path = tmp_path / "shop.db"
    with Store.open(path) as store:
        with store.left_open(lambda error: told.append("first")) as connection:
            connection.execute("INSERT INTO progress (name, position, at) VALUES ('first', 1, 0)")
        with store.transaction() as connection:
            assert told == ["first"]
            connection.execute("UPDATE progress SET position = position + 1 WHERE name = 'first'")
        with store.left_open(lambda error: told.append("second")) as connection:
            connection.execute("UPDATE progress SET position = position + 1 WHERE name = 'first'")
    assert told == ["first", "second"]
    with Store.open(path, read_only=True) as store:
        assert store.progress("first") == 3


def test_a_receipt_is_given_when_its_records_are_on_the_disk(store: Store, shop: Program, door: Door) -> None:
    """Page after page is handed over; whenever one is acknowledged, another connection finds it in the store."""
    writer = Writer(store, shop, EventClock(MONDAY))
    on_disk: list[tuple[int, int]] = []
    total = Receipt()

    def told(receipts: list[Receipt] | StoreError) -> None:
        assert not isinstance(receipts, StoreError)
        total.add(receipts[0])
        [(events,)] = store.reader_rows("SELECT count(*) FROM event")
        on_disk.append((total.accepted, events))

    for page in pages(door, 10):
        writer.take_ahead([page], told)
        while writer.bring_due_ahead(20):
            pass
    store.settle()
    assert len(on_disk) == 10
    assert all(accepted == events for accepted, events in on_disk)


def test_worked_out_ahead_or_one_after_the_other_it_is_the_same(
    tmp_path: Path, shop: Program, door: Door
) -> None:
    """Every row of every table: pages taken in and timers brought each behind the other, or each waited for."""
    stores = []
    for name in ("ahead", "waited"):
        with Store.open(tmp_path / f"{name}.db") as store:
            writer = Writer(store, shop, EventClock(MONDAY))
            for page in pages(door, 12):
                if name == "ahead":
                    writer.take_ahead([page], lambda receipts: None)
                    while writer.bring_due_ahead(20):
                        pass
                else:
                    writer.take([page])
                    while writer.bring_due(20):
                        pass
            store.settle()
            stores.append(everything(store))
    assert stores[0] == stores[1]
    assert stores[0]["outbox"]
    assert stores[0]["timer"]


def test_a_commit_that_fails_takes_with_it_what_went_out_from_it(
    tmp_path: Path, shop: Program, door: Door
) -> None:
    """The disk refuses a page at the very end, while the next one is worked out already. Neither is in the store,
    both are told so, the page before stays. Handed over again, they come to what they would have been.
    """
    first, second, fourth = pages(door, 3)
    # The third comes from people whom the first has made: it could be written without the second.
    third = [copy.copy(item) for item in first]
    for item in third:
        item.id, item.at = f"again-{item.id}", second[-1].at + 1
    with Store.open(tmp_path / "failing.db") as store:
        writer = Writer(store, shop, EventClock(MONDAY))
        told: list[tuple[str, Any]] = []

        def hand_over(name: str, page: list[Record]) -> None:
            writer.take_ahead(
                [page], lambda receipts: told.append((name, receipts)), Progress("file", int(name))
            )

        hand_over("1", first)
        refuse_at_commit(store, second[-1].id)
        hand_over("2", second)
        hand_over("3", third)
        store.settle()
        assert [name for name, _ in told] == ["1", "2", "3"]
        assert told[0][1][0].accepted == len(first)
        assert isinstance(told[1][1], StoreError)
        assert isinstance(told[2][1], StoreError)
        assert store.progress("file") == 1
        assert store.counts()["event"] == len(first)
        with pytest.raises(StoreError):
            writer.take([second], Progress("file", 2))  # it is refused again
        assert store.counts()["event"] == len(first)
        refuse_nothing(store)
        told.clear()
        for name, page in (("2", second), ("3", third), ("4", fourth)):
            hand_over(name, page)
        store.settle()
        assert [receipts[0].accepted for _, receipts in told] == [len(second), len(third), len(fourth)]
        after = everything(store)
    with Store.open(tmp_path / "undisturbed.db") as store:
        writer = Writer(store, shop, EventClock(MONDAY))
        for number, page in enumerate((first, second, third, fourth), 1):
            writer.take([page], Progress("file", number))
        assert everything(store) == after


def test_what_is_due_is_still_due_when_its_commit_fails(store: Store, shop: Program, door: Door) -> None:
    """Time brings somebody a message and the disk refuses it: nothing was sent, and it is brought again."""
    clock = EventClock(MONDAY)
    writer = Writer(store, shop, clock)
    for page in pages(door, 2):
        writer.take([page])
    clock.advance(LATER)
    due = store.rows("SELECT * FROM timer ORDER BY due")
    sent = store.one("SELECT count(*) FROM outbox")
    refuse_at_commit(store, "", "outbox")
    while writer.bring_due_ahead(1000):
        if store.settle() is not None:
            break
    assert store.rows("SELECT * FROM timer ORDER BY due") == due
    with pytest.raises(StoreError):
        writer.bring_due(1000)  # now it is waited for, and said
    assert store.one("SELECT count(*) FROM outbox") == sent
    refuse_nothing(store)
    while writer.bring_due_ahead(1000):
        pass
    store.settle()
    assert store.one("SELECT count(*) FROM outbox") > sent
    assert store.rows("SELECT * FROM timer WHERE due <= ?", (LATER,)) == []
    assert writer.refused_keys == 0


def test_a_record_the_program_fails_on_does_not_hold_up_the_page_before(
    store: Store, shop: Program, door: Door
) -> None:
    first, second = pages(door, 2)
    second[3].profile = {"email": ["nobody can have", "a list here"]}
    writer = Writer(store, shop, EventClock(MONDAY))
    told: list[list[Receipt] | StoreError] = []
    writer.take_ahead([first], told.append)
    writer.take_ahead([second], told.append)
    store.settle()
    assert [sum(r.accepted + r.duplicates for r in receipts) for receipts in told if isinstance(receipts, list)] == [
        len(first), len(second) - len(told[1][0].rejected),  # type: ignore[index]
    ]  # fmt: skip
    assert store.counts()["event"] == sum(r.accepted for receipts in told for r in receipts)  # type: ignore[union-attr]


def test_pages_behind_one_that_was_refused_are_refused(store: Store, shop: Program, door: Door) -> None:
    """Three pages of a file are under way and the disk is full: none may be taken in before the one it follows."""
    engine = Engine(store, shop, EventClock(MONDAY))
    engine.start()
    try:
        first, second, third, fourth = pages(door, 4)
        before = engine.submit(first, Progress("file", 1))
        before.result(10)
        full(engine, True)
        refused = engine.submit(second + third, Progress("file", 2), after=before)
        with pytest.raises(StoreFull):
            refused.result(10)
        full(engine, False)
        behind = engine.submit(fourth, Progress("file", 3), after=refused)
        with pytest.raises(StoreFull):
            behind.result(10)
        assert store.progress("file") == 1
        assert engine.submit(second + third, Progress("file", 2), after=before).result(10).accepted
        assert store.progress("file") == 2
        assert engine.health().queue == 0
    finally:
        engine.stop()


def test_a_full_disk_does_not_change_the_order_of_a_file(tmp_path: Path, shop: Program) -> None:
    """A file is read in many small pages, several under way at once, and the disk fills up in between: when there
    is room again, every event is there once, in the order of the file.
    """
    path = tmp_path / "events.jsonl"
    lines = stream(1500, 200, seed=3)
    path.write_bytes(b"\n".join(lines) + b"\n")
    tables = []
    for name in ("full", "never full"):
        with Store.open(tmp_path / f"{name}.db") as store:
            engine = Engine(store, shop, EventClock(MONDAY))
            engine.start()
            refused = threading.Event()
            room = threading.Thread(target=make_room, args=(engine, refused))
            try:
                reading, place = open_where_it_stopped(engine, path)
                if name == "full":
                    full(engine, True)
                    room.start()
                feed(engine, reading, place, page=40)
                assert store.progress(place) == path.stat().st_size
            finally:
                engine.stop()
                if name == "full":
                    room.join(60)
            assert refused.is_set() is (name == "full")
            tables.append(everything(store))
    assert tables[0]["event"] == tables[1]["event"]
    assert tables[0]["person"] == tables[1]["person"]
    assert tables[0]["outbox"] == tables[1]["outbox"]


@pytest.mark.parametrize("size", [7, 1200])
def test_people_are_written_down_when_nothing_more_is_expected_of_them(
    tmp_path: Path, shop: Program, door: Door, size: int
) -> None:
    """In a page people come again and again, and some turn out to be one, also after they were written down. What is
    known of them is what it is when each record has a transaction of its own.
    """
    records = [item for page in pages(door, 12) for item in page]
    found = []
    for number, name in ((1, "one by one"), (size, "pages")):
        with Store.open(tmp_path / f"{name}.db") as store:
            writer = Writer(store, shop, EventClock(MONDAY))
            for place in range(0, len(records), number):
                writer.take([[copy.copy(item) for item in records[place : place + number]]])
            found.append(everything(store))
            assert store.one("SELECT count(*) FROM activity WHERE kind = 'merged'") > 0
    for table in ("person", "identifier", "event", "activity", "outbox", "timer"):
        assert found[0][table] == found[1][table], table


def test_those_who_are_written_down_hear_of_what_comes_later_in_the_page(store: Store) -> None:
    """A sale in the middle of a page, behind the last record of two members and before one of the third."""
    program = program_of(
        """\
        event sale
          shop  text  required

        journey sale_news
          start on sale for members
          send hello
        """
    )
    writer = Writer(store, program, EventClock(MONDAY))
    writer.take([people(MONDAY, 3, member=True)])
    writer.take([[
        record("a", MONDAY + 1, "visit", email="p0@example.com"),
        record("b", MONDAY + 2, "visit", email="p1@example.com"),
        Record("s", "sale", MONDAY + 3, MONDAY + 3, {}, {"shop": "Paris"}, raw="{}"),
        record("c", MONDAY + 4, "visit", email="p2@example.com"),
    ]])  # fmt: skip
    assert store.rows("SELECT person, at FROM outbox ORDER BY number") == [
        (1, MONDAY + 3),
        (2, MONDAY + 3),
        (3, MONDAY + 3),
    ]


def test_who_listens_can_look_at_those_who_were_touched(store: Store, shop: Program, door: Door) -> None:
    seen: list[tuple[int, str]] = []

    def committed(told: Committed) -> None:
        seen.extend((number, told.people[number].key) for number, _ in told.records)
        assert told.people.get(10_000) is None
        assert {number for number, _ in told.activities} <= set(told.people)

    writer = Writer(store, shop, EventClock(MONDAY), on_commit=committed)
    for page in pages(door, 2):
        writer.take_ahead([page], lambda receipts: None)
    store.settle()
    keys = dict(store.rows("SELECT number, json_extract(document, '$.key') FROM person"))
    assert len(seen) == 200
    assert all(keys.get(number, key) == key for number, key in seen)


# ---------------------------------------------------------------- what they share


def pages(door: Door, count: int) -> list[list[Record]]:
    """A stream of the shop in so many pages of a hundred records, none of them twice."""
    found: dict[str, Record] = {}
    for line in stream(100 * count + 100, 60):
        read = door.read(line, LATER)
        if isinstance(read, Record):
            found.setdefault(read.id, read)
    records = list(found.values())[: 100 * count]
    assert len(records) == 100 * count
    return [records[place : place + 100] for place in range(0, len(records), 100)]


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    return {table: store.rows(f"SELECT * FROM {table}") for table in TABLES}


def refuse_at_commit(store: Store, id: str, table: str = "event") -> None:
    """From now on a transaction that adds an event with this id (or anything to another table) is written without
    trouble, and SQLite refuses to commit it: it would leave a row that refers to nobody.
    """
    store.settle()
    connection = store.connection
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("INSERT OR IGNORE INTO person (number, document) VALUES (0, '{}')")
    connection.execute(
        "CREATE TABLE refers (person INTEGER REFERENCES person(number) DEFERRABLE INITIALLY DEFERRED)"
    )
    when = f"WHEN new.id = '{id}'" if id else ""
    connection.execute(
        f"CREATE TRIGGER refuse AFTER INSERT ON {table} {when} BEGIN INSERT INTO refers VALUES (-1); END"
    )


def refuse_nothing(store: Store) -> None:
    store.connection.execute("DROP TRIGGER refuse")
    store.connection.execute("DROP TABLE refers")
    store.connection.execute("DELETE FROM person WHERE number = 0")
    store.connection.execute("PRAGMA foreign_keys = OFF")


def full(engine: Engine, yes: bool) -> None:
    """The disk has room for a few pages more, or as much as is wanted."""

    def limit() -> None:
        pages = engine.store.one("PRAGMA page_count") + 3 if yes else 1_000_000
        engine.store.connection.execute(f"PRAGMA max_page_count = {pages}").fetchone()

    engine.call(limit).result(10)


def make_room(engine: Engine, refused: threading.Event) -> None:
    """Waits until the disk has refused something, then there is room."""
    while "no room" not in engine.problem:
        threading.Event().wait(0.01)
    refused.set()
    full(engine, False)
