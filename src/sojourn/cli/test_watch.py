"""`sojourn test --watch`: whenever a file is saved, the tests that the change concerns run again."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

import click

from sojourn.cli import test_report
from sojourn.cli.exits import say
from sojourn.cli.output import counted, width
from sojourn.cli.wanted_tests import Wanted
from sojourn.cli.workspace import findings_of, mistakes_line, required

if TYPE_CHECKING:
    from sojourn.dsl import checked
    from sojourn.interpreter.testing.runner import TestResult

__all__ = ["watch_tests"]

_SAVED, _QUIT, _ALL = "saved", "quit", "all"


def watch_tests(wanted: Wanted, coverage: bool, fail_fast: bool) -> None:
    """Runs the wanted tests, and again what is concerned by each change, until `q` or Ctrl-C."""
    from sojourn.dsl.workspace import ParseCache, compile_folder
    from sojourn.interpreter.runtime.watcher import Watcher

    required(wanted.folder)
    told: queue.SimpleQueue[str] = queue.SimpleQueue()
    bench = _Bench(wanted, coverage, fail_fast)
    cache = ParseCache()
    watcher = Watcher(wanted.folder, lambda began: told.put(_SAVED))
    watcher.start()
    try:
        # Read once it watches: nothing that is saved meanwhile is missed.
        outcome = compile_folder(wanted.folder, cache)
        watcher.also(outcome.files)
        with _keys(told.put):
            bench.run(outcome)
            while True:
                word = told.get()
                if word == _QUIT:
                    return
                if word == _ALL:
                    bench.forget()
                outcome = compile_folder(wanted.folder, cache)
                watcher.also(outcome.files)
                bench.run(outcome)
    except KeyboardInterrupt:
        return
    finally:
        watcher.stop()


class _Bench:
    """The last workspace without mistakes, and what its tests came to."""

    def __init__(self, wanted: Wanted, coverage: bool, fail_fast: bool) -> None:
        self.wanted = wanted
        self.coverage = coverage
        self.fail_fast = fail_fast
        self.before: checked.Workspace | None = None
        self.results: dict[str, TestResult] = {}

    def forget(self) -> None:
        """Everything runs again."""
        self.before = None
        self.results.clear()

    def run(self, outcome: object) -> None:
        from sojourn.dsl.render_terminal import terminal
        from sojourn.dsl.workspace import Compiled
        from sojourn.interpreter.compile import compile_program
        from sojourn.interpreter.testing.processes import concerned
        from sojourn.interpreter.testing.runner import run_test

        assert isinstance(outcome, Compiled)
        workspace = outcome.workspace
        if workspace is None:
            mistakes = tuple(f for f in findings_of(outcome) if f.severity == "error")
            say(terminal(mistakes, width()).rstrip("\n") + "\n")
            say(mistakes_line(mistakes))
            self._waits()
            return
        chosen = [test for _, test in self.wanted.among(workspace.tests)]
        again = None if self.before is None else concerned(self.before, workspace, self.results)
        todo = [test for test in chosen if again is None or test.title in again]
        if again is not None and not todo:
            click.echo(click.style("Saved: no test is concerned by it.", dim=True))
        began = perf_counter()
        program = compile_program(workspace)
        listing = test_report.Listing(outcome.sources, width())
        ran: list[TestResult] = []
        for test in todo:
            result = run_test(program, test)
            ran.append(result)
            self.results[test.title] = result
            for line in listing.lines(result):
                click.echo(line)
            if self.fail_fast and not result.passed:
                break
        self.before = workspace
        titles = {test.title for test in chosen}
        self.results = {title: result for title, result in self.results.items() if title in titles}
        if ran or again is None:
            left = len(todo) - len(ran)
            click.echo(test_report.summary(ran, self.wanted.folder, perf_counter() - began, left))
        others = len(chosen) - len(todo)
        if ran and others:
            failing = sum(not r.passed for t, r in self.results.items() if t not in {x.title for x in ran})
            said = f"; {failing} of them failed before" if failing else ""
            verb = "is" if others == 1 else "are"
            click.echo(click.style(f"{counted(others, 'other test')} {verb} not concerned{said}.", dim=True))
        if self.coverage:
            from sojourn.cli.coverage_report import coverage_lines, covered_by

            covered = covered_by(outcome, workspace, list(self.results.values()))
            for line in coverage_lines(covered, outcome.sources, width()):
                click.echo(line)
        self._waits()

    def _waits(self) -> None:
        say(click.style("\nWaiting for a file to be saved. `a` runs all tests, `q` ends.", dim=True))


@contextmanager
def _keys(tell: Callable[[str], None]) -> Iterator[None]:
    """While this is open, `a` and `q` are told as they are pressed (at a terminal), or by lines from a pipe."""
    stdin = sys.stdin
    if stdin is None or stdin.closed:
        yield
        return
    restore = _at_once(stdin.fileno()) if stdin.isatty() else None

    def listen() -> None:
        while True:
            char = stdin.read(1)
            if not char:
                return
            if char in "qQ":
                tell(_QUIT)
                return
            if char in "aA":
                tell(_ALL)

    threading.Thread(target=listen, name="sojourn-keys", daemon=True).start()
    try:
        yield
    finally:
        if restore is not None:
            restore()


def _at_once(descriptor: int) -> Callable[[], None] | None:
    """Lets a terminal hand over each key without Enter; gives what sets it back. None where it cannot."""
    try:
        import termios
        import tty

        kept = termios.tcgetattr(descriptor)
        tty.setcbreak(descriptor)
    except (ImportError, OSError):
        return None
    return lambda: termios.tcsetattr(descriptor, termios.TCSADRAIN, kept)
