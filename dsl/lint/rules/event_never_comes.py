"""An event that comes from nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast, checked
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject

_AtAnEvent = ast.StartOnEvent | ast.Goal | ast.ExitOnEvent | ast.Awaited | ast.Has | ast.Aggregate


def check(subject: Subject) -> Iterator[Found]:
    """Compares what the journeys look at with what the datasets hold, where these say what comes."""
    workspace = subject.workspace
    held = {name for dataset in workspace.datasets.values() for name in dataset.holds} - {"profile"}
    if not held:
        return
    emitted = {
        step.operation.event
        for journey in workspace.journeys.values()
        for step in journey.steps
        if isinstance(step.operation, checked.EmitEvent)
    }
    seen: set[str] = set()
    looked_at: tuple[_AtAnEvent, ...] = (
        *subject.nodes(ast.StartOnEvent),
        *subject.nodes(ast.Goal),
        *subject.nodes(ast.ExitOnEvent),
        *subject.nodes(ast.Awaited),
        *subject.nodes(ast.Has),
        *subject.nodes(ast.Aggregate),
    )
    for node in looked_at:
        name = node.event.text
        event = workspace.events.get(name)
        if event is None or not event.span.path or event.of_change is not None or name in seen:
            continue
        if name in held or name in emitted:
            continue
        seen.add(name)
        fix = None
        datasets = [one for one in subject.nodes(ast.Dataset) if one.holds and one.source == "http"]
        if len(datasets) == 1:
            last = datasets[0].holds[-1].span
            fix = subject.insertion(last, f", {name}", f"let {datasets[0].name} hold it")
        yield Found(node.event.span, {"event": name}, fix)


RULE = Rule(
    code="event-never-comes",
    category="data",
    says="No {event} ever comes: no dataset holds it, and no journey emits it.",
    label="from where?",
    what="A journey, an audience or an attribute looks at an event that stands in the `holds` of no dataset.",
    why="The tracking for it was planned and never built, or is called otherwise. What waits for it waits for "
    "ever.",
    mend="Name the event in the `holds` of the dataset it comes with.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event signed_up

event account_made

dataset web
  holds signed_up
  from http

journey welcome
  start on ⟦account_made⟧
  again never

  send hello
""",
    good="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event signed_up

event account_made

dataset web
  holds signed_up, account_made
  from http

journey welcome
  start on account_made
  again never

  send hello
""",
)
