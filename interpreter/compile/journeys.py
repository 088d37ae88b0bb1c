"""A journey ready to run, with what a run of it needs to find quickly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.dsl import checked
from sojourn.interpreter.compile.expressions import Compiled
from sojourn.interpreter.compile.timing import Flip, dependencies, flips
from sojourn.interpreter.core.slots import Slot

if TYPE_CHECKING:
    from sojourn.interpreter.compile.program import Program

__all__ = ["Journey"]


class Journey:
    """One journey with what a run of it needs. `listens` are the events that mean something to a run anywhere
    in it; `named_starts` the names that an event has in a run that it started.
    """

    __slots__ = (
        "_clock",
        "_zone",
        "checked",
        "exit_whens",
        "exits",
        "goal",
        "index_of",
        "learning",
        "listens",
        "name",
        "named_starts",
        "reads_run_in_goal",
        "since_start",
        "steps",
    )  # fmt: skip

    def __init__(self, journey: checked.Journey) -> None:
        self.checked = journey
        self.name = journey.name
        self.steps = journey.steps
        self.index_of = {step.id: number for number, step in enumerate(journey.steps)}
        self.goal = journey.goal
        self.learning = tuple(
            step.operation.name
            for step in journey.steps
            if isinstance(step.operation, checked.Split) and step.operation.toward_goal
        )
        """The splits that move toward the goal."""
        self.named_starts: dict[str, list[str]] = {}
        for start in journey.starts:
            if isinstance(start, checked.StartOnEvent) and start.alias is not None:
                self.named_starts.setdefault(start.event, []).append(start.alias)
        self.exits: dict[str, list[checked.ExitOnEvent]] = {}
        self.exit_whens: list[checked.ExitWhen] = []
        for exit in journey.exits:
            if isinstance(exit, checked.ExitOnEvent):
                self.exits.setdefault(exit.event, []).append(exit)
            else:
                self.exit_whens.append(exit)
        self.since_start = [
            (step.id, step.operation)
            for step in journey.steps
            if isinstance(step.operation, checked.WaitFor) and step.operation.since_start
        ]
        listens = {*self.exits, *(operation.event for _, operation in self.since_start)}
        if self.goal is not None:
            listens.add(self.goal.event)
        self.listens = frozenset(listens)
        self.reads_run_in_goal: bool | None = None
        self._clock: tuple[tuple[Slot, ...], tuple[Flip, ...]] | None = None
        self._zone: Compiled | None = None

    def zone(self, program: Program) -> Compiled:
        """The function that gives the name of its time zone: of `times in …`, which it has."""
        if self._zone is None:
            assert self.checked.zone is not None
            self._zone = program.coder.value(self.checked.zone)
        return self._zone

    def clock(self, program: Program) -> tuple[tuple[Slot, ...], tuple[Flip, ...]]:
        """The windowed aggregates and the comparisons with the clock by which its `exit when` can change."""
        if self._clock is None:
            keys: set[str] = set()
            found: list[Flip] = []
            for exit in self.exit_whens:
                keys |= dependencies(program.workspace, exit.condition).slots
                found += flips(program.coder, exit.condition)
            windowed = tuple(s for key in sorted(keys) if (s := program.aggregates[key]).windowed)
            self._clock = (windowed, tuple(found))
        return self._clock
