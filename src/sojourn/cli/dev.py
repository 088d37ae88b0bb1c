"""`sojourn dev`: the live engine that takes up every change that is saved."""

from __future__ import annotations

import re
import time
from pathlib import Path

import click

from sojourn.cli.exits import Failure
from sojourn.cli.workspace import folder_argument, required

__all__ = ["dev"]

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}


@click.command()
@folder_argument()
@click.option(
    "--play", is_flag=True, help="Play the sample events in FOLDER/events, weeks in about a minute."
)
@click.option(
    "--speed",
    default="",
    metavar="TIME",
    help="With --play: how much time passes in a second: “6 hours”, or “max”.",
)
@click.option(
    "--events", "-e", multiple=True, metavar="FILE", help="Take in a file of events; - is the standard input."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), help="The port for events over HTTP [8420]; 0 takes a free one."
)
@click.option("--no-http", is_flag=True, help="Take no events over HTTP.")
@click.option(
    "--store",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The SQLite file [FOLDER/.sojourn/sojourn.db].",
)
def dev(
    folder: Path,
    play: bool,
    speed: str,
    events: tuple[str, ...],
    port: int | None,
    no_http: bool,
    store: Path | None,
) -> None:
    """Run the workspace FOLDER, and take up every change you save. Without FOLDER it is the current one.

    A save that is right is live at once; people who wait in a journey that changed keep their place. A save
    with mistakes changes nothing: they are shown, and what ran before goes on until they are mended.

    With --play, the sample events of the workspace pass in front of you, weeks in about a minute, in a store
    of their own that is thrown away; nothing is sent to anybody.

    \b
    Examples:
      sojourn dev my-journeys
      sojourn dev examples/shop --play
      sojourn dev examples/shop --play --speed "6 hours"

    Ends with 0 when it was stopped, 2 when the store is in use or a file cannot be read.
    """
    required(folder)
    if play:
        taken = {"--events": events, "--port": port, "--no-http": no_http, "--store": store}
        wrong = next(
            (name for name, value in taken.items() if value or (value == 0 and value is not False)), None
        )
        if wrong is not None:
            raise Failure(f"`--play` has a store and events of its own; `{wrong}` does not go with it.")
        from sojourn.cli.play import play_samples

        play_samples(folder, seconds_per_second(speed))
        return
    if speed:
        raise Failure("`--speed` goes with `--play`: without it, time passes as it does.")
    _run(folder, events, port, no_http, store)


def _run(folder: Path, events: tuple[str, ...], port: int | None, no_http: bool, store: Path | None) -> None:
    from sojourn.cli import serving
    from sojourn.cli.saves import good, show_fates, show_reload
    from sojourn.cli.screen import Screen
    from sojourn.interpreter.runtime.deployment import saves_of
    from sojourn.interpreter.runtime.live import Live
    from sojourn.interpreter.runtime.reload import Bench, Reloader
    from sojourn.interpreter.runtime.settings import make_place

    settings = serving.settings_of(folder)
    if store is None:
        make_place(folder)
    screen = Screen()
    bench = Bench(folder, settings.links)
    with serving.stopping() as stop:
        loaded = good(bench, stop)
        if loaded is None or loaded.program is None:
            return
        telling = serving.Telling(screen, lambda: live.engine.program.workspace, everything=True)
        live = Live(
            store or settings.store,
            loaded.program,
            telling,
            settings.channels(lambda message, line: screen.line(line)),
            source=loaded.source,
            events=events,
            port=None if no_http else settings.port if port is None else port,
            holder=saves_of(folder),
        )
        began = time.monotonic()
        before = live.counts()
        reloader = Reloader(
            bench,
            live.engine,
            loaded,
            lambda reload: show_reload(screen, reload, serving.clock_now()),
            lambda fates: show_fates(screen, fates),
        )
        with screen:
            try:
                hints = [("edit", f"save any file in {folder}: it is live at once"), ("stop", "Ctrl-C")]
                screen.lines([*serving.head_lines(folder, settings, live, "Running", hints), ""])
                serving.serve(live, telling, stop, False, reloader.start)
            finally:
                reloader.stop()
                live.stop()
    screen.lines(serving.summary_lines(before, live, telling, time.monotonic() - began))
    live.close()
    screen.still_read()
    if (failure := serving.failed_feed(live)) is not None:
        raise failure


def seconds_per_second(text: str) -> float | None:
    """`6 hours` is 21,600 seconds that pass in one; `max` is as fast as can be; "" leaves it to the
    samples.
    """
    said = " ".join(text.lower().split())
    if not said:
        return None
    if said == "max":
        return float("inf")
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?(second|minute|hour|day|week)s?", said)
    if found is None or float(found[1]) <= 0:
        raise Failure(
            f"`--speed` is how much time passes in a second, not “{text}”.",
            'Write a length of time, such as `--speed "6 hours"`, or `--speed max`.',
        )
    return float(found[1]) * _UNITS[found[2]]
