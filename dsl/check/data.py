"""The data of a workspace: profile, identity, schemas, events, datasets, topics' consents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import replace
from typing import Any

from sojourn.dsl import ast, checked
from sojourn.dsl.check.expressions import Expressions
from sojourn.dsl.check.literals import positive_duration, to_json
from sojourn.dsl.check.report import nearest
from sojourn.dsl.check.scope import PERSON
from sojourn.dsl.check.world import World
from sojourn.dsl.diagnostics import Fix, Related
from sojourn.dsl.resolve import BUILT_IN_EVENTS, REACTIONS, RESERVED
from sojourn.dsl.source import Span
from sojourn.dsl.types import BOOLEAN, NOTHING, TEXT, URL, Type, one_of
from sojourn.dsl.values import UTC, Duration, instant_to_iso, local_to_instant

__all__ = [
    "check_answers",
    "check_datasets",
    "check_identity",
    "check_merges",
    "check_shapes",
    "date_pattern",
]


def check_shapes(world: World, expressions: Expressions) -> None:
    """Fills the tables of schemas, catalogs (without rows), events and the profile."""
    names = world.names
    for name, schema in names.schemas.items():
        fields = _fields(world, schema.fields, f"The schema {name}")
        world.schemas[name] = checked.Schema(name, fields, schema.description, schema.span)
    for name, catalog in names.catalogs.items():
        fields = _fields(world, catalog.fields, f"The catalog {name}")
        world.catalogs[name] = checked.Catalog(
            name, catalog.key.text, fields, {}, catalog.description, catalog.span
        )
    _built_in_events(world)
    wires: dict[str, ast.Event] = {}
    for name, event in names.events.items():
        wire = event.called.value if event.called is not None else name
        if wire in wires or wire in BUILT_IN_EVENTS:
            related = [Related(wires[wire].span, "the other event")] if wire in wires else []
            span = event.called.span if event.called is not None else event.name.span
            world.report.error("wire-name-twice", span, related=related, wire=wire, what="event")
        wires[wire] = event
        fields = _fields(world, event.fields, f"The event {name}")
        world.events[name] = checked.Event(name, wire, fields, event.description, event.span)
    _reactions(world)
    _profile(world)
    _schemas_in_circles(world)
    _defaults(world, expressions)


def _built_in_events(world: World) -> None:
    topic = checked.Field("topic", TEXT, "topic", description="The topic; without one every topic is meant.")
    says = {"subscribed": "Somebody said yes to a topic.", "unsubscribed": "Somebody said no to a topic."}
    for name in BUILT_IN_EVENTS:
        fields = {"topic": topic, **(_ABOUT if name == "unsubscribed" else {})}
        world.events[name] = checked.Event(name, name, fields, says[name])


_ABOUT = {
    "message": checked.Field("message", TEXT, "message", description="The message that it is about."),
    "message_id": checked.Field(
        "message_id", TEXT, "message_id", description="Which of them: the key it was handed out under."
    ),
}
_CHANNEL = checked.Field("channel", one_of("email", "sms", "push"), "channel", description="How it went out.")
_REACTIONS: dict[str, tuple[str, dict[str, checked.Field]]] = {
    "message_delivered": ("A message reached the mailbox or the device.", {"channel": _CHANNEL}),
    "email_opened": ("An email was opened.", {}),
    "message_clicked": (
        "A link in a message was followed.",
        {"channel": _CHANNEL, "link": checked.Field("link", URL, "link", description="Where it leads.")},
    ),
    "message_bounced": (
        "A message could not be delivered: `hard` for good, `soft` for now.",
        {
            "channel": _CHANNEL,
            "kind": checked.Field("kind", one_of("hard", "soft"), "kind", required=True),
            "reason": checked.Field("reason", TEXT, "reason"),
        },
    ),
    "message_complained": ("Somebody called a message spam.", {"channel": _CHANNEL}),
    "message_replied": (
        "Somebody wrote back.",
        {"channel": _CHANNEL, "text": checked.Field("text", TEXT, "text", description="What they wrote.")},
    ),
}


def check_answers(world: World, written: Iterable[ast.Field], owner: str) -> dict[str, checked.Field]:
    """The fields of a webhook's answer."""
    return _fields(world, written, owner)


def _reactions(world: World) -> None:
    """The reactions that nobody declared; those that somebody did tell which message they are about, too."""
    for name in REACTIONS:
        says, fields = _REACTIONS[name]
        declared = world.events.get(name)
        if declared is None and world.names.kind.get(name) == "event":
            world.events[name] = checked.Event(name, name, {**_ABOUT, **fields}, says)
        elif declared is not None:
            world.events[name] = replace(declared, fields={**declared.fields, **_missing(declared)})


def _missing(event: checked.Event) -> dict[str, checked.Field]:
    wires = {field.wire for field in event.fields.values()}
    return {n: f for n, f in _ABOUT.items() if n not in event.fields and n not in wires}


def _fields(world: World, written: Iterable[ast.Field], owner: str) -> dict[str, checked.Field]:
    fields: dict[str, checked.Field] = {}
    wires: dict[str, ast.Field] = {}
    for node in written:
        name = node.name.text
        if name in fields:
            first = Related(fields[name].span, f"{name} is here first")
            world.report.error(
                "declared-twice", node.name.span, related=[first], name=name, what="field", first="field"
            )
            continue
        wire = node.called.value if node.called is not None else name
        if wire in wires:
            span = node.called.span if node.called is not None else node.name.span
            related = [Related(wires[wire].span, "the other field")]
            world.report.error("wire-name-twice", span, related=related, wire=wire, what="field")
        wires[wire] = node
        fields[name] = _field(world, node, wire)
        if node.identity:
            world.report.error("identity-elsewhere", node.span, name=name, owner=owner)
    return fields


def _field(world: World, node: ast.Field, wire: str) -> checked.Field:
    return checked.Field(
        node.name.text,
        world.type_of(node.type),
        wire,
        required=node.required,
        private=node.private,
        identity=node.identity,
        description=node.description,
        span=node.span,
    )


def _profile(world: World) -> None:
    """The union of all profile blocks, then a consent for each topic."""
    nodes: dict[str, ast.Field] = {}
    for block in world.names.profiles:
        of_block: set[str] = set()
        for node in block.fields:
            name, span = node.name.text, node.name.span
            if name in RESERVED:
                world.report.error("reserved-name", span, name=name)
                continue
            taken = world.names.attributes.get(name) or world.names.defines.get(name)
            if taken is not None:
                first = [Related(span, f"{name} is a field of the profile here")]
                what = world.names.kind[name]
                world.report.error(
                    "declared-twice",
                    taken.name.span,
                    related=first,
                    name=name,
                    what=what,
                    first="profile field",
                )
            if name not in world.profile:
                world.profile[name] = _field(
                    world, node, node.called.value if node.called is not None else name
                )
                nodes[name] = node
            elif name in of_block:
                first = [Related(nodes[name].name.span, f"{name} is here first")]
                world.report.error(
                    "declared-twice", span, related=first, name=name, what="field", first="field"
                )
            else:
                _unite(world, world.profile[name], nodes[name], node)
            of_block.add(name)
    for topic, declared in world.names.topics.items():
        name = f"consent.{topic}"
        says = f"Whether the person said yes to {topic}."
        world.profile[name] = checked.Field(name, BOOLEAN, name, description=says, span=declared.span)
    wires: dict[str, str] = {}
    for name, field in world.profile.items():
        if field.wire in wires:
            other = Related(world.profile[wires[field.wire]].span, "the other field")
            world.report.error("wire-name-twice", field.span, related=[other], wire=field.wire, what="field")
        wires[field.wire] = name


def _unite(world: World, known: checked.Field, first: ast.Field, node: ast.Field) -> None:
    """A field that a second block gives as well: one type, one wire name; what either block says holds."""
    type = world.type_of(node.type)
    place = [Related(first.span, f"{known.name} is {known.type} here")]
    if type != known.type:
        if NOTHING not in (type, known.type):
            world.report.error(
                "two-types", node.span, related=place, name=known.name, type=str(type), first=str(known.type)
            )
        return
    wire = known.wire
    if node.called is not None:
        if first.called is not None and first.called.value != node.called.value:
            world.report.error(
                "two-wire-names",
                node.called.span,
                related=place,
                name=known.name,
                wire=node.called.value,
                first=first.called.value,
            )
        wire = node.called.value
    world.profile[known.name] = checked.Field(
        known.name,
        type,
        wire,
        required=known.required or node.required,
        private=known.private or node.private,
        identity=known.identity or node.identity,
        description=known.description or node.description,
        span=known.span,
    )


def _schemas_in_circles(world: World) -> None:
    """A schema may hold itself in a list, but not as a single field: such a value would never end."""
    done: set[str] = set()
    for start in world.schemas:
        trail: list[str] = []

        def visit(name: str, trail: list[str] = trail) -> None:
            if name in trail:
                circle = [*trail[trail.index(name) :], name]
                node = world.names.schemas[name]
                world.report.error("circle", node.name.span, name=name, circle=" → ".join(circle))
                done.update(circle)
            if name in done or name in trail:
                return
            trail.append(name)
            for field in world.schemas[name].fields.values():
                if field.type.kind == "schema" and field.type.name in world.schemas:
                    visit(field.type.name)
            trail.pop()
            done.add(name)

        visit(start)


# ---------------------------------------------------------------- defaults


def _defaults(world: World, expressions: Expressions) -> None:
    """The values after `=`, once all types are known."""
    tables: list[tuple[Iterable[ast.Field], MutableMapping[str, checked.Field]]] = []
    for name, schema in world.names.schemas.items():
        tables.append((schema.fields, _mutable(world.schemas[name].fields)))
    for name, event in world.names.events.items():
        tables.append((event.fields, _mutable(world.events[name].fields)))
    for name, catalog in world.names.catalogs.items():
        tables.append((catalog.fields, _mutable(world.catalogs[name].fields)))
    tables.extend((block.fields, world.profile) for block in world.names.profiles)
    for written, fields in tables:
        for node in written:
            known = fields.get(node.name.text)
            if node.default is None or known is None or known.type == NOTHING:
                continue
            value = constant(expressions, node.default, known.type, node.name.text)
            if value is not None:
                fields[known.name] = checked.Field(
                    known.name,
                    known.type,
                    known.wire,
                    known.required,
                    known.private,
                    known.identity,
                    value,
                    known.description,
                    known.span,
                )


def _mutable(fields: Mapping[str, checked.Field]) -> dict[str, checked.Field]:
    assert isinstance(fields, dict)
    return fields


def constant(expressions: Expressions, node: ast.Expr, type: Type, what: str) -> Any:
    """The canonical JSON of a value that stands in the text; None after a report."""
    value = expressions.value(node, type, PERSON, what)
    if value.type == NOTHING:
        return None
    if isinstance(value, checked.Constant):
        return to_json(value.value, type)
    if isinstance(value, checked.LocalMoment):  # what is the same for everybody has no other clock
        return instant_to_iso(local_to_instant(value.value, UTC))
    expressions.report.error("not-a-fixed-value", node.span, what=what, text=expressions.say(node))
    return None


# ---------------------------------------------------------------- identity

_IDENTIFYING = ("text", "email", "phone", "integer", "url", "ref")


def check_identity(world: World) -> tuple[checked.Identifier, ...]:
    """The identifiers, strongest first."""
    marked = [field.name for field in world.profile.values() if field.identity]
    for name in marked:
        field = world.profile[name]
        if field.type.kind not in _IDENTIFYING and field.type != NOTHING:
            world.report.error("cannot-identify", field.span, name=name, type=str(field.type))
    blocks = world.names.identities
    if not blocks:
        return tuple(checked.Identifier(name, True) for name in marked)
    for block in blocks[1:]:
        first = Related(blocks[0].span, "the first identity block")
        world.report.error("block-twice", block.span, related=[first], block="identity")
    found: dict[str, checked.Identifier] = {}
    for entry in blocks[0].entries:
        name, span = entry.field.text, entry.field.span
        if name in found:
            world.report.error("declared-twice", span, name=name, what="identifier", first="identifier")
        elif name not in world.profile:
            if name not in world.names.lost_fields and not world.names.partial:
                pool = [f for f in world.profile if not f.startswith("consent.")]
                world.unknown_field("The profile", name, span, marked, pool)
        elif not world.profile[name].identity:
            field = world.profile[name]
            at = field.span
            fix = _identity_fix(world, name)
            world.report.error(
                "not-an-identifier", span, related=[Related(at, "the field")], fix=fix, name=name
            )
        found[name] = checked.Identifier(name, entry.unique)
    missing = [name for name in marked if name not in found]
    if missing and blocks[0].entries and set(found) <= set(world.profile):
        last = blocks[0].entries[-1].span
        place = Related(world.profile[missing[0]].span, f"{missing[0]} is an identifier here")
        source = world.sources.get(last.path)
        line = f"\n  {missing[0]}  one per person"
        fix = (
            Fix(source.span(last.end, last.end), line, f"add {missing[0]} as the weakest") if source else None
        )
        world.report.error("identifier-without-strength", last, related=[place], fix=fix, name=missing[0])
    return tuple(found.values())


def _identity_fix(world: World, name: str) -> Fix | None:
    """Writes `identity` behind the type of a profile field."""
    for block in world.names.profiles:
        for node in block.fields:
            source = world.sources.get(node.type.span.path)
            if node.name.text == name and source is not None:
                end = node.type.span.end
                return Fix(source.span(end, end), "  identity", f"write identity behind {name}")
    return None


# ---------------------------------------------------------------- datasets

_STRPTIME = {
    "YYYY": "%Y",
    "YY": "%y",
    "MM": "%m",
    "DD": "%d",
    "M": "%m",
    "D": "%d",
    "hh": "%H",
    "mm": "%M",
    "ss": "%S",
}
CONVERSIONS = ("lower", "upper", "trim")


def date_pattern(text: str) -> str | None:
    """The `strptime` pattern of `DD/MM/YYYY` and the like; None when it is not one. `D` and `M` take one
    digit or two.
    """
    pattern = ""
    for part in re.findall(r"YYYY|YY|MM?|DD?|hh|mm|ss|[-/., :T]|[\s\S]", text):
        if part in _STRPTIME:
            pattern += _STRPTIME[part]
        elif part in "-/., :T":
            pattern += part
        else:
            return None
    parts = re.findall(r"%[a-zA-Z]", pattern)
    return pattern if len(parts) == len(set(parts)) and {"%d", "%m"} <= set(parts) else None


def check_datasets(world: World, folder_of: Mapping[str, str]) -> dict[str, checked.Dataset]:
    """The datasets. `folder_of` gives the folder of each source file, relative to the workspace's root."""
    found: dict[str, checked.Dataset] = {}
    for name, node in world.names.datasets.items():
        for held in node.holds:
            if held.text != "profile":
                world.exists("event", held.text, held.span)
        keep = positive_duration(node.keep, world.report, "`keep`")
        if node.source is None:
            world.report.error("dataset-without-source", node.name.span, name=name)
        elif node.source not in ("http", "csv"):
            candidates = nearest(node.source, ("http", "csv"))
            world.report.error("unknown-source", node.span, candidates=candidates, name=node.source)
        elif node.source == "csv" and node.location is None:
            world.report.error("dataset-without-source", node.name.span, name=name)
        columns = _columns(world, node)
        location = node.location.value if node.location is not None else ""
        folder = folder_of.get(node.span.path, "")
        if location and folder and not location.startswith("/"):
            location = f"{folder}/{location}"
        found[name] = checked.Dataset(
            name,
            tuple(held.text for held in node.holds),
            node.source or "http",
            location,
            columns,
            keep,
            node.description,
            node.span,
        )
    return found


def _columns(world: World, node: ast.Dataset) -> tuple[checked.Column, ...]:
    columns: list[checked.Column] = []
    targets: dict[str, ast.Mapping] = {}
    for mapping in node.mappings:
        target = ".".join(str(part) for part in mapping.target.parts)
        target = target.removeprefix("profile.")
        field = world.profile.get(target)
        if field is None and target.split(".")[0] in world.profile:
            field = world.part_of_profile(target.split("."), mapping.target.span)
            if field is None:
                continue
        if field is None:
            _unknown_target(world, mapping, target)
            continue
        if target in targets:
            first = Related(targets[target].span, "the first column")
            world.report.error(
                "declared-twice",
                mapping.target.span,
                related=[first],
                name=target,
                what="column's field",
                first="field",
            )
        targets[target] = mapping
        pattern = function = ""
        match mapping.convert:
            case ast.Text() as text:
                found = date_pattern(text.value) if field.type.kind in ("date", "datetime") else None
                if found is None and field.type != NOTHING:
                    world.report.error(
                        "bad-date-pattern", text.span, text=text.value, name=target, type=str(field.type)
                    )
                pattern = found or ""
            case ast.Name() as called:
                function = called.text
                if function not in CONVERSIONS:
                    candidates = nearest(function, CONVERSIONS)
                    world.report.error(
                        "unknown-conversion", called.span, candidates=candidates, name=function
                    )
                elif not field.type.is_textual and field.type != NOTHING:
                    world.report.error(
                        "needs-text", called.span, op=function, text=target, type=str(field.type)
                    )
        columns.append(checked.Column(mapping.source.value, target, pattern, function, mapping.span))
    return tuple(columns)


def _unknown_target(world: World, mapping: ast.Mapping, target: str) -> None:
    names = world.names
    first = str(mapping.target.parts[0])
    if first in names.lost_fields or names.partial or (first == "consent" and target[8:] in names.lost):
        return
    if first in names.attributes:
        world.report.error("not-settable", mapping.target.span, name=first)
        return
    world.unknown_field("The profile", target, mapping.target.span, world.profile)


def check_kept(
    world: World, datasets: Mapping[str, checked.Dataset], aggregates: Iterable[checked.Aggregate]
) -> None:
    """A window looks no further back than the events are kept."""
    for aggregate in aggregates:
        last = aggregate.window.last if aggregate.window is not None else None
        holders = [d for d in datasets.values() if aggregate.event in d.holds]
        if last is None or not holders or any(d.keep is None for d in holders):
            continue
        longest = max(holders, key=lambda d: _microseconds(d.keep))
        if _microseconds(last) > _microseconds(longest.keep):
            place = Related(longest.span, f"{longest.name} is kept here")
            world.report.error(
                "window-longer-than-kept",
                aggregate.span,
                related=[place],
                event=aggregate.event,
                dataset=longest.name,
            )


def _microseconds(length: Duration | None) -> int:
    return checked.length_of(length) if length is not None else 0


def check_merges(world: World) -> dict[str, tuple[str, ...]]:
    """`merge profile by newest`, and for single fields the datasets whose value stands."""
    found: dict[str, tuple[str, ...]] = {}
    places: dict[str, Span] = {}
    for block in world.names.merges[1:]:
        first = Related(world.names.merges[0].span, "the first merge block")
        world.report.error("block-twice", block.span, related=[first], block="merge")
    for block in world.names.merges[:1]:
        if block.by != "newest":
            candidates = nearest(block.by, ("newest",)) or ("newest",)
            fix = (
                Fix(block.span, "merge profile by newest", "write merge profile by newest")
                if not block.rules
                else None
            )
            world.report.error("unknown-merge", block.span, candidates=candidates, fix=fix, by=block.by)
        for rule in block.rules:
            for field in rule.fields:
                if field.text not in world.profile and field.text not in world.names.lost_fields:
                    world.unknown_field("The profile", field.text, field.span, world.profile)
                if field.text in places:
                    related = [Related(places[field.text], "the rule before")]
                    world.report.error("rule-twice", field.span, related=related, name=field.text)
                places[field.text] = field.span
                found[field.text] = tuple(dict.fromkeys(dataset.text for dataset in rule.datasets))
            for dataset in rule.datasets:
                world.exists("dataset", dataset.text, dataset.span)
    return found
