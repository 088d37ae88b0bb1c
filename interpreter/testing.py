"""The test runner: `test` blocks played on a clock of their own.

A test has one person. What its `profile` says before the clock first moves is known from the beginning and
starts no journeys, and so is what happened some time `ago`; `at` and `after` move the clock, and everything that
time brings on the way happens at its own instant. An `expect` looks at everything up to the clock. Clock times are
in the zone that the test says, else in that of its profile, else UTC; without `at` a test begins on 2026-01-01 at
0:00. What becomes of a message (it bounces, it is opened after two hours) is an event of the person like any other.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

from sojourn.dsl import ast, checked
from sojourn.dsl.source import NOWHERE, Span
from sojourn.dsl.values import SECOND, add_in_zone, local_to_instant, zone
from sojourn.interpreter.answering import answer_calls
from sojourn.interpreter.clock_of_tests import beginning, clock_zone, moved
from sojourn.interpreter.core.broadcasts import Broadcast, Entering, hear
from sojourn.interpreter.core.calls import Answer
from sojourn.interpreter.core.effects import FAILED, REFUSED, Activity, Effect, Outgoing
from sojourn.interpreter.core.intake import take_in
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.reactions import OWN
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.core.step import step
from sojourn.interpreter.coverage import Way, ways
from sojourn.interpreter.deciding import not_started, note_branches
from sojourn.interpreter.expectations import Happened, judge
from sojourn.interpreter.memory import MemoryPeople
from sojourn.interpreter.timeline import Entry, Line, clock_text, timeline

if TYPE_CHECKING:
    from sojourn.interpreter.compile import Program
    from sojourn.interpreter.why.log import Log

__all__ = ["Failure", "TestResult", "run_test", "run_tests"]


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
    log: Log | None = field(default=None, repr=False, compare=False)
    """What is recorded of the test's person, to ask why (`run_test(…, logs=True)`)."""

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
        self.entries: list[Entry] = []
        self.failures: list[Failure] = []
        self.forgiven: set[int] = set()
        self.records = 0
        self.choices = self._first_choices()
        self.answers = self._first_answers()
        self.reactions = self._first_reactions()
        self.due: list[tuple[int, int, Callable[[], None]]] = []
        """What is still to come of messages: a heap of (when, number, what to do)."""
        self.identifiers: dict[str, Any] = {}
        given = self._given_at_the_start()
        self.zone = clock_zone(self.workspace, test)
        self.now = beginning(test, self.zone)
        self.business = self.workspace.business
        self.number, self.person = self._meet(given)
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
                    self._take_in("", dict(item.values), {})
            elif isinstance(item, checked.Choose):
                self.choices[item.split] = item.arm
            elif isinstance(item, checked.Answered):
                self.answers[item.webhook] = self._answer(item)
            elif isinstance(item, checked.Reacts):
                self._react(item)
            elif isinstance(item, checked.Expectation):
                self._expect(item)
        self._failed_steps()
        lines = timeline(self.workspace, self.entries, self.zone) if self.failures else ()
        test = self.test
        sent = tuple(entry for entry in self.entries if isinstance(entry, Outgoing) and entry.message)
        return TestResult(
            test.name,
            test.span,
            tuple(self.failures),
            tuple(lines),
            ways(self.entries),
            frozenset(entry.event for entry in self.entries if isinstance(entry, Record)),
            test.case,
            test.row,
            sent,
            log=self._log(),
        )

    def _log(self) -> Log | None:
        if not self.logs:
            return None
        from sojourn.interpreter.why.log import from_entries

        return from_entries(self.program, self.number, self.person, self.now, self.entries, "this test")

    # ------------------------------------------------------------ beginning

    def _first_choices(self) -> dict[str, str]:
        choices: dict[str, str] = {}
        for item in self.test.items:
            if isinstance(item, checked.Choose):
                choices.setdefault(item.split, item.arm)
        return choices

    def _first_answers(self) -> dict[str, Answer]:
        answers: dict[str, Answer] = {}
        for item in self.test.items:
            if isinstance(item, checked.Answered):
                answers.setdefault(item.webhook, self._answer(item))
        return answers

    def _answer(self, said: checked.Answered) -> Answer:
        if not said.times_out:
            return Answer(said.values, said.because)
        webhook = self.workspace.webhooks[said.webhook]
        return Answer(None, f"{webhook.post} did not answer within {webhook.timeout / SECOND:g} seconds.")

    def _first_reactions(self) -> dict[str, list[checked.Reacts]]:
        """What becomes of each message before the test says something else of it."""
        first: dict[str, list[checked.Reacts]] = {}
        started = False
        for item in self.test.items:
            started = started or isinstance(item, checked.Clock)
            if isinstance(item, checked.Reacts) and (not started or item.message not in first):
                _put(first, item)
        return first

    def _react(self, item: checked.Reacts) -> None:
        if item not in self.reactions.get(item.message, ()):
            _put(self.reactions, item)

    def _given_at_the_start(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for item in self.test.items:
            if isinstance(item, checked.Clock):
                break
            if isinstance(item, checked.Given):
                values.update(item.values)
        return values

    def _meet(self, given: dict[str, Any]) -> tuple[int, Person]:
        """The test's person, with what is known of them at the start; an identifier is made up if need be."""
        names = [identifier.name for identifier in self.workspace.identifiers]
        self.identifiers = {name: given[name] for name in names if given.get(name)}
        if not self.identifiers:
            name = self._made_up_identifier(names)
            self.identifiers = {name: _MADE_UP.get(self.workspace.profile[name].type.kind, "test-person")}
        self._record("", {**self.identifiers, **given}, {}, quiet=True)
        return self.number, self.person

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
            self._record(event.event, dict(self.identifiers), dict(event.properties), quiet=True, at=at)

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
            self._take_in(event.event, dict(self.identifiers), dict(event.properties))
        return True

    def _take_in(self, event: str, profile: dict[str, Any], properties: dict[str, Any]) -> None:
        self._record(event, {**self.identifiers, **profile}, properties)

    def _record(
        self, event: str, profile: dict[str, Any], properties: dict[str, Any], quiet: bool = False,
        at: int | None = None, dataset: str = "",
    ) -> None:  # fmt: skip
        self.records += 1
        now = self.now
        record = Record(
            f"test-{self.records}", event, now if at is None else at, now, profile, properties, dataset, quiet
        )
        self.number, self.person, effects = take_in(self.program, self.people, record, now, self.choices)
        self.entries.append(record)
        self._came_of(effects)
        if self.telling and record.event and not quiet:
            self.entries += not_started(self.program, self.person, record, effects, now, self.zone)

    def _came_of(self, effects: list[Effect]) -> None:
        """Takes down what a step brought about; webhooks answer at once, and messages get their reactions."""
        effects = answer_calls(self.program, self.person, effects, self.now, self.answers, self.choices)
        self.entries.extend(effects)
        if self.telling:
            note_branches(self.program, self.person, effects, self.now, self.zone)
        for effect in effects:
            if isinstance(effect, Outgoing):
                for reaction in self.reactions.get(effect.message, ()):
                    self._plan(effect, reaction)
        while self.due and self.due[0][0] <= self.now:
            heapq.heappop(self.due)[2]()

    def _plan(self, message: Outgoing, reaction: checked.Reacts) -> None:
        """What becomes of a message that was just sent."""
        properties = {**reaction.properties, "message": message.message, "message_id": message.key}
        event = self.workspace.events.get(reaction.event)
        if event is not None and "channel" in event.fields:
            properties["channel"] = message.channel

        def happens() -> None:
            handed = [message.at, message.message, message.channel]
            if reaction.refused and handed in self.person.handed:
                self.person.handed.remove(handed)  # as live: what was never handed out does not count
            if reaction.refused:
                why = {
                    "message": message.message, "channel": message.channel, "because": reaction.because,
                    "key": message.key, "bounced": event is not None,
                }  # fmt: skip
                self.entries.append(
                    Activity(self.now, REFUSED, why, message.journey, message.run, message.step)
                )
            if event is not None:
                address = self.program.addresses.get(message.channel)
                about = {address: message.address} if address and message.address and reaction.refused else {}
                self._record(event.name, {**self.identifiers, **about}, properties, dataset=OWN)

        self.records += 1
        heapq.heappush(self.due, (add_in_zone(message.at, reaction.after, self.zone), self.records, happens))

    def _broadcast(self, what: Record | Entering) -> None:
        """Something about the business, or about existing members: the test's person hears of it now."""
        self.records += 1
        broadcast = Broadcast(self.records, self.now, what)
        if isinstance(what, Record):
            self.entries.append(what)
        self._came_of(hear(self.program, self.person, [broadcast], self.choices))

    def _enter_existing(self) -> None:
        """What a person is in from the beginning they did not enter in the test: they are existing members."""
        for entering in self.program.entering_existing():
            self._broadcast(entering)

    def _advance(self, moment: int) -> None:
        """Moves the clock; each thing that time brings happens at its own instant."""
        while True:
            wake = self.person.wake
            reaction = self.due[0][0] if self.due else None
            if reaction is not None and reaction <= moment and (wake is None or reaction < wake):
                self.now = max(self.now, reaction)
                heapq.heappop(self.due)[2]()
            elif wake is not None and wake <= moment:
                self.now = max(self.now, wake)
                self._came_of(step(self.program, self.person, None, self.now, self.choices))
            else:
                break
        self.now = moment
        self._came_of(step(self.program, self.person, None, moment, self.choices))

    # ------------------------------------------------------------- judging

    def _expect(self, expectation: checked.Expectation) -> None:
        syntax = expectation.syntax
        moment = None
        if isinstance(syntax, ast.ExpectSent) and isinstance(syntax.at, ast.Moment):
            tz = zone(syntax.zone.value) if syntax.zone is not None else self.zone
            moment = local_to_instant(dt.datetime.fromisoformat(syntax.at.value), tz)
        self._advance(max(self.now, moment or self.now))
        happened = Happened(self.program, self.person, self.now, self.zone, self.entries)
        text, forgiven = judge(expectation, happened, moment)
        self.forgiven |= forgiven
        if text:
            self._fail(expectation.span if expectation.span != NOWHERE else syntax.span, text)

    def _failed_steps(self) -> None:
        """A step that failed fails the test, unless `if failed` follows it or an expectation spoke of it."""
        for entry in self.entries:
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
                self._fail(
                    place.span if place is not None else self.test.span,
                    f"{label} failed at {self._say(entry.at)}: {entry.detail['because']}",
                )

    def _say(self, instant: int) -> str:
        return clock_text(instant, self.zone)

    def _fail(self, span: Span, text: str) -> None:
        self.failures.append(Failure(span, text))


def _put(reactions: dict[str, list[checked.Reacts]], item: checked.Reacts) -> None:
    """Says of a message what becomes of it: of failing and of each reaction the last word counts."""
    kept = [
        other
        for other in reactions.get(item.message, ())
        if not (other.event == item.event or (item.refused or other.refused))
    ]
    reactions[item.message] = [*kept, item]


_MADE_UP = {"email": "someone@example.com", "phone": "+15005550006", "integer": 1}
