"""The extension of Visual Studio Code: built, packed, and used in a real editor with the real language server."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from sojourn.dsl.parser import parse_file
from sojourn.dsl.source import SourceFile
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
VSCODE = ROOT / "editors" / "vscode"
SNIPPETS = json.loads((VSCODE / "snippets" / "journey.json").read_text(encoding="utf-8"))


def expanded(body: list[str]) -> str:
    """A snippet as it stands when every gap is left as proposed."""
    text = "\n".join(body)
    while True:
        shorter = re.sub(r"\$\{\d+:([^${}]*)\}", r"\1", text)
        shorter = re.sub(r"\$\{\d+\|([^,|}]*)[^}]*\}", r"\1", shorter)
        if shorter == text:
            return re.sub(r"\$\d+", "", text)
        text = shorter


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_snippet_is_right_as_it_is_proposed(name: str) -> None:
    text = expanded(SNIPPETS[name]["body"])
    if text.split()[0] in ("wait", "split", "if"):
        text = "journey j\n  start on e\n\n" + "".join(
            f"  {line}\n" for line in text.splitlines() if line.strip()
        )
    _, mistakes = parse_file(SourceFile("snippet.journey", text + "\n"))
    assert [mistake.message for mistake in mistakes] == [], text


def test_it_is_built_and_packed(vscode_packages: Path, tmp_path: Path) -> None:
    done = subprocess.run(["npm", "test"], cwd=vscode_packages, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    packed = tmp_path / "sojourn.vsix"
    subprocess.run(
        ["npx", "vsce", "package", "--no-dependencies", "--out", packed],
        cwd=vscode_packages,
        check=True,
        capture_output=True,
    )
    with zipfile.ZipFile(packed) as archive:
        names = set(archive.namelist())
        manifest = json.loads(archive.read("extension/package.json"))
    assert manifest["main"] == "./dist/extension.js"
    for name in (
        "dist/extension.js",
        "syntaxes/journey.tmLanguage.json",
        "snippets/journey.json",
        "LICENSE.txt",
        "readme.md",
    ):
        assert f"extension/{name}" in names
    assert not any("node_modules" in name or name.endswith(".ts") for name in names)


def test_somebody_writes_in_a_real_editor(vscode_packages: Path, tmp_path: Path) -> None:
    """Opens the shop in Visual Studio Code, misspells a message, reads why, takes the fix, and completes a step."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip(
            "no Chromium here (Debian: apt-get install chromium): the extension is not tried in an editor"
        )
    sojourn = tmp_path / "sojourn"
    sojourn.write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT / "src"} exec {sys.executable} -m sojourn "$@"\n', encoding="utf-8"
    )
    sojourn.chmod(0o755)
    done = subprocess.run(
        ["node", "test/in_editor.mjs", "--sojourn", sojourn, "--chromium", chromium],
        cwd=vscode_packages, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "seen: the fix mends it" in done.stdout
    assert "seen: the chosen message is written" in done.stdout
