"""`sojourn docs`: a site about a workspace, to browse and to share."""

from __future__ import annotations

from pathlib import Path

import click

from sojourn.cli.exits import Failure
from sojourn.cli.output import counted
from sojourn.cli.workspace import folder_argument, without_mistakes

__all__ = ["docs"]


@click.command()
@folder_argument()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("site"),
    show_default=True,
    help="The folder to write into.",
)
@click.option("--title", help="What the site is called [the folder's name].")
def docs(folder: Path, out: Path, title: str | None) -> None:
    """Write a site about the workspace FOLDER: plain pages that need no server.

    Every journey with its picture and the tests that come through it, every message as your own tests
    sent it, schemas and events with their fields, audiences, topics and limits; and for each, what it
    comes from and what it leads to. Descriptions are the ## lines above a declaration.

    \b
    Examples:
      sojourn docs my-journeys
      sojourn docs my-journeys --out /var/www/journeys --title "Our shop"
    """
    outcome, _ = without_mistakes(folder)
    from sojourn.site import write_site

    try:
        written = write_site(outcome, out, title or folder.resolve().name)
    except OSError as error:
        raise Failure(
            f"{error.filename or out} cannot be written: {(error.strerror or str(error)).lower()}."
        ) from None
    done = click.style(f"{counted(written.pages, 'page')} written to {out}.", fg="green", bold=True)
    unseen = written.messages - written.previewed
    which = "its page has" if unseen == 1 else "their pages have"
    without = f" {counted(unseen, 'message')} no test sends: {which} no preview." if unseen else ""
    click.echo(f"{done} Open {out / 'index.html'} in a browser.{without}")
