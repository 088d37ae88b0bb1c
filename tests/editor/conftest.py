"""The parts of Visual Studio Code's world that the extension is built and tested with, installed once by npm."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from pathlib import Path

import pytest

VSCODE = Path(__file__).resolve().parents[2] / "editors" / "vscode"


@pytest.fixture(scope="session")
def vscode_packages() -> Path:
    """The extension's folder, with its packages in it. Several test processes may ask: one installs."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip(
            "Node.js with npm is not installed here: the extension of Visual Studio Code is not tried"
        )
    with (VSCODE / ".installing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (VSCODE / "node_modules" / ".package-lock.json").is_file():
            subprocess.run(
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=VSCODE,
                check=True,
                capture_output=True,
            )
    return VSCODE
