"""`sojourn fmt`: files in place, `--check`, `--diff`, the standard input."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from sojourn.cli.app import sojourn

MESSY = "profile\n    email   email identity\nevent   visit\n"
NEAT = "profile\n  email  email  identity\n\nevent visit\n"


def run(*words: str, input: str | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(sojourn, ["fmt", *words], input=input)
    return result.exit_code, result.output


def test_files_are_given_their_shape_and_a_second_time_nothing_changes(tmp_path: Path) -> None:
    (tmp_path / "a.journey").write_text(MESSY, encoding="utf-8")
    (tmp_path / "b.journey").write_text(
        NEAT.replace("visit", "view").replace("profile", "schema S"), encoding="utf-8"
    )
    code, output = run(str(tmp_path))
    assert code == 0 and "a.journey changed" in output and "1 file already in shape" in output
    assert (tmp_path / "a.journey").read_text(encoding="utf-8") == NEAT
    assert run(str(tmp_path))[1] == "2 files already in shape.\n"


def test_check_names_the_files_and_ends_with_1(tmp_path: Path) -> None:
    (tmp_path / "a.journey").write_text(MESSY, encoding="utf-8")
    code, output = run("--check", str(tmp_path))
    assert code == 1 and "a.journey would change" in output
    assert (tmp_path / "a.journey").read_text(encoding="utf-8") == MESSY


def test_diff_shows_what_would_change(tmp_path: Path) -> None:
    (tmp_path / "a.journey").write_text(MESSY, encoding="utf-8")
    code, output = run("--diff", str(tmp_path / "a.journey"))
    assert code == 1
    assert "-    email   email identity" in output and "+  email  email  identity" in output


def test_the_standard_input_goes_to_the_standard_output() -> None:
    assert run("-", input=MESSY) == (0, NEAT)


def test_a_file_with_mistakes_is_shown_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.journey").write_text("audiance a\n  points > 3\n", encoding="utf-8")
    code, output = run(str(tmp_path))
    assert code == 2 and "audiance" in output and "1 file with mistakes left alone" in output


def test_what_is_not_there_or_not_text_is_said(tmp_path: Path) -> None:
    code, output = run(str(tmp_path / "nowhere"))
    assert code == 2 and "There is no file or folder" in output
    code, output = run(str(tmp_path))
    assert code == 2 and "no .journey file" in output
    (tmp_path / "a.journey").write_bytes("größe".encode("latin-1"))
    code, output = run(str(tmp_path))
    assert code == 2 and "not written in UTF-8" in output
