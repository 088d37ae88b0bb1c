"""Behind the name of an audience stands how many are in it, by the store that the workspace runs on: a real client asks
the language server while `sojourn dev` runs in the same folder.
"""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from sojourn.dsl.workspace import compile_texts
from sojourn.editor.sizes import StoreWatch
from sojourn.interpreter.compile import compile_program
from sojourn.interpreter.runtime.clock import WallClock
from sojourn.interpreter.runtime.store import Store
from sojourn.interpreter.runtime.writer import Writer
from tests.live.running import ROOT, Running
from tests.waiting import PATIENCE, until

SHOP = """\
profile
  email   email    identity
  member  boolean

event visit
  page  text

audience members
  member is true

audience keen
  has visit at least 2 times in last 7 days

journey welcome
  start on visit

  wait 1 day  # they should have a night's sleep
  if in keen
    wait for visit where page is "sofas", up to 3 days
"""

EVERYTHING = lsp.Range(lsp.Position(0, 0), lsp.Position(999, 0))


class Asking:
    """An editor in which shop.journey is open."""

    def __init__(self, folder: Path, client: LanguageClient) -> None:
        self.file = folder / "shop.journey"
        self.client = client
        self.version = 1
        self.refreshed = 0

        @client.feature(lsp.WORKSPACE_INLAY_HINT_REFRESH)
        def _refresh(*_: object) -> None:
            self.refreshed += 1

    def write(self, text: str) -> None:
        """Writes into the file without saving it."""
        self.version += 1
        changed = lsp.VersionedTextDocumentIdentifier(self.version, self.file.as_uri())
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(changed, [lsp.TextDocumentContentChangeWholeDocument(text)])
        )

    async def hints(self) -> list[lsp.InlayHint]:
        document = lsp.TextDocumentIdentifier(self.file.as_uri())
        return list(
            await self.client.text_document_inlay_hint_async(lsp.InlayHintParams(document, EVERYTHING)) or []
        )

    async def sees(self, *wanted: str) -> list[lsp.InlayHint]:
        """Waits until the hints are these, in order; each as "line: text"."""
        seen: list[str] = []
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    found = await self.hints()
                    seen = [f"{hint.position.line + 1}:{hint.label}" for hint in found]
                    if seen == list(wanted):
                        return found
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"never {list(wanted)}, but {seen}") from None


@asynccontextmanager
async def an_editor(folder: Path) -> AsyncIterator[Asking]:
    """Opens the folder in a client of the language server."""
    client = LanguageClient("test", "1")
    asking = Asking(folder, client)
    os.environ["PYTHONPATH"] = str(ROOT / "src")
    await client.start_io(sys.executable, "-m", "sojourn", "lsp")
    refreshing = lsp.InlayHintWorkspaceClientCapabilities(refresh_support=True)
    await client.initialize_async(
        lsp.InitializeParams(
            capabilities=lsp.ClientCapabilities(
                workspace=lsp.WorkspaceClientCapabilities(inlay_hint=refreshing)
            ),
            workspace_folders=[lsp.WorkspaceFolder(folder.as_uri(), "shop")],
        )
    )
    client.initialized(lsp.InitializedParams())
    text = asking.file.read_text(encoding="utf-8")
    item = lsp.TextDocumentItem(asking.file.as_uri(), "journey", 1, text)
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
    try:
        yield asking
    finally:
        await client.shutdown_async(None)
        client.exit(None)
        await client.stop()


def visit(number: int, who: str, page: str = "lamps") -> dict[str, object]:
    profile = {"email": f"{who}@example.com", "member": True}
    return {"event": "visit", "id": f"v{number}", "profile": profile, "properties": {"page": page}}


def test_sizes_follow_the_store_while_it_runs(tmp_path: Path) -> None:
    """No store, no sizes. Then `dev` runs, people come in, and the sizes with them, also while nobody asks; a rule
    that is written but not saved does not pass for the one that runs.
    """
    (tmp_path / "shop.journey").write_text(SHOP, encoding="utf-8")

    async def story() -> None:
        async with an_editor(tmp_path) as editor:
            await editor.sees()
            with Running("dev", tmp_path, "--port", "0") as dev:
                dev.post(*(visit(n, f"p{n}") for n in range(1200)))
                dev.post(*(visit(2000 + n, f"p{n}") for n in range(3)))
                found = await editor.sees(
                    "8: 1,200 people", "11: 3 people", "14: 1,200 under way", "17: 1,200 waiting here"
                )
                assert editor.refreshed >= 1
                assert found[3].position.character == len("  wait 1 day")
                assert re.fullmatch(
                    r"As of \d{4}-\d\d-\d\d \d\d:\d\d \S+, in the store sojourn\.db\.", str(found[0].tooltip)
                )

                editor.write(SHOP.replace("at least 2 times", "at least 3 times"))
                found = await editor.sees(
                    "8: 1,200 people", "11: 3 people (by the rule that runs now)",
                    "14: 1,200 under way", "17: 1,200 waiting here",
                )  # fmt: skip
                assert "does not run yet" in str(found[1].tooltip)
                assert "`sojourn plan`" in str(found[1].tooltip)
                editor.write(SHOP.replace("wait 1 day", "wait 2 days"))
                found = await editor.sees("8: 1,200 people", "11: 3 people", "14: 1,200 under way")
                assert "1,200 of them stand at steps that are not written here" in str(found[2].tooltip)
                editor.write(SHOP.replace("visit at least", "visit at leats"))
                found = await editor.sees(
                    "8: 1,200 people (by the rule that runs now)", "14: 1,200 under way"
                )
                assert "once it has no mistakes" in str(found[0].tooltip)
                editor.write(SHOP)

                before = editor.refreshed
                dev.post(visit(5000, "one_more"))
                async with asyncio.timeout(PATIENCE):
                    while editor.refreshed == before:  # an editor that shows sizes is told to ask again
                        await asyncio.sleep(0.05)
                await editor.sees(
                    "8: 1,201 people", "11: 3 people", "14: 1,201 under way", "17: 1,201 waiting here"
                )
                assert dev.end() == 0
            await editor.sees(
                "8: 1,201 people", "11: 3 people", "14: 1,201 under way", "17: 1,201 waiting here"
            )

    asyncio.run(story())


def test_a_store_that_does_not_change_is_read_once(tmp_path: Path) -> None:
    """Each look that finds it unchanged only moves the moment as of which its sizes are known. A store of a newer
    Sojourn has none.
    """
    (tmp_path / "sojourn.toml").write_text('store = "live.db"\n', encoding="utf-8")
    compiled = compile_texts({"shop.journey": SHOP})
    assert compiled.workspace is not None
    program = compile_program(compiled.workspace)
    with Store.open(tmp_path / "live.db") as store:
        Writer(store, program, WallClock())
    changed: list[int] = []
    watch = StoreWatch(tmp_path, lambda: changed.append(1))
    try:
        until(lambda: watch.known() is not None)
        first = watch.known()
        assert first is not None and first.sizes.audiences == {"members": 0, "keen": 0}
        until(lambda: (known := watch.known()) is not None and known.at > first.at)
        later = watch.known()
        assert later is not None and later.at > first.at
        assert later.sizes is first.sizes and changed == [1]
        with sqlite3.connect(tmp_path / "live.db") as other:
            other.execute("PRAGMA user_version = 999")
        until(lambda: watch.known() is None)
        assert watch.known() is None and changed == [1, 1]
    finally:
        watch.end()
