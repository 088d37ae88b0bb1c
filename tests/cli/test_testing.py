"""`sojourn test`: the tests of the author's own."""

from __future__ import annotations

import json
import re

from tests.cli.conftest import Call, Folder


def test_tests_that_pass_are_listed_by_file(shop: Folder, call: Call) -> None:
    result = call("test", shop)
    assert result.exit_code == 0
    assert re.sub(r"\(\d+\.\d\d s\)", "(…)", result.output) == (
        "tests.journey\n"
        "  ✓ whoever buys gets no reminder\n"
        "  ✓ the plain arm writes after an hour\n"
        "\n"
        "2 tests passed. (…)\n"
    )


def test_a_test_that_fails_shows_what_happened_instead(shop: Folder, call: Call) -> None:
    """The journey waits two hours instead of one."""
    shop.edit("journeys/cart.journey", "wait 1 hour", "wait 2 hours")
    shop.edit("tests.journey", "after 2 hours", "after 3 hours")
    result = call("test", shop)
    assert result.exit_code == 1
    out = result.output
    assert "  ✓ whoever buys gets no reminder\n  ✗ the plain arm writes after an hour\n" in out
    told = "reminder was sent by email at 2026-03-02 12:00, but the test says at 2026-03-02 11:00"
    assert told in " ".join(out.split())
    assert "      tests.journey:17:3\n" in out
    assert "        17 │   expect sent reminder by email" in out
    story = out[out.index("What happened:") :]
    for line in (
        "2026-03-02 10:00",
        "● cart_abandoned cart_id c2, total 59 EUR",
        "▸ cart_rescue started",
        "12:00",
    ):
        assert line in story
    assert "✉ sent reminder by email" in story
    assert out.splitlines()[-1].startswith("1 test failed, 1 passed.")


def test_some_tests_can_be_chosen_by_name(shop: Folder, call: Call) -> None:
    result = call("test", shop, "--only", "PLAIN")
    assert "the plain arm" in result.output and "whoever buys" not in result.output
    assert "1 test passed." in result.output
    result = call("test", shop, "--only", "winback")
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: No test has “winback” in its name.\n"
        "The tests are:\n  whoever buys gets no reminder\n  the plain arm writes after an hour\n"
    )


def test_results_for_a_program(shop: Folder, call: Call) -> None:
    shop.edit("journeys/cart.journey", "wait 1 hour", "wait 3 hours")
    result = call("test", shop, "--json")
    assert result.exit_code == 1
    data = json.loads(result.stdout)
    assert (data["passed"], data["failed"]) == (1, 1)
    first, second = data["tests"]
    assert first == {
        "name": "whoever buys gets no reminder", "path": "tests.journey", "line": 1, "passed": True,
        "failures": [], "timeline": [],
    }  # fmt: skip
    assert second["failures"][0]["line"] == 17
    assert second["timeline"][1] == {
        "at": "2026-03-02T10:00:00Z", "when": "2026-03-02 10:00", "kind": "event", "journey": "",
        "text": "cart_abandoned cart_id c2, total 59 EUR",
    }  # fmt: skip


def test_a_workspace_without_tests_is_shown_how_to_write_one(shop: Folder, call: Call) -> None:
    (shop.path / "tests.journey").unlink()
    result = call("test", shop)
    assert result.exit_code == 0
    assert result.output.startswith(f'There are no tests in {shop}. One looks like this:\n\n    test "')


def test_with_mistakes_in_it_no_test_runs(shop: Folder, call: Call) -> None:
    shop.edit("journeys/cart.journey", "exit on purchase", "exit on purchse")
    result = call("test", shop)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "✗ There is no event called purchse." in result.stderr
    assert "1 mistake in 1 file." in result.stderr
