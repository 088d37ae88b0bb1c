"""An `if` that everybody comes into."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sojourn.dsl import ast, checked
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Asks of each arm whether its condition can be false where the ones above it are."""
    for journey in subject.journeys:
        yield from subject.kept(RULE.code, journey, partial(_in, subject, journey))


def _in(subject: Subject, journey: checked.Journey) -> Iterator[Found]:
    flow = subject.flow(journey)
    for number, step in enumerate(journey.steps):
        node = subject.node_at(ast.If, step.span)
        if not isinstance(step.operation, checked.Branch) or node is None or number not in flow.reached:
            continue
        known = list(flow.certain[number])
        for position, (label, condition, _) in enumerate(step.operation.arms):
            if subject.reasoner.never(*known, event=flow.start_event):
                break
            written = node.arms[position].condition
            if written is None:
                break
            if subject.reasoner.never(*known, (condition, False), event=flow.start_event):
                yield Found(written.span, {"branch": label})
                break
            known.append((condition, False))


RULE = Rule(
    code="branch-always-taken",
    category="journeys",
    says="Everybody who gets here comes into `{branch}`: its condition is always true here.",
    label="always true here",
    what="The condition of a branch follows from what started the journey, or from the branches above it.",
    why="The branch decides nothing, and what stands in the `else` below it is never reached. The author "
    "thought of people who do not come here.",
    mend="Take the condition out, or ask for what really differs between the people who come here.",
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
  start on purchase where total >= 50 EUR
  again after 7 days

  if ⟦event.total > 20 EUR⟧
    send thanks
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
  start on purchase where total >= 50 EUR
  again after 7 days

  if event.total > 200 EUR
    send thanks
""",
)
