"""How values look in a template: what stands behind `profile`, `event`, a row of a catalog, and what is printed.

What is missing prints nothing. Money prints as `59.00 EUR`, a date as `2026-11-23`, a moment as `2026-11-23 09:00`
in the person's time zone. A `ref` is followed to its catalog's row: `event.items[0].product.name`; by itself it
prints its key. How a field of a type is read is settled once for a program (`Shapes`), and not for each value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import ChainableUndefined
from markupsafe import escape

from sojourn.dsl import checked
from sojourn.dsl.types import Type
from sojourn.dsl.values import Duration, Money, in_words, parse_money, to_datetime
from sojourn.interpreter.core.encoding import decode
from sojourn.interpreter.core.person import Person

if TYPE_CHECKING:
    from sojourn.interpreter.compile.expressions import Coder

__all__ = [
    "NOTHING", "VIEWS", "Offer", "Profile", "Row", "Shapes", "Show", "View", "date_filter", "money_filter",
    "money_shown", "printed", "printed_html", "printed_text",
]  # fmt: skip

_WITHOUT_CENTS = frozenset(
    {
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    }
)
_THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
NOTHING = ChainableUndefined()
"""What is missing, as a template sees it."""

_AS_THEY_ARE = frozenset(
    {"text", "email", "phone", "url", "country", "language", "timezone", "one of", "integer", "boolean"}
)
"""Types whose canonical values are shown as they are."""


# ----------------------------------------------------------------- values


@lru_cache(maxsize=65536)
def money_shown(money: Money) -> str:
    """`59.00 EUR`: with as many decimals as the currency has (ISO 4217)."""
    currency = money.currency
    digits = "1" if currency in _WITHOUT_CENTS else "0.001" if currency in _THOUSANDTHS else "0.01"
    return f"{money.amount.quantize(Decimal(digits), ROUND_HALF_UP):f} {currency}"


class _Money(Money):
    __slots__ = ()

    def __str__(self) -> str:
        return money_shown(self)


@lru_cache(maxsize=65536)
def _money_of(text: str) -> _Money:
    return _Money(*parse_money(text))


class _Moment(dt.datetime):
    def __str__(self) -> str:
        return self.strftime("%Y-%m-%d %H:%M")


class View:
    """A group of fields as a template sees it: by attribute or by index, decoded when read."""

    __slots__ = ("_fields", "_show", "_values")

    def __init__(self, show: Show, fields: Fields, values: Mapping[str, Any]) -> None:
        self._show = show
        self._fields = fields
        self._values = values

    def __getitem__(self, name: str) -> Any:
        field = self._fields.get(name)
        if field is None:
            return NOTHING
        value = self._values.get(name)
        reader, default = field
        if value is None:
            value = default
        if reader is None:
            return NOTHING if value is None or value == "" else value
        return reader(self._show, value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._fields if self._values.get(name) is not None)

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def __str__(self) -> str:
        return ", ".join(f"{self[name]}" for name in self)


class Row(View):
    """A catalog's row that a `ref` leads to."""

    __slots__ = ("_key",)

    def __init__(self, show: Show, fields: Fields, values: Mapping[str, Any], key: str) -> None:
        self._show = show
        self._fields = fields
        self._values = values
        self._key = key

    def __str__(self) -> str:
        return self._key

    def __eq__(self, other: object) -> bool:
        return str(other) == self._key

    def __hash__(self) -> int:
        return hash(self._key)


class Profile(View):
    """The person: profile fields and attributes; `profile.consent.offers` is a consent."""

    __slots__ = ("_now", "_person")

    def __init__(self, show: Show, person: Person, now: int) -> None:
        super().__init__(show, show.shapes.profile, person.fields)
        self._person = person
        self._now = now

    def __getitem__(self, name: str) -> Any:
        if name in self._fields:
            return super().__getitem__(name)
        if name == "consent":
            consents = {f[8:]: field for f, field in self._fields.items() if f.startswith("consent.")}
            return View(self._show, consents, {f: self._values.get("consent." + f) for f in consents})
        return self._show.attribute(name, self._person, self._now)


class Offer:
    """An offer that a decision picked: its name, and its texts, filled in when they are asked for."""

    __slots__ = ("_name", "_parts")

    def __init__(self, name: str, parts: Mapping[str, Callable[[], str]]) -> None:
        self._name = name
        self._parts = parts

    def __getitem__(self, part: str) -> Any:
        made = self._parts.get(part)
        if made is None:
            return self._name if part == "name" else NOTHING
        return made()

    def __getattr__(self, part: str) -> Any:
        if part.startswith("__"):
            raise AttributeError(part)
        return self[part]

    def __str__(self) -> str:
        return self._name


VIEWS: frozenset[type] = frozenset({View, Row, Profile})
"""There is nothing in them but what a template may see."""


# ------------------------------------------------------------ how they look

Reader = Callable[["Show", Any], Any]
"""A canonical JSON value as a template sees it."""

Fields = Mapping[str, tuple[Reader | None, Any]]
"""Of each field how its values are read (None: a text, shown as it is), and its default."""


class Shapes:
    """How everything that a workspace declares is shown."""

    __slots__ = ("_coder", "_groups", "_readers", "_workspace", "profile")

    def __init__(self, coder: Coder) -> None:
        self._coder = coder
        self._workspace = coder.workspace
        self._readers: dict[Type, Reader | None] = {}
        self._groups: dict[tuple[str, str], Fields | None] = {}
        self.profile = self._fields(self._workspace.profile)
        """The fields of a person."""

    def caught(self, name: str) -> Fields | None:
        """The fields of what a run holds: of an event, or of the answer of a webhook."""
        return self._group("event", name)

    def reader(self, type: Type) -> Reader | None:
        """How canonical values of a type are read; None for those that are shown as they are."""
        try:
            return self._readers[type]
        except KeyError:
            made = self._readers[type] = self._made(type)
            return made

    def attribute(self, name: str) -> tuple[Type, Callable[..., Any]] | None:
        """The type of an attribute, and what computes it."""
        declared = self._workspace.attributes.get(name)
        return None if declared is None else (declared.value.type, self._coder.attribute(name))

    def _fields(self, declared: Mapping[str, checked.Field]) -> Fields:
        return {name: (self.reader(field.type), field.default) for name, field in declared.items()}

    def _group(self, kind: str, name: str) -> Fields | None:
        place = kind, name
        if place not in self._groups:
            workspace = self._workspace
            declared: Mapping[str, checked.Field] | None
            if kind == "catalog":
                declared = workspace.catalogs[name].fields
            elif kind == "schema":
                declared = workspace.schemas[name].fields
            else:
                webhook = workspace.webhooks.get(name)
                event = workspace.events.get(name) or (webhook.answers if webhook is not None else None)
                declared = event.fields if event is not None else None
            self._groups[place] = None if declared is None else self._fields(declared)
        return self._groups[place]

    def _made(self, type: Type) -> Reader | None:
        kind = type.kind
        if kind in _AS_THEY_ARE:
            return None
        if kind == "list":
            return self._list(type.of)
        if kind == "ref" and type.name in self._workspace.catalogs:
            return self._row(type.name)
        if kind == "schema" and type.name in self._workspace.schemas:
            return self._schema(type.name)
        if kind == "money":
            return lambda show, value: NOTHING if value is None or value == "" else _money_of(value)
        return lambda show, value: (
            NOTHING if value is None or value == "" else show.memory(type, decode(type, value))
        )

    def _list(self, of: Type | None) -> Reader:
        if of is None:
            return lambda show, value: list(value or ())
        item = self.reader(of)
        if item is None:
            return lambda show, value: [NOTHING if v is None or v == "" else v for v in value or ()]
        return lambda show, value: [item(show, v) for v in value or ()]

    def _row(self, name: str) -> Reader:
        rows = self._workspace.catalogs[name].rows

        def row(show: Show, value: Any) -> Any:
            if value is None or value == "":
                return NOTHING
            return Row(show, self._group("catalog", name) or {}, rows.get(value, {}), value)

        return row

    def _schema(self, name: str) -> Reader:
        def group(show: Show, value: Any) -> Any:
            if value is None or value == "":
                return NOTHING
            return View(show, self._group("schema", name) or {}, value)

        return group


class Show:
    """How values look to people of one time zone."""

    __slots__ = ("shapes", "zone")

    def __init__(self, shapes: Shapes, tz: dt.tzinfo) -> None:
        self.shapes = shapes
        self.zone = tz

    def value(self, type: Type, value: Any) -> Any:
        """A canonical JSON value as a template sees it."""
        reader = self.shapes.reader(type)
        if reader is None:
            return NOTHING if value is None or value == "" else value
        return reader(self, value)

    def memory(self, type: Type | None, value: Any) -> Any:
        """An in-memory value as a template sees it."""
        if value is None:
            return NOTHING
        if isinstance(value, Money):
            return _Money(*value)
        if type is None:
            return value
        kind = type.kind
        if kind == "datetime" and isinstance(value, int):
            moment = to_datetime(value, self.zone)
            return _Moment(
                moment.year,
                moment.month,
                moment.day,
                moment.hour,
                moment.minute,
                moment.second,
                moment.microsecond,
                moment.tzinfo,
                fold=moment.fold,
            )
        if kind in ("ref", "schema", "list"):
            if kind == "list" and type.of is not None and type.of.kind not in ("ref", "schema"):
                return [self.memory(type.of, item) for item in value]
            return self.value(type, value)
        return value

    def caught(self, what: Mapping[str, Any] | None) -> Any:
        """An event, or an answer, that a run holds."""
        fields = self.shapes.caught(what["event"]) if what is not None else None
        return NOTHING if fields is None or what is None else View(self, fields, what["properties"])

    def attribute(self, name: str, person: Person, now: int) -> Any:
        """An attribute of a person; there may be none of that name."""
        known = self.shapes.attribute(name)
        return NOTHING if known is None else self.memory(known[0], known[1](person, None, None, now))


# ------------------------------------------------------------- what is printed


def printed(value: Any) -> Any:
    """What `{{ … }}` prints for a value."""
    if value is None:
        return ""
    kind = type(value)
    if kind is bool:
        return "true" if value else "false"
    if kind is Decimal:
        return f"{value:f}"
    if kind is dt.time:
        return value.strftime("%H:%M")
    if kind is Duration:
        return in_words(value)
    if kind is list:
        return ", ".join(str(printed(item)) for item in value)
    return value


def printed_text(value: Any) -> str:
    """The same as a text."""
    return value if type(value) is str else str(printed(value))


def printed_html(value: Any) -> str:
    """The same as a text in HTML."""
    kind = type(value)
    if kind is str:
        # Most of what is filled in are names and words, in which there is nothing to escape.
        return value if value.isalnum() else escape(value)
    if kind is _Money:
        return money_shown(value)
    return escape(printed(value))


def money_filter(value: Any, currency: str = "") -> Any:
    """`{{ 59 | money("EUR") }}` and `{{ event.total | money }}`: `59.00 EUR`."""
    if value is None or isinstance(value, ChainableUndefined):
        return ""
    if isinstance(value, Money):
        return money_shown(value)
    if isinstance(value, str) and not currency:
        return money_shown(parse_money(value))
    return money_shown(Money(Decimal(str(value)), currency)) if currency else f"{Decimal(str(value)):.2f}"


def date_filter(value: Any, pattern: str = "%Y-%m-%d") -> Any:
    """`{{ event.day | date("%d.%m.%Y") }}`."""
    return value.strftime(pattern) if isinstance(value, (dt.date, dt.time)) else ""
