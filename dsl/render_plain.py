"""Findings as plain text, one line each, without drawings: for logs, search, editors and screen readers."""

from __future__ import annotations

from collections.abc import Sequence

from sojourn.dsl.render import Finding, Note, hint

__all__ = ["plain"]


def plain(findings: Sequence[Finding]) -> str:
    """`path:line:column: error: what is wrong. What would be right. [code]`; related places follow,
    indented.
    """
    return "".join(f"{line}\n" for finding in findings for line in _lines(finding))


def _lines(finding: Finding) -> list[str]:
    words = " ".join(part for part in (finding.says, hint(finding), finding.help) if part)
    front = f"{finding.place}: " if finding.place.path else ""
    first = f"{front}{finding.severity}: {words} [{finding.code}]"
    return [_one_line(first), *(_note(note) for note in finding.notes)]


def _note(note: Note) -> str:
    front = f"{note.place}: " if note.place.path else ""
    return _one_line(f"  {front}{note.text}")


def _one_line(text: str) -> str:
    """The text without line breaks and control characters, which a name in a file could carry into
    a terminal.
    """
    return "".join(char if char.isprintable() else " " for char in text)
