"""Two audiences of the same people."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import checked
from sojourn.dsl.diagnostics import Fix, Related
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Compares the conditions of all audiences."""
    seen: dict[checked.Expr, checked.Audience] = {}
    for audience in subject.own(subject.workspace.audiences):
        if audience.name in subject.workspace.lists:
            continue
        first = seen.setdefault(audience.condition, audience)
        if first is not audience:
            related = Related(subject.name_of("audience", first.name), "the same condition")
            facts = {"audience": audience.name, "other": first.name}
            condition = subject.declared("audience", audience.name).condition.span
            written = f"in {first.name}"
            fix = Fix(condition, written, f"write {written}") if "#" not in subject.words(condition) else None
            yield Found(subject.name_of("audience", audience.name), facts, fix, (related,))


RULE = Rule(
    code="audience-twice",
    category="people",
    says="{audience} and {other} are the same people.",
    label="the same condition",
    what="Two audiences have the same condition.",
    why="When one is changed later, the other stays as it was, and two journeys that were meant for the same "
    "people drift apart.",
    mend="Use one of them, or build one on the other: `in {other}`.",
    fix="safe",
    check=check,
    bad="""\
profile
  email    email  identity
  loyalty  one of bronze, silver, gold = bronze

audience vips
  loyalty is gold

audience ⟦gold_members⟧
  loyalty is gold
""",
    good="""\
profile
  email    email  identity
  loyalty  one of bronze, silver, gold = bronze

audience vips
  loyalty is gold

audience club_members
  loyalty in "silver", "gold"
""",
)
