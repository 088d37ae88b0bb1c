"""The one shape of programs made up at random, with comments put in: the same meaning, every comment once, and no
further change when it is shaped again.
"""

from __future__ import annotations

import random
import re

from hypothesis import given
from hypothesis import strategies as st

from sojourn.dsl.format import comments_of, format_file
from sojourn.dsl.parser import parse_file
from sojourn.dsl.source import SourceFile
from sojourn.dsl.workspace import compile_texts
from tests.oracle.programs import programs
from tests.oracle.test_generated import some


def commented(text: str, seed: int) -> str:
    """The text with a comment above some lines and behind others."""
    chance = random.Random(seed)
    lines = []
    for number, line in enumerate(text.splitlines()):
        indent = line[: len(line) - len(line.lstrip())]
        if line.strip() and chance.random() < 0.15:
            lines.append(f"{indent}# above {number}")
        lines.append(f"{line}  # behind {number}" if line.strip() and chance.random() < 0.15 else line)
    return "\n".join(lines) + "\n"


def said(journeys: object) -> str:
    """Journeys as text without their labels: those are the author's own words, with the brackets that were there."""
    without = re.sub(r"label=('[^']*'|\"[^\"]*\")", "", repr(journeys))
    return re.sub(r"\('(?:else )?if [^']*', ", "(", without)


@some(150)
@given(programs(), st.integers(0, 1 << 30))
def test_a_program_keeps_its_meaning_and_its_comments(text: str, seed: int) -> None:
    written = commented(text, seed)
    before, mistakes = parse_file(SourceFile("a.journey", written))
    assert not mistakes
    shaped = format_file(SourceFile("a.journey", written)).text
    assert shaped is not None
    after, _ = parse_file(SourceFile("a.journey", shaped))
    assert after.declarations == before.declarations
    assert comments_of(after) == comments_of(before)
    assert format_file(SourceFile("a.journey", shaped)).text == shaped
    meant = compile_texts({"a.journey": text}).workspace
    assert meant is not None
    again = compile_texts({"a.journey": shaped}).workspace
    assert again is not None
    assert (again.attributes, again.audiences, again.aggregates) == (
        meant.attributes,
        meant.audiences,
        meant.aggregates,
    )
    assert said(again.journeys) == said(meant.journeys)
