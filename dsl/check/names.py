"""What a path such as `total`, `event.items[0].product.name` or `shop.location` means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.dsl import ast, checked
from sojourn.dsl.check.functions import FUNCTIONS, PLAIN_NAMES
from sojourn.dsl.check.literals import nothing
from sojourn.dsl.check.report import CALLED_ELSEWHERE, and_list, nearest
from sojourn.dsl.check.scope import Scope
from sojourn.dsl.check.world import KEYWORDS, World
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.source import Span
from sojourn.dsl.types import DATE, DATETIME, NOTHING, NUMBER, TEXT, Type, list_of, one_of, ref

if TYPE_CHECKING:
    from sojourn.dsl.check.expressions import Expressions
    from sojourn.dsl.check.named import Named

__all__ = ["descend", "event_field", "finds", "resolve_path"]


def resolve_path(expressions: Expressions, node: ast.Path, scope: Scope) -> checked.Expr:
    """The checked expression of a path; reports what is not there."""
    world = expressions.world
    name = str(node.parts[0])
    first = part_span(node, 0)
    if scope.item is not None:
        item: checked.Expr = checked.FieldValue("item", (), type=scope.item, span=node.span)
        if name == "item":
            return descend(world, item, node, 1, "item")
        fields = world.fields_of(scope.item)
        if fields and name in fields:
            return descend(world, item, node, 0, "item")
    if name in scope.parameters:
        return descend(world, scope.parameters[name], node, 1, name)
    if name == "event" or (name == "change" and _of_a_change(world, scope)):
        return _event_path(world, node, scope)
    if name == "profile" and len(node.parts) > 1:
        if not scope.person:
            world.report.error("where-sees-event", node.span, text=_dotted(node, 0))
            return nothing(node.span)
        found = _of_person(expressions, node, 1, scope)
        if found is None:
            pool = [*world.profile, *world.names.attributes]
            world.unknown_field("The profile", str(node.parts[1]), part_span(node, 1), pool)
            return nothing(node.span)
        return found
    of_event = scope.bare and _has_event_field(world, scope, name)
    of_person = _is_of_person(world, name)
    if of_event and of_person and scope.person and name not in world.names.lost:
        return _ambiguous(world, node, scope, name)
    if of_event:
        return _event_value(world, node, scope, 0)
    if name in scope.run:
        return event_value(world, "run", scope.run[name], node, 1, prefix=(name,))
    if of_person and not scope.person:
        world.report.error("where-sees-event", first, text=_dotted(node, 0))
        return nothing(node.span)
    if of_person:
        found = _of_person(expressions, node, 0, scope)
        if found is not None:
            return found
    if world.names.kind.get(name) == "decision":
        return _decision(expressions, node, scope, name)
    if world.names.kind.get(name) == "recommendation":
        return _recommendation(world, node, scope, name)
    if name in PLAIN_NAMES and len(node.parts) == 1:
        if not scope.person:
            world.report.error("where-sees-event", first, text=name)
            return nothing(node.span)
        return (
            checked.Now(type=DATETIME, span=node.span)
            if name == "now"
            else checked.Today(type=DATE, span=node.span)
        )
    return _unknown(world, node, scope, name)


def _decision(expressions: Expressions, node: ast.Path, scope: Scope, name: str) -> checked.Expr:
    from sojourn.dsl.check.decisions import decision_of

    world = expressions.world
    world.uses.note("decision", name, part_span(node, 0))
    if not scope.person:
        world.report.error("where-sees-event", node.span, text=_dotted(node, 0))
        return nothing(node.span)
    decision = decision_of(expressions, name)
    if decision is None:
        return nothing(node.span)
    if len(node.parts) > 1:
        world.report.error(
            "no-parts", part_span(node, 1), name=name, type="an offer in a condition", part=str(node.parts[1])
        )
        return nothing(node.span)
    names = [*decision.offers, *([decision.otherwise] if decision.otherwise is not None else [])]
    return checked.DecisionValue(name, type=one_of(*dict.fromkeys(names)), span=node.span)


def _recommendation(world: World, node: ast.Path, scope: Scope, name: str) -> checked.Expr:
    from sojourn.dsl.check.recommendations import subject_is_there

    world.uses.note("recommendation", name, part_span(node, 0))
    if not scope.person:
        world.report.error("where-sees-event", node.span, text=_dotted(node, 0))
        return nothing(node.span)
    found = world.recommendations.get(name)
    if found is None or not (scope.sent or subject_is_there(world, name, scope.events, node.span)):
        return nothing(node.span)
    base = checked.RecommendationValue(name, type=list_of(ref(found.catalog)), span=node.span)
    return descend(world, base, node, 1, name)


def finds(expressions: Named, name: str, scope: Scope) -> bool:
    """Whether a bare name means something in the scope."""
    world = expressions.world
    if scope.item is not None and (name == "item" or name in (world.fields_of(scope.item) or ())):
        return True
    return (
        name in scope.parameters
        or name in scope.run
        or name in PLAIN_NAMES
        or world.names.kind.get(name) in ("decision", "recommendation")
        or (scope.bare and _has_event_field(world, scope, name))
        or _is_of_person(world, name)
    )


def part_span(node: ast.Path, index: int) -> Span:
    """The place of one part of a path."""
    return node.part_spans[index] if index < len(node.part_spans) else node.span


def _is_of_person(world: World, name: str) -> bool:
    names = world.names
    return (
        name in world.profile
        or name in names.attributes
        or name in names.defines
        or name in names.lost
        or name in names.lost_fields
        or name == "consent"
    )


def _of_person(expressions: Expressions, node: ast.Path, at: int, scope: Scope) -> checked.Expr | None:
    """The person's field, consent, attribute or define that the parts from `at` on name."""
    world = expressions.world
    name = str(node.parts[at])
    if name == "consent":
        return _consent(world, node, at)
    if name in world.profile:
        field = world.profile[name]
        world.uses.note("field", name, part_span(node, at), "profile")
        base: checked.Expr = checked.FieldValue("profile", (name,), type=field.type, span=node.span)
        return descend(world, base, node, at + 1, name)
    if name in world.names.attributes:
        world.uses.note("attribute", name, part_span(node, at))
        attribute = expressions.attribute(name)
        if attribute is None:
            return nothing(node.span)
        base = checked.AttributeValue(name, type=attribute.value.type, span=node.span)
        return descend(world, base, node, at + 1, name)
    if name in world.names.defines:
        world.uses.note("define", name, part_span(node, at))
        base = expressions.define(name, (), node.span)
        return descend(world, base, node, at + 1, name)
    if name in world.names.lost_fields or name in world.names.lost:
        return nothing(node.span)
    return None


def _consent(world: World, node: ast.Path, at: int) -> checked.Expr:
    if len(node.parts) != at + 2:
        world.report.error(
            "unknown-name",
            node.span,
            candidates=[f"consent.{t}" for t in world.names.topics][:3],
            name="consent",
            what="field",
            have="Consent is given to a topic: `consent.offers`.",
        )
        return nothing(node.span)
    topic = str(node.parts[at + 1])
    if not world.exists("topic", topic, part_span(node, at + 1)):
        return nothing(node.span)
    field = world.profile[f"consent.{topic}"]
    return checked.FieldValue("profile", (field.name,), type=field.type, span=node.span)


# ------------------------------------------------------------------ events


def event_field(world: World, event: str, name: str) -> Type | None:
    """The type of an event's field; NOTHING when the event could not be read, None when there is no such
    field.
    """
    declared = world.caught(event)
    if declared is None:
        return NOTHING
    field = declared.fields.get(name)
    return None if field is None else field.type


def _has_event_field(world: World, scope: Scope, name: str) -> bool:
    return any(name in world.events[event].fields for event in scope.events if event in world.events)


def _of_a_change(world: World, scope: Scope) -> bool:
    """Whether the event at hand is the change of a catalog's row: `change.before` says more than `event.before`."""
    return bool(scope.events) and all(
        event in world.events and world.events[event].of_change is not None for event in scope.events
    )


def _event_path(world: World, node: ast.Path, scope: Scope) -> checked.Expr:
    if not scope.events:
        world.report.error("no-event-here", node.span, why=scope.why_no_event, instead=scope.instead)
        return nothing(node.span)
    if len(node.parts) == 1:
        world.report.error("whole-event", node.span, event=scope.events[0])
        return nothing(node.span)
    return _event_value(world, node, scope, 1)


def _event_value(world: World, node: ast.Path, scope: Scope, at: int) -> checked.Expr:
    """The field of the event at hand; it has to be there, with one type, on each of the events it may be."""
    later = _of_a_wait(world, scope, str(node.parts[at]))
    if later is not None:
        alias = scope.awaited[later]
        whole = f"{alias}.{_dotted(node, at)}"
        world.report.error(
            "event-of-wait",
            node.span,
            candidates=[whole] if alias else (),
            fix=Fix(node.span, whole, f"write {whole}") if alias else None,
            event=and_list(scope.events, "or"),
            name=str(node.parts[at]),
            awaited=later,
        )
        return nothing(node.span)
    values = [event_value(world, "event", event, node, at) for event in scope.events]
    types = {value.type for value in values if value.type != NOTHING}
    if len(types) > 1:
        says = [f"{event} has it as {value.type}" for event, value in zip(scope.events, values, strict=True)]
        world.report.error("event-fields-differ", node.span, name=_dotted(node, at), says=and_list(says))
        return nothing(node.span)
    return next((value for value in values if value.type == NOTHING), values[0])


def _of_a_wait(world: World, scope: Scope, name: str) -> str | None:
    """The event that a wait of this run took and that has the field which the starting event does not have."""
    if any(event not in world.events or name in world.events[event].fields for event in scope.events):
        return None
    taken = [event for event in scope.awaited if event in world.events]
    return next((event for event in taken if name in world.events[event].fields), None)


def event_value(
    world: World, scope: checked.Scope, event: str, node: ast.Path, at: int, prefix: tuple[str, ...] = ()
) -> checked.Expr:
    """A path inside one event, from part `at` of the path on."""
    caught = world.caught(event)
    if caught is None:
        return nothing(node.span)
    if at >= len(node.parts):
        world.report.error("whole-event", node.span, event=_dotted(node, 0))
        return nothing(node.span)
    name = str(node.parts[at])
    type = event_field(world, event, name)
    if type is None:
        pool = caught.fields
        what = "The event" if event in world.events else "The answer of"
        world.unknown_field(f"{what} {event}", name, part_span(node, at), pool)
        return nothing(node.span)
    world.uses.note("field", name, part_span(node, at), f"event {event}")
    base = checked.FieldValue(scope, (*prefix, name), type=type, span=node.span)
    return descend(world, base, node, at + 1, name)


# -------------------------------------------------------------- going down


def descend(world: World, base: checked.Expr, node: ast.Path, at: int, owner: str) -> checked.Expr:
    """What the parts of a path from `at` on are, inside a value."""
    for index in range(at, len(node.parts)):
        if base.type == NOTHING:
            return base
        part = node.parts[index]
        span = part_span(node, index)
        step = _into(world, base, part, span, owner, node.span)
        if step is None:
            return nothing(node.span)
        base = step
        owner = str(part) if isinstance(part, str) else owner
    return base


def _into(
    world: World, base: checked.Expr, part: str | int, span: Span, owner: str, whole: Span
) -> checked.Expr | None:
    type = base.type
    if isinstance(part, int):
        if type.kind != "list" or type.of is None:
            world.report.error("not-a-list", span, name=owner, type=str(type))
            return None
        return _further(base, part, type.of, whole)
    if type.kind == "list":
        world.report.error("list-needs-position", span, name=owner, part=part)
        return None
    if type.kind == "money" and part in ("amount", "currency"):
        return checked.Function(part, (base,), type=NUMBER if part == "amount" else TEXT, span=whole)
    fields = world.fields_of(type)
    if fields is None:
        if type.name and (
            type.name in world.names.lost or type.name not in (*world.schemas, *world.catalogs)
        ):
            return nothing(whole)
        world.report.error("no-parts", span, name=owner, type=str(type), part=part)
        return None
    if part not in fields:
        kind = "catalog" if type.kind == "ref" else "schema"
        if type.name not in world.names.lost:
            world.unknown_field(f"The {kind} {type.name}", part, span, fields)
        return None
    world.uses.note("field", str(part), span, f"{'catalog' if type.kind == 'ref' else 'schema'} {type.name}")
    if type.kind == "ref":
        return checked.CatalogValue(type.name, base, (part,), type=fields[part].type, span=whole)
    return _further(base, part, fields[part].type, whole)


def _further(base: checked.Expr, part: str | int, type: Type, whole: Span) -> checked.Expr:
    if isinstance(base, checked.FieldValue):
        return checked.FieldValue(base.scope, (*base.path, part), type=type, span=whole)
    if isinstance(base, checked.CatalogValue):
        return checked.CatalogValue(base.catalog, base.key, (*base.path, part), type=type, span=whole)
    if isinstance(base, checked.PartOf):
        return checked.PartOf(base.base, (*base.path, part), type=type, span=whole)
    return checked.PartOf(base, (part,), type=type, span=whole)


# ---------------------------------------------------------------- mistakes

_NOTHING = frozenset({"empty", "blank", "null", "none", "nothing", "unset", "undefined", "unknown"})
"""What other tools call what is missing here."""
_WEEKDAYS = frozenset({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"})


def _ambiguous(world: World, node: ast.Path, scope: Scope, name: str) -> checked.Expr:
    rest = _dotted(node, 0)
    world.report.error(
        "ambiguous-name",
        node.span,
        candidates=[f"event.{rest}", f"profile.{rest}"],
        fix=Fix(node.span, f"event.{rest}", f"mean the event's: event.{rest}"),
        name=name,
        event=scope.events[0],
    )
    return nothing(node.span)


def _unknown(world: World, node: ast.Path, scope: Scope, name: str) -> checked.Expr:
    names = world.names
    first = part_span(node, 0)
    if names.partial:
        return nothing(node.span)
    kind = names.kind.get(name)
    if kind == "audience":
        fix = Fix(node.span, f"in {name}", f"write in {name}")
        world.report.error("bare-audience", node.span, fix=fix, name=name)
    elif kind == "event" and len(node.parts) > 1 and name in scope.events:
        rest = _dotted(node, 1)
        fix = Fix(node.span, f"event.{rest}", f"write event.{rest}")
        world.report.error("event-by-name", node.span, fix=fix, name=name, rest=rest)
    elif kind == "event":
        fix = Fix(node.span, f"has {name}", f"write has {name}")
        world.report.error("bare-event", node.span, fix=fix, name=name)
    elif not scope.bare and scope.events and _has_event_field(world, scope, name):
        fix = Fix(first, f"event.{name}", f"write event.{name}")
        world.report.error("event-field-here", first, fix=fix, name=name, event=scope.events[0])
    elif name in FUNCTIONS:
        world.report.error("function-needs-brackets", node.span, name=name, example=FUNCTIONS[name].example)
    else:
        of_event = [f for event in scope.events if event in world.events for f in world.events[event].fields]
        seen = [] if scope.bare else [f"event.{f}" for f in of_event]
        of_person = [*world.profile, *names.attributes, *names.defines] if scope.person else []
        item = list(world.fields_of(scope.item) or ()) if scope.item is not None else []
        pool = [*item, *scope.parameters, *(of_event if scope.bare else []), *scope.run, *of_person]
        options = {option: f.name for f in world.profile.values() for option in f.type.options}
        candidates = nearest(name, pool, seen, names.kind, KEYWORDS, FUNCTIONS)
        if name in CALLED_ELSEWHERE:
            candidates = ("profile",)
        what = "field or attribute" if scope.person else f"field of {and_list(scope.events, 'or')}"
        hint = ""
        if name in options:
            hint = f"{name} is a value of {options[name]}: write `{options[name]} is {name}`. "
        if name in _NOTHING:
            candidates = ("missing",)
        if name in _WEEKDAYS:
            hint = f"A day of the week is asked as `weekday(today) is {name}`. "
            candidates = ()
        have = ", ".join(pool[:10]) + (", …" if len(pool) > 10 else "")
        world.report.error(
            "unknown-name",
            first,
            candidates=candidates,
            name=name,
            what=what,
            have=f"{hint}In sight here: {have}." if pool else hint,
        )
    return nothing(node.span)


def _dotted(node: ast.Path, at: int) -> str:
    text = ""
    for part in node.parts[at:]:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
