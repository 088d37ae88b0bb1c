"""Lint: what is allowed, and will not do what its author hopes.

`lint` looks at a checked workspace with every rule (`rules`, one file each) and gives diagnostics like any
other pass; `mend` applies fixes. A workspace with mistakes is not looked at: mend those first.
"""

from __future__ import annotations

from sojourn.dsl.lint.run import Linted, lint
from sojourn.dsl.lint.settings import LintSettings, LintSettingsError, read_settings

__all__ = ["LintSettings", "LintSettingsError", "Linted", "lint", "read_settings"]
