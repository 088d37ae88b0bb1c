"""Expressions: every name resolved, every operation typed.

A mistake is reported once; the expression then has the type NOTHING, which fits everywhere and silences what
follows.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from sojourn.dsl import ast, checked
from sojourn.dsl.check import calls, decisions, groups, history, operations
from sojourn.dsl.check.literals import LITERALS, kilometres, literal, nothing
from sojourn.dsl.check.named import Named
from sojourn.dsl.check.names import finds, resolve_path
from sojourn.dsl.check.report import nearest
from sojourn.dsl.check.scope import Scope
from sojourn.dsl.check.shape import arithmetic_type, family, first_inexact, turned, walk
from sojourn.dsl.check.world import World
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.source import Span
from sojourn.dsl.types import (
    BOOLEAN,
    DATETIME,
    DURATION,
    LOCATION,
    NOTHING,
    TEXT,
    Type,
    list_of,
)
from sojourn.dsl.values import Duration, Money

__all__ = ["Expressions"]


class Expressions(Named):
    """Checks expressions."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._by_type: dict[type, Callable[[Any, Scope], checked.Expr]] = {
            ast.Path: lambda node, scope: resolve_path(self, node, scope),
            ast.Call: lambda node, scope: calls.call(self, node, scope),
            ast.ListLiteral: self._list,
            ast.Group: self._group,
            ast.Logic: self._logic,
            ast.Not: self._not,
            ast.Compare: self._compare,
            ast.In: self._in,
            ast.InAudience: self._in_audience,
            ast.Between: self._between,
            ast.TextTest: self._text_test,
            ast.Presence: self._presence,
            ast.IsDay: self._is_day,
            ast.WithinDistance: self._within_distance,
            ast.Quantified: self._quantified,
            ast.Negative: self._negative,
            ast.Arithmetic: self._arithmetic,
            ast.Has: lambda node, scope: history.has(self, node, scope),
            ast.Sequence: lambda node, scope: history.sequence(self, node, scope),
            ast.Aggregate: lambda node, scope: history.aggregate(self, node, scope),
            **dict.fromkeys(LITERALS, self._literal),
        }

    # ------------------------------------------------------------ ways in

    def check(self, node: ast.Expr, scope: Scope) -> checked.Expr:
        """Any expression."""
        return self._by_type[type(node)](node, scope)

    def condition(self, node: ast.Expr, scope: Scope, exact: bool = False) -> checked.Expr:
        """An expression that is true or false; with `exact`, the moment at which time changes it has to be
        known.
        """
        found = self.check(node, scope)
        if found.type == NOTHING:
            return found
        if found.type != BOOLEAN:
            text = self.say(node)
            self.report.error("not-a-condition", node.span, text=text, type=str(found.type))
            return nothing(node.span)
        return self.exact(found) if exact else found

    def exact(self, expr: checked.Expr) -> checked.Expr:
        """The expression, or nothing when the moments at which its value changes cannot be known: it depends on
        `now` in another way than by comparing it, or on what is only decided when it is needed.
        """
        for part in walk(expr):
            if isinstance(part, checked.DecisionValue):
                why = decisions.why_only_when_needed(self, part.name) or (
                    f"it is asked with `is`: `{part.name} is …`, `{part.name} in …` or `{part.name} is known`"
                )
                self.report.error("chosen-when-needed", part.span, name=part.name, why=why)
                return nothing(expr.span)
            if isinstance(part, checked.RecommendationValue):
                why = "what is recommended follows what everybody does"
                self.report.error("chosen-when-needed", part.span, name=part.name, why=why)
                return nothing(expr.span)
        place = first_inexact(expr)
        if place is None:
            return expr
        self.report.error("inexact-now", place)
        return nothing(expr.span)

    def value(self, node: ast.Expr, type: Type, scope: Scope, what: str) -> checked.Expr:
        """An expression that becomes a value of a type; `what` is what it is for ("loyalty")."""
        if isinstance(node, ast.Group):
            if type.kind == "list" and type.of is not None:
                node = ast.ListLiteral((node,), span=node.span)
            else:
                return groups.group(self, node, type, scope, what)
        if isinstance(node, ast.ListLiteral) and type.kind == "list" and type.of is not None:
            items = [self.value(item, type.of, scope, what) for item in node.items]
            if any(item.type == NOTHING for item in items):
                return nothing(node.span)
            if not all(isinstance(item, checked.Constant) for item in items):
                return checked.ListOf(tuple(items), type=type, span=node.span)
            values = tuple(cast(checked.Constant, item).value for item in items)
            return checked.Constant(values, type=type, span=node.span)
        found = self.against(node, type, scope)
        if type.kind == "list" and type.of is not None and found.type.kind != "list":
            one = operations.fitted(self.world, found, type.of, what, self.say(node))
            return (
                replace(one, type=type, value=(one.value,))
                if isinstance(one, checked.Constant) and one.type != NOTHING
                else nothing(node.span)
            )
        return operations.fitted(self.world, found, type, what, self.say(node))

    def against(self, node: ast.Expr, other: Type, scope: Scope) -> checked.Expr:
        """An expression that stands beside a value of the type `other`: the options of `one of` are bare
        names there.
        """
        if not isinstance(node, ast.Path) or len(node.parts) != 1:
            return self.check(node, scope)
        name = str(node.parts[0])
        if other.kind == "one of" and name in other.options:
            return checked.Constant(name, type=TEXT, span=node.span)
        if other == NOTHING and not finds(self, name, scope):
            return nothing(node.span)
        if finds(self, name, scope) or name in self.world.names.kind:
            return self.check(node, scope)
        if other.kind == "one of":
            operations.unknown_option(self.world, name, other, node.span)
            return nothing(node.span)
        if other.is_textual:
            fix = Fix(node.span, f'"{name}"', f'write "{name}"')
            candidates = nearest(name, self.world.profile, self.world.names.attributes)
            self.report.error("text-needs-quotes", node.span, fix=fix, candidates=candidates, name=name)
            return nothing(node.span)
        return self.check(node, scope)

    def say(self, node: ast.Node) -> str:
        """The author's own words for a node, on one line."""
        return self.say_at(node.span)

    def say_at(self, span: Span) -> str:
        """The author's own words at a place, on one line."""
        source = self.world.sources.get(span.path)
        text = " ".join(source.text[span.start : span.end].split()) if source else ""
        return text if len(text) <= 60 else text[:59] + "…"

    # -------------------------------------------------------------- parts

    def _literal(self, node: ast.Expr, scope: Scope) -> checked.Expr:
        found = literal(node, self.report)
        local = scope.zone if scope.person else None
        if local and isinstance(node, ast.Moment) and found.type == DATETIME and not node.value.endswith("Z"):
            written = dt.datetime.fromisoformat(node.value)
            return checked.LocalMoment(written, *local, type=DATETIME, span=node.span)
        return found

    def _list(self, node: ast.ListLiteral, scope: Scope) -> checked.Expr:
        items = [self.check(item, scope) for item in node.items]
        if not items or any(item.type == NOTHING for item in items):
            return nothing(node.span)
        for item, written in zip(items, node.items, strict=True):
            if family(item.type) != family(items[0].type):
                operations.cannot_compare(
                    self.world, item, items[0], written.span, self.say(written), self.say(node.items[0])
                )
                return nothing(node.span)
        if not all(isinstance(item, checked.Constant) for item in items):
            return checked.ListOf(tuple(items), type=list_of(items[0].type), span=node.span)
        values = tuple(cast(checked.Constant, item).value for item in items)
        return checked.Constant(values, type=list_of(items[0].type), span=node.span)

    def _group(self, node: ast.Group, scope: Scope) -> checked.Expr:
        self.report.error("group-of-what", node.span, what="this", type="part of a condition")
        return nothing(node.span)

    def _logic(self, node: ast.Logic, scope: Scope) -> checked.Expr:
        terms = tuple(self.condition(term, scope) for term in node.terms)
        if any(term.type == NOTHING for term in terms):
            return nothing(node.span)
        return checked.Logic(node.op, terms, type=BOOLEAN, span=node.span)

    def _not(self, node: ast.Not, scope: Scope) -> checked.Expr:
        return self._negated(self.condition(node.term, scope), True, node.span)

    def _negated(self, term: checked.Expr, negated: bool, span: Span) -> checked.Expr:
        if term.type == NOTHING or not negated:
            return term
        return checked.Not(term, type=BOOLEAN, span=span)

    def _compare(self, node: ast.Compare, scope: Scope) -> checked.Expr:
        if isinstance(node.left, ast.Aggregate) and isinstance(node.right, ast.Number):
            threshold = history.threshold(node.op, node.right.value)
            left: checked.Expr = history.aggregate(self, node.left, scope, threshold)
            right = self.check(node.right, scope)
        elif self._is_bare_word(node.left, scope):
            if self._is_bare_word(node.right, scope):  # two unknown names: one message, about the first
                return nothing(self.check(node.left, scope).span)
            right = self.check(node.right, scope)
            beside_a_field = not isinstance(right, checked.Constant)
            left = (
                self.against(node.left, right.type, scope) if beside_a_field else self.check(node.left, scope)
            )
        else:
            left = self.check(node.left, scope)
            right = self.against(node.right, left.type, scope)
        said = (self.say(node.left), self.say(node.right))
        op = "is" if node.op == "is not" else node.op
        found = self._decided(op, left, right, node.span, scope) or self._compared(
            op, left, right, node.span, said
        )
        return self._negated(found, node.op == "is not", node.span)

    def _decided(
        self, op: str, left: checked.Expr, right: checked.Expr, span: Span, scope: Scope
    ) -> checked.Expr | None:
        """`best_offer is free_shipping` as a condition on the person, where it can be said so and is not asked
        at one instant only.
        """
        for decision, option in ((left, right), (right, left)):
            if (
                isinstance(decision, checked.DecisionValue)
                and isinstance(option, checked.Constant)
                and option.value in decision.type.options
                and op == "is"
                and not scope.choices
            ):
                return decisions.picked(self, decision, [option.value], span)
        return None

    def _is_bare_word(self, node: ast.Expr, scope: Scope) -> bool:
        return (
            isinstance(node, ast.Path) and len(node.parts) == 1 and not finds(self, str(node.parts[0]), scope)
        )

    def _compared(
        self, op: Any, left: checked.Expr, right: checked.Expr, span: Span, said: tuple[str, str]
    ) -> checked.Expr:
        pair = operations.comparable(self.world, op, left, right, span, said)
        if pair is None:
            return nothing(span)
        if left == right and not isinstance(left, checked.Constant):
            self.report.error("same-on-both-sides", span, left=said[0], right=said[1])
            return nothing(span)
        op, left, right = turned(op, *pair)
        return checked.Compare(op, left, right, type=BOOLEAN, span=span)

    def _between(self, node: ast.Between, scope: Scope) -> checked.Expr:
        item = self.check(node.item, scope)
        low, high = self.against(node.low, item.type, scope), self.against(node.high, item.type, scope)
        said = self.say(node.item)
        first = self._compared(">=", item, low, node.span, (said, self.say(node.low)))
        last = self._compared("<=", item, high, node.span, (said, self.say(node.high)))
        if NOTHING in (first.type, last.type):
            return nothing(node.span)
        if _constants(low, high) and cast(checked.Constant, high).value < cast(checked.Constant, low).value:
            self.report.error("empty-range", node.span, low=self.say(node.low), high=self.say(node.high))
            return nothing(node.span)
        if item.type == DURATION:
            both: checked.Expr = checked.Logic("and", (first, last), type=BOOLEAN, span=node.span)
        else:
            both = checked.Between(item, low, high, type=BOOLEAN, span=node.span)
        return self._negated(both, node.negated, node.span)

    def _in(self, node: ast.In, scope: Scope) -> checked.Expr:
        item = self.check(node.item, scope)
        one = node.options
        if isinstance(one, ast.ListLiteral) and len(one.items) == 1:
            one = one.items[0]
        if not isinstance(one, ast.ListLiteral):
            options = self.against(one, item.type, scope)
            if options.type.kind == "list" and options.type.of is not None and item.type != NOTHING:
                if family(options.type.of) != family(item.type):
                    operations.cannot_compare(
                        self.world, item, options, node.span, self.say(node.item), self.say(node.options)
                    )
                    return nothing(node.span)
                found: checked.Expr = checked.In(item, options, type=BOOLEAN, span=node.span)
                return self._negated(found, node.negated, node.span)
            written: tuple[ast.Expr, ...] = (one,)
        else:
            written = one.items
        terms: list[checked.Expr] = []
        values: list[Any] = []
        for option in written:
            checked_option = self.against(option, item.type, scope)
            pair = operations.comparable(
                self.world, "is", item, checked_option, option.span, (self.say(node.item), self.say(option))
            )
            if pair is None:
                return nothing(node.span)
            if isinstance(pair[1], checked.Constant):
                values.append(pair[1].value)
            else:
                terms.append(checked.Compare("is", *pair, type=BOOLEAN, span=option.span))
        if values and isinstance(item, checked.DecisionValue) and not scope.choices:
            one_of_them = decisions.picked(self, item, values, node.span)
            if one_of_them is not None:
                terms.insert(0, one_of_them)
                values = []
        if values:
            constants = checked.Constant(tuple(values), type=list_of(item.type), span=node.options.span)
            terms.insert(0, checked.In(item, constants, type=BOOLEAN, span=node.span))
        found = (
            terms[0] if len(terms) == 1 else checked.Logic("or", tuple(terms), type=BOOLEAN, span=node.span)
        )
        return self._negated(found, node.negated, node.span)

    def _in_audience(self, node: ast.InAudience, scope: Scope) -> checked.Expr:
        name = node.audience.text
        if not self.world.exists("audience", name, node.audience.span):
            return nothing(node.span)
        if not scope.person:
            self.report.error("where-sees-event", node.span, text=self.say(node))
            return nothing(node.span)
        self.uses.add(name)
        return self._negated(checked.Membership(name, type=BOOLEAN, span=node.span), node.negated, node.span)

    def _text_test(self, node: ast.TextTest, scope: Scope) -> checked.Expr:
        item = self.check(node.item, scope)
        if node.op == "contains" and item.type.kind == "list" and item.type.of is not None:
            pattern = self.against(node.pattern, item.type.of, scope)
            pattern = operations.fitted(
                self.world, pattern, item.type.of, self.say(node.item), self.say(node.pattern)
            )
            if pattern.type == NOTHING:
                return pattern
            return checked.TextTest(node.op, item, pattern, type=BOOLEAN, span=node.span)
        pattern = self.against(node.pattern, TEXT, scope)
        if NOTHING in (item.type, pattern.type):
            return nothing(node.span)
        for side, written in ((item, node.item), (pattern, node.pattern)):
            if not side.type.is_textual:
                self.report.error(
                    "needs-text", written.span, op=node.op, text=self.say(written), type=str(side.type)
                )
                return nothing(node.span)
        if node.op == "matches":
            if not isinstance(pattern, checked.Constant):
                self.report.error("pattern-worked-out", node.pattern.span, text=self.say(node.pattern))
                return nothing(node.span)
            try:
                re.compile(pattern.value)
            except re.error as error:
                self.report.error("bad-pattern", node.pattern.span, why=str(error))
                return nothing(node.span)
        return checked.TextTest(node.op, item, pattern, type=BOOLEAN, span=node.span)

    def _presence(self, node: ast.Presence, scope: Scope) -> checked.Expr:
        item = self.check(node.item, scope)
        if item.type == NOTHING:
            return item
        if item.type.kind == "list":
            said = self.say(node.item)
            instead = f"length({said}) {'>' if node.known else 'is'} 0"
            fix = Fix(node.span, instead, f"write {instead}")
            self.report.error("list-never-missing", node.span, fix=fix, name=said, instead=instead)
            return nothing(node.span)
        found: checked.Expr | None = None
        if isinstance(item, checked.DecisionValue) and not scope.choices:
            found = decisions.picked(self, item, None, node.span)
        found = found or checked.Known(item, type=BOOLEAN, span=node.span)
        return self._negated(found, not node.known, node.span)

    def _is_day(self, node: ast.IsDay, scope: Scope) -> checked.Expr:
        """`today is a holiday in "DE"` says in words what `is_holiday(today, "DE")` does."""
        function = f"is_{node.kind.replace(' ', '_')}"
        args = (node.item,) if node.country is None else (node.item, node.country)
        name = ast.Name(function, span=node.span)
        found = calls.call(self, ast.Call(name, args, span=node.span), scope)
        return self._negated(found, node.negated, node.span)

    def _within_distance(self, node: ast.WithinDistance, scope: Scope) -> checked.Expr:
        item, of = self.check(node.item, scope), self.check(node.of, scope)
        if NOTHING in (item.type, of.type):
            return nothing(node.span)
        for side, written in ((item, node.item), (of, node.of)):
            if side.type != LOCATION:
                self.report.error("needs-location", written.span, text=self.say(written), type=str(side.type))
                return nothing(node.span)
        metres = float(kilometres(node.distance) * 1000)
        return checked.WithinDistance(item, of, metres, type=BOOLEAN, span=node.span)

    def _quantified(self, node: ast.Quantified, scope: Scope) -> checked.Expr:
        items = self.check(node.items, scope)
        if items.type == NOTHING:
            return items
        if items.type.kind != "list" or items.type.of is None:
            self.report.error("not-a-list", node.items.span, name=self.say(node.items), type=str(items.type))
            return nothing(node.span)
        where = self.condition(node.where, replace(scope, item=items.type.of))
        if where.type == NOTHING:
            return where
        return checked.Quantified(node.quantifier, items, where, type=BOOLEAN, span=node.span)

    def _negative(self, node: ast.Negative, scope: Scope) -> checked.Expr:
        term = self.check(node.term, scope)
        if term.type == NOTHING:
            return term
        if not (term.type.is_numeric or term.type.kind in ("money", "duration")):
            self.report.error(
                "cannot-calculate",
                node.span,
                left=self.say(node.term),
                right="",
                op="-",
                types=str(term.type),
                help="A minus sign belongs to a number, an amount of money or a length of time.",
            )
            return nothing(node.span)
        if isinstance(term, checked.Constant):
            value = term.value
            minus: Any
            if isinstance(value, Money):
                minus = Money(-value.amount, value.currency)
            elif isinstance(value, Duration):
                minus = Duration(-value.months, -value.days, -value.microseconds)
            else:
                minus = -value
            return checked.Constant(minus, type=term.type, span=node.span)
        return checked.Negative(term, type=term.type, span=node.span)

    def _arithmetic(self, node: ast.Arithmetic, scope: Scope) -> checked.Expr:
        left, right = self.check(node.left, scope), self.check(node.right, scope)
        type = arithmetic_type(node.op, left.type, right.type)
        if type == NOTHING:
            return nothing(node.span)
        if type is None:
            operations.cannot_calculate(
                self.world, node, left, right, (self.say(node.left), self.say(node.right))
            )
            return nothing(node.span)
        if type.kind == "date":
            length = right if right.type == DURATION else left
            if isinstance(length, checked.Constant) and length.value.microseconds:
                self.report.error("hours-of-a-date", length.span, text=self.say(node))
                return nothing(node.span)
        if (
            isinstance(right, checked.Constant)
            and node.op == "/"
            and right.type.is_numeric
            and right.value == 0
        ):
            self.report.error("division-by-zero", node.span)
            return nothing(node.span)
        if type == DATETIME and left.type == DURATION:
            left, right = right, left
        return checked.Arithmetic(node.op, left, right, type=type, span=node.span)


def _constants(*expressions: checked.Expr) -> bool:
    return all(isinstance(expression, checked.Constant) for expression in expressions)
