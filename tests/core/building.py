"""Checked workspaces by hand: a small shop, and the few words needed to say what a test is about."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sojourn.dsl import checked as c
from sojourn.dsl.types import (
    BOOLEAN,
    COUNTRY,
    DATE,
    DATETIME,
    EMAIL,
    INTEGER,
    MONEY,
    NUMBER,
    PHONE,
    TEXT,
    TIMEZONE,
    Type,
    list_of,
    one_of,
    ref,
    schema_type,
)  # fmt: skip
from sojourn.dsl.values import DAY, HOUR, MINUTE, Duration, Money, parse_instant
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.effects import Activity, Effect, Outgoing
from sojourn.interpreter.core.intake import take_in
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.core.step import step
from sojourn.interpreter.memory import MemoryPeople


def days(n: int) -> Duration:
    return Duration(0, n, 0)


def hours(n: int) -> Duration:
    return Duration(0, 0, n * HOUR)


def minutes(n: int) -> Duration:
    return Duration(0, 0, n * MINUTE)


def months(n: int) -> Duration:
    return Duration(n, 0, 0)


def at(text: str) -> int:
    """An instant: `at("2026-03-02 10:00")`, UTC."""
    return parse_instant(text.replace(" ", "T"))


def field(name: str, type: Type, **more: Any) -> c.Field:
    return c.Field(name, type, name, **more)


PROFILE = [
    field("crm_id", TEXT, identity=True),
    field("email", EMAIL, identity=True),
    field("device_id", TEXT, identity=True),
    field("phone", PHONE),
    field("first_name", TEXT),
    field("country", COUNTRY),
    field("birthday", DATE),
    field("language", TEXT, default="en"),
    field("timezone", TIMEZONE),
    field("points", INTEGER),
    field("loyalty", one_of("bronze", "silver", "gold"), default="bronze"),
    field("tags", list_of(TEXT)),
    field("consent.offers", BOOLEAN),
]

ITEM = {
    f.name: f
    for f in [field("product", ref("product")), field("quantity", INTEGER, default=1), field("price", MONEY)]
}

EVENTS = {
    "cart_abandoned": [
        field("cart_id", TEXT),
        field("items", list_of(schema_type("Item"))),
        field("total", MONEY),
    ],
    "product_viewed": [field("product", ref("product"))],
    "purchase": [
        field("order_id", TEXT),
        field("total", MONEY),
        field("points", NUMBER),
        field("shop", TEXT),
    ],
    "visit": [field("page", TEXT)],
    "subscribed": [field("topic", TEXT)],
    "unsubscribed": [field("topic", TEXT)],
}

PRODUCTS = {
    "p1": {"sku": "p1", "name": "Blue shoes", "category": "shoes", "price": "59 EUR"},
    "p2": {"sku": "p2", "name": "Hat", "category": "hats", "price": "19.90 EUR"},
}


class Shop:
    """A workspace in the making: declare, then `program()`."""

    def __init__(self) -> None:
        self.aggregates: dict[str, c.Aggregate] = {}
        self.attributes: dict[str, c.Attribute] = {}
        self.audiences: dict[str, c.Audience] = {}
        self.messages: dict[str, c.Message] = {}
        self.journeys: dict[str, c.Journey] = {}
        self.topics = {"offers": c.Topic("offers", "opt in"), "service": c.Topic("service", "always")}

    # ------------------------------------------------------- expressions

    def history(
        self,
        kind: Any,
        event: str,
        path: str = "",
        *,
        last: Duration | None = None,
        since: int | None = None,
        until: int | None = None,
        where: c.Expr | None = None,
        threshold: int | None = None,
    ) -> c.AggregateValue:
        window = None
        if last is not None or since is not None or until is not None:
            window = c.Window(last, since, until)
        value = event_field(event, path) if path else None
        type = (
            INTEGER if kind in ("count", "distinct") else DATETIME if kind.startswith("time") else value.type
        )  # type: ignore[union-attr]
        meaning = repr((kind, event, path, window, where, threshold))
        key = hashlib.blake2b(meaning.encode(), digest_size=6).hexdigest()
        steps = tuple(path.split(".")) if path else ()
        self.aggregates[key] = c.Aggregate(key, kind, event, steps, value, where, window, type, threshold)
        return c.AggregateValue(key, type=type)

    def has(self, event: str, times: int = 1, **more: Any) -> c.Expr:
        count = self.history("count", event, threshold=times, **more)
        return compare(">=", count, constant(times))

    def no(self, event: str, **more: Any) -> c.Expr:
        return compare("is", self.history("count", event, threshold=1, **more), constant(0))

    # ------------------------------------------------------ declarations

    def attribute(self, name: str, value: c.Expr) -> c.AttributeValue:
        self.attributes[name] = c.Attribute(name, value)
        return c.AttributeValue(name, type=value.type)

    def audience(self, name: str, condition: c.Expr, *uses: str) -> c.Membership:
        self.audiences[name] = c.Audience(name, condition, uses)
        return c.Membership(name, type=BOOLEAN)

    def message(self, name: str, topic: str | None = None, **channels: Any) -> str:
        variants = []
        for channel, parts in channels.items():
            address = {"email": "email", "sms": "phone"}.get(channel)
            templates = {
                part: c.Template(text, "a.journey", 1, part == "body", "{" not in text)
                for part, text in parts.items()
            }
            variants.append(c.Variant(channel, None, templates, address))
        self.messages[name] = c.Message(name, topic, tuple(variants))
        return name

    def journey(
        self,
        name: str,
        starts: Iterable[Any],
        steps: Iterable[tuple[Any, ...]],
        *,
        again: Any = "always",
        again_after: Duration | None = None,
        exits: Iterable[Any] = (),
        goal: c.Goal | None = None,
        zone: c.Expr | None = None,
        zone_fallback: str = "",
        one_per: c.Expr | None = None,
        ends_after: Duration | None = None,
    ) -> None:
        """`steps` are (label, operation) or (label, operation, next); without `next` the following one."""
        numbered = tuple(
            c.Step(label, label, operation, rest[0] if rest else number + 1)
            for number, (label, operation, *rest) in enumerate(steps)
        )
        self.journeys[name] = c.Journey(
            name,
            tuple(starts),
            again,
            again_after,
            tuple(exits),
            goal,
            zone,
            zone_fallback,
            one_per,
            ends_after,
            "ignored",
            numbered,
        )

    def workspace(self) -> c.Workspace:
        profile = {f.name: f for f in PROFILE}
        product = c.Catalog(
            "product",
            "sku",
            {
                f.name: f
                for f in [
                    field("sku", TEXT),
                    field("name", TEXT),
                    field("category", TEXT),
                    field("price", MONEY),
                ]
            },
            PRODUCTS,
        )
        events = {name: c.Event(name, name, {f.name: f for f in fields}) for name, fields in EVENTS.items()}
        identifiers = (
            c.Identifier("crm_id", True),
            c.Identifier("email", True),
            c.Identifier("device_id", False),
        )
        return c.Workspace(
            profile,
            identifiers,
            "timezone",
            {"Item": c.Schema("Item", ITEM)},
            events,
            {"product": product},
            {},
            dict(self.aggregates),
            dict(self.attributes),
            dict(self.audiences),
            dict(self.topics),
            dict(self.messages),
            dict(self.journeys),
            (),
        )

    def program(self) -> Program:
        return compile_program(self.workspace())


def constant(value: Any) -> c.Constant:
    type = TEXT
    if isinstance(value, Money):
        type = MONEY
    elif isinstance(value, bool):
        type = BOOLEAN
    elif isinstance(value, int):
        type = INTEGER
    elif isinstance(value, Decimal):
        type = NUMBER
    elif isinstance(value, Duration):
        type = Type("duration")
    elif isinstance(value, dt.date):
        type = DATE
    elif isinstance(value, tuple):
        type = list_of(TEXT)
    return c.Constant(value, type=type)


def money(text: str) -> c.Constant:
    amount, currency = text.split()
    return constant(Money(Decimal(amount), currency))


def person(name: str) -> c.FieldValue:
    return c.FieldValue("profile", (name,), type={f.name: f.type for f in PROFILE}[name])


def event_field(event: str, path: str) -> c.Expr:
    first, *rest = path.split(".")
    found: c.Expr = c.FieldValue("event", (first,), type={f.name: f.type for f in EVENTS[event]}[first])
    if rest:
        found = c.CatalogValue("product", found, tuple(rest), type=MONEY if rest == ["price"] else TEXT)
    return found


def variable(name: str, event: str, path: str) -> c.FieldValue:
    return c.FieldValue("run", (name, path), type={f.name: f.type for f in EVENTS[event]}[path])


def compare(op: Any, left: c.Expr, right: c.Expr) -> c.Compare:
    return c.Compare(op, left, right, type=BOOLEAN)


def both(*terms: c.Expr) -> c.Logic:
    return c.Logic("and", terms, type=BOOLEAN)


def either(*terms: c.Expr) -> c.Logic:
    return c.Logic("or", terms, type=BOOLEAN)


def negated(term: c.Expr) -> c.Not:
    return c.Not(term, type=BOOLEAN)


def known(item: c.Expr) -> c.Known:
    return c.Known(item, type=BOOLEAN)


NOW = c.Now(type=DATETIME)
TODAY = c.Today(type=DATE)


def plus(left: c.Expr, right: c.Expr) -> c.Arithmetic:
    return c.Arithmetic("+", left, right, type=left.type)


def minus(left: c.Expr, right: c.Expr) -> c.Arithmetic:
    type = Type("duration") if left.type == right.type and left.type in (DATE, DATETIME) else left.type
    return c.Arithmetic("-", left, right, type=type)


def on(event: str, where: c.Expr | None = None) -> c.StartOnEvent:
    return c.StartOnEvent(event, where)


def entering(audience: str) -> c.StartOnAudience:
    return c.StartOnAudience(audience, True)


def exit_on(event: str, where: c.Expr | None = None) -> c.ExitOnEvent:
    return c.ExitOnEvent(event, where, f"exit on {event}")


def send(message: str, *channels: str, **args: Any) -> c.Send:
    return c.Send(message, channels, tuple((name, constant(value)) for name, value in args.items()))


class Story:
    """One person (or several) and what happens to them, in order. Nothing is due that has not been carried
    out."""

    def __init__(self, program: Program, choices: Mapping[str, str] | None = None, **profile: Any) -> None:
        self.program = program
        self.choices = choices
        self.people = MemoryPeople()
        self.profile: dict[str, Any] = {"email": "ada@example.com", **profile}
        self.effects: list[Effect] = []
        self.count = 0

    def happens(
        self,
        event: str,
        moment: str | int,
        *,
        happened: str | int | None = None,
        profile: Mapping[str, Any] | None = None,
        quiet: bool = False,
        **properties: Any,
    ) -> list[Effect]:
        """`event` arrives at `moment` (and happened then, or at `happened`)."""
        now = at(moment) if isinstance(moment, str) else moment
        when = now if happened is None else at(happened) if isinstance(happened, str) else happened
        self.count += 1
        known = dict(self.profile) if profile is None else dict(profile)
        record = Record(f"r{self.count}", event, when, now, known, properties, quiet=quiet)
        _, _, effects = take_in(self.program, self.people, record, now, self.choices)
        self.effects += effects
        return effects

    def time(self, moment: str | int) -> list[Effect]:
        """Time alone."""
        now = at(moment) if isinstance(moment, str) else moment
        effects: list[Effect] = []
        for _, who in list(self.people):
            effects += step(self.program, who, None, now, self.choices)
        self.effects += effects
        return effects

    @property
    def person(self) -> Person:
        return next(who for _, who in self.people)

    def said(self, *kinds: str) -> list[tuple[str, Any]]:
        """What was recorded, by kind, as (kind, the detail that matters)."""
        return [
            (e.kind, _essence(e))
            for e in self.effects
            if isinstance(e, Activity) and (not kinds or e.kind in kinds)
        ]

    def when(self, kind: str) -> list[str]:
        """When the activities of a kind happened, as clock times in UTC."""
        return [instant(e.at) for e in self.effects if isinstance(e, Activity) and e.kind == kind]

    def outbox(self) -> list[Outgoing]:
        return [e for e in self.effects if isinstance(e, Outgoing)]


def instant(moment: int) -> str:
    base = dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=moment)
    return base.isoformat(
        sep=" ",
        timespec="microseconds" if moment % 1_000_000 else "minutes" if not base.second else "seconds",
    )


def _essence(activity: Activity) -> Any:
    detail = activity.detail
    for name in (
        "audience",
        "branch",
        "arm",
        "because",
        "message",
        "field",
        "event",
        "identifier",
        "key",
        "for",
        "until",
    ):
        if name in detail:
            return detail[name]
    return None


__all__ = [name for name in dict(globals()) if not name.startswith("_")]
assert DAY
