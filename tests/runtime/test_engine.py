"""The engine live: acknowledged after the commit, on time, without a wasted wake-up."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from sojourn.dsl.checked import Event
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door, Rejected
from sojourn.interpreter.runtime import batch
from sojourn.interpreter.runtime import engine as engine_module
from sojourn.interpreter.runtime import writer as writer_module
from sojourn.interpreter.runtime.audit import Audit
from sojourn.interpreter.runtime.clock import EventClock, FastClock
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.errors import StoreFull
from sojourn.interpreter.runtime.feed import feed, open_where_it_stopped
from sojourn.interpreter.runtime.receipts import Committed
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.core.building import days, on, send
from tests.runtime.shop import DAY, HOUR, MINUTE, MONDAY, SECOND, shop_builder, shop_program, stream, wire
from tests.waiting import PATIENCE, until


def record(
    door: Door, id: str, at: int, event: str, properties: dict[str, Any] | None = None, **profile: Any
) -> Record:
    """A record through the door, received when it happened."""
    read = door.read(wire(id, at, event, profile, properties), at)
    assert isinstance(read, Record), read
    return read


def cart(door: Door, id: str, at: int, email: str) -> Record:
    """Somebody leaves a cart of 59 EUR."""
    return record(door, id, at, "cart_abandoned", {"cart_id": id, "total": "59 EUR"}, email=email)


def test_a_receipt_comes_after_the_commit_and_the_same_id_twice_is_one_event(
    store: Store, shop: Program, door: Door
) -> None:
    engine = Engine(store, shop)
    engine.start()
    try:
        now = engine.clock.now()
        first = engine.submit([cart(door, "e1", now, "ada@example.com"), door.read(b"{", now)]).result(
            PATIENCE
        )
        assert (first.accepted, first.duplicates, len(first.rejected)) == (1, 0, 1)
        assert store.counts()["event"] == 1
        assert store.rows("SELECT raw, reason FROM rejected") == [
            ("{", "The record is cut off: its last } is missing.")
        ]
        again = engine.submit([cart(door, "e1", now, "ada@example.com")]).result(PATIENCE)
        assert (again.accepted, again.duplicates) == (0, 1)
        health = engine.health()
        assert (health.accepted, health.duplicates, health.rejected, health.overdue) == (1, 1, 1, 0)
    finally:
        engine.stop()
    with pytest.raises(RuntimeError, match="stopped"):
        engine.submit([])


def test_what_came_due_in_the_night_happened_at_its_own_instants(
    store: Store, shop: Program, door: Door
) -> None:
    """A cart is left at 10:00; the laptop sleeps until the next day. The reminder is dated 11:00, the end a
    day later.
    """
    clock = EventClock(MONDAY)
    writer = Writer(store, shop, clock)
    writer.take([[cart(door, f"e{n}", MONDAY, f"p{n}@example.com") for n in range(20)]])
    clock.advance(MONDAY + 3 * DAY)
    while writer.bring_due(7):
        pass
    reminded = store.rows("SELECT DISTINCT at FROM outbox WHERE message = 'reminder'")
    assert reminded == [(MONDAY + HOUR,)]
    ended = {row[0] for row in store.rows("SELECT DISTINCT at FROM activity WHERE kind = 'ended'")}
    assert ended == {MONDAY + 3 * HOUR, MONDAY + HOUR + DAY + 2 * HOUR}
    assert store.counts()["person"] == 20
    assert writer.next_due() is None
    assert store.rows("SELECT * FROM run") == []


def test_it_wakes_by_itself_when_something_is_due(store: Store, shop: Program, door: Door) -> None:
    """At 36,000 times the speed an hour is a tenth of a second."""
    clock = FastClock(MONDAY, 36_000)
    engine = Engine(store, shop, clock)
    engine.start()
    try:
        engine.submit([cart(door, f"e{n}", MONDAY, f"p{n}@example.com") for n in range(8)]).result(PATIENCE)
        until(lambda: store.counts()["pending"])
    finally:
        engine.stop()


def test_idle_it_sleeps(store: Store, shop: Program, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Someone waits for an hour; until then the engine looks now and then whether something was said by hand, and asks
    the store for nothing.
    """
    monkeypatch.setattr(engine_module, "LOOK_AT_CONTROLS", 0.02)
    engine = Engine(store, shop)
    asked: list[str] = []
    asked_at_looks: list[int] = []
    looks = engine._controlled

    def looked() -> bool:
        asked_at_looks.append(len(asked))
        return looks()

    monkeypatch.setattr(engine, "_controlled", looked)
    engine.start()
    try:
        engine.submit([cart(door, "e1", engine.clock.now(), "ada@example.com")]).result(PATIENCE)
        engine.call(lambda: store.connection.set_trace_callback(asked.append)).result(PATIENCE)
        engine.call(asked_at_looks.clear).result(PATIENCE)
        until(lambda: len(asked_at_looks) > 20)
        assert asked  # by the work after the call, before it slept
        assert len(set(asked_at_looks[:20])) == 1
    finally:
        engine.stop()


def test_events_flow_while_a_crowd_is_due(store: Store, shop: Program, door: Door) -> None:
    """3,000 people are due at once: an event that comes then is taken in before all of them have been
    brought on.
    """
    writer = Writer(store, shop, EventClock(MONDAY))
    writer.take([[cart(door, f"e{n}", MONDAY, f"p{n}@example.com") for n in range(3000)]])
    left: list[int] = []

    def committed(told: Committed) -> None:
        """The event comes with the first page of the crowd; those still due are counted when it has been taken in."""
        if not left and told.activities:
            left.append(-1)
            engine.submit([cart(door, "late", MONDAY + 2 * HOUR, "zoe@example.com")])
        if any(record.id == "late" for _, record in told.records):
            left.append(store.one("SELECT count(*) FROM timer WHERE due < ?", (MONDAY + 2 * HOUR,)))

    engine = Engine(store, shop, FastClock(MONDAY + 2 * HOUR, 1), on_commit=committed)
    engine.start()
    try:
        until(lambda: len(left) == 2)
        assert 0 < left[1] < 3000
    finally:
        engine.stop()


def test_a_new_program_takes_over_while_it_runs(store: Store, door: Door) -> None:
    """The greeting changes while Ada waits: her mail has the new one. An audience that is new is filled
    from what is
    stored, for those who do nothing, too.
    """
    clock = EventClock(MONDAY)
    engine = Engine(store, shop_program("Hi"), clock)
    engine.start()
    try:
        items = [cart(door, f"e{n}", MONDAY + n, f"p{n}@example.com") for n in range(12)]
        items.append(
            record(door, "b1", MONDAY + MINUTE, "purchase", {"total": "500 EUR"}, email="rich@example.com")
        )
        engine.submit(items).result(PATIENCE)
        changed = shop_builder("Hello")
        changed.audience("fans", changed.has("purchase", last=days(90)))
        engine.swap(changed.program()).result(PATIENCE)
        until(lambda: not engine.health().sweeping)
        assert store.rows("SELECT count(*) FROM member WHERE audience = 'fans'") == [(1,)]
        assert store.rows("SELECT count(*) FROM activity WHERE detail LIKE '%fans%'") == [(0,)]
        engine.submit([cart(door, "last", MONDAY + 2 * HOUR, "zoe@example.com")]).result(PATIENCE)
        engine.call(lambda: None).result(PATIENCE)  # what came due meanwhile has been carried out
        sent = store.rows("SELECT json_extract(parts, '$.subject') FROM outbox WHERE message = 'reminder'")
        assert {subject.split()[0] for (subject,) in sent} == {"Hello"}
        assert store.rows("SELECT count(*) FROM program") == [(2,)]
    finally:
        engine.stop()


def test_a_run_whose_step_is_gone_ends(store: Store, door: Door) -> None:
    """Nothing in the new text stands in the place of `wait 1 hour`: whoever waited there is told so."""
    clock = EventClock(MONDAY)
    writer = Writer(store, shop_program(), clock)
    writer.take([[cart(door, "e1", MONDAY, "ada@example.com")]])
    changed = shop_builder()
    changed.journey("cart_rescue", [on("cart_abandoned")], [("send reminder", send("reminder"))])
    writer.use(changed.program())
    while writer.sweeping:
        writer.sweep()
    ended = store.rows("SELECT json_extract(detail, '$.because') FROM activity WHERE kind = 'ended'")
    assert ended == [("step removed",)]
    assert writer.fates == {("cart_rescue", "removed"): 1}


def test_one_record_that_the_program_fails_on_does_not_hold_up_the_others(
    store: Store, shop: Program, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = writer_module.take_in

    def failing(program: Any, people: Any, item: Record, now: int) -> Any:
        if item.id == "bad":
            raise ZeroDivisionError("a mistake")
        return genuine(program, people, item, now)

    monkeypatch.setattr(writer_module, "take_in", failing)
    writer = Writer(store, shop, EventClock(MONDAY))
    items = [cart(door, id, MONDAY, f"{id}@example.com") for id in ("one", "bad", "two")]
    receipt = writer.take([items])[0]
    assert (receipt.accepted, len(receipt.rejected)) == (2, 1)
    assert store.rows("SELECT raw, reason FROM rejected") == [
        (items[1].raw, "The program failed on this record: ZeroDivisionError: a mistake.")
    ]


def test_two_people_who_turn_out_to_be_one_move_with_all_they_have(
    store: Store, shop: Program, door: Door
) -> None:
    """A device leaves a cart; Ada buys; then Ada is seen on the device: one person, one history, one
    timer.
    """
    clock = EventClock(MONDAY)
    writer = Writer(store, shop, clock)
    cart_of_device = {"cart_id": "c", "total": "59 EUR"}
    writer.take([[record(door, "e1", MONDAY, "cart_abandoned", cart_of_device, device_id="d1")]])
    writer.take(
        [[record(door, "e2", MONDAY + MINUTE, "purchase", {"total": "9 EUR"}, email="ada@example.com")]]
    )
    writer.take(
        [[record(door, "e3", MONDAY + 2 * MINUTE, "visit", {}, email="ada@example.com", device_id="d1")]]
    )
    assert (
        store.rows("SELECT DISTINCT person FROM event") == store.rows("SELECT number FROM person") == [(1,)]
    )
    assert store.rows("SELECT DISTINCT person FROM identifier") == [(1,)]
    assert store.rows("SELECT DISTINCT person FROM activity") == [(1,)]
    assert store.rows("SELECT person FROM timer") == [(1,)]
    assert store.rows("SELECT person FROM outbox") == [(1,)]


def test_what_was_set_aside_is_retried_after_the_schema_changed(store: Store) -> None:
    """An event nobody had declared is set aside; once it is declared, it is taken in and no longer set
    aside.
    """
    workspace = shop_builder().workspace()
    engine = Engine(store, compile_program(workspace))
    engine.start()
    try:
        raw = wire("r1", engine.clock.now(), "review", {"email": "ada@example.com"})
        receipt = engine.submit([engine.door.read(raw, engine.clock.now())]).result(PATIENCE)
        assert receipt.rejected[0].reason == "There is no event “review”."
        assert engine.retry_rejected().accepted == 0
        events = {**workspace.events, "review": Event("review", "review", {})}
        engine.swap(compile_program(dataclasses.replace(workspace, events=events))).result(PATIENCE)
        assert engine.retry_rejected().accepted == 1
        assert store.counts()["rejected"] == 0
        assert store.counts()["event"] == 1
    finally:
        engine.stop()


def test_a_full_disk_refuses_and_the_engine_goes_on_when_there_is_room(
    store: Store, shop: Program, door: Door
) -> None:
    engine = Engine(store, shop, EventClock(MONDAY))
    engine.start()
    try:
        items = [
            r for line in stream(2000, 300) if isinstance(r := door.read(line, MONDAY + 400 * DAY), Record)
        ]
        engine.submit(items[:50]).result(PATIENCE)
        pages = engine.call(lambda: store.one("PRAGMA page_count")).result(PATIENCE)
        engine.call(
            lambda: store.connection.execute(f"PRAGMA max_page_count = {pages + 2}").fetchone()
        ).result(PATIENCE)
        with pytest.raises(StoreFull):
            engine.submit(items[50:]).result(PATIENCE)
        assert "no room" in engine.health().problem
        engine.call(lambda: store.connection.execute("PRAGMA max_page_count = 1000000").fetchone()).result(
            PATIENCE
        )
        receipt = engine.submit(items[50:]).result(PATIENCE)
        assert receipt.accepted > 1500
        assert engine.health().problem == ""
    finally:
        engine.stop()


def test_a_file_is_taken_in_from_where_it_stopped(tmp_path: Path, store: Store, shop: Program) -> None:
    """A file of events grows between two runs: the second run takes the new lines only."""
    path = tmp_path / "events.jsonl"
    lines = stream(300, 30)
    path.write_bytes(b"\n".join(lines[:200]) + b"\n" + b"not json\n")
    engine = Engine(store, shop, EventClock(MONDAY))
    engine.start()
    try:
        reading, name = open_where_it_stopped(engine, path)
        first = feed(engine, reading, name)
        assert first.accepted + first.duplicates == 200
        assert len(first.rejected) == 1
        with path.open("ab") as more:
            more.write(b"\n".join(lines[200:]) + b"\n")
        reading, name = open_where_it_stopped(engine, path)
        second = feed(engine, reading, name)
        assert second.accepted + second.duplicates == 100
        assert second.rejected == []
        assert store.progress(name) == path.stat().st_size
    finally:
        engine.stop()


def test_a_timer_that_the_program_fails_on_is_put_off_and_said(
    store: Store, shop: Program, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = EventClock(MONDAY)
    writer = Writer(store, shop, clock)
    writer.take([[cart(door, f"e{n}", MONDAY, f"p{n}@example.com") for n in range(3)]])
    genuine = batch.step

    def failing(program: Any, person: Any, item: Any, now: int) -> Any:
        if person.key == "email:p1@example.com":
            raise KeyError("a mistake")
        return genuine(program, person, item, now)

    monkeypatch.setattr(batch, "step", failing)
    clock.advance(MONDAY + HOUR)
    writer.bring_due()
    failed = store.rows(
        "SELECT person, json_extract(detail, '$.because') FROM activity WHERE kind = 'failed'"
    )
    assert failed == [(2, "KeyError: 'a mistake'")]
    assert writer.next_due() is not None
    assert store.overdue_runs(MONDAY + HOUR + MINUTE + SECOND) == 1
    monkeypatch.setattr(batch, "step", genuine)
    clock.advance(MONDAY + 3 * DAY)
    while writer.bring_due():
        pass
    assert store.overdue_runs(clock.now()) == 0
    assert store.rows("SELECT count(*) FROM timer") == [(0,)]


def test_the_audit_looks_at_a_page_of_people_at_a_time(store: Store, shop: Program, door: Door) -> None:
    """Of 2,500 people whose hour is over, with their timers lost, it finds every one, and holds nobody up."""
    writer = Writer(store, shop, EventClock())
    writer.take([[cart(door, f"e{n}", MONDAY, f"p{n}@example.com") for n in range(2500)]])
    with store.transaction() as connection:
        connection.execute("DELETE FROM timer")
    asked: list[tuple[Any, ...]] = []

    def ask(sql: str, given: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        asked.append(given)
        return store.rows(sql, given)

    audit, later = Audit(), MONDAY + 2 * HOUR
    audit.look(ask, later)
    assert (len(asked), audit.overdue) == (2, 0)
    # At rest; then, for somebody who wants to know, to the end; the next round begins a minute later.
    audit.look(ask, later)
    assert len(asked) == 2
    audit.look(ask, later, 10)
    assert (len(asked), audit.overdue) == (6, 2500)
    audit.look(ask, later, 10)
    assert len(asked) == 6


def test_a_file_that_is_bad_from_end_to_end_is_counted_and_kept_in_the_store(
    tmp_path: Path, store: Store, shop: Program
) -> None:
    """3,000 lines that are no records: all are in the table, the sum keeps the first thousand."""
    path = tmp_path / "events.jsonl"
    path.write_text("not a record\n" * 3000)
    engine = Engine(store, shop, EventClock(MONDAY))
    engine.start()
    try:
        receipt = feed(engine, *open_where_it_stopped(engine, path))
    finally:
        engine.stop()
    assert (receipt.accepted, receipt.set_aside, len(receipt.rejected)) == (0, 3000, 1000)
    assert store.counts()["rejected"] == 3000


def test_a_mistake_that_ends_the_engine_lets_nobody_wait_in_vain(
    store: Store, shop: Program, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was acknowledged is in the store; whoever submits afterwards is told, and the failure is known."""
    engine = Engine(store, shop)
    engine.start()
    engine.submit([cart(door, "e1", engine.clock.now(), "ada@example.com")]).result(PATIENCE)

    def broken() -> int:
        raise KeyError("a mistake")

    monkeypatch.setattr(engine.writer, "next_due", broken)
    engine.call(lambda: None)
    until(lambda: engine.failure is not None)
    assert repr(engine.failure) == "KeyError('a mistake')"
    with pytest.raises(RuntimeError, match="stopped"):
        engine.submit([])
    engine.stop()
    assert store.counts()["event"] == 1


def test_a_listener_that_fails_does_not_hold_up_the_work(store: Store, shop: Program, door: Door) -> None:
    """Whoever looks on and stumbles is told of in the problem; the record is taken in, once."""

    def stumbles(committed: Committed) -> None:
        raise OSError("no more paper")

    engine = Engine(store, shop, on_commit=stumbles)
    engine.start()
    try:
        receipt = engine.submit([cart(door, "e1", engine.clock.now(), "ada@example.com")]).result(PATIENCE)
        assert (receipt.accepted, receipt.duplicates) == (1, 0)
        assert store.counts()["event"] == 1
    finally:
        engine.stop()


def test_rejected_bytes_are_kept_as_they_can_be_shown(store: Store, shop: Program, door: Door) -> None:
    writer = Writer(store, shop, EventClock(MONDAY))
    found = door.read(b'{"event":"caf\xe9"}', MONDAY)
    assert isinstance(found, Rejected)
    writer.take([[found]])
    assert store.rows("SELECT raw FROM rejected") == [('{"event":"caf\\xe9"}',)]
