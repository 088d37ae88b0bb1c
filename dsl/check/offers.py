"""Offers, and the decisions that pick among them."""

from __future__ import annotations

from typing import Literal

from sojourn.dsl import ast, checked
from sojourn.dsl.check import operations
from sojourn.dsl.check.expressions import Expressions
from sojourn.dsl.check.messages import ReadText, read_template
from sojourn.dsl.check.report import Report
from sojourn.dsl.check.scope import PERSON, Scope
from sojourn.dsl.check.world import World
from sojourn.dsl.types import BOOLEAN, DATE, DATETIME, NOTHING, NUMBER, TEXT

__all__ = ["MOST_PICKED", "check_decisions", "check_offers", "shape_of_offers"]

MOST_PICKED = 50
"""The largest N of `pick N`."""


def check_offers(world: World, expressions: Expressions, read: ReadText) -> dict[str, checked.Offer]:
    """The offers, their texts read but not yet looked into."""
    for name, node in world.names.offers.items():
        parts: dict[str, checked.Template] = {}
        for part in node.parts:
            if part.name.text in parts:
                world.report.error(
                    "declared-twice", part.name.span, name=part.name.text, what="part", first="part"
                )
            template = read_template(world, part, False, read)
            if template is not None:
                parts[part.name.text] = template
        when = expressions.condition(node.when, PERSON) if node.when is not None else None
        priority = None
        if node.priority is not None:
            found = expressions.check(node.priority, PERSON)
            priority = operations.fitted(
                world, found, NUMBER, f"The priority of {name}", expressions.say(node.priority)
            )
        world.offers[name] = checked.Offer(
            name,
            when,
            _bound(world, expressions, node.since, "<="),
            _bound(world, expressions, node.until, ">="),
            parts,
            node.per_person,
            node.in_total,
            priority,
            node.description,
            node.span,
        )
    return world.offers


def _bound(
    world: World, expressions: Expressions, node: ast.Expr | None, op: Literal["<=", ">="]
) -> checked.Expr | None:
    """The condition that an offer has begun (`<=`), or is not over yet (`>=`). A date is meant with its whole
    day, in the person's time zone.
    """
    if node is None:
        return None
    moment = expressions.check(node, PERSON)
    if moment.type == NOTHING:
        return None
    if moment.type == DATE:
        today = checked.Today(type=DATE, span=node.span)
        return checked.Compare(op, moment, today, type=BOOLEAN, span=node.span)
    if moment.type == DATETIME:
        now = checked.Now(type=DATETIME, span=node.span)
        strict: Literal["<=", ">"] = "<=" if op == "<=" else ">"
        return checked.Compare(strict, moment, now, type=BOOLEAN, span=node.span)
    world.report.error("offer-needs-date", node.span, text=expressions.say(node), type=str(moment.type))
    return None


def check_decisions(world: World, expressions: Expressions) -> dict[str, checked.Decision]:
    """The decisions. What their formula says is worked out for each offer, with its own priority."""
    for name, node in world.names.decisions.items():
        known = [o.text for o in node.offers if world.exists("offer", o.text, o.span)]
        if node.otherwise is not None and not world.exists("offer", node.otherwise.text, node.otherwise.span):
            continue
        if len(known) < len(node.offers):
            continue
        twice = [o for i, o in enumerate(node.offers) if o.text in known[:i]]
        if twice:
            world.report.error(
                "declared-twice", twice[0].span, name=twice[0].text, what="offer", first="offer"
            )
            continue
        if not 1 <= node.pick <= MOST_PICKED:
            world.report.error("how-many-picked", node.span, pick=str(node.pick), most=str(MOST_PICKED))
            continue
        ranks: dict[str, checked.Expr] = {}
        for offer in known:
            priority = world.offers[offer].priority
            if node.by is None:
                if priority is not None:
                    ranks[offer] = priority
                continue
            rank = _rank(world, expressions, node.by, priority, first=offer == known[0])
            if rank.type != NOTHING:
                ranks[offer] = rank
        otherwise = node.otherwise.text if node.otherwise is not None else None
        world.decisions[name] = checked.Decision(
            name, tuple(known), node.pick, ranks, otherwise, node.description, node.span
        )
    return world.decisions


def _rank(
    world: World, expressions: Expressions, node: ast.Expr, priority: checked.Expr | None, first: bool
) -> checked.Expr:
    """The formula with one offer's priority in it; its mistakes are told once."""
    missing = checked.Constant(None, type=NUMBER, span=node.span)
    outer = world.report
    world.report = outer if first else Report()
    try:
        found = expressions.check(node, Scope(parameters={"priority": priority or missing}))
        return operations.fitted(world, found, NUMBER, "What it picks by", expressions.say(node))
    finally:
        world.report = outer


def shape_of_offers(world: World, decision: checked.Decision) -> checked.Schema:
    """What a template sees of an offer that a decision picked: its name, and every part that any of them has."""
    names = [*decision.offers, *([decision.otherwise] if decision.otherwise is not None else [])]
    parts = dict.fromkeys(["name", *(part for name in names for part in world.offers[name].parts)])
    fields = {part: checked.Field(part, TEXT, part) for part in parts}
    schema = checked.Schema(f"offers of {decision.name}", fields)
    world.schemas_of_offers[schema.name] = schema
    return schema
