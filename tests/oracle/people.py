"""What the oracle keeps of people: what was said and done, and where their runs stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sojourn.dsl import checked as c
from sojourn.interpreter.core.records import Record
from tests.oracle.meaning import Life


@dataclass
class Did:
    """Something that happened: what every timeline, report and explanation is made of."""

    at: int
    kind: str
    journey: str = ""
    run: int = 0
    step: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    order: int = field(default_factory=count(1).__next__)


@dataclass(frozen=True)
class Asked:
    """What a webhook was asked, in the order of all that was said and done."""

    order: int
    at: int
    webhook: str
    said: dict[str, Any]


@dataclass
class Run:
    """A journey under way. `position` is the number of the step it stands at; it stands only at waits."""

    number: int
    journey: c.Journey
    key: str
    began: int  # when it began to run
    since: int  # from when on events count for it: when the event happened that started it
    event: Record | None
    cause_order: int = 0  # how many records had come when it began
    variables: dict[str, Record] = field(default_factory=dict)
    position: int = 0
    waits_since: int = 0
    ends: int | None = None
    goal_ends: int | None = None
    left: dict[str, int] = field(default_factory=dict)  # wait -> how many records had come when it was left
    until: int | None = None
    reached: int | None = None  # when it came to the send that quiet hours hold
    asked: Asked | None = None  # the answer that it waits for
    arms: dict[str, str] = field(default_factory=dict)
    rounds: dict[str, int] = field(default_factory=dict)  # by the step id of a `repeat`
    ended: bool = False
    converted: bool = False

    @property
    def slot(self) -> tuple[str, str]:
        """Of runs of one slot a person is in one at a time."""
        return self.journey.name, self.key


@dataclass
class Somebody(Life):
    """A person, with what they are in. `clock` is up to when everything has been looked at."""

    clock: int = 0
    members: set[str] = field(default_factory=set)
    runs: list[Run] = field(default_factory=list)
    past: list[Run] = field(default_factory=list)
    ends: list[tuple[str, str, int]] = field(default_factory=list)  # (journey, key, when it ended)
    entering: list[tuple[int, str, str]] = field(
        default_factory=list
    )  # existing members: (when, journey, audience)
    came: set[tuple[str, str]] = field(default_factory=set)  # occurrences: (start, name)
    suppressed: set[tuple[str, str]] = field(default_factory=set)  # (channel, address)
    entered_or_left: list[tuple[str, bool]] = field(default_factory=list)  # by a merge, at this instant
    instants: list[int] = field(default_factory=list)  # at which time alone may change something
    instants_for: tuple[int, int] = (-1, -1)  # how many records and sayings they were worked out from
