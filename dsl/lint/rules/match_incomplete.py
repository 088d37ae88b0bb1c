"""A `match` that forgets a value."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast, checked
from sojourn.dsl.check.shape import walk
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Compares the cases of a `match` on a `one of` field with its options."""
    for journey in subject.journeys:
        for step in journey.steps:
            node = subject.node_at(ast.Match, step.span)
            if node is None or not isinstance(step.operation, checked.Branch):
                continue
            if any(not case.options for case in node.cases):
                continue
            subjects = {part for _, condition, _ in step.operation.arms for part in _compared(condition)}
            if len(subjects) != 1:
                continue
            value = subjects.pop()
            if value.type.kind != "one of":
                continue
            named = {
                constant for _, condition, _ in step.operation.arms for constant in _constants(condition)
            }
            forgotten = [option for option in value.type.options if option not in named]
            if forgotten:
                facts = {"values": " and ".join(forgotten), "subject": subject.words(node.subject.span)}
                yield Found(subject.head(node.span), facts)


def _compared(condition: checked.Expr) -> Iterator[checked.FieldValue]:
    for part in walk(condition):
        if isinstance(part, checked.FieldValue):
            yield part


def _constants(condition: checked.Expr) -> Iterator[str]:
    for part in walk(condition):
        if isinstance(part, checked.Constant):
            values = part.value if isinstance(part.value, tuple) else (part.value,)
            yield from (value for value in values if isinstance(value, str))


RULE = Rule(
    code="match-incomplete",
    category="journeys",
    says="People whose {subject} is {values} come into no case.",
    label="what of the others?",
    what="A `match` on a field with fixed options has neither a case for each nor `otherwise`.",
    why="They pass it by without a word. When an option is added later, everybody who gets it does too.",
    mend="Add the case, or `otherwise` with what becomes of all others (`stop`, if nothing).",
    check=check,
    bad="""\
profile
  email    email  identity
  loyalty  one of bronze, silver, gold = bronze

topic service always

message for_gold about service
  email
    subject "You are gold"
    body    "<p>Welcome.</p>"

message for_silver about service
  email
    subject "You are silver"
    body    "<p>Welcome.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  ⟦match loyalty⟧
    is gold
      send for_gold
    is silver
      send for_silver
""",
    good="""\
profile
  email    email  identity
  loyalty  one of bronze, silver, gold = bronze

topic service always

message for_gold about service
  email
    subject "You are gold"
    body    "<p>Welcome.</p>"

message for_silver about service
  email
    subject "You are silver"
    body    "<p>Welcome.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  match loyalty
    is gold
      send for_gold
    is silver
      send for_silver
    otherwise
      stop
""",
)
