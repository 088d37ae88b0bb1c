"""`sojourn verify`: everything that is looked at before a change is taken, in one command."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

from sojourn.cli.exits import FINDINGS, UNUSABLE
from sojourn.cli.output import counted, listed, write_json
from sojourn.cli.showing import shape_options, show
from sojourn.cli.workspace import compiled, findings_of, folder_argument

if TYPE_CHECKING:
    from sojourn.dsl import checked
    from sojourn.dsl.render import Finding
    from sojourn.dsl.source import Span
    from sojourn.dsl.workspace import Compiled

__all__ = ["verify"]


@dataclass(frozen=True, slots=True)
class _Step:
    """One of the four: its command, what it found, the line that tells of it, how long it took.

    `skipped`: it was not done, because the workspace has mistakes.
    """

    command: str
    found: tuple[Finding, ...]
    told: str
    seconds: float
    skipped: bool = False


@click.command()
@folder_argument()
@shape_options
def verify(folder: Path, shape: str) -> None:
    """Do for the workspace FOLDER all that should hold before a change is taken.

    That is `check`, `fmt --check`, `lint` and `test`, in this order; all four are done whatever one of
    them finds, except that lint and tests need a workspace without mistakes. Nothing is changed. Made
    for a pull request and for the moment before a commit. Without FOLDER it is the current one.

    \b
    Examples:
      sojourn verify my-journeys
      sojourn verify --github

    Ends with 0 when all is well, 1 when anything was found, 2 when a file cannot be read.
    """
    began = perf_counter()
    outcome = compiled(folder)
    mistakes = tuple(one for one in findings_of(outcome) if one.severity == "error")
    workspace = outcome.workspace
    steps = [
        _Step("check", mistakes, "no mistakes", perf_counter() - began),
        _timed("fmt --check", lambda: _out_of_shape(outcome, folder)),
        _with(workspace, "lint", lambda _: _linted(outcome, folder)),
        _with(workspace, "test", lambda sure: _tested(outcome, sure)),
    ]
    found = tuple(one for step in steps for one in step.found)
    if shape == "json":
        _write(steps, found)
    else:
        show(found, shape, folder)
        for line in _lines(steps):
            click.echo(line, err=bool(shape))
    if any(one.unreadable for one in mistakes):
        raise click.exceptions.Exit(UNUSABLE)
    if found:
        raise click.exceptions.Exit(FINDINGS)


def _timed(command: str, work: Callable[[], tuple[tuple[Finding, ...], str]]) -> _Step:
    began = perf_counter()
    found, told = work()
    return _Step(command, found, told, perf_counter() - began)


def _with(
    workspace: checked.Workspace | None,
    command: str,
    work: Callable[[checked.Workspace], tuple[tuple[Finding, ...], str]],
) -> _Step:
    if workspace is None:
        return _Step(command, (), "not done: mend the mistakes first", 0.0, skipped=True)
    sure = workspace
    return _timed(command, lambda: work(sure))


def _out_of_shape(outcome: Compiled, folder: Path) -> tuple[tuple[Finding, ...], str]:
    """The files that `sojourn fmt` would change; those with mistakes are told of by `check`."""
    from sojourn.dsl.format import format_file
    from sojourn.dsl.workspace import journey_files, real_path

    ours = {real_path(path) for path in journey_files(folder)}
    found = []
    for source in outcome.sources.values():
        if real_path(folder / source.path) not in ours:
            continue
        shaped = format_file(source).text
        if shaped is not None and shaped != source.text:
            line = _first_difference(source.text, shaped)
            at = sum(len(one) for one in source.text.splitlines(keepends=True)[: line - 1])
            found.append(
                _finding(
                    "not-in-shape",
                    f"{source.path} is not in the one shape of journey files.",
                    "`sojourn fmt` gives it; what it means stays.",
                    "from here on",
                    source.span(at, at),
                    outcome,
                )
            )
    return tuple(found), f"{counted(len(ours), 'file')} in shape"


def _first_difference(before: str, after: str) -> int:
    ours, theirs = before.splitlines(), after.splitlines()
    for number, (one, other) in enumerate(zip(ours, theirs, strict=False), start=1):
        if one != other:
            return number
    return max(1, min(len(ours), len(theirs)))


def _linted(outcome: Compiled, folder: Path) -> tuple[tuple[Finding, ...], str]:
    from sojourn.cli.lint import lint_settings
    from sojourn.dsl.lint import lint
    from sojourn.dsl.render import findings

    linted = lint(outcome, lint_settings(folder), time.time_ns() // 1000)
    return findings(linted.diagnostics, linted.sources), "nothing to point out"


def _tested(outcome: Compiled, workspace: checked.Workspace) -> tuple[tuple[Finding, ...], str]:
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.testing.runner import run_tests

    results = run_tests(compile_program(workspace), workspace.tests)
    found = tuple(
        _finding(
            "test-failed",
            f"“{result.name}” fails: {failure.text.rstrip('.')}.",
            f"`sojourn test --only {_quoted(result.name)}` shows all that happened.",
            "not so",
            failure.span,
            outcome,
        )
        for result in results
        for failure in result.failures
    )
    return found, f"{counted(len(results), 'test')} passed" if results else "there are no tests"


def _quoted(name: str) -> str:
    """A name as it is typed in a shell."""
    from shlex import quote

    return quote(name)


def _finding(code: str, says: str, help: str, label: str, span: Span, outcome: Compiled) -> Finding:
    from sojourn.dsl.render import Finding, place, quote

    return Finding(
        code, "error", says, help, label, place(span, outcome.sources), quote(span, outcome.sources)
    )


def _lines(steps: list[_Step]) -> list[str]:
    longest = max(len(step.command) for step in steps)
    lines = []
    for step in steps:
        mark = click.style("✗", fg="red", bold=True) if step.found else click.style("✓", fg="green")
        said = step.told
        if step.skipped:
            mark = click.style("–", dim=True)
        elif step.found:
            said = _said(step)
        took = click.style(f"{step.seconds:6.2f} s", dim=True) if not step.skipped else ""
        lines.append(f"{mark} {step.command:<{longest}}  {took:<8}  {said}".rstrip())
    failed = [step.command for step in steps if step.found]
    if failed:
        said = f"{listed(failed)} {'has' if len(failed) == 1 else 'have'} found something."
        return [*lines, click.style(said, fg="red", bold=True)]
    return [*lines, click.style("All is well.", fg="green", bold=True)]


def _said(step: _Step) -> str:
    match step.command:
        case "check":
            return counted(len(step.found), "mistake")
        case "fmt --check":
            return f"{counted(len(step.found), 'file')} would change"
        case "test":
            return f"{counted(len(step.found), 'expectation')} not met"
        case _:
            return counted(len(step.found), "finding")


def _write(steps: list[_Step], found: tuple[Finding, ...]) -> None:
    from sojourn.dsl.render_json import data

    write_json(
        {
            "ok": not found and not any(step.skipped for step in steps),
            "steps": [
                {
                    "command": step.command,
                    "ok": not step.found and not step.skipped,
                    "skipped": step.skipped,
                    "findings": data(step.found),
                }
                for step in steps
            ],
        }
    )
