"""One instant of a person, in the order in which the language says that things happen.

Audiences, goals, exits, runs that waited, starts; then what these have set off, in turn, until nothing is left.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from sojourn.dsl import checked as c
from sojourn.dsl.values import in_words
from sojourn.interpreter.core.records import Record
from tests.oracle.chance import delay
from tests.oracle.meaning import (
    JOURNEY,
    Look,
    Said,
    clock,
    encoded,
    first_instant,
    happened_in_order,
    on_the_clock,
    true,
)
from tests.oracle.meaning import value as meaning_of
from tests.oracle.occasions import zone_for
from tests.oracle.offering import decided, recommended, shown
from tests.oracle.people import Asked, Did, Run, Somebody
from tests.oracle.sending import fitting, quiet, ways
from tests.oracle.standard import moved, works

MOST_STARTS = 100

Slot = tuple[str, str]
"""A journey, and the value of its `one per`."""

Draw = Callable[[str, str, c.Split], str]
"""(the person's key, the journey, the split) -> the arm: a hash, so it is given from outside."""


class Counter:
    """Numbers in the order in which things come: records and sayings, runs. And the people themselves."""

    def __init__(self) -> None:
        self.said = 0
        self.runs = 0
        self.people: list[Somebody] = []


class Instant:
    """One instant of one person. `record` is what came at it, if anything did."""

    def __init__(
        self,
        workspace: c.Workspace,
        draw: Draw,
        counter: Counter,
        who: Somebody,
        now: int,
        record: Record | None,
        why: str,
    ) -> None:
        self.workspace = workspace
        self.draw = draw
        self.counter = counter
        self.who = who
        self.now = now
        self.record = record
        self.why = why
        self.touched: set[Slot] = set()  # runs that ended or went on: the record does not start them
        self.started: set[Slot] = set()  # by the record
        self.todo: list[Callable[[], None]] = []  # what is to be done when no run is going on
        self.begun: list[Run] = []
        self.failed = False  # whether the step before failed

    def happens(self) -> None:
        """Everything that happens at this instant."""
        who, record = self.who, self.record
        merged, who.entered_or_left = who.entered_or_left, []
        for audience, entered in merged:
            self._starts_by(audience, entered, direct=True)
        self._audiences(direct=record is not None)
        if record is not None and record.quiet:
            return
        if record is not None:
            self._goals(record)
        self._exits(record)
        waiting = [run for run in who.runs if record is not None and self._waits_for(run, record)]
        self._resume(waiting, record)
        for run in list(who.runs):
            if not run.ended and run.until is not None and self.now >= run.until:
                self._time_is_up(run)
        if record is not None:
            self._start_on(record)
        self.do_the_rest()

    def occasion(self, journey: c.Journey, because: str) -> None:
        """A start by time alone."""
        self._start(journey, None, None, because, set())

    def is_told(self, record: Record) -> None:
        """An event about the business comes, which happens to nobody: members of an audience start."""
        for journey in self.workspace.journeys.values():
            for start in journey.starts:
                if (
                    isinstance(start, c.StartOnEvent)
                    and (start.event, start.audience in self.who.members) == (record.event, True)
                    and true(start.where, self._look(event=record))
                ):
                    self._start(journey, None, record, record.event, self.started)
        self.do_the_rest()

    def do_the_rest(self) -> None:
        """What has been set off, in turn, until nothing is left."""
        while self.todo:
            self.todo.pop(0)()

    def are_asked(self) -> None:
        """Two people have become one: audiences are asked, and what that starts waits for the record."""
        members = set(self.who.members)
        self._audiences()
        self.todo.clear()
        for audience in built_in_order(self.workspace):
            if (audience.name in members) != (audience.name in self.who.members):
                self.who.entered_or_left.append((audience.name, audience.name in self.who.members))

    def _look(self, run: Run | None = None, event: Record | None = None) -> Look:
        variables = run.variables if run is not None else {}
        at_hand = event or (run.event if run is not None else None)
        everybody = self.counter.people
        return Look(
            self.workspace,
            self.who,
            self.now,
            self.who.members,
            at_hand,
            variables=variables,
            everybody=everybody,
        )

    def _did(self, run: Run, kind: str, step: c.Step | None = None, **detail: Any) -> None:
        steps = run.journey.steps
        here = step or (steps[run.position] if run.position < len(steps) else None)
        name = here.id if here is not None else ""
        self.who.did.append(Did(self.now, kind, run.journey.name, run.number, name, detail))

    # -------------------------------------------------------------- audiences

    def _audiences(self, direct: bool = False, why: str = "") -> None:
        """Asks every audience, those first that others are built on."""
        who = self.who
        for audience in built_in_order(self.workspace):
            member = true(audience.condition, self._look())
            if member == (audience.name in who.members):
                continue
            (who.members.add if member else who.members.discard)(audience.name)
            kind = "entered" if member else "left"
            who.did.append(Did(self.now, kind, detail={"audience": audience.name, "why": why or self.why}))
            self._starts_by(audience.name, member, direct)

    def _starts_by(self, audience: str, entered: bool, direct: bool) -> None:
        """What entering or leaving an audience starts, once no run is going on."""
        word = "entering" if entered else "leaving"
        for journey in self.workspace.journeys.values():
            for start in journey.starts:
                if isinstance(start, c.StartOnAudience) and (start.audience, start.entering) == (
                    audience,
                    entered,
                ):
                    once = self.started if direct else set()
                    self.todo.append(
                        lambda journey=journey, once=once: self._start(
                            journey, self.record, None, f"{word} {audience}", once
                        )
                    )

    # --------------------------------------------------------- goals and exits

    def _goals(self, record: Record) -> None:
        for run in [*self.who.past, *self.who.runs]:
            goal = run.journey.goal
            if goal is None or run.converted or goal.event != record.event or record.at < run.since:
                continue
            over = run.ended if goal.within is None else record.at >= (run.goal_ends or 0)
            if not over and true(goal.where, self._look(run, record)):
                run.converted = True
                self._did(run, "converted", event=record.event, arms=dict(run.arms))

    def _exits(self, record: Record | None) -> None:
        for exits in (self._exit_on, self._exit_when, self._end_of_time):
            for run in list(self.who.runs):
                reason = exits(run, record)
                if reason is not None and not run.ended:
                    self._end(run, reason)
                    self.touched.add(run.slot)

    def _exit_on(self, run: Run, record: Record | None) -> str | None:
        if record is None or record.at < run.since:
            return None
        for leaving in run.journey.exits:
            if (
                isinstance(leaving, c.ExitOnEvent)
                and record.event == leaving.event
                and true(leaving.where, self._look(run, record))
            ):
                return leaving.label
        return None

    def _exit_when(self, run: Run, record: Record | None = None) -> str | None:
        for leaving in run.journey.exits:
            if isinstance(leaving, c.ExitWhen) and true(leaving.condition, self._look(run)):
                return leaving.label
        return None

    def _end_of_time(self, run: Run, record: Record | None = None) -> str | None:
        length = run.journey.ends_after
        over = length is not None and run.ends is not None and self.now >= run.ends
        return f"ends after {in_words(length)}" if length is not None and over else None

    def _end(self, run: Run, because: str) -> None:
        self._did(run, "ended", because=because)
        run.ended = True
        run.until = run.asked = None
        self.who.runs.remove(run)
        self.who.past.append(run)
        self.who.ends.append((*run.slot, self.now))

    # ------------------------------------------------------------------ waits

    def _waits_for(self, run: Run, record: Record) -> bool:
        return not run.ended and any(self._is_awaited(run, way, record) for way in awaited(run))

    def _is_awaited(self, run: Run, way: c.WaitFor | c.Alternative, record: Record) -> bool:
        since = run.since if isinstance(way, c.WaitFor) and way.since_start else run.waits_since
        return (
            record.event == way.event
            and record.at >= since
            and self._is_about(run, way.of, record)
            and true(way.where, self._look(run, record))
        )

    def _is_about(self, run: Run, message: str | None, record: Record) -> bool:
        """Whether a reaction is about the message of this run: that very one by its id, else any of that name."""
        id = record.properties.get("message_id")
        if message is None or not id:
            return message is None or record.properties.get("message") == message
        sent = [did for did in self.who.did if did.kind == "sent" and did.run == run.number]
        return any(did.detail["message"] == message and did.detail["id"] == id for did in sent)

    def _resume(self, waiting: list[Run], record: Record | None) -> None:
        """Those that waited for a record go on, unless one before them has changed that."""
        for run in waiting:
            if record is None or run.ended or not self._waits_for(run, record):
                continue
            self.touched.add(run.slot)
            self._take(run, next(way for way in awaited(run) if self._is_awaited(run, way, record)), record)
            self._go_on(run)

    def _take(self, run: Run, way: c.WaitFor | c.Alternative, record: Record) -> None:
        self._did(run, "branched", branch="happened" if isinstance(way, c.WaitFor) else way.label)
        if way.alias is not None:
            run.variables[way.alias] = record
        self._leaves(run)
        run.position = way.happened if isinstance(way, c.WaitFor) else way.target

    def _leaves(self, run: Run) -> None:
        """A wait that stands in a `repeat` looks, in a later round, from where it was left."""
        step = run.journey.steps[run.position]
        run.left[step.id] = self.who.records[-1][0] if self.who.records else 0

    def _time_is_up(self, run: Run) -> None:
        step = run.journey.steps[run.position]
        self.touched.add(run.slot)
        if isinstance(step.operation, c.WaitFor | c.WaitForFirst):
            self._did(run, "branched", branch="timed out")
            self._leaves(run)
            run.position = step.operation.timed_out
        elif not isinstance(step.operation, c.Send):  # one that was held is asked again
            run.position = step.next
        self._go_on(run)

    # ----------------------------------------------------------------- starts

    def _start_on(self, record: Record) -> None:
        for journey in self.workspace.journeys.values():
            for start in journey.starts:
                if (
                    isinstance(start, c.StartOnEvent)
                    and start.event == record.event
                    and true(start.where, self._look(event=record))
                ):
                    self._start(journey, record, record, record.event, self.started)

    def _key(self, journey: c.Journey, event: Record | None) -> str:
        if journey.one_per is None:
            return ""
        found = encoded(meaning_of(journey.one_per, self._look(event=event)))
        return "" if found is None else str(found)

    def _start(
        self, journey: c.Journey, record: Record | None, event: Record | None, because: str, once: set[Slot]
    ) -> None:
        """A start, unless the record has done its part already or the journey's guards are against it."""
        slot = journey.name, self._key(journey, event)
        if (record is not None and slot in self.touched) or slot in once:
            return
        once.add(slot)
        if not self._refused(journey, slot):
            self._begin(journey, slot[1], event, because, self.now if event is None else event.at)

    def _refused(self, journey: c.Journey, slot: Slot) -> bool:
        """Whether a guard of the journey is against another run now."""
        if any(run.slot == slot for run in self.who.runs):
            return True
        ends = [at for name, key, at in self.who.ends if (name, key) == slot]
        if not ends or journey.again == "always":
            return False
        if journey.again == "never":
            return True
        assert journey.again_after is not None
        return self.now < on_the_clock(max(ends), journey.again_after, zone_for(journey, self._look()))

    def _begin(self, journey: c.Journey, key: str, event: Record | None, because: str, since: int) -> None:
        if len(self.begun) == MOST_STARTS:
            self.who.did.append(Did(self.now, "failed", journey.name))
            self.todo.clear()
            return
        self.counter.runs += 1
        run = Run(self.counter.runs, journey, key, self.now, since, event, self.counter.said)
        for start in journey.starts if event is not None else ():
            if isinstance(start, c.StartOnEvent) and start.alias is not None and start.event == event.event:
                run.variables[start.alias] = event
        if journey.ends_after is not None:
            run.ends = on_the_clock(self.now, journey.ends_after, self._zone(run))
        if journey.goal is not None and journey.goal.within is not None:
            run.goal_ends = on_the_clock(since, journey.goal.within, self._zone(run))
        self.begun.append(run)
        self.who.runs.append(run)
        self._did(run, "started", because=because)
        reason = self._exit_when(run)
        if reason is not None:
            self._end(run, reason)
        else:
            self._go_on(run)

    # ------------------------------------------------------------------ steps

    def _go_on(self, run: Run, failed: bool = False) -> None:
        """Carries out steps until the run waits or ends. `failed`: whether the step it stood at did."""
        run.until = None
        self.failed = failed
        while not run.ended:
            if run.position == len(run.journey.steps):
                self._end(run, "finished")
                return
            step = run.journey.steps[run.position]
            failed_before, self.failed = self.failed, False
            if isinstance(step.operation, c.IfFailed):
                self._did(run, "branched", branch="if failed" if failed_before else "else")
                run.position = step.operation.failed if failed_before else step.operation.otherwise
            elif _STEPS[type(step.operation)](self, run, step, step.operation):
                return

    def _zone(self, run: Run) -> dt.tzinfo:
        return zone_for(run.journey, self._look(run))

    def _wait(self, run: Run, step: c.Step, operation: c.Wait) -> bool:
        tz = self._zone(run)
        if operation.working is None:
            return self._until(run, step, on_the_clock(self.now, operation.duration, tz))
        here = clock(self.now, tz).replace(tzinfo=None)
        where = meaning_of(operation.working, self._look(run))
        day = moved(here.date(), operation.duration.days, where)
        return self._until(run, step, first_instant(dt.datetime.combine(day, here.time()), tz))

    def _next_working(self, run: Run, operation: c.WaitUntil, day: dt.date) -> dt.date:
        """The day itself, or the first after it, that `on …` allows."""
        assert operation.working is not None
        where = meaning_of(operation.working, self._look(run))
        while day.weekday() not in operation.days and not works(day, where):
            day += dt.timedelta(days=1)
        return day

    def _wait_until(self, run: Run, step: c.Step, operation: c.WaitUntil) -> bool:
        tz = self._zone(run)
        if operation.moment is None:
            assert operation.at is not None
            if operation.working is not None:
                day = clock(self.now, tz).date()
                while (
                    found := first_instant(
                        dt.datetime.combine(self._next_working(run, operation, day), operation.at), tz
                    )
                ) < self.now:
                    day += dt.timedelta(days=1)
                return self._until(run, step, found)
            return self._until(run, step, next_clock_time(self.now, operation.at, operation.days, tz))
        found = meaning_of(operation.moment, self._look(run))
        if found is None:
            return self._fail(run, step)
        if isinstance(found, int) and operation.at is not None:
            found = clock(found, tz).date()
        if operation.working is not None and isinstance(found, dt.date):
            found = self._next_working(run, operation, found)
        if isinstance(found, dt.datetime):
            found = first_instant(found, tz)
        elif isinstance(found, dt.date):
            found = first_instant(dt.datetime.combine(found, operation.at or dt.time(0)), tz)
        return self._until(run, step, found)

    def _fail(self, run: Run, step: c.Step) -> bool:
        self._did(run, "failed")
        self.failed = True
        run.position = step.next
        return False

    def _until(self, run: Run, step: c.Step, moment: int) -> bool:
        if moment <= self.now:
            run.position = step.next
            return False
        run.until = moment
        self._did(run, "waiting", until=moment)
        return True

    def _wait_for(self, run: Run, step: c.Step, operation: c.WaitFor) -> bool:
        if operation.since_start:
            for order, record in happened_in_order(self._look(run), operation.event):
                if order > max(run.cause_order, run.left.get(step.id, 0)) and self._is_awaited(
                    run, operation, record
                ):
                    self._take(run, operation, record)
                    return False
        return self._looks_out(run, operation, operation.event)

    def _wait_for_first(self, run: Run, step: c.Step, operation: c.WaitForFirst) -> bool:
        return self._looks_out(run, operation, "first of")

    def _looks_out(self, run: Run, operation: c.WaitFor | c.WaitForFirst, what: str) -> bool:
        run.waits_since = self.now
        if operation.up_to is not None:
            run.until = on_the_clock(self.now, operation.up_to, self._zone(run))
        self._did(run, "waiting", until=run.until, **{"for": what})
        return True

    def _call(self, run: Run, step: c.Step, operation: c.CallWebhook) -> bool:
        said = {
            name: encoded(meaning_of(expr, self._look(run)), expr.type.kind)
            for name, expr in operation.values
        }
        said = {name: found for name, found in said.items() if found not in (None, "")}
        self.counter.said += 1
        run.asked = Asked(self.counter.said, self.now, operation.webhook, said)
        self._did(run, "called", webhook=operation.webhook, said=said)
        return True

    def answered(self, run: Run, values: dict[str, Any] | None) -> None:
        """The answer of a webhook comes, or (None) it is known that none will."""
        step = run.journey.steps[run.position]
        assert isinstance(step.operation, c.CallWebhook)
        run.asked = None
        if values is None:
            self._fail(run, step)
        else:
            name = step.operation.webhook
            run.variables[step.operation.alias] = Record("", name, self.now, self.now, {}, values)
            self._did(run, "answered", webhook=name)
            run.position = step.next
        self._go_on(run, failed=values is None)
        self.do_the_rest()

    def _branch(self, run: Run, step: c.Step, operation: c.Branch) -> bool:
        for label, condition, target in operation.arms:
            if true(condition, self._look(run)):
                self._did(run, "branched", branch=label)
                run.position = target
                return False
        self._did(run, "branched", branch="otherwise" if step.label.startswith("match") else "else")
        run.position = operation.otherwise
        return False

    def _split(self, run: Run, step: c.Step, operation: c.Split) -> bool:
        drawn = self.draw(self.who.key, run.journey.name, operation)
        run.arms[operation.name] = drawn
        self._did(run, "split", split=operation.name, arm=drawn)
        run.position = next(arm.target for arm in operation.arms if arm.name == drawn)
        return False

    def _send(self, run: Run, step: c.Step, operation: c.Send) -> bool:
        message = self.workspace.messages[operation.message]
        run.reached = self.now if run.reached is None else run.reached
        if operation.expires is not None and self.now >= on_the_clock(
            run.reached, operation.expires, self._zone(run)
        ):
            return self._not_sent(run, step, message, {"": "expired"})
        found, reasons = ways(self.workspace, self.who, message, operation.channels, self._look(run))
        if not found:
            return self._not_sent(run, step, message, reasons)
        way = found[0]
        silence = quiet(self.workspace, way.channel, self._look(run))
        if silence is None:
            args = {name: meaning_of(expr, self._look(run)) for name, expr in operation.args}
            self.counter.said += 1
            sent = {"message": message.name, "channel": way.channel, "address": way.address, "args": args}
            offered, goods = self._shown(run, message, way.channel)
            self._did(run, "sent", id=f"m{self.counter.said}", **sent)
            for detail in offered:
                self._did(run, "offered", **detail)
            if offered:
                self._audiences_and_exits()
            for detail in goods:
                self._did(run, "recommended", **detail)
        elif silence[0].drop:
            return self._not_sent(run, step, message, {way.channel: silence[0].label})
        else:
            run.until = silence[1] + delay(self.who.key, run.journey.name, step.id)
            if operation.expires is not None:
                expires = on_the_clock(run.reached, operation.expires, self._zone(run))
                run.until = min(run.until, expires)
            self._did(run, "held", message=message.name, channel=way.channel, until=run.until)
            return True
        run.reached = None
        run.position = step.next
        return False

    def _shown(
        self, run: Run, message: c.Message, channel: str
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """What a message offers, and what it recommends."""
        look = self._look(run)
        variant = fitting(message, channel, look)
        assert variant is not None
        decisions, recommendations = self.workspace.decisions, self.workspace.recommendations
        offered = [
            {"decision": name, "offer": offer}
            for name in shown(variant, decisions)
            for offer in decided(decisions[name], look)
        ]
        goods = [
            {"recommendation": name, "items": recommended(recommendations[name], look)}
            for name in shown(variant, recommendations)
        ]
        return offered, goods

    def _not_sent(self, run: Run, step: c.Step, message: c.Message, reasons: dict[str, str]) -> bool:
        self._did(run, "not sent", message=message.name, because="; ".join(reasons.values()))
        run.reached = None
        run.position = step.next
        return False

    def _set(self, run: Run, step: c.Step, operation: c.SetField) -> bool:
        found = encoded(meaning_of(operation.value, self._look(run)), operation.type.kind)
        self._change(run, operation.target, found)
        run.position = run.position if run.ended else step.next
        return False

    def _change_list(self, run: Run, step: c.Step, operation: c.ChangeList) -> bool:
        assert operation.type.of is not None
        item = encoded(meaning_of(operation.value, self._look(run)), operation.type.of.kind)
        known = self.who.value(operation.target)
        if known is None:
            known = self.workspace.profile[operation.target].default
        items = list(known or ())
        if item not in (None, ""):
            if not operation.adds:
                items = [other for other in items if other != item]
            elif item not in items:
                items.append(item)
        self._change(run, operation.target, items)
        run.position = run.position if run.ended else step.next
        return False

    def _change(self, run: Run, field: str, found: Any) -> None:
        """The person's field changes, and what follows from that follows at once."""
        self.counter.said += 1
        self.who.said.append(Said(field, found, self.now, self.counter.said, JOURNEY))
        self._did(run, "set", field=field, value=found)
        self._audiences_and_exits()

    def _audiences_and_exits(self) -> None:
        """What follows at once from a change of the person."""
        self._audiences(why="change")
        for other in list(self.who.runs):
            reason = self._exit_when(other)
            if reason is not None:
                self._end(other, reason)
                if other not in self.begun:
                    self.touched.add(other.slot)

    def _emit(self, run: Run, step: c.Step, operation: c.EmitEvent) -> bool:
        said = {
            name: found
            for name, expr, type in operation.values
            if (found := encoded(meaning_of(expr, self._look(run)), type.kind)) is not None
        }
        self.counter.said += 1
        order = self.counter.said
        record = Record(f"emitted {order}", operation.event, self.now, self.now, {}, said)
        self._did(run, "emitted", event=operation.event)
        run.position = step.next
        self.who.records.append((order, record))
        before, self.touched = self.touched, set()
        self._audiences(why="event")
        self._goals(record)
        self._exits(record)
        touched, self.touched = self.touched, before
        waiting = [other for other in self.who.runs if other is not run and self._waits_for(other, record)]
        self.todo.append(lambda: self._follow(record, waiting, touched))
        return False

    def _follow(self, record: Record, waiting: list[Run], touched: set[Slot]) -> None:
        """What an event of a journey's own resumes and starts."""
        before = self.record, self.touched, self.started
        self.record, self.touched, self.started = record, touched, set()
        self._resume(waiting, record)
        self._start_on(record)
        self.record, self.touched, self.started = before

    def _enter(self, run: Run, step: c.Step, operation: c.EnterJourney) -> bool:
        self.todo.append(lambda: self._begin_another(run, step, operation.journey))
        run.position = step.next
        return False

    def _begin_another(self, run: Run, step: c.Step, name: str) -> None:
        journey = self.workspace.journeys[name]
        key = self._key(journey, run.event)
        if self._refused(journey, (name, key)):
            self._did(run, "not entered", step, other=name)
        else:
            self._did(run, "enters", step, other=name)
            self._begin(journey, key, run.event, f"entered from {run.journey.name}", self.now)

    def _repeat(self, run: Run, step: c.Step, operation: c.Repeat) -> bool:
        gone = run.rounds.get(step.id, 0)
        if gone == operation.times:
            self._did(run, "branched", branch="over")
            del run.rounds[step.id]
            run.position = step.next
        else:
            self._did(run, "branched", branch=f"{gone + 1} of {operation.times}")
            run.rounds[step.id] = gone + 1
            run.position = operation.body
        return False

    def _stop_repeating(self, run: Run, step: c.Step, operation: c.StopRepeating) -> bool:
        stops = true(operation.condition, self._look(run))
        self._did(run, "branched", branch="stops repeating" if stops else "repeats")
        if stops:
            run.rounds.pop(operation.loop, None)
        run.position = operation.target if stops else step.next
        return False

    def _stop(self, run: Run, step: c.Step, operation: c.Stop) -> bool:
        self._end(run, "stop")
        return True


_STEPS: dict[type, Callable[..., bool]] = {
    c.Wait: Instant._wait,
    c.WaitUntil: Instant._wait_until,
    c.WaitFor: Instant._wait_for,
    c.WaitForFirst: Instant._wait_for_first,
    c.CallWebhook: Instant._call,
    c.Branch: Instant._branch,
    c.Split: Instant._split,
    c.Send: Instant._send,
    c.SetField: Instant._set,
    c.ChangeList: Instant._change_list,
    c.EmitEvent: Instant._emit,
    c.EnterJourney: Instant._enter,
    c.Repeat: Instant._repeat,
    c.StopRepeating: Instant._stop_repeating,
    c.Stop: Instant._stop,
}
"""What each step does; true when the run stands still now."""


def awaited(run: Run) -> tuple[c.WaitFor | c.Alternative, ...]:
    """The events that a run waits for, those first that are written first."""
    if run.position == len(run.journey.steps):
        return ()
    operation = run.journey.steps[run.position].operation
    if isinstance(operation, c.WaitFor):
        return (operation,)
    return operation.alternatives if isinstance(operation, c.WaitForFirst) else ()


def next_clock_time(now: int, at: dt.time, days: frozenset[int], tz: dt.tzinfo) -> int:
    """The next instant, this one included, that is such a clock time on one of the days."""
    day = clock(now, tz).date() - dt.timedelta(days=1)
    while True:
        moment = first_instant(dt.datetime.combine(day, at), tz)
        if moment >= now and day.weekday() in days:
            return moment
        day += dt.timedelta(days=1)


def built_in_order(workspace: c.Workspace) -> Iterator[c.Audience]:
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
    yield from ordered.values()
