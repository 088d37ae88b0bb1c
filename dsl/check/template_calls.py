"""Functions of the language that a template calls: `{{ money_text(event.total) }}`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sojourn.dsl.check.calendars import calendar_problem, pattern_problem
from sojourn.dsl.check.calls import first_field, result_type, wrong_number
from sojourn.dsl.check.operations import kinds_said
from sojourn.dsl.check.shapes import ANY, Shape
from sojourn.dsl.check.world import World
from sojourn.dsl.functions import FUNCTIONS, Parameter, Signature
from sojourn.dsl.source import Span
from sojourn.dsl.types import BOOLEAN, COUNTRY, NOTHING, NUMBER, TEXT, Type

__all__ = ["function_call"]


def function_call(
    world: World, place: Span, name: str, nodes: Sequence[Any], shapes: Sequence[Shape], named: int
) -> Type | None:
    """The type of what a function gives in a template, None where that is not known; reports what is wrong with the
    call. `nodes` and `shapes` are its arguments, `named` how many more were given by name, which none takes.
    """
    signature = FUNCTIONS[name]
    if any(parameter.kinds == ("catalog",) for parameter in signature.takes):
        world.report.error("not-in-a-message", place, name=name, example=signature.example)
        return None
    facts = wrong_number(signature, len(nodes) + named)
    if facts is not None:
        world.report.error("wrong-arguments", place, **facts)
        return None
    types = [_type(node, shape) for node, shape in zip(nodes, shapes, strict=True)]
    for number, (node, type) in enumerate(zip(nodes, types, strict=True)):
        parameter = signature.parameter(number)
        if type is not None and not _fits(type, parameter):
            world.report.error(
                "wrong-argument",
                place,
                name=name,
                text=shapes[number].said or repr(getattr(node, "value", name)),
                type=str(type),
                wants=kinds_said(parameter.kinds),
                example=signature.example,
            )
            return None
        if not _is_told(world, place, signature, parameter, getattr(node, "value", None)):
            return None
    left_out = signature.takes[len(nodes) :]
    if any(p.instead == "country" for p in left_out) and first_field(world.profile, COUNTRY) is None:
        why = "the profile has no field of type country"
        world.report.error("no-country", place, name=name, why=why)
        return None
    if isinstance(signature.gives, Type):
        return signature.gives
    known = [type for type in types if type is not None]
    return result_type(signature, known) if len(known) == len(types) else None


def _type(node: Any, shape: Shape) -> Type | None:
    """What is known of an argument's type."""
    value = getattr(node, "value", None) if type(node).__name__ == "Const" else None
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, str):
        return TEXT
    if isinstance(value, int | float):
        return NUMBER
    return None if shape is ANY or shape.type == NOTHING else shape.type


def _fits(type: Type, parameter: Parameter) -> bool:
    if type.kind not in parameter.kinds:
        return False
    items = type.of
    return not (parameter.of and items is not None and items != NOTHING and items.kind not in parameter.of)


def _is_told(world: World, place: Span, signature: Signature, parameter: Parameter, value: object) -> bool:
    """Whether a calendar or a pattern that is written out is one."""
    if not isinstance(value, str):
        return True
    if parameter.instead == "country":
        problem = calendar_problem(value)
        if problem is not None:
            facts: dict[str, Any] = dict(problem.facts)
            shown = [f'"{candidate}"' for candidate in problem.candidates]
            world.report.error(problem.code, place, candidates=shown, text=value, **facts)
            return False
    if parameter.name == "pattern":
        why = pattern_problem(value)
        if why is not None:
            world.report.error("bad-pattern-of-date", place, text=value, why=why)
            return False
    return True
