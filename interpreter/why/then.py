"""The log of somebody as it was at a moment of the past, so that every question can be asked as it was then.

What came and what happened by then is there, the program is the one that ran then, the person is rebuilt
(`why/past.py`), and those under way stand where the record says. Answered from it, a question gets the answer that it
got then; a test asks many at random, then and later. What a store does not keep is named in `Log.unknown`, and never
guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sojourn.dsl.values import add_in_zone
from sojourn.interpreter.core import effects as did
from sojourn.interpreter.core.calls import CALL, HIDDEN
from sojourn.interpreter.core.doing import zone_of
from sojourn.interpreter.core.effects import Activity
from sojourn.interpreter.core.identity import best_name
from sojourn.interpreter.core.moment import Moment
from sojourn.interpreter.core.person import Person, Run
from sojourn.interpreter.timeline import clock_text
from sojourn.interpreter.why.past import Past

if TYPE_CHECKING:
    import datetime as dt

    from sojourn.interpreter.compile.program import Program
    from sojourn.interpreter.why.log import Delivery, Log

__all__ = ["NotYetKnown", "log_at"]


class NotYetKnown(LookupError):
    """Nothing that had been recorded of the person by the moment that is asked about is stored. `first`: when something
    first was; `gone`: there was something, and it was dropped after its time.
    """

    def __init__(self, first: int | None, gone: bool = False) -> None:
        super().__init__("nothing that was recorded of this person by then is stored")
        self.first = first
        self.gone = gone


def log_at(log: Log, instant: int, identifier: str, tz: dt.tzinfo) -> Log:
    """The log of a person as of an instant, `log.now` at the latest. Where they were several then whom Sojourn knows to
    be one now, it is that of the one who had the identifier. `tz` is for clock times in sentences. Raises NotYetKnown.
    """
    program = log.program_of(instant)
    past = Past(log)
    try:
        found = past.everybody_at(instant, program)
    except LookupError:
        first = min((r.received for r in log.records), default=None)
        gone = log.person.first_seen <= instant and bool(log.dropped)
        raise NotYetKnown(first if first is not None and first > instant else None, gone) from None
    unknown = list(_unknown(log, instant, tz))
    everybody = dict(found.people)
    number = found.people.find(identifier)
    if number is None:
        number = found.people.find(identifier.lower())
    if number is None and len(everybody) > 1:
        raise NotYetKnown(_first_with(log, identifier))
    if number is None:
        number = next(iter(everybody))
        name = best_name(program, everybody[number])
        unknown.append(
            f"By then they were not known as {identifier}, but as {name}; whether somebody else was {identifier} "
            "then is not told here."
        )
    elif (moved := _came_later(log, program, identifier, instant)) is not None:
        unknown.append(
            f"{identifier} came to them on {clock_text(moved - moved % 1_000_000, tz)} from somebody else, who may "
            "have had it then."
        )
    person = everybody[number]
    records = [r for r in log.records if r.received <= instant]
    places = [place for place, a in enumerate(log.activities) if a.at <= instant]
    if len(everybody) > 1:
        places = found.happened_to(number, places, log)
        # Of the events about the business a log has those that began a run of the person.
        begun = {
            str(log.activities[p].detail.get("record"))
            for p in places
            if log.activities[p].kind == did.STARTED
        }
        business = program.business
        records = [
            r
            for r in records
            if (r.id in begun if r.event in business else found.of_record.get(r.id) == number)
        ]
        others = sorted(best_name(program, other) for n, other in everybody.items() if n != number)
        unknown.append(
            f"By then nobody knew that {' and '.join(others)} was the same person: that is left out."
        )
    activities = [log.activities[place] for place in places]
    then = replace(
        log, program=program, person=person, now=instant, records=records, activities=activities,
        deliveries=dict(_deliveries(log, instant, {str(a.detail.get("key")) for a in activities}, unknown)),
        controls=log.controls_at(instant) if log.controls_at is not None else {},
        as_of=True,
    )  # fmt: skip
    person.runs = {run.id: run for run in _under_way(log, past, places, program, person)}
    unknown += _answers_unknown(then, log)
    then.unknown = tuple(unknown)
    return then


def _came_later(log: Log, program: Program, identifier: str, instant: int) -> int | None:
    """When an identifier that goes from one person to another last came to this one, after an instant."""
    namespaces = {known.name for known in program.workspace.identifiers}
    namespace, _, value = identifier.partition(":")
    named = (namespace, value) if namespace in namespaces and value else ("", identifier)
    found = [
        a.at
        for a in log.activities
        if a.kind == did.MOVED
        and a.at > instant
        and named[0] in ("", a.detail["identifier"])
        and a.detail["value"] in (named[1], HIDDEN)
    ]
    return max(found, default=None)


def _first_with(log: Log, identifier: str) -> int | None:
    """When an identifier first came with a record."""
    value = identifier.partition(":")[2] or identifier
    return next(
        (r.received for r in log.records if {value, identifier} & set(map(str, r.profile.values()))), None
    )


def _unknown(log: Log, instant: int, tz: dt.tzinfo) -> Iterator[str]:
    """What has to be said of the moment before anything is asked."""

    def when(at: int) -> str:
        return clock_text(at - at % 1_000_000, tz)

    if log.readable_at is not None and not log.readable_at(instant):
        yield "The rules that ran then cannot be read any more; told is by those of today."
    elif log.program_of(instant).version != log.program_of(log.now).version:
        yield "Told is by the rules that ran then; they have been changed since."
    gone = {event: before for event, before in log.dropped.items() if log.person.first_seen < before}
    if gone:
        said = ", ".join(f"{event} before {when(before)}" for event, before in sorted(gone.items()))
        yield f"Not stored any more: {said}. What depended on these events is not known as it was then."
    for journey in log.program_of(instant).workspace.journeys.values():
        if journey.existing_over is not None:
            yield f"Whether they were still to be let into {journey.name} as an existing member is not stored."


def _deliveries(log: Log, instant: int, keys: set[str], unknown: list[str]) -> Iterator[tuple[str, Delivery]]:
    """What had become of the messages by an instant."""
    tried = False
    for key, delivery in log.deliveries.items():
        if delivery.at > instant or (key not in keys and delivery.channel != CALL):
            continue
        final = delivery.status != "pending"
        if final and (delivery.done_at is None or delivery.done_at <= instant):
            yield key, delivery
        else:
            tried = tried or delivery.attempts > 1 or (delivery.attempts == 1 and delivery.done_at is None)
            yield (
                key,
                replace(delivery, status="pending", attempts=0, error="", done_at=None, next_attempt=None),
            )
    if tried:
        unknown.append("How often the delivery of a message had been tried by then is not stored.")


# ---------------------------------------------------------------- under way


def _under_way(log: Log, past: Past, places: list[int], program: Program, person: Person) -> Iterator[Run]:
    """The runs that had begun and not ended, as they stood."""
    last: dict[str, int] = {}
    begun: dict[str, int] = {}
    ended: set[str] = set()
    for place in places:
        done = log.activities[place]
        if not done.run:
            continue
        if done.kind == did.ENDED:
            ended.add(done.run)
        if done.kind == did.STARTED:
            begun[done.run] = place
        last[done.run] = place
    for name, place in begun.items():
        if name in ended:
            continue
        run = past.run_at(last[name], after=True)
        if run is not None:
            _stand(
                log, past, run, [log.activities[p] for p in places if log.activities[p].run == name], program
            )
            _limits(past, run, place, program)
            yield run


def _stand(log: Log, past: Past, run: Run, done: list[Activity], program: Program) -> None:
    """Where a run stood and until when, by what is recorded of it."""
    version = log.program_of(run.began)
    journey = program.workspace.journeys.get(run.journey)
    run.since = min(run.began, run.event["at"]) if run.event is not None else run.began
    for one in done:
        if one.step:
            run.step = one.step
        if one.kind in (did.WAITING, did.HELD):
            run.until, run.waiting_since = one.detail.get("until"), one.at
        elif one.kind == did.CALLED:
            run.call, run.until, run.waiting_since = str(one.detail["key"]), None, one.at
        elif one.kind not in (did.CONVERTED, did.SET):
            run.call, run.until = "", None
        if one.kind == did.SPLIT:
            run.arms[str(one.detail["split"])] = str(one.detail["arm"])
        run.converted = run.converted or one.kind == did.CONVERTED
    here = journey is not None and any(step.id == run.step for step in journey.steps)
    run.version = program.version if here else version.version


def _limits(past: Past, run: Run, begun: int, program: Program) -> None:
    """For which value of `one per` a run is, and when `ends after` ends it."""
    journey = program.journeys.get(run.journey)
    if journey is None or (journey.checked.one_per is None and journey.checked.ends_after is None):
        return
    try:
        person = past.before(begun, program)
    except LookupError:
        return
    moment = Moment(program, person, run.began, [], None, "event")
    run.key = moment.key_of(journey, run.event)
    if journey.checked.ends_after is not None:
        run.ends = add_in_zone(run.began, journey.checked.ends_after, zone_of(moment, journey))


def _answers_unknown(then: Log, log: Log) -> Iterator[str]:
    """What is private in an answer of a webhook is kept with the run alone, while it is under way; and so was all of it
    before answers were recorded.
    """
    named = {
        str(a.detail["webhook"]): "answer" in a.detail
        for a in then.activities
        if a.kind == did.ANSWERED
        and a.run in then.person.runs
        and a.run not in log.person.runs
        and HIDDEN in (*a.detail.get("answer", {"": HIDDEN}).values(),)
    }
    for webhook, recorded in sorted(named.items()):
        what = "What is private in the answer of" if recorded else "The answer of"
        yield f"{what} {webhook} is not stored: the run has ended since."
