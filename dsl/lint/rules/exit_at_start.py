"""An exit that is true of everybody who comes in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sojourn.dsl import ast, checked
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Asks whether an exit's condition can be false when a run begins."""
    for journey in subject.journeys:
        yield from subject.kept(RULE.code, journey, partial(_in, subject, journey))


def _in(subject: Subject, journey: checked.Journey) -> Iterator[Found]:
    flow = subject.flow(journey)
    given = flow.certain[0]
    if not given or subject.reasoner.never(*given, event=flow.start_event):
        return
    for out in journey.exits:
        if not isinstance(out, checked.ExitWhen):
            continue
        if subject.reasoner.never(*given, (out.condition, False), event=flow.start_event):
            node = subject.node_at(ast.ExitWhen, out.span)
            fix = None
            if node is not None and isinstance(node.condition, ast.InAudience) and not node.condition.negated:
                at = node.condition.span
                place = subject.source(at.path).span(at.start, at.start)
                fix = Fix(place, "not ", "write not", safe=False)
            yield Found(out.span, {"exit": out.label, "journey": journey.name}, fix)


RULE = Rule(
    code="exit-at-start",
    category="journeys",
    severity="error",
    says="Everybody leaves {journey} in the moment they come in: `{exit}` is true of all whom it starts for.",
    label="true from the beginning",
    what="The condition of an exit follows from the start of the journey.",
    why="The journey starts and ends at the same instant, and nobody gets anything.",
    mend="Often a `not` is missing: `exit when not in vips`.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email    email  identity
  loyalty  one of bronze, silver, gold = bronze

topic service always

message hello_vip about service
  email
    subject "You are gold"
    body    "<p>Welcome.</p>"

audience vips
  loyalty is gold

journey vip_welcome
  start when entering vips
  again never
  ⟦exit when in vips⟧

  wait 1 day
  send hello_vip
""",
    good="""\
profile
  email    email  identity
  loyalty  one of bronze, silver, gold = bronze

topic service always

message hello_vip about service
  email
    subject "You are gold"
    body    "<p>Welcome.</p>"

audience vips
  loyalty is gold

journey vip_welcome
  start when entering vips
  again never
  exit when not in vips

  wait 1 day
  send hello_vip
""",
)
