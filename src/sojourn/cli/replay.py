"""`sojourn replay`: the events of a store through the edited files, and what changes for whom."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sojourn.cli.exits import CHANGES, Failure, say
from sojourn.cli.instants import instant
from sojourn.cli.output import counted, number, width, write_json
from sojourn.cli.progress import Progress
from sojourn.cli.workspace import folder_argument, store_option, without_mistakes

if TYPE_CHECKING:
    from sojourn.interpreter.compile import Program
    from sojourn.interpreter.runtime.store import Store
    from sojourn.interpreter.simulation.comparison import Comparison, Version

__all__ = ["day_of", "replay"]


@click.command()
@folder_argument()
@click.option(
    "--against", metavar="REV|FOLDER",
    help="Compare with another version of the files: a folder, or a revision of git. Without it: with what the store "
    "runs.",
)  # fmt: skip
@click.option(
    "--from", "since", callback=instant, metavar="WHEN", help="Compare only what happens from here on (UTC)."
)
@click.option("--to", "until", callback=instant, metavar="WHEN", help="Stop the clock here (UTC).")
@click.option("--person", metavar="ID", help="Show what is different for one person, line by line.")
@click.option("--exit-code", is_flag=True, help="End with 3 when there are differences.")
@store_option
@click.option("--json", "as_json", is_flag=True, help="Write it as JSON, for a program to read.")
def replay(
    folder: Path,
    against: str | None,
    since: int | None,
    until: int | None,
    person: str | None,
    exit_code: bool,
    path: Path | None,
    as_json: bool,
) -> None:
    """Play the stored events through the files in FOLDER: what would have been different, and for whom.

    All events of the store are played twice, each as it was received: through the version that runs on
    the store (or --against another), and through the files as they are. Shown is what would be sent to
    fewer or more people, at another time or in other words; who would enter which journey and audience,
    and take which arm of a split; with one person as the example of each difference. Nothing is sent, and
    the store is only read: `sojourn run` may be running.

    \b
    Examples:
      sojourn replay my-journeys
      sojourn replay my-journeys --from 2026-03-01 --to 2026-04-01
      sojourn replay my-journeys --against main --exit-code
      sojourn replay my-journeys --person ada@example.com
    """
    _, workspace = without_mistakes(folder)
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.runtime.settings import Settings
    from sojourn.interpreter.runtime.store import Store

    settings = Settings.load(folder, os.environ)
    program = compile_program(workspace, links=settings.links)
    with Store.open(path or settings.store, read_only=True) as store, Progress("reading events") as progress:
        found, notes = _compared(store, folder, program, against, since, until, progress)
    if as_json:
        from sojourn.cli.differences import comparison_data

        write_json({**comparison_data(found), "notes": notes})
    elif person is not None:
        _one(found, person)
    else:
        _shown(found, notes)
    if exit_code and found.differences:
        raise click.exceptions.Exit(CHANGES)


def _compared(
    store: Store, folder: Path, program: Program, against: str | None, since: int | None, until: int | None,
    progress: Progress,
) -> tuple[Comparison, list[str]]:  # fmt: skip
    """Plays both versions; and what has to be known beside the result."""
    from sojourn.interpreter.runtime import replay as stored
    from sojourn.interpreter.simulation.comparison import Version, compare, playable

    with ExitStack() as open_:
        before, notes = _before(open_, store, folder, program, against)
        events = list(stored.events_of(store, lambda done, total: progress.at(done, total)))
        after = Version("the files", program)
        mine, left_out = playable(program, events)
        theirs, _ = playable(before.program, events)
        del events
        progress.now("playing")
        found = compare(
            before, after, (theirs, mine), since=since, until=until or stored.came_to(store), as_received=True,
            on_progress=lambda name, done, total, clock: progress.at(done, total, f"{name}, {day_of(clock)}"),
        )  # fmt: skip
    found.left_out = left_out
    if left_out:
        notes.append(f"{counted(left_out, 'record')} left out: they carry no identifier that the files know.")
    for event, gone in stored.dropped_before(store, program).items():
        notes.append(
            f"Events {event} before {day_of(gone)} are not stored any more: both sides go without them."
        )
    if against is None:
        notes += _faithful(store, found, since)
    return found, notes


def _before(
    open_: ExitStack, store: Store, folder: Path, program: Program, against: str | None
) -> tuple[Version, list[str]]:
    from sojourn.interpreter.simulation.comparison import Version

    if against is not None:
        from sojourn.cli.revisions import other_version
        from sojourn.interpreter.compile import compile_program

        _, workspace, _ = open_.enter_context(other_version(folder, against))
        return Version(against, compile_program(workspace, links=program.links)), []
    from sojourn.interpreter.runtime.replay import running_program

    running = running_program(store, program)
    if running is None:
        raise Failure(
            "What ran on this store is not known: nothing ran there, or it was kept by another version of Sojourn.",
            "Compare with another version of the files: --against REV or FOLDER.",
        )
    return Version("what the store runs", running[1]), []


def _faithful(store: Store, found: Comparison, since: int | None) -> list[str]:
    """How well the replay of the store's own version meets what was recorded."""
    from sojourn.interpreter.runtime.replay import recorded

    assert found.played is not None
    real = recorded(store, since, found.last)
    sent = sum(
        1
        for entries in found.played[0].history.values()
        for entry in entries
        if getattr(entry, "kind", "") == "sent" and (since is None or entry.at >= since)
    )
    if sent == real.sent:
        return []
    return [
        f"The store has recorded {counted(real.sent, 'message')}; its version played again sends {number(sent)}. What "
        "was done by hand, other versions that ran before, and the answers of webhooks are not played again."
    ]


def _shown(found: Comparison, notes: list[str]) -> None:
    from sojourn.cli.differences import comparison_lines

    span = f"from {day_of(found.first)} " if found.first is not None else ""
    click.echo(
        f"{counted(found.records, 'event')} played {span}to {day_of(found.last)}: the files, compared with "
        f"{found.before.name}. Nothing was sent."
    )
    for line in comparison_lines(found, width()):
        click.echo(line)
    for note in notes:
        say(click.style(note, dim=True))


def _one(found: Comparison, person: str) -> None:
    from sojourn.cli.differences import person_lines

    try:
        for line in person_lines(found, person.strip()):
            click.echo(line)
    except LookupError:
        raise Failure(f"Nobody in these events is “{person}”.") from None


def day_of(at: int | None) -> str:
    """`3 March 2026`, in UTC."""
    from sojourn.dsl.values import to_datetime

    day = to_datetime(at or 0)
    return f"{day.day} {day:%B %Y}"
