"""The zone in which clock times are meant, and the one for people of whom it is unknown."""

from __future__ import annotations

from collections.abc import Iterable

from sojourn.dsl import ast, checked
from sojourn.dsl.check.expressions import Expressions
from sojourn.dsl.check.scope import Scope
from sojourn.dsl.check.standards import text_problem
from sojourn.dsl.check.world import World
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.types import NOTHING, TIMEZONE

__all__ = ["check_zone", "is_zone"]


def is_zone(world: World, text: ast.Text) -> bool:
    """Whether a text is the name of a time zone; reported when it is none."""
    problem = text_problem(text.value, TIMEZONE)
    if problem is None and text.value:
        return True
    instead = problem.instead if problem is not None else ()
    fix = Fix(text.span, f'"{instead[0]}"', f'write "{instead[0]}"') if instead else None
    world.report.error(
        "not-a-value",
        text.span,
        candidates=[f'"{i}"' for i in instead],
        fix=fix,
        text=text.value,
        what='a time zone (IANA), as in "Europe/Paris"',
        type="timezone",
    )
    return False


def check_zone(
    world: World, expressions: Expressions, node: ast.Times, said: str
) -> tuple[checked.Expr, str]:
    """The zone's expression and the IANA name that counts where it is unknown. `said` is what is written before
    the zone.
    """
    fallback = node.otherwise.value if node.otherwise is not None else "UTC"
    named: Iterable[ast.Text] = [t for t in (node.zone, node.otherwise) if isinstance(t, ast.Text)]
    for text in named:
        is_zone(world, text)
    if isinstance(node.zone, ast.Text):
        return checked.Constant(node.zone.value, type=TIMEZONE, span=node.zone.span), fallback
    zone = expressions.check(node.zone, Scope())
    if zone.type not in (TIMEZONE, NOTHING):
        world.report.error(
            "does-not-fit",
            node.zone.span,
            what=said,
            type="timezone",
            given=f"{expressions.say(node.zone)} ({zone.type})",
            example='"Europe/Paris"',
        )
    if node.otherwise is None:
        fix = Fix(
            node.span,
            f'{said} {expressions.say(node.zone)} otherwise "Europe/Paris"',
            'add otherwise "Europe/Paris"',
        )
        world.report.error("no-fallback-zone", node.span, fix=fix, said=said, text=expressions.say(node.zone))
    return zone, fallback
