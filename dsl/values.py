"""The values of the language: what they are in memory, and their canonical JSON form.

See "Values" in docs/design.md: documents, events and effects hold canonical JSON; expressions decode on reading
and encode on writing. Instants are integers, microseconds since 1970-01-01T00:00:00Z.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

__all__ = [
    "DAY", "EARLIEST", "HOUR", "LARGEST_INTEGER", "LATEST", "MINUTE", "SECOND", "UTC", "Duration", "Money",
    "add_elapsed", "add_in_zone", "duration_to_iso", "from_datetime", "in_words", "instant_to_iso", "local_to_instant",
    "money_to_text", "number_to_json", "parse_date", "parse_duration", "parse_instant", "parse_money", "parse_number",
    "parse_time", "steady_offset", "to_datetime", "zone",
]  # fmt: skip

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
UTC = dt.UTC
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = dt.datetime(1970, 1, 1)
_MICROSECOND = dt.timedelta(microseconds=1)

LARGEST_INTEGER = 2**63 - 1
"""The largest whole number that is stored as one: those who read the JSON have no room for more."""

EARLIEST = (dt.datetime(1, 1, 3, tzinfo=UTC) - _EPOCH) // _MICROSECOND
LATEST = (dt.datetime(9999, 12, 30, tzinfo=UTC) - _EPOCH) // _MICROSECOND
"""The ends of the calendar: within them every instant has a date and a clock time in every time zone. What would lie
beyond an end is taken to lie at it.
"""


class Money(NamedTuple):
    """An amount in one currency (ISO 4217 code)."""

    amount: Decimal
    currency: str


class Duration(NamedTuple):
    """A length of time in three parts that are not interchangeable: calendar months, calendar days, microseconds."""

    months: int = 0
    days: int = 0
    microseconds: int = 0


@lru_cache(maxsize=65536)
def parse_money(text: str) -> Money:
    """`"59.90 EUR"` as Money. Raises ValueError when the text is not an amount and a currency code."""
    amount, _, currency = text.partition(" ")
    if len(currency) != 3 or not currency.isalpha() or not currency.isupper():
        raise ValueError(f"not an amount of money: {text!r}")
    try:
        value = Decimal(amount)
    except InvalidOperation as error:
        raise ValueError(f"not an amount of money: {text!r}") from error
    if not value.is_finite():
        raise ValueError(f"not an amount of money: {text!r}")
    return Money(value, currency)


def money_to_text(money: Money) -> str:
    """The canonical form, `"59.90 EUR"`: plain digits, never an exponent."""
    return f"{money.amount:f} {money.currency}"


@lru_cache(maxsize=65536)
def _decimal(value: float) -> Decimal:
    return Decimal(repr(value))


def parse_number(value: int | float | str) -> int | Decimal:
    """A JSON number as an exact one: a float is taken by its shortest decimal form."""
    if type(value) is float:
        return _decimal(value)
    if type(value) is str:
        return Decimal(value)
    return value  # type: ignore[return-value]


def number_to_json(value: int | Decimal | float) -> int | float:
    """The canonical JSON form of a number; whole numbers of up to 64 bits become integers.

    Raises OverflowError for one that is too large for any number in JSON, ValueError for what is none.
    """
    if isinstance(value, int):
        return value if -LARGEST_INTEGER <= value <= LARGEST_INTEGER else float(value)
    whole = int(value)
    if whole == value and -LARGEST_INTEGER <= whole <= LARGEST_INTEGER:
        return whole
    result = float(value)
    if result - result != 0:
        raise OverflowError("the number is too large")
    return result


@lru_cache(maxsize=65536)
def parse_date(text: str) -> dt.date:
    """`"2026-11-23"`. Raises ValueError."""
    return dt.date.fromisoformat(text)


@lru_cache(maxsize=4096)
def parse_time(text: str) -> dt.time:
    """`"09:00:00"` or `"9:00"`. Raises ValueError."""
    return dt.time.fromisoformat(text if text[1:2] != ":" else "0" + text)


_ONE_DIGIT_HOUR = re.compile(r"(?<=\d)([ T])(?=\d:)")


@lru_cache(maxsize=65536)
def parse_instant(text: str) -> int:
    """An ISO 8601 moment as microseconds; one without an offset is taken as UTC. Raises ValueError.

    An hour may have one digit, as spreadsheets and the language write it: `2026-11-23 9:00`.
    """
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        moment = dt.datetime.fromisoformat(_ONE_DIGIT_HOUR.sub(r"\g<1>0", text))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // _MICROSECOND


def instant_to_iso(instant: int) -> str:
    """`"2026-11-23T08:00:00Z"`, with microseconds only where there are any. Raises OverflowError outside the
    calendar.
    """
    return (_EPOCH + dt.timedelta(microseconds=instant)).isoformat().replace("+00:00", "Z")


def to_datetime(instant: int, tz: dt.tzinfo = UTC) -> dt.datetime:
    """The aware datetime of an instant, in UTC unless a zone is given."""
    try:
        moment = _EPOCH + dt.timedelta(microseconds=instant)
        return moment if tz is UTC else moment.astimezone(tz)
    except OverflowError:
        return to_datetime(LATEST if instant > 0 else EARLIEST, tz)


def from_datetime(moment: dt.datetime) -> int:
    """The instant of an aware datetime. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return (moment - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The IANA zone. Raises KeyError (ZoneInfoNotFoundError) or ValueError for a name that is none."""
    return ZoneInfo(name)


_ISO_DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,6})?)S)?)?"
)


@lru_cache(maxsize=4096)
def parse_duration(text: str) -> Duration:
    """An ISO 8601 duration (`"P1M3DT4H"`). Raises ValueError."""
    match = _ISO_DURATION.fullmatch(text)
    if not match or text in ("P", "PT") or text.endswith("T"):
        raise ValueError(f"not a duration: {text!r}")
    years, months, weeks, days, hours, minutes, seconds = match.groups()
    return Duration(
        int(years or 0) * 12 + int(months or 0),
        int(weeks or 0) * 7 + int(days or 0),
        int(hours or 0) * HOUR + int(minutes or 0) * MINUTE + int(Decimal(seconds or 0) * SECOND),
    )


def duration_to_iso(duration: Duration) -> str:
    """The canonical form, with months, days and seconds only."""
    date = (f"{duration.months}M" if duration.months else "") + (f"{duration.days}D" if duration.days else "")
    seconds = Decimal(duration.microseconds) / SECOND
    time = f"T{seconds.normalize():f}S" if seconds else ""
    return "P" + (date + time or "T0S")


def in_words(duration: Duration) -> str:
    """A length of time as an author writes it: `1 month 3 days`, `90 minutes`."""
    parts: list[tuple[int, str]] = [(duration.months, "month"), (duration.days, "day")]
    rest = duration.microseconds
    for size, unit in ((HOUR, "hour"), (MINUTE, "minute"), (SECOND, "second")):
        parts.append((rest // size, unit))
        rest %= size
    said = [f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n]
    return " ".join(said) or "0 seconds"


def _add_months(day: dt.datetime, months: int) -> dt.datetime:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def add_elapsed(instant: int, duration: Duration, sign: int = 1) -> int:
    """`instant + duration` as windows count: a day is 24 hours, months go by the UTC calendar, clamped to its end."""
    if duration.months:
        try:
            instant = from_datetime(_add_months(to_datetime(instant), sign * duration.months))
        except (ValueError, OverflowError):
            return LATEST if sign * duration.months > 0 else EARLIEST
    moved = instant + sign * (duration.days * DAY + duration.microseconds)
    return moved if EARLIEST <= moved <= LATEST else LATEST if moved > 0 else EARLIEST


@lru_cache(maxsize=65536)
def steady_offset(day: int, tz: dt.tzinfo) -> int | None:
    """By how many microseconds the clocks of a zone are ahead of UTC, where that is the same from the beginning of
    the day before to the end of the day after `day` (days of UTC since 1970). None where it changes in that time,
    or where the calendar ends.

    A clock time of such a day is there once: no zone is a whole day from UTC. Clocks are changed days apart, so
    that one change between two midnights shows at one of them.
    """
    if not EARLIEST + DAY <= day * DAY <= LATEST - 2 * DAY:
        return None
    offsets = {to_datetime((day + after) * DAY, tz).utcoffset() for after in (-1, 0, 1, 2)}
    (offset, *others) = offsets
    return None if others or offset is None else offset // _MICROSECOND


def local_to_instant(local: dt.datetime, tz: dt.tzinfo) -> int:
    """The instant of a naive clock time in a zone.

    A time that a day skips is the first that exists after it; one that occurs twice is the first.
    """
    clock = (local - _NAIVE_EPOCH) // _MICROSECOND
    ahead = steady_offset(clock // DAY, tz)
    if ahead is not None:
        return clock - ahead
    moment = local.replace(tzinfo=tz, fold=0)
    instant = (moment - _EPOCH) // _MICROSECOND
    if to_datetime(instant, tz).replace(tzinfo=None) == local:
        return instant
    # In a gap: the first existing clock time after it is the instant of the change itself. The offsets before
    # and after are those that fold 0 and fold 1 name (PEP 495).
    before = moment.utcoffset()
    after = local.replace(tzinfo=tz, fold=1).utcoffset()
    assert before is not None and after is not None
    low = (local.replace(tzinfo=UTC) - after - _EPOCH) // _MICROSECOND  # still before the change
    high = (local.replace(tzinfo=UTC) - before - _EPOCH) // _MICROSECOND  # already after it
    while high - low > 1:
        middle = (low + high) // 2
        if to_datetime(middle, tz).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def add_in_zone(instant: int, duration: Duration, tz: dt.tzinfo, sign: int = 1) -> int:
    """`instant + duration` as waits count: months and days keep the clock time in `tz`, the rest is elapsed time."""
    if duration.months or duration.days:
        if not duration.months:
            moved_days = instant + sign * duration.days * DAY
            ahead = steady_offset(instant // DAY, tz)
            if ahead is not None and ahead == steady_offset(moved_days // DAY, tz):
                return moved_days + sign * duration.microseconds
        local = to_datetime(instant, tz)
        try:
            moved = (
                _add_months(local.replace(tzinfo=None), sign * duration.months)
                if duration.months
                else (local.replace(tzinfo=None))
            )
            moved += dt.timedelta(days=sign * duration.days)
            instant = local_to_instant(moved, tz)
        except (ValueError, OverflowError):
            return LATEST if sign * (duration.months * 30 + duration.days) > 0 else EARLIEST
    instant += sign * duration.microseconds
    return instant if EARLIEST <= instant <= LATEST else LATEST if instant > 0 else EARLIEST
