"""`sojourn simulate --against`: the same sample events, or made-up people, through two versions of the files."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sojourn.cli.exits import CHANGES, Failure, say
from sojourn.cli.output import counted, width, write_json
from sojourn.cli.progress import Progress
from sojourn.cli.replay import day_of

if TYPE_CHECKING:
    from sojourn.cli.simulated_input import Input
    from sojourn.dsl import checked
    from sojourn.interpreter.core.records import Record
    from sojourn.interpreter.door.door import Rejected
    from sojourn.interpreter.simulation.comparison import Comparison

__all__ = ["compare_simulations"]


def compare_simulations(
    folder: Path, workspace: checked.Workspace, played: Sequence[Path] | Input, against: str, until: int | None,
    person: str | None, missing: Callable[[str], None] | None, as_json: bool, exit_code: bool,
) -> None:  # fmt: skip
    """Plays the same through two versions of the files and writes what is different: the events of files, or people who
    were made up from FOLDER's files, who come to both as events do. `missing` is told of files of datasets that are not
    there; None leaves the people of datasets out. Raises Failure; with `exit_code`, Exit where there are differences.
    """
    from sojourn.cli.differences import comparison_data, comparison_lines, person_lines

    found, notes = _compared(folder, workspace, played, against, until, missing)
    if as_json:
        write_json({**comparison_data(found), "notes": notes})
    elif person is not None:
        try:
            for line in person_lines(found, person):
                click.echo(line)
        except LookupError:
            raise Failure(f"Nobody in these events is “{person}”.") from None
    else:
        click.echo(
            f"{counted(found.records, 'event')} played: the files, compared with {against}. Nothing was sent."
        )
        for line in comparison_lines(found, width()):
            click.echo(line)
        for note in notes:
            say(click.style(note, dim=True))
    if exit_code and found.differences:
        raise click.exceptions.Exit(CHANGES)


def _compared(
    folder: Path, workspace: checked.Workspace, played: Sequence[Path] | Input, against: str, until: int | None,
    missing: Callable[[str], None] | None,
) -> tuple[Comparison, list[str]]:  # fmt: skip
    """The comparison, and what has to be known beside it."""
    from sojourn.cli.revisions import other_version
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.invent import Reactions
    from sojourn.interpreter.runtime.settings import Settings
    from sojourn.interpreter.simulation.comparison import Version, compare, playable
    from sojourn.interpreter.simulation.samples import people_of_datasets, read_events

    with ExitStack() as open_:
        progress = open_.enter_context(Progress("reading events"))
        _, before, place = open_.enter_context(other_version(folder, against))
        paths = [] if not isinstance(played, Sequence) else _readable_twice(open_, played)

        def events(meant: checked.Workspace, its: Path) -> list[Record | Rejected]:
            if not isinstance(played, Sequence):
                return _as_received(meant, played.records)
            read: list[Record | Rejected] = read_events(meant, paths, progress.at)
            return [*people_of_datasets(meant, its, read, missing), *read] if missing is not None else read

        versions = (
            Version(against, compile_program(before, links=Settings.load(place, os.environ).links)),
            Version("the files", compile_program(workspace, links=Settings.load(folder, os.environ).links)),
        )
        sides: list[list[Record]] = []
        notes: list[str] = []
        for version, meant, its in zip(versions, (before, workspace), (place, folder), strict=True):
            fit, left_out = _fitting(events(meant, its), version.name)
            sides.append(playable(version.program, fit)[0])
            notes += left_out
        seed = None if isinstance(played, Sequence) else played.seed
        progress.now("playing")
        found = compare(
            versions[0], versions[1], (sides[0], sides[1]), until=until,
            on_progress=lambda name, done, total, clock: progress.at(done, total, f"{name}, {day_of(clock)}"),
            reactions=None if seed is None else (Reactions(before, seed), Reactions(workspace, seed)),
        )  # fmt: skip
    return found, notes


def _readable_twice(open_: ExitStack, paths: Sequence[Path]) -> list[Path]:
    """The files; the standard input, which can be read once, as a file for both versions."""
    found = []
    for path in paths:
        if str(path) == "-":
            folder = Path(open_.enter_context(tempfile.TemporaryDirectory()))
            path = folder / "events.jsonl"
            path.write_bytes(sys.stdin.buffer.read())
        found.append(path)
    return found


def _as_received(meant: checked.Workspace, records: Sequence[Record | Rejected]) -> list[Record | Rejected]:
    """Made-up records as they come to a version: through its own door, as any that are sent to it."""
    from sojourn.cli.simulated_input import wire
    from sojourn.interpreter.core.records import Record
    from sojourn.interpreter.door.door import Door

    door = Door(meant)
    found: list[Record | Rejected] = []
    for record in records:
        if isinstance(record, Record):
            read: Any = door.read_object(wire(record), record.at)
            if isinstance(read, Record):
                read.quiet = record.quiet
            found.append(read)
    return found


def _fitting(read: Sequence[Record | Rejected], name: str) -> tuple[list[Record], list[str]]:
    """The records that fit a version, and a sentence about the others."""
    from sojourn.interpreter.core.records import Record

    fit = [record for record in read if isinstance(record, Record)]
    others = [record for record in read if not isinstance(record, Record)]
    if not others:
        return fit, []
    said = f"{counted(len(others), 'record')} {'does' if len(others) == 1 else 'do'} not fit {name}"
    return fit, [
        f"{said} and {'is' if len(others) == 1 else 'are'} left out there; the first: {others[0].reason}"
    ]
