"""The same message over and over."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for marketing messages in a `repeat` of more rounds than the threshold."""
    most_rounds = subject.settings.threshold(RULE)
    marketing = {one.name for one in subject.workspace.messages.values() if subject.is_marketing(one)}
    for node in subject.nodes(ast.Repeat):
        sent = [step for step in node.steps if isinstance(step, ast.Send) and step.message.text in marketing]
        if node.times > most_rounds and sent:
            facts = {"message": sent[0].message.text, "times": str(node.times)}
            yield Found(subject.head(node.span), facts)


RULE = Rule(
    code="repeats-too-often",
    category="timing",
    says="{message} goes out up to {times} times to the same person.",
    label="so many times?",
    what="A `repeat` sends the same message that advertises more than five times.",
    why="Whoever has not answered the third reminder presses “spam” at the sixth.",
    mend="Repeat less often, wait longer each time, or stop when there is no answer: `stop repeating if …`.",
    threshold=5,
    unit="rounds",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event cart_abandoned

event purchase

journey nag
  start on cart_abandoned
  again after 30 days
  exit on purchase
  goal purchase within 30 days

  ⟦repeat up to 12 times⟧
    send hello
    wait 1 day
""",
    good="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event cart_abandoned

event purchase

journey nag
  start on cart_abandoned
  again after 30 days
  exit on purchase
  goal purchase within 30 days

  repeat up to 3 times
    send hello
    wait 1 day
""",
)
