"""What a lint rule is: one file in `rules` that holds everything about it.

The rule's code, its page, its check, its fix and its examples stand together; the documentation, `sojourn
explain` and the tests are made from them. A rule says something about marketing, never about style, and only
when it is sure: what it cannot know it says nothing about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sojourn.dsl.diagnostics import Fix, Related, Severity
from sojourn.dsl.messages.wording import Wording, files_of
from sojourn.dsl.source import Span

if TYPE_CHECKING:
    from sojourn.dsl.lint.subject import Subject

__all__ = ["CATEGORIES", "CLOSE", "OPEN", "Check", "Found", "Rule", "marked"]

CATEGORIES: Mapping[str, str] = {
    "journeys": "Journeys: ways in, through and out",
    "timing": "Timing: waits, clock times, quiet hours and limits",
    "people": "People: conditions, audiences and what is missing",
    "consent": "Consent and privacy",
    "content": "Texts: mail, SMS, push and links",
    "learning": "Learning: splits, goals and holdouts",
    "offers": "Offers, decisions and recommendations",
    "data": "Data: events, datasets, webhooks and names",
    "lint": "Lint itself",
}
"""The groups of rules, in the order of the documentation."""

OPEN, CLOSE = "⟦", "⟧"
"""Around the place in a bad example that the finding underlines."""


@dataclass(frozen=True, slots=True)
class Found:
    """One finding of a rule: its place, the facts for its words, and a fix where there is one here."""

    span: Span
    facts: Mapping[str, str] = field(default_factory=dict)
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    candidates: tuple[str, ...] = ()


Check = Callable[["Subject"], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule.

    `says`, `help` and `label` are words with `{fact}` places, as those of a mistake (`Wording`). `what`, `why`
    and `mend` make its page. `bad` is a small workspace with one such finding, whose place stands between ⟦ and
    ⟧; `good` is the same, mended. `fix` says whether the rule offers a fix, and whether that is safe: a safe
    one changes nothing that anybody receives, nor takes away anything the author wrote that has an effect.

    `threshold` is a number that a workspace may set (`[lint.thresholds]`), `unit` what it counts. `last`: the
    rule looks at what the others found.
    """

    code: str
    category: str
    says: str
    label: str
    what: str
    why: str
    mend: str
    check: Check
    bad: str
    good: str
    help: str = ""
    severity: Severity = "warning"
    fix: Literal["", "safe", "unsafe"] = ""
    threshold: int | None = None
    unit: str = ""
    last: bool = False
    now: str = "2026-03-02"
    """The day on which the examples are looked at."""

    @property
    def wording(self) -> Wording:
        """The rule's words, as those of a mistake."""
        plain = self.bad.replace(OPEN, "").replace(CLOSE, "")
        return Wording(self.code, self.says, self.help or self.mend, self.label, plain, self.good)


def marked(example: str) -> tuple[dict[str, str], str, int, int]:
    """A bad example's files, and where its mark stands: the file, the offset and the length.

    Raises ValueError when it is not marked exactly once.
    """
    files = files_of(example)
    places = [(path, text) for path, text in files.items() if OPEN in text]
    if len(places) != 1 or places[0][1].count(OPEN) != 1 or places[0][1].count(CLOSE) != 1:
        raise ValueError("an example is marked exactly once")
    path, text = places[0]
    start = text.index(OPEN)
    end = text.index(CLOSE) - len(OPEN)
    files[path] = text.replace(OPEN, "").replace(CLOSE, "")
    return files, path, start, end - start
