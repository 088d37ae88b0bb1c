"""What a simulation counted: journeys, sends, conversions, audiences, and what was set aside.

The counts are kept up as effects come, so a report costs no memory for each event. Everything here is the
same in every run of the same program on the same records; how long it took is not part of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sojourn.dsl import checked
from sojourn.dsl.values import DAY, instant_to_iso, to_datetime
from sojourn.interpreter.core import effects as did
from sojourn.interpreter.core.effects import Activity, Effect
from sojourn.interpreter.core.person import Person

__all__ = ["EXAMPLES", "AudienceReport", "FailedStep", "JourneyReport", "Report", "Setback", "Withheld"]

EXAMPLES = 3
"""How many examples of one kind of mishap are kept."""

Counts = dict[str, int]


@dataclass(slots=True)
class Setback:
    """Records that were set aside for one reason: how many, and the first few as they came."""

    reason: str
    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class FailedStep:
    """A step that failed for one reason: how often, and the first few (when, the person's key)."""

    step: str
    because: str
    count: int = 0
    examples: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class Withheld:
    """A message that was not sent, or later, for one reason: how often, to whom, and the first few of them (when,
    the person's key). `held` by quiet hours it was asked again afterwards.
    """

    message: str
    because: str
    held: bool = False
    count: int = 0
    whom: set[str] = field(default_factory=set)
    examples: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class JourneyReport:
    """One journey's counts.

    `waited` and `waiting` are by step id: how often somebody began to wait there, and how many wait there at
    the end. `branches`: step id -> branch -> how often. `splits`: split -> arm -> runs. `sent`: message ->
    channel -> messages. `not_sent`: message -> why -> how often. `converted_by_arm`: split -> arm ->
    conversions. `ended`: why -> runs. `failed`: (step id, reason) -> the failures, the first one first.
    The same by step id: `sent_at` (channel -> messages), `not_sent_at` (why -> how often), `done_at` (how
    often), `ended_at` (why -> runs that stood there when they ended).
    """

    name: str
    started: int = 0
    running: int = 0
    converted: int = 0
    waited: Counts = field(default_factory=dict)
    waiting: Counts = field(default_factory=dict)
    branches: dict[str, Counts] = field(default_factory=dict)
    splits: dict[str, Counts] = field(default_factory=dict)
    sent: dict[str, Counts] = field(default_factory=dict)
    not_sent: dict[str, Counts] = field(default_factory=dict)
    converted_by_arm: dict[str, Counts] = field(default_factory=dict)
    ended: Counts = field(default_factory=dict)
    failed: dict[tuple[str, str], FailedStep] = field(default_factory=dict)
    sent_at: dict[str, Counts] = field(default_factory=dict)
    not_sent_at: dict[str, Counts] = field(default_factory=dict)
    done_at: Counts = field(default_factory=dict)
    refused_at: dict[str, Counts] = field(default_factory=dict)
    ended_at: dict[str, Counts] = field(default_factory=dict)

    @property
    def messages(self) -> int:
        """How many messages it sent, all channels together."""
        return sum(sum(channels.values()) for channels in self.sent.values())


@dataclass(slots=True)
class AudienceReport:
    """One audience: members when the last record had been taken in, members at the end, and who came and
    went.
    """

    name: str
    at_last_event: int = 0
    at_end: int = 0
    entered: int = 0
    left: int = 0


class Report:
    """The counts of one simulation; `journeys` and `audiences` are in the order they are written in the
    workspace.

    `first` and `last` are the instants of the first and last record, `ended_at` the instant the clock stopped
    at (all None without records). `ended_because` says why it stopped there. `later` counts records after the
    given end, which were not taken in.
    """

    def __init__(self, workspace: checked.Workspace) -> None:
        self.workspace = workspace
        self.journeys = {name: JourneyReport(name) for name in workspace.journeys}
        self.audiences = {name: AudienceReport(name) for name in workspace.audiences}
        self.offered: dict[str, Counts] = {name: {} for name in workspace.decisions}
        """Decision -> offer -> in how many messages it was shown."""
        self.recommended: dict[str, Counts] = {name: {} for name in workspace.recommendations}
        """Recommendation -> row -> in how many messages it was shown."""
        self.records = 0
        self.events: Counts = {}
        self.profile_updates = 0
        self.duplicates = 0
        self.later = 0
        self.rejected: dict[str, Setback] = {}
        self.people = 0
        self.merged = 0
        self.links_refused = 0
        self.failed_elsewhere: dict[tuple[str, str], FailedStep] = {}
        self.sent_by_day: dict[int, Counts] = {}
        """Day (of UTC, days since 1970) -> channel -> messages."""
        self.sent_to: Counts = {}
        """A person's key -> how many messages they were sent."""
        self.withheld: dict[tuple[str, str], Withheld] = {}
        """(message, why) -> what was not sent, or held."""
        self.first: int | None = None
        self.last: int | None = None
        self.ended_at: int | None = None
        self.ended_because = ""

    def reject(self, reason: str, raw: str) -> None:
        """Counts a record that did not fit."""
        setback = self.rejected.get(reason)
        if setback is None:
            setback = self.rejected[reason] = Setback(reason)
        setback.count += 1
        if len(setback.examples) < EXAMPLES:
            setback.examples.append(raw)

    def add(self, effects: Iterable[Effect], person: Person) -> None:
        """Counts what a step brought about for `person`."""
        for effect in effects:
            if type(effect) is not Activity:
                continue  # every outgoing message comes with its own "sent"
            kind = effect.kind
            detail = effect.detail
            if kind == did.ENTERED:
                self.audiences[detail["audience"]].entered += 1
                continue
            if kind == did.LEFT:
                self.audiences[detail["audience"]].left += 1
                continue
            journey = self.journeys.get(effect.journey)
            if journey is None:
                self._outside(effect, person)
                continue
            if kind == did.STARTED:
                journey.started += 1
            elif kind == did.WAITING:
                journey.waited[effect.step] = journey.waited.get(effect.step, 0) + 1
            elif kind == did.HELD:
                _count(journey.waited, effect.step)
                self._withhold(effect, person, held=True)
            elif kind == did.BRANCHED:
                taken = journey.branches.get(effect.step)
                if taken is None:
                    taken = journey.branches[effect.step] = {}
                branch = detail["branch"]
                taken[branch] = taken.get(branch, 0) + 1
            elif kind == did.ENDED:
                _count(journey.ended, detail["because"])
                _count(journey.ended_at.setdefault(effect.step, {}), detail["because"])
            elif kind == did.SENT:
                _count(journey.sent.setdefault(detail["message"], {}), detail["channel"])
                _count(journey.sent_at.setdefault(effect.step, {}), detail["channel"])
                _count(self.sent_by_day.setdefault(effect.at // DAY, {}), detail["channel"])
                _count(self.sent_to, person.key)
            elif kind == did.NOT_SENT:
                _count(journey.not_sent.setdefault(detail["message"], {}), detail["because"])
                _count(journey.not_sent_at.setdefault(effect.step, {}), detail["because"])
                self._withhold(effect, person)
            elif kind == did.SPLIT:
                _count(journey.splits.setdefault(detail["split"], {}), detail["arm"])
            elif kind == did.CONVERTED:
                journey.converted += 1
                for split, arm in detail.get("arms", {}).items():
                    _count(journey.converted_by_arm.setdefault(split, {}), arm)
            elif kind == did.FAILED:
                _fail(journey.failed, effect, person)
            elif kind in (did.SET, did.EMITTED, did.ENTERS, did.ANSWERED):
                _count(journey.done_at, effect.step)
            elif kind == did.OFFERED:
                _count(self.offered.setdefault(detail["decision"], {}), detail["offer"])
            elif kind == did.RECOMMENDED:
                for item in detail["items"]:
                    _count(self.recommended.setdefault(detail["recommendation"], {}), item)
            elif kind == did.NOT_ENTERED:
                _count(journey.refused_at.setdefault(effect.step, {}), detail["because"])
            else:
                self._outside(effect, person)

    def _outside(self, effect: Activity, person: Person) -> None:
        if effect.kind == did.MERGED:
            self.merged += 1
            before = self.sent_to.pop(effect.detail["key"], 0)
            if before:
                self.sent_to[person.key] = self.sent_to.get(person.key, 0) + before
        elif effect.kind == did.LINK_REFUSED:
            self.links_refused += 1
        elif effect.kind == did.FAILED:
            _fail(self.failed_elsewhere, effect, person)

    def _withhold(self, effect: Activity, person: Person, held: bool = False) -> None:
        message, because = effect.detail["message"], effect.detail["because"]
        entry = self.withheld.get((message, because))
        if entry is None:
            entry = self.withheld[message, because] = Withheld(message, because, held)
        entry.count += 1
        if len(entry.examples) < EXAMPLES and person.key not in entry.whom:
            entry.examples.append((effect.at, person.key))
        entry.whom.add(person.key)

    def mark_last_event(self, people: Iterable[Person]) -> None:
        """Takes down who is in which audience now that the last record has been taken in."""
        for person in people:
            for name in person.audiences:
                if name in self.audiences:
                    self.audiences[name].at_last_event += 1

    def close(self, people: Iterable[Person]) -> None:
        """Takes down where everybody is at the end."""
        for person in people:
            self.people += 1
            for name in person.audiences:
                if name in self.audiences:
                    self.audiences[name].at_end += 1
            for run in person.runs.values():
                journey = self.journeys.get(run.journey)
                if journey is not None:
                    journey.running += 1
                    _count(journey.waiting, run.step)

    @property
    def messages(self) -> int:
        """How many messages were sent in all."""
        return sum(journey.messages for journey in self.journeys.values())

    @property
    def per_person(self) -> dict[int, int]:
        """How many messages -> how many people were sent so many, from 0 on."""
        found: dict[int, int] = {0: max(0, self.people - len(self.sent_to))}
        for count in sorted(self.sent_to.values()):
            found[count] = found.get(count, 0) + 1
        return found

    def to_data(self) -> dict[str, Any]:
        """The report as JSON. Steps come in the order written, the rest most frequent first."""
        return {
            "records": self.records,
            "events": _ranked(self.events),
            "profile_updates": self.profile_updates,
            "duplicates": self.duplicates,
            "later": self.later,
            "rejected": [
                {"reason": s.reason, "count": s.count, "examples": s.examples}
                for s in sorted(self.rejected.values(), key=lambda s: (-s.count, s.reason))
            ],
            "people": self.people,
            "merged": self.merged,
            "links_refused": self.links_refused,
            "messages": self.messages,
            "first": _iso(self.first),
            "last": _iso(self.last),
            "ended_at": _iso(self.ended_at),
            "ended_because": self.ended_because,
            "failed": _failures(self.failed_elsewhere),
            "audiences": {
                a.name: {
                    "at_last_event": a.at_last_event,
                    "at_end": a.at_end,
                    "entered": a.entered,
                    "left": a.left,
                }
                for a in self.audiences.values()
            },
            "sent_by_day": {
                to_datetime(day * DAY).date().isoformat(): _ranked(channels)
                for day, channels in sorted(self.sent_by_day.items())
            },
            "messages_per_person": {str(count): people for count, people in self.per_person.items()},
            "withheld": [
                {
                    "message": entry.message,
                    "because": entry.because,
                    "held": entry.held,
                    "count": entry.count,
                    "people": len(entry.whom),
                    "examples": [{"at": instant_to_iso(at), "person": key} for at, key in entry.examples],
                }
                for entry in sorted(self.withheld.values(), key=lambda e: (-e.count, e.message, e.because))
            ],
            "offered": {decision: _ranked(offers) for decision, offers in self.offered.items()},
            "recommended": {name: _ranked(items) for name, items in self.recommended.items()},
            "journeys": {journey.name: self._journey_data(journey) for journey in self.journeys.values()},
        }

    def _journey_data(self, journey: JourneyReport) -> dict[str, Any]:
        declared = self.workspace.journeys[journey.name].steps
        order = {step.id: number for number, step in enumerate(declared)}
        labels = {step.id: step.label for step in declared}

        def by_step(found: Iterable[str]) -> list[str]:
            return sorted(found, key=lambda step: (order.get(step, len(order)), step))

        return {
            "started": journey.started,
            "running": journey.running,
            "waits": [
                {
                    "step": step,
                    "label": labels.get(step, step),
                    "waited": journey.waited.get(step, 0),
                    "waiting": journey.waiting.get(step, 0),
                }
                for step in by_step({**journey.waited, **journey.waiting})
            ],
            "branches": [
                {"step": step, "label": labels.get(step, step), "taken": _ranked(journey.branches[step])}
                for step in by_step(journey.branches)
            ],
            "sends": [
                {
                    "step": step,
                    "label": labels.get(step, step),
                    "sent": _ranked(journey.sent_at.get(step, {})),
                    "not_sent": _ranked(journey.not_sent_at.get(step, {})),
                }
                for step in by_step({**journey.sent_at, **journey.not_sent_at})
            ],
            "splits": {split: _ranked(arms) for split, arms in journey.splits.items()},
            "sent": {message: _ranked(channels) for message, channels in sorted(journey.sent.items())},
            "not_sent": {message: _ranked(reasons) for message, reasons in sorted(journey.not_sent.items())},
            "converted": journey.converted,
            "converted_by_arm": {split: _ranked(arms) for split, arms in journey.converted_by_arm.items()},
            "ended": _ranked(journey.ended),
            "ended_at": [
                {"step": step, "label": labels.get(step, step), "because": _ranked(journey.ended_at[step])}
                for step in by_step(journey.ended_at)
            ],
            "failed": _failures(journey.failed),
        }


def _count(counts: Counts, name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


def _fail(failed: dict[tuple[str, str], FailedStep], effect: Activity, person: Person) -> None:
    because = effect.detail["because"]
    entry = failed.get((effect.step, because))
    if entry is None:
        entry = failed[effect.step, because] = FailedStep(effect.step, because)
    entry.count += 1
    if len(entry.examples) < EXAMPLES:
        entry.examples.append((effect.at, person.key))


def _ranked(counts: Counts) -> Counts:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _iso(instant: int | None) -> str | None:
    return None if instant is None else instant_to_iso(instant)


def _failures(failed: dict[tuple[str, str], FailedStep]) -> list[dict[str, Any]]:
    return [
        {
            "step": entry.step,
            "because": entry.because,
            "count": entry.count,
            "examples": [{"at": instant_to_iso(at), "person": key} for at, key in entry.examples],
        }
        for entry in failed.values()
    ]
