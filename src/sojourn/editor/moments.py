"""The moments that times in a file come to: where the clock of a test stands, when a schedule comes next."""

from __future__ import annotations

import datetime as dt

from sojourn.dsl import ast, checked
from sojourn.dsl.values import to_datetime, zone
from sojourn.editor.hints import Hint
from sojourn.editor.snapshot import Snapshot

__all__ = ["moments"]


def moments(snapshot: Snapshot, tree: ast.File, now: int) -> list[Hint]:
    """Behind each `at` and `after` of a test the moment that its clock then shows, behind each schedule of a journey
    when it comes next after `now` (an instant in microseconds).

    Nothing stands behind a line whose moment differs from case to case of a table.
    """
    workspace = snapshot.compiled.workspace
    if workspace is None:
        return []
    cases: dict[int, list[checked.Test]] = {}
    for test in workspace.tests:
        if test.span.path == tree.path:
            cases.setdefault(test.span.start, []).append(test)
    found: list[Hint] = []
    for node in tree.declarations:
        if isinstance(node, ast.Test):
            found += _clocks(workspace, node, cases.get(node.span.start, []))
        elif isinstance(node, ast.Journey) and node.name.text in workspace.journeys:
            found += _schedules(workspace.journeys[node.name.text], node, now)
    return found


def _clocks(workspace: checked.Workspace, node: ast.Test, cases: list[checked.Test]) -> list[Hint]:
    from sojourn.interpreter.testing.clock import clock_moments

    shown: dict[int, set[dt.datetime]] = {}
    for test in cases:
        for span, moment in clock_moments(workspace, test):
            shown.setdefault(span.start, set()).add(moment)
    found = []
    for item in node.items:
        moments = shown.get(item.span.start, set())
        if len(moments) != 1:
            continue
        (moment,) = moments
        by = f"The test's clock, in {moment.tzname() if moment.tzinfo == dt.UTC else moment.tzinfo}."
        if isinstance(item, ast.After):
            found.append(Hint(item.duration.span.end, f" → {_said(moment)}", by))
        elif isinstance(item, ast.At):
            found.append(Hint(item.moment.span.end, f" {moment:%a}", by))
    return found


def _schedules(journey: checked.Journey, node: ast.Journey, now: int) -> list[Hint]:
    from sojourn.interpreter.compile.occasions import next_on

    places = {
        start.span.start: start.span for start in node.settings if isinstance(start, ast.StartOnSchedule)
    }
    found = []
    for start in journey.starts:
        if isinstance(start, checked.StartOnSchedule) and start.every and start.span.start in places:
            tz = zone(journey.zone_fallback or "UTC")
            instant, _ = next_on(start.every, start.at, tz, now)
            whose = "each person's own clock" if journey.zone is not None else f"the clock of {tz}"
            text = f" → next {to_datetime(instant, tz):%a} {_day(to_datetime(instant, tz))}"
            found.append(Hint(places[start.span.start].end, text, f"At {start.at:%H:%M} by {whose}."))
    return found


def _said(moment: dt.datetime) -> str:
    """A moment as it stands behind a line: `Mon 2 Mar 10:30`."""
    seconds = f":{moment:%S}" if moment.second else ""
    return f"{moment:%a} {_day(moment)} {moment:%H:%M}{seconds}"


def _day(moment: dt.datetime) -> str:
    return f"{moment.day} {moment:%b}"
