"""The rules, one file each. A file holds `RULE`; its name is the rule's code."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from sojourn.dsl.lint.rule import CATEGORIES, Rule

__all__ = ["RULES"]


def _load() -> dict[str, Rule]:
    names = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    found = [import_module(f"{__name__}.{name}").RULE for name in names]
    order = list(CATEGORIES)
    return {
        rule.code: rule for rule in sorted(found, key=lambda rule: (order.index(rule.category), rule.code))
    }


RULES: Mapping[str, Rule] = _load()
"""Every rule by its code, in the order of the documentation."""
