"""Which values decided: why a branch was taken, and why an event started no journey, in words.

Asked while a test that failed is played once more, right after each step, when the person still has those values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sojourn.dsl import checked
from sojourn.interpreter.core.doing import UNDOABLE, properties_of
from sojourn.interpreter.core.effects import BRANCHED, NOT_STARTED, STARTED, Activity, Effect
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.testing.seen_values import seen_values

if TYPE_CHECKING:
    from sojourn.interpreter.compile import Program

__all__ = ["not_started", "note_branches"]

MOST_VALUES = 4
"""Values that are shown of one condition."""


def note_branches(
    program: Program, person: Person, effects: Iterable[Effect], now: int, tz: dt.tzinfo
) -> None:
    """Puts into each branch that was just taken the values by which it was (`detail["seen"]`).

    Where a later step of the same moment has changed what a condition looked at, nothing is said of it.
    """
    for effect in effects:
        if isinstance(effect, Activity) and effect.kind == BRANCHED and effect.at == now:
            seen = _seen(program, person, effect, now, tz)
            if seen:
                effect.detail["seen"] = "; ".join(seen)


def _seen(program: Program, person: Person, entry: Activity, now: int, tz: dt.tzinfo) -> list[str]:
    journey = program.workspace.journeys.get(entry.journey)
    step = next((s for s in journey.steps if s.id == entry.step), None) if journey is not None else None
    run = person.runs.get(entry.run)
    if step is None or run is None or not isinstance(step.operation, checked.Branch):
        return []
    found: dict[str, None] = {}
    taken = entry.detail["branch"]
    for label, condition, _ in step.operation.arms:
        try:
            true, values = seen_values(
                program, condition, person, now, tz, properties_of(run), dict(run.variables)
            )
        except UNDOABLE:
            return []
        if true is not (label == taken):
            return []
        found.update(dict.fromkeys(values))
        if true:
            break
    return list(found)[:MOST_VALUES]


def not_started(
    program: Program, person: Person, record: Record, effects: Iterable[Effect], now: int, tz: dt.tzinfo
) -> Iterator[Activity]:
    """For each journey that starts on this event and did not, because its `where` was false: which values said so."""
    started = {e.journey for e in effects if isinstance(e, Activity) and e.kind == STARTED}
    for journey in program.workspace.journeys.values():
        if journey.name in started:
            continue
        for start in journey.starts:
            if (
                not isinstance(start, checked.StartOnEvent)
                or start.event != record.event
                or start.where is None
                or start.audience is not None
            ):
                continue
            try:
                true, values = seen_values(program, start.where, person, now, tz, record.properties, {})
            except UNDOABLE:
                continue
            if not true and values:
                why = {"because": "; ".join(values[:MOST_VALUES]), "where": True}
                yield Activity(now, NOT_STARTED, why, journey.name)
