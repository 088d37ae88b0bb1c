"""`sojourn dev`: the live engine that takes up every change that is saved."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sojourn.cli.exits import Failure, say
from sojourn.cli.workspace import folder_argument, required

if TYPE_CHECKING:
    from sojourn.cli.screen import Screen
    from sojourn.dsl.workspace import Compiled
    from sojourn.interpreter.runtime.following import Deployed
    from sojourn.interpreter.runtime.reload import Bench, Fate, Loaded, Reload

__all__ = ["dev", "show_fates", "show_followed", "show_reload"]

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
    from sojourn.cli.screen import Screen
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


def good(bench: Bench, stop: threading.Event) -> Loaded | None:
    """The workspace without mistakes: with some in it they are shown, and a save that mends them is waited
    for.

    None when `stop` comes first.
    """
    from sojourn.interpreter.runtime.watcher import Watcher

    loaded = bench.load()
    if loaded.program is not None:
        return loaded
    saved = threading.Event()
    watcher = Watcher(bench.folder, lambda began: saved.set())
    watcher.also(loaded.compiled.files)
    watcher.start()
    try:
        # What was saved before the watcher looked is read here.
        loaded = bench.load()
        while loaded.program is None and not stop.is_set():
            say(mistakes_of(loaded.compiled))
            say(
                click.style(
                    "Nothing runs yet. Mend it and save: it starts by itself. Ctrl-C stops.", bold=True
                )
            )
            while not saved.wait(0.5) and not stop.is_set():
                pass
            saved.clear()
            loaded = bench.load()
            watcher.also(loaded.compiled.files)
    finally:
        watcher.stop()
    return None if stop.is_set() else loaded


def mistakes_of(outcome: Compiled) -> str:
    """The mistakes of a workspace, drawn as `sojourn check` draws them, with a line that counts them."""
    from sojourn.cli.output import width
    from sojourn.cli.workspace import findings_of, mistakes_line
    from sojourn.dsl.render_terminal import terminal

    found = tuple(finding for finding in findings_of(outcome) if finding.severity == "error")
    return f"{terminal(found, width())}{mistakes_line(found)}"


def show_reload(screen: Screen, reload: Reload, when: str) -> None:
    """What a save meant; for a bad one its mistakes."""
    from rich.text import Text

    from sojourn.cli.output import listed
    from sojourn.cli.told import reload_lines, stamped

    if reload.mistakes and reload.compiled is not None:
        files = listed(reload.files[:3]) or "the workspace"
        line = stamped(when, ("✗ ", "bold red"), (files, "bold"), (" saved, with a mistake in it:", ""))
        mistakes = Text.from_ansi(mistakes_of(reload.compiled)).split("\n")
        goes_on = Text("What ran before goes on until it is mended.", style="bold")
        screen.lines([line, "", *mistakes, goes_on])
        return
    screen.lines(reload_lines(reload, when))


def show_followed(screen: Screen, told: Reload | Deployed, when: str) -> None:
    """What `run` has taken up: the rows of files that others write, and what was deployed."""
    from sojourn.cli.told import change_lines, stamped
    from sojourn.interpreter.runtime.following import Deployed

    if isinstance(told, Deployed):
        if told.problem:
            line = stamped(
                when, ("✗ ", "bold red"), (f"What was deployed is not taken up. {told.problem}", "")
            )
            screen.lines([line])
            return
        took = f" in {max(1, round(told.seconds * 1000))} ms"
        line = stamped(when, ("✓ ", "bold green"), ("deployed", "bold"), (f": live{took}", ""))
        screen.lines([line, *change_lines(told.changes)])
        return
    show_reload(screen, told, when)


def show_fates(screen: Screen, fates: list[Fate]) -> None:
    """What became of those who were under way in journeys that changed."""
    from sojourn.cli.told import fate_line

    screen.lines(map(fate_line, fates))


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
