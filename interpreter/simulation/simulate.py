"""The simulator: the same core under a virtual clock, in memory.

The records are taken in by the order of their times. Between two records, and after the last one, the clock
jumps from one thing that time brings (a wait that is over, a window that ends) to the next: a heap holds the
wake-up of everybody, and an entry that is out of date (the person was touched since, or merged) is recognised
when it comes up and dropped. Nothing is sent anywhere.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from time import perf_counter
from typing import TYPE_CHECKING

from sojourn.dsl.values import DAY, UTC, zone
from sojourn.interpreter.answering import answer_calls
from sojourn.interpreter.core.broadcasts import Broadcast, hear
from sojourn.interpreter.core.calls import CALL
from sojourn.interpreter.core.effects import Effect, Outgoing
from sojourn.interpreter.core.intake import take_in
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.rebuild import retime
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.core.step import step
from sojourn.interpreter.memory import MemoryPeople
from sojourn.interpreter.simulation.report import Report
from sojourn.interpreter.timeline import Entry, Line, timeline
from sojourn.interpreter.undisturbed import undisturbed

if TYPE_CHECKING:
    from sojourn.interpreter.compile import Program
    from sojourn.interpreter.door.door import Rejected

__all__ = ["LONGEST_END", "PROGRESS_EVERY", "Simulation", "simulate"]

LONGEST_END = 365 * DAY
"""How long after the last record a simulation goes on when no end is given and something is still waiting."""

LONGEST_END_WITH_STARTS_BY_TIME = 31 * DAY
"""The same where journeys start by time alone: a schedule never ends."""

PROGRESS_EVERY = 2000
"""How many records lie between two calls of `on_progress`."""

_by_time = attrgetter("at")
_by_arrival = attrgetter("received")


class Simulation:
    """What came out: the report, the people at the end, and the kept history.

    `history` maps a person's number to their records, activities and messages in order; empty unless asked
    for. `seconds` is how long it took, `speed` the records taken in for each of them.
    """

    __slots__ = ("history", "people", "program", "report", "seconds")

    def __init__(
        self,
        program: Program,
        report: Report,
        people: MemoryPeople,
        history: dict[int, list[Entry]],
        seconds: float,
    ) -> None:
        self.program = program
        self.report = report
        self.people = people
        self.history = history
        self.seconds = seconds

    @property
    def speed(self) -> float:
        """Records per second."""
        return self.report.records / self.seconds if self.seconds else 0.0

    def timeline(self, person: str, zone_name: str | None = None) -> list[Line]:
        """What happened to one person, named by an identifier (`"email:ada@example.com"` or the value alone).

        Times are in the zone given, else in the person's own, else UTC. Raises LookupError when nobody has
        the identifier or nothing of theirs was kept.
        """
        number = self.people.find(person)
        if number is None:
            raise LookupError(f"nobody in this simulation has the identifier {person!r}")
        if number not in self.history:
            raise LookupError(f"the history of {person!r} was not kept")
        workspace = self.program.workspace
        field = workspace.timezone_field
        name = zone_name or (field and self.people.load(number).fields.get(field))
        return timeline(workspace, self.history[number], zone(name) if name else UTC)


@undisturbed(keep=True)
def simulate(
    program: Program,
    records: Iterable[Record | Rejected],
    *,
    until: int | None = None,
    choices: Mapping[str, str] | None = None,
    on_progress: Callable[[int, int, int], None] | None = None,
    keep_activity: bool = False,
    person: str | None = None,
    people: MemoryPeople | None = None,
    as_received: bool = False,
    reactions: Callable[[Outgoing, Person], Iterable[Record]] | None = None,
) -> Simulation:
    """Plays the records through the program and counts what happens.

    They may come in any order; records of one instant keep the order they came in. Each counts as received
    when it happened. The same id twice is one record: the second is counted as a duplicate and not taken in.

    `until` (an instant) is where the clock stops; records after it are counted as later and not taken in.
    Without it the clock runs until nothing is waiting, at most a year after the last record (31 days where
    journeys start by time alone, as on a schedule). `choices` maps a split to the arm everybody takes.
    `on_progress` is called now and then with (records taken in, records in all, the clock). `keep_activity`
    keeps everybody's history, `person` (an identifier) that of one person and whoever was linked to them.
    `people` are those who are there at the beginning; they are changed. With `as_received` each record comes when it
    was received, in that order, as it did in a store; it may have happened earlier. `reactions` gives the
    records that come of a message that was sent, at times after it; they are played like the others.
    """
    began = perf_counter()
    people = MemoryPeople() if people is None else people
    report = Report(program.workspace)
    ordered: list[Record] = []
    for item in records:
        if isinstance(item, Record):
            ordered.append(item)
        else:
            report.reject(item.reason, item.raw)
    ordered.sort(key=_by_arrival if as_received else _by_time)
    for _, known in people:
        if known.timing != program.timing:
            retime(program, known)
    kept = _Kept(keep_activity, _linked(program, ordered, person) if person else None)
    total = len(ordered)
    progress = None if on_progress is None else (on_progress, total)
    played = _Played(program, people, report, kept, choices, reactions, as_received, progress)
    for index, record in enumerate(ordered):
        if until is not None and (record.received if as_received else record.at) > until:
            report.later = total - index
            break
        played.take(record)

    report.records = played.done - report.duplicates
    if report.records:
        report.first, report.last = ordered[0].at, played.clock
    report.mark_last_event(p for _, p in people)
    if until is not None:
        played.catch_up(until)
        report.ended_at, report.ended_because = until, "as asked"
    else:
        last = played.clock if played.clock is not None else max((p.clock for _, p in people), default=0)
        stop = last + (LONGEST_END_WITH_STARTS_BY_TIME if program.occasions else LONGEST_END)
        end = played.catch_up(stop) or last
        waiting = any(p.wake is not None for _, p in people)
        report.ended_at = stop if waiting else end
        after = "31 days after" if program.occasions else "a year after"
        report.ended_because = f"{after} the last event" if waiting else "nothing was waiting any more"
    report.records = played.done - report.duplicates
    report.close(p for _, p in people)
    if on_progress is not None:
        on_progress(played.done, max(total, played.done), report.ended_at)
    return Simulation(program, report, people, kept.history, perf_counter() - began)


class _Played:
    """What is being played: the clock, and when whom it is to wake.

    `done` counts the records so far, and `clock` is the time of the last of them, None before the first.
    """

    __slots__ = (
        "_as_received",
        "_business",
        "_choices",
        "_coming",
        "_heap",
        "_heard",
        "_kept",
        "_numbers",
        "_people",
        "_planned",
        "_program",
        "_progress",
        "_reactions",
        "_report",
        "_seen",
        "_webhooks",
        "clock",
        "done",
    )

    def __init__(
        self,
        program: Program,
        people: MemoryPeople,
        report: Report,
        kept: _Kept,
        choices: Mapping[str, str] | None,
        reactions: Callable[[Outgoing, Person], Iterable[Record]] | None,
        as_received: bool,
        progress: tuple[Callable[[int, int, int], None], int] | None,
    ) -> None:
        self._program = program
        self._people = people
        self._report = report
        self._kept = kept
        self._choices = choices
        self._reactions = reactions
        self._as_received = as_received
        self._progress = progress
        """Whom to tell how far it is, and how many records there are."""
        self._business = program.workspace.business
        self._webhooks = bool(program.workspace.webhooks)
        self._heap: list[tuple[int, int]] = [(p.wake, number) for number, p in people if p.wake is not None]
        heapq.heapify(self._heap)
        self._planned = {number: due for due, number in self._heap}
        self._coming: list[tuple[int, int, Record]] = []
        """What comes of messages: a heap of (when, number, what)."""
        self._numbers = 0
        self._heard = max((p.heard for _, p in people), default=0)
        self._seen: set[str] = set()
        self.clock: int | None = None
        self.done = 0

    def take(self, record: Record) -> None:
        """Takes a record in, after all that time and reactions bring before it."""
        now = record.received if self._as_received else record.at
        if self._reactions is not None:
            self.catch_up(now)
        self._take(record, now)

    def _take(self, record: Record, now: int) -> None:
        people, report, kept = self._people, self._report, self._kept
        self.done += 1
        if record.id in self._seen:
            report.duplicates += 1
            return
        self._seen.add(record.id)
        heap = self._heap
        while heap and heap[0][0] <= now:
            self._bring(*heapq.heappop(heap))
        record.received = now
        event = record.event
        if event in self._business:
            report.events[event] = report.events.get(event, 0) + 1
            self.clock = now
            self._tell(record)
            return
        number, who, effects = take_in(self._program, people, record, now, self._choices)
        if self._webhooks:
            effects = answer_calls(self._program, who, effects, now, {}, self._choices)
        while people.stirred:
            due, other = people.stirred.pop()
            self._planned[other] = due
            heapq.heappush(heap, (due, other))
        if event:
            report.events[event] = report.events.get(event, 0) + 1
        else:
            report.profile_updates += 1
        if effects:
            self._count(effects, who)
        if kept.on:
            kept.merge(people)
            kept.add(number, record, effects)
        self._plan(number, who.wake)
        self.clock = now
        if self._progress is not None and not self.done % PROGRESS_EVERY:
            tell, total = self._progress
            tell(self.done, max(total, self.done), now)

    def catch_up(self, now: int) -> int | None:
        """What time brings, and what comes of messages, up to `now` in order; the instant of the last of it."""
        heap, coming, persons = self._heap, self._coming, self._people.persons
        latest = None
        while True:
            wake = heap[0][0] if heap else now + 1
            reaction = coming[0][0] if coming else now + 1
            if wake > now and reaction > now:
                return latest
            if reaction < wake:
                latest = reaction
                self._take(heapq.heappop(coming)[2], reaction)
                continue
            due, number = heapq.heappop(heap)
            waker = persons[number]
            if waker is not None and waker.wake == due:
                latest = due
                self._bring(due, number)

    def _plan(self, number: int, wake: int | None) -> None:
        """Lays down when somebody is to be woken next."""
        if wake is not None and self._planned.get(number) != wake:
            self._planned[number] = wake
            heapq.heappush(self._heap, (wake, number))

    def _bring(self, due: int, number: int) -> None:
        """Carries out what time brings one person at `due`."""
        who = self._people.persons[number]
        if who is None or who.wake != due:
            return
        effects = step(self._program, who, None, due, self._choices)
        if self._webhooks:
            effects = answer_calls(self._program, who, effects, due, {}, self._choices)
        if effects:
            self._count(effects, who)
            if self._kept.on:
                self._kept.add(number, None, effects)
        wake = who.wake
        if wake is not None:
            if wake <= due:
                raise RuntimeError(f"{who.key} is to be woken again at {wake}, which is over")
            self._planned[number] = wake
            heapq.heappush(self._heap, (wake, number))

    def _tell(self, record: Record) -> None:
        """An event about the business: everybody hears of it."""
        broadcast = Broadcast(self._heard + self.done, record.at, record)
        for number, who in self._people:
            effects = hear(self._program, who, [broadcast], self._choices)
            if effects:
                self._count(effects, who)
                if self._kept.on:
                    self._kept.add(number, None, effects)
            self._plan(number, who.wake)

    def _count(self, effects: list[Effect], who: Person) -> None:
        """Counts the effects, and lays down what will come of the messages among them."""
        self._report.add(effects, who)
        if self._reactions is None:
            return
        for effect in effects:
            if type(effect) is Outgoing and effect.channel != CALL:
                for record in self._reactions(effect, who):
                    self._numbers += 1
                    heapq.heappush(self._coming, (record.at, self._numbers, record))


class _Kept:
    """The histories that were asked for."""

    __slots__ = ("everybody", "history", "linked", "merges", "on")

    def __init__(self, everybody: bool, linked: set[tuple[str, str]] | None) -> None:
        self.everybody = everybody
        self.linked = linked
        self.on = everybody or linked is not None
        self.history: dict[int, list[Entry]] = {}
        self.merges = 0

    def add(self, number: int, record: Record | None, effects: Iterable[Entry]) -> None:
        entries = self.history.get(number)
        if entries is None:
            wanted = self.everybody or (
                record is not None
                and self.linked is not None
                and any((name, str(value)) in self.linked for name, value in record.profile.items())
            )
            if not wanted:
                return
            entries = self.history[number] = []
        if record is not None:
            entries.append(record)
        entries.extend(effects)

    def merge(self, people: MemoryPeople) -> None:
        """Puts the histories of people who have been merged since the last call into one."""
        for survivor, other in people.absorbed[self.merges :]:
            if other in self.history:
                both = self.history.get(survivor, []) + self.history.pop(other)
                both.sort(key=_by_time)
                self.history[survivor] = both
        self.merges = len(people.absorbed)


def _linked(program: Program, records: list[Record], person: str) -> set[tuple[str, str]]:
    """Every identifier that the records could link to the given one: no more than these can become one
    person.
    """
    names = [identifier.name for identifier in program.workspace.identifiers]
    namespace, colon, value = person.partition(":")
    linked = {(name, person) for name in names}
    if colon and namespace in names:
        linked.add((namespace, value))
    claims = [
        {(name, str(found)) for name in names if (found := record.profile.get(name)) is not None}
        for record in records
    ]
    before = 0
    while len(linked) > before:
        before = len(linked)
        for claim in claims:
            if not linked.isdisjoint(claim):
                linked |= claim
    return linked
