"""Whether an `expect` of a test holds, and if not, what happened instead, in a sentence.

Expectations look at what the person's steps brought about up to the test's clock; conditions are asked of the
person as they are at that moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.dsl import ast, checked
from sojourn.interpreter.core.effects import CONVERTED, ENDED, FAILED, NOT_SENT, STARTED, Activity, Outgoing
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.seen_values import seen_values
from sojourn.interpreter.timeline import Entry, clock_text

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

    def activities(self, kind: str, journey: str) -> list[Activity]:
        """The activities of one kind in one journey, in order."""
        return [
            e for e in self.entries if isinstance(e, Activity) and e.kind == kind and e.journey == journey
        ]

    def say(self, instant: int) -> str:
        """An instant as a clock time of the test."""
        return clock_text(instant, self.zone)

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
            return _not_sent(syntax, happened, moment) if syntax.negated else _sent(syntax, happened, moment)
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


def _messages(happened: Happened, name: str) -> list[Outgoing]:
    return [e for e in happened.entries if isinstance(e, Outgoing) and e.message == name]


def _mismatches(syntax: ast.ExpectSent, happened: Happened, moment: int | None, sent: Outgoing) -> list[str]:
    """In what a message that was sent is not the expected one, each as a sentence."""
    told = f"{sent.message} was sent by {sent.channel} at {happened.say(sent.at)}, but the test says"
    found = []
    if syntax.channel is not None and str(syntax.channel) != sent.channel:
        found.append(f"{told} by {syntax.channel}")
    if moment is not None and moment != sent.at:
        found.append(f"{told} at {happened.say(moment)}")
    for check in syntax.with_parts:
        text = sent.parts.get(str(check.part))
        wanted = check.text.value
        its = f"the {check.part} of {sent.message} is"
        if text is None:
            found.append(
                f"{sent.message} was sent by {sent.channel}, which has {_and(sent.parts)}, but no {check.part}"
            )
        elif check.op == "is" and text != wanted:
            found.append(f"{its} “{_short(text)}”, but the test says “{_short(wanted)}”")
        elif check.op != "is" and wanted.casefold() not in text.casefold():
            found.append(f"{its} “{_short(text)}”, which does not contain “{_short(wanted)}”")
    return found


def _sent(syntax: ast.ExpectSent, happened: Happened, moment: int | None) -> Verdict:
    name = str(syntax.message)
    messages = _messages(happened, name)
    mismatches = [_mismatches(syntax, happened, moment, sent) for sent in messages]
    right = sum(not found for found in mismatches)
    if right == syntax.times or (right and syntax.times is None):
        return "", set()
    if syntax.times is not None and right == len(messages) and messages:
        ways = _and(f"by {m.channel} at {happened.say(m.at)}" for m in messages)
        return f"{name} was sent {_times(right)} ({ways}), but the test says {_times(syntax.times)}", set()
    if syntax.times is not None and right:
        return f"{name} was sent so {_times(right)}, but the test says {_times(syntax.times)}", set()
    if messages:
        closest = min(mismatches, key=len)
        return "; ".join(closest), set()
    return f"{name} was not sent{_why_not(name, happened)}", set()


def _why_not(name: str, happened: Happened) -> str:
    """The rest of a sentence that says why a message was not sent."""
    for entry in reversed(happened.entries):
        if isinstance(entry, Activity) and _is_about(entry, name, happened):
            if entry.kind == NOT_SENT:
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
    if entry.kind == NOT_SENT:
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
    for sent in _messages(happened, name):
        if not _mismatches(syntax, happened, moment, sent):
            return f"{name} was sent by {sent.channel} at {happened.say(sent.at)}", set()
    if syntax.because is None:
        return "", set()
    wanted = syntax.because.value.casefold()
    skipped = [e for e in happened.entries if isinstance(e, Activity) and _is_about(e, name, happened)]
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
            f"{name} was not sent because of “{because}”, but the test says “{syntax.because.value}”",
            set(),
        )
    return f"no send of {name} was skipped{_why_not(name, happened)}", set()


def _reasons(entry: Activity, channel: ast.Name | None) -> list[str]:
    by_channel: dict[str, str] = entry.detail.get("reasons") or {}
    if channel is not None and by_channel:
        return [by_channel[str(channel)]] if str(channel) in by_channel else []
    return [str(entry.detail["because"]), *by_channel.values()]


# ---------------------------------------------------------------- journeys


def _ended(syntax: ast.ExpectEnded, happened: Happened) -> str:
    name = str(syntax.journey)
    ended = happened.activities(ENDED, name)
    wanted = syntax.because.value if syntax.because is not None else ""
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
    if syntax.times is None:
        return "" if started else f"{name} has not started"
    if len(started) == syntax.times:
        return ""
    when = f" (at {at})" if started else ""
    return f"{name} started {_times(len(started))}{when}, but the test says {_times(syntax.times)}"


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
    true, values = seen_values(happened.program, condition, happened.person, happened.now, happened.zone)
    if true:
        return ""
    return "; ".join(values) if values else "this is not true"


# ------------------------------------------------------------------- words


def _times(count: int) -> str:
    return "once" if count == 1 else "never" if count == 0 else f"{count} times"


def _and(words: Iterable[str]) -> str:
    listed = list(words)
    return listed[0] if len(listed) == 1 else ", ".join(listed[:-1]) + f" and {listed[-1]}" if listed else ""


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_QUOTE else words[: LONGEST_QUOTE - 1].rstrip() + "…"
