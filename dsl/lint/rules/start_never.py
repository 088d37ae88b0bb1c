"""A start that never comes."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast, checked
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Asks whether the condition of a start can be true, together with the audience it is for."""
    reasoner, workspace = subject.reasoner, subject.workspace
    for journey in subject.journeys:
        for start in journey.starts:
            if not isinstance(start, checked.StartOnEvent) or start.where is None:
                continue
            truths = [(start.where, True)]
            if start.audience is not None and start.audience not in workspace.lists:
                truths.append((workspace.audiences[start.audience].condition, True))
                if reasoner.never(truths[-1]):
                    continue
            if reasoner.never(*truths, event=start.event):
                node = subject.node_at(ast.StartOnEvent, start.span)
                place = node.where.span if node is not None and node.where is not None else start.span
                yield Found(place, {"journey": journey.name, "event": start.event})


RULE = Rule(
    code="start-never",
    category="journeys",
    severity="error",
    says="{journey} never starts: no {event} can be like that.",
    label="never true",
    what="The condition behind the start of a journey contradicts itself.",
    why="The journey looks finished, passes its check, and nobody ever comes into it.",
    mend="Correct the condition. Two values that exclude each other usually stand on both sides of an `and` "
    "that should be an `or`.",
    check=check,
    bad="""\
profile
  email  email  identity

event purchase
  shop  text  required

topic service always

message thanks about service
  email
    subject "Thank you"
    body    "<p>Thank you.</p>"

journey after_order
  start on purchase where ⟦shop is "Paris" and shop is "Lyon"⟧
  again after 7 days

  send thanks
""",
    good="""\
profile
  email  email  identity

event purchase
  shop  text  required

topic service always

message thanks about service
  email
    subject "Thank you"
    body    "<p>Thank you.</p>"

journey after_order
  start on purchase where shop in "Paris", "Lyon"
  again after 7 days

  send thanks
""",
)
