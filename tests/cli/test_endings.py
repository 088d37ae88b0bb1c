"""How `sojourn` itself behaves: help, exit codes, colours, a reader that goes away, and what it loads."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sojourn.cli import app, exits
from tests.cli.conftest import Call, Folder, Process, environment, event
from tests.waiting import PATIENCE

HEAVY = (
    "pydantic",
    "sqlite_utils",
    "starlette",
    "uvicorn",
    "watchdog",
    "rich",
    "phonenumbers",
    "email_validator",
)
"""What neither the help nor a check of a small workspace needs; each costs its share of a second."""


def test_the_help_names_every_command(call: Call) -> None:
    result = call("--help")
    assert result.exit_code == 0
    for name, entry in app.COMMANDS.items():
        assert f"\n  {name} " in result.output and entry.short in " ".join(result.output.split())
    assert call("-h").output == result.output
    assert call("--version").output.startswith("sojourn 0.")


def test_without_a_command_the_help_is_shown(process: Process) -> None:
    ran = process()
    assert ran.returncode == 2
    assert "Begin here:" in ran.stderr + ran.stdout


@pytest.mark.parametrize("name", list(app.COMMANDS))
def test_every_command_has_help_with_an_example(name: str, call: Call) -> None:
    result = call(name, "--help")
    assert result.exit_code == 0
    assert f"      sojourn {name} " in result.output or f"\n    sojourn {name}" in result.output
    assert all(len(line) <= 84 for line in result.output.splitlines())
    short = app.COMMANDS[name].short
    assert short.endswith(".") and len(short) < 60


def test_an_unknown_command_or_option_is_answered_with_the_nearest(call: Call) -> None:
    result = call("chek")
    assert result.exit_code == 2
    assert "There is no command “chek”. Did you mean `sojourn check`?" in result.stderr
    assert "`sojourn --help` lists the commands." in call("zzz").stderr
    result = call("check", "--jsn")
    assert result.exit_code == 2 and "--json" in result.stderr


def test_a_shell_completes_commands_options_and_codes(call: Call) -> None:
    def completed(words: str, place: int) -> list[str]:
        env = {"COMP_WORDS": words, "COMP_CWORD": str(place), "_SOJOURN_COMPLETE": "bash_complete"}
        result = call(prog_name="sojourn", env=env)
        return [line.partition(",")[2] for line in result.output.splitlines()]

    assert completed("sojourn si", 1) == ["simulate"]
    assert completed("sojourn check --pl", 2) == ["--plain"]
    assert completed("sojourn explain unknown-f", 2) == [
        "unknown-field",
        "unknown-filter",
        "unknown-function",
    ]


def test_a_mistake_of_our_own_ends_with_70_and_is_written_down(
    shop: Folder, call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(folder: Path) -> None:
        raise ValueError("the gears have come off")

    monkeypatch.setattr("sojourn.dsl.workspace.compile_folder", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = call("check", shop)
    assert result.exit_code == exits.BUG == 70
    assert result.stderr.startswith(
        "This is a mistake in Sojourn, not in your files.\n  ValueError: the gears"
    )
    assert "Traceback" not in result.stderr
    [written] = tmp_path.glob("sojourn-*.txt")
    assert str(written) in result.stderr
    assert "the gears have come off" in written.read_text() and "Traceback" in written.read_text()

    result = call("--debug", "check", shop)
    assert result.exit_code == 70
    assert "Traceback (most recent call last)" in result.stderr
    assert len(list(tmp_path.glob("sojourn-*.txt"))) == 1


def test_ctrl_c_ends_quietly(shop: Folder) -> None:
    """The simulation waits for events from a pipe that stays open. More has gone through it than a pipe holds, so it
    is reading.
    """
    lines = [json.dumps(event(str(n), "02T10:00", "visit", device_id=f"d-{n}")) + "\n" for n in range(3000)]
    running = subprocess.Popen(
        [sys.executable, "-m", "sojourn", "simulate", str(shop), "--events", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment({}),
        text=True,
    )
    assert running.stdin is not None
    running.stdin.write("".join(lines))
    running.stdin.flush()
    running.send_signal(signal.SIGINT)
    assert running.stderr is not None
    said = running.stderr.read()
    assert running.wait(PATIENCE) == 130
    assert said.splitlines()[-1] == "Stopped."
    assert "Traceback" not in said


@pytest.mark.parametrize("module", ["sojourn.cli.app", "click", "sojourn.cli.check", "sojourn.dsl.workspace"])
def test_ctrl_c_while_it_still_starts_ends_quietly(shop: Folder, module: str) -> None:
    """The key is pressed at the moment in which a module is about to be imported."""
    program = (
        "import os, signal, sys\n"
        "class Presses:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Presses())\n"
        "from sojourn.__main__ import main\n"
        "main()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, "check", str(shop)],
        capture_output=True,
        text=True,
        env=environment({}),
    )
    assert (ran.returncode, ran.stdout, ran.stderr.split()) == (130, "", ["Stopped."])


def test_a_reader_that_goes_away_is_no_mistake(shop: Folder) -> None:
    """As in `sojourn check --print ast | head -1`."""
    ours, theirs = os.pipe()
    running = subprocess.Popen(
        [sys.executable, "-m", "sojourn", "check", "--print", "ast", str(shop)],
        stdout=theirs,
        stderr=subprocess.PIPE,
        env=environment({}),
    )
    os.close(theirs)
    os.close(ours)
    _, said = running.communicate(timeout=PATIENCE)
    assert (running.returncode, said) == (141, b"")


@pytest.mark.parametrize(
    ("env", "coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_colours(shop: Folder, process: Process, env: dict[str, str], coloured: bool) -> None:
    shop.edit("journeys/cart.journey", "exit on purchase", "exit on purchse")
    for words in (("check", shop), ("test", shop), ("check", shop.path / "nowhere"), ("explain",)):
        ran = process(*words, env=env)
        assert ("\x1b[" in ran.stdout + ran.stderr) is coloured, words


def test_an_old_terminal_without_these_letters_is_written_to_all_the_same(
    shop: Folder, process: Process
) -> None:
    shop.edit("journeys/cart.journey", "exit on purchase", "exit on purchse")
    ran = process("check", shop, env={"PYTHONIOENCODING": "latin-1:strict"})
    assert ran.returncode == 1
    assert "? There is no event called purchse." in ran.stdout


@pytest.mark.parametrize(
    "words", [("--help",), ("check",), ("check", "--json"), ("explain", "unknown-field")]
)
def test_what_a_quick_command_does_not_load(shop: Folder, words: tuple[str, ...]) -> None:
    program = (
        "import sys\n"
        "from sojourn.cli.app import sojourn\n"
        "try:\n    sojourn.main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print(*sorted(sys.modules), file=sys.stderr)\n"
    )
    arguments = [*words, str(shop)] if words[0] == "check" else list(words)
    ran = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, env=environment({})
    )
    loaded = set(ran.stderr.split())
    assert "sojourn.cli.app" in loaded
    assert loaded & set(HEAVY) == set()
    assert words != ("--help",) or not any(name.startswith("sojourn.dsl") for name in loaded)
