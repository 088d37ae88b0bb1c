"""Journeys that start on a schedule or on a date of the person: each occurrence once, whatever happens."""

from __future__ import annotations

from pathlib import Path

from sojourn.interpreter.runtime.clock import EventClock, FastClock
from sojourn.interpreter.runtime.engine import Engine
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.runtime.writing import at, people, program_of, record, settle, started

DAILY = """\
journey digest
  start every day at 9:00 for members
  send hello
"""


def test_a_saved_file_never_fires_an_occurrence_again(store: Store) -> None:
    """Ten members have had the digest of the day. The author moves it to 9:30 and saves, then to 8:00: nobody gets
    it again that day, and it comes the next day at its new time.
    """
    clock = EventClock(at("2026-03-02 08:00"))
    writer = Writer(store, program_of(DAILY), clock)
    writer.take([people(clock.now(), 10, member=True)])
    clock.advance(at("2026-03-02 09:10"))
    settle(writer)
    assert started(store, "digest") == [("2026-03-02 09:00", 10)]
    for changed in ("9:30", "8:00"):
        writer.use(program_of(DAILY.replace("9:00", changed)))
        settle(writer)
    clock.advance(at("2026-03-03 08:00"))
    settle(writer)
    assert started(store, "digest") == [("2026-03-02 09:00", 10), ("2026-03-03 08:00", 10)]
    assert store.rows("SELECT journey, start, occurrence, people FROM occurrence ORDER BY occurrence") == [
        ("digest", "every day at 9:00", "2026-03-02", 10),
        ("digest", "every day at 8:00", "2026-03-03", 10),
    ]


def test_a_new_journey_does_not_make_up_for_the_time_before_it(store: Store) -> None:
    """The digest is added at 9:10 of a day: its first occurrence is that of the next day."""
    clock = EventClock(at("2026-03-01 08:00"))
    writer = Writer(store, program_of(""), clock)
    writer.take([people(clock.now(), 3, member=True)])
    clock.advance(at("2026-03-02 09:10"))
    writer.use(program_of(DAILY))
    settle(writer)
    assert started(store, "digest") == []
    clock.advance(at("2026-03-03 12:00"))
    settle(writer)
    assert started(store, "digest") == [("2026-03-03 09:00", 3)]


def test_what_fell_into_a_night_asleep_comes_once_at_its_own_time(tmp_path: Path) -> None:
    """The process stops at 8:00 and comes back three days later, with a file that was edited meanwhile."""
    path = tmp_path / "club.db"
    clock = EventClock(at("2026-03-02 08:00"))
    with Store.open(path) as store:
        writer = Writer(store, program_of(DAILY), clock)
        writer.take([people(clock.now(), 4, member=True)])
    edited = program_of(DAILY + "\naudience visitors\n  has visit in last 30 days\n")
    for _ in range(2):
        clock.advance(at("2026-03-04 12:00"))
        with Store.open(path) as store:
            writer = Writer(store, edited, clock)
            settle(writer)
            assert started(store, "digest") == [
                ("2026-03-02 09:00", 4), ("2026-03-03 09:00", 4), ("2026-03-04 09:00", 4),
            ]  # fmt: skip


def test_everybody_has_their_own_nine_oclock(store: Store) -> None:
    """`times in` a field of the profile: each at 9:00 in their own zone, and once when they travel."""
    clock = EventClock(at("2026-03-02 00:00"))
    club = program_of(
        DAILY.replace("for members\n", 'for members\n  times in timezone otherwise "Europe/Paris"\n')
    )
    writer = Writer(store, club, clock)
    now = clock.now()
    writer.take([[
        record("a", now, email="a@example.com", member=True, timezone="Europe/Paris"),
        record("b", now, email="b@example.com", member=True, timezone="America/New_York"),
        record("c", now, email="c@example.com", member=True),
    ]])  # fmt: skip
    clock.advance(at("2026-03-02 09:00"))
    settle(writer)
    writer.take([[record("d", clock.now(), email="a@example.com", timezone="America/New_York")]])
    clock.advance(at("2026-03-02 23:00"))
    settle(writer)
    assert started(store, "digest") == [("2026-03-02 08:00", 2), ("2026-03-02 14:00", 1)]


def test_one_moment_for_an_audience(store: Store) -> None:
    """Who is in the audience at that instant: neither who left before, nor who came after."""
    clock = EventClock(at("2026-11-30 12:00"))
    launch = "journey launch\n  start at 2026-12-01 9:00 for members\n  send hello\n"
    writer = Writer(store, program_of(launch), clock)
    writer.take([people(clock.now(), 3, member=True)])
    writer.take([[record("x", clock.now() + 1, email="p0@example.com", member=False)]])
    clock.advance(at("2026-12-01 09:00") + 1)
    writer.take([[record("y", clock.now(), email="late@example.com", member=True)]])
    clock.advance(at("2026-12-20 12:00"))
    settle(writer)
    assert started(store, "launch") == [("2026-12-01 09:00", 2)]
    assert store.rows("SELECT occurrence, people FROM occurrence") == [("2026-12-01 09:00", 2)]
    assert writer.next_due() is None


def test_events_flow_while_a_large_audience_starts(store: Store) -> None:
    """3,000 members are due at 9:00: an event that comes then does not wait for all of them."""
    writer = Writer(store, program_of(DAILY), EventClock(at("2026-03-02 08:00")))
    writer.take([people(at("2026-03-02 08:00"), 3000, member=True)])
    engine = Engine(store, program_of(DAILY), FastClock(at("2026-03-02 09:01"), 1))
    engine.start()
    try:
        engine.submit([record("v", engine.clock.now(), "visit", email="new@example.com")]).result(10)
        left = engine.call(
            lambda: store.one("SELECT count(*) FROM timer WHERE due <= ?", (at("2026-03-02 09:00"),))
        )
        assert left.result(10) > 0  # type: ignore[operator]
    finally:
        engine.stop()


def test_a_birthday_comes_each_year_and_moves_with_the_date(store: Store) -> None:
    clock = EventClock(at("2026-01-01 00:00"))
    wish = "journey wish\n  start on birthday - 3 days at 9:00\n  send hello\n"
    writer = Writer(store, program_of(wish), clock)
    writer.take([[record("a", clock.now(), email="a@example.com", birthday="1990-03-10")]])
    writer.take([[record("b", clock.now(), email="b@example.com", birthday="1992-02-29")]])
    clock.advance(at("2026-03-01 00:00"))
    settle(writer)
    # The date was wrong, and is put right before it comes: only the right one counts.
    writer.take([[record("c", clock.now(), email="a@example.com", birthday="1990-03-20")]])
    # The same date said again is the same occurrence.
    clock.advance(at("2026-03-18 00:00"))
    settle(writer)
    writer.take([[record("d", clock.now(), email="a@example.com", birthday="1990-03-20")]])
    clock.advance(at("2028-12-31 00:00"))
    settle(writer)
    assert started(store, "wish") == [
        ("2026-02-25 09:00", 1), ("2026-03-17 09:00", 1), ("2027-02-25 09:00", 1), ("2027-03-17 09:00", 1),
        ("2028-02-26 09:00", 1), ("2028-03-17 09:00", 1),
    ]  # fmt: skip


def test_two_people_who_are_one_get_an_occurrence_once(store: Store) -> None:
    clock = EventClock(at("2026-03-02 08:00"))
    base = "profile\n  email email identity\n  device text identity\n  member boolean\n\n"
    base += "identity\n  email one per person\n  device many per person\n\nevent visit\n\n"
    base += "audience members\n  member is true\n\n"
    base += 'message hello\n  email\n    subject "Hello"\n    body "Hello"\n\n'
    writer = Writer(store, program_of(DAILY, base), clock)
    now = clock.now()
    writer.take(
        [[record("a", now, email="a@example.com", member=True), record("b", now, device="d", member=True)]]
    )
    clock.advance(at("2026-03-02 09:00"))
    settle(writer)
    writer.take([[record("c", clock.now(), "visit", email="a@example.com", device="d")]])
    clock.advance(at("2026-03-03 12:00"))
    settle(writer)
    assert started(store, "digest") == [("2026-03-02 09:00", 2), ("2026-03-03 09:00", 1)]
