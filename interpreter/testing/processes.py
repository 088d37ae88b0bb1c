"""Tests run in several processes, their results in the order written; and which tests a change concerns."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields
from functools import lru_cache
from pathlib import Path

from sojourn.dsl import ast, checked
from sojourn.dsl.workspace import compile_folder
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.testing.runner import TestResult, run_test

__all__ = ["concerned", "run_in_processes"]


@lru_cache(maxsize=1)
def _loaded(folder: Path, when: int) -> tuple[Program, tuple[checked.Test, ...]]:
    """The workspace of a folder as a process has it; `when` (a number) tells one state of the files from another."""
    workspace = compile_folder(folder).workspace
    if workspace is None:
        raise RuntimeError(f"the files in {folder} were changed while their tests ran")
    return compile_program(workspace), workspace.tests


def _run_one(folder: Path, when: int, number: int, title: str) -> TestResult:
    program, tests = _loaded(folder, when)
    if number >= len(tests) or tests[number].title != title:
        raise RuntimeError(f"the files in {folder} were changed while their tests ran")
    return run_test(program, tests[number])


def run_in_processes(
    folder: Path, tests: Sequence[tuple[int, checked.Test]], processes: int, when: int = 0
) -> Iterator[TestResult]:
    """The results of these tests (each with its number in the workspace), in this order, as they come.

    Every process reads the folder for itself. Whoever stops taking results ends the processes. Raises RuntimeError
    when the files are changed meanwhile.
    """
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context(method))
    try:
        waiting = [pool.submit(_run_one, folder, when, number, test.title) for number, test in tests]
        for future in waiting:
            yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


# ------------------------------------------------------- what a change concerns

_REFINED = frozenset({"journeys", "messages", "tests", "aggregates", "statistics"})
"""Of a workspace: what is looked at one by one. What is kept of events follows from the conditions that ask."""


def concerned(
    before: checked.Workspace, after: checked.Workspace, results: Mapping[str, TestResult]
) -> frozenset[str]:
    """The titles of the tests that have to run again after a change; `results` are those of before, by title.

    A test runs again when it was edited itself, when a journey it came through, names, or could start was, or one
    that sends an edited message; and all do when anything else was changed. A test too many is no harm, one too few
    would be.
    """
    everything = frozenset(test.title for test in after.tests)
    for field in fields(checked.Workspace):
        if field.name not in _REFINED and getattr(before, field.name) != getattr(after, field.name):
            return everything
    messages = _changed(before.messages, after.messages)
    journeys = set(_changed(before.journeys, after.journeys))
    for known in (before.journeys, after.journeys):
        journeys.update(name for name, journey in known.items() if _sends(journey) & messages)
    old = {test.title: test for test in before.tests}
    again = set()
    for test in after.tests:
        result = results.get(test.title)
        if result is None or not result.passed or old.get(test.title) != test or _speaks_of(test, messages):
            again.add(test.title)
            continue
        touched = {journey for journey, _, _ in result.ways} | _named(test)
        if touched & journeys or any(
            _may_start(known[name], result.events)
            for name in journeys
            for known in (before.journeys, after.journeys)
            if name in known
        ):
            again.add(test.title)
    return frozenset(again)


def _changed(before: Mapping[str, object], after: Mapping[str, object]) -> frozenset[str]:
    return frozenset(name for name in {**before, **after} if before.get(name) != after.get(name))


def _sends(journey: checked.Journey) -> frozenset[str]:
    return frozenset(s.operation.message for s in journey.steps if isinstance(s.operation, checked.Send))


def _named(test: checked.Test) -> set[str]:
    """The journeys that a test speaks of."""
    named = (getattr(i.syntax, "journey", None) for i in test.items if isinstance(i, checked.Expectation))
    return {name.text for name in named if isinstance(name, ast.Name)}


def _speaks_of(test: checked.Test, messages: frozenset[str]) -> bool:
    return any(
        (isinstance(item, checked.Reacts) and item.message in messages)
        or (
            isinstance(item, checked.Expectation)
            and isinstance(item.syntax, ast.ExpectSent)
            and item.syntax.message.text in messages
        )
        for item in test.items
    )


def _may_start(journey: checked.Journey, events: frozenset[str]) -> bool:
    """Whether a journey could begin in a test in which these events happened."""
    return any(not isinstance(s, checked.StartOnEvent) or s.event in events for s in journey.starts)
