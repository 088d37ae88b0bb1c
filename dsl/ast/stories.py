"""Tests: what is given, what happens, what is expected."""

from __future__ import annotations

from sojourn.dsl.ast.base import DurationLiteral, Moment, Name, Node, Text
from sojourn.dsl.ast.expressions import Expr, Path
from sojourn.dsl.ast.journeys import Argument
from sojourn.dsl.frozen import dataclass

__all__ = [
    "After",
    "Ago",
    "Answers",
    "At",
    "Choose",
    "ClockZone",
    "Each",
    "Expect",
    "ExpectCalled",
    "ExpectConverted",
    "ExpectEmitted",
    "ExpectEnded",
    "ExpectNothing",
    "ExpectOffered",
    "ExpectSent",
    "ExpectStarted",
    "ExpectTrue",
    "ExpectWaiting",
    "Given",
    "Occurs",
    "PartCheck",
    "Reacts",
    "Row",
    "Test",
    "TestItem",
]


# ------------------------------------------------------------------ tests


@dataclass(frozen=True, slots=True)
class Row(Node):
    """One case of a table: its cells in the order of the columns, None where one is empty."""

    cells: tuple[Expr | None, ...]


@dataclass(frozen=True, slots=True)
class Each(Node):
    """A table of cases: the test is played once for each row, in which `row.total` is the cell of column `total`.

    each
      case         | loyalty | total
      "a newcomer" | bronze  | 20 EUR
    """

    columns: tuple[Name, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ClockZone(Node):
    """`times in "Asia/Tokyo"`: the zone of a test's clock times, where it is not that of its profile."""

    zone: Text


@dataclass(frozen=True, slots=True)
class Given(Node):
    """`profile email = "ada@example.com", loyalty = gold`, also `consent.offers = true`: what is known at the start.

    Each target is a Path. `person ben email = "ben@example.com"` (`who`) says the same of another person of the test.
    """

    values: tuple[tuple[Path, Expr], ...]
    who: Name | None = None


@dataclass(frozen=True, slots=True)
class Choose(Node):
    """`choose plain in first_touch`: the split's arm in this test; `… for ben` (`who`). The arm may be `row.arm`."""

    arm: Name
    split: Name
    who: Name | None = None


@dataclass(frozen=True, slots=True)
class Answers(Node):
    """`webhook crm_webhook answers ticket = "T1"`, `… fails because "no such shop"`, `… times out` in a test.

    `webhook crm_webhook answers for ben ticket = "T1"` has `who`.
    """

    webhook: Name
    args: tuple[Argument, ...] = ()
    fails: bool = False
    because: Text | Path | None = None
    times_out: bool = False
    who: Name | None = None


@dataclass(frozen=True, slots=True)
class Reacts(Node):
    """What becomes of a message in a test: `message hello fails`, `… bounces because "…"`, `… is opened after 2 hours`.

    `what` is "fails", "bounces" or the word after `is`. `who`: `… fails for ben`, `… is opened by ben`.
    """

    message: Name
    what: Name
    after: DurationLiteral | Path | None = None
    because: Text | Path | None = None
    who: Name | None = None


@dataclass(frozen=True, slots=True)
class Occurs(Node):
    """`cart_abandoned cart_id = "c1", total = 59 EUR`, below `at`, `after` or `ago`; `purchase by ben` (`who`).

    `change of product.price product = "a1", before = 20 EUR, after = 15 EUR` has `change_of`, and as its event's
    name these words up to the path.
    """

    event: Name
    args: tuple[Argument, ...] = ()
    change_of: Path | None = None
    who: Name | None = None


@dataclass(frozen=True, slots=True)
class Ago(Node):
    """`3 days ago` and the events that happened then, before the test begins: history, which starts nothing."""

    duration: DurationLiteral
    events: tuple[Occurs, ...]


@dataclass(frozen=True, slots=True)
class At(Node):
    """`at 2026-03-02 10:00` and the events that happen then (possibly none); `at … in "Asia/Tokyo"` (`zone`)."""

    moment: Moment | Path
    zone: Text | None
    events: tuple[Occurs, ...]


@dataclass(frozen=True, slots=True)
class After(Node):
    """`after 30 minutes` and the events that happen then (possibly none)."""

    duration: DurationLiteral | Path
    events: tuple[Occurs, ...]


@dataclass(frozen=True, slots=True)
class PartCheck(Node):
    """`subject containing "waiting"`, `body is "…"`: `op` is "containing" or "is", or either with "not"."""

    part: Name
    op: str
    text: Text | Path


@dataclass(frozen=True, slots=True)
class ExpectSent(Node):
    """`expect sent M by email at 2026-03-02 11:00 with subject containing "…"`; `expect not sent M because "…"`.

    `times`: `expect sent M 2 times`. `zone`: `at … in "Asia/Tokyo"`. `who`: `expect sent M to ben`.
    """

    message: Name
    negated: bool = False
    channel: Name | None = None
    at: Moment | Path | None = None
    zone: Text | None = None
    with_parts: tuple[PartCheck, ...] = ()
    because: Text | Path | None = None
    times: int | Path | None = None
    who: Name | None = None


@dataclass(frozen=True, slots=True)
class ExpectNothing(Node):
    """`expect nothing sent`: no message at all so far; `expect nothing sent to ben` (`who`)."""

    who: Name | None = None


@dataclass(frozen=True, slots=True)
class ExpectCalled(Node):
    """`expect called crm 2 times with body containing "59.00 EUR"`; `expect not called crm`."""

    webhook: Name
    negated: bool = False
    with_parts: tuple[PartCheck, ...] = ()
    times: int | Path | None = None
    who: Name | None = None


@dataclass(frozen=True, slots=True)
class ExpectEmitted(Node):
    """`expect emitted cart_rescued 2 times with cart_id = "c1"`; `expect not emitted cart_rescued for ben` (`who`)."""

    event: Name
    negated: bool = False
    args: tuple[Argument, ...] = ()
    times: int | Path | None = None
    who: Name | None = None


@dataclass(frozen=True, slots=True)
class ExpectOffered(Node):
    """`expect offered free_shipping`: a message or a step showed the offer; `expect not offered free_shipping`."""

    offer: Name
    negated: bool = False
    who: Name | None = None


@dataclass(frozen=True, slots=True)
class ExpectEnded(Node):
    """`expect cart_rescue ended because "exit on purchase"`; `expect cart_rescue not ended for ben` (`who`)."""

    journey: Name
    negated: bool = False
    because: Text | Path | None = None
    who: Name | None = None


@dataclass(frozen=True, slots=True)
class ExpectStarted(Node):
    """`expect cart_rescue started`, `expect cart_rescue not started`, `expect cart_rescue started 2 times`."""

    journey: Name
    negated: bool = False
    times: int | Path | None = None
    who: Name | None = None


@dataclass(frozen=True, slots=True)
class ExpectWaiting(Node):
    """`expect waiting at "wait for purchase" in cart_rescue`: the start of the step's text."""

    step: Text
    journey: Name
    negated: bool = False
    who: Name | None = None


@dataclass(frozen=True, slots=True)
class ExpectConverted(Node):
    """`expect cart_rescue converted`, `expect cart_rescue not converted`."""

    journey: Name
    negated: bool = False
    who: Name | None = None


@dataclass(frozen=True, slots=True)
class ExpectTrue(Node):
    """`expect lifetime_value is missing`, `expect in vips`, `expect not in vips for ben`: a condition."""

    condition: Expr
    who: Name | None = None


Expect = (
    ExpectSent | ExpectNothing | ExpectCalled | ExpectEmitted | ExpectOffered | ExpectEnded | ExpectStarted
    | ExpectWaiting | ExpectConverted | ExpectTrue
)  # fmt: skip
TestItem = Each | ClockZone | Given | Choose | Answers | Reacts | Ago | At | After | Expect


@dataclass(frozen=True, slots=True)
class Test(Node):
    """`test "what it shows"` and its items, which happen in order."""

    name: Text
    items: tuple[TestItem, ...]
