"""A wait for something that may have happened before the wait began."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast, checked
from sojourn.dsl.check.shape import walk
from sojourn.dsl.diagnostics import Fix, Related
from sojourn.dsl.lint.flow import Flow
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Waits for the goal, for the one event that belongs to the start, or for a reaction, after time has passed."""
    for journey in subject.journeys:
        flow = subject.flow(journey)
        for number, step in enumerate(journey.steps):
            wait = step.operation
            if not isinstance(wait, checked.WaitFor) or wait.since_start or number not in flow.reached:
                continue
            if any(isinstance(out, checked.ExitOnEvent) and out.event == wait.event for out in journey.exits):
                continue
            if wait.of is not None:
                earlier = _since_sent(flow, number, wait.of)
            elif _comes_once(journey, wait):
                earlier = _time_before(flow, number)
            else:
                continue
            node = subject.node_at(ast.WaitFor, step.span)
            if earlier is None or node is None or node.awaited is None:
                continue
            head = node.awaited.span
            fix = Fix(
                subject.source(head.path).span(head.end, head.end),
                " since start",
                "write since start",
                safe=False,
            )
            passed = subject.head(earlier.span)
            related = Related(passed, "what happens here is overlooked")
            facts = {"event": wait.event, "earlier": earlier.label}
            yield Found(head, facts, fix if wait.of is None else None, (related,))


def _comes_once(journey: checked.Journey, wait: checked.WaitFor) -> bool:
    """Whether the journey is about whether this happens at all."""
    goal = journey.goal
    if goal is not None and goal.event == wait.event and wait.where is None and goal.where is None:
        return True
    if wait.where is None:
        return False
    return any(
        isinstance(part, checked.Compare)
        and part.op == "is"
        and any(
            isinstance(side, checked.FieldValue) and side.scope == "run" for side in (part.left, part.right)
        )
        for part in walk(wait.where)
    )


def _time_before(flow: Flow, number: int) -> checked.Step | None:
    """A wait before this step at which the event would pass unseen.

    A wait for another event is left out: what it waits for often has to come first.
    """
    for earlier in _behind(flow, number):
        operation = flow.steps[earlier].operation
        if isinstance(operation, checked.Wait | checked.WaitUntil):
            return flow.steps[earlier]
    return None


def _since_sent(flow: Flow, number: int, message: str) -> checked.Step | None:
    """A wait between the `send` of a message and this step."""
    seen: set[int] = set()
    ahead = [(before, None) for before in flow.before[number]]
    waits: list[tuple[int, checked.Step | None]] = list(ahead)
    while waits:
        at, passed = waits.pop()
        if at in seen:
            continue
        seen.add(at)
        operation = flow.steps[at].operation
        if isinstance(operation, checked.Send) and operation.message == message:
            if passed is not None:
                return passed
            continue
        if isinstance(operation, checked.Wait | checked.WaitUntil):
            passed = flow.steps[at]
        waits += [(before, passed) for before in flow.before[at]]
    return None


def _behind(flow: Flow, number: int) -> Iterator[int]:
    """The steps that may have come before a step, the nearest first."""
    seen: set[int] = set()
    ahead = list(flow.before[number])
    while ahead:
        at = max(ahead)
        ahead.remove(at)
        if at not in seen:
            seen.add(at)
            yield at
            ahead += [before for before in flow.before[at] if before not in seen]


RULE = Rule(
    code="wait-overtaken",
    category="timing",
    says="A {event} that comes during `{earlier}` is overlooked here: the wait looks only from the moment it "
    "begins.",
    label="may have happened already",
    what="A wait for the journey's goal, for the one event that belongs to its start, or for the reaction to "
    "a message, after another wait in which that may already have happened.",
    why="Whoever bought during the first wait is treated as somebody who did not: they run into the time-out "
    "and get the reminder for what they have done.",
    mend="Write `since start` behind the event, so that one that came earlier in this run counts too; let it "
    "end the journey (`exit on {event}`); or take the wait in between out.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

event cart_abandoned
event purchase

message reminder about offers
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

journey rescue
  start on cart_abandoned
  again after 7 days
  goal purchase within 10 days

  wait 1 day
  wait for ⟦purchase⟧, up to 2 days
    happened
      stop
  send reminder
""",
    good="""\
profile
  email  email  identity

topic offers opt in

event cart_abandoned
event purchase

message reminder about offers
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

journey rescue
  start on cart_abandoned
  again after 7 days
  goal purchase within 10 days

  wait 1 day
  wait for purchase since start, up to 2 days
    happened
      stop
  send reminder
""",
)
