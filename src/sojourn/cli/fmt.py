"""`sojourn fmt`: one shape for every journey file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from sojourn.cli.exits import FINDINGS, UNUSABLE, Failure, say
from sojourn.cli.output import counted, width

__all__ = ["fmt"]


@dataclass(slots=True)
class _Tally:
    """What came of the files."""

    changed: int = 0
    same: int = 0
    broken: int = 0


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--check", is_flag=True, help="Change nothing; end with 1 when a file would change.")
@click.option("--diff", is_flag=True, help="Change nothing; show what would change.")
def fmt(paths: tuple[Path, ...], check: bool, diff: bool) -> None:
    """Give the journey files in PATHS (files or folders) their one shape.

    Columns are lined up, spaces and empty lines made even; what a file means, and every comment in
    it, stays. The result is read again before it is written: when it would not mean the same, the
    file is left alone. A file with mistakes is left alone too. Without PATHS it is the current
    folder; with - the text comes from the standard input and goes to the standard output.

    \b
    Examples:
      sojourn fmt
      sojourn fmt --check my-journeys
      sojourn fmt --diff journeys/cart_rescue.journey
      sojourn fmt - < draft.journey

    Ends with 0 when all is well, 1 when a file would change (with --check or --diff), 2 when a file
    has mistakes or cannot be read.
    """
    if [str(path) for path in paths] == ["-"]:
        _stream()
        return
    tally = _Tally()
    for path, name in _files(paths or (Path(),)):
        _one(path, name, check or diff, diff, tally)
    _closing(tally, check or diff)
    if tally.broken:
        raise click.exceptions.Exit(UNUSABLE)
    if tally.changed and (check or diff):
        raise click.exceptions.Exit(FINDINGS)


def _files(paths: tuple[Path, ...]) -> Iterator[tuple[Path, str]]:
    """The journey files, each with the name it is shown by."""
    from sojourn.dsl.workspace import journey_files

    for path in paths:
        if path.is_file():
            yield path, str(path)
        elif path.is_dir():
            found = list(journey_files(path))
            if not found:
                raise Failure(
                    f"There is no .journey file in {path}.", "`sojourn new FOLDER` makes a workspace."
                )
            yield from ((file, str(file)) for file in found)
        else:
            raise Failure(f"There is no file or folder {path}.")


def _one(path: Path, name: str, keep: bool, diff: bool, tally: _Tally) -> None:
    text = _read(path)
    shaped = _shaped(name, text)
    if shaped is None:
        tally.broken += 1
    elif shaped == text:
        tally.same += 1
    else:
        tally.changed += 1
        if diff:
            _show_diff(name, text, shaped)
        elif keep:
            click.echo(f"{name} would change")
        else:
            from sojourn.cli.saving import save

            save(path, shaped)
            click.echo(f"{name} changed")


def _read(path: Path) -> str:
    try:
        if not path.is_file():
            raise Failure(f"{path} cannot be read: it is no ordinary file.")
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise Failure(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from None
    except UnicodeDecodeError:
        raise Failure(f"{path} is not written in UTF-8.", "Save the file as UTF-8.") from None


def _shaped(name: str, text: str) -> str | None:
    """The text in its one shape; None when it has mistakes, which are shown."""
    from sojourn.dsl.format import format_file
    from sojourn.dsl.source import SourceFile

    plain = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    source = SourceFile(name, plain)
    result = format_file(source)
    if result.text is None:
        from sojourn.dsl.render import findings
        from sojourn.dsl.render_terminal import terminal

        say(terminal(findings(result.diagnostics, {name: source}), width()).rstrip("\n"))
    return result.text


def _show_diff(name: str, before: str, after: str) -> None:
    from difflib import unified_diff

    colours = {"+": "green", "-": "red", "@": "cyan"}
    lines = unified_diff(before.splitlines(), after.splitlines(), name, f"{name} (shaped)", lineterm="")
    for line in lines:
        click.echo(click.style(line, fg=colours.get(line[:1])))


def _stream() -> None:
    shaped = _shaped("-", sys.stdin.buffer.read().decode("utf-8", errors="replace"))
    if shaped is None:
        raise click.exceptions.Exit(UNUSABLE)
    click.echo(shaped, nl=False)


def _closing(tally: _Tally, keep: bool) -> None:
    parts = []
    if tally.changed:
        parts.append(f"{counted(tally.changed, 'file')} {'would change' if keep else 'changed'}")
    if tally.same:
        parts.append(f"{counted(tally.same, 'file')} already in shape")
    if tally.broken:
        parts.append(f"{counted(tally.broken, 'file')} with mistakes left alone")
    say(", ".join(parts) + "." if parts else "Nothing to do.")
