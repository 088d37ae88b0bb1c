"""What is known of a workspace at one moment, unsaved edits included."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.dsl import ast
from sojourn.dsl.check.memory import Memory
from sojourn.dsl.diagnostics import Diagnostic
from sojourn.dsl.resolve import KINDS
from sojourn.dsl.source import SourceFile, Span
from sojourn.dsl.uses import Use, by_meaning
from sojourn.dsl.workspace import Compiled, ParseCache, compile_folder, parse_folder

if TYPE_CHECKING:
    from sojourn.dsl.lint import Linted

__all__ = ["Snapshot", "Workspace", "word_at"]

Declared = ast.Declaration


@dataclass
class Workspace:
    """A folder that is open in an editor, and the texts that are not saved yet, by resolved path."""

    root: Path
    drafts: dict[Path, str] = field(default_factory=dict)
    cache: ParseCache = field(default_factory=ParseCache)
    findings: Memory = field(default_factory=Memory)
    """What lint looked at before."""

    def snapshot(self) -> Snapshot:
        """Checks the workspace as it is now. Only what was edited is parsed again, and what depends on it checked."""
        compiled = compile_folder(self.root, self.cache, self.drafts)
        return Snapshot(self.root, compiled, dict(self.drafts), self.findings)

    def sketch(self) -> Snapshot:
        """The workspace as it is written now, not checked: enough to complete, to fold and to format, and there within
        milliseconds of an edit however large the workspace is.
        """
        return Snapshot(self.root, parse_folder(self.root, self.cache, self.drafts), dict(self.drafts))


@dataclass
class Snapshot:
    """A checked workspace and the questions that all answers ask of it."""

    root: Path
    compiled: Compiled
    drafts: Mapping[Path, str]
    findings: Memory | None = None

    @cached_property
    def _linted(self) -> Linted:
        """Settings that cannot be used are said by `sojourn lint`; here all rules look then."""
        from sojourn.dsl.lint import LintSettings, LintSettingsError, lint, read_settings
        from sojourn.dsl.lint.rules import RULES

        try:
            settings = read_settings(self.root, RULES)
        except LintSettingsError:
            settings = LintSettings()
        return lint(self.compiled, settings, time.time_ns() // 1000, self.findings)

    @property
    def linted(self) -> tuple[Diagnostic, ...]:
        """What lint points out, as of the moment it was asked; nothing while there are mistakes."""
        return self._linted.diagnostics

    @cached_property
    def by_path(self) -> Mapping[str, list[Use]]:
        """The uses in each file in order."""
        found: dict[str, list[Use]] = {}
        for use in sorted(self.compiled.uses, key=lambda use: use.span.start):
            found.setdefault(use.span.path, []).append(use)
        return found

    @cached_property
    def meanings(self) -> Mapping[tuple[str, str, str], list[Use]]:
        """The uses of each thing."""
        return by_meaning(self.compiled.uses)

    @cached_property
    def declared(self) -> Mapping[tuple[str, str], Declared]:
        """The declarations by kind and name."""
        found: dict[tuple[str, str], Declared] = {}
        for tree in self.compiled.asts:
            for node in tree.declarations:
                name = getattr(node, "name", None)
                if type(node) in KINDS and isinstance(name, ast.Name):
                    found.setdefault((KINDS[type(node)], name.text), node)
        return found

    def names(self, kind: str) -> list[str]:
        """The names of one kind, in the order written."""
        return [name for what, name in self.declared if what == kind]

    def path_of(self, file: Path) -> str:
        """How the compiler names a file."""
        resolved, root = file.resolve(), self.root.resolve()
        return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else resolved.as_posix()

    def file_of(self, path: str) -> Path:
        """The file that the compiler names so."""
        return (self.root / path).resolve()

    def source(self, path: str) -> SourceFile | None:
        """The text of a file, as it is in the editor."""
        known = self.compiled.sources.get(path)
        if known is not None:
            return known
        draft = self.drafts.get(self.file_of(path))
        return SourceFile(path, draft) if draft is not None else self._linted.sources.get(path)

    def tree(self, path: str) -> ast.File | None:
        """The tree of a journey file."""
        return next((tree for tree in self.compiled.asts if tree.path == path), None)

    def use_at(self, path: str, offset: int) -> Use | None:
        """The name that stands at a place, or ends there."""
        around = [use for use in self.by_path.get(path, ()) if use.span.start <= offset <= use.span.end]
        return min(around, key=lambda use: use.span.end - use.span.start, default=None)

    def field(self, owner: str, name: str) -> ast.Field | None:
        """The declaration of a field."""
        kind, _, of = owner.partition(" ")
        nodes: list[Declared] = []
        if kind == "profile":
            nodes = [
                node
                for tree in self.compiled.asts
                for node in tree.declarations
                if isinstance(node, ast.Profile)
            ]
        elif (kind, of) in self.declared:
            nodes = [self.declared[kind, of]]
        for node in nodes:
            for declared in getattr(node, "fields", ()):
                if declared.name.text == name:
                    found: ast.Field = declared
                    return found
        return None

    def fields(self, owner: str) -> list[ast.Field]:
        """The fields of the profile, an event, a schema or a catalog."""
        kind, _, of = owner.partition(" ")
        if kind == "profile":
            return [
                declared
                for tree in self.compiled.asts
                for node in tree.declarations
                if isinstance(node, ast.Profile)
                for declared in node.fields
            ]
        return list(getattr(self.declared.get((kind, of)), "fields", ()))


def word_at(source: SourceFile, offset: int) -> tuple[str, Span]:
    """The word around a place, and where it stands; empty between words."""
    text = source.text
    start = end = offset
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return text[start:end], source.span(start, end)
