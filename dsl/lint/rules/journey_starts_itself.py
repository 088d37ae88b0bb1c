"""A journey that emits the event it starts on."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast, checked
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for `emit` of an own start, where nothing keeps it from starting again."""
    for journey in subject.journeys:
        if journey.again != "always":
            continue
        starts = {start.event: start for start in journey.starts if isinstance(start, checked.StartOnEvent)}
        for step in journey.steps:
            emit = step.operation
            start = starts.get(emit.event) if isinstance(emit, checked.EmitEvent) else None
            if start is not None and start.where is None and not journey.exits and start.audience is None:
                facts = {"journey": journey.name, "event": start.event}
                fix = None
                if not subject.settings_of(journey.name, ast.Again):
                    fix = subject.setting(journey.name, "again never", "add again never")
                related = Related(start.span, "it starts on this")
                yield Found(subject.head(step.span), facts, fix, (related,))


RULE = Rule(
    code="journey-starts-itself",
    category="journeys",
    severity="error",
    says="{journey} emits {event}, on which it starts: it goes round for ever.",
    label="starts the journey again",
    what="A journey emits the event that starts it, with no condition, no exit and no `again` that would stop "
    "it.",
    why="Each run begins the next. A person goes round until Sojourn stops it after 100 turns in one moment, "
    "or for good where there is a wait.",
    mend="Emit another event, or say when the journey may start again: `again never`.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

topic service always

message hello about service
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event visit

journey greet
  start on visit

  wait 1 day
  send hello
  ⟦emit visit⟧
""",
    good="""\
profile
  email  email  identity

topic service always

message hello about service
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event visit

journey greet
  start on visit
  again never

  wait 1 day
  send hello
  emit visit
""",
)
