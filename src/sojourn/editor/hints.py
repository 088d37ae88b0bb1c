"""What is shown between the lines: what a test or a journey can be asked to do, and what a value comes to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.dsl import ast, checked
from sojourn.dsl.source import Span
from sojourn.editor.snapshot import Snapshot

if TYPE_CHECKING:
    from sojourn.editor.sizes import Known

__all__ = ["Hint", "Lens", "hints", "lenses", "sizes"]


@dataclass(frozen=True, slots=True)
class Lens:
    """Something that can be done above a line: `command` with `argument`, and what it says."""

    place: Span
    title: str
    command: str
    argument: str


@dataclass(frozen=True, slots=True)
class Hint:
    """A remark behind a place, and what is told of it when one points at it."""

    offset: int
    text: str
    told: str = ""


def lenses(snapshot: Snapshot, tree: ast.File) -> list[Lens]:
    """Above each test: run it; above each journey: simulate it, and how many tests speak of it."""
    found = []
    tests = [
        node for file in snapshot.compiled.asts for node in file.declarations if isinstance(node, ast.Test)
    ]
    for node in tree.declarations:
        match node:
            case ast.Test():
                found.append(Lens(node.name.span, "Run this test", "sojourn.test", node.name.value))
            case ast.Journey():
                count = sum(_speaks_of(test, node.name.text) for test in tests)
                said = f"{count} test{'s' if count != 1 else ''}"
                found.append(Lens(node.name.span, f"Simulate ({said})", "sojourn.simulate", node.name.text))
    return found


def _speaks_of(test: ast.Test, journey: str) -> bool:
    return any(getattr(item, "journey", None) == ast.Name(journey) for item in test.items)


def hints(snapshot: Snapshot, tree: ast.File) -> list[Hint]:
    """The type behind each attribute, and what the rest of a split is."""
    workspace = snapshot.compiled.workspace
    found: list[Hint] = []
    for node in tree.declarations:
        if (
            isinstance(node, ast.Attribute)
            and workspace is not None
            and node.name.text in workspace.attributes
        ):
            found.append(Hint(node.name.span.end, f": {workspace.attributes[node.name.text].value.type}"))
        elif isinstance(node, ast.Journey):
            found += _rests(node.steps)
    if workspace is not None:
        found += _topics(workspace, tree)
    return sorted(found, key=lambda hint: hint.offset)


def _rests(steps: tuple[ast.Step, ...]) -> list[Hint]:
    found: list[Hint] = []
    for step in steps:
        if isinstance(step, ast.Split):
            said = sum(share.percent for share in step.shares if share.percent is not None)
            for share in step.shares:
                if share.percent is None and said < 100:
                    found.append(Hint(share.name.span.end, f" {(100 - said):f}%".rstrip()))
        for block in _blocks(step):
            found += _rests(block)
    return found


def _blocks(step: ast.Step) -> list[tuple[ast.Step, ...]]:
    match step:
        case ast.If():
            return [arm.steps for arm in step.arms]
        case ast.Match():
            return [case.steps for case in step.cases]
        case ast.Split():
            return [share.steps for share in step.shares]
        case ast.WaitFor():
            return [step.happened, step.timed_out, *(race.steps for race in step.racing)]
        case ast.Repeat():
            return [step.steps]
        case _:
            return []


def _topics(workspace: checked.Workspace, tree: ast.File) -> list[Hint]:
    """Behind the topic of a message: who hears of it."""
    said = {"opt in": "who said yes", "opt out": "who has not said no", "always": "everybody"}
    return [
        Hint(node.topic.span.end, f" → {said[workspace.topics[node.topic.text].mode]}")
        for node in tree.declarations
        if isinstance(node, ast.Message) and node.topic is not None and node.topic.text in workspace.topics
    ]


# -------------------------------------------------------------------- sizes


def sizes(snapshot: Snapshot, tree: ast.File, known: Known, begin: int, end: int) -> list[Hint]:
    """How many people are in each audience whose name stands between two places, how many are under way in each
    journey, and how many of them stand at each of its steps.
    """
    found: list[Hint] = []
    for node in tree.declarations:
        if isinstance(node, ast.Audience) and begin <= node.name.span.end <= end:
            if (hint := _size(snapshot.compiled.workspace, node, known)) is not None:
                found.append(hint)
        elif isinstance(node, ast.Journey) and node.span.start <= end and node.span.end >= begin:
            found += _under_way(snapshot, node, known)
    return [hint for hint in found if begin <= hint.offset <= end]


def _size(workspace: checked.Workspace | None, node: ast.Audience, known: Known) -> Hint | None:
    """The size of an audience, by the rule that the store ran; none where it never ran any."""
    from sojourn.interpreter.runtime.spreading import meaning_of

    name, stored = node.name.text, known.sizes
    people = stored.audiences.get(name)
    if people is None:
        return None
    text, told = f" {_counted(people, 'person', 'people')}", _as_of(known)
    if stored.unsettled:
        text += " so far"
        told = f"A change of the rules has not reached everybody yet. {told}"
    if workspace is None or stored.meanings.get(name) != meaning_of(workspace, name):
        text += " (by the rule that runs now)"
        told = (
            f"What is written here does not run yet: by it, others may be in {name}. `sojourn plan` compares. {told}"
            if workspace is not None
            else f"Whether what is written here is the rule that runs is known once it has no mistakes. {told}"
        )
    return Hint(node.name.span.end, text, told)


def _under_way(snapshot: Snapshot, node: ast.Journey, known: Known) -> list[Hint]:
    """Behind the name of a journey those who are under way in it, behind each step those who stand there."""
    standing = known.sizes.under_way.get(node.name.text)
    if not standing:
        return []
    told = _as_of(known)
    workspace = snapshot.compiled.workspace
    journey = None if workspace is None else workspace.journeys.get(node.name.text)
    found: list[Hint] = []
    here = 0
    for step in () if journey is None else journey.steps:
        count = standing.get(step.id)
        source = snapshot.source(step.span.path)
        if count and source is not None:
            here += count
            place = _end_of_line(source.text, step.span.start, step.label)
            found.append(Hint(place, f" {count:,} {_doing(step.operation)} here", told))
    everybody = sum(standing.values())
    if journey is not None and here < everybody:
        elsewhere = everybody - here
        told = (
            f"{elsewhere:,} of them {'stands' if elsewhere == 1 else 'stand'} at steps that are not written here: "
            f"they go by an earlier version of the journey. {told}"
        )
    return [Hint(node.name.span.end, f" {everybody:,} under way", told), *found]


def _doing(operation: checked.Operation) -> str:
    """What somebody does who stands at a step."""
    match operation:
        case checked.CallWebhook():
            return "waiting for the answer"
        case checked.Send():
            return "held back"
        case _:
            return "waiting"


def _end_of_line(text: str, start: int, label: str) -> int:
    """Where the words of a step end in its line; before a comment, where they are written as in `label`."""
    if text.startswith(label, start):
        return start + len(label)
    line = text[start : text.find("\n", start) if "\n" in text[start:] else len(text)]
    return start + len(line.rstrip())


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _as_of(known: Known) -> str:
    """`As of 2026-11-25 23:09 CET, by the store sojourn.db.`"""
    at = dt.datetime.fromtimestamp(known.as_of // 1_000_000, dt.UTC).astimezone()
    return f"As of {at:%Y-%m-%d %H:%M %Z}, in the store {known.path.name}."
