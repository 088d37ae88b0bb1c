"""A table of special hours all over the world, and every construct of the language that speaks of a clock time.

Each row names a clock time and the instant that it means, written by hand. `whenever`, a library that Sojourn does
not use, has to say the same, and so does every construct, in the simulator and in the live engine.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

import pytest

from sojourn.dsl.values import HOUR, MINUTE, SECOND, parse_instant
from tests.oracle.playing import quick_folder
from tests.zones import civil
from tests.zones.playing import Seen, lived, program_of, records, simulated


class Row(NamedTuple):
    """A clock time in a zone, and the instant that it is (UTC)."""

    what: str
    zone: str
    local: str
    instant: str


TABLE = (
    Row("an hour is skipped", "Europe/Paris", "2026-03-29 02:30", "2026-03-29T01:00Z"),
    Row("the first minute after it", "Europe/Paris", "2026-03-29 03:00", "2026-03-29T01:00Z"),
    Row("the last minute before it", "Europe/Paris", "2026-03-29 01:59", "2026-03-29T00:59Z"),
    Row("an hour comes twice", "Europe/Paris", "2026-10-25 02:30", "2026-10-25T00:30Z"),
    Row("the first minute that comes twice", "Europe/Paris", "2026-10-25 02:00", "2026-10-25T00:00Z"),
    Row("the first minute that comes once again", "Europe/Paris", "2026-10-25 03:00", "2026-10-25T02:00Z"),
    Row("an hour is skipped overseas", "America/New_York", "2026-03-08 02:30", "2026-03-08T07:00Z"),
    Row("an hour comes twice overseas", "America/New_York", "2026-11-01 01:30", "2026-11-01T05:30Z"),
    Row("where summer time is the usual one, skipped", "Europe/Dublin", "2026-03-29 01:30", "2026-03-29T01:00Z"),
    Row("where summer time is the usual one, twice", "Europe/Dublin", "2026-10-25 01:30", "2026-10-25T00:30Z"),
    Row("a zone of half an hour", "Asia/Kolkata", "2026-03-29 09:00", "2026-03-29T03:30Z"),
    Row("a zone of three quarters", "Asia/Kathmandu", "2026-03-29 09:00", "2026-03-29T03:15Z"),
    Row("a zone of a quarter before nine", "Australia/Eucla", "2026-03-29 09:00", "2026-03-29T00:15Z"),
    Row("half an hour is skipped", "Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03T15:30Z"),
    Row("half an hour comes twice", "Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04T14:45Z"),
    Row("a skipped hour in a zone of half an hour", "America/St_Johns", "2026-03-08 02:30", "2026-03-08T05:30Z"),
    Row("a skipped hour in a zone of three quarters", "Pacific/Chatham", "2026-09-27 03:00", "2026-09-26T14:00Z"),
    Row("a doubled hour in a zone of three quarters", "Pacific/Chatham", "2026-04-05 03:00", "2026-04-04T13:15Z"),
    Row("two hours are skipped", "Antarctica/Troll", "2026-03-29 02:15", "2026-03-29T01:00Z"),
    Row("two hours come twice", "Antarctica/Troll", "2026-10-25 01:30", "2026-10-24T23:30Z"),
    Row("clocks go back for a month of fasting", "Africa/Casablanca", "2026-02-15 02:30", "2026-02-15T01:30Z"),
    Row("and forward after it", "Africa/Casablanca", "2026-03-22 02:30", "2026-03-22T02:00Z"),
    Row("midnight is skipped", "Africa/Cairo", "2026-04-24 00:00", "2026-04-23T22:00Z"),
    Row("half past midnight is skipped", "Asia/Beirut", "2026-03-29 00:30", "2026-03-28T22:00Z"),
    Row("midnight is skipped far in the south", "America/Santiago", "2026-09-06 00:00", "2026-09-06T04:00Z"),
    Row("midnight comes twice", "America/Havana", "2026-11-01 00:00", "2026-11-01T04:00Z"),
    Row("the last hour of a day comes twice", "Africa/Cairo", "2026-10-29 23:30", "2026-10-29T20:30Z"),
    Row("the last hour of a day is skipped", "America/Nuuk", "2026-03-28 23:30", "2026-03-29T01:00Z"),
    Row("the earliest zone of all", "Pacific/Kiritimati", "2026-03-29 09:00", "2026-03-28T19:00Z"),
    Row("the latest", "Pacific/Pago_Pago", "2026-03-29 09:00", "2026-03-29T20:00Z"),
    Row("a day is skipped: Samoa", "Pacific/Apia", "2011-12-30 09:00", "2011-12-30T10:00Z"),
    Row("the day after it", "Pacific/Apia", "2011-12-31 09:00", "2011-12-30T19:00Z"),
    Row("the day before it", "Pacific/Apia", "2011-12-29 09:00", "2011-12-29T19:00Z"),
    Row("a day is skipped: Tokelau", "Pacific/Fakaofo", "2011-12-30 18:00", "2011-12-30T11:00Z"),
    Row("a day is skipped: Kiribati", "Pacific/Kiritimati", "1994-12-31 12:00", "1994-12-31T10:00Z"),
    Row("a day is skipped: Kwajalein", "Pacific/Kwajalein", "1993-08-21 12:00", "1993-08-21T12:00Z"),
    Row("a leap day", "UTC", "2028-02-29 09:00", "2028-02-29T09:00Z"),
    Row("a leap day in the east", "Asia/Tokyo", "2028-02-29 00:00", "2028-02-28T15:00Z"),
    Row("the last day of a year", "Pacific/Auckland", "2026-12-31 23:59", "2026-12-31T10:59Z"),
    Row("the first of a month that is another in UTC", "America/Los_Angeles", "2026-02-28 23:00", "2026-03-01T07:00Z"),
)  # fmt: skip


class Construct(NamedTuple):
    """Something that speaks of a clock time: a text with {clock}, {date}, {day} in it, when it is set off, counted
    from the clock time (so many local days before it, or a length of time before the instant), and what is looked at.
    """

    name: str
    text: str
    days_before: int = 0
    before: int = 0
    finds: Callable[[list[Seen]], list[int]] = lambda seen: [s.until for s in seen if s.until is not None]
    profile: str = ""


def _started(seen: list[Seen]) -> list[int]:
    return [s.at for s in seen if s.kind == "started"]


def _ended(seen: list[Seen]) -> list[int]:
    return [s.at for s in seen if s.kind == "ended"]


_ZONED = '  times in timezone otherwise "UTC"\n\n'
_GO = "journey j\n  start on go\n" + _ZONED

CONSTRUCTS = (
    Construct("wait until a clock time", _GO + "  wait until {clock}\n", before=3 * HOUR),
    Construct("on its day of the week", _GO + "  wait until {clock} on {day}\n", before=3 * HOUR),
    Construct("wait until a moment", _GO + "  wait until {date} {clock}\n", before=50 * HOUR),
    Construct("wait until a date", _GO + "  wait until born at {clock}\n", before=50 * HOUR, profile="born"),
    Construct("wait a day", _GO + "  wait 1 day\n", days_before=1),
    Construct("wait two weeks", _GO + "  wait 2 weeks\n", days_before=14),
    Construct("wait days and hours", _GO + "  wait 1 day 90 minutes\n", days_before=1,
              finds=lambda seen: [s.until - 90 * MINUTE for s in seen if s.until is not None]),
    Construct("wait for an event up to a day", _GO + "  wait for answered, up to 1 day\n", days_before=1),
    Construct("wait for the first of several", _GO + "  wait for first of, up to 3 days\n    answered\n      stop\n"
              "    passed_by\n      stop\n    timed out\n      send hello\n", days_before=3),
    Construct("ends after days", "journey j\n  start on go\n  ends after 2 days\n" + _ZONED
              + "  wait for answered\n", days_before=2, finds=_ended),
    Construct("every day", "journey j\n  start every day at {clock} for everybody\n" + _ZONED + "  send hello\n",
              before=2 * HOUR, finds=lambda seen: _started(seen)[:1]),
    Construct("every week", "journey j\n  start every {day} at {clock} for everybody\n" + _ZONED + "  send hello\n",
              before=100 * HOUR, finds=_started),
    Construct("at a moment", "journey j\n  start at {date} {clock} for everybody\n" + _ZONED + "  send hello\n",
              before=100 * HOUR, finds=_started),
    Construct("once on a date", "journey j\n  start once on born at {clock}\n" + _ZONED + "  send hello\n",
              before=100 * HOUR, finds=_started, profile="born"),
    Construct("on a birthday", "journey j\n  start on born at {clock}\n" + _ZONED + "  send hello\n",
              before=100 * HOUR, finds=_started, profile="long ago"),
    Construct("three days before it", "journey j\n  start on born - 3 days at {clock}\n" + _ZONED + "  send hello\n",
              before=100 * HOUR, finds=_started, profile="three days later"),
)  # fmt: skip


def _text(construct: Construct, local: dt.datetime) -> str:
    clock = f"{local.hour}:{local.minute:02}"
    text = construct.text.replace("{clock}", clock).replace("{date}", f"{local:%Y-%m-%d}")
    return text.replace("{day}", f"{local:%A}".lower())


def _born(construct: Construct, local: dt.datetime) -> dict[str, str]:
    if construct.profile == "born":
        return {"born": f"{local:%Y-%m-%d}"}
    if construct.profile == "long ago":
        return {"born": f"{local.year - 40}-{local:%m-%d}"}
    if construct.profile == "three days later":
        return {"born": f"{local + dt.timedelta(days=3):%Y-%m-%d}"}
    return {}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.what}, {row.zone}")
def test_the_table_is_right(row: Row) -> None:
    """What is written by hand, what the other library says."""
    assert civil.first(dt.datetime.fromisoformat(row.local), row.zone) == parse_instant(row.instant)


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda construct: construct.name)
@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.what}, {row.zone}")
def test_every_construct_means_that_instant(row: Row, construct: Construct) -> None:
    local = dt.datetime.fromisoformat(row.local)
    instant = parse_instant(row.instant)
    go = instant - construct.before
    if construct.days_before:
        before = local - dt.timedelta(days=construct.days_before)
        go = civil.first(before, row.zone)
        if civil.clock_at(go, row.zone) != before:  # skipped, too: what counts is what the clock showed
            instant = civil.later(go, row.zone, days=construct.days_before)
    program = program_of(_text(construct, local))
    said = records(row.zone, go - SECOND, [go], **_born(construct, local))
    until = instant + 5 * HOUR
    seen = simulated(program, said, until)
    assert construct.finds(seen) == [instant], (seen, instant)
    with quick_folder() as folder:
        assert lived(program, said, until, folder / "store.db") == seen


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.what}, {row.zone}")
def test_quiet_hours_end_at_that_instant(row: Row) -> None:
    """Quiet from three hours after the clock time until it comes again: what is held goes out in the ten minutes
    after that; what is sent at that very instant goes out at once. Where a whole day is skipped, the quiet hours of
    the next day have begun.
    """
    local = dt.datetime.fromisoformat(row.local)
    instant = parse_instant(row.instant)
    begins = (local + dt.timedelta(hours=3)).time()
    quiet = f"quiet hours from {begins.hour}:{begins.minute:02} to {local.hour}:{local.minute:02} on email "
    journey = "journey j\n  start on go\n\n  send hello\n"
    program = program_of(f'{quiet}in timezone otherwise "UTC"\n\n{journey}')
    end = instant
    while (over := civil.quiet_until(end, begins, local.time(), row.zone)) is not None:
        end = over
    assert (end == instant) != row.what.startswith("a day is skipped")
    held = records(row.zone, instant - 2 * HOUR, [instant - HOUR])
    seen = simulated(program, held, end + HOUR)
    (sent,) = [s.at for s in seen if s.kind == "sent"]
    assert end <= sent < end + 10 * MINUTE, (sent, end)
    with quick_folder() as folder:
        assert lived(program, held, end + HOUR, folder / "store.db") == seen
    at_once = simulated(program, records(row.zone, instant - 2 * HOUR, [instant]), end + HOUR)
    (sent,) = [s.at for s in at_once if s.kind == "sent"]
    assert sent == instant if end == instant else end <= sent < end + 10 * MINUTE


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.what}, {row.zone}")
def test_a_day_is_that_of_the_zone(row: Row) -> None:
    """What is said of a day is true from its first instant to that of the next day: conditions and limits."""
    day = dt.datetime.fromisoformat(row.local).date()
    begins = civil.first(dt.datetime.combine(day, dt.time()), row.zone)
    ends = civil.first(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()), row.zone)
    program = program_of(
        "audience on_the_day\n  born is today\n\n"
        "limit hello to 1 message per calendar day\n\n"
        "journey j\n  start on go\n\n  send hello\n"
    )
    there = (begins - 1, begins, ends - 1, ends)
    goes = sorted({t for t in there if begins < ends or t == begins})
    said = records(row.zone, begins - 30 * HOUR, goes, born=day.isoformat())
    seen = simulated(program, said, ends + 30 * HOUR)
    member = [(s.at, s.kind) for s in seen if s.kind in ("entered", "left") and s.journey == "on_the_day"]
    if begins == ends:  # there is no such day
        assert member == []
    else:
        assert member == [(begins, "entered"), (ends, "left")]
        assert [s.at for s in seen if s.kind == "sent"] == [begins - 1, begins, ends]
    with quick_folder() as folder:
        assert lived(program, said, ends + 30 * HOUR, folder / "store.db") == seen


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.what}, {row.zone}")
def test_a_day_in_a_window_is_24_hours_whatever_the_clocks_do(row: Row) -> None:
    instant = parse_instant(row.instant) - HOUR
    program = program_of(
        "audience lately\n  has go in last 2 days\n\naudience hourly\n  has go in last 48 hours\n"
    )
    seen = simulated(program, records(row.zone, instant - HOUR, [instant]), instant + 72 * HOUR)
    for audience in ("lately", "hourly"):
        member = [(s.at, s.kind) for s in seen if s.journey == audience]
        assert member == [(instant, "entered"), (instant + 48 * HOUR, "left")]
