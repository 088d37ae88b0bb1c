"""Templates are checked against the schemas, where their messages are sent.

A template is parsed by Jinja2 itself; its tree is then walked (`template_walk`) with a shape for every expression
(`template_values`): which fields it has, or what its elements are. What a template sees depends on the journey
that sends it (the event, the names given by `as`, the values after `with`), so it is walked once for each
different view, and each mistake is reported once, at its line in the template's own file.
"""

from __future__ import annotations

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
    world: World, messages: dict[str, checked.Message], sends: dict[str, list[Sent]], files: SharedFiles
) -> None:
    """Looks into the templates of all messages."""
    _check_whens(world, messages, sends)
    written = [
        (message, variant, template)
        for message in messages.values()
        for variant in message.variants
        for template in variant.parts.values()
        if not template.constant
    ]
    of_offers = [
        (offer, template)
        for offer in world.offers.values()
        for template in offer.parts.values()
        if not template.constant
    ]
    if not written and not of_offers:
        return
    shapes = Shapes(world)
    for message, variant, template in written:
        here = [s for s in sends.get(message.name, ()) if not s.channels or variant.channel in s.channels]
        _look(world, shapes, files, template, _views(shapes, here))
    for offer, template in of_offers:
        alone = Sent(f"{OF_OFFERS}{offer.name}", (), (), {}, {}, offer.span)
        _look(world, shapes, files, template, [View(alone, {})])


def _look(
    world: World, shapes: Shapes, files: SharedFiles, template: checked.Template, views: list[View]
) -> None:
    file = files.main(template, world.sources.get(template.path))
    for view in views:
        Walk(world, shapes, file, view, files=files).walk()


def _check_whens(world: World, messages: dict[str, checked.Message], sends: dict[str, list[Sent]]) -> None:
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
