"""The test runner: `test` blocks played on a clock of their own.

A test has one person, that of `profile`, and as many others as `person ben …` introduces. What is said of them before
the clock first moves is known from the beginning and starts no journeys, and so is what happened some time `ago`; `at`
and `after` move the clock, and everything that time brings on the way happens at its own instant. An `expect` looks at
everything that happened to its person up to the clock. Clock times are in the zone that the test says, else in that of
its profile (of the first person where there is no profile), else UTC; without `at` a test begins on 2026-01-01 at 0:00.
What becomes of a message (it bounces, it is opened after two hours) is an event of the person like any other.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

from sojourn.dsl import ast, checked
from sojourn.dsl.source import NOWHERE, Span
from sojourn.dsl.values import SECOND, add_in_zone, local_to_instant, zone
from sojourn.interpreter.answering import answer_calls
from sojourn.interpreter.core.broadcasts import Broadcast, Entering, hear
from sojourn.interpreter.core.calls import Answer
from sojourn.interpreter.core.effects import FAILED, REFUSED, Activity, Effect, Outgoing
from sojourn.interpreter.core.intake import take_in
from sojourn.interpreter.core.reactions import OWN
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.core.step import step
from sojourn.interpreter.memory import MemoryPeople
from sojourn.interpreter.testing.cast import NOBODY, Cast, Member
from sojourn.interpreter.testing.clock import beginning, clock_zone, moved
from sojourn.interpreter.testing.coverage import Way, ways
from sojourn.interpreter.testing.deciding import not_started, note_branches
from sojourn.interpreter.testing.expectations import Happened, judge
from sojourn.interpreter.timeline import Line, clock_text, timeline

if TYPE_CHECKING:
    from sojourn.interpreter.compile import Program
    from sojourn.interpreter.why.log import Log

__all__ = ["Failure", "TestResult", "run_test", "run_tests"]

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that came out otherwise: the place of the expectation, and what happened instead in a
    sentence.
    """

    span: Span
    text: str

    def __str__(self) -> str:
        return f"{self.span}: {self.text}"


@dataclass(frozen=True, slots=True)
class TestResult:
    """What became of one test, or of one case of its table. `timeline` is empty when it passed; `ways` are the
    (journey, step id, what it did there) it came through: see `Way`; `events` are the kinds of events that happened;
    `sent` are the messages as they were rendered, in order. `seconds` is how long it took.
    """

    __test__ = False

    name: str
    span: Span
    failures: tuple[Failure, ...] = ()
    timeline: tuple[Line, ...] = ()
    ways: frozenset[Way] = field(default=frozenset(), repr=False)
    events: frozenset[str] = field(default=frozenset(), repr=False)
    case: str = ""
    row: Span = NOWHERE
    sent: tuple[Outgoing, ...] = field(default=(), repr=False, compare=False)
    seconds: float = field(default=0.0, compare=False)
    logs: tuple[tuple[str, Log], ...] = field(default=(), repr=False, compare=False)
    """What is recorded of each of its people by name, "" for that of `profile`: with `run_test(…, logs=True)`."""

    @property
    def title(self) -> str:
        """The test's name, with that of its case."""
        return f"{self.name}: {self.case}" if self.case else self.name

    @property
    def visited(self) -> frozenset[tuple[str, str]]:
        """The (journey, step id) it came through."""
        return frozenset((journey, step) for journey, step, _ in self.ways)

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return not self.failures


def run_tests(program: Program, tests: Iterable[checked.Test], filter: str | None = None) -> list[TestResult]:
    """Runs the tests in order; with `filter` only those whose name (or case) contains it (in any case)."""
    wanted = filter.casefold() if filter else ""
    return [run_test(program, test) for test in tests if wanted in test.title.casefold()]


def run_test(program: Program, test: checked.Test, logs: bool = False) -> TestResult:
    """Plays one test to its end. With `logs` the result keeps what was recorded."""
    began = perf_counter()
    result = _Play(program, test, logs=logs).run()
    if result.failures:
        # Once more, slower, to tell by which values it came out so.
        result = _Play(program, test, telling=True, logs=logs).run()
    return replace(result, seconds=perf_counter() - began)


class _Play:
    """One test while it is played."""

    def __init__(
        self, program: Program, test: checked.Test, telling: bool = False, logs: bool = False
    ) -> None:
        self.logs = logs
        self.program = program
        self.telling = telling
        self.workspace = program.workspace
        self.test = test
        self.people = MemoryPeople()
        self.cast = Cast(self.people)
        self.failures: list[Failure] = []
        self.forgiven: set[int] = set()
        self.records = 0
        # What is said for one person alone goes before what is said for all (None).
        self.choices = self._first_choices()
        self.answers = self._first_answers()
        self.reactions = self._first_reactions()
        self.due: list[tuple[int, int, Callable[[], None]]] = []
        """What is still to come of messages: a heap of (when, number, what to do)."""
        given = self._given_at_the_start()
        self.zone = clock_zone(self.workspace, test)
        self.now = beginning(test, self.zone)
        self.business = self.workspace.business
        for name, values in given.items():
            self._meet(name, values)
        self._remember()
        self._enter_existing()

    def run(self) -> TestResult:
        started = False
        for item in self.test.items:
            if isinstance(item, checked.Clock):
                started = True
                if not self._clock(item):
                    break
            elif isinstance(item, checked.Given):
                if started:  # what was given before the clock moved is known already
                    self._take_in("", self.cast.members[item.who], dict(item.values), {})
            elif isinstance(item, checked.Choose):
                self.choices.setdefault(item.who, {})[item.split] = item.arm
            elif isinstance(item, checked.Answered):
                self.answers.setdefault(item.who, {})[item.webhook] = self._answer(item)
            elif isinstance(item, checked.Reacts):
                self._react(item)
            elif isinstance(item, checked.Expectation):
                self._expect(item)
        self._failed_steps()
        entries = self.cast.entries
        whose = self.cast.names_of_entries()
        lines = timeline(self.workspace, entries, self.zone, whose) if self.failures else ()
        test = self.test
        sent = tuple(entry for entry in entries if isinstance(entry, Outgoing) and entry.message)
        return TestResult(
            test.name,
            test.span,
            tuple(self.failures),
            tuple(lines),
            ways(entries),
            frozenset(entry.event for entry in entries if isinstance(entry, Record)),
            test.case,
            test.row,
            sent,
            logs=self._logs(),
        )

    def _logs(self) -> tuple[tuple[str, Log], ...]:
        if not self.logs:
            return ()
        from sojourn.interpreter.why.log import from_entries

        return tuple(
            (
                who.name,
                from_entries(
                    self.program, who.number, self.cast.person(who.name), self.now,
                    self.cast.history(who.name), "this test",
                ),
            )
            for who in self.cast
        )  # fmt: skip

    # ------------------------------------------------------------ beginning

    def _first_choices(self) -> dict[str | None, dict[str, str]]:
        choices: dict[str | None, dict[str, str]] = {}
        for item in self.test.items:
            if isinstance(item, checked.Choose):
                choices.setdefault(item.who, {}).setdefault(item.split, item.arm)
        return choices

    def _first_answers(self) -> dict[str | None, dict[str, Answer]]:
        answers: dict[str | None, dict[str, Answer]] = {}
        for item in self.test.items:
            if isinstance(item, checked.Answered):
                answers.setdefault(item.who, {}).setdefault(item.webhook, self._answer(item))
        return answers

    def _answer(self, said: checked.Answered) -> Answer:
        if not said.times_out:
            return Answer(said.values, said.because)
        webhook = self.workspace.webhooks[said.webhook]
        return Answer(None, f"{webhook.post} did not answer within {webhook.timeout / SECOND:g} seconds.")

    def _first_reactions(self) -> dict[tuple[str | None, str], list[checked.Reacts]]:
        """What becomes of each message, of one person or of all, before the test says something else of it."""
        first: dict[tuple[str | None, str], list[checked.Reacts]] = {}
        started = False
        for item in self.test.items:
            started = started or isinstance(item, checked.Clock)
            if isinstance(item, checked.Reacts) and (not started or (item.who, item.message) not in first):
                _put(first, item)
        return first

    def _react(self, item: checked.Reacts) -> None:
        if item not in self.reactions.get((item.who, item.message), ()):
            _put(self.reactions, item)

    def _given_at_the_start(self) -> dict[str, dict[str, Any]]:
        """What is said of each person before the clock moves: first that of `profile`, then the others in order."""
        values: dict[str, dict[str, Any]] = {}
        for item in self.test.items:
            if isinstance(item, checked.Clock):
                break
            if isinstance(item, checked.Given):
                values.setdefault(item.who, {}).update(item.values)
        if "" in values or not values:
            return {"": values.pop("", {}), **values}
        return values

    def _meet(self, who: str, given: dict[str, Any]) -> None:
        """A person of the test, with what is known of them at the start; an identifier is made up if need be."""
        names = [identifier.name for identifier in self.workspace.identifiers]
        identifiers = {name: given[name] for name in names if given.get(name)}
        if not identifiers:
            name = self._made_up_identifier(names)
            kind = self.workspace.profile[name].type.kind
            identifiers = {name: _made_up(kind, who, len(self.cast.members))}
        member = self.cast.members[who] = Member(who, identifiers)
        self._record("", member, {**identifiers, **given}, {}, quiet=True)

    def _made_up_identifier(self, names: list[str]) -> str:
        # One that is no address, where there is one: a person of whom nothing was said cannot be written to.
        plain = [name for name in names if self.workspace.profile[name].type.kind not in ("email", "phone")]
        return (plain or names)[0]

    def _remember(self) -> None:
        """What happened before the test began: known from the beginning, as after an import of old records."""
        happened = [
            (add_in_zone(self.now, item.ago, self.zone, -1), event)
            for item in self.test.items
            if isinstance(item, checked.Before)
            for event in item.events
        ]
        for at, event in sorted(happened, key=lambda found: found[0]):
            who = self.cast.members[event.who]
            self._record(event.event, who, dict(who.identifiers), dict(event.properties), quiet=True, at=at)

    # ------------------------------------------------------------- playing

    def _clock(self, clock: checked.Clock) -> bool:
        moment = moved(self.now, clock, self.zone)
        if moment < self.now:
            now = self._say(self.now)
            order = f"the clock cannot go back: it is already {now}; write what happens in order"
            self._fail(clock.span, order)
            return False
        self._advance(moment)
        for event in clock.events:
            if event.event in self.business:
                self._broadcast(
                    Record(
                        f"test-business-{self.records}",
                        event.event,
                        self.now,
                        self.now,
                        {},
                        dict(event.properties),
                    )
                )
                continue
            self._take_in(event.event, self.cast.members[event.who], {}, dict(event.properties))
        return True

    def _take_in(self, event: str, who: Member, profile: dict[str, Any], properties: dict[str, Any]) -> None:
        self._record(event, who, {**who.identifiers, **profile}, properties)

    def _record(
        self, event: str, who: Member | None, profile: dict[str, Any], properties: dict[str, Any],
        quiet: bool = False, at: int | None = None, dataset: str = "",
    ) -> None:  # fmt: skip
        """Something comes in, which the test says of `who` (None: of nobody whom it names)."""
        self.records += 1
        now = self.now
        record = Record(
            f"test-{self.records}", event, now if at is None else at, now, profile, properties, dataset, quiet
        )
        choices = self._for(self.choices, None if who is None else who.number)
        number, person, effects = take_in(self.program, self.people, record, now, choices)
        if who is not None:
            self.cast.stands_for(who, number)
        self.cast.settle()
        self.cast.tell(number, [record])
        self._came_of(number, effects)
        if self.telling and record.event and not quiet:
            reasons = not_started(self.program, person, record, effects, now, self.zone)
            self.cast.tell(number, reasons)

    def _for(self, said: dict[str | None, dict[str, V]], number: int | None) -> dict[str, V]:
        """What the test says for all, and for those who stand for that person."""
        found = said.get(None, {})
        for member in self.cast.named(number) if number is not None else ():
            if member.name in said:
                found = {**found, **said[member.name]}
        return found

    def _came_of(self, number: int, effects: list[Effect]) -> None:
        """Takes down what a step brought about; webhooks answer at once, and messages get their reactions."""
        person = self.people.load(number)
        answers, choices = self._for(self.answers, number), self._for(self.choices, number)
        effects = answer_calls(self.program, person, effects, self.now, answers, choices)
        self.cast.tell(number, effects)
        if self.telling:
            note_branches(self.program, person, effects, self.now, self.zone)
        for effect in effects:
            if isinstance(effect, Outgoing):
                for reaction in self._reactions(number, effect.message):
                    self._plan(number, effect, reaction)
        while self.due and self.due[0][0] <= self.now:
            heapq.heappop(self.due)[2]()

    def _reactions(self, number: int, message: str) -> list[checked.Reacts]:
        """What becomes of a message to somebody: what is said of them alone, else of all."""
        for member in self.cast.named(number):
            if (member.name, message) in self.reactions:
                return self.reactions[member.name, message]
        return self.reactions.get((None, message), [])

    def _plan(self, number: int, message: Outgoing, reaction: checked.Reacts) -> None:
        """What becomes of a message that was just sent to somebody."""
        member = next(iter(self.cast.named(number)), None)
        properties = {**reaction.properties, "message": message.message, "message_id": message.key}
        event = self.workspace.events.get(reaction.event)
        if event is not None and "channel" in event.fields:
            properties["channel"] = message.channel

        def happens() -> None:
            whom = number if member is None else member.number
            person = self.people.load(whom)
            handed = [message.at, message.message, message.channel]
            if reaction.refused and handed in person.handed:
                person.handed.remove(handed)  # as live: what was never handed out does not count
            if reaction.refused:
                why = {
                    "message": message.message, "channel": message.channel, "because": reaction.because,
                    "key": message.key, "bounced": event is not None,
                }  # fmt: skip
                refused = Activity(self.now, REFUSED, why, message.journey, message.run, message.step)
                self.cast.tell(whom, [refused])
            if event is not None:
                address = self.program.addresses.get(message.channel)
                about = {address: message.address} if address and message.address and reaction.refused else {}
                identifiers = self.cast.identifiers(whom)
                self._record(event.name, member, {**identifiers, **about}, properties, dataset=OWN)

        self.records += 1
        heapq.heappush(self.due, (add_in_zone(message.at, reaction.after, self.zone), self.records, happens))

    def _broadcast(self, what: Record | Entering) -> None:
        """Something about the business, or about existing members: everybody hears of it now."""
        self.records += 1
        broadcast = Broadcast(self.records, self.now, what)
        if isinstance(what, Record):
            self.cast.tell(NOBODY, [what])
        for number, person in list(self.people):
            choices = self._for(self.choices, number)
            self._came_of(number, hear(self.program, person, [broadcast], choices))

    def _enter_existing(self) -> None:
        """What a person is in from the beginning they did not enter in the test: they are existing members."""
        for entering in self.program.entering_existing():
            self._broadcast(entering)

    def _advance(self, moment: int) -> None:
        """Moves the clock; each thing that time brings happens at its own instant."""
        while True:
            woken = [(person.wake, number) for number, person in self.people if person.wake is not None]
            wake, number = min(woken, default=(None, NOBODY))
            reaction = self.due[0][0] if self.due else None
            if reaction is not None and reaction <= moment and (wake is None or reaction < wake):
                self.now = max(self.now, reaction)
                heapq.heappop(self.due)[2]()
            elif wake is not None and wake <= moment:
                self.now = max(self.now, wake)
                self._step(number)
            else:
                break
        self.now = moment
        for number, _ in list(self.people):
            self._step(number)

    def _step(self, number: int) -> None:
        """Time passes for somebody, up to the clock."""
        choices = self._for(self.choices, number)
        self._came_of(number, step(self.program, self.people.load(number), None, self.now, choices))

    # ------------------------------------------------------------- judging

    def _expect(self, expectation: checked.Expectation) -> None:
        syntax = expectation.syntax
        moment = None
        if isinstance(syntax, ast.ExpectSent) and isinstance(syntax.at, ast.Moment):
            tz = zone(syntax.zone.value) if syntax.zone is not None else self.zone
            moment = local_to_instant(dt.datetime.fromisoformat(syntax.at.value), tz)
        self._advance(max(self.now, moment or self.now))
        who = expectation.who
        happened = Happened(self.program, self.cast.person(who), self.now, self.zone, self.cast.history(who))
        text, forgiven = judge(expectation, happened, moment)
        self.forgiven |= forgiven
        if text and len(self.cast.members) > 1:
            text = f"{who or 'profile'}: {text}"
        if text:
            self._fail(expectation.span if expectation.span != NOWHERE else syntax.span, text)

    def _failed_steps(self) -> None:
        """A step that failed fails the test, unless `if failed` follows it or an expectation spoke of it."""
        for told in self.cast.told:
            entry = told.entry
            if (
                isinstance(entry, Activity)
                and entry.kind == FAILED
                and not (entry.detail.get("handled") or id(entry) in self.forgiven)
            ):
                declared = self.workspace.journeys.get(entry.journey)
                steps = declared.steps if declared is not None else ()
                place = next((s for s in steps if s.id == entry.step), None)
                label = (
                    f"“{place.label}” in {entry.journey}"
                    if place is not None
                    else entry.journey or "something"
                )
                if told.names and len(self.cast.members) > 1:
                    label = f"{told.names}: {label}"
                self._fail(
                    place.span if place is not None else self.test.span,
                    f"{label} failed at {self._say(entry.at)}: {entry.detail['because']}",
                )

    def _say(self, instant: int) -> str:
        return clock_text(instant, self.zone)

    def _fail(self, span: Span, text: str) -> None:
        self.failures.append(Failure(span, text))


def _put(reactions: dict[tuple[str | None, str], list[checked.Reacts]], item: checked.Reacts) -> None:
    """Says of a message what becomes of it: of failing and of each reaction the last word counts."""
    kept = [
        other
        for other in reactions.get((item.who, item.message), ())
        if not (other.event == item.event or (item.refused or other.refused))
    ]
    reactions[item.who, item.message] = [*kept, item]


def _made_up(kind: str, who: str, number: int) -> Any:
    """An identifier of somebody of whom the test says none: another one for each."""
    match kind:
        case "email":
            return f"{who or 'someone'}@example.com"
        case "phone":
            return f"+150055500{6 + number:02d}"
        case "integer":
            return 1 + number
    return who or "test-person"
