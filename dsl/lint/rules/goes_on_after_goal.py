"""A journey that goes on selling to those who have bought."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast, checked
from sojourn.dsl.lint.flow import targets
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for a second message after a wait, where the goal neither ends the journey nor is asked for."""
    for journey in subject.journeys:
        goal = journey.goal
        if goal is None or _notices(subject, journey, goal.event):
            continue
        flow = subject.flow(journey)
        sends = [one for one in subject.sends_of.get(journey.name, []) if subject.is_marketing(one.message)]
        numbers = {one.number for one in sends}
        for sending in sends:
            at_once = set(flow.without_waiting(targets(sending.step)))
            later = (set(flow.after(sending.number)) & numbers) - at_once
            if later:
                number = min(later)
                message = next(one.message.name for one in sends if one.number == number)
                (node,) = subject.settings_of(journey.name, ast.Goal)
                fix = subject.setting(journey.name, f"exit on {goal.event}", f"add exit on {goal.event}")
                facts = {"journey": journey.name, "event": goal.event, "message": message}
                yield Found(node.span, facts, fix)
                break


def _notices(subject: Subject, journey: checked.Journey, event: str) -> bool:
    """Whether anything in the journey looks at the goal's event."""
    if any(isinstance(out, checked.ExitWhen) or out.event == event for out in journey.exits):
        return True
    for step in journey.steps:
        match step.operation:
            case checked.WaitFor() as wait if wait.event == event:
                return True
            case checked.WaitForFirst() as wait if any(one.event == event for one in wait.alternatives):
                return True
            case checked.Branch() | checked.StopRepeating():
                return True
            case _:
                pass
    return False


RULE = Rule(
    code="goes-on-after-goal",
    category="journeys",
    says="Whoever reaches the goal of {journey} still gets {message}: nothing in it looks at {event}.",
    label="counts, and ends nothing",
    what="A journey with a goal sends a second message that advertises, and neither an exit, a wait nor a "
    "condition notices that the goal was reached.",
    why="A goal only counts. Whoever bought after the first mail is asked to buy for two more weeks.",
    mend="End it there: `exit on {event}`.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message first about offers
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

message second about offers
  email
    subject "Until tonight"
    body    "<p>Then it is gone.</p>"

event cart_abandoned

event purchase

journey rescue
  start on cart_abandoned
  again after 7 days
  ⟦goal purchase within 7 days⟧

  send first
  wait 2 days
  send second
""",
    good="""\
profile
  email  email  identity

topic offers opt in

message first about offers
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

message second about offers
  email
    subject "Until tonight"
    body    "<p>Then it is gone.</p>"

event cart_abandoned

event purchase

journey rescue
  start on cart_abandoned
  again after 7 days
  exit on purchase
  goal purchase within 7 days

  send first
  wait 2 days
  send second
""",
)
