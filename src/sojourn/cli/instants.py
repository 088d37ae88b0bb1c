"""Moments as somebody types them."""

from __future__ import annotations

import datetime as dt
import re

import click

from sojourn.dsl.values import from_datetime

__all__ = ["in_zone", "instant", "read_instant"]

_PATTERN = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:?\d{2})?)?"
)


def instant(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """The callback of an option that takes a date or a moment; microseconds since 1970 UTC.

    `2026-04-12` (its beginning), `2026-04-12 9:00`, `2026-04-12T09:00:00+02:00`; UTC unless it says
    otherwise.
    """
    return None if value is None else _read(value, dt.UTC, " (UTC)")


def in_zone(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """The callback of an option that takes the same by a clock that is known later, and reads it by `read_instant`."""
    if value is not None:
        read_instant(value, dt.UTC)
    return value


def read_instant(value: str, zone: dt.tzinfo) -> int:
    """What was typed, in microseconds since 1970 UTC; by the clock of `zone` unless it says otherwise. Raises
    BadParameter.
    """
    return _read(value, zone, "")


def _read(value: str, zone: dt.tzinfo, where: str) -> int:
    match = _PATTERN.fullmatch(value.strip())
    try:
        if match is None:
            raise ValueError
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        said = dt.datetime.strptime(match[7], "%z").tzinfo if match[7] else zone
        return from_datetime(dt.datetime(year, month, day, hour, minute, second, tzinfo=said))
    except ValueError:
        raise click.BadParameter(
            f"“{value}” is no moment; write 2026-04-12 or “2026-04-12 9:00”{where}."
        ) from None
