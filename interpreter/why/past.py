"""The person as they were at any moment, rebuilt from what is recorded.

The records go through the same core as they did live, with a program that has no journeys; what journeys did (a field
that was set, a message that went out, a run that ended) is put in from the record of it. So fields, counts and
audiences are those of that moment exactly, between two steps of one instant as well. What cannot be known any more
(events that were dropped after their time) is named in `missing`, and never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sojourn.dsl import checked
from sojourn.dsl.values import add_elapsed
from sojourn.interpreter.core import effects as did
from sojourn.interpreter.core.calls import HIDDEN
from sojourn.interpreter.core.doing import UNDOABLE
from sojourn.interpreter.core.effects import Activity, Effect
from sojourn.interpreter.core.encoding import encode
from sojourn.interpreter.core.intake import take_in
from sojourn.interpreter.core.moment import Moment, short_name
from sojourn.interpreter.core.person import Person, Run
from sojourn.interpreter.core.reactions import OWN, suppress
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.core.said import say
from sojourn.interpreter.core.step import advance, step
from sojourn.interpreter.memory import MemoryPeople

if TYPE_CHECKING:
    from sojourn.interpreter.compile.program import Program
    from sojourn.interpreter.why.log import Log

__all__ = ["Everybody", "Past", "without_journeys"]


def without_journeys(program: Program) -> Program:
    """The same rules with nobody to act on them: what is known of people, and no journeys."""
    from sojourn.interpreter.compile import compile_program

    own = replace(program.own, journeys={}, tests=())
    return compile_program(own, program.coder.codes, program.links)


@dataclass(slots=True)
class Everybody:
    """People at one moment. `last`: the number of whom the last record was about. `of_record`: record id -> number,
    `of_key`: a person's key -> number, both of whoever they had become by then. `turned`: (entered or left, audience,
    when) -> the numbers of those to whom it happened, as they were numbered at that instant.
    """

    people: MemoryPeople
    last: int
    of_record: dict[str, int]
    of_key: dict[str, int]
    turned: dict[tuple[str, str, int], list[int]]

    def happened_to(self, number: int, places: Iterable[int], log: Log) -> list[int]:
        """Those of the activities at some places in a log that happened to one of the people."""
        names = [f"-{short_name(key)}-" for key, whose in self.of_key.items() if whose == number]
        left = {
            what: sum(_survivor(self.people, one) == number for one in numbers)
            for what, numbers in self.turned.items()
        }
        found = []
        for place in places:
            done = log.activities[place]
            if done.run:
                mine = any(name in done.run for name in names)
            elif done.kind in (did.ENTERED, did.LEFT):
                what = (done.kind, done.detail["audience"], done.at)
                mine = left.get(what, 0) > 0
                left[what] = left.get(what, 0) - 1
            elif done.kind == did.MERGED:
                mine = self.of_key.get(done.detail["key"]) == number
            else:
                mine = True  # a start that was held back, a link that was refused: each is looked for beside its record
            if mine:
                found.append(place)
        return found


class Past:
    """Rebuilds one person from their log."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._bare: dict[str, Program] = {}
        self._emitted = {
            str(a.detail["record"]): place for place, a in enumerate(log.activities) if a.kind == did.EMITTED
        }
        self._place_of = {record.id: place for place, record in enumerate(log.records)}

    def bare(self, program: Program) -> Program:
        """A program without its journeys, made once."""
        found = self._bare.get(program.version)
        if found is None:
            found = self._bare[program.version] = without_journeys(program)
        return found

    # -------------------------------------------------------------- ways in

    def at(self, instant: int, program: Program | None = None) -> Person:
        """The person at an instant, with all that had come and happened by then. Raises LookupError where nothing of
        them was recorded by then.
        """
        records = [r for r in self.log.records if r.received <= instant]
        activities = [place for place, a in enumerate(self.log.activities) if a.at <= instant]
        return self._rebuilt(records, activities, instant, program or self.log.program_of(instant))

    def before(self, place: int, program: Program | None = None) -> Person:
        """The person as they were when the activity at `place` in the log was decided. Raises LookupError."""
        decided = self.log.activities[place]
        records = self._had_come(place)
        return self._rebuilt(
            records, list(range(place)), decided.at, program or self.log.program_of(decided.at), place
        )

    def everybody_at(self, instant: int, program: Program) -> Everybody:
        """Those who are one person now, as they were at an instant: several where they were joined later. Raises
        LookupError as `at` does.
        """
        records = [r for r in self.log.records if r.received <= instant]
        activities = [place for place, a in enumerate(self.log.activities) if a.at <= instant]
        return self._replayed(records, activities, instant, program)

    def run_at(self, place: int, after: bool = False) -> Run | None:
        """The run of an activity as far as conditions can see it: what started it, what its waits had caught; with
        `after`, what that activity itself has caught as well.
        """
        decided = self.log.activities[place]
        if not decided.run:
            return None
        begun = next((a for a in self.log.activities if a.run == decided.run and a.kind == did.STARTED), None)
        at = begun.at if begun is not None else decided.at
        run = Run(decided.run, decided.journey, at, at, "")
        journey = self.log.program_of(at).workspace.journeys.get(decided.journey)
        live = self.log.person.runs.get(decided.run)
        if begun is not None:
            run.event = self._caught(begun.detail.get("record"))
        elif live is not None:
            run.event = live.event
        if journey is None:
            return run
        if run.event is not None:
            for start in journey.starts:
                if (
                    isinstance(start, checked.StartOnEvent)
                    and start.event == run.event["event"]
                    and start.alias
                ):
                    run.variables[start.alias] = run.event
        operations = {s.id: s.operation for s in journey.steps}
        for earlier in self.log.activities[: place + after]:
            if earlier.run != decided.run:
                continue
            operation = operations.get(earlier.step)
            alias = _alias(operation, str(earlier.detail.get("branch", "")))
            if earlier.kind == did.BRANCHED and alias and "record" in earlier.detail:
                caught = self._caught(earlier.detail["record"])
                if caught is not None:
                    run.variables[alias] = caught
            elif (
                earlier.kind == did.ANSWERED
                and isinstance(operation, checked.CallWebhook)
                and live is not None  # the run has all of it, what is private as well
                and operation.alias in live.variables
            ):
                run.variables[operation.alias] = live.variables[operation.alias]
            elif earlier.kind == did.ANSWERED and isinstance(operation, checked.CallWebhook):
                said = {n: v for n, v in earlier.detail.get("answer", {}).items() if v != HIDDEN}
                run.variables[operation.alias] = {
                    "event": operation.webhook, "id": "", "at": earlier.at, "properties": said,
                }  # fmt: skip
        return run

    def missing(self, aggregate: checked.Aggregate, instant: int) -> int | None:
        """The instant before which events that this aggregate needed at `instant` are not stored any more; None when
        all that it needed is there.
        """
        before = self.log.dropped.get(aggregate.event)
        if before is None:
            return None
        window = aggregate.window
        if window is not None and window.last is not None:
            needed = add_elapsed(instant, window.last, -1)
        elif window is not None and window.since is not None:
            needed = window.since
        else:
            needed = self.log.person.first_seen
        return before if needed < before else None

    # ---------------------------------------------------------- what had come

    def _had_come(self, place: int) -> list[Record]:
        """The records that were there when an activity was decided: at its own instant, only those before it."""
        decided = self.log.activities[place]
        at = decided.at
        last, by_time = self._cause(place)
        found = []
        for number, record in enumerate(self.log.records):
            if record.received > at or self._emitted.get(record.id, -1) >= place:
                continue
            if record.received < at or record.id in self._emitted:
                found.append(record)
            elif last is not None:
                if number <= last:
                    found.append(record)
            elif not by_time:
                found.append(record)
        return found

    def _cause(self, place: int) -> tuple[int | None, bool]:
        """(the place of the record that brought an activity about, whether time alone did)."""
        activities = self.log.activities
        decided = activities[place]
        at = decided.at
        if decided.kind in (did.ENTERED, did.LEFT):
            return self._named_at(place, at), decided.detail.get("why") == "time"
        for number in range(place, -1, -1):
            other = activities[number]
            if other.at != at:
                break
            if other.run != decided.run or not decided.run:
                continue
            record = self._place_of.get(str(other.detail.get("record", "")))
            if record is not None and other.detail["record"] not in self._emitted:
                return record, False
            if other.kind == did.STARTED:
                return self._named_at(number, at), "occurrence" in other.detail or self._entered_by_time(
                    number
                )
        earlier = next(
            (a for a in reversed(activities[:place]) if a.run == decided.run and a.at < at and decided.run),
            None,
        )
        waited = earlier is not None and earlier.kind in (did.WAITING, did.HELD)
        by_time = waited and earlier is not None and earlier.detail.get("until") == at
        return (None, True) if by_time else (self._named_at(place, at), False)

    def _named_at(self, place: int, at: int) -> int | None:
        """The last record of an instant that something up to `place` names."""
        for number in range(place, -1, -1):
            other = self.log.activities[number]
            if other.at != at:
                return None
            record = self._place_of.get(str(other.detail.get("record", "")))
            if record is not None and other.detail["record"] not in self._emitted:
                return record
        return None

    def _entered_by_time(self, place: int) -> bool:
        begun = self.log.activities[place]
        for other in reversed(self.log.activities[:place]):
            if other.at != begun.at:
                return False
            if other.kind in (did.ENTERED, did.LEFT):
                return other.detail.get("why") == "time"
        return False

    def _caught(self, id: Any) -> dict[str, Any] | None:
        place = self._place_of.get(str(id))
        if place is None:
            return None
        record = self.log.records[place]
        at = min(record.at, record.received)
        return {"event": record.event, "id": record.id, "at": at, "properties": record.properties}

    # -------------------------------------------------------------- rebuilding

    def _rebuilt(
        self, records: list[Record], activities: list[int], instant: int, program: Program, place: int = -1
    ) -> Person:
        found = self._replayed(records, activities, instant, program)
        return self._concerned(found.people, found.people.load(found.last), place)

    def _replayed(
        self, records: list[Record], activities: list[int], instant: int, program: Program
    ) -> Everybody:
        """Everybody whom the records are about."""
        bare = self.bare(program)
        people = MemoryPeople()
        whose: dict[str, int] = {}
        of_record: dict[str, int] = {}
        of_key: dict[str, int] = {}
        turned: dict[tuple[str, str, int], list[int]] = {}

        def note(number: int, effects: Iterable[Effect]) -> None:
            for effect in effects:
                if isinstance(effect, Activity) and effect.kind in (did.ENTERED, did.LEFT):
                    turned.setdefault((effect.kind, effect.detail["audience"], effect.at), []).append(number)

        steps: list[tuple[int, int, int, Record | int]] = []
        for number, record in enumerate(records):
            if record.id not in self._emitted:
                steps.append((record.received, 0, number, record))
        taken = {record.id: record for record in records}
        for number in activities:
            steps.append((self.log.activities[number].at, 1, number, number))
        steps.sort(key=lambda one: one[:3])
        last = -1
        for _, _, _, what in steps:
            if isinstance(what, Record):
                last, effects = self._take(bare, people, what, last)
                of_record[what.id] = last
                note(last, effects)
                if last >= 0:
                    last = _survivor(people, last)
                    of_key.setdefault(people.load(last).key, last)
                continue
            done = self.log.activities[what]
            if last < 0:
                continue
            if done.run and done.run not in whose:
                whose[done.run] = _named_in(done.run, of_key, last)
            number = _survivor(people, whose.get(done.run, last))
            if done.kind == did.EMITTED:
                emitted = taken.get(str(done.detail["record"]))
                if emitted is not None:
                    of_record[emitted.id] = number
                    note(number, step(bare, people.load(number), emitted, emitted.received))
                continue
            note(number, self._redo(bare, people.load(number), what, instant))
        if last < 0:
            raise LookupError("nothing of this person was recorded by then")
        for number, person in people:
            if person.clock < instant:
                effects = []
                advance(bare, person, instant, None, effects)
                note(number, effects)
                person.clock = instant
            person.common = None
        for found in (of_record, of_key):
            found.update({name: _survivor(people, number) for name, number in found.items()})
        return Everybody(people, _survivor(people, last), of_record, of_key, turned)

    def _concerned(self, people: MemoryPeople, last: Person, place: int) -> Person:
        """Whom an activity was about, where two who became one later were still two: by the run's name, or by whose
        audiences turned at that instant."""
        if place < 0 or len(people) < 2:
            return last
        done = self.log.activities[place]
        for _, person in people:
            if done.run:
                if f"-{short_name(person.key)}-" in done.run:
                    return person
            elif done.kind == did.ENTERED and person.audiences.get(done.detail["audience"]) == done.at:
                return person
        if done.kind == did.LEFT and done.detail["audience"] in last.audiences:
            return next((p for _, p in people if done.detail["audience"] not in p.audiences), last)
        return last

    def _take(
        self, bare: Program, people: MemoryPeople, record: Record, last: int
    ) -> tuple[int, list[Effect]]:
        """Takes a record in as the intake did; the number of its person, and what followed from it."""
        now = record.received
        if record.event in self.log.program.business:
            return last, []  # about the business: it tells nothing of the person
        names = [identifier.name for identifier in bare.workspace.identifiers]
        if any(record.profile.get(name) for name in names):
            number, _, effects = take_in(bare, people, _copy(record), now)
            return number, effects
        if last >= 0:
            person = people.load(_survivor(people, last))
            self._suppress(bare, person, record, now)
            return last, step(bare, person, _copy(record), now)
        return last, []

    def _suppress(self, bare: Program, person: Person, record: Record, now: int) -> None:
        """A bounce that Sojourn met itself is about the address that was written to; that stands with the delivery."""
        delivery = self.log.deliveries.get(str(record.properties.get("message_id", "")))
        field = bare.addresses.get(str(record.properties.get("channel", "")))
        if record.dataset == OWN and delivery is not None and field is not None:
            profile = {field: delivery.address}
            suppress(
                bare, person, Record(record.id, record.event, now, now, profile, record.properties, OWN), now
            )

    def _redo(self, bare: Program, person: Person, place: int, upto: int) -> list[Effect]:
        """Puts in what a journey did, as it was known at `upto`; what followed from it for audiences."""
        effects: list[Effect] = []
        done = self.log.activities[place]
        detail = done.detail
        if person.wake is not None and person.wake <= done.at:
            advance(bare, person, done.at, None, effects)
            person.clock = max(person.clock, done.at)
        match done.kind:
            case did.SET:
                self._set(bare, person, place, effects)
            case did.SENT:
                if detail.get("channel") != "webhook" and not self._never_arrived(str(detail["key"]), upto):
                    person.handed.append([done.at, detail["message"], detail["channel"]])
            case did.OFFERED:
                person.given[detail["offer"]] = person.given.get(detail["offer"], 0) + 1
            case did.STARTED:
                person.counts[done.journey] = person.counts.get(done.journey, 0) + 1
            case did.ENDED:
                slot = self._slot(person, place)
                person.ended[slot] = max(done.at, person.ended.get(slot, done.at))
        return effects

    def _slot(self, person: Person, place: int) -> str:
        """Under which name the end of a run is remembered for its guards: that of its journey, and the value of `one
        per`, of which each has runs of its own.
        """
        done = self.log.activities[place]
        program = self.log.program_of(done.at)
        journey = program.journeys.get(done.journey)
        run = self.run_at(place) if journey is not None and journey.checked.one_per is not None else None
        if journey is None or run is None:
            return done.journey
        key = Moment(program, person, done.at, [], None, "event").key_of(journey, run.event)
        return f"{done.journey}/{key}" if key else done.journey

    def _never_arrived(self, key: str, at: int) -> bool:
        """What could never be handed out counts for no limit, from the moment that was known."""
        delivery = self.log.deliveries.get(key)
        if delivery is None or delivery.status != "failed":
            return False
        return delivery.done_at is not None and delivery.done_at <= at

    def _set(self, bare: Program, person: Person, place: int, effects: list[Effect]) -> None:
        done = self.log.activities[place]
        field = str(done.detail["field"])
        value = done.detail.get("value")
        if value == HIDDEN:
            value = self._hidden(person, place, field)
        before = person.fields.get(field)
        rule = bare.merges.get(field)
        if rule is not None:
            say(person, rule, field, value, done.at, f"journey {done.journey}")
        else:
            if value is None:
                person.fields.pop(field, None)
            else:
                person.fields[field] = value
            person.provenance[field] = [done.at, f"journey {done.journey}"]
        listeners = bare.field_listeners.get(field)
        if listeners is not None and value != before:
            moment = Moment(bare, person, max(done.at, person.clock), effects, None, "change")
            moment.audiences(listeners.touched(before, value, person.states))

    def _hidden(self, person: Person, place: int, field: str) -> Any:
        """A private value that a journey set is not in the record; what the step says is worked out again."""
        done = self.log.activities[place]
        program = self.log.program_of(done.at)
        journey = program.workspace.journeys.get(done.journey)
        meant = next((s.operation for s in journey.steps if s.id == done.step), None) if journey else None
        run = self.run_at(place)
        if not isinstance(meant, checked.SetField) or meant.target != field or run is None:
            return person.fields.get(field)
        properties = run.event["properties"] if run.event is not None else None
        try:
            value = program.coder.value(meant.value)(person, properties, run.variables, done.at)
            return encode(meant.type, value)
        except UNDOABLE:
            return person.fields.get(field)


def _alias(operation: Any, branch: str) -> str | None:
    if isinstance(operation, checked.WaitFor) and branch == "happened":
        return operation.alias
    if isinstance(operation, checked.WaitForFirst):
        return next((other.alias for other in operation.alternatives if other.label == branch), None)
    return None


def _named_in(run: str, of_key: dict[str, int], last: int) -> int:
    """The number of the person whose run it is, by its name; that of the last record where it names nobody known."""
    return next((number for key, number in of_key.items() if f"-{short_name(key)}-" in run), last)


def _survivor(people: MemoryPeople, number: int) -> int:
    for survivor, other in people.absorbed:
        if other == number:
            number = survivor
    return number


def _copy(record: Record) -> Record:
    return Record(
        record.id, record.event, record.at, record.received, dict(record.profile), record.properties,
        record.dataset, record.quiet,
    )  # fmt: skip
