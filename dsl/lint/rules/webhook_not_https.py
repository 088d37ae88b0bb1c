"""A webhook that is not encrypted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.dsl import ast
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks at the addresses of webhooks, and of messages that are posted."""
    for node in subject.nodes(ast.Webhook):
        if node.post is not None and node.post.value.startswith("http://"):
            yield from _found(subject, node.post, node.name.text)
    for text in subject.texts:
        if text.part == "post" and text.source.startswith("http://"):
            yield from _found(subject, text.node.text, text.owner)


def _found(subject: Subject, written: ast.Text, name: str) -> Iterator[Found]:
    address = written.value
    if re.match(r"http://(?:localhost|127\.|\[::1\]|10\.|192\.168\.)", address):
        return
    start = written.value_start
    source = subject.source(written.span.path)
    exact = source.text[start : start + 4] == "http"
    fix = Fix(source.span(start, start + 4), "https", "write https", safe=False) if exact else None
    yield Found(written.span, {"name": name}, fix)


RULE = Rule(
    code="webhook-not-https",
    category="data",
    says="{name} posts what is known of people without encryption.",
    label="https",
    what="The address of a webhook begins with http.",
    why="Everybody between you and the server can read it, and answer in its place.",
    mend="Write https.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

topic service always

webhook crm
  post ⟦"http://crm.example.com/rescued"⟧
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
