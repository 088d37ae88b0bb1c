"""What `run` and `dev` have in common: putting a workspace to work, telling what happens, and stopping
cleanly.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from sojourn.cli.exits import INTERRUPTED, Failure, say
from sojourn.cli.output import counted, number
from sojourn.cli.screen import Screen
from sojourn.cli.told import (
    PassLines,
    Throttle,
    ago,
    clock,
    message_line,
    name_of,
    stamped,
    status_text,
    what_happened,
)
from sojourn.interpreter.runtime.live import Counts, Feeding, Listener, Live

if TYPE_CHECKING:
    from sojourn.dsl import checked
    from sojourn.interpreter.runtime.channels import Message
    from sojourn.interpreter.runtime.passes import Pass
    from sojourn.interpreter.runtime.receipts import Committed, Outcome
    from sojourn.interpreter.runtime.settings import Settings

__all__ = ["Telling", "head_lines", "serve", "settings_of", "stopping"]

SAY_AGAIN = 60.0
"""Seconds between two lines with the counts where nobody watches a terminal."""


def settings_of(folder: Path) -> Settings:
    """The settings of a workspace. Raises SettingsError."""
    from sojourn.interpreter.runtime.settings import Settings

    return Settings.load(folder, os.environ)


@contextlib.contextmanager
def stopping(on_stop: Callable[[], None] | None = None) -> Iterator[threading.Event]:
    """An event that is set by Ctrl-C or SIGTERM. A second Ctrl-C ends the process at once, which is safe,
    too.
    """
    stop = threading.Event()

    def asked(signum: int, frame: Any) -> None:
        if stop.is_set():
            say("\nStopped at once; what was not finished is done by the next run.")
            os._exit(INTERRUPTED)
        stop.set()
        if on_stop is not None:
            on_stop()

    before = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)


class Telling(Listener):
    """Shows what happens as lines, and how much there is as a footer.

    `everything` tells of people, journeys and audiences as well as of messages (`dev`); otherwise addresses
    that are private are masked, as they may end up in a log.
    """

    def __init__(self, screen: Screen, workspace: Callable[[], checked.Workspace], everything: bool) -> None:
        self.screen = screen
        self.sent = 0
        self.refused = 0
        self._workspace = workspace
        self._everything = everything
        self._throttle = Throttle(8, 16)
        self._dirty = True
        self._said = time.monotonic()
        self._shown = ""
        self._passes = PassLines()

    def committed(self, committed: Committed) -> None:
        """What was set aside; and in `dev` all that came in and what followed from it."""
        self._dirty = True
        for rejected in committed.rejected:
            if self._throttle.allows():
                pieces = (("set aside ", "yellow"), (rejected.reason, ""))
                self.screen.line(stamped(clock(rejected.received), *pieces))
        if not self._everything:
            return
        profile = self._workspace().profile
        for person, record in committed.records:
            if record.event and not record.quiet and self._throttle.allows():
                who = name_of(committed.people.get(person), profile)
                self.screen.line(stamped(clock(record.at), (record.event, "bold"), (f" of {who}", "")))
        here = dt.datetime.now().astimezone().tzinfo or dt.UTC
        for person, activity in committed.activities:
            if not self._throttle.allows():
                continue
            who = name_of(committed.people.get(person), profile)
            told = what_happened(activity, who, self._workspace(), here)
            if told is not None:
                self.screen.line(stamped(clock(activity.at), ("  ", ""), told))

    def handed_out(self, message: Message, outcome: Outcome) -> None:
        """Each message, one line."""
        self._dirty = True
        if outcome.sent:
            self.sent += 1
        elif outcome.again is None:
            self.refused += 1
        if self._throttle.allows():
            private = not self._everything and self._private(message)
            self.screen.line(message_line(message, outcome, private, clock(message.at)))

    def fed(self, feeding: Feeding) -> None:
        """A file has come to its end."""
        self._dirty = True
        if feeding.done:
            self.screen.line(fed_line(feeding))

    def tick(self, live: Live) -> None:
        """Now and then, on the main thread: the counts, and how many lines were held back."""
        held = self._throttle.taken()
        if held:
            self.screen.line(Text(f"          … and {number(held)} more", style="dim"))
        problems = [f"{channel}: {problem}" for channel, problem in sorted(live.delivery.problems.items())]
        if live.engine.problem:
            problems.insert(0, live.engine.problem)
        passes = live.passes()
        self.screen.lines(self._passes.lines(passes, time.monotonic(), clock_now()))
        if not self._dirty and not passes and str(problems) == self._shown:
            return
        self._dirty, self._shown = False, str(problems)
        now = time.monotonic()
        if self.screen.alive:
            self.screen.footer(
                status_text(live.counts(), problems, live.overdue(), self._front(live, passes)), now=True
            )
        elif now - self._said >= SAY_AGAIN or problems:
            self._said = now
            self.screen.line(status_text(live.counts(), problems, live.overdue()))

    def _front(self, live: Live, passes: list[Pass]) -> str:
        reading = [feeding for feeding in live.feedings if not feeding.done and feeding.share is not None]
        files = f"{reading[0].path} {reading[0].share or 0:.0%} · " if reading else ""
        return files + "".join(f"{one.what} {one.percent}% · " for one in passes)

    def _private(self, message: Message) -> bool:
        profile = self._workspace().profile
        declared = self._workspace().messages.get(message.message)
        variants = declared.variants if declared is not None else ()
        fields = [profile.get(variant.address or "") for variant in variants]
        return any(field is not None and field.private for field in fields)


def fed_line(feeding: Feeding) -> Text:
    """What became of a file or pipe of events."""
    receipt = feeding.receipt
    name = "the standard input" if feeding.path == "-" else feeding.path
    if feeding.problem:
        return stamped(clock_now(), ("✗ ", "bold red"), (f"{name}: {feeding.problem}", ""))
    pieces = [f"{counted(receipt.accepted, 'record')} taken in"]
    if receipt.duplicates:
        pieces.append(f"{number(receipt.duplicates)} already there")
    if receipt.rejected:
        pieces.append(f"{number(receipt.set_aside)} set aside")
    if feeding.before and not receipt.accepted and not receipt.rejected:
        pieces = ["nothing new since the last run"]
    elif feeding.before:
        pieces.append("the rest was taken in before")
    line = stamped(clock_now(), ("✓ ", "green"), (f"{name}: {', '.join(pieces)}.", ""))
    if receipt.rejected:
        first = receipt.rejected[0]
        line.append(f" The first that was set aside: {first.reason}", "yellow")
    if receipt.without_id:
        line.append(f" {counted(receipt.without_id, 'record')} came without an id.", "dim")
    return line


def clock_now() -> str:
    """The time in lines that tell of something now."""
    return clock(time.time_ns() // 1000)


def head_lines(
    folder: Path, settings: Settings, live: Live, doing: str, hints: list[tuple[str, str]]
) -> list[Text]:
    """What runs, where events go in, where messages come out."""
    workspace = live.engine.program.workspace
    counts = live.counts()
    title = Text(f"{doing} {folder}", style="bold green")
    what = [counted(len(workspace.journeys), "journey"), counted(len(workspace.messages), "message")]
    title.append(f": {', '.join(what)}", "not bold default")
    rows: list[tuple[str, str]] = []
    if live.url:
        rows.append(("events", f"POST {live.url}/events    (how it is doing: GET {live.url}/health)"))
    for feeding in live.feedings:
        name = "the standard input" if feeding.path == "-" else feeding.path
        rows.append(("events", name + (f", from byte {number(feeding.before)}" if feeding.before else "")))
    rows += _ways(settings, workspace)
    held = f"{counted(counts.events, 'event')} of {counted(counts.people, 'person')}"
    held += f", {number(counts.under_way)} under way"
    rows.append(("store", f"{live.store.path}    ({held if counts.events else 'new'})"))
    rows += hints
    wide = max(len(name) for name, _ in rows)
    lines = [title, *(Text(f"  {name:<{wide}}  {said}") for name, said in rows)]
    return lines + [Text(f"  {said}", style="yellow") for said in live.engine.writer.calendars]


def _ways(settings: Settings, workspace: checked.Workspace) -> list[tuple[str, str]]:
    """By which way each kind of message goes out."""
    used = {variant.channel for message in workspace.messages.values() for variant in message.variants}
    ways: dict[str, list[str]] = {}
    for kind in ("email", "sms", "push", "webhook"):
        if kind in used:
            ways.setdefault(settings.way(kind), []).append(kind)
    return [(", ".join(kinds), way) for way, kinds in ways.items()]


def serve(
    live: Live,
    telling: Telling,
    stop: threading.Event,
    once: bool,
    started: Callable[[], None] | None = None,
) -> None:
    """Runs until `stop`, or with `once` until all files are in and all that is due has been done. `started` is called
    when it runs: what swaps programs begins no earlier.
    """
    # What has been made until now stays: nobody needs to look for garbage in it again and again.
    gc.collect()
    gc.freeze()
    live.start()
    if started is not None:
        started()
    while not stop.is_set() and not telling.screen.gone.is_set():
        if live.engine.failure is not None:
            raise live.engine.failure
        telling.tick(live)
        if once and live.fed():
            live.settle(stop)
            break
        stop.wait(0.1 if once or not live.fed() else 0.25)


def summary_lines(before: Counts, live: Live, telling: Telling, seconds: float) -> list[Text]:
    """What a run that has stopped did, and what is left for the next one."""
    after, overdue = live.counts(), live.overdue()
    did = [
        f"{counted(after.events - before.events, 'event')} taken in",
        f"{counted(telling.sent, 'message')} handed out",
    ]
    if after.rejected > before.rejected:
        did.append(f"{number(after.rejected - before.rejected)} set aside")
    if telling.refused:
        did.append(f"{counted(telling.refused, 'message')} not taken by the receiver")
    lines = [Text(f"Stopped after {ago(int(seconds * 1_000_000))}: {', '.join(did)}.")]
    left = []
    if after.under_way:
        due = f", the next is due {clock(after.next_due)}" if after.next_due is not None else ""
        left.append(f"{counted(after.under_way, 'run')} under way{due}")
    if after.pending:
        left.append(f"{counted(after.pending, 'message')} still to be handed out")
    if left:
        lines.append(
            Text(f"{'; '.join(left)[0].upper()}{'; '.join(left)[1:]}. The next run goes on from here.")
        )
    if overdue:
        lines.append(
            Text(f"{counted(overdue, 'run')} should have gone on more than a minute ago.", style="red")
        )
    return lines


def failed_feed(live: Live) -> Failure | None:
    """The problem of the first file that could not be taken in to its end."""
    for feeding in live.feedings:
        if feeding.problem:
            return Failure(f"{feeding.path} was not taken in to its end: {feeding.problem}")
    return None
