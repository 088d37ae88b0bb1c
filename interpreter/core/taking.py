"""What a record says is taken into what is known of a person: fields, consents, aggregates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.reactions import suppress
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.core.said import say

if TYPE_CHECKING:
    from sojourn.interpreter.compile.program import Program

__all__ = ["take_event", "take_profile"]


def take_profile(
    program: Program, person: Person, values: Mapping[str, Any], at: int, source: str, dirty: list[int]
) -> bool:
    """Takes profile values in: of each field the newest by the time it was said stands."""
    fields, provenance = person.fields, person.provenance
    changed = False
    merges = program.merges
    for name, value in values.items():
        if name in merges:
            turned = say(person, merges[name], name, value, at, source)
            if turned is not None and turned[0] != turned[1]:
                changed = True
                listeners = program.field_listeners.get(name)
                if listeners is not None:
                    dirty.extend(listeners.touched(*turned, person.states))
            continue
        known = provenance.get(name)
        if known is not None:
            if at < known[0]:
                continue
            known[0] = at
            known[1] = source
        else:
            provenance[name] = [at, source]
        before = fields.get(name)
        if value is None or value == "":
            value = None
            fields.pop(name, None)
        else:
            fields[name] = value
        if value != before:
            changed = True
            listeners = program.field_listeners.get(name)
            if listeners is not None:
                dirty.extend(listeners.touched(before, value, person.states))
    return changed


def take_event(program: Program, person: Person, record: Record, at: int, now: int, dirty: list[int]) -> bool:
    """Takes an event into the aggregates, and a subscription into the consents."""
    event, properties = record.event, record.properties
    changed = False
    if event == "subscribed" or event == "unsubscribed":
        topic = properties.get("topic")
        topics = [topic] if topic else list(program.workspace.topics)
        values = {f"consent.{name}": event == "subscribed" for name in topics}
        if topic or event == "unsubscribed":
            changed = take_profile(program, person, values, at, record.dataset, dirty)
    elif event == "message_bounced" or event == "message_complained":
        suppress(program, person, record, at)
    plan = program.events.get(event)
    if plan is None:
        return changed
    if plan.counters and person.common is not None:
        for counter in plan.counters:
            counter.count(person.common, properties, at)
    states = person.states
    for slot in plan.slots:
        if slot.take(states, properties, at, now, dirty):
            changed = True
    for feature in plan.features:
        if feature.slots:
            for slot in feature.slots.get(feature.value(None, properties, None, now), ()):
                if slot.take(states, properties, at, now, dirty):
                    changed = True
    return changed
