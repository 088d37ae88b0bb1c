"""What is saved while a workspace runs, and what is deployed to it: waited for, and told."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import click

from sojourn.cli.exits import say

if TYPE_CHECKING:
    from sojourn.cli.screen import Screen
    from sojourn.dsl.workspace import Compiled
    from sojourn.interpreter.runtime.following import Deployed
    from sojourn.interpreter.runtime.reload import Bench, Fate, Loaded, Reload

__all__ = ["good", "show_fates", "show_followed", "show_reload"]


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
