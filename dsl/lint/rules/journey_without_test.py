"""A journey that no test plays."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import checked
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Where there are tests at all, looks for journeys of which none speaks and which none would start."""
    tests = subject.workspace.tests
    if not tests:
        return
    named: set[str] = set()
    events: set[str] = set()
    for test in tests:
        for item in test.items:
            match item:
                case checked.Expectation(syntax=syntax):
                    for part in ("journey", "message"):
                        name = getattr(syntax, part, None)
                        if name is not None:
                            named.add(name.text)
                case checked.Clock():
                    events |= {event.event for event in item.events}
                case _:
                    pass
    for journey in subject.journeys:
        sends = {one.message.name for one in subject.sends_of.get(journey.name, [])}
        if journey.name in named or sends & named:
            continue
        if any(getattr(start, "event", None) in events for start in journey.starts):
            continue
        if any(not isinstance(start, checked.StartOnEvent) for start in journey.starts) and not sends:
            continue
        yield Found(subject.name_of("journey", journey.name), {"journey": journey.name})


RULE = Rule(
    code="journey-without-test",
    category="journeys",
    says="No test plays {journey}.",
    label="untested",
    what="The workspace has tests, and none of them starts this journey, nor speaks of it or of what it "
    "sends.",
    why="A journey of thirty days is seen by its author for the first time when a customer complains. A test "
    "plays it in milliseconds.",
    mend='Write one: `test "…"`, a profile, the event, and what you expect to be sent.',
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

message goodbye about offers
  email
    subject "Until tonight"
    body    "<p>Then it is gone.</p>"

event signed_up

event cancelled

journey welcome
  start on signed_up
  again never

  send hello

journey ⟦farewell⟧
  start on cancelled
  again never

  send goodbye

test "a letter at once"
  profile email = "ada@example.com", consent.offers = true
  at 2026-03-02 10:00
    signed_up
  expect sent hello
""",
    good="""\
profile
  email  email  identity

topic offers opt in

message hello about offers
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

message goodbye about offers
  email
    subject "Until tonight"
    body    "<p>Then it is gone.</p>"

event signed_up

event cancelled

journey welcome
  start on signed_up
  again never

  send hello

journey farewell
  start on cancelled
  again never

  send goodbye

test "a letter at once"
  profile email = "ada@example.com", consent.offers = true
  at 2026-03-02 10:00
    signed_up
  expect sent hello
  after 1 day
    cancelled
  expect sent goodbye
""",
)
