"""Which names an expression sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sojourn.dsl import checked
from sojourn.dsl.types import Type

__all__ = ["NOT_IN_AN_OFFER", "OF_AN_OFFER", "PERSON", "START_ON_EVENT", "Scope"]


@dataclass(frozen=True, slots=True)
class Scope:
    """The names in sight.

    `events` are the events that `event.x` may come from (empty: there is none); with `bare` the event's
    fields are also seen by their bare names, before the person's. `person` is whether the person is in sight.
    `run` maps the names given by `as` to their events. `item` is the type of the element inside `any of …
    where`. `parameters` are those of a define. `why_no_event` says why `event` is not in sight, and `steps`
    that this is a journey's step. `choices` is whether it is asked at one instant only, so that what a decision
    picks is simply looked up there. `sent` is whether it belongs to a message: which event there is follows from
    who sends it. `zone` is the zone of the moments that are written (an expression, None for the person's) and what
    counts where it is unknown; without any they are UTC. `instead` is what to do where there is no
    event. `awaited` are the events that waits of this run took by now, each with the name that it was given ("" for
    none).
    """

    events: tuple[str, ...] = ()
    bare: bool = False
    person: bool = True
    run: Mapping[str, str] = field(default_factory=dict)
    item: Type | None = None
    parameters: Mapping[str, checked.Expr] = field(default_factory=dict)
    choices: bool = False
    sent: bool = False
    zone: tuple[checked.Expr | None, str] | None = (None, "UTC")
    why_no_event: str = "A condition about a person looks at the person."
    instead: str = (
        "Ask what is known of the person, or what has happened: `has purchase where total > 20 EUR`."
    )
    awaited: Mapping[str, str] = field(default_factory=dict)


START_ON_EVENT = "Look at the person instead, or start the journey on an event."
OF_AN_OFFER = "An offer is about the person, whatever has happened."
NOT_IN_AN_OFFER = (
    "Ask what is known of the person, such as an attribute (`last purchase.total`); or ask for the event in the "
    "journey, and send another message."
)
PERSON = Scope()
"""The person alone: attributes, audiences, defines, expectations."""
