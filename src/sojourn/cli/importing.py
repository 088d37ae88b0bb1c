"""`sojourn import`: the people (or events) of a dataset's files, into the store."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sojourn.cli.exits import Failure, found
from sojourn.cli.output import counted, number, width, write_json
from sojourn.cli.progress import Progress
from sojourn.cli.workspace import store_option, without_mistakes

if TYPE_CHECKING:
    from sojourn.interpreter.runtime.importer import ImportReport

__all__ = ["import_"]


@click.command("import")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("dataset")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option(
    "--start-journeys", is_flag=True, help="Let journeys start by what is imported; otherwise none does."
)
@store_option
@click.option("--json", "as_json", is_flag=True, help="Write the outcome as JSON, for a program to read.")
def import_(
    folder: Path,
    dataset: str,
    files: tuple[Path, ...],
    start_journeys: bool,
    path: Path | None,
    as_json: bool,
) -> None:
    """Bring the rows of DATASET's files into the store of the workspace FOLDER.

    The dataset says in the journey files where its CSV files are and how their columns are mapped;
    other files with the same columns can be named. The same file again changes nothing. A row that
    does not fit is set aside with the reason (`sojourn rejected`), and the others come in.

    \b
    Examples:
      sojourn import my-journeys crm
      sojourn import my-journeys crm ~/Downloads/march.csv

    Ends with 0 when every row came in, 1 when some were set aside.
    """
    outcome, workspace = without_mistakes(folder)
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.door.datasets import dataset_named
    from sojourn.interpreter.runtime.clock import WallClock
    from sojourn.interpreter.runtime.importer import import_dataset
    from sojourn.interpreter.runtime.settings import Settings, make_place
    from sojourn.interpreter.runtime.store import Store
    from sojourn.interpreter.runtime.writer import Writer

    try:
        dataset_named(workspace, dataset)
    except LookupError as error:
        raise Failure(str(error), _datasets(list(workspace.datasets))) from None
    settings = Settings.load(folder, os.environ)
    program = compile_program(workspace, links=settings.links)
    if path is None:
        make_place(folder)
    with Progress(f"importing {dataset}") as progress, Store.open(path or settings.store) as store:
        report = import_dataset(
            Writer(store, program, WallClock(), source=outcome.source),
            workspace,
            dataset,
            folder,
            files,
            start_journeys=start_journeys,
            on_progress=lambda report: progress.at(report.read, None, f"{report.read:,} rows"),
        )
    if as_json:
        write_json(_data(report))
    else:
        _tell(report, dataset)
    if report.rejected:
        found()


def _tell(report: ImportReport, dataset: str) -> None:
    files = counted(len(report.files), "file") if len(report.files) != 1 else report.files[0]
    click.echo(f"{click.style(counted(report.read, 'row'), bold=True)} of {dataset}, from {files}:")
    for count, what, colour in (
        (report.new, "new", "green"),
        (report.changed, "changed", "cyan"),
        (report.unchanged, "unchanged", None),
        (report.rejected, "set aside", "yellow"),
    ):
        if count:
            click.echo(f"  {number(count):>9} {click.style(what, fg=colour)}")
    if not report.rejected:
        return
    from sojourn.cli.rejected import group_lines, grouped

    groups = grouped(
        (item.reason, item.dataset, item.field, item.received, item.raw) for item in report.reasons
    )
    for group in groups:
        group.count = report.kinds[group.kind]
    click.echo()
    shown = sorted(groups, key=lambda group: -group.count)
    for line in group_lines(shown, width(), 1, dated=False):
        click.echo(line)
    rest = report.rejected - sum(group.count for group in shown)
    if rest:
        click.echo(f"  … and {number(rest)} more")
    click.echo("\n`sojourn rejected` shows all that was set aside.")


def _data(report: ImportReport) -> dict[str, Any]:
    return {
        "files": report.files,
        "read": report.read,
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "rejected": report.rejected,
        "reasons": [{"reason": item.reason, "field": item.field, "raw": item.raw} for item in report.reasons],
    }


def _datasets(names: list[str]) -> str:
    return f"There are: {', '.join(names)}." if names else "This workspace has no dataset."
