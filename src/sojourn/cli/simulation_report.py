"""The report of a simulation for people: in a sentence, then each journey as it was written with
its numbers beside it.

The text carries colours; `click.echo` takes them out where they are not wanted. It is the same for the same
simulation: how long it took is not part of it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from click import style

from sojourn.cli.journey_map import MapLine, mapped
from sojourn.cli.output import counted, listed, number
from sojourn.dsl import ast
from sojourn.dsl.values import to_datetime
from sojourn.interpreter.simulation.report import JourneyReport, Report, Setback

if TYPE_CHECKING:
    from sojourn.dsl.workspace import Compiled

__all__ = ["report_lines"]

_BAR = 16
_COLOURS: dict[str, str | None] = {
    "wait": "bright_blue", "branch": "cyan", "arm": "magenta", "send": "green", "set": "cyan",
    "stop": None, "loop": None, "head": None,
}  # fmt: skip
_MOST_REASONS = 4
"""Reasons shown in one line; the rest are counted together."""


def report_lines(report: Report, outcome: Compiled, room: int) -> Iterator[str]:
    """All of the report, in lines of at most `room` cells."""
    yield from _opening(report, room)
    if report.first is None:
        yield from _trouble(report, room)
        return
    written = {
        node.name.text: node
        for tree in outcome.asts
        for node in tree.declarations
        if isinstance(node, ast.Journey)
    }
    maps = {
        name: mapped(written[name], report.workspace.journeys[name], journey, outcome.sources)
        for name, journey in report.journeys.items()
        if journey.started
    }
    longest = max((2 * line.depth + len(line.text) for lines in maps.values() for line in lines), default=20)
    for name, journey in report.journeys.items():
        yield ""
        yield from _journey(journey, report, maps.get(name, []), longest, room)
    if report.audiences:
        yield ""
        yield from _audiences(report, room)
    yield from _shown(report, room)
    yield from _trouble(report, room)


# ------------------------------------------------------------------ opening


def _opening(report: Report, room: int) -> Iterator[str]:
    if report.first is None or report.last is None:
        yield style("Nothing happened: there was no event that could be played.", bold=True)
        return
    events = sum(report.events.values())
    yield style(f"{_period(report.first, report.last)}", bold=True)
    text = f"{counted(report.people, 'person')} and {counted(events, 'event')}."
    started = sum(journey.started for journey in report.journeys.values())
    if report.journeys:
        text += f" {counted(len(report.journeys), 'journey')} started {_times(started)}"
        text += f" and sent {counted(report.messages, 'message') if report.messages else 'no messages'}."
    converted = sum(journey.converted for journey in report.journeys.values())
    if converted:
        runs = sum(
            journey.started
            for name, journey in report.journeys.items()
            if report.workspace.journeys[name].goal is not None
        )
        text += (
            f" Of {number(runs)} runs with a goal {number(converted)} ({_share(converted, runs)}) reached it."
        )
    yield from textwrap.wrap(text, room)
    yield ""
    yield from _bars({**_ranked(report.events)}, room)
    more = []
    if report.profile_updates:
        more.append(f"{counted(report.profile_updates, 'record')} of what is known of people")
    if report.duplicates:
        more.append(f"{counted(report.duplicates, 'record')} that came twice and counted once")
    if report.merged:
        more.append(f"{counted(report.merged, 'person')} found to be somebody already known")
    if report.links_refused:
        more.append(f"{counted(report.links_refused, 'identifier')} that could not be linked")
    if report.later:
        more.append(f"{counted(report.later, 'record')} after the end that was asked for, left out")
    if more:
        for line in textwrap.wrap(f"Besides: {listed(more)}.", room - 2):
            yield style(f"  {line}", dim=True)


def _period(first: int, last: int) -> str:
    begin, end = to_datetime(first), to_datetime(last)
    if begin.date() == end.date():
        return f"{begin.day} {begin:%B %Y}, {begin:%H:%M} to {end:%H:%M} (UTC)"
    month = f" {begin:%B}" if (begin.year, begin.month) != (end.year, end.month) else ""
    year = f" {begin.year}" if begin.year != end.year else ""
    days = (end.date() - begin.date()).days
    length = counted(round(days / 7), "week") if days >= 21 else counted(days, "day")
    return f"{begin.day}{month}{year} to {end.day} {end:%B} {end.year}, {length}"


def _bars(counts: Mapping[str, int], room: int) -> Iterator[str]:
    if not counts:
        return
    longest, most = max(map(len, counts)), max(counts.values())
    for name, count in counts.items():
        yield f"  {name:<{longest}}  {number(count):>9}  {style(_bar(count, most, 24), fg='cyan')}".rstrip()


# ----------------------------------------------------------------- journeys


def _journey(
    journey: JourneyReport, report: Report, lines: Sequence[MapLine], longest: int, room: int
) -> Iterator[str]:
    declared = report.workspace.journeys[journey.name]
    told = [f"{number(journey.started)} started"]
    if journey.running:
        told.append(f"{number(journey.running)} still in it")
    if journey.started:
        told.append(f"{counted(journey.messages, 'message')} sent")
    if declared.goal is not None and journey.started:
        told.append(
            f"{number(journey.converted)} reached the goal ({_share(journey.converted, journey.started)})"
        )
    facts = " · ".join(told)
    rule = "─" * max(3, room - len(journey.name) - len(facts) - 3)
    yield f"{style(journey.name, fg='magenta', bold=True)} {style(rule, dim=True)} {style(facts, bold=True)}"
    if declared.description:
        yield from (style(line, dim=True) for line in textwrap.wrap(declared.description, room))
    if not journey.started:
        yield style("  Nobody entered it.", fg="yellow")
        return
    text_room = min(longest, room - 2 - 9 - 2 - 4 - 2 - _BAR - 10)
    for line in lines:
        yield from _map_line(line, journey.started, text_room, room)
    ended = {because: runs for because, runs in _ranked(journey.ended).items() if because != "finished"}
    finished = journey.ended.get("finished", 0)
    parts = [f"{number(finished)} came to the end"] if finished else []
    parts += [f"{number(runs)} by “{because}”" for because, runs in ended.items()]
    if parts:
        yield from (
            style(line, dim=True)
            for line in textwrap.wrap(
                "ended: " + ", ".join(parts), room - 2, initial_indent="  ", subsequent_indent="         "
            )
        )


def _map_line(line: MapLine, started: int, text_room: int, room: int) -> Iterator[str]:
    indent = "  " * (line.depth + 1)
    space = max(8, text_room - 2 * line.depth)
    text = line.text if len(line.text) <= space else line.text[: space - 1] + "…"
    colour = _COLOURS[line.kind]
    none = line.count == 0
    extra = ""
    if line.converted is not None and line.count:
        extra = f"goal {_share(line.converted, line.count)}"
    elif line.waiting:
        extra = f"{number(line.waiting)} there now"
    elif line.kind == "loop":
        extra = "rounds"
    bar = "" if line.kind in ("head", "stop", "loop") else _bar(line.count, started, _BAR)
    yield _row(
        (f"{indent}{text:<{space}}", {"fg": colour, "bold": line.kind == "send", "dim": none}),
        (f"{number(line.count) if line.kind != 'head' else '':>9}", {"dim": none}),
        (f"{_share(line.count, line.of) if line.of else '':>4}", {"dim": True}),
        (f"{bar:<{_BAR}}", {"fg": colour}),
        (extra, {"bold": True}),
    )
    more = f"{indent}  "
    if len(line.sent) > 1:
        yield more + style(
            ", ".join(f"{number(n)} by {way}" for way, n in _ranked(line.sent).items()), dim=True
        )
    if line.not_sent:
        yield from _reasons(more, "not sent", line.not_sent, "yellow", room)
    if line.failed:
        yield from _reasons(more, "failed", line.failed, "red", room)
    if line.left:
        yield from _reasons(more, "left here", line.left, "", room)


def _row(*cells: tuple[str, dict[str, Any]]) -> str:
    """The cells side by side, each in its style; what is blank at the end is left out."""
    last = max((place for place, (text, _) in enumerate(cells) if text.strip()), default=-1)
    return "  ".join(
        style(text.rstrip() if place == last else text, **look)
        for place, (text, look) in enumerate(cells[: last + 1])
    )


def _reasons(front: str, what: str, reasons: Mapping[str, int], colour: str, room: int) -> Iterator[str]:
    """`46 not sent: no consent to offers (40), no email address (6)`."""
    ranked = list(_ranked(reasons).items())
    total = sum(reasons.values())
    if len(ranked) == 1:
        said = ranked[0][0]
    else:
        said = ", ".join(f"{because} ({number(count)})" for because, count in ranked[:_MOST_REASONS])
        rest = sum(count for _, count in ranked[_MOST_REASONS:])
        said += f", other reasons ({number(rest)})" if rest else ""
    text = f"{number(total)} {what}: {said}"
    for line in textwrap.wrap(text, room, initial_indent=front, subsequent_indent=front + "  "):
        yield style(line, fg=colour) if colour else style(line, dim=True)


# ---------------------------------------------------------------- audiences


def _audiences(report: Report, room: int) -> Iterator[str]:
    audiences = list(report.audiences.values())
    longest = max(len("audience"), *(len(audience.name) for audience in audiences))
    most = max(1, *(audience.at_last_event for audience in audiences))
    rule = "─" * max(3, room - len("Audiences") - 1)
    yield f"{style('Audiences', bold=True)} {style(rule, dim=True)}"
    yield style(f"  {'':<{longest}}  {'members':>9}  {'':<{_BAR}}  {'came':>9}{'went':>9}", dim=True)
    for audience in audiences:
        bar = style(f"{_bar(audience.at_last_event, most, _BAR):<{_BAR}}", fg="bright_blue")
        yield (
            f"  {audience.name:<{longest}}  {number(audience.at_last_event):>9}  {bar}"
            f"  {number(audience.entered):>9}{number(audience.left):>9}"
        )
    if report.ended_at is not None and report.last is not None and report.ended_at > report.last:
        end = to_datetime(report.ended_at)
        why = "the end asked for" if report.ended_because == "as asked" else report.ended_because
        text = (
            "Members are counted when the last event had been taken in; who came and went also until "
            f"the clock stopped on {end.day} {end:%B %Y} ({why})."
        )
        yield from (style(f"  {line}", dim=True) for line in textwrap.wrap(text, room - 2))


# ------------------------------------------------------ offers, recommendations

_MOST_ROWS = 5


def _shown(report: Report, room: int) -> Iterator[str]:
    """How often each offer, and each row that was recommended most, was shown in a message."""
    blocks = [(f"Offers by {name}", counts) for name, counts in report.offered.items()]
    blocks += [(f"Recommended by {name}", counts) for name, counts in report.recommended.items()]
    for title, counts in blocks:
        if not counts:
            continue
        ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        shown = ranked[:_MOST_ROWS] if title.startswith("Recommended") else ranked
        longest = max(len(name) for name, _ in shown)
        yield ""
        yield f"{style(title, bold=True)} {style('─' * max(3, room - len(title) - 1), dim=True)}"
        for name, count in shown:
            bar = style(_bar(count, ranked[0][1], _BAR).rstrip(), fg="bright_blue")
            yield f"  {name:<{longest}}  {number(count):>9}  {bar}"
        if len(shown) < len(ranked):
            yield style(f"  and {counted(len(ranked) - len(shown), 'other row')}", dim=True)


# ------------------------------------------------------------------ trouble


def _trouble(report: Report, room: int) -> Iterator[str]:
    if report.rejected:
        total = sum(setback.count for setback in report.rejected.values())
        yield ""
        yield _headline(f"{counted(total, 'record')} set aside", "yellow", room)
        yield from _setbacks(sorted(report.rejected.values(), key=lambda s: (-s.count, s.reason)), room)
    failures = [
        *report.failed_elsewhere.values(),
        *(failure for journey in report.journeys.values() for failure in journey.failed.values()),
    ]
    if failures:
        total = sum(failure.count for failure in failures)
        yield ""
        yield _headline(f"{counted(total, 'step')} failed", "red", room)
        for failure in failures:
            who = listed(dict.fromkeys(key for _, key in failure.examples))
            where = f"{failure.step}: " if failure.step and failure.step not in failure.because else ""
            text = f"{number(failure.count)} × {where}{failure.because} (for instance {who})"
            yield from textwrap.wrap(text, room, initial_indent="  ", subsequent_indent="    ")


def _setbacks(setbacks: Sequence[Setback], room: int) -> Iterator[str]:
    for setback in setbacks[:10]:
        yield from textwrap.wrap(
            f"{number(setback.count)} × {setback.reason}", room, initial_indent="  ", subsequent_indent="    "
        )
        for example in setback.examples[:1]:
            flat = " ".join("".join(char if char.isprintable() else " " for char in example).split())
            yield style(f"      {flat if len(flat) <= room - 6 else flat[: room - 7] + '…'}", dim=True)
    if len(setbacks) > 10:
        yield style(f"  and for {counted(len(setbacks) - 10, 'other reason')}", dim=True)


def _headline(text: str, colour: str, room: int) -> str:
    return f"{style(text, fg=colour, bold=True)} {style('─' * max(3, room - len(text) - 1), dim=True)}"


# -------------------------------------------------------------------- words


def _bar(count: int, most: int, cells: int) -> str:
    """A bar of at most `cells` cells, in halves; whatever is there at all is seen."""
    if not most or not count:
        return ""
    halves = min(max(1, round(count / most * cells * 2)), cells * 2)
    return "━" * (halves // 2) + ("╸" if halves % 2 else "")


def _share(count: int, of: int | None) -> str:
    """`12%`; what is not none of it is not shown as 0%, what is not all not as 100%."""
    if not of:
        return "0%"
    percent = round(100 * count / of)
    if percent == 0 and count:
        return "<1%"
    return "99%" if percent == 100 and count < of else f"{percent}%"


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count) or f"{number(count)} times"


def _ranked(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
