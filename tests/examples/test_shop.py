"""examples/shop: right, tested in its own language, the same every time, and counted again by other means.

`pytest tests/examples --update-golden` writes the totals of the simulation anew.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

import sojourn
from sojourn.dsl.format import format_file
from sojourn.dsl.source import SourceFile
from sojourn.dsl.values import DAY, parse_instant
from sojourn.dsl.workspace import compile_folder
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.effects import Outgoing
from sojourn.interpreter.simulation.samples import event_files, people_of_datasets, read_events
from sojourn.interpreter.simulation.simulate import Simulation, simulate
from sojourn.interpreter.testing.runner import run_tests

ROOT = Path(__file__).resolve().parents[2]
SHOP = ROOT / "examples" / "shop"
GOLDEN = Path(__file__).parent / "golden" / "shop.json"
END = "2026-04-13T00:00:00Z"


def compiled(folder: Path) -> Program:
    outcome = compile_folder(folder)
    assert outcome.workspace is not None, outcome.diagnostics
    assert outcome.diagnostics == ()
    return compile_program(outcome.workspace)


@pytest.fixture(scope="module")
def program() -> Program:
    return compiled(SHOP)


def played(program: Program, folder: Path = SHOP) -> Simulation:
    """The whole sample with the customers of the CRM, up to the end of the sixth week."""
    files = event_files(folder / "events")
    return sojourn.simulate(program, *files, people_from=folder, until=parse_instant(END))


@pytest.fixture(scope="module")
def simulation(program: Program) -> Simulation:
    return played(program)


# ------------------------------------------------------------------ the files


def test_it_is_right_and_its_own_tests_pass(program: Program) -> None:
    results = run_tests(program, program.workspace.tests)
    assert len(results) >= 41
    assert [(result.name, result.failures) for result in results if not result.passed] == []


@pytest.mark.parametrize(
    ("file", "before", "after", "minds"),
    [
        (
            "journeys/cart_rescue.journey",
            "wait 1 hour",
            "wait 2 hours",
            "the plain arm writes after an hour, in the shopper's own hour",
        ),
        (
            "journeys/cart_rescue.journey",
            "  exit on purchase\n",
            "",
            "someone who buys within the hour gets no reminder",
        ),
        (
            "journeys/cart_rescue.journey",
            "last 30 days",
            "last 9 days",
            "the third cart in a month is a wish list",
        ),
        (
            "journeys/cart_rescue.journey",
            ' where topic is "offers"',
            "",
            "no more offers means no more offers; no more letters does not",
        ),
        ("journeys/cart_rescue.journey", "again after 7 days", "again always", "one reminder a week is enough"),
        ("journeys/welcome.journey", "again never", "again always", "a second account is no second welcome"),
        (
            "journeys/welcome.journey",
            " on a weekday",
            "",
            "the picks come two days later, at nine on a working day, about what was looked at most",
        ),
        (
            "journeys/post_purchase.journey",
            "one per order_id",
            "again always",
            "two orders are two stories",
        ),
        (
            "journeys/post_purchase.journey",
            "is 4, 5",
            "is 2, 4, 5",
            "two stars are answered by a person",
        ),
        (
            "journeys/win_back.journey",
            "on thursday, saturday",
            "on saturday",
            "somebody lapses at the very minute, and hears of it on Thursday or Saturday at six",
        ),
        (
            "audiences.journey",
            "  and no cart_updated in last 3 days\n",
            "",
            "whoever fills a cart is no longer only looking",
        ),
        ("messages.journey", "topic offers      opt in", "topic offers always", "nobody is written to without a yes"),
        ("messages.journey", "to 3 messages per", "to 4 messages per", "three offers in seven days are enough"),
        (
            "messages.journey",
            "quiet hours from 21:00",
            "quiet hours from 23:00",
            "no telephone rings in the night: what it held comes in the morning",
        ),
    ],
)  # fmt: skip
def test_its_tests_notice_a_change_of_the_rules(
    tmp_path: Path, file: str, before: str, after: str, minds: str
) -> None:
    shop = tmp_path / "shop"
    shutil.copytree(SHOP, shop, ignore=shutil.ignore_patterns(".sojourn", "events"))
    text = (shop / file).read_text(encoding="utf-8")
    assert before in text
    (shop / file).write_text(text.replace(before, after), encoding="utf-8")
    changed = compiled(shop)
    failed = [r.name for r in run_tests(changed, changed.workspace.tests) if not r.passed]
    assert minds in failed


def test_every_file_is_in_the_shape_of_fmt() -> None:
    for path in SHOP.rglob("*.journey"):
        text = path.read_text(encoding="utf-8")
        assert format_file(SourceFile(path.name, text)).text == text, path


def test_what_its_readme_quotes_stands_in_its_files() -> None:
    page = (SHOP / "README.md").read_text(encoding="utf-8")
    assert (SHOP / "journeys" / "cart_rescue.journey").read_text(encoding="utf-8") in page
    for name in ("wait 1 hour", "sojourn dev examples/shop --play"):
        assert name in page
        assert name in (ROOT / "README.md").read_text(encoding="utf-8")


# ---------------------------------------------------------------- the sample


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("shop_generate", SHOP / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look for it there
    spec.loader.exec_module(module)
    return module


def test_the_generator_makes_what_is_committed_byte_for_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "sys.argv", ["generate.py", "--out", str(tmp_path), "--crm", str(tmp_path / "crm.csv")]
    )
    generator().main()
    for made, committed in (
        ("web.jsonl", SHOP / "events" / "web.jsonl"),
        ("mobile.jsonl", SHOP / "events" / "mobile.jsonl"),
        ("crm.csv", SHOP / "data" / "crm.csv"),
    ):
        assert (tmp_path / made).read_bytes() == committed.read_bytes(), made
    assert "web.jsonl" in capsys.readouterr().out


def test_another_seed_makes_another_shop_and_more_people_more_events() -> None:
    make = generator().generate
    one, other, more = make(60, 2, 1), make(60, 2, 2), make(240, 2, 1)
    assert one == make(60, 2, 1)
    assert one["web.jsonl"] != other["web.jsonl"]
    assert more["web.jsonl"].count("\n") > 2 * one["web.jsonl"].count("\n")


# --------------------------------------------------------------- the totals


def test_the_totals_are_the_golden_ones(simulation: Simulation, request: pytest.FixtureRequest) -> None:
    found = json.loads(json.dumps(simulation.report.to_data()))
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_the_same_comes_out_a_second_time(simulation: Simulation) -> None:
    assert played(compiled(SHOP)).report.to_data() == simulation.report.to_data()


# ------------------------------------------------------- counted once more


class Seen(NamedTuple):
    """One event of the sample, read by nothing but json."""

    id: str
    name: str
    at: datetime
    who: dict[str, Any]
    says: dict[str, Any]


def sample() -> Iterator[Seen]:
    """The good records in order of their time, each once; those with an id of the wrong ones are left out."""
    known: set[str] = set()
    found = []
    for path in sorted((SHOP / "events").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                record = json.loads(line)
            except json.JSONDecodeError:
                continue
            if record["id"] in known or record["id"].startswith("x-"):
                continue
            known.add(record["id"])
            at = datetime.fromisoformat(record["time"])
            found.append(
                Seen(
                    record["id"], record.get("event", ""), at, record["profile"], record.get("properties", {})
                )
            )
    yield from sorted(found, key=lambda event: event.at)


@pytest.fixture(scope="module")
def events() -> list[Seen]:
    return list(sample())


def of(events: list[Seen], name: str) -> list[Seen]:
    return [event for event in events if event.name == name]


NAMES = {
    "Product Viewed": "product_viewed",
    "Cart Abandoned": "cart_abandoned",
    "Order Completed": "purchase",
    "Signed Up": "signed_up",
    "Signed In": "signed_in",
}
WEEKS = datetime.fromisoformat(END)


def test_every_event_is_counted_once(simulation: Simulation, events: list[Seen]) -> None:
    assert simulation.report.events == Counter(NAMES.get(event.name, event.name) for event in events)
    lines = sum(path.read_text(encoding="utf-8").count("\n") for path in (SHOP / "events").glob("*.jsonl"))
    wrong = 11
    assert simulation.report.duplicates == lines - wrong - len(events)
    assert sum(setback.count for setback in simulation.report.rejected.values()) == wrong + 1


def test_everybody_is_counted_once(simulation: Simulation, events: list[Seen]) -> None:
    """Somebody is an address, or a device that no address was ever seen with."""
    with (SHOP / "data" / "crm.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Customer"] != "C99999"]
    addresses = {row["E-Mail"] for row in rows}
    devices, named = set(), set()
    for event in events:
        device = event.who.get("device_id")
        if "email" in event.who:
            addresses.add(event.who["email"])
            named.add(device)
        if device:
            devices.add(device)
    assert simulation.report.people == len(addresses) + len(devices - named)
    assert simulation.report.profile_updates == len(rows)


def test_a_family_tablet_makes_nobody_one_person(simulation: Simulation, events: list[Seen]) -> None:
    by_device: dict[str, set[str]] = {}
    for event in events:
        if "email" in event.who and "device_id" in event.who:
            by_device.setdefault(event.who["device_id"], set()).add(event.who["email"])
    shared = [emails for emails in by_device.values() if len(emails) > 1]
    assert len(shared) >= 3
    for emails in shared:
        assert len({simulation.people.find(email) for email in emails}) == len(emails)


def test_every_account_is_welcomed_once_and_its_first_orders_counted(
    simulation: Simulation, events: list[Seen]
) -> None:
    accounts = {event.who["email"]: event.at for event in reversed(of(events, "Signed Up"))}
    welcome = simulation.report.journeys["welcome"]
    assert welcome.started == len(accounts)
    assert welcome.sent["welcome_letter"] == {"email": len(accounts)}
    orders = of(events, "Order Completed")
    within_14_days = {
        order.who["email"]
        for order in orders
        if order.who["email"] in accounts
        and timedelta(0) <= order.at - accounts[order.who["email"]] < timedelta(days=14)
    }
    assert welcome.converted == len(within_14_days)


def test_every_order_is_thanked_for(simulation: Simulation, events: list[Seen]) -> None:
    orders = of(events, "Order Completed")
    assert len({order.says["order_id"] for order in orders}) == len(orders)
    journey = simulation.report.journeys["post_purchase"]
    assert journey.started == len(orders)
    assert journey.sent["order_thanks"] == {"email": len(orders)}


def test_the_second_order_makes_silver(simulation: Simulation, events: list[Seen]) -> None:
    with (SHOP / "data" / "crm.csv").open(encoding="utf-8", newline="") as file:
        better = {row["E-Mail"] for row in csv.DictReader(file) if row["Club"] != "Bronze"}
    orders = Counter(order.who["email"] for order in of(events, "Order Completed"))
    silver = [email for email, count in orders.items() if count >= 2 and email not in better]
    assert simulation.report.journeys["post_purchase"].sent["club_silver"] == {"email": len(silver)}


def test_carts_are_rescued_within_the_rules(simulation: Simulation, events: list[Seen]) -> None:
    """The first cart above 25 EUR of each shopper starts it; a later one may, or comes within the seven days."""
    carts = [
        cart for cart in of(events, "Cart Abandoned") if Decimal(cart.says["total"].removesuffix(" EUR")) > 25
    ]
    people = {simulation.people.find(cart.who["device_id"]) for cart in carts}
    rescue = simulation.report.journeys["cart_rescue"]
    assert len(people) - 5 <= rescue.started <= len(carts)
    arms = rescue.splits["first_touch"]
    for arm, share in (("plain", 0.45), ("discount", 0.45), ("holdout", 0.10)):
        assert abs(arms[arm] / sum(arms.values()) - share) < 0.07


def test_the_audiences_are_what_the_orders_say(simulation: Simulation, events: list[Seen]) -> None:
    last = events[-1].at
    orders: dict[str, list[datetime]] = {}
    for order in of(events, "Order Completed"):
        orders.setdefault(order.who["email"], []).append(order.at)
    month = timedelta(days=30)
    lapsing = {email for email, times in orders.items() if last - times[-1] >= month}
    assert simulation.report.audiences["lapsing"].at_last_event == len(lapsing)
    lapsed = sum(
        later - earlier >= month
        for times in orders.values()
        for earlier, later in zip(times, [*times[1:], WEEKS], strict=True)
    )
    assert simulation.report.audiences["lapsing"].entered == lapsed
    assert simulation.report.journeys["win_back"].started <= lapsed
    returned = {refund.who["email"] for refund in of(events, "order_refunded")}
    assert simulation.report.audiences["returners"].at_last_event == len(returned)


def test_every_parcel_that_does_not_come_in_ten_days_is_apologised_for(
    simulation: Simulation, events: list[Seen]
) -> None:
    ten_days = timedelta(days=10)
    there = {parcel.says["order_id"]: parcel.at for parcel in of(events, "order_delivered")}
    late = [
        order.says["order_id"]
        for order in of(events, "Order Completed")
        if order.at + ten_days <= WEEKS
        and there.get(order.says["order_id"], WEEKS + ten_days) >= order.at + ten_days
    ]
    assert 5 < len(late) < 60
    assert simulation.report.journeys["post_purchase"].sent["delivery_apology"] == {"email": len(late)}


def test_nobody_gets_more_than_the_limits_and_no_telephone_rings_at_night(program: Program) -> None:
    """Counted on the messages themselves, each in the zone of whoever got it."""
    files = event_files(SHOP / "events")
    events = read_events(program.workspace, files)
    everybody = people_of_datasets(program.workspace, SHOP, events)
    played = simulate(program, [*everybody, *events], until=parse_instant(END), keep_activity=True)
    topics = program.workspace.messages
    offers: dict[int, list[int]] = {}
    held = 0
    for number, history in played.history.items():
        zone = ZoneInfo(str(played.people.load(number).fields.get("timezone") or "Europe/Paris"))
        for message in history:
            if not isinstance(message, Outgoing):
                continue
            if topics[message.message].topic == "offers":
                offers.setdefault(number, []).append(message.at)
            if message.channel in ("sms", "push"):
                clock = datetime.fromtimestamp(message.at / 1_000_000, tz=zone)
                assert 8 <= clock.hour < 21, (clock, message.message)
                held += clock.hour == 8 and clock.minute < 10
    assert held > 3
    week = 7 * DAY
    most = max(sum(at <= other < at + week for other in times) for times in offers.values() for at in times)
    assert most == 3
