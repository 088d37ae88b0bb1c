"""Money, numbers, dates and names as people of a language write them, by Babel's tables of Unicode's CLDR."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sojourn.dsl.check.calendars import STYLES, pattern_problem
from sojourn.dsl.values import Money, to_datetime

if TYPE_CHECKING:
    from babel import Locale

__all__ = ["FUNCTIONS", "OF_ZONE"]

_MOST_DIGITS = 12
_PARTS = re.compile(r"D{1,4}|M{1,4}|YYYY|YY")
_CLDR = {"D": "d", "DD": "dd", "DDD": "EEE", "DDDD": "EEEE", "YY": "yy", "YYYY": "yyyy"}


@lru_cache(maxsize=256)
def _locale(language: str | None) -> Locale:
    """The locale of a language; English for one that is not known."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse((language or "en").replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        first = (language or "en").split("-")[0]
        return Locale.parse("en") if first == language else _locale(first)


def _plain(text: str) -> str:
    """With plain spaces: the table's do not break, but nobody types them where they compare a text."""
    return text.replace("\xa0", " ").replace("\u202f", " ")


def _money(amount: Money, language: str | None) -> str:
    from babel.numbers import format_currency

    return _plain(format_currency(amount.amount, amount.currency, locale=_locale(language)))


def _number(number: Any, digits: Any, language: str | None) -> str | None:
    from babel.numbers import format_decimal

    if digits is None:
        return _plain(format_decimal(number, locale=_locale(language)))
    count = int(digits)
    if not 0 <= count <= _MOST_DIGITS:
        return None
    pattern = "#,##0" + ("." + "0" * count if count else "")
    return _plain(format_decimal(number, pattern, locale=_locale(language), decimal_quantization=True))


def _date(day: dt.date, pattern: str | None, language: str | None) -> str | None:
    from babel.dates import format_date

    locale = _locale(language)
    style = pattern or "long"
    if style in STYLES:
        return _plain(format_date(day, style, locale=locale))
    if pattern_problem(style) is not None:
        return None
    made = _PARTS.sub(
        lambda part: format_date(day, _CLDR.get(part.group(), part.group()), locale=locale), style
    )
    return made or None


def _time(tz: dt.tzinfo, time: Any, language: str | None) -> str:
    from babel.dates import format_time

    clock = time if isinstance(time, dt.time) else to_datetime(time, tz).time()
    return _plain(format_time(clock, "short", locale=_locale(language)))


def _country(code: str, language: str | None) -> str | None:
    return _locale(language).territories.get(code.upper())


def _language(code: str, language: str | None) -> str | None:
    return _locale(language).languages.get(code.replace("-", "_")) or _locale(language).languages.get(
        code.split("-")[0].lower()
    )


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "money_text": _money,
    "number_text": _number,
    "date_text": _date,
    "country_name": _country,
    "language_name": _language,
}
"""Each takes its arguments alone."""

OF_ZONE: Mapping[str, Callable[..., Any]] = {"time_text": _time}
"""Each takes the zone where the person is, then its arguments."""
