"""Versions that ran before and that runs still go by.

A run ends on the version it began on: on that version's journey, its steps and settings. What is known of
people, and what messages say, is that of today, so that a mended text or a mended attribute counts for everybody;
what today's workspace no longer has is taken from the version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sojourn.dsl import checked

__all__ = ["Kept", "with_kept"]

_BY_NAME = (
    "schemas", "events", "catalogs", "aggregates", "attributes", "audiences", "topics", "messages", "lists", "offers",
    "decisions", "recommendations", "webhooks", "templates",
)  # fmt: skip


class Kept(NamedTuple):
    """A version of a program, and its workspace."""

    version: str
    workspace: checked.Workspace


def with_kept(
    workspace: checked.Workspace, kept: Sequence[Kept]
) -> tuple[checked.Workspace, dict[str, dict[str, checked.Journey]]]:
    """The workspace with what older versions need besides, and for each version its journeys that are others today.

    The versions are in order, the latest last: of two that have what is gone, the later one counts.
    """
    journeys: dict[str, dict[str, checked.Journey]] = {}
    for version, old in reversed(kept):
        journeys[version] = {
            name: journey for name, journey in old.journeys.items() if workspace.journeys.get(name) != journey
        }
        if not journeys[version]:
            continue
        more: dict[str, Any] = {}
        for table in _BY_NAME:
            have = getattr(workspace, table)
            missing = {name: value for name, value in getattr(old, table).items() if name not in have}
            if missing:
                more[table] = {**have, **missing}
        if more:
            workspace = replace(workspace, **more)
    return workspace, journeys
