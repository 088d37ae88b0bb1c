"""`sojourn plan` and `sojourn deploy`: what a changed workspace would do to those under way; and doing it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click import style

from sojourn.cli.exits import CHANGES, Failure
from sojourn.cli.output import counted, number, plural, write_json
from sojourn.cli.workspace import folder_argument, store_option, without_mistakes

if TYPE_CHECKING:
    from sojourn.dsl.workspace import Compiled
    from sojourn.interpreter.compile import Program
    from sojourn.interpreter.runtime.plan import Plan
    from sojourn.interpreter.runtime.store import Store

__all__ = ["deploy", "plan", "plan_lines", "refuse_to_strand"]

HANDED_OVER_WITHIN = 60
"""Seconds in which the process that runs takes up what is deployed; it looks twice a second."""

_LAST = "SELECT version FROM program ORDER BY last_ran DESC, rowid DESC LIMIT 1"
"""The version that ran last."""

_MOVE = "Move those under way to the new steps, instead of letting them end on the version they began on."


@click.command()
@folder_argument()
@click.option("--move", is_flag=True, help=_MOVE)
@click.option("--exit-code", is_flag=True, help="End with 3 when there are changes.")
@store_option
@click.option("--json", "as_json", is_flag=True, help="Write it as JSON, for a program to read.")
def plan(folder: Path, move: bool, exit_code: bool, path: Path | None, as_json: bool) -> None:
    """Compare the workspace FOLDER with what its store runs, before anything changes.

    Shown is what is new, changed and gone, in meaning and not in text; who waits at each step of a
    changed journey, and what becomes of them; how many existing members would enter; and which messages
    would go out at once. It is tried on a copy of the store: nothing changes, and `sojourn run` may be
    running.

    \b
    Examples:
      sojourn plan my-journeys
      sojourn plan my-journeys --move
      sojourn plan my-journeys --exit-code || echo "there are changes"
    """
    from sojourn.interpreter.runtime import plan as planning
    from sojourn.interpreter.runtime.clock import WallClock

    outcome, program, store = _program(folder, path)
    if not store.is_file():
        found = planning.Plan("", program.version, 0)
    else:
        found = planning.plan(store, program, WallClock(), outcome.source, move)
    if as_json:
        write_json(_data(found))
    else:
        for line in plan_lines(found, move):
            click.echo(line)
    if exit_code and found.changed:
        raise click.exceptions.Exit(CHANGES)


@click.command()
@folder_argument()
@click.option("--move", is_flag=True, help=_MOVE)
@click.option("--strand", is_flag=True, help="Do it also where stored data could not be read any more.")
@store_option
def deploy(folder: Path, move: bool, strand: bool, path: Path | None) -> None:
    """Take the changed workspace FOLDER up in its store, and bring everybody up to date with it.

    New runs begin by the new text. Those under way end on the version they began on; with --move they go
    on in the new journeys at the step they stand at. `sojourn plan` shows beforehand what that means.
    Where stored data could not be read any more it is refused, with what that is, unless --strand is given.
    A `sojourn run` that is running takes it over between two transactions; otherwise the next one goes on
    with what was deployed.

    \b
    Examples:
      sojourn deploy my-journeys
      sojourn deploy my-journeys --move
    """
    from sojourn.interpreter.runtime import deployment
    from sojourn.interpreter.runtime.clock import WallClock
    from sojourn.interpreter.runtime.errors import StoreLocked
    from sojourn.interpreter.runtime.plan import carry_out
    from sojourn.interpreter.runtime.receipts import Committed
    from sojourn.interpreter.runtime.settings import make_place
    from sojourn.interpreter.runtime.store import Store
    from sojourn.interpreter.runtime.writer import Writer

    outcome, program, place = _program(folder, path)
    if path is None:
        make_place(folder)
    if not strand:
        refuse_to_strand(place, program)
    sent = 0

    def committed(told: Committed) -> None:
        nonlocal sent
        sent += len(told.outgoing)

    try:
        opened = Store.open(place)
    except StoreLocked as locked:
        if (mine := deployment.takes_saves(locked.holder, folder)) is not None:
            opened = _left_to_dev(place, program, locked.pid, mine, move)
        else:
            opened = _hand_over(place, folder, program, move, locked.pid)
    with opened as store:
        if store.read_only:
            return
        deployment.answer(store, [asked.number for asked in deployment.pending(store)], deployment.TAKEN)
        before = store.one(_LAST)
        writer = Writer(store, program, WallClock(), source=outcome.source, move=move, on_commit=committed)
        carry_out(writer)
        people = int(store.one("SELECT count(*) FROM person"))
    for said in writer.calendars:
        click.echo(style(said, fg="yellow"))
    if before == program.version and not writer.fates:
        click.echo("Nothing has changed: this version runs already.")
        return
    if before == program.version:
        click.echo(
            style("This version runs already", fg="green", bold=True) + "; those under way were moved to it."
        )
    else:
        what = "The workspace" if before is None else "The changed workspace"
        click.echo(
            style(f"{what} is in place", fg="green", bold=True) + f", for {counted(people, 'person')}."
        )
    for (journey, fate), count in sorted(writer.fates.items()):
        text = _FATES.get(fate)
        if text is not None:
            click.echo(f"  {number(count)} {'run' if count == 1 else 'runs'} of {journey} {text}")
    if sent:
        click.echo(f"  {counted(sent, 'message')} in the outbox: `sojourn run` hands them out")


def _hand_over(place: Path, folder: Path, program: Program, move: bool, pid: int) -> Store:
    """Lets the process that runs take the workspace up, and tells what became of it; then the store is only read. When
    that process has ended in the meantime the store is open for writing.
    """
    from sojourn.interpreter.runtime import deployment
    from sojourn.interpreter.runtime.clock import WallClock
    from sojourn.interpreter.runtime.store import Store
    from sojourn.interpreter.runtime.versions import runs_on_older_versions

    who = f"process {pid}" if pid else "the process that runs"
    reading = Store.open(place, read_only=True)
    if reading.one(_LAST) == program.version and not (
        move and runs_on_older_versions(reading.connection, program)
    ):
        click.echo("Nothing has changed: this version runs already.")
        return reading
    number = deployment.ask(place, folder, program.version, move, WallClock().now())
    late = Failure(
        f"{who[0].upper()}{who[1:]} has not taken it up within {HANDED_OVER_WITHIN} seconds.",
        "It is written down: that process does it when it can, or the next `sojourn run`.",
    )
    free = _free_before(place, lambda: bool(deployment.outcome(place, number)), late)
    if free is not None:
        return free
    said = deployment.outcome(place, number)
    if said != deployment.TAKEN:
        raise Failure(f"It was not taken up. {said}")
    click.echo(style("The changed workspace is live", fg="green", bold=True) + f": {who} has taken it over.")
    click.echo("  Everybody is brought up to date in the background.")
    return reading


def _left_to_dev(place: Path, program: Program, pid: int, mine: bool, move: bool) -> Store:
    """Waits until `sojourn dev` has taken up what is saved, and tells what became of it; the store is only read, unless
    that process has ended in the meantime. `mine`: whether it watches the folder that is deployed.
    """
    from sojourn.interpreter.runtime.store import Store

    dev = f"`sojourn dev` (process {pid})" if pid else "`sojourn dev`"
    if not mine:
        raise Failure(
            f"{dev} runs on this store, and takes up the files of another folder as they are saved, and not these.",
            "Nothing was changed. Stop it with Ctrl-C and deploy again.",
        )
    reading = Store.open(place, read_only=True)
    late = Failure(
        f"{dev} runs on this store and takes up what is saved, but has not taken this up within "
        f"{HANDED_OVER_WITHIN} seconds.",
        "What it says in its window tells why.",
    )
    already = reading.one(_LAST) == program.version
    free = _free_before(place, lambda: reading.one(_LAST) == program.version, late)
    if free is not None:
        return free
    if not already:
        click.echo(
            style("The changed workspace is live", fg="green", bold=True) + f": {dev} takes up what is saved."
        )
    else:
        click.echo(
            f"This version runs already: {dev} takes up every file as it is saved, and needs no deploy."
        )
    said = (
        "as with --move"
        if move
        else "as if deployed with --move: with `dev` nobody ends on the version they began on"
    )
    click.echo(f"  Those under way keep their place and go on by the new text, {said}.")
    return reading


def _free_before(place: Path, taken_up: Callable[[], bool], late: Failure) -> Store | None:
    """Waits until the process that holds the store has taken something up: None then. When that process ends before,
    the store, open for writing. Raises `late` after a while.
    """
    import time

    from sojourn.interpreter.runtime.errors import StoreLocked
    from sojourn.interpreter.runtime.store import Store

    began = time.monotonic()
    while not taken_up():
        time.sleep(0.1)
        try:
            return Store.open(place)
        except StoreLocked:
            pass
        if time.monotonic() - began > HANDED_OVER_WITHIN:
            raise late
    return None


def refuse_to_strand(store: Path, program: Program) -> None:
    """Raises Failure where stored data could not be read any more under a program."""
    from sojourn.interpreter.runtime.stranding import stranded_by

    found = stranded_by(store, program)
    if found:
        hint = "Put the schema back, or say that it is meant: `sojourn deploy --strand`."
        raise Failure("The change would strand what is stored:\n  " + "\n  ".join(found), hint)


_FATES = {
    "kept": "under way, and unharmed",
    "changed": "at a wait whose text was edited: they wait by the new one",
    "removed": "ended, because their step or the journey is gone",
}


def _program(folder: Path, path: Path | None) -> tuple[Compiled, Program, Path]:
    outcome, workspace = without_mistakes(folder)
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.runtime.settings import Settings

    settings = Settings.load(folder, os.environ)
    return outcome, compile_program(workspace, links=settings.links), path or settings.store


def plan_lines(found: Plan, move: bool) -> Iterator[str]:
    """The plan for people to read."""
    if not found.last:
        yield "Nothing has run here yet: everything is new, and nobody is under way."
        return
    if not found.changed:
        yield style("No changes: this is what runs.", fg="green", bold=True)
        return
    if found.calendars:
        yield style(found.calendars[0], fg="yellow", bold=True)
        yield from (f"  {sentence}" for sentence in found.calendars[1:])
        if found.last == found.version:
            yield "The files are those that run."
            return
        yield ""
    if found.unread:
        yield "What ran last was kept by another version of Sojourn: what has changed since is not known."
    elif not found.changes:
        yield "The journeys mean the same; the rows of a catalog, or the links, are others."
    else:
        yield style(f"{counted(len(found.changes), 'change')}", bold=True) + " since what ran last:"
        colors = {"new": "green", "changed": "yellow", "gone": "red"}
        for change in found.changes:
            details = f": {'; '.join(change.details)}" if change.details else ""
            yield f"  {style(f'{change.how:<8}', fg=colors[change.how])}{change.kind} {change.name}{details}"
    if found.stranded:
        yield ""
        yield style("Stored data that could not be read any more:", fg="red", bold=True)
        yield from (f"  {sentence}" for sentence in found.stranded)
        yield "        (`deploy` and `run` refuse that; `deploy --strand` says that it is meant)"
    yield ""
    if found.standings:
        yield style("Under way in what changes:", bold=True)
        for standing in found.standings:
            yield f"{number(standing.people):>7} in {standing.journey} at “{standing.step}” {standing.becomes}"
        if not move:
            yield "        (`--move` moves them to the new steps)"
    else:
        yield "Nobody is under way in what changes."
    for entrance in found.entrances:
        over = f", spread over {_over(entrance.over)}" if entrance.over else " at once"
        yield (
            f"{counted(entrance.people, 'existing member')} of {entrance.audience} "
            f"{'enters' if entrance.people == 1 else 'enter'} {entrance.journey}{over}."
        )
    if not found.messages:
        yield "No message goes out at once."
        return
    total = sum(found.messages.values())
    yield style(
        f"{counted(total, 'message')} {'goes' if total == 1 else 'go'} out at once:", fg="red", bold=True
    )
    for (journey, message, channel), count in found.messages.items():
        yield f"{number(count):>7} × {message} by {channel}, from {journey}"


def _over(microseconds: int) -> str:
    for unit, length in (("day", 86_400_000_000), ("hour", 3_600_000_000), ("minute", 60_000_000)):
        if microseconds % length == 0:
            count = microseconds // length
            return f"{number(count)} {unit if count == 1 else plural(unit)}"
    return f"{number(microseconds // 1_000_000)} seconds"


def _data(found: Plan) -> dict[str, Any]:
    return {
        "last": found.last or None,
        "version": found.version,
        "changed": found.changed,
        "people": found.people,
        "public_holidays": list(found.calendars),
        "changes": [
            {"how": c.how, "kind": c.kind, "name": c.name, "details": list(c.details)} for c in found.changes
        ],
        "under_way": [
            {"journey": s.journey, "step": s.step, "people": s.people, "becomes": s.becomes}
            for s in found.standings
        ],
        "existing_members": [
            {
                "journey": e.journey,
                "audience": e.audience,
                "people": e.people,
                "over_seconds": e.over // 1_000_000,
            }
            for e in found.entrances
        ],
        "messages_at_once": [
            {"journey": journey, "message": message, "channel": channel, "count": count}
            for (journey, message, channel), count in found.messages.items()
        ],
        "started_at_once": dict(found.started),
        "stranded": list(found.stranded),
    }
