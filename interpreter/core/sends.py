"""Sending: by the first channel on which the person can be reached, under the limits, outside quiet hours.

The channels are tried in the author's order. What stands in the way of one (no address, no consent, a limit)
leads to the next. When one is found and its quiet hours have begun, the run stands still at the send until they
are over and asks everything again then: consent may be gone, a limit may be reached, an exit may have ended the
run. Those who wait for the end of the same quiet hours are spread over `SPREAD` after it, each at a time of
their own that is the same in a rerun.
"""

from __future__ import annotations

import datetime as dt
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sojourn.dsl import checked
from sojourn.dsl.types import list_of, ref
from sojourn.dsl.values import MINUTE, add_elapsed, add_in_zone, in_words, local_to_instant, to_datetime
from sojourn.interpreter.core.common import OFFERS
from sojourn.interpreter.core.doing import fail, properties_of, tell, value_of, zone_of
from sojourn.interpreter.core.effects import HELD, NOT_SENT, OFFERED, RECOMMENDED, SENT, Outgoing
from sojourn.interpreter.core.offers import Decided
from sojourn.interpreter.core.person import Person, Run
from sojourn.interpreter.core.reactions import suppressed
from sojourn.interpreter.core.recommendations import Recommended
from sojourn.interpreter.functions import person_zone, zone_or_none

if TYPE_CHECKING:
    from sojourn.interpreter.compile.journeys import Journey
    from sojourn.interpreter.compile.program import Program
    from sojourn.interpreter.core.moment import Moment

__all__ = [
    "SPREAD",
    "concerns",
    "consent_refused",
    "counted",
    "limits_reached",
    "quiet_until",
    "send",
    "zone_of_quiet",
]

SPREAD = 10 * MINUTE
"""Over how long after the end of quiet hours what they held goes out, in microseconds."""

KEPT = 32
"""For how many days at least it is remembered what was handed out: a calendar month and a change of zone."""

_DAY = 86_400_000_000
_ONE_DAY = dt.timedelta(days=1)
_ADDRESSES = {"email": "no email address", "sms": "no phone number", "push": "no push token"}


def send(
    moment: Moment, journey: Journey, run: Run, step: checked.Step, operation: checked.Send
) -> int | None:
    """Hands a message to the outbox, or records why not; None while quiet hours hold it."""
    since, moment.held = moment.held, None
    since = moment.now if since is None else since
    message = moment.program.workspace.messages[operation.message]
    channels = operation.channels or moment.program.channels[operation.message]
    refused = _consent(moment, message)
    expires = None
    if operation.expires is not None:
        expires = add_in_zone(since, operation.expires, zone_of(moment, journey))
    reasons: dict[str, str] = {}
    if expires is not None and moment.now >= expires:
        assert operation.expires is not None
        because = f"it expired {in_words(operation.expires)} after the send"
        return _not_sent(moment, run, step, message.name, dict.fromkeys(channels, because))
    for channel in channels:
        if refused:
            reasons[channel] = refused
            continue
        number = _variant(moment, run, message, channel)
        if number is None:
            written = any(variant.channel == channel for variant in message.variants)
            reasons[channel] = (
                f"no variant for {channel} fits" if written else f"{message.name} has nothing for {channel}"
            )
            continue
        variant = message.variants[number]
        address = moment.person.fields.get(variant.address) if variant.address is not None else ""
        if channel != "webhook" and not address:
            reasons[channel] = _ADDRESSES.get(channel, "no address")
            continue
        stopped = suppressed(moment.person, channel, address)
        if stopped:
            reasons[channel] = stopped
            continue
        reached = limits_reached(moment.program, moment.person, message, channel, moment.now)
        if reached:
            reasons[channel] = reached[0].label
            continue
        quiet = quiet_until(moment.program, moment.person, channel, moment.now)
        if quiet is not None:
            rule, until = quiet
            if rule.drop:
                return _not_sent(moment, run, step, message.name, {channel: rule.label})
            until += _offset(moment.person, run, step)
            if expires is not None:
                until = min(until, expires)
            run.until, run.waiting_since = until, since
            detail = {"message": message.name, "channel": channel, "until": until, "because": rule.label}
            tell(moment, run, step, HELD, detail)
            return None
        return _hand_out(
            moment, journey, run, step, operation, (number, channel, str(address or "")), expires
        )
    return _not_sent(moment, run, step, message.name, reasons)


def _hand_out(
    moment: Moment, journey: Journey, run: Run, step: checked.Step, operation: checked.Send,
    way: tuple[int, str, str], expires: int | None,
) -> int:  # fmt: skip
    from sojourn.interpreter.rendering.render import Renderer, RenderError

    program, person, now = moment.program, moment.person, moment.now
    number, channel, address = way
    message = program.workspace.messages[operation.message]
    variant = message.variants[number]
    if program.renderer is None:
        program.renderer = Renderer(program)
    try:
        args = {name: (value.type, value_of(moment, run, value)) for name, value in operation.args}
        decided: dict[str, Decided] = {}
        recommended: dict[str, Recommended] = {}
        for name in program.renderer.choices(message.name, number):
            if name in program.workspace.decisions:
                decided[name] = program.coder.chooser.decide(name, person, now)
                continue
            found = program.coder.recommender.recommend(name, person, properties_of(run), now)
            recommended[name] = found
            catalog = program.workspace.recommendations[name].catalog
            args.setdefault(name, (list_of(ref(catalog)), list(found.items)))
        offers = {name: picked.chosen for name, picked in decided.items()}
        parts = program.renderer.render(message.name, number, person, run, args, now, offers)
    except RenderError as error:
        return fail(moment, journey, run, step, str(error), message=message.name, channel=channel)
    if channel == "webhook":
        address = parts.get("post", "")
    key = f"{run.id}/{step.id}/{run.visit}"
    outgoing = Outgoing(key, now, message.name, channel, address, parts, run.journey, run.id, step.id)
    outgoing.expires = expires
    moment.effects.append(outgoing)
    if channel != "webhook":
        run.sent[key] = message.name
        _remember(program, person, message.name, channel, now)
    declared = program.workspace.profile.get(variant.address or "")
    shown = "" if declared is not None and declared.private else address
    detail = {"message": message.name, "channel": channel, "address": shown, "key": key}
    tell(moment, run, step, SENT, detail)
    for name, picked in decided.items():
        _give(moment, run, step, name, picked, message.name)
    if decided:
        _given(moment, [offer for picked in decided.values() for offer in picked.chosen])
    for name, found in recommended.items():
        told = {"recommendation": name, "items": list(found.items), "because": dict(found.because)}
        tell(moment, run, step, RECOMMENDED, {**told, "message": message.name})
    return step.next


def _give(moment: Moment, run: Run, step: checked.Step, decision: str, found: Decided, message: str) -> None:
    """The offers that a message shows are counted, for the person and for everybody, and recorded."""
    person = moment.person
    for offer in found.chosen:
        person.given[offer] = person.given.get(offer, 0) + 1
        if person.common is not None:
            person.common.add(OFFERS, "", offer)
        because = found.because[offer]
        detail: dict[str, Any] = {
            "decision": decision,
            "offer": offer,
            "because": because,
            "message": message,
        }
        if found.others:
            detail["others"] = dict(found.others)
        tell(moment, run, step, OFFERED, detail)


def _given(moment: Moment, offers: list[str]) -> None:
    """Tells those who listen that the person was given these offers once more, each for every time it was shown."""
    from sojourn.interpreter.compile.timing import given_key

    for offer in dict.fromkeys(offers):
        now = moment.person.given[offer]
        moment.field_changed(given_key(offer), now - offers.count(offer), now)


def _not_sent(moment: Moment, run: Run, step: checked.Step, message: str, reasons: dict[str, str]) -> int:
    different = set(reasons.values())
    if len(different) == 1:
        because = different.pop()
    else:
        because = "; ".join(f"{channel}: {reason}" for channel, reason in reasons.items())
    tell(moment, run, step, NOT_SENT, {"message": message, "because": because, "reasons": reasons})
    return step.next


# ----------------------------------------------------------------- consent


def _consent(moment: Moment, message: checked.Message) -> str:
    """Why the person may not be written to about this; "" when they may."""
    topic = moment.program.workspace.topics.get(message.topic) if message.topic is not None else None
    if topic is None or topic.mode == "always":
        return ""
    return consent_refused(moment.person, topic)


def consent_refused(person: Person, topic: checked.Topic) -> str:
    """Why somebody may not be written to about a topic; "" when they may."""
    if topic.mode == "always":
        return ""
    given = person.fields.get(f"consent.{topic.name}")
    if topic.mode == "opt in":
        return "" if given is True else f"no consent to {topic.name}"
    return f"no consent to {topic.name}" if given is False else ""


def _variant(moment: Moment, run: Run, message: checked.Message, channel: str) -> int | None:
    """The number of the variant of a channel that fits: the first whose condition is true, else the one
    without."""
    plain = None
    for number, variant in enumerate(message.variants):
        if variant.channel != channel:
            continue
        if variant.when is None:
            plain = number if plain is None else plain
        elif moment.program.test(variant.when)(moment.person, properties_of(run), run.variables, moment.now):
            return number
    return plain


# ------------------------------------------------------------------ limits


def _remember(program: Program, person: Person, message: str, channel: str, now: int) -> None:
    """Writes down that a message was handed out, and forgets what no limit can count any more."""
    spans = [limit.per for limit in program.workspace.limits if limit.per is not None]
    person.handed = [
        sent
        for sent in person.handed
        if sent[0] + KEPT * _DAY > now or any(add_elapsed(sent[0], per) > now for per in spans)
    ]
    person.handed.append([now, message, channel])


def limits_reached(
    program: Program, person: Person, message: checked.Message, channel: str, now: int
) -> list[checked.Limit]:
    """The limits that one more message by this channel at `now` would exceed."""
    found = []
    for limit in program.workspace.limits:
        if concerns(program, limit, message.name, channel) and (
            len(counted(program, person, limit, now)) >= limit.count
        ):
            found.append(limit)
    return found


def concerns(program: Program, limit: checked.Limit, message: str, channel: str) -> bool:
    """Whether one more message by this channel would count for a limit."""
    return channel != "webhook" and _counts(program, limit, message, channel)


def counted(program: Program, person: Person, limit: checked.Limit, now: int) -> list[int]:
    """When what a limit counts at `now` was handed out."""
    return [
        at
        for at, name, by in person.handed
        if _counts(program, limit, name, by) and _within(program, person, limit, at, now)
    ]


def _counts(program: Program, limit: checked.Limit, message: str, channel: str) -> bool:
    """Whether a limit is for messages of this kind."""
    if limit.kind == "topic":
        declared = program.workspace.messages.get(message)
        return declared is not None and declared.topic == limit.target
    return limit.kind == "everything" or limit.target == (message if limit.kind == "message" else channel)


def _within(program: Program, person: Person, limit: checked.Limit, at: int, now: int) -> bool:
    """Whether what was handed out at `at` is in the limit's span, as it stands at `now`."""
    if limit.per is not None:
        return now < add_elapsed(at, limit.per)
    tz = person_zone(program.workspace.timezone_field, person)
    then, today = to_datetime(at, tz).date(), to_datetime(now, tz).date()
    if limit.calendar == "day":
        return then == today
    if limit.calendar == "week":
        return then.isocalendar()[:2] == today.isocalendar()[:2]
    return (then.year, then.month) == (today.year, today.month)


# ------------------------------------------------------------- quiet hours


def quiet_until(
    program: Program, person: Person, channel: str, now: int
) -> tuple[checked.QuietHours, int] | None:
    """The quiet hours that a message by this channel falls into at `now`, and when it is out of all of them;
    None when it falls into none."""
    found: checked.QuietHours | None = None
    until = now
    rules = [rule for rule in program.workspace.quiet_hours if channel in rule.channels]
    for _ in range(len(rules) + 1):
        ends = [(rule, end) for rule in rules if (end := _end(program, person, rule, until)) is not None]
        if not ends:
            break
        rule, until = max(ends, key=lambda one: one[1])
        found = rule if found is None or (rule.drop and not found.drop) else found
    return None if found is None else (found, until)


def zone_of_quiet(program: Program, person: Person, rule: checked.QuietHours, now: int) -> str:
    """The time zone in which quiet hours are meant for somebody: its IANA name."""
    name = program.coder.value(rule.zone)(person, None, None, now)
    known = bool(name) and zone_or_none(name) is not None
    return str(name) if known else rule.zone_fallback


def _end(program: Program, person: Person, rule: checked.QuietHours, now: int) -> int | None:
    """When quiet hours that have begun at `now` are over; None when they have not begun."""
    tz = person_zone(None, None, zone_of_quiet(program, person, rule, now))
    day = to_datetime(now, tz).date() - _ONE_DAY
    # They lie between two instants: where the clock goes back over the beginning, they have begun already.
    for _ in range(3):
        last = day if rule.start < rule.end else day + _ONE_DAY
        end = local_to_instant(dt.datetime.combine(last, rule.end), tz)
        if end > now and local_to_instant(dt.datetime.combine(day, rule.start), tz) <= now:
            return end
        day += _ONE_DAY
    return None


def _offset(person: Person, run: Run, step: checked.Step) -> int:
    """How long after the end of quiet hours this one goes out: the same in a rerun, another for everybody."""
    text = f"{person.key}|{run.journey}|{step.id}"
    drawn = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
    return drawn % (SPREAD // 1_000_000) * 1_000_000
