"""The words of every diagnostic code, apart from the facts.

`WORDINGS` maps a code to its words; `sentence` and `help_text` fill in a diagnostic's facts. The codes live in
one module per stage that reports them.
"""

from __future__ import annotations

from sojourn.dsl.diagnostics import Diagnostic
from sojourn.dsl.messages import conditions, data, doing, journeys, limits, names, stories, syntax, templates
from sojourn.dsl.messages.wording import Wording

__all__ = ["WORDINGS", "Wording", "help_text", "is_code", "label", "sentence", "wording"]

WORDINGS: dict[str, Wording] = {
    w.code: w
    for module in (syntax, names, conditions, data, journeys, doing, limits, stories, templates)
    for w in module.WORDINGS
}


def wording(code: str) -> Wording:
    """The words of a code, of a mistake or of a lint rule. Raises KeyError for one without words (a bug a test
    finds).
    """
    found = WORDINGS.get(code)
    if found is not None:
        return found
    from sojourn.dsl.lint.rules import RULES  # forty files: only when one of them has something to say

    return RULES[code].wording


def is_code(code: str) -> bool:
    """Whether a mistake or a lint rule has this code, and so a page."""
    try:
        wording(code)
    except KeyError:
        return False
    return True


def sentence(diagnostic: Diagnostic) -> str:
    """What is wrong, in one sentence. Raises KeyError for a code without words (a bug a test finds)."""
    return wording(diagnostic.code).says.format_map(diagnostic.facts)


def help_text(diagnostic: Diagnostic) -> str:
    """What would be right; may be empty."""
    return wording(diagnostic.code).help.format_map(diagnostic.facts)


def label(diagnostic: Diagnostic) -> str:
    """The short text beside the underline."""
    return wording(diagnostic.code).label.format_map(diagnostic.facts)
