"""Moments as somebody types them."""

from __future__ import annotations

import datetime as dt
import re

import click

from sojourn.dsl.values import from_datetime

__all__ = ["instant"]

_PATTERN = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:?\d{2})?)?"
)


def instant(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """The callback of an option that takes a date or a moment; microseconds since 1970 UTC.

    `2026-04-12` (its beginning), `2026-04-12 9:00`, `2026-04-12T09:00:00+02:00`; UTC unless it says
    otherwise.
    """
    if value is None:
        return None
    match = _PATTERN.fullmatch(value.strip())
    try:
        if match is None:
            raise ValueError
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        zone = dt.datetime.strptime(match[7], "%z").tzinfo if match[7] else dt.UTC
        return from_datetime(dt.datetime(year, month, day, hour, minute, second, tzinfo=zone))
    except ValueError:
        raise click.BadParameter(
            f"“{value}” is no moment; write 2026-04-12 or “2026-04-12 9:00” (UTC)."
        ) from None
