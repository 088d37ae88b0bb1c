"""The nodes of the syntax tree, made from what the parser found: one function for each rule of the grammar.

Each function takes the maker (source, comments, mistakes found on the way), where the node starts and ends, and its
children: tokens, nodes, or None for an optional part that is absent.
"""

from __future__ import annotations

from collections.abc import Mapping

from sojourn.dsl.construct import campaigns, data, expressions, journeys, stories
from sojourn.dsl.construct.maker import Maker
from sojourn.dsl.grammar import Action

__all__ = ["ACTIONS", "Maker"]

ACTIONS: Mapping[str, Action] = {
    **expressions.ACTIONS,
    **data.ACTIONS,
    **campaigns.ACTIONS,
    **journeys.ACTIONS,
    **stories.ACTIONS,
}
"""What makes each node, by the name it has in the grammar."""
