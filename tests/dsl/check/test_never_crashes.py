"""Whatever is done to a workspace, checking it gives messages with words, never an exception."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from sojourn.dsl.messages import help_text, label, sentence
from sojourn.dsl.workspace import compile_texts

ROOT = Path(__file__).resolve().parents[3]
BLOCK = re.compile(r"^```journey\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEXT = "\n".join(BLOCK.findall((ROOT / "docs" / "language.md").read_text(encoding="utf-8")))
WORDS = list(re.finditer(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|\"[^\"\n]*\"|[-<>=+(),.:]", TEXT))


def changed(seed: int) -> str:
    """The language reference's workspace with one word dropped, misspelt, doubled or replaced."""
    chance = random.Random(seed)
    word = chance.choice(WORDS)
    text = word.group()
    other = chance.choice(WORDS).group()
    new = chance.choice(
        ["", text[:-1], text[::-1], text + " " + text, other, other, other, text + " " + other]
    )
    return TEXT[: word.start()] + new + TEXT[word.end() :]


@pytest.mark.parametrize("seed", range(120))
def test_a_changed_word_is_reported_or_harmless(seed: int) -> None:
    compiled = compile_texts({"main.journey": changed(seed)}, root=ROOT / "tests" / "docs" / "files")
    for diagnostic in compiled.diagnostics:
        assert sentence(diagnostic)
        help_text(diagnostic), label(diagnostic)
        source = compiled.sources[diagnostic.span.path]
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(source.text)
        assert source.span(diagnostic.span.start, diagnostic.span.end) == diagnostic.span
    assert (compiled.workspace is None) == any(d.severity == "error" for d in compiled.diagnostics)
