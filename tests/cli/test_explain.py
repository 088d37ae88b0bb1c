"""`sojourn explain`: what a mistake means."""

from __future__ import annotations

import json

import pytest

from sojourn.dsl.messages import WORDINGS
from tests.cli.conftest import Call


def test_a_mistake_is_explained_by_what_the_checker_says_of_an_example(call: Call) -> None:
    result = call("explain", "unknown-field")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0] == "unknown-field"
    assert any(line.startswith("✗ ") and "no field totl" in line for line in lines)
    wrong, right = lines.index("Wrong:"), lines.index("Right:")
    assert lines[wrong + 2 : right - 1] == ["    attribute spent = sum of purchase.totl"]
    assert lines[right + 2 :] == ["    attribute spent = sum of purchase.total"]


def test_a_misspelt_code_is_answered_with_the_nearest(call: Call) -> None:
    result = call("explain", "unkown-feild")
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: There is no mistake “unkown-feild”.\nDid you mean `sojourn explain unknown-field`?\n"
    )
    assert "`sojourn explain` lists them all." in call("explain", "zzz").stderr
    assert call("explain", "Unknown_Field").exit_code == 0


@pytest.mark.parametrize("code", sorted(WORDINGS))
def test_every_mistake_has_a_page(code: str, call: Call) -> None:
    """A page shows the mistake itself where an example can make it, and always what is right."""
    result = call("explain", code)
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"{code}\n\n")
    if WORDINGS[code].bad:
        assert "\n✗ " in result.output or "\n! " in result.output
    assert "Right:" in result.output
    assert "{" not in result.output.replace("{{", "").replace("{%", "").replace("{ … }", "")
    assert all(len(line) <= 130 for line in result.output.splitlines())


def test_all_are_listed(call: Call) -> None:
    lines = call("explain").output.splitlines()
    assert [line.split()[0] for line in lines] == sorted(WORDINGS)
    assert all(len(line) <= 100 for line in lines)


def test_pages_for_a_program(call: Call) -> None:
    page = json.loads(call("explain", "circle", "--json").stdout)
    assert page["code"] == "circle" and "audience" in page["bad"]["main.journey"]
    assert len(json.loads(call("explain", "--json").stdout)) == len(WORDINGS)
