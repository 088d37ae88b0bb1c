"""An audience that nobody can ever be in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sojourn.dsl import checked
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.lint.reasoning import conjuncts
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Asks of each audience whether its condition can be true; points at the two lines that exclude each other."""
    for audience in subject.own(subject.workspace.audiences):
        node = subject.declared("audience", audience.name)
        yield from subject.kept(RULE.code, node, partial(_in, subject, audience.name))


def _in(subject: Subject, name: str) -> Iterator[Found]:
    reasoner, audience = subject.reasoner, subject.workspace.audiences[name]
    if name in subject.workspace.lists or not reasoner.never((audience.condition, True)):
        return
    if any(reasoner.never((subject.workspace.audiences[used].condition, True)) for used in audience.uses):
        return  # said there
    related: tuple[Related, ...] = ()
    place = subject.name_of("audience", name)
    parts = [part for part in conjuncts(audience.condition) if part.span.path == place.path]
    for number, part in enumerate(parts):
        against = next((other for other in parts[:number] if reasoner.disjoint(other, part)), None)
        if against is not None and _inside(part, audience) and _inside(against, audience):
            place = part.span
            related = (Related(against.span, "this excludes it"),)
            break
    yield Found(place, {"audience": name}, related=related)


def _inside(part: checked.Expr, audience: checked.Audience) -> bool:
    return audience.span.start <= part.span.start and part.span.end <= audience.span.end


RULE = Rule(
    code="audience-of-nobody",
    category="people",
    severity="error",
    says="Nobody can ever be in {audience}: its conditions exclude each other.",
    label="cannot be true as well",
    what="The condition of an audience contradicts itself, also through the audiences and attributes it is "
    "built on.",
    why="The audience is empty for good, and so is every journey that starts with it. The usual slips: an "
    "`and` that should be an `or`; two audiences that cannot overlap; a window that lies inside another "
    "(`has` in the last 30 days, `no` in the last 90).",
    mend="Correct the value or the length of time, or write `or`.",
    check=check,
    bad="""\
profile
  email  email  identity

event purchase

audience lapsing
  has purchase in last 30 days
  and ⟦no purchase in last 90 days⟧
""",
    good="""\
profile
  email  email  identity

event purchase

audience lapsing
  has purchase in last 90 days
  and no purchase in last 30 days
""",
)
