"""What everybody does makes recommendations: live, after a restart, for rules that are new, and simulated."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from pathlib import Path

import pytest

from sojourn.dsl.messages import sentence
from sojourn.dsl.values import DAY, HOUR
from sojourn.dsl.workspace import compile_texts
from sojourn.interpreter.compile import Program, compile_program
from sojourn.interpreter.core.person import Person
from sojourn.interpreter.core.recommendations import hour_of
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.runtime.clock import EventClock
from sojourn.interpreter.runtime.common import StoredCommon
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from sojourn.interpreter.simulation.simulate import simulate
from tests.runtime.shop import MONDAY
from tests.runtime.writing import settle

SHOP = """\
profile
  email   email  identity

schema Item
  product  ref product

event purchase
  items  list of Item

catalog product from csv "products.csv" key sku
  sku   text
  name  text
"""
GOES_WITH = """
recommendation goes_with
  pick 3 from product
  by bought together with event.items.product in purchase
  except bought in last 90 days
  otherwise most purchase in last 30 days

message thanks
  email
    subject "{% for p in goes_with %}{{ p }} {% endfor %}"
    body    "<p>Thank you</p>"

journey thank
  start on purchase
  send thanks
"""
KEYS = [f"p{n}" for n in range(8)]


def compiled(text: str) -> Program:
    rows = "sku,name\n" + "".join(f"{key},Product {key}\n" for key in KEYS)
    found = compile_texts({"shop.journey": SHOP + text, "products.csv": rows})
    assert found.workspace is not None, [f"{d.span}: {sentence(d)}" for d in found.diagnostics]
    return compile_program(found.workspace)


@pytest.fixture(scope="module")
def rules() -> Program:
    return compiled(GOES_WITH)


def purchases(count: int, seed: int = 7) -> list[Record]:
    """Purchases of a hundred days, some of which arrive late."""
    rng = random.Random(seed)
    found = []
    for n in range(count):
        at = MONDAY + n * 100 * DAY // count
        happened = at - rng.choice([0, 0, 0, 5 * HOUR, 3 * DAY])
        items = [{"product": rng.choice([*KEYS, "gone"])} for _ in range(rng.randrange(1, 4))]
        who = {"email": f"p{rng.randrange(12)}@example.com"}
        found.append(Record(f"e{n}", "purchase", happened, at, who, {"items": items}))
    return found


def bought(record: Record) -> list[str]:
    return list(dict.fromkeys(item["product"] for item in record.properties["items"]))


def expected(history: list[Record], record: Record, now: int) -> list[str]:
    """The recommendation by looking at all history: the slow, obvious way."""
    mine = {
        key
        for other in history
        if other.profile == record.profile and other.at <= now < other.at + 90 * DAY
        for key in bought(other)
    }
    subject = bought(record)
    pairs: Counter[str] = Counter()
    popular: Counter[str] = Counter()
    for other in history:
        keys = bought(other)
        for one, two in itertools.permutations(keys, 2):
            if one in subject:
                pairs[two] += 1
        if hour_of(other.at) >= hour_of(now - 30 * DAY):
            popular.update(keys)
    chosen: list[str] = []
    for counts in (pairs, popular):
        for key in sorted(counts, key=lambda key: (-counts[key], key)):
            if (
                len(chosen) < 3
                and key in KEYS
                and key not in mine
                and key not in subject
                and key not in chosen
            ):
                chosen.append(key)
    return chosen


def subjects(store: Store) -> list[str]:
    return [
        subject
        for (subject,) in store.rows("SELECT json_extract(parts, '$.subject') FROM outbox ORDER BY number")
    ]


def test_recommendations_are_what_all_history_says(rules: Program, tmp_path: Path) -> None:
    records = purchases(120)
    with Store.open(tmp_path / "shop.db") as store:
        clock = EventClock(MONDAY)
        writer = Writer(store, rules, clock)
        for number, start in enumerate(range(0, 120, 8)):
            if number % 4 == 3:
                writer = Writer(store, rules, clock)  # a restart
            for record in records[start : start + 8]:
                clock.advance(record.received)
                writer.take([[record]])
        found = subjects(store)
        history: list[Record] = []
        for record, subject in zip(records, found, strict=True):
            history.append(record)
            assert subject.split() == expected(history, record, record.received), record
        kinds = store.rows("SELECT what, count FROM tally WHERE kind = 'recommended'")
        assert kinds == [("goes_with", 120)]


def test_rules_that_are_new_count_what_was_stored(rules: Program, tmp_path: Path) -> None:
    records = purchases(60)
    with Store.open(tmp_path / "shop.db") as store:
        clock = EventClock(MONDAY)
        writer = Writer(store, compiled(""), clock)
        for record in records:
            clock.advance(record.received)
            writer.take([[record]])
        assert store.rows("SELECT * FROM common") == []
        writer.use(rules)
        settle(writer)
        late = Record(
            "late",
            "purchase",
            clock.now(),
            clock.now(),
            {"email": "new@example.com"},
            {"items": [{"product": "p1"}]},
        )
        writer.take([[late]])
        assert subjects(store)[-1].split() == expected([*records, late], late, clock.now())
        # What nobody asks for any more is forgotten.
        writer.use(compiled(""))
        settle(writer)
        assert store.rows("SELECT * FROM common") == []


def test_a_simulation_recommends_the_same(rules: Program, tmp_path: Path) -> None:
    records = purchases(80)
    for record in records:
        record.at = record.received  # in a simulation nothing arrives late
    with Store.open(tmp_path / "shop.db") as store:
        clock = EventClock(MONDAY)
        writer = Writer(store, rules, clock)
        for record in records:
            clock.advance(record.received)
            writer.take([[record]])
        stored = StoredCommon(store.connection)
        simulated = simulate(rules, purchases_on_time(80))
        for key in rules.workspace.statistics:
            for item in ("", *KEYS):
                assert stored.totals(key, item) == simulated.people.common.totals(key, item)


def purchases_on_time(count: int) -> list[Record]:
    records = purchases(count)
    for record in records:
        record.at = record.received
    return records


def test_without_anything_to_go_by_the_recommendation_is_empty(rules: Program) -> None:
    nobody = Person("email:x@example.com", 0, "")
    assert rules.coder.recommender.recommend("goes_with", nobody, None, MONDAY).items == ()
