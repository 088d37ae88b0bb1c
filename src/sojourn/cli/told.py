"""What happens, in lines: the words and colours in which `run` and `dev` tell it."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from sojourn.cli.output import counted, listed, number

if TYPE_CHECKING:
    from sojourn.dsl import checked
    from sojourn.interpreter.core.effects import Activity
    from sojourn.interpreter.core.person import Person
    from sojourn.interpreter.runtime.changes import Change
    from sojourn.interpreter.runtime.channels import Message
    from sojourn.interpreter.runtime.live import Counts
    from sojourn.interpreter.runtime.passes import Pass
    from sojourn.interpreter.runtime.receipts import Outcome
    from sojourn.interpreter.runtime.reload import Fate, Reload

__all__ = [
    "PassLines", "Throttle", "ago", "change_lines", "clock", "excerpt", "fate_line", "masked", "message_line",
    "name_of", "reload_lines", "stamped", "status_text",
]  # fmt: skip

EXCERPT = 50

PATIENCE = 0.5
"""Seconds before work in the background is told of."""

SAY_HOW_FAR = 10.0
"""Seconds between two lines that say how far it is."""


class Throttle:
    """Lets some lines through and counts the others: `burst` at once, then `rate` a second."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._left = float(burst)
        self._at = time.monotonic()
        self.held = 0

    def allows(self) -> bool:
        """Whether one more may be shown now; one that may not is counted in `held`."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left >= 1:
            self._left -= 1
            return True
        self.held += 1
        return False

    def taken(self) -> int:
        """How many were held back since this was asked the last time."""
        held, self.held = self.held, 0
        return held


class PassLines:
    """The lines that tell of work in the background: that it is under way, every ten seconds how far it is, and that
    it is done. Work that is done in a moment is not told of.
    """

    def __init__(self) -> None:
        self._seen: dict[str, tuple[float, float]] = {}

    def lines(self, passes: list[Pass], now: float, when: str) -> list[Text]:
        """What there is to say at a moment (`now` in seconds of any clock, `when` as it is shown)."""
        found = []
        for one in passes:
            began, said = self._seen.setdefault(one.what, (now, 0.0))
            if now - began >= PATIENCE and now - said >= SAY_HOW_FAR:
                self._seen[one.what] = began, now
                found.append(stamped(when, (f"{one.what}: ", "cyan"), (f"{one.percent}%", "bold")))
        for what in self._seen.keys() - {one.what for one in passes}:
            began, said = self._seen.pop(what)
            if said:
                after = ago(int((now - began) * 1_000_000))
                found.append(stamped(when, (f"{what}: ", "cyan"), (f"done, in {after}", "")))
        return found


# ------------------------------------------------------------------ pieces


def clock(instant: int, tz: dt.tzinfo | None = None) -> str:
    """The clock time of an instant, `14:03:12`, in the machine's zone unless said; with the day when it is
    another.
    """
    from sojourn.dsl.values import UTC, to_datetime

    local = to_datetime(instant, UTC).astimezone(tz)
    today = dt.datetime.now(tz).date()
    return f"{local:%H:%M:%S}" if local.date() == today else f"{local:%Y-%m-%d %H:%M:%S}"


def ago(microseconds: int) -> str:
    """A length of time, roughly, in words: `2 hours 5 minutes`, `3 days`, `40 seconds`."""
    seconds = microseconds // 1_000_000
    for size, unit, below, small in (
        (86_400, "day", 3600, "hour"), (3600, "hour", 60, "minute"), (60, "minute", 1, "second"),
    ):  # fmt: skip
        if seconds >= size:
            many, rest = divmod(seconds, size)
            few = rest // below
            said = counted(many, unit)
            return f"{said} {counted(few, small)}" if few and many < 10 else said
    return counted(seconds, "second")


def excerpt(parts: Mapping[str, str]) -> str:
    """The line by which the receiver knows a message."""
    for name in ("subject", "title", "text", "post", "body"):
        if parts.get(name):
            words = " ".join(parts[name].split())
            return words if len(words) <= EXCERPT else words[: EXCERPT - 1].rstrip() + "…"
    return ""


def masked(address: str) -> str:
    """An address of which nobody learns whose it is: `a…@example.com`, `…4711`."""
    local, at, domain = address.rpartition("@")
    if at:
        return f"{local[:1]}…@{domain}"
    return f"…{address[-4:]}" if address else ""


def name_of(person: Person | None, profile: Mapping[str, checked.Field], wide: bool = True) -> str:
    """How somebody is called in a line: by name (where it is `wide`) and address as far as they are known."""
    if person is None:
        return "somebody"
    fields = person.fields
    first = next((fields[name] for name in _NAMES if fields.get(name)), None)
    kinds = {field.type.kind: name for name, field in reversed(list(profile.items())) if fields.get(name)}
    address = fields.get(kinds.get("email", "")) or fields.get(kinds.get("phone", ""))
    if address:
        return f"{first} ({address})" if first and wide else str(address)
    namespace, _, value = person.key.partition(":")
    return f"a visitor ({_of(namespace)} {value})" if value else "somebody"


_NAMES = ("first_name", "given_name", "name")


def visitor(detail: Mapping[str, Any], person: Person | None) -> str:
    """Of two people who are found to be one, the one of whom less was known: by a device, say."""
    keys = [str(detail.get("key", "")), person.key if person is not None else ""]
    key = next((key for key in keys if key.partition(":")[0] not in ("email", "phone")), keys[0])
    namespace, _, value = key.partition(":")
    return f"the visitor with {_of(namespace)} {value}"


def _of(namespace: str) -> str:
    return namespace.removesuffix("_id").replace("_", " ")


def stamped(when: str, *pieces: tuple[str, str]) -> Text:
    """A line that begins with a time."""
    text = Text(f"{when}  ", style="dim")
    for piece, style in pieces:
        text.append(piece, style)
    return text


# ------------------------------------------------------------------- lines


def message_line(message: Message, outcome: Outcome, private: bool, when: str, after: str = "") -> Text:
    """A message that has left, or what kept it from leaving."""
    address = masked(message.address) if private else message.address
    to = f" to {address}" if address else ""
    what = f"{message.message} by {message.channel}{to}"
    if outcome.sent:
        said = excerpt(message.parts)
        tail = f": “{said}”" if said and not private else ""
        return stamped(when, ("sent ", "green"), (what, ""), (tail, "dim"), (after, "dim cyan"))
    if outcome.again is None:
        return stamped(when, ("not taken ", "red"), (f"{what}: {outcome.error}", ""))
    return stamped(when, ("will be tried again ", "yellow"), (f"{what}: {outcome.error}", ""))


def status_text(counts: Counts, problems: list[str], overdue: int, front: str = "") -> Text:
    """How much there is, in one line."""
    pieces = [
        counted(counts.events, "event"),
        counted(counts.people, "person"),
        counted(counts.messages, "message")
        + (f" ({number(counts.pending)} to go out)" if counts.pending else ""),
        f"{number(counts.under_way)} under way",
    ]
    if counts.rejected:
        pieces.append(f"{number(counts.rejected)} set aside")
    text = Text(front, style="bold")
    text.append(" · ".join(pieces), "not bold")
    if counts.next_due is not None:
        text.append(f" · next due {clock(counts.next_due)}", "dim not bold")
    if overdue:
        text.append(f" · {counted(overdue, 'run')} overdue", "bold red")
    for problem in problems:
        text.append(f" · {problem}", "red")
    return text


def reload_lines(reload: Reload, when: str) -> list[Text]:
    """What a good save meant."""
    files = listed(reload.files[:3]) if len(reload.files) <= 3 else counted(len(reload.files), "file")
    files = files or "the workspace"
    took = f" in {max(1, round(reload.seconds * 1000))} ms"
    if reload.problem:
        return [stamped(when, ("✗ ", "bold red"), (f"{files} saved. {reload.problem}", ""))]
    live = "live again" if reload.mended else "live"
    if not reload.changes:
        tail = "the same meaning as before" if not reload.mended else f"{live}, as it was before the mistake"
        return [stamped(when, ("✓ ", "green"), (files, "bold"), (f" saved: {tail}", ""))]
    line = stamped(when, ("✓ ", "bold green"), (files, "bold"), (f" saved: {live}{took}", ""))
    return [line, *change_lines(reload.changes)]


def change_lines(changes: Sequence[Change]) -> list[Text]:
    """What is new, changed and gone, a line for each; of many the first ones."""
    lines: list[Text] = []
    for change in changes[:6]:
        name = change.name if change.kind == "journey" else f"{change.kind} {change.name}"
        said = (
            f"{name} {'is new' if change.how == 'new' else 'is gone' if change.how == 'gone' else 'changed'}"
        )
        detail = f": {'; '.join(change.details)}" if change.details else ""
        lines.append(Text(f"            {said}{detail}"))
    if len(changes) > 6:
        lines.append(Text(f"            and {number(len(changes) - 6)} more"))
    return lines


def fate_line(fate: Fate) -> Text:
    """What became of those who were under way in a journey that changed."""
    pieces = []
    if fate.kept:
        some = (
            f"the {counted(fate.kept, 'person')} waiting in it keep their place"
            if fate.kept > 1
            else ("the one person waiting in it keeps their place")
        )
        if fate.changed:
            whom = "all" if fate.changed >= fate.kept else number(fate.changed)
            some += f", {whom} of them by the new wait" if fate.kept > 1 else ", by the new wait"
        pieces.append(some)
    if fate.removed:
        kept = (
            f"{number(fate.removed)} whose step was removed"
            if fate.kept
            else (f"{counted(fate.removed, 'person')} whose step was removed")
        )
        pieces.append(f"{kept} {'was' if fate.removed == 1 else 'were'} ended")
    return Text(f"            {fate.journey}: {'; '.join(pieces)}", style="cyan")


_STEPS = frozenset({"waiting", "branched", "split", "set", "emitted", "enters", "not entered"})


def what_happened(
    activity: Activity, who: str, workspace: checked.Workspace, tz: dt.tzinfo
) -> tuple[str, str] | None:
    """An activity worth a line in `dev`, with its colour; None for what is not. Clock times are those of `tz`."""
    detail, kind = activity.detail, activity.kind
    match kind:
        case "started":
            because = str(detail.get("because") or "")
            plain = because.startswith(("entering", "leaving", "existing")) or "occurrence" in detail
            why = f"{',' if plain else ' by'} {because}" if because else ""
            return f"{who} enters {activity.journey}{why}", "cyan"
        case "converted":
            return f"{who} reaches the goal of {activity.journey}: {detail.get('event') or ''}".rstrip(
                ": "
            ), "bold green"
        case "ended":
            return f"{activity.journey} ends for {who}: {detail.get('because')}", "dim"
        case "not sent":
            return f"{detail.get('message')} not sent to {who}: {detail.get('because')}", "yellow"
        case "held":
            return f"{detail.get('message')} to {who} is held: {detail.get('because')}", "yellow"
        case "failed":
            return f"{activity.journey or 'something'} failed for {who}: {detail.get('because')}", "red"
        case "entered":
            return f"{who} is now in {detail.get('audience')}", "magenta"
        case "left":
            return f"{who} is no longer in {detail.get('audience')}", "dim magenta"
        case "merged":
            other = str(detail.get("key", "")).partition(":")[2]
            return f"{who} turns out to be the same person as {other}", "bright_blue"
    if kind in _STEPS:
        from sojourn.interpreter.timeline import describe

        return f"{who}: {describe(workspace, activity, tz)[1]}", "dim"
    return None
