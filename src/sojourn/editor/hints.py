"""What is shown between the lines: what a test or a journey can be asked to do, and what a value comes to."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.dsl import ast, checked
from sojourn.dsl.source import Span
from sojourn.editor.snapshot import Snapshot

__all__ = ["Hint", "Lens", "hints", "lenses"]


@dataclass(frozen=True, slots=True)
class Lens:
    """Something that can be done above a line: `command` with `argument`, and what it says."""

    place: Span
    title: str
    command: str
    argument: str


@dataclass(frozen=True, slots=True)
class Hint:
    """A remark behind a place."""

    offset: int
    text: str


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
