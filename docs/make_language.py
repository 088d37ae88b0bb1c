"""Writes the grammar and the list of mistakes of each chapter into docs/language.md; the rest is written by hand.

python -m docs.make_language            writes them
python -m docs.make_language --check    ends with 1 when the page is not current

The grammar comes from dsl/grammar/journey.lark, the mistakes from docs/chapters.py. Each chapter's part stands
at its end, between two comments.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from docs.chapters import CHAPTERS, GRAMMAR
from docs.notation import Notation

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "language.md"
BEGIN, END = "<!-- made by docs/make_language.py -->", "<!-- end -->"
_MADE = re.compile(rf"{BEGIN}\n.*?{END}\n\n?", re.DOTALL)


def notation() -> Notation:
    """The grammar, with the rules that have a place of their own in some chapter."""
    return Notation(rule for rules in GRAMMAR.values() for rule in rules)


def page(text: str) -> str:
    """The page with each chapter's part made anew."""
    said = notation()
    parts = []
    for title, body in _chapters(_MADE.sub("", text)):
        made = _made(said, title)
        parts.append(f"{body.rstrip()}\n\n{made}\n" if made else body)
    return "".join(parts).rstrip("\n") + "\n"


def _chapters(text: str) -> list[tuple[str, str]]:
    """The page cut at its headings: (the heading, its text from there on)."""
    found: list[tuple[str, list[str]]] = [("", [])]
    fenced = False
    for line in text.splitlines(keepends=True):
        if line.startswith("```"):
            fenced = not fenced
        if line.startswith("#") and not fenced:
            found.append((line.lstrip("#").strip(), []))
        found[-1][1].append(line)
    return [(title, "".join(lines)) for title, lines in found]


def _made(said: Notation, title: str) -> str:
    lines = []
    if title in GRAMMAR:
        lines += ["**Grammar**", "", "```text", said.section(GRAMMAR[title]), "```", ""]
    if title in CHAPTERS:
        codes = ", ".join(f"[{code}](errors/{code}.md)" for code in CHAPTERS[title])
        lines += [f"**Mistakes**: {codes}.", ""]
    return "\n".join([BEGIN, "", *lines, END, ""]) if lines else ""


def main(arguments: list[str]) -> int:
    """Writes the page, or looks whether it is current."""
    there = PAGE.read_text(encoding="utf-8")
    text = page(there)
    if arguments == ["--check"]:
        return 0 if there == text else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
