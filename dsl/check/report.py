"""Where the passes put what they find, and the nearest names they offer."""

from __future__ import annotations

import difflib
import heapq
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache

from sojourn.dsl.diagnostics import Diagnostic, Fix, Related, Severity
from sojourn.dsl.source import Span

__all__ = ["CALLED_ELSEWHERE", "Report", "and_list", "how_to_add", "nearest"]

CALLED_ELSEWHERE = frozenset({"contact", "customer", "person", "recipient", "subscriber", "user"})
"""What other tools call the profile."""


class Report:
    """The diagnostics of one run. The same mistake at the same place is kept once."""

    def __init__(self, heard: Callable[[], None] | None = None) -> None:
        self.found: list[Diagnostic] = []
        self.heard = heard
        """Called whenever something is said, also what was said before."""
        self._seen: set[tuple[str, Span]] = set()

    def error(
        self,
        code: str,
        span: Span,
        *,
        candidates: Iterable[str] = (),
        related: Iterable[Related] = (),
        fix: Fix | None = None,
        severity: Severity = "error",
        **facts: str,
    ) -> None:
        """Adds a diagnostic; `facts` fill the code's words."""
        self.add(Diagnostic(code, span, facts, tuple(candidates), tuple(related), fix, severity))

    def add(self, diagnostic: Diagnostic) -> None:
        """Adds a diagnostic, unless the same mistake was found at the same place."""
        if self.heard is not None:
            self.heard()
        key = (diagnostic.code, diagnostic.span)
        if key not in self._seen:
            self._seen.add(key)
            self.found.append(_with_fix(diagnostic))


def _with_fix(diagnostic: Diagnostic) -> Diagnostic:
    """The diagnostic; where a name alone is underlined, its fix is to write the nearest one."""
    name = diagnostic.facts.get("name", "")
    underlined = diagnostic.span.end - diagnostic.span.start
    if diagnostic.fix is not None or not diagnostic.candidates or not name or underlined != len(name):
        return diagnostic
    right = diagnostic.candidates[0]
    return replace(diagnostic, fix=Fix(diagnostic.span, right, f"write {right}"))


def nearest(name: str, *pools: Iterable[str]) -> tuple[str, ...]:
    """Up to three names that look like `name`, best first; names of an earlier pool come first."""
    found: list[str] = []
    wanted = name.lower()
    pairs = _pairs(wanted)
    for number, pool in enumerate(pools):
        spelled = {candidate.lower(): candidate for candidate in pool if candidate != name}
        # Comparing letter by letter is slow: only the names that share most pairs of letters are tried.
        alike = [(len(pairs & (other := _pairs(lower))) / len(pairs | other), lower) for lower in spelled]
        likely = [lower for score, lower in heapq.nlargest(12, alike) if score > 0.15]
        for match in difflib.get_close_matches(wanted, likely, n=3, cutoff=0.66):
            if spelled[match] not in found:
                found.append(spelled[match])
        if number == 0 and len(wanted) >= 4:
            words = wanted.split("_")
            found.extend(
                spelled[lower]
                for lower in likely
                if (wanted in lower.split("_") or lower in words) and spelled[lower] not in found
            )
    return tuple(found[:3])


@lru_cache(maxsize=16384)
def _pairs(word: str) -> frozenset[str]:
    """The pairs of neighbouring letters of a word, its ends included."""
    word = f"^{word}$"
    return frozenset(word[i : i + 2] for i in range(len(word) - 1))


def how_to_add(owner: str, name: str) -> str:
    """What to do where a field of the profile is not missing but new; nothing for other owners."""
    if owner != "The profile" or not name.isidentifier():
        return ""
    return f". A new one is a line of its own below `profile`, such as `{name}  text`"


def and_list(words: Iterable[str], joint: str = "and") -> str:
    """`a, b and c`."""
    listed = list(words)
    if len(listed) < 2:
        return "".join(listed)
    return ", ".join(listed[:-1]) + f" {joint} {listed[-1]}"
