"""What a step brings about, as data: the driver stores it and hands it out.

Three kinds: `Outgoing`, a rendered message for the outbox; `Activity`, a record of what happened, which makes
every timeline, report and explanation; and a `Record`, an event that a journey emitted, to be stored with the
others of the person (its `dataset` is "journey NAME"). Instants are microseconds since 1970 UTC.
"""

from __future__ import annotations

from typing import Any, Final

from sojourn.interpreter.core.records import Record

__all__ = [
    "ANSWERED",
    "ANSWERED_LATE",
    "BRANCHED",
    "CALLED",
    "CONVERTED",
    "EMITTED",
    "ENDED",
    "ENTERED",
    "ENTERS",
    "FAILED",
    "HELD",
    "LEFT",
    "LINK_REFUSED",
    "MERGED",
    "MOVED",
    "NOT_ENTERED",
    "NOT_SENT",
    "NOT_STARTED",
    "OFFERED",
    "RECOMMENDED",
    "REFUSED",
    "SENT",
    "SET",
    "SPLIT",
    "STARTED",
    "WAITING",
    "Activity",
    "Effect",
    "Outgoing",
]

STARTED: Final = "started"
# journey, run; detail: because ("cart_abandoned", "entering vips"), record (id), occurrence ("2026-12-01", by time)
WAITING: Final = (
    "waiting"  # at a wait; detail: until (instant or None), for (event name, where it waits for one)
)
BRANCHED: Final = (
    "branched"  # an if or a wait chose a way; detail: branch ("if in vips", "else", "happened", "timed out")
)
SPLIT: Final = "split"  # detail: split, arm
SENT: Final = "sent"  # detail: message, channel, address ("" where it is private), key (of the outbox row)
CALLED: Final = "called"  # a webhook was asked; detail: webhook, key (of the outbox row)
ANSWERED: Final = "answered"
# it answered; detail: webhook, answer {field: value; "(private)" where it is}
ANSWERED_LATE: Final = "answered late"
# it answered when its run had ended; detail: webhook, answer as above (None where it was a failure), because (of that)
HELD: Final = "held"  # by quiet hours; detail: message, channel, until (instant), because
NOT_SENT: Final = "not sent"  # detail: message, because (a sentence), reasons {channel: reason}
REFUSED: Final = "refused"
# what was sent could never be handed out, as a test says; detail: message, channel, because, key, bounced
OFFERED: Final = (
    "offered"  # a message showed an offer; detail: decision, offer, because, others {offer: why not}, message
)
RECOMMENDED: Final = "recommended"
# a message showed rows of a catalog; detail: recommendation, items (keys), because {key: ranking}, message
SET: Final = "set"  # detail: field, value, before; also added or removed (the element of a list)
EMITTED: Final = "emitted"  # an event of the journey's own; detail: event, record (its id)
ENTERS: Final = "enters"  # `enter` began a run of another journey; detail: other
NOT_STARTED: Final = "not started"
# of a journey that is paused, closed or stopped; detail: because ("paused", …), held (it begins when resumed)
NOT_ENTERED: Final = "not entered"  # `enter` met a guard of the other journey; detail: other, because
FAILED: Final = "failed"  # a step failed alone; detail: because, handled (True where `if failed` follows)
CONVERTED: Final = "converted"  # the goal was reached; detail: event, arms {split: arm}, record
ENDED: Final = (
    "ended"  # detail: because ("finished", "stop", "exit on purchase", "ends after 30 days", "step removed")
)
ENTERED: Final = "entered"  # an audience; detail: audience, why ("event", "time", "change")
LEFT: Final = "left"  # an audience; detail: audience, why
LINK_REFUSED: Final = "link refused"  # detail: identifier, value, because
MOVED: Final = (
    "identifier moved"  # detail: identifier, value (a shared one went to the person it was last seen with)
)
MERGED: Final = "merged"  # detail: key (of the person who was merged into this one)


class Activity:
    """Something that happened to a person. `journey`, `run`, `step` are "" where it was not in a run."""

    __slots__ = ("at", "detail", "journey", "kind", "run", "step")

    def __init__(
        self, at: int, kind: str, detail: dict[str, Any], journey: str = "", run: str = "", step: str = ""
    ) -> None:
        self.at = at
        self.kind = kind
        self.detail = detail
        self.journey = journey
        self.run = run
        self.step = step

    def __repr__(self) -> str:
        where = f"{self.journey!r}, {self.run!r}, {self.step!r}"
        return f"Activity({self.at}, {self.kind!r}, {self.detail}, {where})"


class Outgoing:
    """A message to hand out once. `key` is unique for ever; `parts` are the rendered texts by part name.

    `expires` is the instant from which it is not to be handed out any more, None when it always may be.
    """

    __slots__ = ("address", "at", "channel", "expires", "journey", "key", "message", "parts", "run", "step")

    def __init__(
        self, key: str, at: int, message: str, channel: str, address: str, parts: dict[str, str],
        journey: str, run: str, step: str,
    ) -> None:  # fmt: skip
        self.key = key
        self.at = at
        self.message = message
        self.channel = channel
        self.address = address
        self.parts = parts
        self.journey = journey
        self.run = run
        self.step = step
        self.expires: int | None = None

    def __repr__(self) -> str:
        return f"Outgoing({self.key!r}, {self.at}, {self.channel!r} to {self.address!r}, {self.parts})"


Effect = Activity | Outgoing | Record
