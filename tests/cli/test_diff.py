"""`sojourn diff`: what an edit means, told for a review; an edit that means nothing is none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Call, Folder
from tests.cli.test_replay import git

CART = "journeys/cart.journey"


@pytest.fixture
def before(shop: Folder, tmp_path: Path) -> Path:
    """The shop as it was, beside the one that is edited."""
    return Path(shutil.copytree(shop.path, tmp_path / "before"))


def told(call: Call, *words: object) -> list[str]:
    """The lines of the answer, without the first."""
    result = call("diff", *words)
    assert result.exit_code == 0, result.output
    return [line.strip() for line in result.stdout.splitlines()[1:]]


def test_comments_spaces_order_and_descriptions_mean_nothing(shop: Folder, before: Path, call: Call) -> None:
    shop.edit(CART, "  wait 1 hour", "  # a moment\n  wait   1   hour")
    shop.edit(CART, "total > 20 EUR", "total>20 EUR")
    shop.edit(CART, "## Whoever leaves a cart behind hears of it once.", "## Once only.")
    text = (shop.path / "data.journey").read_text()
    event = "event visit\n"
    shop.write("data.journey", text.replace(event, "") + f"\n{event}")
    result = call("diff", before, shop, "--exit-code")
    assert result.exit_code == 0
    assert result.stdout == f"No change in meaning from {before} to {shop}.\n"


def test_a_step_a_setting_and_a_condition_are_sentences(shop: Folder, before: Path, call: Call) -> None:
    shop.edit(CART, "wait 1 hour", "wait 2 hours")
    shop.edit(CART, "total > 20 EUR", "total >= 30 EUR")
    shop.edit(CART, "goal purchase within 3 days", "goal purchase where total > 5 EUR within 3 days")
    shop.edit("data.journey", "  spent >= 100 EUR", "  spent >= 100 EUR\n  and loyalty is not bronze")
    assert told(call, before, shop) == [
        "changed journey cart_rescue",
        "`wait 1 hour` is now `wait 2 hours`",
        "`start on cart_abandoned where total > 20 EUR` is now `start on cart_abandoned where",
        "total >= 30 EUR`",
        "`goal purchase within 3 days` is now `goal purchase where total > 5 EUR within 3 days`",
        "changed audience vips",
        "`loyalty is not bronze` is new",
    ]


def test_what_is_new_says_what_it_is_and_what_is_gone_is_named(
    shop: Folder, before: Path, call: Call
) -> None:
    shop.write("more.journey", """\
        audience keen
          has visit at least 3 times in last 30 days

        limit offers to 3 messages per 7 days

        journey hello
          start when entering keen
          wait 1 day
    """)  # fmt: skip
    text = (shop.path / "tests.journey").read_text()
    shop.write("tests.journey", text.partition('test "the plain arm')[0])
    assert told(call, before, shop) == [
        "new     journey hello",
        "`start when entering keen`",
        "`wait 1 day`",
        "new     audience keen",
        "`has visit at least 3 times in last 30 days`",
        "new     limit of offers",
        "`limit offers to 3 messages per 7 days`",
        "gone    test “the plain arm writes after an hour”",
    ]


def test_data_consent_and_texts(shop: Folder, before: Path, call: Call) -> None:
    shop.edit(CART, "topic offers opt in", "topic offers opt out")
    shop.edit(CART, "your cart is waiting", "your cart misses you")
    shop.edit("data.journey", "event visit", "event visit\n  page  text")
    shop.edit("data.journey", "sum of purchase.total", "sum of purchase.total in last 90 days")
    shop.write("messages/reminder.html", "<p>Another body.</p>\n")
    lines = told(call, before, shop)
    assert "`opt in` is now `opt out`" in lines
    assert "the body of email is “<p>Another body.</p>”, and was “<p>Your cart is waiting.</p>”" in " ".join(
        lines
    ).replace("\n", "")
    assert "the field page (text) is new" in lines
    assert "`sum of purchase.total` is now `sum of purchase.total in last 90 days`" in lines


def test_for_a_pull_request(shop: Folder, before: Path, call: Call) -> None:
    shop.edit(CART, "wait 1 hour", "wait 2 hours")
    result = call("diff", before, shop, "--markdown", "--exit-code")
    assert result.exit_code == 3
    assert result.stdout == (
        f"**Journeys in meaning: {before} → {shop}**\n\n#### Changed\n\n"
        "- journey `cart_rescue`\n  - `wait 1 hour` is now `wait 2 hours`\n\n"
    )


def test_for_a_program(shop: Folder, before: Path, call: Call) -> None:
    shop.edit(CART, "wait 1 hour", "wait 2 hours")
    data = json.loads(call("diff", before, shop, "--json").stdout)
    assert data["changed"] is True
    assert data["changes"] == [
        {
            "how": "changed",
            "kind": "journey",
            "name": "cart_rescue",
            "details": ["`wait 1 hour` is now `wait 2 hours`"],
        }
    ]


def test_revisions_of_git(shop: Folder, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    git(shop.path, "init", "-q", "-b", "main")
    git(shop.path, "add", ".")
    git(shop.path, "commit", "-q", "-m", "first")
    shop.edit(CART, "wait 1 hour", "wait 2 hours")
    git(shop.path, "commit", "-q", "-a", "-m", "second")
    shop.edit(CART, "wait 2 hours", "wait 3 hours")
    assert told(call, shop) == ["changed journey cart_rescue", "`wait 2 hours` is now `wait 3 hours`"]
    assert told(call, "HEAD~1", shop) == [
        "changed journey cart_rescue",
        "`wait 1 hour` is now `wait 3 hours`",
    ]
    assert told(call, "HEAD~1", "HEAD", shop)[1] == "`wait 1 hour` is now `wait 2 hours`"
    monkeypatch.chdir(shop.path)
    assert told(call)[1] == "`wait 2 hours` is now `wait 3 hours`"
    result = call("diff", "a", "b", "c")
    assert result.exit_code == 2 and "Two versions are compared" in result.stderr


def test_a_folder_that_is_not_under_git(shop: Folder, call: Call) -> None:
    result = call("diff", shop)
    assert result.exit_code == 2 and "is not under git" in result.stderr
