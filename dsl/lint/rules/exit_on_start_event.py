"""A journey that the event it starts on also ends."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import checked
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for an exit on the event of a start, where both can mean the same event."""
    for journey in subject.journeys:
        if journey.again != "always":
            continue  # the second event would start nothing anyway
        for start in journey.starts:
            if not isinstance(start, checked.StartOnEvent):
                continue
            for out in journey.exits:
                if not isinstance(out, checked.ExitOnEvent) or out.event != start.event:
                    continue
                if out.where is None or out.where == start.where:
                    related = Related(start.span, "it starts here")
                    fix = subject.removal(out.span, f"take {out.label} out")
                    yield Found(out.span, {"event": out.event, "journey": journey.name}, fix, (related,))


RULE = Rule(
    code="exit-on-start-event",
    category="journeys",
    says="A second {event} ends {journey} and does not start it again: an event that ends a run starts none.",
    label="it also starts the journey",
    what="The journey has the same event as its start and as an exit, and may start again at once.",
    why="The author wants the second event to begin anew. It only ends: whoever leaves a cart twice gets "
    "nothing at all.",
    mend="Without the exit the first run simply goes on. To follow each one on its own, say `one per` with "
    "what tells them apart, such as `one per cart_id`.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

event cart_abandoned
  cart_id  text  required

topic service always

message reminder about service
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

journey rescue
  start on cart_abandoned
  ⟦exit on cart_abandoned⟧

  wait 1 hour
  send reminder
""",
    good="""\
profile
  email  email  identity

event cart_abandoned
  cart_id  text  required

topic service always

message reminder about service
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

journey rescue
  start on cart_abandoned
  one per cart_id

  wait 1 hour
  send reminder
""",
)
