"""A save is never missed: not even one that comes before anybody watches."""

from __future__ import annotations

import queue
import threading
from pathlib import Path

from sojourn.cli.saves import good
from sojourn.interpreter.runtime.channels import Channel
from sojourn.interpreter.runtime.following import Deployed, Follower
from sojourn.interpreter.runtime.live import Listener, Live
from sojourn.interpreter.runtime.reload import Bench, Loaded, Reload, Reloader
from tests.live.running import WORKSPACE, workspace


class _Saving(Bench):
    """While it is read for the first time, somebody saves: just too late to be read."""

    def __init__(self, folder: Path, text: str) -> None:
        super().__init__(folder)
        self._text: str | None = text

    def load(self, drafts: object = None) -> Loaded:
        loaded = super().load()
        if self._text is not None:
            (self.folder / "shop.journey").write_text(self._text)
            self._text = None
        return loaded


def told_of(folder: Path, loaded: Loaded, bench: Bench) -> Reload:
    """What a running engine is told of first, without anything that is saved from now on."""
    assert loaded.program is not None
    told: queue.SimpleQueue[Reload] = queue.SimpleQueue()
    channels: dict[str, Channel] = {}
    live = Live(folder / "store.db", loaded.program, Listener(), channels)
    reloader = Reloader(bench, live.engine, loaded, told.put, lambda fates: None)
    try:
        live.start()
        reloader.start()
        return told.get(timeout=60)
    finally:
        reloader.stop()
        live.stop()
        live.close()


def test_a_file_that_came_before_anybody_watched_is_taken_up(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "shop")
    bench = Bench(folder)
    loaded = bench.load()
    (folder / "other.journey").write_text("topic news opt in\n")
    told = told_of(folder, loaded, bench)
    assert told.files == ("other.journey",)
    assert "news" in [change.name for change in told.changes]


def test_a_save_between_reading_and_watching_is_taken_up(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "shop")
    bench = _Saving(folder, WORKSPACE.replace("1 second", "2 days"))
    told = told_of(folder, bench.load(), bench)
    assert [change.name for change in told.changes] == ["cart_rescue"]


def test_rows_that_changed_before_anybody_looked_after_them_are_taken_up(tmp_path: Path) -> None:
    """The first reading of a catalog is that of `run`; its file is replaced before the engine has started."""
    catalog = 'catalog product from csv "products.csv" key sku\n  sku   text\n  name  text\n'
    folder = workspace(tmp_path / "shop", WORKSPACE + "\n" + catalog)
    (folder / "products.csv").write_text("sku,name\np1,Shoes\n")
    bench = Bench(folder)
    loaded = bench.load()
    assert loaded.program is not None
    (folder / "products.csv").write_text("sku,name\np1,Boots\n")
    told: queue.SimpleQueue[Reload | Deployed] = queue.SimpleQueue()
    live = Live(folder / "store.db", loaded.program, Listener(), {})
    follower = Follower(bench, live.engine, loaded, told.put)
    try:
        live.start()
        follower.start()
        change = told.get(timeout=60).changes[0]
        assert (change.kind, change.name, change.details) == ("catalog", "product", ("1 row changed",))
    finally:
        follower.stop()
        live.stop()
        live.close()


def test_a_slip_that_is_mended_before_anybody_watches_holds_nothing_up(tmp_path: Path) -> None:
    """The workspace has a slip when it is read; it is mended while that is shown."""
    folder = workspace(tmp_path / "shop", WORKSPACE.replace("send", "sned"))
    found: queue.SimpleQueue[Loaded | None] = queue.SimpleQueue()
    stop = threading.Event()
    bench = _Saving(folder, WORKSPACE)
    waiting = threading.Thread(target=lambda: found.put(good(bench, stop)), daemon=True)
    waiting.start()
    try:
        loaded = found.get(timeout=60)
    finally:
        stop.set()
    assert loaded is not None
    assert loaded.program is not None
