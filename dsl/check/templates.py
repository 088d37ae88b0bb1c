"""Templates are checked against the schemas where their messages are sent."""

from __future__ import annotations

from sojourn.dsl import checked
from sojourn.dsl.check.messages import Sent
from sojourn.dsl.check.world import World

__all__ = ["check_templates"]


def check_templates(world: World, messages: dict[str, checked.Message], sends: dict[str, list[Sent]]) -> None:
    """Looks into the templates of all messages."""
