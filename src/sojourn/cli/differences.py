"""A comparison of two versions as it is shown: what happens to fewer, to more, later, otherwise; one person each."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from click import style

from sojourn.cli.output import counted, number

if TYPE_CHECKING:
    from sojourn.interpreter.simulation.comparison import Comparison, Difference, Example

__all__ = ["comparison_data", "comparison_lines", "person_lines"]

_TITLES = {
    "message": "Messages that are sent",
    "not sent": "Messages that are not sent",
    "offer": "Offers that are given",
    "journey": "Journeys that are entered",
    "arm": "Arms that are taken",
    "ended": "How journeys end",
    "goal": "Goals that are reached",
    "failed": "What fails",
    "audience": "Audiences that are entered",
    "call": "Webhooks that are asked",
}


def comparison_lines(found: Comparison, room: int) -> Iterator[str]:
    """The differences for people, by kind."""
    if not found.differences:
        yield style(f"No difference for any of {counted(found.people, 'person')}.", fg="green", bold=True)
        return
    touched = f"{counted(found.touched, 'person')} of {number(found.people)}"
    yield style(f"{counted(len(found.differences), 'difference')}, for {touched}.", bold=True)
    for kind, title in _TITLES.items():
        mine = found.of_kind(kind)
        if not mine:
            continue
        yield ""
        yield style(title, bold=True)
        for difference in mine:
            change = difference.after - difference.before
            colour = "red" if change < 0 else "green" if change > 0 else "yellow"
            counts = f"{number(difference.before)} → {number(difference.after)}"
            yield f"  {difference.what}  {style(counts, fg=colour)}"
            for said in _told(difference):
                yield from textwrap.wrap(
                    said, room, initial_indent="    ", subsequent_indent="      ", break_on_hyphens=False
                )


def _told(difference: Difference) -> Iterator[str]:
    """A sentence for each way in which it is different, with its example."""
    ways = (
        (difference.fewer, difference.example_fewer, _fewer(difference)),
        (difference.more, difference.example_more, _more(difference)),
        (difference.moved, difference.example_moved, "at another time"),
        (difference.reworded, difference.example_reworded, "with another text"),
    )
    for count, example, how in ways:
        if not count or example is None:
            continue
        yield f"{counted(count, 'person')} {how}: for example {example.person}, {_times(example)}"


def _fewer(difference: Difference) -> str:
    waiting = difference.waiting
    if waiting == difference.fewer:
        return "not yet, because they still wait at the end"
    still = f", {number(waiting)} of them because they still wait at the end" if waiting else ""
    if difference.never == difference.fewer:
        return f"no longer{still}"
    return (
        "less often"
        + (f" ({number(difference.never)} of them not at all)" if difference.never else "")
        + still
    )


def _more(difference: Difference) -> str:
    if difference.newly == difference.more:
        return "newly"
    return "more often" + (
        f" ({number(difference.newly)} of them for the first time)" if difference.newly else ""
    )


def _times(example: Example) -> str:
    before, after = _moments(example.before), _moments(example.after)
    if not after:
        return f"on {before} before"
    if not before:
        return f"now on {after}"
    return f"on {before}" if before == after else f"on {before} before, on {after} now"


def _moments(instants: tuple[int, ...]) -> str:
    """The instants in UTC; of many the first."""
    from sojourn.interpreter.timeline import clock_text

    shown = [clock_text(at - at % 1_000_000) for at in instants[:2]]
    more = f" and {number(len(instants) - 2)} more times" if len(instants) > 2 else ""
    return " and ".join(shown) + more if not more else ", ".join(shown) + more


def person_lines(found: Comparison, person: str) -> Iterator[str]:
    """One person's story in both versions: what is the same, what is gone (-), what is new (+). Raises LookupError."""
    before, after, zone = found.timelines(person)
    yield style(person, bold=True) + style(
        f"  - {found.before.name}, + {found.after.name}; times in {zone}", dim=True
    )
    old = [f"{line.when}  {line.text}" for line in before]
    new = [f"{line.when}  {line.text}" for line in after]
    if old == new:
        yield "Nothing is different."
        return
    colours = {"-": "red", "+": "green"}
    for line in difflib.ndiff(old, new):
        mark = line[0]
        if mark != "?":
            yield style(f"{mark} {line[2:]}", fg=colours.get(mark))


def comparison_data(found: Comparison) -> dict[str, Any]:
    """The comparison for a program."""
    from sojourn.dsl.values import instant_to_iso

    def moment(at: int | None) -> str | None:
        return None if at is None else instant_to_iso(at)

    def example(one: Example | None) -> dict[str, Any] | None:
        if one is None:
            return None
        return {
            "person": one.person,
            "before": [instant_to_iso(at) for at in one.before],
            "after": [instant_to_iso(at) for at in one.after],
        }

    return {
        "before": {"name": found.before.name, "version": found.before.program.version},
        "after": {"name": found.after.name, "version": found.after.program.version},
        "from": moment(found.first),
        "to": moment(found.last),
        "records": found.records,
        "left_out": found.left_out,
        "people": found.people,
        "touched": found.touched,
        "differences": [
            {
                "kind": d.kind,
                "what": d.what,
                "before": d.before,
                "after": d.after,
                "fewer": {
                    "people": d.fewer,
                    "not_at_all": d.never,
                    "still_waiting": d.waiting,
                    "example": example(d.example_fewer),
                },
                "more": {"people": d.more, "for_the_first_time": d.newly, "example": example(d.example_more)},
                "moved": {"people": d.moved, "example": example(d.example_moved)},
                "reworded": {"people": d.reworded, "example": example(d.example_reworded)},
            }
            for d in found.differences
        ],
    }
