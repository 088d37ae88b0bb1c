"""A wait for the day somebody was born."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.dsl import ast
from sojourn.dsl.diagnostics import Fix
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject

_BIRTH = re.compile(
    r"(?:^|_)(?:birthday|birthdate|birth_date|birth|born|dob|date_of_birth|anniversary)(?:$|_)"
)


def check(subject: Subject) -> Iterator[Found]:
    """Looks for waits until a date whose name says that it lies in the past."""
    for node in subject.nodes(ast.WaitUntil):
        path = node.moment
        while isinstance(path, ast.Arithmetic):
            path = path.left
        if not isinstance(path, ast.Path):
            continue
        name = str(path.parts[-1])
        field = subject.workspace.profile.get(name)
        if field is not None and field.type.kind == "date" and _BIRTH.search(name) and len(path.parts) <= 2:
            written = f"anniversary({subject.words(path.span)})"
            yield Found(path.span, {"field": name}, Fix(path.span, written, f"write {written}", safe=False))


RULE = Rule(
    code="birthday-with-its-year",
    category="timing",
    severity="error",
    says="{field} is meant with its year, which is long past: the wait is over at once.",
    label="the year of birth",
    what="A journey waits until a date of birth.",
    why="A date is meant with its year. Nobody waits, and the birthday mail goes out on the day the journey "
    "starts.",
    mend="Write `anniversary({field})`, its next return.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email     email     identity
  birthday  date
  timezone  timezone

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event signed_up

journey gift
  start on signed_up
  again never
  times in timezone otherwise "Europe/Paris"

  wait until ⟦birthday⟧ at 9:00
  send hello
""",
    good="""\
profile
  email     email     identity
  birthday  date
  timezone  timezone

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

event signed_up

journey gift
  start on signed_up
  again never
  times in timezone otherwise "Europe/Paris"

  wait until anniversary(birthday) at 9:00
  send hello
""",
)
