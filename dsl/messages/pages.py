"""The page of a code, from its words and its two examples: for `sojourn explain` and for docs/errors."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

__all__ = ["differing", "unfilled"]


def differing(example: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """The declarations of an example that the other does not have as well, line by line; of a CSV or a template,
    all.
    """
    lines: list[str] = []
    for path, text in example.items():
        if text == other.get(path):
            continue
        if path.endswith(".journey"):
            known = set(_declarations(other.get(path, "")))
            blocks = [block for block in _declarations(text) if block not in known]
        else:
            blocks = [text]
        if blocks and (len(example) > 1 or path != "main.journey"):
            lines.append(f"# {path}")
        for block in blocks:
            lines += [*block.rstrip().splitlines(), ""]
    return lines[:-1]


def _declarations(text: str) -> list[str]:
    """A journey file cut where something stands at the beginning of a line, descriptions kept with what they
    describe.
    """
    blocks: list[str] = []
    comments = ""
    for line in text.splitlines(keepends=True):
        if line.startswith("#"):
            comments += line
        elif line[:1].isspace() and blocks and not comments:
            blocks[-1] += line
        else:
            blocks.append(comments + line)
            comments = ""
    return [*blocks, comments] if comments else blocks


def unfilled(words: str) -> str:
    """A sentence with its facts named in capitals: `There is no folder FOLDER.`"""
    return "".join(
        text + (name.upper().replace("_", " ") if name else "")
        for text, name, _, _ in Formatter().parse(words)
    )
