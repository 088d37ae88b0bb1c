"""The language server: the protocol around the answers of `sojourn.editor`.

One workspace for each folder that is open. Edits are checked a moment after the last keystroke; a question in between
is answered from a check made then, so an answer is never about an old text. Places in the protocol count UTF-16 units,
those of the compiler characters; `_Lines` turns one into the other.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from sojourn import __version__
from sojourn.dsl.diagnostics import Diagnostic
from sojourn.dsl.messages import help_text, sentence
from sojourn.dsl.source import SourceFile, Span
from sojourn.editor import completion, hints, hover, navigation, outline
from sojourn.editor.allowing import allowing
from sojourn.editor.moments import moments
from sojourn.editor.sizes import Known, StoreWatch
from sojourn.editor.snapshot import Snapshot, Workspace

__all__ = ["Server", "serve"]

_PAUSE = 0.12
"""Seconds without a keystroke after which the mistakes are shown anew."""

_SYMBOLS = {
    "event": lsp.SymbolKind.Event, "journey": lsp.SymbolKind.Module, "message": lsp.SymbolKind.Interface,
    "audience": lsp.SymbolKind.Class, "attribute": lsp.SymbolKind.Variable, "define": lsp.SymbolKind.Function,
    "field": lsp.SymbolKind.Field, "test": lsp.SymbolKind.Method, "schema": lsp.SymbolKind.Struct,
    "catalog": lsp.SymbolKind.Array, "topic": lsp.SymbolKind.EnumMember, "step": lsp.SymbolKind.Operator,
    "channel": lsp.SymbolKind.Property,
}  # fmt: skip
_ITEMS = {
    "keyword": lsp.CompletionItemKind.Keyword, "event": lsp.CompletionItemKind.Event,
    "audience": lsp.CompletionItemKind.Class, "message": lsp.CompletionItemKind.Interface,
    "field": lsp.CompletionItemKind.Field, "attribute": lsp.CompletionItemKind.Variable,
    "define": lsp.CompletionItemKind.Function, "function": lsp.CompletionItemKind.Function,
    "type": lsp.CompletionItemKind.TypeParameter, "schema": lsp.CompletionItemKind.Struct,
    "journey": lsp.CompletionItemKind.Module, "topic": lsp.CompletionItemKind.EnumMember,
}  # fmt: skip


def _path(uri: str) -> Path:
    return Path(url2pathname(unquote(urlsplit(uri).path))).resolve()


class _Lines:
    """Turns the compiler's offsets into the protocol's positions, and back."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source

    def position(self, offset: int) -> lsp.Position:
        span = self.source.span(offset, offset)
        start = self.source.line_starts[span.line - 1]
        before = self.source.text[start:offset]
        return lsp.Position(span.line - 1, len(before.encode("utf-16-le")) // 2)

    def range(self, span: Span) -> lsp.Range:
        return lsp.Range(self.position(span.start), self.position(span.end))

    def offset(self, position: lsp.Position) -> int:
        starts = self.source.line_starts
        if position.line >= len(starts):
            return len(self.source.text)
        line = self.source.line(position.line + 1)
        units = line.encode("utf-16-le")[: position.character * 2]
        return starts[position.line] + len(units.decode("utf-16-le", errors="ignore"))


class Server(LanguageServer):
    """The server and the workspaces that are open in it."""

    def __init__(self) -> None:
        super().__init__("sojourn", __version__)
        self.folders: dict[Path, Workspace] = {}
        self._made: dict[Path, Snapshot] = {}
        self._sketched: dict[Path, Snapshot] = {}
        self._shown: dict[Path, set[str]] = {}
        self._stores: dict[Path, StoreWatch] = {}
        self._timer: threading.Timer | None = None
        self._lock = threading.RLock()

    # ---------------------------------------------------------- workspaces

    def folder_of(self, file: Path) -> Workspace:
        """The workspace that a file belongs to: the open folder around it, else the file's own folder."""
        with self._lock:
            around = [folder for folder in self.folders if file.is_relative_to(folder)]
            root = max(around, key=lambda folder: len(folder.parts), default=file.parent)
            return self.folders.setdefault(root, Workspace(root))

    def snapshot(self, workspace: Workspace) -> Snapshot:
        """The workspace as it is now; checked anew only after an edit."""
        with self._lock:
            found = self._made.get(workspace.root)
            if found is None:
                found = self._made[workspace.root] = workspace.snapshot()
            return found

    def sketch(self, workspace: Workspace) -> Snapshot:
        """The workspace as it is now, checked only if it was checked since the last edit."""
        with self._lock:
            found = self._made.get(workspace.root) or self._sketched.get(workspace.root)
            if found is None:
                found = self._sketched[workspace.root] = workspace.sketch()
            return found

    def known_sizes(self, root: Path) -> Known | None:
        """What is known of the store of a workspace at this moment, without waiting for it."""
        with self._lock:
            watch = self._stores.get(root)
            if watch is None:
                watch = self._stores[root] = StoreWatch(root, self._ask_for_hints)
        return watch.known()

    def _ask_for_hints(self) -> None:
        """Tells an editor that can hear it to ask for what stands between the lines again."""
        workspace = self.client_capabilities.workspace
        if (
            workspace is not None
            and workspace.inlay_hint is not None
            and workspace.inlay_hint.refresh_support
        ):
            self.workspace_inlay_hint_refresh(None)

    def edited(self, file: Path, text: str | None) -> None:
        """A file has a new text in the editor; None: what is on the disk counts again."""
        with self._lock:
            workspace = self.folder_of(file)
            if text is None:
                workspace.drafts.pop(file, None)
            else:
                workspace.drafts[file] = text
            self._made.pop(workspace.root, None)
            self._sketched.pop(workspace.root, None)
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(_PAUSE, self.show_mistakes, (workspace,))
            self._timer.daemon = True
            self._timer.start()

    def changed_on_disk(self) -> None:
        """Files were changed by somebody else."""
        with self._lock:
            self._made.clear()
            self._sketched.clear()
            for workspace in self.folders.values():
                self.show_mistakes(workspace)

    def show_mistakes(self, workspace: Workspace) -> None:
        """Sends the mistakes of each file; files that had some and have none any more are cleared."""
        with self._lock:
            snapshot = self.snapshot(workspace)
        _ = snapshot.linted  # worked out with the lock open: questions are answered meanwhile
        with self._lock:
            if self._made.get(workspace.root) is not snapshot:
                return  # edited meanwhile: the next look is on its way
            by_file: dict[str, list[lsp.Diagnostic]] = {}
            for diagnostic in (*snapshot.compiled.diagnostics, *snapshot.linted):
                source = snapshot.source(diagnostic.span.path)
                if source is not None:
                    by_file.setdefault(diagnostic.span.path, []).append(
                        self._diagnostic(snapshot, source, diagnostic)
                    )
            before = self._shown.get(workspace.root, set())
            for path in before | set(by_file) | {tree.path for tree in snapshot.compiled.asts}:
                found = by_file.get(path, [])
                self.text_document_publish_diagnostics(
                    lsp.PublishDiagnosticsParams(snapshot.file_of(path).as_uri(), found)
                )
            first = workspace.root not in self._shown
            self._shown[workspace.root] = set(by_file)
        if first:
            # What a workspace is made of stays: looking through all of it for garbage, every few edits, makes an
            # answer wait twice as long as working it out.
            gc.collect()
            gc.freeze()

    def _diagnostic(self, snapshot: Snapshot, source: SourceFile, found: Diagnostic) -> lsp.Diagnostic:
        lines = _Lines(source)
        words = sentence(found)
        if found.candidates:
            words += f" Did you mean {' or '.join(found.candidates[:2])}?"
        more = help_text(found)
        related = [
            lsp.DiagnosticRelatedInformation(
                lsp.Location(snapshot.file_of(r.span.path).as_uri(), _Lines(there).range(r.span)), r.note
            )
            for r in found.related
            if (there := snapshot.source(r.span.path)) is not None
        ]
        return lsp.Diagnostic(
            range=lines.range(found.span),
            message=f"{words}\n{more}" if more else words,
            severity=lsp.DiagnosticSeverity.Error
            if found.severity == "error"
            else lsp.DiagnosticSeverity.Warning,
            code=found.code,
            source="lint" if found in snapshot.linted else "sojourn",
            related_information=related or None,
        )

    # ------------------------------------------------------------- answers

    def look(self, uri: str, checked: bool = True) -> tuple[Snapshot, str, SourceFile, _Lines]:
        """What every answer needs of a file: the snapshot, the compiler's name for it, its text, its lines.

        `checked`: the answer needs what the checks have found; without it a sketch is enough, which is quicker after an
        edit.
        """
        file = _path(uri)
        workspace = self.folder_of(file)
        snapshot = self.snapshot(workspace) if checked else self.sketch(workspace)
        path = snapshot.path_of(file)
        source = snapshot.source(path)
        if source is None:
            text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
            source = SourceFile(path, text)
        return snapshot, path, source, _Lines(source)

    def locations(self, snapshot: Snapshot, spans: Iterable[Span]) -> list[lsp.Location]:
        """Spans as the protocol's places."""
        found = []
        for span in spans:
            source = snapshot.source(span.path)
            range = (
                _Lines(source).range(span)
                if source is not None
                else lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
            )
            found.append(lsp.Location(snapshot.file_of(span.path).as_uri(), range))
        return found


server = Server()


@server.feature(lsp.INITIALIZED)
def _initialized(ls: Server, params: lsp.InitializedParams) -> None:
    for folder in ls.workspace.folders.values():
        root = _path(folder.uri)
        ls.folders.setdefault(root, Workspace(root))
    if not ls.folders and ls.workspace.root_path:
        root = Path(ls.workspace.root_path).resolve()
        ls.folders.setdefault(root, Workspace(root))
    for workspace in ls.folders.values():
        ls.show_mistakes(workspace)


@server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
def _opened(ls: Server, params: lsp.DidOpenTextDocumentParams) -> None:
    ls.edited(_path(params.text_document.uri), params.text_document.text)


@server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
def _changed(ls: Server, params: lsp.DidChangeTextDocumentParams) -> None:
    uri = params.text_document.uri
    ls.edited(_path(uri), ls.workspace.get_text_document(uri).source)


@server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
def _closed(ls: Server, params: lsp.DidCloseTextDocumentParams) -> None:
    ls.edited(_path(params.text_document.uri), None)


@server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
def _on_disk(ls: Server, params: lsp.DidChangeWatchedFilesParams) -> None:
    ls.changed_on_disk()


@server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=[".", " "]))
def _completion(ls: Server, params: lsp.CompletionParams) -> lsp.CompletionList:
    snapshot, path, _, lines = ls.look(params.text_document.uri, checked=False)
    found = completion.complete(snapshot, path, lines.offset(params.position))
    items = [
        lsp.CompletionItem(
            label=proposal.text,
            kind=_ITEMS.get(proposal.kind, lsp.CompletionItemKind.Value),
            detail=proposal.detail or None,
            documentation=proposal.description or None,
            sort_text=f"{number:04}",
        )
        for number, proposal in enumerate(found)
    ]
    return lsp.CompletionList(is_incomplete=False, items=items)


@server.feature(lsp.TEXT_DOCUMENT_HOVER)
def _hover(ls: Server, params: lsp.HoverParams) -> lsp.Hover | None:
    snapshot, path, _, lines = ls.look(params.text_document.uri)
    found = hover.hover(snapshot, path, lines.offset(params.position))
    if found is None:
        return None
    return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, found[0]), lines.range(found[1]))


@server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
def _definition(ls: Server, params: lsp.DefinitionParams) -> list[lsp.Location]:
    snapshot, path, _, lines = ls.look(params.text_document.uri)
    return ls.locations(snapshot, navigation.definition(snapshot, path, lines.offset(params.position)))


@server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
def _references(ls: Server, params: lsp.ReferenceParams) -> list[lsp.Location]:
    snapshot, path, _, lines = ls.look(params.text_document.uri)
    found = navigation.places(
        snapshot, path, lines.offset(params.position), params.context.include_declaration
    )
    return ls.locations(snapshot, (use.span for use in found))


@server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
def _highlight(ls: Server, params: lsp.DocumentHighlightParams) -> list[lsp.DocumentHighlight]:
    snapshot, path, _, lines = ls.look(params.text_document.uri)
    found = navigation.places(snapshot, path, lines.offset(params.position))
    return [
        lsp.DocumentHighlight(
            lines.range(use.span),
            lsp.DocumentHighlightKind.Write if use.declares else lsp.DocumentHighlightKind.Read,
        )
        for use in found
        if use.span.path == path
    ]


@server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
def _prepare_rename(ls: Server, params: lsp.PrepareRenameParams) -> lsp.Range | None:
    snapshot, path, _, lines = ls.look(params.text_document.uri)
    use = navigation.renameable(snapshot, path, lines.offset(params.position))
    return lines.range(use.span) if use is not None else None


@server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
def _rename(ls: Server, params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
    snapshot, path, _, lines = ls.look(params.text_document.uri)
    try:
        spans = navigation.rename(snapshot, path, lines.offset(params.position), params.new_name)
    except ValueError as problem:
        ls.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, str(problem)))
        return None
    changes: dict[str, list[lsp.TextEdit]] = {}
    for location in ls.locations(snapshot, spans):
        changes.setdefault(location.uri, []).append(lsp.TextEdit(location.range, params.new_name))
    return lsp.WorkspaceEdit(changes=changes)


@server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
def _document_symbols(ls: Server, params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
    snapshot, path, _, lines = ls.look(params.text_document.uri, checked=False)
    tree = snapshot.tree(path)

    def shown(symbol: navigation.Symbol) -> lsp.DocumentSymbol:
        return lsp.DocumentSymbol(
            name=symbol.name,
            kind=_SYMBOLS.get(symbol.kind, lsp.SymbolKind.Object),
            range=lines.range(symbol.place),
            selection_range=lines.range(symbol.name_place),
            detail=symbol.kind,
            children=[shown(child) for child in symbol.children],
        )

    return [shown(symbol) for symbol in navigation.symbols(tree)] if tree is not None else []


@server.feature(lsp.WORKSPACE_SYMBOL)
def _workspace_symbols(ls: Server, params: lsp.WorkspaceSymbolParams) -> list[lsp.SymbolInformation]:
    found = []
    wanted = params.query.lower()
    for workspace in list(ls.folders.values()):
        snapshot = ls.snapshot(workspace)
        for use in snapshot.compiled.uses:
            if use.declares and use.kind != "field" and wanted in use.name.lower():
                (location,) = ls.locations(snapshot, [use.span])
                kind = _SYMBOLS.get(use.kind, lsp.SymbolKind.Object)
                found.append(lsp.SymbolInformation(location, use.name, kind, container_name=use.kind))
    return found


@server.feature(lsp.TEXT_DOCUMENT_FORMATTING)
def _formatting(ls: Server, params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit] | None:
    from sojourn.dsl.format import FormatError, format_file

    _, path, source, lines = ls.look(params.text_document.uri, checked=False)
    if not path.endswith(".journey"):
        return None
    try:
        shaped = format_file(source).text
    except FormatError as error:
        ls.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Error, f"Not formatted: {error}."))
        return None
    if shaped is None or shaped == source.text:
        return None
    whole = lsp.Range(lsp.Position(0, 0), lines.position(len(source.text)))
    return [lsp.TextEdit(whole, shaped)]


@server.feature(lsp.TEXT_DOCUMENT_FOLDING_RANGE)
def _folding(ls: Server, params: lsp.FoldingRangeParams) -> list[lsp.FoldingRange]:
    snapshot, path, source, _ = ls.look(params.text_document.uri, checked=False)
    tree = snapshot.tree(path)
    return (
        [lsp.FoldingRange(first - 1, last - 1) for first, last in outline.folds(tree, source)] if tree else []
    )


@server.feature(lsp.TEXT_DOCUMENT_SELECTION_RANGE)
def _selection(ls: Server, params: lsp.SelectionRangeParams) -> list[lsp.SelectionRange]:
    snapshot, path, _, lines = ls.look(params.text_document.uri, checked=False)
    tree = snapshot.tree(path)
    found = []
    for position in params.positions:
        offset = lines.offset(position)
        spans = outline.grown(tree, offset) if tree is not None else []
        selection: lsp.SelectionRange | None = None
        for span in reversed(spans):
            selection = lsp.SelectionRange(lines.range(span), selection)
        found.append(selection or lsp.SelectionRange(lsp.Range(position, position)))
    return found


@server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix]))
def _fixes(ls: Server, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    snapshot, path, source, lines = ls.look(params.text_document.uri)
    begin, end = lines.offset(params.range.start), lines.offset(params.range.end)
    found = []
    for diagnostic in (*snapshot.compiled.diagnostics, *snapshot.linted):
        span = diagnostic.span
        if span.path != path or span.end < begin or span.start > end:
            continue
        shown = ls._diagnostic(snapshot, source, diagnostic)
        edits: list[tuple[str, Span, str]] = []
        if diagnostic.fix is not None:
            edits.append((diagnostic.fix.title, diagnostic.fix.span, diagnostic.fix.text))
        underlined = source.text[span.start : span.end]
        for candidate in diagnostic.candidates:
            if underlined.isidentifier() and all(text != candidate for _, _, text in edits):
                edits.append((f"write {candidate}", span, candidate))
        if diagnostic in snapshot.linted and (comment := allowing(source, diagnostic)) is not None:
            edits.append(comment)
        for number, (title, place, text) in enumerate(edits):
            there = snapshot.source(place.path) or source
            uri = params.text_document.uri if place.path == path else snapshot.file_of(place.path).as_uri()
            edit = lsp.WorkspaceEdit(changes={uri: [lsp.TextEdit(_Lines(there).range(place), text)]})
            found.append(
                lsp.CodeAction(
                    title=title[0].upper() + title[1:],
                    kind=lsp.CodeActionKind.QuickFix,
                    diagnostics=[shown],
                    edit=edit,
                    is_preferred=number == 0 and not title.startswith("allow"),
                )
            )
    return found


_LEGEND = lsp.SemanticTokensLegend(token_types=list(outline.KINDS_OF_WORDS), token_modifiers=[])


@server.feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, _LEGEND)
def _tokens(ls: Server, params: lsp.SemanticTokensParams) -> lsp.SemanticTokens:
    snapshot, path, source, lines = ls.look(params.text_document.uri)
    data: list[int] = []
    line = column = 0
    for span, kind in outline.coloured(snapshot, source) if path.endswith(".journey") else []:
        start, end = lines.position(span.start), lines.position(span.end)
        if start.line != end.line:
            continue
        data += [
            start.line - line,
            start.character - (column if start.line == line else 0),
            end.character - start.character,
            outline.KINDS_OF_WORDS.index(kind),
            0,
        ]
        line, column = start.line, start.character
    return lsp.SemanticTokens(data)


@server.feature(lsp.TEXT_DOCUMENT_SIGNATURE_HELP, lsp.SignatureHelpOptions(trigger_characters=["(", ","]))
def _signature(ls: Server, params: lsp.SignatureHelpParams) -> lsp.SignatureHelp | None:
    snapshot, path, _, lines = ls.look(params.text_document.uri, checked=False)
    found = hover.signature_at(snapshot, path, lines.offset(params.position))
    if found is None:
        return None
    label, names, number, example = found
    parameters = [lsp.ParameterInformation(name) for name in names]
    return lsp.SignatureHelp([lsp.SignatureInformation(label, example, parameters)], 0, number)


@server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_LINK)
def _links(ls: Server, params: lsp.DocumentLinkParams) -> list[lsp.DocumentLink]:
    snapshot, path, _, lines = ls.look(params.text_document.uri)
    return [
        lsp.DocumentLink(lines.range(span), snapshot.file_of(file).as_uri())
        for span, file in navigation.text_links(snapshot, path)
    ]


@server.feature(lsp.TEXT_DOCUMENT_CODE_LENS)
def _lenses(ls: Server, params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
    snapshot, path, _, lines = ls.look(params.text_document.uri)
    tree = snapshot.tree(path)
    root = str(snapshot.root)
    return [
        lsp.CodeLens(
            lines.range(lens.place), lsp.Command(lens.title, lens.command, arguments=[root, lens.argument])
        )
        for lens in (hints.lenses(snapshot, tree) if tree is not None else [])
    ]


@server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)
def _inlay(ls: Server, params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
    snapshot, path, _, lines = ls.look(params.text_document.uri)
    tree = snapshot.tree(path)
    if tree is None:
        return []
    begin, end = lines.offset(params.range.start), lines.offset(params.range.end)
    every = [*hints.hints(snapshot, tree), *moments(snapshot, tree, time.time_ns() // 1000)]
    found = [hint for hint in every if begin <= hint.offset <= end]
    known = ls.known_sizes(snapshot.root)
    if known is not None:
        found += hints.sizes(snapshot, tree, known, begin, end)
    return [
        lsp.InlayHint(lines.position(hint.offset), hint.text, tooltip=hint.told or None)
        for hint in sorted(found, key=lambda hint: hint.offset)
    ]


@server.command("sojourn.test")
def _run_test(ls: Server, folder: Any, name: Any) -> dict[str, Any]:
    """Runs one test; the outcome is shown, and given back."""
    from sojourn.interpreter.compile import compile_program
    from sojourn.interpreter.testing.runner import run_tests

    snapshot = ls.snapshot(ls.folder_of(Path(str(folder)).resolve() / "any.journey"))
    workspace = snapshot.compiled.workspace
    if workspace is None:
        text = "The workspace has mistakes: mend them first."
        ls.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, text))
        return {"passed": False, "failures": [text], "timeline": []}
    tests = [test for test in workspace.tests if test.name == str(name)]
    if not tests:
        text = f"There is no test “{name}” any more."
        ls.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, text))
        return {"passed": False, "failures": [text], "timeline": []}
    results = run_tests(compile_program(workspace), tests)
    failed = [result for result in results if not result.passed]
    # A test with a table has a result for each case.
    told = [f"“{r.title}” failed: {'; '.join(failure.text for failure in r.failures)}" for r in failed]
    cases = f", all {len(results)} cases" if len(results) > 1 else ""
    kind = lsp.MessageType.Error if failed else lsp.MessageType.Info
    ls.window_show_message(
        lsp.ShowMessageParams(kind, "\n".join(told) if failed else f"“{name}” passed{cases}.")
    )
    return {
        "passed": not failed,
        "failures": [failure.text for result in failed for failure in result.failures],
        "timeline": [str(line) for result in failed for line in result.timeline],
    }


def serve() -> None:
    """Speaks the protocol on the standard input and output until the editor closes it."""
    server.start_io()
