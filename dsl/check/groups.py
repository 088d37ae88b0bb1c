"""Groups of values in brackets: `(product = "sh-1", quantity = 2)`, as a value of a schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sojourn.dsl import ast, checked
from sojourn.dsl.check.literals import nothing, to_json
from sojourn.dsl.check.report import and_list
from sojourn.dsl.check.scope import Scope
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.types import NOTHING, Type

if TYPE_CHECKING:
    from sojourn.dsl.check.expressions import Expressions

__all__ = ["group"]


def group(expressions: Expressions, node: ast.Group, type: Type, scope: Scope, what: str) -> checked.Expr:
    """The group as a value of the schema `type`; `what` is what it is for ("items")."""
    world = expressions.world
    if type == NOTHING or (type.kind == "schema" and type.name not in world.schemas):
        return nothing(node.span)
    if type.kind != "schema":
        world.report.error("group-of-what", node.span, what=what, type=str(type))
        return nothing(node.span)
    schema = world.schemas[type.name]
    values: dict[str, checked.Expr] = {}
    wrong = False
    for argument in node.values:
        name = argument.name.text
        field = schema.fields.get(name)
        if field is None:
            world.unknown_field(f"The schema {schema.name}", name, argument.name.span, schema.fields)
            wrong = True
            continue
        world.uses.note("field", name, argument.name.span, f"schema {schema.name}")
        if name in values:
            world.report.error("declared-twice", argument.name.span, name=name, what="value", first="value")
        values[name] = expressions.value(argument.value, field.type, scope, name)
        wrong = wrong or values[name].type == NOTHING
    needed = [f for f in schema.fields.values() if f.required and f.default is None and f.name not in values]
    if needed and not wrong:
        names = and_list(field.name for field in needed)
        related = [Related(needed[0].span, "required here")]
        world.report.error("group-incomplete", node.span, related=related, schema=schema.name, names=names)
        wrong = True
    if wrong:
        return nothing(node.span)
    made: dict[str, Any] = {f.name: f.default for f in schema.fields.values() if f.default is not None}
    worked_out: list[tuple[str, checked.Expr]] = []
    for name, value in values.items():
        if isinstance(value, checked.Constant):
            made[name] = to_json(value.value, schema.fields[name].type)
        else:
            worked_out.append((name, value))
    known = {name: value for name, value in made.items() if value is not None and value != ""}
    if not worked_out:
        return checked.Constant(known, type=type, span=node.span)
    return checked.GroupOf(known, tuple(worked_out), type=type, span=node.span)
