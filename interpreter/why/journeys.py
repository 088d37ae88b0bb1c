"""Why somebody entered a journey, or did not; the way they took through it, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sojourn.dsl import checked
from sojourn.dsl.values import add_elapsed, in_words
from sojourn.dsl.wording import Wording
from sojourn.interpreter.core import effects as did
from sojourn.interpreter.core.effects import Activity
from sojourn.interpreter.core.moment import Moment
from sojourn.interpreter.core.person import Run
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.core.step import occasions
from sojourn.interpreter.timeline import describe
from sojourn.interpreter.why.asking import Asking, properties_of
from sojourn.interpreter.why.audiences import unproven
from sojourn.interpreter.why.messages import delivery_told, send_checks
from sojourn.interpreter.why.telling import Account, Answer, Because, Fact, place_of
from sojourn.interpreter.why.tracing import Tracer

__all__ = ["about_journey", "line_of", "never_started", "runs_of", "standing"]

MOST_RUNS = 3
MOST_EVENTS = 3


def runs_of(asking: Asking, journey: str) -> list[str]:
    """The ids of the person's runs of a journey, in the order in which they began; those of older days too."""
    found = dict.fromkeys(a.run for a in asking.log.activities if a.journey == journey and a.run)
    found.update({run.id: None for run in asking.log.person.runs.values() if run.journey == journey})
    return list(found)


def about_journey(asking: Asking, name: str) -> Answer:
    """The answer about one journey."""
    program = asking.program
    declared = program.workspace.journeys[name]
    who = asking.who
    runs = runs_of(asking, name)
    accounts = [_run_told(asking, run) for run in runs[-MOST_RUNS:]]
    notes: list[str] = []
    if len(runs) > MOST_RUNS:
        notes.append(f"Before these there were {len(runs) - MOST_RUNS} more runs.")
    inside = [run for run in asking.log.person.runs.values() if run.journey == name]
    if not inside:
        accounts += never_started(asking, name, since=_last_end(asking, name))
    return Answer(
        who, asking.zone_name, asking.now, "journey", name, _verdict(asking, who, name, runs, inside),
        tuple(accounts), place_of(declared.span), tuple(notes),
    )  # fmt: skip


def _last_end(asking: Asking, name: str) -> int | None:
    ends = [a.at for a in asking.log.activities if a.journey == name and a.kind == did.ENDED]
    return max(ends) if ends else None


def _verdict(asking: Asking, who: str, name: str, runs: list[str], inside: list[Run]) -> str:
    if inside:
        return f"{who} is in {name}: {standing(asking, inside[-1])}."
    ended = [a for a in asking.log.activities if a.journey == name and a.kind == did.ENDED]
    if ended:
        last = ended[-1]
        return f"{who} is not in {name}: the last run ended on {asking.when(last.at)}, “{last.detail['because']}”."
    return f"{who} never entered {name}."


def standing(asking: Asking, run: Run) -> str:
    """Where a run stands and until when: `waits at “wait 1 day” until 2026-03-05 10:00`."""
    journey = asking.program.journeys.get(run.journey)
    position = None if journey is None else journey.index_of.get(run.step)
    label = run.step if journey is None or position is None else journey.steps[position].label
    if run.call:
        return f"waits at “{label}” for the answer"
    if run.until is None:
        ends = f", at the longest until {asking.when(run.ends)}" if run.ends is not None else ""
        return f"stands at “{label}”, and no time ends that{ends}"
    held = any(
        a.run == run.id and a.kind == did.HELD and a.detail.get("until") == run.until
        for a in asking.log.activities
    )
    return f"{'is held' if held else 'waits'} at “{label}” until {asking.when(run.until)}"


# ------------------------------------------------------------------- one run


def _run_told(asking: Asking, run: str) -> Account:
    """A run from its start to where it is now."""
    places = [place for place, a in enumerate(asking.log.activities) if a.run == run]
    lines: list[Because] = []
    notes: list[str] = []
    begun: Activity | None = None
    for place in places:
        done = asking.log.activities[place]
        if done.kind == did.STARTED:
            begun = done
        lines.append(line_of(asking, place, notes))
    live = asking.log.person.runs.get(run)
    different = ""
    if live is not None:
        lines += _watching(asking, live)
        different = f"{asking.begins_now} it {standing(asking, live)}."
    at = begun.at if begun is not None else (live.began if live is not None else None)
    title = f"Entered: {begun.detail.get('because')}" if begun is not None else "Entered"
    return Account(title, at, tuple(lines), different, tuple(dict.fromkeys(notes)))


def line_of(asking: Asking, place: int, notes: list[str]) -> Because:
    """One thing that happened in a run, with what decided it below."""
    done = asking.log.activities[place]
    program = asking.version_of(done)
    journey = program.workspace.journeys.get(done.journey)
    step = next((s for s in journey.steps if s.id == done.step), None) if journey is not None else None
    text = f"{asking.when(done.at)}  {describe(program.workspace, done, asking.tz)[1]}"
    parts: tuple[Because, ...] = ()
    truth: bool | None = None
    facts: tuple[Fact, ...] = ()
    where = place_of(step.span) if step is not None else ""
    if journey is not None:
        match done.kind:
            case did.STARTED:
                parts, where = _start_told(asking, place, journey)
            case did.BRANCHED if step is not None and isinstance(step.operation, checked.Branch):
                parts = _branch_told(asking, place, program, step.operation, notes)
            case did.BRANCHED if step is not None and isinstance(step.operation, checked.StopRepeating):
                if step.operation.condition is not None:
                    parts = _condition_told(asking, place, program, step.operation.condition)
            case did.ENDED:
                parts, where = _end_told(asking, place, journey, program, where)
            case did.SPLIT if step is not None and isinstance(step.operation, checked.Split):
                facts = (Fact("", _shares(step.operation)),)
            case did.SENT:
                truth, facts = delivery_told(asking, done)
            case did.NOT_SENT | did.HELD if step is not None and isinstance(step.operation, checked.Send):
                truth = False if done.kind == did.NOT_SENT else None
                parts = send_checks(asking, place, program, step.operation)
            case did.FAILED:
                truth = False
    return Because(text, truth, facts, None, (), parts, done.kind in (did.ENDED, did.NOT_SENT), where)


def _shares(split: checked.Split) -> str:
    """How a split decides."""
    arms = ", ".join(f"{(arm.share * 100).normalize():f}% {arm.name}" for arm in split.arms)
    how = (
        "the shares move toward the goal"
        if split.toward_goal
        else "by a hash of who it is, the same every time"
    )
    return f"{arms}; {how}"


def _start_told(asking: Asking, place: int, journey: checked.Journey) -> tuple[tuple[Because, ...], str]:
    """What started a run, and its condition with the values of the event."""
    begun = asking.log.activities[place]
    run = asking.past.run_at(place)
    because = str(begun.detail.get("because", ""))
    for start in journey.starts:
        if isinstance(start, checked.StartOnEvent) and run is not None and run.event is not None:
            if start.event != run.event["event"] or not because.endswith(start.event):
                continue
            if start.where is None:
                return (), place_of(start.span)
            program = asking.version_of(begun)
            then = asking.seen_then(place, program, start.where, start.event, run.event["properties"])
            tree = asking.tree(then, None, bare=True)
            return (() if tree is None else (tree,)), place_of(start.span)
        if isinstance(start, checked.StartOnAudience) and because.endswith(start.audience):
            return (), place_of(start.span)
        if isinstance(start, checked.StartOnSchedule | checked.StartOnDate) and because == start.label:
            return (), place_of(start.span)
    return (), ""


def _branch_told(
    asking: Asking, place: int, program: Any, operation: checked.Branch, notes: list[str]
) -> tuple[Because, ...]:
    """The conditions of an `if` that were asked, each with its values."""
    done = asking.log.activities[place]
    run = asking.past.run_at(place)
    event, properties, variables = properties_of(run)
    told: list[Because] = []
    taken = str(done.detail.get("branch", ""))
    for label, condition, _ in operation.arms:
        then = asking.seen_then(place, program, condition, event, properties, variables)
        if then is None:
            notes.append("What was known of them then is not stored any more.")
            break
        now = asking.seen_now(condition, event, properties, variables) if program is asking.program else None
        tree = asking.tree(then, now)
        if tree is not None:
            told.append(tree)
        if then.trace.truth is not (label == taken) and then.trace.truth is not None:
            notes.append(unproven(asking, done.at))
        if label == taken:
            break
    return tuple(told)


def _condition_told(asking: Asking, place: int, program: Any, condition: checked.Expr) -> tuple[Because, ...]:
    event, properties, variables = properties_of(asking.past.run_at(place))
    then = asking.seen_then(place, program, condition, event, properties, variables)
    tree = asking.tree(then, None)
    return () if tree is None else (tree,)


def _end_told(
    asking: Asking, place: int, journey: checked.Journey, program: Any, where: str
) -> tuple[tuple[Because, ...], str]:
    """What ended a run: for an exit its condition, with what it saw."""
    done = asking.log.activities[place]
    for exit in journey.exits:
        if exit.label != done.detail.get("because"):
            continue
        run = asking.past.run_at(place)
        _, _, variables = properties_of(run)
        if isinstance(exit, checked.ExitWhen):
            return _condition_told(asking, place, program, exit.condition), place_of(exit.span)
        record = _event_at(asking, exit.event, done.at)
        if exit.where is None or record is None:
            return (), place_of(exit.span)
        then = asking.seen_then(place, program, exit.where, exit.event, record.properties, variables)
        tree = asking.tree(then, None, bare=True)
        return (() if tree is None else (tree,)), place_of(exit.span)
    return (), where


def _event_at(asking: Asking, event: str, at: int) -> Record | None:
    return next((r for r in reversed(asking.log.records) if r.event == event and r.received == at), None)


def _watching(asking: Asking, run: Run) -> Iterator[Because]:
    """What would end a run that is under way, and has not."""
    journey = asking.program.journey_of(run)
    if journey is None:
        return
    properties = run.event["properties"] if run.event is not None else None
    for exit in journey.checked.exits:
        if isinstance(exit, checked.ExitWhen):
            seen = asking.seen_now(exit.condition, None, properties, run.variables)
            tree = asking.tree(None, seen)
            if tree is not None:
                yield Because(
                    f"{exit.label}: not so far",
                    seen.trace.truth,
                    (),
                    None,
                    (),
                    (tree,),
                    False,
                    place_of(exit.span),
                )
        else:
            yield Because(
                f"{exit.label}: none came so far", False, (), None, (), (), False, place_of(exit.span)
            )


# --------------------------------------------------------------- why no run


def never_started(asking: Asking, name: str, since: int | None = None) -> list[Account]:
    """Why a journey has not begun (since the last run ended): each of its starts, and what stands in the way."""
    journey = asking.program.workspace.journeys[name]
    accounts: list[Account] = []
    for start in journey.starts:
        if isinstance(start, checked.StartOnEvent):
            accounts += _no_event_start(asking, journey, start, since)
        elif isinstance(start, checked.StartOnAudience):
            accounts.append(_no_audience_start(asking, journey, start, since))
        else:
            accounts.append(_no_timed_start(asking, journey, start))
    guard = _guard_now(asking, journey)
    if guard:
        accounts.append(Account(f"A new run {asking.at_now}", None, (Because(guard, False, decides=True),)))
    entered_by = [
        other.name
        for other in asking.program.workspace.journeys.values()
        if any(
            isinstance(s.operation, checked.EnterJourney) and s.operation.journey == name for s in other.steps
        )
    ]
    if entered_by:
        accounts.append(Account(f"It is also entered from {', '.join(entered_by)}"))
    return accounts


def _no_event_start(
    asking: Asking, journey: checked.Journey, start: checked.StartOnEvent, since: int | None
) -> Iterator[Account]:
    where = place_of(start.span)
    said = f"start on {start.event}" + (f" for {start.audience}" if start.audience else "")
    came = [
        (place, record)
        for place, record in enumerate(asking.log.records)
        if record.event == start.event and (since is None or record.received >= since)
    ]
    started = {
        str(a.detail.get("record")): a
        for a in asking.log.activities
        if a.journey == journey.name and a.kind == did.STARTED
    }
    if start.audience is not None and not came:
        member = start.audience in asking.today.audiences
        text = f"{'in' if member else 'not in'} {start.audience}"
        yield Account(
            f"{said}: none started it", None, (Because(text, member, decides=not member),), "", (), where
        )
        return
    refused = [(place, record) for place, record in came if record.id not in started]
    if not refused:
        again = " since the last run ended" if since is not None else ""
        text = f"no {start.event} came{again}" if not came else "each one that came has started a run"
        yield Account(said, None, (Because(text, False, decides=not came),), "", (), where)
        return
    for _, record in refused[-MOST_EVENTS:]:
        yield _refused_event(asking, journey, start, record, said, where)


def _refused_event(
    asking: Asking,
    journey: checked.Journey,
    start: checked.StartOnEvent,
    record: Record,
    said: str,
    where: str,
) -> Account:
    """Why one event did not start the journey: its condition, else what stood in the way at that moment."""
    happened = min(record.at, record.received)
    title = f"{start.event} came, and did not start it"
    if record.quiet:
        reason = Because("it was brought in by an import, which starts no journeys", False, decides=True)
        return Account(title, happened, (reason,), "", (), where)
    program = asking.log.program_of(record.received)
    then_journey = program.workspace.journeys.get(journey.name)
    if then_journey is None:
        reason = Because(f"{journey.name} was not there yet", False, decides=True)
        return Account(title, happened, (reason,), "", (), where)
    then_start = next(
        (s for s in then_journey.starts if isinstance(s, checked.StartOnEvent) and s.event == start.event),
        None,
    )
    notes = []
    if then_start is None:
        reason = Because(f"it did not start on {start.event} then", False, decides=True)
        return Account(title, happened, (reason,), "", (), where)
    if then_start.where != start.where:
        notes.append("The condition has been changed since then; below stands how it was.")
    else:
        then_start, program = start, asking.program
    because: list[Because] = []
    different = ""
    if then_start.where is not None:
        person = asking.past.at(record.received, program)
        tracer = Tracer(program, person, record.received, record.event, record.properties)
        trace = tracer.condition(then_start.where)
        because.append(asking.teller.one(program, trace, record.received, bare=True))
        if trace.truth is not True:
            wish = asking.teller.wish(program, trace, True, record.received, bare=True)
            different = f"It would have started with {wish}." if wish else ""
            return Account(title, happened, tuple(because), different, tuple(notes), where)
    because.append(Because(_guard_then(asking, journey, record), False, decides=True))
    return Account(title, happened, tuple(because), different, tuple(notes), where)


def _guard_then(asking: Asking, journey: checked.Journey, record: Record) -> str:
    """What kept a run from beginning when an event that fits came."""
    at = record.received
    name = journey.name
    mine = [a for a in asking.log.activities if a.journey == name and a.at <= at]
    stopped = next((a for a in mine if a.at == at and a.kind == did.NOT_STARTED), None)
    if stopped is not None:
        later = "; it begins when the journey is resumed" if stopped.detail.get("held") else ""
        return f"{name} was {stopped.detail['because']}{later}"
    begun = [a for a in mine if a.kind == did.STARTED]
    ended = {a.run: a for a in mine if a.kind == did.ENDED}
    open_runs = [a for a in begun if a.run not in ended or ended[a.run].at > at]
    ends = list(ended.values())
    if any(a.at == at for a in ends):
        return "the same event ended the run that was under way: one event never ends and starts the same journey"
    if open_runs:
        began = asking.when(open_runs[-1].at)
        return f"a run was under way since {began}: one at a time for each person" + (
            " and each value of `one per`" if journey.one_per is not None else ""
        )
    if ends and journey.again != "always":
        last = max(a.at for a in ends)
        return _again(asking, journey, last)
    if asking.log.first_ran is not None and at < asking.log.first_ran:
        return f"it came before anything ran here (first on {asking.when(asking.log.first_ran)})"
    return "nothing that is stored says why: the journey may have been another then"


def _again(asking: Asking, journey: checked.Journey, last: int) -> str:
    if journey.again == "never":
        return f"again never: a run ended on {asking.when(last)}"
    assert journey.again_after is not None
    from_then = asking.when(add_elapsed(last, journey.again_after))
    length = in_words(journey.again_after)
    return f"again after {length}: the last run ended on {asking.when(last)}, so a new one may begin from {from_then}"


def _guard_now(asking: Asking, journey: checked.Journey) -> str:
    """What would keep a run from beginning now; "" when one may."""
    state = asking.log.controls.get(journey.name)
    if state:
        return f"{journey.name} is {state}"
    compiled = asking.program.journeys[journey.name]
    moment = Moment(asking.program, asking.today, asking.now, [], None, "event")
    refused = moment.refusal(compiled, "")
    if not refused:
        return ""
    if refused.startswith("again"):
        return _again(asking, journey, asking.today.ended.get(journey.name, asking.now))
    return refused


def _no_audience_start(
    asking: Asking, journey: checked.Journey, start: checked.StartOnAudience, since: int | None
) -> Account:
    """Why entering or leaving an audience has not started it."""
    word = "entering" if start.entering else "leaving"
    said = f"start when {word} {start.audience}"
    where = place_of(start.span)
    kind = did.ENTERED if start.entering else did.LEFT
    changes = [
        a
        for a in asking.log.activities
        if a.kind == kind and a.detail.get("audience") == start.audience and (since is None or a.at >= since)
    ]
    declared = asking.program.workspace.audiences[start.audience]
    seen = asking.seen_now(declared.condition)
    tree = asking.tree(None, seen)
    verb = "enter" if start.entering else "leave"
    if changes:
        last = changes[-1].at
        begun = any(
            a.kind == did.STARTED and a.journey == journey.name and a.at == last
            for a in asking.log.activities
        )
        if begun:
            return Account(said, None, (Because("each time it came, a run has begun", True),), "", (), where)
        record = Record("", "", last, last, {}, {})
        reason = Because(_guard_then(asking, journey, record), False, decides=True)
        return Account(f"{said}: came, and did not start it", last, (reason,), "", (), where)
    if start.entering and seen.trace.truth:
        text = "in it already when the journey came: existing members are ignored, unless they `enter`"
        return Account(said, None, (Because(text, False, (), None, (), (), True),), "", (), where)
    because = Because(
        f"never did {verb} {start.audience}", False, (), None, (), () if tree is None else (tree,), True
    )
    wish = asking.teller.wish(asking.program, seen.trace, start.entering, asking.now)
    different = f"It would start with {wish}." if wish else ""
    return Account(said, None, (because,), different, (), where)


def _no_timed_start(
    asking: Asking, journey: checked.Journey, start: checked.StartOnSchedule | checked.StartOnDate
) -> Account:
    """When a start by time next comes, and what keeps it from coming."""
    where = place_of(start.span)
    said = f"start {start.label}"
    mine = [o for o in asking.program.occasions if o.start.journey == journey.name and o.label == start.label]
    because: list[Because] = []
    if isinstance(start, checked.StartOnSchedule):
        declared = asking.program.workspace.audiences[start.audience]
        seen = asking.seen_now(declared.condition)
        tree = asking.tree(None, seen)
        member = bool(seen.trace.truth)
        text = f"{'in' if member else 'not in'} {start.audience}"
        because.append(
            Because(
                text,
                member,
                (),
                None,
                (),
                () if tree is None else (tree,),
                not member,
                place_of(declared.span),
            )
        )
    else:
        trace = Tracer(asking.program, asking.today, asking.now).value(start.date)
        text = Wording(asking.program.workspace).value(start.date)
        value = asking.teller.said(start.date, trace.value)
        fact = Fact(text, value, trace.value is None)
        because.append(Because(text, None, (fact,), None, (), (), trace.value is None))
    possible = {id(o) for o in occasions(asking.program, asking.today)}
    coming = [c for o in mine if id(o) in possible and (c := o.after(asking.today, asking.now)) is not None]
    different = (
        f"It next comes on {asking.when(min(coming)[0])}."
        if coming
        else "It does not come again as things stand."
    )
    return Account(said, None, tuple(because), different, (), where)
