"""One person as one document: everything the core needs to know, and nothing else.

All values are canonical JSON (see "Values" in docs/design.md), so a document is read and written as it is,
and can be queried with SQLite's JSON functions. Instants are microseconds since 1970 UTC.
"""

from __future__ import annotations

from typing import Any

from sojourn.interpreter.core.common import Common

__all__ = ["Person", "Run"]


class Run:
    """One passage of a person through a journey.

    `id` never changes. `began` is when the run started; `since` the time from which events count for it (the
    time its starting event happened, at most `began`). `step` is the id of the step it stands at, "" before
    the first. `visit` counts the steps it has entered, for send keys. `event` is the event that started it
    ({"event", "id", "at", "properties"}) or None; `variables` the events that waits caught, in the same form.
    `key` is the value of `one per`, "" without. `until` is when its wait is over by time alone, None when no
    time ends it; `waiting_since` when the wait began; `ends` when `ends after` ends it. `arms` remembers
    splits. `version` is the program's hash at its start. `goal` is until when (exclusive) its goal counts,
    None without a goal or a limit; `converted` whether it was reached. `earlier`: step id -> the first event
    since the start that a wait with `since start` will take. `rounds`: the step id of a `repeat` that it is
    in -> how many rounds were begun. `call`: the key of
    the call whose answer it waits for, "" without. `sent`: the key of a message that it sent -> the message's name.
    """

    __slots__ = (
        "arms",
        "began",
        "call",
        "converted",
        "earlier",
        "ends",
        "event",
        "goal",
        "id",
        "journey",
        "key",
        "rounds",
        "sent",
        "since",
        "step",
        "until",
        "variables",
        "version",
        "visit",
        "waiting_since",
    )

    def __init__(self, id: str, journey: str, began: int, since: int, version: str) -> None:
        self.id = id
        self.journey = journey
        self.began = began
        self.since = since
        self.version = version
        self.step = ""
        self.visit = 0
        self.key = ""
        self.event: dict[str, Any] | None = None
        self.variables: dict[str, dict[str, Any]] = {}
        self.until: int | None = None
        self.waiting_since: int | None = None
        self.ends: int | None = None
        self.goal: int | None = None
        self.converted = False
        self.arms: dict[str, str] = {}
        self.earlier: dict[str, dict[str, Any]] = {}
        self.rounds: dict[str, int] = {}
        self.sent: dict[str, str] = {}
        self.call = ""

    def to_document(self) -> dict[str, Any]:
        """The run as JSON; what is empty is left out."""
        # Written out, and not looped over: every person touched is written with all their runs.
        document: dict[str, Any] = {
            "began": self.began,
            "id": self.id,
            "journey": self.journey,
            "since": self.since,
            "version": self.version,
            "visit": self.visit,
        }
        if self.step:
            document["step"] = self.step
        if self.call:
            document["call"] = self.call
        if self.sent:
            document["sent"] = self.sent
        if self.until is not None:
            document["until"] = self.until
        if self.waiting_since is not None:
            document["waiting_since"] = self.waiting_since
        if self.event:
            document["event"] = self.event
        if self.arms:
            document["arms"] = self.arms
        if self.variables:
            document["variables"] = self.variables
        if self.key:
            document["key"] = self.key
        if self.goal is not None:
            document["goal"] = self.goal
        if self.ends is not None:
            document["ends"] = self.ends
        if self.converted:
            document["converted"] = True
        if self.earlier:
            document["earlier"] = self.earlier
        if self.rounds:
            document["rounds"] = self.rounds
        return document

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Run:
        """The run that `to_document` wrote."""
        run = cls.__new__(cls)
        get = document.get
        run.id = document["id"]
        run.journey = document["journey"]
        run.began = document["began"]
        run.since = document["since"]
        run.version = document["version"]
        run.visit = get("visit", 0)
        run.step = get("step", "")
        run.call = get("call", "")
        run.sent = get("sent") or {}
        run.until = get("until")
        run.waiting_since = get("waiting_since")
        run.event = get("event")
        run.arms = get("arms") or {}
        run.variables = get("variables") or {}
        run.key = get("key", "")
        run.goal = get("goal")
        run.ends = get("ends")
        run.converted = get("converted", False)
        run.earlier = get("earlier") or {}
        run.rounds = get("rounds") or {}
        return run


class Person:
    """Everything known of one person.

    `key` is the first identifier ever seen, "namespace:value": it names the person for good. `first_seen`:
    when. `identifiers`: namespace -> value -> [first seen, last seen]. `fields`: profile field -> canonical
    value; `provenance`: profile field -> [when, where from] (a dataset's name, "journey NAME", or "" ). A
    field's newest value by the time it was said stands; `said`: of fields that have a merge rule, where from ->
    [when, value] (`core.said`). `given`: offer -> how often it was given. `common`: what is counted of everybody,
    handed over by whoever loads the person, and no part of the document. `states`: aggregate key -> its state.
    `audiences`: audience -> since when a member. `runs`: run id -> Run, those in progress. `ended`: "journey" or
    "journey/key" -> when the last run ended; `counts`: journey -> how many runs were ever started (also
    numbers the run ids). `goals`: pending goals of ended runs, each {"run", "journey", "since", "until",
    "arms"}. `handed`: the messages handed out lately, each [when, message, channel], for limits.
    `arms`: "journey/split" -> the arm of a sticky split. `suppressed`: "channel:address" -> [since when, why]
    of addresses that are not written to any more. `clock`: the instant the document has been advanced to.
    `wake`: the next instant at which time alone changes something, or
    None. `rules`: the hash of the aggregates and audiences it was computed under;
    "" for somebody new, of whom no step has worked anything out yet. `occurred`: the starts by time alone
    (`compile.occasions`) -> the last occurrence that came; `timing` is the hash of those that `wake` was worked
    out under; `late` the instant up to which they have come when that lies before `clock` (a rebuild after a
    night asleep), else None. `heard` is the number of the last broadcast (`core.broadcasts`) that was brought to
    them; `entering`: journey -> [when, audience], for an existing member who enters then. `held`: the
    starts of paused journeys, each {"journey", "key", "event", "since", "because"}.
    """

    __slots__ = (
        "arms",
        "audiences",
        "clock",
        "common",
        "counts",
        "ended",
        "entering",
        "fields",
        "first_seen",
        "given",
        "goals",
        "handed",
        "heard",
        "held",
        "identifiers",
        "key",
        "late",
        "occurred",
        "provenance",
        "rules",
        "runs",
        "said",
        "states",
        "suppressed",
        "timing",
        "wake",
    )

    def __init__(self, key: str, first_seen: int, rules: str) -> None:
        self.key = key
        self.first_seen = first_seen
        self.rules = rules
        self.identifiers: dict[str, dict[str, list[int]]] = {}
        self.fields: dict[str, Any] = {}
        self.provenance: dict[str, list[Any]] = {}
        self.said: dict[str, dict[str, list[Any]]] = {}
        self.given: dict[str, int] = {}
        self.common: Common | None = None
        self.states: dict[str, Any] = {}
        self.audiences: dict[str, int] = {}
        self.runs: dict[str, Run] = {}
        self.ended: dict[str, int] = {}
        self.counts: dict[str, int] = {}
        self.goals: list[dict[str, Any]] = []
        self.handed: list[list[Any]] = []
        self.suppressed: dict[str, list[Any]] = {}
        self.arms: dict[str, str] = {}
        self.occurred: dict[str, str] = {}
        self.timing = ""
        self.heard = 0
        self.entering: dict[str, list[Any]] = {}
        self.held: list[dict[str, Any]] = []
        self.clock = first_seen
        self.late: int | None = None
        self.wake: int | None = None

    def to_document(self) -> dict[str, Any]:
        """The person as JSON; what is empty is left out."""
        document: dict[str, Any] = {
            "key": self.key,
            "first_seen": self.first_seen,
            "clock": self.clock,
            "rules": self.rules,
        }
        if self.wake is not None:
            document["wake"] = self.wake
        if self.identifiers:
            document["identifiers"] = self.identifiers
        if self.fields:
            document["fields"] = self.fields
        if self.handed:
            document["handed"] = self.handed
        if self.arms:
            document["arms"] = self.arms
        if self.suppressed:
            document["suppressed"] = self.suppressed
        if self.provenance:
            document["provenance"] = self.provenance
        if self.said:
            document["said"] = self.said
        if self.given:
            document["given"] = self.given
        if self.states:
            document["states"] = self.states
        if self.audiences:
            document["audiences"] = self.audiences
        if self.ended:
            document["ended"] = self.ended
        if self.counts:
            document["counts"] = self.counts
        if self.goals:
            document["goals"] = self.goals
        if self.occurred:
            document["occurred"] = self.occurred
        if self.timing:
            document["timing"] = self.timing
        if self.heard:
            document["heard"] = self.heard
        if self.entering:
            document["entering"] = self.entering
        if self.held:
            document["held"] = self.held
        if self.late is not None:
            document["late"] = self.late
        if self.runs:
            document["runs"] = [run.to_document() for run in self.runs.values()]
        return document

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Person:
        """The person that `to_document` wrote. The document's parts are taken over, not copied."""
        # Written out, and not looped over: every person touched is read.
        person = cls.__new__(cls)
        get = document.get
        person.key = document["key"]
        person.first_seen = document["first_seen"]
        person.rules = document["rules"]
        person.clock = document["clock"]
        person.wake = get("wake")
        person.late = get("late")
        person.timing = get("timing", "")
        person.heard = get("heard", 0)
        person.identifiers = get("identifiers") or {}
        person.fields = get("fields") or {}
        person.provenance = get("provenance") or {}
        person.said = get("said") or {}
        person.given = get("given") or {}
        person.states = get("states") or {}
        person.audiences = get("audiences") or {}
        person.ended = get("ended") or {}
        person.counts = get("counts") or {}
        person.goals = get("goals") or []
        person.handed = get("handed") or []
        person.occurred = get("occurred") or {}
        person.arms = get("arms") or {}
        person.suppressed = get("suppressed") or {}
        person.entering = get("entering") or {}
        person.held = get("held") or []
        person.common = None
        runs = get("runs")
        person.runs = {} if runs is None else {run["id"]: Run.from_document(run) for run in runs}
        return person
