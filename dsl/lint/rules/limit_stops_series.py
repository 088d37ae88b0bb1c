"""A series of messages that its own limit cuts short."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import checked
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.lint.flow import Flow, least, targets
from sojourn.dsl.lint.rule import Found, Rule
from sojourn.dsl.lint.subject import Subject

_MOST_WAYS = 300


def check(subject: Subject) -> Iterator[Found]:
    """Follows every way through a journey and adds up how long the sends of one topic are apart at the most."""
    limits = [
        limit
        for limit in subject.workspace.limits
        if limit.per is not None and limit.kind in ("topic", "message")
    ]
    for journey in subject.journeys if limits else ():
        sends = {sending.number: sending for sending in subject.sends_of.get(journey.name, [])}
        ways = _ways(subject.flow(journey)) if sends else None
        for limit in limits if ways is not None else ():
            counted = {n for n, one in sends.items() if limit.target in (one.message.topic, one.message.name)}
            stopped: dict[int, bool] = {}
            for way in ways or ():
                for number, too_soon in _on(way, counted, limit):
                    stopped[number] = stopped.get(number, True) and too_soon
            for number, always in stopped.items():
                if always:
                    sending = sends[number]
                    facts = {"message": sending.message.name, "limit": limit.label, "journey": journey.name}
                    yield Found(
                        subject.head(sending.step.span),
                        facts,
                        related=(Related(limit.span, "reached by then"),),
                    )
                    break


def _ways(flow: Flow) -> list[list[tuple[int, int | None]]] | None:
    """Every way through the journey: its steps, each with how long it takes at the most. None when there are
    too many.
    """
    found: list[list[tuple[int, int | None]]] = []
    ahead: list[tuple[int, list[tuple[int, int | None]]]] = [(0, [])]
    while ahead:
        at, way = ahead.pop()
        if at == flow.end or any(number == at for number, _ in way):
            found.append(way)
            if len(found) > _MOST_WAYS:
                return None
            continue
        step = flow.steps[at]
        following = [*way, (at, flow.longest(step))]
        nexts = targets(step)
        if not nexts:
            found.append(following)
        ahead += [(target, following) for target in nexts]
    return found


def _on(
    way: list[tuple[int, int | None]], counted: set[int], limit: checked.Limit
) -> Iterator[tuple[int, bool]]:
    """Each counted send of a way, and whether the limit is certainly reached when it comes."""
    assert limit.per is not None
    times: list[int] = []
    clock = 0
    for number, takes in way:
        if number in counted:
            recent = [time for time in times if clock - time < least(limit.per)]
            yield number, len(recent) >= limit.count
            times.append(clock)
        if takes is None:
            times = []
        else:
            clock += takes


RULE = Rule(
    code="limit-stops-series",
    category="timing",
    says="{message} is never sent to whoever got the messages before it: `{limit}` is reached by then.",
    label="stopped by the limit",
    what="A journey sends more messages of one topic within the span of a limit than the limit allows, on "
    "every way that leads there.",
    why="The end of the series, often the message with the offer, reaches only those whom the first ones did "
    "not reach. Nothing says so but the record of each person.",
    mend="Wait longer between the messages, allow one more, or give the series a topic of its own.",
    check=check,
    bad="""\
profile
  email  email  identity

topic offers opt in

limit offers to 1 message per 7 days

message first about offers
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

message second about offers
  email
    subject "Until tonight"
    body    "<p>Then it is gone.</p>"

event cart_abandoned

event purchase

journey rescue
  start on cart_abandoned
  again after 7 days
  exit on purchase
  goal purchase within 7 days

  send first
  wait 2 days
  ⟦send second⟧
""",
    good="""\
profile
  email  email  identity

topic offers opt in

limit offers to 3 messages per 7 days

message first about offers
  email
    subject "Your cart"
    body    "<p>It is waiting.</p>"

message second about offers
  email
    subject "Until tonight"
    body    "<p>Then it is gone.</p>"

event cart_abandoned

event purchase

journey rescue
  start on cart_abandoned
  again after 7 days
  exit on purchase
  goal purchase within 7 days

  send first
  wait 2 days
  send second
""",
)
