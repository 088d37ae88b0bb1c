"""How a value from outside becomes a canonical one, type by type, each in its own standard's terms.

A reader takes what came (JSON, or a text of a CSV cell) and returns the canonical JSON value of "Values" in
docs/design.md, None when it is missing, or raises `Unfit` with what would be right. Countries are ISO 3166,
languages BCP 47, time zones IANA, currencies ISO 4217, phone numbers E.164, times ISO 8601, addresses
RFC 5321 (without asking any server).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from sojourn.dsl.check.report import nearest
from sojourn.dsl.check.standards import CURRENCIES, countries, currency_problem, text_problem, timezones
from sojourn.dsl.types import Type
from sojourn.dsl.values import (
    Money,
    duration_to_iso,
    instant_to_iso,
    money_to_text,
    number_to_json,
    parse_date,
    parse_duration,
    parse_instant,
    parse_time,
)  # fmt: skip

__all__ = ["Reader", "Unfit", "described", "identifier_reader", "json_schema", "one_of_reader", "reader"]

Reader = Callable[[Any], Any]

LONGEST_IDENTIFIER = 500
"""Characters of an identifier at most: longer ones are texts that slipped into the wrong field."""


class Unfit(ValueError):
    """A value that is not of its type. `what` says what it must be, `instead` the nearest right values."""

    def __init__(self, what: str, instead: Iterable[str] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.instead = tuple(instead)


_WHAT = {
    "text": "a text",
    "number": "a number such as 12.5",
    "integer": "a whole number such as 3",
    "boolean": "true or false",
    "date": "a date such as “2026-11-23”",
    "time": "a time of day such as “09:00”",
    "datetime": "a moment such as “2026-11-23T09:00:00Z”",
    "duration": "a length of time in ISO 8601 such as “P3D” (3 days) or “PT1H” (1 hour)",
    "money": "an amount of money such as “59 EUR”",
    "percent": "a share such as 0.15 or “15%”",
    "email": "an email address such as “ada@example.com”",
    "phone": "a phone number with its country code such as “+33612345678”",
    "url": "a web address such as “https://example.com/cart”",
    "country": "a country code of two letters such as “DE”",
    "language": "a language code such as “en” or “pt-BR”",
    "timezone": "a time zone such as “Europe/Paris”",
    "location": "a place such as [48.8566, 2.3522], latitude first",
    "list": "a list",
    "schema": "a group of fields",
    "ref": "a key of the catalog",
    "one of": "one of the options",
}


def described(type: Type) -> str:
    """What a value of the type must be, to be put after "must be"."""
    if type.kind == "one of":
        return "one of " + ", ".join(type.options)
    if type.kind == "ref":
        return f"a key of the catalog {type.name}"
    return _WHAT.get(type.kind, "a value")


# ------------------------------------------------------------------ texts


def read_text(value: Any) -> str | None:
    """A text; a number is taken as its digits (many systems send numeric ids)."""
    if isinstance(value, str):
        return value
    kind = value.__class__
    if kind is int:
        return str(value)
    if kind is float:
        return str(number_to_json(value))
    if value is None:
        return None
    raise Unfit(_WHAT["text"])


def _textual(name: str, accept: Callable[[str], str]) -> Reader:
    """A reader of texts that are worked out once and remembered."""
    remembered = lru_cache(maxsize=65536)(accept)

    def read(value: Any) -> str | None:
        if value.__class__ is str:
            return remembered(value) or None
        if value is None:
            return None
        raise Unfit(_WHAT[name])

    read.__name__ = f"read_{name}"
    return read


# What nearly every address looks like; anything else is asked of email-validator.
_PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
)


def _email(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    if len(text) <= 64 and _PLAIN_EMAIL.fullmatch(text) and "--" not in text:
        return text
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized
    except (EmailNotValidError, ValueError) as error:
        raise Unfit(_WHAT["email"]) from error


def _phone(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    import phonenumbers

    spelled = "+" + text[2:] if text.startswith("00") else text
    try:
        number = phonenumbers.parse(spelled, None)
    except phonenumbers.NumberParseException as error:
        raise Unfit(_WHAT["phone"]) from error
    if not phonenumbers.is_possible_number(number) or number.extension:
        raise Unfit(_WHAT["phone"])
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _url(text: str) -> str:
    return _checked(text.strip(), "url")


def _country(text: str) -> str:
    code = text.strip().upper()
    if not code or code in countries():
        return code
    return _checked(text.strip(), "country")


_LANGUAGE_TAG = re.compile(
    r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?((?:[-_][A-Za-z0-9]{4,8})*)"
)


def _language(text: str) -> str:
    """In the spelling of RFC 5646: `pt-BR`, `zh-Hant`; also from `pt_BR`, which many systems write."""
    text = text.strip()
    match = _LANGUAGE_TAG.fullmatch(text)
    if match is None:
        return _checked(text, "language")
    language, script, region, rest = match.groups()
    tag = language.lower()
    if script:
        tag += f"-{script.title()}"
    if region:
        tag += f"-{region.upper()}"
    return _checked(tag + rest.replace("_", "-"), "language")


def _timezone(text: str) -> str:
    text = text.strip()
    return text if text in timezones() else _checked(text, "timezone")


def _checked(text: str, kind: Any) -> str:
    problem = text_problem(text, Type(kind))
    if problem is not None:
        raise Unfit(_WHAT[kind], problem.instead)
    return text


def one_of_reader(type: Type) -> Reader:
    """One of the options; capital letters and spaces around do not matter."""
    options = {option.lower(): option for option in type.options} | {o: o for o in type.options}
    what = described(type)

    def read(value: Any) -> str | None:
        found = options.get(value) if value.__class__ is str else None
        if found is not None:
            return found
        if value is None or value == "":
            return None
        if isinstance(value, str) and (found := options.get(value.strip().lower())) is not None:
            return found
        raise Unfit(what, nearest(str(value)[:100], type.options))

    return read


NOBODY = frozenset(
    {"null", "undefined", "none", "nil", "nan", "n/a", "[object object]", "(null)", "anonymous"}
)
"""Texts that stand for "unknown" in other systems. As identifiers they would make one person of all
strangers.
"""


def identifier_reader(type: Type) -> Reader:
    """The reader of a field that is an identifier: spaces around are dropped, email addresses are lower
    case.
    """
    plain = reader(type)

    def read(value: Any) -> Any:
        value = plain(value)
        if value.__class__ is str:
            value = value.strip()
            if not value:
                return None
            if len(value) > LONGEST_IDENTIFIER:
                raise Unfit(f"an identifier of at most {LONGEST_IDENTIFIER} characters")
            if value.lower() in NOBODY:
                raise Unfit("an identifier of one person (leave it out when it is unknown)")
            if type.kind == "email":
                value = value.lower()
        return value

    return read


# ---------------------------------------------------------------- numbers

_LARGEST = 2**63 - 1
_AMOUNT = re.compile(r"[+-]?\d{1,18}(?:\.\d{0,9})?")


def read_integer(value: Any) -> int | None:
    """A whole number, also as text."""
    if value.__class__ is int:
        if -_LARGEST <= value <= _LARGEST:
            return value
    elif value is None or value == "":
        return None
    elif value.__class__ is float:
        if value.is_integer() and abs(value) <= 2**53:
            return int(value)
    elif value.__class__ is str:
        text = value.strip()
        if not text:
            return None
        if _AMOUNT.fullmatch(text) and Decimal(text) == int(Decimal(text)):
            return int(Decimal(text))
    raise Unfit(_WHAT["integer"])


def read_number(value: Any) -> int | float | None:
    """A number, also as text with a decimal point."""
    kind = value.__class__
    if kind is int:
        if -_LARGEST <= value <= _LARGEST:
            return int(value)
    elif kind is float:
        if value - value == 0:  # neither infinite nor "not a number"
            return number_to_json(value)
    elif value is None or value == "":
        return None
    elif kind is str and _AMOUNT.fullmatch(value.strip()):
        return number_to_json(Decimal(value.strip()))
    raise Unfit(_WHAT["number"])


def read_percent(value: Any) -> int | float | None:
    """A fraction; `"15%"` is 0.15."""
    if value.__class__ is str:
        text = value.strip()
        if not text:
            return None
        if text.endswith("%") and _AMOUNT.fullmatch(text[:-1].strip()):
            return number_to_json(Decimal(text[:-1].strip()) / 100)
    try:
        return read_number(value)
    except Unfit:
        raise Unfit(_WHAT["percent"]) from None


_YES = {"true": True, "yes": True, "1": True, "y": True, "t": True, "x": True, "on": True}
_NO = {"false": False, "no": False, "0": False, "n": False, "f": False, "off": False}
_BOOLEANS = _YES | _NO


def read_boolean(value: Any) -> bool | None:
    """true, false; also yes, no, x, 1 and 0, as spreadsheets have them."""
    if value.__class__ is bool:
        return value
    if value is None or value == "":
        return None
    found = None
    if value.__class__ is str:
        text = value.strip().lower()
        if not text:
            return None
        found = _BOOLEANS.get(text)
    elif value.__class__ is int:
        found = _BOOLEANS.get(str(value))
    if found is None:
        raise Unfit(_WHAT["boolean"])
    return found


def money(amount: str, currency: str) -> str:
    """The canonical text of an amount. Raises Unfit for what is no amount or no currency."""
    if not _AMOUNT.fullmatch(amount):
        raise Unfit(_WHAT["money"])
    if currency not in CURRENCIES:
        problem = currency_problem(currency.strip()[:20])
        if problem is None or (problem.instead and problem.instead[0] == currency.strip().upper()):
            currency = currency.strip().upper()
        else:
            raise Unfit(_WHAT["money"], [f"{amount} {code}" for code in problem.instead])
    try:
        return money_to_text(Money(Decimal(amount), currency))
    except InvalidOperation as error:
        raise Unfit(_WHAT["money"]) from error


@lru_cache(maxsize=65536)
def _money_text(text: str) -> str | None:
    text = text.strip()
    if not text:
        return None
    amount, _, currency = text.partition(" ")
    return money(amount, currency)


def read_money(value: Any) -> str | None:
    """`"59 EUR"`, or `{"amount": 59, "currency": "EUR"}`."""
    if value.__class__ is str:
        return _money_text(value)
    if value is None:
        return None
    if value.__class__ is dict:
        amount, currency = value.get("amount"), value.get("currency")
        if currency.__class__ is str and amount.__class__ in (int, float, str):
            return money(plain_digits(amount), currency)
    raise Unfit(_WHAT["money"])


def plain_digits(number: int | float | str) -> str:
    """A JSON number, or a text of one, in plain digits, never with an exponent."""
    if isinstance(number, str):
        return number.strip()
    return f"{Decimal(repr(number)):f}"


# ------------------------------------------------------------------- time


@lru_cache(maxsize=65536)
def _date(text: str) -> str | None:
    text = text.strip()
    try:
        return parse_date(text).isoformat() if text else None
    except ValueError:
        raise Unfit(_WHAT["date"]) from None


@lru_cache(maxsize=4096)
def _time(text: str) -> str | None:
    text = text.strip()
    if not text:
        return None
    try:
        found: dt.time = parse_time(text)
    except ValueError:
        raise Unfit(_WHAT["time"]) from None
    if found.tzinfo is not None:
        raise Unfit(_WHAT["time"])
    return found.isoformat()


@lru_cache(maxsize=65536)
def _datetime(text: str) -> str | None:
    text = text.strip()
    try:
        # One before the year 1 or after 9999 in UTC raises: no other moment may stand for it.
        return instant_to_iso(parse_instant(text)) if text else None
    except (ValueError, OverflowError):
        raise Unfit(_WHAT["datetime"]) from None


@lru_cache(maxsize=4096)
def _duration(text: str) -> str | None:
    text = text.strip()
    if not text:
        return None
    try:
        if len(text) > 60:
            raise ValueError(text)
        return duration_to_iso(parse_duration(text))
    except (ValueError, ArithmeticError):
        raise Unfit(_WHAT["duration"]) from None


def _timely(name: str, read: Callable[[str], str | None]) -> Reader:
    def from_text(value: Any) -> str | None:
        if value.__class__ is str:
            return read(value)
        if value is None:
            return None
        raise Unfit(_WHAT[name])

    return from_text


# ----------------------------------------------------------------- places


def read_location(value: Any) -> list[float] | None:
    """`[latitude, longitude]`, an object with those (or lat, lon, lng), or "48.85, 2.35". WGS 84 degrees."""
    if value is None or value == "":
        return None
    if value.__class__ is dict:
        latitude = value.get("latitude", value.get("lat"))
        longitude = value.get("longitude", value.get("lon", value.get("lng")))
        value = [latitude, longitude]
    elif value.__class__ is str:
        value = value.strip().strip("[]()").replace(";", ",").split(",")
    if value.__class__ is list and len(value) == 2:
        try:
            latitude, longitude = read_number(value[0]), read_number(value[1])
        except Unfit:
            raise Unfit(_WHAT["location"]) from None
        if latitude is not None and longitude is not None and abs(latitude) <= 90 and abs(longitude) <= 180:
            return [float(latitude), float(longitude)]
    raise Unfit(_WHAT["location"])


_READERS: dict[str, Reader] = {
    "text": read_text,
    "ref": read_text,
    "number": read_number,
    "integer": read_integer,
    "percent": read_percent,
    "boolean": read_boolean,
    "money": read_money,
    "location": read_location,
    "date": _timely("date", _date),
    "time": _timely("time", _time),
    "datetime": _timely("datetime", _datetime),
    "duration": _timely("duration", _duration),
    "email": _textual("email", _email),
    "phone": _textual("phone", _phone),
    "url": _textual("url", _url),
    "country": _textual("country", _country),
    "language": _textual("language", _language),
    "timezone": _textual("timezone", _timezone),
}


def reader(type: Type) -> Reader:
    """The reader of a type that is neither a list nor a schema (those are put together in `door`)."""
    if type.kind == "one of":
        return one_of_reader(type)
    return _READERS[type.kind]


# ------------------------------------------------------------ JSON Schema

_SCHEMAS: dict[str, dict[str, Any]] = {
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "percent": {"type": "number", "description": "A fraction: 15% is 0.15."},
    "boolean": {"type": "boolean"},
    "money": {"type": "string", "pattern": r"^-?\d+(\.\d+)? [A-Z]{3}$", "examples": ["59.90 EUR"]},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "format": "time"},
    "datetime": {"type": "string", "format": "date-time"},
    "duration": {"type": "string", "format": "duration"},
    "email": {"type": "string", "format": "email"},
    "phone": {"type": "string", "pattern": r"^\+[1-9]\d{6,14}$"},
    "url": {"type": "string", "format": "uri"},
    "country": {"type": "string", "pattern": "^[A-Z]{2}$"},
    "location": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
}


def json_schema(type: Type) -> dict[str, Any]:
    """The type as JSON Schema (2020-12), in its canonical spelling; a schema is a reference into `$defs`."""
    if type.kind == "one of":
        return {"enum": list(type.options)}
    if type.kind == "list":
        return {"type": "array", "items": json_schema(type.of) if type.of else {}}
    if type.kind == "schema":
        return {"$ref": f"#/$defs/{type.name}"}
    return dict(_SCHEMAS.get(type.kind, {"type": "string"}))
