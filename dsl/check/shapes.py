"""What the values in a template are: which fields they have, and what stands for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from sojourn.dsl.check.report import how_to_add, nearest
from sojourn.dsl.check.world import World
from sojourn.dsl.types import BOOLEAN, NOTHING, Type, list_of

__all__ = ["ANY", "Shape", "Shapes", "Wrong"]


@dataclass(frozen=True, slots=True)
class Shape:
    """`said` is how the author wrote it. `fields` are those of a group (a person, an event, the consents);
    `type` a value's type.

    With neither, nothing is known of it, and nothing is reported. `holds` is the macro or the imported file that
    a name stands for.
    """

    said: str
    type: Type | None = None
    fields: Mapping[str, Type] | None = None
    owner: str = ""
    holds: object = None

    @property
    def is_known(self) -> bool:
        """Whether a wrong use of it can be told."""
        return self.fields is not None or (self.type is not None and self.type != NOTHING)


ANY = Shape("")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A field that is not there: the code and its facts."""

    code: str
    facts: Mapping[str, str]
    candidates: tuple[str, ...] = field(default=())


_VALUES: dict[str, frozenset[str]] = {
    "date": frozenset(name for name in dir(dt.date) if name[0] != "_"),
    "datetime": frozenset(name for name in dir(dt.datetime) if name[0] != "_"),
    "time": frozenset(name for name in dir(dt.time) if name[0] != "_"),
    "money": frozenset({"amount", "currency"}),
    "duration": frozenset({"months", "days", "microseconds"}),
}
_TEXT_METHODS = frozenset(name for name in dir(str) if name[0] != "_")


class Shapes:
    """Makes shapes from the world's types."""

    def __init__(self, world: World) -> None:
        self.world = world
        fields = {name: f.type for name, f in world.profile.items() if not name.startswith("consent.")}
        fields |= dict.fromkeys(world.names.lost_fields, NOTHING)
        fields |= {name: self.attribute(name).type or NOTHING for name in world.names.attributes}
        if world.names.topics or world.names.lost:
            fields["consent"] = NOTHING
        of_profile = world.trace.table("shapes: profile", fields)
        self.profile = Shape("profile", fields=of_profile, owner="The profile")
        topics = world.trace.table("shapes: consent", dict.fromkeys(world.names.topics, BOOLEAN))
        self.consent = Shape("profile.consent", fields=topics, owner="The consents")

    def attribute(self, name: str) -> Shape:
        """The value of an attribute."""
        attribute = self.world.attributes.get(name)
        return ANY if attribute is None else self.of(attribute.value.type, name)

    def of(self, type: Type, said: str) -> Shape:
        """A value of a type."""
        return ANY if type == NOTHING else Shape(said, type=type)

    def list_of(self, item: Type, said: str) -> Shape:
        """A list."""
        return Shape(said, type=list_of(item))

    def event(self, events: tuple[str, ...], said: str) -> Shape:
        """An event that may be any of several: a field has to be there on each."""
        tables = [found.fields for event in events if (found := self.world.caught(event)) is not None]
        if len(tables) < len(events):
            return ANY
        shared = {name: f.type for name, f in tables[0].items() if all(name in table for table in tables)}
        many = [name for name in shared if len({table[name].type for table in tables}) > 1]
        shared |= dict.fromkeys(many, NOTHING)
        owner = f"The event {events[0]}" if len(events) == 1 else f"One of the events {', '.join(events)}"
        return Shape(said, fields=shared, owner=owner)

    def into(self, base: Shape, name: str) -> Shape | Wrong:
        """A field of a value, or what is wrong with asking for it."""
        if not base.is_known:
            return ANY
        said = f"{base.said}.{name}"
        if base.fields is not None:
            if base is self.profile and name == "consent" and self.world.names.topics:
                return self.consent
            if name in base.fields:
                return self.of(base.fields[name], said)
            return self._unknown(base.owner, name, base.fields)
        type = base.type
        assert type is not None
        fields = self.world.fields_of(type)
        if fields is not None:
            if name in fields:
                return self.of(fields[name].type, said)
            kind = "catalog" if type.kind == "ref" else "schema"
            return self._unknown(f"The {kind} {type.name}", name, {f.name: f.type for f in fields.values()})
        if type.kind in ("schema", "ref"):
            return ANY
        if type.kind == "list":
            return Wrong("list-needs-position", {"name": base.said, "part": name})
        if name in _VALUES.get(type.kind, _TEXT_METHODS if type.is_textual else frozenset()):
            return ANY
        return Wrong("no-parts", {"name": base.said, "type": str(type), "part": name})

    def _unknown(self, owner: str, name: str, fields: Mapping[str, Type]) -> Wrong:
        have = ", ".join(list(fields)[:10]) + (", …" if len(fields) > 10 else "") if fields else "no fields"
        candidates = nearest(name, fields)
        have = have if candidates else have + how_to_add(owner, name)
        return Wrong("unknown-field", {"owner": owner, "name": name, "have": have}, candidates)
