"""The whole world, kept by an accountant who trusts nothing but the records: people, audiences and journeys.

Every question is answered by looking at everything that ever happened. When time alone may change something, it
is asked at every instant at which it could: the time of each event and each date, moved by each length of time
that the workspace mentions, and every midnight where somebody lives. What differs from one such instant to the
next is what happened in between.

One thing is not looked up but lived through: a run of a journey is where its steps have brought it.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any

from sojourn.dsl import checked as c
from sojourn.interpreter.core.records import Record
from tests.oracle.chance import share
from tests.oracle.instants import instants_of, mentions_today
from tests.oracle.living import Counter, Draw, Instant, built_in_order
from tests.oracle.meaning import Life, Look, Said, clock, elapsed, first_instant, true, zone_of
from tests.oracle.occasions import occurrences
from tests.oracle.people import Asked, Did, Run, Somebody
from tests.oracle.sending import suppress

Answer = tuple[int, dict[str, Any] | None]
"""When the answer of a webhook comes, and its canonical values; None where it failed."""

Answering = Callable[[Asked, str, str], Answer]
"""(what was asked, the journey, the step) -> the answer."""


def at_once(asked: Asked, journey: str, step: str) -> Answer:
    """An answer without fields at the instant of the question."""
    return asked.at, {}


class Oracle:
    """Takes records in, in the order in which they arrive, and lets time pass."""

    def __init__(self, workspace: c.Workspace, draw: Draw, answer: Answering = at_once) -> None:
        self.workspace = workspace
        self.draw = draw
        self.answer = answer
        self.people: list[Somebody] = []
        self.seen: set[str] = set()
        self.counter = Counter()
        self.counter.people = self.people
        self.looks_at_days = mentions_today(workspace)

    # ------------------------------------------------------------ the outside

    def take_in(self, record: Record, now: int) -> Somebody | None:
        """A record arrives at `now`. The person it belongs to; None for one that came before, is set
        aside, or is about the business."""
        if record.id in self.seen or self._came_too_late(record, now):
            return None
        self.seen.add(record.id)
        self.pass_all_time(now)
        if record.event in self.workspace.business:
            for told in self.people:
                self._instant(told, now, record, "event").is_told(record)
                self._answers(told, now, said=True)
            return None
        before: list[Did] = []
        who, profile = self._whose(record, now, before)
        self.pass_time(who, now)
        self.counter.said += 1
        who.did += before
        who.records.append((self.counter.said, record))
        for name, said in profile.items():
            who.said.append(Said(name, said, record.at, self.counter.said, record.dataset))
        self._consents(who, record)
        suppress(self.workspace, who, record)
        self._instant(who, now, record, "event").happens()
        self._answers(who, now, said=True)
        return who

    def use(self, workspace: c.Workspace, now: int) -> None:
        """Another program takes over. Members of new audiences are members already; some enter new journeys."""
        self.pass_all_time(now)
        before, self.workspace = self.workspace, workspace
        self.looks_at_days = mentions_today(workspace)
        for who in self.people:
            who.merges, who.instants_for = workspace.merges, (-1, -1)
            who.members = set()
            for audience in built_in_order(workspace):
                if true(audience.condition, self.look(who, now)):
                    who.members.add(audience.name)
            for journey in workspace.journeys.values():
                if journey.name not in before.journeys and journey.existing_members == "enter":
                    self._lets_in(who, journey, now)
            self._bring(who, now)

    def _lets_in(self, who: Somebody, journey: c.Journey, now: int) -> None:
        for start in journey.starts:
            if isinstance(start, c.StartOnAudience) and start.entering and start.audience in who.members:
                over = journey.existing_over
                spread = elapsed(0, over) * share(who.key, journey.name) if over is not None else 0
                who.entering.append((now + int(spread), journey.name, start.audience))

    def _came_too_late(self, record: Record, now: int) -> bool:
        """Whether it would have been dropped already, had it come in time."""
        keep = self.workspace.kept_for.get(record.event)
        return keep is not None and elapsed(record.at, keep) <= now

    def pass_time(self, who: Somebody, now: int) -> None:
        """Everything that time alone brings to a person up to `now`, each at its own instant."""
        while True:
            instant = self._next_instant(who, now)
            if instant is None:
                break
            who.clock = instant
            self._bring(who, instant)
        who.clock = max(who.clock, now)

    def pass_all_time(self, now: int) -> None:
        """The same for everybody; of what comes at one instant first to those who were there first."""
        coming = {who.key: self._next_instant(who, now) for who in self.people}
        while True:
            due = [(at, n) for n, who in enumerate(self.people) if (at := coming[who.key]) is not None]
            if not due:
                break
            at, number = min(due)
            who = self.people[number]
            who.clock = at
            self._bring(who, at)
            coming[who.key] = self._next_instant(who, now)
        for who in self.people:
            who.clock = max(who.clock, now)

    def find(self, namespace: str, value: str) -> Somebody | None:
        """The person who has an identifier."""
        return next((p for p in self.people if (namespace, value) in p.identifiers), None)

    def look(self, who: Somebody, now: int, **more: Any) -> Look:
        """From where a person is looked at."""
        return Look(self.workspace, who, now, who.members, everybody=self.people, **more)

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
            who = Somebody(f"{name}:{first}", now, clock=now, merges=self.workspace.merges)
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
        first.entering += second.entering
        first.members |= second.members
        first.suppressed |= second.suppressed
        first.did = sorted(first.did + second.did, key=lambda d: (d.at, d.order))
        first.did.append(Did(now, "merged", detail={"key": second.key}))
        self.people.remove(second)
        first.came |= second.came
        self._instant(first, now, None, "change").are_asked()
        return first

    def _consents(self, who: Somebody, record: Record) -> None:
        if record.event not in ("subscribed", "unsubscribed"):
            return
        topic = record.properties.get("topic")
        topics = [topic] if topic else list(self.workspace.topics) if record.event == "unsubscribed" else []
        for name in topics:
            if name in self.workspace.topics:
                said = record.event == "subscribed"
                who.said.append(Said(f"consent.{name}", said, record.at, self.counter.said, record.dataset))

    # ------------------------------------------------------------------- time

    def _next_instant(self, who: Somebody, now: int) -> int | None:
        """The next instant, at most `now`, at which time alone could change anything for the person."""
        known = (len(who.records), len(who.said))
        if who.instants_for != known:
            who.instants_for = known
            who.instants = instants_of(self.workspace, who)
        later = bisect_right(who.instants, who.clock)
        found = [who.instants[later]] if later < len(who.instants) else []
        found += [run.until for run in who.runs if run.until is not None]
        found += [self._answer_to(run)[0] for run in who.runs if run.asked is not None]
        found += [at for at, _, _ in who.entering]
        found += [run.ends for run in who.runs if run.ends is not None]
        found += [at for _, _, at, _ in self._coming(who)]
        if self.looks_at_days:
            found.append(self._midnight_after(who))
        return min((t for t in found if who.clock < t <= now), default=None)

    def _midnight_after(self, who: Somebody) -> int:
        tz = zone_of(self.workspace, who)
        day = clock(who.clock, tz).date()
        while first_instant(dt.datetime(day.year, day.month, day.day), tz) <= who.clock:
            day += dt.timedelta(days=1)
        return first_instant(dt.datetime(day.year, day.month, day.day), tz)

    def _instant(self, who: Somebody, now: int, record: Record | None, why: str) -> Instant:
        return Instant(self.workspace, self.draw, self.counter, who, now, record, why)

    def _bring(self, who: Somebody, now: int) -> None:
        """What is due at one instant. Starts by time alone come last, in the order in which they are written."""
        instant = self._instant(who, now, None, "time")
        instant.happens()
        came = [(journey, start, name) for journey, start, at, name in self._coming(who) if at == now]
        for journey, start, name in came:
            if isinstance(start, c.StartOnDate) or start.audience in who.members:
                who.came.add((f"{journey.name}/{start.label}", name))
                instant.occasion(journey, start.label)
        for at, name, audience in [entering for entering in who.entering if entering[0] <= now]:
            who.entering.remove((at, name, audience))
            if audience in who.members:
                instant.occasion(self.workspace.journeys[name], f"existing member of {audience}")
        instant.do_the_rest()
        self._answers(who, now)

    def _answers(self, who: Somebody, now: int, said: bool = False) -> None:
        """The answers that come at an instant, in the order of the questions.

        What was asked by a record (`said`) at this instant is answered at this instant only where all answers are.
        """
        while True:
            due = [
                (run.asked.order, run, values)
                for run in who.runs
                if run.asked is not None
                for at, values in (self._answer_to(run),)
                if at <= now and (not said or at == run.asked.at)
            ]
            if not due:
                return
            _, run, values = min(due, key=lambda d: d[0])
            self._instant(who, now, None, "event").answered(run, values)

    def _answer_to(self, run: Run) -> Answer:
        assert run.asked is not None
        return self.answer(run.asked, run.journey.name, run.journey.steps[run.position].id)

    def _coming(self, who: Somebody) -> Iterator[tuple[c.Journey, Any, int, str]]:
        """Every start by time alone that is near."""
        look = self.look(who, who.clock)
        for journey in self.workspace.journeys.values():
            for start in journey.starts:
                if isinstance(start, c.StartOnSchedule | c.StartOnDate):
                    came = [name for slot, name in who.came if slot == f"{journey.name}/{start.label}"]
                    for at, name in occurrences(journey, start, look, who.clock):
                        over = isinstance(start, c.StartOnSchedule) and any(name < other for other in came)
                        if name not in came and not over:
                            yield journey, start, at, name
