"""One instant of one person: audiences that change, runs that start, go on and end.

A `Moment` lives for one instant. Things that follow from one another at that instant (a step sets a field, an
audience follows, a journey starts on entering it, and so on) are worked off in it in a fixed order, and no
more than `MOST_STARTS` runs start, so that two journeys that trigger each other stop, with a record.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sojourn.dsl import checked
from sojourn.dsl.values import add_in_zone, in_words
from sojourn.interpreter.core.doing import UNDOABLE, zone_of
from sojourn.interpreter.core.effects import (
    CONVERTED,
    ENDED,
    ENTERED,
    ENTERS,
    FAILED,
    LEFT,
    NOT_ENTERED,
    NOT_STARTED,
    STARTED,
    Activity,
    Effect,
)
from sojourn.interpreter.core.learning import count_goal
from sojourn.interpreter.core.person import Person, Run
from sojourn.interpreter.core.reactions import is_about
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.core.steps import go_on
from sojourn.interpreter.core.taking import take_event

if TYPE_CHECKING:
    from sojourn.interpreter.compile.journeys import Journey
    from sojourn.interpreter.compile.plans import Start
    from sojourn.interpreter.compile.program import Program

__all__ = ["MOST_EMITTED", "MOST_STARTS", "Entry", "Moment", "short_name"]

MOST_STARTS = 100
"""How many runs of one person may start at one instant."""

MOST_EMITTED = 100
"""How many events may be emitted for one person at one instant."""

LATE_GOALS = 7 * 86_400_000_000
"""Microseconds for which a goal whose time is over still waits for an event that arrives late."""


@lru_cache(maxsize=65536)
def short_name(key: str) -> str:
    """A name for a person in ids that do not give away who it is."""
    return blake2b(key.encode(), digest_size=8).hexdigest()


class Emission:
    """An event that a step emitted. What is known of the person follows at once, and so do goals and exits;
    the runs that were `waiting` for it go on, and those that it starts begin, once the run that emitted it
    stands still.
    """

    __slots__ = ("record", "touched", "waiting")

    def __init__(self, record: Record) -> None:
        self.record = record
        self.touched: set[str] = set()
        self.waiting: list[tuple[Journey, Run, int]] = []


class Entry:
    """A step that enters another journey, with the event of its own run."""

    __slots__ = ("event", "from_run", "journey", "step")

    def __init__(self, journey: str, from_run: Run, step: str) -> None:
        self.journey = journey
        self.from_run = from_run
        self.event = from_run.event
        self.step = step


def _caught(record: Record, at: int) -> dict[str, Any]:
    """An event as a run keeps it."""
    return {"event": record.event, "id": record.id, "at": at, "properties": record.properties}


class Moment:
    """One instant. `why` says in records of audiences what the change came from: "event", "time",
    "change"."""

    __slots__ = (
        "by_event",
        "choices",
        "direct",
        "effects",
        "emitted",
        "failed",
        "fresh",
        "halted",
        "held",
        "now",
        "person",
        "program",
        "quiet",
        "record",
        "started",
        "starts",
        "touched",
        "why",
    )

    def __init__(
        self,
        program: Program,
        person: Person,
        now: int,
        effects: list[Effect],
        choices: Mapping[str, str] | None,
        why: str,
    ) -> None:
        self.program = program
        self.person = person
        self.now = now
        self.effects = effects
        self.choices = choices
        self.why = why
        self.quiet = False
        self.record: Record | None = None
        self.starts: list[Start | Emission | Entry] = []
        """What audiences and steps have triggered, still to be done."""
        self.emitted = 0
        self.held: int | None = None
        """Since when the send that goes on now was held by quiet hours."""
        self.failed = False
        """Whether the step that was just done failed."""
        self.touched: set[str] = set()
        """The runs ("journey" or "journey/key") that ended or went on: this instant's event does not start
        them."""
        self.fresh: set[str] = set()
        """The runs that began at this instant."""
        self.by_event: set[str] = set()
        """What this instant's event has started ("journey" or "journey/key")."""
        self.direct = 0
        """How many of `starts`, from the front, this instant's event has brought about by itself."""
        self.started = 0
        self.halted = False

    # --------------------------------------------------------- audiences

    def audiences(self, dirty: Iterable[int]) -> None:
        """Asks these audiences, and those built on what changed, whether the person is a member now."""
        program, person, now = self.program, self.person, self.now
        audiences = program.audiences
        members = person.audiences
        asked = set(dirty)
        order = sorted(asked)
        at = 0
        while at < len(order):
            audience = audiences[order[at]]
            at += 1
            name = audience.name
            try:
                member = audience.test(person, None, None, now)
            except UNDOABLE as error:
                because = f"whether the person is in {name} could not be worked out: {error}"
                self.effects.append(Activity(now, FAILED, {"because": because, "audience": name}))
                member = False
            if member:
                if name in members:
                    continue
                members[name] = now
                self.effects.append(Activity(now, ENTERED, {"audience": name, "why": self.why}))
                starts = program.entering.get(name)
            else:
                if name not in members:
                    continue
                del members[name]
                self.effects.append(Activity(now, LEFT, {"audience": name, "why": self.why}))
                starts = program.leaving.get(name)
            if starts and not self.quiet:
                self.starts.extend(self._there_already(starts))
            for dependent in audience.dependents:
                # It has a higher number than what it is built on: it has not been asked yet.
                if dependent not in asked:
                    asked.add(dependent)
                    insort(order, dependent, lo=at)

    def _there_already(self, starts: list[Start]) -> list[Start]:
        """Those whose journeys were there at this instant: what time brought before is carried out late, perhaps."""
        added = self.program.added
        if not added or self.why != "time":
            return starts
        return [start for start in starts if self.now > added.get(start.journey, self.now - 1)]

    def field_changed(self, name: str, before: Any, after: Any) -> None:
        """What follows at once from a change that a step made."""
        listeners = self.program.field_listeners.get(name)
        why, self.why = self.why, "change"
        if listeners is not None:
            self.audiences(listeners.touched(before, after, self.person.states))
        self.why = why
        self.exit_whens()

    # ------------------------------------------------------------- exits

    def exit_whens(self) -> None:
        """Ends the runs whose `exit when` is true."""
        if not self.program.exit_whens:
            return
        for run in list(self.person.runs.values()):
            journey = self.program.journey_of(run)
            if journey is not None and journey.exit_whens and run.id in self.person.runs:
                self.exit_when(journey, run)

    def exit_when(self, journey: Journey, run: Run) -> bool:
        """Ends this run when one of its `exit when` is true; tells whether it did."""
        properties = run.event["properties"] if run.event is not None else None
        for exit in journey.exit_whens:
            if self.program.test(exit.condition)(self.person, properties, run.variables, self.now):
                self.end(run, exit.label)
                return True
        return False

    def end(self, run: Run, because: str) -> None:
        """Ends a run for good. A goal that is still open waits on."""
        person = self.person
        del person.runs[run.id]
        slot = f"{run.journey}/{run.key}" if run.key else run.journey
        person.ended[slot] = max(self.now, person.ended.get(slot, self.now))
        if run.id not in self.fresh:
            self.touched.add(slot)
        if run.goal is not None and not run.converted:
            journey = self.program.journey_of(run)
            goal: dict[str, Any] = {
                "run": run.id,
                "journey": run.journey,
                "since": run.since,
                "until": run.goal,
                "arms": run.arms,
            }
            if (
                run.variables
                and journey is not None
                and journey.goal is not None
                and journey.goal.where is not None
            ):
                goal["variables"] = run.variables
            person.goals.append(goal)
        self.effects.append(Activity(self.now, ENDED, {"because": because}, run.journey, run.id, run.step))

    # ------------------------------------------------- what an event does

    def runs_see(self, record: Record, at: int) -> list[tuple[Journey, Run, int]]:
        """Goals, then exits: what an event means to the runs in progress. `at` is when it happened. Returns
        the runs that wait for such an event, with the number of the step.
        """
        person, program, event = self.person, self.program, record.event
        if person.goals:
            self._late_goals(record, at)
        concerned: list[tuple[Journey, Run]] = []
        waiting: list[tuple[Journey, Run, int]] = []
        removed: list[Run] = []
        for run in person.runs.values():
            journey = program.journey_of(run)
            number = journey.index_of.get(run.step) if journey is not None else None
            if journey is None or number is None:
                removed.append(run)
                continue
            if event in journey.listens:
                concerned.append((journey, run))
            operation = journey.steps[number].operation
            if (type(operation) is checked.WaitFor and operation.event == event) or (
                type(operation) is checked.WaitForFirst
                and any(other.event == event for other in operation.alternatives)
            ):
                waiting.append((journey, run, number))
        for run in removed:
            self.end(run, "step removed" if program.journey_of(run) is not None else "journey removed")
        if concerned:
            self._goals_and_exits(concerned, record, at)
        self.exit_whens()
        if not waiting and not concerned:
            return []
        caught = _caught(record, at)
        for journey, run in concerned:
            for step, operation in journey.since_start:
                if (
                    operation.event == event
                    and step not in run.earlier
                    and step != run.step
                    and at >= run.since
                    and run.id in person.runs
                    and is_about(run, operation.of, record.properties)
                    and self._passes(operation.where, event, record, run)
                ):
                    run.earlier[step] = caught
        return waiting

    def resume(self, waiting: list[tuple[Journey, Run, int]], record: Record, at: int) -> None:
        """Takes the runs on that were waiting for the event, and still are."""
        person, event = self.person, record.event
        for journey, run, number in waiting:
            step = journey.steps[number]
            operation = step.operation
            if run.id not in person.runs or step.id != run.step:
                continue
            chosen = None
            if type(operation) is checked.WaitFor:
                begun = run.since if operation.since_start else run.waiting_since
                if (
                    (begun is None or at >= begun)
                    and is_about(run, operation.of, record.properties)
                    and self._passes(operation.where, event, record, run)
                ):
                    chosen = 0
            elif type(operation) is checked.WaitForFirst and at >= (run.waiting_since or 0):
                for position, other in enumerate(operation.alternatives):
                    if (
                        other.event == event
                        and is_about(run, other.of, record.properties)
                        and self._passes(other.where, event, record, run)
                    ):
                        chosen = position
                        break
            if chosen is not None:
                self.touched.add(f"{run.journey}/{run.key}" if run.key else run.journey)
                go_on(self, journey, run, number, _caught(record, at), chosen)

    def emit(self, run: Run, record: Record) -> bool:
        """Takes in an event that a step emitted; tells whether it was (not: that went round in a circle)."""
        self.emitted += 1
        if self.emitted > MOST_EMITTED:
            return False
        program, person, now = self.program, self.person, self.now
        self.effects.append(record)
        emission = Emission(record)
        self.starts.append(emission)
        touched, self.touched = self.touched, emission.touched
        dirty: list[int] = []
        take_event(program, person, record, now, now, dirty)
        if dirty:
            why, self.why = self.why, "event"
            self.audiences(dirty)
            self.why = why
        emission.waiting = self.runs_see(record, now)
        self.touched = touched
        return True

    def _passes(self, where: checked.Expr | None, event: str, record: Record, run: Run) -> bool:
        return where is None or bool(
            self.program.test(where, event)(self.person, record.properties, run.variables, self.now)
        )

    def _goals_and_exits(self, concerned: list[tuple[Journey, Run]], record: Record, at: int) -> None:
        person, event = self.person, record.event
        for journey, run in concerned:
            goal = journey.goal
            if (
                goal is not None
                and goal.event == event
                and not run.converted
                and at >= run.since
                and (run.goal is None or at < run.goal)
                and self._passes(goal.where, event, record, run)
            ):
                run.converted = True
                self._learn(journey, run.arms)
                detail = {"event": event, "arms": dict(run.arms), "record": record.id}
                self.effects.append(Activity(self.now, CONVERTED, detail, run.journey, run.id, run.step))
        for journey, run in concerned:
            if at < run.since:
                continue
            for exit in journey.exits.get(event, ()):
                if run.id in person.runs and self._passes(exit.where, event, record, run):
                    self.end(run, exit.label)
                    break

    def _learn(self, journey: Journey, arms: Mapping[str, str]) -> None:
        """A goal counts for the arms by which the run came, where splits move toward it."""
        common = self.person.common
        if common is not None:
            for split in journey.learning:
                if split in arms:
                    count_goal(common, journey.name, split, arms[split])

    def _late_goals(self, record: Record, at: int) -> None:
        """The goals of runs that have ended."""
        kept: list[dict[str, Any]] = []
        for pending in self.person.goals:
            journey = self.program.journeys.get(pending["journey"])
            if journey is None or journey.goal is None or self.now >= pending["until"] + LATE_GOALS:
                continue
            goal = journey.goal
            if goal.event == record.event and pending["since"] <= at < pending["until"]:
                where = goal.where
                variables = pending.get("variables", {})
                if where is None or self.program.test(where, goal.event)(
                    self.person, record.properties, variables, self.now
                ):
                    self._learn(journey, pending["arms"])
                    detail = {"event": record.event, "arms": dict(pending["arms"]), "record": record.id}
                    self.effects.append(
                        Activity(self.now, CONVERTED, detail, pending["journey"], pending["run"])
                    )
                    continue
            kept.append(pending)
        if len(kept) != len(self.person.goals):
            self.person.goals = kept

    # ------------------------------------------------------------ starts

    def start_on_event(self, record: Record, at: int) -> None:
        """Starts the journeys that this event starts."""
        plan = self.program.events.get(record.event)
        if plan is None:
            return
        for start in plan.starts_of(record.properties, self.person.fields, self.now):
            where = start.where
            try:
                starts = where is None or where(self.person, record.properties, None, self.now)
            except UNDOABLE as error:
                because = f"whether it starts on {record.event} could not be worked out: {error}"
                self.effects.append(Activity(self.now, FAILED, {"because": because}, start.journey))
                continue
            if starts:
                self.start(start, record, at)

    def start_on_business(self, record: Record, at: int) -> None:
        """Starts the journeys that an event about the business starts for the audience the person is in."""
        for start in self.program.business.get(record.event, ()):
            if start.audience not in self.person.audiences:
                continue
            try:
                starts = start.where is None or start.where(self.person, record.properties, None, self.now)
            except UNDOABLE as error:
                because = f"whether it starts on {record.event} could not be worked out: {error}"
                self.effects.append(Activity(self.now, FAILED, {"because": because}, start.journey))
                continue
            if starts:
                self.start(start, record, at)

    def enter_as_member(self, journey: str, audience: str) -> None:
        """An existing member enters a journey, when its guards let them."""
        started = self.program.journeys.get(journey)
        if started is None or audience not in self.person.audiences:
            return
        if journey in self.program.controls:
            self._hold(started, "", None, self.now, f"existing member of {audience}")
        elif not self.refusal(started, ""):
            self._begin(started, "", None, self.now, f"existing member of {audience}")

    def work_off(self) -> None:
        """Does what audiences and steps have triggered, and what that triggers in turn."""
        while self.starts and not self.halted:
            todo = self.starts.pop(0)
            direct = self.direct > 0
            self.direct -= direct
            if isinstance(todo, Emission):
                self._follow(todo)
            elif isinstance(todo, Entry):
                self._enter(todo)
            else:
                self.start(todo, None, self.now, by_event=direct)
        self.starts.clear()

    def _follow(self, emission: Emission) -> None:
        """What an emitted event resumes and starts."""
        before = self.record, self.touched, self.by_event
        self.record, self.touched, self.by_event = emission.record, emission.touched, set()
        self.resume(emission.waiting, emission.record, self.now)
        self.start_on_event(emission.record, self.now)
        self.record, self.touched, self.by_event = before

    def _enter(self, entry: Entry) -> None:
        """`enter`: the other journey's guards hold, and what they refuse is said."""
        run = entry.from_run
        journey = self.program.journeys.get(entry.journey)
        key = self.key_of(journey, entry.event) if journey is not None else ""
        because = self.refusal(journey, key) if journey is not None else f"{entry.journey} is gone"
        if journey is None or because:
            detail = {"other": entry.journey, "because": because}
            self.effects.append(Activity(self.now, NOT_ENTERED, detail, run.journey, run.id, entry.step))
        else:
            detail = {"other": entry.journey}
            self.effects.append(Activity(self.now, ENTERS, detail, run.journey, run.id, entry.step))
            self._begin(journey, key, entry.event, self.now, f"entered from {run.journey}")

    def key_of(self, journey: Journey, event: dict[str, Any] | None) -> str:
        """The value of `one per` for a run with this starting event."""
        one_per = journey.checked.one_per
        if one_per is None or event is None:
            return ""
        value = self.program.coder.json(one_per, event["event"])(
            self.person, event["properties"], None, self.now
        )
        return "" if value is None else str(value)

    def refusal(self, journey: Journey, key: str) -> str:
        """Why no run may begin now; "" when one may."""
        person, meant, name = self.person, journey.checked, journey.name
        if name in self.program.controls:
            return self.program.controls[name]
        for run in person.runs.values():
            if run.journey == name and run.key == key:
                return f"already in {name}"
        ended = person.ended.get(f"{name}/{key}" if key else name)
        if ended is not None:
            if meant.again == "never":
                return "again never"
            if (
                meant.again == "after"
                and meant.again_after is not None
                and self.now < add_in_zone(ended, meant.again_after, zone_of(self, journey))
            ):
                return f"again after {in_words(meant.again_after)}"
        return ""

    def start(
        self,
        start: Start,
        record: Record | None,
        since: int,
        occurrence: str = "",
        by_event: bool = False,
    ) -> None:
        """Starts a run, when the journey's guards let it. `occurrence` names the time it came by time alone.

        `by_event`: by an audience that this instant's event itself made the person enter or leave.
        """
        journey = self.program.journeys[start.journey]
        event = _caught(record, since) if record is not None else None
        key = self.key_of(journey, event)
        slot = f"{journey.name}/{key}" if key else journey.name
        if self.record is not None and slot in self.touched:
            return
        if record is not None or by_event:
            # Two starts of one journey on one event are one start.
            if slot in self.by_event:
                return
            self.by_event.add(slot)
        if journey.name in self.program.controls:
            self._hold(journey, key, event, since, start.because)
        elif not self.refusal(journey, key):
            self._begin(journey, key, event, since, start.because, occurrence)

    def _hold(
        self, journey: Journey, key: str, event: dict[str, Any] | None, since: int, because: str
    ) -> None:
        """What becomes of a start while its journey is paused (it waits, one for each `one per`), or closed."""
        name, state = journey.name, self.program.controls[journey.name]
        detail: dict[str, Any] = {"because": state}
        if state == "paused":
            detail["held"] = True
            held = self.person.held
            if not any(one["journey"] == name and one["key"] == key for one in held):
                held.append({"journey": name, "key": key, "event": event, "since": since, "because": because})
        self.effects.append(Activity(self.now, NOT_STARTED, detail, name))

    def release(self, name: str) -> None:
        """The starts of a journey that waited for it to be resumed; its guards hold now as they would have."""
        held = [one for one in self.person.held if one["journey"] == name]
        self.person.held = [one for one in self.person.held if one["journey"] != name]
        journey = self.program.journeys.get(name)
        for one in held:
            if journey is not None and not self.refusal(journey, one["key"]):
                self._begin(journey, one["key"], one["event"], one["since"], one["because"])

    def _begin(
        self,
        journey: Journey,
        key: str,
        event: dict[str, Any] | None,
        since: int,
        because: str,
        occurrence: str = "",
    ) -> None:
        """Begins a run and takes it to where it first waits."""
        program, person, now = self.program, self.person, self.now
        meant, name = journey.checked, journey.name
        self.started += 1
        if self.started > MOST_STARTS:
            if not self.halted:
                self.halted = True
                trouble = f"more than {MOST_STARTS} journeys started at one instant: they trigger each other"
                self.effects.append(Activity(now, FAILED, {"because": trouble}, name))
            return
        number = person.counts.get(name, 0) + 1
        person.counts[name] = number
        run = Run(f"{name}-{short_name(person.key)}-{number}", name, now, since, program.version)
        run.key = key
        detail: dict[str, Any] = {"because": because}
        if event is not None:
            run.event = event
            detail["record"] = event["id"]
            for alias in journey.named_starts.get(event["event"], ()):
                run.variables[alias] = event
        if occurrence:
            detail["occurrence"] = occurrence
        if meant.ends_after is not None:
            run.ends = add_in_zone(now, meant.ends_after, zone_of(self, journey))
        if meant.goal is not None and meant.goal.within is not None:
            run.goal = add_in_zone(since, meant.goal.within, zone_of(self, journey))
        person.runs[run.id] = run
        self.fresh.add(run.id)
        self.effects.append(Activity(now, STARTED, detail, name, run.id))
        if journey.exit_whens and self.exit_when(journey, run):
            return
        if run.ends is not None and run.ends <= now:
            self.end(run, "ends after no time at all")
            return
        go_on(self, journey, run, -1, None)
