"""Journeys: their settings and steps."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from sojourn.dsl.ast.base import ClockTime, DurationLiteral, Moment, Name, Node, Number, Text
from sojourn.dsl.ast.expressions import Expr, Path
from sojourn.dsl.frozen import dataclass

# ruff: noqa: E501  (the syntax in a docstring stays on one line)

__all__ = [
    "Add",
    "Again",
    "Argument",
    "Arm",
    "Awaited",
    "CallStep",
    "Case",
    "Emit",
    "EndsAfter",
    "Enter",
    "ExistingMembers",
    "ExitOnEvent",
    "ExitWhen",
    "Goal",
    "If",
    "Journey",
    "Match",
    "OnePer",
    "Race",
    "Remove",
    "Repeat",
    "Send",
    "Set",
    "Setting",
    "Share",
    "Split",
    "Start",
    "StartOnAudience",
    "StartOnChange",
    "StartOnDate",
    "StartOnEvent",
    "StartOnSchedule",
    "Step",
    "Stop",
    "StopRepeating",
    "Times",
    "Wait",
    "WaitFor",
    "WaitUntil",
    "WaitWorking",
]


# --------------------------------------------------------------- journeys


@dataclass(frozen=True, slots=True)
class StartOnEvent(Node):
    """`start on E where … as order`; with `for AUDIENCE` the event is about the business."""

    event: Name
    where: Expr | None = None
    audience: Name | None = None
    alias: Name | None = None


@dataclass(frozen=True, slots=True)
class StartOnChange(Node):
    """`start on change of product.price for AUDIENCE where …`."""

    of: Path
    audience: Name | None = None
    where: Expr | None = None


@dataclass(frozen=True, slots=True)
class StartOnAudience(Node):
    """`start when entering AUDIENCE`, `start when leaving AUDIENCE`."""

    audience: Name
    entering: bool


@dataclass(frozen=True, slots=True)
class StartOnSchedule(Node):
    """`start every monday at 9:00 for AUDIENCE` (`every`), `start at 2026-12-01 9:00 for AUDIENCE` (`moment`)."""

    audience: Name
    every: str | None = None
    at: ClockTime | None = None
    moment: Moment | None = None


@dataclass(frozen=True, slots=True)
class StartOnDate(Node):
    """`start on birthday - 3 days at 9:00`: a date of the person; `start once on …` does not come each year."""

    date: Expr
    at: ClockTime | None = None
    once: bool = False


Start = StartOnEvent | StartOnChange | StartOnAudience | StartOnSchedule | StartOnDate


@dataclass(frozen=True, slots=True)
class Again(Node):
    """`again never`, `again always`, `again after 7 days` (`after`)."""

    mode: Literal["never", "always", "after"]
    after: DurationLiteral | None = None


@dataclass(frozen=True, slots=True)
class ExitOnEvent(Node):
    """`exit on purchase where …`."""

    event: Name
    where: Expr | None = None


@dataclass(frozen=True, slots=True)
class ExitWhen(Node):
    """`exit when in vips`."""

    condition: Expr


@dataclass(frozen=True, slots=True)
class Goal(Node):
    """`goal purchase where … within 3 days`."""

    event: Name
    where: Expr | None = None
    within: DurationLiteral | None = None


@dataclass(frozen=True, slots=True)
class Times(Node):
    """`times in timezone otherwise "Europe/Paris"`, `times in "Europe/Paris"`.

    `zone` is a profile field's path or an IANA name.
    """

    zone: Path | Text
    otherwise: Text | None = None


@dataclass(frozen=True, slots=True)
class OnePer(Node):
    """`one per cart_id`."""

    key: Path


@dataclass(frozen=True, slots=True)
class ExistingMembers(Node):
    """`existing members ignored | enter | enter over 6 hours`."""

    mode: Literal["ignored", "enter"]
    over: DurationLiteral | None = None


@dataclass(frozen=True, slots=True)
class EndsAfter(Node):
    """`ends after 30 days`."""

    duration: DurationLiteral


Setting = Start | Again | ExitOnEvent | ExitWhen | Goal | Times | OnePer | ExistingMembers | EndsAfter
"""What stands at the top of a journey, in any order, before its steps."""


@dataclass(frozen=True, slots=True)
class Wait(Node):
    """`wait 1 hour`."""

    duration: DurationLiteral


@dataclass(frozen=True, slots=True)
class WaitWorking(Node):
    """`wait 3 working days in "DE"`; without a country that of the person is meant."""

    number: Number
    country: Expr | None = None


@dataclass(frozen=True, slots=True)
class WaitUntil(Node):
    """`wait until 9:00 on a weekday` (`at`, `days`), `wait until 2026-12-24 9:00`, `wait until birthday - 3 days at 9:00`.

    `moment` is an expression for a date or a datetime; `at` a clock time; `days` are weekday names in English,
    lower case, or "weekday" or "weekend", or "working day"; `country` is whose working days they are.
    """

    moment: Expr | None = None
    at: ClockTime | None = None
    days: tuple[str, ...] = ()
    country: Expr | None = None


@dataclass(frozen=True, slots=True)
class Awaited(Node):
    """`purchase where total > 10 EUR as order`: one event that a wait looks for.

    `of` names the message of a reaction (`email_opened of cart_reminder`).
    """

    event: Name
    where: Expr | None = None
    alias: Name | None = None
    of: Name | None = None


@dataclass(frozen=True, slots=True)
class WaitFor(Node):
    """`wait for E where … as NAME, up to 1 day` with the blocks `happened` and `timed out`; `since start` too.

    `racing` holds the alternatives of `wait for first of`, each with its own block; then `awaited` is None.
    """

    awaited: Awaited | None
    up_to: DurationLiteral | None = None
    since_start: bool = False
    happened: tuple[Step, ...] = ()
    timed_out: tuple[Step, ...] = ()
    racing: tuple[Race, ...] = ()


@dataclass(frozen=True, slots=True)
class Race(Node):
    """One alternative of `wait for first of`: an event and its block."""

    awaited: Awaited
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Arm(Node):
    """One `if`/`else if` with its condition, or `else` (None), and its block."""

    condition: Expr | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if CONDITION`, `else if CONDITION`, `else`. `if failed` is a condition on the step before (`on_failure`)."""

    arms: tuple[Arm, ...]
    on_failure: bool = False


@dataclass(frozen=True, slots=True)
class Case(Node):
    """`is "DE", "AT"` inside `match`, or `otherwise` (no options), and its block."""

    options: tuple[Expr, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Match(Node):
    """`match country` and its cases."""

    subject: Expr
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Share(Node):
    """`50% plain` or `rest holdout` (`percent` None) and its block."""

    percent: Decimal | None
    name: Name
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Split(Node):
    """`split first_touch` and its shares; `toward goal` moves the shares; `sticky` keeps a person's arm for good."""

    name: Name
    shares: tuple[Share, ...]
    toward_goal: bool = False
    sticky: bool = False


@dataclass(frozen=True, slots=True)
class Argument(Node):
    """`code = "BACK10"`."""

    name: Name
    value: Expr


@dataclass(frozen=True, slots=True)
class Send(Node):
    """`send cart_reminder by push, email with code = "BACK10"`; `expires after 2 hours` too."""

    message: Name
    channels: tuple[Name, ...] = ()
    args: tuple[Argument, ...] = ()
    expires: DurationLiteral | None = None


@dataclass(frozen=True, slots=True)
class Set(Node):
    """`set loyalty to silver`."""

    target: Path
    value: Expr


@dataclass(frozen=True, slots=True)
class Add(Node):
    """`add "rescued" to tags`."""

    value: Expr
    target: Path


@dataclass(frozen=True, slots=True)
class Remove(Node):
    """`remove "rescued" from tags`."""

    value: Expr
    target: Path


@dataclass(frozen=True, slots=True)
class CallStep(Node):
    """`call crm_webhook with total = order.total as answer`."""

    webhook: Name
    args: tuple[Argument, ...] = ()
    alias: Name | None = None


@dataclass(frozen=True, slots=True)
class Emit(Node):
    """`emit cart_rescue_finished with cart_id = event.cart_id`."""

    event: Name
    args: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True)
class Enter(Node):
    """`enter winback`."""

    journey: Name


@dataclass(frozen=True, slots=True)
class Stop(Node):
    """`stop`."""


@dataclass(frozen=True, slots=True)
class Repeat(Node):
    """`repeat up to 3 times` and its block."""

    times: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class StopRepeating(Node):
    """`stop repeating if CONDITION`."""

    condition: Expr | None


Step = (
    Wait | WaitWorking | WaitUntil | WaitFor | If | Match | Split | Send | Set | Add | Remove | CallStep | Emit | Enter | Stop
    | Repeat | StopRepeating
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Journey(Node):
    """`journey cart_rescue`, its settings, then its steps."""

    name: Name
    settings: tuple[Setting, ...]
    steps: tuple[Step, ...]
    description: str = ""
