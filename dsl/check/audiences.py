"""Audiences: their conditions, and the circles that none of them may be part of."""

from __future__ import annotations

from functools import partial

from sojourn.dsl import ast, checked
from sojourn.dsl.check.expressions import Expressions
from sojourn.dsl.check.lists import check_list
from sojourn.dsl.check.messages import ReadText
from sojourn.dsl.check.scope import PERSON
from sojourn.dsl.check.shape import walk
from sojourn.dsl.check.world import World
from sojourn.dsl.types import NOTHING

__all__ = ["check_audiences"]


def check_audiences(world: World, expressions: Expressions, read: ReadText) -> dict[str, checked.Audience]:
    """The audiences, each with those it is built on (also by way of attributes)."""
    conditions: dict[str, checked.Expr] = {}
    for name, node in world.names.audiences.items():
        condition, below = world.trace.unit(
            "audience", node, partial(_condition, world, expressions, node, read)
        )
        if condition is not None:
            conditions[name] = condition
        if below is not None:
            expressions.uses_of[name] = set(below)
    _circles(world, expressions.uses_of)
    found = {}
    for name, condition in conditions.items():
        node = world.names.audiences[name]
        uses = _audiences_below(name, world, expressions.uses_of)
        found[name] = checked.Audience(name, condition, uses, node.description, node.span)
    return found


def _condition(
    world: World, expressions: Expressions, node: ast.Audience, read: ReadText
) -> tuple[checked.Expr | None, frozenset[str] | None]:
    """An audience's condition, and the attributes and audiences it is built on; None after a mistake."""
    name = node.name.text
    if node.csv is not None:
        return check_list(world, node, read), None
    if node.condition is None:
        world.report.error("empty-condition", node.name.span, name=name)
        return None, None
    expressions.uses = set()
    condition = expressions.condition(node.condition, PERSON, exact=True)
    if condition.type != NOTHING and not any(map(_looks_at_something, walk(condition))):
        world.report.error("empty-condition", node.condition.span, name=name)
    return condition, frozenset(expressions.uses)


def _looks_at_something(part: checked.Expr) -> bool:
    looks = (checked.FieldValue, checked.AttributeValue, checked.AggregateValue, checked.Membership)
    return isinstance(part, (*looks, checked.Now, checked.Today, checked.GivenTimes))


def _audiences_below(name: str, world: World, uses_of: dict[str, set[str]]) -> tuple[str, ...]:
    """The audiences that an audience names, in its own condition or in an attribute it uses."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(uses_of.get(name, ()))
    while waiting:
        used = waiting.pop()
        if used in world.names.audiences:
            found.add(used)
        elif used not in seen:
            seen.add(used)
            waiting.extend(uses_of.get(used, ()))
    return tuple(sorted(found))


def _circles(world: World, uses_of: dict[str, set[str]]) -> None:
    """Reports each circle of audiences (and attributes) once, at the first of its names in the files."""
    done: set[str] = set()
    for start in world.names.audiences:
        if start in done:
            continue
        trail: list[str] = [start]
        pending = [iter(sorted(uses_of.get(start, ())))]
        while trail:
            following = next(pending[-1], None)
            if following is None:
                done.add(trail.pop())
                pending.pop()
            elif following in trail:
                circle = [*trail[trail.index(following) :], following]
                node = world.names.audiences.get(following) or world.names.attributes[following]
                if node.name.span not in {d.span for d in world.report.found if d.code == "circle"}:
                    world.report.error("circle", node.name.span, name=following, circle=" → ".join(circle))
            elif following not in done and following in uses_of:
                trail.append(following)
                pending.append(iter(sorted(uses_of[following])))
