"""When time alone starts a journey: on a schedule for an audience, on a date of the person.

An `Occasion` is one such start. It says when it comes next for somebody (`after`), and gives each time it comes
a name (`occurrence`: a date, or a moment): a person remembers the last one of each occasion, so none comes twice,
also when a clock time is edited on the day, or the person moves to another time zone after it came.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sojourn.dsl import checked
from sojourn.dsl.values import local_to_instant, to_datetime
from sojourn.interpreter.compile.expressions import Coder, Compiled
from sojourn.interpreter.compile.timing import Dependencies, dependencies
from sojourn.interpreter.functions import add, in_year, person_zone, subtract, zone_or_none

if TYPE_CHECKING:
    from sojourn.interpreter.compile.plans import Start
    from sojourn.interpreter.core.person import Person

__all__ = ["ALWAYS", "Coming", "Occasion", "next_on", "occasion_of"]

ALWAYS = -(2**62)
"""An instant before everything."""

_DAY = dt.timedelta(days=1)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ON = {
    **{name: frozenset({number}) for number, name in enumerate(_DAYS)},
    "day": frozenset(range(7)),
    "weekday": frozenset(range(5)),
    "weekend": frozenset({5, 6}),
}

Coming = tuple[int, str]
"""The instant of an occurrence, and its name."""


class Occasion:
    """One start by time alone.

    `slot` names it in a person's document; `label` are the author's words. `audience` is the one whose members it
    is for, None for a date of the person. `since` is the instant from which it counts: what lies before it (the
    time before the journey was there) never comes. `needs` are what must be known of somebody for it to come.
    """

    __slots__ = ("_next", "audience", "label", "monotone", "needs", "since", "slot", "start")

    def __init__(
        self,
        start: Start,
        slot: str,
        label: str,
        audience: str | None,
        needs: Dependencies,
        next: Callable[[Person, int], Coming | None],
    ) -> None:
        self.start = start
        self.slot = slot
        self.label = label
        self.audience = audience
        self.monotone = audience is not None
        self.needs = needs
        self.since = ALWAYS
        self._next = next

    def after(self, person: Person, instant: int) -> Coming | None:
        """The first occurrence for this person that is later than an instant and has not come yet."""
        if instant < self.since:
            instant = self.since - 1
        last = person.occurred.get(self.slot)
        coming = self._next(person, instant)
        while coming is not None and last is not None:
            # Of a schedule the days only go forward, also for somebody who travels against the sun.
            if coming[1] != last and not (self.monotone and coming[1] < last):
                break
            if coming[0] <= instant:
                return None
            instant = coming[0]
            coming = self._next(person, instant)
        return coming


def occasion_of(
    coder: Coder,
    journey: checked.Journey,
    start: checked.StartOnSchedule | checked.StartOnDate,
    made: Start,
    slot: str,
) -> Occasion:
    """The occasion that a start means."""
    zone = _zone(coder, journey)
    if isinstance(start, checked.StartOnSchedule):
        next = (
            _once(start.moment, zone) if start.moment is not None else _recurring(start.every, start.at, zone)
        )
        return Occasion(made, slot, start.label, start.audience, Dependencies(), next)
    needs = dependencies(coder.workspace, start.date)
    shifts = [(op, coder.value(shift)) for op, shift in start.shifts]
    for _, shift in start.shifts:
        dependencies(coder.workspace, shift, needs)
    date = coder.value(start.date)
    following = (
        _yearly(date, shifts, start.at, zone) if start.yearly else _dated(date, shifts, start.at, zone)
    )
    return Occasion(made, slot, start.label, None, needs, following)


def _zone(coder: Coder, journey: checked.Journey) -> Callable[[Person], dt.tzinfo]:
    """The zone in which a person's clock times are meant in a journey."""
    if journey.zone is None or isinstance(journey.zone, checked.Constant):
        name = journey.zone.value if journey.zone is not None else journey.zone_fallback
        fixed = person_zone(None, None, name)
        return lambda person: fixed
    read, fallback = coder.value(journey.zone), journey.zone_fallback

    def of_person(person: Person) -> dt.tzinfo:
        name = read(person, None, None, person.clock)
        found = zone_or_none(name) if name else None
        return person_zone(None, None, fallback) if found is None else found

    return of_person


def _recurring(
    every: str, clock: dt.time, zone: Callable[[Person], dt.tzinfo]
) -> Callable[[Person, int], Coming | None]:
    known: dict[dt.tzinfo, tuple[int, int, str]] = {}
    """Zone -> (from, the next instant, its name): many people are asked between two occurrences."""

    def next(person: Person, after: int) -> Coming | None:
        tz = zone(person)
        found = known.get(tz)
        if found is not None and found[0] <= after < found[1]:
            return found[1], found[2]
        instant, name = next_on(every, clock, tz, after)
        known[tz] = (after, instant, name)
        return instant, name

    return next


def next_on(every: str, clock: dt.time, tz: dt.tzinfo, after: int) -> Coming:
    """When a schedule (see `checked.StartOnSchedule`) comes next after an instant, and the name of that occurrence."""
    days = _ON.get(every, frozenset(range(7)))
    day = to_datetime(after, tz).date() - _DAY
    while True:
        if day.weekday() in days and (every != "month" or day.day == 1):
            instant = local_to_instant(dt.datetime.combine(day, clock), tz)
            if instant > after:
                return instant, day.isoformat()
        day += _DAY


def _once(moment: dt.datetime, zone: Callable[[Person], dt.tzinfo]) -> Callable[[Person, int], Coming | None]:
    name = moment.isoformat(sep=" ", timespec="minutes")

    def next(person: Person, after: int) -> Coming | None:
        instant = local_to_instant(moment, zone(person))
        return (instant, name) if instant > after else None

    return next


_Shifts = Sequence[tuple[str, Compiled]]


def _shifted(value: Any, shifts: _Shifts, person: Person) -> Any:
    for op, shift in shifts:
        by = shift(person, None, None, person.clock)
        value = add(value, by) if op == "+" else subtract(value, by)
    return value


def _dated(
    read: Compiled, shifts: _Shifts, at: dt.time | None, zone: Callable[[Person], dt.tzinfo]
) -> Callable[[Person, int], Coming | None]:
    """The date itself, once."""

    def next(person: Person, after: int) -> Coming | None:
        value = _shifted(read(person, None, None, person.clock), shifts, person)
        if value is None:
            return None
        tz = zone(person)
        if isinstance(value, int):
            local = to_datetime(value, tz).replace(tzinfo=None)
            name = local.isoformat(sep=" ", timespec="microseconds")
            if at is None:
                return (value, name) if value > after else None
            day = local.date()
        else:
            day = value
        instant = local_to_instant(dt.datetime.combine(day, at or dt.time()), tz)
        return (instant, day.isoformat()) if instant > after else None

    return next


def _yearly(
    read: Compiled, shifts: _Shifts, at: dt.time | None, zone: Callable[[Person], dt.tzinfo]
) -> Callable[[Person, int], Coming | None]:
    """Each anniversary of the date, from the date itself on."""

    def next(person: Person, after: int) -> Coming | None:
        base = read(person, None, None, person.clock)
        if base is None:
            return None
        tz = zone(person)
        this = to_datetime(after, tz).year
        span = max(2, abs(_shifted(dt.date(this, 6, 1), shifts, person).year - this) + 2) if shifts else 2
        best: Coming | None = None
        for year in range(max(base.year, this - span), max(base.year, this) + span + 1):
            if not 1 <= year <= 9998:
                continue
            day = _shifted(in_year(base, year), shifts, person)
            if day is None:
                continue
            instant = local_to_instant(dt.datetime.combine(day, at or dt.time()), tz)
            if instant > after and (best is None or instant < best[0]):
                best = instant, day.isoformat()
        return best

    return next
