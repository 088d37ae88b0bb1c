"""Journeys, their steps flat and numbered."""

from __future__ import annotations

import datetime as dt
from dataclasses import field
from decimal import Decimal
from typing import Literal

from sojourn.dsl.checked.expressions import Expr
from sojourn.dsl.frozen import dataclass
from sojourn.dsl.source import NOWHERE, Span
from sojourn.dsl.types import Type
from sojourn.dsl.values import Duration

__all__ = [
    "WAITS",
    "Alternative",
    "Arm",
    "Branch",
    "CallWebhook",
    "ChangeList",
    "EmitEvent",
    "EnterJourney",
    "ExitOnEvent",
    "ExitWhen",
    "Goal",
    "IfFailed",
    "Journey",
    "Operation",
    "Repeat",
    "Send",
    "SetField",
    "Split",
    "Start",
    "StartOnAudience",
    "StartOnDate",
    "StartOnEvent",
    "StartOnSchedule",
    "Step",
    "Stop",
    "StopRepeating",
    "Wait",
    "WaitFor",
    "WaitForFirst",
    "WaitUntil",
]


# --------------------------------------------------------------- journeys


@dataclass(frozen=True, slots=True)
class StartOnEvent:
    """The event, and a condition that sees it and the person. `alias` is the name the journey gives the event.

    With an `audience` the event is about the business and happens to nobody: it starts the journey for everybody
    who is in the audience at that instant and for whom the condition is true.
    """

    event: str
    where: Expr | None
    span: Span = field(default=NOWHERE, compare=False)
    audience: str | None = None
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class StartOnAudience:
    """Entering or leaving an audience."""

    audience: str
    entering: bool
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class StartOnSchedule:
    """At a clock time, for everybody who is in the audience at that instant.

    `every` is "day", "weekday", "weekend", "month" (its first day) or a day of the week, each at `at`; or "" for
    the one `moment` (naive). Both are meant in the journey's zone: of each person, where that is a field.
    `label` are the author's words, as in "every monday at 9:00".
    """

    audience: str
    every: str
    at: dt.time
    moment: dt.datetime | None
    label: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class StartOnDate:
    """On a date of the person, moved by `shifts` (in order; each adds or takes a duration), at `at`.

    `date` is of type date or datetime. With `yearly` it is a date, and comes on each of its anniversaries (a
    February 29 on February 28 where there is none); otherwise once. Without `at` a date is meant at 0:00 and a
    datetime at its own instant; with it a datetime stands for its date. In the journey's zone. `label` are the
    author's words, as in "birthday - 3 days at 9:00".
    """

    date: Expr
    shifts: tuple[tuple[Literal["+", "-"], Expr], ...]
    at: dt.time | None
    yearly: bool
    label: str
    span: Span = field(default=NOWHERE, compare=False)


Start = StartOnEvent | StartOnAudience | StartOnSchedule | StartOnDate


@dataclass(frozen=True, slots=True)
class ExitOnEvent:
    """`label` is the text of the line, as in "exit on purchase"."""

    event: str
    where: Expr | None
    label: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ExitWhen:
    """Ends the run at the instant the condition is true (also when it already is at the start)."""

    condition: Expr
    label: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Goal:
    """A conversion: the first such event at or after the run's start, within `within` of it (None: while it runs)."""

    event: str
    where: Expr | None
    within: Duration | None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Send:
    """`channels` limits and orders the message's variants; empty: all in their own order.

    `expires`: what could not be handed out for so long after the step was reached is not sent any more.
    """

    message: str
    channels: tuple[str, ...]
    args: tuple[tuple[str, Expr], ...]
    expires: Duration | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """For a length of time; for so many working days at the same clock time, where `working` says in which country
    (an expression; where it is missing, Monday to Friday are).
    """

    duration: Duration
    working: Expr | None = None


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Until a moment, a date at a clock time, or the next clock time on one of `days` (0 Monday … 6 Sunday).

    `moment` is an expression of type date or datetime (None: the next `at`). A date without `at` means 0:00.
    A date-time literal without a zone is a Constant of type datetime in the journey's zone, held as a naive
    `datetime.datetime`. Days are those of the journey's zone. A moment that is past is over at once; a missing one
    too, with a record. With `working`, the working days of that country (an expression) count as well.
    """

    moment: Expr | None
    at: dt.time | None
    days: frozenset[int] = frozenset(range(7))
    working: Expr | None = None


@dataclass(frozen=True, slots=True)
class WaitFor:
    """Until such an event happens (then `happened`), or `up_to` is over (then `timed_out`).

    The targets are step numbers. With `since_start` an earlier event of this run counts as well (the first one).
    `alias` is the run variable that holds the event afterwards.
    """

    event: str
    where: Expr | None
    alias: str | None
    up_to: Duration | None
    since_start: bool
    happened: int
    timed_out: int
    of: str | None = None
    """The message of this run that the event has to be about (`email_opened of cart_reminder`)."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One event of `wait for first of`, and the step to go on at. `label` is its line; `alias` as in WaitFor."""

    label: str
    event: str
    where: Expr | None
    alias: str | None
    target: int
    of: str | None = None


@dataclass(frozen=True, slots=True)
class WaitForFirst:
    """Until one of these events happens, or `up_to` is over (then `timed_out`).

    An event that fits several alternatives takes the one that is written first.
    """

    alternatives: tuple[Alternative, ...]
    up_to: Duration | None
    timed_out: int


@dataclass(frozen=True, slots=True)
class Branch:
    """`if`: the first condition that is true gives the step to go on at; else `otherwise`.

    Each arm is (label, condition, step number); labels are the texts, as in "if in vips", "else".
    """

    arms: tuple[tuple[str, Expr, int], ...]
    otherwise: int


@dataclass(frozen=True, slots=True)
class Arm:
    """One share of a split: `share` is a fraction of 1 (the rest already worked out)."""

    name: str
    share: Decimal
    target: int


@dataclass(frozen=True, slots=True)
class Split:
    """By a hash of the person's key, the journey and the split's name.

    `toward_goal` moves the shares to the arm that does better by the journey's goal; `sticky` keeps the arm that a
    person once had, for good.
    """

    name: str
    arms: tuple[Arm, ...]
    toward_goal: bool = False
    sticky: bool = False


@dataclass(frozen=True, slots=True)
class SetField:
    """`set loyalty to silver`; the value is encoded as `type`. `target` is a profile field, also "consent.offers", or
    a part of one ("address.city").
    """

    target: str
    value: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class ChangeList:
    """`add "rescued" to tags`, `remove "rescued" from tags`. `type` is that of the list.

    An element that is there already is not added a second time; `remove` takes out every equal one.
    """

    target: str
    value: Expr
    type: Type
    adds: bool


@dataclass(frozen=True, slots=True)
class EmitEvent:
    """`emit E with …`: an event of the person, at this instant. The values are encoded as the types."""

    event: str
    values: tuple[tuple[str, Expr, Type], ...]


@dataclass(frozen=True, slots=True)
class EnterJourney:
    """`enter winback`: starts another journey, with this run's starting event, and goes on in this one."""

    journey: str


@dataclass(frozen=True, slots=True)
class CallWebhook:
    """`call crm_webhook with total = order.total as answer`: asks, and waits for the answer or its failure.

    The run variable `alias` (the webhook's name unless said) holds the answer, as that of a wait holds an event.
    """

    webhook: str
    values: tuple[tuple[str, Expr], ...]
    alias: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """`repeat up to 3 times`: the block at step `body` leads back here; after `times` rounds comes `next`."""

    times: int
    body: int


@dataclass(frozen=True, slots=True)
class StopRepeating:
    """`stop repeating if …`: leaves the `repeat` whose step id is `loop`, for step `target` (always without
    a condition).
    """

    condition: Expr | None
    loop: str
    target: int


@dataclass(frozen=True, slots=True)
class IfFailed:
    """`if failed`: goes on at `failed` when the step just before it failed, else at `otherwise`."""

    failed: int
    otherwise: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Ends the run."""


Operation = (
    Send | Wait | WaitUntil | WaitFor | WaitForFirst | Branch | Split | SetField | ChangeList | EmitEvent | EnterJourney
    | CallWebhook
    | Repeat | StopRepeating | IfFailed | Stop
)  # fmt: skip


WAITS = (Wait, WaitUntil, WaitFor, WaitForFirst)
"""The operations at which a run stands still."""


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step. `id` survives edits around it; `label` is its own text; after it comes step `next`.

    A `next` (or any target) equal to the number of steps is the end of the journey: the run ends, "finished".
    """

    id: str
    label: str
    operation: Operation
    next: int
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Journey:
    """A checked journey. `zone` is an expression of type timezone or None; `zone_fallback` an IANA name (else UTC).

    `one_per` is an expression over the starting event: one run at a time for each value of it.
    `again`: "always", "never" or "after" with `again_after`.
    """

    name: str
    starts: tuple[Start, ...]
    again: Literal["always", "never", "after"]
    again_after: Duration | None
    exits: tuple[ExitOnEvent | ExitWhen, ...]
    goal: Goal | None
    zone: Expr | None
    zone_fallback: str
    one_per: Expr | None
    ends_after: Duration | None
    existing_members: Literal["ignored", "enter"]
    steps: tuple[Step, ...]
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)
    existing_over: Duration | None = None
    """Over how long the existing members are spread who enter; None: all at once."""
