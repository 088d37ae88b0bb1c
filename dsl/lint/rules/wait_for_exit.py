"""A wait for an event that ends the journey."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast, checked
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Compares what is waited for with the exits."""
    for journey in subject.journeys:
        exits = {
            out.event: out
            for out in journey.exits
            if isinstance(out, checked.ExitOnEvent) and out.where is None
        }
        for step in journey.steps:
            node = subject.node_at(ast.WaitFor, step.span)
            if node is None:
                continue
            for awaited in (node.awaited, *(race.awaited for race in node.racing)):
                out = exits.get(awaited.event.text) if awaited is not None else None
                if awaited is None or out is None:
                    continue
                related = Related(out.span, "here it ends the journey")
                fix = subject.removal(out.span, f"take {out.label} out")
                yield Found(awaited.span, {"event": out.event, "exit": out.label}, fix, (related,))


RULE = Rule(
    code="wait-for-exit",
    category="journeys",
    severity="error",
    says="This never happens: `{exit}` ends the journey in the moment of a {event}, before the wait sees it.",
    label="ends the journey instead",
    what="The journey waits for an event that is one of its exits. Exits come first.",
    why="What stands under `happened` is never done, and the wait always runs into its time-out.",
    mend="Take the exit out and end the journey where the wait says so, or do not wait for it.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

event cart_abandoned
event purchase

topic service always

message thanks about service
  email
    subject "Thank you"
    body    "<p>Thank you.</p>"

journey rescue
  start on cart_abandoned
  again after 7 days
  exit on purchase

  wait for ⟦purchase⟧, up to 2 days
    happened
      send thanks
""",
    good="""\
profile
  email  email  identity

event cart_abandoned
event purchase

topic service always

message thanks about service
  email
    subject "Thank you"
    body    "<p>Thank you.</p>"

journey rescue
  start on cart_abandoned
  again after 7 days

  wait for purchase, up to 2 days
    happened
      send thanks
""",
)
