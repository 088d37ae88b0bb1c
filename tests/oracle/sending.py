"""Whether a message may go to somebody now: by a scan of everything that was ever sent to them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sojourn.dsl import checked as c
from sojourn.interpreter.core.records import Record
from tests.oracle.meaning import Look, clock, elapsed, first_instant, true, zone_of
from tests.oracle.meaning import value as meaning_of
from tests.oracle.people import Did, Somebody

NO_ADDRESS = {"email": "no email address", "sms": "no phone number", "push": "no push token"}
TO_A_PERSON = ("email", "sms", "push")


@dataclass(frozen=True)
class Way:
    """A channel on which somebody can be reached. `address` is "" where it needs none."""

    channel: str
    address: str


def ways(
    workspace: c.Workspace, who: Somebody, message: c.Message, channels: tuple[str, ...], look: Look
) -> tuple[list[Way], dict[str, str]]:
    """The channels on which a message may go, in the author's order, and why not on the others."""
    found, reasons = [], {}
    for channel in channels or tuple(dict.fromkeys(v.channel for v in message.variants)):
        because = _no_consent(workspace, message, look) or _nothing_to_say(message, channel, look)
        address = "" if because else _address(message, channel, look)
        if not because and address is None:
            because = NO_ADDRESS[channel]
        if not because and (channel, address) in who.suppressed:
            because = "suppressed"
        because = because or _full(workspace, who, message, channel, look)
        if because:
            reasons[channel] = because
        else:
            assert address is not None
            found.append(Way(channel, address))
    return found, reasons


def fitting(message: c.Message, channel: str, look: Look) -> c.Variant | None:
    """The variant of a channel that somebody gets."""
    variants = [v for v in message.variants if v.channel == channel]
    found = [v for v in variants if v.when is not None and true(v.when, look)]
    found += [v for v in variants if v.when is None]
    return found[0] if found else None


def _nothing_to_say(message: c.Message, channel: str, look: Look) -> str:
    return "" if fitting(message, channel, look) else f"no variant for {channel} fits"


def _no_consent(workspace: c.Workspace, message: c.Message, look: Look) -> str:
    if message.topic is None:
        return ""
    mode = workspace.topics[message.topic].mode
    said = look.life.value(f"consent.{message.topic}")
    if (mode == "opt in" and said is not True) or (mode == "opt out" and said is False):
        return f"no consent to {message.topic}"
    return ""


def _address(message: c.Message, channel: str, look: Look) -> str | None:
    """Where to; None where that is unknown."""
    variant = fitting(message, channel, look)
    assert variant is not None
    return "" if variant.address is None else look.life.value(variant.address) or None


def suppress(workspace: c.Workspace, who: Somebody, record: Record) -> None:
    """A hard bounce and a complaint are final for the address that the person has on that channel."""
    hard = record.event == "message_bounced" and record.properties.get("kind") == "hard"
    if not hard and record.event != "message_complained":
        return
    channel = record.properties.get("channel") or "email"
    kinds = {"email": "email", "sms": "phone"}
    fields = [name for name, f in workspace.profile.items() if f.type.kind == kinds.get(channel)]
    field = fields[0] if fields else "push_token"
    address = record.profile.get(field) or who.value(field)
    if address:
        who.suppressed.add((channel, address))


# ------------------------------------------------------------------ limits


def _full(workspace: c.Workspace, who: Somebody, message: c.Message, channel: str, look: Look) -> str:
    for limit in workspace.limits:
        if not _counts(workspace, limit, message.name, channel):
            continue
        sent = [
            did
            for did in who.did
            if did.kind == "sent"
            and _counts(workspace, limit, did.detail["message"], did.detail["channel"])
            and _inside(workspace, who, limit, did, look.now)
        ]
        if len(sent) >= limit.count:
            return limit.label
    return ""


def _counts(workspace: c.Workspace, limit: c.Limit, message: str, channel: str) -> bool:
    """Whether a message by a channel counts for a limit."""
    match limit.kind:
        case "topic":
            return workspace.messages[message].topic == limit.target
        case "channel":
            return channel == limit.target
        case "message":
            return message == limit.target
    return channel in TO_A_PERSON


def _inside(workspace: c.Workspace, who: Somebody, limit: c.Limit, sent: Did, now: int) -> bool:
    """Whether what was sent lies in the same span as `now`."""
    if limit.per is not None:
        return now < elapsed(sent.at, limit.per)
    tz = zone_of(workspace, who)
    then, today = clock(sent.at, tz).date(), clock(now, tz).date()
    match limit.calendar:
        case "week":
            return then - dt.timedelta(then.weekday()) == today - dt.timedelta(today.weekday())
        case "month":
            return (then.year, then.month) == (today.year, today.month)
    return then == today


# ------------------------------------------------------------- quiet hours


def quiet(workspace: c.Workspace, channel: str, look: Look) -> tuple[c.QuietHours, int] | None:
    """The quiet hours that a channel is in now, and when they are over."""
    for rule in workspace.quiet_hours:
        if channel not in rule.channels:
            continue
        tz = ZoneInfo(meaning_of(rule.zone, look) or rule.zone_fallback)
        today = clock(look.now, tz).date()
        for day in (today + dt.timedelta(days=n) for n in (-1, 0, 1)):
            morning = day if rule.start < rule.end else day + dt.timedelta(days=1)
            end = first_instant(dt.datetime.combine(morning, rule.end), tz)
            if first_instant(dt.datetime.combine(day, rule.start), tz) <= look.now < end:
                return rule, end
    return None
