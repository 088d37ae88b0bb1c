"""`sojourn plan` and `sojourn deploy`: a change is told before it happens, and then it happens."""

from __future__ import annotations

import json

import pytest

from sojourn.dsl.values import parse_instant
from sojourn.dsl.workspace import compile_folder
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.cli.conftest import Call, Folder, Process

STORE = ".sojourn/sojourn.db"
NOW = parse_instant("2036-03-02T10:00:00Z")
"""Later than any day on which this test runs: what waits is not due by itself."""
PAST = parse_instant("2026-01-02T10:00:00Z")


@pytest.fixture
def lived_in(shop: Folder) -> Folder:
    """The shop in which three people wait in the cart journey, and Rich is a vip."""
    workspace = compile_folder(shop.path).workspace
    assert workspace is not None
    with Store.open(shop.path / STORE) as store:
        writer = Writer(store, compile_program(workspace), EventClock(PAST))
        carts = [
            Record(f"c{n}", "cart_abandoned", NOW, NOW, {"email": f"p{n}@example.com", "consent.offers": True},
                   {"cart_id": f"c{n}", "total": "59 EUR"})
            for n in range(3)
        ]  # fmt: skip
        rich = Record("p", "purchase", PAST, PAST, {"email": "rich@example.com"}, {"total": "500 EUR"})
        writer.take([[rich, *carts]])
    return shop


def runs(shop: Folder) -> list[tuple[str, int]]:
    with Store.open(shop.path / STORE, read_only=True) as store:
        return [(step, count) for step, count in store.rows("SELECT step, count(*) FROM run GROUP BY step")]


def test_without_a_change_there_is_nothing_to_say(call: Call, lived_in: Folder) -> None:
    result = call("plan", lived_in, "--exit-code")
    assert (result.exit_code, result.output) == (0, "No changes: this is what runs.\n")
    lived_in.edit("journeys/cart.journey", "## Whoever leaves", "# A remark.\n## Whoever leaves")
    assert call("plan", lived_in, "--exit-code").exit_code == 0


def test_who_waits_at_a_changed_step_and_what_becomes_of_them(call: Call, lived_in: Folder) -> None:
    lived_in.edit("journeys/cart.journey", "wait 1 hour", "wait 2 hours")
    result = call("plan", lived_in, "--exit-code")
    assert result.exit_code == 3
    assert "changed journey cart_rescue: `wait 1 hour` is now `wait 2 hours`" in result.output
    assert "3 in cart_rescue at “wait 1 hour” end on the version they began on" in result.output
    assert "No message goes out at once." in result.output
    moved = call("plan", lived_in, "--move")
    assert moved.exit_code == 0
    assert "3 in cart_rescue at “wait 1 hour” go on at “wait 2 hours”" in moved.output
    assert call("plan", lived_in).output == result.output, "a plan changes nothing"
    assert runs(lived_in) == [("wait 1 hour", 3)]
    assert not list((lived_in.path / ".sojourn").glob("plan-*"))


def test_deployed_without_move_they_stay_and_with_it_they_go_on(call: Call, lived_in: Folder) -> None:
    lived_in.edit("journeys/cart.journey", "wait 1 hour", "wait 2 hours")
    assert call("deploy", lived_in).exit_code == 0
    assert runs(lived_in) == [("wait 1 hour", 3)]
    assert call("plan", lived_in).output == "No changes: this is what runs.\n"
    lived_in.edit("journeys/cart.journey", "wait 2 hours", "wait 3 hours")
    result = call("deploy", lived_in, "--move")
    assert "3 runs of cart_rescue" in result.output
    assert runs(lived_in) == [("wait 3 hours", 3)]


def test_those_who_stayed_can_be_moved_afterwards(call: Call, lived_in: Folder) -> None:
    lived_in.edit("journeys/cart.journey", "wait 1 hour", "wait 2 hours")
    assert call("deploy", lived_in).exit_code == 0
    result = call("deploy", lived_in, "--move")
    assert "This version runs already; those under way were moved to it." in result.output
    assert runs(lived_in) == [("wait 2 hours", 3)]
    assert "Nothing has changed" in call("deploy", lived_in, "--move").output


def test_a_journey_that_is_taken_away(call: Call, lived_in: Folder) -> None:
    text = (lived_in.path / "journeys/cart.journey").read_text()
    (lived_in.path / "journeys/cart.journey").write_text(text[: text.index("## Whoever leaves")])
    (lived_in.path / "tests.journey").unlink()
    kept = call("plan", lived_in)
    assert "gone    journey cart_rescue" in kept.output
    assert "3 in cart_rescue at “wait 1 hour” end on the version they began on" in kept.output
    assert "end, because the journey is gone" in call("plan", lived_in, "--move").output


def test_messages_that_would_go_out_at_once_are_told_before_they_do(call: Call, lived_in: Folder) -> None:
    """A new journey lets the existing members in: one vip would be written to at once."""
    lived_in.write(
        "journeys/vips.journey",
        """\
        topic service always

        message welcome about service
          email
            subject "Welcome"
            body    "<p>Welcome</p>"

        journey vip_welcome
          start when entering vips
          existing members enter

          send welcome
        """,
    )
    result = call("plan", lived_in)
    assert "new     journey vip_welcome" in result.output
    assert "1 existing member of vips enters vip_welcome at once." in result.output
    assert "1 message goes out at once:" in result.output
    assert "1 × welcome by email, from vip_welcome" in result.output
    data = json.loads(call("plan", lived_in, "--json").output)
    assert data["changed"] is True
    assert data["messages_at_once"] == [
        {"journey": "vip_welcome", "message": "welcome", "channel": "email", "count": 1}
    ]
    assert data["existing_members"] == [
        {"journey": "vip_welcome", "audience": "vips", "people": 1, "over_seconds": 0}
    ]
    with Store.open(lived_in.path / STORE, read_only=True) as store:
        assert store.one("SELECT count(*) FROM outbox") == 0
    assert "1 message in the outbox" in call("deploy", lived_in).output
    with Store.open(lived_in.path / STORE, read_only=True) as store:
        assert store.rows("SELECT message, status FROM outbox") == [("welcome", "pending")]
    lived_in.edit("journeys/vips.journey", "existing members enter", "existing members enter over 6 hours")
    again = call("plan", lived_in)
    assert "`existing members enter` is now `existing members enter over 6 hours`" in again.output
    assert "No message goes out at once." in again.output


def test_where_nothing_has_run_everything_is_new(call: Call, shop: Folder) -> None:
    result = call("plan", shop, "--exit-code")
    assert result.exit_code == 3
    assert "Nothing has run here yet" in result.output
    assert call("deploy", shop).exit_code == 0
    assert call("plan", shop, "--exit-code").exit_code == 0


def test_a_store_in_use_can_be_planned_for_and_waits_for_its_process(
    call: Call, lived_in: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody has the store who takes nothing over: it is written down, and said."""
    monkeypatch.setattr("sojourn.cli.plan.HANDED_OVER_WITHIN", 1)
    lived_in.edit("journeys/cart.journey", "wait 1 hour", "wait 2 hours")
    with Store.open(lived_in.path / STORE):
        assert call("plan", lived_in, "--exit-code").exit_code == 3
        refused = call("deploy", lived_in)
    assert refused.exit_code == 2
    assert "has not taken it up within 1 seconds" in refused.output
    assert "the next `sojourn run`" in refused.output


def test_a_change_that_would_strand_stored_data_is_refused_with_what_it_would_strand(
    call: Call, lived_in: Folder
) -> None:
    lived_in.edit(
        "data.journey",
        "event purchase\n  total  money  required",
        "event purchase\n  total  number  required",
    )
    lived_in.edit("data.journey", "spent >= 100 EUR", "spent >= 100")
    (lived_in.path / "tests.journey").unlink()
    says = "1 event purchase is stored, 1 with total, which was money and is number now."
    assert says in call("plan", lived_in).output
    for command in (
        ("deploy", lived_in),
        ("run", lived_in, "--no-http", "--events", lived_in.path / "events/web.jsonl", "--once"),
    ):
        refused = call(*command)
        assert refused.exit_code == 2
        assert "would strand what is stored" in refused.output and says in refused.output
    assert call("plan", lived_in, "--exit-code").exit_code == 3
    assert call("deploy", lived_in, "--strand").exit_code == 0
    assert call("plan", lived_in, "--exit-code").exit_code == 0


def test_what_takes_in_more_strands_nothing(call: Call, lived_in: Folder) -> None:
    lived_in.edit(
        "data.journey",
        "one of bronze, silver, gold = bronze",
        "one of bronze, silver, gold, platinum = bronze",
    )
    lived_in.edit("data.journey", "first_name  text", "first_name  text\n  nickname  text")
    assert "could not be read" not in call("plan", lived_in).output
    assert call("deploy", lived_in).exit_code == 0


def test_other_tables_of_public_holidays_are_told_before_and_while_they_come(
    call: Call, shop: Folder, process: Process
) -> None:
    """An upgrade of Sojourn's libraries made a day of next year a holiday: `plan` says so, and so does the `run`
    that goes by it from then on. The next one has nothing to say.
    """
    shop.write(
        "journeys/slow.journey",
        'journey slow\n  start on visit\n  wait 3 working days in "DE-BY"\n  emit gone\n\nevent gone\n',
    )
    running = ("run", shop, "--once", "--no-http", "--events", shop.path / "events" / "web.jsonl")
    started = process(*running)
    assert started.returncode == 0 and "holidays" not in started.stdout
    with Store.open(shop.path / STORE) as store, store.transaction() as connection:
        (text,) = connection.execute("SELECT calendars FROM program").fetchone()
        said = json.loads(text)
        said["holidays"] = "0.1"
        new_year = f"{said['until'][:4]}-01-01"
        del said["named"]["DE-BY"][new_year]
        connection.execute("UPDATE program SET calendars = ?", (json.dumps(said),))
    planned = call("plan", shop, "--exit-code")
    assert planned.exit_code == 3
    assert "The tables of public holidays are others: version" in planned.output
    assert f"In DE-BY {new_year} (" in planned.output and "is a public holiday now." in planned.output
    assert "The files are those that run." in planned.output
    assert json.loads(call("plan", shop, "--json").output)["public_holidays"][0].startswith("The tables")
    run = process(*running)
    assert f"In DE-BY {new_year} (" in run.stdout, run.stdout
    assert "holidays" not in process(*running).stdout
    assert call("plan", shop, "--exit-code").exit_code == 0
