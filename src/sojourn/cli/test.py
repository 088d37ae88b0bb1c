"""`sojourn test`: the tests that are written in the journey files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from sojourn.cli.exits import Failure, found
from sojourn.cli.output import counted, width, write_json
from sojourn.cli.workspace import folder_argument, without_mistakes
from sojourn.dsl.render import quote
from sojourn.dsl.render_terminal import quoted, worded

if TYPE_CHECKING:
    from sojourn.dsl import checked
    from sojourn.dsl.source import SourceFile
    from sojourn.interpreter.testing import Failure as Unexpected
    from sojourn.interpreter.testing import TestResult

__all__ = ["test"]

_EXAMPLE = """\
    test "a newcomer is welcomed"
      profile email = "ada@example.com"
      at 2026-03-02 10:00
        signed_up
      expect sent welcome"""


@click.command()
@folder_argument()
@click.option("--only", metavar="TEXT", help="Run only the tests whose name contains TEXT.")
@click.option("--json", "as_json", is_flag=True, help="Write the results as JSON, for a program to read.")
def test(folder: Path, only: str | None, as_json: bool) -> None:
    """Run the tests in the workspace FOLDER, each on a clock of its own.

    Nothing is sent and nothing is stored; a journey of thirty days takes a moment. Under a test that
    fails stands what was expected, and all that happened, line by line.

    \b
    Examples:
      sojourn test my-journeys
      sojourn test --only reminder

    Ends with 0 when all pass, 1 when some fail or the workspace has mistakes.
    """
    outcome, workspace = without_mistakes(folder)
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.testing import run_tests

    began = perf_counter()
    results = run_tests(compile_program(workspace), workspace.tests, only)
    seconds = perf_counter() - began
    if only is not None and not results:
        raise Failure(f"No test has “{only}” in its name.", _names(workspace.tests))
    if as_json:
        write_json(_data(results))
    else:
        for line in _report(results, outcome.sources, width()):
            click.echo(line)
        click.echo(_summary(results, folder, seconds))
    if not all(result.passed for result in results):
        found()


def _report(results: Sequence[TestResult], sources: Mapping[str, SourceFile], room: int) -> Iterator[str]:
    """The tests by file, in order; what went wrong below each that failed."""
    path = ""
    for result in results:
        if result.span.path != path:
            path = result.span.path
            yield click.style(path, bold=True)
        if result.passed:
            yield f"  {click.style('✓', fg='green')} {result.name}"
            continue
        yield f"  {click.style('✗', fg='red', bold=True)} {click.style(result.name, bold=True)}"
        for failure in result.failures:
            yield from _unexpected(failure, sources, room)
        if result.timeline:
            yield f"\n      {click.style('What happened:', bold=True)}"
            from sojourn.cli.story import told

            for line in told(result.timeline, room - 8):
                yield f"        {line}".rstrip()
        yield ""


def _unexpected(failure: Unexpected, sources: Mapping[str, SourceFile], room: int) -> Iterator[str]:
    yield ""
    for line in worded(failure.text, room - 6, fg="red"):
        yield f"      {line}"
    yield f"      {click.style(str(failure.span), fg='cyan')}"
    seen = quote(failure.span, sources)
    if seen is not None:
        yield from quoted(seen, "", room, indent="      ")


def _summary(results: Sequence[TestResult], folder: Path, seconds: float) -> str:
    if not results:
        return f"There are no tests in {folder}. One looks like this:\n\n{_EXAMPLE}\n"
    failed = sum(not result.passed for result in results)
    passed = len(results) - failed
    took = click.style(f" ({seconds:.2f} s)", dim=True)
    if not failed:
        return "\n" + click.style(f"{counted(passed, 'test')} passed.", fg="green", bold=True) + took
    return (
        click.style(f"{counted(failed, 'test')} failed", fg="red", bold=True) + f", {passed:,} passed.{took}"
    )


def _names(tests: Sequence[checked.Test]) -> str:
    if not tests:
        return "There are no tests in this workspace."
    shown = "".join(f"\n  {test.name}" for test in tests[:10])
    more = f"\n  … and {len(tests) - 10:,} more" if len(tests) > 10 else ""
    return f"The tests are:{shown}{more}"


def _data(results: Sequence[TestResult]) -> dict[str, Any]:
    from sojourn.dsl.values import instant_to_iso

    return {
        "passed": sum(result.passed for result in results),
        "failed": sum(not result.passed for result in results),
        "tests": [
            {
                "name": result.name,
                "path": result.span.path,
                "line": result.span.line,
                "passed": result.passed,
                "failures": [
                    {
                        "path": failure.span.path,
                        "line": failure.span.line,
                        "column": failure.span.column,
                        "message": failure.text,
                    }
                    for failure in result.failures
                ],
                "timeline": [
                    {
                        "at": instant_to_iso(line.at),
                        "when": line.when,
                        "kind": line.kind,
                        "journey": line.journey,
                        "text": line.text,
                    }
                    for line in result.timeline
                ],
            }
            for result in results
        ],
    }
