"""`sojourn dev --play`: the sample events of a workspace pass in front of you."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from sojourn.cli import serving
from sojourn.cli.exits import Failure
from sojourn.cli.output import counted, listed
from sojourn.cli.play_story import Story, day, moment
from sojourn.cli.saves import good, show_fates, show_reload
from sojourn.cli.screen import Screen
from sojourn.dsl.values import DAY, SECOND
from sojourn.interpreter.door.datasets import dataset_files, holds_events
from sojourn.interpreter.door.door import Door
from sojourn.interpreter.door.sources import SourceError
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.importer import import_dataset
from sojourn.interpreter.runtime.live import Live
from sojourn.interpreter.runtime.play import Play, Sample, samples
from sojourn.interpreter.runtime.reload import Bench, Reloader
from sojourn.interpreter.runtime.settings import Settings, SettingsError, make_place
from sojourn.interpreter.runtime.store import Store

if TYPE_CHECKING:
    from sojourn.interpreter.runtime.errors import StoreLocked
    from sojourn.interpreter.runtime.reload import Loaded, Reload

__all__ = ["play_samples"]

LONG = 60.0
"""Seconds that weeks take, unless said otherwise."""

SHORT = 10.0
"""Seconds that a few days take at least."""

_DAY_TAKES = 2.0
"""Seconds a day takes where there are few of them."""

BETWEEN_DAYS = 1.2
"""Seconds between two lines that tell the day, at least."""

WIDE = 120
"""Cells of a terminal in which a line has room for a name beside the address."""

TAIL = 3 * DAY
"""How long after the last event it goes on while something is still to happen."""


def play_samples(folder: Path, speed: float | None) -> None:
    """Plays FOLDER/events in a store that is thrown away. `speed` is how much faster than life; None: about
    a minute in all.
    """
    settings = serving.settings_of(folder)
    screen = Screen()
    bench = Bench(folder, settings.links)
    with serving.stopping() as stop:
        loaded = good(bench, stop)
        if loaded is None or loaded.program is None:
            return
        found, files = samples(folder / "events", Door(loaded.program.workspace))
        if not found:
            raise _nothing_to_play(folder, files)
        place = _place(folder)
        clock = EventClock()
        wide = not screen.alive or screen.console.width >= WIDE
        story = Story(lambda: live.engine.program.workspace.profile, wide)
        live = Live(
            place / "sojourn.db",
            loaded.program,
            story,
            Settings(place / "sojourn.db", place / "outbox").channels(lambda message, line: None),
            source=loaded.source,
            clock=clock,
        )
        try:
            _Showing(folder, place, screen, live, clock, story, found, speed).run(bench, loaded, stop)
        except RuntimeError:
            raise live.engine.failure or RuntimeError("the play ended early") from None
        finally:
            live.stop()
            live.close()


def _place(folder: Path) -> Path:
    """An empty folder for the store and the messages of a play. Raises StoreLocked while another play uses
    it.
    """
    try:
        place = make_place(folder) / "play"
        place.mkdir(exist_ok=True)
    except (OSError, SettingsError):
        return Path(tempfile.mkdtemp(prefix="sojourn-play-"))
    store = place / "sojourn.db"
    if store.exists():
        _in_use(store)
    _throw_away(place)
    for left in place.glob("sojourn.db*"):
        left.unlink(missing_ok=True)
    return place


def _throw_away(place: Path) -> None:
    """The messages of the plays before: thousands of files, which go while this one runs."""
    outbox = place / "outbox"
    if outbox.exists():
        outbox.rename(place / f"old-{time.time_ns()}")
    for old in place.glob("old-*"):
        threading.Thread(target=shutil.rmtree, args=(old, True), daemon=True).start()


def _in_use(store: Path) -> None:
    from sojourn.interpreter.runtime.errors import StoreError, StoreLocked

    try:
        Store.open(store).close()
    except StoreLocked as locked:
        raise Failure(*_another_play(locked)) from None
    except StoreError:
        return  # of another version, or damaged: it is thrown away all the same


def _another_play(locked: StoreLocked) -> tuple[str, str]:
    who = f"process {locked.pid}" if locked.pid else "another process"
    return f"These samples are being played already, by {who}.", "Wait for its end, or stop it with Ctrl-C."


def _nothing_to_play(folder: Path, files: Sequence[Path]) -> Failure:
    if files:
        return Failure(f"There is not one event in {listed(path.name for path in files)}.")
    made = folder / "generate.py"
    if made.exists():
        return Failure(
            f"{folder} has no sample events yet: its folder events is empty.",
            f"Make them, which takes a few seconds:  python {made}",
        )
    return Failure(
        f"{folder} has no sample events: there is no file in {folder / 'events'}.",
        "Put some there, as JSON lines (events/web.jsonl) or CSV; docs/running.md shows how they look.",
    )


class _Showing:
    """One play on the screen."""

    def __init__(
        self,
        folder: Path,
        place: Path,
        screen: Screen,
        live: Live,
        clock: EventClock,
        story: Story,
        found: list[Sample],
        speed: float | None,
    ) -> None:
        self.folder = folder
        self.place = place
        self.screen = screen
        self.live = live
        self.clock = clock
        self.story = story
        self.found = found
        self.play = Play(live.engine, clock, found, 1.0, self._tick, tail=TAIL)
        span = max(self.play.last - self.play.first, SECOND)
        seconds = min(LONG, max(SHORT, span / DAY * _DAY_TAKES))
        self.play.speed = span / SECOND / seconds if speed is None else speed
        self._seconds = seconds if speed is None else span / SECOND / speed
        self._day = -1
        self._headed = 0.0
        self._stop = threading.Event()

    def run(self, bench: Bench, loaded: Loaded, stop: threading.Event) -> None:
        """From the first event to the last."""
        began = time.monotonic()
        self._stop = stop
        self._head()
        reloader = Reloader(
            bench,
            self.live.engine,
            loaded,
            self._reloaded,
            lambda fates: show_fates(self.screen, fates),
        )
        with self.screen:
            try:
                self.clock.advance(self.play.first)
                self.live.start()
                reloader.start()
                self._import()
                ended = self.play.run(stop)
                if ended:
                    self.live.settle(stop)
            finally:
                reloader.stop()
                self.live.stop()
        self._summary(ended, time.monotonic() - began)
        self.screen.still_read()

    def _reloaded(self, reload: Reload) -> None:
        if reload.changes:
            self.story.renew()
        show_reload(self.screen, reload, moment(self.clock.now()))

    # ------------------------------------------------------------- telling

    def _head(self) -> None:
        length = _length(self.play.last - self.play.first)
        first, last = day(self.play.first), day(self.play.last, year=True)
        line = Text(f"{length[0].upper()}{length[1:]} of {self.folder}", style="bold green")
        line.append(f", {first} to {last}, {_about(self._seconds)}.", "not bold default")
        self.screen.line(line)
        self.screen.line(
            f"{counted(len(self.found), 'event')}, each taken in at its own time. Nothing is sent to anybody."
        )
        line = Text("Change any file in ")
        line.append(str(self.folder), "bold")
        line.append(" and save it: the change is live at once. Ctrl-C stops.")
        self.screen.line(line)
        self.screen.line()

    def _import(self) -> None:
        """The customers that are known before the first event."""
        workspace = self.live.engine.program.workspace
        for dataset in workspace.datasets.values():
            if dataset.source != "csv" or not dataset.location or holds_events(dataset):
                continue
            try:
                dataset_files(dataset, self.folder)
            except SourceError as error:
                self.screen.line(Text(f"{error} It goes on without them.", style="yellow"))
                continue
            report = import_dataset(self.live.engine, workspace, dataset.name, self.folder)
            aside = f", {counted(report.rejected, 'row')} set aside" if report.rejected else ""
            self.screen.line(f"{counted(report.new, 'customer')} brought in from {dataset.name}{aside}.")

    def _tick(self, now: int) -> None:
        """A moment of the play has passed."""
        if self.screen.gone.is_set():
            self._stop.set()
        midnight = now // DAY * DAY
        heading: Text | None = None
        if midnight != self._day and time.monotonic() - self._headed >= BETWEEN_DAYS:
            self._day, self._headed = midnight, time.monotonic()
            heading = self.story.heading(now, self.play.total.accepted)
        for at, line in self.story.lines(now):
            if heading is not None and at >= midnight:
                self.screen.line(heading)
                heading = None
            self.screen.line(line)
        if heading is not None:
            self.screen.line(heading)
        if self.screen.alive:
            done = (now - self.play.first) / max(1, self.play.last - self.play.first)
            self.screen.footer(
                self.story.footer(now, min(1.0, done), list(self.live.engine.program.journeys))
            )

    def _summary(self, ended: bool, seconds: float) -> None:
        counts = self.live.counts()
        length = _length(self.play.last - self.play.first)
        said = f"{length[0].upper()}{length[1:]} {'are' if length[-1] == 's' else 'is'} over"
        self.screen.line()
        line = Text(said if ended else "Stopped", style="bold green")
        took = f", in {round(seconds)} seconds: " if ended else f" after {round(seconds)} seconds: "
        line.append(
            f"{took}{counted(self.play.total.accepted, 'event')}, {counted(counts.people, 'person')},"
            f" {counted(counts.messages, 'message')}.",
            "not bold default",
        )
        self.screen.line(line)
        self.screen.line()
        self.screen.show(self.story.table(list(self.live.engine.program.journeys)))
        self.screen.lines(self.story.remarks(counts), whole=True)
        self.screen.line()
        self._next()

    def _next(self) -> None:
        """What to look at now."""
        place = f'"{self.folder}"' if " " in str(self.folder) else str(self.folder)
        rows = []
        shown = self.story.example(self.place / "outbox")
        if shown is not None:
            rows.append(("a message, in a browser", str(shown)))
        if self.story.somebody:
            store = f"{self.place}/sojourn.db"
            rows.append(("one customer", f"sojourn profile {self.story.somebody} {place} --store {store}"))
        rows.append(("every journey, step by step", f"sojourn simulate {place}"))
        rows.append(("the tests in the files", f"sojourn test {place}"))
        rows.append(("live, with events of your own", f"sojourn dev {place}"))
        self.screen.line(Text("What to look at next", style="bold"))
        wide = max(len(name) for name, _ in rows)
        for name, command in rows:
            line = Text(f"  {name:<{wide}}  ")
            line.append(command, "cyan")
            self.screen.line(line, whole=True)


def _length(microseconds: int) -> str:
    """`six weeks`, `5 days`."""
    days = round(microseconds / DAY)
    weeks = round(days / 7)
    if days >= 14:
        words = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
        return f"{words[weeks - 2]} weeks" if weeks - 2 < len(words) else f"{weeks} weeks"
    return counted(max(1, days), "day")


def _about(seconds: float) -> str:
    if seconds < 1:
        return "as fast as it goes"
    if 50 <= seconds <= 70:
        return "in about a minute"
    return (
        f"in about {counted(round(seconds), 'second')}"
        if seconds < 90
        else (f"in about {counted(round(seconds / 60), 'minute')}")
    )
