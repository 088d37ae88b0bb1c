"""The checked workspace: what the author means, with every name resolved and every expression typed.

This is the contract between the checker (`sojourn.dsl.check`), the compiler (`sojourn.interpreter.compile`), the
oracle in the tests and every tool. Everything is frozen; everything can be printed as JSON
(`sojourn check --print program`). Spans are outside equality, as in the syntax tree.

Constants are held as in-memory values (`sojourn.dsl.values`), never as text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from typing import Any, Literal

from sojourn.dsl import ast
from sojourn.dsl.frozen import dataclass
from sojourn.dsl.source import NOWHERE, Span
from sojourn.dsl.types import Type
from sojourn.dsl.values import Duration

# ------------------------------------------------------------------- data


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the profile, an event, a schema or a catalog.

    `wire` is its name outside (`called`, else its own name); a dotted one is a path into nested objects.
    `default` is a canonical JSON value or None. On the profile, `consent.TOPIC` fields are among the others.
    """

    name: str
    type: Type
    wire: str
    required: bool = False
    private: bool = False
    identity: bool = False
    default: Any = None
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Schema:
    """A reusable group of fields, by name in the order written."""

    name: str
    fields: Mapping[str, Field]
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Event:
    """A kind of event. `subscribed` and `unsubscribed` are built in.

    `of_change` is (catalog, field) for the event that Sojourn itself makes of a row whose field is another after a
    catalog's file was read again. It is called "change of product.price" and has the fields `product` (the row),
    `before` and `after`; it does not come over the wire.
    """

    name: str
    wire: str
    fields: Mapping[str, Field]
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)
    of_change: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Catalog:
    """Rows of the business by key. `rows` maps a key to canonical values by field name, as read from the file."""

    name: str
    key: str
    fields: Mapping[str, Field]
    rows: Mapping[str, Mapping[str, Any]] = field(repr=False)
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Column:
    """`"Born" to birthday as "DD/MM/YYYY"`: a column of a file becomes a profile field.

    `target` may be a part of a field ("address.city"): all parts of one record make the field. `date_pattern` is a
    `strptime` pattern; `function` is "lower", "upper" or "trim".
    """

    source: str
    target: str
    date_pattern: str = ""
    function: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Dataset:
    """Where data comes from: `source` is "http" or "csv", `location` a glob relative to `folder` (the file's)."""

    name: str
    holds: tuple[str, ...]
    source: str
    location: str = ""
    columns: tuple[Column, ...] = ()
    keep: Duration | None = None
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Identifier:
    """A namespace of identity: a profile field, `unique` when a person has one value of it."""

    name: str
    unique: bool


# ------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True, kw_only=True)
class _Typed:
    type: Type
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Constant(_Typed):
    """A value that stands in the text: str, int, Decimal, bool, Money, Duration, date, time, int instant, tuple.

    A list of constants (after `in`) is a tuple; a location is a tuple of two floats.
    """

    value: Any


Scope = Literal["profile", "event", "run", "item"]


@dataclass(frozen=True, slots=True)
class FieldValue(_Typed):
    """A field of the person, of the event at hand, or of a run's variable.

    `scope` "profile": `path[0]` is the profile field (for consents the one name "consent.offers").
    `scope` "event": the event that is being looked at (inside `where`), or the event that started the run (in steps).
    `scope` "run": `path[0]` is the variable (`as order`), the rest a path inside that event.
    `scope` "item": the element of the enclosing quantifier.
    Steps into schemas are names, into lists positions (int). Steps through a `ref` are `CatalogValue`.
    """

    scope: Scope
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class CatalogValue(_Typed):
    """`product.price` where `key` is a ref: a field of the catalog's row; missing when there is no such row."""

    catalog: str
    key: Expr
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class PartOf(_Typed):
    """`recently_seen[0]`: what lies at a path inside a value that is worked out; missing when there is nothing."""

    base: Expr
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class GroupOf(_Typed):
    """A value of a schema: what is known of it (canonical JSON), and by name what is worked out."""

    known: Mapping[str, Any]
    values: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, slots=True)
class ListOf(_Typed):
    """`[first_name, "friend"]`: a list whose values are worked out; what is missing is left out."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class AttributeValue(_Typed):
    """The value of an attribute, by name (its expression is in `Workspace.attributes`)."""

    name: str


@dataclass(frozen=True, slots=True)
class AggregateValue(_Typed):
    """The value of an aggregate over the person's events, by key (see `Workspace.aggregates`)."""

    key: str


@dataclass(frozen=True, slots=True)
class Membership(_Typed):
    """`in vips`: true while the person is a member."""

    audience: str


@dataclass(frozen=True, slots=True)
class Listed(_Typed):
    """True while any of the person's identifiers stands in the file of the audience (see `Workspace.lists`)."""

    audience: str


@dataclass(frozen=True, slots=True)
class Gathered(_Typed):
    """`event.items.product`: what lies at a path in each element of a list; what is missing is left out."""

    base: Expr
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecommendationValue(_Typed):
    """The keys of the rows that a recommendation picks at this moment. Stands where a `DecisionValue` may."""

    name: str


@dataclass(frozen=True, slots=True)
class DecisionValue(_Typed):
    """The (first) offer that a decision picks at this moment, by its name; missing when it picks none.

    Stands only where something is asked at one instant (a step, a message, an expectation). In what is always
    known of a person it is said as a condition (`sojourn.dsl.check.decisions`).
    """

    name: str


@dataclass(frozen=True, slots=True)
class LocalMoment(_Typed):
    """A moment as it was written, `2026-11-23 9:00`: an instant by the clock of a zone (type datetime).

    `zone` is an expression of type timezone: that of a journey; None stands for the person's. Where it is unknown
    `fallback` counts.
    """

    value: dt.datetime
    zone: Expr | None = None
    fallback: str = "UTC"


@dataclass(frozen=True, slots=True)
class GivenTimes(_Typed):
    """How often the person was given an offer (type integer)."""

    offer: str


@dataclass(frozen=True, slots=True)
class Now(_Typed):
    """`now`: the instant of evaluation (type datetime)."""


@dataclass(frozen=True, slots=True)
class Today(_Typed):
    """`today`: the date in the person's time zone."""


@dataclass(frozen=True, slots=True)
class Logic(_Typed):
    """`and`, `or` over two or more conditions."""

    op: Literal["and", "or"]
    terms: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not(_Typed):
    """`not`, `is not`, `not in`, …: two-valued negation."""

    term: Expr


@dataclass(frozen=True, slots=True)
class Compare(_Typed):
    """Both sides have comparable types; anything missing makes it false (`is not` is Not(Compare("is")))."""

    op: Literal["is", "<", "<=", ">", ">="]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Between(_Typed):
    """Both ends included; false when any is missing."""

    item: Expr
    low: Expr
    high: Expr


@dataclass(frozen=True, slots=True)
class In(_Typed):
    """`options` is a Constant tuple or an expression of type list."""

    item: Expr
    options: Expr


@dataclass(frozen=True, slots=True)
class TextTest(_Typed):
    """Case-insensitive contains / starts with / ends with; `matches` searches a regular expression.

    `contains` on a list asks for an element. False when either side is missing.
    """

    op: Literal["contains", "starts with", "ends with", "matches"]
    item: Expr
    pattern: Expr


@dataclass(frozen=True, slots=True)
class Known(_Typed):
    """`is known`; `is missing` is its Not. An empty text is missing; a list is always known."""

    item: Expr


@dataclass(frozen=True, slots=True)
class WithinDistance(_Typed):
    """Great-circle distance of two locations, at most `metres` (WGS 84 mean radius, 6,371,008.8 m)."""

    item: Expr
    of: Expr
    metres: float


@dataclass(frozen=True, slots=True)
class Quantified(_Typed):
    """`any|all|none of LIST where …`; inside `where`, the element is scope "item" (of the innermost quantifier)."""

    quantifier: Literal["any", "all", "none"]
    items: Expr
    where: Expr


@dataclass(frozen=True, slots=True)
class Arithmetic(_Typed):
    """Numbers with numbers; money with money (+, -, / gives a number) and numbers (*, /); dates and datetimes
    with durations; date - date and datetime - datetime give a duration. Undefined results are missing.
    """

    op: Literal["+", "-", "*", "/"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Negative(_Typed):
    """`-x` on numbers and money."""

    term: Expr


@dataclass(frozen=True, slots=True)
class Function(_Typed):
    """A standard function by name (`interpreter/functions.py` has them; `dsl/check/functions.py` their types)."""

    name: str
    args: tuple[Expr, ...]


Expr = (
    Constant | FieldValue | CatalogValue | AttributeValue | AggregateValue | Membership | Now | Today | Logic | Not
    | Compare | Between | In | TextTest | Known | WithinDistance | Quantified | Arithmetic | Negative | Function
    | PartOf | ListOf | GroupOf | Listed | DecisionValue
    | GivenTimes | LocalMoment
    | Gathered | RecommendationValue
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Window:
    """`in last D` (`last`), or events from `since` (inclusive) to `until` (exclusive), instants, either may be None."""

    last: Duration | None = None
    since: int | None = None
    until: int | None = None


AggregateKind = Literal[
    "count", "distinct", "sum", "average", "smallest", "largest", "first", "last", "time of first", "time of last",
    "most common", "last n", "then", "then no",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sequel:
    """What has to follow (`then`), or must not follow (`then no`), within a length of time of an aggregate's event.

    An event that happened at `a` is answered by one that happened at `b` when a < b < a + `within`. `where` sees
    the second event only.
    """

    event: str
    where: Expr | None
    within: Duration


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One thing remembered of a person's events of one kind.

    `key` is a hash of everything but spans. `has E` and `no E` are aggregates of kind "count" compared with a number.
    `path` is inside the event (empty for counts and times); `where` sees the event only. `type` is the value's
    type: integer for counts, datetime for times, else that of the field. `threshold` is set on a count that is only
    compared with a constant: the largest number that matters, so that no more than that many events need be kept.
    A sum of no events is missing; a count of none is 0. `limit` is the N of `last N`, whose value is a list, newest
    first. The sequences "then" and "then no" are boolean and never missing; `event`, `where` and `window` are about the
    first event, `sequel` says what follows. "then no" becomes true at the instant the time for it is over.
    """

    key: str
    kind: AggregateKind
    event: str
    path: tuple[str | int, ...]
    value: Expr | None
    where: Expr | None
    window: Window | None
    type: Type
    threshold: int | None = None
    limit: int | None = None
    sequel: Sequel | None = None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Attribute:
    """A named value of a person."""

    name: str
    value: Expr
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Audience:
    """A named condition; `uses` are the audiences it is built on (no cycles)."""

    name: str
    condition: Expr
    uses: tuple[str, ...] = ()
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class MemberList:
    """Who stands in the file of an audience: identifiers by namespace."""

    audience: str
    identifiers: Mapping[str, frozenset[str]] = field(repr=False)


# --------------------------------------------------------------- messages


@dataclass(frozen=True, slots=True)
class Topic:
    """What messages are about; consent is per topic. `mode`: "opt in", "opt out", "always"."""

    name: str
    mode: str
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Template:
    """A Jinja2 text that has been checked against the schemas. `path` is the file it stands in; `html`: autoescaped.

    `constant` when it has no tags. Names in it: `profile`, `event`, `message` arguments, run variables, attributes.
    `files` are the paths of all the files that it includes, extends or imports, also by way of others.
    """

    source: str
    path: str = field(compare=False)
    line: int = field(compare=False)
    html: bool = False
    constant: bool = False
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """One channel of a message. `channel`: email, sms, push, webhook. `address` is the profile field (or None).

    `parts` by name: email subject, body; sms text; push title, text; webhook post (the URL), body.
    """

    channel: str
    when: Expr | None
    parts: Mapping[str, Template]
    address: str | None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Message:
    """A message in its variants, in the author's order. `topic` None counts as always."""

    name: str
    topic: str | None
    variants: tuple[Variant, ...]
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Webhook:
    """`webhook crm_webhook`: where `call` asks. `post` is the URL; `timeout` is in microseconds, `retries` how
    often it is tried again. `answers` are the fields of the answer, as those of an event of the webhook's name.
    """

    name: str
    post: str
    timeout: int
    retries: int
    answers: Event
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)


LimitKind = Literal["topic", "channel", "message", "everything"]


@dataclass(frozen=True, slots=True)
class Limit:
    """`limit offers to 3 messages per 7 days`: how many messages a person is handed at most.

    `kind` says what `target` is; "everything" counts each message that goes to a person (email, sms, push).
    `per` is a sliding span: in (now - per, now] there are never more than `count`. `calendar` is a day, a week
    (from Monday) or a month in the person's zone (UTC where it is unknown). `label` is the line.
    """

    target: str
    kind: LimitKind
    count: int
    per: Duration | None
    calendar: Literal["day", "week", "month"] | None
    label: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """`quiet hours from 21:00 to 8:00 on sms in timezone otherwise "Europe/Paris"`: no message from `start`
    (inclusive) to `end` (exclusive, perhaps on the next day). What falls in it is held, or with `drop` not sent.

    `zone` is an expression of type timezone, `zone_fallback` an IANA name for people of whom it is unknown.
    """

    start: dt.time
    end: dt.time
    channels: tuple[str, ...]
    drop: bool
    zone: Expr
    zone_fallback: str
    label: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be offered. It fits a person while `since`, `until` and `when` are true (each may be None),
    the person was given it fewer than `per_person` times and everybody together fewer than `in_total`.

    `parts` are its texts by name; they see the person only. `priority` is of type number.
    """

    name: str
    when: Expr | None
    since: Expr | None
    until: Expr | None
    parts: Mapping[str, Template]
    per_person: int | None
    in_total: int | None
    priority: Expr | None
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Decision:
    """Picks, of the offers that fit, the `pick` with the greatest rank; equal ones, and those without a rank (last),
    in the order written. `otherwise` is picked when none of them fits and it does.
    """

    name: str
    offers: tuple[str, ...]
    pick: int
    ranks: Mapping[str, Expr]
    otherwise: str | None
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)


StatisticKind = Literal["most", "together"]


@dataclass(frozen=True, slots=True)
class Statistic:
    """Something that is counted of everybody's events of one kind: how often each row of a catalog occurs (`most`),
    or each pair of rows in one event (`together`).

    `products` gives the keys an event names, as a list. `by_hour` keeps the counts by the hour of the event, for
    sliding windows; `window` holds fixed ends. `key` is a hash of the rest.
    """

    key: str
    kind: StatisticKind
    event: str
    products: Expr
    catalog: str
    by_hour: bool
    window: Window | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """An order of a catalog's rows. `label` is how it is written.

    "together": most often in one event with `subject` (a list of keys, of the run's starting event or of the person),
    by `statistic`; "most": most often, by `statistic`; both in the `last` length of time, or ever. "newest": by the
    date in `field`. "seen": those in the person's own events, newest first; `history` gives a list of keys for each.
    """

    kind: Literal["together", "most", "newest", "seen"]
    label: str = field(compare=False)
    statistic: str = ""
    subject: Expr | None = None
    last: Duration | None = None
    history: Expr | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Picks the first `pick` rows by `by`, and as many as are missing by `otherwise`; never one of `excluded` (a
    ranking of kind "seen"), nor one it is bought together with.
    """

    name: str
    catalog: str
    pick: int
    by: Ranking
    excluded: Ranking | None
    otherwise: Ranking | None
    description: str = ""
    span: Span = field(default=NOWHERE, compare=False)


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


# ------------------------------------------------------------------ tests


@dataclass(frozen=True, slots=True)
class TestEvent:
    """An event in a test: its canonical properties by field name."""

    __test__ = False

    event: str
    properties: Mapping[str, Any]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Given:
    """Canonical profile values by field name."""

    values: Mapping[str, Any]
    span: Span = field(default=NOWHERE, compare=False)


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
    """The arm that the split of that name takes in this test (in every journey that has it)."""

    split: str
    arm: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a webhook answers from here on in a test: canonical values, or None for a failure with its reason.

    With `times_out` it does not answer in time, as its `timeout` says.
    """

    webhook: str
    values: Mapping[str, Any] | None
    because: str = ""
    span: Span = field(default=NOWHERE, compare=False)
    times_out: bool = False


@dataclass(frozen=True, slots=True)
class Reacts:
    """What becomes of each of a message from here on in a test.

    `event` is the reaction that comes of it `after` it was sent (with these `properties`); with `refused` it was
    never handed out, so it does not count for limits. `because` is the reason of a failure.
    """

    message: str
    event: str
    properties: Mapping[str, Any]
    after: Duration
    refused: bool = False
    because: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Expectation:
    """One `expect`, names checked. `syntax` holds its parts; `condition` is the typed one of ExpectTrue, `values` are
    the canonical ones of ExpectEmitted.
    """

    syntax: ast.Expect
    condition: Expr | None = None
    span: Span = field(default=NOWHERE, compare=False)
    values: Mapping[str, Any] = field(default_factory=dict)


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


# -------------------------------------------------------------- workspace


def length_of(duration: Duration) -> int:
    """A length of time to compare with others, in microseconds: a month is 30 days and a half."""
    return (duration.months * 61 + duration.days * 2) * 43_200_000_000 + duration.microseconds


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything a workspace says, checked. Mappings are by name, in the order written.

    `identifiers` are strongest first. `timezone_field` is the profile's field of type timezone, if any.
    `private` fields may not be shown in activity records.
    """

    profile: Mapping[str, Field]
    identifiers: tuple[Identifier, ...]
    timezone_field: str | None
    schemas: Mapping[str, Schema]
    events: Mapping[str, Event]
    catalogs: Mapping[str, Catalog]
    datasets: Mapping[str, Dataset]
    aggregates: Mapping[str, Aggregate]
    attributes: Mapping[str, Attribute]
    audiences: Mapping[str, Audience]
    topics: Mapping[str, Topic]
    messages: Mapping[str, Message]
    journeys: Mapping[str, Journey]
    tests: tuple[Test, ...]
    merges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Profile field -> the datasets whose value of it stands, the first that has one."""
    lists: Mapping[str, MemberList] = field(default_factory=dict)
    """The lists of audiences from files."""
    offers: Mapping[str, Offer] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    statistics: Mapping[str, Statistic] = field(default_factory=dict)
    recommendations: Mapping[str, Recommendation] = field(default_factory=dict)
    webhooks: Mapping[str, Webhook] = field(default_factory=dict)
    limits: tuple[Limit, ...] = ()
    quiet_hours: tuple[QuietHours, ...] = ()
    templates: Mapping[str, str] = field(default_factory=dict)
    """The files that templates share, by their paths."""

    @property
    def kept_for(self) -> Mapping[str, Duration]:
        """How long the events of a kind are kept, where every dataset that holds them says so: the longest."""
        found: dict[str, Duration | None] = {}
        for dataset in self.datasets.values():
            for event in dataset.holds:
                known = found.get(event, Duration())
                longer = known is None or dataset.keep is None
                found[event] = (
                    None if longer else max(known or Duration(), dataset.keep or Duration(), key=length_of)
                )
        return {event: length for event, length in found.items() if length is not None and event != "profile"}

    @property
    def business(self) -> frozenset[str]:
        """The events that are about the business and happen to nobody."""
        starts = (start for journey in self.journeys.values() for start in journey.starts)
        return frozenset(s.event for s in starts if isinstance(s, StartOnEvent) and s.audience is not None)


__all__ = [
    name for name in dict(globals()) if name[:1].isupper() and name not in {"Any", "Literal", "Mapping"}
]
