"""Topics and messages: channels, their parts, and the files that texts stand in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from sojourn.dsl import ast, checked
from sojourn.dsl.check.expressions import Expressions
from sojourn.dsl.check.report import and_list, nearest
from sojourn.dsl.check.scope import Scope
from sojourn.dsl.check.standards import text_problem
from sojourn.dsl.check.world import World
from sojourn.dsl.diagnostics import Fix, Related
from sojourn.dsl.source import Span
from sojourn.dsl.types import NOTHING, URL

__all__ = ["CHANNELS", "ReadText", "Sent", "TextFile", "check_messages", "check_topics", "read_template"]

CHANNELS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "email": (("subject", "body"), ()),
    "sms": (("text",), ()),
    "push": (("title", "text"), ()),
    "webhook": (("post", "body"), ()),
}
"""The channels: their required and their optional parts."""

OTHER_CHANNELS = {
    "mail": "email",
    "e_mail": "email",
    "text": "sms",
    "notification": "push",
    "whatsapp": "sms",
    "app": "push",
}
_HTML = {("email", "body")}
_WHEN_SENT = Scope(choices=True, sent=True)
"""A variant's `when` looks at the person, and at what is decided and recommended, when the message is sent."""


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file beside the workspace: its path (as diagnostics name it), its text; or why it cannot be
    read.

    `nearest` are files with names like the missing one.
    """

    path: str
    text: str = ""
    problem: str = ""
    nearest: tuple[str, ...] = ()


ReadText = Callable[[str, str], TextFile]
"""`read(journey file, reference)`: a file named in a journey file."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One `send` of a message: what its templates can see there.

    `events` are the events that may have started the journey (empty: it starts on an audience). `uncertain`
    are those names in `args` and `run` that are not there on every way.
    """

    journey: str
    channels: tuple[str, ...]
    events: tuple[str, ...]
    args: Mapping[str, checked.Expr]
    run: Mapping[str, str]
    span: Span = field(compare=False)


def check_topics(world: World) -> dict[str, checked.Topic]:
    """The topics."""
    return {
        name: checked.Topic(name, node.mode, node.description, node.span)
        for name, node in world.names.topics.items()
    }


def check_messages(world: World, expressions: Expressions, read: ReadText) -> dict[str, checked.Message]:
    """The messages, their templates read but not yet looked into."""
    return {
        name: world.trace.unit("message", node, partial(_message, world, expressions, node, read))
        for name, node in world.names.messages.items()
    }


def address_field(world: World, channel: str) -> str | None:
    """The profile field that holds a channel's address, None when there is none."""
    if channel in ("email", "sms"):
        kind = "email" if channel == "email" else "phone"
        return next((f.name for f in world.profile.values() if f.type.kind == kind), None)
    return "push_token" if channel == "push" and "push_token" in world.profile else None


def _message(world: World, expressions: Expressions, node: ast.Message, read: ReadText) -> checked.Message:
    name = node.name.text
    topic = node.topic.text if node.topic is not None else None
    if node.topic is not None:
        world.exists("topic", node.topic.text, node.topic.span)
    if not node.variants:
        world.report.error("message-without-channel", node.name.span, name=name)
    variants: list[checked.Variant] = []
    plain: dict[str, ast.Variant] = {}
    for variant in node.variants:
        channel = variant.channel.text
        if channel not in CHANNELS:
            others = OTHER_CHANNELS.get(channel)
            candidates = (others,) if others else nearest(channel, CHANNELS)
            world.report.error(
                "unknown-channel",
                variant.channel.span,
                candidates=candidates,
                name=channel,
                channels=and_list(CHANNELS),
            )
            continue
        if variant.when is None:
            if channel in plain:
                first = Related(plain[channel].span, f"the first {channel} without `when`")
                world.report.error(
                    "channel-twice", variant.channel.span, related=[first], channel=channel, name=name
                )
            plain[channel] = variant
        when = expressions.condition(variant.when, _WHEN_SENT) if variant.when is not None else None
        address = address_field(world, channel)
        if address is None and channel != "webhook":
            _no_address(world, variant, channel)
        parts = _parts(world, variant, read)
        variants.append(checked.Variant(channel, when, parts, address, variant.span))
    return checked.Message(name, topic, tuple(variants), node.description, node.span)


def _no_address(world: World, variant: ast.Variant, channel: str) -> None:
    names = world.names
    world.trace.spoil()  # whether it is said depends on whether it was said before
    if any(d.code == "no-address" and d.facts["channel"] == channel for d in world.report.found):
        return
    if names.partial or names.lost_fields or any(f.type == NOTHING for f in world.profile.values()):
        return
    wants = {
        "email": "a field of type email: `email  email`",
        "sms": "a field of type phone: `phone  phone`",
        "push": "a field named push_token: `push_token  text`",
    }[channel]
    world.report.error("no-address", variant.channel.span, channel=channel, wants=wants)


def _parts(world: World, variant: ast.Variant, read: ReadText) -> dict[str, checked.Template]:
    channel = variant.channel.text
    required, optional = CHANNELS[channel]
    parts: dict[str, checked.Template] = {}
    for part in variant.parts:
        name = part.name.text
        if name not in required + optional:
            candidates = nearest(name, required + optional)
            world.report.error(
                "unknown-part",
                part.name.span,
                candidates=candidates,
                name=name,
                channel=channel,
                parts=and_list(required + optional),
            )
            continue
        if name in parts:
            world.report.error("declared-twice", part.name.span, name=name, what="part", first="part")
            continue
        template = read_template(world, part, (channel, name) in _HTML, read)
        if template is not None:
            parts[name] = template
        elif part.is_file:
            parts[name] = checked.Template("", part.span.path, part.span.line, constant=True)
    written = {part.name.text for part in variant.parts}
    missing = [name for name in required if name not in written]
    unknown = [name for name in written if name not in required + optional]
    if missing and len(unknown) < len(missing):
        world.report.error("missing-part", variant.channel.span, channel=channel, part=missing[0])
    return parts


def read_template(world: World, part: ast.Part, html: bool, read: ReadText) -> checked.Template | None:
    """The text of a part, from the journey file or a file of its own; None after a report."""
    if not part.is_file:
        source, path, line = part.text.value, part.text.span.path, part.text.span.line
        text_file = world.sources.get(path)
        if text_file is not None and part.text.value_start:
            line = text_file.span(part.text.value_start, part.text.value_start).line
    else:
        found = read(part.span.path, part.text.value)
        if found.problem:
            code = "file-missing" if found.problem == "missing" else "file-unreadable"
            world.report.error(
                code, part.text.span, candidates=found.nearest, file=part.text.value, why=found.problem
            )
            return None
        source, path, line = found.text, found.path, 1
    if not source.strip():
        world.report.error("empty-part", part.text.span, part=part.name.text)
        return None
    if part.name.text == "post" and not part.is_file and "{" not in source:
        problem = text_problem(source.strip(), URL)
        if problem is not None:
            fix = (
                Fix(part.text.span, f'"{problem.instead[0]}"', f"write {problem.instead[0]}")
                if problem.instead
                else None
            )
            shown = [f'"{text}"' for text in problem.instead]
            world.report.error(
                "not-a-value",
                part.text.span,
                candidates=shown,
                fix=fix,
                text=source,
                what=problem.what,
                type="url",
            )
    constant = not any(mark in source for mark in ("{{", "{%", "{#"))
    shared = () if constant else world.files.below(path, source)
    return checked.Template(source, path, line, html=html, constant=constant, files=shared)
