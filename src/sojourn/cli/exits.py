"""How a command ends: 0 fine, 1 findings or failed tests, 2 wrong usage or unreadable input, 70 our own bug.

A command raises `Failure` for what its user has to put right, and calls `found` when it has done
its work and what it found is not well. The errors of the store, of files and of settings are
sentences already: a command lets them through, and `sojourn` shows them like a `Failure`.
"""

from __future__ import annotations

import errno
import os
import sys
from typing import IO, Any, NoReturn

import click

__all__ = [
    "BUG", "CHANGES", "FINDINGS", "INTERRUPTED", "PIPE_CLOSED", "UNUSABLE", "Failure", "bug", "color_wanted", "found",
    "say", "sentence_of",
]  # fmt: skip

FINDINGS = 1
UNUSABLE = 2
CHANGES = 3
"""`sojourn plan`, `diff`, `replay` or `simulate --against` found differences, with --exit-code."""
BUG = 70
"""EX_SOFTWARE of sysexits.h."""
INTERRUPTED = 130
"""As a shell reports a program that Ctrl-C ended (128 + SIGINT)."""
PIPE_CLOSED = 141
"""As a shell reports a program whose reader went away (128 + SIGPIPE)."""

_SPOKEN = (
    ("sojourn.interpreter.runtime.errors", "StoreError"),
    ("sojourn.interpreter.door.sources", "SourceError"),
    ("sojourn.interpreter.runtime.settings", "SettingsError"),
    ("sojourn.interpreter.runtime.http", "HttpError"),
)
"""Exceptions whose text is a sentence for whoever typed the command."""


class Failure(click.ClickException):
    """The command cannot do what was asked: a sentence of what is wrong, and `hint`, what to do about it."""

    exit_code = UNUSABLE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def show(self, file: IO[Any] | None = None) -> None:
        """Writes both to the standard error."""
        say(click.style("Error: ", fg="red", bold=True) + self.message, file)
        if self.hint:
            say(self.hint, file)


def color_wanted() -> bool | None:
    """Whether to write in colour: None where the stream decides (a terminal does, a file or a pipe does not).

    `NO_COLOR` (https://no-color.org) and a dumb terminal say no, `FORCE_COLOR` says yes.
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def say(text: str, file: IO[Any] | None = None) -> None:
    """Writes a line to the standard error, where everything goes that is not the result of a command."""
    click.echo(text, file=file, err=file is None, color=color_wanted())


def found() -> NoReturn:
    """Ends a command that has shown findings or failed tests."""
    raise click.exceptions.Exit(FINDINGS)


def sentence_of(error: Exception) -> str | None:
    """What an exception says to whoever typed the command; None when it is none of those that speak to them.

    Looks only at modules that have been imported: an exception cannot come from another.
    """
    for module, name in _SPOKEN:
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and isinstance(error, kind):
            return str(error)
    if isinstance(error, OSError):
        return _of_the_disk(error)
    return None


def _of_the_disk(error: OSError) -> str | None:
    """What the system says of a file that a command wanted to read or write; None for anything else."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        where = f" for {error.filename}" if error.filename else ""
        return f"There is no room left on the disk{where}. Make room, and do the same again."
    if not isinstance(error.filename, str) or error.errno is None:
        return None
    return f"{error.filename} cannot be used: {(error.strerror or str(error)).lower()}."


def bug(error: BaseException, debug: bool) -> None:
    """Says that Sojourn itself has failed; the traceback goes to a file, or with `debug` to the
    standard error.
    """
    import tempfile
    import traceback

    trace = "".join(traceback.format_exception(error))
    last = traceback.format_exception_only(error)[-1].strip()
    say(click.style("This is a mistake in Sojourn, not in your files.", fg="red", bold=True))
    say(f"  {last}")
    if debug:
        say(trace)
        return
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="sojourn-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(trace)
    except OSError:
        say(trace)
        return
    say(f"What happened is written in {file.name}. Please report it together with that file.")
