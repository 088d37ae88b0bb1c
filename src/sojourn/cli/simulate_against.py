"""`sojourn simulate --against`: the same sample events through two versions of the files."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sojourn.cli.exits import Failure
from sojourn.cli.output import counted, width, write_json
from sojourn.cli.progress import Progress
from sojourn.cli.replay import day_of

if TYPE_CHECKING:
    from sojourn.dsl import checked
    from sojourn.interpreter.door import Rejected

__all__ = ["compare_simulations"]


def compare_simulations(
    folder: Path, workspace: checked.Workspace, paths: list[Path], against: str, until: int | None,
    person: str | None, missing: Callable[[str], None] | None, as_json: bool,
) -> None:  # fmt: skip
    """Plays the same events through two versions of the files and writes what is different. `missing` is told of files
    of datasets that are not there; None leaves the people of datasets out. Raises Failure.
    """
    from sojourn.cli.differences import comparison_data, comparison_lines, person_lines
    from sojourn.cli.revisions import other_version
    from sojourn.interpreter.comparison import Version, compare, playable
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.core.records import Record
    from sojourn.interpreter.runtime.settings import Settings
    from sojourn.interpreter.samples import people_of_datasets, read_events

    def events(meant: checked.Workspace, place: Path) -> list[Record]:
        read: list[Record | Rejected] = read_events(meant, paths, progress.at)
        if missing is not None:
            read = [*people_of_datasets(meant, place, read, missing), *read]
        return [record for record in read if isinstance(record, Record)]

    with Progress("reading events") as progress, other_version(folder, against) as (_, before, place):
        versions = (
            Version(against, compile_program(before, links=Settings.load(place, os.environ).links)),
            Version("the files", compile_program(workspace, links=Settings.load(folder, os.environ).links)),
        )
        theirs, mine = events(before, place), events(workspace, folder)
        progress.now("playing")
        found = compare(
            versions[0], versions[1],
            (playable(versions[0].program, theirs)[0], playable(versions[1].program, mine)[0]),
            until=until,
            on_progress=lambda name, done, total, clock: progress.at(done, total, f"{name}, {day_of(clock)}"),
        )  # fmt: skip
    if as_json:
        write_json(comparison_data(found))
        return
    if person is not None:
        try:
            for line in person_lines(found, person):
                click.echo(line)
        except LookupError:
            raise Failure(f"Nobody in these events is “{person}”.") from None
        return
    click.echo(
        f"{counted(found.records, 'event')} played: the files, compared with {against}. Nothing was sent."
    )
    for line in comparison_lines(found, width()):
        click.echo(line)
