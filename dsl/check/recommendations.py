"""Recommendations: by what the rows of a catalog are ranked, and what is left out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from sojourn.dsl import ast, checked
from sojourn.dsl.check.decisions import MOST_PICKED
from sojourn.dsl.check.expressions import Expressions
from sojourn.dsl.check.history import MOST_LAST, remembered, window_of
from sojourn.dsl.check.report import and_list, nearest
from sojourn.dsl.check.scope import PERSON
from sojourn.dsl.check.world import World
from sojourn.dsl.print_checked import to_data
from sojourn.dsl.source import Span
from sojourn.dsl.types import NOTHING, Type, list_of, ref

__all__ = ["check_recommendations", "subject_is_there"]

_WORDS = ("bought together with", "most", "newest", "seen", "bought")
_USUAL = {"seen": "product_viewed", "bought": "purchase", "bought together with": "purchase"}
"""The event that is meant where none is named."""


def check_recommendations(world: World, expressions: Expressions) -> dict[str, checked.Recommendation]:
    """The recommendations; what they count of everybody goes to `world.statistics`."""
    for name, node in world.names.recommendations.items():
        if not world.exists("catalog", node.catalog.text, node.catalog.span):
            continue
        if not 1 <= node.pick <= MOST_PICKED:
            world.report.error("how-many-picked", node.span, pick=str(node.pick), most=str(MOST_PICKED))
            continue
        if node.by is None:
            world.report.error(
                "incomplete-block", node.name.span, what=f"recommendation {name}", needs="`by …`"
            )
            continue
        made = _Rankings(world, expressions, name, node)
        by = made.ranking(node.by)
        otherwise = made.ranking(node.otherwise) if node.otherwise is not None else None
        excluded = None
        if node.excluded is not None:
            if node.excluded.kind in ("seen", "bought"):
                excluded = made.ranking(node.excluded)
            else:
                text = expressions.say(node.excluded)
                world.report.error("except-what", node.excluded.span, text=text)
                continue
        if by is None or (node.otherwise is not None and otherwise is None):
            continue
        if node.excluded is not None and excluded is None:
            continue
        world.recommendations[name] = checked.Recommendation(
            name, node.catalog.text, node.pick, by, excluded, otherwise, node.description, node.span
        )
    return world.recommendations.plain()


class _Rankings:
    """The rankings of one recommendation."""

    def __init__(self, world: World, expressions: Expressions, name: str, node: ast.Recommendation) -> None:
        self.world = world
        self.expressions = expressions
        self.name = name
        self.node = node
        self.catalog = node.catalog.text

    def ranking(self, node: ast.Ranking) -> checked.Ranking | None:
        """One ranking; None after a report."""
        label = self.expressions.say(node)
        if node.kind == "newest":
            return self._newest(node, label)
        if node.kind not in _WORDS:
            candidates = nearest(node.kind, _WORDS)
            self.world.report.error("unknown-ranking", node.span, candidates=candidates, name=node.kind)
            return None
        event = self._event(node)
        if event is None:
            return None
        products = self._products(event, node.span)
        window = None
        if node.window is not None:
            window = window_of(self.expressions, node.window)
            if window is None:
                return None
        if products is None:
            return None
        if node.kind in ("seen", "bought"):
            made = checked.Aggregate(
                "", "last n", event, (), products, None, window, list_of(products.type), limit=MOST_LAST,
                span=node.span,
            )  # fmt: skip
            history = remembered(self.expressions, made, node.span)
            return checked.Ranking("seen", label, history=history)
        last = window.last if window is not None else None
        subject = None
        if node.kind == "bought together with":
            assert node.subject is not None
            if isinstance(products, checked.ListOf):
                self.world.report.error("one-product", node.span, event=event, catalog=self.catalog)
                return None
            subject = self._subject(node.subject)
            if subject is None:
                return None
        kind: checked.StatisticKind = "together" if subject is not None else "most"
        fixed = window if window is not None and window.last is None else None
        meaning = [kind, event, to_data(products), self.catalog, last is not None, to_data(fixed)]
        text = json.dumps(meaning, separators=(",", ":"))
        key = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
        self.world.statistics[key] = checked.Statistic(
            key, kind, event, products, self.catalog, last is not None, fixed
        )
        return checked.Ranking(kind, label, statistic=key, subject=subject, last=last)

    def _newest(self, node: ast.Ranking, label: str) -> checked.Ranking | None:
        fields = self.world.catalogs[self.catalog].fields.values()
        dated = [field.name for field in fields if field.type.kind in ("date", "datetime")]
        if not dated:
            self.world.report.error("no-date-in-catalog", node.span, catalog=self.catalog)
            return None
        return checked.Ranking("newest", label, field=dated[0])

    def _event(self, node: ast.Ranking) -> str | None:
        """The event a ranking is about: the one it names, or the usual one."""
        if node.event is not None:
            return node.event.text if self.world.exists("event", node.event.text, node.event.span) else None
        by = self.node.by
        together = by is not None and by.kind == "bought together with"
        if node.kind == "bought" and by is not None and by.event is not None and together:
            return by.event.text if by.event.text in self.world.events else None
        usual = _USUAL[node.kind]
        if usual in self.world.events:
            return usual
        self.world.report.error(
            "which-event", node.span, text=self.expressions.say(node), usual=usual, kind=node.kind.split()[0]
        )
        return None

    def _products(self, event: str, span: Span) -> checked.Expr | None:
        """The rows of the catalog that an event names, as a list."""
        found = list(_paths_to(self.world, self.world.events[event].fields, self.catalog))
        if len(found) == 1:
            return found[0][1]
        if any(
            one.code in ("unknown-type", "unknown-name", "file-missing") for one in self.world.report.found
        ):
            return None  # the field that would name them may be the one with the mistake
        names = [path for path, _ in found]
        has = f"names {and_list(names)}" if names else f"names no {self.catalog}"
        self.world.report.error("which-product", span, event=event, catalog=self.catalog, has=has)
        return None

    def _subject(self, node: ast.Path) -> checked.Expr | None:
        """What the rows are bought together with: of the event that started the journey, or of the person."""
        if node.parts[0] == "event":
            parts = node.parts[1:]
            for event in self.world.events.values():
                found = _along(self.world, event.fields, parts, self.catalog)
                if found is not None:
                    self.world.subjects[self.name] = parts
                    return found
        else:
            found = self.expressions.check(node, PERSON)
            if found.type == NOTHING:
                return None
            if found.type == list_of(ref(self.catalog)):
                return found
            if found.type == ref(self.catalog):
                return checked.ListOf((found,), type=list_of(found.type), span=node.span)
        text = self.expressions.say(node)
        self.world.report.error("no-such-subject", node.span, text=text, catalog=self.catalog)
        return None


def _paths_to(
    world: World, fields: Mapping[str, checked.Field], catalog: str
) -> Iterable[tuple[str, checked.Expr]]:
    """Every way from an event to rows of a catalog: (as it is written, as a list)."""
    for name, field in fields.items():
        inside = field.type.of if field.type.kind == "list" else field.type
        if inside is None:
            continue
        ways: list[tuple[str, ...]] = [(name,)] if inside == ref(catalog) else []
        if inside.kind == "schema" and inside.name in world.schemas:
            below = world.schemas[inside.name].fields.values()
            ways += [(name, f.name) for f in below if f.type in (ref(catalog), list_of(ref(catalog)))]
        for way in ways:
            found = _along(world, fields, way, catalog)
            if found is not None:
                yield ".".join(way), found


def _along(
    world: World, fields: Mapping[str, checked.Field], parts: tuple[str | int, ...], catalog: str
) -> checked.Expr | None:
    """The rows of a catalog at a path inside an event, as a list; lists on the way are gone through."""
    if not parts or parts[0] not in fields:
        return None
    type: Type = fields[str(parts[0])].type
    found: checked.Expr = checked.FieldValue("event", (parts[0],), type=type)
    gathered: tuple[str, ...] = ()
    for part in parts[1:]:
        if isinstance(part, int):
            if (
                type.kind != "list"
                or type.of is None
                or gathered
                or not isinstance(found, checked.FieldValue)
            ):
                return None
            type = type.of
            found = checked.FieldValue("event", (*found.path, part), type=type)
            continue
        through = type.kind == "list"
        inner = type.of if through else type
        if inner is None or inner.kind != "schema" or inner.name not in world.schemas:
            return None
        below = world.schemas[inner.name].fields
        if part not in below:
            return None
        type = below[part].type
        if through or gathered:
            if through and gathered:
                return None
            base = found.base if isinstance(found, checked.Gathered) else found
            gathered = (*gathered, part)
            found = checked.Gathered(base, gathered, type=list_of(type))
        elif isinstance(found, checked.FieldValue):
            found = checked.FieldValue("event", (*found.path, part), type=type)
    if found.type == list_of(ref(catalog)):
        return found
    return checked.ListOf((found,), type=list_of(found.type)) if found.type == ref(catalog) else None


def subject_is_there(world: World, name: str, events: Iterable[str], place: Span) -> bool:
    """Whether the events that a journey starts on have what a recommendation looks at; reports it when not.

    With an `otherwise` it may do without.
    """
    parts = world.subjects.get(name)
    recommendation = world.recommendations.get(name)
    if parts is None or recommendation is None or recommendation.otherwise is not None:
        return True
    events = [event for event in events if event in world.events]
    without = [
        e for e in events if _along(world, world.events[e].fields, parts, recommendation.catalog) is None
    ]
    if events and not without:
        return True
    path = "event." + ".".join(map(str, parts))
    where = f"{without[0]} has no such field" if without else "no event starts this journey"
    world.report.error("nothing-to-go-by", place, name=name, text=path, where=where)
    return False
