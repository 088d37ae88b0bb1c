"""Clocks: what time it is for the engine, and how long to sleep until something is due."""

from __future__ import annotations

import time
from typing import Protocol

from sojourn.dsl.values import SECOND

__all__ = ["FAR_AWAY", "Clock", "EventClock", "FastClock", "WallClock"]


FAR_AWAY = 253_370_764_800 * SECOND
"""The year 9999."""


class Clock(Protocol):
    """`now` is an instant (microseconds since 1970 UTC)."""

    def now(self) -> int:
        """What time it is."""
        ...

    def seconds_until(self, instant: int) -> float:
        """How long to sleep, in real seconds, until an instant; 0 when it is there."""
        ...

    def receives(self) -> int:
        """The instant at which a record that comes now counts as received, for the door."""
        ...


class WallClock:
    """The real time. It never goes back: when the machine's clock is set back, it stands still until it has
    caught up.
    """

    def __init__(self) -> None:
        self._last = 0

    def now(self) -> int:
        """The real time."""
        now = time.time_ns() // 1000
        if now < self._last:
            return self._last
        self._last = now
        return now

    def seconds_until(self, instant: int) -> float:
        """Real seconds until then."""
        return max(0.0, (instant - self.now()) / SECOND)

    def receives(self) -> int:
        """Now."""
        return self.now()


class FastClock:
    """Begins at `start` and runs `speed` times as fast as the real time: an hour a second at 3600."""

    def __init__(self, start: int, speed: float) -> None:
        if not speed > 0:
            raise ValueError("the speed of a clock must be more than 0")
        self.start = start
        self.speed = speed
        self._began = time.monotonic_ns()

    def now(self) -> int:
        """The time that has passed here, `speed` times over."""
        return self.start + int((time.monotonic_ns() - self._began) // 1000 * self.speed)

    def seconds_until(self, instant: int) -> float:
        """Real seconds until then."""
        return max(0.0, (instant - self.now()) / SECOND / self.speed)

    def receives(self) -> int:
        """Now."""
        return self.now()


class EventClock:
    """Jumps along the records of a file: it is the time of the latest record that was taken in."""

    def __init__(self, start: int = 0) -> None:
        self._now = start

    def now(self) -> int:
        """The time of the latest record."""
        return self._now

    def advance(self, instant: int) -> None:
        """Jumps to an instant; never back."""
        if instant > self._now:
            self._now = instant

    def take_back(self, instant: int) -> None:
        """The records since an instant were not taken in after all."""
        if instant < self._now:
            self._now = instant

    def seconds_until(self, instant: int) -> float:
        """Nothing is due before the next record jumps there: it sleeps until it is woken."""
        return 0.0 if instant <= self._now else 3600.0

    def receives(self) -> int:
        """Any time a record may say lies ahead; one that says none happens now (see `Writer`)."""
        return FAR_AWAY
