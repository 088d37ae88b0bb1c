"""What a store says when it cannot be used."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from sojourn.interpreter.compile import Program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.errors import StoreError, StoreFull, StoreLocked, StoreNewer, StoreUnusable
from sojourn.interpreter.runtime.schema import VERSION
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.runtime.shop import DAY, MONDAY, shop_program, stream

SRC = Path(__file__).resolve().parents[2] / "src"


def test_a_second_run_on_the_same_store_is_told_who_holds_it(tmp_path: Path) -> None:
    """Another process has the store open: the message names its number; when it is killed, the store is
    free.
    """
    path = tmp_path / "shop.db"
    code = (
        "import time; from sojourn.interpreter.runtime.store import Store; "
        f"s = Store.open({str(path)!r}); print('open', flush=True); time.sleep(600)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SRC)},
    )
    try:
        assert other.stdout is not None and other.stdout.readline() == "open\n"
        with pytest.raises(StoreLocked, match=f"process {other.pid} runs on it") as refused:
            Store.open(path)
        assert refused.value.pid == other.pid
        Store.open(path, read_only=True).close()
    finally:
        other.kill()
        other.wait()
    Store.open(path).close()


def test_two_opens_in_one_process_are_refused_too(store: Store) -> None:
    with pytest.raises(StoreLocked, match=str(os.getpid())):
        Store.open(store.path)


def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    Store.open(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreNewer, match="newer version of Sojourn"):
        Store.open(path)
    with pytest.raises(StoreNewer):
        Store.open(path, read_only=True)


def test_a_store_of_an_older_version_is_brought_up_to_date(tmp_path: Path, shop: Program, door: Door) -> None:
    """Before version 2 nothing was kept of the steps of a program; the people in it are as they were."""
    path = tmp_path / "shop.db"
    with Store.open(path) as store:
        taken_in(store, shop, door, 200)
        before = store.rows("SELECT * FROM person")
    connection = sqlite3.connect(path)
    connection.executescript(
        "ALTER TABLE program DROP COLUMN steps; DROP TABLE moved; PRAGMA user_version = 1;"
        "DELETE FROM _sqlite_migrations WHERE name = 'moved_steps';"
    )
    connection.close()
    with Store.open(path) as store:
        assert store.one("PRAGMA user_version") == VERSION
        writer = Writer(store, shop, EventClock(MONDAY + 400 * DAY))
        assert store.rows("SELECT * FROM person") == before
        assert not writer.sweeping
        writer.use(shop_program("Hello"))
        assert writer.sweeping
        assert "cart_rescue" in store.one("SELECT steps FROM program ORDER BY last_ran DESC")


def test_files_that_are_no_store(tmp_path: Path) -> None:
    text = tmp_path / "notes.db"
    text.write_text("Dear diary, " * 500)
    with pytest.raises(StoreUnusable, match="is not a Sojourn store"):
        Store.open(text)
    assert text.read_text().startswith("Dear diary")
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE mine (x)")
    connection.close()
    with pytest.raises(StoreUnusable, match="another program's SQLite file"):
        Store.open(other)
    with pytest.raises(StoreUnusable, match="a folder"):
        Store.open(tmp_path)
    with pytest.raises(StoreUnusable, match="There is no store"):
        Store.open(tmp_path / "nowhere.db", read_only=True)


def test_a_damaged_store_says_so(tmp_path: Path, shop: Program, door: Door) -> None:
    path = tmp_path / "shop.db"
    with Store.open(path) as store:
        taken_in(store, shop, door, 400)
    whole = bytearray(path.read_bytes())
    for page in range(2, len(whole) // 4096):
        whole[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    path.write_bytes(whole)
    with pytest.raises(StoreError, match="damaged"), Store.open(path) as store:
        store.rows("SELECT count(*) FROM event, person")
        store.rows("SELECT * FROM person")


def test_a_full_disk_stops_everything_and_nothing_is_half_done(
    store: Store, shop: Program, door: Door
) -> None:
    """The disk fills up in the middle; what was refused is not in the store, and goes in when there is
    room.
    """
    writer, records = taken_in(store, shop, door, 200)
    before = {
        table: store.rows(f"SELECT * FROM {table}")
        for table in ("person", "event", "timer", "activity", "outbox")
    }
    pages = store.one("PRAGMA page_count")
    store.connection.execute(f"PRAGMA max_page_count = {pages + 3}")
    more = [
        r
        for line in stream(3000, 400, seed=5)
        if isinstance(r := door.read(line, MONDAY + 400 * DAY), Record)
    ]
    for record in more:
        record.id = "more-" + record.id
    with pytest.raises(StoreFull, match="no room left"):
        writer.take([more])
    for table, rows in before.items():
        assert store.rows(f"SELECT * FROM {table}") == rows, table
    store.connection.execute("PRAGMA max_page_count = 1000000")
    receipt = writer.take([more])[0]
    assert receipt.accepted + receipt.duplicates == len(more)
    assert receipt.accepted > 2500
    assert store.counts()["event"] == len(before["event"]) + receipt.accepted
    assert len(records) == 200


def taken_in(store: Store, shop: Program, door: Door, count: int) -> tuple[Writer, list[object]]:
    """A store into which a stream has been taken."""
    writer = Writer(store, shop, EventClock(MONDAY))
    records = [door.read(line, MONDAY + 400 * DAY) for line in stream(count, 40)]
    writer.take([records])
    return writer, list(records)


def test_the_tables_answer_plain_questions(store: Store, shop: Program, door: Door) -> None:
    """Somebody with `sqlite3` or Datasette asks who is in an audience, who waits where, and what Ada's name
    is.
    """
    taken_in(store, shop, door, 400)
    assert store.rows("SELECT audience, count(*) > 0 FROM member GROUP BY audience ORDER BY 1") == [
        ("browsers", 1), ("buyers", 1),
    ]  # fmt: skip
    assert {row[0] for row in store.rows("SELECT DISTINCT journey FROM run")} == {"cart_rescue"}
    assert (
        store.one("SELECT count(*) FROM field WHERE field = 'first_name' AND value LIKE 'Name %' AND at > 0")
        > 0
    )
    sent = store.one("SELECT count FROM tally WHERE kind = 'sent' AND what = 'thanks/email'")
    assert sent == store.one("SELECT count(*) FROM outbox WHERE message = 'thanks'") > 0
