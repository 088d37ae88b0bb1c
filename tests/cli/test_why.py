"""`sojourn why` and its like of a simulation and a test: typed, read, and taken by a program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sojourn.dsl.values import parse_instant
from sojourn.dsl.workspace import compile_folder
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.cli.conftest import Call, Folder

STORE = ".sojourn/sojourn.db"
NOW = parse_instant("2036-03-02T10:00:00Z")
"""Later than any day on which this test runs: what waits is not due by itself."""


@pytest.fixture
def lived_in(shop: Folder) -> Folder:
    """Ada has bought for 120 EUR; Ben waits in the cart journey."""
    workspace = compile_folder(shop.path).workspace
    assert workspace is not None
    with Store.open(shop.path / STORE) as store:
        writer = Writer(store, compile_program(workspace), EventClock(NOW))
        records = [
            Record("1", "purchase", NOW, NOW, {"email": "ada@example.com"}, {"total": "120 EUR"}),
            Record("2", "cart_abandoned", NOW, NOW, {"email": "ben@example.com"}, {"cart_id": "b", "total": "59 EUR"}),
            Record("3", "cart_abandoned", NOW, NOW, {"email": "cy@example.com"}, {"cart_id": "c", "total": "5 EUR"}),
        ]  # fmt: skip
        writer.take([records])
    return shop


def test_an_audience_with_its_value_and_line(lived_in: Folder, call: Call) -> None:
    result = call("why", "ada@example.com", "vips", lived_in)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "ada@example.com is in vips since 2036-03-02 10:00."
    assert (
        "✓ spent >= 100 EUR: spent is 120 EUR (1 purchase, on 2036-03-02 10:00)  data.journey:36"
        in result.stdout
    )
    assert "would not be in vips with spent < 100 EUR (spent is 120 EUR)." in result.stdout


def test_an_event_that_was_too_small(lived_in: Folder, call: Call) -> None:
    result = call("why", "cy@example.com", "cart_rescue", lived_in)
    assert "cy@example.com never entered cart_rescue." in result.stdout
    assert "It would have started with total > 20 EUR (total is 5 EUR)." in result.stdout


def test_the_story_and_the_folder_in_the_place_of_a_subject(lived_in: Folder, call: Call) -> None:
    result = call("why", "ben@example.com", lived_in)
    assert (
        "cart_rescue, since 2036-03-02 10:00: waits at “wait 1 hour” until 2036-03-02 11:00" in result.stdout
    )


def test_words_for_a_screen_reader(lived_in: Folder, call: Call) -> None:
    result = call("why", "ada@example.com", "vips", lived_in, "--plain")
    assert "  yes: spent >= 100 EUR: spent is 120 EUR" in result.stdout
    assert not set("✓✗·→") & set(result.stdout)


def test_an_answer_for_a_program(lived_in: Folder, call: Call) -> None:
    data = json.loads(call("why", "ben@example.com", "vips", lived_in, "--json").stdout)
    assert data["kind"] == "audience" and data["name"] == "vips"
    (account,) = data["accounts"]
    (because,) = account["because"]
    assert because["truth"] is False and because["decides"] is True and because["place"] == "data.journey:36"
    assert because["facts"] == [{"name": "spent", "value": "missing (no purchase)", "missing": True}]


def test_private_values_are_shown_when_they_are_asked_for(lived_in: Folder, call: Call) -> None:
    hidden = call("why", "ben@example.com", "reminder", lived_in).stdout
    assert "email is known (private)" in hidden
    shown = call("why", "ben@example.com", "reminder", lived_in, "--private").stdout
    assert "email is ben@example.com" in shown


def test_nobody_and_nothing_have_the_nearest_name(lived_in: Folder, call: Call) -> None:
    result = call("why", "ada@exmaple.com", "vips", lived_in)
    assert result.exit_code == 2 and "Did you mean ada@example.com?" in result.stderr
    result = call("why", "ada@example.com", "vip", lived_in)
    assert result.exit_code == 2 and "Did you mean vips?" in result.stderr


def test_it_works_while_a_run_has_the_store_and_changes_nothing(lived_in: Folder, call: Call) -> None:
    def rows(path: Path) -> list[object]:
        with Store.open(path, read_only=True) as store:
            tables = ("person", "event", "activity", "timer", "outbox", "progress", "program")
            return [store.rows(f"SELECT * FROM {table}") for table in tables]

    before = rows(lived_in.path / STORE)
    with Store.open(lived_in.path / STORE):
        assert call("why", "ben@example.com", "cart_rescue", lived_in).exit_code == 0
    assert rows(lived_in.path / STORE) == before


def test_of_a_simulation(shop: Folder, call: Call) -> None:
    result = call("simulate", shop, "--person", "ben@example.com", "--why", "reminder")
    assert "because: no consent to offers." in result.stdout
    result = call("simulate", shop, "--why", "reminder")
    assert result.exit_code == 2 and "--person" in result.stderr


def test_of_a_test(shop: Folder, call: Call) -> None:
    result = call("test", shop, "--only", "gets no reminder", "--why", "reminder")
    assert "test “whoever buys gets no reminder”" in result.stdout
    assert "cart_rescue ended: exit on purchase" in result.stdout
    data = json.loads(call("test", shop, "--only", "plain arm", "--why", "cart_rescue", "--json").stdout)
    assert data["tests"][0]["answer"]["verdict"].startswith("ben@example.com is in cart_rescue: waits at")


def test_as_of_a_moment_of_the_past(lived_in: Folder, call: Call) -> None:
    """Ben waited an hour; by now he has been written to. As of half past ten he waits."""
    workspace = compile_folder(lived_in.path).workspace
    assert workspace is not None
    later = NOW + 3 * 3_600_000_000
    with Store.open(lived_in.path / STORE) as store:
        writer = Writer(store, compile_program(workspace), EventClock(later))
        while writer.bring_due():
            pass
        cy = {"email": "cy@example.com"}
        writer.take([[Record("4", "purchase", later, later, cy, {"total": "9 EUR"})]])
    ben = ("why", "ben@example.com", "cart_rescue", lived_in)
    then = call(*ben, "--at", "2036-03-02 10:30")
    assert then.exit_code == 0
    assert " ".join(then.stdout.split()).startswith(
        "As of 2036-03-02 10:30: ben@example.com is in cart_rescue: waits at “wait 1 hour” until 2036-03-02 11:00."
    )
    assert "ended on" not in then.stdout
    assert call(*ben, "--at", "2036-03-02T11:30:00+01:00").stdout == then.stdout
    as_data = json.loads(call(*ben, "--at", "2036-03-02 10:30", "--json").stdout)
    assert as_data["as_of"] is True and as_data["now"] == "2036-03-02T10:30:00Z"
    assert "waits at “wait 1 hour” until" not in call(*ben).stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2036-03-02 9:00", "On 2036-03-02 09:00 nothing was known of “ada@example.com” yet."),
        ("2999-01-01", "2999-01-01 00:00 has not come yet; it is 2036-03-02 10:00."),
        ("last week", "“last week” is no moment; write 2026-04-12 or “2026-04-12 9:00”."),
    ],
)
def test_a_moment_of_which_nothing_can_be_told(lived_in: Folder, call: Call, moment: str, said: str) -> None:
    result = call("why", "ada@example.com", "vips", lived_in, "--at", moment)
    assert result.exit_code == 2 and said in result.stderr
