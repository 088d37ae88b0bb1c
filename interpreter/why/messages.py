"""Why a message was sent, held or not sent, and what became of it; and whether it would go out now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sojourn.dsl import checked
from sojourn.dsl.values import MINUTE, add_elapsed, in_words, zone
from sojourn.interpreter.core import effects as did
from sojourn.interpreter.core.effects import Activity
from sojourn.interpreter.core.person import Person, Run
from sojourn.interpreter.core.reactions import suppressed
from sojourn.interpreter.core.sends import concerns, consent_refused, counted, quiet_until, zone_of_quiet
from sojourn.interpreter.timeline import clock_text
from sojourn.interpreter.why.asking import Asking, properties_of
from sojourn.interpreter.why.telling import Account, Answer, Because, Fact, beside, place_of
from sojourn.interpreter.why.tracing import Tracer

if TYPE_CHECKING:
    from sojourn.interpreter.compile.program import Program

__all__ = ["about_message", "delivery_told", "send_checks"]

MOST_SENDS = 3

_ADDRESSES = {"email": "an email address", "sms": "a phone number", "push": "a push token"}


def delivery_told(asking: Asking, sent: Activity) -> tuple[bool | None, tuple[Fact, ...]]:
    """What became of something that was handed to the outbox."""
    delivery = asking.log.deliveries.get(str(sent.detail.get("key", "")))
    if delivery is None:
        return True, ()
    if delivery.status == "sent":
        if asking.log.place != "the store" or delivery.done_at is None:
            return True, ()
        return True, (Fact("", f"handed out on {asking.when(delivery.done_at)}"),)
    if delivery.status == "failed":
        when = f" on {asking.when(delivery.done_at)}" if delivery.done_at is not None else ""
        return False, (Fact("", f"delivery failed{when}: {delivery.error or 'no reason was given'}", True),)
    tried = (
        f" after {delivery.attempts} {'try' if delivery.attempts == 1 else 'tries'}"
        if delivery.attempts
        else ""
    )
    again = (
        f", tried again from {asking.when(delivery.next_attempt)}"
        if delivery.next_attempt is not None
        else ""
    )
    error = f": {delivery.error}" if delivery.error else ""
    return None, (Fact("", f"waits in the outbox{tried}{error}{again if delivery.attempts else ''}"),)


# ------------------------------------------------------------------- checks


def send_checks(
    asking: Asking, place: int | None, program: Program, operation: checked.Send
) -> tuple[Because, ...]:
    """Everything that is asked before a message goes out, channel by channel in the author's order: at the moment of
    an activity with now beside it, or (`place` None) now.
    """
    message = program.workspace.messages[operation.message]
    channels = operation.channels or tuple(dict.fromkeys(variant.channel for variant in message.variants))
    run = asking.past.run_at(place) if place is not None else None
    today = asking.program.workspace.messages.get(operation.message)
    if place is None:
        return _channels(asking, program, asking.today, asking.now, message, channels, run)
    decided = asking.log.activities[place]
    try:
        person = asking.past.before(place, program)
    except LookupError:
        return ()
    reasons = decided.detail.get("reasons") or {}
    expired = next((str(r) for r in reasons.values() if str(r).startswith("it expired")), None)
    if expired is not None:
        return (Because(expired, False, decides=True),)
    then = _channels(asking, program, person, decided.at, message, channels, run)
    if today is None or today != message:
        return then
    now = _channels(asking, asking.program, asking.today, asking.now, message, channels, run)
    return tuple(beside(a, b) for a, b in zip(then, now, strict=True))


def _channels(
    asking: Asking, program: Program, person: Person, at: int, message: checked.Message,
    channels: tuple[str, ...], run: Run | None,
) -> tuple[Because, ...]:  # fmt: skip
    told = []
    for channel in channels:
        checks = list(_checks(asking, program, person, at, message, channel, run))
        fits = all(check.truth is not False for check in checks)
        first = next((n for n, check in enumerate(checks) if check.truth is False), None)
        parts = tuple(replace(c, decides=True) if n == first else c for n, c in enumerate(checks))
        told.append(Because(f"by {channel}", fits, (), None, (), parts))
    return tuple(told)


def _checks(
    asking: Asking, program: Program, person: Person, at: int, message: checked.Message, channel: str,
    run: Run | None,
) -> Iterator[Because]:  # fmt: skip
    workspace = program.workspace
    topic = workspace.topics.get(message.topic) if message.topic is not None else None
    if topic is not None and topic.mode != "always":
        name = f"consent.{topic.name}"
        given = person.fields.get(name)
        fact = Fact(name, "missing" if given is None else "true" if given else "false", given is None)
        text = f"consent to {topic.name} ({topic.mode})"
        yield Because(text, not consent_refused(person, topic), (fact,), place=place_of(topic.span))
    chosen = yield from _variants(program, person, at, message, channel, run, asking)
    if chosen is None:
        return
    address = person.fields.get(chosen.address) if chosen.address is not None else ""
    if channel != "webhook":
        declared = workspace.profile.get(chosen.address or "")
        hidden = declared is not None and declared.private and not asking.private
        shown = "missing" if not address else "known (private)" if hidden else str(address)
        fact = Fact(chosen.address or "", shown, not address)
        yield Because(_ADDRESSES.get(channel, "an address"), bool(address), (fact,))
        if address:
            stopped = suppressed(person, channel, address)
            since = person.suppressed.get(f"{channel}:{address}")
            facts = (Fact("", f"{stopped} since {asking.when(since[0])}"),) if since is not None else ()
            yield Because("the address is not suppressed", not stopped, facts)
    yield from _limits(asking, program, person, at, message, channel)
    for rule in workspace.quiet_hours:
        if channel not in rule.channels:
            continue
        quiet = quiet_until(program, person, channel, at)
        inside = quiet is not None
        text = f"outside {rule.label.partition(' in ')[0]}"
        name = zone_of_quiet(program, person, rule, at)
        local = clock_text(at - at % MINUTE, zone(name)).partition(" ")[2]
        until = f", until {asking.when(quiet[1])}" if quiet is not None else ""
        yield Because(
            text, not inside, (Fact("", f"it is {local} in {name}{until}"),), place=place_of(rule.span)
        )


def _variants(
    program: Program, person: Person, at: int, message: checked.Message, channel: str, run: Run | None,
    asking: Asking,
) -> Any:  # fmt: skip
    """The variant of a channel that fits, after the conditions that led to it."""
    plain = None
    written = [variant for variant in message.variants if variant.channel == channel]
    if not written:
        yield Because(f"{message.name} has something for {channel}", False)
        return None
    event, properties, variables = properties_of(run)
    for variant in written:
        if variant.when is None:
            plain = variant if plain is None else plain
            continue
        trace = Tracer(program, person, at, event, properties, variables).condition(variant.when)
        tree = asking.teller.one(program, trace, at)
        if trace.truth:
            yield Because(
                f"the text {channel} when …", True, (), None, (), (tree,), place=place_of(variant.span)
            )
            return variant
        only = plain is None and variant is written[-1]
        yield Because(
            f"the text {channel} when …",
            False if only else None,
            (),
            None,
            (),
            (tree,),
            place=place_of(variant.span),
        )
    return plain


def _limits(
    asking: Asking, program: Program, person: Person, at: int, message: checked.Message, channel: str
) -> Iterator[Because]:
    for limit in program.workspace.limits:
        if not concerns(program, limit, message.name, channel):
            continue
        times = sorted(counted(program, person, limit, at))
        reached = len(times) >= limit.count
        said = f"{len(times)} of {limit.count} so far" + (
            f", the last on {asking.when(times[-1])}" if times else ""
        )
        if reached and limit.per is not None:
            free = add_elapsed(times[len(times) - limit.count], limit.per)
            said += f"; the next may go from {asking.when(free)}"
        elif reached and limit.calendar is not None:
            said += f"; again from the next {limit.calendar}"
        yield Because(limit.label, not reached, (Fact("", said),), place=place_of(limit.span))


# ------------------------------------------------------------------ answers


def about_message(asking: Asking, name: str) -> Answer:
    """The answer about one message."""
    program, log = asking.program, asking.log
    declared = program.workspace.messages[name]
    who = asking.who
    kinds = (did.SENT, did.NOT_SENT, did.HELD, did.FAILED)
    places = [n for n, a in enumerate(log.activities) if a.kind in kinds and a.detail.get("message") == name]
    accounts = [_decision(asking, place, name) for place in places[-MOST_SENDS:]]
    sends = [
        (journey, step)
        for journey in program.workspace.journeys.values()
        for step in journey.steps
        if isinstance(step.operation, checked.Send) and step.operation.message == name
    ]
    if not places:
        accounts += list(_never_reached(asking, sends))
    sent = [log.activities[n] for n in places if log.activities[n].kind == did.SENT]
    notes = []
    if len(places) > MOST_SENDS:
        notes.append(f"Before these it was decided {len(places) - MOST_SENDS} more times.")
    if not sends:
        notes.append(f"No journey sends {name}.")
    else:
        operation = sends[0][1].operation
        assert isinstance(operation, checked.Send)
        now = send_checks(asking, None, program, operation)
        may = any(channel.truth for channel in now)
        title = f"{asking.begins_now} {name} {'could go out' if may else 'could not go out'}"
        same = bool(places) and log.activities[places[-1]].kind == did.NOT_SENT
        if same and _blocked(accounts[-1].because) == _blocked(now):
            notes.append(f"The same would stand in its way {asking.at_now}.")
        elif not places or not may or log.activities[places[-1]].kind != did.SENT:
            accounts.append(Account(title, None, now, _unblock(now, name) if not may else ""))
    return Answer(
        who, asking.zone_name, asking.now, "message", name, _verdict(asking, who, name, places, sent),
        tuple(accounts), place_of(declared.span), tuple(notes),
    )  # fmt: skip


def _blocked(channels: tuple[Because, ...]) -> list[tuple[str, str]]:
    return [(c.text, check.text) for c in channels for check in c.parts if check.truth is False]


def _verdict(asking: Asking, who: str, name: str, places: list[int], sent: list[Activity]) -> str:
    log = asking.log
    if not places:
        return f"{name} was never about to go to {who}: no journey has come to a step that sends it."
    last = log.activities[places[-1]]
    if last.kind == did.HELD:
        until = asking.when(last.detail["until"])
        return f"{name} is held for {who} until {until}: {last.detail['because']}."
    if last.kind == did.SENT:
        truth, facts = delivery_told(asking, last)
        by = f"{name} went out to {who} by {last.detail['channel']} on {asking.when(last.at)}"
        if truth is False:
            return f"{name} did not reach {who}: {facts[0].value}."
        if truth is None:
            return f"{name} is on its way to {who} since {asking.when(last.at)}: {facts[0].value}."
        return f"{by}." if len(sent) == 1 else f"{by}, the last of {len(sent)} times."
    because = last.detail["because"]
    before = f" Before, it went out {len(sent)} {'time' if len(sent) == 1 else 'times'}." if sent else ""
    return f"{name} was not sent to {who} on {asking.when(last.at)}, because: {because}.{before}"


def _decision(asking: Asking, place: int, name: str) -> Account:
    done = asking.log.activities[place]
    program = asking.version_of(done)
    journey = program.workspace.journeys.get(done.journey)
    step = next((s for s in journey.steps if s.id == done.step), None) if journey is not None else None
    where = place_of(step.span) if step is not None else ""
    label = f"“{step.label}” in {done.journey}" if step is not None else done.journey
    checks: tuple[Because, ...] = ()
    if step is not None and isinstance(step.operation, checked.Send):
        checks = send_checks(asking, place, program, step.operation)
    match done.kind:
        case did.SENT:
            title = f"Sent by {done.detail['channel']}, by {label}"
            truth, facts = delivery_told(asking, done)
            if facts:
                checks = (*checks, Because("delivery", truth, facts, decides=truth is False))
        case did.HELD:
            until = asking.when(done.detail["until"])
            title = f"Held by quiet hours until {until}, by {label}; asked again then"
        case did.NOT_SENT:
            title = f"Not sent, by {label}: {done.detail['because']}"
        case _:
            title = f"Failed, by {label}: {done.detail['because']}"
    different = ""
    if done.kind == did.NOT_SENT:
        different = _unblock(checks, name, past=True)
    expires = getattr(step.operation, "expires", None) if step is not None else None
    notes = (f"It expires {in_words(expires)} after the send.",) if expires is not None else ()
    return Account(title, done.at, checks, different, notes, where)


def _unblock(channels: tuple[Because, ...], name: str, past: bool = False) -> str:
    """What would have to be different for a message to go out."""
    ways = []
    for channel in channels:
        blocked = [c for c in channel.parts if c.truth is False]
        if blocked:
            ways.append(f"{channel.text} with " + " and ".join(c.text for c in blocked))
    if not ways:
        return ""
    would = "would have gone out" if past else "would go out"
    return f"It {would} {'; or '.join(ways)}."


def _never_reached(asking: Asking, sends: list[tuple[checked.Journey, checked.Step]]) -> Iterator[Account]:
    """Of each journey that sends it, why nobody came to that step."""
    from sojourn.interpreter.why.journeys import never_started, runs_of, standing

    for journey, step in sends:
        runs = runs_of(asking, journey.name)
        where = place_of(step.span)
        title = f"“{step.label}” in {journey.name} was not reached"
        if not runs:
            because = tuple(
                Because(a.title, False, (), None, (), a.because, False, a.place)
                for a in never_started(asking, journey.name)
            )
            yield Account(f"{title}: the journey never started", None, because, "", (), where)
            continue
        live = [run for run in asking.log.person.runs.values() if run.journey == journey.name]
        if live:
            yield Account(f"{title} so far: the run {standing(asking, live[-1])}", None, (), "", (), where)
            continue
        turned = list(_turnings(asking, runs[-1]))
        yield Account(title, None, tuple(turned), "", (), where)


def _turnings(asking: Asking, run: str) -> Iterator[Because]:
    """Where a run could have gone another way: its branches and splits, and how it ended."""
    from sojourn.interpreter.why.journeys import line_of

    for place, done in enumerate(asking.log.activities):
        if done.run == run and done.kind in (did.BRANCHED, did.SPLIT, did.ENDED):
            yield line_of(asking, place, [])
