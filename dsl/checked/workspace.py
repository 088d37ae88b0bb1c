"""The whole of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from sojourn.dsl.checked.data import Catalog, Dataset, Event, Field, Identifier, Schema
from sojourn.dsl.checked.expressions import Aggregate, Attribute, Audience, MemberList
from sojourn.dsl.checked.journeys import Journey, StartOnEvent
from sojourn.dsl.checked.messages import (
    Decision,
    Limit,
    Message,
    Offer,
    QuietHours,
    Recommendation,
    Statistic,
    Topic,
    Webhook,
)
from sojourn.dsl.checked.stories import Test
from sojourn.dsl.frozen import dataclass
from sojourn.dsl.values import Duration

__all__ = [
    "Workspace",
    "length_of",
]


# -------------------------------------------------------------- workspace


def length_of(duration: Duration) -> int:
    """A length of time to compare with others, in microseconds: a month is 30 days and a half."""
    return (duration.months * 61 + duration.days * 2) * 43_200_000_000 + duration.microseconds


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything a workspace says, checked. Mappings are by name, in the order written.

    `identifiers` are strongest first. `timezone_field` is the profile's field of type timezone, if any.
    `private` fields may not be shown in activity records.
    """

    profile: Mapping[str, Field]
    identifiers: tuple[Identifier, ...]
    timezone_field: str | None
    schemas: Mapping[str, Schema]
    events: Mapping[str, Event]
    catalogs: Mapping[str, Catalog]
    datasets: Mapping[str, Dataset]
    aggregates: Mapping[str, Aggregate]
    attributes: Mapping[str, Attribute]
    audiences: Mapping[str, Audience]
    topics: Mapping[str, Topic]
    messages: Mapping[str, Message]
    journeys: Mapping[str, Journey]
    tests: tuple[Test, ...]
    merges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Profile field -> the datasets whose value of it stands, the first that has one."""
    lists: Mapping[str, MemberList] = field(default_factory=dict)
    """The lists of audiences from files."""
    offers: Mapping[str, Offer] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    statistics: Mapping[str, Statistic] = field(default_factory=dict)
    recommendations: Mapping[str, Recommendation] = field(default_factory=dict)
    webhooks: Mapping[str, Webhook] = field(default_factory=dict)
    limits: tuple[Limit, ...] = ()
    quiet_hours: tuple[QuietHours, ...] = ()
    templates: Mapping[str, str] = field(default_factory=dict)
    """The files that templates share, by their paths."""

    @property
    def kept_for(self) -> Mapping[str, Duration]:
        """How long the events of a kind are kept, where every dataset that holds them says so: the longest."""
        found: dict[str, Duration | None] = {}
        for dataset in self.datasets.values():
            for event in dataset.holds:
                known = found.get(event, Duration())
                longer = known is None or dataset.keep is None
                found[event] = (
                    None if longer else max(known or Duration(), dataset.keep or Duration(), key=length_of)
                )
        return {event: length for event, length in found.items() if length is not None and event != "profile"}

    @property
    def business(self) -> frozenset[str]:
        """The events that are about the business and happen to nobody."""
        starts = (start for journey in self.journeys.values() for start in journey.starts)
        return frozenset(s.event for s in starts if isinstance(s, StartOnEvent) and s.audience is not None)
