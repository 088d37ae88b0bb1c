"""All zones there are, at instants made up at random, most of them near a change of the clock.

The sums over the calendar and the constructs that speak of clock times give what the rules of docs/language.md give
over `whenever`, a library that Sojourn does not use.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from functools import lru_cache

from hypothesis import given
from hypothesis import strategies as st

from sojourn.dsl.values import DAY, HOUR, MINUTE, SECOND, Duration, add_in_zone, local_to_instant, zone
from sojourn.dsl.values import parse_instant as at
from tests.oracle.soaking import some
from tests.zones import civil
from tests.zones.playing import Seen, program_of, records, simulated

ZONES = sorted(
    name
    for name in zoneinfo.available_timezones()
    if "/" in name and name.split("/")[0] not in ("Etc", "SystemV")
)
EARLIEST, LATEST = at("1990-01-01T00:00Z"), at("2037-01-01T00:00Z")
SPECIAL = (
    "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "Asia/Kathmandu", "Pacific/Apia",
    "Pacific/Kiritimati", "Africa/Cairo", "Asia/Beirut", "America/Santiago", "America/Havana", "America/Nuuk",
    "Antarctica/Troll", "Africa/Casablanca", "Europe/Dublin", "America/St_Johns", "Asia/Kolkata",
)  # fmt: skip


@lru_cache(maxsize=1024)
def _changes(name: str) -> list[int]:
    return civil.changes(name, EARLIEST, LATEST)


@st.composite
def places(draw: st.DrawFn, minutes: bool = False) -> tuple[str, int]:
    """A zone and an instant, mostly within two days of a change of its clocks; `minutes` for whole ones."""
    name = draw(st.sampled_from(ZONES) | st.sampled_from(SPECIAL))
    near = _changes(name)
    if near and draw(st.integers(0, 4)):
        instant = (
            draw(st.sampled_from(near)) + draw(st.integers(-2 * DAY // MINUTE, 2 * DAY // MINUTE)) * MINUTE
        )
    else:
        instant = draw(st.integers(EARLIEST // MINUTE, LATEST // MINUTE)) * MINUTE
    return name, instant + (0 if minutes else draw(st.sampled_from((0, 0, 1, -1, 30 * SECOND))))


@st.composite
def clocks(draw: st.DrawFn, steps: int = 15) -> tuple[str, int, dt.time]:
    """A place, and a clock time on the quarter of an hour that is mostly near what the clock shows there."""
    name, instant = draw(places(minutes=True))
    shown = civil.clock_at(instant, name).replace(second=0, microsecond=0)
    shown += dt.timedelta(minutes=draw(st.integers(-10, 10) | st.integers(-48, 48)) * steps)
    return name, instant, shown.replace(minute=shown.minute // steps * steps).time()


@some(600)
@given(places(), st.integers(-26 * 60, 26 * 60))
def test_the_instant_of_a_clock_time(place: tuple[str, int], minutes: int) -> None:
    name, instant = place
    local = civil.clock_at(instant, name) + dt.timedelta(minutes=minutes)
    assert local_to_instant(local, zone(name)) == civil.first(local, name)


@some(600)
@given(
    places(), st.sampled_from((0, 1, 2, 6, 12)), st.integers(0, 31), st.sampled_from((0, 1, HOUR, 25 * HOUR))
)
def test_so_much_later(place: tuple[str, int], months: int, days: int, micros: int) -> None:
    """Days and months keep the clock time, hours are elapsed; a month never leaves its month."""
    name, instant = place
    meant = civil.later(instant, name, months=months, days=days, micros=micros)
    assert add_in_zone(instant, Duration(months, days, micros), zone(name)) == meant


def _of(seen: list[Seen], journey: str, kind: str) -> list[int]:
    return [s.at for s in seen if s.journey == journey and s.kind == kind]


def _until(seen: list[Seen], journey: str) -> list[int | None]:
    return [s.until for s in seen if s.journey == journey and s.kind == "waiting"]


@some(150)
@given(clocks())
def test_what_journeys_wait_for(place: tuple[str, int, dt.time]) -> None:
    """Every wait that goes by clock or calendar, begun at the same instant."""
    name, instant, clock = place
    said = f"{clock.hour}:{clock.minute:02}"
    day = civil.clock_at(instant, name).date() + dt.timedelta(days=2)
    waits = {
        "next": f"wait until {said}",
        "moment": f"wait until {day} {said}",
        "dated": f"wait until born at {said}",
        "day": "wait 1 day",
        "days": "wait 5 days 3 hours",
        "month": "wait 1 month",
        "awaits": "wait for answered, up to 3 days",
        "hours": "wait 24 hours",
    }
    text = "".join(
        f'journey {journey}\n  start on go\n  times in timezone otherwise "UTC"\n\n  {wait}\n\n'
        for journey, wait in waits.items()
    )
    seen = simulated(
        program_of(text), records(name, instant - 1, [instant], born=str(day)), instant + 40 * DAY
    )
    that = civil.first(dt.datetime.combine(day, clock), name)
    meant = {
        "next": civil.next_clock_time(instant, clock, name),
        "moment": that,
        "dated": that,
        "day": civil.later(instant, name, days=1),
        "days": civil.later(instant, name, days=5, micros=3 * HOUR),
        "month": civil.later(instant, name, months=1),
        "awaits": civil.later(instant, name, days=3),
        "hours": instant + DAY,
    }
    for journey, until in meant.items():
        assert _until(seen, journey) == ([until] if until > instant else []), (journey, until)
        assert _of(seen, journey, "ended") == [max(until, instant)], journey


@some(150)
@given(clocks())
def test_what_schedules_bring(place: tuple[str, int, dt.time]) -> None:
    """Four days of a schedule, of a day of the week and of a birthday: each occurrence once, at its instant."""
    name, instant, clock = place
    said = f"{clock.hour}:{clock.minute:02}"
    day = civil.clock_at(instant, name).date() + dt.timedelta(days=2)
    starts = {
        "daily": f"start every day at {said} for everybody",
        "weekly": f"start every {day:%A} at {said} for everybody".lower(),
        "weekdays": f"start every weekday at {said} for everybody",
        "birthday": f"start on born at {said}",
        "before": f"start on born - 1 day at {said}",
    }
    text = "".join(
        f'journey {journey}\n  {start}\n  times in timezone otherwise "UTC"\n\n  send hello\n\n'
        for journey, start in starts.items()
    )
    until = instant + 4 * DAY
    seen = simulated(program_of(text), records(name, instant, [], born=str(day)), until)

    def times(fits: list[dt.date]) -> list[int]:
        found = {civil.first(dt.datetime.combine(date, clock), name) for date in fits}
        return sorted(t for t in found if instant < t <= until)

    dates = list(civil.days_around(instant, name, 3, 7))
    assert _of(seen, "daily", "started") == times(dates)
    assert _of(seen, "weekly", "started") == times([d for d in dates if d.weekday() == day.weekday()])
    assert _of(seen, "weekdays", "started") == times([d for d in dates if d.weekday() < 5])
    assert _of(seen, "birthday", "started") == times([day])
    # A birthday on February 29 is February 28 where there is none: the day before goes with it.
    assert _of(seen, "before", "started") == times([day - dt.timedelta(days=1)])


@some(200)
@given(clocks(steps=30), st.integers(1, 47))
def test_when_it_is_quiet(place: tuple[str, int, dt.time], halves: int) -> None:
    """What falls into quiet hours goes out in the ten minutes after them; everything else at once."""
    name, instant, begins = place
    ends = (dt.datetime.combine(dt.date(2000, 1, 1), begins) + dt.timedelta(minutes=30 * halves)).time()
    program = program_of(
        f"quiet hours from {begins.hour}:{begins.minute:02} to {ends.hour}:{ends.minute:02} on email "
        'in timezone otherwise "UTC"\n\njourney j\n  start on go\n\n  send hello\n'
    )
    over = instant
    while (end := civil.quiet_until(over, begins, ends, name)) is not None:
        over = end
    seen = simulated(program, records(name, instant - 1, [instant]), instant + 6 * DAY)
    (sent,) = _of(seen, "j", "sent")
    if over == instant:
        assert sent == instant
    else:
        assert over <= sent < over + 10 * MINUTE, (over, sent)


@some(150)
@given(places(minutes=True))
def test_when_a_day_begins_and_ends(place: tuple[str, int]) -> None:
    """What is said of days of the calendar holds from the first instant of one to the first of the next."""
    name, instant = place
    program = program_of(
        'audience on_the_day\n  born is today\n\naudience fridays\n  weekday(today) is "friday"\n\n'
    )
    day = civil.clock_at(instant, name).date()
    begins, ends = (
        civil.first(dt.datetime.combine(day + dt.timedelta(days=n), dt.time()), name) for n in (0, 1)
    )
    known = begins - 10 * DAY
    seen = simulated(program, records(name, known, [], born=str(day)), ends + 3 * DAY)
    assert _of(seen, "on_the_day", "entered") == [begins]
    assert _of(seen, "on_the_day", "left") == [ends]
    dates = {
        civil.first(dt.datetime.combine(d, dt.time()), name): d for d in civil.days_around(known, name, 0, 15)
    }
    first = {max(t, known): civil.clock_at(max(t, known), name) for t in sorted(dates)}
    meant = [t for t, clock in first.items() if known <= t <= ends + 3 * DAY and clock.weekday() == 4]
    assert _of(seen, "fridays", "entered") == meant
