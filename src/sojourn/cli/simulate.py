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
from sojourn.cli.output import counted, listed, number, width, write_json
from sojourn.cli.progress import Progress
from sojourn.cli.workspace import folder_argument, without_mistakes

if TYPE_CHECKING:
    from sojourn.interpreter.core.records import Record
    from sojourn.interpreter.door import Rejected
    from sojourn.interpreter.simulate import Simulation

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
@click.option(
    "--without-datasets",
    is_flag=True,
    help="Leave out the people in the CSV files of the workspace's datasets.",
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
    without_datasets: bool,
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
      sojourn simulate my-journeys --html report.html
      sojourn simulate my-journeys --against HEAD~1
    """
    if subject is not None and person is None:
        raise Failure(
            "--why asks about one person.", "Say who with --person, by an identifier such as an email."
        )
    began = perf_counter()
    outcome, workspace = without_mistakes(folder)
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.runtime.settings import Settings
    from sojourn.interpreter.samples import people_of_datasets, read_events
    from sojourn.interpreter.simulate import simulate as play

    paths = _paths(folder, files)
    if person is not None:
        person = _as_stored(person)
    if against is not None:
        if page_file is not None or pictures_folder is not None or subject is not None:
            raise click.UsageError("--against compares; --html, --pictures and --why are about one version.")
        from sojourn.cli.simulate_against import compare_simulations

        people = None if without_datasets else _missing
        compare_simulations(folder, workspace, paths, against, until, person, people, as_json)
        return
    with Progress("reading events") as progress:
        records: list[Record | Rejected] = read_events(workspace, paths, progress.at)
        if not without_datasets:
            records = [*people_of_datasets(workspace, folder, records, _missing), *records]
        progress.now("playing")
        played = play(
            compile_program(workspace, links=Settings.load(folder, os.environ).links),
            records,
            until=until,
            person=person,
            on_progress=lambda done, total, clock: progress.at(done, total, _day(clock)),
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
            write_page(page_file, played.report, title, outcome.sources, _made_of(files))
        if pictures_folder is not None:
            write_pictures(pictures_folder, played.report, outcome.sources)
    if as_json:
        write_json(played.report.to_data())
        return
    from sojourn.cli.simulation_report import report_lines

    for line in report_lines(played.report, outcome, width()):
        click.echo(line)
    _look_next(played, folder, files)
    if page_file is not None:
        say(f"The report is in {page_file}.")
    if pictures_folder is not None:
        say(f"The pictures are in {pictures_folder}.")
    if not played.report.records:
        return
    seconds = perf_counter() - began
    took = f"{counted(played.report.records, 'record')} in {seconds:.1f} s"
    say(click.style(f"{took}, played at {number(round(played.speed))} a second.", dim=True))


def _made_of(files: Sequence[Path]) -> str:
    """What was played, as a sentence."""
    if not files:
        return "Played: the sample events of the workspace."
    return f"Played: the events of {listed(str(path) for path in files)}."


def _paths(folder: Path, files: Sequence[Path]) -> list[Path]:
    """The files to read: those given, folders opened; else those in the workspace's folder `events`."""
    if not files and not (folder / "events").is_dir():
        raise Failure(
            f"There are no sample events: {folder / 'events'} is not there.",
            "Name a file of events with --events FILE, or put some (JSON lines or CSV) into that folder.",
        )
    from sojourn.interpreter.samples import SUFFIXES, event_files

    paths: list[Path] = []
    for path in files or [folder / "events"]:
        found = event_files(path) if path.is_dir() else [path]
        if not found:
            raise Failure(
                f"There are no events in {path}.", f"A file of events ends in {listed(SUFFIXES, 'or')}."
            )
        paths += found
    return paths


def _missing(sentence: str) -> None:
    say(f"{sentence} The simulation goes on without it.")


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


def _look_next(played: Simulation, folder: Path, files: Sequence[Path]) -> None:
    """One person's story to look at: of those who came through most journeys, the first."""
    most = max((person for _, person in played.people), key=_runs, default=None)
    if most is None or not _runs(most):
        return
    command = ["sojourn", "simulate", str(folder)]
    for path in files:
        command += ["--events", str(path)]
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
