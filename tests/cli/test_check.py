"""`sojourn check`: the author asks whether everything is right."""

from __future__ import annotations

import json
import os

from tests.cli.conftest import Call, Folder, Process


def test_a_workspace_without_mistakes_is_counted(shop: Folder, call: Call) -> None:
    result = call("check", shop)
    assert result.exit_code == 0
    assert result.output == (
        "No mistakes in 4 files: 1 journey, 1 message, 1 audience, 1 attribute, 3 events, 1 dataset and 2 tests.\n"
    )


def test_mistakes_of_all_files_are_shown_in_one_run(shop: Folder, call: Call) -> None:
    """A misspelt event in one file, a wrong type in another, a wrong field in a template, an open text in a fourth."""
    shop.edit("journeys/cart.journey", "exit on purchase", "exit on purchse")
    shop.edit("data.journey", "timezone    timezone", "timezone    timezon")
    shop.write("messages/reminder.html", "<p>Hello</p>\n<p>Hi {{ profile.frst_name }}</p>\n")
    shop.write("more.journey", 'event call\n  number  text\n\nmessage other\n  sms\n    text "Hi\n')
    result = call("check", shop)
    assert result.exit_code == 1
    for line in (
        "  Did you mean `purchase`?",
        "  Did you mean `timezone` or `time`?",
        "  Did you mean `first_name`?",
        "  journeys/cart.journey:11:11   unknown-name",
        "  messages/reminder.html:2:18   unknown-field",
        "    11 │   exit on purchse",
        "     2 │ <p>Hi {{ profile.frst_name }}</p>",
        "       │                  ^^^^^^^^^ no such field",
        '     6 │     text "Hi',
    ):
        assert line in result.output.splitlines(), result.output
    last = result.output.splitlines()[-1]
    assert last.startswith("4 mistakes in 4 files. `sojourn explain ") and last.endswith("about the first.")


def test_one_mistake_is_one_mistake(shop: Folder, call: Call) -> None:
    shop.edit("journeys/cart.journey", "exit on purchase", "exit on purchse")
    last = call("check", shop).output.splitlines()[-1]
    assert last == "1 mistake in 1 file. `sojourn explain unknown-name` tells more."


def test_without_a_folder_it_is_the_current_one(shop: Folder, process: Process) -> None:
    shop.edit("journeys/cart.journey", "exit on purchase", "exit on purchse")
    ran = process("check", "--plain", cwd=shop.path)
    assert ran.returncode == 1
    assert ran.stdout == (
        "journeys/cart.journey:11:11: error: There is no event called purchse. Did you mean `purchase`? "
        "Declared: subscribed, unsubscribed, cart_abandoned, purchase, visit. [unknown-name]\n"
    )
    assert ran.stderr == "1 mistake in 1 file. `sojourn explain unknown-name` tells more.\n"


def test_json_for_a_program(shop: Folder, call: Call) -> None:
    right = json.loads(call("check", "--json", shop).stdout)
    assert right == {
        "ok": True,
        "files": 4,
        "counts": {
            "journeys": 1, "messages": 1, "audiences": 1, "attributes": 1,
            "events": 3, "catalogs": 0, "datasets": 1, "tests": 2,
        },
        "findings": [],
    }  # fmt: skip
    shop.edit("journeys/cart.journey", "exit on purchase", "exit on purchse")
    result = call("check", "--json", shop)
    assert result.exit_code == 1
    wrong = json.loads(result.stdout)
    assert not wrong["ok"]
    [finding] = wrong["findings"]
    assert (finding["code"], finding["path"], finding["line"]) == (
        "unknown-name",
        "journeys/cart.journey",
        11,
    )
    assert finding["fix"]["text"] == "purchase"


def test_the_stages_can_be_printed(shop: Folder, call: Call) -> None:
    tree = json.loads(call("check", shop, "--print", "ast").stdout)
    assert set(tree) == {"data.journey", "journeys/cart.journey", "tests.journey"}
    assert tree["journeys/cart.journey"]["declarations"][0]["node"] == "Topic"
    program = json.loads(call("check", shop, "--print", "program").stdout)
    assert [step["label"] for step in program["journeys"]["cart_rescue"]["steps"]][:2] == [
        "wait 1 hour",
        "if in vips",
    ]

    shop.edit("journeys/cart.journey", "exit on purchase", "exit on purchse")
    result = call("check", shop, "--print", "program")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "There is no event called purchse." in result.stderr
    assert json.loads(call("check", shop, "--print", "ast").stdout)["tests.journey"]


def test_a_tab_is_shown_and_the_spaces_to_write_instead(shop: Folder, call: Call) -> None:
    shop.write("more.journey", "event call\n\tnumber  text\n")
    result = call("check", shop)
    assert result.exit_code == 1
    assert "     2 │ →   number  text" in result.output.splitlines()
    assert "tab" in result.output


def test_a_file_in_another_encoding_is_unreadable(shop: Folder, call: Call) -> None:
    shop.write("more.journey", "# Grüße\nevent call\n".encode("latin-1"))
    result = call("check", shop)
    assert result.exit_code == 2
    assert "more.journey is not written in UTF-8: line 1 has the byte 0xfc" in result.output.replace(
        "\n  ", " "
    )


def test_a_file_that_cannot_be_read(shop: Folder, call: Call) -> None:
    os.symlink(shop.path / "nowhere.journey", shop.path / "gone.journey")
    result = call("check", shop)
    assert result.exit_code == 2
    assert "✗ gone.journey cannot be read: no such file or directory." in result.output


def test_a_folder_that_is_not_there(shop: Folder, call: Call) -> None:
    result = call("check", shop.path.parent / "shpo")
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: There is no folder {shop.path.parent}/shpo.\nDid you mean {shop.path}?\n"
    )
    result = call("check", "/no/such/place/at/all")
    assert result.exit_code == 2
    assert "`sojourn new FOLDER` makes a workspace." in result.stderr


def test_a_file_instead_of_a_folder_and_a_folder_without_journeys(shop: Folder, call: Call) -> None:
    result = call("check", shop.path / "data.journey")
    assert result.exit_code == 2
    assert "is a file; a workspace is a folder." in result.stderr
    assert f"Its folder is {shop.path}." in result.stderr
    (shop.path / "empty").mkdir()
    result = call("check", shop.path / "empty")
    assert result.exit_code == 2
    assert "✗ There is no .journey file in" in result.output
