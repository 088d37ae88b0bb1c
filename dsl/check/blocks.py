"""Lines that open a block in which nothing stands.

An arm in the middle may be empty: whoever takes it goes on behind the block, and the next arm follows in the same
column. Where no other arm follows, an empty block decides nothing. Mostly the next line was meant to be inside and
stands in the same column, and then everybody gets what only some should.
"""

from __future__ import annotations

from collections.abc import Sequence

from sojourn.dsl import ast
from sojourn.dsl.check.labels import head
from sojourn.dsl.check.world import World
from sojourn.dsl.indenting import first_line, indented, line_below

__all__ = ["look_for_empty_blocks"]


def look_for_empty_blocks(world: World, steps: Sequence[ast.Step]) -> None:
    """Reports each of the steps, which stand in one block, that opens a block of its own and leaves it empty."""
    for number, step in enumerate(steps):
        opener, last, end = _empty(step)
        source = world.sources.get(step.span.path)
        if opener is None or source is None or line_below(source, end)[0] > last.span.column:
            continue  # also where what stands below could not be read: that is told
        span = first_line(source, opener.span.start)
        following = steps[number + 1] if number + 1 < len(steps) else None
        fix = None
        said = head(opener, world.sources)
        why = ", so it decides nothing"
        way = f"Write below it what is to happen, two spaces further to the right, or take `{said}` away."
        if following is not None:
            after = head(following, world.sources)
            why = f": `{after}` begins in the same column, so it happens in any case"
            if isinstance(step, ast.Match):
                way = "Write below it its cases, two spaces further to the right, and below them what each does."
            else:
                way = f"Indent `{after}` by two more spaces, or take `{said}` away."
                fix = indented(source, following.span.start, following.span.end, f"indent `{after}`")
        if isinstance(step, ast.Repeat):
            world.report.error("empty-repeat", span, fix=fix)
        else:
            world.report.error("empty-block", span, fix=fix, opener=said, why=why, way=way)


def _empty(step: ast.Step) -> tuple[ast.Node | None, ast.Node, int]:
    """What opens the block in which something is missing, the last line of it, and where that ends at the earliest."""
    match step:
        case ast.If(arms=(*_, ast.Arm(steps=()) as last)):
            return last, last, (last.condition or last).span.end
        case ast.Repeat(steps=()):
            return step, step, step.span.end
        case ast.Match(cases=(*_, ast.Case() as last)) if not any(case.steps for case in step.cases):
            return step, last, (last.options or (last,))[-1].span.end
        case ast.Match(cases=()):
            return step, step, step.subject.span.end
        case _:
            return None, step, 0
