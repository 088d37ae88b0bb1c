"""The steps of one journey, made flat.

Each step gets a number, in the order written, and each block ends at the step after the one that holds it. A
step's id is its own text below those of the steps and branches around it, so an edit elsewhere leaves it as
it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sojourn.dsl import ast, checked
from sojourn.dsl.check import calls, doing, operations, webhooks
from sojourn.dsl.check.blocks import look_for_empty_blocks
from sojourn.dsl.check.doing import Entered
from sojourn.dsl.check.expressions import Expressions
from sojourn.dsl.check.labels import head, without_grouping
from sojourn.dsl.check.literals import nothing, positive_duration
from sojourn.dsl.check.messages import CHANNELS, Sent
from sojourn.dsl.check.names import event_field, finds
from sojourn.dsl.check.report import and_list, nearest
from sojourn.dsl.check.scope import Scope
from sojourn.dsl.check.world import World
from sojourn.dsl.diagnostics import Fix, Related
from sojourn.dsl.phrases import day_and_time
from sojourn.dsl.resolve import REACTIONS
from sojourn.dsl.source import Span
from sojourn.dsl.types import BOOLEAN, DATE, DATETIME, NOTHING, TEXT, TIME
from sojourn.dsl.values import Duration

__all__ = ["Steps", "name_event"]

_MOST_WORKING_DAYS = 1000
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NO_DURATION = Duration()


def name_event(
    world: World,
    expressions: Expressions,
    aliases: dict[str, tuple[str, Span]],
    alias: ast.Name,
    event: str,
) -> bool:
    """Whether a journey may give an event this name; then it is among its `aliases`."""
    name, report = alias.text, world.report
    known = aliases.get(name)
    if known is not None and known[0] != event:
        first = [Related(known[1], f"{name} is a {known[0]} here")]
        what = "name of an event"
        report.error("declared-twice", alias.span, related=first, name=name, what=what, first=what)
        return False
    if known is None and (name in ("event", "profile") or finds(expressions, name, Scope())):
        report.error("name-taken", alias.span, name=name, what="name of an event")
        return False
    aliases[name] = (event, alias.span)
    return True


class Steps:
    """Flattens the steps of one journey."""

    def __init__(
        self,
        world: World,
        expressions: Expressions,
        journey: str,
        scope: Scope,
        has_goal: bool,
    ) -> None:
        self.world = world
        self.expressions = expressions
        self.journey = journey
        self.scope = replace(scope, choices=True)
        self.sends: list[tuple[str, Sent]] = []
        """The messages that its steps send, and what each sees there."""
        self.has_goal = has_goal
        self.enters: list[Entered] = []
        """The journeys that its steps enter."""
        self._out: list[checked.Step | None] = []
        self._loops: list[tuple[str, int]] = []
        self._splits: dict[str, Span] = {}
        self.aliases: dict[str, tuple[str, Span]] = {}
        self._operations: dict[type, Callable[[Any, str, int], checked.Operation]] = {
            ast.Wait: self._wait,
            ast.WaitWorking: self._wait_working,
            ast.WaitUntil: self._wait_until,
            ast.WaitFor: self._wait_for,
            ast.If: self._if,
            ast.Match: self._match,
            ast.Split: self._split,
            ast.Send: self._send,
            ast.Set: lambda node, id, after: doing.set_field(self, node),
            ast.Add: lambda node, id, after: doing.change_list(self, node),
            ast.Remove: lambda node, id, after: doing.change_list(self, node),
            ast.Emit: lambda node, id, after: doing.emit(self, node),
            ast.CallStep: lambda node, id, after: webhooks.call(self, node),
            ast.Enter: lambda node, id, after: doing.enter(self, node),
            ast.Repeat: self._repeat,
            ast.StopRepeating: self._stop_repeating,
            ast.Stop: lambda node, id, after: checked.Stop(),
        }

    def flatten(self, steps: Sequence[ast.Step]) -> tuple[checked.Step, ...]:
        """The numbered steps."""
        self._block(steps, "", sum(map(_size, steps)))
        return tuple(step for step in self._out if step is not None)

    def _block(self, steps: Sequence[ast.Step], prefix: str, after: int) -> int:
        """Lays out a block that leads to step `after` in the end; returns the number of its first step."""
        first = len(self._out)
        seen: dict[str, int] = {}
        look_for_empty_blocks(self.world, steps)
        for index, node in enumerate(steps):
            number = len(self._out)
            following = number + _size(node) if index + 1 < len(steps) else after
            label = head(node, self.world.sources)
            # The number of rounds may be edited without moving anybody who is in the block.
            id = prefix + _numbered("repeat" if isinstance(node, ast.Repeat) else label, seen)
            if isinstance(node, ast.If) and node.on_failure:
                self._after_failure(node, steps[index - 1] if index else None)
            self._out.append(None)
            operation = self._operations[type(node)](node, id, following)
            self._out[number] = checked.Step(id, label, operation, following, node.span)
        return first if steps else after

    # ------------------------------------------------------------- waiting

    def _wait(self, node: ast.Wait, id: str, after: int) -> checked.Operation:
        return checked.Wait(positive_duration(node.duration, self.world.report, "A wait") or _NO_DURATION)

    def _wait_working(self, node: ast.WaitWorking, id: str, after: int) -> checked.Operation:
        number = node.number.value
        if number != int(number) or not 1 <= number <= _MOST_WORKING_DAYS:
            most = str(_MOST_WORKING_DAYS)
            self.world.report.error("how-many-working-days", node.number.span, number=str(number), most=most)
            return checked.Wait(_NO_DURATION)
        working = calls.country_of(self.expressions, node.country, self.scope, node.span, "A working day")
        return checked.Wait(Duration(days=int(number)), working)

    def _wait_until(self, node: ast.WaitUntil, id: str, after: int) -> checked.Operation:
        report = self.world.report
        written = head(node, self.world.sources)
        said = day_and_time(written) if isinstance(node.moment, ast.Path | ast.Number) else None
        if said is not None:
            fix = Fix(node.span, said, f"write {said}")
            report.error("other-words", node.span, fix=fix, found=written, instead=said)
            return checked.Wait(_NO_DURATION)
        days: set[int] = set()
        working: checked.Expr | None = None
        for day in node.days:
            if day == "working day":
                working = calls.country_of(
                    self.expressions, node.country, self.scope, node.span, "A working day"
                )
            elif day == "weekday":
                days.update(range(5))
            elif day == "weekend":
                days.update((5, 6))
            elif day in _DAYS:
                days.add(_DAYS.index(day))
            else:
                report.error(
                    "unknown-day",
                    node.span,
                    candidates=nearest(day, (*_DAYS, "weekday", "weekend", "working day")),
                    name=day,
                )
        at = None
        if node.at is not None:
            time = self.expressions.check(node.at, self.scope)
            at = time.value if isinstance(time, checked.Constant) and time.type == TIME else None
        moment: checked.Expr | None = None
        if isinstance(node.moment, ast.Moment):
            checked_moment = self.expressions.check(node.moment, self.scope)
            if checked_moment.type != NOTHING:
                local = dt.datetime.fromisoformat(node.moment.value)
                moment = checked.Constant(local, type=DATETIME, span=node.moment.span)
        elif node.moment is not None:
            moment = self.expressions.check(node.moment, self.scope)
            if moment.type not in (DATE, DATETIME, NOTHING):
                report.error(
                    "does-not-fit",
                    node.moment.span,
                    what="wait until",
                    type="date",
                    example="2026-12-24 9:00",
                    given=f"{self.expressions.say(node.moment)} ({moment.type})",
                )
            elif moment.type == DATETIME and at is not None:
                report.error("moment-with-time", node.span, text=self.expressions.say(node.moment))
        if node.country is not None and "working day" not in node.days:
            report.error("country-of-what", node.country.span, days=", ".join(node.days))
        return checked.WaitUntil(moment, at, frozenset(days) if node.days else frozenset(range(7)), working)

    def _wait_for(self, node: ast.WaitFor, id: str, after: int) -> checked.Operation:
        up_to = positive_duration(node.up_to, self.world.report, "`up to`")
        if node.awaited is None:
            return self._wait_for_first(node, id, after, up_to)
        awaited = node.awaited
        where = self._awaited(awaited)
        alias = None
        if awaited.alias is not None:
            alias = awaited.alias.text
            self.name_event(awaited.alias, awaited.event.text)
        self._taken(awaited)
        of = awaited.of.text if awaited.of is not None else None
        happened = self._block(node.happened, f"{id}/happened/", after)
        timed_out = self._block(node.timed_out, f"{id}/timed out/", after)
        if node.timed_out and node.up_to is None:
            self.world.report.error("never-timed-out", node.span)
        return checked.WaitFor(
            awaited.event.text, where, alias, up_to, node.since_start, happened, timed_out, of
        )

    def _wait_for_first(
        self, node: ast.WaitFor, id: str, after: int, up_to: Duration | None
    ) -> checked.Operation:
        alternatives: list[checked.Alternative] = []
        seen: dict[str, int] = {}
        unconditional: dict[str, Span] = {}
        for race in node.racing:
            awaited, label = race.awaited, head(race, self.world.sources)
            where = self._awaited(awaited)
            event = awaited.event.text
            if event in unconditional:
                first = [Related(unconditional[event], f"this takes every {event}")]
                self.world.report.error("never-first", awaited.span, related=first, event=event)
            elif awaited.where is None and awaited.of is None:
                unconditional[event] = awaited.span
            alias = None
            if awaited.alias is not None:
                alias = awaited.alias.text
                self.name_event(awaited.alias, event)
            self._taken(awaited)
            target = self._block(race.steps, f"{id}/{_numbered(label, seen)}/", after)
            of = awaited.of.text if awaited.of is not None else None
            alternatives.append(checked.Alternative(label, event, where, alias, target, of))
        if len(alternatives) == 1:
            self.world.report.error("one-alternative", node.racing[0].span)
        if node.timed_out and node.up_to is None:
            self.world.report.error("never-timed-out", node.span)
        timed_out = self._block(node.timed_out, f"{id}/timed out/", after)
        return checked.WaitForFirst(tuple(alternatives), up_to, timed_out)

    def _awaited(self, awaited: ast.Awaited) -> checked.Expr | None:
        name = awaited.event
        known = self.world.exists("event", name.text, name.span)
        if (
            awaited.of is not None
            and self.world.exists("message", awaited.of.text, awaited.of.span)
            and known
            and event_field(self.world, name.text, "message") not in (TEXT, NOTHING)
        ):
            self.world.report.error(
                "not-a-reaction",
                awaited.of.span,
                event=name.text,
                message=awaited.of.text,
                reactions=and_list(REACTIONS),
            )
        if not known or awaited.where is None:
            return None
        return self.expressions.condition(
            awaited.where, Scope(events=(name.text,), bare=True, run=self.scope.run)
        )

    def _taken(self, awaited: ast.Awaited) -> None:
        """Notes the event that a wait takes, for whoever looks for its fields in the event that started the journey."""
        given = awaited.alias.text if awaited.alias is not None else ""
        self.scope = replace(self.scope, awaited={**self.scope.awaited, awaited.event.text: given})

    def name_event(self, alias: ast.Name, event: str) -> None:
        """Puts the event that a wait caught in sight of the steps that follow."""
        if name_event(self.world, self.expressions, self.aliases, alias, event):
            self.scope = replace(self.scope, run={**self.scope.run, alias.text: event})

    # ------------------------------------------------------------ branching

    def _if(self, node: ast.If, id: str, after: int) -> checked.Operation:
        if node.on_failure:
            failed = self._block(node.arms[0].steps, f"{id}/", after)
            otherwise = after
            for arm in node.arms[1:]:
                otherwise = self._block(arm.steps, f"{id}/else/", after)
            return checked.IfFailed(failed, otherwise)
        arms: list[tuple[str, checked.Expr, int]] = []
        otherwise = after
        seen: dict[str, int] = {}
        for arm in node.arms:
            label = head(arm, self.world.sources)
            below = _numbered(label, seen)
            if arm.condition is None:
                otherwise = self._block(arm.steps, f"{id}/else/", after)
                continue
            condition = self.expressions.condition(arm.condition, self.scope)
            target = self._block(arm.steps, f"{id}/" if not arms else f"{id}/{below}/", after)
            arms.append((label, condition, target))
        return checked.Branch(tuple(arms), otherwise)

    def _after_failure(self, node: ast.If, before: ast.Step | None) -> None:
        """`if failed` speaks of the step before it, which has to be one that can fail."""
        if not isinstance(before, doing.CAN_FAIL):
            said = head(before, self.world.sources) if before is not None else ""
            why = f"“{said}” stands before it, which never fails" if said else "no step stands before it"
            start = node.span
            place = Span(start.path, start.start, start.start + len("if failed"), start.line, start.column)
            self.world.report.error("nothing-to-fail", place, why=why)

    def _match(self, node: ast.Match, id: str, after: int) -> checked.Operation:
        subject = self.expressions.check(node.subject, self.scope)
        said = self.expressions.say(node.subject)
        arms: list[tuple[str, checked.Expr, int]] = []
        otherwise = after
        seen: dict[str, int] = {}
        for case in node.cases:
            label = head(case, self.world.sources)
            below = _numbered(label, seen)
            if not case.options:
                otherwise = self._block(case.steps, f"{id}/otherwise/", after)
                continue
            condition = self._one_of(subject, case, said)
            target = self._block(case.steps, f"{id}/{below}/", after)
            arms.append((label, condition, target))
        return checked.Branch(tuple(arms), otherwise)

    def _one_of(self, subject: checked.Expr, case: ast.Case, said: str) -> checked.Expr:
        terms: list[checked.Expr] = []
        for option in case.options:
            value = self.expressions.against(option, subject.type, self.scope)
            pair = operations.comparable(
                self.world, "is", subject, value, option.span, (said, self.expressions.say(option))
            )
            if pair is None:
                return nothing(case.span)
            terms.append(checked.Compare("is", *pair, type=BOOLEAN, span=option.span))
        return (
            terms[0] if len(terms) == 1 else checked.Logic("or", tuple(terms), type=BOOLEAN, span=case.span)
        )

    def _split(self, node: ast.Split, id: str, after: int) -> checked.Operation:
        report, name = self.world.report, node.name.text
        if node.toward_goal and not self.has_goal:
            report.error("no-goal-to-move-toward", node.name.span, name=name)
        if node.toward_goal and len(node.shares) == 1:
            report.error("one-arm", node.name.span, name=name)
        if name in self._splits:
            first = Related(self._splits[name], "the first split of that name")
            report.error(
                "declared-twice", node.name.span, related=[first], name=name, what="split", first="split"
            )
        self._splits.setdefault(name, node.name.span)
        arms: list[checked.Arm] = []
        spans: dict[str, Span] = {}
        given = sum((share.percent for share in node.shares if share.percent is not None), Decimal(0))
        rests = [share for share in node.shares if share.percent is None]
        for share in node.shares:
            arm = share.name.text
            if arm in spans:
                report.error(
                    "declared-twice",
                    share.name.span,
                    related=[Related(spans[arm], "the first one")],
                    name=arm,
                    what="share",
                    first="share",
                )
            spans[arm] = share.name.span
            percent = share.percent if share.percent is not None else 100 - given
            if share.percent is not None and share.percent <= 0:
                report.error("empty-share", share.span, name=arm)
            target = self._block(share.steps, f"{id}/{arm}/", after)
            arms.append(checked.Arm(arm, Decimal(percent) / 100, target))
        if len(rests) > 1:
            report.error("two-rests", rests[1].span, related=[Related(rests[0].span, "the first rest")])
        elif given > 100 or (given == 100 and rests) or (given < 100 and not rests):
            left = f"{(100 - given).normalize():f}%" if given < 100 else ""
            advice = (
                f"{left} is left: give it to a share, or add `rest holdout`."
                if left
                else "Lower some shares."
            )
            if rests and given == 100:
                advice = f"Nothing is left for `rest {rests[0].name.text}`: lower a share, or leave it out."
            report.error("shares", node.name.span, name=name, sum=f"{given.normalize():f}%", advice=advice)
        return checked.Split(name, tuple(arms), node.toward_goal, node.sticky)

    # --------------------------------------------------------------- doing

    def _send(self, node: ast.Send, id: str, after: int) -> checked.Operation:
        report, name = self.world.report, node.message.text
        expires = positive_duration(node.expires, report, "`expires after`")
        args = self.arguments(node.args)
        if not self.world.exists("message", name, node.message.span):
            return checked.Send(name, (), ())
        message = self.world.messages.get(name)
        has = tuple(dict.fromkeys(v.channel.text for v in self.world.names.messages[name].variants))
        channels: list[str] = []
        for channel in node.channels:
            if channel.text not in has and not set(has) <= set(CHANNELS):
                continue  # a channel of the message is misspelt, and reported there
            if channel.text not in has:
                place = [Related(message.span, f"{name} is written here")] if message is not None else []
                report.error(
                    "no-such-channel",
                    channel.span,
                    candidates=nearest(channel.text, has),
                    related=place,
                    name=name,
                    channel=channel.text,
                    channels=and_list(has),
                )
            elif channel.text in channels:
                report.error(
                    "declared-twice", channel.span, name=channel.text, what="channel", first="channel"
                )
            else:
                channels.append(channel.text)
        where = Sent(self.journey, tuple(channels), self.scope.events, args, self.scope.run, node.span)
        self.sends.append((name, where))
        return checked.Send(name, tuple(channels), tuple(args.items()), expires)

    def arguments(self, args: Sequence[ast.Argument]) -> dict[str, checked.Expr]:
        """The values after `with`, by name."""
        found: dict[str, checked.Expr] = {}
        for argument in args:
            name = argument.name.text
            if name in found:
                self.world.report.error(
                    "declared-twice", argument.name.span, name=name, what="value", first="value"
                )
            elif name in ("event", "profile", "link") or name in self.scope.run:
                self.world.report.error(
                    "name-taken", argument.name.span, name=name, what="value of a message"
                )
            found[name] = self.expressions.check(argument.value, self.scope)
        return found

    # ------------------------------------------------------------- repeating

    def _repeat(self, node: ast.Repeat, id: str, after: int) -> checked.Operation:
        report, number = self.world.report, len(self._out) - 1
        if not 1 <= node.times <= doing.MOST_ROUNDS:
            report.error("bad-rounds", node.span, times=str(node.times), most=str(doing.MOST_ROUNDS))
        elif node.steps and not doing.waits(node.steps):
            report.error("loop-without-wait", node.span)
        self._loops.append((id, after))
        body = self._block(node.steps, f"{id}/", number)
        self._loops.pop()
        return checked.Repeat(node.times, body)

    def _stop_repeating(self, node: ast.StopRepeating, id: str, after: int) -> checked.Operation:
        condition = None
        if node.condition is not None:
            condition = self.expressions.condition(node.condition, self.scope)
        if not self._loops:
            self.world.report.error("not-in-a-loop", node.span)
            return checked.Stop()
        loop, target = self._loops[-1]
        return checked.StopRepeating(condition, loop, target)


def _numbered(label: str, seen: dict[str, int]) -> str:
    """The label, with ` (2)` behind it when it stands in the block a second time."""
    label = without_grouping(label)
    seen[label] = seen.get(label, 0) + 1
    return f"{label} ({seen[label]})" if seen[label] > 1 else label


def _size(step: ast.Step) -> int:
    """How many numbers a step takes, its blocks included."""
    match step:
        case ast.If():
            blocks: list[Sequence[ast.Step]] = [arm.steps for arm in step.arms]
        case ast.Match():
            blocks = [case.steps for case in step.cases]
        case ast.Split():
            blocks = [share.steps for share in step.shares]
        case ast.WaitFor():
            blocks = [*(race.steps for race in step.racing), step.happened, step.timed_out]
        case ast.Repeat():
            blocks = [step.steps]
        case _:
            return 1
    return 1 + sum(_size(inner) for block in blocks for inner in block)
