"""Diagnostics in words, ready to be shown: the step between the facts and any way of showing them.

`findings` fills in the sentences and takes the lines that a reader has to see out of the sources. A
renderer is a function of findings alone; there is one module for each: `render_terminal` (drawings
and colours), `render_plain` (one line each), `render_json` (for programs), `render_sarif` (for code
hosts), `render_github` (for pull requests). Another way of showing them is another such module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sojourn.dsl.diagnostics import Diagnostic, Severity
from sojourn.dsl.messages import help_text, label, sentence
from sojourn.dsl.source import SourceFile, Span

__all__ = ["Finding", "Note", "Place", "Quote", "Repair", "findings", "hint", "place", "quote"]

_UNREADABLE = frozenset({"no-files", "no-folder", "file-unreadable", "file-encoding"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands. Lines and columns count from 1; `end_column` is the one after the
    last character.

    `start` and `end` are character offsets. `path` is "" where there is no file to point at.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.path else ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A source line with a part of it underlined: `length` characters (at least 1) from `start`,
    counted from 0.

    `block` is the line that opens the declaration around it (its number and text), None where there
    is none or the quoted line is that line.
    """

    line: int
    text: str
    start: int
    length: int
    block: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Another place that explains the mistake, and what is to be seen there."""

    text: str
    place: Place
    quote: Quote | None


@dataclass(frozen=True, slots=True)
class Repair:
    """A change of the text that would mend the mistake: `text` instead of what stands at `place`."""

    title: str
    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake as its author reads it.

    `says` is one sentence of what is wrong, `help` what would be right ("" when that is said),
    `label` the words beside the underline. `candidates` are the nearest right names, best first.
    `unreadable`: the input could not be read at all.
    """

    code: str
    severity: Severity
    says: str
    help: str
    label: str
    place: Place
    quote: Quote | None
    candidates: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    repair: Repair | None = None

    @property
    def unreadable(self) -> bool:
        """Whether it says that a file or a folder cannot be read."""
        return self.code in _UNREADABLE


def findings(diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceFile]) -> tuple[Finding, ...]:
    """The diagnostics in words, in the same order. `sources` are the files they point into, as far
    as there are any.
    """
    return tuple(_finding(diagnostic, sources) for diagnostic in diagnostics)


def hint(finding: Finding) -> str:
    """`Did you mean a, b or c?`, what would mend it otherwise, or "" when nothing is known."""
    names = [f"`{name}`" for name in finding.candidates]
    if names:
        listed = ", ".join(names[:-1]) + (" or " if len(names) > 1 else "") + names[-1]
        return f"Did you mean {listed}?"
    if finding.repair is not None:
        title = finding.repair.title
        word, _, written = title.partition(" ")
        if word == "write" and "`" not in written and " behind " not in written and "(" not in written:
            title = f"write `{written}`"
        said = f"{title[:1].upper()}{title[1:]}".replace("`", "")
        if re.match(re.escape(said) + r"(?!\w)", finding.help.replace("`", "")):
            return ""  # its help says the same
        return f"To mend it: {title}{'' if title.endswith(('.', '?', '!')) else '.'}"
    return ""


def quote(span: Span, sources: Mapping[str, SourceFile]) -> Quote | None:
    """The line where a span begins; of a longer span, the part on that line is underlined.

    None when the span is in no file that is known.
    """
    source = sources.get(span.path)
    if source is None or (not source.text and span.start == 0):
        return None
    text = source.line(span.line)
    start = min(span.column - 1, len(text))
    end = min(start + span.end - span.start, len(text.rstrip()))
    return Quote(span.line, text, start, max(1, end - start), _block(source, span.line, text))


def _finding(diagnostic: Diagnostic, sources: Mapping[str, SourceFile]) -> Finding:
    fix = diagnostic.fix
    return Finding(
        code=diagnostic.code,
        severity=diagnostic.severity,
        says=sentence(diagnostic),
        help=help_text(diagnostic),
        label=label(diagnostic),
        place=place(diagnostic.span, sources),
        quote=quote(diagnostic.span, sources),
        candidates=diagnostic.candidates,
        notes=tuple(
            Note(related.note, place(related.span, sources), quote(related.span, sources))
            for related in diagnostic.related
        ),
        repair=None if fix is None else Repair(fix.title, place(fix.span, sources), fix.text),
    )


def place(span: Span, sources: Mapping[str, SourceFile]) -> Place:
    """Where a span stands; its end is told only in a file that is known."""
    source = sources.get(span.path)
    if source is None:
        return Place(span.path, span.line, span.column, span.line, span.column, span.start, span.end)
    end = source.span(span.end, span.end)
    return Place(span.path, span.line, span.column, end.line, end.column, span.start, span.end)


def _block(source: SourceFile, number: int, text: str) -> tuple[int, str] | None:
    """The line that opens the block around an indented line of a journey file."""
    if not source.path.endswith(".journey") or text[:1] not in (" ", "\t"):
        return None
    for above in range(number - 1, 0, -1):
        line = source.line(above)
        if line and not line[0].isspace() and line[0] not in '#)]"' and not line.startswith(("and ", "or ")):
            return above, line.rstrip()
    return None
