"""Whether it means anything to an audience that an event leaves a window.

Somebody who is not in `consent.offers is true and has product_viewed at least 4 times in last 3 days and no
purchase in last 14 days` can come into it by time alone only while they consent and have looked four times:
time makes neither true. Until an event or a change does, nobody needs to be woken because a purchase leaves the
14 days. And that a view leaves the 3 days means something only to those who are in.
"""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.dsl import checked
from sojourn.dsl.checked import Expr
from sojourn.dsl.types import BOOLEAN
from sojourn.interpreter.compile.timing import children

__all__ = ["FEW", "latch"]

FEW = 4
"""Up to how many audiences of a window are looked at; with more, somebody is woken a little too often."""

_KNOWN = (
    checked.Constant,
    checked.AttributeValue,
    checked.AggregateValue,
    checked.Logic,
    checked.Not,
    checked.Compare,
    checked.Between,
    checked.In,
    checked.TextTest,
    checked.Known,
)
"""What may stand in a term whose truth is looked at: nothing that follows the clock or anything but the person."""

_STANDING = frozenset(
    {
        "count",
        "distinct",
        "sum",
        "average",
        "smallest",
        "largest",
        "first",
        "last",
        "time of first",
        "time of last",
    }
)


def latch(workspace: checked.Workspace, condition: Expr) -> tuple[Expr | None, frozenset[str]]:
    """What time alone cannot make true though the condition needs it (None: nothing), and the aggregates that
    the rest of the condition reads.
    """
    held: list[Expr] = []
    others: set[str] = set()
    for term in _terms(condition):
        keys = _keys(workspace, term)
        if _stays_false(workspace, term, keys):
            held.append(term)
        else:
            others |= keys
    if not held:
        return None, frozenset(others)
    return held[0] if len(held) == 1 else checked.Logic("and", tuple(held), type=BOOLEAN), frozenset(others)


def _terms(condition: Expr) -> Iterator[Expr]:
    """The terms that must all be true."""
    if isinstance(condition, checked.Logic) and condition.op == "and":
        for term in condition.terms:
            yield from _terms(term)
    else:
        yield condition


def _nodes(workspace: checked.Workspace, expr: Expr) -> Iterator[Expr]:
    """Everything in an expression, attributes followed."""
    todo = [expr]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, checked.AttributeValue):
            todo.append(workspace.attributes[node.name].value)
        elif not isinstance(node, checked.Constant):
            todo.extend(children(node))


def _keys(workspace: checked.Workspace, expr: Expr) -> set[str]:
    return {node.key for node in _nodes(workspace, expr) if isinstance(node, checked.AggregateValue)}


def _stays_false(workspace: checked.Workspace, term: Expr, keys: set[str]) -> bool:
    """Whether a term that is false stays so until an event or a change comes."""
    for node in _nodes(workspace, term):
        if isinstance(node, checked.FieldValue):
            if node.scope != "profile":
                return False
        elif not isinstance(node, _KNOWN):
            return False
    aggregates = [workspace.aggregates[key] for key in keys]
    if any(aggregate.kind not in _STANDING for aggregate in aggregates):
        return False
    if all(aggregate.window is None or aggregate.window.last is None for aggregate in aggregates):
        return True
    # Of windows that slide, `at least so many` can only become false by time.
    if not isinstance(term, checked.Compare):
        return False
    left: Expr = term.left
    while isinstance(left, checked.AttributeValue):
        left = workspace.attributes[left.name].value
    return (
        term.op in (">=", ">")
        and isinstance(left, checked.AggregateValue)
        and workspace.aggregates[left.key].kind == "count"
        and isinstance(term.right, checked.Constant)
    )
