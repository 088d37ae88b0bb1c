"""`keep 13 months` on a dataset: old events go, what was counted of them stands. At most 50 identifiers."""

from __future__ import annotations

from sojourn.dsl.values import DAY
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.runtime.writing import at, program_of, record, settle

WEB = """\
dataset web
  holds purchase, visit
  from http
  keep 3 months

attribute spent = sum of purchase.total
attribute orders = count of purchase

audience spenders
  orders >= 3

"""


def dropped(writer: Writer, page: int) -> None:
    while writer.drop_old(page):
        pass


def test_old_events_are_dropped_and_the_sums_stay(store: Store) -> None:
    """Five people buy in January and in May. In June only May is stored; everybody has still bought twice, also after
    the rules have changed and everything was worked out anew.
    """
    clock = EventClock(at("2026-01-10 10:00"))
    writer = Writer(store, program_of(WEB), clock)
    for month in ("2026-01-10 10:00", "2026-05-10 10:00"):
        now = at(month)
        writer.take(
            [
                [
                    record(f"{n}{now}", now, "purchase", {"total": "10 EUR"}, email=f"p{n}@example.com")
                    for n in range(5)
                ]
            ]
        )
    assert store.one("SELECT count(*) FROM event") == 10
    clock.advance(at("2026-06-01 10:00"))
    dropped(writer, 2)
    assert store.rows("SELECT DISTINCT strftime('%m', at / 1000000, 'unixepoch') FROM event") == [("05",)]
    writer.use(program_of(WEB.replace("orders >= 3", "orders >= 2")))
    settle(writer)
    assert store.rows("SELECT count(*) FROM member WHERE audience = 'spenders'") == [(5,)]
    writer.take([[record("more", clock.now(), "purchase", {"total": "10 EUR"}, email="p0@example.com")]])
    state = store.one("SELECT document FROM person WHERE number = 1")
    assert "30 EUR" in state or '"30' in state


def test_once_a_day_it_looks_for_old_events(store: Store) -> None:
    clock = EventClock(at("2026-06-01 10:00"))
    writer = Writer(store, program_of(WEB), clock)
    writer.take([[record("v", clock.now(), "visit", email="a@example.com")]])
    assert writer.drop_old() is True
    assert writer.drop_old() is False
    clock.advance(clock.now() + DAY // 2)
    assert writer.drop_old() is False
    clock.advance(clock.now() + DAY)
    assert writer.drop_old() is True


def test_an_event_older_than_what_is_kept_is_set_aside(store: Store) -> None:
    """It may have been counted before it was dropped: nobody can tell any more."""
    clock = EventClock(at("2026-06-01 10:00"))
    writer = Writer(store, program_of(WEB), clock)
    writer.take([[record("now", clock.now(), "visit", email="a@example.com")]])
    (receipt,) = writer.take([[record("old", at("2026-02-01 10:00"), "visit", email="a@example.com")]])
    assert (receipt.accepted, len(receipt.rejected)) == (0, 1)
    assert store.one("SELECT reason FROM rejected") == (
        "It happened at 2026-02-01T10:00:00Z: events “visit” are not kept that long."
    )


def test_a_person_has_at_most_fifty_identifiers(store: Store) -> None:
    base = "profile\n  email email identity\n  device text identity\n\n"
    base += "identity\n  email one per person\n  device many per person\n\nevent visit\n\n"
    clock = EventClock(at("2026-06-01 10:00"))
    writer = Writer(store, program_of("", base), clock)
    now = clock.now()
    writer.take([[record(f"v{n}", now, "visit", email="a@example.com", device=f"d{n}") for n in range(60)]])
    assert store.one("SELECT count(*) FROM identifier") == 50
    refused = store.rows(
        "SELECT DISTINCT json_extract(detail, '$.because') FROM activity WHERE kind = 'link refused'"
    )
    assert refused == [("the person has 50 identifiers already",)]
    assert store.one("SELECT count(*) FROM event") == 60
