"""Which public holidays a program went by, kept with it: they come from a library, and an upgrade may change them.

Of each calendar that the rules name (`"DE-BY"`) its days are kept, so that a plan can say which are others now. Where
the rules go by the country of each person only the version of the tables is kept: then it can be said that days may be
others, and not which. Whoever waits keeps the instant until which they wait (`library/calendars.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any

import orjson

from sojourn.dsl import checked
from sojourn.dsl.functions.calendars import SIGNATURES
from sojourn.dsl.types import Type
from sojourn.dsl.values import to_datetime

__all__ = ["Calendars", "calendars_of", "differences", "read_calendars", "written_calendars"]

_FUNCTIONS = frozenset(signature.name for signature in SIGNATURES)
_WORDS = (b'"working"', *(name.encode() for name in sorted(_FUNCTIONS)))
_CALL = re.compile(rf"\b(?:{'|'.join(sorted(_FUNCTIONS))})\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_NAMED = re.compile(r"""["']([A-Z]{2}(?:-[A-Z0-9]{1,3})?)["']""")
_ENDS = frozenset({str, int, bool, type(None), Type, checked.Catalog, checked.MemberList, checked.Constant})
"""What holds no call of a function: most of what a workspace is made of."""

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Calendars:
    """What a program knew of holidays. `version`: that of the library. `named`: calendar -> date (ISO 8601) -> the name
    of the holiday, up to and including the date `until`; `weekends`: calendar -> its days (0 is Monday). `of_people`:
    whether the rules go by the country of each person, too.
    """

    version: str
    until: str
    named: Mapping[str, Mapping[str, str]]
    weekends: Mapping[str, tuple[int, ...]]
    of_people: bool


def calendars_of(workspace: checked.Workspace, content: bytes, now: int) -> Calendars | None:
    """What the rules of a workspace go by, as the library that is installed knows it: this year and the next. None
    where no rule asks what a working day or a holiday is. `content` is the workspace written as JSON: the words are
    looked for in it first, because most workspaces have none of them.
    """
    if not any(word in content for word in _WORDS):
        return None
    names: set[str] = set()
    of_people = asked = False
    for name in _asked(workspace):
        asked = True
        if name is None:
            of_people = True
        elif name:
            names.add(name)
    if not asked:
        return None
    from importlib import metadata

    import holidays

    year = to_datetime(now).year
    named: dict[str, dict[str, str]] = {}
    weekends: dict[str, tuple[int, ...]] = {}
    for name in sorted(names):
        country, _, region = name.partition("-")
        try:
            found = holidays.country_holidays(country, subdiv=region or None, years=[year, year + 1])
        except (NotImplementedError, AttributeError, ValueError):
            continue  # it was there when the files were checked by another version
        named[name] = {day.isoformat(): found[day] for day in sorted(found) if year <= day.year <= year + 1}
        weekends[name] = tuple(sorted(found.weekend))
    return Calendars(metadata.version("holidays"), f"{year + 1}-12-31", named, weekends, of_people)


def _asked(workspace: checked.Workspace) -> Iterator[str | None]:
    """The calendars that rules and texts ask for: a name, None for that of each person, "" for none at all."""
    todo: list[Any] = [workspace]
    while todo:
        node = todo.pop()
        kind: Any = type(node)
        if kind is tuple or kind is list:
            todo.extend(node)
        elif kind in _ENDS:
            continue
        elif kind is checked.Template:
            yield from _in_text(node.source)
        elif (names := _parts(kind)) is not None:
            if kind is checked.Function and node.name in _FUNCTIONS:
                yield from map(_name, node.args[1:] or (None,))
            elif kind in (checked.Wait, checked.WaitUntil) and node.working is not None:
                yield _name(node.working)
            todo.extend([getattr(node, name) for name in names])
        elif isinstance(node, Mapping):
            todo.extend(node.values())
    for text in workspace.templates.values():
        yield from _in_text(str(text))


@cache
def _parts(kind: Any) -> tuple[str, ...] | None:
    """What a node is made of, places in files left out; None for what is no node."""
    return tuple(field.name for field in fields(kind) if field.compare) if is_dataclass(kind) else None


def _name(expr: Any) -> str | None:
    """The calendar that an argument names; of a number, which is another argument, none."""
    if isinstance(expr, checked.Constant):
        return expr.value if isinstance(expr.value, str) and _NAMED.fullmatch(f'"{expr.value}"') else ""
    kind = getattr(getattr(expr, "type", None), "kind", "")
    return None if expr is None or kind in ("country", "text") else ""


def _in_text(source: str) -> Iterator[str | None]:
    """The same in the text of a template."""
    for call in _CALL.finditer(source):
        names = _NAMED.findall(call[1])
        yield from names or (None,)


def written_calendars(found: Calendars | None) -> str:
    """For the column `calendars`: JSON; "" where no rule asks."""
    if found is None:
        return ""
    return orjson.dumps(
        {
            "holidays": found.version, "until": found.until, "named": found.named, "weekends": found.weekends,
            "of_people": found.of_people,
        }
    ).decode()  # fmt: skip


def read_calendars(text: str) -> Calendars | None:
    """What `written_calendars` wrote."""
    if not text:
        return None
    said = orjson.loads(text)
    weekends = {name: tuple(days) for name, days in said["weekends"].items()}
    return Calendars(said["holidays"], said["until"], said["named"], weekends, said["of_people"])


def differences(before: Calendars | None, after: Calendars | None, now: int) -> list[str]:
    """What an upgrade of the tables means, from the day of `now` on, in sentences; none where it means nothing."""
    if before is None or after is None or before.version == after.version:
        return []
    found: list[str] = []
    today = to_datetime(now).date().isoformat()
    until = min(before.until, after.until)
    shared = [name for name in after.named if name in before.named]
    for name in shared:
        old, new = before.named[name], after.named[name]
        for day in sorted({*old, *new}):
            if today <= day <= until and (day in old) is not (day in new):
                is_now = "is a public holiday now" if day in new else "is no public holiday any more"
                found.append(f"In {name} {day} ({new.get(day) or old[day]}) {is_now}.")
        if before.weekends.get(name) != after.weekends.get(name):
            days = " and ".join(_WEEKDAYS[day] for day in after.weekends.get(name, ()))
            found.append(f"In {name} the weekend is {days} now.")
    if not found and not after.of_people:
        return []
    same = [name for name in shared if not any(said.startswith(f"In {name} ") for said in found)]
    if same:
        found.append(f"In {' and '.join(same)} nothing is different up to {until}.")
    if after.of_people:
        found.append(
            "Where the country of each person decides, other days may count: which ones is not kept."
        )
    return [
        f"The tables of public holidays are others: version {after.version}, and {before.version} when this last ran.",
        *found,
        "Who waits keeps the day until which they wait. Waits that begin from now on, and conditions such as "
        "`is_working_day(today)`, go by the new tables.",
    ]
