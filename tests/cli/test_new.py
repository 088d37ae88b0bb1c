"""`sojourn new`: a workspace to begin with."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Call


def test_a_new_workspace_works_at_once(tmp_path: Path, call: Call) -> None:
    folder = tmp_path / "my journeys"
    result = call("new", folder)
    assert result.exit_code == 0
    assert result.output.startswith(f"A new workspace in {folder}, ")
    commands = [line.split("  ")[1] for line in result.output.splitlines() if line.startswith("  sojourn ")]
    assert commands[0] == f"sojourn check '{folder}'"
    assert [command.split()[1] for command in commands] == ["check", "test", "simulate", "dev"]
    listed = {
        line.strip()
        for line in result.output.splitlines()
        if line.startswith("  ") and "sojourn " not in line
    }
    assert listed == {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for command in ("check", "test", "simulate"):
        ran = call(command, folder)
        assert ran.exit_code == 0, ran.output
    assert "set aside" not in call("simulate", folder).output


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path, call: Call) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    result = call("new", tmp_path)
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: The folder {tmp_path} is not empty; nothing was written.\n"
        "Give the name of a new folder, or of an empty one.\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    result = call("new", tmp_path / "notes.txt")
    assert (result.exit_code, (tmp_path / "notes.txt").read_text()) == (2, "mine")
    assert "is a file." in result.stderr


def test_an_empty_folder_will_do_and_a_deep_one_is_made(tmp_path: Path, call: Call) -> None:
    (tmp_path / "empty").mkdir()
    assert call("new", tmp_path / "empty").exit_code == 0
    assert call("new", tmp_path / "a" / "b").exit_code == 0
    assert (tmp_path / "a" / "b" / "events").is_dir()


def test_a_place_that_cannot_be_written_to(call: Call) -> None:
    result = call("new", "/proc/journeys")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
