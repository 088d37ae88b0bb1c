"""The ways in which `check`, `lint` and `verify` show what they found, beside drawings on a terminal."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sojourn.cli.exits import Failure
from sojourn.cli.output import width, write_json

if TYPE_CHECKING:
    from sojourn.dsl.render import Finding

__all__ = ["in_repository", "shape_options", "show"]

_F = TypeVar("_F", bound=Callable[..., Any])


def shape_options(command: _F) -> _F:
    """The options --plain, --json, --sarif and --github, as one argument `shape` ("" for a terminal)."""
    for name, what in (
        ("github", "Annotations for a pull request, as GitHub's actions read them."),
        ("sarif", "SARIF 2.1.0, as code hosts and editors read it."),
        ("json", "Write what was found as JSON, for a program to read."),
        ("plain", "One line for each, without drawings."),
    ):
        command = click.option(f"--{name}", "shape", flag_value=name, default="", help=what)(command)
    return command


def show(found: Sequence[Finding], shape: str, folder: Path) -> None:
    """Writes the findings of a workspace in any shape but JSON, whose frame is the command's own."""
    match shape:
        case "plain":
            from sojourn.dsl.render_plain import plain

            click.echo(plain(found), nl=False)
        case "github":
            from sojourn.dsl.render_github import github

            click.echo(github(found, in_repository(folder)), nl=False)
        case "sarif":
            from sojourn.dsl.render_sarif import sarif

            write_json(sarif(found, in_repository(folder)))
        case _:
            from sojourn.dsl.render_terminal import terminal

            if found:
                click.echo(terminal(found, width()), nl=False)


def in_repository(folder: Path) -> str:
    """Where a workspace lies below the root of its git repository (else below the current folder), with `/`; "" for
    the root itself. Raises Failure where it lies outside of both.
    """
    here = folder.resolve()
    root = next((above for above in (here, *here.parents) if (above / ".git").exists()), Path.cwd())
    try:
        relative = here.relative_to(root)
    except ValueError:
        raise Failure(
            f"{folder} lies neither in a git repository nor below the current folder.",
            "Start the command in a folder above it: files are named from there.",
        ) from None
    return "" if relative == Path() else str(relative).replace(os.sep, "/")
