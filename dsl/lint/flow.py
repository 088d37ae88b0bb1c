"""The ways through one journey: which step follows which, how long it takes to get there, and what is certain there.

Lengths of time are microseconds; a month counts as 28 days where the least is asked for and as 31 where the most is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from sojourn.dsl import checked
from sojourn.dsl.check.shape import walk
from sojourn.dsl.lint.reasoning import Reasoner, Truth, conjuncts
from sojourn.dsl.values import DAY, Duration

__all__ = ["Edge", "Flow", "least", "most", "targets"]

Edge = tuple[int, tuple[Truth, ...]]
"""A step to go on at, and what is so when the run goes that way."""

_WEEK = 7 * DAY


def least(duration: Duration) -> int:
    """The shortest that a length of time can be."""
    return (duration.months * 28 + duration.days) * DAY + duration.microseconds - _hour(duration)


def most(duration: Duration) -> int:
    """The longest that a length of time can be: days may have 25 hours."""
    return (duration.months * 31 + duration.days) * DAY + duration.microseconds + _hour(duration)


def _hour(duration: Duration) -> int:
    return DAY // 24 if duration.months or duration.days else 0


def targets(step: checked.Step) -> tuple[int, ...]:
    """The steps that may come after a step."""
    return tuple(target for target, _ in edges(step))


def edges(step: checked.Step) -> tuple[Edge, ...]:
    """The steps that may come after a step, with what is so on the way there."""
    match step.operation:
        case checked.Stop():
            return ()
        case checked.WaitFor() as wait:
            ways: tuple[Edge, ...] = ((wait.happened, ()),)
            return ways if wait.up_to is None else (*ways, (wait.timed_out, ()))
        case checked.WaitForFirst() as wait:
            found = tuple((alternative.target, ()) for alternative in wait.alternatives)
            return found if wait.up_to is None else (*found, (wait.timed_out, ()))
        case checked.Branch() as branch:
            arms: list[Edge] = []
            refused: tuple[Truth, ...] = ()
            for _, condition, target in branch.arms:
                arms.append((target, (*refused, (condition, True))))
                refused = (*refused, (condition, False))
            return (*arms, (branch.otherwise, refused))
        case checked.Split() as split:
            return tuple((arm.target, ()) for arm in split.arms)
        case checked.Repeat() as repeat:
            return ((repeat.body, ()), (step.next, ()))
        case checked.StopRepeating() as stop:
            if stop.condition is None:
                return ((stop.target, ()),)
            return ((stop.target, ((stop.condition, True),)), (step.next, ((stop.condition, False),)))
        case checked.IfFailed() as failed:
            return ((failed.failed, ()), (failed.otherwise, ()))
        case _:
            return ((step.next, ()),)


_STAYS = (checked.Branch, checked.Split, checked.Repeat, checked.StopRepeating, checked.IfFailed)
"""Steps that change nothing of what is known of a person, and take no time (quiet hours may hold a send)."""


class Flow:
    """The ways through one journey. `entered`: another one may enter it, too."""

    def __init__(self, journey: checked.Journey, reasoner: Reasoner, entered: bool = False) -> None:
        self.journey = journey
        self.entered = entered
        self.steps = journey.steps
        self.reasoner = reasoner
        self.end = len(journey.steps)
        """The number of the place behind the last step."""

    @property
    def start_event(self) -> str:
        """The event that every run begins with, "" where there is none or it may be another."""
        events = {getattr(start, "event", "") for start in self.journey.starts}
        return events.pop() if len(events) == 1 else ""

    @cached_property
    def before(self) -> tuple[tuple[int, ...], ...]:
        """The steps that may come right before each."""
        found: list[list[int]] = [[] for _ in range(self.end + 1)]
        for number, step in enumerate(self.steps):
            for target in targets(step):
                found[target].append(number)
        return tuple(map(tuple, found))

    @cached_property
    def reached(self) -> frozenset[int]:
        """The steps to which a way leads, conditions aside."""
        return frozenset(self.after(0)) | {0}

    def after(self, number: int) -> Iterator[int]:
        """The steps that may come after a step, the end of the journey included."""
        seen: set[int] = set()
        ahead = list(targets(self.steps[number])) if number < self.end else []
        while ahead:
            at = ahead.pop()
            if at in seen:
                continue
            seen.add(at)
            yield at
            if at < self.end:
                ahead.extend(targets(self.steps[at]))

    @cached_property
    def earliest(self) -> tuple[int | None, ...]:
        """How long after the start each step is reached at the earliest; None for one that is not."""
        found: list[int | None] = [None] * (self.end + 1)
        found[0] = 0
        ahead = [0]
        while ahead:
            at = ahead.pop()
            if at == self.end:
                continue
            since = found[at]
            assert since is not None
            for target, takes in self._shortest(self.steps[at]):
                known = found[target]
                if known is None or since + takes < known:
                    found[target] = since + takes
                    ahead.append(target)
        return tuple(found)

    def _shortest(self, step: checked.Step) -> Iterator[tuple[int, int]]:
        match step.operation:
            case checked.Wait(duration=duration):
                yield step.next, max(0, least(duration))
            case checked.WaitFor(up_to=up_to) as wait:
                yield wait.happened, 0
                if up_to is not None:
                    yield wait.timed_out, max(0, least(up_to))
            case checked.WaitForFirst(up_to=up_to) as wait:
                for alternative in wait.alternatives:
                    yield alternative.target, 0
                if up_to is not None:
                    yield wait.timed_out, max(0, least(up_to))
            case _:
                for target in targets(step):
                    yield target, 0

    def longest(self, step: checked.Step) -> int | None:
        """How long a step takes at the most; None where that is not known."""
        match step.operation:
            case checked.Wait(duration=duration):
                return most(duration)
            case checked.WaitFor(up_to=up_to) | checked.WaitForFirst(up_to=up_to):
                return None if up_to is None else most(up_to)
            case checked.WaitUntil(moment=None):
                return _WEEK + DAY // 24
            case checked.WaitUntil() | checked.CallWebhook():
                return None
            case checked.Send():
                return 0
            case _:
                return 0

    def at_once(self) -> Iterator[tuple[int, bool]]:
        """The steps of the first instant, each with whether every run comes to it then."""
        sure = True
        at = 0
        while at < self.end and sure:
            step = self.steps[at]
            if isinstance(step.operation, (*checked.WAITS, checked.CallWebhook, checked.Stop)):
                return
            yield at, True
            ways = set(targets(step))
            if len(ways) == 1:
                at = ways.pop()
            else:
                sure = False
                for later in self.without_waiting(ways):
                    yield later, False

    def without_waiting(self, ways: Iterable[int]) -> Iterator[int]:
        seen: set[int] = set()
        ahead = sorted(ways, reverse=True)
        while ahead:
            at = ahead.pop()
            if at in seen or at == self.end:
                continue
            seen.add(at)
            step = self.steps[at]
            if isinstance(step.operation, (*checked.WAITS, checked.CallWebhook, checked.Stop)):
                continue
            yield at
            ahead.extend(targets(step))

    # ------------------------------------------------------------ certainties

    def at_start(self) -> tuple[Truth, ...]:
        """What is so at the instant a run begins, by whatever starts it."""
        if len(self.journey.starts) != 1:
            return ()
        start = self.journey.starts[0]
        audiences = self.reasoner.workspace.audiences
        match start:
            case checked.StartOnEvent():
                found: tuple[Truth, ...] = ()
                if start.where is not None:
                    found = tuple((part, True) for part in conjuncts(start.where))
                if start.audience is not None and start.audience in audiences:
                    found = (*found, (audiences[start.audience].condition, True))
                return found
            case checked.StartOnAudience() if start.audience in audiences:
                return ((audiences[start.audience].condition, start.entering),)
            case checked.StartOnSchedule() if start.audience in audiences:
                return ((audiences[start.audience].condition, True),)
            case _:
                return ()

    @cached_property
    def certain(self) -> tuple[tuple[Truth, ...], ...]:
        """What is so when a step begins, on whatever way the run came there.

        A step that takes time, or changes something, leaves only what is about the starting event.
        """
        known: list[frozenset[Truth] | None] = [None] * (self.end + 1)
        known[0] = frozenset(self.at_start())
        if self.entered:
            known[0] = frozenset()
        for number, step in enumerate(self.steps):
            here = known[number]
            if here is None:
                continue
            if any(earlier >= number for earlier in self.before[number]):
                here = known[number] = frozenset(truth for truth in here if _is_lasting(truth[0]))
            left = here
            if not isinstance(step.operation, _STAYS):
                left = frozenset(truth for truth in here if _is_lasting(truth[0]))
            for target, more in edges(step):
                if target <= number:
                    continue
                found = left | frozenset(_parts(more))
                old = known[target]
                known[target] = found if old is None else old & found
        return tuple(tuple(here or ()) for here in known)


def _parts(truths: Iterable[Truth]) -> Iterator[Truth]:
    for condition, so in truths:
        if so:
            yield from ((part, True) for part in conjuncts(condition))
        else:
            yield condition, False


def _is_lasting(condition: checked.Expr) -> bool:
    """Whether it is about the starting event alone, which stays what it is."""
    for part in walk(condition):
        match part:
            case checked.FieldValue(scope="event") | checked.Constant() | checked.Logic() | checked.Not():
                pass
            case checked.Compare() | checked.Between() | checked.In() | checked.TextTest() | checked.Known():
                pass
            case checked.Arithmetic() | checked.Negative():
                pass
            case _:
                return False
    return True
