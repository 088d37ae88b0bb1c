"""One person's story in plain English: their records, what the journeys did, and the messages, line by line.

Shown when a test fails, by `simulate --person` and by `profile`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sojourn.dsl import checked
from sojourn.dsl.types import Type
from sojourn.dsl.values import SECOND, UTC, parse_duration, parse_instant, parse_money, to_datetime
from sojourn.interpreter.core import effects as did
from sojourn.interpreter.core.calls import CALL
from sojourn.interpreter.core.effects import Activity, Outgoing
from sojourn.interpreter.core.records import Record

__all__ = ["Entry", "Line", "clock_text", "describe", "timeline", "value_text"]

Entry = Record | Activity | Outgoing
"""What a timeline is made of."""

Kind = Literal["event", "journey", "step", "sent", "not sent", "failed", "audience", "person"]

EXCERPT = 60
"""How many characters of a message's text are shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `at` is an instant, `when` the same as a clock time in the zone asked for.

    `kind`: "event" (came from outside), "journey" (started, ended, converted), "step", "sent", "not sent",
    "failed", "audience", "person" (identity). `journey` is "" outside of one. `who` is the person, by the name that
    a test gives them, where several people are told of.
    """

    at: int
    when: str
    text: str
    kind: Kind
    journey: str = ""
    who: str = ""

    def __str__(self) -> str:
        return f"{self.when}  {self.who}: {self.text}" if self.who else f"{self.when}  {self.text}"


def timeline(
    workspace: checked.Workspace,
    entries: Iterable[Entry],
    tz: dt.tzinfo = UTC,
    whose: Mapping[int, str] | None = None,
) -> list[Line]:
    """The entries as lines, by time; what happened at one instant keeps its order. Clock times are those of
    `tz`, to the second. `whose` says of entries, by their `id`, to whom they happened.
    """
    ordered = sorted(entries, key=lambda entry: entry.at)
    outgoing = {entry.key: entry for entry in ordered if isinstance(entry, Outgoing)}
    told = {
        entry.detail["key"] for entry in ordered if isinstance(entry, Activity) and entry.kind == did.SENT
    }
    emitted = {entry.id for entry in ordered if isinstance(entry, Record)}
    lines = []
    for entry in ordered:
        if isinstance(entry, Activity) and entry.kind == did.EMITTED and entry.detail["record"] in emitted:
            continue  # the line of the event itself says it
        if isinstance(entry, Outgoing) and (entry.key in told or entry.channel == CALL):
            continue  # the line that says "sent" shows it
        kind, text = describe(workspace, entry, tz, outgoing)
        journey = "" if isinstance(entry, Record) else entry.journey
        who = (whose or {}).get(id(entry), "")
        lines.append(Line(entry.at, clock_text(_whole(entry.at), tz), text, kind, journey, who))
    return lines


def clock_text(instant: int, tz: dt.tzinfo = UTC) -> str:
    """`2026-03-02 10:00`, with seconds only where there are any."""
    local = to_datetime(instant, tz)
    text = f"{local:%Y-%m-%d %H:%M}"
    if local.second or local.microsecond:
        text += f":{local.second:02d}"
    if local.microsecond:
        text += f".{local.microsecond:06d}".rstrip("0")
    return text


def value_text(value: Any, of: Type | None = None, tz: dt.tzinfo = UTC) -> str:
    """A canonical JSON value as the author would write it: `59 EUR`, `2026-03-02 10:00`, `yes`, `3 items`."""
    if value is None or value == "":
        return "missing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        if of is not None and of.kind == "location" and len(value) == 2:
            return f"location({value[0]}, {value[1]})"
        if any(isinstance(item, dict) for item in value):
            return "1 item" if len(value) == 1 else f"{len(value)} items"
        item_type = of.of if of is not None else None
        return ", ".join(value_text(item, item_type, tz) for item in value) or "empty"
    if isinstance(value, dict):
        return "(" + ", ".join(f"{name} {value_text(part, None, tz)}" for name, part in value.items()) + ")"
    if of is not None and isinstance(value, str):
        try:
            if of.kind == "money":
                amount, currency = parse_money(value)
                return f"{amount:f} {currency}"
            if of.kind == "datetime":
                return clock_text(parse_instant(value), tz)
            if of.kind == "time":
                return value.removesuffix(":00") if value.count(":") == 2 else value
            if of.kind == "duration":
                return duration_text(value)
        except ValueError:
            return value
    if of is not None and of.kind == "percent":
        return f"{round(value * 100, 6):g}%"
    return str(value)


def duration_text(iso: str) -> str:
    """An ISO 8601 duration in words: `3 days`, `1 hour 30 minutes`. Raises ValueError when it is none."""
    months, days, microseconds = parse_duration(iso)
    seconds, fraction = divmod(microseconds, 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(months, "month"), (days, "day"), (hours, "hour"), (minutes, "minute")]
    words = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]
    if seconds or fraction or not words:
        exact = f"{seconds}.{fraction:06d}".rstrip("0").rstrip(".")
        words.append(f"{exact} second{'' if exact == '1' else 's'}")
    return " ".join(words)


def describe(
    workspace: checked.Workspace,
    entry: Entry,
    tz: dt.tzinfo = UTC,
    outgoing: Mapping[str, Outgoing] | None = None,
) -> tuple[Kind, str]:
    """One entry in words. `outgoing` are the messages by key, so that a "sent" can show the text that went
    out.
    """
    if isinstance(entry, Record):
        own = entry.dataset.startswith("journey ")
        said = _record(workspace, entry, tz)
        return ("step", f"emitted {said}") if own else ("event", said)
    if isinstance(entry, Outgoing):
        return "sent", _sent(entry.message, entry.channel, entry.address, entry)
    detail = entry.detail
    match entry.kind:
        case did.STARTED:
            because = str(detail.get("because") or "")
            alone = because.startswith(("entering", "leaving", "existing")) or "occurrence" in detail
            told = f" ({because})" if alone else ""
            return "journey", f"{entry.journey} started{told}"
        case did.ENDED:
            return "journey", f"{entry.journey} ended: {detail['because']}"
        case did.CONVERTED:
            return "journey", f"{entry.journey} converted: {detail.get('event') or 'goal reached'}"
        case did.WAITING:
            return "step", _waiting(workspace, entry, tz)
        case did.BRANCHED:
            seen = f" ({detail['seen']})" if detail.get("seen") else ""
            return "step", f"{_branched(workspace, entry)}{seen}"
        case did.SPLIT:
            sure = f" ({detail['sure']:.0%} sure that {detail['best']} does best)" if "sure" in detail else ""
            return "step", f"split {detail['split']}: {detail['arm']}{sure}"
        case did.SET:
            field = workspace.profile.get(detail["field"])
            of = field.type if field is not None else None
            before = detail.get("before")
            for key, word in (("added", "added {} to"), ("removed", "removed {} from")):
                if key in detail:
                    item = value_text(detail[key], of.of if of is not None else None, tz)
                    return "step", f"{word.format(item)} {detail['field']}"
            was = "" if before is None else f" (was {value_text(before, of, tz)})"
            return "step", f"set {detail['field']} to {value_text(detail.get('value'), of, tz)}{was}"
        case did.RECOMMENDED:
            items = ", ".join(detail["items"]) or "nothing"
            rankings = "; ".join(dict.fromkeys(detail["because"].values()))
            return "step", f"recommended {items} by {detail['recommendation']}" + (
                f": {rankings}" if rankings else ""
            )
        case did.OFFERED:
            return "step", f"offered {detail['offer']} by {detail['decision']}: {detail['because']}"
        case did.EMITTED:
            return "step", f"emitted {detail['event']}"
        case did.ENTERS:
            return "journey", f"{entry.journey} enters {detail['other']}"
        case did.NOT_STARTED if detail.get("where"):
            return "journey", f"{entry.journey} not started, because {detail['because']}"
        case did.NOT_STARTED:
            later = ": it begins when the journey is resumed" if detail.get("held") else ""
            return "journey", f"{entry.journey} not started, because it is {detail['because']}{later}"
        case did.NOT_ENTERED:
            return "journey", f"{entry.journey} does not enter {detail['other']}: {detail['because']}"
        case did.SENT:
            message = (outgoing or {}).get(detail["key"])
            return "sent", _sent(
                detail["message"], detail["channel"], message.address if message else "", message
            )
        case did.CALLED:
            return "step", f"asked {detail['webhook']}"
        case did.ANSWERED:
            return "step", f"{detail['webhook']} answered"
        case did.ANSWERED_LATE:
            fields = (
                workspace.webhooks[detail["webhook"]].answers.fields
                if detail["webhook"] in workspace.webhooks
                else {}
            )
            said = (
                _fields(detail["answer"] or {}, fields, tz)
                if detail["answer"] is not None
                else detail["because"]
            )
            return "step", f"{detail['webhook']} answered when the run had ended" + (
                f": {said}" if said else ""
            )
        case did.HELD:
            until = _until(entry.at, detail["until"], tz)
            return "step", f"{detail['message']} held until {until}: {detail['because']}"
        case did.NOT_SENT:
            return "not sent", f"{detail['message']} not sent: {detail['because']}"
        case did.REFUSED:
            verb = "bounced" if detail["bounced"] else "could not be handed out"
            return "not sent", f"{detail['message']} by {detail['channel']} {verb}: {detail['because']}"
        case did.FAILED:
            label = _label(workspace, entry)
            return (
                "failed",
                f"{label} failed: {detail['because']}" if label else f"failed: {detail['because']}",
            )
        case did.ENTERED:
            return "audience", f"entered {detail['audience']}{_why(detail)}"
        case did.LEFT:
            return "audience", f"left {detail['audience']}{_why(detail)}"
        case did.MERGED:
            return (
                "person",
                f"found to be the same person as {detail['key']}: what was known of both is one now",
            )
        case did.MOVED:
            return (
                "person",
                f"{detail['identifier']} {detail['value']} is now this person's, who was last seen with it",
            )
        case did.LINK_REFUSED:
            return "person", f"{detail['identifier']} {detail['value']} not linked: {detail['because']}"
    return "step", f"{entry.kind} {value_text(detail)}".strip()


def _record(workspace: checked.Workspace, record: Record, tz: dt.tzinfo) -> str:
    if record.event:
        event = workspace.events.get(record.event)
        fields = event.fields if event is not None else {}
        said = _fields(record.properties, fields, tz)
        return f"{record.event} {said}".rstrip()
    said = _fields(record.profile, workspace.profile, tz)
    source = f" from {record.dataset}" if record.dataset else ""
    return f"profile{source}: {said}" if said else f"profile{source}"


def _fields(values: Mapping[str, Any], fields: Mapping[str, checked.Field], tz: dt.tzinfo) -> str:
    return ", ".join(
        f"{name} {value_text(value, fields[name].type if name in fields else None, tz)}"
        for name, value in values.items()
        if value is not None and value != "" and value != []
    )


def _step(workspace: checked.Workspace, entry: Activity) -> checked.Step | None:
    journey = workspace.journeys.get(entry.journey)
    if journey is None:
        return None
    return next((step for step in journey.steps if step.id == entry.step), None)


def _label(workspace: checked.Workspace, entry: Activity) -> str:
    step = _step(workspace, entry)
    return step.label if step is not None else entry.step


def _waiting(workspace: checked.Workspace, entry: Activity, tz: dt.tzinfo) -> str:
    label = _label(workspace, entry)
    text = "waits" + label.removeprefix("wait") if label.startswith("wait") else f"waits at {label}"
    until = entry.detail.get("until")
    return text if until is None else f"{text} (until {_until(entry.at, until, tz)})"


def _until(now: int, until: int, tz: dt.tzinfo) -> str:
    """The end of a wait: the clock time alone when it is on the same day."""
    text = clock_text(_whole(until), tz)
    day, _, clock = text.partition(" ")
    return clock if clock_text(now, tz).startswith(day) else text


def _whole(instant: int) -> int:
    """The instant without the part of a second."""
    return instant - instant % SECOND


def _branched(workspace: checked.Workspace, entry: Activity) -> str:
    branch = str(entry.detail["branch"])
    step = _step(workspace, entry)
    if step is not None and isinstance(step.operation, checked.WaitFor):
        event = step.operation.event
        return f"{event} came in time" if branch == "happened" else f"no {event} in time"
    if step is not None and isinstance(step.operation, checked.WaitForFirst):
        return "none of them in time" if branch == "timed out" else f"{branch} came first"
    if step is not None and isinstance(step.operation, checked.Branch):
        labels = [label for label, _, _ in step.operation.arms]
        taken = labels.index(branch) if branch in labels else len(labels)
        # A `match` reads "match country: is "DE""; an `if` shows every condition that was asked on the way.
        if step.label.startswith("match"):
            return f"{step.label}: {branch}"
        asked = [f"{label}: no" for label in labels[:taken]]
        return " → ".join([*asked, f"{branch}: yes" if taken < len(labels) else branch])
    if step is not None and isinstance(step.operation, checked.IfFailed):
        return "if failed: yes" if branch == "if failed" else "if failed: no"
    if step is not None and isinstance(step.operation, checked.Repeat):
        return f"{step.label}: {branch}"
    return branch


def _sent(message: str, channel: str, address: str, outgoing: Outgoing | None) -> str:
    text = f"sent {message} by {channel}" + (f" to {address}" if address else "")
    said = _excerpt(outgoing.parts) if outgoing is not None else ""
    return f"{text}: “{said}”" if said else text


def _excerpt(parts: Mapping[str, str]) -> str:
    """The line by which the receiver knows a message: its subject or title, else how it begins."""
    for name in ("subject", "title", "text", "post", "body"):
        if parts.get(name):
            words = " ".join(parts[name].split())
            return words if len(words) <= EXCERPT else words[: EXCERPT - 1].rstrip() + "…"
    return ""


def _why(detail: Mapping[str, Any]) -> str:
    return {"time": " by time", "change": " by a change", "file": " by its file"}.get(
        detail.get("why", ""), ""
    )
