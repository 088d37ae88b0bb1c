"""Findings as SARIF 2.1.0, the form in which code hosts and editors take the results of checkers.

The standard is OASIS "Static Analysis Results Interchange Format (SARIF) Version 2.1.0". Columns are counted in
Unicode code points (`columnKind`), lines and columns from 1, an end column is the one after the last character.
Files are named from the root of the repository (`uriBaseId` SRCROOT). A finding keeps its fingerprint when lines
above it come and go, so that a host does not take it for a new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote as percent

from sojourn import __version__
from sojourn.dsl.messages import is_code, wording
from sojourn.dsl.render import Finding, Place, hint

__all__ = ["sarif"]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(findings: Sequence[Finding], folder: str = "") -> dict[str, Any]:
    """The findings as one SARIF log. `folder` is where the workspace lies below the repository's root."""
    codes = sorted({finding.code for finding in findings})
    number = {code: at for at, code in enumerate(codes)}
    seen: dict[str, int] = {}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "sojourn",
                        "semanticVersion": __version__,
                        "rules": [_rule(code, findings) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The root of the repository."}}},
                "results": [_result(finding, folder, number[finding.code], seen) for finding in findings],
            }
        ],
    }


def _rule(code: str, findings: Sequence[Finding]) -> dict[str, Any]:
    severity = next(finding.severity for finding in findings if finding.code == code)
    rule: dict[str, Any] = {
        "id": code,
        "shortDescription": {"text": code.replace("-", " ")},
        "defaultConfiguration": {"level": severity},
    }
    if not is_code(code):  # a failed test, a file out of shape: they have no page
        return rule
    words = wording(code)
    fence = "```"
    example = f"{fence}journey\n{words.bad.strip()}\n{fence}\n\nRight:\n\n{fence}journey\n{words.good.strip()}\n{fence}"
    return {
        **rule,
        "help": {
            "text": f"`sojourn explain {code}` tells all about it.",
            "markdown": f"Wrong:\n\n{example}\n\n`sojourn explain {code}` tells all about it.",
        },
    }


def _result(finding: Finding, folder: str, rule: int, seen: dict[str, int]) -> dict[str, Any]:
    words = " ".join(part for part in (finding.says, finding.help, hint(finding)) if part)
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": words},
        "partialFingerprints": {"sojournFinding/v1": _fingerprint(finding, seen)},
    }
    if finding.place.path:
        result["locations"] = [{"physicalLocation": _location(finding.place, folder)}]
    related = [
        {"id": at, "message": {"text": note.text}, "physicalLocation": _location(note.place, folder)}
        for at, note in enumerate(finding.notes)
        if note.place.path
    ]
    if related:
        result["relatedLocations"] = related
    repair = finding.repair
    if repair is not None and repair.place.path:
        change = {"deletedRegion": _region(repair.place), "insertedContent": {"text": repair.text}}
        result["fixes"] = [
            {
                "description": {"text": repair.title},
                "artifactChanges": [
                    {"artifactLocation": _file(repair.place.path, folder), "replacements": [change]}
                ],
            }
        ]
    return result


def _location(place: Place, folder: str) -> dict[str, Any]:
    return {"artifactLocation": _file(place.path, folder), "region": _region(place)}


def _file(path: str, folder: str) -> dict[str, str]:
    return {"uri": percent(f"{folder}/{path}" if folder else path), "uriBaseId": "SRCROOT"}


def _region(place: Place) -> dict[str, int]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _fingerprint(finding: Finding, seen: dict[str, int]) -> str:
    """The same for the same mistake on a line of the same text, wherever that line stands in the file."""
    line = finding.quote.text.strip() if finding.quote is not None else ""
    key = "\x00".join((finding.code, finding.place.path, line, finding.says))
    seen[key] = seen.get(key, 0) + 1
    return hashlib.blake2b(f"{key}\x00{seen[key]}".encode(), digest_size=16).hexdigest()
