"""`sojourn check`: every mistake of a workspace in one run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sojourn.cli.exits import say
from sojourn.cli.output import counted, listed, plural, write_json
from sojourn.cli.showing import shape_options, show
from sojourn.cli.workspace import compiled, ending, findings_of, folder_argument, mistakes_line

if TYPE_CHECKING:
    from sojourn.dsl import checked
    from sojourn.dsl.render import Finding
    from sojourn.dsl.workspace import Compiled

__all__ = ["check"]

_COUNTED = (
    ("journeys", "journey"), ("messages", "message"), ("audiences", "audience"), ("attributes", "attribute"),
    ("events", "event"), ("catalogs", "catalog"), ("datasets", "dataset"), ("tests", "test"),
)  # fmt: skip


@click.command()
@folder_argument()
@shape_options
@click.option(
    "--print",
    "stage",
    type=click.Choice(["ast", "program"]),
    help="Write what was understood as JSON: as it was written (ast), or as it is meant (program).",
)
def check(folder: Path, shape: str, stage: str | None) -> None:
    """Show every mistake in the workspace FOLDER, and what would be right.

    All files are read, whatever is wrong in one of them: the journeys, the templates of the messages
    and the catalogs. Nothing is run and nothing is changed. Without FOLDER it is the current one.

    \b
    Examples:
      sojourn check my-journeys
      sojourn check --plain | grep unknown-field

    Ends with 0 when there are no mistakes, 1 when there are some, 2 when a file cannot be read.
    """
    outcome = compiled(folder)
    found = findings_of(outcome)
    if stage is not None:
        _print(outcome, stage, found)
    elif shape == "json":
        write_json(_data(outcome, found))
    else:
        show(found, shape, folder)
        _close(outcome, found, aside=bool(shape))
    raise click.exceptions.Exit(ending(found))


def _close(outcome: Compiled, found: tuple[Finding, ...], aside: bool) -> None:
    """The last line; `aside`, on the standard error, where the output is for a program."""
    if outcome.workspace is None:
        click.echo(mistakes_line(found), err=aside)
        return
    counts = [counted(count, word) for word, count in _counts(outcome.workspace).items() if count]
    what = f": {listed(counts)}" if counts else ""
    files = counted(_files(outcome), "file")
    right = click.style(f"No mistakes in {files}", fg="green", bold=True)
    warned = f" {counted(len(found), 'warning')} above." if found else ""
    click.echo(f"{right}{what}.{warned}", err=aside)


def _print(outcome: Compiled, stage: str, found: tuple[Finding, ...]) -> None:
    """Writes a stage; mistakes go to the standard error, so that the output stays JSON."""
    from sojourn.dsl.print_checked import to_data
    from sojourn.dsl.render_plain import plain

    if found:
        say(plain(found).rstrip("\n"))
    if stage == "ast":
        write_json({tree.path: to_data(tree) for tree in outcome.asts})
    elif outcome.workspace is not None:
        write_json(to_data(outcome.workspace))


def _data(outcome: Compiled, found: tuple[Finding, ...]) -> dict[str, Any]:
    from sojourn.dsl.render_json import data

    workspace = outcome.workspace
    return {
        "ok": workspace is not None,
        "files": _files(outcome),
        "counts": {} if workspace is None else {plural(w): n for w, n in _counts(workspace).items()},
        "findings": data(found),
    }


def _counts(workspace: checked.Workspace) -> dict[str, int]:
    """How many there are of each kind; the events that are built in are not counted."""
    built_in = sum(not event.span.path for event in workspace.events.values())
    return {
        word: len(getattr(workspace, name)) - (built_in if name == "events" else 0) for name, word in _COUNTED
    }


def _files(outcome: Compiled) -> int:
    """How many files of the author's were read: those of the standard library are not theirs."""
    from sojourn import stdlib
    from sojourn.dsl.workspace import real_path

    ours = [Path(path).resolve() for path in stdlib.__path__]
    return sum(not any(real_path(path).is_relative_to(our) for our in ours) for path in outcome.files)
