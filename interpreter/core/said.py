"""Whose value of a profile field stands.

Without a rule the newest value stands, by the time it was said. With a rule, `email by crm, web`, each dataset's
newest value is kept beside the others (`Person.said`), and the first dataset in the rule that has one decides.
Datasets that the rule does not name come after those it names, the newest first. What a journey sets stands at
once, until any dataset says something later: from then on the rule decides again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.records import Record

if TYPE_CHECKING:
    from sojourn.interpreter.compile.program import Program

__all__ = ["join_said", "recall", "say"]

Said = dict[str, list[Any]]
"""Where from -> [when, the value]; None is the word that there is none."""

_JOURNEY = "journey "


def _rank(source: str, entry: Sequence[Any]) -> tuple[int, str, str]:
    return entry[0], source, json.dumps(entry[1], sort_keys=True)


def _stands(said: Said, rule: Sequence[str]) -> tuple[str, list[Any]]:
    """(where from, [when, value]) of what stands."""
    newest = max(said, key=lambda source: _rank(source, said[source]))
    latest = max(
        (entry[0] for source, entry in said.items() if not source.startswith(_JOURNEY)), default=None
    )
    set_by = [source for source in said if source.startswith(_JOURNEY)]
    if set_by:
        last = max(set_by, key=lambda source: _rank(source, said[source]))
        if latest is None or said[last][0] >= latest:
            return last, said[last]
    for dataset in rule:
        if dataset in said and said[dataset][1] is not None:
            return dataset, said[dataset]
    others = [
        source
        for source, entry in said.items()
        if entry[1] is not None and source not in rule and not source.startswith(_JOURNEY)
    ]
    if others:
        source = max(others, key=lambda source: _rank(source, said[source]))
        return source, said[source]
    return newest, [said[newest][0], None]


def say(
    person: Person, rule: Sequence[str], name: str, value: Any, at: int, source: str
) -> tuple[Any, Any] | None:
    """Somebody says the value of a field that has a rule: (before, after); None when it was known better.

    An empty text is no value.
    """
    said: Said = person.said.setdefault(name, {})
    known = said.get(source)
    if known is not None and at < known[0]:
        return None
    if source.startswith(_JOURNEY):
        # Of all that journeys set, the last counts.
        for other in [other for other in said if other.startswith(_JOURNEY)]:
            if said[other][0] > at:
                return None
            del said[other]
    said[source] = [at, None if value == "" else value]
    before = person.fields.get(name)
    return before, _put(person, rule, name, said)


def _put(person: Person, rule: Sequence[str], name: str, said: Said) -> Any:
    source, (at, value) = _stands(said, rule)
    person.provenance[name] = [at, source]
    if value is None:
        person.fields.pop(name, None)
    else:
        person.fields[name] = value
    return value


def join_said(merged: Person, sides: Iterable[Person], rules: Mapping[str, Sequence[str]]) -> None:
    """What was said of two people who are one, for the fields that have rules: of each dataset the newest."""
    both = list(sides)
    for name, rule in rules.items():
        said: Said = {}
        for person in both:
            for source, entry in person.said.get(name, {}).items():
                known = said.get(source)
                if known is None or _rank(source, entry) > _rank(source, known):
                    said[source] = list(entry)
        set_by = [source for source in said if source.startswith(_JOURNEY)]
        if len(set_by) > 1:
            last = max(set_by, key=lambda source: _rank(source, said[source]))
            for source in set_by:
                if source != last:
                    del said[source]
        if said:
            merged.said[name] = dict(sorted(said.items()))
            _put(merged, rule, name, said)


def recall(program: Program, person: Person, history: Iterable[Record], now: int) -> None:
    """Works out anew, from all that was ever said, the fields that have rules; other fields stay as they are."""
    rules = program.merges
    remembered: dict[str, Said] = {name: {} for name in rules}
    for record in history:
        at = min(record.at, now)
        for name in rules:
            if name not in record.profile:
                continue
            value = record.profile[name]
            if name in program.unique and str(value) not in person.identifiers.get(name, {}):
                continue  # an identifier that turned out to be somebody else's
            known = remembered[name].get(record.dataset)
            if known is None or at >= known[0]:
                remembered[name][record.dataset] = [at, None if value == "" else value]
    for name, said in remembered.items():
        held = person.provenance.get(name)
        if held is not None and (held[1].startswith(_JOURNEY) or not said):
            # Nobody else tells what a journey has set; nor what was known before events were stored.
            said.setdefault(held[1], [held[0], person.fields.get(name)])
        for source, entry in person.said.get(name, {}).items():
            if source.startswith(_JOURNEY):
                said[source] = entry
    person.said = {name: said for name, said in remembered.items() if said}
    for name, said in person.said.items():
        _put(person, rules[name], name, said)
