"""`sojourn simulate`: sample events played through the journeys under a clock that jumps."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from sojourn.cli.exits import Failure, say
from sojourn.cli.instants import instant
from sojourn.cli.output import counted, number, width, write_json
from sojourn.cli.progress import Progress
from sojourn.cli.workspace import folder_argument, without_mistakes

if TYPE_CHECKING:
    from sojourn.cli.simulated_input import Invented
    from sojourn.interpreter.simulation.simulate import Simulation

__all__ = ["simulate"]


@click.command()
@folder_argument()
@click.option(
    "--events",
    "files",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Events as JSON lines or CSV, a folder of such files, or - for the standard input; may be given "
    "several times. Without it: the files in FOLDER/events.",
)
@click.option(
    "--until",
    callback=instant,
    metavar="WHEN",
    help="Stop the clock at this date or moment (UTC). Without it: until nothing is waiting any more.",
)
@click.option(
    "--person", metavar="ID", help="Show all that happens to one person, by an identifier such as an email."
)
@click.option(
    "--why", "subject", metavar="NAME",
    help="Tell why a journey, message, audience, offer or attribute came out as it did for the one --person.",
)  # fmt: skip
@click.option(
    "--against", metavar="REV|FOLDER",
    help="Compare with another version of the files: a folder, or a revision of git.",
)  # fmt: skip
@click.option("--exit-code", is_flag=True, help="With --against: end with 3 when there are differences.")
@click.option(
    "--without-datasets",
    is_flag=True,
    help="Leave out the people in the CSV files of the workspace's datasets.",
)
@click.option(
    "--people",
    "people",
    type=click.IntRange(1),
    metavar="N",
    help="Instead of events from files: make N people up, and what they do.",
)
@click.option(
    "--days", type=click.IntRange(1, 3650), metavar="N", help="With --people: for so many days [30]."
)
@click.option("--seed", type=int, metavar="N", help="With --people: other people for another seed [1].")
@click.option(
    "--from",
    "begin",
    callback=instant,
    metavar="WHEN",
    help="With --people: when they begin [2026-03-02].",
)
@click.option(
    "--save-events",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="With --people: write their events into FILE, as --events reads them.",
)
@click.option(
    "--store",
    "store",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="Instead of events from files: play what is stored in this SQLite file.",
)
@click.option(
    "--html",
    "page_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the report into FILE, as one page for a browser.",
)
@click.option(
    "--pictures",
    "pictures_folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Draw each journey into FOLDER as SVG, with how many came to each step and branch.",
)
@click.option("--json", "as_json", is_flag=True, help="Write the result as JSON, for a program to read.")
def simulate(
    folder: Path,
    files: tuple[Path, ...],
    until: int | None,
    person: str | None,
    subject: str | None,
    against: str | None,
    exit_code: bool,
    without_datasets: bool,
    people: int | None,
    days: int | None,
    seed: int | None,
    begin: int | None,
    save_events: Path | None,
    store: Path | None,
    page_file: Path | None,
    pictures_folder: Path | None,
    as_json: bool,
) -> None:
    """Play sample events through the workspace FOLDER: what would happen, to whom, and when.

    The clock jumps from one event to the next, and to all that time brings between them: waits that
    are over, audiences that somebody leaves. The people in the datasets' CSV files are known from the
    beginning. Nothing is sent and nothing is stored, and the result is the same every time.

    \b
    Examples:
      sojourn simulate my-journeys
      sojourn simulate my-journeys --events last-week.jsonl --until 2026-04-12
      sojourn simulate my-journeys --person ada@example.com
      sojourn simulate my-journeys --person ada@example.com --why reminder
      sojourn simulate my-journeys --people 10000 --html report.html
      sojourn simulate my-journeys --against HEAD~1 --exit-code
      sojourn simulate my-journeys --against HEAD~1 --people 10000
    """
    if subject is not None and person is None:
        raise Failure(
            "--why asks about one person.", "Say who with --person, by an identifier such as an email."
        )
    asked = _invented(people, days, seed, begin, save_events)
    if sum(given is not None for given in (asked, store, files or None)) > 1:
        raise click.UsageError("--events, --people and --store each say what is played: give one of them.")
    began = perf_counter()
    outcome, workspace = without_mistakes(folder)
    from sojourn.cli import simulated_input as input
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.runtime.settings import Settings
    from sojourn.interpreter.simulation.simulate import simulate as play

    if person is not None:
        person = _as_stored(person)
    if against is not None:
        if page_file is not None or pictures_folder is not None or subject is not None:
            raise click.UsageError("--against compares; --html, --pictures and --why are about one version.")
        if store is not None:
            raise click.UsageError("`sojourn replay` compares versions over a store.")
        from sojourn.cli.simulate_against import compare_simulations

        compared: Sequence[Path] | input.Input
        if asked is not None:
            with Progress("making people up") as progress:
                compared = input.read_invented(workspace, asked, progress)
            if save_events is not None:
                input.save_events(compared.records, save_events)
        else:
            compared = input.event_paths(folder, files)
        missing = None if without_datasets else input.missing
        compare_simulations(folder, workspace, compared, against, until, person, missing, as_json, exit_code)
        return
    if exit_code:
        raise click.UsageError("--exit-code tells of differences: say what is compared, with --against.")
    with Progress("reading events") as progress:
        program = compile_program(workspace, links=Settings.load(folder, os.environ).links)
        if asked is not None:
            played_input = input.read_invented(workspace, asked, progress)
        elif store is not None:
            played_input = input.read_store(program, store, progress)
        else:
            played_input = input.read_files(workspace, folder, files, not without_datasets, progress)
        if save_events is not None:
            input.save_events(played_input.records, save_events)
        progress.now("playing")
        played = play(
            program,
            played_input.records,
            until=until,
            person=person,
            on_progress=lambda done, total, clock: progress.at(done, total, _day(clock)),
            as_received=played_input.as_received,
            reactions=played_input.reactions,
        )
    if person is not None and subject is not None:
        _why(played, person, subject, as_json)
        return
    if person is not None:
        _story(played, person, as_json)
        return
    if page_file is not None or pictures_folder is not None:
        from sojourn.cli.simulation_page import write_page, write_pictures

        title = folder.resolve().name
        if page_file is not None:
            write_page(page_file, played.report, title, outcome.sources, played_input.made_of)
        if pictures_folder is not None:
            write_pictures(pictures_folder, played.report, outcome.sources)
    if as_json:
        write_json(played.report.to_data())
        return
    from sojourn.cli.simulation_report import report_lines

    for line in report_lines(played.report, outcome, width()):
        click.echo(line)
    _look_next(played, folder, played_input.words)
    if save_events is not None:
        say(f"The events are in {save_events}.")
    if page_file is not None:
        say(f"The report is in {page_file}.")
    if pictures_folder is not None:
        say(f"The pictures are in {pictures_folder}.")
    if not played.report.records:
        return
    seconds = perf_counter() - began
    took = f"{counted(played.report.records, 'record')} in {seconds:.1f} s"
    say(click.style(f"{took}, played at {number(round(played.speed))} a second.", dim=True))


def _invented(
    people: int | None, days: int | None, seed: int | None, begin: int | None, save: Path | None
) -> Invented | None:
    """What is asked for with --people and the options that go with it."""
    if people is None:
        for said, name in ((days, "--days"), (seed, "--seed"), (begin, "--from"), (save, "--save-events")):
            if said is not None:
                raise click.UsageError(f"{name} is about people who are made up: give --people N, too.")
        return None
    from sojourn.cli.simulated_input import Invented

    return Invented(people, days or 30, 1 if seed is None else seed, begin)


def _as_stored(person: str) -> str:
    """An identifier as it is kept: an email address in lower case, a phone number without its spaces."""
    text = person.strip()
    if "@" in text:
        return text.lower()
    bare = text.replace(" ", "").replace("-", "")
    return bare if bare.startswith("+") and bare[1:].isdigit() else text


def _story(played: Simulation, person: str, as_json: bool) -> None:
    from sojourn.cli.story import told
    from sojourn.dsl.values import instant_to_iso

    try:
        lines = played.timeline(person)
    except LookupError:
        raise Failure(f"Nobody in these events is “{person}”.", _nearest_person(played, person)) from None
    number_of = played.people.find(person)
    assert number_of is not None
    someone = played.people.load(number_of)
    field = played.program.workspace.timezone_field
    zone = str((field and someone.fields.get(field)) or "UTC")
    if as_json:
        write_json(
            {
                "person": someone.key,
                "zone": zone,
                "timeline": [
                    {
                        "at": instant_to_iso(line.at),
                        "when": line.when,
                        "kind": line.kind,
                        "journey": line.journey,
                        "text": line.text,
                    }
                    for line in lines
                ],
            }
        )
        return
    also = [
        f"{namespace} {value}"
        for namespace, values in someone.identifiers.items()
        for value in values
        if f"{namespace}:{value}" != someone.key
    ]
    click.echo(click.style(someone.key, bold=True) + click.style(f"  times in {zone}", dim=True))
    if also:
        click.echo(click.style(f"also known by {', '.join(also)}", dim=True))
    click.echo()
    for line in told(lines, width()):
        click.echo(line)


def _why(played: Simulation, person: str, subject: str, as_json: bool) -> None:
    """Why something came out as it did for one person, as things stand at the end."""
    from sojourn.cli.why import show_why
    from sojourn.interpreter.why.log import from_entries

    number_of = played.people.find(person)
    if number_of is None or number_of not in played.history:
        raise Failure(f"Nobody in these events is “{person}”.", _nearest_person(played, person))
    someone = played.people.load(number_of)
    now = max(played.report.ended_at or 0, someone.clock)
    entries = played.history[number_of]
    log = from_entries(played.program, number_of, someone, now, entries, "this simulation")
    show_why(log, subject, who=person, as_json=as_json)


def _nearest_person(played: Simulation, person: str) -> str:
    from sojourn.dsl.check.report import nearest

    _, _, value = person.rpartition(":")
    everybody = [known for values in played.people.owners.values() for known in values]
    near = nearest(value, everybody)
    if near:
        return f"Did you mean {near[0]}?"
    return f"For instance there is {everybody[0]}." if everybody else "There is nobody in these events."


def _look_next(played: Simulation, folder: Path, asked: Sequence[str]) -> None:
    """One person's story to look at: of those who came through most journeys, the first."""
    most = max((person for _, person in played.people), key=_runs, default=None)
    if most is None or not _runs(most):
        return
    command = ["sojourn", "simulate", str(folder), *asked]
    names = [identifier.name for identifier in played.program.workspace.identifiers]
    known = next((value for name in names for value in most.identifiers.get(name, ())), most.key)
    words = [shlex.quote(word) for word in (*command, "--person", known)]
    click.echo(f"\nThe story of one of them:\n  {click.style(' '.join(words), fg='cyan')}")


def _runs(person: Any) -> int:
    return sum(person.counts.values())


def _day(clock: int) -> str:
    from sojourn.dsl.values import to_datetime

    day = to_datetime(clock)
    return f"{day.day} {day:%B %Y}"
