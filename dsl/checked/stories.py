"""Tests: what is given, what happens, what is expected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from sojourn.dsl import ast
from sojourn.dsl.checked.expressions import Expr
from sojourn.dsl.frozen import dataclass
from sojourn.dsl.source import NOWHERE, Span
from sojourn.dsl.values import Duration

__all__ = [
    "Answered",
    "Before",
    "Choose",
    "Clock",
    "Expectation",
    "Given",
    "Reacts",
    "Test",
    "TestEvent",
    "TestItem",
]


# ------------------------------------------------------------------ tests


@dataclass(frozen=True, slots=True)
class TestEvent:
    """An event in a test: its canonical properties by field name."""

    __test__ = False

    event: str
    properties: Mapping[str, Any]
    span: Span = field(default=NOWHERE, compare=False)
    who: str = ""
    """The person who does it: "" is that of `profile`, and of an event about the business nobody."""


@dataclass(frozen=True, slots=True)
class Given:
    """Canonical profile values by field name, of the person of `profile` (`who` "") or of another."""

    values: Mapping[str, Any]
    span: Span = field(default=NOWHERE, compare=False)
    who: str = ""


@dataclass(frozen=True, slots=True)
class Before:
    """What happened so long before the test begins: it is known, and started nothing."""

    ago: Duration
    events: tuple[TestEvent, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Clock:
    """`at` (a naive moment in `zone`, else in the test's zone) or `after` (a duration), then the events of that
    instant in order.
    """

    at: dt.datetime | None
    after: Duration | None
    events: tuple[TestEvent, ...]
    span: Span = field(default=NOWHERE, compare=False)
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Choose:
    """The arm that the split of that name takes in this test (in every journey that has it); `who` is None for all."""

    split: str
    arm: str
    span: Span = field(default=NOWHERE, compare=False)
    who: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What a webhook answers from here on in a test: canonical values, or None for a failure with its reason.

    With `times_out` it does not answer in time, as its `timeout` says. `who` is whom it is asked about, None for all.
    """

    webhook: str
    values: Mapping[str, Any] | None
    because: str = ""
    span: Span = field(default=NOWHERE, compare=False)
    times_out: bool = False
    who: str | None = None


@dataclass(frozen=True, slots=True)
class Reacts:
    """What becomes of each of a message from here on in a test.

    `event` is the reaction that comes of it `after` it was sent (with these `properties`); with `refused` it was
    never handed out, so it does not count for limits. `because` is the reason of a failure. `who` is whose message,
    None for all.
    """

    message: str
    event: str
    properties: Mapping[str, Any]
    after: Duration
    refused: bool = False
    because: str = ""
    span: Span = field(default=NOWHERE, compare=False)
    who: str | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """One `expect`, names checked. `syntax` holds its parts; `condition` is the typed one of ExpectTrue, `values` are
    the canonical ones of ExpectEmitted.
    """

    syntax: ast.Expect
    condition: Expr | None = None
    span: Span = field(default=NOWHERE, compare=False)
    values: Mapping[str, Any] = field(default_factory=dict)
    who: str = ""
    """Of whom it speaks; "" is the person of `profile`."""


TestItem = Given | Before | Clock | Choose | Answered | Reacts | Expectation


@dataclass(frozen=True, slots=True)
class Test:
    """A test block, or one case of its table, its items in order.

    `case` is the title of the table's row ("" without a table), `row` its place. `zone` is that of its clock where
    the test says one ("" otherwise).
    """

    __test__ = False

    name: str
    items: tuple[TestItem, ...]
    span: Span = field(default=NOWHERE, compare=False)
    case: str = ""
    row: Span = field(default=NOWHERE, compare=False)
    zone: str = ""

    @property
    def title(self) -> str:
        """Its name, with that of its case."""
        return f"{self.name}: {self.case}" if self.case else self.name
