"""An audience that everybody is in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sojourn.dsl import ast
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Asks of each audience whether its condition can be false."""
    for audience in subject.own(subject.workspace.audiences):
        node = subject.declared("audience", audience.name)
        yield from subject.kept(RULE.code, node, partial(_in, subject, audience.name))


def _in(subject: Subject, name: str) -> Iterator[Found]:
    workspace, audience = subject.workspace, subject.workspace.audiences[name]
    if name not in workspace.lists and subject.reasoner.always(audience.condition):
        if any(subject.reasoner.always(workspace.audiences[used].condition) for used in audience.uses):
            return
        yield Found(subject.name_of("audience", name), {"audience": name}, _with_and(subject, name))


def _with_and(subject: Subject, name: str) -> Fix | None:
    """`and` instead of the one `or` between two terms."""
    condition = subject.declared("audience", name).condition
    if not isinstance(condition, ast.Logic) or condition.op != "or" or len(condition.terms) != 2:
        return None
    source = subject.source(condition.span.path)
    start, end = condition.terms[0].span.end, condition.terms[1].span.start
    between = source.text[start:end]
    if between.split() != ["or"]:
        return None
    at = start + between.index("or")
    return Fix(source.span(at, at + 2), "and", "write and", safe=False)


RULE = Rule(
    code="audience-of-everybody",
    category="people",
    severity="error",
    says="Everybody is in {audience}, always: its condition cannot be false.",
    label="this is everybody",
    what="The condition of an audience is true of every person.",
    why="An audience is made to leave somebody out. The usual slip is `or` between two `is not`: whoever is "
    "not in Germany, or not in France, is everybody. A journey that starts with it writes to all people you "
    "know.",
    mend="Write `and` between the two, or `not in`.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email    email  identity
  loyalty  one of bronze, silver, gold = bronze

audience ⟦not_in_the_club⟧
  loyalty is not silver or loyalty is not gold
""",
    good="""\
profile
  email    email  identity
  loyalty  one of bronze, silver, gold = bronze

audience not_in_the_club
  loyalty is not silver and loyalty is not gold
""",
)
