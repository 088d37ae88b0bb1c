"""An answer that is used although it may not have come."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.dsl import checked
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for a `call` without `if failed` whose answer a later step or text uses."""
    for journey in subject.journeys:
        for number, step in enumerate(journey.steps):
            call = step.operation
            if not isinstance(call, checked.CallWebhook):
                continue
            following = journey.steps[number + 1 : number + 2]
            if following and isinstance(following[0].operation, checked.IfFailed):
                continue
            user = _uses(subject, journey, call.alias)
            if user:
                fix = subject.line_after(step.span, "if failed\n  stop", "add if failed")
                yield Found(
                    subject.head(step.span),
                    {"webhook": call.webhook, "answer": call.alias, "user": user},
                    fix,
                )


def _uses(subject: Subject, journey: checked.Journey, alias: str) -> str:
    """What uses the answer."""
    pattern = re.compile(rf"(?<![\w.]){re.escape(alias)}\.")
    for sending in subject.sends_of.get(journey.name, []):
        for text in subject.texts:
            if (
                text.owner == sending.message.name
                and not text.template.constant
                and pattern.search(text.source)
            ):
                return sending.message.name
    return ""


RULE = Rule(
    code="webhook-without-failure",
    category="data",
    says="When {webhook} does not answer, the journey goes on, and {user} has a hole where {answer} stands.",
    label="and when it fails?",
    what="A `call` is not followed by `if failed`, and a message that the journey sends shows its answer.",
    why="Servers are down at times. The journey does not stop for that: people get “Your ticket ” without a "
    "number.",
    mend="Say what happens then, right below: `if failed`, and `stop` or another message.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

topic service always

webhook crm
  post "https://crm.example.com/rescued"
  timeout 5 seconds
  retries 3
  answers
    ticket  text  required

message hello about service
  email
    subject "Your ticket {{ answer.ticket }}"
    body    "<p>We are on it.</p>"

event help_wanted

journey help
  start on help_wanted

  ⟦call crm as answer⟧
  send hello
""",
    good="""\
profile
  email  email  identity

topic service always

webhook crm
  post "https://crm.example.com/rescued"
  timeout 5 seconds
  retries 3
  answers
    ticket  text  required

message hello about service
  email
    subject "Your ticket {{ answer.ticket }}"
    body    "<p>We are on it.</p>"

event help_wanted

journey help
  start on help_wanted

  call crm as answer
  if failed
    stop
  send hello
""",
)
