"""The year of a real shop, simulated from end to end, beside plain SQL over its invoices.

The SQL is written from the meaning of the journeys, not from the program: it knows of orders, gaps between
them and spans of time. The invoices are not part of the project (UCI "Online Retail", CC BY 4.0).
"""

from __future__ import annotations

import csv
import gzip
import os
import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from benchmarks import ROOT
from benchmarks.crowd import live, program_of
from benchmarks.retail.convert import FOLDER, write_events
from sojourn.dsl.values import Money, instant_to_iso, parse_instant
from sojourn.interpreter.compile import Program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.door.door import Door, Rejected
from sojourn.interpreter.door.sources import open_file
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.simulation.simulate import Simulation, simulate

NAME = "online_retail_invoices.csv.gz"
PLACES = [
    *(Path(given) / NAME for given in [os.environ.get("SOJOURN_SHARED_DATA", "")] if given),
    *(parent / "shared" / "data" / NAME for parent in ROOT.parents),
]
INVOICES = next((path for path in PLACES if path.is_file()), None)

pytestmark = pytest.mark.skipif(
    INVOICES is None,
    reason=f"the real invoices ({NAME}) are not beside this repository, in ../shared/data; "
    "SOJOURN_SHARED_DATA may name their folder",
)

END = parse_instant("2011-12-10T00:00:00Z")
PROBES = ["2011-01-15T12:00:00Z", "2011-03-27T01:30:00Z", "2011-07-01T00:00:00Z", "2011-12-10T00:00:00Z"]
SECOND = 1_000_000

# Times in seconds of UTC: British summer time was from 27 March to 30 October. Amounts in tenths of a penny.
INVOICE = """
CREATE TABLE invoice (
  seq INTEGER PRIMARY KEY, number TEXT, customer TEXT, at INTEGER, kind TEXT, mills INTEGER, country TEXT
);
CREATE TABLE raw (number TEXT, customer TEXT, ts TEXT, kind TEXT, mills INTEGER, country TEXT);
"""
FILL = """
INSERT INTO invoice (number, customer, at, kind, mills, country)
  SELECT number, customer,
    strftime('%s', ts) - CASE WHEN ts >= '2011-03-27T02' AND ts < '2011-10-30T02' THEN 3600 ELSE 0 END,
    CASE kind WHEN 'order' THEN 'order' ELSE 'cancellation' END, mills,
    CASE WHEN country IN ('Unspecified', 'European Community', 'Channel Islands') THEN NULL ELSE country END
  FROM raw ORDER BY rowid;
CREATE VIEW orders AS
  SELECT *, lead(at) OVER person AS next_at, row_number() OVER person AS nth
  FROM invoice WHERE kind = 'order' WINDOW person AS (PARTITION BY customer ORDER BY seq);
"""
DAY, HOUR = 86_400, 3_600


@pytest.fixture(scope="module")
def sql() -> Iterator[sqlite3.Connection]:
    """The invoices in SQLite."""
    assert INVOICES is not None
    connection = sqlite3.connect(":memory:")
    connection.executescript(INVOICE)
    with gzip.open(INVOICES, "rt", newline="") as lines:
        connection.executemany(
            "INSERT INTO raw VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    r["invoice"],
                    r["customer_id"],
                    r["ts"],
                    r["type"],
                    int(Decimal(r["amount"]) * 1000),
                    r["country"],
                )
                for r in csv.DictReader(lines)
            ],
        )
    connection.executescript(FILL)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def program() -> Program:
    return program_of(FOLDER)


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invoices as they come over the wire."""
    assert INVOICES is not None
    path = tmp_path_factory.mktemp("retail") / "events.jsonl"
    assert write_events(INVOICES, path) == 22_190
    return path


@pytest.fixture(scope="module")
def taken(program: Program, events: Path) -> list[Record | Rejected]:
    return list(open_file(events, Door(program.workspace), EventClock().receives))


@pytest.fixture(scope="module")
def year(program: Program, taken: list[Record | Rejected]) -> Simulation:
    """The whole year, until midnight after its last day."""
    return simulate(program, taken, until=END)


def one(sql: sqlite3.Connection, question: str, **given: Any) -> Any:
    (answer,) = sql.execute(question, given).fetchone()
    return answer


def test_every_invoice_is_taken_in(year: Simulation, sql: sqlite3.Connection) -> None:
    report = year.report
    assert report.rejected == {}
    assert report.events == dict(sql.execute("SELECT kind, count(*) FROM invoice GROUP BY kind"))
    assert report.records == 22_190
    assert report.people == one(sql, "SELECT count(DISTINCT customer) FROM invoice") == 4_372
    assert (report.first, report.last) == tuple(
        at * SECOND for at in sql.execute("SELECT min(at), max(at) FROM invoice").fetchone()
    )


def test_the_sums_of_every_customer_are_those_of_sql(
    year: Simulation, program: Program, sql: sqlite3.Connection
) -> None:
    expected = {
        customer: known
        for customer, *known in sql.execute(
            """SELECT customer,
                 sum(mills) FILTER (WHERE kind = 'order'), sum(mills) FILTER (WHERE kind = 'cancellation'),
                 count(*) FILTER (WHERE kind = 'order'), max(mills) FILTER (WHERE kind = 'order'),
                 min(at) FILTER (WHERE kind = 'order'), max(at) FILTER (WHERE kind = 'order'),
                 count(*) FILTER (WHERE kind = 'order' AND at <= :now AND :now < at + 90 * 86400)
               FROM invoice GROUP BY customer""",
            {"now": END // SECOND},
        )
    }
    names = ["spent", "returned", "orders", "biggest_order", "first_order", "last_order", "orders_90d"]
    value = {name: program.coder.attribute(name) for name in names}
    found = {}
    for _, person in year.people:
        (customer,) = person.identifiers["customer_id"]
        known = [value[name](person, None, None, END) for name in names]
        found[customer] = [
            int(v.amount * 1000)
            if isinstance(v, Money)
            else v // SECOND
            if name.endswith("_order") and v
            else v
            for name, v in zip(names, known, strict=True)
        ]
    assert len(expected) == 4_372
    assert found == expected


@pytest.mark.parametrize("probe", PROBES)
def test_the_audiences_at_an_instant_are_those_of_sql(
    probe: str, program: Program, taken: list[Record | Rejected], sql: sqlite3.Connection
) -> None:
    """Also on the night in which the clocks are changed: windows go by elapsed time."""
    now = parse_instant(probe)
    before = [record for record in taken if isinstance(record, Record) and record.at <= now]
    people = simulate(program, before, until=now).people
    assert instant_to_iso(now) == probe

    def members(audience: str) -> set[str]:
        return {
            next(iter(person.identifiers["customer_id"]))
            for _, person in people
            if audience in person.audiences
        }

    def customers(question: str) -> set[str]:
        return {customer for (customer,) in sql.execute(question, {"now": now // SECOND})}

    lapsing = customers(
        """SELECT customer FROM orders WHERE at <= :now GROUP BY customer
           HAVING max(at) + 60 * 86400 <= :now AND :now < max(at) + 180 * 86400"""
    )
    assert members("lapsing") == lapsing
    assert members("wholesale") == customers(
        "SELECT customer FROM orders WHERE at <= :now GROUP BY customer "
        "HAVING sum(mills) >= 5000000 AND count(*) >= 5"
    )
    assert members("regulars") == customers(
        "SELECT customer FROM orders WHERE at <= :now AND :now < at + 90 * 86400 "
        "GROUP BY customer HAVING count(*) >= 3"
    )
    assert members("choosy") == customers(
        "SELECT customer FROM invoice WHERE kind = 'cancellation' AND at <= :now AND :now < at + 120 * 86400 "
        "GROUP BY customer HAVING count(*) >= 2"
    )
    assert members("abroad") == customers(
        """SELECT customer FROM (
             SELECT customer, country, row_number() OVER (PARTITION BY customer ORDER BY at DESC, seq DESC) AS nth
             FROM invoice WHERE country IS NOT NULL AND at <= :now)
           WHERE nth = 1 AND country <> 'United Kingdom'"""
    )
    # The comparison is not one of empty sets with each other.
    assert members("regulars") and members("abroad") and members("wholesale")
    assert bool(lapsing) is (now > parse_instant("2011-02-01T00:00:00Z"))


def expected_journeys(sql: sqlite3.Connection, now: int) -> dict[str, dict[str, int]]:
    """What the three journeys must have done by an instant, by SQL."""
    first = "FROM orders WHERE nth = 1 AND at <= :now"
    second = f"{first} AND (next_at IS NULL OR next_at >= at + 30 * 86400) AND at + 30 * 86400 <= :now"
    gap = (
        "FROM (SELECT at + 60 * 86400 AS entered, next_at, at + 180 * 86400 AS gone FROM orders) "
        "WHERE entered <= :now AND (next_at IS NULL OR next_at >= entered)"
    )
    stays = "(next_at IS NULL OR next_at >= entered + {0} * 86400) AND entered + {0} * 86400 <= :now"
    questions = {
        "welcome_customer": {
            "started": f"SELECT count(*) {first}",
            "welcome": f"SELECT count(*) {first} AND at + 3600 <= :now",
        },
        "second_purchase": {
            "started": f"SELECT count(*) {first}",
            "exit on order": f"SELECT count(*) {first} AND next_at < at + 30 * 86400 AND next_at <= :now",
            "second_order": f"SELECT count(*) {second}",
            "converted": f"SELECT count(*) {first} AND next_at < at + 45 * 86400 AND next_at <= :now",
        },
        "win_back": {
            "started": f"SELECT count(*) {gap}",
            "miss_you": f"SELECT count(*) {gap} AND {stays.format(7)}",
            "last_call": f"SELECT count(*) {gap} AND {stays.format(21)}",
            "exit on order": f"SELECT count(*) {gap} AND next_at < entered + 21 * 86400 AND next_at <= :now",
            "converted": f"SELECT count(*) {gap} AND next_at < entered + 30 * 86400 AND next_at <= :now",
            "left lapsing": f"SELECT count(*) {gap} AND min(ifnull(next_at, gone), gone) <= :now",
        },
    }
    return {
        journey: {name: one(sql, question, now=now // SECOND) for name, question in of_journey.items()}
        for journey, of_journey in questions.items()
    }


def test_the_journeys_of_the_year_are_those_of_sql(year: Simulation, sql: sqlite3.Connection) -> None:
    expected = expected_journeys(sql, END)
    report = year.report
    lapsing = report.audiences["lapsing"]
    assert (lapsing.entered, lapsing.left) == (
        expected["win_back"]["started"], expected["win_back"].pop("left lapsing"),
    )  # fmt: skip
    found: dict[str, dict[str, int]] = {}
    for name, journey in report.journeys.items():
        known = {
            "started": journey.started,
            "converted": journey.converted,
            "exit on order": journey.ended.get("exit on order", 0),
            **{message: sum(channels.values()) for message, channels in journey.sent.items()},
        }
        found[name] = {key: value for key, value in known.items() if key in expected[name]}
    assert found == expected
    assert min(min(of_journey.values()) for of_journey in expected.values()) > 200
    arms = report.journeys["win_back"].splits["offer"]
    total = expected["win_back"]["miss_you"]
    assert sum(arms.values()) == total
    # Half of them each: four standard deviations of a fair coin.
    assert abs(arms["plain"] - total / 2) < 4 * (total / 4) ** 0.5


def test_the_live_engine_writes_the_same(
    program: Program, events: Path, tmp_path: Path, sql: sqlite3.Connection
) -> None:
    """Into the store, durably: starts, messages and conversions until the last invoice."""
    receipt = live(tmp_path / "store.db", program, events)
    assert (receipt.accepted, receipt.duplicates, receipt.rejected) == (22_190, 0, [])
    with Store.open(tmp_path / "store.db", read_only=True) as store:
        expected = expected_journeys(sql, store.last_received())
        sent = dict(store.rows("SELECT message, count(*) FROM outbox GROUP BY message"))
        assert sent == {
            message: expected[journey][message]
            for journey, message in [
                ("welcome_customer", "welcome"), ("second_purchase", "second_order"),
                ("win_back", "miss_you"), ("win_back", "last_call"),
            ]
        }  # fmt: skip
        for kind in ("started", "converted"):
            counted = dict(
                store.rows("SELECT journey, sum(count) FROM tally WHERE kind = ? GROUP BY journey", (kind,))
            )
            assert counted == {name: known[kind] for name, known in expected.items() if kind in known}
