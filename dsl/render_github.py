"""Findings as annotations in a pull request on GitHub: one workflow command for each.

The form is that of GitHub's "Workflow commands for GitHub Actions": `::error file=…,line=…,title=…::message`, with
`%`, line breaks and, in the properties, `:` and `,` written as percent codes.
"""

from __future__ import annotations

from collections.abc import Sequence

from sojourn.dsl.render import Finding, hint

__all__ = ["github"]


def github(findings: Sequence[Finding], folder: str = "") -> str:
    """The findings, one line each. `folder` is where the workspace lies below the repository's root ("" for the
    root itself): annotations name files from there.
    """
    return "".join(f"{_line(finding, folder)}\n" for finding in findings)


def _line(finding: Finding, folder: str) -> str:
    place = finding.place
    properties = {"title": finding.code}
    if place.path:
        properties = {
            "file": f"{folder}/{place.path}" if folder else place.path,
            "line": str(place.line),
            "endLine": str(place.end_line),
            **(
                {"col": str(place.column), "endColumn": str(place.end_column)}
                if place.line == place.end_line
                else {}
            ),
            **properties,
        }
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    words = " ".join(part for part in (finding.says, finding.help, hint(finding)) if part)
    return f"::{finding.severity} {said}::{_data(words)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
