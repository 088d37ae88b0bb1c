"""`sojourn graph`: a picture of a journey, or the map of a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sojourn.cli.exits import Failure, say
from sojourn.cli.workspace import folder_argument, without_mistakes

if TYPE_CHECKING:
    from sojourn.dsl.picture import Theme

__all__ = ["graph"]


@click.command()
@folder_argument()
@click.argument("journey", required=False)
@click.option("--mermaid", is_flag=True, help="A Mermaid flow chart, as GitHub and wikis draw it in a page.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="The file to write [JOURNEY.svg or FOLDER.svg in the current folder]; - for the standard output.",
)
@click.option(
    "--theme",
    type=click.Choice(["auto", "light", "dark"]),
    default="auto",
    show_default=True,
    help="Its colours: those of the reader's setting, or always light or dark (for printing, or a slide).",
)
def graph(folder: Path, journey: str | None, mermaid: bool, out: Path | None, theme: Theme) -> None:
    """Draw JOURNEY of the workspace FOLDER, or, without JOURNEY, the map of the whole workspace.

    The picture of a journey shows its starts, steps and branches in your own words. The map shows what
    leads to what: data and events, audiences, journeys, messages, and the topics people agree to. Both are
    SVG, which every browser opens; with --mermaid they are text for a page.

    \b
    Examples:
      sojourn graph my-journeys
      sojourn graph my-journeys cart_rescue
      sojourn graph my-journeys cart_rescue --mermaid
    """
    outcome, workspace = without_mistakes(folder)
    if journey is None:
        from sojourn.dsl.picture.map import as_chart, as_map
        from sojourn.dsl.picture.relations import relations

        name = folder.resolve().name
        found = relations(outcome)
        text = as_chart(found) if mermaid else as_map(found, name, theme)
    else:
        from sojourn.dsl import picture

        drawn = workspace.journeys.get(journey)
        if drawn is None:
            from sojourn.dsl.check.report import nearest

            near = nearest(journey, workspace.journeys)
            known = ", ".join(workspace.journeys) or "none"
            raise Failure(
                f"There is no journey {journey} in {folder}.",
                f"Did you mean {near[0]}?" if near else f"Its journeys: {known}.",
            )
        name = journey
        text = (
            picture.mermaid(drawn, outcome.sources)
            if mermaid
            else picture.drawing(drawn, outcome.sources, theme=theme)
        )
    if str(out) == "-" or (mermaid and out is None):
        click.echo(text, nl=False)
        return
    target = out or Path(f"{name}.svg")
    try:
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise Failure(f"{target} cannot be written: {(error.strerror or str(error)).lower()}.") from None
    say(f"{target} is written: open it in a browser." if not mermaid else f"{target} is written.")
