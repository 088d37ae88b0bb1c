"""A file: its declarations in order."""

from __future__ import annotations

from sojourn.dsl.ast.base import Node
from sojourn.dsl.ast.declarations import (
    Attribute,
    Audience,
    Catalog,
    Dataset,
    Decision,
    Define,
    Event,
    Identity,
    Limit,
    Merge,
    Message,
    Offer,
    Profile,
    QuietHours,
    Recommendation,
    Schema,
    Topic,
    Use,
    Webhook,
)
from sojourn.dsl.ast.journeys import Journey
from sojourn.dsl.ast.stories import Test
from sojourn.dsl.frozen import dataclass

__all__ = [
    "Declaration",
    "File",
]


Declaration = (
    Use | Profile | Identity | Schema | Event | Catalog | Dataset | Merge | Attribute | Define | Audience | Topic
    | Message | Limit | QuietHours | Offer | Decision | Recommendation | Webhook | Journey | Test
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class File(Node):
    """One source file: its declarations in order. Comments after the last one are in `trailing`."""

    path: str
    declarations: tuple[Declaration, ...]
