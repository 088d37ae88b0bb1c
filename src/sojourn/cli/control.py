"""`sojourn pause`, `resume`, `close` and `stop`: journeys by hand, by name."""

from __future__ import annotations

import os
from pathlib import Path

import click
from click import style

from sojourn.cli.exits import Failure
from sojourn.cli.output import counted
from sojourn.cli.workspace import folder_argument, store_option

__all__ = ["close", "pause", "resume", "stop"]


@click.command()
@click.argument("journey")
@folder_argument()
@click.option("--drop", is_flag=True, help="Starts while it is paused are dropped; otherwise they wait.")
@store_option
def pause(journey: str, folder: Path, drop: bool, path: Path | None) -> None:
    """Let nobody enter JOURNEY until it is resumed; those in it go on.

    Who would have entered meanwhile enters when the journey is resumed, if its own rules still let them;
    with --drop they do not. It is written down, and works while `sojourn run` runs.

    \b
    Example:
      sojourn pause cart_rescue my-journeys
    """
    _say(journey, folder, path, "drop" if drop else "pause", "is paused")


@click.command()
@click.argument("journey")
@folder_argument()
@store_option
def resume(journey: str, folder: Path, path: Path | None) -> None:
    """Let people enter JOURNEY again, after a pause, or after it was closed or stopped.

    The starts that waited during a pause begin.

    \b
    Example:
      sojourn resume cart_rescue my-journeys
    """
    _say(journey, folder, path, "resume", "is open again")


@click.command()
@click.argument("journey")
@folder_argument()
@store_option
def close(journey: str, folder: Path, path: Path | None) -> None:
    """Let nobody enter JOURNEY any more; those in it finish.

    \b
    Example:
      sojourn close advent my-journeys
    """
    _say(journey, folder, path, "close", "is closed: those in it finish, and nobody enters")


@click.command()
@click.argument("journey")
@folder_argument()
@store_option
def stop(journey: str, folder: Path, path: Path | None) -> None:
    """End JOURNEY for everybody in it, and let nobody enter.

    \b
    Example:
      sojourn stop advent my-journeys
    """
    _say(journey, folder, path, "stop", "is stopped: it ends for those in it, and nobody enters")


def _say(journey: str, folder: Path, path: Path | None, action: str, done: str) -> None:
    from sojourn.dsl.check.report import nearest
    from sojourn.interpreter.runtime import control
    from sojourn.interpreter.runtime.clock import WallClock
    from sojourn.interpreter.runtime.settings import Settings
    from sojourn.interpreter.runtime.store import Store
    from sojourn.interpreter.runtime.versions import last_workspace

    place = path or Settings.load(folder, os.environ).store
    with Store.open(place, read_only=True) as store:
        last = last_workspace(store)
        known = list(last[1].journeys) if last is not None and last[1] is not None else []
        inside = int(store.one("SELECT count(*) FROM run WHERE journey = ?", (journey,)))
    if journey not in known and not inside:
        near = nearest(journey, known)
        hint = f"Did you mean `{near[0]}`?" if near else f"Journeys: {', '.join(sorted(known)) or 'none'}."
        raise Failure(f"No journey {journey} runs here.", hint)
    control.say(place, journey, action, WallClock().now())
    click.echo(f"{style(journey, bold=True)} {done} ({counted(inside, 'run')} under way).")
