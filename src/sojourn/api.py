"""What a program imports: check a workspace, load it, run its tests, simulate it.

    import sojourn

    program = sojourn.load("my-journeys")
    result = sojourn.simulate(program, "events.jsonl")
    print(result.report.to_data()["messages"])

Everything is available as `sojourn.NAME`. What runs live is the command line's; its parts are in
`sojourn.interpreter.runtime`.
"""

from __future__ import annotations

from pathlib import Path

from sojourn.dsl.render import Finding, findings
from sojourn.dsl.render_plain import plain
from sojourn.dsl.workspace import compile_folder
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.simulation.samples import event_files, people_of_datasets, read_events
from sojourn.interpreter.simulation.simulate import Simulation
from sojourn.interpreter.simulation.simulate import simulate as _simulate
from sojourn.interpreter.testing.runner import TestResult
from sojourn.interpreter.testing.runner import run_tests as _run_tests

__all__ = [
    "Finding",
    "Mistakes",
    "Program",
    "Simulation",
    "TestResult",
    "check",
    "load",
    "run_tests",
    "simulate",
]


class Mistakes(Exception):
    """A workspace has mistakes. `findings` are they, in order of file and place; the text is one line for each."""

    def __init__(self, found: tuple[Finding, ...]) -> None:
        super().__init__(plain(found).rstrip("\n"))
        self.findings = found


def check(folder: Path | str) -> tuple[Finding, ...]:
    """Everything that is wrong in a workspace: its mistakes, and warnings. Never raises for what an author wrote."""
    outcome = compile_folder(Path(folder))
    return findings(outcome.diagnostics, outcome.sources)


def load(folder: Path | str, links: str = "https://example.com/") -> Program:
    """A workspace, ready to run. `links` is what `link('cart')` in a message is appended to.

    Raises Mistakes when there are any (a folder that is not there is one).
    """
    outcome = compile_folder(Path(folder))
    if outcome.workspace is None:
        raise Mistakes(findings(outcome.diagnostics, outcome.sources))
    return compile_program(outcome.workspace, links=links)


def run_tests(program: Program, only: str | None = None) -> list[TestResult]:
    """Runs the `test` blocks of a workspace, or those with `only` in their name."""
    return _run_tests(program, program.workspace.tests, only)


def simulate(
    program: Program,
    *events: Path | str,
    people_from: Path | str | None = None,
    until: int | None = None,
    person: str | None = None,
) -> Simulation:
    """Plays files of events (or folders of them) under a clock that jumps. Nothing is sent.

    `people_from` is the workspace's folder where the people in its datasets' CSV files are to be known from the
    beginning. `until` is where the clock stops (microseconds since 1970 UTC), `person` an identifier of the one whose
    timeline is kept. Raises SourceError for a file that cannot be read.
    """
    paths = [
        found for path in map(Path, events) for found in (event_files(path) if path.is_dir() else [path])
    ]
    records = read_events(program.workspace, paths)
    if people_from is not None:
        records = [*people_of_datasets(program.workspace, Path(people_from), records), *records]
    return _simulate(program, records, until=until, person=person)
