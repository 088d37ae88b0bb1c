"""Identifiers that nobody has for themselves."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks whether any identifier is `one per person`."""
    nodes = subject.nodes(ast.Identity)
    if nodes and not any(identifier.unique for identifier in subject.workspace.identifiers):
        yield Found(nodes[0].entries[0].span, {"field": nodes[0].entries[0].field.text})


RULE = Rule(
    code="identifiers-all-shared",
    category="data",
    says="No identifier belongs to one person alone: nothing keeps two people apart.",
    label="many per person",
    what="Every identifier is `many per person`.",
    why="Whoever uses the same tablet once becomes one person with its owner: one history, one consent, one "
    "name. It cannot be undone.",
    mend="Say which identifier a person has only one of, such as `crm_id  one per person`.",
    check=check,
    bad="""\
profile
  email      email  identity
  device_id  text   identity

identity
  ⟦email      many per person⟧
  device_id  many per person
""",
    good="""\
profile
  email      email  identity
  device_id  text   identity

identity
  email      one per person
  device_id  many per person
""",
)
