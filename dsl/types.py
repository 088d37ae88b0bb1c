"""The types of the language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "BOOLEAN", "COUNTRY", "DATE", "DATETIME", "DURATION", "EMAIL", "INTEGER", "LANGUAGE", "LOCATION", "MONEY",
    "NOTHING", "NUMBER", "PERCENT", "PHONE", "PLAIN_TYPES", "TEXT", "TIME", "TIMEZONE", "URL", "Type", "list_of",
    "one_of", "ref", "schema_type",
]  # fmt: skip

Kind = Literal[
    "text", "number", "integer", "boolean", "date", "time", "datetime", "duration", "money", "percent", "email",
    "phone", "url", "country", "language", "timezone", "location", "one of", "list", "schema", "ref", "nothing",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Type:
    """One type. `name` is the schema or catalog of "schema" and "ref"; `of` the items of "list"; `options` of "one of".

    "nothing" is the type of an expression that already has a mistake: it fits everywhere, so that one mistake
    gives one message.
    """

    kind: Kind
    name: str = ""
    of: Type | None = None
    options: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The type as the author writes it."""
        if self.kind == "list":
            return f"list of {self.of}"
        if self.kind == "one of":
            return "one of " + ", ".join(self.options)
        if self.kind == "ref":
            return f"ref {self.name}"
        return self.name if self.kind == "schema" else self.kind

    @property
    def is_textual(self) -> bool:
        """Whether its values are strings that can be compared and searched as text."""
        return self.kind in _TEXTUAL

    @property
    def is_numeric(self) -> bool:
        """Whether it is a plain number (money is not)."""
        return self.kind in ("number", "integer", "percent")


_TEXTUAL = frozenset({"text", "email", "phone", "url", "country", "language", "timezone", "one of", "ref"})

TEXT = Type("text")
NUMBER = Type("number")
INTEGER = Type("integer")
BOOLEAN = Type("boolean")
DATE = Type("date")
TIME = Type("time")
DATETIME = Type("datetime")
DURATION = Type("duration")
MONEY = Type("money")
PERCENT = Type("percent")
EMAIL = Type("email")
PHONE = Type("phone")
URL = Type("url")
COUNTRY = Type("country")
LANGUAGE = Type("language")
TIMEZONE = Type("timezone")
LOCATION = Type("location")
NOTHING = Type("nothing")

PLAIN_TYPES: dict[str, Type] = {
    t.kind: t
    for t in (
        TEXT, NUMBER, INTEGER, BOOLEAN, DATE, TIME, DATETIME, DURATION, MONEY, PERCENT, EMAIL, PHONE, URL, COUNTRY,
        LANGUAGE, TIMEZONE, LOCATION,
    )
}  # fmt: skip
"""The types that need nothing but their name, by that name."""


def list_of(item: Type) -> Type:
    """`list of item`."""
    return Type("list", of=item)


def one_of(*options: str) -> Type:
    """`one of a, b, c`."""
    return Type("one of", options=options)


def schema_type(name: str) -> Type:
    """A schema's values."""
    return Type("schema", name=name)


def ref(catalog: str) -> Type:
    """`ref catalog`: the key of one of its rows."""
    return Type("ref", name=catalog)
