"""A webhook that does not say how long to wait."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for webhooks without `timeout` or `retries`; the fix writes what holds anyway."""
    for node in subject.nodes(ast.Webhook):
        missing = [
            name for name, said in (("timeout", node.timeout), ("retries", node.retries)) if said is None
        ]
        if not missing or node.post is None:
            continue
        webhook = subject.workspace.webhooks[node.name.text]
        lines = {
            "timeout": f"timeout {webhook.timeout // 1_000_000} seconds",
            "retries": f"retries {webhook.retries}",
        }
        added = "".join(f"\n  {lines[name]}" for name in missing)
        fix = subject.insertion(node.post.span, added, "write what holds", safe=True)
        yield Found(node.name.span, {"webhook": node.name.text, "missing": " and ".join(missing)}, fix)


RULE = Rule(
    code="webhook-by-default",
    category="data",
    says="{webhook} does not say its {missing}: 10 seconds and 3 tries hold.",
    label="how long, how often?",
    what="A webhook has no `timeout`, or no `retries`.",
    why="Everybody in the journey stands still while the other side thinks. How long that may take, and "
    "whether it may be asked twice, is for you to say, together with those who run it.",
    mend="Write `timeout` and `retries`. The fix writes what holds anyway.",
    fix="safe",
    check=check,
    bad="""\
profile
  email  email  identity

topic service always

webhook ⟦crm⟧
  post "https://crm.example.com/rescued"
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
    good="""\
profile
  email  email  identity

topic service always

webhook crm
  post "https://crm.example.com/rescued"
  timeout 10 seconds
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
