"""`sojourn new`: a small workspace that works, copied from the package's own files."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from sojourn.cli.exits import Failure
from sojourn.cli.output import counted

__all__ = ["new"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Begin a workspace in FOLDER: a small shop with a journey, messages, tests and sample events.

    The folder is made; one that has files in it already is left alone.

    \b
    Example:
      sojourn new my-journeys
    """
    if folder.exists() and not folder.is_dir():
        raise Failure(f"{folder} is a file.", "Give the name of a folder that is not there yet.")
    if folder.is_dir() and any(folder.iterdir()):
        raise Failure(
            f"The folder {folder} is not empty; nothing was written.",
            "Give the name of a new folder, or of an empty one.",
        )
    written = []
    try:
        for path, content in _template():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            written.append(path)
    except OSError as error:
        raise Failure(
            f"{error.filename} cannot be written: {(error.strerror or str(error)).lower()}."
        ) from None
    _tell(folder, written)


def _tell(folder: Path, written: list[str]) -> None:
    click.echo(f"{click.style('A new workspace', fg='green', bold=True)} in {folder}, {_count(written)}:\n")
    for path in written:
        click.echo(f"  {path}")
    click.echo("\nWhat next:\n")
    place = shlex.quote(str(folder))
    for command, why in (
        ("check", "is everything right?"),
        ("test", "do its tests pass?"),
        ("simulate", "what would happen on the sample events?"),
        ("dev", "run it, and take up every change you save"),
    ):
        click.echo(f"  {click.style(f'sojourn {command} {place}', fg='cyan')}{_gap(command)}{why}")


def _count(written: list[str]) -> str:
    return counted(len(written), "file")


def _gap(command: str) -> str:
    return " " * (len("simulate") - len(command) + 4)


def _template() -> Iterator[tuple[str, bytes]]:
    """The files of the template, with their paths, in order."""
    root = files("sojourn") / "template"

    def below(folder: Traversable, front: str) -> Iterator[tuple[str, bytes]]:
        for item in sorted(folder.iterdir(), key=lambda item: (item.is_dir(), item.name)):
            if item.is_dir():
                yield from below(item, f"{front}{item.name}/")
            else:
                yield front + item.name, item.read_bytes()

    yield from below(root, "")
