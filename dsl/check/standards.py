"""The standards that texts are written in: countries, languages, time zones, currencies, addresses.

ISO 3166-1 countries and IANA zones are read from the tzdata package, which ships both lists. Languages are
checked by the shape of BCP 47 (RFC 5646), phone numbers by that of E.164, currencies against ISO 4217.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from sojourn.dsl.check.report import nearest
from sojourn.dsl.types import Type

__all__ = ["CURRENCIES", "Problem", "countries", "currency_problem", "text_problem", "timezones"]

CURRENCIES = frozenset(
    [
        "AED",
        "AFN",
        "ALL",
        "AMD",
        "AOA",
        "ARS",
        "AUD",
        "AWG",
        "AZN",
        "BAM",
        "BBD",
        "BDT",
        "BGN",
        "BHD",
        "BIF",
        "BMD",
        "BND",
        "BOB",
        "BRL",
        "BSD",
        "BTN",
        "BWP",
        "BYN",
        "BZD",
        "CAD",
        "CDF",
        "CHF",
        "CLP",
        "CNY",
        "COP",
        "CRC",
        "CUP",
        "CVE",
        "CZK",
        "DJF",
        "DKK",
        "DOP",
        "DZD",
        "EGP",
        "ERN",
        "ETB",
        "EUR",
        "FJD",
        "FKP",
        "GBP",
        "GEL",
        "GHS",
        "GIP",
        "GMD",
        "GNF",
        "GTQ",
        "GYD",
        "HKD",
        "HNL",
        "HTG",
        "HUF",
        "IDR",
        "ILS",
        "INR",
        "IQD",
        "IRR",
        "ISK",
        "JMD",
        "JOD",
        "JPY",
        "KES",
        "KGS",
        "KHR",
        "KMF",
        "KPW",
        "KRW",
        "KWD",
        "KYD",
        "KZT",
        "LAK",
        "LBP",
        "LKR",
        "LRD",
        "LSL",
        "LYD",
        "MAD",
        "MDL",
        "MGA",
        "MKD",
        "MMK",
        "MNT",
        "MOP",
        "MRU",
        "MUR",
        "MVR",
        "MWK",
        "MXN",
        "MYR",
        "MZN",
        "NAD",
        "NGN",
        "NIO",
        "NOK",
        "NPR",
        "NZD",
        "OMR",
        "PAB",
        "PEN",
        "PGK",
        "PHP",
        "PKR",
        "PLN",
        "PYG",
        "QAR",
        "RON",
        "RSD",
        "RUB",
        "RWF",
        "SAR",
        "SBD",
        "SCR",
        "SDG",
        "SEK",
        "SGD",
        "SHP",
        "SLE",
        "SOS",
        "SRD",
        "SSP",
        "STN",
        "SVC",
        "SYP",
        "SZL",
        "THB",
        "TJS",
        "TMT",
        "TND",
        "TOP",
        "TRY",
        "TTD",
        "TWD",
        "TZS",
        "UAH",
        "UGX",
        "USD",
        "UYU",
        "UZS",
        "VED",
        "VES",
        "VND",
        "VUV",
        "WST",
        "XAF",
        "XCD",
        "XCG",
        "XOF",
        "XPF",
        "YER",
        "ZAR",
        "ZMW",
        "ZWG",
    ]
)
"""The circulating currencies of ISO 4217."""

_LANGUAGE = re.compile(
    r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-(?:[A-Za-z]{2}|\d{3}))?(-(?:[A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*"
)
_EMAIL = re.compile(r"[^\s@\"<>,;]+@[^\s@.\"<>,;]+(\.[^\s@.\"<>,;]+)+")
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_URL = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)

_LANGUAGES = {
    "arabic": "ar",
    "chinese": "zh",
    "czech": "cs",
    "danish": "da",
    "dutch": "nl",
    "english": "en",
    "finnish": "fi",
    "french": "fr",
    "german": "de",
    "greek": "el",
    "hebrew": "he",
    "hindi": "hi",
    "hungarian": "hu",
    "italian": "it",
    "japanese": "ja",
    "korean": "ko",
    "norwegian": "no",
    "polish": "pl",
    "portuguese": "pt",
    "romanian": "ro",
    "russian": "ru",
    "spanish": "es",
    "swedish": "sv",
    "turkish": "tr",
    "ukrainian": "uk",
}
_COMMON_COUNTRIES = {
    "uk": "GB",
    "usa": "US",
    "england": "GB",
    "america": "US",
    "united kingdom": "GB",
    "eng": "GB",
}
_SYMBOLS = {"EURO": "EUR", "DOLLAR": "USD", "RMB": "CNY", "STG": "GBP"}


@dataclass(frozen=True, slots=True)
class Problem:
    """`what` a text should have been ("a country code of two letters, as in "DE""), and the right texts,
    nearest first.
    """

    what: str
    instead: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def countries() -> dict[str, str]:
    """ISO 3166-1 two-letter codes and the English names of the countries."""
    table = resources.files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {row[0]: row[1] for row in rows}


@lru_cache(maxsize=1)
def timezones() -> frozenset[str]:
    """The names of the IANA time zones."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


def currency_problem(code: str) -> Problem | None:
    """What is wrong with a currency code, if anything."""
    if code in CURRENCIES:
        return None
    upper = code.upper()
    known = (upper,) if upper in CURRENCIES else (_SYMBOLS[upper],) if upper in _SYMBOLS else ()
    return Problem("a currency (ISO 4217), as in EUR or USD", known or nearest(upper, sorted(CURRENCIES)))


def text_problem(text: str, type: Type) -> Problem | None:
    """What is wrong with a text as a value of a type, if anything. An empty text is a missing value, never
    wrong.
    """
    if not text:
        return None
    check = _CHECKS.get(type.kind)
    return check(text) if check else None


def _country(text: str) -> Problem | None:
    if text in countries():
        return None
    what = 'a country code of two letters (ISO 3166), as in "DE"'
    lower = text.lower()
    if text.upper() in countries():
        return Problem(what, (text.upper(),))
    if lower in _COMMON_COUNTRIES:
        return Problem(what, (_COMMON_COUNTRIES[lower],))
    by_name = {name.lower(): code for code, name in countries().items()}
    for name, code in list(by_name.items()):
        by_name.setdefault(name.split(" (")[0], code)
    found = (lower,) if lower in by_name else nearest(lower, by_name)
    return Problem(what, tuple(dict.fromkeys(by_name[name] for name in found)))


def _language(text: str) -> Problem | None:
    what = 'a language code (BCP 47), as in "en" or "pt-BR"'
    if text.lower() in _LANGUAGES:
        return Problem(what, (_LANGUAGES[text.lower()],))
    if _LANGUAGE.fullmatch(text):
        return None
    mended = text.replace("_", "-")
    return Problem(what, (mended,) if _LANGUAGE.fullmatch(mended) else ())


def _timezone(text: str) -> Problem | None:
    if text in timezones():
        return None
    by_city = {
        zone.rsplit("/", 1)[-1].replace("_", " ").lower(): zone for zone in sorted(timezones(), reverse=True)
    }
    city = text.rsplit("/", 1)[-1].replace("_", " ").lower()
    found = (by_city[city],) if city in by_city else nearest(text, sorted(timezones()))
    return Problem('a time zone (IANA), as in "Europe/Paris"', found)


def _email(text: str) -> Problem | None:
    return None if _EMAIL.fullmatch(text) else Problem('an email address, as in "ada@example.com"')


def _phone(text: str) -> Problem | None:
    if _PHONE.fullmatch(text):
        return None
    mended = re.sub(r"[\s()./-]", "", text)
    mended = "+" + mended[2:] if mended.startswith("00") else mended
    what = 'a phone number with its country code (E.164), as in "+33612345678"'
    return Problem(what, (mended,) if _PHONE.fullmatch(mended) else ())


def _url(text: str) -> Problem | None:
    if _URL.fullmatch(text):
        return None
    return Problem(
        'a web address, as in "https://example.com/cart"', (f"https://{text}",) if "." in text else ()
    )


_CHECKS = {
    "country": _country,
    "language": _language,
    "timezone": _timezone,
    "email": _email,
    "phone": _phone,
    "url": _url,
}
