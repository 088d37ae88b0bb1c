"""A journey's flat steps as the tree that a picture shows.

A checked journey is flat: each step knows the number of the one that follows its block. From these the blocks
are found again: the steps from a branch's target up to the step after the branching.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from sojourn.dsl import ast, checked
from sojourn.dsl.check.labels import head
from sojourn.dsl.source import NOWHERE, SourceFile, Span

__all__ = ["Arm", "Branching", "Card", "Counts", "Item", "Kind", "Loop", "Outline", "outlined"]

Kind = Literal["start", "wait", "send", "do", "split", "choice", "loop", "stop", "end"]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many came where. All by step id; `taken` and `converted` by (step id, branch as it is recorded).

    `came`: how often somebody came to the step; `waiting`: who stands there now; `notes`: further facts, one line
    each ("12 not sent: no consent to offers"). `converted`: who took this branch and reached the goal.
    """

    started: int = 0
    came: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)
    taken: Mapping[tuple[str, str], int] = field(default_factory=dict)
    converted: Mapping[tuple[str, str], int] = field(default_factory=dict)
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    finished: int = 0
    """Runs that came to the end of the journey."""


@dataclass(frozen=True, slots=True)
class Card:
    """One step. `facts` are lines of numbers below its text; `flow` is how many came (None without counts)."""

    kind: Kind
    text: str
    step: str = ""
    span: Span = NOWHERE
    facts: tuple[str, ...] = ()
    flow: int | None = None


@dataclass(frozen=True, slots=True)
class Arm:
    """One way on from a branching."""

    label: str
    items: tuple[Item, ...]
    facts: tuple[str, ...] = ()
    flow: int | None = None


@dataclass(frozen=True, slots=True)
class Branching:
    """A step with several ways on, which come together after it. `card` is None for an `if`: its arms say it all."""

    card: Card | None
    arms: tuple[Arm, ...]
    step: str
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Loop:
    """A block that is gone through several times."""

    card: Card
    items: tuple[Item, ...]


Item = Card | Branching | Loop


@dataclass(frozen=True, slots=True)
class Outline:
    """All that the picture of one journey shows. `settings` are lines such as `exit on purchase`."""

    name: str
    description: str
    starts: tuple[Card, ...]
    settings: tuple[str, ...]
    items: tuple[Item, ...]
    most: int
    """The largest number that can flow anywhere (1 without counts)."""
    counted: bool


def outlined(
    journey: checked.Journey, sources: Mapping[str, SourceFile], counts: Counts | None = None
) -> Outline:
    """The tree of a journey."""
    return _Outliner(journey, dict(sources), counts).outline()


def ends_here(items: tuple[Item, ...]) -> bool:
    """Whether nobody comes out at the end of a block."""
    for item in items:
        if isinstance(item, Card) and item.kind in ("stop", "end"):
            return True
        if isinstance(item, Branching) and all(ends_here(arm.items) for arm in item.arms):
            return True
    return False


class _Outliner:
    def __init__(
        self, journey: checked.Journey, sources: dict[str, SourceFile], counts: Counts | None
    ) -> None:
        self.journey = journey
        self.sources = sources
        self.counts = counts
        self.numbers = {step.id: number for number, step in enumerate(journey.steps)}

    def outline(self) -> Outline:
        journey, counts = self.journey, self.counts
        starts = tuple(Card("start", self._start(start), span=start.span) for start in journey.starts)
        items = list(self._block(0, len(journey.steps)))
        if not ends_here(tuple(items)):
            facts = (f"{counts.finished:,} came here",) if counts is not None else ()
            items.append(Card("end", "end", facts=facts, flow=counts.finished if counts else None))
        if starts and counts is not None:
            last = starts[-1]
            facts = (f"{counts.started:,} started",)
            starts = (*starts[:-1], Card("start", last.text, "", last.span, facts, counts.started))
        most = (
            max([counts.started, *counts.came.values(), *counts.taken.values()], default=0) if counts else 1
        )
        return Outline(
            journey.name, journey.description, starts, tuple(self._settings()), tuple(items), max(1, most),
            counts is not None,
        )  # fmt: skip

    # ------------------------------------------------------------- settings

    def _words(self, span: Span, otherwise: str) -> str:
        return head(ast.Stop(span=span), self.sources) if span.path in self.sources else otherwise

    def _start(self, start: checked.Start) -> str:
        match start:
            case checked.StartOnEvent():
                return self._words(start.span, f"start on {start.event}")
            case checked.StartOnAudience():
                verb = "entering" if start.entering else "leaving"
                return self._words(start.span, f"start when {verb} {start.audience}")
            case checked.StartOnSchedule():
                return self._words(start.span, f"start {start.label}")
            case checked.StartOnDate():
                return self._words(start.span, f"start on {start.label}")

    def _settings(self) -> Iterator[str]:
        journey = self.journey
        for exit in journey.exits:
            yield exit.label
        if journey.goal is not None:
            yield self._words(journey.goal.span, f"goal {journey.goal.event}")

    # ---------------------------------------------------------------- steps

    def _block(self, first: int, end: int) -> Iterator[Item]:
        """The items from step `first` to the step `end`, which is the first one after the block."""
        number = first
        while number != end and number < len(self.journey.steps):
            step = self.journey.steps[number]
            yield self._item(number, step)
            number = step.next

    def _item(self, number: int, step: checked.Step) -> Item:
        operation = step.operation
        match operation:
            case checked.Branch():
                other = "otherwise" if step.label.startswith("match") else "else"
                ways = [(label, label, target) for label, _, target in operation.arms]
                ways.append((other, other, operation.otherwise))
                card = self._card("choice", step) if other == "otherwise" else None
                return self._branching(step, card, ways)
            case checked.IfFailed():
                return self._branching(
                    step, None,
                    [("if failed", "if failed", operation.failed), ("else", "else", operation.otherwise)],
                )  # fmt: skip
            case checked.WaitFor():
                happened, timed_out = operation.happened, operation.timed_out
                ways = [("happened", "happened", happened)]
                if operation.up_to is not None:
                    ways.append(("timed out", "timed out", timed_out))
                return self._wait_for(step, ways)
            case checked.WaitForFirst():
                ways = [(arm.label, arm.label, arm.target) for arm in operation.alternatives]
                if operation.up_to is not None:
                    ways.append(("timed out", "timed out", operation.timed_out))
                return self._wait_for(step, ways)
            case checked.Split():
                ways = [
                    (f"{float(arm.share * 100):.4g}% {arm.name}", arm.name, arm.target)
                    for arm in operation.arms
                ]
                return self._branching(step, self._card("split", step), ways)
            case checked.Repeat():
                return Loop(self._card("loop", step), tuple(self._block(operation.body, number)))
            case checked.Stop():
                return self._card("stop", step)
            case checked.Send():
                return self._card("send", step)
            case checked.Wait() | checked.WaitUntil():
                return self._card("wait", step)
            case checked.StopRepeating():
                return self._card("choice", step)
            case _:
                return self._card("do", step)

    def _wait_for(self, step: checked.Step, ways: list[tuple[str, str, int]]) -> Item:
        if all(target == step.next for _, _, target in ways):
            return self._card("wait", step, [(label, branch) for label, branch, _ in ways])
        return self._branching(step, self._card("wait", step), ways)

    def _branching(
        self, step: checked.Step, card: Card | None, ways: list[tuple[str, str, int]]
    ) -> Branching:
        counts = self.counts
        total = sum(counts.taken.get((step.id, branch), 0) for _, branch, _ in ways) if counts else 0
        arms = []
        for label, branch, target in ways:
            facts: tuple[str, ...] = ()
            flow = None
            if counts is not None:
                flow = counts.taken.get((step.id, branch), 0)
                share = f" · {flow / total:.0%}" if total else ""
                facts = (f"{flow:,}{share}",)
                converted = counts.converted.get((step.id, branch))
                if converted is not None:
                    rate = f" ({converted / flow:.1%})" if flow else ""
                    facts += (f"{converted:,} reached the goal{rate}",)
            arms.append(Arm(label, tuple(self._block(target, step.next)), facts, flow))
        return Branching(card, tuple(arms), step.id, step.span)

    def _card(self, kind: Kind, step: checked.Step, ways: list[tuple[str, str]] | None = None) -> Card:
        counts = self.counts
        if counts is None:
            return Card(kind, step.label, step.id, step.span)
        came = counts.came.get(step.id, 0)
        facts = [f"{came:,}"]
        waiting = counts.waiting.get(step.id, 0)
        if waiting:
            facts[0] += f" · {waiting:,} still here"
        for label, branch in ways or ():
            facts.append(f"{counts.taken.get((step.id, branch), 0):,} {label}")
        facts += counts.notes.get(step.id, ())
        return Card(kind, step.label, step.id, step.span, tuple(facts), came)
