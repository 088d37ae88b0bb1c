"""Where the passes put what they find, and the nearest names they offer."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import replace

from sojourn.dsl.diagnostics import Diagnostic, Fix, Related, Severity
from sojourn.dsl.source import Span

__all__ = ["Report", "and_list", "nearest"]


class Report:
    """The diagnostics of one run. The same mistake at the same place is kept once."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []
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
    """Up to three names that look like `name`, best first; names of an earlier pool come before those of a
    later one.
    """
    found: list[str] = []
    wanted = name.lower()
    for number, pool in enumerate(pools):
        spelled = {candidate.lower(): candidate for candidate in pool if candidate != name}
        slack = 2 + len(wanted) // 2
        about_as_long = [lower for lower in spelled if abs(len(lower) - len(wanted)) <= slack]
        for match in difflib.get_close_matches(wanted, about_as_long, n=3, cutoff=0.66):
            if spelled[match] not in found:
                found.append(spelled[match])
        if number == 0 and len(wanted) >= 4:
            found.extend(
                candidate
                for lower, candidate in spelled.items()
                if (wanted in lower.split("_") or lower in wanted.split("_")) and candidate not in found
            )
    return tuple(found[:3])


def and_list(words: Iterable[str], joint: str = "and") -> str:
    """`a, b and c`."""
    listed = list(words)
    if len(listed) < 2:
        return "".join(listed)
    return ", ".join(listed[:-1]) + f" {joint} {listed[-1]}"
