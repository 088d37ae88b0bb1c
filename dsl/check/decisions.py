"""Decisions, and what they would pick said as a condition.

What a decision picks for a person follows from the rules of its offers, so `best_offer is free_shipping` can be
said without it: free_shipping fits, and none of the others that fits comes before it. In that form it is a
condition like any other: an audience that asks it is exact at every instant. That works as long as all of it is
about the person alone; a limit `in total` follows what everybody was given, a recommendation what everybody does.
Those can only be asked for when they are needed, in a step or a message.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from sojourn.dsl import ast, checked
from sojourn.dsl.check import operations
from sojourn.dsl.check.literals import nothing
from sojourn.dsl.check.report import Report
from sojourn.dsl.check.scope import NOT_IN_AN_OFFER, OF_AN_OFFER, PERSON, Scope
from sojourn.dsl.check.shape import walk
from sojourn.dsl.source import Span
from sojourn.dsl.types import BOOLEAN, DATE, DATETIME, INTEGER, NOTHING, NUMBER

if TYPE_CHECKING:
    from sojourn.dsl.check.expressions import Expressions

__all__ = ["MOST_PICKED", "OfferRules", "decision_of", "offer_rules", "picked", "why_only_when_needed"]

MOST_PICKED = 50
"""The largest N of `pick N`."""


@dataclass(frozen=True, slots=True)
class OfferRules:
    """When an offer fits (besides how often it was given), and its priority."""

    when: checked.Expr | None = None
    since: checked.Expr | None = None
    until: checked.Expr | None = None
    priority: checked.Expr | None = None


def offer_rules(expressions: Expressions, name: str) -> OfferRules:
    """When an offer fits, and its priority; checked when first asked for."""
    world = expressions.world
    known = world.offer_rules.get(name)
    if known is not None:
        return known
    node = world.names.offers[name]
    if not expressions.enter(name, node.name.span):
        return OfferRules()
    outer, expressions.uses = expressions.uses, set()
    scope = Scope(why_no_event=OF_AN_OFFER, instead=NOT_IN_AN_OFFER)
    when = expressions.condition(node.when, scope) if node.when is not None else None
    priority = None
    if node.priority is not None:
        found = expressions.check(node.priority, scope)
        said = expressions.say(node.priority)
        priority = operations.fitted(world, found, NUMBER, f"The priority of {name}", said)
    since, until = _bound(expressions, node.since, "<="), _bound(expressions, node.until, ">=")
    expressions.uses = outer
    expressions.leave()
    made = OfferRules(when, since, until, priority)
    world.offer_rules[name] = made
    return made


def _bound(expressions: Expressions, node: ast.Expr | None, op: Literal["<=", ">="]) -> checked.Expr | None:
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
    expressions.report.error("offer-needs-date", node.span, text=expressions.say(node), type=str(moment.type))
    return None


def decision_of(expressions: Expressions, name: str) -> checked.Decision | None:
    """The decision, checked when first asked for; None after a mistake in it. What its formula says is worked
    out for each offer, with its own priority.
    """
    world = expressions.world
    if name in world.decisions or name in world.failed_decisions:
        return world.decisions.get(name)
    node = world.names.decisions[name]
    if not expressions.enter(name, node.name.span):
        return None
    found = _decision(expressions, name, node)
    expressions.leave()
    if found is None:
        world.failed_decisions[name] = True
    else:
        world.decisions[name] = found
    return found


def _decision(expressions: Expressions, name: str, node: ast.Decision) -> checked.Decision | None:
    world = expressions.world
    known = [o.text for o in node.offers if world.exists("offer", o.text, o.span)]
    if node.otherwise is not None and not world.exists("offer", node.otherwise.text, node.otherwise.span):
        return None
    if len(known) < len(node.offers):
        return None
    twice = [o for i, o in enumerate(node.offers) if o.text in known[:i]]
    if twice:
        world.report.error("declared-twice", twice[0].span, name=twice[0].text, what="offer", first="offer")
        return None
    if not 1 <= node.pick <= MOST_PICKED:
        world.report.error("how-many-picked", node.span, pick=str(node.pick), most=str(MOST_PICKED))
        return None
    otherwise = node.otherwise.text if node.otherwise is not None else None
    before = len(world.report.found)
    ranks: dict[str, checked.Expr] = {}
    for offer in known:
        priority = offer_rules(expressions, offer).priority
        if node.by is None:
            if priority is not None:
                ranks[offer] = priority
            continue
        rank = _rank(expressions, node.by, priority, first=offer == known[0])
        if rank.type != NOTHING:
            ranks[offer] = rank
    if otherwise is not None:
        offer_rules(expressions, otherwise)
    if any(found.code == "circle" for found in world.report.found[before:]):
        return None
    return checked.Decision(name, tuple(known), node.pick, ranks, otherwise, node.description, node.span)


def _rank(
    expressions: Expressions, node: ast.Expr, priority: checked.Expr | None, first: bool
) -> checked.Expr:
    """The formula with one offer's priority in it; its mistakes are told once."""
    world = expressions.world
    missing = checked.Constant(None, type=NUMBER, span=node.span)
    outer = world.report
    world.report = outer if first else Report(world.trace.spoil)
    try:
        found = expressions.check(node, Scope(parameters={"priority": priority or missing}))
        return _folded(operations.fitted(world, found, NUMBER, "What it picks by", expressions.say(node)))
    finally:
        world.report = outer


def _folded(expr: checked.Expr) -> checked.Expr:
    """A sum or a product of written numbers as the number that it is."""
    if not isinstance(expr, checked.Arithmetic) or expr.op == "/":
        return expr
    left, right = _folded(expr.left), _folded(expr.right)
    if isinstance(left, checked.Constant) and isinstance(right, checked.Constant):
        a, b = left.value, right.value
        if a is None or b is None:
            return checked.Constant(None, type=expr.type, span=expr.span)
        value = a + b if expr.op == "+" else a - b if expr.op == "-" else a * b
        return checked.Constant(value, type=expr.type, span=expr.span)
    return replace(expr, left=left, right=right)


# -------------------------------------------------------- as a condition


def why_only_when_needed(expressions: Expressions, name: str) -> str:
    """Why what a decision picks cannot be said as a condition on the person; "" when it can."""
    decision = expressions.world.decisions.get(name)
    if decision is None:
        return ""
    for offer in dict.fromkeys([*decision.offers, *([decision.otherwise] if decision.otherwise else [])]):
        if expressions.world.names.offers[offer].in_total is not None:
            return f"{offer} is limited `in total`, so what others are given would change it for everybody"
        rules = offer_rules(expressions, offer)
        parts = [rules.when, rules.since, rules.until, rules.priority, decision.ranks.get(offer)]
        for part in parts:
            for inner in walk(part) if part is not None else ():
                if isinstance(inner, checked.RecommendationValue):
                    return f"{offer} looks at {inner.name}, which follows what everybody does"
                if isinstance(inner, checked.DecisionValue):
                    return why_only_when_needed(expressions, inner.name)
    return ""


def picked(
    expressions: Expressions, value: checked.DecisionValue, offers: Iterable[Any] | None, span: Span
) -> checked.Expr | None:
    """The condition that a decision picks one of `offers` (any at all: None); None where it cannot be said."""
    decision = expressions.world.decisions.get(value.name)
    if decision is None:
        return nothing(span)
    if why_only_when_needed(expressions, value.name):
        return None
    order = list(decision.offers)
    fits = {offer: _fits(expressions, offer, span) for offer in order}
    last = decision.otherwise if decision.otherwise not in fits else None
    wanted = [*order, *([last] if last else [])] if offers is None else list(dict.fromkeys(offers))
    found: list[checked.Expr] = []
    for offer in wanted:
        if offer in fits:
            if offers is None:
                found.append(fits[offer])
                continue
            better = [
                _not(_all([fits[other], _beats(decision, other, offer, span)], span), span)
                for other in order
                if other != offer
            ]
            found.append(_all([fits[offer], *better], span))
        elif offer == last:
            others = [] if offers is None else [_not(fits[other], span) for other in order]
            found.append(_all([*others, _fits(expressions, offer, span)], span))
    made = _one_of(found, span)
    expressions.note(made)
    return made


def _fits(expressions: Expressions, offer: str, span: Span) -> checked.Expr:
    rules = offer_rules(expressions, offer)
    limit = expressions.world.names.offers[offer].per_person
    parts = [part for part in (rules.since, rules.until, rules.when) if part is not None]
    if limit is not None:
        given = checked.GivenTimes(offer, type=INTEGER, span=span)
        most = checked.Constant(limit, type=INTEGER, span=span)
        parts.append(checked.Compare("<", given, most, type=BOOLEAN, span=span))
    return _all(parts, span)


def _beats(decision: checked.Decision, other: str, offer: str, span: Span) -> checked.Expr:
    """Whether `other` comes before `offer`: by the greater rank, those without one last, else by the order
    written.
    """
    mine, theirs = decision.ranks.get(offer), decision.ranks.get(other)
    first = decision.offers.index(other) < decision.offers.index(offer)
    mine = None if isinstance(mine, checked.Constant) and mine.value is None else mine
    theirs = None if isinstance(theirs, checked.Constant) and theirs.value is None else theirs
    if mine is None and theirs is None:
        return _constant(first, span)
    if isinstance(mine, checked.Constant) and isinstance(theirs, checked.Constant):
        return _constant(theirs.value > mine.value or (first and theirs.value == mine.value), span)
    unknown = _not(_known(mine, span), span)
    if theirs is None:
        return _all([unknown, _constant(first, span)], span)
    known = _known(theirs, span)
    if mine is None:
        return _one_of([known, _constant(first, span)], span)
    greater = checked.Compare(">=" if first else ">", theirs, mine, type=BOOLEAN, span=span)
    ways: list[checked.Expr] = [greater, _all([known, unknown], span)]
    if first:
        ways.append(_all([_not(known, span), unknown], span))
    return _one_of(ways, span)


def _constant(value: bool, span: Span) -> checked.Expr:
    return checked.Constant(value, type=BOOLEAN, span=span)


def _known(expr: checked.Expr | None, span: Span) -> checked.Expr:
    if expr is None or isinstance(expr, checked.Constant):
        return _constant(expr is not None, span)
    return checked.Known(expr, type=BOOLEAN, span=span)


def _not(expr: checked.Expr, span: Span) -> checked.Expr:
    if isinstance(expr, checked.Constant):
        return _constant(not expr.value, span)
    return checked.Not(expr, type=BOOLEAN, span=span)


def _all(terms: Sequence[checked.Expr], span: Span) -> checked.Expr:
    return _joined("and", terms, span)


def _one_of(terms: Sequence[checked.Expr], span: Span) -> checked.Expr:
    return _joined("or", terms, span)


def _joined(op: Literal["and", "or"], terms: Sequence[checked.Expr], span: Span) -> checked.Expr:
    decided = op == "or"
    left = [term for term in terms if not isinstance(term, checked.Constant)]
    if any(isinstance(term, checked.Constant) and term.value is decided for term in terms):
        return _constant(decided, span)
    if not left:
        return _constant(not decided, span)
    return left[0] if len(left) == 1 else checked.Logic(op, tuple(left), type=BOOLEAN, span=span)
