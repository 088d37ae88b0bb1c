"""Something allowed without saying why."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for comments that allow something and give no reason."""
    for suppression in subject.suppressions:
        if not suppression.reason and suppression.rules:
            source = subject.source(suppression.span.path)
            start = suppression.span.start
            while start and source.text[start - 1] == " ":
                start -= 1
            fix = Fix(source.span(start, suppression.span.end), "", "take the comment out")
            yield Found(suppression.span, {"rule": suppression.rules[0][0]}, fix)


RULE = Rule(
    code="allow-without-reason",
    category="lint",
    severity="error",
    says="This allows nothing: it does not say why {rule} is allowed here.",
    label="because …?",
    what="`# lint: allow RULE` without `because` and a reason.",
    why="Next year nobody knows whether it was looked at or only silenced.",
    mend="Write the reason behind it: `# lint: allow RULE because …`.",
    fix="safe",
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

journey welcome
  start on signed_up
  again never

  send hello  ⟦# lint: allow wait-overtaken⟧
""",
    good="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "HELLO AND WELCOME"  # lint: allow subject-shouts because it is the title of the film
    body    "<p>Hello.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
""",
)
