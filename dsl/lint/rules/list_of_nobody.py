"""An audience from a file with nobody in it."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Counts the identifiers of each file."""
    for name, members in subject.workspace.lists.items():
        audience = subject.workspace.audiences.get(name)
        if audience is not None and subject.is_own(audience.span) and not any(members.identifiers.values()):
            node = subject.declared("audience", name)
            yield Found(node.csv.span, {"audience": name, "file": node.csv.value})


RULE = Rule(
    code="list-of-nobody",
    category="people",
    says="Nobody is in {audience}: {file} has no rows with an identifier.",
    label="empty",
    what="The file of an audience has a first line and no people.",
    why="The export was empty, or its columns are filled with something else. The journey starts for nobody.",
    mend="Export it again, and look into the file.",
    check=check,
    bad="""\
profile
  email  email  identity

audience guests from csv ⟦"guests.csv"⟧
--- guests.csv
email
""",
    good="""\
profile
  email  email  identity

audience guests from csv "guests.csv"
--- guests.csv
email
ada@example.com
""",
)
