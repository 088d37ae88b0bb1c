"""Starts by time: on a schedule, at a moment, on a date of the person."""

from __future__ import annotations

import datetime as dt

import pytest

from sojourn.dsl import checked
from sojourn.dsl.values import Duration

MESSAGE = """\
message hello about offers
  email
    subject "Hello"
    body    "<p>Hello</p>"

audience vips
  loyalty is gold

attribute last_order = time of last purchase

"""


def start_of(shop, line: str) -> checked.Start:
    journey = shop(MESSAGE + f"journey j\n  {line}\n  send hello\n").workspace.journeys["j"]
    return journey.starts[0]


def test_a_schedule_is_read(shop) -> None:
    assert start_of(shop, "start every monday at 9:00 for vips") == checked.StartOnSchedule(
        "vips", "monday", dt.time(9), None, "every monday at 9:00"
    )
    assert start_of(shop, "start every month for vips") == checked.StartOnSchedule(
        "vips", "month", dt.time(), None, "every month"
    )
    assert start_of(shop, "start at 2026-12-01 9:00 for vips") == checked.StartOnSchedule(
        "vips", "", dt.time(), dt.datetime(2026, 12, 1, 9), "at 2026-12-01 9:00"
    )


def test_a_date_in_the_profile_comes_each_year_unless_said_otherwise(shop) -> None:
    wish = start_of(shop, "start on birthday - 3 days at 9:00")
    assert isinstance(wish, checked.StartOnDate)
    assert (wish.yearly, wish.at, wish.label) == (True, dt.time(9), "birthday - 3 days at 9:00")
    ((op, shift),) = wish.shifts
    assert op == "-" and isinstance(shift, checked.Constant) and shift.value == Duration(days=3)
    once = start_of(shop, "start once on birthday - 3 days at 9:00")
    assert isinstance(once, checked.StartOnDate) and not once.yearly
    for line in ("start on birthday", "start on anniversary(birthday) - 1 week"):
        found = start_of(shop, line)
        assert isinstance(found, checked.StartOnDate) and found.yearly and found.at is None
    refill = start_of(shop, "start on last_order + 30 days")
    assert isinstance(refill, checked.StartOnDate) and not refill.yearly


@pytest.mark.parametrize(
    ("line", "code", "underlined"),
    [
        (
            "start every fortnight at 9:00 for vips",
            "unknown-occasion",
            "start every fortnight at 9:00 for vips",
        ),
        ("start every monday at 9:00 for vpis", "unknown-name", "vpis"),
        ("start at 2026-02-30 9:00 for vips", "no-such-date", "2026-02-30 9:00"),
        ("start on today + 3 days at 9:00", "not-a-persons-date", "today + 3 days"),
        ("start on 2026-12-01 at 9:00", "not-a-persons-date", "2026-12-01"),
        ("start on country at 9:00", "does-not-fit", "country"),
        ("start on brithday - 3 days at 9:00", "unknown-name", "brithday"),
        ("start on birthda", "unknown-name", "birthda"),
    ],
)
def test_mistakes_in_starts_are_underlined(shop, line: str, code: str, underlined: str) -> None:
    wrong = shop(MESSAGE + f"journey j\n  {line}\n  send hello\n")
    assert wrong.mistakes == [(code, underlined)]


def test_where_no_event_starts_there_is_none_to_look_at(shop) -> None:
    for line, why in (
        ("start every monday at 9:00 for vips", "at a fixed time"),
        ("start on birthday at 9:00", "on a date of the person"),
    ):
        wrong = shop(MESSAGE + f"journey j\n  {line}\n  if event.total > 20 EUR\n    stop\n")
        assert [code for code, _ in wrong.mistakes] == ["no-event-here"]
        assert why in wrong.sentences[0]
