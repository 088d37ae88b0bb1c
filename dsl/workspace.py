"""A workspace is a folder: all its `.journey` files, in subfolders too, are one program.

`compile_folder` takes a folder through all stages; `compile_texts` does the same for texts in memory. Nothing
here raises for a mistake of the author's: a file that cannot be read is a diagnostic like any other.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sojourn import stdlib
from sojourn.dsl import ast, checked
from sojourn.dsl.check import check
from sojourn.dsl.check.memory import Memory
from sojourn.dsl.check.messages import TextFile
from sojourn.dsl.check.report import Report, nearest
from sojourn.dsl.diagnostics import Diagnostic
from sojourn.dsl.parser import KnownBlocks, parse_file
from sojourn.dsl.resolve import resolve
from sojourn.dsl.source import SourceFile, Span
from sojourn.dsl.uses import Use, declarations

__all__ = [
    "Compiled",
    "ParseCache",
    "Sources",
    "compile_folder",
    "compile_texts",
    "journey_files",
    "load",
    "parse_folder",
    "real_path",
]

SUFFIX = ".journey"


class ParseCache:
    """Remembers the tree of each file, and of each declaration in it, by its text, and what each declaration came to,
    so that a second check parses and checks only what was edited and what depends on it.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, tuple[ast.File, tuple[Diagnostic, ...]]]] = {}
        self._blocks: dict[str, KnownBlocks] = {}
        self.checks = Memory()

    def parse(self, source: SourceFile) -> tuple[ast.File, tuple[Diagnostic, ...]]:
        """The tree and the mistakes of syntax of a file."""
        known = self._known.get(source.path)
        if known is not None and known[0] == source.text:
            return known[1]
        parsed = parse_file(source, self._blocks.setdefault(source.path, {}))
        self._known[source.path] = (source.text, parsed)
        return parsed


@dataclass(frozen=True, slots=True)
class Sources:
    """What was read of a workspace. `files` are the journey files, those that were `use`d included, in order.

    `partial`: a folder or module that is `use`d could not be read. `read` are the paths of all files, for a
    watcher. `library` are the paths of the files that are modules of the standard library.
    """

    root: Path
    files: tuple[SourceFile, ...]
    trees: tuple[ast.File, ...]
    diagnostics: tuple[Diagnostic, ...]
    read: tuple[Path, ...]
    texts: Mapping[str, str] | None = None
    partial: bool = False
    library: frozenset[str] = frozenset()
    drafts: Mapping[Path, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compiled:
    """The outcome. `workspace` is None when there is any error; `diagnostics` are in order of file and place.

    `sources` has every file that a diagnostic may point into; `files` every file that was read (journey
    files, templates, catalogs): what a watcher has to watch. `uses` are the places of all names.
    """

    workspace: checked.Workspace | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, SourceFile]
    files: tuple[Path, ...]
    asts: tuple[ast.File, ...]
    uses: tuple[Use, ...] = ()

    @property
    def source(self) -> str:
        """The text of all journey files as JSON by path: what a store keeps beside a program."""
        return json.dumps({tree.path: self.sources[tree.path].text for tree in self.asts})


def load(folder: Path, cache: ParseCache | None = None, drafts: Mapping[Path, str] | None = None) -> Sources:
    """Reads and parses the journey files of a folder, and those it uses.

    `drafts` are texts that stand for what is on the disk, by their resolved paths: what an editor has not saved yet.
    """
    loader = _Loader(folder, None, cache or ParseCache(), drafts=drafts or {})
    loader.folder(folder, None)
    return loader.sources()


def compile_folder(
    folder: Path, cache: ParseCache | None = None, drafts: Mapping[Path, str] | None = None
) -> Compiled:
    """Takes a folder through all stages; `drafts` as in `load`."""
    return _compile(load(folder, cache, drafts), cache.checks if cache is not None else None)


def parse_folder(
    folder: Path, cache: ParseCache | None = None, drafts: Mapping[Path, str] | None = None
) -> Compiled:
    """A folder parsed and not checked: trees, sources and declarations alone, for whoever needs no more and needs it
    at once. `workspace` is None and there are no diagnostics, whatever is wrong.
    """
    sources = load(folder, cache, drafts)
    return Compiled(
        workspace=None,
        diagnostics=(),
        sources={source.path: source for source in sources.files},
        files=sources.read,
        asts=sources.trees,
        uses=tuple(declarations(sources.trees)),
    )


def compile_texts(texts: Mapping[str, str], root: Path | None = None) -> Compiled:
    """Takes texts by their paths through all stages. Templates and catalogs are looked for among the texts,
    then below `root`.
    """
    loader = _Loader(root or Path(), texts, ParseCache())
    for path in sorted(texts):
        if path.endswith(SUFFIX):
            loader.text(SourceFile(path, _lines(texts[path])))
    if not loader.files:
        loader.report.error("no-files", Span("", 0, 0, 1, 1), folder=str(root or "."))
    return _compile(loader.sources())


def _compile(sources: Sources, memory: Memory | None = None) -> Compiled:
    report = Report()
    by_path = {source.path: source for source in sources.files}
    names = resolve(sources.trees, by_path, sources.diagnostics, report, sources.partial, sources.library)
    reader = _TextReader(sources)
    workspace, uses = check(names, by_path, reader, report, memory)
    diagnostics = sorted(
        (*sources.diagnostics, *report.found), key=lambda d: (d.span.path, d.span.start, d.code)
    )
    shown = dict(by_path)
    everywhere = (*declarations(sources.trees), *uses)
    places = [related.span for diagnostic in diagnostics for related in diagnostic.related]
    places += [found.span for found in (*diagnostics, *everywhere)]
    for path in {span.path for span in places}:
        if path not in shown and path in reader.found:
            shown[path] = SourceFile(path, reader.found[path])
    wrong = any(diagnostic.severity == "error" for diagnostic in diagnostics)
    return Compiled(
        workspace=None if wrong else workspace,
        diagnostics=tuple(diagnostics),
        sources=shown,
        files=tuple(dict.fromkeys((*sources.read, *reader.paths))),
        asts=sources.trees,
        uses=everywhere,
    )


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


@dataclass
class _Loader:
    """Follows folders and `use`s, each once."""

    root: Path
    texts: Mapping[str, str] | None
    cache: ParseCache
    report: Report = field(default_factory=Report)
    files: list[SourceFile] = field(default_factory=list)
    trees: list[ast.File] = field(default_factory=list)
    broken: list[Diagnostic] = field(default_factory=list)
    read: list[Path] = field(default_factory=list)
    seen: set[Path] = field(default_factory=set)
    library: set[str] = field(default_factory=set)
    partial: bool = False
    drafts: Mapping[Path, str] = field(default_factory=dict)

    def sources(self) -> Sources:
        return Sources(
            self.root,
            tuple(self.files),
            tuple(self.trees),
            (*self.broken, *self.report.found),
            tuple(self.read),
            self.texts,
            self.partial,
            frozenset(self.library),
            self.drafts,
        )

    def folder(self, folder: Path, use: ast.Use | None, module: bool = False) -> None:
        """All journey files of a folder; `use` is what asked for it."""
        place = use.span if use is not None else Span("", 0, 0, 1, 1)
        if not folder.is_dir():
            siblings = (
                [p.name for p in folder.parent.iterdir() if p.is_dir()] if folder.parent.is_dir() else []
            )
            said = use.target if use is not None else str(folder)
            self.report.error("no-folder", place, candidates=nearest(folder.name, siblings), folder=said)
            self.partial = self.partial or use is not None
            return
        unread: list[OSError] = []
        paths = list(journey_files(folder, unread.append))
        for error in unread:
            shown = _shown(Path(error.filename or folder), self.root)
            facts = {"file": shown, "why": (error.strerror or str(error)).lower()}
            self.report.add(Diagnostic("file-unreadable", Span(shown, 0, 0, 1, 1), facts))
            self.partial = True
        if not paths and not unread:
            self.report.error("no-files", place, folder=use.target if use is not None else str(folder))
            self.partial = self.partial or use is not None
        for path in paths:
            self.file(path, module)

    def file(self, path: Path, module: bool = False) -> None:
        """One journey file on the disk; `module`: it is one of the standard library's."""
        real = real_path(path)
        if real in self.seen:
            return
        self.seen.add(real)
        self.read.append(path)
        shown = _shown(path, self.root)
        if module:
            shown = _module_shown(real)
            self.library.add(shown)
        text, problem = _decoded(path, self.drafts)
        if problem is not None:
            code, facts, span = problem
            place = Span(shown, *span) if span else Span(shown, 0, 0, 1, 1)
            self.report.add(Diagnostic(code, place, {"file": shown, **facts}))
            self.partial = True
        else:
            self.text(SourceFile(shown, text))

    def text(self, source: SourceFile) -> None:
        """One journey file that has been read."""
        self.files.append(source)
        tree, diagnostics = self.cache.parse(source)
        self.trees.append(tree)
        self.broken.extend(diagnostics)
        for declaration in tree.declarations:
            if isinstance(declaration, ast.Use):
                self.use(declaration)

    def use(self, node: ast.Use) -> None:
        """`use commerce`, `use "../brand"`."""
        if node.is_path:
            self.folder(Path(os.path.normpath(self.root / Path(node.span.path).parent / node.target)), node)
            return
        path = stdlib.module_path(node.target)
        if path is None:
            modules = sorted(p.stem for folder in stdlib.__path__ for p in Path(folder).glob(f"*{SUFFIX}"))
            candidates = nearest(node.target, modules)
            self.report.error(
                "unknown-module",
                node.span,
                candidates=candidates,
                name=node.target,
                modules=", ".join(modules),
            )
            self.partial = True
        elif path.is_dir():
            self.folder(path, node, module=True)
        else:
            self.file(path, module=True)


def journey_files(folder: Path, unread: Callable[[OSError], object] | None = None) -> Iterable[Path]:
    """The journey files of a folder and its subfolders in order of their paths, hidden folders left out. `unread` is
    told of a folder that cannot be looked into.
    """
    for at, folders, files in os.walk(folder, onerror=unread):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.endswith(SUFFIX) and not name.startswith("."):
                yield Path(at) / name


def real_path(path: Path) -> Path:
    """Where a path leads, behind links. A link that leads round in a circle leads to itself: reading it says so."""
    try:
        return Path(os.path.realpath(path))
    except ValueError:  # it has a sign in it that no path has
        return path


def _shown(path: Path, root: Path) -> str:
    """How messages name a file: below the root by its path from there, elsewhere by its whole path."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        real, root = real_path(path), real_path(root)
        return (real.relative_to(root) if real.is_relative_to(root) else real).as_posix()


def _module_shown(real: Path) -> str:
    """How messages name a file of the standard library: the same on every machine."""
    inside = next(p for p in map(Path, stdlib.__path__) if real.is_relative_to(p.resolve()))
    return f"sojourn/stdlib/{real.relative_to(inside.resolve()).as_posix()}"


_Problem = tuple[str, dict[str, str], tuple[int, int, int, int] | None]


def _decoded(path: Path, drafts: Mapping[Path, str]) -> tuple[str, _Problem | None]:
    """A file's text, or why there is none: the code, its facts, and the place (start, end, line, column)."""
    if drafts and (draft := drafts.get(real_path(path))) is not None:
        return _lines(draft), None
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # to read a pipe would wait for ever, a device never ends
            return "", ("file-unreadable", {"why": "it is no ordinary file"}, None)
        raw = path.read_bytes()
    except OSError as error:
        return "", ("file-unreadable", {"why": (error.strerror or str(error)).lower()}, None)
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "", ("file-encoding", {"line": "1", "byte": f"0x{raw[0]:02x}", "likely": "UTF-16"}, None)
    try:
        return _lines(raw.decode("utf-8")), None
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        likely = "Windows-1252" if any(0x80 <= byte < 0xA0 for byte in raw) else "Latin-1 (or Windows-1252)"
        facts = {"line": str(line), "byte": f"0x{raw[error.start]:02x}", "likely": likely}
        return "", ("file-encoding", facts, (len(before), len(before), line, column))


class _TextReader:
    """Reads the files that journey files name; remembers what it found."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self.found: dict[str, str] = {}
        self.paths: list[Path] = []

    def __call__(self, journey_file: str, reference: str) -> TextFile:
        """The file `reference`, relative to the folder of the journey file."""
        root = self._sources.root
        texts = self._sources.texts
        path = Path(os.path.normpath(root / Path(journey_file).parent / reference))
        shown = _shown(path, root)
        if texts is not None:
            inside = os.path.normpath(Path(journey_file).parent / reference).replace(os.sep, "/")
            if inside in texts:
                self.found[inside] = _lines(texts[inside])
                return TextFile(inside, self.found[inside])
        if not path.is_file():
            self.paths.append(path)
            if os.path.lexists(path):
                why = (
                    "it is a folder"
                    if path.is_dir()
                    else "it is no ordinary file, or a link that leads to none"
                )
                return TextFile(shown, problem=why)
            return TextFile(shown, problem="missing", nearest=self._nearest(path, reference))
        self.paths.append(path)
        text, problem = _decoded(path, self._sources.drafts)
        if problem is not None:
            code, facts, _ = problem
            why = (
                facts["why"]
                if code == "file-unreadable"
                else f"it is not UTF-8 text (line {facts['line']}), but {facts['likely']}"
            )
            return TextFile(shown, problem=why)
        self.found[shown] = text
        return TextFile(shown, text)

    def _nearest(self, path: Path, reference: str) -> tuple[str, ...]:
        """Files with a name like the one that is missing."""
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        front = reference[: len(reference) - len(path.name)]
        found = [front + name for name in nearest(path.name, beside)]
        texts = self._sources.texts or {}
        return tuple(dict.fromkeys((*found, *nearest(reference, texts))))[:3]
