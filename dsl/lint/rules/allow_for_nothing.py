"""Something allowed that is not there any more."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Looks for comments that silenced nothing, of rules that looked."""
    from sojourn.dsl.lint.rules import RULES

    for suppression in subject.suppressions:
        if not suppression.reason:
            continue
        for name, span in suppression.rules:
            looked = name in RULES and not RULES[name].last and subject.settings.is_on(name)
            if not looked or name in suppression.used or subject.settings.is_left_out(name, span.path):
                continue
            alone = len(suppression.rules) == 1
            source = subject.source(span.path)
            start = suppression.span.start
            while alone and start and source.text[start - 1] == " ":
                start -= 1
            fix = Fix(source.span(start, suppression.span.end), "", "take the comment out") if alone else None
            yield Found(span, {"rule": name}, fix)


RULE = Rule(
    code="allow-for-nothing",
    category="lint",
    says="There is no {rule} on this line to be allowed.",
    label="silences nothing",
    what="`# lint: allow` is about a finding that is not there (any more).",
    why="The next finding on this line would be silenced by a reason that was given for another.",
    mend="Take the comment out.",
    fix="safe",
    last=True,
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"  # lint: allow ⟦subject-shouts⟧ because it is the title of the film
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
