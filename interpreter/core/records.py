"""The one kind of input that comes from outside: a record, already checked and in canonical form."""

from __future__ import annotations

from typing import Any

__all__ = ["Record"]


class Record:
    """An event, or an update of the profile alone (`event` is ""), as it came through the door.

    `at` is when it happened and `received` when it arrived: instants, microseconds since 1970 UTC; `at` is
    never later. `profile` holds canonical profile values by field name, identifiers and consents among them;
    `properties` the event's canonical values by field name (declared ones; what was not declared is only in
    `raw`). `quiet` records start no journeys and resume none (imports, unless asked): they update what is
    known. `raw` is the text as it came, "" where there was none (a test, an emit).
    """

    __slots__ = ("at", "dataset", "event", "id", "profile", "properties", "quiet", "raw", "received")

    def __init__(
        self,
        id: str,
        event: str,
        at: int,
        received: int,
        profile: dict[str, Any],
        properties: dict[str, Any],
        dataset: str = "",
        quiet: bool = False,
        raw: str = "",
    ) -> None:
        self.id = id
        self.event = event
        self.at = at
        self.received = received
        self.profile = profile
        self.properties = properties
        self.dataset = dataset
        self.quiet = quiet
        self.raw = raw

    def __repr__(self) -> str:
        return f"Record({self.id!r}, {self.event!r}, at={self.at}, {self.profile}, {self.properties})"
