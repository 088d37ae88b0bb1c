"""Steps that come after the journey's own `ends after`."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast
from sojourn.dsl.diagnostics import Fix, Related
from sojourn.dsl.lint.flow import most
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject
from sojourn.dsl.values import DAY


def check(subject: Subject) -> Iterator[Found]:
    """The first step that is reached only when the journey has ended."""
    for journey in subject.journeys:
        if journey.ends_after is None:
            continue
        flow = subject.flow(journey)
        limit = most(journey.ends_after)
        for number, step in enumerate(journey.steps):
            at = flow.earliest[number]
            if at is None or at < limit or number not in flow.reached:
                continue
            before = [flow.earliest[earlier] for earlier in flow.before[number]]
            if any(since is None or since >= limit for since in before):
                continue
            (node,) = subject.settings_of(journey.name, ast.EndsAfter)
            said = subject.words(node.span)
            related = Related(node.span, "the journey is over by then")
            days = -(-at // DAY) + 7
            longer = f"{days} days"
            fix = Fix(node.duration.span, longer, f"let it last {longer}", safe=False)
            yield Found(subject.head(step.span), {"step": step.label, "end": said}, fix, (related,))


RULE = Rule(
    code="wait-beyond-end",
    category="timing",
    severity="error",
    says="Nobody ever comes to `{step}`: the waits before it take longer than `{end}` allows.",
    label="the journey is over by then",
    what="The waits on the way to a step add up to more than `ends after`.",
    why="The journey ends for everybody in the middle of a wait, and what stands below is never sent.",
    mend="Let the journey last longer, or wait less.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

event signed_up

topic service always

message day_ten about service
  email
    subject "Ten days with us"
    body    "<p>How is it?</p>"

journey welcome
  start on signed_up
  again never
  ends after 7 days

  wait 10 days
  ⟦send day_ten⟧
""",
    good="""\
profile
  email  email  identity

event signed_up

topic service always

message day_ten about service
  email
    subject "Ten days with us"
    body    "<p>How is it?</p>"

journey welcome
  start on signed_up
  again never
  ends after 14 days

  wait 10 days
  send day_ten
""",
)
