"""The whole world, kept by an accountant who trusts nothing but the records: people, audiences and journeys.

Every question is answered by looking at everything that ever happened. When time alone may change something, it
is asked at every instant at which it could: the time of each event and each date, moved by each length of time
that the workspace mentions, and every midnight where somebody lives. What differs from one such instant to the
next is what happened in between.

One thing is not looked up but lived through: a run of a journey is where its steps have brought it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sojourn.dsl import checked as c
from sojourn.dsl.values import DAY, Duration, parse_date, parse_instant
from sojourn.interpreter.core.records import Record
from tests.oracle.meaning import (
    Life,
    Look,
    Said,
    clock,
    elapsed,
    encoded,
    first_instant,
    happened_in_order,
    on_the_clock,
    true,
    zone_of,
)
from tests.oracle.meaning import value as meaning_of

MOST_STARTS = 100

Draw = Callable[[str, str, c.Split], str]
"""(the person's key, the journey, the split) -> the arm: a hash, so it is given from outside."""


@dataclass
class Did:
    """Something that happened: what every timeline, report and explanation is made of."""

    at: int
    kind: str
    journey: str = ""
    run: int = 0
    step: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    order: int = field(default_factory=count(1).__next__)


@dataclass
class Run:
    """A journey under way. `position` is the number of the step it stands at; it stands only at waits."""

    number: int
    journey: c.Journey
    key: str
    began: int  # when it began to run
    since: int  # from when on events count for it: when the event happened that started it
    event: Record | None
    cause_order: int = 0  # how many records had come when it began
    variables: dict[str, Record] = field(default_factory=dict)
    position: int = 0
    waits_since: int = 0
    ends: int | None = None
    until: int | None = None
    arms: dict[str, str] = field(default_factory=dict)
    ended: bool = False
    converted: bool = False


@dataclass
class Somebody(Life):
    """A person, with what they are in. `clock` is up to when everything has been looked at."""

    clock: int = 0
    members: set[str] = field(default_factory=set)
    runs: list[Run] = field(default_factory=list)
    past: list[Run] = field(default_factory=list)
    ends: list[tuple[str, str, int]] = field(default_factory=list)  # (journey, key, when it ended)
    did: list[Did] = field(default_factory=list)
    waiting_to_start: list[tuple[str, bool]] = field(default_factory=list)  # (audience, entered)
    started_now: int = 0
    instants: list[int] = field(default_factory=list)  # at which time alone may change something
    instants_for: tuple[int, int] = (-1, -1)  # how many records and sayings they were worked out from


class Oracle:
    """Takes records in, in the order in which they arrive, and lets time pass."""

    def __init__(self, workspace: c.Workspace, draw: Draw) -> None:
        self.workspace = workspace
        self.draw = draw
        self.people: list[Somebody] = []
        self.seen: set[str] = set()
        self.count = 0
        self.runs = 0
        self.lengths = sorted(set(_lengths(workspace)))
        self.moments = sorted(set(_moments(workspace)))
        self.looks_at_days = _mentions_today(workspace)

    # ------------------------------------------------------------ the outside

    def take_in(self, record: Record, now: int) -> Somebody | None:
        """A record arrives at `now`. The person it belongs to; None for one that came before."""
        if record.id in self.seen:
            return None
        self.seen.add(record.id)
        self.count += 1
        before: list[Did] = []
        who, profile = self._whose(record, now, before)
        self.pass_time(who, now)
        who.did += before
        who.records.append((self.count, record))
        for name, said in profile.items():
            who.said.append(Said(name, said, record.at, self.count))
        self._consents(who, record)
        self._moment(who, now, record)
        return who

    def pass_time(self, who: Somebody, now: int) -> None:
        """Everything that time alone brings to a person up to `now`, each at its own instant."""
        while True:
            instant = self._next_instant(who, now)
            if instant is None:
                break
            who.clock = instant
            self._moment(who, instant, None)
        who.clock = max(who.clock, now)

    def pass_all_time(self, now: int) -> None:
        """The same for everybody."""
        for who in self.people:
            self.pass_time(who, now)

    def find(self, namespace: str, value: str) -> Somebody | None:
        """The person who has an identifier."""
        return next((p for p in self.people if (namespace, value) in p.identifiers), None)

    def look(self, who: Somebody, now: int, **more: Any) -> Look:
        """From where a person is looked at."""
        return Look(self.workspace, who, now, who.members, **more)

    # --------------------------------------------------------------- identity

    def _whose(self, record: Record, now: int, did: list[Did]) -> tuple[Somebody, dict[str, Any]]:
        claims = [
            (identifier.name, str(record.profile[identifier.name]), identifier.unique)
            for identifier in self.workspace.identifiers
            if record.profile.get(identifier.name) not in (None, "")
        ]
        who = self._decided(claims)
        if who is None:
            name, first, _ = claims[0]
            who = Somebody(f"{name}:{first}", now, clock=now)
            self.people.append(who)
        refused = set()
        for name, said, unique in claims:
            owner = self.find(name, said)
            if owner is who:
                continue
            if owner is None:
                if unique and self._has_another(who, name, said):
                    refused.add(name)
                    did.append(Did(now, "link refused", detail={"identifier": name}))
                    continue
            elif not self._would_have_two(who, owner):
                who = self._merged(who, owner, now)
                continue
            elif unique:
                refused.add(name)
                did.append(Did(now, "link refused", detail={"identifier": name}))
                continue
            else:
                owner.identifiers.discard((name, said))
                did.append(Did(now, "identifier moved", detail={"identifier": name}))
            who.identifiers.add((name, said))
        return who, {name: said for name, said in record.profile.items() if name not in refused}

    def _decided(self, claims: list[tuple[str, str, bool]]) -> Somebody | None:
        """The strongest identifier that somebody has, unless a stronger one says it is somebody else."""
        for position, (name, said, _) in enumerate(claims):
            owner = self.find(name, said)
            stronger = [claim for claim in claims[:position] if claim[2]]
            if owner and not any(self._has_another(owner, n, v) for n, v, _ in stronger):
                return owner
        return None

    def _has_another(self, who: Life, name: str, said: str) -> bool:
        return any(n == name and v != said for n, v in who.identifiers)

    def _would_have_two(self, one: Life, two: Life) -> bool:
        together = one.identifiers | two.identifiers
        unique = {identifier.name for identifier in self.workspace.identifiers if identifier.unique}
        names = [name for name, _ in together]
        return any(name in unique and names.count(name) > 1 for name in names)

    def _merged(self, one: Somebody, two: Somebody, now: int) -> Somebody:
        """Two people turn out to be one: the one seen first, with both histories."""
        self.pass_time(one, now)
        self.pass_time(two, now)
        first, second = sorted((one, two), key=lambda p: (p.first_seen, p.key))
        first.identifiers |= second.identifiers
        first.records = sorted(first.records + second.records, key=lambda r: r[0])
        first.said = sorted(first.said + second.said, key=lambda s: s.order)
        first.runs = sorted(first.runs + second.runs, key=lambda r: (r.began, r.number))
        first.past += second.past
        first.ends += second.ends
        first.members |= second.members
        first.did = sorted(first.did + second.did, key=lambda d: (d.at, d.order))
        first.did.append(Did(now, "merged", detail={"key": second.key}))
        self.people.remove(second)
        self._audiences(first, now, "change")
        return first

    def _consents(self, who: Somebody, record: Record) -> None:
        if record.event not in ("subscribed", "unsubscribed"):
            return
        topic = record.properties.get("topic")
        topics = [topic] if topic else list(self.workspace.topics) if record.event == "unsubscribed" else []
        for name in topics:
            if name in self.workspace.topics:
                said = record.event == "subscribed"
                who.said.append(Said(f"consent.{name}", said, record.at, self.count))

    # ------------------------------------------------------------------- time

    def _next_instant(self, who: Somebody, now: int) -> int | None:
        """The next instant, at most `now`, at which time alone could change anything for the person."""
        known = (len(who.records), len(who.said))
        if who.instants_for != known:
            who.instants_for = known
            who.instants = sorted(set(self._instants(who)))
        later = bisect_right(who.instants, who.clock)
        found = [who.instants[later]] if later < len(who.instants) else []
        found += [run.until for run in who.runs if run.until is not None]
        found += [run.ends for run in who.runs if run.ends is not None]
        if self.looks_at_days:
            found.append(self._midnight_after(who))
        return min((t for t in found if who.clock < t <= now), default=None)

    def _midnight_after(self, who: Somebody) -> int:
        tz = zone_of(self.workspace, who)
        day = clock(who.clock, tz).date()
        while first_instant(dt.datetime(day.year, day.month, day.day), tz) <= who.clock:
            day += dt.timedelta(days=1)
        return first_instant(dt.datetime(day.year, day.month, day.day), tz)

    def _instants(self, who: Somebody) -> Iterator[int]:
        moments = {record.at for _, record in who.records} | set(self.moments)
        moments |= set(self._own_moments(who))
        for moment in moments:
            yield from (moment, moment + 1)
            for length in self.lengths:
                for sign in (1, -1):
                    for t in _moved(moment, length, sign):
                        yield from (t, t + 1)

    def _own_moments(self, who: Somebody) -> Iterator[int]:
        """The moments and days that the person's fields and events speak of."""
        fields = self.workspace.profile
        for said in who.said:
            if said.field in fields and said.value is not None:
                yield from _spoken_of(fields[said.field].type.kind, said.value, self._zone_of(who))
        for _, record in who.records:
            declared = self.workspace.events[record.event].fields if record.event else {}
            for name, said_value in record.properties.items():
                if name in declared:
                    yield from _spoken_of(declared[name].type.kind, said_value, self._zone_of(who))

    def _zone_of(self, who: Somebody) -> dt.tzinfo:
        return zone_of(self.workspace, who)

    # ----------------------------------------------------------------- moment

    def _moment(self, who: Somebody, now: int, record: Record | None) -> None:
        """One instant of a person: audiences, goals, exits, runs that waited, starts, in this order."""
        who.started_now = 0
        quiet = record is not None and record.quiet
        self._audiences(who, now, "event" if record is not None else "time")
        direct = len(who.waiting_to_start) if record is not None else 0
        started: set[tuple[str, str]] = set()  # by the event itself
        touched: set[tuple[str, str]] = set()
        if record is not None and not quiet:
            self._goals(who, now, record)
        if not quiet:
            for exits in (self._exit_on, self._exit_when, self._end_of_time):
                for run in list(who.runs):
                    reason = exits(who, run, now, record)
                    if reason is not None:
                        self._end(who, run, now, reason)
                        touched.add((run.journey.name, run.key))
        for run in list(who.runs):
            if run.ended:
                continue
            if self._resumes(who, run, now, None if quiet else record):
                touched.add((run.journey.name, run.key))
        if quiet:
            who.waiting_to_start.clear()
            return
        if record is not None:
            for journey in self.workspace.journeys.values():
                self._start_on_event(who, journey, now, record, touched, started)
        while who.waiting_to_start:
            audience, entered = who.waiting_to_start.pop(0)
            once = started if direct > 0 else set()
            direct -= 1
            for journey in self.workspace.journeys.values():
                for start in journey.starts:
                    if (
                        isinstance(start, c.StartOnAudience)
                        and start.audience == audience
                        and start.entering == entered
                    ):
                        word = "entering" if entered else "leaving"
                        self._start(who, journey, now, record, None, f"{word} {audience}", touched, once)

    def _audiences(self, who: Somebody, now: int, why: str) -> None:
        """Asks every audience, those first that others are built on."""
        for audience in _built_in_order(self.workspace):
            member = true(audience.condition, self.look(who, now))
            if member == (audience.name in who.members):
                continue
            (who.members.add if member else who.members.discard)(audience.name)
            kind = "entered" if member else "left"
            who.did.append(Did(now, kind, detail={"audience": audience.name, "why": why}))
            who.waiting_to_start.append((audience.name, member))

    def _goals(self, who: Somebody, now: int, record: Record) -> None:
        for run in [*who.past, *who.runs]:
            goal = run.journey.goal
            if goal is None or run.converted or goal.event != record.event or record.at < run.since:
                continue
            if goal.within is None:
                if run.ended:
                    continue
            elif record.at >= elapsed(run.since, goal.within):
                continue
            if true(goal.where, self._in_run(who, run, now, event=record)):
                run.converted = True
                self._did(who, run, now, "converted", event=record.event, arms=dict(run.arms))

    def _exit_on(self, who: Somebody, run: Run, now: int, record: Record | None) -> str | None:
        if record is None or record.at < run.since:
            return None
        for leaving in run.journey.exits:
            if (
                isinstance(leaving, c.ExitOnEvent)
                and record.event == leaving.event
                and true(leaving.where, self._in_run(who, run, now, event=record))
            ):
                return leaving.label
        return None

    def _exit_when(self, who: Somebody, run: Run, now: int, record: Record | None = None) -> str | None:
        for leaving in run.journey.exits:
            if isinstance(leaving, c.ExitWhen) and true(leaving.condition, self._in_run(who, run, now)):
                return leaving.label
        return None

    def _end_of_time(self, who: Somebody, run: Run, now: int, record: Record | None = None) -> str | None:
        return "ends after" if run.ends is not None and now >= run.ends else None

    def _in_run(self, who: Somebody, run: Run, now: int, event: Record | None = None) -> Look:
        return self.look(who, now, event=event or run.event, variables=run.variables)

    def _resumes(self, who: Somebody, run: Run, now: int, record: Record | None) -> bool:
        """Whether what a run waited for is here; then it goes on."""
        operation = run.journey.steps[run.position].operation
        if isinstance(operation, c.WaitFor):
            if record is not None and self._is_awaited(who, run, operation, now, record):
                self._goes_on_with(who, run, operation, now, record)
                self._go_on(who, run, now)
                return True
            if run.until is not None and now >= run.until:
                self._did(who, run, now, "branched", branch="timed out")
                run.position = operation.timed_out
                self._go_on(who, run, now)
                return True
            return False
        if run.until is not None and now >= run.until:
            run.position = run.journey.steps[run.position].next
            self._go_on(who, run, now)
            return True
        return False

    def _is_awaited(self, who: Somebody, run: Run, wait: c.WaitFor, now: int, record: Record) -> bool:
        since = run.since if wait.since_start else run.waits_since
        return (
            record.event == wait.event
            and record.at >= since
            and true(wait.where, self._in_run(who, run, now, event=record))
        )

    def _goes_on_with(self, who: Somebody, run: Run, wait: c.WaitFor, now: int, record: Record) -> None:
        self._did(who, run, now, "branched", branch="happened")
        if wait.alias is not None:
            run.variables[wait.alias] = record
        run.position = wait.happened

    # ----------------------------------------------------------------- starts

    def _start_on_event(
        self,
        who: Somebody,
        journey: c.Journey,
        now: int,
        record: Record,
        touched: set[tuple[str, str]],
        started: set[tuple[str, str]],
    ) -> None:
        for start in journey.starts:
            if (
                isinstance(start, c.StartOnEvent)
                and start.event == record.event
                and true(start.where, self.look(who, now, event=record))
            ):
                self._start(who, journey, now, record, record, record.event, touched, started)

    def _start(
        self,
        who: Somebody,
        journey: c.Journey,
        now: int,
        record: Record | None,
        event: Record | None,
        because: str,
        touched: set[tuple[str, str]],
        started: set[tuple[str, str]],
    ) -> None:
        key = ""
        if journey.one_per is not None:
            found = meaning_of(journey.one_per, self.look(who, now, event=event))
            key = "" if found is None else str(encoded(found))
        if record is not None and (journey.name, key) in touched:
            return
        if (journey.name, key) in started:
            return
        started.add((journey.name, key))
        if any(run.journey.name == journey.name and run.key == key for run in who.runs):
            return
        ends = [at for name, of, at in who.ends if name == journey.name and of == key]
        if ends and journey.again == "never":
            return
        if ends and journey.again == "after":
            assert journey.again_after is not None
            if now < elapsed(max(ends), journey.again_after):
                return
        who.started_now += 1
        if who.started_now > MOST_STARTS:
            who.did.append(Did(now, "failed", journey.name))
            who.waiting_to_start.clear()
            return
        self.runs += 1
        run = Run(self.runs, journey, key, now, now if event is None else event.at, event, self.count)
        if journey.ends_after is not None:
            run.ends = on_the_clock(now, journey.ends_after, self.zone(who, run, now))
        who.runs.append(run)
        self._did(who, run, now, "started", because=because)
        reason = self._exit_when(who, run, now)
        if reason is not None:
            self._end(who, run, now, reason)
        else:
            self._go_on(who, run, now)

    # ------------------------------------------------------------------ steps

    def _go_on(self, who: Somebody, run: Run, now: int) -> None:
        """Carries out steps until the run waits or ends."""
        run.until = None
        while not run.ended:
            if run.position == len(run.journey.steps):
                self._end(who, run, now, "finished")
                return
            step = run.journey.steps[run.position]
            if _STEPS[type(step.operation)](self, who, run, step, step.operation, now):
                return

    def _wait(self, who: Somebody, run: Run, step: c.Step, operation: c.Wait, now: int) -> bool:
        return self._until(
            who, run, step, now, on_the_clock(now, operation.duration, self.zone(who, run, now))
        )

    def _wait_until(self, who: Somebody, run: Run, step: c.Step, operation: c.WaitUntil, now: int) -> bool:
        tz = self.zone(who, run, now)
        if operation.moment is None:
            assert operation.at is not None
            day = clock(now, tz).date() - dt.timedelta(days=1)
            while True:
                moment = first_instant(dt.datetime.combine(day, operation.at), tz)
                if moment >= now and day.weekday() in operation.days:
                    return self._until(who, run, step, now, moment)
                day += dt.timedelta(days=1)
        found = meaning_of(operation.moment, self._in_run(who, run, now))
        if found is None:
            self._did(who, run, now, "failed")
            run.position = step.next
            return False
        if isinstance(found, int) and operation.at is not None:
            found = clock(found, tz).date()
        if isinstance(found, dt.datetime):
            found = first_instant(found, tz)
        elif isinstance(found, dt.date):
            found = first_instant(dt.datetime.combine(found, operation.at or dt.time(0)), tz)
        return self._until(who, run, step, now, found)

    def _until(self, who: Somebody, run: Run, step: c.Step, now: int, moment: int) -> bool:
        if moment <= now:
            run.position = step.next
            return False
        run.until = moment
        self._did(who, run, now, "waiting", until=moment)
        return True

    def _wait_for(self, who: Somebody, run: Run, step: c.Step, operation: c.WaitFor, now: int) -> bool:
        if operation.since_start:
            look = self._in_run(who, run, now)
            for order, record in happened_in_order(look, operation.event):
                if order > run.cause_order and self._is_awaited(who, run, operation, now, record):
                    self._goes_on_with(who, run, operation, now, record)
                    return False
        run.waits_since = now
        if operation.up_to is not None:
            run.until = on_the_clock(now, operation.up_to, self.zone(who, run, now))
        self._did(who, run, now, "waiting", until=run.until, **{"for": operation.event})
        return True

    def _branch(self, who: Somebody, run: Run, step: c.Step, operation: c.Branch, now: int) -> bool:
        look = self._in_run(who, run, now)
        for label, condition, target in operation.arms:
            if true(condition, look):
                self._did(who, run, now, "branched", branch=label)
                run.position = target
                return False
        self._did(who, run, now, "branched", branch="else")
        run.position = operation.otherwise
        return False

    def _split(self, who: Somebody, run: Run, step: c.Step, operation: c.Split, now: int) -> bool:
        drawn = self.draw(who.key, run.journey.name, operation)
        run.arms[operation.name] = drawn
        self._did(who, run, now, "split", split=operation.name, arm=drawn)
        run.position = next(arm.target for arm in operation.arms if arm.name == drawn)
        return False

    def _send(self, who: Somebody, run: Run, step: c.Step, operation: c.Send, now: int) -> bool:
        message = self.workspace.messages[operation.message]
        run.position = step.next
        look = self._in_run(who, run, now)
        channels = operation.channels or tuple(dict.fromkeys(v.channel for v in message.variants))
        for channel in channels:
            address = self._reached(message, channel, look)
            if address is not None:
                # The step is the one that sends, though the run has gone on already.
                who.did.append(
                    Did(now, "sent", run.journey.name, run.number, step.id,
                        {"message": message.name, "channel": channel, "address": address})
                )  # fmt: skip
                return False
        detail = {"message": message.name, "channels": sorted(channels)}
        who.did.append(Did(now, "not sent", run.journey.name, run.number, step.id, detail))
        return False

    def _reached(self, message: c.Message, channel: str, look: Look) -> str | None:
        """The address for a channel ("" where it needs none), or None where the person cannot be reached."""
        variants = [v for v in message.variants if v.channel == channel]
        fitting = [v for v in variants if v.when is not None and true(v.when, look)]
        fitting += [v for v in variants if v.when is None]
        if not fitting:
            return None
        if message.topic is not None:
            mode = self.workspace.topics[message.topic].mode
            said = look.life.value(f"consent.{message.topic}")
            if (mode == "opt in" and said is not True) or (mode == "opt out" and said is False):
                return None
        field_name = fitting[0].address
        if field_name is None:
            return ""
        return look.life.value(field_name) or None

    def _set(self, who: Somebody, run: Run, step: c.Step, operation: c.SetField, now: int) -> bool:
        self.count += 1
        found = encoded(meaning_of(operation.value, self._in_run(who, run, now)), operation.type.kind)
        who.said.append(Said(operation.target, found, now, self.count))
        self._did(who, run, now, "set", field=operation.target, value=found)
        run.position = step.next
        self._audiences(who, now, "change")
        for other in list(who.runs):
            reason = self._exit_when(who, other, now)
            if reason is not None:
                self._end(who, other, now, reason)
        return False

    def _stop(self, who: Somebody, run: Run, step: c.Step, operation: c.Stop, now: int) -> bool:
        self._end(who, run, now, "stop")
        return True

    def zone(self, who: Somebody, run: Run, now: int) -> dt.tzinfo:
        """The zone that a journey's clock times are meant in."""
        journey = run.journey
        name = meaning_of(journey.zone, self._in_run(who, run, now)) if journey.zone is not None else None
        return ZoneInfo(name or journey.zone_fallback or "UTC")

    def _end(self, who: Somebody, run: Run, now: int, because: str) -> None:
        self._did(who, run, now, "ended", because=because)
        run.ended = True
        run.until = None
        who.runs.remove(run)
        who.past.append(run)
        who.ends.append((run.journey.name, run.key, now))

    def _did(self, who: Somebody, run: Run, now: int, kind: str, **detail: Any) -> None:
        steps = run.journey.steps
        step = steps[run.position].id if run.position < len(steps) else ""
        who.did.append(Did(now, kind, run.journey.name, run.number, step, detail))


_STEPS: Mapping[type, Callable[..., bool]] = {
    c.Wait: Oracle._wait,
    c.WaitUntil: Oracle._wait_until,
    c.WaitFor: Oracle._wait_for,
    c.Branch: Oracle._branch,
    c.Split: Oracle._split,
    c.Send: Oracle._send,
    c.SetField: Oracle._set,
    c.Stop: Oracle._stop,
}
"""What each step does; true when the run stands still now."""


# ------------------------------------------------------- what a program mentions


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    if dataclasses.is_dataclass(node) and not isinstance(node, type):
        for part in dataclasses.fields(node):
            yield from _nodes(getattr(node, part.name))
    elif isinstance(node, tuple) and not isinstance(node, Duration):
        for item in node:
            yield from _nodes(item)
    elif isinstance(node, Mapping):
        for item in node.values():
            yield from _nodes(item)


def _rules(workspace: c.Workspace) -> Iterator[Any]:
    for part in (workspace.aggregates, workspace.attributes, workspace.audiences):
        yield from _nodes(part)
    for journey in workspace.journeys.values():
        yield from _nodes(journey.exits)


def _lengths(workspace: c.Workspace) -> Iterator[Duration]:
    """Every length of time that a rule mentions."""
    return (node for node in _rules(workspace) if isinstance(node, Duration))


def _moments(workspace: c.Workspace) -> Iterator[int]:
    """Every moment that a rule mentions."""
    for node in _rules(workspace):
        if isinstance(node, c.Constant) and node.type.kind == "datetime" and isinstance(node.value, int):
            yield node.value


def _mentions_today(workspace: c.Workspace) -> bool:
    return any(
        isinstance(node, c.Today) or (isinstance(node, c.Function) and node.name in ("age", "anniversary"))
        for node in _rules(workspace)
    )


def _moved(moment: int, length: Duration, sign: int) -> Iterator[int]:
    yield elapsed(moment, length, sign)
    if length.months:
        # A month later is not always the instant of which this is a month ago: look at the days around it.
        for days in range(-4, 5):
            near = elapsed(moment, length, sign) + days * DAY
            yield near
            yield near // DAY * DAY


def _spoken_of(kind: str, said: Any, tz: dt.tzinfo) -> Iterator[int]:
    if kind == "datetime":
        yield parse_instant(said)
    elif kind == "date":
        day = parse_date(said)
        yield first_instant(dt.datetime(day.year, day.month, day.day), tz)


def _built_in_order(workspace: c.Workspace) -> list[c.Audience]:
    """The audiences, each after those it is built on."""
    ordered: dict[str, c.Audience] = {}

    def add(audience: c.Audience) -> None:
        for name in audience.uses:
            if name not in ordered:
                add(workspace.audiences[name])
        ordered[audience.name] = audience

    for audience in workspace.audiences.values():
        if audience.name not in ordered:
            add(audience)
    return list(ordered.values())
