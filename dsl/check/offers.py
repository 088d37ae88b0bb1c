"""Offers, and the decisions that pick among them."""

from __future__ import annotations

from sojourn.dsl import checked
from sojourn.dsl.check.decisions import decision_of, offer_rules
from sojourn.dsl.check.expressions import Expressions
from sojourn.dsl.check.messages import ReadText, read_template
from sojourn.dsl.check.world import World
from sojourn.dsl.types import TEXT

__all__ = ["check_decisions", "check_offers", "shape_of_offers"]


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
        rules = offer_rules(expressions, name)
        for rule in (rules.when, rules.since, rules.until, rules.priority):
            if rule is not None:
                expressions.note(rule)
        world.offers[name] = checked.Offer(
            name,
            rules.when,
            rules.since,
            rules.until,
            parts,
            node.per_person,
            node.in_total,
            rules.priority,
            node.description,
            node.span,
        )
    return world.offers.plain()


def check_decisions(world: World, expressions: Expressions) -> dict[str, checked.Decision]:
    """The decisions, in the order written."""
    made = {name: decision_of(expressions, name) for name in world.names.decisions}
    found = {name: decision for name, decision in made.items() if decision is not None}
    for decision in found.values():
        for rank in decision.ranks.values():
            expressions.note(rank)
    return found


def shape_of_offers(world: World, decision: checked.Decision) -> checked.Schema:
    """What a template sees of an offer that a decision picked: its name, and every part that any of them has."""
    names = [*decision.offers, *([decision.otherwise] if decision.otherwise is not None else [])]
    parts = dict.fromkeys(["name", *(part for name in names for part in world.offers[name].parts)])
    fields = {part: checked.Field(part, TEXT, part) for part in parts}
    schema = checked.Schema(f"offers of {decision.name}", fields)
    world.schemas_of_offers[schema.name] = schema
    return schema
