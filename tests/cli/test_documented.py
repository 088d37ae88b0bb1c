"""docs/cli.md, the tutorial and the tour of the example shop are sessions at a terminal: every command in them is typed
here, and has to answer what the page says. What a page tells its reader to write into a file is written.

`UPDATE_DOCS=1 pytest tests/cli/test_documented.py` writes the answers into the page; read the difference first.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from sojourn.cli.app import COMMANDS
from tests.cli.conftest import environment
from tests.waiting import PATIENCE

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "cli.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)

WRITING = re.compile(
    r"^<!-- (?:(?P<how>write|add to) (?P<file>\S+) -->\n\n```\w*\n(?P<text>.*?)^```$"
    r"|change (?P<changed>\S+): (?P<before>.*?) to (?P<after>.*?) -->$)",
    re.MULTILINE | re.DOTALL,
)
"""What a page tells its reader to do in an editor; the notes do not show where the page is read."""

VOLATILE = (
    (re.compile(r"\(\d+\.\d\d s\)"), "(0.01 s)"),
    (re.compile(r" +\d+\.\d\d s(?=  )"), "    0.01 s"),
    (re.compile(r" in \d+\.\d s, played at [\d,]+ a second"), " in 0.1 s, played at 20,000 a second"),
    (re.compile(r"(last|from crm,) \d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?"), r"\1 2026-11-25 16:29:05"),
    (re.compile(r"Stopped after \d+ seconds?"), "Stopped after 2 seconds"),
)
"""What differs from one day or machine to another: how long something took, and the time of day."""


class Typed(NamedTuple):
    """A command as it is typed (its lines after the first begin with `> `), and the answer that the page shows."""

    lines: tuple[str, ...]
    answer: str

    @property
    def command(self) -> str:
        """What the shell is given."""
        return "\n".join(line[2:] for line in self.lines)


def typed_in(block: str) -> list[Typed]:
    """The commands of a block, in order."""
    found: list[tuple[list[str], list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(([line], []))
        elif (line.startswith("> ") or line == ">") and not found[-1][1]:
            found[-1][0].append(line)
        else:
            found[-1][1].append(line)
    return [Typed(tuple(lines), "".join(f"{line}\n" for line in answer)) for lines, answer in found]


def blocks(page: Path = PAGE) -> list[str]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def steady(text: str) -> str:
    """The text without what differs from one time to another."""
    for pattern, same in VOLATILE:
        text = pattern.sub(same, text)
    return text


Shell = Callable[[str], str]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the commands are typed."""
    place = tmp_path / "home"
    place.mkdir()
    return place


@pytest.fixture
def shell(tmp_path: Path, home: Path) -> Shell:
    """A folder of its own, with `sojourn` on the path."""
    (tmp_path / "bin").mkdir()
    for name, arguments in (("sojourn", " -m sojourn"), ("python", "")):
        program = tmp_path / "bin" / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}"{arguments} "$@"\n')
        program.chmod(0o755)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    env = environment({"COLUMNS": "90", "PATH": path, "LC_ALL": "C.UTF-8"})

    def typed(command: str) -> str:
        ran = subprocess.run(
            ["bash", "-c", command], cwd=home, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=PATIENCE,
        )  # fmt: skip
        return ran.stdout

    return typed


def edit(told: re.Match[str], home: Path) -> None:
    """Does with a file what the page tells its reader to do."""
    if told["changed"]:
        file = home / told["changed"]
        text = file.read_text(encoding="utf-8")
        assert text.count(told["before"]) == 1, f"{told['before']} is not once in {told['changed']}"
        file.write_text(text.replace(told["before"], told["after"]), encoding="utf-8")
        return
    file = home / told["file"]
    file.parent.mkdir(parents=True, exist_ok=True)
    before = f"{file.read_text(encoding='utf-8')}\n" if told["how"] == "add to" else ""
    file.write_text(before + told["text"], encoding="utf-8")


def differences(page: Path, shell: Shell, home: Path) -> list[str]:
    """Follows a page from top to bottom, command by command; the answers that are not what the page says.

    With UPDATE_DOCS they are written into the page instead.
    """
    text = page.read_text(encoding="utf-8")
    found = []
    followed = sorted([*BLOCK.finditer(text), *WRITING.finditer(text)], key=lambda match: match.start())
    for match in followed:
        if match.re is WRITING:
            edit(match, home)
            continue
        block, written = match[1], ""
        for typed in typed_in(block):
            answer = shell(typed.command)
            if steady(answer) == steady(typed.answer):
                answer = typed.answer
            else:
                found.append(f"$ {typed.command}\n--- the page\n{typed.answer}--- sojourn\n{answer}")
            written += "".join(f"{line}\n" for line in typed.lines) + answer
        text = text.replace(f"```console\n{block}```", f"```console\n{written}```", 1)
    if os.environ.get("UPDATE_DOCS"):
        page.write_text(text, encoding="utf-8")
        return []
    return found


@pytest.mark.parametrize("name", ["cli.md", "tutorial.md"])
def test_every_answer_in_the_page_is_what_sojourn_says(name: str, shell: Shell, home: Path) -> None:
    found = differences(DOCS / name, shell, home)
    assert not found, "\n\n".join(found)


SHOP = Path(__file__).resolve().parents[2] / "examples" / "shop"


def test_every_answer_in_the_tour_of_the_shop_is_what_sojourn_says(shell: Shell, home: Path) -> None:
    shutil.copytree(SHOP, home / "examples" / "shop", ignore=shutil.ignore_patterns(".sojourn"))
    found = differences(SHOP / "README.md", shell, home)
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_a_section_that_begins_with_its_help(name: str) -> None:
    """The help names every option, and the test above keeps it current."""
    text = PAGE.read_text(encoding="utf-8")
    section = re.search(rf"^## {name}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert section is not None, f"docs/cli.md has no section {name}"
    commands = [typed.command for block in BLOCK.findall(section[1]) for typed in typed_in(block)]
    assert f"sojourn {name} --help" in commands
    # `dev` goes on until it is stopped, `lsp` speaks with an editor: neither has an answer to show.
    assert len(commands) > 1 or name in ("dev", "lsp"), "show it at work"


def test_every_block_of_a_console_shows_a_command() -> None:
    assert len(blocks()) > 12
    assert all(block.startswith("$ ") for block in blocks())
