"""`sojourn import`, `sojourn profile` and `sojourn rejected`: customers come in and are looked at."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

import pytest

from sojourn.interpreter.runtime.settings import Settings
from sojourn.interpreter.runtime.store import Store
from tests.cli.conftest import Call, Folder


def store_of(shop: Folder) -> Path:
    return Settings.load(shop.path, {}).store


@pytest.fixture
def imported(shop: Folder, call: Call) -> Folder:
    """The shop whose customers have been imported."""
    assert call("import", shop, "crm").exit_code == 1  # one row did not fit
    return shop


def test_rows_come_in_and_what_does_not_fit_is_kept(shop: Folder, call: Call) -> None:
    result = call("import", shop, "crm")
    assert result.exit_code == 1
    assert result.output == (
        f"3 rows of crm, from {shop}/data/crm.csv:\n"
        "          2 new\n"
        "          1 set aside\n"
        "\n"
        "      1 × “email” must be an email address such as “ada@example.com”, not “cy at example”.\n"
        "          c-3,cy at example,Cy,bronze,yes\n"
        "\n"
        "`sojourn rejected` shows all that was set aside.\n"
    )


def test_a_thousand_rows_with_one_mistake_are_one_line(shop: Folder, call: Call) -> None:
    rows = "".join(f"c-{number},mail {number},Eve,Gold,yes\n" for number in range(1000))
    march = shop.write("march.csv", "Customer,E-Mail,Name,Club,Mailings\n" + rows)
    told = call("import", shop, "crm", march).output
    assert " ".join(told.split("\n\n")[1].split()) == (
        "1,000 × “email” must be an email address such as “ada@example.com”, not “mail 0”, “mail 1”, “mail 2” … "
        "c-0,mail 0,Eve,Gold,yes"
    )
    rejected = call("rejected", shop).output
    assert rejected.startswith("1,000 records set aside, for 1 reason:\n")
    assert "not “mail 999”" in rejected and "“mail 996”" not in rejected


def test_the_same_file_twice_changes_nothing(imported: Folder, call: Call) -> None:
    def everything() -> list[str]:
        with sqlite3.connect(store_of(imported)) as store:
            return [row for row in store.iterdump() if "INSERT INTO" in row and '"program"' not in row]

    before = everything()
    result = call("import", imported, "crm")
    assert result.exit_code == 0
    assert result.output == f"3 rows of crm, from {imported}/data/crm.csv:\n          3 unchanged\n"
    assert everything() == before


def test_another_file_with_changes(imported: Folder, call: Call) -> None:
    march = imported.write(
        "march.csv",
        "Customer,E-Mail,Name,Club,Mailings\nc-1,ada@example.com,Ada,Silver,yes\nc-7,eve@example.com,Eve,Gold,yes\n",
    )
    result = call("import", imported, "crm", march, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "files": [str(march)], "read": 2, "new": 1, "changed": 1, "unchanged": 0, "rejected": 0, "reasons": [],
    }  # fmt: skip


def test_journeys_start_only_when_asked(shop: Folder, call: Call) -> None:
    shop.write(
        "journeys/gold.journey",
        """\
        audience gold
          loyalty is gold

        journey greet_gold
          start when entering gold
          send reminder
        """,
    )
    call("import", shop, "crm")
    with Store.open(store_of(shop), read_only=True) as store:
        assert store.rows("SELECT message FROM outbox") == []
    more = shop.write("more.csv", "Customer,E-Mail,Name,Club,Mailings\nc-9,gus@example.com,Gus,Gold,yes\n")
    assert call("import", shop, "crm", more, "--start-journeys").exit_code == 0
    with Store.open(store_of(shop), read_only=True) as store:
        assert store.rows("SELECT message, address FROM outbox") == [("reminder", "gus@example.com")]


def test_an_unknown_dataset_is_answered_with_the_nearest(shop: Folder, call: Call) -> None:
    result = call("import", shop, "crn")
    assert result.exit_code == 2
    assert result.stderr == "Error: There is no dataset “crn”. Did you mean “crm”?\nThere are: crm.\n"
    assert not store_of(shop).exists()
    result = call("import", shop, "crm", shop.path / "nothing.csv")
    assert (result.exit_code, result.stderr) == (2, f"Error: There is no file {shop}/nothing.csv.\n")


def test_a_file_with_other_columns(shop: Folder, call: Call) -> None:
    other = shop.write("other.csv", "Customer,Email\nc-1,a@example.com\n")
    result = call("import", shop, "crm", other)
    assert result.exit_code == 2
    assert "has no column “E-Mail”; there are “Customer”, “Email”. Did you mean “Email”?" in result.stderr


def test_a_customer_file(imported: Folder, call: Call) -> None:
    result = call("profile", "ada@example.com", imported)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0].startswith("crm_id:c-1  person ")
    rows = [line.split() for line in lines]
    name = next(row for row in rows if row[:1] == ["first_name"])
    assert name[1:4] == ["Ada", "from", "crm,"]
    email = next(row for row in rows if row[:3] == ["email", "ada@example.com", "from"])
    assert email[-1] == "private"
    assert ["consent.offers", "true"] in [row[:2] for row in rows]
    assert ["spent", "missing"] in rows
    for word in ("Identifiers", "Fields", "Attributes"):
        assert word in lines
    assert "Journeys" not in lines

    data = json.loads(call("profile", "crm_id:c-1", imported, "--json").stdout)
    assert data["key"] == "crm_id:c-1"
    assert {field["name"]: field["source"] for field in data["fields"]}["first_name"] == "crm"
    assert data["now"].endswith("Z") and data["first_seen"].endswith("Z")


def test_a_customer_in_the_middle_of_a_journey(imported: Folder, call: Call) -> None:
    """Ada leaves a cart: her file shows where she stands, and what happened. Another process is writing."""
    from sojourn.dsl.workspace import compile_folder
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.door.door import Door
    from sojourn.interpreter.runtime.clock import WallClock
    from sojourn.interpreter.runtime.writer import Writer

    workspace = compile_folder(imported.path).workspace
    assert workspace is not None
    clock = WallClock()
    with Store.open(store_of(imported)) as store:
        writer = Writer(store, compile_program(workspace), clock)
        cart = {"id": "1", "event": "Cart Abandoned", "profile": {"email": "ada@example.com"},
                "properties": {"cart_id": "a", "total": "59 EUR"}}  # fmt: skip
        writer.take([[Door(workspace).read(json.dumps(cart), clock.now(), "web")]])
        result = call("profile", "ADA@example.com", imported)
    assert result.exit_code == 0
    assert "cart_rescue  at “wait 1 hour” until " in result.output
    story = result.output.split("What happened\n")[1]
    assert "● cart_abandoned cart_id a, total 59 EUR" in story
    assert "▸ cart_rescue started" in story and "waits 1 hour" in story


def test_somebody_unknown_is_answered_with_the_nearest(imported: Folder, call: Call) -> None:
    result = call("profile", "ada@exmaple.com", imported)
    assert result.exit_code == 2
    assert result.stderr == "Error: Nobody is known as “ada@exmaple.com”.\nDid you mean ada@example.com?\n"


def test_what_was_set_aside_is_shown_and_tried_again(imported: Folder, call: Call) -> None:
    """A purchase in a currency of two letters does not fit; nor does one of an event nobody declared, until it is."""
    from sojourn.interpreter.door.door import Rejected
    from sojourn.interpreter.runtime.clock import WallClock

    refund = '{"id": "r1", "event": "refund", "profile": {"email": "ada@example.com"}}'
    with Store.open(store_of(imported)) as store, store.transaction() as connection:
        now = WallClock().now()
        row = Rejected(refund, "There is no event “refund”.", "event", now, "web")
        connection.execute(
            "INSERT INTO rejected (received, dataset, field, reason, raw) VALUES (?, ?, ?, ?, ?)",
            (row.received, row.dataset, row.field, row.reason, row.raw),
        )
    result = call("rejected", imported)
    assert result.exit_code == 0
    assert result.output.startswith("2 records set aside, for 2 reasons:\n")
    assert "      1 × There is no event “refund”.\n          last " in result.output
    assert 'UTC, from web\n          {"id": "r1", "event": "refund"' in result.output
    assert "c-3,cy at example" in result.output
    assert "c-3,cy at example" not in call("rejected", imported, "--examples", "0").output

    assert call("rejected", imported, "--retry").output.startswith("0 records taken in.\n")
    imported.edit("data.journey", "event visit\n", "event visit\n\nevent refund\n  total  money\n")
    again = call("rejected", imported, "--retry")
    assert again.stdout == "1 record taken in.\n"
    assert again.stderr.startswith("1 record still does not fit")
    left = json.loads(call("rejected", imported, "--json").stdout)
    assert [(group["dataset"], group["count"]) for group in left] == [("crm", 1)]
    assert (
        json.loads(call("profile", "ada@example.com", imported, "--json").stdout)["events"][-1]["event"]
        == "refund"
    )


def test_rows_of_a_file_are_tried_again_by_importing_it_again(imported: Folder, call: Call) -> None:
    """The next file has the wrong row once more, and one of a club that nobody had heard of."""
    imported.edit(
        "data/crm.csv",
        "cy at example,Cy,bronze,yes\n",
        "cy at example,Cy,bronze,yes\nc-4,dee@example.com,Dee,Platin,\n",
    )
    assert call("import", imported, "crm").exit_code == 1
    groups = json.loads(call("rejected", imported, "--json").stdout)
    assert [(group["count"], group["records"]) for group in groups] == [
        (1, ["c-3,cy at example,Cy,bronze,yes"]),
        (1, ["c-4,dee@example.com,Dee,Platin,"]),
    ]
    imported.edit("data.journey", "one of bronze, silver, gold", "one of bronze, silver, gold, platin")
    result = call("import", imported, "crm")
    assert "1 new" in result.output and "1 set aside" in result.output
    [left] = json.loads(call("rejected", imported, "--json").stdout)
    assert left["records"] == ["c-3,cy at example,Cy,bronze,yes"]


def test_rows_of_a_file_are_tried_again_without_the_file(imported: Folder, call: Call) -> None:
    """A row of a club that nobody had heard of, and one of an event in a file of events: both come in once the journey
    files are right, as they would have with their files; and the file changes nothing any more.
    """
    row = "c-4,dee@example.com,Dee,Platin,yes\n"
    imported.edit("data/crm.csv", "cy at example,Cy,bronze,yes\n", f"cy at example,Cy,bronze,yes\n{row}")
    assert call("import", imported, "crm").exit_code == 1
    refunds = imported.write(
        "refunds.csv", "event,id,profile.email,total\nrefund,r-1,ada@example.com,5 EUR\n"
    )
    assert call("run", imported, "--events", refunds, "--once", "--no-http").exit_code == 0
    nothing = json.loads(call("rejected", imported, "--retry", "--json").stdout)
    assert nothing == {"accepted": 0, "duplicates": 0, "rejected": 3}
    imported.edit("data.journey", "one of bronze, silver, gold", "one of bronze, silver, gold, platin")
    imported.edit("data.journey", "event visit\n", "event visit\n\nevent refund\n  total  money\n")
    again = call("rejected", imported, "--retry")
    assert again.stdout == "2 records taken in.\n"
    assert again.stderr.startswith("1 record still does not fit")
    [left] = json.loads(call("rejected", imported, "--json").stdout)
    assert left["records"] == ["c-3,cy at example,Cy,bronze,yes"]
    dee = json.loads(call("profile", "dee@example.com", imported, "--json").stdout)
    assert {field["name"]: field["source"] for field in dee["fields"]}["loyalty"] == "crm"
    ada = json.loads(call("profile", "ada@example.com", imported, "--json").stdout)
    assert ada["events"][-1]["event"] == "refund"
    result = call("import", imported, "crm")
    assert "3 unchanged" in result.output and "new" not in result.output


def test_what_was_dealt_with_is_taken_off_the_list(imported: Folder, call: Call) -> None:
    with Store.open(store_of(imported)) as store, store.transaction() as connection:
        connection.execute(
            "INSERT INTO rejected (received, dataset, field, reason, raw) VALUES (1, 'web', '', 'No event.', '{}')"
        )
    assert call("rejected", imported, "--dataset", "web").output.startswith(
        "1 record set aside, for 1 reason:\n"
    )
    result = call("rejected", imported, "--dataset", "crm", "--discard")
    assert result.output == "1 record taken off the list.\n"
    [left] = json.loads(call("rejected", imported, "--json").stdout)
    assert left["dataset"] == "web"
    assert call("rejected", imported, "--retry", "--discard").exit_code == 2
    assert call("rejected", imported, "--discard").output == "1 record taken off the list.\n"
    assert call("rejected", imported, "--discard").output == "Nothing was set aside.\n"


def test_nothing_set_aside(shop: Folder, call: Call) -> None:
    good = shop.write("good.csv", "Customer,E-Mail,Name,Club,Mailings\nc-1,ada@example.com,Ada,Gold,yes\n")
    assert call("import", shop, "crm", good).exit_code == 0
    assert call("rejected", shop).output == "Nothing was set aside.\n"
    assert (
        call("rejected", shop, "--retry").output == "Nothing was set aside: there is nothing to try again.\n"
    )


# --------------------------------------------------------- stores that cannot be used


def test_before_there_is_a_store(shop: Folder, call: Call) -> None:
    for words in (("profile", "ada@example.com", shop), ("rejected", shop)):
        result = call(*words)
        assert result.exit_code == 2
        assert result.stderr.startswith(f"Error: There is no store {store_of(shop)}. ")


def test_a_store_of_a_newer_version(imported: Folder, call: Call) -> None:
    with sqlite3.connect(store_of(imported)) as store:
        store.execute("PRAGMA user_version = 99")
    for words in (
        ("import", imported, "crm"),
        ("profile", "ada@example.com", imported),
        ("rejected", imported),
    ):
        result = call(*words)
        assert result.exit_code == 2
        assert "was made by a newer version of Sojourn (store version 99;" in result.stderr
        assert "Traceback" not in result.stderr


def test_a_store_that_another_process_writes_to(imported: Folder, call: Call) -> None:
    with Store.open(store_of(imported)):
        result = call("import", imported, "crm")
        assert result.exit_code == 2
        assert result.stderr.startswith("Error: ") and str(os.getpid()) in result.stderr
        assert call("rejected", imported, "--retry").exit_code == 2
        assert call("profile", "ada@example.com", imported).exit_code == 0
    assert call("import", imported, "crm").exit_code == 0


def test_a_store_that_is_no_store(imported: Folder, call: Call) -> None:
    store_of(imported).write_bytes(b"This is a letter.\n" * 300)
    result = call("profile", "ada@example.com", imported)
    assert result.exit_code == 2
    assert "is not a Sojourn store: it is some other file." in result.stderr


def test_settings_that_cannot_be_used(shop: Folder, call: Call) -> None:
    shop.write("sojourn.toml", "prot = 8000\n")
    result = call("import", shop, "crm")
    assert result.exit_code == 2
    assert "there is no setting “prot”" in result.stderr
