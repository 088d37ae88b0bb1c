"""An audience that everybody is in."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Asks of each audience whether its condition can be false."""
    workspace = subject.workspace
    for audience in subject.own(workspace.audiences):
        if audience.name not in workspace.lists and subject.reasoner.always(audience.condition):
            if any(subject.reasoner.always(workspace.audiences[used].condition) for used in audience.uses):
                continue
            yield Found(subject.name_of("audience", audience.name), {"audience": audience.name})


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
