"""Pygments, TextMate and tree-sitter take the same words for words of the language as the parser does.

Each is made for editors and pages that cannot ask the language server. They are compared with the parser on every
journey file there is: examples, standard library and the language's own tests.
"""

from __future__ import annotations

import ctypes
import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.token import Comment, Keyword, Name, Number, Operator, String

from sojourn.dsl.grammar import keywords_among
from sojourn.dsl.layout import lay_out
from sojourn.dsl.source import SourceFile
from sojourn.editor.pygments_lexer import JourneyLexer

ROOT = Path(__file__).resolve().parents[2]
EDITORS = ROOT / "editors"
VSCODE = EDITORS / "vscode"
TREE_SITTER = EDITORS / "tree-sitter-journey"
FILES = sorted(
    path for folder in ("examples", "stdlib", "tests") for path in (ROOT / folder).rglob("*.journey")
)
PHRASES = frozenset({
    "_IS_NOT", "_NOT_IN", "_NOT_BETWEEN", "_IN_LAST", "_WINDOW_BETWEEN", "_SINCE_START", "_UP_TO", "_AT_LEAST",
    "_AT_MOST", "_WITHIN_DISTANCE",
})  # fmt: skip


def words(path: Path) -> dict[int, tuple[str, bool]]:
    """Each word of a file by its offset, and whether it is a word of the language there, as the parser says."""
    text = path.read_text(encoding="utf-8")
    found: dict[int, tuple[str, bool]] = {}
    for block in lay_out(SourceFile(str(path), text))[0]:
        keywords = keywords_among(block.tokens)
        for number, (kind, start, end, value) in enumerate(block.tokens):
            if kind in ("WORD", "NAME", "DOTTED"):
                found[start] = (value, number in keywords)
            elif kind in PHRASES:
                at = start
                for word in text[start:end].split():
                    at = text.index(word, at)
                    if word.isalpha():
                        found[at] = (word, True)
                    at += len(word)
    return found


def test_there_is_enough_to_compare() -> None:
    assert len(FILES) > 80
    assert sum(len(words(path)) for path in FILES) > 10_000


# ------------------------------------------------------------------ Pygments


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_pygments_keeps_every_character_and_agrees_on_every_word(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    pieces = list(JourneyLexer().get_tokens_unprocessed(text))
    assert "".join(said for _, _, said in pieces) == text
    by_place = {at: kind for at, kind, _ in pieces}
    for at, (word, keyword) in words(path).items():
        if at in by_place:  # the later words of a phrase belong to its piece
            kind = by_place[at]
            assert (kind in Keyword or kind in Operator.Word) == keyword, (word, kind)


def test_pygments_tells_names_from_words_and_survives_a_mistake() -> None:
    text = 'journey list\n  start on event_of list\n  send "what" 3 days # so\n'
    kinds = {said: kind for _, kind, said in JourneyLexer().get_tokens_unprocessed(text) if said.strip()}
    assert kinds["journey"] is Keyword.Declaration
    assert kinds["list"] in Name
    assert kinds["start"] in Keyword
    assert kinds['"what"'] in String
    assert kinds["3 days"] in Number
    assert kinds["# so"] in Comment


def test_pages_find_the_lexer_by_its_name() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert declared["project"]["entry-points"]["pygments.lexers"]["journey"] == (
        f"{JourneyLexer.__module__}:{JourneyLexer.__name__}"
    )
    lexer = JourneyLexer()
    assert '<span class="kd">topic</span>' in highlight("topic offers opt in\n", lexer, HtmlFormatter())


# ------------------------------------------------------------------ TextMate


def test_the_textmate_grammar_is_made_from_the_grammar_of_the_language() -> None:
    done = subprocess.run(
        [sys.executable, VSCODE / "make_grammar.py", "--check"], capture_output=True, text=True, cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def textmate(vscode_packages: Path) -> dict[Path, list[Any]]:
    """What Visual Studio Code's own engine makes of each file: [offset, text, scopes] by piece."""
    done = subprocess.run(
        ["node", vscode_packages / "test" / "tokens.mjs", *FILES], capture_output=True, text=True, check=True
    )
    return dict(zip(FILES, map(json.loads, done.stdout.splitlines()), strict=True))


def test_textmate_agrees_on_every_word(textmate: dict[Path, list[Any]]) -> None:
    wrong = []
    for path in FILES:
        scopes = {at: (said, names) for at, said, names in textmate[path]}
        for at, (word, keyword) in words(path).items():
            said, names = scopes.get(at, ("", []))
            is_keyword = any(name.startswith(("keyword", "constant.language")) for name in names)
            if said != word or is_keyword != keyword:
                wrong.append((path.relative_to(ROOT).as_posix(), at, word, keyword, names))
    # Regular expressions cannot know everything: the tests of the language try what nobody would write.
    assert [one for one in wrong if not one[0].startswith("tests/")] == []
    assert len(wrong) <= 10, wrong


# --------------------------------------------------------------- tree-sitter


def test_the_tree_sitter_grammar_is_made_from_the_grammar_of_the_language() -> None:
    done = subprocess.run(
        [sys.executable, TREE_SITTER / "generate.py", "--check"], capture_output=True, text=True, cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def language(tmp_path_factory: pytest.TempPathFactory) -> Any:
    tree_sitter = pytest.importorskip("tree_sitter")
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler here: install gcc to try the tree-sitter grammar")
    library = tmp_path_factory.mktemp("tree-sitter") / "journey.so"
    sources = [TREE_SITTER / "src" / name for name in ("parser.c", "scanner.c")]
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-O1", "-I",
         TREE_SITTER / "src", "-o", library, *sources], check=True,
    )  # fmt: skip
    loaded = ctypes.CDLL(str(library))
    loaded.tree_sitter_journey.restype = ctypes.c_void_p
    capsule = ctypes.pythonapi.PyCapsule_New
    capsule.restype = ctypes.py_object
    capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    return tree_sitter.Language(capsule(loaded.tree_sitter_journey(), b"tree_sitter.Language", None))


def leaves(node: Any) -> Iterator[Any]:
    if not node.children:
        yield node
    for child in node.children:
        yield from leaves(child)


def test_tree_sitter_agrees_on_every_word(language: Any) -> None:
    import tree_sitter

    parser = tree_sitter.Parser(language)
    for path in FILES:
        data = path.read_bytes()
        tree = parser.parse(data)
        assert not tree.root_node.has_error, path
        phrases = {at for at, (_, keyword) in words(path).items() if keyword}
        theirs = {
            len(data[: leaf.start_byte].decode())
            for leaf in leaves(tree.root_node)
            if leaf.text.decode().isalpha() and leaf.type == leaf.text.decode()
        }
        single = {at for at in phrases if _alone(path, at)}
        assert theirs == single, path


def _alone(path: Path, at: int) -> bool:
    """Whether a keyword is a token of its own, not a word of a phrase."""
    text = path.read_text(encoding="utf-8")
    for block in lay_out(SourceFile(str(path), text))[0]:
        for kind, start, end, _ in block.tokens:
            if start <= at < end:
                return kind not in PHRASES
    return True


def test_tree_sitter_goes_on_after_a_mistake(language: Any) -> None:
    """Each line of a journey left out in turn: the tree still covers the text, and the test behind is still one."""
    import tree_sitter

    parser = tree_sitter.Parser(language)
    text = (ROOT / "examples/shop/journeys/cart_rescue.journey").read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    after = 'topic rest_of_file opt in\n\ntest "the end"\n  expect sent hello\n'
    for number in range(len(lines)):
        data = ("".join([*lines[:number], "  wait wait wait\n", *lines[number + 1 :]]) + after).encode()
        tree = parser.parse(data)
        assert tree.root_node.end_byte == len(data)
        assert [
            node.type for node in tree.root_node.children if node.type in ("topic_opt_in", "test", "topic")
        ], number


def test_every_colour_of_tree_sitter_names_a_node_that_exists(language: Any) -> None:
    import tree_sitter

    for name in ("highlights", "folds"):
        query = tree_sitter.Query(
            language, (TREE_SITTER / "queries" / f"{name}.scm").read_text(encoding="utf-8")
        )
        assert query.capture_count > 0
