"""What `sojourn.toml` says about lint.

```toml
[lint]
select = ["all"]                 # codes or categories; all unless said
ignore = ["subject-too-long"]    # codes or categories

[lint.severity]
sent-at-night = "error"          # or "warning", or "off"

[lint.thresholds]
subject-too-long = 80            # the number that a rule goes by

[lint.paths]
"journeys/old/*" = ["unused-name"]   # left out in these files: codes, categories or "all"
```
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sojourn.dsl.check.report import nearest

if TYPE_CHECKING:
    from sojourn.dsl.diagnostics import Severity
    from sojourn.dsl.lint.rule import Rule

__all__ = ["LintSettings", "LintSettingsError", "read_settings", "settings_from"]

_KEYS = ("select", "ignore", "severity", "thresholds", "paths")
_SEVERITIES = ("error", "warning", "off")
_ALL = "all"


class LintSettingsError(Exception):
    """A setting of lint that cannot be used. The text is a sentence, with the nearest name where one is misspelt."""


@dataclass(frozen=True, slots=True)
class LintSettings:
    """Which rules look, how much they weigh, the numbers they go by, and where they do not look.

    `unsubscribe`: mails carry a header by which people leave (`[smtp] unsubscribe`).
    """

    off: frozenset[str] = frozenset()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    thresholds: Mapping[str, int] = field(default_factory=dict)
    paths: tuple[tuple[str, frozenset[str]], ...] = ()
    unsubscribe: bool = False

    def is_on(self, code: str) -> bool:
        """Whether a rule looks at all."""
        return code not in self.off

    def is_left_out(self, code: str, path: str) -> bool:
        """Whether a rule does not look at this file."""
        return any(code in codes and fnmatchcase(path, pattern) for pattern, codes in self.paths)

    def threshold(self, rule: Rule) -> int:
        """The number a rule goes by."""
        assert rule.threshold is not None
        return self.thresholds.get(rule.code, rule.threshold)


def read_settings(folder: Path, rules: Mapping[str, Rule]) -> LintSettings:
    """What the `sojourn.toml` of a workspace's folder says. Raises LintSettingsError."""
    path = folder / "sojourn.toml"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return LintSettings()
    except (OSError, UnicodeDecodeError) as error:
        raise LintSettingsError(f"{path} cannot be read: {error}.") from None
    return settings_from(text, rules, str(path))


def settings_from(text: str, rules: Mapping[str, Rule], name: str = "sojourn.toml") -> LintSettings:
    """The settings in the text of a `sojourn.toml`. Raises LintSettingsError."""
    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LintSettingsError(f"{name} cannot be read: {error}.") from None
    smtp = whole.get("smtp")
    unsubscribe = isinstance(smtp, dict) and bool(smtp.get("unsubscribe"))
    said = whole.get("lint", {})
    reader = _Reader(rules, name)
    reader.known(reader.table("[lint]", said), _KEYS, "[lint] has no")
    select = reader.codes("select", said.get("select", [_ALL]))
    ignore = reader.codes("ignore", said.get("ignore", []))
    severities: dict[str, Severity] = {}
    off = (set(rules) - select) | ignore
    for code, how in reader.by_rule("severity", said).items():
        if how not in _SEVERITIES:
            near = reader.near(str(how), _SEVERITIES)
            raise LintSettingsError(
                f"{name}: the severity of {code} is {' or '.join(_SEVERITIES)}, not “{how}”{near}."
            )
        if how == "off":
            off.add(code)
        else:
            severities[code] = how
    thresholds: dict[str, int] = {}
    for code, number in reader.by_rule("thresholds", said).items():
        if rules[code].threshold is None:
            able = [other.code for other in rules.values() if other.threshold is not None]
            raise LintSettingsError(f"{name}: {code} goes by no number; these do: {', '.join(able)}.")
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise LintSettingsError(f"{name}: the threshold of {code} is a whole number, not “{number}”.")
        thresholds[code] = number
    paths = tuple(
        (pattern, frozenset(reader.codes(f'paths."{pattern}"', codes)))
        for pattern, codes in reader.table("[lint.paths]", said.get("paths", {})).items()
    )
    return LintSettings(frozenset(off), severities, thresholds, paths, unsubscribe)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the parts of the table, and says what is wrong with them."""

    rules: Mapping[str, Rule]
    name: str

    def near(self, name: str, names: Iterable[str]) -> str:
        found = nearest(name, names)
        return f" (did you mean {found[0]}?)" if found else ""

    def known(self, table: Mapping[str, Any], names: Iterable[str], says: str) -> None:
        names = tuple(names)
        for key in table:
            if key not in names:
                near = self.near(key, names)
                there = f"; it has {', '.join(names)}" if not near else ""
                raise LintSettingsError(f"{self.name}: {says} “{key}”{near}{there}.")

    def table(self, what: str, said: Any) -> dict[str, Any]:
        if not isinstance(said, dict):
            raise LintSettingsError(f"{self.name}: {what} is a table.")
        return said

    def by_rule(self, what: str, said: Mapping[str, Any]) -> dict[str, Any]:
        table = self.table(f"[lint.{what}]", said.get(what, {}))
        for code in table:
            if code not in self.rules:
                raise LintSettingsError(self.unknown(code))
        return table

    def unknown(self, code: str) -> str:
        near = self.near(code, self.rules)
        return f"{self.name}: there is no rule “{code}”{near or '; `sojourn lint --list` lists them'}."

    def codes(self, what: str, said: Any) -> set[str]:
        if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
            raise LintSettingsError(f'{self.name}: {what} of [lint] is a list, such as ["sms-too-long"].')
        found: set[str] = set()
        for one in said:
            group = {code for code, rule in self.rules.items() if one in (_ALL, rule.category)}
            if not group and one not in self.rules:
                raise LintSettingsError(self.unknown(one))
            found |= group or {one}
        return found
