"""Journeys: their settings, and their steps made flat and numbered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeVar

from sojourn.dsl import ast, checked
from sojourn.dsl.check.doing import Entered, check_entered
from sojourn.dsl.check.expressions import Expressions
from sojourn.dsl.check.labels import head
from sojourn.dsl.check.literals import positive_duration
from sojourn.dsl.check.messages import Sent
from sojourn.dsl.check.scope import START_ON_EVENT, Scope
from sojourn.dsl.check.starts import check_starts, check_where
from sojourn.dsl.check.steps import Steps, name_event
from sojourn.dsl.check.world import World
from sojourn.dsl.check.zones import check_zone
from sojourn.dsl.diagnostics import Related
from sojourn.dsl.source import Span

__all__ = ["check_journeys"]

T = TypeVar("T")
_NO_EVENT = {
    checked.StartOnAudience: "when somebody enters or leaves an audience",
    checked.StartOnSchedule: "at a fixed time",
    checked.StartOnDate: "on a date of the person",
}
_ONCE: dict[type, str] = {
    ast.Again: "again",
    ast.Goal: "goal",
    ast.Times: "times",
    ast.OnePer: "one per",
    ast.ExistingMembers: "existing members",
    ast.EndsAfter: "ends after",
}


@dataclass(frozen=True, slots=True)
class _Settings:
    again: ast.Again | None = None
    goal: ast.Goal | None = None
    times: ast.Times | None = None
    one_per: ast.OnePer | None = None
    existing: ast.ExistingMembers | None = None
    ends: ast.EndsAfter | None = None


def check_journeys(
    world: World, expressions: Expressions
) -> tuple[dict[str, checked.Journey], dict[str, tuple[Sent, ...]]]:
    """The journeys, and for each message where it is sent."""
    sends: dict[str, list[Sent]] = {}
    entered: list[Entered] = []
    journeys = {}
    for name, node in world.names.journeys.items():
        found = world.trace.unit("journey", node, partial(_journey, world, expressions, node))
        journeys[name] = found.journey
        entered += found.entered
        for message, sent in found.sends:
            sends.setdefault(message, []).append(sent)
    check_entered(world, journeys, world.messages, entered)
    return journeys, {message: tuple(places) for message, places in sends.items()}


@dataclass(frozen=True, slots=True)
class _Found:
    """A journey, what it sends (the message, and what that sees there), and the journeys that its steps enter."""

    journey: checked.Journey
    sends: tuple[tuple[str, Sent], ...]
    entered: tuple[Entered, ...]


def _journey(world: World, expressions: Expressions, node: ast.Journey) -> _Found:
    name = node.name.text
    report = world.report
    starts = check_starts(world, expressions, node)
    on_events = tuple(dict.fromkeys(s.event for s in starts if isinstance(s, checked.StartOnEvent)))
    on_audience = any(isinstance(s, checked.StartOnAudience) for s in starts)
    how = next((_NO_EVENT[type(s)] for s in starts if not isinstance(s, checked.StartOnEvent)), "")
    without = f"This journey starts {how}, so there is no starting event." if how else ""
    if not starts:  # what is wrong with the start has been said: any event will do
        on_events = ("",)
    aliases: dict[str, tuple[str, Span]] = {}
    for setting in node.settings:
        if isinstance(setting, ast.StartOnEvent) and setting.alias is not None:
            name_event(world, expressions, aliases, setting.alias, setting.event.text)
    named = {alias: event for alias, (event, _) in aliases.items()}
    settings = _settings(world, node)
    zone: checked.Expr | None = None
    fallback = "UTC"
    if settings.times is not None:
        zone, fallback = check_zone(world, expressions, settings.times, "times in")
    clock = None if settings.times is None else (zone, fallback)
    scope = Scope(events=() if without else on_events, run=named, zone=clock)
    if without:
        scope = replace(scope, why_no_event=without, instead=START_ON_EVENT)
    exits: list[checked.ExitOnEvent | checked.ExitWhen] = []
    for setting in node.settings:
        if isinstance(setting, ast.ExitOnEvent):
            where = check_where(world, expressions, setting.event, setting.where, scope)
            exits.append(
                checked.ExitOnEvent(setting.event.text, where, head(setting, world.sources), setting.span)
            )
        elif isinstance(setting, ast.ExitWhen):
            condition = expressions.condition(setting.condition, scope, exact=True)
            exits.append(checked.ExitWhen(condition, head(setting, world.sources), setting.span))
    goal = None
    if settings.goal is not None:
        goal_node = settings.goal
        where = check_where(world, expressions, goal_node.event, goal_node.where, scope)
        within = positive_duration(goal_node.within, report, "A goal")
        goal = checked.Goal(goal_node.event.text, where, within, goal_node.span)
    again: Literal["always", "never", "after"] = "always"
    again_after = None
    if settings.again is not None:
        again = settings.again.mode
        again_after = positive_duration(settings.again.after, report, "`again after`")
    ends = (
        positive_duration(settings.ends.duration, report, "`ends after`")
        if settings.ends is not None
        else None
    )
    existing = settings.existing
    over = None
    if existing is not None and existing.over is not None:
        over = positive_duration(existing.over, report, "`enter over`")
    if existing is not None and existing.mode == "enter" and not on_audience and starts:
        report.error("no-members", existing.span, name=name)
    if not node.steps:
        report.error("journey-without-steps", node.name.span, name=name)
    steps = Steps(world, expressions, name, scope, goal is not None)
    steps.aliases.update(aliases)
    flat = steps.flatten(node.steps)
    journey = checked.Journey(
        name=name,
        starts=starts,
        again=again,
        again_after=again_after,
        exits=tuple(exits),
        goal=goal,
        zone=zone,
        zone_fallback=fallback,
        one_per=_one_per(world, expressions, settings.one_per, scope),
        ends_after=ends,
        existing_members=existing.mode if existing is not None else "ignored",
        steps=flat,
        description=node.description,
        span=node.span,
        existing_over=over,
    )
    return _Found(journey, tuple(steps.sends), tuple(steps.enters))


def _settings(world: World, node: ast.Journey) -> _Settings:
    found: dict[type, ast.Setting] = {}
    for setting in node.settings:
        what = _ONCE.get(type(setting))
        if what is None:
            continue
        if type(setting) in found:
            first = Related(found[type(setting)].span, "the first one")
            world.report.error("setting-twice", setting.span, related=[first], setting=what)
        else:
            found[type(setting)] = setting

    def one(cls: type[T]) -> T | None:
        setting = found.get(cls)
        return setting if isinstance(setting, cls) else None

    return _Settings(
        one(ast.Again),
        one(ast.Goal),
        one(ast.Times),
        one(ast.OnePer),
        one(ast.ExistingMembers),
        one(ast.EndsAfter),
    )


def _one_per(
    world: World, expressions: Expressions, node: ast.OnePer | None, scope: Scope
) -> checked.Expr | None:
    if node is None:
        return None
    if not scope.events:
        world.report.error("no-event-here", node.key.span, why=scope.why_no_event, instead=scope.instead)
        return None
    key = expressions.check(node.key, Scope(events=scope.events, bare=True, person=False))
    if key.type.kind in ("list", "schema", "location", "money", "percent"):
        world.report.error("bad-run-key", node.key.span, text=expressions.say(node.key), type=str(key.type))
    return key
