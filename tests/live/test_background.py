"""A recommendation that is new on a large store: `run` counts it in the background, says how far it is, takes events in
meanwhile, and survives kill -9 half way.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from pathlib import Path

from sojourn.dsl.workspace import compile_folder
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.core.records import Record
from sojourn.interpreter.runtime.clock import WallClock
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.live.running import Running, ask, rows, store_of
from tests.waiting import until

SHOP = """\
profile
  email  email  identity

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

message thanks
  email
    subject "{% for p in goes_with %}{{ p.name }} {% endfor %}"
    body    "<p>Thank you</p>"

journey thank
  start on purchase
  send thanks
"""

PRODUCTS = [f"p{n}" for n in range(120)]


def shop(folder: Path, purchases: int, each: int) -> Counter[tuple[str, str]]:
    """A workspace with so many stored purchases and no recommendation yet; the pairs in them."""
    folder.mkdir()
    (folder / "shop.journey").write_text(SHOP, encoding="utf-8")
    lines = "".join(f"{key},Product {key}\n" for key in PRODUCTS)
    (folder / "products.csv").write_text("sku,name\n" + lines, encoding="utf-8")
    (folder / ".sojourn").mkdir()
    workspace = compile_folder(folder).workspace
    assert workspace is not None
    rng = random.Random(1)
    pairs: Counter[tuple[str, str]] = Counter()
    now = WallClock().now()
    records = []
    for n in range(purchases):
        products = rng.sample(PRODUCTS, each)
        pairs.update(itertools.permutations(products, 2))
        items = [{"product": product} for product in products]
        who = {"email": f"p{n % 700}@example.com"}
        records.append(Record(f"old{n}", "purchase", now, now, who, {"items": items}))
    with Store.open(store_of(folder)) as store:
        writer = Writer(store, compile_program(workspace), WallClock())
        for start in range(0, purchases, 500):
            writer.take([records[start : start + 500]])
    return pairs


def test_a_new_recommendation_is_counted_while_events_come(tmp_path: Path) -> None:
    pairs = shop(tmp_path / "shop", 5000, 30)
    journeys = tmp_path / "shop" / "shop.journey"
    journeys.write_text(SHOP + GOES_WITH, encoding="utf-8")
    store = store_of(tmp_path / "shop")

    def buy(running: Running, id: str) -> None:
        bought = {"event": "purchase", "id": id, "profile": {"email": "ada@example.com"}}
        status, answer = running.post({**bought, "properties": {"items": [{"product": "p7"}]}})
        assert (status, answer["accepted"]) == (200, 1)

    def counting(running: Running) -> list[dict[str, object]]:
        _, health = ask(running.url + "/health")
        return [one for one in health["passes"] if one["what"] == "counting for recommendations"]

    with Running("run", tmp_path / "shop", "--port", "0") as running:
        found = counting(running)
        assert found and 0 <= found[0]["percent"] < 100, found
        for n in range(3):
            buy(running, f"new{n}")
            assert counting(running), "the store's whole history was counted in between"
        running.says(r"counting for recommendations: \d+%$")
        running.kill()
    assert rows(store, "SELECT count(*) FROM counting") == [(1,)]
    with Running("run", tmp_path / "shop", "--port", "0") as running:
        until(lambda: not counting(running))
        buy(running, "last")
        until(lambda: len(rows(store, "SELECT 1 FROM outbox WHERE status = 'sent'")) == 4)
        assert running.end() == 0
    stored = rows(store, "SELECT item, other, count FROM common WHERE item <> ''")
    assert {(item, other): count for item, other, count in stored} == pairs
    best = sorted((-count, other) for (one, other), count in pairs.items() if one == "p7")[:3]
    subject = rows(store, "SELECT json_extract(parts, '$.subject') FROM outbox ORDER BY number DESC")[0][0]
    assert subject == "".join(f"Product {other} " for _, other in best)


def test_a_save_in_dev_tells_how_far_the_counting_is(tmp_path: Path) -> None:
    shop(tmp_path / "shop", 6000, 30)
    with Running("dev", tmp_path / "shop", "--port", "0") as running:
        running.says("Ctrl-C")
        (tmp_path / "shop" / "shop.journey").write_text(SHOP + GOES_WITH, encoding="utf-8")
        running.says(r"shop\.journey saved: live")
        running.says(r"counting for recommendations: \d+%$")
        running.says(r"counting for recommendations: done, in")
        assert running.end() == 0
