"""Events about the business, changed catalogs, and existing members: everybody is asked once, as of that instant."""

from __future__ import annotations

from pathlib import Path

from sojourn.dsl.values import HOUR, MINUTE
from sojourn.interpreter.compile import Program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door, Rejected
from sojourn.interpreter.runtime.clock import EventClock, FastClock
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.runtime.writing import at, people, program_of, record, settle, started

SALE = """\
event sale
  shop  text  required

journey sale_news
  start on sale for members where event.shop is "Paris"
  send hello

"""

DROP = """\
event viewed
  product  ref product

catalog product from csv "products.csv" key sku
  sku    text
  price  money

attribute seen = last viewed.product

journey price_drop
  start on change of product.price for members where product is seen and change.after < change.before
  one per product
  send hello
"""


def sale(id: str, moment: int, shop: str = "Paris") -> Record:
    return Record(id, "sale", moment, moment, {}, {"shop": shop}, raw="{}")


def settled(writer: Writer, page: int = 1000) -> None:
    """Carries out all that is due, and all passes over the people."""
    while writer.spreading:
        writer.spread(page)
        while writer.bring_due(page):
            pass
    settle(writer, page)


def test_an_event_without_a_person_comes_through_the_door(store: Store) -> None:
    door = Door(program_of(SALE).workspace)
    taken = door.read(b'{"event": "sale", "id": "s1", "properties": {"shop": "Paris"}}', 5)
    assert isinstance(taken, Record) and taken.profile == {} and taken.properties == {"shop": "Paris"}
    empty = door.read(b'{"event": "sale", "id": "s1", "profile": {}, "properties": {"shop": "Paris"}}', 5)
    assert isinstance(empty, Record)
    named = door.read(
        b'{"event": "sale", "profile": {"email": "a@example.com"}, "properties": {"shop": "Paris"}}', 5
    )
    assert isinstance(named, Rejected)
    assert named.reason == "“sale” is about the business and happens to nobody: leave “profile” out."
    nobody = door.read(b'{"event": "visit", "properties": {}}', 5)
    assert isinstance(nobody, Rejected) and "Nobody can tell whose record this is" in nobody.reason
    assert "profile" not in door.json_schema("sale")["required"]
    assert "profile" in door.json_schema("visit")["required"]


def test_the_members_of_that_instant_start_once(store: Store) -> None:
    """Three members and a stranger; after the sale one leaves and one joins, before the pass has come to them."""
    clock = EventClock(at("2026-03-02 08:00"))
    writer = Writer(store, program_of(SALE), clock)
    writer.take([people(clock.now(), 3, member=True)])
    writer.take([[record("x", clock.now(), email="stranger@example.com")]])
    now = clock.now() + HOUR
    writer.take([[
        sale("s1", now),
        record("a", now + MINUTE, email="p0@example.com", member=False),
        record("b", now + MINUTE, email="stranger@example.com", member=True),
        sale("s2", now + 2 * MINUTE, "Rome"),
    ]])  # fmt: skip
    writer.take([[sale("s1", now + 3 * MINUTE)]])
    assert writer.duplicates == 0
    settled(writer)
    assert started(store, "sale_news") == [("2026-03-02 09:00", 3)]
    assert store.rows("SELECT id, event, person FROM event WHERE person = 0") == [
        ("s1", "sale", 0),
        ("s2", "sale", 0),
    ]
    assert not writer.spreading


def test_a_broadcast_goes_on_where_it_was_after_a_restart(tmp_path: Path) -> None:
    """The process ends in the middle of the pass; nobody is left out and nobody is told twice."""
    clock = EventClock(at("2026-03-02 08:00"))
    program = program_of(SALE)
    with Store.open(tmp_path / "club.db") as store:
        writer = Writer(store, program, clock)
        writer.take([people(clock.now(), 30, member=True)])
        writer.take([[sale("s1", clock.now() + 1)]])
        writer.spread(10)
        assert started(store, "sale_news") == [("2026-03-02 08:00", 10)]
    with Store.open(tmp_path / "club.db") as store:
        writer = Writer(store, program, clock)
        assert writer.spreading
        settled(writer, 7)
        assert started(store, "sale_news") == [("2026-03-02 08:00", 30)]
        assert store.rows("SELECT count(*) FROM activity WHERE kind = 'sent'") == [(30,)]


def test_who_becomes_a_member_by_time_alone_just_before_is_one(store: Store) -> None:
    """Lapsing begins at 10:00 by time alone, the event comes at 11:00, and nobody has looked in between."""
    clock = EventClock(at("2026-03-02 10:00"))
    lapsing = SALE.replace("for members", "for lapsing")
    lapsing += "audience lapsing\n  has visit in last 90 days\n  and no visit in last 10 days\n"
    writer = Writer(store, program_of(lapsing), clock)
    writer.take([[record("v", clock.now(), "visit", email="a@example.com")]])
    writer.take([[sale("s1", at("2026-03-12 11:00"))]])
    settled(writer)
    assert started(store, "sale_news") == [("2026-03-12 11:00", 1)]


def test_events_flow_while_a_large_audience_hears(store: Store) -> None:
    """3,000 members have to be asked: an event that comes then does not wait for all of them."""
    program = program_of(SALE)
    moment = at("2026-03-02 08:00")
    writer = Writer(store, program, EventClock(moment))
    writer.take([people(moment, 3000, member=True)])
    engine = Engine(store, program, FastClock(moment + 1, 1))
    engine.start()
    try:
        engine.submit([sale("s1", engine.clock.now())])
        engine.submit([record("v", engine.clock.now(), "visit", email="new@example.com")]).result(10)
        assert engine.call(lambda: engine.writer.spreading).result(10)
    finally:
        engine.stop()


def priced(prices: str) -> Program:
    return program_of(DROP, files={"products.csv": f"sku,price\n{prices}"})


def test_a_changed_price_starts_a_journey_for_who_has_seen_it(store: Store) -> None:
    """The catalog's file changes: two have seen a1, one b2; a1 gets cheaper, b2 dearer, c3 is new."""
    clock = EventClock(at("2026-03-02 08:00"))
    writer = Writer(store, priced("a1,50 EUR\nb2,20 EUR\n"), clock)
    now = clock.now()
    writer.take([[
        record("1", now, "viewed", {"product": "a1"}, email="a@example.com", member=True),
        record("2", now, "viewed", {"product": "a1"}, email="b@example.com", member=True),
        record("3", now, "viewed", {"product": "b2"}, email="c@example.com", member=True),
        record("4", now, "viewed", {"product": "a1"}, email="d@example.com"),
    ]])  # fmt: skip
    writer.use(priced("a1,50 EUR\nb2,20 EUR\n"))
    settled(writer)
    assert started(store, "price_drop") == []
    clock.advance(at("2026-03-02 12:00"))
    writer.use(priced("a1,40 EUR\nb2,25 EUR\nc3,1 EUR\n"))
    settled(writer)
    assert started(store, "price_drop") == [("2026-03-02 12:00", 2)]
    changes = store.rows(
        "SELECT json_extract(properties, '$.product'), properties FROM event WHERE person = 0"
    )
    assert changes == [
        ("a1", '{"product":"a1","before":"50 EUR","after":"40 EUR"}'),
        ("b2", '{"product":"b2","before":"20 EUR","after":"25 EUR"}'),
    ]
    writer = Writer(store, priced("a1,40 EUR\nb2,25 EUR\nc3,1 EUR\n"), clock)
    settled(writer)
    assert started(store, "price_drop") == [("2026-03-02 12:00", 2)]


WELCOME = """\
journey welcome
  start when entering members
  again never
  existing members enter over 6 hours
  send hello

"""


def test_existing_members_enter_spread_over_six_hours(store: Store) -> None:
    """200 are members before the journey is there: all enter within six hours, evenly, each once; a stranger who
    joins meanwhile enters at once, and who leaves before their turn does not.
    """
    clock = EventClock(at("2026-03-02 08:00"))
    writer = Writer(store, program_of(""), clock)
    writer.take([people(clock.now(), 200, member=True)])
    clock.advance(at("2026-03-02 12:00"))
    writer.use(program_of(WELCOME))
    writer.take([[record("new", clock.now(), email="new@example.com", member=True)]])
    settled(writer)
    waiting = store.rows(
        "SELECT number, json_extract(document, '$.entering.welcome[0]') FROM person WHERE number <= 200 ORDER BY 2"
    )
    assert all(at("2026-03-02 12:00") <= when < at("2026-03-02 18:00") for _, when in waiting if when)
    last = max(waiting, key=lambda row: row[1] or 0)[0]
    (email,) = store.rows("SELECT value FROM identifier WHERE person = ?", (last,))[0]
    writer.take([[record("leaves", clock.now(), email=email, member=False)]])
    clock.advance(at("2026-03-03 00:00"))
    settled(writer)
    by_hour = store.rows(
        "SELECT (at - ?) / 3600000000, count(*) FROM activity WHERE kind = 'started' "
        "AND json_extract(detail, '$.because') = 'existing member of members' GROUP BY 1 ORDER BY 1",
        (at("2026-03-02 12:00"),),
    )
    assert [hour for hour, _ in by_hour] == [0, 1, 2, 3, 4, 5]
    assert sum(count for _, count in by_hour) == 199
    assert all(15 <= count <= 55 for _, count in by_hour)
    assert store.rows("SELECT count(*) FROM activity WHERE kind = 'started'") == [(200,)]
    # The same file again, and a restart: nobody enters twice.
    writer = Writer(store, program_of(WELCOME + "# a remark\n"), clock)
    settled(writer)
    assert store.rows("SELECT count(*) FROM activity WHERE kind = 'started'") == [(200,)]


def test_of_a_changed_audience_those_enter_who_are_members_by_the_change(store: Store) -> None:
    """The audience becomes wider: who was in it before has been welcomed, and is not welcomed again."""
    clock = EventClock(at("2026-03-02 08:00"))
    narrow = "audience visitors\n  has visit at least 2 times\n\n" + WELCOME.replace(
        "members\n  again never", "visitors"
    )
    writer = Writer(store, program_of(narrow), clock)
    now = clock.now()
    for n, visits in enumerate((1, 2, 3)):
        writer.take([[record(f"{n}-{v}", now, "visit", email=f"p{n}@example.com") for v in range(visits)]])
    assert started(store, "welcome") == [("2026-03-02 08:00", 2)]
    clock.advance(at("2026-03-02 12:00"))
    writer.use(program_of(narrow.replace("2 times", "1 time").replace(" over 6 hours", "")))
    settled(writer)
    assert started(store, "welcome") == [("2026-03-02 08:00", 2), ("2026-03-02 12:00", 1)]


def test_existing_members_are_ignored_unless_said_otherwise(store: Store) -> None:
    clock = EventClock(at("2026-03-02 08:00"))
    writer = Writer(store, program_of(""), clock)
    writer.take([people(clock.now(), 5, member=True)])
    writer.use(program_of(WELCOME.replace("  existing members enter over 6 hours\n", "")))
    settled(writer)
    clock.advance(at("2026-03-03 08:00"))
    settled(writer)
    assert started(store, "welcome") == []


def test_a_new_journey_does_not_begin_for_what_time_brought_before_it_was_there(store: Store) -> None:
    """At ten somebody's visit is an hour old, but nothing runs. At noon a journey is there that starts on that: those
    whom time made members before are existing members; those whom it makes members afterwards enter.
    """
    idle = "audience idle\n  has visit and no visit in last 1 hour\n\n"
    journey = "journey winback\n  start when entering idle\n  send hello\n\n"
    clock = EventClock(at("2026-03-02 09:00"))
    writer = Writer(store, program_of(idle), clock)
    writer.take([[record("v1", clock.now(), "visit", email="ada@example.com")]])
    clock.advance(at("2026-03-02 11:30"))
    writer.take([[record("v2", clock.now(), "visit", email="ben@example.com")]])
    clock.advance(at("2026-03-02 12:00"))
    writer.use(program_of(idle + journey))
    settle(writer)
    again = Writer(store, program_of(idle + journey), clock)
    clock.advance(at("2026-03-02 13:00"))
    settle(again)
    assert store.rows(
        "SELECT strftime('%H:%M', since / 1000000, 'unixepoch') FROM member ORDER BY person"
    ) == [
        ("10:00",),
        ("12:30",),
    ]
    assert started(store, "winback") == [("2026-03-02 12:30", 1)]


def test_whom_time_brought_in_before_a_journey_was_there_is_an_existing_member_of_its_audience(
    store: Store,
) -> None:
    """The same, where existing members enter: she does, with the journey; nobody has carried out her hour before."""
    idle = "audience idle\n  has visit and no visit in last 1 hour\n\n"
    journey = "journey winback\n  start when entering idle\n  existing members enter\n  send hello\n\n"
    clock = EventClock(at("2026-03-02 09:00"))
    writer = Writer(store, program_of(idle), clock)
    writer.take([[record("v1", clock.now(), "visit", email="ada@example.com")]])
    clock.advance(at("2026-03-02 12:00"))
    writer.use(program_of(idle + journey))
    writer.take([[record("p1", clock.now(), "purchase", email="ada@example.com")]])
    settled(writer)
    assert started(store, "winback") == [("2026-03-02 12:00", 1)]
