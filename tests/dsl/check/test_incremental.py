"""A check that remembers the one before says exactly what a check of the whole would say.

A workspace is edited at random, again and again: lines and declarations come, go, move and change, names are given
anew, files appear and vanish, blocks are broken and mended. After every edit the incremental check has to be the same
as one from nothing in all that it gives: mistakes, checked program, places, uses, files; and lint that remembers what
it looked at has to find what lint finds that looks at all.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.dsl.check.memory import Memory
from sojourn.dsl.frozen import alike
from sojourn.dsl.lint import LintSettings, lint
from sojourn.dsl.values import parse_instant
from sojourn.dsl.workspace import Compiled, ParseCache, compile_folder

ROOT = Path(__file__).resolve().parents[3]
SHOP = ROOT / "examples" / "shop"
COOKBOOK = sorted(path for path in (ROOT / "examples" / "cookbook").iterdir() if path.is_dir())
LEANING = Path(__file__).parent / "leaning"
NOW = parse_instant("2026-03-02")
WORD = re.compile(r"[A-Za-z_]\w{2,}")


class Author:
    """Edits the files of a folder at random."""

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self.folder = folder
        self.dice = dice
        self.texts = {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(folder.rglob("*"))
            if path.suffix in (".journey", ".html", ".txt", ".csv")
        }
        self.before = [dict(self.texts)]

    def edit(self) -> str:
        """Makes one edit and says which."""
        made = self.dice.choice(EDITS)
        made(self)
        for path, text in self.before[-1].items():
            if path not in self.texts:
                (self.folder / path).unlink()
            elif self.texts[path] != text:
                (self.folder / path).write_text(self.texts[path], encoding="utf-8")
        for path in self.texts.keys() - self.before[-1].keys():
            (self.folder / path).write_text(self.texts[path], encoding="utf-8")
        self.before.append(dict(self.texts))
        return made.__name__

    def journey_file(self) -> str:
        """The path of a journey file; one comes back when all are gone."""
        paths = [path for path in self.texts if path.endswith(".journey")]
        if not paths:
            self.texts = dict(self.before[0])
            paths = [path for path in self.texts if path.endswith(".journey")]
        return self.dice.choice(paths)

    def any_file(self) -> str:
        """The path of a journey file or of one that such files name."""
        others = [path for path in self.texts if not path.endswith(".journey")]
        return self.dice.choice(others) if others and self.dice.random() < 0.3 else self.journey_file()

    def change_lines(self, path: str, change: Callable[[list[str]], None]) -> None:
        """Changes the lines of a file in place."""
        lines = self.texts[path].split("\n")
        change(lines)
        self.texts[path] = "\n".join(lines)

    def declarations(self, path: str) -> list[str]:
        """The blocks of a journey file: what stands between lines without an indent."""
        return re.split(r"(?m)^(?=[a-z#])", self.texts[path])

    def word(self) -> str:
        """A word that stands somewhere in the workspace."""
        path = self.journey_file()
        words = WORD.findall(self.texts[path])
        return self.dice.choice(words) if words else "purchase"


def insert_an_empty_line(author: Author) -> None:
    path = author.any_file()
    author.change_lines(path, lambda lines: lines.insert(author.dice.randint(0, len(lines)), ""))


def insert_a_comment(author: Author) -> None:
    path, mark = author.journey_file(), author.dice.choice(("# a note", "## What it is.", "#"))
    author.change_lines(path, lambda lines: lines.insert(author.dice.randint(0, len(lines)), mark))


def delete_a_line(author: Author) -> None:
    path = author.any_file()
    author.change_lines(path, lambda lines: lines.pop(author.dice.randrange(len(lines))) and None)


def repeat_a_line(author: Author) -> None:
    path = author.any_file()

    def repeat(lines: list[str]) -> None:
        number = author.dice.randrange(len(lines))
        lines.insert(author.dice.choice((number, author.dice.randint(0, len(lines)))), lines[number])

    author.change_lines(path, repeat)


def swap_lines(author: Author) -> None:
    path = author.any_file()

    def swap(lines: list[str]) -> None:
        number = author.dice.randrange(max(1, len(lines) - 1))
        lines[number : number + 2] = reversed(lines[number : number + 2])

    author.change_lines(path, swap)


def change_a_word(author: Author) -> None:
    path, other = author.any_file(), author.word()
    found = list(WORD.finditer(author.texts[path]))
    if found:
        place, text = author.dice.choice(found), author.texts[path]
        author.texts[path] = text[: place.start()] + other + text[place.end() :]


def change_a_number(author: Author) -> None:
    path = author.any_file()
    found = list(re.finditer(r"\d+", author.texts[path]))
    if found:
        place, text = author.dice.choice(found), author.texts[path]
        author.texts[path] = text[: place.start()] + str(author.dice.randint(1, 40)) + text[place.end() :]


def delete_a_declaration(author: Author) -> None:
    path = author.journey_file()
    blocks = author.declarations(path)
    blocks.pop(author.dice.randrange(len(blocks)))
    author.texts[path] = "".join(blocks)


def move_a_declaration(author: Author) -> None:
    path, other = author.journey_file(), author.journey_file()
    blocks = author.declarations(path)
    taken = blocks.pop(author.dice.randrange(len(blocks)))
    author.texts[path] = "".join(blocks)
    blocks = author.declarations(other)
    blocks.insert(author.dice.randint(0, len(blocks)), taken)
    author.texts[other] = "".join(blocks)


def copy_a_declaration(author: Author) -> None:
    """Under a new name most times."""
    path = author.journey_file()
    block = author.dice.choice(author.declarations(path))
    if author.dice.random() < 0.7:
        block = re.sub(r"\A(\w+ \w+)", r"\1_too", block)
    author.texts[path] += ("" if author.texts[path].endswith("\n") else "\n") + block


def rename_everywhere(author: Author) -> None:
    name = author.word()
    new = author.dice.choice((f"{name}_new", author.word()))
    for path, text in author.texts.items():
        author.texts[path] = re.sub(rf"(?<!\w){name}(?!\w)", new, text)


def type_a_letter(author: Author) -> None:
    path = author.any_file()
    text = author.texts[path]
    at = author.dice.randint(0, len(text))
    author.texts[path] = text[:at] + author.dice.choice('x"( {}%.,\n=é') + text[at:]


def delete_a_letter(author: Author) -> None:
    path = author.any_file()
    text = author.texts[path]
    at = author.dice.randint(0, len(text))
    author.texts[path] = text[:at] + text[at + 1 :]


def undo(author: Author) -> None:
    author.texts = dict(author.before[-2] if len(author.before) > 1 else author.before[0])


def mend_everything(author: Author) -> None:
    author.texts = dict(author.before[0])


def mend_a_file(author: Author) -> None:
    path = author.any_file()
    author.texts[path] = author.before[0].get(path, author.texts[path])


def add_a_file(author: Author) -> None:
    path = author.journey_file()
    blocks = author.declarations(path)
    half = author.dice.randint(0, len(blocks))
    author.texts[path] = "".join(blocks[:half])
    author.texts[author.dice.choice(("aaa.journey", "zzz.journey"))] = "".join(blocks[half:])


def remove_a_file(author: Author) -> None:
    path = author.any_file()
    if len(author.texts) > 1:
        del author.texts[path]


EDITS: tuple[Callable[[Author], None], ...] = (
    insert_an_empty_line, insert_a_comment, delete_a_line, repeat_a_line, swap_lines, change_a_word, change_a_word,
    change_a_number, change_a_number, delete_a_declaration, move_a_declaration, copy_a_declaration,
    rename_everywhere, type_a_letter, delete_a_letter, undo, undo, mend_everything, mend_a_file, mend_a_file,
    add_a_file, remove_a_file,
)  # fmt: skip


def differences(one: Compiled, other: Compiled) -> list[str]:
    """The parts in which two outcomes are not the same."""
    found = [
        part
        for part in ("diagnostics", "sources", "files", "asts", "uses")
        if not alike(getattr(one, part), getattr(other, part))
    ]
    ours, theirs = one.workspace, other.workspace
    if ours is None or theirs is None:
        return found if ours is theirs else [*found, "workspace"]
    parts = type(ours).__dataclass_fields__
    return found + [part for part in parts if not alike(getattr(ours, part), getattr(theirs, part))]


def edited_at_random(example: Path, folder: Path, seed: int, edits: int) -> int:
    """Edits a copy of an example and compares after each edit; returns how often the program had no mistakes."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(example, folder)
    author = Author(folder, random.Random(seed))
    cache, memory = ParseCache(), Memory()
    right = 0
    made = ["opened"]
    for _ in range(edits):
        ours, whole = compile_folder(folder, cache), compile_folder(folder)
        assert differences(ours, whole) == [], made
        found = lint(ours, LintSettings(), NOW, memory).diagnostics
        assert alike(found, lint(whole, LintSettings(), NOW).diagnostics), made
        right += whole.workspace is not None
        made.append(author.edit())
    return right


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1))
def test_the_shop_is_edited_at_random(seed: int, tmp_path: Path) -> None:
    edited_at_random(SHOP, tmp_path / "shop", seed, 8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1))
def test_a_workspace_in_which_all_leans_on_all_is_edited_at_random(seed: int, tmp_path: Path) -> None:
    edited_at_random(LEANING, tmp_path / "leaning", seed, 12)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(example=st.sampled_from(COOKBOOK), seed=st.integers(0, 2**32 - 1))
def test_recipes_are_edited_at_random(example: Path, seed: int, tmp_path: Path) -> None:
    edited_at_random(example, tmp_path / "recipe", seed, 12)


def test_a_field_that_goes_is_missed_in_the_templates_that_show_it(tmp_path: Path) -> None:
    """The message itself is not touched, nor is anything that it names but the field."""
    shutil.copytree(LEANING, tmp_path / "leaning")
    data = tmp_path / "leaning" / "data.journey"
    cache = ParseCache()
    assert compile_folder(tmp_path / "leaning", cache).diagnostics == ()
    text = data.read_text(encoding="utf-8")
    data.write_text(re.sub(r"(?m)^  address .*\n", "", text), encoding="utf-8")
    [found] = compile_folder(tmp_path / "leaning", cache).diagnostics
    assert (found.code, found.facts["name"]) == ("unknown-field", "address")


def test_what_a_default_says_is_in_the_values_that_are_built_on_it(tmp_path: Path) -> None:
    """`1` and `true` are equal in Python, and two fields that change places change nothing but the order."""
    shutil.copytree(LEANING, tmp_path / "leaning")
    data = tmp_path / "leaning" / "data.journey"
    text = data.read_text(encoding="utf-8")
    quantity, gift = re.findall(r"(?m)^  (?:quantity|gift) .*\n", text)
    cache = ParseCache()
    for edited in (quantity + gift, gift + quantity, quantity + gift.replace("false", "true"), gift):
        data.write_text(text.replace(quantity + gift, edited), encoding="utf-8")
        ours, whole = compile_folder(tmp_path / "leaning", cache), compile_folder(tmp_path / "leaning")
        assert whole.workspace is not None and differences(ours, whole) == []
