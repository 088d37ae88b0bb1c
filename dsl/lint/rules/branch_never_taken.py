"""An `if` or a case that nobody can come into."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sojourn.dsl import ast, checked
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject
from sojourn.dsl.source import Span


def check(subject: Subject) -> Iterator[Found]:
    """Asks of each arm whether its condition can be true where the ones above it are not."""
    for journey in subject.journeys:
        yield from subject.kept(RULE.code, journey, partial(_in, subject, journey))


def _in(subject: Subject, journey: checked.Journey) -> Iterator[Found]:
    flow = subject.flow(journey)
    for number, step in enumerate(journey.steps):
        if not isinstance(step.operation, checked.Branch) or number not in flow.reached:
            continue
        known = flow.certain[number]
        if subject.reasoner.never(*known, event=flow.start_event):
            continue  # nobody comes here at all: that is said where they are turned away
        refused: list[tuple[checked.Expr, bool]] = []
        for position, (label, condition, _) in enumerate(step.operation.arms):
            if subject.reasoner.never(*known, *refused, (condition, True), event=flow.start_event):
                yield Found(_place(subject, step.span, position, condition), {"branch": label})
            refused.append((condition, False))


def _place(subject: Subject, span: Span, position: int, condition: checked.Expr) -> Span:
    """The condition as it is written in the journey."""
    branch = subject.node_at(ast.If, span)
    if branch is not None:
        written = branch.arms[position].condition
        return written.span if written is not None else subject.head(span)
    match = subject.node_at(ast.Match, span)
    if match is not None:
        options = match.cases[position].options
        return options[0].span.to(options[-1].span)
    return condition.span


RULE = Rule(
    code="branch-never-taken",
    category="journeys",
    severity="error",
    says="Nobody ever comes into the branch `{branch}`: its condition cannot be true here.",
    label="never true here",
    help="Look at what stands above it: the start of the journey and the branches before it take everybody "
    "away.",
    what="The condition of a branch contradicts itself, the branches above it, or what started the journey.",
    why="What stands in the branch is never sent to anybody, and nothing says so: the journey simply goes "
    "another way. Usually two numbers were swapped, or a branch that is more general stands first.",
    mend="Put the stricter condition first, correct the value, or take the branch out.",
    check=check,
    bad="""\
profile
  email  email  identity

event purchase
  total  money  required

topic service always

message thanks about service
  email
    subject "Thank you"
    body    "<p>Thank you.</p>"

journey after_order
  start on purchase
  again after 7 days

  if event.total > 50 EUR
    send thanks
  else if ⟦event.total > 100 EUR⟧
    stop
""",
    good="""\
profile
  email  email  identity

event purchase
  total  money  required

topic service always

message thanks about service
  email
    subject "Thank you"
    body    "<p>Thank you.</p>"

journey after_order
  start on purchase
  again after 7 days

  if event.total > 100 EUR
    stop
  else if event.total > 50 EUR
    send thanks
""",
)
