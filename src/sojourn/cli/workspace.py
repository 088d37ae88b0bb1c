"""From a folder to its checked workspace, and what a command says when that does not work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sojourn.cli.exits import FINDINGS, UNUSABLE, Failure, say
from sojourn.cli.output import counted, width

if TYPE_CHECKING:
    from sojourn.dsl import checked
    from sojourn.dsl.render import Finding
    from sojourn.dsl.workspace import Compiled

__all__ = [
    "compiled",
    "ending",
    "findings_of",
    "folder_argument",
    "mistakes_line",
    "required",
    "store_option",
    "told_mistakes",
    "without_mistakes",
]

_F = TypeVar("_F", bound=Callable[..., Any])


def folder_argument(required: bool = False) -> Callable[[_F], _F]:
    """The argument FOLDER: the workspace; the current folder where it may be left out."""
    return click.argument(
        "folder", type=click.Path(path_type=Path), required=required, default=None if required else Path()
    )


store_option = click.option(
    "--store",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The SQLite file [FOLDER/.sojourn/sojourn.db].",
)
"""The option --store, for commands that work on what is stored."""


def compiled(folder: Path) -> Compiled:
    """Takes a folder through the compiler. Raises Failure when there is no such folder."""
    from sojourn.dsl.workspace import compile_folder

    required(folder)
    return compile_folder(folder)


def without_mistakes(folder: Path) -> tuple[Compiled, checked.Workspace]:
    """The checked workspace of a folder, and all that the compiler knows of it.

    With mistakes in it they are shown and the command ends.
    """
    outcome = compiled(folder)
    if outcome.workspace is not None:
        return outcome, outcome.workspace
    raise click.exceptions.Exit(ending(told_mistakes(outcome)))


def told_mistakes(outcome: Compiled) -> tuple[Finding, ...]:
    """The mistakes of a workspace that has some, once they are shown."""
    from sojourn.dsl.render_terminal import terminal

    found = tuple(f for f in findings_of(outcome) if f.severity == "error")
    say(terminal(found, width()).rstrip("\n") + "\n")
    say(mistakes_line(found))
    return found


def findings_of(outcome: Compiled) -> tuple[Finding, ...]:
    """What the compiler found, in words."""
    from sojourn.dsl.render import findings

    return findings(outcome.diagnostics, outcome.sources)


def mistakes_line(found: tuple[Finding, ...]) -> str:
    """`3 mistakes in 2 files`, with where to read on."""
    errors = [finding for finding in found if finding.severity == "error"]
    files = {finding.place.path for finding in errors if finding.place.path}
    where = f" in {counted(len(files), 'file')}" if files else ""
    line = click.style(f"{counted(len(errors), 'mistake')}{where}.", fg="red", bold=True)
    command = click.style(f"sojourn explain {errors[0].code}", fg="cyan")
    return f"{line} `{command}` tells more{' about the first' if len(errors) > 1 else ''}."


def ending(found: tuple[Finding, ...]) -> int:
    """The exit code for these findings: 0 when none is a mistake, 2 when a file or folder cannot be read."""
    errors = [finding for finding in found if finding.severity == "error"]
    if any(finding.unreadable for finding in errors):
        return UNUSABLE
    return FINDINGS if errors else 0


def required(folder: Path) -> None:
    """Raises Failure, with the nearest name, when there is no such folder."""
    if folder.is_dir():
        return
    if folder.exists():
        parent = folder.parent
        raise Failure(f"{folder} is a file; a workspace is a folder.", f"Its folder is {parent}.")
    from sojourn.dsl.check.report import nearest

    beside = folder.parent
    folders = [path.name for path in beside.iterdir() if path.is_dir()] if beside.is_dir() else []
    near = nearest(folder.name, folders)
    meant = f"Did you mean {beside / near[0]}?" if near else "`sojourn new FOLDER` makes a workspace."
    raise Failure(f"There is no folder {folder}.", meant)
