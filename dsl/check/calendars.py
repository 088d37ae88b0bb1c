"""Whether there is a calendar of holidays for a country or region, and whether a pattern of dates is one.

The library `holidays` is imported only when a calendar is named in a workspace.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from sojourn.dsl.check.report import and_list, nearest
from sojourn.dsl.check.standards import countries

__all__ = ["STYLES", "CalendarProblem", "calendar_problem", "pattern_problem"]

STYLES = ("short", "medium", "long", "full")
"""How long a date is written, in the words of CLDR."""

_PATTERN = re.compile(r"D{1,4}|M{1,4}|YYYY|YY|[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class CalendarProblem:
    """Why there is no calendar: the code of the mistake, its facts, and the names that are nearest."""

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)
    candidates: tuple[str, ...] = ()


@lru_cache(maxsize=256)
def calendar_problem(text: str) -> CalendarProblem | None:
    """What is wrong with the name of a calendar, `DE` or `DE-BY`, if anything."""
    from holidays import registry

    known = {code for names in registry.COUNTRIES.values() for code in names[1:] if len(code) == 2}
    country, _, region = text.partition("-")
    if country not in known:
        return CalendarProblem("unknown-holidays", candidates=_countries(country, known, region))
    if not region:
        return None
    regions, called = _regions(country)
    if region in regions:
        return None
    by_name = {name.lower(): code for name, code in called.items()}
    exact = [code for code in regions if code.lower() == region.lower()]
    exact += [by_name[region.lower()]] if region.lower() in by_name else []
    near = exact or [by_name.get(name, name) for name in nearest(region.lower(), by_name, regions)]
    candidates = tuple(dict.fromkeys(f"{country}-{code}" for code in near))
    name = countries().get(country, country)
    have = and_list(regions, "and") if regions else ""
    help = f"Its regions are {have}." if have else f'It has no regions of its own: write "{country}".'
    return CalendarProblem("unknown-region", {"country": name, "region": region, "help": help}, candidates)


def _regions(country: str) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """The regions of a country by their codes, and the codes by other names of them."""
    import holidays

    calendar = holidays.country_holidays(country)
    return tuple(calendar.subdivisions), dict(calendar.subdivisions_aliases)


def _countries(text: str, known: set[str], region: str) -> tuple[str, ...]:
    upper = text.upper()
    other = {"UK": "GB", "EN": "GB", "USA": "US", "EL": "GR"}
    if upper in other or upper in known:
        found: tuple[str, ...] = (other.get(upper, upper),)
    else:
        by_name = {name.lower().split(" (")[0]: code for code, name in countries().items() if code in known}
        lower = text.lower().replace("_", " ")
        near = (lower,) if lower in by_name else nearest(lower, by_name) if len(text) > 3 else ()
        found = tuple(by_name[name] for name in near)
        if not found and len(text) <= 3:
            found = nearest(upper, sorted(known))
    more = f"-{region}" if region else ""
    return tuple(dict.fromkeys(code + more for code in found))


def pattern_problem(text: str) -> str | None:
    """Why a text says nothing about how a date is written, if so."""
    if text in STYLES:
        return None
    parts = _PATTERN.findall(text)
    strange = [part for part in parts if not re.fullmatch(r"D{1,4}|M{1,4}|YYYY|YY", part)]
    if strange:
        return f"{strange[0]} is no part of a date"
    return None if parts else "it names no part of a date"
