"""An answer to `why` as it is shown: sentences and a small tree, in colour or plain, or as JSON."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from click import style

if TYPE_CHECKING:
    from sojourn.interpreter.why.telling import Account, Answer, Because, Fact

__all__ = ["answer_data", "answer_lines"]

_COLOURS = {True: "green", False: "red", None: None}
_DRAWN = {True: "✓", False: "✗", None: "·"}
_SAID = {True: "yes:", False: "no:", None: "-"}


def answer_lines(answer: Answer, room: int, plain: bool) -> Iterator[str]:
    """The answer for people. `plain`: no drawings, no columns, a word for each mark, for screen readers."""
    yield from (
        style(line, bold=True) for line in textwrap.wrap(answer.verdict, room, break_on_hyphens=False)
    )
    where = f"; the rule is at {answer.place}" if answer.place else ""
    yield style(f"Times are in {answer.zone}{where}.", dim=True)
    shown = _Shown(answer, room, plain)
    for account in answer.accounts:
        yield ""
        yield from shown.account(account)
    if answer.notes:
        yield ""
        for note in answer.notes:
            yield from textwrap.wrap(note, room, break_on_hyphens=False)


class _Shown:
    def __init__(self, answer: Answer, room: int, plain: bool) -> None:
        self.answer = answer
        self.room = room
        self.plain = plain
        self.marks = _SAID if plain else _DRAWN
        self.now = "at that moment" if answer.as_of else "now"
        from sojourn.dsl.values import UTC, zone
        from sojourn.interpreter.timeline import clock_text

        tz = zone(answer.zone) if answer.zone != "UTC" else UTC

        def when(instant: int) -> str:
            return clock_text(instant - instant % 1_000_000, tz)

        self.when = when

    def account(self, account: Account) -> Iterator[str]:
        front = f"{self.when(account.at)}  " if account.at is not None else ""
        title = f"{front}{account.title}"
        lines = textwrap.wrap(title, self.room, break_on_hyphens=False)
        if account.place and len(lines[-1]) + len(account.place) + 2 <= self.room:
            yield from (style(line, bold=True) for line in lines[:-1])
            yield f"{style(lines[-1], bold=True)}  {style(account.place, dim=True)}"
        else:
            yield from (style(line, bold=True) for line in lines)
            if account.place:
                yield f"  {style(account.place, dim=True)}"
        for because in account.because:
            yield from self.because(because, 1, account.place or self.answer.place)
        for said in (account.different, *account.notes):
            if said:
                yield from self.wrapped(said, "  ")

    def because(self, because: Because, depth: int, place: str) -> Iterator[str]:
        """One reason with those below it. A place is named where it is another than that above it."""
        indent = "  " * depth
        mark = self.marks[because.truth]
        text = f"{because.text}{_facts(because.facts)}"
        changed = because.two and (
            because.truth_now is not because.truth or because.facts_now != because.facts
        )
        if changed:
            now = f"{self.now} {self.marks[because.truth_now]}".rstrip(":")
            joint = ": " if because.facts_now else ""
            text += (
                f"  → {now}{joint}{_plain_facts(because.facts_now)}"
                if not self.plain
                else (f"; {now}{joint}{_plain_facts(because.facts_now)}")
            )
        where = because.place if because.place and because.place != place else ""
        first, *rest = textwrap.wrap(
            text, max(24, self.room - len(indent) - len(mark) - 1), break_on_hyphens=False
        ) or [""]
        colour = _COLOURS[because.truth]
        head = f"{indent}{style(mark, fg=colour, bold=because.decides)} {style(first, bold=because.decides)}"
        if where and not rest and len(indent) + len(mark) + len(first) + len(where) + 4 <= self.room:
            yield f"{head}  {style(where, dim=True)}"
        else:
            yield head
            gap = " " * (len(mark) + 1)
            for more in rest:
                yield f"{indent}{gap}{style(more, bold=because.decides)}"
            if where:
                yield f"{indent}{gap}{style(where, dim=True)}"
        for part in because.parts:
            yield from self.because(part, depth + 1, because.place or place)

    def wrapped(self, text: str, indent: str) -> Iterator[str]:
        for line in textwrap.wrap(text, self.room - len(indent), break_on_hyphens=False):
            yield f"{indent}{line}"


def _facts(facts: tuple[Fact, ...]) -> str:
    return f": {_plain_facts(facts)}" if facts else ""


def _plain_facts(facts: tuple[Fact, ...]) -> str:
    return "; ".join(map(str, facts))


def answer_data(answer: Answer) -> dict[str, Any]:
    """The answer as JSON: instants as ISO 8601 in UTC."""
    from sojourn.dsl.values import instant_to_iso

    def plain(value: Any, name: str = "") -> Any:
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            found = {f.name: plain(getattr(value, f.name), f.name) for f in dataclasses.fields(value)}
            if "two" in found and not found.pop("two"):
                del found["truth_now"], found["facts_now"]
            return found
        if isinstance(value, tuple):
            return [plain(item) for item in value]
        if name in ("at", "now") and isinstance(value, int):
            return instant_to_iso(value)
        return value

    data: dict[str, Any] = plain(answer)
    return data
