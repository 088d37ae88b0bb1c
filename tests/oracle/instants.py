"""At which instants time alone could change anything: every one that a program and a life mention between them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from sojourn.dsl import checked as c
from sojourn.dsl.values import DAY, Duration, parse_date, parse_instant
from tests.oracle.meaning import Life, Look, elapsed, first_instant, zone_of
from tests.oracle.meaning import value as meaning_of


def instants_of(workspace: c.Workspace, who: Life) -> list[int]:
    """The time of each event and each date of a person, moved by each length of time that a rule mentions.

    And the microsecond after each, for what is later *than* something. Midnights are not among them.
    """
    lengths = set(_lengths(workspace))
    found: set[int] = set()
    for moment in (
        {record.at for _, record in who.records}
        | set(_moments(workspace))
        | set(_own_moments(workspace, who))
    ):
        found |= {moment, moment + 1}
        for length in lengths:
            for sign in (1, -1):
                for t in _moved(moment, length, sign):
                    found |= {t, t + 1}
    return sorted(found)


def _own_moments(workspace: c.Workspace, who: Life) -> Iterator[int]:
    """The moments and days that the person's fields and events speak of."""
    tz = zone_of(workspace, who)
    look = Look(workspace, who, 0)
    for node in _rules(workspace):
        if isinstance(node, c.LocalMoment):
            yield meaning_of(node, look)
    for offer in workspace.offers.values():
        for node in _nodes((offer.since, offer.until)):
            if isinstance(node, c.Constant) and type(node.value) is dt.date:
                for days in (0, 1):
                    day = node.value + dt.timedelta(days=days)
                    yield first_instant(dt.datetime(day.year, day.month, day.day), tz)
    for said in who.said:
        if said.field in workspace.profile and said.value is not None:
            yield from _spoken_of(workspace.profile[said.field].type.kind, said.value, tz)
    for _, record in who.records:
        declared = workspace.events[record.event].fields if record.event else {}
        for name, said_value in record.properties.items():
            if name in declared:
                yield from _spoken_of(declared[name].type.kind, said_value, tz)


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    if dataclasses.is_dataclass(node) and not isinstance(node, type):
        for part in dataclasses.fields(node):
            yield from _nodes(getattr(node, part.name))
    elif isinstance(node, tuple) and not isinstance(node, Duration):
        for item in node:
            yield from _nodes(item)
    elif isinstance(node, Mapping):
        for item in node.values():
            yield from _nodes(item)


def _rules(workspace: c.Workspace) -> Iterator[Any]:
    for part in (workspace.aggregates, workspace.attributes, workspace.audiences, workspace.decisions):
        yield from _nodes(part)
    for offer in workspace.offers.values():
        yield from _nodes((offer.when, offer.since, offer.until, offer.priority))
    for journey in workspace.journeys.values():
        yield from _nodes((journey.exits, journey.starts))


def _lengths(workspace: c.Workspace) -> Iterator[Duration]:
    """Every length of time that a rule mentions."""
    return (node for node in _rules(workspace) if isinstance(node, Duration))


def _moments(workspace: c.Workspace) -> Iterator[int]:
    """Every moment that a rule mentions."""
    for node in _rules(workspace):
        if isinstance(node, c.Constant) and node.type.kind == "datetime" and isinstance(node.value, int):
            yield node.value


def mentions_today(workspace: c.Workspace) -> bool:
    return any(
        isinstance(node, c.Today) or (isinstance(node, c.Function) and node.name in ("age", "anniversary"))
        for node in _rules(workspace)
    )


def _moved(moment: int, length: Duration, sign: int) -> Iterator[int]:
    yield elapsed(moment, length, sign)
    if length.months:
        # A month later is not always the instant of which this is a month ago: look at the days around it.
        for days in range(-4, 5):
            near = elapsed(moment, length, sign) + days * DAY
            yield near
            yield near // DAY * DAY


def _spoken_of(kind: str, said: Any, tz: dt.tzinfo) -> Iterator[int]:
    if kind == "datetime":
        yield parse_instant(said)
    elif kind == "date":
        day = parse_date(said)
        yield first_instant(dt.datetime(day.year, day.month, day.day), tz)
