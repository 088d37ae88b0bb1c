"""The clock of a test: its zone, where it begins, where each `at` and `after` takes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sojourn.dsl import checked
from sojourn.dsl.source import Span
from sojourn.dsl.values import UTC, add_in_zone, local_to_instant, to_datetime, zone

__all__ = ["BEGINNING", "beginning", "clock_moments", "clock_zone", "moved"]

BEGINNING = dt.datetime(2026, 1, 1)
"""When a test begins that does not say `at`, as a clock time in its zone."""


def clock_zone(workspace: checked.Workspace, test: checked.Test) -> dt.tzinfo:
    """The zone that the test says, else that of the profile it begins with (of its first person where it has none),
    else UTC.
    """
    name = ""
    given: list[checked.Given] = []
    for item in test.items:
        if isinstance(item, checked.Clock):
            break
        if isinstance(item, checked.Given):
            given.append(item)
    first = "" if not given or any(not item.who for item in given) else given[0].who
    for item in given:
        if item.who == first:
            name = item.values.get(workspace.timezone_field or "", name)
    name = test.zone or name
    return zone(name) if name else UTC


def beginning(test: checked.Test, tz: dt.tzinfo) -> int:
    """The instant (microseconds) at which the clock stands before it first moves; `tz` is the clock's zone."""
    first = next((item for item in test.items if isinstance(item, checked.Clock)), None)
    if first is not None and first.at is not None:
        return moved(0, first, tz)
    return local_to_instant(BEGINNING, tz)


def moved(now: int, clock: checked.Clock, tz: dt.tzinfo) -> int:
    """The instant to which a line takes the clock, which stands at `now`. It may lie before it: a mistake."""
    if clock.at is not None:
        return local_to_instant(clock.at, zone(clock.zone) if clock.zone else tz)
    assert clock.after is not None
    return add_in_zone(now, clock.after, tz)


def clock_moments(workspace: checked.Workspace, test: checked.Test) -> Iterator[tuple[Span, dt.datetime]]:
    """The place of each line that moves the clock, and what the clock then shows."""
    tz = clock_zone(workspace, test)
    now = beginning(test, tz)
    for item in test.items:
        if isinstance(item, checked.Clock):
            now = moved(now, item, tz)
            yield item.span, to_datetime(now, tz)
