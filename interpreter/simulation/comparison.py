"""The same events through two versions of a program: what would have been different, and for whom.

Both versions play all records under the same clock (`simulate`), each with people of its own, so that nothing of the
one touches the other. Then they are compared person by person, by what each person got and what became of them; of
every difference one person is the example. Splits go by a hash of the person: the same people take the same arms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sojourn.dsl.values import UTC, zone
from sojourn.interpreter.core import effects as did
from sojourn.interpreter.core.effects import Activity, Outgoing
from sojourn.interpreter.core.identity import best_name
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.functions import zone_or_none
from sojourn.interpreter.simulation.simulate import Simulation, simulate
from sojourn.interpreter.timeline import Line, timeline

if TYPE_CHECKING:
    from sojourn.interpreter.compile.program import Program
    from sojourn.interpreter.timeline import Entry

Reactions = Callable[[Outgoing, Person], Iterable[Record]]

__all__ = ["KINDS", "Comparison", "Difference", "Example", "Version", "compare", "copied", "playable"]

KINDS = ("message", "not sent", "offer", "journey", "arm", "ended", "goal", "failed", "audience", "call")
"""What is compared, in the order in which it is told: messages first, because people see them."""

_WHAT: Mapping[str, tuple[str, Callable[[Activity], str]]] = {
    did.SENT: ("message", lambda a: f"{a.detail['message']} by {a.detail['channel']}"),
    did.NOT_SENT: ("not sent", lambda a: f"{a.detail['message']}, because: {a.detail['because']}"),
    did.OFFERED: ("offer", lambda a: str(a.detail["offer"])),
    did.STARTED: ("journey", lambda a: a.journey),
    did.SPLIT: ("arm", lambda a: f"{a.detail['arm']} of {a.detail['split']} in {a.journey}"),
    did.ENDED: ("ended", lambda a: f"{a.journey}, because: {a.detail['because']}"),
    did.CONVERTED: ("goal", lambda a: a.journey),
    did.FAILED: ("failed", lambda a: f"{a.journey or 'something'}, because: {a.detail['because']}"),
    did.ENTERED: ("audience", lambda a: str(a.detail["audience"])),
    did.CALLED: ("call", lambda a: str(a.detail["webhook"])),
}


@dataclass(frozen=True, slots=True)
class Version:
    """One side of a comparison. `name` is how it is spoken of: "the store", "HEAD~1", "the files"."""

    name: str
    program: Program


@dataclass(frozen=True, slots=True)
class Example:
    """One person with a difference: an identifier, and the instants at which it happened before and after."""

    person: str
    before: tuple[int, ...]
    after: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that happened to some people in one version and not, or otherwise, in the other.

    `kind` is one of KINDS; `what` names it ("reminder by email"). `before` and `after` count how often it happened in
    all. `fewer`: people to whom it happened less often, `more`: more often, `moved`: as often at other instants,
    `reworded`: at the same instants with another text. Each has an example, None without. `never` counts those among
    the `fewer` to whom it does not happen at all any more, `newly` those among the `more` to whom it had not happened;
    `waiting` those among the `fewer` who stand at an earlier step at the end than they did before: it may still come.
    """

    kind: str
    what: str
    before: int
    after: int
    fewer: int = 0
    more: int = 0
    moved: int = 0
    reworded: int = 0
    never: int = 0
    newly: int = 0
    waiting: int = 0
    example_fewer: Example | None = None
    example_more: Example | None = None
    example_moved: Example | None = None
    example_reworded: Example | None = None


@dataclass(slots=True)
class Comparison:
    """What came out. `people` are all who were played, `touched` those with any difference; `left_out` counts records
    that the newer version cannot take. `first` and `last`: from when to when was compared (instants).
    """

    before: Version
    after: Version
    records: int
    people: int
    touched: int
    first: int | None
    last: int
    differences: list[Difference] = field(default_factory=list)
    left_out: int = 0
    played: tuple[Simulation, Simulation] | None = field(default=None, repr=False)

    def of_kind(self, kind: str) -> list[Difference]:
        """The differences of one kind."""
        return [found for found in self.differences if found.kind == kind]

    def timelines(self, person: str) -> tuple[list[Line], list[Line], str]:
        """What happened to one person in both versions, in the person's time zone. Raises LookupError."""
        assert self.played is not None
        sides: list[list[Line]] = []
        zone_name = ""
        for version, side in zip((self.before, self.after), self.played, strict=True):
            number = side.people.find(person)
            if number is None or number not in side.history:
                sides.append([])
                continue
            workspace = version.program.workspace
            known = side.people.load(number).fields.get(workspace.timezone_field or "")
            zone_name = zone_name or (str(known) if known and zone_or_none(known) is not None else "")
            tz = zone(zone_name) if zone_name else UTC
            entries = [e for e in side.history[number] if self._inside(_moment(e))]
            sides.append(timeline(workspace, entries, tz))
        if not any(sides):
            raise LookupError(f"nobody has the identifier {person!r}")
        return sides[0], sides[1], zone_name or "UTC"

    def _inside(self, at: int) -> bool:
        return (self.first is None or at >= self.first) and at <= self.last


def copied(record: Record) -> Record:
    """A record of its own for each play: a play changes it."""
    return Record(
        record.id, record.event, record.at, record.received, dict(record.profile), record.properties,
        record.dataset, record.quiet,
    )  # fmt: skip


def playable(program: Program, records: Iterable[Record]) -> tuple[list[Record], int]:
    """The records that a program can take, and how many it cannot: those without any identifier that it knows, save of
    an event about the business. What journeys emitted is left out without a word: they emit it again.
    """
    names = [identifier.name for identifier in program.workspace.identifiers]
    found, left_out = [], 0
    for record in records:
        if record.dataset.startswith("journey "):
            continue
        if record.event in program.workspace.business or any(record.profile.get(name) for name in names):
            found.append(copied(record))
        else:
            left_out += 1
    return found, left_out


def compare(
    before: Version,
    after: Version,
    records: tuple[Sequence[Record], Sequence[Record]],
    *,
    since: int | None = None,
    until: int | None = None,
    as_received: bool = False,
    on_progress: Callable[[str, int, int, int], None] | None = None,
    reactions: tuple[Reactions, Reactions] | None = None,
) -> Comparison:
    """Plays the records of each side through its version. Only what happened from `since` on is compared; all that came
    before is played as well, because it decides. `until` and `as_received` are those of `simulate`. `on_progress` is
    told (which version, records taken in, all records, the clock). `reactions`: what the people of each side do with
    messages.
    """
    sides = []
    for version, mine, react in zip((before, after), records, reactions or (None, None), strict=True):
        told = None
        if on_progress is not None:
            name = version.name

            def told(done: int, total: int, clock: int, name: str = name) -> None:
                on_progress(name, done, total, clock)

        sides.append(
            simulate(
                version.program,
                mine,
                until=until,
                keep_activity=True,
                as_received=as_received,
                on_progress=told,
                reactions=react,
            )
        )
    last = max(side.report.ended_at or 0 for side in sides)
    found = Comparison(before, after, len(records[1]), 0, 0, since, last, played=(sides[0], sides[1]))
    _differences(found, sides[0], sides[1], since)
    return found


# ------------------------------------------------------------------- people


@dataclass(slots=True)
class _Told:
    """What happened to one person in one version: (kind, what) -> the instants, and the texts of messages."""

    times: dict[tuple[str, str], list[int]]
    texts: dict[tuple[str, str], list[Mapping[str, str]]]


def _told(entries: Iterable[Entry], since: int | None) -> _Told:
    found = _Told(defaultdict(list), defaultdict(list))
    for entry in entries:
        if since is not None and _moment(entry) < since:
            continue
        if isinstance(entry, Activity):
            known = _WHAT.get(entry.kind)
            if known is not None:
                found.times[known[0], known[1](entry)].append(entry.at)
        elif isinstance(entry, Outgoing):
            found.texts["message", f"{entry.message} by {entry.channel}"].append(entry.parts)
    return found


def _moment(entry: Entry) -> int:
    return entry.received if isinstance(entry, Record) else entry.at


def _by_key(side: Simulation) -> dict[str, int]:
    return {person.key: number for number, person in side.people}


def _name(person: Person, program: Program) -> str:
    return best_name(program, person)


_EMPTY = _Told({}, {})
_WAYS = ("fewer", "more", "moved", "reworded", "never", "newly", "waiting")


@dataclass(slots=True)
class _Sum:
    """One difference while the people are counted."""

    before: int = 0
    after: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_WAYS, 0))
    examples: dict[str, Example] = field(default_factory=dict)

    def differs(self, how: str, example: Callable[[], Example]) -> None:
        self.counts[how] += 1
        if how not in self.examples:
            self.examples[how] = example()

    def difference(self, kind: str, what: str) -> Difference:
        counts, examples = self.counts, self.examples
        return Difference(
            kind, what, self.before, self.after, counts["fewer"], counts["more"], counts["moved"], counts["reworded"],
            counts["never"], counts["newly"], counts["waiting"],
            examples.get("fewer"), examples.get("more"), examples.get("moved"), examples.get("reworded"),
        )  # fmt: skip


def _differences(found: Comparison, old: Simulation, new: Simulation, since: int | None) -> None:
    numbers = (_by_key(old), _by_key(new))
    keys = sorted({*numbers[0], *numbers[1]})
    sums: dict[tuple[str, str], _Sum] = defaultdict(_Sum)
    for key in keys:
        a, b = (
            _told(side.history.get(number, ()), since) if number is not None else _EMPTY
            for side, number in ((old, numbers[0].get(key)), (new, numbers[1].get(key)))
        )
        side, number = (new, numbers[1][key]) if key in numbers[1] else (old, numbers[0][key])
        program = found.after.program if side is new else found.before.program
        name = _name(side.people.load(number), program)
        then, now = _under_way(old, numbers[0].get(key)), _under_way(new, numbers[1].get(key))
        waiting = any(run not in then or steps < then[run] for run, steps in now.items())
        touched = False
        for thing in {**a.times, **b.times}:
            touched |= _compared(sums[thing], a, b, thing, name, waiting)
        found.touched += touched
    found.people = len(keys)
    for kind in KINDS:
        for (of, what), counted in sorted(sums.items()):
            if of == kind and any(counted.counts.values()):
                found.differences.append(counted.difference(kind, what))


def _under_way(side: Simulation, number: int | None) -> dict[str, int]:
    """The runs that somebody is in at the end, and how many steps they have come. A run has the same name in both
    versions.
    """
    return {run.id: run.visit for run in side.people.load(number).runs.values()} if number is not None else {}


def _compared(counted: _Sum, a: _Told, b: _Told, what: tuple[str, str], name: str, waiting: bool) -> bool:
    """Whether one thing is different for one person. `waiting`: they are under way where they were not before."""
    then, now = a.times.get(what, []), b.times.get(what, [])
    counted.before += len(then)
    counted.after += len(now)
    how = ""
    if len(then) != len(now):
        how = "fewer" if len(now) < len(then) else "more"
    elif then != now and what[0] == "message":
        how = "moved"
    elif a.texts.get(what) != b.texts.get(what):
        how = "reworded"
    if how:
        counted.differs(how, lambda: Example(name, tuple(then), tuple(now)))
        if not then or not now:
            counted.counts["newly" if now else "never"] += 1
        if waiting and how == "fewer":
            counted.counts["waiting"] += 1
    return bool(how)
