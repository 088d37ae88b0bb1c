"""Applies fixes to the text itself, so that every comment and every blank line stays.

Fixes that touch the same place are made one after another. After each round the workspace is checked and looked at
anew: a round that would leave it with a mistake is taken back, and its fixes are tried one by one; one that breaks
something is never made. Journey files that changed are given their one shape at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sojourn.dsl.check.memory import Memory
from sojourn.dsl.diagnostics import Diagnostic, Fix
from sojourn.dsl.format import FormatError, format_file
from sojourn.dsl.lint.run import lint
from sojourn.dsl.lint.settings import LintSettings
from sojourn.dsl.source import SourceFile
from sojourn.dsl.workspace import Compiled

__all__ = ["Mended", "Recompile", "mend"]

Recompile = Callable[[Mapping[str, str]], Compiled]
"""Compiles the workspace with these texts, by path, instead of what is there."""

_MOST_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Mended:
    """The new texts of the files that changed, how many fixes were made, and what could not be made as it would
    have broken something.
    """

    texts: Mapping[str, str]
    applied: int
    refused: tuple[Diagnostic, ...] = ()


@dataclass(slots=True)
class _State:
    """The texts so far, and the workspace they make."""

    texts: dict[str, str]
    compiled: Compiled


def mend(recompile: Recompile, settings: LintSettings, now: int, unsafe: bool = False) -> Mended:
    """Makes every fix of the workspace that is safe, with `unsafe` the others too."""
    state = _State({}, recompile({}))
    memory = Memory()
    applied = 0
    refused: dict[tuple[str, str], Diagnostic] = {}
    for _ in range(_MOST_ROUNDS):
        if state.compiled.workspace is None:
            break
        linted = lint(state.compiled, settings, now, memory)
        sources = linted.sources
        wanted = [
            found
            for found in linted.diagnostics
            if found.fix is not None and (unsafe or found.fix.safe) and _key(found) not in refused
        ]
        if not wanted:
            break
        together = _apart(wanted)
        made = _try(recompile, state, together, sources)
        if made is not None:
            state, applied = made, applied + len(together)
            continue
        progress = False
        for found in together:
            made = _try(recompile, state, [found], sources)
            if made is None:
                refused[_key(found)] = found
                continue
            state, applied, progress = made, applied + 1, True
            break  # places have moved: look again
        if not progress and len(refused) >= len(wanted):
            break
    return Mended(_shaped(recompile, state), applied, tuple(refused.values()))


def _key(found: Diagnostic) -> tuple[str, str]:
    """The same for a finding in the next round, when lines have moved."""
    return found.code, repr(sorted(found.facts.items()))


def _apart(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those whose fixes do not touch one another, the first of each place."""
    kept: list[Diagnostic] = []
    ends: dict[str, int] = {}
    for one in sorted(
        found, key=lambda one: (_fix(one).span.path, _fix(one).span.start, -_fix(one).span.end)
    ):
        span = _fix(one).span
        if span.start > ends.get(span.path, -1):
            kept.append(one)
            ends[span.path] = span.end
    return kept


def _fix(found: Diagnostic) -> Fix:
    assert found.fix is not None
    return found.fix


def _try(
    recompile: Recompile, state: _State, found: Iterable[Diagnostic], sources: Mapping[str, SourceFile]
) -> _State | None:
    """The texts with these fixes made; None when the workspace would have a mistake."""
    texts = dict(state.texts)
    for one in sorted(found, key=lambda one: _fix(one).span.start, reverse=True):
        fix = _fix(one)
        path = fix.span.path
        text = texts[path] if path in texts else sources[path].text
        texts[path] = text[: fix.span.start] + fix.text + text[fix.span.end :]
    compiled = recompile(texts)
    return None if compiled.workspace is None else _State(texts, compiled)


def _shaped(recompile: Recompile, state: _State) -> dict[str, str]:
    """The changed texts, journey files in their one shape, if they still check."""
    shaped = {}
    for path, text in state.texts.items():
        shaped[path] = text
        if path.endswith(".journey"):
            try:
                shaped[path] = format_file(SourceFile(path, text)).text or text
            except FormatError:
                continue
    if shaped != state.texts and recompile(shaped).workspace is None:
        return state.texts
    return shaped
