"""`test` blocks: what is given, what happens, what is expected; every name and value checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import partial
from typing import Any, TypeVar

from sojourn.dsl import ast, checked
from sojourn.dsl.check.cases import cases
from sojourn.dsl.check.cast import Cast
from sojourn.dsl.check.data import constant
from sojourn.dsl.check.expressions import Expressions
from sojourn.dsl.check.literals import duration, positive_duration
from sojourn.dsl.check.messages import CHANNELS
from sojourn.dsl.check.report import and_list, nearest
from sojourn.dsl.check.scope import Scope
from sojourn.dsl.check.starts import change_event
from sojourn.dsl.check.world import World
from sojourn.dsl.check.zones import is_zone
from sojourn.dsl.diagnostics import Fix, Related
from sojourn.dsl.source import Span
from sojourn.dsl.types import NOTHING
from sojourn.dsl.values import UTC, Duration, instant_to_iso, local_to_instant, zone

__all__ = ["check_tests"]


def check_tests(world: World, expressions: Expressions) -> tuple[checked.Test, ...]:
    """The tests, in the order written."""
    splits = world.trace.table("splits", _splits(world.names.journeys.values()))
    found: list[checked.Test] = []
    spans: dict[str, Span] = {}
    business = world.trace.table("events of nobody", _business(world.journeys.values()))
    for node in world.names.tests:
        name = node.name.value
        if name in spans:
            first = Related(spans[name], "the first one")
            world.report.error(
                "declared-twice", node.name.span, related=[first], name=f"“{name}”", what="test", first="test"
            )
        spans.setdefault(name, node.name.span)
        found += world.trace.unit("test", node, partial(_test, world, expressions, splits, business, node))
    return tuple(found)


def _test(
    world: World,
    expressions: Expressions,
    splits: Mapping[str, set[str]],
    business: Mapping[str, bool],
    node: ast.Test,
) -> tuple[checked.Test, ...]:
    """The cases of a test."""
    found: list[checked.Test] = []
    name = node.name.value
    if not any(isinstance(item, ast.Expect) for item in node.items):
        world.report.error("test-expects-nothing", node.name.span, name=name)
    for case in cases(node, world.report, world.sources):
        clock = _clock_zone(world, case.items)
        here = zone(clock) if clock else _zone_of(world, case.items)
        cast = Cast(world, case.items, business)
        items = tuple(
            item
            for written in case.items
            for item in _item(world, expressions, splits, cast, _timed(written, here))
        )
        found.append(checked.Test(name, items, node.span, case.title, case.span, clock))
    return tuple(found)


def _business(journeys: Iterable[checked.Journey]) -> dict[str, bool]:
    """The events that happen to nobody."""
    starts = (start for journey in journeys for start in journey.starts)
    return {s.event: True for s in starts if isinstance(s, checked.StartOnEvent) and s.audience is not None}


def _splits(journeys: Iterable[ast.Journey]) -> dict[str, set[str]]:
    """The arms of each split, by its name, over all journeys."""
    found: dict[str, set[str]] = {}

    def look(steps: Iterable[ast.Step]) -> None:
        for step in steps:
            match step:
                case ast.Split():
                    found.setdefault(step.name.text, set()).update(share.name.text for share in step.shares)
                    for share in step.shares:
                        look(share.steps)
                case ast.If():
                    for arm in step.arms:
                        look(arm.steps)
                case ast.Match():
                    for case in step.cases:
                        look(case.steps)
                case ast.WaitFor():
                    for block in (*(race.steps for race in step.racing), step.happened, step.timed_out):
                        look(block)
                case ast.Repeat():
                    look(step.steps)
                case _:
                    pass

    for journey in journeys:
        look(journey.steps)
    return found


def _item(
    world: World,
    expressions: Expressions,
    splits: Mapping[str, set[str]],
    cast: Cast,
    node: ast.TestItem,
) -> list[checked.TestItem]:
    match node:
        case ast.Each() | ast.ClockZone():
            return []  # put in, and looked at, before
        case ast.Given():
            return [_given(world, expressions, cast, node)]
        case ast.Answers():
            who = cast.of_some(node.who)
            return [replace(item, who=who) for item in _answers(world, expressions, node)]
        case ast.Choose():
            who = cast.of_some(node.who)
            return [replace(item, who=who) for item in _choose(world, splits, node)]
        case ast.Reacts():
            who = cast.of_some(node.who)
            return [replace(item, who=who) for item in _reacts(world, node)]
        case ast.Ago():
            length = positive_duration(node.duration, world.report, "A while ago")
            events = _events(world, expressions, cast, node.events)
            return [checked.Before(length or Duration(), events, node.span)]
        case ast.At():
            return _at(world, expressions, cast, node)
        case ast.After():
            if isinstance(node.duration, ast.Path):
                return []  # reported where the cell was put in
            after = duration(node.duration, world.report)
            return [checked.Clock(None, after, _events(world, expressions, cast, node.events), node.span)]
        case _:
            return _expectation(world, expressions, cast, node)


def _given(world: World, expressions: Expressions, cast: Cast, node: ast.Given) -> checked.Given:
    values: dict[str, Any] = {}
    names = world.names
    for target, written in node.values:
        parts = [str(part) for part in target.parts]
        name = ".".join(parts[1:] if parts[0] == "profile" and len(parts) > 1 else parts)
        field = world.profile.get(name)
        if field is None:
            first = name.split(".")[0]
            if first in names.attributes or first in names.defines:
                world.report.error("not-settable", target.span, name=first)
            elif first in world.profile:
                world.note_written(first, target)
                part = world.part_of_profile(name.split("."), target.span)
                if part is not None:
                    value = constant(expressions, written, part.type, name)
                    _put(values, name.split("."), value)
            elif first == "consent" and "." in name:
                world.exists("topic", name.split(".", 1)[1], target.span)
            elif first not in names.lost_fields and not names.partial:
                world.unknown_field("The profile", name, target.span, world.profile)
            continue
        world.note_written(name, target)
        if name in values:
            world.report.error("declared-twice", target.span, name=name, what="value", first="value")
        values[name] = constant(expressions, written, field.type, name)
    return checked.Given(values, node.span, "" if node.who is None else cast.named(node.who))


def _put(values: dict[str, Any], parts: list[str], value: Any) -> None:
    """Puts a value where `address.city` says."""
    for part in parts[:-1]:
        below = values.get(part)
        values[part] = dict(below) if isinstance(below, dict) else {}
        values = values[part]
    values[parts[-1]] = value


def _clock_zone(world: World, items: Iterable[ast.TestItem]) -> str:
    """The zone that the test itself says, as in `times in "Asia/Tokyo"`; "" where it says none."""
    for item in items:
        if isinstance(item, ast.ClockZone):
            return _zone_name(world, item.zone)
    return ""


def _zone_name(world: World, node: ast.Text | None) -> str:
    if node is None or not is_zone(world, node):
        return ""
    return node.value


def _zone_of(world: World, items: Iterable[ast.TestItem]) -> dt.tzinfo:
    """The zone of the test's person, the first of several, which its times are in; UTC where none is given."""
    field = next((name for name, field in world.profile.items() if field.type.kind == "timezone"), None)
    given = [item for item in items if isinstance(item, ast.Given)]
    profile = [item for item in given if item.who is None]
    first = given[0].who if given and given[0].who is not None else None
    for item in profile or [item for item in given if item.who == first]:
        for target, written in item.values:
            if target.parts[-1] == field and isinstance(written, ast.Text):
                try:
                    return zone(written.value)
                except (KeyError, ValueError):
                    return UTC  # reported where the value is checked
    return UTC


def _timed(item: ast.TestItem, here: dt.tzinfo) -> ast.TestItem:
    """The item with the moments among its values as instants. Those of `at` have a clock of their own."""
    match item:
        case ast.Given() | ast.Answers() | ast.ExpectTrue() | ast.ExpectEmitted():
            return _in_zone(item, here)
        case ast.Ago() | ast.At() | ast.After():
            return replace(item, events=_in_zone(item.events, here))
        case _:
            return item


N = TypeVar("N")


def _in_zone(node: N, here: dt.tzinfo) -> N:
    """The same tree, in which every moment says its instant."""
    if isinstance(node, ast.Moment):
        try:
            instant = local_to_instant(dt.datetime.fromisoformat(node.value), here)
        except ValueError:
            return node  # no such date: reported where the value is checked
        return replace(node, value=instant_to_iso(instant))
    if isinstance(node, tuple):
        return type(node)(_in_zone(part, here) for part in node)
    if is_dataclass(node) and isinstance(node, ast.Node):
        parts = {f.name: getattr(node, f.name) for f in fields(node) if f.init}
        timed = {name: _in_zone(part, here) for name, part in parts.items()}
        changed = {
            name: part for name, part in timed.items() if part is not parts[name] and part != parts[name]
        }
        return replace(node, **changed) if changed else node
    return node


def _answers(world: World, expressions: Expressions, node: ast.Answers) -> list[Any]:
    name = node.webhook.text
    if not world.exists("webhook", name, node.webhook.span) or name not in world.answers:
        return []
    if node.times_out:
        return [checked.Answered(name, None, "", node.span, True)]
    if node.fails:
        return [checked.Answered(name, None, _text(node.because) or "the test says so", node.span)]
    answers = world.answers[name]
    values: dict[str, Any] = {}
    for argument in node.args:
        field = answers.fields.get(argument.name.text)
        if field is None:
            world.unknown_field(
                f"The answer of {name}", argument.name.text, argument.name.span, answers.fields
            )
            continue
        if field.name in values:
            world.report.error(
                "declared-twice", argument.name.span, name=field.name, what="value", first="value"
            )
        values[field.name] = constant(expressions, argument.value, field.type, field.name)
    return [checked.Answered(name, values, "", node.span)]


def _choose(world: World, splits: Mapping[str, set[str]], node: ast.Choose) -> list[Any]:
    split, arm = node.split.text, node.arm.text
    if split not in splits:
        if not world.names.lost and not world.names.partial:
            have = f"Splits: {and_list(sorted(splits))}." if splits else "No journey has a split."
            world.report.error(
                "unknown-name",
                node.split.span,
                candidates=nearest(split, splits),
                name=split,
                what="split",
                have=have,
            )
        return []
    if arm not in splits[split]:
        arms = sorted(splits[split])
        world.report.error(
            "unknown-arm",
            node.arm.span,
            candidates=nearest(arm, arms),
            name=arm,
            split=split,
            arms=and_list(arms),
        )
        return []
    return [checked.Choose(split, arm, node.span)]


_ENDINGS = {
    "opened": "email_opened",
    "clicked": "message_clicked",
    "delivered": "message_delivered",
    "replied": "message_replied",
    "complained": "message_complained",
}
"""What a message `is`, and the reaction that it means."""


def _reacts(world: World, node: ast.Reacts) -> list[Any]:
    message, what = node.message.text, node.what.text
    if not world.exists("message", message, node.message.span):
        return []
    because = _text(node.because)
    if what == "fails":
        return [checked.Reacts(message, "", {}, Duration(), True, because or "the test says so", node.span)]
    if what == "bounces":
        reason = because or "no such mailbox"
        said = {"kind": "hard", "reason": reason}
        return [checked.Reacts(message, "message_bounced", said, Duration(), True, reason, node.span)]
    if what not in _ENDINGS:
        world.report.error(
            "unknown-reaction",
            node.what.span,
            candidates=nearest(what, _ENDINGS),
            name=what,
            reactions=and_list(_ENDINGS, "or"),
        )
        return []
    after = Duration()
    if isinstance(node.after, ast.DurationLiteral):
        after = duration(node.after, world.report) or after
    return [checked.Reacts(message, _ENDINGS[what], {}, after, False, "", node.span)]


def _text(node: ast.Text | ast.Path | None) -> str:
    """What a text says; "" for one that is not there."""
    return node.value if isinstance(node, ast.Text) else ""


def _at(world: World, expressions: Expressions, cast: Cast, node: ast.At) -> list[Any]:
    if not isinstance(node.moment, ast.Moment):
        return []  # reported where the cell was put in
    events = _events(world, expressions, cast, node.events)
    moment = None
    try:
        moment = dt.datetime.fromisoformat(node.moment.value)
    except ValueError:
        world.report.error("no-such-date", node.moment.span, text=node.moment.value.replace("T", " "))
    return [checked.Clock(moment, None, events, node.span, _zone_name(world, node.zone))]


def _events(
    world: World, expressions: Expressions, cast: Cast, written: tuple[ast.Occurs, ...]
) -> tuple[checked.TestEvent, ...]:
    found = (_occurs(world, expressions, cast, event) for event in written)
    return tuple(event for event in found if event is not None)


def _occurs(world: World, expressions: Expressions, cast: Cast, node: ast.Occurs) -> checked.TestEvent | None:
    name = node.event.text
    if node.change_of is not None:
        if change_event(world, node.change_of) is None:
            return None
    elif not world.exists("event", name, node.event.span):
        return None
    event = world.events[name]
    properties = _properties(world, expressions, event, node.args)
    given = {argument.name.text for argument in node.args}
    missing = [
        f.name for f in event.fields.values() if f.required and f.default is None and f.name not in given
    ]
    unknown = given - set(event.fields)
    if missing and not unknown:
        world.report.error(
            "required-value",
            node.event.span,
            event=name,
            names=and_list(missing),
            related=[Related(event.fields[missing[0]].span, "required here")],
        )
    return checked.TestEvent(name, properties, node.span, _by(world, cast, node))


def _by(world: World, cast: Cast, node: ast.Occurs) -> str:
    """Who does it; "" for an event about the business, which happens to nobody."""
    name = node.event.text
    if name not in cast.business:
        return cast.who(node.who, node.event.span, f"{name} by")
    if node.who is not None:
        fix = Fix(_behind(node.event.span, node.who.span), "", "leave it out")
        world.report.error("happens-to-nobody", node.who.span, fix=fix, event=name, who=node.who.text)
    return ""


def _behind(first: Span, last: Span) -> Span:
    """From the end of one name to the end of another on the line."""
    column = first.column + first.end - first.start
    return Span(first.path, first.end, last.end, first.line, column)


def _properties(
    world: World, expressions: Expressions, event: checked.Event, args: tuple[ast.Argument, ...]
) -> dict[str, Any]:
    """The canonical values of an event's fields that are given."""
    name = event.name
    properties: dict[str, Any] = {}
    for argument in args:
        field = event.fields.get(argument.name.text)
        if field is None:
            world.unknown_field(f"The event {name}", argument.name.text, argument.name.span, event.fields)
            continue
        world.uses.note("field", field.name, argument.name.span, f"event {name}")
        if field.name in properties:
            world.report.error(
                "declared-twice", argument.name.span, name=field.name, what="value", first="value"
            )
        properties[field.name] = constant(expressions, argument.value, field.type, field.name)
    return properties


def _expectation(world: World, expressions: Expressions, cast: Cast, node: ast.Expect) -> list[Any]:
    who = cast.who(node.who, node.span, "This " + _WHOSE.get(type(node), "for"))
    condition = None
    values: dict[str, Any] = {}
    match node:
        case ast.ExpectSent():
            if world.exists("message", node.message.text, node.message.span):
                _sent(world, world.messages[node.message.text], node)
        case ast.ExpectNothing():
            pass
        case ast.ExpectCalled():
            world.exists("webhook", node.webhook.text, node.webhook.span)
            _parts(world, node.with_parts, ["body", "post"], "webhook")
        case ast.ExpectEmitted():
            if world.exists("event", node.event.text, node.event.span):
                values = _properties(world, expressions, world.events[node.event.text], node.args)
        case ast.ExpectOffered():
            world.exists("offer", node.offer.text, node.offer.span)
        case ast.ExpectTrue():
            condition = expressions.condition(node.condition, Scope(choices=True))
            if condition.type == NOTHING:
                return []
        case _:
            world.exists("journey", node.journey.text, node.journey.span)
            if isinstance(node, ast.ExpectWaiting):
                _waits(world, node)
    return [checked.Expectation(node, condition, node.span, values, who)]


_WHOSE: dict[type[ast.Expect], str] = dict.fromkeys(
    (ast.ExpectSent, ast.ExpectNothing, ast.ExpectOffered), "to"
)
"""The word before the person where it is not `for`."""


def _sent(world: World, message: checked.Message, node: ast.ExpectSent) -> None:
    has = list(dict.fromkeys(variant.channel for variant in message.variants))
    channels = has
    if node.channel is not None:
        channel = node.channel.text
        written = {variant.channel.text for variant in world.names.messages[message.name].variants}
        if channel not in has and not written <= set(CHANNELS):
            return  # a channel of the message is misspelt, and reported there
        if channel not in has:
            world.report.error(
                "no-such-channel",
                node.channel.span,
                candidates=nearest(channel, has),
                name=message.name,
                channel=channel,
                channels=and_list(has),
            )
            return
        channels = [channel]
    parts = [part for channel in channels for part in (*CHANNELS[channel][0], *CHANNELS[channel][1])]
    _parts(world, node.with_parts, parts, and_list(channels, "or"))
    _zone_name(world, node.zone)
    if isinstance(node.at, ast.Moment):
        try:
            dt.datetime.fromisoformat(node.at.value)
        except ValueError:
            world.report.error("no-such-date", node.at.span, text=node.at.value.replace("T", " "))


def _parts(world: World, checks: tuple[ast.PartCheck, ...], parts: list[str], channel: str) -> None:
    """Each part of a message that an expectation speaks of is one that it has."""
    for check in checks:
        if check.part.text not in parts:
            world.report.error(
                "unknown-part",
                check.part.span,
                candidates=nearest(check.part.text, parts),
                name=check.part.text,
                channel=channel,
                parts=and_list(dict.fromkeys(parts)),
            )


def _waits(world: World, node: ast.ExpectWaiting) -> None:
    """`waiting at "…"` names a wait that exists: otherwise the test could never pass, or never fail."""
    journey = world.journeys.get(node.journey.text)
    if journey is None:
        return
    wanted = " ".join(node.step.value.split()).casefold()
    standing: tuple[type, ...] = checked.WAITS
    if world.facts["quiet hours"] or "quiet" in world.names.lost:
        standing += (checked.Send,)
    labels = [step.label for step in journey.steps if isinstance(step.operation, standing)]
    if not any(label.casefold().startswith(wanted) for label in labels):
        have = (
            f"Its waits: {and_list(dict.fromkeys(f'“{label}”' for label in labels))}."
            if labels
            else "It has no waits."
        )
        world.report.error(
            "unknown-wait",
            node.step.span,
            candidates=nearest(node.step.value, labels),
            text=node.step.value,
            journey=journey.name,
            have=have,
        )
