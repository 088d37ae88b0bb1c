"""What a pass of the compiler has to say to the author: facts first, words last.

A pass never raises for a mistake of the author's; it returns `Diagnostic` values beside its output.
The words of each code are in `sojourn.dsl.messages`; the renderers (terminal, plain, JSON) are in
`sojourn.dsl.render`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sojourn.dsl.source import Span

__all__ = ["Diagnostic", "Fix", "Related", "Severity"]

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that explains the mistake, such as the first declaration of a name declared twice."""

    span: Span
    note: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A replacement of the text at `span` by `text` that would mend the mistake.

    `safe`: it changes nothing that anybody receives, nor takes away anything that has an effect.
    """

    span: Span
    text: str
    title: str
    safe: bool = True


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake.

    `code` names the kind of mistake (such as `unknown-name`) and never changes once published.
    `facts` are the words that fill the code's sentence; `candidates` are the nearest right names, best first.
    """

    code: str
    span: Span
    facts: Mapping[str, str] = field(default_factory=dict)
    candidates: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    severity: Severity = "error"
