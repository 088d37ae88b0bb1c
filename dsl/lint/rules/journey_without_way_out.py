"""A wait for an event that may never come, in a journey that nothing else ends."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast, checked
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Each wait without an end, where the journey has no end of its own either."""
    for journey in subject.journeys:
        if journey.exits or journey.ends_after is not None:
            continue
        for step in journey.steps:
            match step.operation:
                case checked.WaitFor(up_to=None, event=event):
                    head = subject.head(step.span)
                    node = subject.node_at(ast.WaitFor, step.span)
                    fix = None
                    if node is not None and node.remark is None and "#" not in subject.words(head):
                        at = subject.source(head.path).span(head.end, head.end)
                        fix = Fix(at, ", up to 30 days", "wait for it 30 days at most", safe=False)
                    yield Found(head, {"event": event, "journey": journey.name}, fix)
                case checked.WaitForFirst(up_to=None):
                    head = subject.head(step.span)
                    yield Found(head, {"event": "any of these", "journey": journey.name})
                case _:
                    pass


RULE = Rule(
    code="journey-without-way-out",
    category="journeys",
    says="Whoever does not do {event} never leaves {journey}: the wait has no end, and the journey has no "
    "other way out.",
    label="waits for ever",
    what="A `wait for` without `up to`, in a journey without an exit and without `ends after`.",
    why="People stand in the journey for good. They cannot start it again, they are counted as under way, and "
    "an event that comes two years later still sends them what was meant for the same week.",
    mend="Say how long to wait: `wait for purchase, up to 14 days`; or end the journey: `ends after 30 days`.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

event signed_up
event first_use

topic service always

message well_done about service
  email
    subject "Well done"
    body    "<p>You did it.</p>"

journey onboarding
  start on signed_up
  again never

  ⟦wait for first_use⟧
  send well_done
""",
    good="""\
profile
  email  email  identity

event signed_up
event first_use

topic service always

message well_done about service
  email
    subject "Well done"
    body    "<p>You did it.</p>"

journey onboarding
  start on signed_up
  again never

  wait for first_use, up to 30 days
    timed out
      stop
  send well_done
""",
)
