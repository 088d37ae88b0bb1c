"""A `test` block played four ways: by the language's own runner, by the simulator, live over SQLite, by the oracle.

The runner judges for itself. What the others brought about is seen here in one plain form, and judged by what
docs/language.md says of each `expect`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import orjson

from sojourn.dsl import ast
from sojourn.dsl import checked as c
from sojourn.dsl.values import UTC, add_in_zone, local_to_instant, zone
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.calls import CALL
from sojourn.interpreter.core.effects import Activity, Outgoing
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.runtime.channels import Message
from sojourn.interpreter.runtime.common import StoredCommon
from sojourn.interpreter.runtime.control import say
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Outcome, Writer
from sojourn.interpreter.simulation.simulate import Simulation, simulate
from tests.oracle.meaning import true
from tests.oracle.people import Asked, Somebody
from tests.oracle.playing import HandClock
from tests.oracle.telling import Told, draw, told_by_oracle, told_by_simulation, told_by_store
from tests.oracle.world import Answer, Oracle

BEGINNING = dt.datetime(2026, 1, 1)


@dataclass
class Seen:
    """What came about so far. `said` are (kind, journey or message, because) of what can be expected."""

    sent: list[tuple[str, str, int, dict[str, str] | None]] = field(default_factory=list)
    said: list[tuple[str, str, str]] = field(default_factory=list)
    waiting: list[tuple[str, str]] = field(default_factory=list)  # (journey, the step's text)


Whom = tuple[str, str] | None
"""An identifier of the person who is looked at; None for the only one there is."""


class Way(Protocol):
    """One way of playing. `whom` is who is looked at."""

    whom: Whom

    def take(self, record: Record, now: int) -> None:
        """A record arrives."""

    def time(self, now: int) -> None:
        """Time passes."""

    def says(self, answered: c.Answered) -> None:
        """What a webhook answers from here on."""

    def seen(self) -> Seen:
        """What came about so far."""

    def holds(self, condition: c.Expr, now: int) -> bool:
        """Whether a condition is true of the person now."""

    def told(self) -> Told:
        """All of it, to be compared."""


class Live:
    """The writer over a store. Whenever the clock has moved, the store is closed and opened again.

    Where existing members are spoken of, the person is there before the journeys are. Webhooks are answered by
    the outcomes that the delivery would write down.
    """

    def __init__(self, program: Program, path: Path) -> None:
        self.program = program
        self.path = path
        self.clock = HandClock(0)
        self.store = Store.open(path)
        self.whom: Whom = None
        self.answers: dict[str, c.Answered] = {}
        self.came_first = bool(program.entering_existing())
        before = replace(program.workspace, journeys={}) if self.came_first else None
        self.writer = Writer(self.store, program if before is None else compile_program(before), self.clock)

    def take(self, record: Record, now: int) -> None:
        self.time(now)
        (receipt,) = self.writer.take([[record]])
        assert receipt.accepted == 1, receipt
        if self.came_first:
            self.came_first = False
            self.writer.use(self.program)
        self._answer()

    def says(self, answered: c.Answered) -> None:
        self.answers[answered.webhook] = answered

    def time(self, now: int) -> None:
        if now != self.clock.hands and not self.came_first:
            self.store.close()
            self.store = Store.open(self.path)
            self.writer = Writer(self.store, self.program, self.clock)
        if self.program.workspace.webhooks:  # each is answered at the instant at which it is asked
            while (due := self.writer.next_due()) is not None and due <= now:
                self.clock.hands = max(due, self.clock.hands)
                self._bring()
                self._answer()
        self.clock.hands = now
        self._bring()
        self._answer()

    def _bring(self) -> None:
        """All that is to be done up to now: what is due, what a program asks for, what everybody is to hear."""
        while self.writer.sweeping:
            self.writer.sweep()
        while self.writer.bring_due() or self.writer.spreading:
            if self.writer.spreading:
                self.writer.spread()
        while self.writer.drop_old():
            pass

    def _answer(self) -> None:
        """What is asked of webhooks is answered."""
        while True:
            rows = self.store.rows(
                "SELECT number, key, person, at, message, address, journey, run, step FROM outbox "
                "WHERE channel = ? AND status = 'pending' ORDER BY number",
                (CALL,),
            )
            if not rows:
                return
            for number, key, person, at, webhook, address, journey, run, step in rows:
                call = Message(number, key, person, at, webhook, CALL, address, {}, journey, run, step)
                said = self.answers.get(webhook)
                if said is not None and said.values is None:
                    outcome = Outcome(number, False, said.because, call=call)
                else:
                    values = {} if said is None else dict(said.values or {})
                    outcome = Outcome(number, True, call=call, answer=orjson.dumps(values).decode())
                self.writer.record_outcomes([outcome])

    def use(self, program: Program, move: bool) -> None:
        """From now on another program, by `sojourn run` or (`move`) by `sojourn deploy --move`."""
        self.program = program
        self.writer.use(program, move=move)
        self._bring()

    def by_hand(self, journey: str, action: str) -> None:
        """Something is said of a journey by hand."""
        say(self.path, journey, action, self.clock.hands)
        self.writer.take_controls()
        self._bring()

    def knows(self, record: Record) -> bool:
        """Whether a record has come before."""
        (receipt,) = self.writer.take([[record]])
        return receipt.duplicates == 1 and not receipt.accepted

    def refuses(self, record: Record) -> bool:
        """Whether a record is set aside."""
        (receipt,) = self.writer.take([[record]])
        return receipt.set_aside == 1 and not receipt.accepted

    def number(self) -> int:
        """The number of who is looked at."""
        if self.whom is None:
            ((number,),) = self.store.rows("SELECT number FROM person")
        else:
            ((number,),) = self.store.rows(
                "SELECT person FROM identifier WHERE namespace = ? AND value = ?", self.whom
            )
        return int(number)

    def person(self) -> Person:
        """Who is looked at."""
        ((document,),) = self.store.rows("SELECT document FROM person WHERE number = ?", (self.number(),))
        return Person.from_document(orjson.loads(document))

    def seen(self) -> Seen:
        seen = Seen()
        number = self.number()
        for at, message, channel, parts in self.store.rows(
            "SELECT at, message, channel, parts FROM outbox WHERE channel <> ? AND person = ? ORDER BY number",
            (CALL, number),
        ):
            seen.sent.append((message, channel, at, orjson.loads(parts)))
        for kind, journey, text in self.store.rows(
            "SELECT kind, journey, detail FROM activity WHERE person = ? ORDER BY number", (number,)
        ):
            detail = orjson.loads(text)
            seen.said.append((kind, detail.get("message", journey), str(detail.get("because", ""))))
        for run in self.person().runs.values():
            seen.waiting.append((run.journey, _label(self.program, run.journey, run.step)))
        return seen

    def holds(self, condition: c.Expr, now: int) -> bool:
        person = self.person()
        person.common = StoredCommon(self.store.connection)
        return bool(self.program.test(condition)(person, None, None, now))

    def told(self) -> Told:
        return told_by_store(self.store)


class Simulated:
    """The simulator: whenever somebody looks, all records so far are simulated from the beginning up to now."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.records: list[Record] = []
        self.now = 0
        self.whom: Whom = None
        self._simulation: Simulation | None = None

    def take(self, record: Record, now: int) -> None:
        self.records.append(record)
        self.time(now)

    def says(self, answered: c.Answered) -> None:
        raise AssertionError("nothing can be said of webhooks to the simulator")

    def time(self, now: int) -> None:
        self.now = now
        self._simulation = None

    @property
    def simulation(self) -> Simulation:
        """All up to now."""
        if self._simulation is None:
            self._simulation = simulate(self.program, self.records, until=self.now, keep_activity=True)
        return self._simulation

    def seen(self) -> Seen:
        seen = Seen()
        number, who = self.person()
        for entry in self.simulation.history[number]:
            if isinstance(entry, Outgoing) and entry.channel != CALL:
                seen.sent.append((entry.message, entry.channel, entry.at, entry.parts))
            elif isinstance(entry, Activity):
                detail = entry.detail
                name = detail.get("message", entry.journey)
                seen.said.append((entry.kind, name, str(detail.get("because", ""))))
        for run in who.runs.values():
            seen.waiting.append((run.journey, _label(self.program, run.journey, run.step)))
        return seen

    def person(self) -> tuple[int, Person]:
        """Who is looked at, with their number."""
        if self.whom is None:
            ((number, who),) = self.simulation.people
            return number, who
        found = self.simulation.people.find(":".join(self.whom))
        assert found is not None
        return found, self.simulation.people.load(found)

    def holds(self, condition: c.Expr, now: int) -> bool:
        _, who = self.person()
        return bool(self.program.test(condition)(who, None, None, now))

    def told(self) -> Told:
        return told_by_simulation(self.simulation)


class Obvious:
    """The oracle."""

    def __init__(self, workspace: c.Workspace) -> None:
        self.whom: Whom = None
        self.answers: dict[str, c.Answered] = {}
        self.workspace = workspace
        starts = any(journey.existing_members == "enter" for journey in workspace.journeys.values())
        self.came_first = starts  # the person is there before the journeys are
        self.oracle = Oracle(replace(workspace, journeys={}) if starts else workspace, draw, self._answer)

    def _answer(self, asked: Asked, journey: str, step: str) -> Answer:
        said = self.answers.get(asked.webhook)
        return asked.at, {} if said is None else None if said.values is None else dict(said.values)

    def take(self, record: Record, now: int) -> None:
        self.oracle.take_in(record, now)
        if self.came_first:
            self.came_first = False
            self.oracle.use(self.workspace, now)

    def time(self, now: int) -> None:
        self.oracle.pass_all_time(now)

    def says(self, answered: c.Answered) -> None:
        self.answers[answered.webhook] = answered

    def person(self) -> Somebody:
        """Who is looked at."""
        if self.whom is None:
            (who,) = self.oracle.people
            return who
        found = self.oracle.find(*self.whom)
        assert found is not None
        return found

    def seen(self) -> Seen:
        who = self.person()
        seen = Seen()
        for did in who.did:
            detail = did.detail
            if did.kind == "sent":
                seen.sent.append((detail["message"], detail["channel"], did.at, None))
            seen.said.append((did.kind, detail.get("message", did.journey), str(detail.get("because", ""))))
        for run in who.runs:
            seen.waiting.append((run.journey.name, run.journey.steps[run.position].label))
        return seen

    def holds(self, condition: c.Expr, now: int) -> bool:
        return true(condition, self.oracle.look(self.person(), now))

    def told(self) -> Told:
        return told_by_oracle(self.oracle)


def chosen(workspace: c.Workspace, test: c.Test) -> c.Workspace:
    """The workspace in which every split takes the arm that a test chooses."""
    choices = {item.split: item.arm for item in test.items if isinstance(item, c.Choose)}

    def steps(journey: c.Journey) -> tuple[c.Step, ...]:
        return tuple(
            replace(
                step,
                operation=replace(step.operation, arms=_only(step.operation, choices[step.operation.name])),
            )
            if isinstance(step.operation, c.Split) and step.operation.name in choices
            else step
            for step in journey.steps
        )

    return replace(
        workspace, journeys={name: replace(j, steps=steps(j)) for name, j in workspace.journeys.items()}
    )


def _only(split: c.Split, chosen: str) -> tuple[c.Arm, ...]:
    return tuple(replace(arm, share=Decimal(int(arm.name == chosen))) for arm in split.arms)


def play(workspace: c.Workspace, test: c.Test, way: Way) -> list[str]:
    """Plays a test and returns what did not come out as expected."""
    script = _Script(workspace, test, way)
    script.run()
    return script.failures


@dataclass(frozen=True)
class Played:
    """What one way made of a test: what did not come out as expected, and all that it tells."""

    failures: list[str]
    told: Told


def played_live(workspace: c.Workspace, test: c.Test, path: Path) -> Played:
    """Live, over a store at that path."""
    live = Live(compile_program(chosen(workspace, test)), path)
    try:
        return Played(play(workspace, test, live), live.told())
    finally:
        live.store.close()


def played_by_oracle(workspace: c.Workspace, test: c.Test) -> Played:
    """By the oracle. It raises anything where it does not know a construct."""
    obvious = Obvious(chosen(workspace, test))
    return Played(play(workspace, test, obvious), obvious.told())


def can_be_simulated(program: Program, test: c.Test) -> bool:
    """Whether `simulate` can be told all that a test says: not what webhooks answer, nor who was there before."""
    answered = any(isinstance(item, c.Answered) for item in test.items)
    return not answered and not program.entering_existing()


def played_by_simulator(workspace: c.Workspace, test: c.Test) -> Played:
    """By the simulator, anew for each look."""
    simulated = Simulated(compile_program(chosen(workspace, test)))
    return Played(play(workspace, test, simulated), simulated.told())


class _Script:
    """A test while it is played."""

    def __init__(self, workspace: c.Workspace, test: c.Test, way: Way) -> None:
        self.workspace = workspace
        self.test = test
        self.way = way
        self.failures: list[str] = []
        self.records = 0
        given: dict[str, dict[str, Any]] = {}
        for item in test.items:
            if isinstance(item, c.Clock):
                break
            if isinstance(item, c.Given):
                given.setdefault(item.who, {}).update(item.values)
        if "" in given or not given:
            given = {"": given.get("", {}), **given}
        first = next((item for item in test.items if isinstance(item, c.Clock)), None)
        name = next(iter(given.values())).get(workspace.timezone_field or "")
        self.zone = zone(name) if name else UTC
        self.now = local_to_instant(first.at if first is not None and first.at else BEGINNING, self.zone)
        names = [identifier.name for identifier in workspace.identifiers]
        self.people = {
            who: {n: values[n] for n in names if values.get(n)} or {"device_id": who or "test-person"}
            for who, values in given.items()
        }
        for who, values in given.items():
            self._take("", {**self.people[who], **values}, {}, quiet=True)

    def _take(
        self, event: str, profile: dict[str, Any], properties: dict[str, Any], quiet: bool = False
    ) -> None:
        self.records += 1
        record = Record(f"r{self.records}", event, self.now, self.now, profile, properties, quiet=quiet)
        self.way.take(record, self.now)

    def run(self) -> None:
        started = False
        for item in self.test.items:
            if isinstance(item, c.Clock):
                started = True
                if item.at is not None:
                    self.now = local_to_instant(item.at, self.zone)
                else:
                    assert item.after is not None
                    self.now = add_in_zone(self.now, item.after, self.zone)
                self.way.time(self.now)
                for event in item.events:
                    business = event.event in self.workspace.business
                    who = {} if business else dict(self.people[event.who])
                    self._take(event.event, who, dict(event.properties))
            elif isinstance(item, c.Given) and started:
                self._take("", {**self.people[item.who], **item.values}, {})
            elif isinstance(item, c.Answered):
                self.way.says(item)
            elif isinstance(item, c.Expectation):
                self._expect(item)

    def _expect(self, item: c.Expectation) -> None:
        moment = _moment(item, self.zone)
        self.now = max(self.now, moment or self.now)
        self.way.time(self.now)
        if len(self.people) > 1:
            self.way.whom = next(iter(self.people[item.who].items()))
        self.failures += judged([item], self.way, self.now, self.zone)


def _moment(item: c.Expectation, tz: dt.tzinfo) -> int | None:
    """The moment of `expect sent … at`."""
    syntax = item.syntax
    if isinstance(syntax, ast.ExpectSent) and syntax.at is not None:
        return local_to_instant(dt.datetime.fromisoformat(syntax.at.value), tz)
    return None


def judged(expectations: list[c.Expectation], way: Way, now: int, tz: dt.tzinfo) -> list[str]:
    """Those that do not hold now, each with its line and what was seen instead."""
    failures = []
    seen = way.seen()
    for item in expectations:
        syntax = item.syntax
        if isinstance(syntax, ast.ExpectTrue):
            assert item.condition is not None
            fine = way.holds(item.condition, now)
        else:
            fine = _JUDGES[type(syntax)](syntax, seen, _moment(item, tz))
        if not fine:
            failures.append(f"line {item.span.line}: {seen}")
    return failures


def unknown_to_the_oracle() -> set[str]:
    """The cases that stand in oracle_does_not_know.txt."""
    lines = (Path(__file__).parent / "oracle_does_not_know.txt").read_text().splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def _label(program: Program, journey: str, step: str) -> str:
    """The text of a step. Of one that only an older version has, its id: that ends with the text."""
    steps = program.journeys[journey].steps if journey in program.journeys else ()
    return next((s.label for s in steps if s.id == step), step)


def _within(wanted: ast.Text | None, text: str) -> bool:
    return wanted is None or wanted.value.casefold() in text.casefold()


def _sent(syntax: ast.ExpectSent, seen: Seen, moment: int | None) -> bool:
    right = 0
    for message, channel, at, parts in seen.sent:
        fits = message == str(syntax.message) and (syntax.channel is None or channel == str(syntax.channel))
        fits = fits and (moment is None or at == moment)
        for check in syntax.with_parts if parts is not None else ():  # the oracle writes no texts
            assert parts is not None
            text = parts.get(str(check.part), "")
            fits = fits and (text == check.text.value if check.op == "is" else _within(check.text, text))
        right += fits
    if any(parts is None for *_, parts in seen.sent) and syntax.with_parts:
        return syntax.negated or right >= (
            syntax.times or 1
        )  # the oracle cannot say which of them had the text
    if not syntax.negated:
        return right == syntax.times if syntax.times is not None else right > 0
    skipped = [
        because
        for kind, name, because in seen.said
        if kind == "not sent" and name == str(syntax.message) and _within(syntax.because, because)
    ]
    return right == 0 and (syntax.because is None or bool(skipped))


def _said(seen: Seen, kind: str, journey: ast.Name, because: ast.Text | None = None) -> int:
    return sum(k == kind and name == str(journey) and _within(because, why) for k, name, why in seen.said)


def _started(syntax: ast.ExpectStarted, seen: Seen, moment: int | None) -> bool:
    times = _said(seen, "started", syntax.journey)
    if syntax.times is not None:
        return times == syntax.times
    return (times > 0) != syntax.negated


def _ended(syntax: ast.ExpectEnded, seen: Seen, moment: int | None) -> bool:
    return (_said(seen, "ended", syntax.journey, syntax.because) > 0) != syntax.negated


def _converted(syntax: ast.ExpectConverted, seen: Seen, moment: int | None) -> bool:
    return (_said(seen, "converted", syntax.journey) > 0) != syntax.negated


def _waiting(syntax: ast.ExpectWaiting, seen: Seen, moment: int | None) -> bool:
    wanted = " ".join(syntax.step.value.split())
    found = [text for journey, text in seen.waiting if journey == str(syntax.journey)]
    return any(" ".join(text.split()).startswith(wanted) for text in found) != syntax.negated


_JUDGES: dict[type, Callable[[Any, Seen, int | None], bool]] = {
    ast.ExpectSent: _sent,
    ast.ExpectStarted: _started,
    ast.ExpectEnded: _ended,
    ast.ExpectConverted: _converted,
    ast.ExpectWaiting: _waiting,
}
