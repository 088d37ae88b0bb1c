"""Writes docs/errors: a page for each mistake that `sojourn check` finds, from its words and its two examples.

python -m docs.make_errors            writes the pages
python -m docs.make_errors --check    ends with 1 when a page is missing, stale, or too many
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from docs.chapters import CHAPTERS, anchor, chapter_of
from sojourn.dsl.messages import WORDINGS
from sojourn.dsl.messages.pages import differing, unfilled
from sojourn.dsl.messages.wording import Wording, files_of
from sojourn.dsl.render import findings
from sojourn.dsl.render_terminal import terminal
from sojourn.dsl.workspace import compile_texts

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "errors"
WIDTH = 100

INTRODUCTION = f"""\
# Mistakes

Every mistake that `sojourn check` can find, {len(WORDINGS)} of them, each with a page: what it says, an example
that makes it, and the example mended. `sojourn explain CODE` shows the same in the terminal. The examples are
run by the tests: the wrong one gives this mistake and no other, the right one gives none. The pages are made
from the checker's own words by `python -m docs.make_errors`.

The chapters are those of [the language's reference](../language.md).
"""


def pages() -> dict[str, str]:
    """The text of each page by the name of its file."""
    made = {f"{code}.md": page(wording) for code, wording in WORDINGS.items()}
    made["README.md"] = index()
    return made


def index() -> str:
    """The page that lists them all, by chapter."""
    lines = [INTRODUCTION]
    for title, codes in CHAPTERS.items():
        lines += [f"## [{title}](../language.md#{anchor(title)})", ""]
        lines += [f"- [{code}]({code}.md): {unfilled(WORDINGS[code].says)}" for code in codes]
        lines.append("")
    return "\n".join(lines)


def page(wording: Wording) -> str:
    """What is wrong as the checker says it of the example; what it means; the example mended."""
    bad, good = files_of(wording.bad), files_of(wording.good)
    title = chapter_of(wording.code)
    outcome = compile_texts(bad)
    made = [found for found in findings(outcome.diagnostics, outcome.sources) if found.code == wording.code]
    says, mend = (made[0].says, made[0].help) if made else (unfilled(wording.says), unfilled(wording.help))
    lines = [f"# {wording.code}", "", says, ""]
    wrong, right = differing(bad, good), differing(good, bad)
    if wording.bad:
        lines += ["## Wrong", "", *_fenced(wrong or ["# nothing"]), "`sojourn check` says:", ""]
        lines += _fenced(click.unstyle(terminal(made[:1], WIDTH)).strip("\n").splitlines())
    lines += (
        ["## Right", "", *_fenced(right)] if right else ["## Right", "", "The same without these lines.", ""]
    )
    if mend:
        lines += ["## How to mend it", "", mend, ""]
    lines += [f"Chapter: [{title}](../language.md#{anchor(title)}) · [All mistakes](README.md)", ""]
    return "\n".join(lines)


def _fenced(lines: list[str]) -> list[str]:
    return ["```text", *(line.rstrip() for line in lines), "```", ""]


def main(arguments: list[str]) -> int:
    """Writes the pages, or looks whether they are current."""
    made = pages()
    there = {path.name: path for path in FOLDER.glob("*.md")}
    if arguments == ["--check"]:
        current = {name: path.read_text(encoding="utf-8") for name, path in there.items()}
        return 0 if current == made else 1
    FOLDER.mkdir(exist_ok=True)
    for name, path in there.items():
        if name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
