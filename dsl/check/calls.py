"""Calls: of a define, or of one of the functions of the language (`sojourn.dsl.functions`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from sojourn.dsl import ast, checked
from sojourn.dsl.check import operations
from sojourn.dsl.check.calendars import calendar_problem, pattern_problem
from sojourn.dsl.check.literals import nothing
from sojourn.dsl.check.report import nearest
from sojourn.dsl.check.scope import Scope
from sojourn.dsl.check.shape import family
from sojourn.dsl.check.standards import currency_problem
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.functions import ELSEWHERE, FUNCTIONS, Parameter, Signature
from sojourn.dsl.functions.signature import COUNTRY_KINDS
from sojourn.dsl.source import Span
from sojourn.dsl.types import (
    COUNTRY,
    DATE,
    LANGUAGE,
    LOCATION,
    MONEY,
    NOTHING,
    NUMBER,
    TEXT,
    Type,
    list_of,
    ref,
)

if TYPE_CHECKING:
    from sojourn.dsl.check.expressions import Expressions

__all__ = ["call", "country_of", "first_field", "result_type", "unknown_function", "wrong_number"]


def call(expressions: Expressions, node: ast.Call, scope: Scope) -> checked.Expr:
    """The checked expression of a call."""
    name = node.name.text
    world = expressions.world
    if name in world.names.defines:
        world.uses.note("define", name, node.name.span)
        if not scope.person:
            world.report.error("where-sees-event", node.span, text=expressions.say(node))
            return nothing(node.span)
        return expressions.define(name, [expressions.check(arg, scope) for arg in node.args], node.span)
    signature = FUNCTIONS.get(name)
    if signature is None:
        if name not in world.names.lost and not world.names.partial:
            candidates = unknown_function(name, world.names.defines)
            world.report.error("unknown-function", node.name.span, candidates=candidates, name=name)
        return nothing(node.span)
    if any(parameter.kinds == ("catalog",) for parameter in signature.takes):
        return _nearest(expressions, node, signature, scope)
    args = [
        expressions.check(written, scope)
        if (options := signature.parameter(number).options) is None
        else expressions.against(written, options, scope)
        for number, written in enumerate(node.args)
    ]
    if any(argument.type == NOTHING for argument in args):
        return nothing(node.span)
    if not _right_number(expressions, node, signature):
        return nothing(node.span)
    checked_call = _Call(expressions, node, signature, scope)
    return checked_call.function(args)


def unknown_function(name: str, *more: Mapping[str, object]) -> tuple[str, ...]:
    """The functions that somebody may mean who calls one `name`: by what other tools call it, then by the look."""
    known = ELSEWHERE.get(name.lower())
    found = nearest(name, *more, FUNCTIONS)
    return tuple(dict.fromkeys((known, *found)))[:3] if known else found


def wrong_number(signature: Signature, got: int) -> dict[str, Any] | None:
    """The facts of a call with a wrong number of values; None when the number is right."""
    least, most = signature.least, signature.most
    if got >= least and (most is None or got <= most):
        return None
    wants = f"{least} or more" if most is None else f"{least}" if most == least else f"{least} to {most}"
    return {"name": signature.name, "wants": wants, "got": str(got), "example": signature.example}


def _right_number(expressions: Expressions, node: ast.Call, signature: Signature) -> bool:
    facts: dict[str, Any] | None = wrong_number(signature, len(node.args))
    if facts is not None:
        expressions.report.error("wrong-arguments", node.span, **facts)
    return facts is None


def first_field(fields: Mapping[str, checked.Field], type: Type) -> str | None:
    """The profile's first field of a type: its `country`, its `language`."""
    return next((name for name, field in fields.items() if field.type == type), None)


def _alike(types: list[Type]) -> Type:
    """One type for values that may stand in each other's place."""
    first = types[0]
    if all(type == first for type in types):
        return first
    if all(type.is_textual for type in types):
        return TEXT
    if all(type.is_numeric for type in types):
        return NUMBER
    if first.kind == "list" and all(type.kind == "list" and type.of is not None for type in types):
        return list_of(_alike([cast(Type, type.of) for type in types]))
    return first


def result_type(signature: Signature, types: list[Type]) -> Type:
    """The type of what a function gives for arguments of these types."""
    gives = signature.gives
    if isinstance(gives, Type):
        return gives
    if gives == "item":
        return types[0].of or NOTHING
    if gives == "average":
        return MONEY if types[0].of == MONEY else NUMBER
    if isinstance(gives, int):
        return types[gives] if signature.alike is None else _alike(types[signature.alike :])
    return NOTHING


class _Call:
    """One call of a function, being checked."""

    def __init__(self, expressions: Expressions, node: ast.Call, signature: Signature, scope: Scope) -> None:
        self.expressions = expressions
        self.world = expressions.world
        self.node = node
        self.signature = signature
        self.scope = scope

    def function(self, args: list[checked.Expr]) -> checked.Expr:
        signature, node = self.signature, self.node
        for number, argument in enumerate(args):
            parameter = signature.parameter(number)
            if not self._fits(argument, parameter, node.args[number]):
                return nothing(node.span)
            if parameter.is_day:
                args[number] = _as_date(argument)
        if signature.alike is not None and not self._are_alike(args, signature.alike):
            return nothing(node.span)
        checks = _CHECKS.get(signature.name)
        if checks is not None:
            made = checks(self, args)
            if made is not None:
                return made
        for parameter in signature.takes[len(args) :]:
            missing = self._instead(parameter)
            if missing is None:
                return nothing(node.span)
            args.append(missing)
        for number, argument in enumerate(args):
            if signature.parameter(number).instead == "country" and not self._is_country(number, argument):
                return nothing(node.span)
        type = result_type(signature, [argument.type for argument in args])
        if signature.name in _FROM_TODAY:
            today = checked.Today(type=DATE, span=node.span)
            both = (today, args[0]) if signature.name == "days_until" else (args[0], today)
            return checked.Function("days_between", both, type=type, span=node.span)
        if signature.name == "date_of":
            return _as_date(args[0], node.span)
        return checked.Function(signature.name, tuple(args), type=type, span=node.span)

    def _fits(self, argument: checked.Expr, parameter: Parameter, written: ast.Expr) -> bool:
        type = argument.type
        wants = ""
        if type.kind not in parameter.kinds:
            wants = operations.kinds_said(parameter.kinds)
        elif (
            parameter.of and type.kind == "list" and type.of is not None and type.of.kind not in parameter.of
        ):
            wants = f"a list whose items are each {operations.kinds_said(parameter.of)}"
        if wants:
            self.world.report.error(
                "wrong-argument",
                written.span,
                name=self.signature.name,
                text=self.expressions.say(written),
                type=str(type),
                wants=wants,
                example=self.signature.example,
            )
        return not wants

    def _are_alike(self, args: list[checked.Expr], start: int) -> bool:
        say = self.expressions.say
        first = args[start]
        ordered = "boolean" not in self.signature.parameter(start).kinds
        for number in range(start + 1, len(args)):
            said = (say(self.node.args[start]), say(self.node.args[number]))
            other = args[number]
            if first.type.kind == "list" and other.type.kind == "list":
                if family(first.type.of or NOTHING) != family(other.type.of or NOTHING):
                    operations.cannot_compare(self.world, first, other, self.node.span, *said)
                    return False
                continue
            if first.type.is_textual and other.type.is_textual:
                continue  # "friend" may stand for a phone number that is missing: together they are a text
            pair = operations.comparable(
                self.world, "<" if ordered else "is", first, other, self.node.span, said
            )
            if pair is None:
                return False
        return True

    def _instead(self, parameter: Parameter) -> checked.Expr | None:
        """What stands for an argument that is left out; None after a report."""
        span = self.node.span
        if parameter.instead in ("country", "language"):
            wanted = COUNTRY if parameter.instead == "country" else LANGUAGE
            if wanted == COUNTRY:
                return _persons_country(self.expressions, self.scope, span, self.signature.name)
            field = first_field(self.world.profile, wanted) if self.scope.person else None
            if field is not None:
                return checked.FieldValue("profile", (field,), type=wanted, span=span)
            return checked.Constant("en", type=LANGUAGE, span=span)
        if not parameter.instead:
            return checked.Constant(None, type=NUMBER, span=span)
        if parameter.instead.isdigit():
            return checked.Constant(int(parameter.instead), type=NUMBER, span=span)
        return checked.Constant(parameter.instead.strip('"'), type=TEXT, span=span)

    def _is_country(self, number: int, argument: checked.Expr) -> bool:
        return _is_calendar(self.expressions, argument)

    def check_location(self, args: list[checked.Expr]) -> checked.Expr | None:
        """A location of two numbers is a constant."""
        if not all(isinstance(argument, checked.Constant) for argument in args):
            return None
        latitude, longitude = (cast(checked.Constant, argument).value for argument in args)
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            self.world.report.error(
                "no-such-place", self.node.span, latitude=str(latitude), longitude=str(longitude)
            )
            return nothing(self.node.span)
        return checked.Constant((float(latitude), float(longitude)), type=LOCATION, span=self.node.span)

    def check_money(self, args: list[checked.Expr]) -> checked.Expr | None:
        """A currency that is written out is one."""
        code = args[1]
        problem = currency_problem(code.value) if isinstance(code, checked.Constant) else None
        if problem is None:
            return None
        first = problem.instead[0] if problem.instead else ""
        fix = Fix(code.span, f'"{first}"', f'write "{first}"') if first else None
        self.world.report.error(
            "not-a-value",
            code.span,
            candidates=[f'"{text}"' for text in problem.instead],
            fix=fix,
            text=str(cast(checked.Constant, code).value),
            what=problem.what,
            type="currency",
        )
        return nothing(self.node.span)

    def check_pattern(self, args: list[checked.Expr]) -> checked.Expr | None:
        """A pattern that is written out is one."""
        if len(args) < 2 or not isinstance(args[1], checked.Constant) or args[1].value is None:
            return None
        why = pattern_problem(str(args[1].value))
        if why is None:
            return None
        self.world.report.error("bad-pattern-of-date", args[1].span, text=str(args[1].value), why=why)
        return nothing(self.node.span)


_FROM_TODAY = ("days_until", "days_since")
_CHECKS: dict[str, Callable[[_Call, list[checked.Expr]], checked.Expr | None]] = {
    "location": _Call.check_location,
    "money": _Call.check_money,
    "date_text": _Call.check_pattern,
}


def _as_date(value: checked.Expr, span: Span | None = None) -> checked.Expr:
    """A moment as its date where the person is; `now` is today."""
    if value.type == DATE:
        return value
    place = value.span if span is None else span
    if isinstance(value, checked.Now):
        return checked.Today(type=DATE, span=place)
    return checked.Function("date_of", (value,), type=DATE, span=place)


def country_of(
    expressions: Expressions, written: ast.Expr | None, scope: Scope, span: Span, what: str
) -> checked.Expr:
    """The country whose working days are meant: as it is written, else the person's; reports what is wrong."""
    if written is None:
        return _persons_country(expressions, scope, span, what) or nothing(span)
    country = expressions.check(written, scope)
    if country.type == NOTHING:
        return country
    if country.type.kind not in COUNTRY_KINDS:
        expressions.report.error(
            "does-not-fit",
            written.span,
            what=what[0].lower() + what[1:],
            type="country",
            given=f"{expressions.say(written)} ({country.type})",
            example='"DE"',
        )
        return nothing(span)
    return country if _is_calendar(expressions, country) else nothing(span)


def _persons_country(expressions: Expressions, scope: Scope, span: Span, what: str) -> checked.Expr | None:
    """The person's country; None after a report."""
    field = first_field(expressions.world.profile, COUNTRY) if scope.person else None
    if field is not None:
        return checked.FieldValue("profile", (field,), type=COUNTRY, span=span)
    why = (
        "the profile has no field of type country"
        if scope.person
        else "a condition about an event does not see the person"
    )
    expressions.report.error("no-country", span, name=what, why=why)
    return None


def _is_calendar(expressions: Expressions, argument: checked.Expr) -> bool:
    """Whether there is a calendar of that name, when it is written out."""
    if not isinstance(argument, checked.Constant) or not isinstance(argument.value, str):
        return True
    problem = calendar_problem(argument.value)
    if problem is None:
        return True
    first = problem.candidates[0] if problem.candidates else ""
    fix = Fix(argument.span, f'"{first}"', f'write "{first}"') if first else None
    shown = [f'"{candidate}"' for candidate in problem.candidates]
    facts: dict[str, Any] = dict(problem.facts)
    expressions.report.error(
        problem.code, argument.span, candidates=shown, fix=fix, text=argument.value, **facts
    )
    return False


def _nearest(expressions: Expressions, node: ast.Call, signature: Signature, scope: Scope) -> checked.Expr:
    """`nearest(home, shop)`: the second argument is the name of a catalog."""
    world = expressions.world
    if not _right_number(expressions, node, signature):
        return nothing(node.span)
    place = expressions.check(node.args[0], scope)
    written = node.args[1]
    said = expressions.say(written)
    if place.type == NOTHING:
        return nothing(node.span)
    if place.type != LOCATION:
        facts: dict[str, Any] = {"text": expressions.say(node.args[0]), "type": str(place.type)}
        world.report.error("needs-location", node.args[0].span, **facts)
        return nothing(node.span)
    catalog = world.catalogs.get(said)
    if catalog is None:
        if said not in world.names.lost and not world.names.partial:
            candidates = nearest(said, world.catalogs)
            world.report.error(
                "not-a-catalog", written.span, candidates=candidates, name=said, function=signature.name
            )
        return nothing(node.span)
    world.uses.note("catalog", said, written.span)
    fields = [field.name for field in catalog.fields.values() if field.type == LOCATION]
    if len(fields) != 1:
        have = "no field" if not fields else f"{len(fields)} fields"
        world.report.error("no-location-field", written.span, name=said, have=have)
        return nothing(node.span)
    named = tuple(checked.Constant(text, type=TEXT, span=written.span) for text in (said, fields[0]))
    return checked.Function(signature.name, (place, *named), type=ref(said), span=node.span)
