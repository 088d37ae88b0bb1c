"""`sojourn lsp`: the language server, for editors."""

from __future__ import annotations

import click

from sojourn.cli.exits import Failure

__all__ = ["lsp"]


@click.command()
@click.option(
    "--stdio", is_flag=True, hidden=True, help="How editors say that they speak by standard input and output."
)
def lsp(stdio: bool) -> None:
    """Answer an editor: mistakes while you type, completion, names, fixes.

    An editor starts this command and speaks the Language Server Protocol with it; there is nothing
    to see in a terminal.

    \b
    Examples (in an editor's settings, for files that end in .journey):
      sojourn lsp
    """
    try:
        from sojourn.editor.server import serve
    except ModuleNotFoundError as missing:
        if (missing.name or "").split(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise Failure(
            "The language server needs a library that is not installed.",
            "Install Sojourn again: it comes with it.",
        ) from None
    serve()
