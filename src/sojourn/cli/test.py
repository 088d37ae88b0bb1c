"""`sojourn test`: the tests that are written in the journey files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

from sojourn.cli.exits import Failure, found, say
from sojourn.cli.output import width, write_json
from sojourn.cli.wanted_tests import Wanted
from sojourn.cli.workspace import without_mistakes

if TYPE_CHECKING:
    from sojourn.dsl import checked
    from sojourn.dsl.workspace import Compiled
    from sojourn.interpreter.testing.coverage import JourneyCoverage
    from sojourn.interpreter.testing.runner import TestResult

__all__ = ["test"]

_PLACE = re.compile(r"(?P<file>.+?\.journey)(?::(?P<line>\d+))?(?::\d+)?$")


@click.command()
@click.argument("where", nargs=-1, metavar="[FOLDER] [FILE[:LINE]]...")
@click.option(
    "-k", "--only", "text", metavar="TEXT", default="", help="Run only the tests whose name contains TEXT."
)
@click.option(
    "-j",
    "--parallel",
    "processes",
    type=click.IntRange(1, 64),
    default=1,
    metavar="N",
    help="Run them in N processes; the order of the results stays.",
)
@click.option("--fail-fast", is_flag=True, help="End with the first test that fails.")
@click.option("--coverage", is_flag=True, help="Show what of the journeys the tests came through.")
@click.option(
    "--min",
    "least",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="With --coverage: end with 1 when the tests come through less.",
)
@click.option(
    "--coverage-json",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write what they came through into FILE, as JSON.",
)
@click.option(
    "--coverage-lcov",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The same in the format of lcov.",
)
@click.option(
    "--junit",
    "junit_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the results into FILE, as JUnit's XML.",
)
@click.option(
    "--why", "subject", metavar="NAME",
    help="Tell of each test why a journey, message, audience, offer or attribute came out as it did.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Write the results as JSON, for a program to read.")
@click.option("--watch", is_flag=True, help="Run again what a change concerns, whenever a file is saved.")
def test(
    where: tuple[str, ...], text: str, processes: int, fail_fast: bool, coverage: bool, least: float | None,
    coverage_json: Path | None, coverage_lcov: Path | None, junit_file: Path | None, subject: str | None,
    as_json: bool, watch: bool,
) -> None:  # fmt: skip
    """Run the tests in the workspace FOLDER, each on a clock of its own.

    Nothing is sent and nothing is stored; a journey of thirty days takes a moment. Under a test that
    fails stands what was expected, and all that happened, line by line, with the values that decided.
    FILE runs the tests of one file, FILE:LINE the test on that line, or one case of its table.

    \b
    Examples:
      sojourn test my-journeys
      sojourn test -k reminder
      sojourn test my-journeys tests/cart.journey:12
      sojourn test --coverage --min 90 --junit results.xml
      sojourn test --watch
      sojourn test -k reminder --why cart_rescue

    Ends with 0 when all pass, 1 when some fail, the workspace has mistakes or the tests come through
    less than --min.
    """
    wanted = _wanted(where, text)
    if watch:
        if as_json or junit_file or coverage_json or coverage_lcov:
            raise click.UsageError("--watch shows its results; --json, --junit and the like write them once.")
        from sojourn.cli.test_watch import watch_tests

        watch_tests(wanted, coverage or least is not None, fail_fast)
        return
    outcome, workspace = without_mistakes(wanted.folder)
    from sojourn.cli import test_report

    chosen = wanted.among(workspace.tests)
    if not chosen and (text or wanted.places):
        raise Failure(*_nothing(wanted, workspace.tests))
    if subject is not None:
        _why(workspace, chosen, subject, as_json)
        return
    began = perf_counter()
    results: list[TestResult] = []
    listing = test_report.Listing(outcome.sources, width())
    for result in _results(wanted.folder, workspace, chosen, processes):
        results.append(result)
        if not as_json:
            for line in listing.lines(result):
                click.echo(line)
        if fail_fast and not result.passed:
            break
    seconds = perf_counter() - began
    covered: list[JourneyCoverage] = []
    if coverage or least is not None or coverage_json or coverage_lcov:
        from sojourn.cli.coverage_report import covered_by

        covered = covered_by(outcome, workspace, results)
    if as_json:
        from sojourn.cli import coverage_report

        more = {"coverage": coverage_report.data(covered)} if coverage or least is not None else {}
        write_json({**test_report.data(results), **more})
    else:
        left = len(chosen) - len(results)
        click.echo(test_report.summary(results, wanted.folder, seconds, left))
    if junit_file is not None:
        _write(junit_file, test_report.junit(results))
    enough = _show_coverage(covered, outcome, coverage and not as_json, least, coverage_json, coverage_lcov)
    if not all(result.passed for result in results) or not enough:
        found()


def _why(
    workspace: checked.Workspace, chosen: list[tuple[int, checked.Test]], subject: str, as_json: bool
) -> None:
    """Of each test the answer about a subject, as things stand at its end."""
    from sojourn.cli.why import answered
    from sojourn.cli.why_told import answer_data, answer_lines
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.testing.runner import run_test

    program = compile_program(workspace)
    results = [run_test(program, one, logs=True) for _, one in chosen]
    told = [
        (
            f"{r.title} ({who or 'profile'})" if len(r.logs) > 1 else r.title,
            answered(log, subject, private=True),
        )
        for r in results
        for who, log in r.logs
    ]
    if as_json:
        write_json({"tests": [{"name": title, "answer": answer_data(answer)} for title, answer in told]})
        return
    for number, (title, answer) in enumerate(told):
        if number:
            click.echo()
        click.echo(click.style(f"test “{title}”", fg="cyan"))
        for line in answer_lines(answer, width(), plain=False):
            click.echo(line)


def _results(
    folder: Path, workspace: checked.Workspace, chosen: list[tuple[int, checked.Test]], processes: int
) -> Iterator[TestResult]:
    if processes > 1 and len(chosen) > 1:
        from sojourn.interpreter.testing.processes import run_in_processes

        try:
            yield from run_in_processes(folder, chosen, min(processes, len(chosen)))
        except RuntimeError as error:
            raise Failure(f"The tests cannot be run to their end: {error}.", "Run them again.") from error
        return
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.testing.runner import run_test

    program = compile_program(workspace)
    for _, one in chosen:
        yield run_test(program, one)


def _show_coverage(
    covered: list[JourneyCoverage], outcome: Compiled, shown: bool, least: float | None,
    json_file: Path | None, lcov_file: Path | None,
) -> bool:  # fmt: skip
    """Writes the coverage where it is wanted; whether it is enough."""
    if not (shown or least is not None or json_file or lcov_file):
        return True
    from sojourn.cli import coverage_report

    if shown:
        click.echo()
        for line in coverage_report.coverage_lines(covered, outcome.sources, width()):
            click.echo(line)
    if json_file is not None:
        import json

        _write(json_file, json.dumps(coverage_report.data(covered), ensure_ascii=False, indent=2) + "\n")
    if lcov_file is not None:
        _write(lcov_file, coverage_report.lcov(covered))
    part = coverage_report.share(covered) * 100
    if least is None or part >= least:
        return True
    say(click.style(f"The tests come through {part:.1f}% of the journeys, less than {least:g}%.", fg="red"))
    return False


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}.") from error


def _wanted(where: Sequence[str], text: str) -> Wanted:
    """FOLDER and the places: what ends in .journey is a file, the first of the others the folder."""
    folder: Path | None = None
    places: list[tuple[str, int]] = []
    for word in where:
        place = _PLACE.match(word)
        if place is not None and not Path(word).is_dir():
            places.append((place["file"], int(place["line"] or 0)))
        elif folder is None:
            folder = Path(word)
        else:
            raise click.UsageError(f"There are two folders, {folder} and {word}; tests are run in one.")
    return Wanted(folder or Path(), text, tuple(places))


def _nothing(wanted: Wanted, tests: Sequence[checked.Test]) -> tuple[str, str]:
    """What to say when no test is wanted."""
    if wanted.places and not wanted.text:
        places = ", ".join(f"{path}:{line}" if line else path for path, line in wanted.places)
        files = dict.fromkeys(test.span.path for test in tests)
        return f"There is no test at {places}.", f"There are tests in {', '.join(files) or 'no file'}."
    message = f"No test has “{wanted.text}” in its name."
    if not tests:
        return message, "There are no tests in this workspace."
    names = list(dict.fromkeys(test.name for test in tests))
    shown = "".join(f"\n  {name}" for name in names[:10])
    more = f"\n  … and {len(names) - 10:,} more" if len(names) > 10 else ""
    return message, f"The tests are:{shown}{more}"
