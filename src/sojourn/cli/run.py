"""`sojourn run`: the live engine on a store."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import click

from sojourn.cli.exits import Failure
from sojourn.cli.workspace import folder_argument, without_mistakes

__all__ = ["run"]


@click.command()
@folder_argument()
@click.option(
    "--events",
    "-e",
    multiple=True,
    metavar="FILE",
    help="Take in a file of events (JSON lines or CSV), from where it stopped; - is the standard input.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), help="The port for events over HTTP [8420]; 0 takes a free one."
)
@click.option("--no-http", is_flag=True, help="Take no events over HTTP.")
@click.option("--dataset", default="", metavar="NAME", help="The dataset that the files of events belong to.")
@click.option(
    "--store",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The SQLite file [FOLDER/.sojourn/sojourn.db].",
)
@click.option("--once", is_flag=True, help="Stop when the files are in and all that is due has been done.")
@click.option(
    "--clock",
    type=click.Choice(["wall", "events"]),
    default="wall",
    help="The real time, or that of the events: the past as it was, with nothing sent to anybody.",
)
def run(
    folder: Path,
    events: tuple[str, ...],
    port: int | None,
    no_http: bool,
    dataset: str,
    store: Path | None,
    once: bool,
    clock: str,
) -> None:
    """Run the workspace FOLDER on live events, until Ctrl-C. Without FOLDER it is the current one.

    Events come over HTTP (POST /events on this machine), from files and from pipes. What is due by time
    happens by itself. Messages are written into FOLDER/.sojourn/outbox; with SOJOURN_SMTP_URL set, email is
    really sent. Everything is in one SQLite file: a later run goes on where this one stopped, however it
    ended.

    \b
    Examples:
      sojourn run my-journeys
      sojourn run my-journeys --events web.jsonl --events shop.csv
      tail -F web.jsonl | sojourn run my-journeys --events -
      sojourn run my-journeys --events 2025.jsonl --clock events --store trial.db

    \b
    Send it an event:
      curl -X POST localhost:8420/events -d '{"event": "purchase", "id": "1",
        "profile": {"email": "ada@example.com"}, "properties": {"total": "59 EUR"}}'

    Ends with 0 when it was stopped, 1 when the workspace has mistakes, 2 when the store is in use or a file
    cannot be read.
    """
    past = clock == "events"
    if past and not events:
        raise Failure("`--clock events` needs a file of events.", "Name it with `--events FILE`.")
    if past and port is not None:
        raise Failure("`--clock events` takes no events over HTTP.", "Leave `--port` away.")
    if once and not events:
        raise Failure("`--once` needs files of events.", "Name them with `--events FILE`.")
    outcome, workspace = without_mistakes(folder)

    from sojourn.cli import serving
    from sojourn.cli.plan import refuse_to_strand
    from sojourn.cli.saves import show_followed
    from sojourn.cli.screen import Screen
    from sojourn.interpreter.door.datasets import dataset_named
    from sojourn.interpreter.runtime.clock import EventClock, WallClock
    from sojourn.interpreter.runtime.following import Follower
    from sojourn.interpreter.runtime.live import Live
    from sojourn.interpreter.runtime.reload import Bench
    from sojourn.interpreter.runtime.settings import make_place

    if dataset:
        try:
            dataset_named(workspace, dataset)
        except LookupError as error:
            raise Failure(str(error)) from None
    settings = serving.settings_of(folder)
    if past:
        # Whoever plays the past over again writes to nobody.
        settings = replace(settings, deliver={}, smtp_url="")
    path = store or settings.store
    if store is None:
        make_place(folder)
    screen = Screen()
    bench = Bench(folder, settings.links)
    loaded = bench.loaded(outcome)
    program = loaded.program
    assert program is not None
    refuse_to_strand(path, program)
    telling = serving.Telling(screen, lambda: live.engine.program.workspace, everything=False)
    live = Live(
        path,
        program,
        telling,
        settings.channels(lambda message, line: screen.line(line)),
        source=loaded.source,
        clock=EventClock() if past else WallClock(),
        events=events,
        dataset=dataset,
        port=None if past or no_http else settings.port if port is None else port,
    )
    began = time.monotonic()
    before = live.counts()
    follower = None
    if not (past or once):
        follower = Follower(
            bench, live.engine, loaded, lambda told: show_followed(screen, told, serving.clock_now())
        )
    with screen, serving.stopping(lambda: screen.line("Stopping …")) as stop:
        try:
            hints = (
                [("stop", "Ctrl-C; the next run goes on where this one stopped")]
                if not (past or once)
                else []
            )
            screen.lines([*serving.head_lines(folder, settings, live, "Running", hints), ""])
            serving.serve(live, telling, stop, once or past, follower.start if follower else None)
        finally:
            if follower is not None:
                follower.stop()
            live.stop()
    screen.lines(serving.summary_lines(before, live, telling, time.monotonic() - began))
    live.close()
    screen.still_read()
    if (failure := serving.failed_feed(live)) is not None:
        raise failure
