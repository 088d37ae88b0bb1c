"""Whether an `expect` of a test holds, and if not, what happened instead, in a sentence.

Expectations look at what the person's steps brought about up to the test's clock; conditions are asked of the
person as they are at that moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sojourn.dsl import ast, checked
from sojourn.interpreter.core.calls import CALL
from sojourn.interpreter.core.effects import (
    CONVERTED,
    ENDED,
    FAILED,
    NOT_SENT,
    OFFERED,
    REFUSED,
    STARTED,
    Activity,
    Outgoing,
)
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.functions import zone_or_none
from sojourn.interpreter.testing.seen_values import reasons
from sojourn.interpreter.timeline import Entry, clock_text, value_text

if TYPE_CHECKING:
    from sojourn.interpreter.compile import Program

__all__ = ["Happened", "judge"]

LONGEST_QUOTE = 200
"""How many characters of a message's part are shown when it is not what was expected."""

Verdict = tuple[str, set[int]]
"""What happened instead ("" when the expectation holds), and the `id`s of failed steps that it spoke of."""


@dataclass(frozen=True, slots=True)
class Happened:
    """What an expectation can look at: the person, the clock (an instant) and its zone, and all that came
    about so far.
    """

    program: Program
    person: Person
    now: int
    zone: dt.tzinfo
    entries: list[Entry]
    named: str = ""
    """The zone's name, where it is another than the test's and has to be said."""

    def activities(self, kind: str, journey: str) -> list[Activity]:
        """The activities of one kind in one journey, in order."""
        return [
            e for e in self.entries if isinstance(e, Activity) and e.kind == kind and e.journey == journey
        ]

    def say(self, instant: int) -> str:
        """An instant as a clock time of the test, or of the zone that the expectation names."""
        return clock_text(instant, self.zone) + (f" in {self.named}" if self.named else "")

    def label(self, journey: str, step: str) -> str:
        """The text of a step, by its id."""
        declared = self.program.workspace.journeys.get(journey)
        steps = declared.steps if declared is not None else ()
        return next((s.label for s in steps if s.id == step), step)

    def whereabouts(self, journey: str) -> str:
        """Where the person stands: "cart_rescue waits at “wait 1 hour” until 2026-03-02 11:00"."""
        waiting = [run for run in self.person.runs.values() if run.journey == journey]
        if waiting:
            run = waiting[-1]
            until = "" if run.until is None else f" until {self.say(run.until)}"
            return f"{journey} waits at “{self.label(journey, run.step)}”{until}"
        ended = self.activities(ENDED, journey)
        if ended:
            return f"{journey} ended at {self.say(ended[-1].at)} because of “{ended[-1].detail['because']}”"
        return f"{journey} has not started"


def judge(expectation: checked.Expectation, happened: Happened, moment: int | None = None) -> Verdict:
    """Whether the expectation holds at the clock. `moment` is the instant of its `at`, if it has one."""
    match expectation.syntax:
        case ast.ExpectSent() as syntax:
            happened = _by_its_clock(syntax, happened)
            return _not_sent(syntax, happened, moment) if syntax.negated else _sent(syntax, happened, moment)
        case ast.ExpectNothing():
            return _nothing(happened), set()
        case ast.ExpectCalled():
            return _called(expectation.syntax, happened), set()
        case ast.ExpectEmitted():
            return _emitted(expectation.syntax, expectation.values, happened), set()
        case ast.ExpectOffered():
            return _offered(expectation.syntax, happened), set()
        case ast.ExpectEnded() as syntax:
            return _ended(syntax, happened), set()
        case ast.ExpectStarted() as syntax:
            return _started(syntax, happened), set()
        case ast.ExpectWaiting() as syntax:
            return _waiting(syntax, happened), set()
        case ast.ExpectConverted() as syntax:
            return _converted(syntax, happened), set()
        case ast.ExpectTrue():
            return _true(expectation, happened), set()


# ------------------------------------------------------------------- sends


def _messages(happened: Happened, name: str | None = None) -> list[Outgoing]:
    """What was sent of a message, or of all. What the test lets fail was not: nobody has it."""
    refused = {
        entry.detail["key"]
        for entry in happened.entries
        if isinstance(entry, Activity) and entry.kind == REFUSED and not entry.detail["bounced"]
    }
    return [
        entry
        for entry in happened.entries
        if isinstance(entry, Outgoing)
        and entry.channel != CALL
        and name in (None, entry.message)
        and entry.key not in refused
    ]


def _nothing(happened: Happened) -> str:
    sent = _messages(happened)
    if not sent:
        return ""
    return _and(f"{m.message} was sent by {m.channel} at {happened.say(m.at)}" for m in sent)


def _by_its_clock(syntax: ast.ExpectSent, happened: Happened) -> Happened:
    """What happened, with the clock times of the zone that the expectation names: `at … in "Europe/Berlin"`."""
    zone = None if syntax.zone is None else zone_or_none(syntax.zone.value)
    if syntax.zone is None or zone is None or zone == happened.zone:
        return happened
    return replace(happened, zone=zone, named=syntax.zone.value)


def _mismatches(syntax: ast.ExpectSent, happened: Happened, moment: int | None, sent: Outgoing) -> list[str]:
    """In what a message that was sent is not the expected one, each as a sentence."""
    told = f"{sent.message} was sent by {sent.channel} at {happened.say(sent.at)}, but the test says"
    found = []
    if syntax.channel is not None and str(syntax.channel) != sent.channel:
        found.append(f"{told} by {syntax.channel}")
    if moment is not None and moment != sent.at:
        found.append(f"{told} at {happened.say(moment)}")
    return found + _other_parts(syntax.with_parts, sent)


def _other_parts(checks: tuple[ast.PartCheck, ...], sent: Outgoing) -> list[str]:
    """In what the texts of something that went out are not the expected ones."""
    found = []
    for check in checks:
        text = sent.parts.get(str(check.part))
        wanted = _said(check.text)
        its = f"the {check.part} of {sent.message} is"
        has = wanted.casefold() in (text or "").casefold()
        if text is None:
            found.append(
                f"{sent.message} was sent by {sent.channel}, which has {_and(sent.parts)}, but no {check.part}"
            )
        elif check.op == "is" and text != wanted:
            found.append(f"{its} “{_short(text)}”, but the test says “{_short(wanted)}”")
        elif check.op == "is not" and text == wanted:
            found.append(f"{its} “{_short(text)}”, and the test says that it is not")
        elif check.op == "containing" and not has:
            found.append(f"{its} “{_short(text)}”, which does not contain “{_short(wanted)}”")
        elif check.op == "not containing" and has:
            found.append(f"{its} “{_around(text, wanted)}”, which contains “{_short(wanted)}”")
    return found


def _sent(syntax: ast.ExpectSent, happened: Happened, moment: int | None) -> Verdict:
    name = str(syntax.message)
    messages = _messages(happened, name)
    mismatches = [_mismatches(syntax, happened, moment, sent) for sent in messages]
    right = sum(not found for found in mismatches)
    times = _count(syntax.times)
    if right == times or (right and times is None):
        return "", set()
    if times is not None and right == len(messages) and messages:
        ways = _and(f"by {m.channel} at {happened.say(m.at)}" for m in messages)
        return f"{name} was sent {_times(right)} ({ways}), but the test says {_times(times)}", set()
    if times is not None and right:
        return f"{name} was sent so {_times(right)}, but the test says {_times(times)}", set()
    if messages:
        closest = min(mismatches, key=len)
        return "; ".join(closest), set()
    return f"{name} was not sent{_why_not(name, happened)}", set()


def _why_not(name: str, happened: Happened) -> str:
    """The rest of a sentence that says why a message was not sent."""
    for entry in reversed(happened.entries):
        if isinstance(entry, Activity) and _is_about(entry, name, happened):
            if entry.kind in (NOT_SENT, REFUSED):
                return f" at {happened.say(entry.at)}: {entry.detail['because']}"
            return f": its step failed at {happened.say(entry.at)}: {entry.detail['because']}"
    senders = [
        journey.name
        for journey in happened.program.workspace.journeys.values()
        if any(isinstance(s.operation, checked.Send) and s.operation.message == name for s in journey.steps)
    ]
    if not senders:
        return ": no journey sends it"
    return ": " + _and(happened.whereabouts(journey) for journey in senders)


def _is_about(entry: Activity, name: str, happened: Happened) -> bool:
    """Whether a skipped or failed send was one of this message."""
    if entry.kind == NOT_SENT or (entry.kind == REFUSED and not entry.detail["bounced"]):
        return bool(entry.detail["message"] == name)
    if entry.kind != FAILED:
        return False
    journey = happened.program.workspace.journeys.get(entry.journey)
    return journey is not None and any(
        step.id == entry.step and isinstance(step.operation, checked.Send) and step.operation.message == name
        for step in journey.steps
    )


def _not_sent(syntax: ast.ExpectSent, happened: Happened, moment: int | None) -> Verdict:
    name = str(syntax.message)
    if syntax.because is None:
        for sent in _messages(happened, name):
            if not _mismatches(syntax, happened, moment, sent):
                return f"{name} was sent by {sent.channel} at {happened.say(sent.at)}", set()
        return "", set()
    # With a reason it is about one send that was withheld, whatever became of others.
    because_said = _said(syntax.because)
    wanted = because_said.casefold()
    skipped = [
        e
        for e in happened.entries
        if isinstance(e, Activity) and _is_about(e, name, happened) and (moment is None or e.at == moment)
    ]
    right = [
        entry
        for entry in skipped
        if any(wanted in reason.casefold() for reason in _reasons(entry, syntax.channel))
    ]
    if right:
        return "", {id(entry) for entry in right if entry.kind == FAILED}
    if skipped:
        because = _and(dict.fromkeys(str(entry.detail["because"]) for entry in skipped))
        return (
            f"{name} was not sent because of “{because}”, but the test says “{because_said}”",
            set(),
        )
    return f"no send of {name} was skipped{_why_not(name, happened)}", set()


def _reasons(entry: Activity, channel: ast.Name | None) -> list[str]:
    by_channel: dict[str, str] = entry.detail.get("reasons") or {}
    if channel is not None and by_channel:
        return [by_channel[str(channel)]] if str(channel) in by_channel else []
    return [str(entry.detail["because"]), *by_channel.values()]


# ------------------------------------------------- calls, events, offers


def _called(syntax: ast.ExpectCalled, happened: Happened) -> str:
    name = str(syntax.webhook)
    calls = [
        e for e in happened.entries if isinstance(e, Outgoing) and e.channel == CALL and e.message == name
    ]
    others = [_other_parts(syntax.with_parts, call) for call in calls]
    right = [call for call, found in zip(calls, others, strict=True) if not found]
    times = _count(syntax.times)
    if syntax.negated:
        return f"{name} was called at {happened.say(right[0].at)}: {right[0].parts['body']}" if right else ""
    if len(right) == times or (right and times is None):
        return ""
    if calls and not right:
        fewest = min(range(len(calls)), key=lambda number: len(others[number]))
        return "; ".join(others[fewest])
    if not calls:
        return f"{name} was not called"
    return f"{name} was called {_times(len(right))}, but the test says {_times(times or 0)}"


def _emitted(syntax: ast.ExpectEmitted, values: Mapping[str, Any], happened: Happened) -> str:
    name = str(syntax.event)
    emitted = [
        e
        for e in happened.entries
        if isinstance(e, Record) and e.event == name and e.dataset.startswith("journey ")
    ]
    event = happened.program.workspace.events[name]

    def others(record: Record) -> list[str]:
        return [
            f"its {field} is {value_text(record.properties.get(field), of, happened.zone)}, but the test says "
            f"{value_text(wanted, of, happened.zone)}"
            for field, wanted in values.items()
            if record.properties.get(field) != wanted
            for of in [event.fields[field].type]
        ]

    right = [record for record in emitted if not others(record)]
    times = _count(syntax.times)
    if syntax.negated:
        return f"{name} was emitted at {happened.say(right[0].at)}" if right else ""
    if len(right) == times or (right and times is None):
        return ""
    if emitted and not right:
        closest = min(emitted, key=lambda record: len(others(record)))
        return f"{name} was emitted at {happened.say(closest.at)}, but {'; '.join(others(closest))}"
    if not emitted:
        return f"{name} was not emitted"
    return f"{name} was emitted {_times(len(right))}, but the test says {_times(times or 0)}"


def _offered(syntax: ast.ExpectOffered, happened: Happened) -> str:
    name = str(syntax.offer)
    shown = [e for e in happened.entries if isinstance(e, Activity) and e.kind == OFFERED]
    right = [entry for entry in shown if entry.detail["offer"] == name]
    if syntax.negated:
        return (
            f"{name} was offered at {happened.say(right[0].at)}: {right[0].detail['because']}"
            if right
            else ""
        )
    if right:
        return ""
    for entry in reversed(shown):
        others = entry.detail.get("others") or {}
        why = f", because {others[name]}" if name in others else ""
        return f"{entry.detail['decision']} offered {entry.detail['offer']} and not {name}{why}"
    return f"{name} was not offered: nothing was"


# ---------------------------------------------------------------- journeys


def _ended(syntax: ast.ExpectEnded, happened: Happened) -> str:
    name = str(syntax.journey)
    ended = happened.activities(ENDED, name)
    wanted = _said(syntax.because)
    right = [e for e in ended if wanted.casefold() in str(e.detail["because"]).casefold()]
    if syntax.negated:
        if not right:
            return ""
        return f"{name} ended at {happened.say(right[0].at)} because of “{right[0].detail['because']}”"
    if right:
        return ""
    if ended:
        return f"{_ends(ended, happened, name)}, but the test says “{wanted}”"
    if not happened.activities(STARTED, name):
        return f"{name} has not started"
    return f"{name} has not ended: {happened.whereabouts(name)}"


def _ends(ended: list[Activity], happened: Happened, name: str) -> str:
    """How the runs of a journey ended, as the beginning of a sentence."""
    ends = _and(f"at {happened.say(e.at)} because of “{e.detail['because']}”" for e in ended)
    return f"{name} ended {ends}"


def _started(syntax: ast.ExpectStarted, happened: Happened) -> str:
    name = str(syntax.journey)
    started = happened.activities(STARTED, name)
    at = _and(happened.say(e.at) for e in started)
    if syntax.negated:
        return f"{name} started at {at}" if started else ""
    times = _count(syntax.times)
    if times is None:
        return "" if started else f"{name} has not started"
    if len(started) == times:
        return ""
    when = f" (at {at})" if started else ""
    return f"{name} started {_times(len(started))}{when}, but the test says {_times(times)}"


def _waiting(syntax: ast.ExpectWaiting, happened: Happened) -> str:
    name = str(syntax.journey)
    wanted = " ".join(syntax.step.value.split()).casefold()
    labels = [happened.label(name, run.step) for run in happened.person.runs.values() if run.journey == name]
    right = [label for label in labels if " ".join(label.split()).casefold().startswith(wanted)]
    if syntax.negated:
        return f"{name} waits at “{right[0]}”" if right else ""
    if right:
        return ""
    whereabouts = happened.whereabouts(name)
    return f"{whereabouts}, but the test says “{syntax.step.value}”" if labels else whereabouts


def _converted(syntax: ast.ExpectConverted, happened: Happened) -> str:
    name = str(syntax.journey)
    converted = happened.activities(CONVERTED, name)
    if syntax.negated:
        return f"{name} converted at {happened.say(converted[0].at)}" if converted else ""
    if converted:
        return ""
    if not happened.activities(STARTED, name):
        return f"{name} has not started"
    return f"{name} has not converted: {happened.whereabouts(name)}"


# -------------------------------------------------------------- conditions


def _true(expectation: checked.Expectation, happened: Happened) -> str:
    condition = expectation.condition
    assert condition is not None
    if happened.program.test(condition)(happened.person, None, None, happened.now):
        return ""
    values = reasons(happened.program, condition, happened.person, happened.now, happened.zone)
    return "; ".join(values) if values else "this is not true"


# ------------------------------------------------------------------- words


def _said(text: ast.Text | ast.Path | None) -> str:
    """What a text of an expectation says; its cells have been put in."""
    return text.value if isinstance(text, ast.Text) else ""


def _count(times: int | ast.Path | None) -> int | None:
    return times if isinstance(times, int) else None


def _around(text: str, wanted: str) -> str:
    """The part of a long text in which the wanted words stand."""
    words = " ".join(text.split())
    at = words.casefold().find(" ".join(wanted.split()).casefold())
    if len(words) <= LONGEST_QUOTE or at < 0:
        return _short(text)
    begin = max(0, at - LONGEST_QUOTE // 2)
    piece = words[begin : begin + LONGEST_QUOTE]
    return f"{'…' if begin else ''}{piece.strip()}{'…' if begin + LONGEST_QUOTE < len(words) else ''}"


def _times(count: int) -> str:
    return "once" if count == 1 else "never" if count == 0 else f"{count} times"


def _and(words: Iterable[str]) -> str:
    listed = list(words)
    return listed[0] if len(listed) == 1 else ", ".join(listed[:-1]) + f" and {listed[-1]}" if listed else ""


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_QUOTE else words[: LONGEST_QUOTE - 1].rstrip() + "…"
