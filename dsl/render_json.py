"""Findings as data for programs.

Each is an object: `code`, `severity` ("error" or "warning"), `message`, `help`, `label`, a place
(`path`, `line`, `column`, `end_line`, `end_column`, counted from 1, the end exclusive; `start`,
`end` as character offsets), `candidates`, `related` (places with a `note`) and `fix` (a place with
`title` and the new `text`, or null).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sojourn.dsl.render import Finding, Place

__all__ = ["data"]


def data(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """The findings as JSON data."""
    return [
        {
            "code": finding.code,
            "severity": finding.severity,
            "message": finding.says,
            "help": finding.help,
            "label": finding.label,
            **_place(finding.place),
            "candidates": list(finding.candidates),
            "related": [{"note": note.text, **_place(note.place)} for note in finding.notes],
            "fix": None
            if finding.repair is None
            else {
                "title": finding.repair.title,
                "text": finding.repair.text,
                **_place(finding.repair.place),
            },
        }
        for finding in findings
    ]


def _place(place: Place) -> dict[str, Any]:
    return {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "start": place.start,
        "end": place.end,
    }
