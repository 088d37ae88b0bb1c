"""The test runner: `test` blocks played on a clock of their own.

A test has one person. What its `profile` says before the clock first moves is known from the beginning and
starts no journeys; `at` and `after` move the clock, and everything that time brings on the way happens at its
own instant. An `expect` looks at everything up to the clock. Clock times are in the time zone of the test's
profile, else UTC; without `at` a test begins on 2026-01-01 at 0:00.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sojourn.dsl import ast, checked
from sojourn.dsl.source import NOWHERE, Span
from sojourn.dsl.values import UTC, add_in_zone, local_to_instant, zone
from sojourn.interpreter.answering import advance_answering, answer_calls
from sojourn.interpreter.core.broadcasts import Broadcast, Entering, hear
from sojourn.interpreter.core.calls import Answer
from sojourn.interpreter.core.effects import FAILED, Activity
from sojourn.interpreter.core.intake import take_in
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.expectations import Happened, judge
from sojourn.interpreter.memory import MemoryPeople
from sojourn.interpreter.timeline import Entry, Line, clock_text, timeline

if TYPE_CHECKING:
    from sojourn.interpreter.compile import Program

__all__ = ["BEGINNING", "Failure", "TestResult", "run_tests"]

BEGINNING = dt.datetime(2026, 1, 1)
"""When a test begins that does not say `at`, as a clock time in its zone."""


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
    """What became of one test. `timeline` is empty when it passed; `visited` are the (journey, step id) it
    came through.
    """

    __test__ = False

    name: str
    span: Span
    failures: tuple[Failure, ...] = ()
    timeline: tuple[Line, ...] = ()
    visited: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return not self.failures


def run_tests(program: Program, tests: Iterable[checked.Test], filter: str | None = None) -> list[TestResult]:
    """Runs the tests in order; with `filter` only those whose name contains it (in any case)."""
    wanted = filter.casefold() if filter else ""
    return [_Play(program, test).run() for test in tests if wanted in test.name.casefold()]


class _Play:
    """One test while it is played."""

    def __init__(self, program: Program, test: checked.Test) -> None:
        self.program = program
        self.workspace = program.workspace
        self.test = test
        self.people = MemoryPeople()
        self.entries: list[Entry] = []
        self.failures: list[Failure] = []
        self.forgiven: set[int] = set()
        self.records = 0
        self.choices = self._first_choices()
        self.answers = self._first_answers()
        self.identifiers: dict[str, Any] = {}
        given = self._given_at_the_start()
        self.zone = self._zone(given)
        self.now = self._beginning()
        self.business = self.workspace.business
        self.number, self.person = self._meet(given)
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
                self.answers[item.webhook] = Answer(item.values, item.because)
            else:
                self._expect(item)
        self._failed_steps()
        lines = timeline(self.workspace, self.entries, self.zone) if self.failures else ()
        visited = frozenset(
            (entry.journey, entry.step)
            for entry in self.entries
            if isinstance(entry, Activity) and entry.step
        )
        return TestResult(self.test.name, self.test.span, tuple(self.failures), tuple(lines), visited)

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
                answers.setdefault(item.webhook, Answer(item.values, item.because))
        return answers

    def _given_at_the_start(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for item in self.test.items:
            if isinstance(item, checked.Clock):
                break
            if isinstance(item, checked.Given):
                values.update(item.values)
        return values

    def _zone(self, given: dict[str, Any]) -> dt.tzinfo:
        name = given.get(self.workspace.timezone_field or "")
        return zone(name) if name else UTC

    def _beginning(self) -> int:
        first = next((item for item in self.test.items if isinstance(item, checked.Clock)), None)
        return local_to_instant(first.at if first is not None and first.at else BEGINNING, self.zone)

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

    # ------------------------------------------------------------- playing

    def _clock(self, clock: checked.Clock) -> bool:
        if clock.at is not None:
            moment = local_to_instant(clock.at, self.zone)
            if moment < self.now:
                now = self._say(self.now)
                order = f"the clock cannot go back: it is already {now}; write what happens in order"
                self._fail(clock.span, order)
                return False
        else:
            assert clock.after is not None
            moment = add_in_zone(self.now, clock.after, self.zone)
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
        self, event: str, profile: dict[str, Any], properties: dict[str, Any], quiet: bool = False
    ) -> None:
        self.records += 1
        record = Record(f"test-{self.records}", event, self.now, self.now, profile, properties, quiet=quiet)
        self.number, self.person, effects = take_in(self.program, self.people, record, self.now, self.choices)
        effects = answer_calls(self.program, self.person, effects, self.now, self.answers, self.choices)
        self.entries.append(record)
        self.entries.extend(effects)

    def _broadcast(self, what: Record | Entering) -> None:
        """Something about the business, or about existing members: the test's person hears of it now."""
        self.records += 1
        broadcast = Broadcast(self.records, self.now, what)
        if isinstance(what, Record):
            self.entries.append(what)
        self.entries.extend(hear(self.program, self.person, [broadcast], self.choices))

    def _enter_existing(self) -> None:
        """What a person is in from the beginning they did not enter in the test: they are existing members."""
        for entering in self.program.entering_existing():
            self._broadcast(entering)

    def _advance(self, moment: int) -> None:
        """Moves the clock; each thing that time brings happens at its own instant."""
        self.entries.extend(advance_answering(self.program, self.person, moment, self.answers, self.choices))
        self.now = moment

    # ------------------------------------------------------------- judging

    def _expect(self, expectation: checked.Expectation) -> None:
        syntax = expectation.syntax
        moment = None
        if isinstance(syntax, ast.ExpectSent) and syntax.at is not None:
            moment = local_to_instant(dt.datetime.fromisoformat(syntax.at.value), self.zone)
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


_MADE_UP = {"email": "someone@example.com", "phone": "+15005550006", "integer": 1}
