"""The language server, asked by a real client over its standard input and output."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]

DATA = """\
## One person.
profile
  email       email    identity
  ## How we address them.
  first_name  text
  country     country

event purchase
  total  money  required
  city   text

topic offers opt in

attribute spent = sum of purchase.total
"""

MAIN = """\
audience buyers
  has purchase where total > 20 EUR
  and country is "DE"

message hello about offers
  email
    subject "Grüße 🎁 {{ profile.first_name }}"
    body    file "texts/hello.html"

journey welcome
  start on purchase where total > 5 EUR

  wait 1 day
  split first
    30% plain
      send hello
    rest holdout
      stop

test "somebody buys"
  profile email = "a@example.com", consent.offers = true
  choose plain in first
  at 2026-03-02 10:00
    purchase total = 9 EUR
  after 2 days
  expect sent hello
"""

HTML = "<p>Dear {{ profile.first_name }}, {{ event.total }}</p>\n"


class Editor:
    """A workspace that is open in an editor."""

    def __init__(self, folder: Path, client: LanguageClient) -> None:
        self.folder = folder
        self.client = client
        self.mistakes: dict[str, list[lsp.Diagnostic]] = {}
        self.texts: dict[str, str] = {}
        self.told = asyncio.Event()
        self.version = 1

        @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def _published(params: lsp.PublishDiagnosticsParams) -> None:
            self.mistakes[params.uri.rsplit("/", 1)[-1]] = list(params.diagnostics)
            self.told.set()

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def document(self, name: str) -> lsp.TextDocumentIdentifier:
        return lsp.TextDocumentIdentifier(self.uri(name))

    def open(self, name: str) -> None:
        self.texts[name] = (self.folder / name).read_text(encoding="utf-8")
        self.client.text_document_did_open(
            lsp.DidOpenTextDocumentParams(
                lsp.TextDocumentItem(self.uri(name), "journey", 1, self.texts[name])
            )
        )

    def type(self, name: str, text: str) -> None:
        self.version += 1
        self.texts[name] = text
        self.told.clear()
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(self.version, self.uri(name)),
                [lsp.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    def place(self, name: str, words: str, inside: int = 0) -> lsp.Position:
        """The position of a piece of text (and `inside` characters into it)."""
        at = self.texts[name].index(words) + inside
        before = self.texts[name][:at]
        line = before.count("\n")
        return lsp.Position(line, len(before.rpartition("\n")[2].encode("utf-16-le")) // 2)

    async def shown(self, name: str, count: int) -> list[lsp.Diagnostic]:
        """The mistakes of a file, once there are so many."""
        async with asyncio.timeout(PATIENCE):
            while len(self.mistakes.get(name, [])) != count or name not in self.mistakes:
                await asyncio.sleep(0.02)
        return self.mistakes[name]


@pytest.fixture
def session(tmp_path: Path) -> Callable[[Callable[[Editor], Awaitable[None]]], None]:
    """Opens the workspace in a client, hands it to a story, and closes it."""
    (tmp_path / "texts").mkdir()
    (tmp_path / "data.journey").write_text(DATA, encoding="utf-8")
    (tmp_path / "main.journey").write_text(MAIN, encoding="utf-8")
    (tmp_path / "texts" / "hello.html").write_text(HTML, encoding="utf-8")
    (tmp_path / "sojourn.toml").write_text('[lint]\nselect = ["wait-overtaken"]\n', encoding="utf-8")

    async def go(story: Callable[[Editor], Awaitable[None]]) -> None:
        client = LanguageClient("test", "1")
        editor = Editor(tmp_path, client)
        os.environ["PYTHONPATH"] = str(ROOT / "src")
        await client.start_io(sys.executable, "-m", "sojourn", "lsp", "--stdio")
        await client.initialize_async(
            lsp.InitializeParams(
                capabilities=lsp.ClientCapabilities(),
                workspace_folders=[lsp.WorkspaceFolder(tmp_path.as_uri(), "shop")],
            )
        )
        client.initialized(lsp.InitializedParams())
        for name in ("data.journey", "main.journey", "texts/hello.html"):
            editor.open(name)
        try:
            await story(editor)
        finally:
            await client.shutdown_async(None)
            client.exit(None)
            await client.stop()

    return lambda story: asyncio.run(go(story))


def test_mistakes_are_shown_while_one_types_and_go_when_they_are_mended(session) -> None:
    async def story(editor: Editor) -> None:
        await editor.shown("main.journey", 0)
        editor.type("main.journey", MAIN.replace("send hello", "send helo"))
        (mistake,) = await editor.shown("main.journey", 1)
        assert mistake.code == "unknown-name" and "Did you mean hello?" in mistake.message
        begin, end = (editor.place("main.journey", "helo\n", inside) for inside in (0, 4))
        assert mistake.range == lsp.Range(begin, end)
        editor.type("main.journey", MAIN)
        await editor.shown("main.journey", 0)
        editor.type("texts/hello.html", HTML.replace("first_name", "frist_name"))
        (mistake,) = await editor.shown("hello.html", 1)
        assert mistake.code == "unknown-field"

    session(story)


def test_a_mistake_is_mended_by_a_quick_fix(session) -> None:
    async def story(editor: Editor) -> None:
        editor.type("main.journey", MAIN.replace('country is "DE"', 'contry is "DE"'))
        (mistake,) = await editor.shown("main.journey", 1)
        actions = await editor.client.text_document_code_action_async(
            lsp.CodeActionParams(
                editor.document("main.journey"), mistake.range, lsp.CodeActionContext([mistake])
            )
        )
        first = actions[0]
        assert first.title == "Write country" and first.is_preferred
        (edit,) = first.edit.changes[editor.uri("main.journey")]
        assert (edit.new_text, edit.range) == ("country", mistake.range)

    session(story)


async def proposals(editor: Editor, text: str, name: str = "main.journey") -> dict[str, lsp.CompletionItem]:
    """What is offered at the end of a text that is being written."""
    editor.type(name, MAIN + text)
    position = lsp.Position((MAIN + text).count("\n"), len((MAIN + text).rpartition("\n")[2]))
    found = await editor.client.text_document_completion_async(
        lsp.CompletionParams(editor.document(name), position)
    )
    return {item.label: item for item in found.items}


def test_completion_knows_what_may_stand_where(session) -> None:
    async def story(editor: Editor) -> None:
        head = "\njourney other\n  start on "
        assert {"purchase", "subscribed"} <= set(await proposals(editor, head))
        steps = await proposals(editor, head + "purchase\n  ")
        assert {"send", "wait", "split", "exit"} <= set(steps) and "purchase" not in steps
        assert "hello" in await proposals(editor, head + "purchase\n  send ")
        after = await proposals(editor, head + "purchase\n  send hello ")
        assert {"by", "with"} <= set(after)
        assert "email" in await proposals(editor, head + "purchase\n  send hello by ")
        where = await proposals(editor, head + "purchase where ")
        assert where["total"].detail == "money of purchase" and {"spent", "country", "age"} <= set(where)
        event = await proposals(editor, head + "purchase\n  if event.")
        assert {"total", "city"} <= set(event)
        person = await proposals(editor, head + "purchase\n  if profile.f")
        assert person["first_name"].documentation == "How we address them."
        assert set(await proposals(editor, "\nmessage x about ")) == {"offers"}
        assert "money" in await proposals(editor, "\nevent x\n  field ")
        assert {"journey", "audience"} <= set(await proposals(editor, "\n"))
        several = '\ntest "x"\n  person ada email = "a@example.com"\n  person ben\n'
        several += "  at 2026-03-02 10:00\n    purchase by "
        assert {"ada", "ben"} <= set(await proposals(editor, several))
        assert {"ada", "ben"} <= set(await proposals(editor, several + "ada\n  expect sent hello to "))
        assert await proposals(editor, '\nmessage x\n  email\n    subject "Hello ') == {}

    session(story)


def test_names_lead_to_their_declarations_and_back_templates_included(session) -> None:
    async def story(editor: Editor) -> None:
        ask = editor.client
        (found,) = await ask.text_document_definition_async(
            lsp.DefinitionParams(
                editor.document("texts/hello.html"), editor.place("texts/hello.html", "first_name", 2)
            )
        )
        assert found.uri == editor.uri("data.journey")
        assert found.range.start == editor.place("data.journey", "first_name")
        places = await ask.text_document_references_async(
            lsp.ReferenceParams(
                lsp.ReferenceContext(True),
                editor.document("data.journey"),
                editor.place("data.journey", "first_name", 1),
            )
        )
        assert {(p.uri.rsplit("/", 1)[-1], str(p.range.start)) for p in places} == {
            ("data.journey", str(editor.place("data.journey", "first_name"))),
            ("main.journey", str(editor.place("main.journey", "first_name"))),
            ("hello.html", str(editor.place("texts/hello.html", "first_name"))),
        }
        marks = await ask.text_document_document_highlight_async(
            lsp.DocumentHighlightParams(
                editor.document("main.journey"), editor.place("main.journey", "purchase")
            )
        )
        assert len(marks) == 3
        (file,) = await ask.text_document_definition_async(
            lsp.DefinitionParams(editor.document("main.journey"), editor.place("main.journey", "texts/hello"))
        )
        assert file.uri == editor.uri("texts/hello.html")

    session(story)


def test_a_field_is_renamed_everywhere_and_never_to_a_name_that_is_taken(session) -> None:
    async def story(editor: Editor) -> None:
        document, place = editor.document("data.journey"), editor.place("data.journey", "first_name")
        edit = await editor.client.text_document_rename_async(lsp.RenameParams(document, place, "given_name"))
        assert {uri.rsplit("/", 1)[-1]: len(edits) for uri, edits in edit.changes.items()} == {
            "data.journey": 1, "main.journey": 1, "hello.html": 1,
        }  # fmt: skip
        taken = await editor.client.text_document_rename_async(lsp.RenameParams(document, place, "country"))
        assert taken is None
        event = editor.place("main.journey", "purchase")
        edit = await editor.client.text_document_rename_async(
            lsp.RenameParams(editor.document("main.journey"), event, "bought")
        )
        assert sum(len(edits) for edits in edit.changes.values()) == 5

    session(story)


def test_a_hover_tells_what_a_name_is(session) -> None:
    async def story(editor: Editor) -> None:
        async def at(name: str, words: str) -> str:
            found = await editor.client.text_document_hover_async(
                lsp.HoverParams(editor.document(name), editor.place(name, words, 1))
            )
            return found.contents.value if found else ""

        assert "How we address them." in await at("main.journey", "first_name")
        about = await at("main.journey", "purchase")
        assert "an event" in about and "total  money  required" in about and "Used 4 times." in about
        assert "wait 3 days" in await at("main.journey", "wait")
        assert await at("main.journey", '"DE"') == ""

    session(story)


def test_symbols_folds_selections_and_links(session) -> None:
    async def story(editor: Editor) -> None:
        ask, document = editor.client, editor.document("main.journey")
        symbols = await ask.text_document_document_symbol_async(lsp.DocumentSymbolParams(document))
        assert [s.name for s in symbols] == ["buyers", "hello", "welcome", "somebody buys"]
        assert [c.name for c in symbols[2].children] == ["wait", "split first"]
        found = await ask.workspace_symbol_async(lsp.WorkspaceSymbolParams("PURCH"))
        assert [s.name for s in found] == ["purchase"]
        folds = await ask.text_document_folding_range_async(lsp.FoldingRangeParams(document))
        lines = MAIN.splitlines()
        assert lines.index("journey welcome") in {fold.start_line for fold in folds}
        (selection,) = await ask.text_document_selection_range_async(
            lsp.SelectionRangeParams(document, [editor.place("main.journey", "20 EUR")])
        )
        sizes = []
        while selection is not None:
            sizes.append(selection.range.end.line - selection.range.start.line)
            selection = selection.parent
        assert len(sizes) >= 4 and sizes == sorted(sizes)
        (link,) = await ask.text_document_document_link_async(lsp.DocumentLinkParams(document))
        assert link.target == editor.uri("texts/hello.html")

    session(story)


def test_colours_hints_and_signatures(session) -> None:
    async def story(editor: Editor) -> None:
        ask, document = editor.client, editor.document("main.journey")
        tokens = await ask.text_document_semantic_tokens_full_async(lsp.SemanticTokensParams(document))
        assert len(tokens.data) % 5 == 0 and len(tokens.data) > 200
        whole = lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))
        hints = await ask.text_document_inlay_hint_async(lsp.InlayHintParams(document, whole))
        assert [h.label for h in hints] == [" → who said yes", " 70%", " Mon", " → Wed 4 Mar 10:00"]
        (type_hint,) = await ask.text_document_inlay_hint_async(
            lsp.InlayHintParams(editor.document("data.journey"), whole)
        )
        assert type_hint.label == ": money"
        text = MAIN + "\naudience near\n  distance(location(1, "
        editor.type("main.journey", text)
        help = await ask.text_document_signature_help_async(
            lsp.SignatureHelpParams(document, lsp.Position(text.count("\n"), len(text.rpartition("\n")[2])))
        )
        assert help.signatures[0].label.startswith("location(") and help.active_parameter == 1

    session(story)


def test_a_file_is_given_its_shape(session) -> None:
    async def story(editor: Editor) -> None:
        editor.type("main.journey", MAIN.replace("  wait 1 day", "  wait   1 day"))
        options = lsp.FormattingOptions(tab_size=2, insert_spaces=True)
        (edit,) = await editor.client.text_document_formatting_async(
            lsp.DocumentFormattingParams(editor.document("main.journey"), options)
        )
        assert edit.new_text == MAIN

    session(story)


def test_a_test_is_run_from_its_line(session) -> None:
    async def story(editor: Editor) -> None:
        lenses = await editor.client.text_document_code_lens_async(
            lsp.CodeLensParams(editor.document("main.journey"))
        )
        assert [lens.command.title for lens in lenses] == ["Simulate (0 tests)", "Run this test"]
        command = lenses[1].command
        outcome = await editor.client.workspace_execute_command_async(
            lsp.ExecuteCommandParams(command.command, command.arguments)
        )
        assert outcome["passed"] is True
        editor.type("main.journey", MAIN.replace("expect sent hello", "expect not sent hello"))
        outcome = await editor.client.workspace_execute_command_async(
            lsp.ExecuteCommandParams(command.command, command.arguments)
        )
        assert outcome["passed"] is False and outcome["failures"] and outcome["timeline"]

    session(story)


TABLE = """
journey monthly
  start every month at 9:00 for buyers
  set country to "FR"

test "cases"
  each
    case    | pause  | mails
    "soon"  | 1 hour | 0
    "later" | 2 days | 1
  profile email = "a@example.com", consent.offers = true
  choose plain in first
  at 2026-03-28 10:00 in "Europe/Berlin"
    purchase total = 9 EUR
  after row.pause
  after 30 days
  at 2026-05-01 8:00
  expect sent hello 1 time
"""


def test_a_table_is_run_whole_and_its_clock_is_told_where_all_cases_agree(session) -> None:
    """The cases wait for different times, so nothing can be said behind their waits. The clocks change on the way."""

    async def story(editor: Editor) -> None:
        editor.type("main.journey", MAIN + TABLE)
        whole = lsp.Range(lsp.Position(len(MAIN.splitlines()), 0), lsp.Position(99, 0))
        ask, document = editor.client, editor.document("main.journey")
        hints = await ask.text_document_inlay_hint_async(lsp.InlayHintParams(document, whole))
        monthly, *clock = [hint.label for hint in hints]
        assert monthly.startswith(" → next ") and monthly.split()[3] == "1"
        assert clock == [" Sat", " Fri"]
        run = lsp.ExecuteCommandParams("sojourn.test", [str(editor.folder), "cases"])
        outcome = await ask.workspace_execute_command_async(run)
        assert outcome["passed"] is True, outcome
        editor.type("main.journey", MAIN + TABLE.replace("1 time", "row.mails times"))
        outcome = await ask.workspace_execute_command_async(run)
        assert outcome["passed"] is False and len(outcome["failures"]) == 1 and outcome["timeline"]
        gone = lsp.ExecuteCommandParams("sojourn.test", [str(editor.folder), "nobody wrote it"])
        outcome = await ask.workspace_execute_command_async(gone)
        assert outcome["failures"] == ["There is no test “nobody wrote it” any more."]

    session(story)


LINTED = """\
journey remind
  start on purchase
  again after 7 days
  goal purchase within 7 days

  wait 1 day
  wait for purchase, up to 2 days
    happened
      stop
  send hello
"""


def test_lint_is_shown_and_mended_as_mistakes_are(
    session: Callable[[Callable[[Editor], Awaitable[None]]], None],
) -> None:
    async def story(editor: Editor) -> None:
        editor.open("main.journey")
        editor.type("main.journey", MAIN + "\n" + LINTED)
        (shown,) = await editor.shown("main.journey", 1)
        assert (shown.code, shown.source) == ("wait-overtaken", "lint")
        assert shown.severity == lsp.DiagnosticSeverity.Warning
        at = lsp.Range(shown.range.start, shown.range.start)
        actions = await editor.client.text_document_code_action_async(
            lsp.CodeActionParams(editor.document("main.journey"), at, lsp.CodeActionContext([shown]))
        )
        titles = {a.title: a for a in actions or [] if isinstance(a, lsp.CodeAction)}
        action = titles["Write since start"]
        assert action.edit is not None and action.edit.changes is not None
        ((edit,),) = action.edit.changes.values()
        assert edit.new_text == " since start"
        assert edit.range.start == shown.range.end
        allow = titles["Allow wait-overtaken here, with a reason"]
        assert allow.edit is not None and allow.edit.changes is not None
        ((edit,),) = allow.edit.changes.values()
        assert edit.new_text == "  # lint: allow wait-overtaken because "
        line = "  wait for purchase, up to 2 days"
        assert edit.range.start.character == len(line)
        reason = f"{line}  # lint: allow wait-overtaken because an earlier order was another matter"
        editor.type("main.journey", (MAIN + "\n" + LINTED).replace(line, reason))
        await editor.shown("main.journey", 0)

    session(story)
