"""Whose record it is: from the identifiers it carries to one person, then the step.

The strongest identifier decides. Claims are looked at strongest first; the first one that somebody owns gives
the person, unless that person has another value of a stronger `one per person` identifier that the record
carries: then they are somebody else, who shares the weaker one (a family's tablet, an address typed by a
colleague). Nobody left: a new person. Then each claim is linked to the person: free ones are theirs from now
on; those of somebody else make the two one person, unless that would give one person two values of a `one per
person` identifier.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sojourn.interpreter.core.effects import ENTERED, LEFT, LINK_REFUSED, MOVED, Activity, Effect
from sojourn.interpreter.core.identity import merge
from sojourn.interpreter.core.people import People
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.core.step import step

if TYPE_CHECKING:
    from sojourn.interpreter.compile.plans import Start
    from sojourn.interpreter.compile.program import Program

__all__ = ["take_in"]


MOST_IDENTIFIERS = 50
"""Identifiers of one person: more is a shared device, or a loop in somebody's data."""


class _Claim(NamedTuple):
    namespace: str
    unique: bool
    value: str


def _claims(program: Program, record: Record) -> list[_Claim]:
    """The identifiers a record carries, strongest first."""
    profile = record.profile
    found = []
    for name, unique in program.identifiers:
        value = profile.get(name)
        if value is not None and value != "":
            found.append(_Claim(name, unique, str(value)))
    return found


def _known(program: Program, people: People, record: Record, at: int) -> tuple[int, Person] | None:
    """Whose all the identifiers of a record are already, as of most records: they were seen once more. None where
    any of them is new or somebody else's, and where there is none.
    """
    profile = record.profile
    number: int | None = None
    carried: list[tuple[str, str]] = []
    for namespace, _ in program.identifiers:
        value = profile.get(namespace)
        if value is None or value == "":
            continue
        value = str(value)
        owner = people.owner(namespace, value)
        if owner is None or (number is not None and owner != number):
            return None
        number = owner
        carried.append((namespace, value))
    if number is None:
        return None
    person = people.load(number)
    identifiers = person.identifiers
    held: list[list[int]] = []
    for namespace, value in carried:
        seen = identifiers.get(namespace, {}).get(value)
        if seen is None:
            return None
        held.append(seen)
    for seen in held:
        if at > seen[1]:
            seen[1] = at
        elif at < seen[0]:
            seen[0] = at
    return number, person


def take_in(
    program: Program, people: People, record: Record, now: int, choices: Mapping[str, str] | None = None
) -> tuple[int, Person, list[Effect]]:
    """Finds or makes the person a record belongs to, links its identifiers, merges, and steps.

    Returns the person's number, the person and the effects in order. Every person that was loaded may have
    been changed. Raises ValueError for a record without any identifier.
    """
    at = min(record.at, now)
    whose = _known(program, people, record, at)
    if whose is not None:
        number, person = whose
        return number, person, step(program, person, record, now, choices)
    claims = _claims(program, record)
    if not claims:
        raise ValueError("a record needs at least one identifier")
    owned = _find(people, claims)
    if owned is None:
        person = Person(f"{claims[0].namespace}:{claims[0].value}", now, "")
        number = people.add(person)
    else:
        number, person = owned
    effects: list[Effect] = []
    refused: set[str] = set()
    pending: list[Start] = []
    linked = False
    for claim in claims:
        namespace, unique, value = claim
        owner = people.owner(namespace, value)
        if owner is None:
            if unique and _differs(person, claim):
                refused.add(namespace)
                effects.append(_refusal(program, claim, now, "the person has another one"))
                continue
            if _count(person) >= MOST_IDENTIFIERS:
                refused.add(namespace)
                because = f"the person has {MOST_IDENTIFIERS} identifiers already"
                effects.append(_refusal(program, claim, now, because))
                continue
            people.link(namespace, value, number)
        elif owner != number:
            other = people.load(owner)
            if not _conflict(program, person, other):
                number, person = _join(
                    program, people, (number, person), (owner, other), now, choices, effects, pending
                )
            elif unique:
                refused.add(namespace)
                effects.append(_refusal(program, claim, now, "it belongs to somebody else"))
                continue
            else:
                _drop(other, claim)
                if program.listed:
                    people.stir(owner, now)
                people.link(namespace, value, number)
                shown = _shown(program, claim)
                effects.append(Activity(now, MOVED, {"identifier": namespace, "value": shown}))
        values = person.identifiers.setdefault(namespace, {})
        known = values.get(value)
        linked = linked or known is None
        values[value] = [at, at] if known is None else [min(known[0], at), max(known[1], at)]
    if refused:
        profile = {name: value for name, value in record.profile.items() if name not in refused}
        record = Record(
            record.id,
            record.event,
            record.at,
            record.received,
            profile,
            record.properties,
            record.dataset,
            record.quiet,
            record.raw,
        )
    effects += step(program, person, record, now, choices, pending, linked)
    return number, person, effects


def _find(people: People, claims: list[_Claim]) -> tuple[int, Person] | None:
    for position, claim in enumerate(claims):
        number = people.owner(claim.namespace, claim.value)
        if number is None:
            continue
        person = people.load(number)
        if not any(stronger.unique and _differs(person, stronger) for stronger in claims[:position]):
            return number, person
    return None


def _differs(person: Person, claim: _Claim) -> bool:
    """Whether the person has another value of this identifier."""
    values = person.identifiers.get(claim.namespace)
    return bool(values) and claim.value not in values  # type: ignore[operator]


def _count(person: Person) -> int:
    return sum(map(len, person.identifiers.values()))


def _conflict(program: Program, person: Person, other: Person) -> bool:
    """Whether the two together would have two values of a `one per person` identifier."""
    if _count(person) + _count(other) > MOST_IDENTIFIERS:
        return True
    for namespace, values in other.identifiers.items():
        mine = person.identifiers.get(namespace)
        if mine and values and program.unique.get(namespace) and mine.keys() != values.keys():
            return True
    return False


def _join(
    program: Program, people: People, one: tuple[int, Person], two: tuple[int, Person], now: int,
    choices: Mapping[str, str] | None, effects: list[Effect], pending: list[Start],
) -> tuple[int, Person]:  # fmt: skip
    """Merges two people into the one who was first seen earlier."""
    (number, person), (absorbed, other) = sorted(
        (one, two), key=lambda side: (side[1].first_seen, side[1].key)
    )
    for side in (person, other):
        if side.rules:
            effects += step(program, side, None, now, choices)
    happened = merge(program, person, other, now)
    effects += happened
    for effect in happened:
        if isinstance(effect, Activity) and effect.kind in (ENTERED, LEFT):
            starts = program.entering if effect.kind == ENTERED else program.leaving
            pending += starts.get(effect.detail["audience"], ())
    for namespace, values in other.identifiers.items():
        for value in values:
            people.link(namespace, value, number)
    people.absorb(number, absorbed)
    return number, person


def _drop(other: Person, claim: _Claim) -> None:
    """Takes an identifier that has moved on away from the person who had it."""
    values = other.identifiers.get(claim.namespace, {})
    values.pop(claim.value, None)
    if not values:
        other.identifiers.pop(claim.namespace, None)


def _shown(program: Program, claim: _Claim) -> Any:
    field = program.workspace.profile.get(claim.namespace)
    return "(private)" if field is not None and field.private else claim.value


def _refusal(program: Program, claim: _Claim, now: int, because: str) -> Activity:
    detail = {"identifier": claim.namespace, "value": _shown(program, claim), "because": because}
    return Activity(now, LINK_REFUSED, detail)
