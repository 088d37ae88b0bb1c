"""`sojourn verify`, and the forms in which code hosts take what `check`, `lint` and `verify` find."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from sojourn.cli.app import sojourn

ROOT = Path(__file__).resolve().parents[2]

GOOD = """\
profile
  email       email     identity
  first_name  text
  timezone    timezone

event signed_up

topic news opt in

message hello about news
  email
    subject "Hello"
    body    "<p>Hello</p>"

journey welcome
  start on signed_up
  exit on unsubscribed where topic is "news"
  goal signed_up within 3 days

  wait 1 hour
  send hello

test "a newcomer is greeted"
  profile email = "ada@example.com", consent.news = true
  at 2026-03-02 10:00
    signed_up
  after 2 hours
  expect sent hello
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A copy of the shop, in a git repository of its own, one folder below its root."""
    (tmp_path / ".git").mkdir()
    shutil.copytree(ROOT / "examples" / "shop", tmp_path / "marketing" / "shop")
    return tmp_path / "marketing" / "shop"


def run(*args: object) -> Result:
    return CliRunner().invoke(sojourn, [str(arg) for arg in args])


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_all_is_well_in_the_shop(shop: Path) -> None:
    result = run("verify", shop)
    assert result.exit_code == 0, result.output
    assert [line.split()[1] for line in result.stdout.splitlines() if line.startswith("✓")] == [
        "check", "fmt", "lint", "test",
    ]  # fmt: skip
    assert result.stdout.endswith("All is well.\n")


def test_every_step_finds_its_own(shop: Path) -> None:
    """A file out of shape, a finding of lint and a failing test: all three are told in one run."""
    change(shop / "journeys" / "welcome.journey", "journey welcome\n", "journey   welcome\n")
    change(shop / "journeys" / "cart_rescue.journey", "ends after 10 days", "ends after 30 minutes")
    change(shop / "tests" / "browse.journey", "expect not sent", "expect sent")
    result = run("verify", shop, "--json")
    assert result.exit_code == 1
    steps = {step["command"]: step for step in json.loads(result.stdout)["steps"]}
    assert steps["check"]["ok"]
    assert [one["path"] for one in steps["fmt --check"]["findings"]] == ["journeys/welcome.journey"]
    assert "wait-beyond-end" in [one["code"] for one in steps["lint"]["findings"]]
    failed = steps["test"]["findings"]
    assert "tests/browse.journey" in {one["path"] for one in failed}
    assert all(one["line"] > 1 for one in failed)
    text = run("verify", shop).stdout
    assert "fmt --check, lint and test have found something." in text


def test_mistakes_stop_what_needs_a_right_workspace(shop: Path) -> None:
    change(shop / "journeys" / "cart_rescue.journey", "send furniture_help", "send furniture_halp")
    result = run("verify", shop)
    assert result.exit_code == 1
    assert "There is no message called furniture_halp." in result.stdout
    assert result.stdout.count("not done: mend the mistakes first") == 2


def test_a_file_that_cannot_be_read_is_another_ending(shop: Path) -> None:
    (shop / "broken.journey").write_bytes(b"\xff\xfe\x00")
    assert run("verify", shop).exit_code == 2


def test_annotations_name_files_from_the_root_of_the_repository(shop: Path) -> None:
    change(shop / "journeys" / "cart_rescue.journey", "send furniture_help", "send furniture_halp")
    (shop / "100%, or: less.journey").write_text("topic x opt inn\n", encoding="utf-8")
    result = run("check", shop, "--github")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("::error file=marketing/shop/100%25%2C or%3A less.journey,line=1,")
    assert lines[1].startswith(
        "::error file=marketing/shop/journeys/cart_rescue.journey,line=19,endLine=19,col=10,endColumn=24,"
        "title=unknown-name::There is no message called furniture_halp."
    )
    assert "\n" not in lines[1] and "Did you mean `furniture_help`?" in lines[1]
    assert result.stderr.startswith("2 mistakes in 2 files.")


def test_a_workspace_outside_of_any_repository_is_named_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "main.journey").write_text("topic x opt inn\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert "file=inside/main.journey," in run("check", "inside", "--github").stdout
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    result = run("check", inside, "--github")
    assert result.exit_code == 2
    assert "lies neither in a git repository nor below the current folder" in result.stderr


def test_sarif_is_what_the_standard_asks_for(shop: Path) -> None:
    change(shop / "journeys" / "cart_rescue.journey", "send furniture_help", "send furniture_halp")
    log = json.loads(run("check", shop, "--sarif").stdout)
    assert log["version"] == "2.1.0"
    [part] = log["runs"]
    driver = part["tool"]["driver"]
    [result] = part["results"]
    assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "unknown-name"
    assert "journey" in driver["rules"][0]["help"]["markdown"]
    [place] = result["locations"]
    region = place["physicalLocation"]["region"]
    file = place["physicalLocation"]["artifactLocation"]
    assert file == {"uri": "marketing/shop/journeys/cart_rescue.journey", "uriBaseId": "SRCROOT"}
    assert file["uriBaseId"] in part["originalUriBaseIds"]
    lines = (shop / "journeys" / "cart_rescue.journey").read_text(encoding="utf-8").splitlines()
    line = lines[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "furniture_halp"
    [fix] = result["fixes"]
    [edit] = fix["artifactChanges"][0]["replacements"]
    assert edit == {"deletedRegion": region, "insertedContent": {"text": "furniture_help"}}


def test_a_finding_keeps_its_fingerprint_when_lines_come_above_it(shop: Path) -> None:
    path = shop / "journeys" / "cart_rescue.journey"
    change(path, "send furniture_help", "send furniture_halp")

    def fingerprints() -> list[str]:
        results = json.loads(run("verify", shop, "--sarif").stdout)["runs"][0]["results"]
        return [one["partialFingerprints"]["sojournFinding/v1"] for one in results]

    before = fingerprints()
    path.write_text("# A remark.\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert before and fingerprints() == before


def test_lint_speaks_to_code_hosts_too(shop: Path) -> None:
    change(shop / "journeys" / "cart_rescue.journey", "ends after 10 days", "ends after 30 minutes")
    assert (
        "::error file=marketing/shop/journeys/cart_rescue.journey,line="
        in run("lint", shop, "--github").stdout
    )
    results = json.loads(run("lint", shop, "--sarif").stdout)["runs"][0]["results"]
    assert results and all(one["level"] in ("warning", "error") for one in results)


# -------------------------------------------------- the action and the hooks


def program(folder: Path) -> Path:
    """A folder with a program `sojourn` for the path."""
    folder.mkdir()
    path = folder / "sojourn"
    path.write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT / "src"} exec {sys.executable} -m sojourn "$@"\n', encoding="utf-8"
    )
    path.chmod(0o755)
    return folder


def test_the_steps_of_the_action_do_what_they_say(shop: Path, tmp_path: Path) -> None:
    """Each `run` of action.yml is run by bash with the inputs in its environment, as GitHub does."""
    action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    steps = {step["name"]: step for step in action["runs"]["steps"]}
    env = {
        "PATH": f"{program(tmp_path / 'bin')}:{os.environ['PATH']}",
        "FOLDER": "marketing/shop",
        "SARIF": "found.sarif",
    }
    for step in steps.values():
        for name, value in step["env"].items():
            assert value == f"${{{{ inputs.{name.lower()} }}}}" and name.lower() in action["inputs"]

    def bash(name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-eo", "pipefail", "-c", steps[name]["run"]],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
        )

    assert bash("Verify").returncode == 0
    change(shop / "journeys" / "cart_rescue.journey", "send furniture_help", "send furniture_halp")
    failed = bash("Verify")
    assert failed.returncode == 1
    assert "::error file=marketing/shop/journeys/cart_rescue.journey,line=19," in failed.stdout
    assert bash("Findings as SARIF").returncode == 0  # the step after it fails the job
    assert json.loads((tmp_path / "found.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]


def test_the_hooks_of_pre_commit_run_what_there_is(tmp_path: Path) -> None:
    """pre-commit itself runs the hooks in a repository, with the program that is installed here."""
    pre_commit = pytest.importorskip(
        "pre_commit", reason="pre-commit is not installed: pip install '.[test]'"
    )
    assert pre_commit
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    repository = tmp_path / "repository"
    workspace = repository / "my-journeys"
    workspace.mkdir(parents=True)
    (workspace / "main.journey").write_text(GOOD, encoding="utf-8")
    local = [
        {**hook, "language": "system", "args": [] if hook["id"] == "sojourn-fmt" else ["my-journeys"]}
        for hook in hooks
    ]
    config = {"repos": [{"repo": "local", "hooks": local}]}
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    env = {
        **os.environ, "PATH": f"{program(tmp_path / 'bin')}:{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path),
    }  # fmt: skip

    def git(*args: str) -> None:
        subprocess.run(["git", *args], cwd=repository, env=env, check=True, capture_output=True)

    def hooked() -> subprocess.CompletedProcess[str]:
        git("add", "-A")
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", "--all-files"],
            cwd=repository,
            env=env,
            capture_output=True,
            text=True,
        )

    git("init", "-q")
    fine = hooked()
    assert fine.returncode == 0, fine.stdout + fine.stderr
    assert fine.stdout.count("Passed") == len(hooks) == 4

    (workspace / "main.journey").write_text(
        GOOD.replace("  send hello\n", "  send   hallo\n"), encoding="utf-8"
    )
    broken = hooked()
    assert broken.returncode == 1
    assert "There is no message called hallo." in broken.stdout
    assert "  send hallo\n" in (workspace / "main.journey").read_text(
        encoding="utf-8"
    )  # its shape was mended
