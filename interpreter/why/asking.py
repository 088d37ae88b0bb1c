"""What every question about a person needs: their log, themselves today, and traces of then and now."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from sojourn.dsl import checked
from sojourn.dsl.checked import Expr
from sojourn.dsl.values import DAY, UTC, zone
from sojourn.interpreter.core.effects import Activity
from sojourn.interpreter.core.identity import best_name
from sojourn.interpreter.core.person import Person, Run
from sojourn.interpreter.core.rebuild import rebuild
from sojourn.interpreter.core.step import advance, next_wake
from sojourn.interpreter.functions import zone_or_none
from sojourn.interpreter.why.past import Past
from sojourn.interpreter.why.telling import Because, Teller
from sojourn.interpreter.why.tracing import Trace, Tracer

if TYPE_CHECKING:
    from sojourn.interpreter.compile.program import Program
    from sojourn.interpreter.why.log import Log

__all__ = ["Asking", "Seen"]

FAR = 366 * DAY
"""How far ahead it is looked what time alone will bring."""


@dataclass(slots=True)
class Seen:
    """A condition at one moment: the program that asked, and what came of it."""

    program: Program
    trace: Trace
    at: int


@dataclass(slots=True)
class Asking:
    """One person about whom is asked."""

    log: Log
    private: bool = False
    called: str = ""
    """As they were named by whoever asks; else their strongest identifier stands for them."""
    past: Past = field(init=False)
    teller: Teller = field(init=False)
    today: Person = field(init=False)
    zone_name: str = field(init=False)
    tz: dt.tzinfo = field(init=False)

    def __post_init__(self) -> None:
        self.past = Past(self.log)
        self.today = self._today()
        named = self.today.fields.get(self.program.workspace.timezone_field or "")
        known = named if named and zone_or_none(named) is not None else None
        self.zone_name = str(known or "UTC")
        self.tz = zone(self.zone_name) if known else UTC
        self.teller = Teller(self.log, self.past, self.tz, self.private)

    @property
    def who(self) -> str:
        """How to speak of the person."""
        if self.called:
            return self.called
        return best_name(self.program, self.today)

    @property
    def program(self) -> Program:
        """Today's program."""
        return self.log.program

    @property
    def now(self) -> int:
        """The instant that counts as now."""
        return self.log.now

    @property
    def at_now(self) -> str:
        """What the instant that counts as now is called in a sentence."""
        return "at that moment" if self.log.as_of else "now"

    @property
    def begins_now(self) -> str:
        """The same at the beginning of a sentence."""
        return self.at_now[0].upper() + self.at_now[1:]

    @property
    def overdue(self) -> int | None:
        """Since when something is due that nobody has carried out; None when nothing is."""
        wake = self.log.person.wake
        return wake if wake is not None and wake <= self.now else None

    def when(self, instant: int) -> str:
        """A clock time for reading."""
        return self.teller.when(instant)

    def copy(self) -> Person:
        """The person as they are today, to be changed."""
        return Person.from_document(orjson.loads(orjson.dumps(self.today.to_document())))

    def _today(self) -> Person:
        """As stored, with what time alone has brought to what is known of them since then."""
        person = Person.from_document(orjson.loads(orjson.dumps(self.log.person.to_document())))
        runs, entering, goals = person.runs, person.entering, person.goals
        person.runs, person.entering, person.goals = {}, {}, []
        bare = self.past.bare(self.program)
        if person.rules != bare.rules:
            rebuild(bare, person, self.log.records, self.now)
        person.wake = next_wake(bare, person, person.clock)
        if person.clock < self.now:
            advance(bare, person, self.now, None, [])
            person.clock = self.now
        person.runs, person.entering, person.goals = runs, entering, goals
        person.common = self.log.person.common
        return person

    # --------------------------------------------------------------- traces

    def seen_now(
        self, expr: Expr, event: str | None = None, properties: Any = None, variables: Any = None
    ) -> Seen:
        """A condition as it stands now."""
        tracer = Tracer(self.program, self.today, self.now, event, properties, variables)
        return Seen(self.program, tracer.condition(expr), self.now)

    def seen_then(
        self,
        place: int,
        program: Program,
        expr: Expr,
        event: str | None = None,
        properties: Any = None,
        variables: Any = None,
    ) -> Seen | None:
        """A condition as it stood when an activity was decided; None where nothing of then is known any more."""
        at = self.log.activities[place].at
        try:
            person = self.past.before(place, program)
        except LookupError:
            return None
        tracer = Tracer(program, person, at, event, properties, variables)
        return Seen(program, tracer.condition(expr), at)

    def tree(self, then: Seen | None, now: Seen | None, bare: bool = False) -> Because | None:
        """The tree of a condition: of then with now beside it, or of the one that is there."""
        if then is not None and now is not None:
            return self.teller.two(then.program, then.trace, then.at, now.trace, now.program, bare)
        seen = then or now
        return None if seen is None else self.teller.one(seen.program, seen.trace, seen.at, bare)

    # ----------------------------------------------------------------- runs

    def version_of(self, activity: Activity) -> Program:
        """The program by which a run's step was done: the one it began on, or, where an edit has moved it, that of
        the day; today's where both are gone."""
        live = self.log.person.runs.get(activity.run)
        began = next(
            (a.at for a in self.log.activities if a.run == activity.run and a.kind == "started"), activity.at
        )
        for program in (self.log.program_of(began), self.log.program_of(activity.at), self.program):
            if live is not None and live.version == program.version and self._has(program, activity):
                return program
        for program in (self.log.program_of(began), self.log.program_of(activity.at)):
            if self._has(program, activity):
                same = self._journey(program, activity) == self._journey(self.program, activity)
                return self.program if same and self._has(self.program, activity) else program
        return self.program

    def _journey(self, program: Program, activity: Activity) -> checked.Journey | None:
        return program.workspace.journeys.get(activity.journey)

    def _has(self, program: Program, activity: Activity) -> bool:
        journey = self._journey(program, activity)
        return journey is not None and (
            not activity.step or any(s.id == activity.step for s in journey.steps)
        )

    # ------------------------------------------------------------- the future

    def turns(self, audience: str) -> int | None:
        """When time alone next changes whether the person is in an audience, if nothing else happens; None when it
        does not within a year."""
        bare = self.past.bare(self.program)
        person = self.copy()
        person.runs, person.entering, person.goals = {}, {}, []
        person.wake = next_wake(bare, person, person.clock)
        member = audience in person.audiences
        for _ in range(500):
            wake = person.wake
            if wake is None or wake > self.now + FAR:
                return None
            advance(bare, person, wake, None, [])
            if (audience in person.audiences) is not member:
                return wake
        return None


def properties_of(run: Run | None) -> tuple[str | None, Any, Any]:
    """(the starting event, its fields, the variables) as a run's conditions see them."""
    if run is None or run.event is None:
        return None, None, run.variables if run is not None else None
    return None, run.event["properties"], run.variables
