"""Moments as somebody types them, and as they are shown."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import click

from sojourn.dsl.values import from_datetime

__all__ = ["INSTANT", "Instant"]

_PATTERN = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:?\d{2})?)?"
)


class Instant(click.ParamType):
    """A date or a moment: `2026-04-12`, `2026-04-12 9:00`, `2026-04-12T09:00:00Z`; UTC unless it
    says otherwise.

    The value is an instant: microseconds since 1970 UTC.
    """

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The instant; ends the command with a message when it is none."""
        if isinstance(value, int):
            return value
        match = _PATTERN.fullmatch(value.strip())
        try:
            if match is None:
                raise ValueError
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
            zone = dt.datetime.strptime(match[7], "%z").tzinfo if match[7] else dt.UTC
            return from_datetime(dt.datetime(year, month, day, hour, minute, second, tzinfo=zone))
        except ValueError:
            self.fail(f"“{value}” is no moment; write 2026-04-12 or “2026-04-12 9:00” (UTC).", param, ctx)


INSTANT = Instant()
