"""Limits and quiet hours: how often, and when, messages may reach a person."""

from __future__ import annotations

import datetime as dt
from typing import Literal, cast

from sojourn.dsl import ast, checked
from sojourn.dsl.check.expressions import Expressions
from sojourn.dsl.check.labels import head
from sojourn.dsl.check.literals import nothing, positive_duration
from sojourn.dsl.check.messages import CHANNELS
from sojourn.dsl.check.report import and_list, nearest
from sojourn.dsl.check.world import World
from sojourn.dsl.check.zones import check_zone
from sojourn.dsl.diagnostics import Fix, Related

__all__ = ["QUIET_CHANNELS", "check_limits", "check_quiet_hours"]

QUIET_CHANNELS = ("email", "sms", "push")
"""The channels that reach a person; a webhook reaches a machine."""

_CALENDAR = ("day", "week", "month")
_MOST = 10_000


def check_limits(world: World) -> tuple[checked.Limit, ...]:
    """The limits, in the order written."""
    found = []
    for node in world.names.others:
        if isinstance(node, ast.Limit):
            limit = _limit(world, node)
            if limit is not None:
                found.append(limit)
    return tuple(found)


def _limit(world: World, node: ast.Limit) -> checked.Limit | None:
    report, name = world.report, node.target.text
    kind = _kind(world, name)
    label = head(node, world.sources)
    if kind is None:
        names = world.names
        if name not in names.lost and not names.partial:
            pool = [*names.topics, *QUIET_CHANNELS, *names.messages, "everything"]
            report.error(
                "cannot-be-limited",
                node.target.span,
                candidates=nearest(name, pool),
                name=name,
                topics=and_list(names.topics, "or") if names.topics else "none so far",
            )
        return None
    if not 1 <= node.count <= _MOST:
        report.error("limit-absurd", node.span, count=str(node.count), name=name, most=f"{_MOST:,}")
        return None
    per = positive_duration(node.per, report, "A limit per")
    if node.calendar is not None and node.calendar not in _CALENDAR:
        report.error(
            "unknown-calendar", node.span, candidates=nearest(node.calendar, _CALENDAR), name=node.calendar
        )
        return None
    calendar = cast(Literal["day", "week", "month"] | None, node.calendar)
    if per is None and calendar is None:
        return None
    return checked.Limit(name, kind, node.count, per, calendar, label, node.span)


def _kind(world: World, name: str) -> checked.LimitKind | None:
    if name in world.names.topics:
        return "topic"
    if name in QUIET_CHANNELS:
        return "channel"
    if name in world.names.messages:
        return "message"
    return "everything" if name == "everything" else None


def check_quiet_hours(world: World, expressions: Expressions) -> tuple[checked.QuietHours, ...]:
    """The quiet hours, in the order written."""
    found = []
    for node in world.names.others:
        if isinstance(node, ast.QuietHours):
            found.append(_quiet(world, expressions, node))
    return tuple(found)


def _quiet(world: World, expressions: Expressions, node: ast.QuietHours) -> checked.QuietHours:
    report = world.report
    label = head(node, world.sources)
    channels: list[str] = []
    for channel in node.channels:
        if channel.text not in QUIET_CHANNELS:
            webhook = channel.text in CHANNELS
            report.error(
                "unknown-quiet-channel",
                channel.span,
                candidates=() if webhook else nearest(channel.text, QUIET_CHANNELS),
                name=channel.text,
                channels=and_list(QUIET_CHANNELS),
            )
        elif channel.text in channels:
            first = next(other for other in node.channels if other.text == channel.text)
            related = [Related(first.span, "the first one")]
            report.error(
                "declared-twice", channel.span, related=related, name=channel.text, what="channel",
                first="channel",
            )  # fmt: skip
        else:
            channels.append(channel.text)
    times = []
    for clock in (node.start, node.end):
        try:
            times.append(dt.time.fromisoformat(clock.value))
        except ValueError:
            report.error("no-such-date", clock.span, text=clock.value)
            times.append(dt.time())
    if node.start.value == node.end.value:
        report.error("quiet-all-day", node.span, time=expressions.say(node.start))
    zone: checked.Expr = nothing(node.span)
    fallback = "UTC"
    if node.zone is None:
        field = next((f.name for f in world.profile.values() if f.type.kind == "timezone"), "")
        instead = f'in {field} otherwise "Europe/Paris"' if field else 'in "Europe/Paris"'
        drop = " drop" if node.drop else ""
        fix = Fix(node.span, f"{label.removesuffix(' drop')} {instead}{drop}", f"add {instead}")
        report.error("quiet-without-zone", node.span, fix=fix, instead=instead)
    else:
        zone, fallback = check_zone(world, expressions, node.zone, "in")
    start, end = times
    return checked.QuietHours(
        start, end, tuple(channels) or QUIET_CHANNELS, node.drop, zone, fallback, label, node.span
    )
