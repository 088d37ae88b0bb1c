"""The story that a play tells: of the thousands of things that happen, the few that a reader can follow.

A few lines a second at most. Whoever was told of is followed: what happens to them next is told before what
happens to others, and a kind of thing that was not told for a while before one that was. Everything is
counted.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from sojourn.cli.output import counted, number
from sojourn.cli.told import ago, excerpt, name_of, visitor
from sojourn.dsl.values import to_datetime
from sojourn.interpreter.core import effects as did
from sojourn.interpreter.runtime.live import Counts, Listener

if TYPE_CHECKING:
    from sojourn.dsl import checked
    from sojourn.interpreter.core.effects import Activity, Outgoing
    from sojourn.interpreter.core.person import Person
    from sojourn.interpreter.runtime.channels import Message
    from sojourn.interpreter.runtime.receipts import Committed, Outcome

__all__ = ["Story", "day", "moment"]

LINES_A_SECOND = 3.0
BURST = 3.0
MOST_FIRSTS = 4
"""Things that happen for the first time are told beyond that, so many at a time."""

FOLLOWED = 4
"""People who are followed at a time."""

TOLD_OF_ONE = 6
"""Lines about one person before somebody else is followed."""

_WEIGHT = {
    did.SENT: 1.5,
    did.CONVERTED: 1.5,
    did.STARTED: 1.2,
    did.MERGED: 1.0,
    did.NOT_SENT: 0.8,
    did.HELD: 0.8,
    did.ENTERED: 0.8,
    did.LEFT: 0.6,
    did.FAILED: 3.0,
}
"""How much a reader wants to know of a kind of thing."""

_CANDIDATES = 400
"""Things that wait to be told at most: more than that happened at once."""


def day(instant: int, year: bool = False) -> str:
    """`Tuesday 3 March`, in UTC."""
    at = to_datetime(instant)
    return f"{at:%A} {at.day} {at:%B}" + (f" {at.year}" if year else "")


def moment(instant: int) -> str:
    """`Tue  3 Mar 14:05`, in UTC."""
    at = to_datetime(instant)
    return f"{at:%a} {at.day:>2} {at:%b %H:%M}"


class _Candidate:
    __slots__ = ("at", "first", "kind", "order", "person", "text")

    def __init__(self, at: int, order: int, person: int, kind: str, first: bool, text: Text) -> None:
        self.at = at
        self.order = order
        self.person = person
        self.kind = kind
        self.first = first
        self.text = text


class Story(Listener):
    """Counts everything, and picks what to tell. `profile` gives the present one. May be used from any thread.

    Where it is not `wide`, people are called by their address alone.
    """

    def __init__(self, profile: Callable[[], Mapping[str, checked.Field]], wide: bool = True) -> None:
        self._profile = profile
        self._wide = wide
        self.counts: Counter[tuple[str, str]] = Counter()
        """(journey, kind) -> how often."""
        self.reasons: Counter[str] = Counter()
        self.somebody = ""
        """An address of somebody of whom much was told: the one to look at."""
        self._lock = threading.Lock()
        self._waiting: list[_Candidate] = []
        self._told_kinds: dict[str, float] = {}
        self._known: set[tuple[str, str]] = set()
        self._followed: OrderedDict[int, int] = OrderedDict()
        self._began: dict[str, int] = {}
        self._left = BURST
        self._at = time.monotonic()
        self._richest = 0
        self._example: Message | None = None
        self._example_waited = False

    # ------------------------------------------------------------ happening

    def committed(self, committed: Committed) -> None:
        """A transaction is on the disk."""
        outgoing = {out.key: out for _, out in committed.outgoing}
        with self._lock:
            for person, activity in committed.activities:
                kind = activity.kind
                self.counts[activity.journey, kind] += 1
                if kind == did.STARTED:
                    self._began[activity.run] = activity.at
                elif kind == did.NOT_SENT:
                    self.reasons[str(activity.detail.get("because"))] += 1
                self._consider(activity, person, committed.people.get(person), outgoing)
                if kind == did.ENDED:
                    self._began.pop(activity.run, None)

    def handed_out(self, message: Message, outcome: Outcome) -> None:
        """A message lies in its folder: the first email is kept as the one to open."""
        if outcome.sent and message.channel == "email":
            with self._lock:
                # One that somebody waited for shows more than a greeting at the door.
                waited = message.at > self._began.get(message.run, message.at)
                if self._example is None or (waited and not self._example_waited):
                    self._example, self._example_waited = message, waited

    def example(self, outbox: Path) -> Path | None:
        """A message to open in a browser."""
        if self._example is None:
            return None
        ending = f"{self._example.short_key[:8]}.html"
        return next((path for path in sorted(outbox.iterdir()) if path.name.endswith(ending)), None)

    def _consider(
        self, activity: Activity, number: int, person: Person | None, outgoing: dict[str, Outgoing]
    ) -> None:
        kind, detail = activity.kind, activity.detail
        name = activity.journey or str(detail.get("audience", ""))
        what = (kind, str(detail.get("message", name)))
        first = what not in self._known
        if not first and len(self._waiting) >= _CANDIDATES and number not in self._followed:
            return
        text = self._words(activity, person, outgoing)
        if text is None:
            return
        self._known.add(what)
        self._waiting.append(_Candidate(activity.at, len(self._waiting), number, kind, first, text))
        if person is not None and kind == did.SENT:
            seen = len(person.counts) + len(person.states) + 2 * len(person.identifiers)
            profile = self._profile()
            emails = (
                name for name in person.identifiers if name in profile and profile[name].type.kind == "email"
            )
            known = next((value for name in emails for value in person.identifiers[name]), "")
            if known and seen > self._richest:
                self._richest, self.somebody = seen, known

    def _words(self, activity: Activity, person: Person | None, outgoing: dict[str, Outgoing]) -> Text | None:
        detail, journey = activity.detail, activity.journey
        who = name_of(person, self._profile(), self._wide)
        match activity.kind:
            case did.STARTED:
                because = str(detail.get("because") or "")
                return _line(
                    activity, "→", "cyan", f"{who} enters ", journey, f"  {because}" if because else ""
                )
            case did.SENT:
                out = outgoing.get(str(detail.get("key")))
                began = self._began.get(activity.run)
                late = began is not None and activity.at > began
                after = f", {ago(activity.at - (began or 0))} after entering {journey}" if late else ""
                said = f"  “{excerpt(out.parts)}”" if out is not None else ""
                what = str(detail["message"])
                if detail["channel"] != "email":
                    what += f" by {detail['channel']}"
                return _line(activity, "✉", "green", f"{who} gets ", what, f"{after}{said}")
            case did.CONVERTED:
                event = f"  {detail['event']}" if detail.get("event") else ""
                return _line(activity, "★", "bold yellow", f"{who} reaches the goal of ", journey, event)
            case did.NOT_SENT:
                because = f"  {detail.get('because')}"
                return _line(activity, "✗", "yellow", f"{who} does not get ", str(detail["message"]), because)
            case did.HELD:
                until = moment(int(detail["until"])) if detail.get("until") else ""
                tail = f" until {until}  {detail.get('because')}"
                return _line(
                    activity, "…", "yellow", f"{who} does not get yet ", str(detail["message"]), tail
                )
            case did.ENTERED:
                by = "  by time" if detail.get("why") == "time" else ""
                return _line(activity, "+", "magenta", f"{who} is now in ", str(detail["audience"]), by)
            case did.LEFT:
                by = "  by time alone" if detail.get("why") == "time" else ""
                return _line(activity, "−", "magenta", f"{who} is no longer in ", str(detail["audience"]), by)
            case did.MERGED:
                return _line(
                    activity, "=", "bright_blue", f"{visitor(detail, person)} turns out to be ", who, ""
                )
            case did.FAILED:
                return _line(
                    activity,
                    "!",
                    "red",
                    f"{journey or 'a step'} fails for {who}: ",
                    str(detail.get("because")),
                    "",
                )
            case did.ENDED if str(detail.get("because", "")).startswith("exit"):
                return _line(activity, "←", "dim cyan", f"{who} leaves ", journey, f"  {detail['because']}")
        return None

    # -------------------------------------------------------------- telling

    def renew(self) -> None:
        """The rules have changed: what follows from them is told as if it happened for the first time."""
        with self._lock:
            self._known = {what for what in self._known if what[0] not in (did.SENT, did.NOT_SENT)}

    def lines(self, now: int) -> list[tuple[int, Text]]:
        """What to tell now, with when it happened, in that order. What was not chosen is over."""
        with self._lock:
            moment = time.monotonic()
            self._left = min(BURST, self._left + (moment - self._at) * LINES_A_SECOND)
            self._at = moment
            waiting, self._waiting = self._waiting, []
            chosen: list[_Candidate] = []
            while waiting:
                best = max(waiting, key=lambda candidate: self._worth(candidate, moment))
                if self._left < 1 and not (best.first and len(chosen) < MOST_FIRSTS):
                    break
                waiting.remove(best)
                chosen.append(best)
                self._left = max(0.0, self._left - 1)
                self._told_kinds[best.kind] = moment
                self._follow(best.person)
        return [
            (candidate.at, candidate.text)
            for candidate in sorted(chosen, key=lambda one: (one.at, one.order))
        ]

    def _follow(self, person: int) -> None:
        """Whoever was told of is followed for a while, then somebody else."""
        told = self._followed.pop(person, 0) + 1
        if told < TOLD_OF_ONE:
            self._followed[person] = told
        while len(self._followed) > FOLLOWED:
            self._followed.popitem(last=False)

    def _worth(self, candidate: _Candidate, now: float) -> float:
        unseen = min(10.0, now - self._told_kinds.get(candidate.kind, 0.0))
        followed = 12.0 * (candidate.person in self._followed)
        return 100.0 * candidate.first + followed + unseen * _WEIGHT.get(candidate.kind, 0.5)

    def heading(self, now: int, events: int) -> Text:
        """A line for a new day."""
        text = Text(f"── {day(now)} ", style="bold")
        started, messages = self._total(did.STARTED), self._total(did.SENT)
        text.append(
            f"── {counted(events, 'event')} so far, {counted(started, 'journey')} started, "
            f"{counted(messages, 'message')} ──",
            "dim not bold",
        )
        return text

    def _total(self, kind: str) -> int:
        with self._lock:
            return sum(count for (_, of), count in self.counts.items() if of == kind)

    def footer(self, now: int, done: float, journeys: list[str]) -> Group:
        """The counters that stay below the lines."""
        head = Table.grid(padding=(0, 2))
        head.add_row(
            Text(moment(now), style="bold"),
            ProgressBar(total=1.0, completed=done, width=24),
            Text("save a file to change it · Ctrl-C stops", style="dim"),
        )
        return Group(Text(""), self.table(journeys), head)

    def table(self, journeys: list[str]) -> Table:
        """A row for each journey."""
        with self._lock:
            counts = dict(self.counts)
        table = Table(box=None, padding=(0, 0, 0, 2), header_style="dim", pad_edge=True)
        table.add_column("journey", no_wrap=True)
        for heading in ("started", "under way", "messages", "not sent", "goal reached"):
            table.add_column(heading, justify="right", no_wrap=True)
        gone = sorted({journey for journey, kind in counts if kind == did.STARTED} - set(journeys))
        for name in (*journeys, *gone):
            started, ended = counts.get((name, did.STARTED), 0), counts.get((name, did.ENDED), 0)
            reached = counts.get((name, did.CONVERTED), 0)
            share = f" ({reached / started:.0%})" if reached and started else ""
            table.add_row(
                name if name in journeys else f"{name} (gone)",
                number(started),
                number(started - ended),
                number(counts.get((name, did.SENT), 0)),
                number(counts.get((name, did.NOT_SENT), 0)),
                f"{number(reached)}{share}" if reached else "",
            )
        return table

    def remarks(self, counts: Counts) -> list[Text]:
        """What the table does not say."""
        lines = []
        with self._lock:
            merged = self.counts["", did.MERGED]
            reasons = self.reasons.most_common(3)
            failed = sum(count for (_, kind), count in self.counts.items() if kind == did.FAILED)
        if merged:
            lines.append(Text(f"  {counted(merged, 'visitor')} turned out to be somebody already known."))
        if reasons:
            said = ", ".join(f"{because} ({number(count)})" for because, count in reasons)
            lines.append(Text(f"  Not sent, because: {said}."))
        if counts.rejected:
            lines.append(
                Text(
                    f"  {counted(counts.rejected, 'record')} did not fit: set aside whole, with the reason.",
                    style="yellow",
                )
            )
        if failed:
            lines.append(Text(f"  {counted(failed, 'step')} failed.", style="red"))
        return [Text(""), *lines] if lines else []


def _line(activity: Activity, mark: str, style: str, front: str, name: str, tail: str) -> Text:
    text = Text(f"{moment(activity.at)}  ", style="dim")
    text.append(f"{mark} ", f"{style} not dim")
    text.append(front, "not dim")
    text.append(name, f"{style} not dim")
    text.append(tail, "dim")
    return text
