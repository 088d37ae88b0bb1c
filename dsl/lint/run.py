"""Every rule looks once; what an author has allowed is taken out, and the rest put in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sojourn.dsl.check.memory import Memory
from sojourn.dsl.diagnostics import Diagnostic
from sojourn.dsl.lint.rule import Rule
from sojourn.dsl.lint.rules import RULES
from sojourn.dsl.lint.settings import LintSettings
from sojourn.dsl.lint.subject import Subject
from sojourn.dsl.lint.suppressions import Suppression, in_template, in_tree
from sojourn.dsl.source import SourceFile
from sojourn.dsl.workspace import Compiled

__all__ = ["Linted", "lint"]


@dataclass(frozen=True, slots=True)
class Linted:
    """What was found, in order of file and place, and the files it points into. `allowed` is how many findings were
    suppressed.
    """

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, SourceFile]
    allowed: int = 0


def lint(compiled: Compiled, settings: LintSettings, now: int, memory: Memory | None = None) -> Linted:
    """Looks at a compiled workspace as of the instant `now` (microseconds UTC). One with mistakes gives nothing.

    `memory` is what looking at it before has left: the rules that cost most look only at what has changed since.
    """
    if compiled.workspace is None:
        return Linted((), compiled.sources)
    subject = Subject(compiled, compiled.workspace, settings, now, memory=memory)
    subject.suppressions = tuple(_suppressions(subject))
    allowed = _Allowed(subject.suppressions)
    found: list[Diagnostic] = []
    for last in (False, True):
        for rule in RULES.values():
            if rule.last == last and settings.is_on(rule.code):
                found += [one for one in _of(rule, subject) if not allowed(one)]
    subject.trace.finish()
    found.sort(key=lambda one: (one.span.path, one.span.start, one.code))
    return Linted(tuple(found), {**subject.templates, **compiled.sources}, allowed.count)


def _of(rule: Rule, subject: Subject) -> list[Diagnostic]:
    settings = subject.settings
    found: dict[object, Diagnostic] = {}
    severity = settings.severities.get(rule.code, rule.severity)
    for one in rule.check(subject):
        if settings.is_left_out(rule.code, one.span.path) or not subject.is_own(one.span):
            continue
        made = Diagnostic(rule.code, one.span, one.facts, one.candidates, one.related, one.fix, severity)
        # A template that several messages share is one text to mend.
        apart = tuple(one.facts.values()) if one.span.path.endswith(".journey") else ()
        found.setdefault((one.span, apart), made)
    return list(found.values())


def _suppressions(subject: Subject) -> list[Suppression]:
    found: list[Suppression] = []
    for tree in subject.trees:
        found += in_tree(tree, subject.compiled.sources[tree.path])
    for source in subject.templates.values():
        found += in_template(source)
    return found


class _Allowed:
    """Whether a finding is allowed, by line and rule; remembers which suppressions did something."""

    def __init__(self, suppressions: tuple[Suppression, ...]) -> None:
        self.count = 0
        self._by_place: dict[tuple[str, int, str], Suppression] = {}
        for suppression in suppressions:
            if suppression.reason:
                for code, span in suppression.rules:
                    self._by_place.setdefault((span.path, suppression.line, code), suppression)

    def __call__(self, found: Diagnostic) -> bool:
        suppression = self._by_place.get((found.span.path, found.span.line, found.code))
        if suppression is None:
            return False
        suppression.used.add(found.code)
        self.count += 1
        return True
