"""The quick fix that allows a finding of lint where it stands; its author only has to write the reason."""

from __future__ import annotations

from sojourn.dsl.diagnostics import Diagnostic
from sojourn.dsl.source import SourceFile, Span

__all__ = ["allowing"]


def allowing(source: SourceFile, found: Diagnostic) -> tuple[str, Span, str] | None:
    """What the fix is called, where it writes, and what; None where a comment stands already, or none can."""
    line = source.line(found.span.line)
    if "lint:" in line or found.code.startswith("allow-"):
        return None
    end = source.line_starts[found.span.line - 1] + len(line.rstrip())
    title = f"allow {found.code} here, with a reason"
    if source.path.endswith(".journey"):
        if "#" in line or line.count('"""') % 2 or _in_long_text(source, end):
            return None
        return title, source.span(end, end), f"  # lint: allow {found.code} because "
    return title, source.span(end, end), f"{{# lint: allow {found.code} because #}}"


def _in_long_text(source: SourceFile, offset: int) -> bool:
    """Whether a place lies inside a text of several lines."""
    return source.text.count('"""', 0, offset) % 2 == 1
