"""What somebody was like at the moment of a decision is rebuilt exactly: over programs and records made up at random,
every condition, traced about the person of that moment, comes out as it was decided.
"""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from sojourn.dsl import checked
from sojourn.interpreter.compile import Program
from sojourn.interpreter.core import effects as did
from sojourn.interpreter.core.step import step
from sojourn.interpreter.runtime.logged import logged
from sojourn.interpreter.why.log import Log, from_entries
from sojourn.interpreter.why.past import Past
from sojourn.interpreter.why.tracing import Trace, Tracer, deciding
from tests.oracle.playing import compiled, ending, played_by_simulator, played_live, quick_folder
from tests.oracle.programs import programs
from tests.oracle.streams import Arrival, streams
from tests.oracle.test_generated import some


@some(40)
@given(programs(), streams(late=False), st.sampled_from((0, 1, 3_600_000_000, 86_400_000_000)))
def test_a_traced_condition_says_what_the_compiled_one_says(
    text: str, arrivals: list[Arrival], later: int
) -> None:
    program = compiled(text)
    until = arrivals[-1].now + later
    people = played_by_simulator(program, arrivals, until).people
    for _, person in people:
        step(program, person, None, until)
        for audience in program.workspace.audiences.values():
            trace = Tracer(program, person, until).condition(audience.condition)
            assert trace.truth == program.coder.condition(audience.condition)(person, None, None, until)
            assert trace.truth == (audience.name in person.audiences)
            consistent(trace)
        for attribute in program.workspace.attributes.values():
            seen = Tracer(program, person, until).value(attribute.value)
            assert seen.value == program.coder.value(attribute.value)(person, None, None, until)


def consistent(trace: Trace) -> None:
    """Each part bears out what stands above it, and turning what decided over would turn the whole."""
    truths = [part.truth for part in trace.parts]
    match trace.expr:
        case checked.Logic(op="and"):
            assert trace.truth is all(truths)
        case checked.Logic(op="or"):
            assert trace.truth is any(truths)
        case checked.Not():
            assert trace.truth is (not truths[0])
    decided = {id(part) for part in deciding(trace)}
    assert decided
    assert turned(trace, decided) is not trace.truth
    for part in trace.parts:
        if part.truth is not None:
            consistent(part)


def turned(trace: Trace, decided: set[int]) -> bool | None:
    """What the condition would be with all that decided turned over."""
    if id(trace) in decided:
        return not trace.truth
    match trace.expr:
        case checked.Logic(op="and"):
            return all(turned(part, decided) for part in trace.parts)
        case checked.Logic(op="or"):
            return any(turned(part, decided) for part in trace.parts)
        case checked.Not():
            return not turned(trace.parts[0], decided)
        case checked.Membership():
            return turned(trace.parts[0], decided)
    return trace.truth


def branches_come_out(log: Log, program: Program) -> int:
    """How many decisions of a log were looked at; each `if` chose the first arm that is true of the person then."""
    past = Past(log)
    looked = 0
    for place, done in enumerate(log.activities):
        if sum(record.received == done.at for record in log.records) > 1:
            continue  # of records that came at one and the same instant it is not known between which two
        if done.kind in (did.ENTERED, did.LEFT):
            person = past.before(place)
            member = done.kind == did.ENTERED
            condition = program.workspace.audiences[done.detail["audience"]].condition
            trace = Tracer(program, person, done.at).condition(condition)
            assert trace.truth is member, (done, person.to_document())
            looked += 1
        if done.kind != did.BRANCHED:
            continue
        journey = program.workspace.journeys[done.journey]
        operation = next(s.operation for s in journey.steps if s.id == done.step)
        if not isinstance(operation, checked.Branch):
            continue
        run = past.run_at(place)
        assert run is not None
        tracer = Tracer(
            program, past.before(place), done.at, run.event["event"] if run.event else None,
            run.event["properties"] if run.event else None, run.variables,
        )  # fmt: skip
        taken = next((label for label, test, _ in operation.arms if tracer.condition(test).truth), None)
        assert taken == (done.detail["branch"] if taken is not None else None), done
        assert taken is not None or done.detail["branch"] in ("else", "otherwise"), done
        looked += 1
    return looked


@some(60)
@given(programs(), streams(late=False))
def test_in_a_simulation_every_decision_comes_out_again(text: str, arrivals: list[Arrival]) -> None:
    program = compiled(text)
    played = played_by_simulator(program, arrivals)
    if played.people.absorbed:
        return  # two people who became one: the next test has them, in the order of the store
    for number, entries in played.history.items():
        log = from_entries(program, number, played.people.load(number), ending(arrivals), entries, "here")
        branches_come_out(log, program)


@some(60)
@given(programs(), streams(), st.randoms(use_true_random=False))
def test_in_a_store_every_decision_comes_out_again(
    text: str, arrivals: list[Arrival], rng: random.Random
) -> None:
    program = compiled(text)
    with quick_folder() as folder, played_live(program, arrivals, folder / "store.db", rng) as store:
        for (number,) in store.rows("SELECT number FROM person"):
            branches_come_out(logged(store, program, number, ending(arrivals)), program)
