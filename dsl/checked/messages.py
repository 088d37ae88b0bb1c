"""What to say: topics, messages, webhooks, limits, quiet hours, offers, decisions, recommendations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from sojourn.dsl.checked.data import Event
from sojourn.dsl.checked.expressions import Expr, Window
from sojourn.dsl.frozen import dataclass
from sojourn.dsl.source import NOWHERE, Span
from sojourn.dsl.values import Duration

__all__ = [
    "Decision",
    "Limit",
    "LimitKind",
    "Message",
    "Offer",
    "QuietHours",
    "Ranking",
    "Recommendation",
    "Statistic",
    "StatisticKind",
    "Template",
    "Topic",
    "Variant",
    "Webhook",
]


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
