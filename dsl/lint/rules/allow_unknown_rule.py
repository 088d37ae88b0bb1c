"""Something allowed that is no rule."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for names that are no rule's."""
    from sojourn.dsl.check.report import nearest
    from sojourn.dsl.lint.rules import RULES

    for suppression in subject.suppressions:
        for name, span in suppression.rules:
            if name in RULES:
                continue
            near = nearest(name, RULES)
            fix = Fix(span, near[0], f"write {near[0]}") if near else None
            yield Found(span, {"rule": name}, fix, candidates=near)


RULE = Rule(
    code="allow-unknown-rule",
    category="lint",
    severity="error",
    says="There is no rule {rule}.",
    label="no such rule",
    what="`# lint: allow` names something that is no rule.",
    why="It silences nothing.",
    mend="`sojourn lint --list` shows the rules.",
    fix="safe",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"  # lint: allow ⟦subject-shout⟧ because it is the title of the film
    body    "<p>Hello.</p>"

event signed_up

journey welcome
  start on signed_up
  again never

  send hello
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
