"""The syntax tree: what the author wrote, before anything is known of what the names mean.

One frozen dataclass per construct; each docstring shows the syntax. Spans and comments are fields that do
not take part in equality, so two trees are equal when they say the same thing. The parser accepts slightly
too much; the resolver and the checker, which can explain, refuse.

Texts that stand for something else (a template, a path) are kept as written. Names are plain strings;
places where a name may need its own underline carry a `Name`.
"""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal
from typing import Literal

from sojourn.dsl.frozen import dataclass
from sojourn.dsl.source import NOWHERE, Span

# ruff: noqa: E501  (the syntax in a docstring stays on one line)


@dataclass(frozen=True, slots=True)
class Comment:
    """`# text` as written, the `#` included."""

    text: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What every node has: its place, and the comments that belong to it.

    `comments` stand on lines of their own above the node; `remark` ends the node's first line; `trailing` stand
    on lines of their own after the last child, inside the node's block.
    """

    span: Span = field(default=NOWHERE, compare=False)
    comments: tuple[Comment, ...] = field(default=(), compare=False)
    remark: Comment | None = field(default=None, compare=False)
    trailing: tuple[Comment, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Name(Node):
    """`snake_case`, where the name itself may have to be underlined."""

    text: str

    def __str__(self) -> str:
        return self.text


# ---------------------------------------------------------------- literals


@dataclass(frozen=True, slots=True)
class Text(Node):
    """`"a text"` or `\"\"\"a long, dedented text\"\"\"`; `value` is what is meant, escapes resolved.

    `value_start` is the offset in the file of the value's first character (for places inside a template).
    """

    value: str
    value_start: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """`20`, `12.5`, `1_000`."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class MoneyLiteral(Node):
    """`20 EUR`, `12.50 USD`."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Percent(Node):
    """`15%`; `value` is 15."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class DurationLiteral(Node):
    """`3 days`, `1 hour 30 minutes`: amounts with their units, singular (`day`), as written in order."""

    parts: tuple[tuple[Decimal, str], ...]


@dataclass(frozen=True, slots=True)
class Distance(Node):
    """`5 km`, `300 m`, `2 miles`; `unit` is `km`, `m` or `mile`."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class DateLiteral(Node):
    """`2026-11-23`, ISO 8601."""

    value: str


@dataclass(frozen=True, slots=True)
class ClockTime(Node):
    """`9:00`, `21:30`, `9:00:30`; kept as `HH:MM:SS`."""

    value: str


@dataclass(frozen=True, slots=True)
class Moment(Node):
    """`2026-11-23 9:00`; kept as `YYYY-MM-DDTHH:MM:SS`, without a zone."""

    value: str


@dataclass(frozen=True, slots=True)
class Boolean(Node):
    """`true`, `false` (also `yes`, `no` as values of a field)."""

    value: bool


# ------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`total`, `event.items[0].product.name`, `shop.location`: names and list positions, in order."""

    parts: tuple[str | int, ...]
    part_spans: tuple[Span, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`location(48.85, 2.35)`, `nearby(paris)`: a standard function or a `define` with parameters."""

    name: Name
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """`"DE", "AT", "CH"` after `in`; also in brackets: `["DE", "AT"]`."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Group(Node):
    """`(product = "sh-1", quantity = 2)`: a value of a schema."""

    values: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`a and b and c`, `a or b`."""

    op: Literal["and", "or"]
    terms: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """`not a`."""

    term: Expr


CompareOp = Literal["is", "is not", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`a is b`, `a is not b`, `a < b`, `a <= b`, `a > b`, `a >= b`."""

    op: CompareOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class In(Node):
    """`country in "DE", "AT"`, `country not in …`, `x in some_list`."""

    item: Expr
    options: Expr
    negated: bool = False


@dataclass(frozen=True, slots=True)
class InAudience(Node):
    """`in vips`, `not in vips`: the person is a member of the audience now."""

    audience: Name
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`x between 3 and 5`: both ends included."""

    item: Expr
    low: Expr
    high: Expr
    negated: bool = False


TextOp = Literal["contains", "starts with", "ends with", "matches"]


@dataclass(frozen=True, slots=True)
class TextTest(Node):
    """`name contains "x"`, `starts with`, `ends with`, `matches` (a regular expression); `contains` on lists too."""

    op: TextOp
    item: Expr
    pattern: Expr


@dataclass(frozen=True, slots=True)
class Presence(Node):
    """`x is known` (`known` true), `x is missing` (`known` false)."""

    item: Expr
    known: bool


@dataclass(frozen=True, slots=True)
class WithinDistance(Node):
    """`home within 5 km of shop.location`."""

    item: Expr
    distance: Distance
    of: Expr


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`any of items where price > 20 EUR`, `all of …`, `none of …`."""

    quantifier: Literal["any", "all", "none"]
    items: Expr
    where: Expr


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """`-x`."""

    term: Expr


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`a + b`, `a - b`, `a * b`, `a / b`."""

    op: Literal["+", "-", "*", "/"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Window(Node):
    """`in last 90 days` (`last`), `since T` (`since`), `between T and T` (`since` and `until`)."""

    last: DurationLiteral | None = None
    since: Expr | None = None
    until: Expr | None = None


@dataclass(frozen=True, slots=True)
class Has(Node):
    """`has E`, `no E`, `has E at least 3 times in last 7 days where …`.

    `no E` is `Has` with `negated`. `quantity` is ("at least" | "at most" | "exactly", n), or None for once or more.
    """

    event: Name
    negated: bool = False
    quantity: tuple[str, int] | None = None
    window: Window | None = None
    where: Expr | None = None


@dataclass(frozen=True, slots=True)
class Sequence(Node):
    """`has A then B within 2 days`, `has A then no B within 2 days`."""

    first: Name
    second: Name
    second_negated: bool
    within: DurationLiteral
    first_where: Expr | None = None
    second_where: Expr | None = None
    window: Window | None = None


AggregateKind = Literal[
    "count", "distinct", "sum", "average", "smallest", "largest", "first", "last", "most common",
    "time of first", "time of last", "last n",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """`count of E`, `sum of E.f`, `distinct count of E.f`, `first E.f`, `last E.f`, `last 5 E.f`, `time of last E`, …

    `field` is the path inside the event, empty for `count` and `time of`; `limit` is the N of `last N`.
    """

    kind: AggregateKind
    event: Name
    field_path: tuple[str | int, ...] = ()
    limit: int | None = None
    window: Window | None = None
    where: Expr | None = None


Expr = (
    Text | Number | MoneyLiteral | Percent | DurationLiteral | Distance | DateLiteral | ClockTime | Moment | Boolean
    | Path | Call | ListLiteral | Group | Logic | Not | Compare | In | InAudience | Between | TextTest | Presence
    | WithinDistance | Quantified | Negative | Arithmetic | Has | Sequence | Aggregate
)  # fmt: skip
"""Anything that has a value. A condition is an expression of type boolean."""


# ----------------------------------------------------------- declarations


@dataclass(frozen=True, slots=True)
class TypeName(Node):
    """`text`, `Address`, `list of T`, `one of a, b`, `ref product`.

    `kind` is "plain", "list", "one of" or "ref"; `name` the type, schema or catalog; `options` those of `one of`.
    """

    kind: Literal["plain", "list", "one of", "ref"]
    name: str = ""
    of: TypeName | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field(Node):
    """`email  email  identity private called "E-Mail" = "x"`, with `## description` lines above."""

    name: Name
    type: TypeName
    required: bool = False
    private: bool = False
    identity: bool = False
    called: Text | None = None
    default: Expr | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Use(Node):
    """`use commerce`, `use "../brand"` (then `is_path`)."""

    target: str
    is_path: bool = False


@dataclass(frozen=True, slots=True)
class Profile(Node):
    """`profile` and its fields."""

    fields: tuple[Field, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class IdentityEntry(Node):
    """`crm_id  one per person` (`unique`) or `device_id  many per person`."""

    field: Name
    unique: bool


@dataclass(frozen=True, slots=True)
class Identity(Node):
    """`identity` and its entries, strongest first."""

    entries: tuple[IdentityEntry, ...]


@dataclass(frozen=True, slots=True)
class Schema(Node):
    """`schema Address` and its fields."""

    name: Name
    fields: tuple[Field, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Event(Node):
    """`event cart_abandoned called "Cart Abandoned"` and its fields (none is allowed)."""

    name: Name
    called: Text | None
    fields: tuple[Field, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Catalog(Node):
    """`catalog product from csv "data/products.csv" key sku` and its fields."""

    name: Name
    format: str
    source: Text
    key: Name
    fields: tuple[Field, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Mapping(Node):
    """`"E-Mail" to email`, `"Born" to birthday as "DD/MM/YYYY"`, `"Club" to loyalty as lower`.

    `target` is a profile field's path, or `consent.TOPIC`; `convert` a date pattern (Text) or a function's name.
    """

    source: Text
    target: Path
    convert: Text | Name | None = None


@dataclass(frozen=True, slots=True)
class Dataset(Node):
    """`dataset crm`, with `holds profile, E`, `from http` or `from csv "…"` and its mappings, `keep 13 months`."""

    name: Name
    holds: tuple[Name, ...] = ()
    source: str | None = None
    location: Text | None = None
    mappings: tuple[Mapping, ...] = ()
    keep: DurationLiteral | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class MergeRule(Node):
    """`email, first_name by crm, web`."""

    fields: tuple[Name, ...]
    datasets: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Merge(Node):
    """`merge profile by newest`, with rules for single fields below."""

    by: str
    rules: tuple[MergeRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """`attribute lifetime_value = sum of purchase.total`."""

    name: Name
    value: Expr
    description: str = ""


@dataclass(frozen=True, slots=True)
class Define(Node):
    """`define big_spender = …`, `define nearby(shop) = …`."""

    name: Name
    parameters: tuple[Name, ...]
    value: Expr
    description: str = ""


@dataclass(frozen=True, slots=True)
class Audience(Node):
    """`audience vips` with a condition below; or `audience beta from csv "…"`."""

    name: Name
    condition: Expr | None
    csv: Text | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Topic(Node):
    """`topic offers opt in`; `mode` is "opt in", "opt out" or "always"."""

    name: Name
    mode: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Part(Node):
    """`subject "…"`, `body file "…"`: one template of a message. `post "URL"` of a webhook message, too."""

    name: Name
    text: Text
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class Variant(Node):
    """`email when language is "fr"` and its parts, inside a message."""

    channel: Name
    when: Expr | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Message(Node):
    """`message cart_reminder about offers` and its variants."""

    name: Name
    topic: Name | None
    variants: tuple[Variant, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Limit(Node):
    """`limit offers to 3 messages per 7 days`, `limit sms to 1 message per calendar day`."""

    target: Name
    count: int
    per: DurationLiteral | None = None
    calendar: str | None = None


@dataclass(frozen=True, slots=True)
class QuietHours(Node):
    """`quiet hours from 21:00 to 8:00 on sms, push in timezone otherwise "Europe/Paris"`.

    With `drop` messages are dropped instead of held. `zone` is what stands after `in`.
    """

    start: ClockTime
    end: ClockTime
    channels: tuple[Name, ...]
    drop: bool = False
    zone: Times | None = None


@dataclass(frozen=True, slots=True)
class Offer(Node):
    """`offer paris_store` with `when`, `title "…"` and other parts, `until`, `at most 2 times per person`, `priority 80`."""

    name: Name
    when: Expr | None
    parts: tuple[Part, ...] = ()
    since: Expr | None = None
    until: Expr | None = None
    per_person: int | None = None
    in_total: int | None = None
    priority: Expr | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Decision(Node):
    """`decision best_offer` with `from a, b`, `pick 1 by priority`, `otherwise c`."""

    name: Name
    offers: tuple[Name, ...]
    pick: int
    by: Expr | None
    otherwise: Name | None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Recommendation(Node):
    """`recommendation goes_with` with `pick 3 from product`, `by …`, `except …`, `otherwise …`.

    `by` is ("bought together with", path, event) or ("most", None, event) or ("newest", None, None) and the like.
    """

    name: Name
    pick: int
    catalog: Name
    by: Ranking | None
    excluded: Ranking | None = None
    otherwise: Ranking | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Ranking(Node):
    """`bought together with event.items.product in purchase`, `most purchase in last 30 days`, `bought in last 90 days`."""

    kind: str
    subject: Path | None = None
    event: Name | None = None
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Webhook(Node):
    """`webhook crm_webhook` with `post "URL"`, `timeout 5 seconds`, `retries 3`, `answers` and fields."""

    name: Name
    post: Text | None
    timeout: DurationLiteral | None = None
    retries: int | None = None
    answers: tuple[Field, ...] = ()
    description: str = ""


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

    Each target is a Path.
    """

    values: tuple[tuple[Path, Expr], ...]


@dataclass(frozen=True, slots=True)
class Choose(Node):
    """`choose plain in first_touch`: the split's arm in this test. The arm may be `row.arm`."""

    arm: Name
    split: Name


@dataclass(frozen=True, slots=True)
class Answers(Node):
    """`webhook crm_webhook answers ticket = "T1"`, `… fails because "no such shop"`, `… times out` in a test."""

    webhook: Name
    args: tuple[Argument, ...] = ()
    fails: bool = False
    because: Text | Path | None = None
    times_out: bool = False


@dataclass(frozen=True, slots=True)
class Reacts(Node):
    """What becomes of a message in a test: `message hello fails`, `… bounces because "…"`, `… is opened after 2 hours`.

    `what` is "fails", "bounces" or the word after `is`.
    """

    message: Name
    what: Name
    after: DurationLiteral | Path | None = None
    because: Text | Path | None = None


@dataclass(frozen=True, slots=True)
class Occurs(Node):
    """`cart_abandoned cart_id = "c1", total = 59 EUR`, below `at`, `after` or `ago`.

    `change of product.price product = "a1", before = 20 EUR, after = 15 EUR` has `change_of`, and as its event's
    name these words up to the path.
    """

    event: Name
    args: tuple[Argument, ...] = ()
    change_of: Path | None = None


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

    `times`: `expect sent M 2 times`. `zone`: `at … in "Asia/Tokyo"`.
    """

    message: Name
    negated: bool = False
    channel: Name | None = None
    at: Moment | Path | None = None
    zone: Text | None = None
    with_parts: tuple[PartCheck, ...] = ()
    because: Text | Path | None = None
    times: int | Path | None = None


@dataclass(frozen=True, slots=True)
class ExpectNothing(Node):
    """`expect nothing sent`: no message at all so far."""


@dataclass(frozen=True, slots=True)
class ExpectCalled(Node):
    """`expect called crm 2 times with body containing "59.00 EUR"`; `expect not called crm`."""

    webhook: Name
    negated: bool = False
    with_parts: tuple[PartCheck, ...] = ()
    times: int | Path | None = None


@dataclass(frozen=True, slots=True)
class ExpectEmitted(Node):
    """`expect emitted cart_rescued 2 times with cart_id = "c1"`; `expect not emitted cart_rescued`."""

    event: Name
    negated: bool = False
    args: tuple[Argument, ...] = ()
    times: int | Path | None = None


@dataclass(frozen=True, slots=True)
class ExpectOffered(Node):
    """`expect offered free_shipping`: a message or a step showed the offer; `expect not offered free_shipping`."""

    offer: Name
    negated: bool = False


@dataclass(frozen=True, slots=True)
class ExpectEnded(Node):
    """`expect cart_rescue ended because "exit on purchase"`; `expect cart_rescue not ended`."""

    journey: Name
    negated: bool = False
    because: Text | Path | None = None


@dataclass(frozen=True, slots=True)
class ExpectStarted(Node):
    """`expect cart_rescue started`, `expect cart_rescue not started`, `expect cart_rescue started 2 times`."""

    journey: Name
    negated: bool = False
    times: int | Path | None = None


@dataclass(frozen=True, slots=True)
class ExpectWaiting(Node):
    """`expect waiting at "wait for purchase" in cart_rescue`: the start of the step's text."""

    step: Text
    journey: Name
    negated: bool = False


@dataclass(frozen=True, slots=True)
class ExpectConverted(Node):
    """`expect cart_rescue converted`, `expect cart_rescue not converted`."""

    journey: Name
    negated: bool = False


@dataclass(frozen=True, slots=True)
class ExpectTrue(Node):
    """`expect lifetime_value is missing`, `expect in vips`, `expect not in vips`: a condition about the person."""

    condition: Expr


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


Declaration = (
    Use | Profile | Identity | Schema | Event | Catalog | Dataset | Merge | Attribute | Define | Audience | Topic
    | Message | Limit | QuietHours | Offer | Decision | Recommendation | Webhook | Journey | Test
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class File(Node):
    """One source file: its declarations in order. Comments after the last one are in `trailing`."""

    path: str
    declarations: tuple[Declaration, ...]
