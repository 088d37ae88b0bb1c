"""A recommendation that is new on a store with a history: counted page by page, exactly, while events come."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sojourn.dsl.messages import sentence
from sojourn.dsl.values import DAY, HOUR
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.runtime import statistics
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.runtime.shop import MONDAY
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]

SHOP = """\
profile
  email   email  identity
  device  text   identity

identity
  email   one per person
  device  many per person

schema Item
  product  ref product

event purchase
  items  list of Item

event visit

catalog product from csv "products.csv" key sku
  sku   text
  name  text
"""

RECOMMENDED = """
recommendation goes_with
  pick 3 from product
  by bought together with event.items.product in purchase
  otherwise most purchase in last 30 days

message thanks
  email
    subject "{% for p in goes_with %}{{ p }} {% endfor %}"
    body    "<p>Thank you</p>"

journey thank
  start on purchase
  send thanks
"""

KEYS = [f"p{n}" for n in range(30)]


def compiled(text: str) -> Program:
    rows = "sku,name\n" + "".join(f"{key},Product {key}\n" for key in KEYS)
    found = compile_texts({"shop.journey": SHOP + text, "products.csv": rows})
    assert found.workspace is not None, [f"{d.span}: {sentence(d)}" for d in found.diagnostics]
    return compile_program(found.workspace)


@pytest.fixture(scope="module")
def before() -> Program:
    return compiled("")


@pytest.fixture(scope="module")
def after() -> Program:
    return compiled(RECOMMENDED)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "_COUNTED", 20)
    monkeypatch.setattr(statistics, "_LOOKED_AT", 50)
    monkeypatch.setattr(statistics, "_FORGOTTEN", 100)


def events(count: int, seed: int) -> list[Record]:
    """Purchases and visits of people by email, by device, and now and then by both, which makes two people one."""
    rng = random.Random(seed)
    found = []
    for n in range(count):
        at = MONDAY + n * HOUR
        who = rng.randrange(40)
        profile = {"email": f"a{who}@example.com", "device": f"d{who + rng.randrange(0, 60)}"}
        kind = rng.random()
        if kind < 0.85:
            del profile["email" if kind < 0.45 else "device"]
        items = [{"product": rng.choice(KEYS)} for _ in range(rng.randrange(1, 5))]
        event, properties = ("visit", {}) if rng.random() < 0.2 else ("purchase", {"items": items})
        found.append(Record(f"e{n}", event, at - rng.choice([0, 0, 3 * DAY]), at, profile, properties))
    return found


def take(writer: Writer, records: list[Record], page: int = 10) -> None:
    clock = writer.clock
    assert isinstance(clock, EventClock)
    for start in range(0, len(records), page):
        some = records[start : start + page]
        clock.advance(some[-1].received)
        writer.take([some])


def common(store: Store) -> list[tuple[Any, ...]]:
    return store.rows("SELECT * FROM common WHERE count <> 0 ORDER BY key, item, other, bucket")


def by_hand(store: Store) -> Counter[tuple[str, str]]:
    """The pairs in all purchases, plainly."""
    found: Counter[tuple[str, str]] = Counter()
    for (products,) in store.rows(
        "SELECT (SELECT group_concat(DISTINCT json_extract(value, '$.product')) "
        "FROM json_each(properties, '$.items')) FROM event WHERE event = 'purchase'"
    ):
        found.update(itertools.permutations(products.split(","), 2))
    return found


def pairs(store: Store) -> dict[tuple[str, str], int]:
    rows = store.rows("SELECT item, other, count FROM common WHERE item <> '' AND count <> 0")
    return {(item, other): count for item, other, count in rows}


@pytest.mark.parametrize("seed", range(6))
def test_counted_while_events_come_and_people_are_merged(
    before: Program, after: Program, tmp_path: Path, seed: int
) -> None:
    """One store runs the recommendation from the beginning. The other has 300 events when it comes, takes in 300
    more between the pages, in which devices turn out to be people who were counted and people who were not, and is
    opened anew now and then. In the end both have counted the same.
    """
    records = events(600, seed)
    rng = random.Random(seed)
    with Store.open(tmp_path / "calm.db") as store:
        take(Writer(store, after, EventClock(MONDAY)), records)
        calm, merged = common(store), store.one("SELECT count(*) FROM activity WHERE kind = 'merged'")
        assert pairs(store) == by_hand(store)
    assert merged > 10
    with Store.open(tmp_path / "busy.db") as store:
        clock = EventClock(MONDAY)
        writer = Writer(store, before, clock)
        take(writer, records[:300])
        writer.use(after)
        pages, at = 0, 300
        while writer.counting:
            assert common(store) != calm
            if rng.random() < 0.3:
                writer = Writer(store, after, clock)
            if rng.random() < 0.7:
                take(writer, records[at : at + 20])
                at += 20
            writer.count()
            pages += 1
        assert pages > 5
        take(writer, records[at:])
        assert common(store) == calm
        assert not store.rows("SELECT * FROM counting")


def test_a_recommendation_is_exact_as_soon_as_all_is_counted(
    before: Program, after: Program, tmp_path: Path
) -> None:
    with Store.open(tmp_path / "shop.db") as store:
        clock = EventClock(MONDAY)
        writer = Writer(store, before, clock)
        take(writer, events(200, 1))
        writer.use(after)
        total = by_hand(store)
        best = [
            other
            for _, other in sorted((-count, other) for (one, other), count in total.items() if one == "p4")
        ]

        def bought(id: str) -> str:
            now = clock.now()
            profile = {"email": "new@example.com"}
            writer.take([[Record(id, "purchase", now, now, profile, {"items": [{"product": "p4"}]})]])
            return str(store.one("SELECT json_extract(parts, '$.subject') FROM outbox ORDER BY number DESC"))

        assert bought("early").split() == []  # nothing is counted yet
        progress = []
        while writer.count():
            bought(
                f"again {len(progress)}"
            )  # what is read between two pages is kept up to date with the next
            progress += [one.percent for one in writer.passes() if one.what.startswith("counting")]
        assert bought("late").split() == best[:3]
        assert progress == sorted(progress) and len(set(progress)) > 2 and progress[0] < 50


def test_what_is_asked_for_no_more_is_forgotten_and_may_come_back_half_way(
    before: Program, after: Program, tmp_path: Path
) -> None:
    with Store.open(tmp_path / "shop.db") as store:
        writer = Writer(store, after, EventClock(MONDAY))
        take(writer, events(200, 2))
        counted = common(store)
        writer.use(before)
        assert writer.counting and common(store) == counted
        writer.count()
        assert 0 < len(common(store)) < len(counted)
        writer.use(after)  # put back before all was forgotten
        while writer.count():
            pass
        assert common(store) == counted
        writer.use(before)
        while writer.count():
            pass
        assert store.rows("SELECT * FROM common") == []
        assert not any(one.what.startswith("counting") for one in writer.passes())


def test_killed_half_way_it_is_counted_as_if_nothing_had_happened(
    before: Program, after: Program, tmp_path: Path
) -> None:
    """300 events are stored when the recommendation comes. The process that counts them is killed ten times."""
    with Store.open(tmp_path / "before.db") as store:
        take(Writer(store, before, EventClock(MONDAY)), events(300, 3))
    shutil.copy(tmp_path / "before.db", tmp_path / "calm.db")
    shutil.copy(tmp_path / "before.db", tmp_path / "killed.db")

    def run(name: str, dies_before: int) -> int:
        command = [sys.executable, "-m", "tests.runtime.counting_run", str(tmp_path / name), str(dies_before)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE
        )
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        return done.returncode

    assert run("calm.db", 0) == 0
    rng = random.Random(5)
    killed = 0
    while run("killed.db", rng.randrange(30, 400) if killed < 10 else 0):
        killed += 1
    assert killed >= 2
    with Store.open(tmp_path / "calm.db") as calm, Store.open(tmp_path / "killed.db") as stormy:
        assert common(stormy) == common(calm)
        assert pairs(stormy) == by_hand(stormy)
        assert not stormy.rows("SELECT * FROM counting")


def test_hours_that_left_every_window_are_forgotten_once_a_day(after: Program, tmp_path: Path) -> None:
    with Store.open(tmp_path / "shop.db") as store:
        clock = EventClock(MONDAY)
        writer = Writer(store, after, clock)
        take(writer, events(100, 4))
        clock.advance(MONDAY + 31 * DAY)
        hours = store.rows("SELECT DISTINCT bucket FROM common WHERE item = '' ORDER BY bucket")
        while writer.drop_old():
            pass
        left = store.rows("SELECT DISTINCT bucket FROM common WHERE item = '' ORDER BY bucket")
        assert left == [row for row in hours if row[0] >= clock.now() - 30 * DAY]
        assert 0 < len(left) < len(hours)
        assert pairs(store) == by_hand(store)  # what is counted without a window stays
        clock.advance(clock.now() + HOUR)
        assert not writer.drop_old()
