"""Quiet hours of one place for people everywhere."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for quiet hours in a fixed zone where the zone of people is known."""
    field = subject.workspace.timezone_field
    if field is None:
        return
    for node in subject.nodes(ast.QuietHours):
        zone = node.zone
        if zone is None or not isinstance(zone.zone, ast.Text):
            continue
        named = subject.words(zone.zone.span)
        fix = Fix(
            zone.zone.span, f"{field} otherwise {named}", f"write {field} otherwise {named}", safe=False
        )
        yield Found(zone.zone.span, {"zone": zone.zone.value, "field": field}, fix)


RULE = Rule(
    code="quiet-in-one-zone",
    category="timing",
    says="The quiet hours are those of {zone}, for people everywhere, although {field} tells where they are.",
    label="not the person’s clock",
    what="Quiet hours are `in` one zone, and the profile has a field of type timezone.",
    why="Whoever lives elsewhere is woken at three, and kept waiting at noon.",
    mend='Write `in {field} otherwise "{zone}"`.',
    fix="unsafe",
    check=check,
    bad="""\
profile
  email     email     identity
  phone     phone
  timezone  timezone

topic offers opt in

quiet hours from 21:00 to 8:00 on sms in ⟦"Europe/Paris"⟧

message hello about offers
  sms
    text "Hello from Northlight."

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
    good="""\
profile
  email     email     identity
  phone     phone
  timezone  timezone

topic offers opt in

quiet hours from 21:00 to 8:00 on sms in timezone otherwise "Europe/Paris"

message hello about offers
  sms
    text "Hello from Northlight."

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
