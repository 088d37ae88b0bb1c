"""A journey that comes again and again, and lets nobody in a second time."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import ast, checked
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.lint.flow import least
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject
from sojourn.dsl.values import DAY

_DAYS = {"day": 1, "weekday": 1, "weekend": 1, "month": 28}


def check(subject: Subject) -> Iterator[Found]:
    """Compares `again` with starts that come of themselves."""
    for journey in subject.journeys:
        nodes = subject.settings_of(journey.name, ast.Again)
        if journey.again == "always" or len(nodes) != 1 or len(journey.starts) != 1:
            continue
        start = journey.starts[0]
        match start:
            case checked.StartOnSchedule() if start.every:
                period = _DAYS.get(start.every, 7)
            case checked.StartOnDate(yearly=True):
                period = 365
            case _:
                continue
        if journey.again_after is not None:
            least_time = least(journey.again_after)
            if least_time <= period * DAY or least_time >= 2 * period * DAY:
                continue  # whoever looks each month and writes once a year has thought of it
        fix = subject.removal(nodes[0].span, "take it out")
        facts = {"journey": journey.name, "start": start.label, "again": subject.words(nodes[0].span)}
        yield Found(nodes[0].span, facts, fix, (Related(start.span, "it comes again and again"),))


RULE = Rule(
    code="again-against-start",
    category="timing",
    says="`{again}` keeps people out of {journey}, which is to come {start}.",
    label="and then no more",
    what="A journey starts on a schedule, or on a day of each year, and its `again` is `never`, or a little "
    "longer than the time between two starts, so that each second one is left out.",
    why="The newsletter of every Monday is sent once to each reader, and never again; the birthday is "
    "congratulated once in a life.",
    mend="Take `again` out: each occurrence comes once for a person anyway.",
    fix="unsafe",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

audience readers
  consent.offers is true

journey weekly
  start every monday at 9:00 for readers
  ⟦again never⟧
  times in "Europe/Paris"

  send hello
""",
    good="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Hello"
    body    "<p>Hello.</p>"

audience readers
  consent.offers is true

journey weekly
  start every monday at 9:00 for readers
  times in "Europe/Paris"

  send hello
""",
)
