"""Templates are checked against the schemas, where their messages are sent.

A template is parsed by Jinja2 itself; its tree is then walked (`template_walk`) with a shape for every expression
(`template_values`): which fields it has, or what its elements are. What a template sees depends on the journey
that sends it (the event, the names given by `as`, the values after `with`), so it is walked once for each
different view, and each mistake is reported once, at its line in the template's own file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sojourn.dsl import checked
from sojourn.dsl.check.messages import Sent
from sojourn.dsl.check.recommendations import subject_is_there
from sojourn.dsl.check.shape import walk
from sojourn.dsl.check.shapes import Shapes
from sojourn.dsl.check.template_files import SharedFiles, template_tree
from sojourn.dsl.check.template_values import GLOBALS, OF_OFFERS, OWN_FILTERS, View
from sojourn.dsl.check.template_walk import Walk
from sojourn.dsl.check.world import World

__all__ = ["GLOBALS", "OWN_FILTERS", "check_templates", "template_tree"]


def check_templates(
    world: World,
    messages: Mapping[str, checked.Message],
    sends: Mapping[str, Sequence[Sent]],
    files: SharedFiles,
) -> None:
    """Looks into the templates of all messages."""
    _check_whens(world, messages, sends)
    parts = [
        part
        for message in messages.values()
        for variant in message.variants
        for part in variant.parts.values()
    ]
    parts += [part for offer in world.offers.values() for part in offer.parts.values()]
    if all(part.constant for part in parts):
        return
    shapes = Shapes(world)
    sent = world.trace.table("sends", sends)
    for name, message in world.names.messages.items():
        world.trace.unit("texts", message, partial(_texts, world, shapes, files, name, sent))
    for name, offer in world.names.offers.items():
        world.trace.unit("texts", offer, partial(_texts_of_offer, world, shapes, files, name))


def _texts(
    world: World, shapes: Shapes, files: SharedFiles, name: str, sends: Mapping[str, Sequence[Sent]]
) -> None:
    """Looks into the templates of a message, as they are seen from each place that sends it."""
    message = world.messages[name]
    for variant in message.variants:
        for template in variant.parts.values():
            if not template.constant:
                here = [s for s in sends.get(name, ()) if not s.channels or variant.channel in s.channels]
                _look(world, shapes, files, template, _views(shapes, here))


def _texts_of_offer(world: World, shapes: Shapes, files: SharedFiles, name: str) -> None:
    offer = world.offers[name]
    for template in offer.parts.values():
        if not template.constant:
            alone = Sent(f"{OF_OFFERS}{offer.name}", (), (), {}, {}, offer.span)
            _look(world, shapes, files, template, [View(alone, {})])


def _look(
    world: World, shapes: Shapes, files: SharedFiles, template: checked.Template, views: list[View]
) -> None:
    file = files.main(template, world.sources.get(template.path))
    for view in views:
        Walk(world, shapes, file, view, files=files).walk()


def _check_whens(
    world: World, messages: Mapping[str, checked.Message], sends: Mapping[str, Sequence[Sent]]
) -> None:
    """What is recommended in the `when` of a variant may look at the event of whoever sends it."""
    for message in messages.values():
        for variant in message.variants:
            for part in walk(variant.when) if variant.when is not None else ():
                if not isinstance(part, checked.RecommendationValue):
                    continue
                for sent in sends.get(message.name, ()):
                    here = not sent.channels or variant.channel in sent.channels
                    if here and not subject_is_there(world, part.name, sent.events, part.span):
                        break


def _views(shapes: Shapes, sends: list[Sent]) -> list[View]:
    """The different views that a template has; a name given by one send only is a `maybe` of the others."""
    if not sends:
        return [View(None, {})]
    everything = {name for sent in sends for name in (*sent.args, *sent.run)}
    views: dict[Any, View] = {}
    for sent in sends:
        names = {name: shapes.of(value.type, name) for name, value in sent.args.items()}
        names.update({name: shapes.event((event,), name) for name, event in sent.run.items()})
        key = (sent.events, tuple(sorted((name, str(shape)) for name, shape in names.items())))
        views.setdefault(key, View(sent, names, frozenset(everything - set(names))))
    return list(views.values())
